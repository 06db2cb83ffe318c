/* timestamp.c - the time at the front of a log line; see timestamp.h
 *
 * Every line of a log comes through here, most of them only to be dropped later: so the digits are
 * read at their places, zoned times are plain arithmetic, and the C library is asked for local time
 * once per hour of the log.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dateword.h"
#include "common/timestamp.h"
#include "common/xalloc.h"

#define MINUTE_SEC 60
#define HOUR_SEC 3600
#define DAY_SEC 86400
#define MEAN_YEAR_SEC 31556952         /* 365.2425 days */
#define LAST_SEC INT64_C(253402300799) /* 9999-12-31T23:59:59Z: the last that four digits can say */
#define OFFSET_MOST_SEC (2 * DAY_SEC)  /* no TZ is further from UTC than this */
#define LEAP_GAP_MOST 8 /* years from one 29 February to the next, as from 2096 to 2104 */
#define FRACTION_DIGITS_MOST 9
#define TAI64N_DIGITS 24
#define TAI64N_EPOCH_SEC ((UINT64_C(1) << 62) + 10) /* 1970 UTC */

/* What a clock on the wall shows; month and day from 1. */
struct civil {
	int year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
};

static bool is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month)
{
	static const int8_t days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month] + (month == 2 && is_leap_year(year));
}

/* Leap days before YEAR, but for a constant that the caller's subtraction removes. 400 years more
 * make year 0 like the others. */
static int leap_days_before(int year)
{
	int last = year + 400 - 1;
	return last / 4 - last / 100 + last / 400;
}

/* AT as if it were UTC. */
static int64_t utc_sec(const struct civil *at)
{
	static const int16_t days_before[] = { 0,   0,   31,  59,  90,  120, 151,
		                               181, 212, 243, 273, 304, 334 };
	int days = 365 * (at->year - 1970) + leap_days_before(at->year) - leap_days_before(1970);
	days += days_before[at->month] + (at->month > 2 && is_leap_year(at->year)) + at->day - 1;
	return (int64_t)days * DAY_SEC + at->hour * HOUR_SEC + at->minute * MINUTE_SEC + at->second;
}

static bool clib_local_sec(int64_t *ret_sec, const struct civil *at)
{
	struct tm tm = {
		.tm_year = at->year - 1900,
		.tm_mon = at->month - 1,
		.tm_mday = at->day,
		.tm_hour = at->hour,
		.tm_min = at->minute,
		.tm_sec = at->second,
		.tm_isdst = -1,
		.tm_wday = -1, /* -1 is also a good time, in 1969: only success sets the weekday */
	};
	time_t sec = mktime(&tm);
	if (tm.tm_wday < 0)
		return false;
	*ret_sec = sec;
	return true;
}

/* The zone of the logs, NULL if it is TZ's. */
static const char *log_zone;

static void set_zone(const char *zone)
{
	if (zone)
		setenv("TZ", zone, 1);
	else
		unsetenv("TZ");
	tzset();
}

/* The C library knows one zone at a time. This happens once an hour of the log, see below. */
static bool log_local_sec(int64_t *ret_sec, const struct civil *at)
{
	if (!log_zone)
		return clib_local_sec(ret_sec, at);
	const char *here = getenv("TZ");
	char *saved CLEANUP(xalloc_freep) = here ? xalloc_string(here) : NULL;
	set_zone(log_zone);
	bool is_known = clib_local_sec(ret_sec, at);
	set_zone(saved);
	return is_known;
}

/* The last local hour that was asked for, and when it began. It is valid for as long as TZ is the
 * same, which nobody changes while a check runs (a test that does asks for another hour in
 * between), and it is kept only if the clock runs through the hour without a jump: some zones
 * change in the middle of one. */
static struct {
	int key; /* 0 is no hour: months begin with 1 */
	int64_t first_sec;
} known_hour;

static bool local_sec(int64_t *ret_sec, const struct civil *at)
{
	int key = ((at->year * 13 + at->month) * 32 + at->day) * 24 + at->hour;
	if (key != known_hour.key) {
		struct civil first = *at;
		struct civil last = *at;
		first.minute = first.second = 0;
		last.minute = last.second = 59;
		int64_t first_sec;
		int64_t last_sec;
		if (!log_local_sec(&first_sec, &first) || !log_local_sec(&last_sec, &last))
			return false;
		if (last_sec - first_sec != HOUR_SEC - 1)
			return log_local_sec(ret_sec, at);
		known_hour.key = key;
		known_hour.first_sec = first_sec;
	}
	*ret_sec = known_hour.first_sec + at->minute * MINUTE_SEC + at->second;
	return true;
}

