/* stream.h - the bytes of a log file, compressed or not, as if all were plain
 *
 * gzip, bzip2, xz and zstd, through libarchive, which is loaded when the first compressed file is
 * met: a run that meets none pays nothing for it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/deadline.h"
#include "common/strbuf.h"

struct stream;

/* The stream of the regular file behind DESCRIPTOR, which is taken over on success. Compression is
 * told by the first bytes, never by a name. DEADLINE (or NULL) bounds unpacking; a plain read is as
 * long as its ROOM, so a position can still be taken afterwards. 0 with *RET, or -errno with WHY
 * (ENOTSUP: compressed, and libarchive can't be loaded: the package that brings it is named). */
int stream_open(struct stream **ret, int descriptor, const struct deadline *deadline,
                struct strbuf *why);
void stream_free(struct stream *stream);

bool stream_is_compressed(const struct stream *stream);
int stream_descriptor(const struct stream *stream);

/* As pread(2), until ROOM is full or the stream ends: the bytes that were read, or -errno. A plain
 * file is read at any place. A compressed one is uncompressed from its start: a later OFFSET costs
 * what lies between, an earlier one all again. -EBADMSG: it is damaged or ends too soon (what lies
 * before is readable, but for the piece that the damage is in: see archive.h); -ETIMEDOUT: the
 * deadline. */
ssize_t stream_read(struct stream *stream, void *bytes, size_t room, int64_t offset);

/* How many bytes there are when uncompressed. A plain file: those of the moment when it was opened.
 * A compressed one is uncompressed to its end once; damaged: what is readable. Or -errno
 * (-ETIMEDOUT, -EIO). */
int64_t stream_size(struct stream *stream);

/* Where the next bytes after OFFSET are that were ever written: OFFSET itself unless it is in a
 * hole of a plain file. INT64_MAX: nowhere. A file system that can't tell has no holes. */
int64_t stream_next_data(const struct stream *stream, int64_t offset);

/* How many bytes stream_read() gave in this process: for tests, which measure what a run costs. */
uint64_t stream_bytes_read(void);

#endif
