/* test_grammar.c - unit tests of plugin/logformat/grammar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/logformat/grammar.h"

static void assert_slice(struct slice slice, const char *expected)
{
	if (!slice_equals(slice, expected))
		fail_msg("\"%.*s\" is not \"%s\"", (int)slice.length, slice.data, expected);
}

static void assert_address(const struct login *login, const char *expected)
{
	char text[IPADDR_TEXT_ROOM];
	assert_true(login->has_address);
	assert_string_equal(ipaddr_format(&login->address, text), expected);
}

static void brackets_end_at_the_first_one_that_closes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *inside, *rest; /* inside NULL: there are none */
	} rows[] = {
		{ "[a]b", "a", "b" },     { "[]", "", "" },       { "[a]b]", "a", "b]" },
		{ "[a[b]]", "a[b", "]" }, { "[a", NULL, NULL },   { "a]", NULL, NULL },
		{ "", NULL, NULL },       { " [a]", NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice inside, text = slice_string(rows[i].text);
		if (grammar_take_brackets(&inside, &text) != (rows[i].inside != NULL))
			fail_msg("\"%s\"", rows[i].text);
		if (!rows[i].inside)
			continue;
		assert_slice(inside, rows[i].inside);
		assert_slice(text, rows[i].rest);
	}
	struct slice inside, nothing = { 0 };
	assert_false(grammar_take_brackets(&inside, &nothing));
}

static void an_address_in_brackets_is_the_logins(void **state)
{
	(void)state;
	static const struct {
		const char *text, *address; /* NULL: none */
	} rows[] = {
		{ "[203.0.113.9]", "203.0.113.9" },
		{ "[2001:db8::1], x", "2001:db8::1" },
		{ "[::ffff:203.0.113.9]", "203.0.113.9" },
		{ "[unknown]", NULL },
		{ "[203.0.113.9 ]", NULL },
		{ "203.0.113.9", NULL },
		{ "[203.0.113.9", NULL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct login login = { 0 };
		struct slice text = slice_string(rows[i].text);
		if (grammar_take_address(&login, &text) != (rows[i].address != NULL))
			fail_msg("\"%s\"", rows[i].text);
		if (rows[i].address)
			assert_address(&login, rows[i].address);
		else
			assert_false(login.has_address);
	}
}

static void a_client_of_postfix_is_known_by_its_position(void **state)
{
	(void)state;
	static const struct {
		const char *text, *address, *rest; /* rest NULL: it is none */
	} rows[] = {
		{ "h.example[203.0.113.9], x", "203.0.113.9", ", x" },
		{ "unknown[2001:db8::1]:4711", "2001:db8::1", "" },
		{ "h[203.0.113.9]:unknown ehlo=1", "203.0.113.9", " ehlo=1" },
		{ "localhost[unknown]", "", "" },
		{ "[203.0.113.9]", NULL, NULL },
		{ "a b[203.0.113.9]", NULL, NULL },
		{ "h[h][203.0.113.9]", NULL, NULL },
		{ "h[203.0.113.9]:port", NULL, NULL },
		{ "h[203.0.113.9", NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct login login = { 0 };
		struct slice text = slice_string(rows[i].text);
		if (grammar_take_postfix_client(&login, &text) != (rows[i].rest != NULL))
			fail_msg("\"%s\"", rows[i].text);
		if (!rows[i].rest)
			continue;
		assert_slice(text, rows[i].rest);
		assert_int_equal(login.is_hidden, !*rows[i].address);
		if (*rows[i].address)
			assert_address(&login, rows[i].address);
	}
}

static void a_key_ends_at_its_equals_sign(void **state)
{
	(void)state;
	struct slice key, text = slice_string("r.clienthost=\"h [::1]\" x=1");
	assert_true(grammar_take_key(&key, &text));
	assert_slice(key, "r.clienthost");
	assert_slice(text, "\"h [::1]\" x=1");
	static const char *const none[] = { "",
		                            "=1",
		                            "key",
		                            "a key=1",
		                            "key =1",
		                            "(key)=1",
		                            "a-key-of-more-than-forty-bytes-is-no-key-=1" };
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		text = slice_string(none[i]);
		if (grammar_take_key(&key, &text))
			fail_msg("\"%s\"", none[i]);
	}
}

static void anonymous_is_nobody_in_any_case_of_letters(void **state)
{
	(void)state;
	assert_true(grammar_is_anonymous(slice_string("ANONYMOUS")));
	assert_true(grammar_is_anonymous(slice_string("anonymous")));
	assert_false(grammar_is_anonymous(slice_string("ANONYMOUSE")));
	assert_false(grammar_is_anonymous(slice_string("PLAIN")));
	assert_false(grammar_is_anonymous((struct slice){ 0 }));
}

static void a_service_is_that_of_the_whole_name(void **state)
{
	(void)state;
	static const struct grammar_service services[] = {
		{ "imapd", "x/imap" },
		{ "pop3d", "x/pop3" },
		{ NULL, NULL },
	};
	struct slice service;
	assert_true(grammar_find_service(&service, services, slice_string("pop3d")));
	assert_slice(service, "x/pop3");
	assert_false(grammar_find_service(&service, services, slice_string("imapd-ssl")));
	assert_false(grammar_find_service(&service, services, slice_string("imap")));
	assert_false(grammar_find_service(&service, services, (struct slice){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brackets_end_at_the_first_one_that_closes),
		cmocka_unit_test(an_address_in_brackets_is_the_logins),
		cmocka_unit_test(a_client_of_postfix_is_known_by_its_position),
		cmocka_unit_test(a_key_ends_at_its_equals_sign),
		cmocka_unit_test(anonymous_is_nobody_in_any_case_of_letters),
		cmocka_unit_test(a_service_is_that_of_the_whole_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
