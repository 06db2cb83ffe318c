/* test_numparse.c - unit tests of common/numparse.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/numparse.h"

#define DAY_SEC 86400
#define UNTOUCHED (-77)

static void a_number_within_its_range_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t lowest, highest;
		int64_t value;
	} rows[] = {
		{ "0", 0, 0, 0 },
		{ "1", 1, 5, 1 },
		{ "5", 1, 5, 5 },
		{ "0007", 0, 9, 7 },
		{ "2147483648", 0, INT64_MAX, INT64_C(2147483648) },
		{ "9223372036854775807", 0, INT64_MAX, INT64_MAX },
		{ "00000000000000000000000000000001", 0, 9, 1 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t value = UNTOUCHED;
		if (!numparse_int(&value, slice_string(rows[i].text), rows[i].lowest,
		                  rows[i].highest))
			fail_msg("\"%s\" is not read", rows[i].text);
		assert_int_equal(value, rows[i].value);
	}
}

static void what_is_no_number_of_the_range_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t lowest, highest;
	} rows[] = {
		{ "", 0, 9 },
		{ "-1", -5, 9 },
		{ "+1", 0, 9 },
		{ " 1", 0, 9 },
		{ "1 ", 0, 9 },
		{ "1\n", 0, 9 },
		{ "0x1", 0, 9 },
		{ "1e1", 0, 99 },
		{ "1.0", 0, 9 },
		{ "1,0", 0, 99 },
		{ "a", 0, 99 },
		{ "\xd9\xa1", 0, 9 }, /* ARABIC-INDIC DIGIT ONE */
		{ "0", 1, 9 },
		{ "10", 1, 9 },
		{ "9223372036854775807", 0, INT64_MAX - 1 },
		{ "9223372036854775808", 0, INT64_MAX },
		{ "9223372036854775808", INT64_MIN, INT64_MAX },
		{ "9223372036854775810", 0, INT64_MAX },
		{ "18446744073709551617", 0, INT64_MAX },
		{ "99999999999999999999999999999999999", 0, INT64_MAX },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t value = UNTOUCHED;
		if (numparse_int(&value, slice_string(rows[i].text), rows[i].lowest,
		                 rows[i].highest))
			fail_msg("\"%s\" is read as %" PRId64, rows[i].text, value);
		assert_int_equal(value, UNTOUCHED);
	}
}

static void a_number_ends_where_its_slice_ends(void **state)
{
	(void)state;
	int64_t value;
	assert_true(numparse_int(&value, slice_make("123", 2), 0, 99));
	assert_int_equal(value, 12);
	assert_false(numparse_int(&value, slice_make("1\0", 2), 0, 99));
	assert_false(numparse_int(&value, slice_make(NULL, 0), 0, 99));
}

static void a_duration_is_a_number_and_a_unit(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t bare_unit_sec;
		int64_t duration_sec;
	} rows[] = {
		{ "1s", 1, 1 },
		{ "90s", 60, 90 },
		{ "15m", 1, 900 },
		{ "2h", 1, 7200 },
		{ "3d", 1, 3 * DAY_SEC },
		{ "2w", 1, 14 * DAY_SEC },
		{ "90", 1, 90 },
		{ "90", 60, 5400 },
		{ "30", DAY_SEC, 30 * DAY_SEC },
		{ "3660d", 1, INT64_C(3660) * DAY_SEC },
		{ "316224000", 1, INT64_C(316224000) },
		{ "all", 60, NUMPARSE_ALL_SEC },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t duration_sec = UNTOUCHED;
		if (!numparse_duration(&duration_sec, rows[i].text, rows[i].bare_unit_sec))
			fail_msg("\"%s\" is not read", rows[i].text);
		assert_int_equal(duration_sec, rows[i].duration_sec);
	}
}

static void what_is_no_duration_up_to_ten_years_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"0",
		"0s",
		"0d",
		"s",
		"d",
		"-1d",
		"+1d",
		"1.5h",
		"1h30m",
		"1 d",
		" 1d",
		"1d ",
		"1D",
		"1y",
		"1ms",
		"dd",
		"1dd",
		"ALL",
		"All",
		"all ",
		"alll",
		"al",
		"3661d",
		"523w",
		"316224001",
		"316224001s",
		"9223372036854775807s",
		"9223372036854775807w",
		"18446744073709551617",
		"99999999999999999999999d",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t duration_sec = UNTOUCHED;
		if (numparse_duration(&duration_sec, texts[i], 1))
			fail_msg("\"%s\" is read as %" PRId64 " s", texts[i], duration_sec);
		assert_int_equal(duration_sec, UNTOUCHED);
	}
}

static void a_duration_is_shown_in_the_largest_exact_unit(void **state)
{
	(void)state;
	static const struct {
		int64_t duration_sec;
		const char *text;
	} rows[] = {
		{ 0, "0s" },
		{ 1, "1s" },
		{ 59, "59s" },
		{ 60, "1m" },
		{ 90, "90s" },
		{ 900, "15m" },
		{ 3600, "1h" },
		{ 5400, "90m" },
		{ 7200, "2h" },
		{ DAY_SEC, "1d" },
		{ DAY_SEC + 1, "86401s" },
		{ 36 * 3600, "36h" },
		{ 14 * DAY_SEC, "14d" },
		{ NUMPARSE_ALL_SEC, "all" },
		{ NUMPARSE_ALL_SEC - 1, "9223372036854775806s" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[DURATION_TEXT_ROOM];
		assert_string_equal(numparse_format_duration(rows[i].duration_sec, text),
		                    rows[i].text);
	}
}

static void a_shown_duration_is_read_back(void **state)
{
	(void)state;
	static const int64_t durations_sec[] = {
		1, 61, 3600, 5400, DAY_SEC, 8 * DAY_SEC, 316224000, NUMPARSE_ALL_SEC,
	};
	for (size_t i = 0; i < ARRAY_SIZE(durations_sec); i++) {
		char text[DURATION_TEXT_ROOM];
		int64_t duration_sec;
		assert_true(numparse_duration(&duration_sec,
		                              numparse_format_duration(durations_sec[i], text), 1));
		assert_int_equal(duration_sec, durations_sec[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_within_its_range_is_read),
		cmocka_unit_test(what_is_no_number_of_the_range_is_refused),
		cmocka_unit_test(a_number_ends_where_its_slice_ends),
		cmocka_unit_test(a_duration_is_a_number_and_a_unit),
		cmocka_unit_test(what_is_no_duration_up_to_ten_years_is_refused),
		cmocka_unit_test(a_duration_is_shown_in_the_largest_exact_unit),
		cmocka_unit_test(a_shown_duration_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
