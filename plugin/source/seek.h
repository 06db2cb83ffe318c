/* seek.h - finding a time in a log without reading all of it
 *
 * Lines without a time are stepped over, and clocks that step back are tolerated: an answer may be
 * too early in the file, so the caller still compares each line's time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_SEEK_H
#define SOURCE_SEEK_H

#include <stdint.h>

#include "plugin/source.h"
#include "plugin/source/stream.h"

#define SEEK_BLOCK 65536 /* the most that one look into a file reads */

/* The first line with a time that begins at or after FROM, within a block, and ends before END. >
 * 0: found, with its time and (unless NULL) its offset; 0: none; < 0: -errno. The file's very first
 * line may be unfinished. */
int seek_first_time(int64_t *ret_sec, int64_t *ret_offset, struct stream *stream, int64_t from,
                    int64_t end, const struct source_options *options);

/* The time of the first line that has one, in the first 16 MiB: a file may begin with the rest of a
 * long line. */
int seek_start_time(int64_t *ret_sec, struct stream *stream, const struct source_options *options);

/* The time of the last complete line that has one, in the last block before END; answers as
 * seek_first_time(). */
int seek_last_time(int64_t *ret_sec, struct stream *stream, int64_t end,
                   const struct source_options *options);

/* The start of a line that is before the first one that isn't older than options->cold_start_sec,
 * and near it: 0, or -errno. Costs O(log SIZE) blocks. */
int seek_cold_start(int64_t *ret_offset, struct stream *stream, int64_t size,
                    const struct source_options *options);

#endif
