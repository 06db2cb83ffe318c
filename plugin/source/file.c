/* file.c - log lines from a file that is rotated; see file.h
 *
 * One buffer goes over the parts of a rotation with pread(2), never mmap(2), because a log can be truncated at any
 * moment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/file.h"
#include "plugin/source/identity.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define BUFFER_ROOM (256 * 1024)
#define NOTES_MAX 4000

#define HASHED ((size_t)LOG_HASHED_BYTES)

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX + LOG_HASHED_BYTES, "a refill must complete any allowed line");

struct file_source {
	struct rotation rotation; /* what is to be read */
	size_t current;           /* the part that is read now */

	char *buffer;
	int64_t base;             /* the offset of buffer[0] */
	size_t at, filled;        /* buffer[at] is the first byte that was not given; HASHED bytes before it stay */
	char head[LOG_HASHED_BYTES];
	char tail[LOG_HASHED_BYTES]; /* while skipping: what is before skip_from */
	bool is_skipping;         /* inside of a line that is too long */
	int64_t skip_from;        /* where that line begins */
	uint64_t skipped_lines;

	struct strbuf notes;
};

/* --- the buffer --- */

static bool is_part_read(const struct file_source *self)
{
	return self->base + (int64_t)self->filled >= self->rotation.parts[self->current].end;
}

/* What was given goes out of the buffer, but for the HASHED bytes before buffer[at], and the file's next bytes come in.
 * Only while the part is not read. */
static int fill(struct file_source *self)
{
	struct rotation_part *part = &self->rotation.parts[self->current];
	size_t gone = self->at > HASHED ? self->at - HASHED : 0;
	memmove(self->buffer, self->buffer + gone, self->filled - gone);
	self->base += (int64_t)gone;
	self->at -= gone;
	self->filled -= gone;
	int64_t left = part->end - self->base - (int64_t)self->filled;
	size_t room = BUFFER_ROOM - self->filled;
	size_t wanted = left < (int64_t)room ? (size_t)left : room;
	ssize_t got = seek_read(part->file.descriptor, self->buffer + self->filled, wanted,
	                        self->base + (int64_t)self->filled);
	if (got < 0)
		return (int)got;
	self->filled += (size_t)got;
	if ((size_t)got < wanted) /* truncated since it was opened: here it ends, and the next run finds out */
		part->end = self->base + (int64_t)self->filled;
	return 0;
}

/* The position is hashed from the bytes that were read, so a file that changes under us is another one next time. */
static int begin_part(struct file_source *self)
{
	struct rotation_part *part = &self->rotation.parts[self->current];
	int64_t before = part->start < (int64_t)HASHED ? part->start : (int64_t)HASHED;
	memset(self->head, 0, HASHED);
	self->is_skipping = false;
	self->base = part->start - before;
	self->at = self->filled = 0;
	ssize_t got = seek_read(part->file.descriptor, self->head, HASHED, 0);
	int error = got < 0 ? (int)got : fill(self);
	if (error < 0)
		return error;
	self->at = (size_t)before;
	if (self->filled < self->at) { /* truncated before the first read: NULs make hashes that nothing agrees with */
		memset(self->buffer + self->filled, 0, self->at - self->filled);
		self->filled = self->at;
		part->end = part->start;
	}
	return 0;
}

/* --- lines --- */

static void count_skipped(struct file_source *self)
{
	self->is_skipping = false;
	self->skipped_lines++;
}

static void begin_skipping(struct file_source *self)
{
	size_t length = self->at < HASHED ? self->at : HASHED;
	memcpy(self->tail, self->buffer + self->at - length, length);
	self->skip_from = self->base + (int64_t)self->at;
	self->is_skipping = true;
}

/* The next line that is in the buffer as a whole. False: read on. */
static bool take_line(struct file_source *self, struct slice *ret)
{
	while (self->at < self->filled) {
		const char *line = self->buffer + self->at;
		size_t length = self->filled - self->at;
		const char *newline = memchr(line, '\n', length);
		if (!newline) {
			if (length > SOURCE_LINE_MAX && !self->is_skipping)
				begin_skipping(self);
			self->at = self->is_skipping ? self->filled : self->at;
			return false;
		}
		length = (size_t)(newline - line);
		self->at += length + 1;
		if (!self->is_skipping && length <= SOURCE_LINE_MAX) {
			*ret = slice_make(line, length);
			return true;
		}
		count_skipped(self);
	}
	return false;
}

