/* headtime.h - the time at the front of a line, and what kind it is
 *
 * Beside the forms of timestamp.h those of journalctl(1):
 *
 *	Mon 2026-11-23 09:07:43[.914250] UTC       -o short-full
 *	1795424863.914250                          -o short-unix
 *
 * The zone of short-full is a name: UTC and GMT are read as such, a number ("+03", "-0330": zones
 * without a name have it) as hours east of UTC, and any other name as local time (see timestamp.h),
 * as in a line without a zone.
 *
 * Stalwart writes its time in white, as it does by default: ESC [37m TIME ESC [0m.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef HEADTIME_H
#define HEADTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

enum headtime_kind {
	HEADTIME_NONE,
	HEADTIME_RFC3164,
	HEADTIME_RFC3339,
	HEADTIME_ISO_BLANK,
	HEADTIME_SVLOGD,
	HEADTIME_ASCTIME,
	HEADTIME_FULL,
	HEADTIME_UNIX,
	HEADTIME_TAI64N,
	HEADTIME_KINDS,
};

struct headtime {
	enum headtime_kind kind;
	int64_t at_sec;
};

/* Takes a time and the one blank behind it from the front of LINE. False, and LINE unchanged, if
 * there is none. */
bool headtime_take(struct headtime *ret, struct slice *line, int64_t now_sec);

/* What Dovecot 1.x has in front of the time, in a file of its own. */
#define HEADTIME_DOVECOT "dovecot: "

/* Takes the "<22>" of a raw syslog packet from the front of LINE, if it is there. */
void headtime_take_priority(struct slice *line);

/* Does LINE begin with a time of its own, maybe behind what a syslog packet or Dovecot 1.x has in
 * front of it? */
bool headtime_is_next(struct slice line, int64_t now_sec);

#endif
