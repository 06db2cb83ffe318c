/* test_siblings.c - unit tests of plugin/source/siblings.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/source/siblings.h"

/* RANK: "" it is none; "#N" the number N; "@DIGITS" the date; "=" without either; "z" behind it:
 * compressed. */
static const struct {
	const char *base, *name, *rank;
} names[] = {
	{ "mail.log", "mail.log", "" },
	{ "mail.log", "mail.log.1", "#1" },
	{ "mail.log", "mail.log.0", "#" },
	{ "mail.log", "mail.log.010", "#10" },
	{ "mail.log", "mail.log.9999", "#9999" },
	{ "mail.log", "mail.log.2.gz", "#2z" },
	{ "mail.log", "mail.log.2.bz2", "#2z" },
	{ "mail.log", "mail.log.2.xz", "#2z" },
	{ "mail.log", "mail.log.2.zst", "#2z" },
	{ "mail.log", "mail.log.gz", "=z" },
	{ "mail.log", "mail.log.1.old", "#1" },
	{ "mail.log", "mail.log.1.old.gz", "#1z" },
	{ "mail.log", "mail.log-20261124", "@20261124" },
	{ "mail.log", "mail.log-20261124.gz", "@20261124z" },
	{ "mail.log", "mail.log-2026112423", "@2026112423" },
	{ "mail.log", "mail.log.20261124-090922", "@20261124090922" },
	{ "mail.log", "mail.log-20261124T230000", "@20261124230000" },
	{ "mail.log", "mail.log.2026-11-24", "@20261124" },
	{ "mail.log", "mail.log-2026-W48", "@202648" },
	{ "mail.log", "mail.log_24.11.2026", "@20261124" },
	{ "mail.log", "mail.log-1700000000.xz", "@1700000000z" },
	{ "mail.log", "mail.log20261124", "@20261124" },
	{ "mail.log", "mail.log-20261124.old", "@20261124" },
	{ "mail.log", "mail.1.log", "#1" },
	{ "mail.log", "mail.12.log.gz", "#12z" },
	{ "mail.log", "mail-20261124.log", "@20261124" },
	{ "maillog", "maillog.1", "#1" },
	{ "maillog", "maillog-20261124", "@20261124" },
	{ "current", "@400000006924e2b01f2a3c04.s", "@400000006924e2b01f2a3c04" },
	{ "current", "@400000006924e2b01f2a3c04.u", "@400000006924e2b01f2a3c04" },
	{ "current", "_400000006924e2b01f2a3c04", "@400000006924e2b01f2a3c04" },
	/* Other files. */
	{ "mail.log", "mail.log1", "" },
	{ "mail.log", "mail.log.", "" },
	{ "mail.log", "mail.log.bak", "" },
	{ "mail.log", "mail.log.1.bak", "" },
	{ "mail.log", "mail.log.tmp", "" },
	{ "mail.log", "mail.log.old", "" },
	{ "mail.log", "mail.log-", "" },
	{ "mail.log", "mail.logs.1", "" },
	{ "mail.log", "mail.log-T20261124", "" },
	{ "mail.log", "mail.log-2026112X", "" },
	{ "mail.log", "mail.log.1.gz-2026112423.backup", "" },
	{ "mail.log", "mail.err", "" },
	{ "mail.log", "mail.err.1", "" },
	{ "mail.log", "mail.err-20261124", "" },
	{ "mail.log", "mail.log", "" },
	{ "mail.log", "mail1.log", "" },
	{ "mail.log", "mail-1.log", "" },
	{ "mx.log", "mx_12.log", "" },
	{ "mail.log", "xmail.log.1", "" },
	{ "mail.log", "mail.log-11111111112222222222333333333344444444445555555555", "" },
	{ "mail.log", "mail.log-1-2-3-4-5-6-7-8-9", "" },
	{ "mail.log", "", "" },
	{ "mail.log", ".gz", "" },
	{ "mail", "mail.1", "#1" },
	{ "mail", "mail.log", "" },
	{ "mail", "mail.log.1", "" },
	{ "current", "@400000006924e2b01f2a3c0.s", "" },
	{ "current", "@400000006924e2b01f2a3c04.t", "" },
	{ "current", "@400000006924E2B01F2A3C04.s", "" },
	{ "mail.log", "@400000006924e2b01f2a3c04.s", "" },
};

