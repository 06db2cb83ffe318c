/* test_slice.c - unit tests of common/slice.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/slice.h"

static void assert_slice(struct slice slice, const char *expected)
{
	if (!slice_equals(slice, expected))
		fail_msg("\"%.*s\" is not \"%s\"", (int)slice.length, slice.data, expected);
}

static void only_the_same_bytes_are_equal(void **state)
{
	(void)state;
	static const struct {
		struct slice slice;
		const char *text;
		bool is_equal;
	} rows[] = {
		{ { "abc", 3 }, "abc", true },  { { "abcd", 3 }, "abc", true },
		{ { "abc", 2 }, "abc", false }, { { "abc", 3 }, "ab", false },
		{ { "abc", 3 }, "ABC", false }, { { "abc", 0 }, "", true },
		{ { NULL, 0 }, "", true },      { { NULL, 0 }, "a", false },
		{ { "a\0b", 3 }, "a", false },  { { "a", 1 }, "", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(slice_equals(rows[i].slice, rows[i].text), rows[i].is_equal);
}

static void a_prefix_and_a_suffix_fit_into_the_slice(void **state)
{
	(void)state;
	static const struct {
		struct slice slice;
		const char *text;
		bool starts;
		bool ends;
	} rows[] = {
		{ { "abcab", 5 }, "ab", true, true },   { { "abc", 3 }, "abc", true, true },
		{ { "abc", 3 }, "abcd", false, false }, { { "abc", 2 }, "abc", false, false },
		{ { "abc", 3 }, "c", false, true },     { { "abc", 3 }, "a", true, false },
		{ { "abc", 3 }, "", true, true },       { { NULL, 0 }, "", true, true },
		{ { NULL, 0 }, "a", false, false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(slice_starts_with(rows[i].slice, rows[i].text), rows[i].starts);
		assert_int_equal(slice_ends_with(rows[i].slice, rows[i].text), rows[i].ends);
	}
}

static void what_is_taken_is_gone_and_what_is_not_stays(void **state)
{
	(void)state;
	struct slice slice = SLICE_LITERAL("abc");
	assert_false(slice_take_string(&slice, "b"));
	assert_false(slice_take_string(&slice, "abcd"));
	assert_false(slice_take_char(&slice, 'b'));
	assert_slice(slice, "abc");
	assert_true(slice_take_string(&slice, ""));
	assert_true(slice_take_string(&slice, "ab"));
	assert_slice(slice, "c");
	assert_true(slice_take_char(&slice, 'c'));
	assert_slice(slice, "");
	assert_false(slice_take_char(&slice, 'c'));
	assert_false(slice_take_char(&slice, '\0'));
	assert_false(slice_take_string(&slice, "c"));
}

static void bytes_are_taken_while_they_are_in_the_set_and_not_too_many(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool (*set)(unsigned char);
		size_t most;
		const char *taken;
		const char *rest;
	} rows[] = {
		{ "123x", slice_is_digit, 9, "123", "x" },
		{ "123x", slice_is_digit, 2, "12", "3x" },
		{ "123x", slice_is_digit, 0, "", "123x" },
		{ "x123", slice_is_digit, 9, "", "x123" },
		{ "123", slice_is_digit, 3, "123", "" },
		{ "", slice_is_digit, 3, "", "" },
		{ "aZ09_", slice_is_alnum, 9, "aZ09", "_" },
		{ "host tag", slice_is_not_blank, 9, "host", " tag" },
		{ "a\tb c", slice_is_not_blank, 9, "a\tb", " c" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice slice = slice_string(rows[i].text);
		assert_slice(slice_take_while(&slice, rows[i].set, rows[i].most), rows[i].taken);
		assert_slice(slice, rows[i].rest);
	}
}

static void the_delimiter_is_skipped_or_all_is_taken(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{ "a,b,c", "a", "b,c" }, { ",b", "", "b" }, { "a,", "a", "" },
		{ "abc", "abc", "" },    { "", "", "" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice slice = slice_string(rows[i][0]);
		assert_slice(slice_take_until(&slice, ','), rows[i][1]);
		assert_slice(slice, rows[i][2]);
	}
}

static void the_first_place_is_found_or_the_length(void **state)
{
	(void)state;
	static const struct {
		struct slice slice;
		struct slice text;
		size_t place;
	} rows[] = {
		{ { "abcabc", 6 }, { "bc", 2 }, 1 }, { { "abcabc", 2 }, { "bc", 2 }, 2 },
		{ { "abc", 3 }, { "abcd", 4 }, 3 },  { { "abc", 3 }, { "x", 1 }, 3 },
		{ { "abc", 3 }, { "", 0 }, 0 },      { { "a\0bc", 4 }, { "c", 1 }, 3 },
		{ { NULL, 0 }, { "x", 1 }, 0 },      { { NULL, 0 }, { "", 0 }, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(slice_find(rows[i].slice, rows[i].text), rows[i].place);
}

static void the_last_place_is_found_or_the_length(void **state)
{
	(void)state;
	static const struct {
		struct slice slice, text;
		size_t place;
	} rows[] = {
		{ { "a=1 a=2", 7 }, { "a=", 2 }, 4 }, { { "a=1 a=", 6 }, { "a=", 2 }, 4 },
		{ { "a=1 a=2", 7 }, { "b=", 2 }, 7 }, { { "a=1 a=2", 6 }, { "2", 1 }, 6 },
		{ { "aaaa", 4 }, { "aa", 2 }, 2 },    { { "a/b/c", 5 }, { "/", 1 }, 3 },
		{ { "/", 1 }, { "/", 1 }, 0 },        { { "", 0 }, { "/", 1 }, 0 },
		{ { NULL, 0 }, { "/", 1 }, 0 },       { { "ab", 2 }, { "abc", 3 }, 2 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(slice_find_last(rows[i].slice, rows[i].text), rows[i].place);
}

static void a_word_of_a_list_is_the_whole_word(void **state)
{
	(void)state;
	static const char *const words[] = { "imapd", "in.imapd" };
	assert_true(slice_is_one_of(slice_string("in.imapd"), words, ARRAY_SIZE(words)));
	assert_false(slice_is_one_of(slice_string("imapd2"), words, ARRAY_SIZE(words)));
	assert_false(slice_is_one_of(slice_string("imap"), words, ARRAY_SIZE(words)));
	assert_false(slice_is_one_of(slice_string("in.imapd"), words, 1));
	assert_false(slice_is_one_of((struct slice){ 0 }, words, ARRAY_SIZE(words)));
}

static void nothing_is_not_all_of_a_set(void **state)
{
	(void)state;
	assert_true(slice_is_all(slice_string("0123"), slice_is_digit));
	assert_false(slice_is_all(slice_string("012x"), slice_is_digit));
	assert_false(slice_is_all(slice_string("x012"), slice_is_digit));
	assert_false(slice_is_all(slice_string(""), slice_is_digit));
	assert_false(slice_is_all((struct slice){ 0 }, slice_is_digit));
}

static void a_skip_ends_at_the_end(void **state)
{
	(void)state;
	assert_slice(slice_skip(slice_string("abc"), 0), "abc");
	assert_slice(slice_skip(slice_string("abc"), 2), "c");
	assert_slice(slice_skip(slice_string("abc"), 3), "");
	assert_slice(slice_skip(slice_string("abc"), SIZE_MAX), "");
}

/* A struct that holds a slice begins as { 0 }. */
static void a_slice_of_nothing_can_be_read_like_any_other(void **state)
{
	(void)state;
	struct slice slice = { 0 };
	assert_false(slice_take_char(&slice, 'a'));
	assert_true(slice_take_string(&slice, ""));
	assert_int_equal(slice_take_while(&slice, slice_is_digit, 9).length, 0);
	assert_int_equal(slice_take_until(&slice, ',').length, 0);
	assert_int_equal(slice_skip(slice, 3).length, 0);
	assert_int_equal(slice.length, 0);
}

