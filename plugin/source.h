/* source.h - where log lines come from: the façade of the sources
 *
 * A source yields the complete lines that are new since a position, oldest first, and says at which
 * position the next run must go on. Position and logins are stored together, so reading never moves
 * anything by itself.
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
#include "plugin/position.h"

/* longer lines are skipped and counted; Postfix cuts its text at 2000 bytes */
#define SOURCE_LINE_MAX 65536

/* The time at the front of a line (logformat_line_time with its "now"). */
typedef bool source_time_fn(void *context, int64_t *ret_sec, struct slice line);

/* Names from 0 on; NULL behind the last one (logformat_journal_identifier). */
typedef const char *source_name_fn(size_t number);

struct dirlists; /* see source/dirlist.h */

struct source_options {
	/* without a known position, begin at the first line that isn't older than this */
	int64_t cold_start_sec;
	source_time_fn *line_time;
	void *context; /* for line_time */
	/* who may log logins to the journal with other facilities than mail's; NULL: nobody */
	source_name_fn *journal_identifier;
	/* the run's (--at), for what is logged from now on; 0: not known */
	int64_t now_sec;
	/* a directory where rotated files may be, beside the usual ones; NULL: none */
	const char *olddir;
	/* a path at which nothing is may be a log all the same: without a position, its rotated
	 * files are read */
	bool is_absent;
	/* what the sources of a run share: listings; NULL: nothing is shared */
	struct dirlists *directories;
	/* of the run, or NULL: unpacking what lies before the position ends with it */
	const struct deadline *deadline;
};

/* What the sources of a run may share: it is there for all of them. */
struct dirlists *source_new_directories(void);
void source_free_directories(struct dirlists **directories);

struct source;

/* What tells the file of a position from others, for an index of many. A value; what its numbers
 * are is the driver's. */
struct source_mark {
	uint64_t words[4];
};

/* False: POSITION is not known, or none of a file. */
bool source_mark(struct source_mark *ret, const struct log_position *position);

/* Logs by the files that they were read from, so that one is found whatever its file is called
 * now. */
struct source_index;
struct source_index *source_index_new(void);
void source_index_free(struct source_index *index);
void source_index_freep(struct source_index **index);

/* NUMBER is the caller's, of a log that was read up to a position with MARK. Of logs with the same
 * mark the first one added is found. */
void source_index_add(struct source_index *index, const struct source_mark *mark, size_t number);

/* Fetches the position of log NUMBER: > 0 with *RET; 0: it has none; < 0 with WHY. */
typedef int source_fetch_fn(void *context, size_t number, struct log_position *ret,
                            struct strbuf *why);

/* Which log's is the file at PATH itself (no link is followed), by its content? > 0 with
 * *RET_NUMBER; 0: none's, or that can't be told; < 0 with WHY: FETCH's. Only logs whose mark fits
 * are fetched, and compared until DEADLINE. */
int source_index_find(const struct source_index *index, const char *path,
                      const struct deadline *deadline, source_fetch_fn *fetch, void *context,
                      size_t *ret_number, struct strbuf *why);

/* the name of standard input, which has no position: all of it is read, and nothing is
 * remembered */
#define SOURCE_STDIN "-"

#define SOURCE_JOURNAL "journal:" /* and a directory, or nothing: this host's journal */

/* Is a place in the log NAME remembered from run to run, if it is followed? */
bool source_has_position(const char *name);

/* Opens the log NAME (a path, SOURCE_STDIN, or SOURCE_JOURNAL and a directory) to go on at POSITION
 * (NULL: never read): 0 with *RET, or -errno with WHY, a sentence that says what to do (missing,
 * unreadable (who may read it), a directory, a device or pipe, binary: no line begins with a time).
 * -EILSEQ: POSITION is nothing that source_position() ever gave of such a log, so what it was
 * fetched from is damaged.
 *
 * A file is known by device, inode, head hash and tail hash (of the uncompressed bytes), never one
 * of them alone. If the path holds another file now, the old one is looked for: by device and inode
 * under any name beside it, then by its bytes among its siblings (see source/siblings.h),
 * compressed ones too. Its rest is read first, then the files that were rotated after it, then the
 * new one. The file before the current one is watched for late lines until the next rotation, or
 * until it has been left alone for a day. If the old one is gone or was truncated, reading starts
 * at the new file's start, and source_notes() tells the gap with its times. Without a position,
 * siblings that reach into the time from cold_start_sec on are read, too. Nothing new costs a few
 * system calls, whatever the size of the log and the number of its siblings. */
int source_open(struct source **ret, const char *name, const struct log_position *position,
                const struct source_options *options, struct strbuf *why);
void source_free(struct source *source);
void source_freep(struct source **source);

/* > 0: *RET is the next complete line without its newline, valid until the next call; 0: no more
 * (an unfinished last line waits for the next run); < 0: -errno with WHY. */
int source_next(struct source *source, struct slice *ret, struct strbuf *why);

/* Behind the last line that source_next gave. Also fills newest_sec from the last lines of the log,
 * so it is right even if nothing was read. */
void source_position(struct source *source, struct log_position *ret);

/* Was everything read, and does nobody write there any more: is it compressed, or left alone for a
 * day? */
bool source_is_finished(const struct source *source);

/* How many bytes are still unread. */
int64_t source_left_bytes(const struct source *source);

/* What a person should know: gaps, over-long lines skipped; "" if nothing. One sentence a line. */
const char *source_notes(const struct source *source);

/* How many of the notes tell that lines could not be read; how many lines, nobody knows. */
int64_t source_gaps(const struct source *source);

#endif
