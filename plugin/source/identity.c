/* identity.c - which file a log is, whatever its name is now; see identity.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/identity.h"

#define COPY_LEAST 2 /* an empty line is the rest of a line that was cut */

#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

uint64_t identity_hash(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = FNV_BASIS;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * FNV_PRIME;
	return hash;
}

static int judge(struct identity_file *file, int descriptor)
{
	struct stat status;
	if (fstat(descriptor, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	file->device = (uint64_t)status.st_dev;
	file->inode = (uint64_t)status.st_ino;
	file->written_sec = (int64_t)status.st_mtime;
	return 0;
}

int identity_open(struct identity_file *ret, const char *path, int extra_flags, const struct deadline *deadline,
                  struct strbuf *why)
{
	/* O_NONBLOCK: a pipe without a writer must not hold the run. */
	struct identity_file file = { 0 };
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | extra_flags);
	if (descriptor < 0)
		return errno == ENXIO ? -EINVAL : -errno; /* ENXIO: a socket */
	int error = judge(&file, descriptor);
	if (error == 0)
		error = stream_open(&file.stream, descriptor, deadline, why);
	if (error < 0) {
		close(descriptor);
		return error;
	}
	file.path = xalloc_string(path);
	*ret = file;
	return 0;
}

void identity_close(struct identity_file *file)
{
	stream_free(file->stream);
	free(file->path);
	*file = (struct identity_file){ 0 };
}

bool identity_is_one(const struct identity_file *a, const struct identity_file *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* Of the LENGTH bytes at FROM; RET_LAST (may be NULL) is the last one. */
static bool has_hash(const struct identity_file *file, int64_t from, int64_t length, uint64_t hash, char *ret_last)
{
	char bytes[LOG_HASHED_BYTES];
	if (length == 0)
		return true;
	if (stream_read(file->stream, bytes, (size_t)length, from) != (ssize_t)length)
		return false;
	if (identity_hash(bytes, (size_t)length) != hash)
		return false;
	if (ret_last)
		*ret_last = bytes[length - 1];
	return true;
}

bool identity_has_head(const struct identity_file *file, const struct log_position *position)
{
	return has_hash(file, 0, position->head_length, position->head_hash, NULL);
}

enum identity_match identity_compare(const struct identity_file *file, const struct log_position *position)
{
	bool is_same = file->device == position->device && file->inode == position->inode;
	if (!stream_is_compressed(file->stream) && stream_size(file->stream) < position->offset)
		return IDENTITY_OTHER;
	if (!identity_has_head(file, position))
		return IDENTITY_OTHER;
	char last = '\0';
	if (!has_hash(file, position->offset - position->tail_length, position->tail_length, position->tail_hash, &last))
		return IDENTITY_OTHER;
	if (is_same)
		return IDENTITY_SAME;
	/* Less than a line with a time is what many files begin with: the rest of a cut one, a time and a host. */
	return position->offset >= COPY_LEAST && last == '\n' ? IDENTITY_COPY : IDENTITY_OTHER;
}

void identity_read_head(struct identity_file *file)
{
	if (!file->has_head)
		file->head_length = stream_read(file->stream, file->head, sizeof file->head, 0);
	file->has_head = true;
}

bool identity_has_same_head(struct identity_file *a, struct identity_file *b)
{
	identity_read_head(a);
	identity_read_head(b);
	ssize_t common = a->head_length < b->head_length ? a->head_length : b->head_length;
	bool is_padding = common > 0 && a->head[0] == '\0'; /* NULs of a crash are in many files */
	/* Not only a time and a host. */
	bool is_enough = common == sizeof a->head || (common > 0 && memchr(a->head, '\n', (size_t)common));
	return is_enough && !is_padding && memcmp(a->head, b->head, (size_t)common) == 0;
}
