/* stdin.h - log lines from standard input: what a person pipes in by hand
 *
 * The functions are those of plugin/source.h, whose contract they keep, but for these: nothing is
 * remembered (the position is always unknown), an unfinished last line is given out at the end, and
 * reading waits for more until the deadline.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_STDIN_H
#define SOURCE_STDIN_H

#include "plugin/source.h"

struct stdin_source;

/* DESCRIPTOR is borrowed. -EINVAL with WHY: a terminal, or compressed bytes. */
int stdin_source_open(struct stdin_source **ret, int descriptor,
                      const struct source_options *options, struct strbuf *why);
void stdin_source_free(struct stdin_source *source);
int stdin_source_next(struct stdin_source *source, struct slice *ret, struct strbuf *why);
/* only newest_sec */
void stdin_source_position(const struct stdin_source *source, struct log_position *ret);
/* 0 of a pipe */
int64_t stdin_source_left_bytes(const struct stdin_source *source);
const char *stdin_source_notes(const struct stdin_source *source);

#endif