static void the_sets_are_those_of_ascii(void **state)
{
	(void)state;
	static const char digits[] = "0123456789";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	for (int byte = 0; byte < 256; byte++) {
		bool is_digit = memchr(digits, byte, sizeof digits - 1);
		bool is_letter = memchr(letters, byte, sizeof letters - 1);
		assert_int_equal(slice_is_digit((unsigned char)byte), is_digit);
		assert_int_equal(slice_is_alnum((unsigned char)byte), is_digit || is_letter);
		assert_int_equal(slice_is_not_blank((unsigned char)byte), byte != ' ');
	}
}

static void words_stand_between_separators(void **state)
{
	static const struct {
		const char *text, *first, *second;
	} rows[] = {
		{ "a b", "a", "b" }, { " a,\tb ,", "a", "b" }, { "a", "a", "" },
		{ ",, ", "", "" },   { "", "", "" },           { "a=1;b", "a=1;b", "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice rest = slice_string(rows[i].text);
		assert_true(slice_equals(slice_take_word(&rest, ", \t"), rows[i].first));
		assert_true(slice_equals(slice_take_word(&rest, ", \t"), rows[i].second));
		assert_int_equal(slice_take_word(&rest, ", \t").length, 0);
	}
	struct slice nul = slice_make("a\0b", 3);
	assert_int_equal(slice_take_word(&nul, " ").length, 3); /* a NUL is no separator */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_same_bytes_are_equal),
		cmocka_unit_test(a_prefix_and_a_suffix_fit_into_the_slice),
		cmocka_unit_test(what_is_taken_is_gone_and_what_is_not_stays),
		cmocka_unit_test(bytes_are_taken_while_they_are_in_the_set_and_not_too_many),
		cmocka_unit_test(the_delimiter_is_skipped_or_all_is_taken),
		cmocka_unit_test(words_stand_between_separators),
		cmocka_unit_test(the_first_place_is_found_or_the_length),
		cmocka_unit_test(the_last_place_is_found_or_the_length),
		cmocka_unit_test(a_word_of_a_list_is_the_whole_word),
		cmocka_unit_test(nothing_is_not_all_of_a_set),
		cmocka_unit_test(a_skip_ends_at_the_end),
		cmocka_unit_test(a_slice_of_nothing_can_be_read_like_any_other),
		cmocka_unit_test(the_sets_are_those_of_ascii),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
