/* header.h - what a logging system puts in front of a message
 *
 * Known headers (rsyslog 8.x, systemd's journalctl, busybox and FreeBSD syslogd, postlogd,
 * multilog, container engines):
 *
 *	[<PRI>]TIME [HOST] [FACILITY.LEVEL] TAG[PID]: MESSAGE
 *		TIME: headtime.h, the rest: tag.h
 *	[LENGTH ]<PRI>1 TIME HOST APP PID MSGID SD MESSAGE
 *		RFC 5424; LENGTH: as RFC 6587 counts
 *	{"MESSAGE":"…",…}
 *		the journal's JSON, and that of log shippers: jsonline.h
 *
 *	dovecot: TIME LEVEL: MESSAGE  Dovecot 1.x, in a file of its own
 *
 * and each but the JSON behind a container engine's prefix (container.h), or in Docker's JSON
 * (jsonline.h). Then the line's own time is what counts; the engine's if the line has none. In
 * front of a line without any of these may be a byte order mark, blanks, or the name of a file that
 * grep was given (grepped.h).
 *
 * Blanks are where the rest of a longer line begins: Exim's reject log has a stranger's folded
 * headers like that. So they are only taken for nothing where each line has them (indented text,
 * pasted or piped in; a file of nothing else has no times to seek by). In others a login behind
 * them is doubted, and so it is where the header says that no server need have sent it: such a line
 * is never counted, but told.
 *
 * rsyslog writes a control byte of a message as "#" and three octal digits ("#011"). That is left
 * as it is: a name may hold the same text, and undone it would only bring back bytes that could be
 * taken for something else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_HEADER_H
#define LOGFORMAT_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/logformat/partial.h"
#include "plugin/login.h"

/* The slices borrow from the line, or from the room that it was unpacked into. */
struct header {
	int64_t at_sec;
	/* the kind of header, for --explain: "RFC 3339", "Docker JSON, RFC 3164" */
	const char *kind;
	/* "postfix/submission/smtpd": the tag without pid; "" if there is none */
	struct slice program;
	/* behind the tag, without Solaris' "[ID …] " and the wrapping of "message repeated" */
	struct slice message;
	/* all behind the line's own time: for the logs that have no tags (Exim's, Zimbra's,
	 * Stalwart's own); "" if only the journal or the container's engine says the time: those
	 * logs have one in each line */
	struct slice text;
	int64_t count;      /* N of "message repeated N times: [ … ]", else 1 */
	bool has_short_app; /* RFC 5424, where rsyslog cuts APP-NAME at the first "/" */
	/* why a login behind this header is not to be believed, or NULL; constant */
	const char *doubt;
	const char *why; /* why nothing of it can be read, or NULL; constant */
	/* for what a format must decode: a user in quotes, in xtext; until the next line */
	struct strbuf *room;
};

/* Where a line is unpacked that isn't plain text, and what is known of the lines before. Used again
 * for each line of a log. */
struct header_room {
	struct strbuf text;
	struct strbuf decoded; /* the formats', at most USER_MAX bytes */
	struct partial partial;
	bool is_flush; /* a line of this log has begun without blanks */
};

#define HEADER_TEXT_MAX 65536

void header_room_init(struct header_room *room);
void header_room_release(struct header_room *room);

/* To be called for each line of a log, in order, and before the others. True if LINE must not be
 * read, since a container's engine cut it off another one: its front may be a stranger's. Costs a
 * look at a few bytes. */
bool header_is_continuation(struct header_room *room, struct slice line);

/* Could LINE be written in a way that hides its text from a plain search (a message as a JSON array
 * of numbers)? */
bool header_may_hide(struct slice line);

/* The time at the front of LINE, behind a container's prefix; an indented line has none. */
bool header_line_time(struct header_room *room, int64_t *ret_sec, struct slice line,
                      int64_t now_sec);

/* Reads the header of LINE. False if no known time is at its front; then RET->why may say more. A
 * line with a time and no tag has program "" and message "". */
bool header_parse(struct header *ret, struct header_room *room, struct slice line, int64_t now_sec);

#endif
