/* archive.h - unpacking gzip, bzip2, xz and zstd, from the front to the end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_ARCHIVE_H
#define SOURCE_ARCHIVE_H

#include <stdint.h>
#include <sys/types.h>

#include "common/deadline.h"
#include "common/slice.h"
#include "common/strbuf.h"

struct archive_reader;
struct archive_kind;

#define ARCHIVE_HEAD_BYTES 10 /* tell the kind */

/* gzip, bzip2, xz or zstd if HEAD, the first bytes of a file, is of one; else NULL: plain. */
const struct archive_kind *archive_kind(struct slice head);

/* Begins to unpack the regular file of KIND behind DESCRIPTOR, which is borrowed and read with
 * pread(2) only. 0 with *RET; -ENOTSUP with WHY: libarchive is not there, or lacks KIND; -ENOMEM.
 * Damage shows when it is read. */
int archive_open(struct archive_reader **ret, int descriptor, const struct archive_kind *kind,
                 const struct deadline *deadline, struct strbuf *why);
void archive_close(struct archive_reader *reader);

/* The next bytes, at most ROOM; 0 at the end; -EBADMSG: damaged, cut off, or bytes behind the end
 * that are not of KIND; -ETIMEDOUT: DEADLINE is over, which is looked at every MiB; another -errno:
 * the file can't be read. After the end or an error only archive_close() is allowed.
 *
 * libarchive gives none of a piece in which there is damage: 64 KiB, for zstd 128, for bzip2 a
 * block of up to 900 kB. It doesn't look at gzip's checksum: a changed byte that can still be
 * uncompressed is not noticed.
 *
 * Memory: zstd takes 128 MiB at most (a larger window is refused as damage). libarchive sets no
 * limit for xz: as much as its header says and is uncompressed, 4 GiB at most. xz -6, the default,
 * takes 8 MiB, xz -9 takes 64. */
ssize_t archive_read(struct archive_reader *reader, void *bytes, size_t room);

#endif
