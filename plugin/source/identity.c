/* identity.c - which file a log is, whatever its name is now; see identity.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/identity.h"

#define NANO INT64_C(1000000000)

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

static int64_t nanoseconds(int64_t sec, int64_t nsec)
{
	return sec > INT64_MAX / NANO - 1 || sec < INT64_MIN / NANO + 1 ? 0 : sec * NANO + nsec;
}

static int64_t born_ns(int descriptor)
{
#ifdef STATX_BTIME
	struct statx status;
	if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) == 0 &&
	    (status.stx_mask & STATX_BTIME))
		return nanoseconds(status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
#else
	(void)descriptor;
#endif
	return 0;
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
	file->written_ns = nanoseconds(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
	file->born_ns = born_ns(descriptor);
	return 0;
}

/* What is before it was written at once: a plain file that gives less than it has was truncated
 * since. */
static int read_head(struct identity_file *file)
{
	ssize_t got = stream_read(file->stream, file->head, sizeof file->head, 0);
	file->is_damaged = got == -EBADMSG;
	if (got < 0 && !file->is_damaged)
		return (int)got;
	file->head_length = got > 0 ? (size_t)got : 0;
	if (stream_is_compressed(file->stream))
		return 0;
	int64_t size = stream_size(file->stream);
	/* Lines that came meanwhile wait for the next run, and so does their part of the head. */
	if (size < (int64_t)sizeof file->head && (int64_t)file->head_length > size)
		file->head_length = (size_t)size;
	return (int64_t)file->head_length < (int64_t)sizeof file->head &&
			(int64_t)file->head_length < size
		? -EAGAIN
		: 0;
}

int identity_open(struct identity_file *ret, const char *path, int extra_flags,
                  const struct deadline *deadline, struct strbuf *why)
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
	error = read_head(&file);
	if (error < 0) {
		stream_free(file.stream);
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

bool identity_is_inode(const struct identity_file *file, const struct file_position *position)
{
	return file->device == position->device && file->inode == position->inode;
}

bool identity_is_copied(const struct identity_file *log, const struct identity_file *file)
{
	return log->born_ns == 0 || log->born_ns <= file->written_ns;
}

bool identity_is_of_bytes(const struct file_position *position)
{
	return position->head_length > 0;
}

bool identity_has_head(const struct identity_file *file, const struct file_position *position)
{
	return position->head_length == 0 ||
		((int64_t)file->head_length >= position->head_length &&
	         identity_hash(file->head, (size_t)position->head_length) == position->head_hash);
}

/* Less than a line with a time is what many files begin with: the rest of a cut one, a time and a
 * host. So do the NULs of a crash. */
static bool is_telling(const char *bytes, size_t length)
{
	const char *newline = length > 1 ? memchr(bytes + 1, '\n', length - 1) : NULL;
	size_t nuls = 0;
	while (nuls < length && bytes[nuls] == '\0')
		nuls++;
	return nuls < length && (newline || length == FILE_HASHED_BYTES);
}

/* Does FILE, which has the head of POSITION's, end before its offset? 1; 0; -errno. */
static int is_shorter(const struct identity_file *file, const struct file_position *position)
{
	char byte;
	if (!stream_is_compressed(file->stream))
		return stream_size(file->stream) < position->offset;
	ssize_t got = stream_read(file->stream, &byte, 1, position->offset - 1);
	return got == -EBADMSG ? 0 : got < 0 ? (int)got : got == 0;
}

static enum identity_match compare_shorter(const struct identity_file *file,
                                           const struct file_position *position)
{
	bool is_known = is_telling(file->head, (size_t)position->head_length) &&
		!identity_is_inode(file, position);
	return is_known ? IDENTITY_PREFIX : IDENTITY_OTHER;
}

/* The bytes before POSITION's offset into TAIL. 1: they are those that were read; 0: they aren't;
 * -errno. */
static int has_tail(const struct identity_file *file, const struct file_position *position,
                    char *tail)
{
	size_t length = (size_t)position->tail_length;
	if (length == 0)
		return 1;
	ssize_t got = stream_read(file->stream, tail, length,
	                          position->offset - position->tail_length);
	if (got < 0)
		return got == -EBADMSG ? 0 : (int)got;
	return got == (ssize_t)length && identity_hash(tail, length) == position->tail_hash;
}

int identity_compare(const struct identity_file *file, const struct file_position *position)
{
	char tail[FILE_HASHED_BYTES];
	bool is_same = identity_is_inode(file, position);
	if (!identity_has_head(file, position))
		return IDENTITY_OTHER;
	int result = position->offset > 0 ? is_shorter(file, position) : 0;
	if (result)
		return result < 0 ? result : (int)compare_shorter(file, position);
	result = has_tail(file, position, tail);
	if (result <= 0)
		return result;
	if (is_same)
		return IDENTITY_SAME;
	bool is_told = is_telling(file->head, (size_t)position->head_length) ||
		is_telling(tail, (size_t)position->tail_length);
	return is_told ? IDENTITY_COPY : IDENTITY_OTHER;
}

int identity_still_holds(const struct identity_file *file, int64_t offset)
{
	char head[FILE_HASHED_BYTES], last;
	if (stream_is_compressed(file->stream))
		return 1;
	ssize_t got = stream_read(file->stream, head, file->head_length, 0);
	if (got < 0)
		return (int)got;
	if (got < (ssize_t)file->head_length || memcmp(head, file->head, file->head_length) != 0)
		return 0;
	if (offset <= (int64_t)file->head_length)
		return 1;
	got = stream_read(file->stream, &last, 1, offset - 1);
	return got < 0 ? (int)got : got == 1;
}

bool identity_has_same_head(const struct identity_file *a, const struct identity_file *b)
{
	size_t common = a->head_length < b->head_length ? a->head_length : b->head_length;
	bool is_padding = common > 0 && a->head[0] == '\0'; /* NULs of a crash are in many files */
	/* Not only a time and a host. */
	bool is_enough = common == sizeof a->head || (common > 0 && memchr(a->head, '\n', common));
	return is_enough && !is_padding && memcmp(a->head, b->head, common) == 0;
}
