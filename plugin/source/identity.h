/* identity.h - which file a log is, whatever its name is now
 *
 * Rotation renames a log (same device and inode) or copies and truncates it (other inode, same bytes); an inode's
 * number is used again for other files. So a file is known by device, inode, and hashes of two places that don't
 * change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_IDENTITY_H
#define SOURCE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plugin/source.h"

/* An open regular file. The size is that of the moment when it was opened: later lines wait for the next run. */
struct identity_file {
	int descriptor;
	uint64_t device, inode;
	int64_t size;
};

enum identity_match {
	IDENTITY_OTHER,
	IDENTITY_COPY, /* the bytes agree, device or inode don't: copied, moved to another device, restored */
	IDENTITY_SAME,
};

/* FNV-1a, 64 bits: it tells files apart and is no secret. */
uint64_t identity_hash(const void *data, size_t length);

/* Opens NAME below DIRECTORY (a descriptor or AT_FDCWD) without ever waiting: 0; -EISDIR; -EINVAL for what is neither
 * directory nor regular file; or -errno of open(2) with EXTRA_FLAGS. */
int identity_open(struct identity_file *ret, int directory, const char *name, int extra_flags);
void identity_close(struct identity_file *file);

/* Is FILE the one that was read up to POSITION? One that is shorter than that is another one. */
enum identity_match identity_compare(const struct identity_file *file, const struct log_position *position);

/* Looks among the names beside PATH that begin with PATH's base name (10000 entries at most) for the file of POSITION.
 * CURRENT, which PATH is now (NULL: nothing), is never the answer. True with *RET, which the caller closes.
 * *RET_UNREADABLE: a file of that device and inode is there, but may not be read. */
bool identity_find_old(struct identity_file *ret, bool *ret_unreadable, const char *path,
                       const struct log_position *position, const struct identity_file *current);

/* What identity_find_between() goes by. */
struct identity_between {
	const struct log_position *position;
	const struct identity_file *old, *current; /* both may be NULL */
	int64_t first_sec, last_sec;               /* the first line's time must be in here */
	const struct source_options *options;
};

/* Rotations between two runs that are read. */
#define IDENTITY_BETWEEN_MAX 30

/* The files that were rotated after the old one and before the current one: PATH and a suffix of digits, dots and
 * dashes only (so mail.err is not taken for an older mail), whose first line's time is in the range. Oldest first into
 * RET, which has room for IDENTITY_BETWEEN_MAX; the count. The caller closes them. *RET_HAS_DROPPED: there were more,
 * and the oldest of them are left out. */
size_t identity_find_between(struct identity_file *ret, bool *ret_has_dropped, const char *path,
                             const struct identity_between *between);

#endif
