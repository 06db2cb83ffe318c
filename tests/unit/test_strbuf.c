/* test_strbuf.c - unit tests of common/strbuf.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/strbuf.h"

static void nothing_added_is_an_empty_text(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(10);
	assert_string_equal(strbuf_text(&text), "");
	assert_int_equal(text.length, 0);
	assert_false(text.truncated);
	strbuf_add(&text, NULL, 0);
	assert_string_equal(strbuf_text(&text), "");
}

static void what_is_added_stands_one_behind_the_other(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(100);
	strbuf_add(&text, "abc", 2);
	strbuf_add_char(&text, '-');
	strbuf_add_string(&text, "cd");
	strbuf_add_format(&text, "%s%d%%", "=", 5);
	assert_string_equal(strbuf_text(&text), "ab-cd=5%");
	assert_int_equal(text.length, 8);
	assert_false(text.truncated);
}

static void what_is_beyond_the_maximum_is_dropped_and_told(void **state)
{
	(void)state;
	static const struct {
		size_t max;
		const char *first;
		const char *second;
		const char *expected;
		bool is_truncated;
	} rows[] = {
		{ 6, "abc", "def", "abcdef", false },
		{ 5, "abc", "def", "abcde", true },
		{ 3, "abc", "def", "abc", true },
		{ 3, "abc", "", "abc", false },
		{ 2, "abc", "def", "ab", true },
		{ 0, "abc", "def", "", true },
		{ 0, "", "", "", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int is_format = 0; is_format < 2; is_format++) {
			struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(rows[i].max);
			strbuf_add_string(&text, rows[i].first);
			if (is_format)
				strbuf_add_format(&text, "%s", rows[i].second);
			else
				strbuf_add_string(&text, rows[i].second);
			assert_string_equal(strbuf_text(&text), rows[i].expected);
			assert_int_equal(text.length, strlen(rows[i].expected));
			assert_int_equal(text.truncated, rows[i].is_truncated);
		}
	}
}

static void a_single_byte_does_not_fit_into_a_full_text(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1);
	strbuf_add_char(&text, 'a');
	assert_false(text.truncated);
	strbuf_add_char(&text, 'b');
	assert_true(text.truncated);
	assert_string_equal(strbuf_text(&text), "a");
}

static void a_long_text_grows_to_its_maximum_and_no_further(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(70000);
	for (int i = 0; i < 10000; i++)
		strbuf_add_string(&text, "1234567");
	assert_int_equal(text.length, 70000);
	assert_false(text.truncated);
	for (int i = 0; i < 10000; i++)
		strbuf_add_string(&text, "1234567");
	assert_int_equal(text.length, 70000);
	assert_int_equal(strlen(strbuf_text(&text)), 70000);
	assert_true(text.truncated);
	assert_true(text.room <= 2 * 70000 + 64);
}

static void clear_empties_the_text_and_forgets_the_loss(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(3);
	strbuf_clear(&text);
	assert_string_equal(strbuf_text(&text), "");
	strbuf_add_string(&text, "abcd");
	strbuf_clear(&text);
	assert_string_equal(strbuf_text(&text), "");
	assert_int_equal(text.length, 0);
	assert_false(text.truncated);
	strbuf_add_string(&text, "xyz");
	assert_string_equal(strbuf_text(&text), "xyz");
	assert_false(text.truncated);
}

static void release_keeps_the_maximum(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT(3);
	strbuf_add_string(&text, "abcd");
	strbuf_release(&text);
	assert_string_equal(strbuf_text(&text), "");
	assert_false(text.truncated);
	strbuf_add_string(&text, "abcd");
	assert_string_equal(strbuf_text(&text), "abc");
	strbuf_release(&text);
	strbuf_release(&text);
}

static void a_detached_text_is_the_callers(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(3);
	strbuf_add_string(&text, "abcd");
	char *detached = strbuf_detach(&text);
	assert_string_equal(detached, "abc");
	assert_string_equal(strbuf_text(&text), "");
	assert_false(text.truncated);
	strbuf_add_string(&text, "xyz!");
	assert_string_equal(strbuf_text(&text), "xyz");
	assert_string_equal(detached, "abc");
	free(detached);
}

static void a_detached_nothing_is_an_empty_text(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(3);
	char *detached = strbuf_detach(&text);
	assert_string_equal(detached, "");
	free(detached);
}

static void a_nul_byte_is_a_byte(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(10);
	strbuf_add(&text, "a\0b", 3);
	assert_int_equal(text.length, 3);
	assert_memory_equal(strbuf_text(&text), "a\0b", 4);
}

static void a_failure_replaces_the_reason_and_returns_the_error(void **state)
{
	(void)state;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(20);
	strbuf_add_string(&why, "an older and longer reason");
	assert_int_equal(strbuf_fail(&why, -EIO, "%s: line %d", "file", 7), -EIO);
	assert_string_equal(strbuf_text(&why), "file: line 7");
	assert_false(why.truncated);
	assert_int_equal(strbuf_fail(NULL, -EINVAL, "%s", "nobody reads it"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_added_is_an_empty_text),
		cmocka_unit_test(what_is_added_stands_one_behind_the_other),
		cmocka_unit_test(what_is_beyond_the_maximum_is_dropped_and_told),
		cmocka_unit_test(a_single_byte_does_not_fit_into_a_full_text),
		cmocka_unit_test(a_long_text_grows_to_its_maximum_and_no_further),
		cmocka_unit_test(clear_empties_the_text_and_forgets_the_loss),
		cmocka_unit_test(release_keeps_the_maximum),
		cmocka_unit_test(a_detached_text_is_the_callers),
		cmocka_unit_test(a_detached_nothing_is_an_empty_text),
		cmocka_unit_test(a_nul_byte_is_a_byte),
		cmocka_unit_test(a_failure_replaces_the_reason_and_returns_the_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
