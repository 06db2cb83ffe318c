/* logformat.h - which line is a login: the façade of the log formats
 *
 * The log is hostile: whoever can connect can write into it. So a line is read from its front, by
 * position, and never searched: header, program name, message; each format knows the anchored
 * message of its success lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_H
#define LOGFORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/logformat/line.h"
#include "plugin/login.h"

/* A set of formats, a bit each in the order of the table. */
typedef unsigned logformat_set;

#define LOGFORMAT_ALL UINT_MAX

/* The formats named in the comma-separated TEXT: 0, or -EINVAL with WHY, which lists the known
 * ones. */
int logformat_choose(logformat_set *ret, const char *text, struct strbuf *why);

/* The name of each format, from 0 on; NULL behind the last one. */
const char *logformat_name(size_t number);

/* Likewise what programs of mail servers call themselves in the systemd journal, where their
 * entries need not have the facilities mail or local6. Some stand there more than once. */
const char *logformat_journal_identifier(size_t number);

/* The names of the formats in SET, joined by ",": part of the state's key. */
void logformat_describe(logformat_set set, struct strbuf *text);

struct logformat_reader;

/* A reader of the formats in SET. NOW_SEC is for times without a year. Never NULL; the caller frees
 * it. */
struct logformat_reader *logformat_open(logformat_set set, int64_t now_sec);
void logformat_close(struct logformat_reader *reader);
void logformat_closep(struct logformat_reader **reader);

/* What LINE (without its newline) is. But for LINE_OTHER, RET is filled; it borrows from LINE and
 * READER, until the next call. A line without any format's literal costs a search for all of them
 * at once, and nothing else. */
enum line_kind logformat_read(struct logformat_reader *reader, struct login *ret,
                              struct slice line);

/* How many lines so far had the words of a login, but no header that is known, or were written by
 * no program that is known: each may be a login that is not understood, or a stranger's text. */
int64_t logformat_unread(const struct logformat_reader *reader);

/* What can be told of LINE whatever it says. To be called behind logformat_read(), whose answer is
 * gone then. */
enum line_sight {
	SIGHT_NOTHING, /* no time that is known is at its front */
	SIGHT_TIME,    /* one is, but no mail server that is known wrote it */
	SIGHT_MAIL,
};
enum line_sight logformat_look(struct logformat_reader *reader, struct slice line);

/* The time at the front of LINE, after a container's prefix if there is one. False if it has
 * none. */
bool logformat_line_time(struct logformat_reader *reader, int64_t *ret_sec, struct slice line);

/* How a line was read. Slices borrow as in logformat_read(); texts are constant. */
struct explanation {
	enum line_kind kind;
	/* the kind of header, "RFC 3339"; NULL: no time that I know is at the front */
	const char *header;
	int64_t at_sec;
	struct slice program; /* "" if the header names none */
	struct slice message;
	const char *format; /* the format that knows such lines, or NULL */
	const char *why;    /* why it is no login; NULL if it is one */
	/* what a person would take it for a login by, though it is LINE_OTHER; or NULL */
	const char *telltale;
	struct login login; /* but for LINE_OTHER */
};

/* As logformat_read(), and says why. */
void logformat_explain(struct logformat_reader *reader, struct explanation *ret, struct slice line);

#endif
