/* jsonline.h - lines of JSON: the journal's, Docker's, and those of log shippers
 *
 *	{"__REALTIME_TIMESTAMP":"MICROSECONDS","SYSLOG_IDENTIFIER":"NAME","MESSAGE":"TEXT",…}
 *		journalctl -o json
 *	{"log":"LINE\n","stream":"stdout","time":"TIME",…}
 *		Docker's json-file
 *	{"@timestamp":"TIME","message":"LINE","input":{"type":"filestream"},…}
 *		Filebeat
 *	…
 *		see dialects in jsonline.c
 *
 * From systemd's "Journal JSON Format": all values are strings, but text that isn't printable UTF-8
 * is an array of its bytes (a stranger's name can make it so), a field that is there more than once
 * is an array of its values, and one above 4096 bytes is null (but with --all). From
 * daemon/logger/jsonfilelog of moby: a line above 16 KiB comes in pieces, of which only the last
 * ends in "\n".
 *
 * A shipper is known by keys that its documentation names, and by no others: an application that
 * logs in JSON has "message" and "timestamp" too, and its message may be all a stranger's. Where
 * the shipper says the program, the text is the message of that program. Only what the shipper read
 * from a file or a container is a whole line, with a header of its own.
 *
 * Each key of an object may be there once. Whatever is in a value stays in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JSONLINE_H
#define JSONLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"

#define JSONLINE_MAX 524288 /* bytes of a line; a message of 64 KiB as an array has 256 KiB */
/* bytes of a piece of Docker's, unpacked: no shorter line can be one but the last */
#define JSONLINE_PARTIAL_MAX 16384

struct jsonline {
	const char *name; /* "journal JSON", for --explain */
	bool is_docker;
	bool is_line; /* text is a whole line, not a message */
	/* at_sec is that of the journal, the engine, the shipper; false only with is_line */
	bool has_time;
	int64_t at_sec;
	struct slice program; /* "" if unknown */
	bool has_short_app;   /* the program may be cut at its first "/" */
	struct slice text;    /* the message; or the line without its newline */
	struct slice uid;     /* of whom the journal got it from; "" if it isn't said */
	/* of an entry of the journal: the number of the container that wrote it, or "" */
	struct slice container;
	bool is_stderr;
	bool is_partial; /* of a longer line, and not its last */
};

/* Reads LINE into RET, whose slices are in ROOM. False if it is of no kind; *RET_WHY says why,
 * constant. NOW_SEC: for times without a year. */
bool jsonline_read(struct jsonline *ret, struct strbuf *room, struct slice line, int64_t now_sec,
                   const char **ret_why);

/* Is the journal's message in LINE an array? Then a search for text does not see it. Quick; may say
 * yes to others. */
bool jsonline_may_hide(struct slice line);

/* Can LINE be a piece of a longer one? Quick; may say yes to others. */
bool jsonline_may_be_partial(struct slice line);

#endif
