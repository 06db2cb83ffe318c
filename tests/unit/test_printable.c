/* test_printable.c - unit tests of common/printable.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/printable.h"

#define ENOUGH 1000

struct shown {
	const char *text;
	const char *expected;
};

/* TEXT from the heap without a NUL, so that a sanitizer sees a read beyond the end. */
static void show(struct strbuf *shown, struct slice text, size_t most)
{
	char *copy = malloc(text.length ? text.length : 1);
	assert_non_null(copy);
	memcpy(copy, text.data, text.length);
	printable_add(shown, slice_make(copy, text.length), most);
	free(copy);
}

static void assert_shown(struct slice text, size_t most, const char *expected)
{
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(ENOUGH);
	show(&shown, text, most);
	assert_string_equal(strbuf_text(&shown), expected);
}

static void assert_all_shown(const struct shown *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_shown(slice_string(rows[i].text), ENOUGH, rows[i].expected);
}

static void valid_text_stays_as_it_is(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"alice@example.com",
		"a.b-c+d_e=f",
		"user name, [x](y) {z} #!%*/:?@^~",
		"j\xc3\xb6rg m\xc3\xbcller-wei\xc3\x9f", /* umlauts */
		"\xc2\xa0",                              /* U+00A0, the first behind C1 */
		"\xe2\x82\xac",                          /* EURO SIGN */
		"\xe7\x94\xa8\xe6\x88\xb7",              /* Chinese */
		"\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd",      /* Cyrillic */
		"\xf0\x9f\x98\x80",                      /* U+1F600 */
		/* U+D7FF, the last before the surrogates */
		"\xed\x9f\xbf",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_shown(slice_string(texts[i]), ENOUGH, texts[i]);
}

static void what_a_monitoring_system_or_a_shell_reads_is_replaced(void **state)
{
	(void)state;
	static const struct shown rows[] = {
		{ "a|b=1", "a?b=1" },
		{ "<b>x</b>", "?b?x?/b?" },
		{ "`id`", "?id?" },
		{ "$USER1$", "?USER1?" },
		{ "a&b", "a?b" },
		{ "\"a\"", "?a?" },
		{ "'a'", "?a?" },
		{ "a\\nb", "a?nb" },
		{ "x | 'logins'=0;1;2", "x ? ?logins?=0;1;2" },
	};
	assert_all_shown(rows, ARRAY_SIZE(rows));
}

static void a_semicolon_is_replaced_at_the_end_only(void **state)
{
	(void)state;
	static const struct shown rows[] = {
		{ "a;b", "a;b" }, { ";a", ";a" },   { "a;", "a?" },
		{ ";", "?" },     { "a;;", "a;?" }, { "a; ", "a; " },
	};
	assert_all_shown(rows, ARRAY_SIZE(rows));
}

static void every_ascii_byte_is_itself_or_a_question_mark(void **state)
{
	(void)state;
	for (int byte = 0; byte < 0x80; byte++) {
		char text[] = { (char)byte, 'x' };
		bool is_bad = byte < 0x20 || byte == 0x7F || strchr("|<>`$&\"'\\", byte);
		char expected[] = { is_bad ? '?' : (char)byte, 'x', '\0' };
		assert_shown(slice_make(text, sizeof text), ENOUGH, expected);
	}
}

static void control_characters_are_replaced(void **state)
{
	(void)state;
	static const struct shown rows[] = {
		{ "a\nb", "a?b" },
		{ "a\r\tb", "a??b" },
		{ "\x1b[31mred", "?[31mred" },
		{ "a\x7f"
		  "b",
		  "a?b" },
		{ "a\xc2\x80"
		  "b",
		  "a?b" }, /* the first of C1 */
		{ "a\xc2\x9b"
		  "31m",
		  "a?31m" }, /* U+009B, CSI */
		{ "a\xc2\x85"
		  "b",
		  "a?b" }, /* U+0085, NEL */
		{ "a\xc2\x9f"
		  "b",
		  "a?b" }, /* the last of C1 */
		{ "a\x9b"
		  "31m",
		  "a?31m" }, /* CSI of a terminal with 8 bits */
	};
	assert_all_shown(rows, ARRAY_SIZE(rows));
	assert_shown(slice_make("a\0b", 3), ENOUGH, "a?b");
}

static void invisible_and_direction_changing_characters_are_replaced(void **state)
{
	(void)state;
	static const char *const characters[] = {
		"\xc2\xad",         /* U+00AD, SOFT HYPHEN */
		"\xd8\x9c",         /* U+061C, ARABIC LETTER MARK */
		"\xe1\xa0\x8e",     /* U+180E, MONGOLIAN VOWEL SEPARATOR */
		"\xe2\x80\x8b",     /* U+200B, ZERO WIDTH SPACE */
		"\xe2\x80\x8c",     /* U+200C, ZERO WIDTH NON-JOINER */
		"\xe2\x80\x8d",     /* U+200D, ZERO WIDTH JOINER */
		"\xe2\x80\x8e",     /* U+200E, LEFT-TO-RIGHT MARK */
		"\xe2\x80\x8f",     /* U+200F, RIGHT-TO-LEFT MARK */
		"\xe2\x80\xa8",     /* U+2028, LINE SEPARATOR */
		"\xe2\x80\xa9",     /* U+2029, PARAGRAPH SEPARATOR */
		"\xe2\x80\xaa",     /* U+202A, LEFT-TO-RIGHT EMBEDDING */
		"\xe2\x80\xae",     /* U+202E, RIGHT-TO-LEFT OVERRIDE */
		"\xe2\x81\xa0",     /* U+2060, WORD JOINER */
		"\xe2\x81\xa6",     /* U+2066, LEFT-TO-RIGHT ISOLATE */
		"\xe2\x81\xa9",     /* U+2069, POP DIRECTIONAL ISOLATE */
		"\xef\xbb\xbf",     /* U+FEFF, BOM */
		"\xf3\xa0\x81\x81", /* U+E0041, a tag character */
		"\xee\x80\x80",     /* U+E000, private use */
	};
	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		char text[10];
		snprintf(text, sizeof text, "a%sb", characters[i]);
		assert_shown(slice_string(text), ENOUGH, "a?b");
	}
}

