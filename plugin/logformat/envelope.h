/* envelope.h - what a logging system puts in front of a message
 *
 * Known headers (rsyslog 8.x, systemd's journalctl -o short…, busybox and FreeBSD syslogd, postlogd, Docker):
 *
 *	[NAME  | ][TIME ][<PRI>]TIME [HOST] [FACILITY.LEVEL] TAG[PID]: MESSAGE
 *	<PRI>1 TIME HOST APP PID MSGID SD MESSAGE                       RFC 5424
 *
 * where TIME is one of timestamp.h's forms. rsyslog's forwarding cuts a tag at 32 characters, so its pid may lack "]"
 * and ":". The tag is the first token that can be one: nothing further right is ever taken for it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* All slices borrow from the line. */
struct envelope {
	int64_t at_sec;
	struct slice program; /* "postfix/submission/smtpd": the tag without pid */
	struct slice message; /* without Solaris' "[ID …] " and the wrapping of "message repeated" */
	int64_t count;        /* N of "message repeated N times: [ … ]", else 1 */
	bool has_short_app;   /* RFC 5424, where rsyslog cuts APP-NAME at the first "/" */
};

/* Past a container's prefix ("name  | ", Docker's own time) to the time that counts, which is taken too. */
bool envelope_take_time(int64_t *ret_sec, struct slice *line, int64_t now_sec);

/* Reads the header of LINE. False if it is none of the known forms. */
bool envelope_parse(struct envelope *ret, struct slice line, int64_t now_sec);

#endif
