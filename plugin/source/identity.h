/* identity.h - which file a log is, whatever its name is now
 *
 * Rotation renames a log (same device and inode), copies and truncates it, or compresses it (other
 * inode, same bytes); an inode's number is used again for other files. So a file is known by
 * device, inode, and hashes of two places that don't change: its first bytes, and those before the
 * place up to which it was read.
 *
 * A read that fails is not another file: what keeps one from knowing is an error here, never an
 * answer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_IDENTITY_H
#define SOURCE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/deadline.h"
#include "plugin/source/file_position.h"
#include "plugin/source/stream.h"

/* An open regular file. Later lines than those of the moment when it was opened wait for the next
 * run. */
struct identity_file {
	struct stream *stream; /* NULL: closed */
	char *path;            /* owned */
	uint64_t device, inode;
	int64_t written_ns; /* mtime, since 1970 */
	int64_t born_ns;    /* when it was made; 0: the file system doesn't tell */
	/* the first bytes of the moment when it was opened, uncompressed */
	char head[FILE_HASHED_BYTES];
	size_t head_length;
	bool is_damaged; /* a compressed one that can't be unpacked even so far */
};

enum identity_match {
	IDENTITY_OTHER, /* or the same one, truncated since */
	/* it begins likewise, and ends before the position: a copy of which all was read */
	IDENTITY_PREFIX,
	/* the bytes agree, device or inode don't: copied, compressed, moved to another device,
	 * restored */
	IDENTITY_COPY,
	IDENTITY_SAME,
};

/* FNV-1a, 64 bits: it tells files apart and is no secret. */
uint64_t identity_hash(const void *data, size_t length);

/* Opens PATH without ever waiting, and reads its head: 0; -EAGAIN: it was truncated meanwhile;
 * -EISDIR; -EINVAL for what is neither directory nor regular file; -ENOTSUP for a compressed one
 * that can't be unpacked here; -ETIMEDOUT: unpacking its head took too long; or -errno of open(2)
 * with EXTRA_FLAGS, fstat(2) or pread(2). WHY (may be NULL) is for ENOTSUP only. */
int identity_open(struct identity_file *ret, const char *path, int extra_flags,
                  const struct deadline *deadline, struct strbuf *why);
void identity_close(struct identity_file *file);

/* By the number alone, which may be used again. */
bool identity_is_inode(const struct identity_file *file, const struct file_position *position);

/* Is FILE the one that was read up to POSITION? An enum identity_match; or -errno if that can't be
 * told: it can't be read, or (-ETIMEDOUT) not be uncompressed up to there in time. A compressed one
 * that is damaged before it is another one. */
int identity_compare(const struct identity_file *file, const struct file_position *position);

/* Does it begin as the file of POSITION did? Costs nothing; identity_compare() may have to
 * unpack. */
bool identity_has_head(const struct identity_file *file, const struct file_position *position);

/* Does it still begin as it did when it was opened, with as much before OFFSET as there was? 1; 0:
 * it was truncated; -errno. */
int identity_still_holds(const struct identity_file *file, int64_t offset);

/* Is LOG, which has the inode of a log that was rotated to FILE, that log, truncated, and FILE a
 * copy? Else it got the inode of one that was removed, and is younger than what FILE holds. Where
 * that can't be told it is one. */
bool identity_is_copied(const struct identity_file *log, const struct identity_file *file);

/* Is anything known of the bytes of POSITION's file? Of an empty one, nothing is but its inode. */
bool identity_is_of_bytes(const struct file_position *position);

/* The same bytes at the head, as far as both have them: then one is a copy of the other, maybe an
 * unfinished one. Two heads of less than a line are never the same. */
bool identity_has_same_head(const struct identity_file *a, const struct identity_file *b);

#endif
