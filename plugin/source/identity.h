/* identity.h - which file a log is, whatever its name is now
 *
 * Rotation renames a log (same device and inode), copies and truncates it, or packs it (other inode, same bytes); an
 * inode's number is used again for other files. So a file is known by device, inode, and hashes of two places that don't
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
#include "plugin/source/stream.h"

/* An open regular file. Later lines than those of the moment when it was opened wait for the next run. */
struct identity_file {
	struct stream *stream; /* NULL: closed */
	char *path;            /* owned */
	uint64_t device, inode;
	int64_t written_sec;   /* mtime */
	char head[LOG_HASHED_BYTES];
	ssize_t head_length;   /* what is in head; -errno if it can't be read; meaningless if !has_head */
	bool has_head;
};

enum identity_match {
	IDENTITY_OTHER,
	IDENTITY_COPY, /* the bytes agree, device or inode don't: copied, packed, moved to another device, restored */
	IDENTITY_SAME,
};

/* FNV-1a, 64 bits: it tells files apart and is no secret. */
uint64_t identity_hash(const void *data, size_t length);

/* Opens PATH without ever waiting: 0; -EISDIR; -EINVAL for what is neither directory nor regular file; -ENOTSUP for a packed
 * one that can't be unpacked here; or -errno of open(2) with EXTRA_FLAGS. WHY (may be NULL) is for ENOTSUP only. */
int identity_open(struct identity_file *ret, const char *path, int extra_flags, const struct deadline *deadline,
                  struct strbuf *why);
void identity_close(struct identity_file *file);

bool identity_is_one(const struct identity_file *a, const struct identity_file *b);

/* Is FILE the one that was read up to POSITION? One that is shorter than that is another one. A packed one is unpacked up to
 * there; if that can't be done in time it is another one, too. */
enum identity_match identity_compare(const struct identity_file *file, const struct log_position *position);

/* Does it begin as the file of POSITION did? Of a packed file that costs one block; identity_compare() unpacks it. */
bool identity_has_head(const struct identity_file *file, const struct log_position *position);

/* Reads head, once. */
void identity_read_head(struct identity_file *file);

/* The same bytes at the head, as far as both have them: then one is a copy of the other, maybe an unfinished one. Two heads of
 * less than a line are never the same. */
bool identity_has_same_head(struct identity_file *a, struct identity_file *b);

#endif
