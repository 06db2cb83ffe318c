/* explain.h - --explain: how each line of standard input is read, and why
 *
 * So an administrator can trust the reading, and can report a line that is read wrongly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "common/state.h"
#include "plugin/options.h"

/* Answers each line of standard input on standard output: a paragraph, or with --output=json an
 * object a line:
 *
 *	{"line": 1, "login": true, "format": "postfix", "at": "2026-11-23T09:07:44Z",
 *	 "user": "alice", "address": "203.0.113.9", "service": "postfix/submission", "why": ""}
 *
 * What isn't known is "". A login whose address is in another line has the address "". STATE_OK;
 * STATE_UNKNOWN, told, if the input can't be read or the output not written. */
enum state explain_input(const struct options *options);

#endif
