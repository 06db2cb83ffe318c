/* test_logformat.c - unit tests of plugin/logformat.c: what holds for each log format
 *
 * Which lines are logins is in tests/corpus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/logformat.h"
#include "plugin/logformat/driver.h"

#define LITERAL_LEAST 8

#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */

#define ADDRESS_OF(name) &logformat_##name,
static const struct logformat *const formats[] = { LOGFORMATS(ADDRESS_OF) };

static void each_format_is_chosen_by_its_name(void **state)
{
	(void)state;
	logformat_set all = 0;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(100);
		logformat_set set;
		assert_string_equal(logformat_name(i), formats[i]->name);
		assert_int_equal(logformat_choose(&set, logformat_name(i), NULL), 0);
		assert_int_equal(all & set, 0);
		all |= set;
		logformat_describe(set, &text);
		assert_string_equal(strbuf_text(&text), formats[i]->name);
	}
	assert_null(logformat_name(ARRAY_SIZE(formats)));
	assert_null(logformat_name(SIZE_MAX));
}

/* The key of a state has them in this order. */
static void formats_stand_in_the_order_of_the_alphabet(void **state)
{
	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i - 1]->name, formats[i]->name) >= 0)
			fail_msg("%s before %s", formats[i - 1]->name, formats[i]->name);
}

static bool is_same_in_json(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr(" ,=:._-", byte));
}

static void a_literal_is_long_and_the_same_in_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		assert_true(formats[i]->literals[0].length > 0);
		for (size_t j = 0; j < LOGFORMAT_LITERALS_MAX; j++) {
			struct slice literal = formats[i]->literals[j];
			if (!literal.data)
				continue;
			if (literal.length < LITERAL_LEAST ||
			    literal.length != strlen(literal.data) ||
			    !slice_is_all(literal, is_same_in_json))
				fail_msg("%s: \"%s\"", formats[i]->name, literal.data);
		}
	}
}

static void each_format_names_its_programs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!formats[i]->programs[0])
			fail_msg("%s has none", formats[i]->name);
}

static void the_journal_is_asked_for_what_the_formats_name(void **state)
{
	(void)state;
	size_t number = 0;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < LOGFORMAT_WORDS_MAX && formats[i]->journal_identifiers[j];
		     j++)
			assert_string_equal(logformat_journal_identifier(number++),
			                    formats[i]->journal_identifiers[j]);
	assert_true(number > ARRAY_SIZE(formats));
	assert_null(logformat_journal_identifier(number));
	assert_null(logformat_journal_identifier(SIZE_MAX));
}

static void a_formats_telltale_comes_before_a_vague_one(void **state)
{
	(void)state;
	static const struct {
		const char *line, *telltale;
	} rows[] = {
		{ "x: auth=1, sasl_username=alice", "sasl_username=" },
		{ "2026-11-23T09:07:43Z mail x: auth=1", "auth=" },
		{ "auth=1 client logged in, client: h", "client logged in, client: " },
		{ "2026-11-23T09:07:43Z mail x: y", NULL },
		{ "Nov 23 09:16:24 mx1 sendmail[1]: AUTH=server, relay=[203.0.113.9], "
		  "authid=a, mech=PLAIN, bits=0",
		  NULL },
	};
	struct logformat_reader *reader CLEANUP(logformat_closep) = logformat_open(LOGFORMAT_ALL,
	                                                                           NOW_SEC);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct explanation found;
		logformat_explain(reader, &found, slice_string(rows[i].line));
		if (!found.telltale != !rows[i].telltale ||
		    (found.telltale && strcmp(found.telltale, rows[i].telltale) != 0))
			fail_msg("%s: %s", rows[i].line, found.telltale ? found.telltale : "none");
	}
}

/* A user that stands in the line in another form must be written somewhere. */
static void a_decoded_user_is_the_readers_own(void **state)
{
	(void)state;
#define SENDMAIL(user) \
	SLICE_LITERAL("Nov 23 09:16:24 mx1 sendmail[1]: AUTH=server, relay=[203.0.113.9], " \
	              "authid=" user ", mech=PLAIN, bits=0")
#define CYRUS(user) \
	SLICE_LITERAL("Nov 23 09:16:24 mx1 cyrus/imap[1]: event=login.good " \
	              "r.clienthost=\"h [203.0.113.9]\" u.username=\"" user "\" login.mech=PLAIN")
	const struct slice lines[] = { SENDMAIL("a+2Bb"), CYRUS("c\\\"d") };
	const char *const users[] = { "a+b", "c\"d" };
	struct logformat_reader *readers[ARRAY_SIZE(lines)];
	struct login logins[ARRAY_SIZE(lines)];
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		readers[i] = logformat_open(LOGFORMAT_ALL, NOW_SEC);
		assert_int_equal(logformat_read(readers[i], &logins[i], lines[i]), LINE_LOGIN);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_true(slice_equals(logins[i].user, users[i]));
	struct login again;
	assert_int_equal(logformat_read(readers[1], &again, SENDMAIL("e+3Df")), LINE_LOGIN);
	assert_true(slice_equals(again.user, "e=f"));
	assert_true(slice_equals(logins[0].user, users[0]));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		logformat_close(readers[i]);
}

static void a_user_that_never_ends_is_cut_where_it_is_decoded(void **state)
{
	(void)state;
	char line[3000];
	struct logformat_reader *reader CLEANUP(logformat_closep) = logformat_open(LOGFORMAT_ALL,
	                                                                           NOW_SEC);
	struct login login;
	int length = snprintf(line, sizeof line,
	                      "Nov 23 09:16:24 mx1 sendmail[1]: AUTH=server, "
	                      "relay=[203.0.113.9], authid=%02000d+2B, mech=PLAIN, bits=0",
	                      0);
	assert_int_equal(logformat_read(reader, &login, slice_make(line, (size_t)length)),
	                 LINE_LOGIN);
	assert_int_equal(login.user.length, USER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_chosen_by_its_name),
		cmocka_unit_test(formats_stand_in_the_order_of_the_alphabet),
		cmocka_unit_test(a_literal_is_long_and_the_same_in_json),
		cmocka_unit_test(each_format_names_its_programs),
		cmocka_unit_test(the_journal_is_asked_for_what_the_formats_name),
		cmocka_unit_test(a_formats_telltale_comes_before_a_vague_one),
		cmocka_unit_test(a_decoded_user_is_the_readers_own),
		cmocka_unit_test(a_user_that_never_ends_is_cut_where_it_is_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
