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
#include "common/strbuf.h"

/* The slices borrow from the line, or from the room that it was unpacked into. */
struct envelope {
	int64_t at_sec;
	const char *header;   /* the kind of header, for --explain: "RFC 3339" */
	struct slice program; /* "postfix/submission/smtpd": the tag without pid; "" if there is none */
	struct slice message; /* behind the tag, without Solaris' "[ID …] " and the wrapping of "message repeated" */
	struct slice text;    /* all that is behind the time: for the logs of their own that have no tags (Exim, Stalwart) */
	int64_t count;        /* N of "message repeated N times: [ … ]", else 1 */
	bool has_short_app;   /* RFC 5424, where rsyslog cuts APP-NAME at the first "/" */
};

/* Where a line is unpacked that isn't plain text (JSON, escapes). Used again for each line. */
struct envelope_room {
	struct strbuf text;
};

#define ENVELOPE_TEXT_MAX 65536

void envelope_room_init(struct envelope_room *room);
void envelope_room_release(struct envelope_room *room);

/* Could LINE be written in a way that hides its text from a plain search (a message as a JSON array of numbers)? */
bool envelope_may_hide(struct slice line);

/* The time at the front of LINE, behind a container's prefix. */
bool envelope_line_time(struct envelope_room *room, int64_t *ret_sec, struct slice line, int64_t now_sec);

/* Reads the header of LINE. False if no known time is at its front. A line with a time and no tag has program "" and
 * message "". */
bool envelope_parse(struct envelope *ret, struct envelope_room *room, struct slice line, int64_t now_sec);

#endif
