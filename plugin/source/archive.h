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

/* "gzip", "bzip2", "xz" or "zstd" if HEAD, the first bytes of a file, is of one; else NULL. 6 bytes are enough. */
const char *archive_kind(struct slice head);

/* Begins to unpack the regular file behind DESCRIPTOR, which is borrowed and read with pread(2) only. 0 with *RET;
 * -ENOTSUP with WHY: libarchive is not there; -ENOMEM. Damage shows when it is read. */
int archive_open(struct archive_reader **ret, int descriptor, struct strbuf *why);
void archive_close(struct archive_reader *reader);

/* The next bytes, at most ROOM; 0 at the end; -EBADMSG: damaged or cut off here; -EIO: the file can't be read. xz may want a
 * dictionary of as much memory as its header says: 4 GiB at most, by libarchive; logrotate's xz takes 64 MiB at most. */
ssize_t archive_read(struct archive_reader *reader, void *bytes, size_t room);

#endif