/* The unfinished end of a file that nobody writes any more: all but the last part. */
static bool take_end(struct file_source *self, struct slice *ret)
{
	if (self->current + 1 == self->rotation.count)
		return false;
	if (self->is_skipping)
		count_skipped(self);
	*ret = slice_make(self->buffer + self->at, self->filled - self->at);
	self->at = self->filled;
	return ret->length > 0;
}

/* > 0: there is more in the buffer; 0: all parts are read; < 0: -errno. */
static int read_on(struct file_source *self)
{
	if (!is_part_read(self)) {
		int error = fill(self);
		return error < 0 ? error : 1;
	}
	if (self->current + 1 >= self->rotation.count)
		return 0;
	self->current++;
	int error = begin_part(self);
	return error < 0 ? error : 1;
}

static void write_notes(struct file_source *self)
{
	strbuf_clear(&self->notes);
	strbuf_add(&self->notes, strbuf_text(&self->rotation.gap), self->rotation.gap.length);
	if (self->skipped_lines == 0)
		return;
	if (self->rotation.gap.length > 0)
		strbuf_add_char(&self->notes, '\n');
	strbuf_add_format(&self->notes, "%ju line%s of more than %d bytes skipped: %s", (uintmax_t)self->skipped_lines,
	                  self->skipped_lines == 1 ? "" : "s", SOURCE_LINE_MAX, self->rotation.path);
}

static int next_line(struct file_source *self, struct slice *ret)
{
	for (;;) {
		if (take_line(self, ret))
			return 1;
		if (is_part_read(self) && take_end(self, ret))
			return 1;
		int result = read_on(self);
		if (result <= 0)
			return result;
	}
}

int file_source_next(struct file_source *self, struct slice *ret, struct strbuf *why)
{
	uint64_t skipped_before = self->skipped_lines;
	struct slice line;
	int result = next_line(self, &line);
	if (self->skipped_lines != skipped_before)
		write_notes(self);
	if (result < 0)
		return refusal_read(self->rotation.path, result, why);
	if (result > 0)
		*ret = line;
	return result;
}

/* --- the position --- */

void file_source_position(struct file_source *self, struct log_position *ret)
{
	const struct identity_file *file = &self->rotation.parts[self->current].file;
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	size_t hashed = offset < (int64_t)HASHED ? (size_t)offset : HASHED;
	const char *tail = self->is_skipping ? self->tail : self->buffer + self->at - hashed;
	*ret = (struct log_position){
		.device = file->device,
		.inode = file->inode,
		.head_hash = hashed > 0 ? identity_hash(self->head, hashed) : 0,
		.head_length = (int64_t)hashed,
		.tail_hash = hashed > 0 ? identity_hash(tail, hashed) : 0,
		.tail_length = (int64_t)hashed,
		.offset = offset,
		.newest_sec = rotation_newest_sec(&self->rotation),
		.is_known = true,
	};
}

int64_t file_source_left_bytes(const struct file_source *self)
{
	const struct rotation_part *part = &self->rotation.parts[self->current];
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	int64_t left = part->end > offset ? part->end - offset : 0;
	for (size_t i = self->current + 1; i < self->rotation.count; i++)
		left += self->rotation.parts[i].end - self->rotation.parts[i].start;
	return left;
}

const char *file_source_notes(const struct file_source *self)
{
	return strbuf_text(&self->notes);
}

/* --- open and free --- */

int file_source_open(struct file_source **ret, const char *path, const struct log_position *position,
                     const struct source_options *options, struct strbuf *why)
{
	struct file_source *self = xalloc_zero(1, sizeof *self);
	strbuf_init(&self->notes, NOTES_MAX);
	self->buffer = xalloc_resize(NULL, BUFFER_ROOM, 1);
	int error = rotation_open(&self->rotation, path, position, options, why);
	if (error == 0) {
		write_notes(self);
		error = begin_part(self);
		if (error < 0)
			refusal_read(path, error, why);
	}
	if (error < 0) {
		file_source_free(self);
		return error;
	}
	*ret = self;
	return 0;
}

void file_source_free(struct file_source *self)
{
	if (!self)
		return;
	rotation_close(&self->rotation);
	strbuf_release(&self->notes);
	free(self->buffer);
	free(self);
}
