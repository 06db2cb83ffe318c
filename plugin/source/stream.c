/* stream.c - the bytes of a log file, compressed or not; see stream.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/fullread.h"
#include "common/xalloc.h"
#include "plugin/source/archive.h"
#include "plugin/source/stream.h"

#define SKIP_ROOM (256 * 1024)
#define KEPT_BYTES 256

struct stream {
	int descriptor;
	const struct deadline *deadline;
	const struct archive_kind *kind; /* NULL: plain */
	int64_t size;                    /* < 0: not known yet */
	struct archive_reader *reader;   /* unpacks; NULL: not started, or ended */
	int64_t unpacked;                /* how far READER is */
	/* the first bytes, and those before UNPACKED: what an identity is made of, so that */
	char head[KEPT_BYTES];
	char recent[KEPT_BYTES]; /* looking at it again doesn't unpack all again */
	size_t head_length, recent_length;
	int error; /* -EBADMSG: it ended at damage */
	bool is_ended;
};

static uint64_t bytes_read;

uint64_t stream_bytes_read(void)
{
	return bytes_read;
}

/* --- compressed files --- */

/* Its memory, many MiB for xz, goes with it. */
static void close_reader(struct stream *stream)
{
	archive_close(stream->reader);
	stream->reader = NULL;
}

/* From the start again. */
static int restart(struct stream *stream, struct strbuf *why)
{
	close_reader(stream);
	stream->unpacked = 0;
	stream->error = 0;
	stream->is_ended = false;
	stream->head_length = stream->recent_length = 0;
	return archive_open(&stream->reader, stream->descriptor, stream->kind, stream->deadline,
	                    why);
}

/* A reader must be there, or the end be known. */
static int make_ready(struct stream *stream, int64_t offset)
{
	bool is_ready = (stream->reader || stream->is_ended) && stream->unpacked <= offset;
	return is_ready ? 0 : restart(stream, NULL);
}

/* Damage is an end. After another error (a deadline, a disk) the next reading begins anew. */
static void end_reader(struct stream *stream, int error)
{
	close_reader(stream);
	stream->is_ended = error == 0 || error == -EBADMSG;
	stream->error = error;
}

/* BYTES come next. */
static void keep(struct stream *stream, const char *bytes, size_t length)
{
	if (stream->unpacked == (int64_t)stream->head_length) {
		size_t room = KEPT_BYTES - stream->head_length;
		size_t part = length < room ? length : room;
		memcpy(stream->head + stream->head_length, bytes, part);
		stream->head_length += part;
	}
	size_t new_part = length < KEPT_BYTES ? length : KEPT_BYTES;
	size_t old_part = stream->recent_length < KEPT_BYTES - new_part ? stream->recent_length
									: KEPT_BYTES - new_part;
	memmove(stream->recent, stream->recent + stream->recent_length - old_part, old_part);
	memcpy(stream->recent + old_part, bytes + length - new_part, new_part);
	stream->recent_length = old_part + new_part;
	stream->unpacked += (int64_t)length;
}

/* As much of the wanted bytes as was kept. */
static size_t take_kept(const struct stream *stream, char *bytes, size_t room, int64_t offset)
{
	int64_t recent_start = stream->unpacked - (int64_t)stream->recent_length;
	const char *from = NULL;
	int64_t kept = 0;
	if (offset >= recent_start && offset < stream->unpacked) {
		from = stream->recent + (offset - recent_start);
		kept = stream->unpacked - offset;
	} else if (offset + (int64_t)room <= (int64_t)stream->head_length) {
		from = stream->head + offset;
		kept = (int64_t)room;
	}
	size_t length = kept < (int64_t)room ? (size_t)kept : room;
	if (length)
		memcpy(bytes, from, length);
	return length;
}

/* What is uncompressed next, until ROOM is full: fewer bytes only at the end. */
static ssize_t unpack(struct stream *stream, void *bytes, size_t room)
{
	size_t filled = 0;
	while (filled < room && !stream->is_ended) {
		ssize_t got = archive_read(stream->reader, (char *)bytes + filled, room - filled);
		if (got <= 0)
			end_reader(stream, (int)got);
		if (got < 0 && !stream->is_ended)
			return got;
		if (got > 0)
			keep(stream, (char *)bytes + filled, (size_t)got);
		filled += got > 0 ? (size_t)got : 0;
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
static ssize_t read_compressed(struct stream *stream, char *bytes, size_t room, int64_t offset)
{
	size_t kept = stream->reader || stream->is_ended ? take_kept(stream, bytes, room, offset)
							 : 0;
	offset += (int64_t)kept;
	if (kept == room)
		return (ssize_t)kept;
	int error = make_ready(stream, offset);
	if (error == 0)
		error = skip_to(stream, offset);
	if (error < 0)
		return error;
	ssize_t got = stream->unpacked < offset ? 0 : unpack(stream, bytes + kept, room - kept);
	if (got < 0)
		return got;
	return got == 0 && kept == 0 && stream->error < 0 ? stream->error : got + (ssize_t)kept;
}

/* --- both --- */

ssize_t stream_read(struct stream *stream, void *bytes, size_t room, int64_t offset)
{
	ssize_t got = stream->kind ? read_compressed(stream, bytes, room, offset)
				   : fullread_at(stream->descriptor, bytes, room, offset);
	bytes_read += got > 0 ? (uint64_t)got : 0;
	return got;
}

int64_t stream_size(struct stream *stream)
{
	if (stream->size >= 0)
		return stream->size;
	int error = make_ready(stream, INT64_MAX);
	if (error == 0)
		error = skip_to(stream, INT64_MAX);
	if (error < 0)
		return error;
	stream->size = stream->unpacked;
	return stream->size;
}

int64_t stream_next_data(const struct stream *stream, int64_t offset)
{
#ifdef SEEK_DATA
	off_t data = stream->kind ? (off_t)offset
				  : lseek(stream->descriptor, (off_t)offset, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? INT64_MAX : offset;
	return (int64_t)data;
#else
	(void)stream;
	return offset;
#endif
}

bool stream_is_compressed(const struct stream *stream)
{
	return stream->kind != NULL;
}

int stream_descriptor(const struct stream *stream)
{
	return stream->descriptor;
}

static int cannot_read(int error, struct strbuf *why)
{
	return strbuf_fail(why, error, "it can't be read: %s", strerror(-error));
}

int stream_open(struct stream **ret, int descriptor, const struct deadline *deadline,
                struct strbuf *why)
{
	char head[ARCHIVE_HEAD_BYTES];
	struct stat status;
	if (fstat(descriptor, &status) < 0)
		return cannot_read(-errno, why);
	ssize_t length = fullread_at(descriptor, head, sizeof head, 0);
	if (length < 0)
		return cannot_read((int)length, why);
	struct stream *stream = xalloc_zero(1, sizeof *stream);
	stream->descriptor = descriptor;
	stream->deadline = deadline;
	stream->kind = archive_kind(slice_make(head, (size_t)length));
	stream->size = stream->kind ? -1 : (int64_t)status.st_size;
	int error = stream->kind ? restart(stream, why) : 0;
	if (error < 0)
		free(stream);
	else
		*ret = stream;
	return error;
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	archive_close(stream->reader);
	close(stream->descriptor);
	free(stream);
}
