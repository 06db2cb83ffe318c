/* test_timestamp.c - unit tests of common/timestamp.c
 *
 * What is expected is written in UTC ("2026-11-23 08:07:43") and made a number by timegm(3), which
 * the code under test does not use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/timestamp.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define LORD_HOWE "LHST-10:30LHDT-11,M10.1.0,M4.1.0" /* its clocks change by half an hour */

#define NOW "2026-11-23 12:00:00"

/* A row of most tables here. */
struct stamp {
	const char *line;
	const char *utc;
	const char *rest;
};

static int64_t utc(const char *text)
{
	struct tm tm = { .tm_isdst = 0 };
	const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	if (!end || *end)
		fail_msg("the test's own time \"%s\" is wrong", text);
	return timegm(&tm);
}

/* The code under test keeps the last local hour: let it be one that no test uses. */
static void use_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
	struct slice other_hour = SLICE_LITERAL("1999-05-05 05:00:00");
	int64_t sec;
	assert_true(timestamp_take(&sec, &other_hour, 0));
}

/* From the heap without a NUL, so that a sanitizer sees a read beyond the end. Returns how many
 * bytes were taken; 0 is none. */
static size_t take_bytes(int64_t *ret_sec, const char *bytes, size_t length, int64_t now_sec)
{
	char *copy = malloc(length ? length : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, length);
	struct slice line = slice_make(copy, length);
	bool is_taken = timestamp_take(ret_sec, &line, now_sec);
	size_t taken = (size_t)(line.data - copy);
	assert_int_equal(taken + line.length, length);
	assert_int_equal(is_taken, taken > 0);
	free(copy);
	return taken;
}

static void assert_taken(const struct stamp *stamp, const char *now)
{
	int64_t sec = -1;
	size_t taken = take_bytes(&sec, stamp->line, strlen(stamp->line), utc(now));
	if (!taken)
		fail_msg("\"%s\" is not taken", stamp->line);
	if (sec != utc(stamp->utc))
		fail_msg("\"%s\" at %s is off by %lld s", stamp->line, now,
		         (long long)(sec - utc(stamp->utc)));
	assert_string_equal(stamp->line + taken, stamp->rest);
}

static void assert_all_taken(const struct stamp *stamps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_taken(&stamps[i], NOW);
}

static void assert_none_taken(const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t sec = -7;
		if (take_bytes(&sec, lines[i], strlen(lines[i]), utc(NOW)))
			fail_msg("\"%s\" is taken", lines[i]);
		assert_int_equal(sec, -7);
	}
}

