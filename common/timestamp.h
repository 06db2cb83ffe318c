/* timestamp.h - the time at the front of a log line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* Takes a time from the front of LINE, as seconds since 1970 UTC, and moves LINE past it (not past
 * the blank after it). False, and LINE unchanged, if there is none. Known forms:
 *
 *	Nov  3 09:07:43[.123]  Nov 03 …  Nov 3 …        RFC 3164: no year, no zone: local time (TZ);
 *	Mär 03 …                                        its month in other languages
 *	Nov 23 2026 09:07:43  Mon Nov 23 09:07:43 2026  the same with a year; asctime(3)
 *	2026-11-23T09:07:43[.914250][Z|+01:00|+0100]    RFC 3339; without a zone local time
 *	2026-11-23 09:07:43[.603|,603][ +0100|+01:00|Z]  the same with a blank
 *	2026-11-23_09:07:43.91425                       svlogd(8): UTC
 *	@400000004c91b044077a9e94                       TAI64N, as daemontools' multilog writes it:
 *	                                                TAI is taken for UTC + 10 s (s6-log, which
 *	                                                counts leap seconds, is read 27 s late)
 *
 * Those with a blank in them may have a zone for their next word: "+0100", or a name (asctime:
 * before the year), of which only UTC and GMT change anything: the others are what the local zone
 * calls itself (see dateword.h, for months too).
 *
 * The year of a year-less time is the one that puts it nearest to NOW_SEC and not more than a day
 * after it; 29 February takes the nearest leap year that way, and a month's name that is two months
 * in two languages the nearer one. An hour that the clocks skip or repeat is read as mktime(3) does
 * with tm_isdst = -1. Fractions are checked and dropped. A leap second (:60) is read as :59. */
bool timestamp_take(int64_t *ret_sec, struct slice *line, int64_t now_sec);

/* From now on, where this page says local time, it is that of ZONE (see timezone.h; borrowed), for
 * a log that a host in another zone writes; NULL: TZ's again. What is printed stays in TZ's. */
void timestamp_set_log_zone(const char *zone);

/* What a person gives to --at: an RFC 3339 time ("2014-02-25T10:20:00Z"; T may be a blank; without
 * a zone local time), or "@SECONDS". The whole of TEXT must be used. */
bool timestamp_parse(int64_t *ret_sec, const char *text);

#define TIMESTAMP_TEXT_ROOM 32

/* "2014-02-25T10:11:12" in local time (as the administrator's log has it) into TEXT; returns
 * TEXT. */
const char *timestamp_format(int64_t at_sec, char *text);

/* "2014-02-25T10:11:12Z", for programs; likewise. */
const char *timestamp_format_utc(int64_t at_sec, char *text);

#endif
