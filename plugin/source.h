/* source.h - where log lines come from: the façade of the sources
 *
 * A source yields the complete lines that are new since a position, oldest first, and says at which position
 * the next run must go on. Position and logins are stored together, so reading never moves anything by itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/login.h"

#define SOURCE_LINE_MAX 65536     /* longer lines are skipped and counted; Postfix cuts its text at 2000 bytes */

/* The time at the front of a line (logformat_line_time with its "now"). */
typedef bool source_time_fn(void *context, int64_t *ret_sec, struct slice line);

struct source_options {
	int64_t cold_start_sec;  /* without a known position, begin at the first line that isn't older than this */
	source_time_fn *line_time;
	void *context;           /* for line_time */
	const struct deadline *deadline; /* of the run, or NULL: unpacking what lies before the position ends with it */
};

struct source;

#define SOURCE_STDIN "-" /* the name of standard input, which has no position: all of it is read, and nothing is remembered */

/* Opens the log at PATH (or SOURCE_STDIN) to go on at POSITION: 0 with *RET, or -errno with WHY, a sentence that says what to do (missing,
 * unreadable (who may read it), a directory, a device or pipe, compressed, binary: no line begins with a time).
 * Identity: device, inode, head hash and tail hash, never one of them alone. If the file is another one now, the old
 * one is looked for beside it (any name that begins with PATH's base name, same device and inode and hashes), its rest is read first;
 * if it is gone or was truncated, reading starts at the new file's begin, and source_notes() tells the gap with its
 * times. Nothing new costs a few system calls, whatever the size of the log. */
int source_open(struct source **ret, const char *path, const struct log_position *position,
                const struct source_options *options, struct strbuf *why);
void source_free(struct source *source);
void source_freep(struct source **source);

/* > 0: *RET is the next complete line without its newline, valid until the next call; 0: no more (an unfinished last
 * line waits for the next run); < 0: -errno with WHY. */
int source_next(struct source *source, struct slice *ret, struct strbuf *why);

/* Behind the last line that source_next gave. Also fills newest_sec from the last lines of the file, so it is right
 * even if nothing was read. */
void source_position(struct source *source, struct log_position *ret);

/* How many bytes are still unread. */
int64_t source_left_bytes(const struct source *source);

/* What a person should know: gaps, over-long lines skipped; "" if nothing. One sentence a line. */
const char *source_notes(const struct source *source);

#endif
