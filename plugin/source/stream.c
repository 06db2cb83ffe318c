/* stream.c - the bytes of a log file, compressed or not; see stream.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/archive.h"
#include "plugin/source/stream.h"

#define HEAD_BYTES 8
#define SKIP_ROOM (256 * 1024)

struct stream {
	int descriptor;
	const struct deadline *deadline;
	bool is_compressed;
	int64_t size;                  /* < 0: not known yet */
	struct archive_reader *reader; /* unpacks; NULL: not begun */
	int64_t unpacked;              /* how far READER is */
	int error;                     /* at which READER ended, 0 if at the end */
	bool is_ended;
};

static uint64_t bytes_read;

uint64_t stream_bytes_read(void)
{
	return bytes_read;
}

/* --- plain files --- */

static ssize_t read_plain(int descriptor, void *bytes, size_t room, int64_t offset)
{
	size_t filled = 0;
	while (filled < room) {
		ssize_t got = pread(descriptor, (char *)bytes + filled, room - filled, (off_t)(offset + (int64_t)filled));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}

/* --- compressed files --- */

/* From the begin again. */
static int restart(struct stream *stream)
{
	archive_close(stream->reader);
	stream->reader = NULL;
	stream->unpacked = 0;
	stream->error = 0;
	stream->is_ended = false;
	return archive_open(&stream->reader, stream->descriptor, NULL);
}

/* What is unpacked next, until ROOM is full: fewer bytes only at the end. */
static ssize_t unpack(struct stream *stream, void *bytes, size_t room)
{
	size_t filled = 0;
	while (filled < room && !stream->is_ended) {
		if (stream->deadline && deadline_is_over(stream->deadline))
			return -ETIMEDOUT;
		ssize_t got = archive_read(stream->reader, (char *)bytes + filled, room - filled);
		stream->is_ended = got <= 0;
		stream->error = got < 0 ? (int)got : 0;
		filled += got > 0 ? (size_t)got : 0;
		stream->unpacked += got > 0 ? got : 0;
	}
	return (ssize_t)filled;
}

static int skip_to(struct stream *stream, int64_t offset)
{
	char *nothing CLEANUP(xalloc_freep) = xalloc_resize(NULL, SKIP_ROOM, 1);
	while (stream->unpacked < offset && !stream->is_ended) {
		int64_t left = offset - stream->unpacked;
		ssize_t got = unpack(stream, nothing, left < SKIP_ROOM ? (size_t)left : SKIP_ROOM);
		if (got < 0)
			return (int)got;
	}
	return 0;
}

/* At the place of the damage it is told: what is before it can be read. */
static ssize_t read_compressed(struct stream *stream, void *bytes, size_t room, int64_t offset)
{
	int error = !stream->reader || stream->unpacked > offset ? restart(stream) : 0;
	if (error == 0)
		error = skip_to(stream, offset);
	if (error < 0)
		return error;
	ssize_t got = stream->unpacked < offset ? 0 : unpack(stream, bytes, room);
	return got == 0 && room > 0 && stream->error < 0 ? stream->error : got;
}

/* --- both --- */

ssize_t stream_read(struct stream *stream, void *bytes, size_t room, int64_t offset)
{
	ssize_t got = stream->is_compressed ? read_compressed(stream, bytes, room, offset)
		: read_plain(stream->descriptor, bytes, room, offset);
	bytes_read += got > 0 ? (uint64_t)got : 0;
	return got;
}

int64_t stream_size(struct stream *stream)
{
	if (stream->size >= 0)
		return stream->size;
	int error = stream->reader ? 0 : restart(stream);
	if (error == 0)
		error = skip_to(stream, INT64_MAX);
	if (error < 0)
		return error;
	stream->size = stream->unpacked;
	return stream->size;
}

bool stream_is_compressed(const struct stream *stream)
{
	return stream->is_compressed;
}

int stream_descriptor(const struct stream *stream)
{
	return stream->descriptor;
}

int stream_open(struct stream **ret, int descriptor, const struct deadline *deadline, struct strbuf *why)
{
	char head[HEAD_BYTES];
	struct stat status;
	ssize_t length = read_plain(descriptor, head, sizeof head, 0);
	if (length < 0 || fstat(descriptor, &status) < 0)
		return strbuf_fail(why, length < 0 ? (int)length : -errno, "it can't be read: %s", strerror(length < 0 ? (int)-length : errno));
	struct stream *stream = xalloc_zero(1, sizeof *stream);
	stream->descriptor = descriptor;
	stream->deadline = deadline;
	stream->is_compressed = archive_kind(slice_make(head, (size_t)length)) != NULL;
	stream->size = stream->is_compressed ? -1 : (int64_t)status.st_size;
	int error = stream->is_compressed ? archive_open(&stream->reader, descriptor, why) : 0;
	if (error < 0) {
		free(stream);
		return error;
	}
	*ret = stream;
	return 0;
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	archive_close(stream->reader);
	close(stream->descriptor);
	free(stream);
}
