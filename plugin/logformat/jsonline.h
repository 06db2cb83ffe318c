/* jsonline.h - lines of JSON: the journal's and Docker's
 *
 *	{"__REALTIME_TIMESTAMP":"MICROSECONDS","SYSLOG_IDENTIFIER":"NAME","MESSAGE":"TEXT",…}       journalctl -o json
 *	{"log":"LINE\n","stream":"stdout","time":"TIME",…}                                           Docker's json-file
 *
 * From systemd's "Journal JSON Format": all values are strings, but text that isn't printable UTF-8 is an array of its bytes
 * (a stranger's name can make it so), a field that is there more than once is an array of its values, and one above 4096
 * bytes is null (but with --all). From daemon/logger/jsonfilelog of moby: a line above 16 KiB comes in pieces, of which only
 * the last ends in "\n".
 *
 * Only keys of the outermost object count, and each may be there once. Whatever is in a value stays in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JSONLINE_H
#define JSONLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"

#define JSONLINE_MAX 524288     /* bytes of a line; a message of 64 KiB as an array has 256 KiB */
#define JSONLINE_PIECE_MAX 16384 /* bytes of a piece of Docker's, unpacked: no shorter line can be one but the last */

struct jsonline {
	bool is_docker;       /* else the journal's */
	int64_t at_sec;
	struct slice program; /* the journal's; "" if unknown */
	struct slice text;    /* the message, or Docker's line without its newline */
	bool is_stderr;
	bool is_piece;        /* of a longer line of Docker's, and not its last */
};

/* Reads LINE into RET, whose slices are in ROOM. False if it is neither kind; *RET_WHY says why, constant. */
bool jsonline_read(struct jsonline *ret, struct strbuf *room, struct slice line, const char **ret_why);

/* Is the journal's message in LINE an array? Then a search for text does not see it. Quick; may say yes to others. */
bool jsonline_may_hide(struct slice line);

#endif
