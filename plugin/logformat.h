/* logformat.h - which line is a login: the façade of the log formats
 *
 * The log is hostile: whoever can connect can write into it. So a line is read from its front, by position, and never
 * searched: header, program name, message; each format knows the anchored message of its success lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_H
#define LOGFORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/login.h"

/* A set of formats, a bit each in the order of the table. */
typedef unsigned logformat_set;

#define LOGFORMAT_ALL UINT_MAX

/* The formats named in the comma-separated TEXT: 0, or -EINVAL with WHY, which lists the known ones. */
int logformat_choose(logformat_set *ret, const char *text, struct strbuf *why);

/* The names of the formats in SET, joined by ",": part of the state's key. */
void logformat_describe(logformat_set set, struct strbuf *text);

/* Reads LINE (without its newline). > 0: a login, RET is filled and borrows from LINE; 0: not a login. NOW_SEC is for
 * times without a year. Lines without any format's literal cost a search for it and nothing else. */
int logformat_parse(struct login *ret, struct slice line, logformat_set formats, int64_t now_sec);

/* The time at the front of LINE, after a container's prefix if there is one. False if it has none. */
bool logformat_line_time(int64_t *ret_sec, struct slice line, int64_t now_sec);

#endif
