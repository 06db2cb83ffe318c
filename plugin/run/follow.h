/* follow.h - one log after the other: from where it was read last, into the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RUN_FOLLOW_H
#define RUN_FOLLOW_H

#include "plugin/run/read.h"

struct follower;

/* READING is borrowed. HAS_MANY_LOGS: there are, or a glob may give more; then a line that stands
 * in two of them is counted once. READ_SEC: up to when these logs were read, 0: never; a name that
 * is new among them is read from then on. */
struct follower *follower_new(const struct reading *reading, bool has_many_logs, int64_t read_sec);
void follower_free(struct follower *follower);
void follower_freep(struct follower **follower);

/* Reads what is new in LOG into the store. LOGS_LEFT, this one among them, are to be read: each has
 * its share of the time. > 0: its file, or the rest of it, is there, or it can't be told; 0: it is
 * nowhere, which was told if it could have had lines that were not read, and will not be told
 * again; < 0 with WHY when the run must not be kept (a damaged database or state). A log that can't
 * be read is a problem of the report only: the others go on. When the time is up what was read
 * until then is kept; some of it is read in any case if there was none before, so each run gets
 * on. */
int follower_read(struct follower *follower, const struct log *log, size_t logs_left,
                  struct strbuf *why);

/* Of all logs so far. */
struct read_counts follower_counts(const struct follower *follower);

#endif
