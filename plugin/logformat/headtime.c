/* headtime.c - the time at the front of a line, and what kind it is; see headtime.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dateword.h"
#include "common/numparse.h"
#include "common/timestamp.h"
#include "plugin/logformat/headtime.h"

#define LAST_UNIX_SEC INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define ISO_LENGTH 19                       /* "2026-11-23T09:07:43" */
/* POSIX wants 3 letters and more; the longest in use have 5: "CET", "ChST" */
#define ZONE_MAX 6
#define WHITE "\033[37m"
#define WHITE_MOST 40 /* bytes between the colours */

/* "1795424863.914250": so many digits, that no other number has this form. */
static bool take_unix(int64_t *ret_sec, struct slice *line)
{
	struct slice digits = slice_take_while(line, slice_is_digit, 12);
	return digits.length >= 9 && slice_take_char(line, '.') &&
		slice_take_while(line, slice_is_digit, 9).length == 6 &&
		numparse_int(ret_sec, digits, 0, LAST_UNIX_SEC);
}

static bool is_time_byte(unsigned char byte)
{
	return byte != '\033';
}

static bool is_zone_letter(unsigned char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* DATE_TIME ("2026-11-23 09:07:43") with SUFFIX, which says the zone. */
static bool read_zoned(int64_t *ret_sec, struct slice date_time, const char *suffix,
                       int64_t now_sec)
{
	char text[ISO_LENGTH + 8];
	memcpy(text, date_time.data, ISO_LENGTH);
	text[10] = 'T';
	int length = snprintf(text + ISO_LENGTH, sizeof text - ISO_LENGTH, "%s", suffix);
	struct slice rest = slice_make(text, ISO_LENGTH + (size_t)length);
	return timestamp_take(ret_sec, &rest, now_sec) && !rest.length;
}

/* "-03" or "+0530" */
static bool take_zone_number(char suffix[8], struct slice *line)
{
	struct slice rest = *line;
	if (!slice_take_char(&rest, '+') && !slice_take_char(&rest, '-'))
		return false;
	size_t digits = slice_take_while(&rest, slice_is_digit, 5).length;
	if (digits != 2 && digits != 4)
		return false;
	(void)snprintf(suffix, 8, "%.*s%s", (int)digits + 1, line->data, digits == 2 ? "00" : "");
	*line = rest;
	return true;
}

/* Behind the weekday. */
static bool take_full(int64_t *ret_sec, struct slice *line, int64_t now_sec)
{
	char suffix[8];
	struct slice date_time = *line;
	if (date_time.length < ISO_LENGTH || date_time.data[10] != ' ')
		return false;
	*line = slice_skip(*line, ISO_LENGTH);
	if (slice_take_char(line, '.') && !slice_take_while(line, slice_is_digit, 9).length)
		return false;
	if (!slice_take_char(line, ' '))
		return false;
	if (take_zone_number(suffix, line))
		return read_zoned(ret_sec, date_time, suffix, now_sec);
	struct slice zone = slice_take_while(line, is_zone_letter, ZONE_MAX);
	if (zone.length < 3 || !(zone.data[0] >= 'A' && zone.data[0] <= 'Z'))
		return false;
	bool is_utc = slice_equals(zone, "UTC") || slice_equals(zone, "GMT");
	return read_zoned(ret_sec, date_time, is_utc ? "Z" : "", now_sec);
}

/* What a time that timestamp_take() took looks like. */
static enum headtime_kind kind_of(struct slice time)
{
	if (time.data[0] == '@')
		return HEADTIME_TAI64N;
	if (!slice_is_digit((unsigned char)time.data[0]))
		return dateword_take_weekday(&time) ? HEADTIME_ASCTIME : HEADTIME_RFC3164;
	return time.data[10] == 'T'    ? HEADTIME_RFC3339
		: time.data[10] == '_' ? HEADTIME_SVLOGD
				       : HEADTIME_ISO_BLANK;
}

static bool take_any(struct headtime *ret, struct slice *line, int64_t now_sec)
{
	struct slice rest = *line;
	if (timestamp_take(&ret->at_sec, &rest, now_sec)) {
		ret->kind = kind_of(*line);
		*line = rest;
		return true;
	}
	ret->kind = dateword_take_weekday(&rest) ? HEADTIME_FULL : HEADTIME_UNIX;
	*line = rest;
	return ret->kind == HEADTIME_FULL ? take_full(&ret->at_sec, line, now_sec)
					  : take_unix(&ret->at_sec, line);
}

/* Stalwart's, in its colour, and the blank behind it. */
static bool take_white(struct headtime *ret, struct slice *line, int64_t now_sec)
{
	struct slice time = slice_skip(*line, sizeof WHITE - 1);
	struct slice rest = slice_take_while(&time, is_time_byte, WHITE_MOST);
	bool is_ended = slice_take_string(&time, "\033[0m ");
	*line = time;
	return is_ended && take_any(ret, &rest, now_sec) && !rest.length;
}

bool headtime_take(struct headtime *ret, struct slice *line, int64_t now_sec)
{
	struct slice rest = *line;
	struct headtime found;
	if (slice_starts_with(rest, WHITE)
	            ? !take_white(&found, &rest, now_sec)
	            : !take_any(&found, &rest, now_sec) || !slice_take_char(&rest, ' '))
		return false;
	*ret = found;
	*line = rest;
	return true;
}

void headtime_take_priority(struct slice *line)
{
	struct slice rest = *line;
	if (slice_take_char(&rest, '<') && slice_take_while(&rest, slice_is_digit, 3).length &&
	    slice_take_char(&rest, '>'))
		*line = rest;
}

bool headtime_is_next(struct slice line, int64_t now_sec)
{
	struct headtime ignored;
	headtime_take_priority(&line);
	slice_take_string(&line, "1 ");
	slice_take_string(&line, HEADTIME_DOVECOT);
	return headtime_take(&ignored, &line, now_sec);
}