/* What a time says of its zone. */
struct zone {
	bool is_known; /* else local time */
	int east_sec;
};

static bool zoned_sec(int64_t *ret_sec, const struct civil *at, const struct zone *zone)
{
	if (!zone->is_known)
		return local_sec(ret_sec, at);
	*ret_sec = utc_sec(at) - zone->east_sec;
	return true;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* -1 if they are no digits. */
static int two_digits(const char *text)
{
	if (!is_digit(text[0]) || !is_digit(text[1]))
		return -1;
	return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool is_within(int value, int least, int most)
{
	return value >= least && value <= most;
}

static bool is_at_blank_or_end(struct slice line)
{
	return !line.length || line.data[0] == ' ' || line.data[0] == '\t';
}

/* "hh:mm:ss" and a fraction, if there is one. */
static bool take_clock(struct civil *at, struct slice *line)
{
	if (line->length < 8 || line->data[2] != ':' || line->data[5] != ':')
		return false;
	at->hour = two_digits(line->data);
	at->minute = two_digits(line->data + 3);
	at->second = two_digits(line->data + 6);
	if (!is_within(at->hour, 0, 23) || !is_within(at->minute, 0, 59) ||
	    !is_within(at->second, 0, 60))
		return false;
	if (at->second == 60)
		at->second = 59;
	*line = slice_skip(*line, 8);
	if (!line->length || (line->data[0] != '.' && line->data[0] != ','))
		return true;
	*line = slice_skip(*line, 1);
	return slice_take_while(line, slice_is_digit, FRACTION_DIGITS_MOST).length;
}

/* "yyyy-mm-dd" */
static bool take_date(struct civil *at, struct slice *line)
{
	if (line->length < 10 || line->data[4] != '-' || line->data[7] != '-')
		return false;
	int century = two_digits(line->data);
	int year = two_digits(line->data + 2);
	if (century < 0 || year < 0)
		return false;
	at->year = century * 100 + year;
	at->month = two_digits(line->data + 5);
	at->day = two_digits(line->data + 8);
	*line = slice_skip(*line, 10);
	return is_within(at->month, 1, 12) &&
		is_within(at->day, 1, month_length(at->year, at->month));
}

/* "+hhmm" or "+hh:mm"; may leave LINE anywhere if it fails. */
static bool take_offset(int *ret_east_sec, struct slice *line)
{
	if (line->length < 6 && (line->length < 5 || line->data[3] == ':'))
		return false;
	size_t colon = line->data[3] == ':';
	char sign = line->data[0];
	int hours = two_digits(line->data + 1);
	int minutes = two_digits(line->data + 3 + colon);
	if ((sign != '+' && sign != '-') || !is_within(hours, 0, 23) || !is_within(minutes, 0, 59))
		return false;
	int offset_sec = hours * HOUR_SEC + minutes * MINUTE_SEC;
	*ret_east_sec = sign == '-' ? -offset_sec : offset_sec;
	*line = slice_skip(*line, 5 + colon);
	return true;
}

/* "Z" or an offset, and nothing more before the next blank; else false and LINE is unchanged. */
static bool take_zone(struct zone *ret, struct slice *line)
{
	struct slice rest = *line;
	struct zone found = { .is_known = true };
	if (!slice_take_char(&rest, 'Z') && !take_offset(&found.east_sec, &rest))
		return false;
	if (!is_at_blank_or_end(rest))
		return false;
	*ret = found;
	*line = rest;
	return true;
}

/* Behind a time the zone may be a word of its own, or there is none; a "Z" there is more likely the
 * message's. */
static void take_zone_word(struct zone *ret, struct slice *line)
{
	struct slice rest = *line;
	if (!slice_take_char(&rest, ' ') || slice_starts_with(rest, "Z"))
		return;
	if (!take_zone(ret, &rest) &&
	    (!dateword_take_zone(&ret->is_known, &rest) || !is_at_blank_or_end(rest))) {
		ret->is_known = false;
		return;
	}
	*line = rest;
}

/* RFC 3339, its forms with a blank or "_" for the T, and what logs make of them. May leave LINE
 * anywhere if it fails. */
static bool take_dated(int64_t *ret_sec, struct slice *line)
{
	struct civil at;
	struct zone zone = { 0 };
	if (!take_date(&at, line) || !line->length)
		return false;
	char separator = line->data[0];
	*line = slice_skip(*line, 1);
	if ((separator != 'T' && separator != ' ' && separator != '_') || !take_clock(&at, line))
		return false;
	if (separator == '_')
		zone.is_known = true; /* svlogd's is UTC */
	else if (!take_zone(&zone, line) && separator == ' ')
		take_zone_word(&zone, line);
	return is_at_blank_or_end(*line) && zoned_sec(ret_sec, &at, &zone);
}

/* "Nov  3", "Nov 03", "Nov 3" or "Nov 23", and the blank after it. RET_MONTHS: as
 * dateword_take_month(). */
static bool take_month_and_day(unsigned *ret_months, int *ret_day, struct slice *line)
{
	*ret_months = dateword_take_month(line);
	if (!*ret_months || !slice_take_char(line, ' '))
		return false;
	size_t most = slice_take_char(line, ' ') ? 1 : 2;
	struct slice day = slice_take_while(line, slice_is_digit, most);
	if (!day.length || !slice_take_char(line, ' '))
		return false;
	*ret_day = day.length == 1 ? day.data[0] - '0' : two_digits(day.data);
	return true;
}

/* "yyyy" */
static bool take_year(int *ret_year, struct slice *line)
{
	if (line->length < 4 || two_digits(line->data) < 0 || two_digits(line->data + 2) < 0)
		return false;
	*ret_year = two_digits(line->data) * 100 + two_digits(line->data + 2);
	*line = slice_skip(*line, 4);
	return true;
}

/* The nearest time that is not more than a day after NOW_SEC is the latest one: walk down the years
 * to it. One that is too late by more than any zone's offset is passed by without asking for the
 * local time. */
static bool find_year(int64_t *ret_sec, struct civil *at, const struct zone *zone, int64_t now_sec)
{
	now_sec = now_sec < 0 ? 0 : now_sec > LAST_SEC ? LAST_SEC : now_sec;
	int64_t latest_sec = now_sec + DAY_SEC;
	/* the division may be one year short */
	int first_year = 1970 + (int)(now_sec / MEAN_YEAR_SEC) + 2;
	for (at->year = first_year; at->year > first_year - LEAP_GAP_MOST - 4; at->year--) {
		if (at->day > month_length(at->year, at->month) ||
		    utc_sec(at) > latest_sec + OFFSET_MOST_SEC)
			continue;
		int64_t sec;
		if (!zoned_sec(&sec, at, zone))
			return false;
		if (sec <= latest_sec) {
			*ret_sec = sec;
			return true;
		}
	}
	return false;
}

/* The latest of the times that AT, whose year or month is not known yet, can be. */
static bool find_date(int64_t *ret_sec, struct civil *at, unsigned months, const struct zone *zone,
                      int64_t now_sec)
{
	bool is_found = false, has_year = at->year >= 0;
	int year = at->year;
	for (at->month = 1; months >> at->month; at->month++) {
		int64_t sec;
		at->year = has_year ? year : 2000; /* a leap year; which one it is comes later */
		if (!(months >> at->month & 1) ||
		    !is_within(at->day, 1, month_length(at->year, at->month)))
			continue;
		if (!(has_year ? zoned_sec(&sec, at, zone) : find_year(&sec, at, zone, now_sec)) ||
		    (is_found && sec < *ret_sec))
			continue;
		*ret_sec = sec;
		is_found = true;
	}
	return is_found;
}

/* RFC 3164, and with the year before the time of day. May leave LINE anywhere if it fails. */
static bool take_yearless(int64_t *ret_sec, struct slice *line, int64_t now_sec)
{
	struct civil at;
	struct zone zone = { 0 };
	unsigned months;
	if (!take_month_and_day(&months, &at.day, line))
		return false;
	struct slice rest = *line;
	if (take_year(&at.year, &rest) && slice_take_char(&rest, ' '))
		*line = rest;
	else
		at.year = -1;
	if (!take_clock(&at, line) || !is_at_blank_or_end(*line))
		return false;
	take_zone_word(&zone, line);
	return find_date(ret_sec, &at, months, &zone, now_sec);
}

/* asctime(3), which date(1) puts a zone into: "Mon Nov 23 09:16:24 2026". May leave LINE anywhere
 * if it fails. */
static bool take_asctime(int64_t *ret_sec, struct slice *line)
{
	struct civil at;
	struct zone zone = { 0 };
	unsigned months;
	if (!dateword_take_weekday(line) || !take_month_and_day(&months, &at.day, line) ||
	    !take_clock(&at, line))
		return false;
	take_zone_word(&zone, line);
	return slice_take_char(line, ' ') && take_year(&at.year, line) &&
		is_at_blank_or_end(*line) && find_date(ret_sec, &at, months, &zone, 0);
}

/* "@" and 16 digits of seconds, 8 of nanoseconds. */
static bool take_tai64n(int64_t *ret_sec, struct slice *line)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t sec = 0;
	if (line->length < 1 + TAI64N_DIGITS)
		return false;
	for (size_t i = 1; i <= TAI64N_DIGITS; i++) {
		const char *digit = memchr(digits, line->data[i], sizeof digits - 1);
		if (!digit)
			return false;
		if (i <= 16)
			sec = sec * 16 + (uint64_t)(digit - digits);
	}
	*line = slice_skip(*line, 1 + TAI64N_DIGITS);
	if (sec < TAI64N_EPOCH_SEC || sec - TAI64N_EPOCH_SEC > (uint64_t)LAST_SEC ||
	    !is_at_blank_or_end(*line))
		return false;
	*ret_sec = (int64_t)(sec - TAI64N_EPOCH_SEC);
	return true;
}

void timestamp_set_log_zone(const char *zone)
{
	log_zone = zone;
	known_hour.key = 0;
}

bool timestamp_take(int64_t *ret_sec, struct slice *line, int64_t now_sec)
{
	struct slice rest = *line;
	if (!rest.length)
		return false;
	bool is_taken = is_digit(rest.data[0]) ? take_dated(ret_sec, &rest)
		: rest.data[0] == '@'          ? take_tai64n(ret_sec, &rest)
					       : take_yearless(ret_sec, &rest, now_sec);
	if (!is_taken) {
		rest = *line;
		is_taken = take_asctime(ret_sec, &rest);
	}
	if (is_taken)
		*line = rest;
	return is_taken;
}

/* The digits after the "@". */
static bool parse_seconds(int64_t *ret_sec, const char *text)
{
	int64_t sec = 0;
	if (!text[0])
		return false;
	for (; is_digit(text[0]); text++) {
		sec = sec * 10 + (text[0] - '0');
		if (sec > LAST_SEC)
			return false;
	}
	if (text[0])
		return false;
	*ret_sec = sec;
	return true;
}

bool timestamp_parse(int64_t *ret_sec, const char *text)
{
	if (text[0] == '@')
		return parse_seconds(ret_sec, text + 1);
	struct slice rest = slice_string(text);
	int64_t sec;
	if (!take_dated(&sec, &rest) || rest.length)
		return false;
	*ret_sec = sec;
	return true;
}

const char *timestamp_format(int64_t at_sec, char *text)
{
	time_t at = (time_t)at_sec;
	struct tm tm;
	/* Only a year that an int can't hold fails. */
	if (!localtime_r(&at, &tm) ||
	    !strftime(text, TIMESTAMP_TEXT_ROOM, "%Y-%m-%dT%H:%M:%S", &tm))
		(void)snprintf(text, TIMESTAMP_TEXT_ROOM, "@%" PRId64, at_sec);
	return text;
}

const char *timestamp_format_utc(int64_t at_sec, char *text)
{
	time_t at = (time_t)at_sec;
	struct tm tm;
	if (!gmtime_r(&at, &tm) || !strftime(text, TIMESTAMP_TEXT_ROOM, "%Y-%m-%dT%H:%M:%SZ", &tm))
		(void)snprintf(text, TIMESTAMP_TEXT_ROOM, "@%" PRId64, at_sec);
	return text;
}
