/* position.h - where a log was read up to, as all but the driver of its source see it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSITION_H
#define POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_POSITION_MAX 2560 /* bytes that a driver may keep of one log */

/* A value; all zero means "never read". What a driver has to know to go on (of one file, or of the
 * file before it, too) is all in its text, which only the driver that wrote it can read: bytes
 * without an end, which are stored and handed back as they are. */
struct log_position {
	bool is_known; /* false: never read */
	/* the time of the newest line seen, 0 if none ever; it may be behind what was read */
	int64_t newest_sec;
	/* the time of the last line that was read, 0 if none: where a gap begins */
	int64_t read_sec;
	size_t length; /* of the text */
	char text[LOG_POSITION_MAX];
};

/* A log without a file of its name that isn't looked at any more, until something changes around
 * it: all of it was read, or none of it is there. A value; all zero means "it is looked at". */
struct log_rest {
	bool is_known;
	bool is_gone; /* its file was found nowhere, which was told */
	int64_t since_sec;
	uint64_t around; /* stands for what was around it then */
};

#endif