static void a_day_is_padded_with_a_blank_a_zero_or_nothing(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "Nov  3 09:07:43 host x", "2026-11-03 09:07:43", " host x" },
		{ "Nov 3 09:07:43 host x", "2026-11-03 09:07:43", " host x" },
		{ "Nov 03 09:07:43 host x", "2026-11-03 09:07:43", " host x" },
		{ "Nov 23 09:07:43", "2026-11-23 09:07:43", "" },
		{ "Nov 23 09:07:43\thost", "2026-11-23 09:07:43", "\thost" },
		{ "Nov 30 00:00:00 x", "2025-11-30 00:00:00", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void every_month_is_known_by_its_name(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "Jan 31 00:00:01 x", "2026-01-31 00:00:01", " x" },
		{ "Feb 28 00:00:01 x", "2026-02-28 00:00:01", " x" },
		{ "Mar 31 00:00:01 x", "2026-03-31 00:00:01", " x" },
		{ "Apr 30 00:00:01 x", "2026-04-30 00:00:01", " x" },
		{ "May 31 00:00:01 x", "2026-05-31 00:00:01", " x" },
		{ "Jun 30 00:00:01 x", "2026-06-30 00:00:01", " x" },
		{ "Jul 31 00:00:01 x", "2026-07-31 00:00:01", " x" },
		{ "Aug 31 00:00:01 x", "2026-08-31 00:00:01", " x" },
		{ "Sep 30 00:00:01 x", "2026-09-30 00:00:01", " x" },
		{ "Oct 31 00:00:01 x", "2026-10-31 00:00:01", " x" },
		{ "Nov 22 00:00:01 x", "2026-11-22 00:00:01", " x" },
		{ "Dec 31 00:00:01 x", "2025-12-31 00:00:01", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

/* As strftime(3) writes them; a line of each language that journalctl is likely to speak, and of
 * the odd ones. */
static void months_are_known_in_other_languages(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "Mär 08 20:48:47 mail x", "2026-03-08 20:48:47", " mail x" },
		{ "Jän 31 20:48:47 x", "2026-01-31 20:48:47", " x" },
		{ "Mai 31 20:48:47 x", "2026-05-31 20:48:47", " x" },
		{ "Okt 31 20:48:47 x", "2026-10-31 20:48:47", " x" },
		{ "Dez 31 20:48:47 x", "2025-12-31 20:48:47", " x" },
		{ "nov. 23 09:07:43.914250 x", "2026-11-23 09:07:43", " x" },
		{ "févr. 02 09:07:43 x", "2026-02-02 09:07:43", " x" },
		{ "juil. 14 09:07:43 x", "2026-07-14 09:07:43", " x" },
		{ "juin 14 09:07:43 x", "2026-06-14 09:07:43", " x" },
		{ "août 14 09:07:43 x", "2026-08-14 09:07:43", " x" },
		{ "mars 14 09:07:43 x", "2026-03-14 09:07:43", " x" },
		{ "mar 14 09:07:43 x", "2026-03-14 09:07:43", " x" },
		{ "ene 14 09:07:43 x", "2026-01-14 09:07:43", " x" },
		{ "ago 14 09:07:43 x", "2026-08-14 09:07:43", " x" },
		{ "mag 14 09:07:43 x", "2026-05-14 09:07:43", " x" },
		{ "out 14 09:07:43 x", "2026-10-14 09:07:43", " x" },
		{ "mrt 14 09:07:43 x", "2026-03-14 09:07:43", " x" },
		{ "maj 14 09:07:43 x", "2026-05-14 09:07:43", " x" },
		{ "paź 14 09:07:43 x", "2026-10-14 09:07:43", " x" },
		{ "čec 14 09:07:43 x", "2026-07-14 09:07:43", " x" },
		{ "szept 14 09:07:43 x", "2026-09-14 09:07:43", " x" },
		{ "marras 14 09:07:43 x", "2026-11-14 09:07:43", " x" },
		{ "apr   14 09:07:43 x", "2026-04-14 09:07:43", " x" },
		{ "Ağu 14 09:07:43 x", "2026-08-14 09:07:43", " x" },
		{ "Νοε 14 09:07:43 x", "2026-11-14 09:07:43", " x" },
		{ "мая 14 09:07:43 x", "2026-05-14 09:07:43", " x" },
		{ "ное 14 09:07:43 x", "2026-11-14 09:07:43", " x" },
		{ "de gen. 14 09:07:43 x", "2026-01-14 09:07:43", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
	static const char *const bad[] = {
		"M\xc3 08 20:48:47", "M\xc3\xa4 08 20:48:47", "MÄR 08 20:48:47",
		"mär 08 20:48:47",   "Märs 08 20:48:47",      "nov.23 09:07:43",
		"de 14 09:07:43 x",  "Novembre 23 09:07:43",  "\xc3",
		"\xc3\xa1pr",        "feb 30 09:07:43",       "févr. 30 09:07:43",
	};
	assert_none_taken(bad, ARRAY_SIZE(bad));
}

static void a_zone_may_be_a_word_behind_the_time(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		{ "Nov 23 09:07:43 UTC x", "2026-11-23 09:07:43", " x" },
		{ "Nov 23 09:07:43 GMT x", "2026-11-23 09:07:43", " x" },
		{ "Nov 23 09:07:43 CET x", "2026-11-23 08:07:43", " x" },
		{ "Nov 23 09:07:43.123 CEST", "2026-11-23 08:07:43", "" },
		{ "Nov 23 09:07:43 +0200 x", "2026-11-23 07:07:43", " x" },
		{ "Nov 23 09:07:43 -05:00 x", "2026-11-23 14:07:43", " x" },
		{ "Nov 23 2026 09:07:43 UTC x", "2026-11-23 09:07:43", " x" },
		{ "2026-11-23 09:07:43 UTC x", "2026-11-23 09:07:43", " x" },
		{ "2026-11-23 09:07:43 CET x", "2026-11-23 08:07:43", " x" },
		{ "Mon Nov 23 09:07:43 UTC 2026 x", "2026-11-23 09:07:43", " x" },
		{ "Mon Nov 23 09:07:43 CET 2026 x", "2026-11-23 08:07:43", " x" },
		{ "Nov 24 12:30:00 +0200 x", "2026-11-24 10:30:00", " x" },
		{ "Nov 24 15:30:00 +0200 x", "2025-11-24 13:30:00", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void a_year_may_stand_before_or_behind_the_time_of_day(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		{ "Nov 23 2026 09:07:43 x", "2026-11-23 08:07:43", " x" },
		{ "Nov  3 2019 09:07:43.123 x", "2019-11-03 08:07:43", " x" },
		{ "Feb 29 2024 09:07:43 x", "2024-02-29 08:07:43", " x" },
		{ "Nov 23 2036 09:07:43 x", "2036-11-23 08:07:43", " x" },
		{ "Mon Nov 23 09:07:43 2026 x", "2026-11-23 08:07:43", " x" },
		{ "Tue Nov  3 09:07:43 2026", "2026-11-03 08:07:43", "" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
	static const char *const bad[] = {
		"Feb 29 2025 09:07:43 x",
		"Nov 23 26 09:07:43 x",
		"Nov 23 202609:07:43 x",
		"Nov 23 20266 09:07:43 x",
		"Nov 23 2026  09:07:43 x",
		"Mon Nov 23 09:07:43",
		"Mon Nov 23 09:07:43 x",
		"Mon Nov 23 09:07:43 26",
		"Mon Nov 23 09:07:43 2026x",
		"Mon Nov 23 2026 09:07:43",
		"Mon Nov 31 09:07:43 2026",
		"Mon  Nov 23 09:07:43 2026",
		"mon Nov 23 09:07:43 2026",
		"Mon",
		"Mon ",
		"Mon Nov 23 09:07:43 UTC",
	};
	assert_none_taken(bad, ARRAY_SIZE(bad));
}

/* It can't be known which. */
static void a_name_of_two_months_is_the_nearer_one(void **state)
{
	(void)state;
	use_zone("UTC0");
	assert_taken(&(struct stamp){ "lip 20 10:00:00 x", "2026-06-20 10:00:00", " x" },
	             "2026-06-20 12:00:00");
	assert_taken(&(struct stamp){ "lip 20 10:00:00 x", "2026-07-20 10:00:00", " x" },
	             "2026-07-20 12:00:00");
	assert_taken(&(struct stamp){ "lis 31 10:00:00 x", "2026-10-31 10:00:00", " x" },
	             "2026-11-23 12:00:00");
	assert_taken(&(struct stamp){ "lis 05 10:00:00 x", "2026-11-05 10:00:00", " x" },
	             "2026-11-23 12:00:00");
}

static void svlogds_time_is_utc(void **state)
{
	(void)state;
	use_zone(BERLIN);
	assert_taken(&(struct stamp){ "2026-11-23_09:07:43.91425 x", "2026-11-23 09:07:43", " x" },
	             NOW);
	static const char *const bad[] = { "2026-11-23_09:07:43Z x", "2026-11-23-09:07:43 x",
		                           "2026-11-23_", "2026-11-23" };
	assert_none_taken(bad, ARRAY_SIZE(bad));
}

static void fractions_are_dropped(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "Nov  3 09:07:43.1 x", "2026-11-03 09:07:43", " x" },
		{ "Nov  3 09:07:43.999999999 x", "2026-11-03 09:07:43", " x" },
		{ "2010-09-08 00:12:27,202 INFO", "2010-09-08 00:12:27", " INFO" },
		{ "2010-09-08 00:12:27.202", "2010-09-08 00:12:27", "" },
		{ "2026-11-23T09:07:43.914250+01:00 x", "2026-11-23 08:07:43", " x" },
		{ "2026-11-23T09:07:43.914250123Z x", "2026-11-23 09:07:43", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
	static const char *const bad[] = {
		"Nov  3 09:07:43. x",    "Nov  3 09:07:43.",     "Nov  3 09:07:43.1234567890 x",
		"Nov  3 09:07:43.1.2 x", "2010-09-08 00:12:27,", "2010-09-08 00:12:27,x",
		"2010-09-08T00:12:27.Z",
	};
	assert_none_taken(bad, ARRAY_SIZE(bad));
}

static void a_zone_beats_local_time(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		{ "2026-11-23T09:07:43Z x", "2026-11-23 09:07:43", " x" },
		{ "2026-11-23T09:07:43+01:00 x", "2026-11-23 08:07:43", " x" },
		{ "2026-11-23T09:07:43+0530 x", "2026-11-23 03:37:43", " x" },
		{ "2026-11-23T09:07:43-00:00", "2026-11-23 09:07:43", "" },
		{ "2026-11-23T20:07:43-08:30 x", "2026-11-24 04:37:43", " x" },
		{ "2026-01-01T00:30:00+14:00 x", "2025-12-31 10:30:00", " x" },
		{ "2026-11-23 09:07:43Z", "2026-11-23 09:07:43", "" },
		{ "2026-11-23 09:07:43+01:00 x", "2026-11-23 08:07:43", " x" },
		{ "2026-11-23 09:07:43.603 +0200 x", "2026-11-23 07:07:43", " x" },
		{ "2026-11-23 09:07:43 -02:00", "2026-11-23 11:07:43", "" },
		{ "2026-11-23 09:07:43 -0000\tx", "2026-11-23 09:07:43", "\tx" },
		{ "2026-11-23 09:07:43 +23:59 x", "2026-11-22 09:08:43", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void without_a_zone_the_time_is_local(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		{ "2026-11-23T09:07:43 x", "2026-11-23 08:07:43", " x" },
		{ "2026-07-23T09:07:43", "2026-07-23 07:07:43", "" },
		{ "2026-07-23 09:07:44 x", "2026-07-23 07:07:44", " x" },
		{ "2026-07-23 09:59:59 x", "2026-07-23 07:59:59", " x" },
		{ "2026-07-23 10:00:00 x", "2026-07-23 08:00:00", " x" },
		{ "Jul 23 10:00:00 x", "2026-07-23 08:00:00", " x" },
		{ "Nov 23 09:07:43 x", "2026-11-23 08:07:43", " x" },
		{ "1970-01-01 01:00:00", "1970-01-01 00:00:00", "" },
		{ "1970-01-01 00:59:59", "1969-12-31 23:59:59", "" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void a_word_that_is_no_zone_is_left_to_the_message(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		{ "2026-11-23 09:07:43 +01000 x", "2026-11-23 08:07:43", " +01000 x" },
		{ "2026-11-23 09:07:43 +01 x", "2026-11-23 08:07:43", " +01 x" },
		{ "2026-11-23 09:07:43 +01:0", "2026-11-23 08:07:43", " +01:0" },
		{ "2026-11-23 09:07:43 +0100x", "2026-11-23 08:07:43", " +0100x" },
		{ "2026-11-23 09:07:43 +2400 x", "2026-11-23 08:07:43", " +2400 x" },
		{ "2026-11-23 09:07:43 -0160 x", "2026-11-23 08:07:43", " -0160 x" },
		{ "2026-11-23 09:07:43 Z x", "2026-11-23 08:07:43", " Z x" },
		{ "2026-11-23 09:07:43  +0200 x", "2026-11-23 08:07:43", "  +0200 x" },
		{ "2026-11-23 09:07:43 - x", "2026-11-23 08:07:43", " - x" },
		{ "2026-11-23 09:07:43 ", "2026-11-23 08:07:43", " " },
		{ "2026-11-23T09:07:43 +0200 x", "2026-11-23 08:07:43", " +0200 x" },
		{ "Nov 23 09:07:43 +02 x", "2026-11-23 08:07:43", " +02 x" },
		{ "Nov 23 09:07:43 Z x", "2026-11-23 08:07:43", " Z x" },
		{ "Nov 23 09:07:43 MAIL x", "2026-11-23 08:07:43", " MAIL x" },
		{ "Nov 23 09:07:43 INFO x", "2026-11-23 08:07:43", " INFO x" },
		{ "Nov 23 09:07:43 UTC: x", "2026-11-23 08:07:43", " UTC: x" },
		{ "Nov 23 09:07:43 utc x", "2026-11-23 08:07:43", " utc x" },
		{ "Nov 23 09:07:43 UTCX x", "2026-11-23 08:07:43", " UTCX x" },
		{ "Nov 23 09:07:43  UTC x", "2026-11-23 08:07:43", "  UTC x" },
		{ "2026-11-23T09:07:43 UTC x", "2026-11-23 08:07:43", " UTC x" },
		{ "2026-11-23_09:07:43.5 +0200 x", "2026-11-23 09:07:43", " +0200 x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void a_leap_second_is_read_as_the_second_before(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "2016-12-31T23:59:60Z", "2016-12-31 23:59:59", "" },
		{ "2016-12-31 23:59:60 x", "2016-12-31 23:59:59", " x" },
		{ "Jun 30 23:59:60 x", "2026-06-30 23:59:59", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

static void leap_years_follow_the_gregorian_rule(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct stamp stamps[] = {
		{ "2000-02-29T00:00:00Z", "2000-02-29 00:00:00", "" },
		{ "2000-03-01T00:00:00Z", "2000-03-01 00:00:00", "" },
		{ "2024-02-29T12:00:00Z", "2024-02-29 12:00:00", "" },
		{ "2024-12-31T23:59:59Z", "2024-12-31 23:59:59", "" },
		{ "2100-02-28T00:00:00Z", "2100-02-28 00:00:00", "" },
		{ "2100-03-01T00:00:00Z", "2100-03-01 00:00:00", "" },
		{ "1970-01-01T00:00:00Z", "1970-01-01 00:00:00", "" },
		{ "1969-12-31T23:59:58Z", "1969-12-31 23:59:58", "" },
		{ "9999-12-31T23:59:59Z", "9999-12-31 23:59:59", "" },
		{ "0001-01-01T00:00:00Z", "0001-01-01 00:00:00", "" },
		{ "2038-01-19T03:14:08Z", "2038-01-19 03:14:08", "" },
		{ "0000-03-01T00:00:00Z", "0000-03-01 00:00:00", "" },
		{ "0000-02-29T00:00:00Z", "0000-02-29 00:00:00", "" },
		{ "0004-02-29T00:00:00Z", "0004-02-29 00:00:00", "" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
	static const char *const bad[] = { "1900-02-29T00:00:00Z", "2023-02-29T00:00:00Z",
		                           "2100-02-29T00:00:00Z" };
	assert_none_taken(bad, ARRAY_SIZE(bad));
}

/* The arithmetic and the C library agree on a time of each day of four centuries, and of some years
 * around. */
static void every_day_is_counted_as_the_c_library_does(void **state)
{
	(void)state;
	use_zone("UTC0");
	for (int64_t day = -3700; day < 146097 + 3700; day++) {
		char text[TIMESTAMP_TEXT_ROOM];
		int64_t at_sec = day * 86400 + 45296;
		timestamp_format(at_sec, text);
		int64_t sec = -1;
		/* local time, by mktime */
		assert_int_equal(take_bytes(&sec, text, strlen(text), 0), strlen(text));
		assert_int_equal(sec, at_sec);
		memcpy(text + strlen(text), "Z", 2); /* arithmetic */
		assert_int_equal(take_bytes(&sec, text, strlen(text), 0), strlen(text));
		assert_int_equal(sec, at_sec);
	}
}

struct yearless {
	const char *now;
	struct stamp stamp;
};

static void assert_years(const struct yearless *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_taken(&rows[i].stamp, rows[i].now);
}

static void at_new_year_the_line_is_in_the_year_that_is_nearer(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct yearless rows[] = {
		{ "2027-01-01 00:00:05", { "Dec 31 23:59:58 x", "2026-12-31 23:59:58", " x" } },
		{ "2027-01-01 00:00:05", { "Jan  1 00:00:04 x", "2027-01-01 00:00:04", " x" } },
		{ "2026-12-31 23:59:58", { "Dec 31 23:59:58 x", "2026-12-31 23:59:58", " x" } },
		{ "2026-12-31 23:59:58", { "Jan  1 00:00:01 x", "2027-01-01 00:00:01", " x" } },
		{ "2026-12-31 12:00:00", { "Jan  1 12:00:00 x", "2027-01-01 12:00:00", " x" } },
		{ "2026-12-31 12:00:00", { "Jan  1 12:00:01 x", "2026-01-01 12:00:01", " x" } },
		{ "2024-12-31 23:00:00", { "Jan  1 01:00:00 x", "2025-01-01 01:00:00", " x" } },
		{ "2025-01-01 00:00:00", { "Dec 31 23:00:00 x", "2024-12-31 23:00:00", " x" } },
	};
	assert_years(rows, ARRAY_SIZE(rows));
}

static void at_new_year_local_time_decides(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct yearless rows[] = {
		{ "2026-12-31 23:30:00", { "Jan  1 00:29:00 x", "2026-12-31 23:29:00", " x" } },
		{ "2026-12-31 23:30:00", { "Jan  2 00:30:00 x", "2027-01-01 23:30:00", " x" } },
		{ "2026-12-31 23:30:00", { "Jan  2 00:30:01 x", "2026-01-01 23:30:01", " x" } },
		{ "2026-12-31 23:30:00", { "Dec 31 23:59:00 x", "2026-12-31 22:59:00", " x" } },
	};
	assert_years(rows, ARRAY_SIZE(rows));
	use_zone("FAR-14");
	static const struct yearless far_east[] = {
		{ "2026-12-31 10:30:00", { "Jan  1 00:29:00 x", "2026-12-31 10:29:00", " x" } },
		{ "2026-12-31 10:30:00", { "Jan  2 00:30:00 x", "2027-01-01 10:30:00", " x" } },
		{ "2026-12-31 10:30:00", { "Jan  2 00:30:01 x", "2026-01-01 10:30:01", " x" } },
	};
	assert_years(far_east, ARRAY_SIZE(far_east));
	use_zone("FAR12");
	static const struct yearless far_west[] = {
		{ "2027-01-01 11:00:00", { "Dec 31 22:59:00 x", "2027-01-01 10:59:00", " x" } },
		{ "2027-01-01 11:00:00", { "Jan  1 23:00:00 x", "2027-01-02 11:00:00", " x" } },
		{ "2027-01-01 11:00:00", { "Jan  1 23:00:01 x", "2026-01-02 11:00:01", " x" } },
	};
	assert_years(far_west, ARRAY_SIZE(far_west));
}

static void a_line_of_more_than_a_day_ahead_is_of_last_year(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct yearless rows[] = {
		{ "2026-06-15 12:00:00", { "Jun 16 12:00:00 x", "2026-06-16 12:00:00", " x" } },
		{ "2026-06-15 12:00:00", { "Jun 16 12:00:01 x", "2025-06-16 12:00:01", " x" } },
		{ "2026-06-15 12:00:00", { "Jun 15 12:00:00 x", "2026-06-15 12:00:00", " x" } },
		{ "2026-06-15 12:00:00", { "Dec 31 12:00:00 x", "2025-12-31 12:00:00", " x" } },
	};
	assert_years(rows, ARRAY_SIZE(rows));
}

static void a_leap_day_takes_the_nearest_leap_year(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const struct yearless rows[] = {
		{ "2024-02-29 12:00:00", { "Feb 29 10:00:00 x", "2024-02-29 10:00:00", " x" } },
		{ "2024-02-28 12:00:00", { "Feb 29 11:00:00 x", "2024-02-29 11:00:00", " x" } },
		{ "2024-02-28 12:00:00", { "Feb 29 13:00:00 x", "2020-02-29 13:00:00", " x" } },
		{ "2024-03-01 12:00:00", { "Feb 29 13:00:00 x", "2024-02-29 13:00:00", " x" } },
		{ "2025-03-01 00:00:00", { "Feb 29 13:00:00 x", "2024-02-29 13:00:00", " x" } },
		{ "2026-11-23 12:00:00", { "Feb 29 13:00:00 x", "2024-02-29 13:00:00", " x" } },
		{ "2028-02-01 00:00:00", { "Feb 29 13:00:00 x", "2024-02-29 13:00:00", " x" } },
		{ "2100-03-01 00:00:00", { "Feb 29 13:00:00 x", "2096-02-29 13:00:00", " x" } },
		{ "2103-12-31 23:59:59", { "Feb 29 13:00:00 x", "2096-02-29 13:00:00", " x" } },
		{ "2104-02-28 12:00:00", { "Feb 29 13:00:00 x", "2096-02-29 13:00:00", " x" } },
		{ "2104-02-28 13:00:00", { "Feb 29 13:00:00 x", "2104-02-29 13:00:00", " x" } },
		{ "2024-02-29 12:00:00", { "Mar  1 11:00:00 x", "2024-03-01 11:00:00", " x" } },
	};
	assert_years(rows, ARRAY_SIZE(rows));
}

/* Whatever the day of NOW: a line from a second before to a year before, and up to a day after, is
 * read as itself. */
static void any_now_finds_the_year_of_its_own_lines(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const int ago_days[] = { -1, 0, 1, 31, 200, 363 };
	for (int64_t now_sec = utc("2023-01-01 12:00:00"); now_sec < utc("2029-01-03 00:00:00");
	     now_sec += 86400) {
		for (size_t i = 0; i < ARRAY_SIZE(ago_days); i++) {
			time_t at = (time_t)(now_sec - ago_days[i] * 86400);
			struct tm tm;
			char text[TIMESTAMP_TEXT_ROOM];
			assert_non_null(localtime_r(&at, &tm));
			size_t length = strftime(text, sizeof(text), "%b %e %H:%M:%S", &tm);
			int64_t sec = -1;
			assert_int_equal(take_bytes(&sec, text, length, now_sec), length);
			assert_int_equal(sec, at);
		}
	}
}

static void a_now_out_of_all_reason_does_no_harm(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const int64_t nows[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	for (size_t i = 0; i < ARRAY_SIZE(nows); i++) {
		int64_t sec;
		assert_int_equal(take_bytes(&sec, "Nov  3 09:07:43 x", 17, nows[i]), 15);
		assert_int_equal(take_bytes(&sec, "Feb 29 09:07:43 x", 17, nows[i]), 15);
		assert_int_equal(take_bytes(&sec, "Jan  1 00:00:00", 15, nows[i]), 15);
	}
}

static void the_hours_around_the_clock_changes_are_exact(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const struct stamp stamps[] = {
		/* one second later it is 03:00:00 */
		{ "2026-03-29 01:59:59 x", "2026-03-29 00:59:59", " x" },
		{ "2026-03-29 03:00:00 x", "2026-03-29 01:00:00", " x" },
		{ "Mar 29 01:59:59 x", "2026-03-29 00:59:59", " x" },
		{ "Mar 29 03:00:00 x", "2026-03-29 01:00:00", " x" },
		{ "2026-10-25 01:59:59 x", "2026-10-24 23:59:59",
		  " x" }, /* then 02:00:00 to 02:59:59 twice */
		{ "2026-10-25 03:00:00 x", "2026-10-25 02:00:00", " x" },
		{ "Oct 25 01:59:59 x", "2026-10-24 23:59:59", " x" },
		{ "Oct 25 03:00:00 x", "2026-10-25 02:00:00", " x" },
		{ "2026-10-25 02:30:00 +0200 x", "2026-10-25 00:30:00", " x" },
		{ "2026-10-25 02:30:00 +0100 x", "2026-10-25 01:30:00", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
}

/* mktime(3) may take either side; nothing else is right. */
static void a_skipped_or_repeated_hour_is_read_with_one_of_its_two_offsets(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const char *const days[] = { "2026-03-29", "2026-10-25" };
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		for (int minute = 0; minute < 60; minute++) {
			char line[40];
			int length = snprintf(line, sizeof(line), "%s 02:%02d:17", days[i], minute);
			int64_t sec = -1;
			assert_int_equal(take_bytes(&sec, line, (size_t)length, utc(NOW)), length);
			int64_t summer_sec = utc(line) - 7200;
			assert_true(sec == summer_sec || sec == summer_sec + 3600);
		}
	}
}

static void a_clock_change_inside_an_hour_is_seen(void **state)
{
	(void)state;
	use_zone(LORD_HOWE);
	static const struct stamp stamps[] = {
		/* one second later it is 02:30:00 */
		{ "2026-10-04 01:59:59 x", "2026-10-03 15:29:59", " x" },
		{ "2026-10-04 02:30:00 x", "2026-10-03 15:30:00", " x" },
		{ "2026-10-04 02:59:59 x", "2026-10-03 15:59:59", " x" },
		{ "2026-10-04 03:00:00 x", "2026-10-03 16:00:00", " x" },
		{ "2026-04-05 01:29:59 x", "2026-04-04 14:29:59",
		  " x" }, /* 01:30:00 to 01:59:59 comes twice */
		{ "2026-04-05 02:00:00 x", "2026-04-04 15:30:00", " x" },
		{ "2026-04-05 01:00:00 x", "2026-04-04 14:00:00", " x" },
	};
	assert_all_taken(stamps, ARRAY_SIZE(stamps));
	/* Again from the end, so that what was kept from one hour can't help the next. */
	for (size_t i = ARRAY_SIZE(stamps); i-- > 0;)
		assert_taken(&stamps[i], NOW);
}

static void what_no_clock_or_calendar_shows_is_rejected(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const char *const lines[] = {
		"2026-00-23T09:07:43Z",      "2026-13-23T09:07:43Z", "2026-11-00T09:07:43Z",
		"2026-11-31T09:07:43Z",      "2026-01-32T09:07:43Z", "2026-11-23T24:00:00Z",
		"2026-11-23T09:60:43Z",      "2026-11-23T09:07:61Z", "2026-11-23T09:07:43+24:00",
		"2026-11-23T09:07:43+01:60", "Feb 30 09:07:43 x",    "Nov 31 09:07:43 x",
		"Nov  0 09:07:43 x",         "Nov 00 09:07:43 x",    "Nov 32 09:07:43 x",
		"Nov  3 24:07:43 x",         "Nov  3 09:60:43 x",    "Nov  3 09:07:61 x",
	};
	assert_none_taken(lines, ARRAY_SIZE(lines));
}

static void garbage_is_rejected(void **state)
{
	(void)state;
	use_zone("UTC0");
	static const char *const lines[] = {
		"",
		" ",
		"x",
		"hello, world",
		" Nov  3 09:07:43 x",
		"nOV  3 09:07:43 x",
		"NOV  3 09:07:43 x",
		"Foo  3 09:07:43 x",
		"Nov 0 09:07:43 x",
		"Nov  3  09:07:43 x",
		"Nov   3 09:07:43 x",
		"Nov 3  09:07:43 x",
		"Nov    09:07:43 x",
		"Nov -3 09:07:43 x",
		"Nov  3 9:07:43 x",
		"Nov  3 09.07.43 x",
		"Nov  3 09:07:43x",
		"Nov  3 09:07:43: x",
		"Nov  3 09:07:43Z x",
		"Nov  3 09:07:43+01:00 x",
		"Nov\t 3 09:07:43 x",
		"Nov  3 09:07:4x x",
		"Nov  3 -9:07:43 x",
		"Nov  3 2026, 09:07:43 x",
		"November 3 09:07:43 x",
		"2026-11-23",
		"2026-11-23 ",
		"2026-11-23x09:07:43Z",
		"2026-11-23T 09:07:43Z",
		"2026-11-23  09:07:43",
		"2026/11/23 09:07:43",
		"2026-1-23T09:07:43Z",
		"26-11-23T09:07:43Z",
		"20261-11-23T09:07:43Z",
		"+2026-11-23T09:07:43Z",
		"2026-11-23T09:07:43Zx",
		"2026-11-23T09:07:43z",
		"2026-11-23T09:07:43+1:00",
		"2026-11-23T09:07:43+01:00x",
		"2026-11-23T09:07:43+01",
		"2026-11-23T09:07:43*01:00",
		"2026-11-23T09:07:43+01;00",
		"2026-11-23 09:07:43:1",
		"1764000000 x",
		"@1764000000",
		"<22>Nov  3 09:07:43 x",
	};
	assert_none_taken(lines, ARRAY_SIZE(lines));
}

static void bytes_that_no_string_has_are_rejected(void **state)
{
	(void)state;
	use_zone("UTC0");
	struct slice nothing = slice_make(NULL, 0);
	int64_t sec;
	assert_false(timestamp_take(&sec, &nothing, 0));
	assert_int_equal(take_bytes(&sec, "Nov  3 09:07:43\0x", 17, utc(NOW)), 0);
	assert_int_equal(take_bytes(&sec, "2026-11-23T09:07:43\0", 20, utc(NOW)), 0);
	assert_int_equal(take_bytes(&sec,
	                            "Nov  3\0"
	                            "09:07:43 x",
	                            17, utc(NOW)),
	                 0);
	assert_int_equal(take_bytes(&sec, "2026-11-23T09:07:\377\377 x", 21, utc(NOW)), 0);
}

/* EXPECTED has one character for each length of LINE from 0 on: '+' if a front of that length is a
 * time. */
static void assert_truncated(const char *line, const char *expected)
{
	assert_int_equal(strlen(expected), strlen(line) + 1);
	for (size_t length = 0; expected[length]; length++) {
		int64_t sec;
		bool is_taken = take_bytes(&sec, line, length, utc(NOW)) > 0;
		if (is_taken != (expected[length] == '+'))
			fail_msg("\"%.*s\" is %staken", (int)length, line, is_taken ? "" : "not ");
	}
}

static void a_truncated_stamp_is_none(void **state)
{
	(void)state;
	use_zone("UTC0");
	assert_truncated("Nov  3 09:07:43 h", "---------------+++");
	assert_truncated("Nov  3 09:07:43.12 h", "---------------+-++++");
	assert_truncated("2026-11-23T09:07:43Z h", "-------------------++++");
	assert_truncated("2026-11-23T09:07:43+01:00 h", "-------------------+-----+++");
	assert_truncated("2026-11-23T09:07:43+0100 h", "-------------------+----+++");
	assert_truncated("2026-11-23T09:07:43.91+01:00 h", "-------------------+-++-----+++");
	assert_truncated("2026-11-23 09:07:43 +01:00 h", "-------------------++++++++++");
	assert_truncated("2010-09-08 00:12:27,202 I", "-------------------+-+++++");
}

static void at_takes_rfc_3339_and_seconds(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const char *const texts[][2] = {
		{ "2014-02-25T10:20:00Z", "2014-02-25 10:20:00" },
		{ "2014-02-25 10:20:00Z", "2014-02-25 10:20:00" },
		{ "2014-02-25T10:20:00+01:00", "2014-02-25 09:20:00" },
		{ "2014-02-25T10:20:00", "2014-02-25 09:20:00" },
		{ "2014-07-25 10:20:00", "2014-07-25 08:20:00" },
		{ "2014-07-25 10:20:00 -0100", "2014-07-25 11:20:00" },
		{ "2014-07-25T10:20:00.5Z", "2014-07-25 10:20:00" },
		{ "@0", "1970-01-01 00:00:00" },
		{ "@1393323600", "2014-02-25 10:20:00" },
		{ "@0001393323600", "2014-02-25 10:20:00" },
		{ "@253402300799", "9999-12-31 23:59:59" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t sec = -1;
		if (!timestamp_parse(&sec, texts[i][0]) || sec != utc(texts[i][1]))
			fail_msg("\"%s\" is read as @%lld", texts[i][0], (long long)sec);
	}
}

static void at_takes_nothing_else(void **state)
{
	(void)state;
	use_zone(BERLIN);
	static const char *const texts[] = {
		"",
		"@",
		"@-1",
		"@+1",
		"@ 1",
		"@1 ",
		"@1.5",
		"@0x10",
		"@253402300800",
		"@99999999999999999999999",
		"1393323600",
		"now",
		"2014-02-25",
		"2014-02-25T10:20",
		"2014-02-25T10:20:00 ",
		" 2014-02-25T10:20:00",
		"2014-02-25T10:20:00Zx",
		"2014-02-25T10:20:00Z x",
		"2014-02-25 10:20:00 x",
		"2014-02-30T10:20:00Z",
		"Feb 25 10:20:00",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t sec = -7;
		if (timestamp_parse(&sec, texts[i]))
			fail_msg("\"%s\" is read", texts[i]);
		assert_int_equal(sec, -7);
	}
}

static void a_time_is_shown_as_local_time(void **state)
{
	(void)state;
	char text[TIMESTAMP_TEXT_ROOM];
	use_zone(BERLIN);
	assert_string_equal(timestamp_format(utc("2014-02-25 09:11:12"), text),
	                    "2014-02-25T10:11:12");
	assert_string_equal(timestamp_format(utc("2014-07-25 22:11:12"), text),
	                    "2014-07-26T00:11:12");
	use_zone("UTC0");
	assert_string_equal(timestamp_format(0, text), "1970-01-01T00:00:00");
	assert_string_equal(timestamp_format(-1, text), "1969-12-31T23:59:59");
}

static void a_time_that_has_no_year_is_shown_as_seconds(void **state)
{
	(void)state;
	char text[TIMESTAMP_TEXT_ROOM];
	use_zone("UTC0");
	assert_string_equal(timestamp_format(INT64_MAX, text), "@9223372036854775807");
	assert_string_equal(timestamp_format(INT64_MIN, text), "@-9223372036854775808");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_padded_with_a_blank_a_zero_or_nothing),
		cmocka_unit_test(every_month_is_known_by_its_name),
		cmocka_unit_test(months_are_known_in_other_languages),
		cmocka_unit_test(a_zone_may_be_a_word_behind_the_time),
		cmocka_unit_test(a_year_may_stand_before_or_behind_the_time_of_day),
		cmocka_unit_test(a_name_of_two_months_is_the_nearer_one),
		cmocka_unit_test(svlogds_time_is_utc),
		cmocka_unit_test(fractions_are_dropped),
		cmocka_unit_test(a_zone_beats_local_time),
		cmocka_unit_test(without_a_zone_the_time_is_local),
		cmocka_unit_test(a_word_that_is_no_zone_is_left_to_the_message),
		cmocka_unit_test(a_leap_second_is_read_as_the_second_before),
		cmocka_unit_test(leap_years_follow_the_gregorian_rule),
		cmocka_unit_test(every_day_is_counted_as_the_c_library_does),
		cmocka_unit_test(at_new_year_the_line_is_in_the_year_that_is_nearer),
		cmocka_unit_test(at_new_year_local_time_decides),
		cmocka_unit_test(a_line_of_more_than_a_day_ahead_is_of_last_year),
		cmocka_unit_test(a_leap_day_takes_the_nearest_leap_year),
		cmocka_unit_test(any_now_finds_the_year_of_its_own_lines),
		cmocka_unit_test(a_now_out_of_all_reason_does_no_harm),
		cmocka_unit_test(the_hours_around_the_clock_changes_are_exact),
		cmocka_unit_test(a_skipped_or_repeated_hour_is_read_with_one_of_its_two_offsets),
		cmocka_unit_test(a_clock_change_inside_an_hour_is_seen),
		cmocka_unit_test(what_no_clock_or_calendar_shows_is_rejected),
		cmocka_unit_test(garbage_is_rejected),
		cmocka_unit_test(bytes_that_no_string_has_are_rejected),
		cmocka_unit_test(a_truncated_stamp_is_none),
		cmocka_unit_test(at_takes_rfc_3339_and_seconds),
		cmocka_unit_test(at_takes_nothing_else),
		cmocka_unit_test(a_time_is_shown_as_local_time),
		cmocka_unit_test(a_time_that_has_no_year_is_shown_as_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