static void assert_rank(const struct sibling_rank *rank, const char *expected, const char *name)
{
	char text[SIBLINGS_DIGITS_MAX + 8] = "";
	const char *kind = rank->is_dated                 ? "@"
		: rank->digits[0] || !rank->is_compressed ? "#"
							  : "=";
	if (rank->is_sibling)
		snprintf(text, sizeof text, "%s%s%s", kind, rank->digits,
		         rank->is_compressed ? "z" : "");
	if (strcmp(text, expected) != 0)
		fail_msg("%s is \"%s\", expected \"%s\"", name, text, expected);
}

static void test_names_of_rotated_files_are_known_and_no_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sibling_rank rank = sibling_rank(names[i].base, names[i].name);
		assert_rank(&rank, names[i].rank, names[i].name);
	}
}

/* What a link leads to, and another file. */
static const struct {
	const char *target, *path, *rank;
} dates[] = {
	{ "/var/log/mail-20261124.log", "/var/log/mail-20261123.log", "@20261123" },
	{ "/var/log/mail-20261124.log", "/var/log/mail-20261124.log", "@20261124" },
	{ "/var/log/mail-20261124.log", "/var/log/mail-20261123.log.gz", "@20261123z" },
	{ "/var/log/mail.log-20261124", "/var/log/mail.log-20261123", "@20261123" },
	{ "/var/log/mail-2026-11-24.log", "/var/log/mail-2026-9-3.log", "@20260903" },
	{ "/log/mx1/2026/11/24.log", "/log/mx1/2025/12/31.log.xz", "@20251231z" },
	{ "/log/2026-11-24/mail.log", "/log/2026-11-23/mail.log.gz", "@20261123z" },
	{ "/log/mail_24-11-2026.log", "/log/mail_30-10-2026.log", "@20261030" },
	{ "/log/mx1/2026/11/24.log", "/log/mx2/2026/11/23.log", "" },
	{ "/log/mx1/2026/11/24.log", "/log/mx1/2026/11/23.log.1", "" },
	{ "/log/2026-11-24/mail.log", "/log/2026-11-23/mail.err", "" },
	{ "/log/2026-11-24/mail.log", "/log/2026-11-23x/mail.log", "" },
	{ "/log/2026-11-24/a/mail.log", "/log/2026-11-23/a/mail.log", "" },
	{ "/var/log/mail.log", "/var/log/mail.log.1", "" },
	{ "/var/log/mail.1.log", "/var/log/mail.2.log", "" },
	{ "/var/log/mail-20261124.log", "/var/mail-20261123.log", "" },
	{ "", "", "" },
	{ "20261124", "20261123", "@20261123" },
};

static void test_a_date_in_the_target_of_a_link_may_be_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		struct sibling_rank rank = sibling_dated_rank(dates[i].target, dates[i].path);
		assert_rank(&rank, dates[i].rank, dates[i].path);
	}
}

static void test_a_number_is_newer_when_it_is_smaller_and_a_date_when_it_is_greater(void **state)
{
	(void)state;
	struct sibling_rank one = sibling_rank("mail.log", "mail.log.1"),
			    ten = sibling_rank("mail.log", "mail.log.10");
	struct sibling_rank day = sibling_rank("mail.log", "mail.log-20261123"),
			    next = sibling_rank("mail.log", "mail-20261124.log");
	struct sibling_rank hour = sibling_rank("mail.log", "mail.log-2026112323");
	assert_true(sibling_is_comparable(&one, &ten));
	assert_true(sibling_compare(&ten, &one) < 0);
	assert_true(sibling_is_comparable(&day, &next));
	assert_true(sibling_compare(&day, &next) < 0);
	assert_false(sibling_is_comparable(&one, &day));
	assert_false(sibling_is_comparable(&day, &hour));
	assert_true(sibling_is_comparable(&next, &hour));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_rotated_files_are_known_and_no_others),
		cmocka_unit_test(test_a_date_in_the_target_of_a_link_may_be_another),
		cmocka_unit_test(
			test_a_number_is_newer_when_it_is_smaller_and_a_date_when_it_is_greater),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