static void every_byte_that_is_no_utf8_is_replaced(void **state)
{
	(void)state;
	static const struct shown rows[] = {
		{ "a\xff\xfe"
		  "b",
		  "a??b" }, /* never in UTF-8 */
		{ "a\x80"
		  "b",
		  "a?b" }, /* a continuation without a lead */
		{ "a\xc3"
		  "b",
		  "a?b" }, /* a lead without its continuation */
		{ "a\xe2\x82"
		  "b",
		  "a??b" }, /* two of three */
		{ "a\xf0\x9f\x98"
		  "b",
		  "a???b" },       /* three of four */
		{ "a\xc3", "a?" }, /* cut at the end */
		{ "a\xe2\x82", "a??" },
		{ "a\xf0\x9f\x98", "a???" },
		{ "\xc0\xbc"
		  "b",
		  "??b" }, /* "<" in two bytes */
		{ "\xc1\xbf", "??" },
		{ "\xe0\x80\xbc", "???" }, /* "<" in three */
		{ "\xe0\x9f\xbf", "???" },
		{ "\xf0\x80\x80\xbc", "????" }, /* "<" in four */
		{ "\xf0\x8f\xbf\xbf", "????" },
		{ "\xed\xa0\x80", "???" },                /* U+D800, the first surrogate */
		{ "\xed\xbf\xbf", "???" },                /* U+DFFF, the last */
		{ "\xed\xa0\xbd\xed\xb8\x80", "??????" }, /* U+1F600 as two surrogates */
		{ "\xf4\x90\x80\x80", "????" },           /* U+110000 */
		{ "\xf8\x88\x80\x80\x80", "?????" },      /* five bytes */
		{ "\xfc\x84\x80\x80\x80\x80", "??????" },
		{ "\xe4\xf6\xfc", "???" },               /* umlauts of ISO 8859-1 */
		{ "\xc3\xe2\x82\xac", "?\xe2\x82\xac" }, /* what follows a bad byte is read again */
	};
	assert_all_shown(rows, ARRAY_SIZE(rows));
}

static void a_long_text_is_cut_between_characters(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t most;
		const char *expected;
	} rows[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdef", 5, "abcde..." },
		{ "abcdef", 0, "..." },
		{ "", 0, "" },
		{ "a\xc3\xb6"
		  "b",
		  4,
		  "a\xc3\xb6"
		  "b" },
		{ "a\xc3\xb6"
		  "b",
		  3, "a\xc3\xb6..." },
		{ "a\xc3\xb6"
		  "b",
		  2, "a..." },
		{ "\xf0\x9f\x98\x80", 3, "..." },
		{ "\xe2\x80\xae\xe2\x80\xae", 2, "??" }, /* what is shown counts */
		{ "ab;cd", 3, "ab;..." },
		{ "ab|||", 4, "ab??..." },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(slice_string(rows[i].text), rows[i].most, rows[i].expected);
}

static void a_full_buffer_cuts_between_characters_too(void **state)
{
	(void)state;
	static const struct {
		size_t max;
		const char *expected;
		bool is_truncated;
	} rows[] = {
		{ 9, "a\xc3\xb6\xe2\x82\xac", false },
		{ 6, "a\xc3\xb6\xe2\x82\xac", false },
		{ 5, "a\xc3\xb6", true },
		{ 4, "a\xc3\xb6", true },
		{ 3, "a\xc3\xb6", true },
		{ 2, "a", true },
		{ 1, "a", true },
		{ 0, "", true },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(rows[i].max);
		show(&shown, slice_string("a\xc3\xb6\xe2\x82\xac"), ENOUGH);
		assert_string_equal(strbuf_text(&shown), rows[i].expected);
		assert_int_equal(shown.truncated, rows[i].is_truncated);
	}
}

static void what_was_there_before_stays(void **state)
{
	(void)state;
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(ENOUGH);
	strbuf_add_string(&shown, "<ours>|");
	printable_add(&shown, slice_string("<theirs>"), ENOUGH);
	assert_string_equal(strbuf_text(&shown), "<ours>|?theirs?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text_stays_as_it_is),
		cmocka_unit_test(what_a_monitoring_system_or_a_shell_reads_is_replaced),
		cmocka_unit_test(a_semicolon_is_replaced_at_the_end_only),
		cmocka_unit_test(every_ascii_byte_is_itself_or_a_question_mark),
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(invisible_and_direction_changing_characters_are_replaced),
		cmocka_unit_test(every_byte_that_is_no_utf8_is_replaced),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(a_full_buffer_cuts_between_characters_too),
		cmocka_unit_test(what_was_there_before_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
