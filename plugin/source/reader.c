/* reader.c - the lines of one part of a rotation; see reader.h
 *
 * With pread(2), never mmap(2), because a log can be truncated at any moment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/parts.h"
#include "plugin/source/reader.h"

#define BUFFER_ROOM (256 * 1024)
#define NOTES_MAX 4000
#define SECTOR_BYTES 512
#define PADDING_BYTES 4096
#define CHANGED (-EREMCHG) /* no call on a file fails so */

#define HASHED ((size_t)FILE_HASHED_BYTES)

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX + FILE_HASHED_BYTES,
               "a refill must complete any allowed line");

void reader_init(struct part_reader *ret, const struct source_options *options)
{
	*ret = (struct part_reader){ .options = options,
		                     .buffer = xalloc_resize(NULL, BUFFER_ROOM, 1) };
	strbuf_init(&ret->damage, NOTES_MAX);
	strbuf_init(&ret->torn, NOTES_MAX);
}

void reader_release(struct part_reader *self)
{
	strbuf_release(&self->damage);
	strbuf_release(&self->torn);
	free(self->buffer);
}

/* --- the buffer --- */

bool reader_is_at_end(const struct part_reader *self)
{
	return self->is_cut || self->base + (int64_t)self->filled >= self->part->end;
}

void reader_note_read(struct part_reader *self)
{
	const struct source_options *options = self->options;
	size_t end = self->at;
	while (end > 0 && options->line_time) {
		end -= self->buffer[end - 1] == '\n';
		const char *before = memrchr(self->buffer, '\n', end);
		size_t start = before ? (size_t)(before - self->buffer) + 1 : 0;
		struct slice line = slice_make(self->buffer + start, end - start);
		if (!before && !self->is_whole_line)
			return;
		if (options->line_time(options->context, &self->read_sec, line))
			return;
		end = start;
	}
}

/* "lines of FILE after TIME could not be read: it is damaged" */
static void note_damage(struct part_reader *self)
{
	char at[TIMESTAMP_TEXT_ROOM];
	reader_note_read(self);
	if (self->damage.length)
		strbuf_add_char(&self->damage, '\n');
	strbuf_add_format(&self->damage, "lines of %s", self->part->file.path);
	if (self->read_sec)
		strbuf_add_format(&self->damage, " after %s", timestamp_format(self->read_sec, at));
	strbuf_add_string(&self->damage, " could not be read: it is damaged or cut off");
	self->damages++;
}

/* What was given goes out of the buffer, but for the HASHED bytes before buffer[at]. */
static void drop_given(struct part_reader *self)
{
	size_t gone = self->at > HASHED ? self->at - HASHED : 0;
	if (!gone)
		return;
	reader_note_read(self);
	self->is_whole_line = self->buffer[gone - 1] == '\n';
	memmove(self->buffer, self->buffer + gone, self->filled - gone);
	self->base += (int64_t)gone;
	self->at -= gone;
	self->filled -= gone;
}

/* The file was truncated, and maybe grew again: what comes now isn't what follows what was read.
 * The position stays there, so the next run finds the rest wherever it was copied to. */
static void cut_part(struct part_reader *self)
{
	self->part->end = self->base + (int64_t)self->filled;
	self->is_cut = true;
}

/* Of a plain file the last bytes that are known are read again, and must be the same. CHANGED: they
 * aren't. */
static ssize_t read_behind(struct part_reader *self, size_t wanted)
{
	char again[HASHED];
	struct stream *stream = self->part->file.stream;
	size_t known = stream_is_compressed(stream) ? 0
		: self->filled < HASHED             ? self->filled
						    : HASHED;
	char *from = self->buffer + self->filled - known;
	memcpy(again, from, known);
	ssize_t got = stream_read(stream, from, known + wanted,
	                          self->base + (int64_t)(self->filled - known));
	bool is_same = got >= (ssize_t)known && memcmp(from, again, known) == 0;
	memcpy(from, again, known);
	return got < 0 ? got : is_same ? got - (ssize_t)known : CHANGED;
}

/* The file's next bytes, at most WANTED, which the buffer has room for. CHANGED: the file isn't any
 * more what it was. Its head is looked at afterwards: what was changed before shows there, be it
 * that the file was truncated, or that shred(1) is at it. */
static ssize_t read_next(struct part_reader *self, size_t wanted)
{
	ssize_t got = read_behind(self, wanted);
	if (got < 0)
		return got;
	int result = identity_still_holds(&self->part->file, 0);
	return result < 0 ? result : result == 0 ? CHANGED : got;
}

/* Nothing was ever written to a hole, so it is not read: all that was given ends with NULs, and so
 * does the hole. */
static void skip_hole(struct part_reader *self)
{
	struct rotation_part *part = self->part;
	bool is_in_nuls = self->filled > 0 && self->at == self->filled &&
		self->buffer[self->filled - 1] == '\0';
	if (!is_in_nuls)
		return;
	int64_t from = self->base + (int64_t)self->filled;
	int64_t data = stream_next_data(part->file.stream, from);
	data = data < part->end ? data : part->end;
	if (data - from < (int64_t)BUFFER_ROOM)
		return;
	reader_note_read(self);
	memset(self->buffer, 0, HASHED);
	self->base = data - (int64_t)HASHED;
	self->at = self->filled = HASHED;
	self->is_whole_line = self->is_skipping = false;
}

int reader_fill(struct part_reader *self)
{
	struct rotation_part *part = self->part;
	skip_hole(self);
	drop_given(self);
	int64_t left = part->end - self->base - (int64_t)self->filled;
	size_t room = BUFFER_ROOM - self->filled;
	size_t wanted = left < (int64_t)room ? (size_t)left : room;
	ssize_t got = read_next(self, wanted);
	if (got == CHANGED) {
		cut_part(self);
		return 0;
	}
	if (got == -EBADMSG && stream_is_compressed(part->file.stream))
		note_damage(self);
	else if (got < 0)
		return (int)got;
	const char *added = self->buffer + self->filled;
	size_t length = got > 0 ? (size_t)got : 0;
	self->has_nuls = memchr(self->buffer, '\0', self->filled) || memchr(added, '\0', length);
	self->filled += length;
	if (length == wanted)
		return 0;
	if (!stream_is_compressed(part->file.stream))
		cut_part(self);
	else if (got <= 0)
		part->end = self->base + (int64_t)self->filled;
	return 0;
}

/* Are the BEFORE bytes before the start, which are in the buffer, those that were planned to be
 * there? */
static bool is_as_planned(const struct part_reader *self, size_t before)
{
	const struct rotation_part *part = self->part;
	if (self->filled < before)
		return false;
	return before == 0 || part->tail_length != (int64_t)before ||
		identity_hash(self->buffer, before) == part->tail_hash;
}

/* A line that is longer than allowed may go on at the start. */
static void start_lines(struct part_reader *self, size_t before)
{
	char last = before ? self->buffer[before - 1] : '\n';
	self->is_started = true;
	self->at = before;
	self->is_skipping = last != '\n' && last != '\0';
}

int reader_start(struct part_reader *self, struct rotation_part *part)
{
	size_t before = part->start < (int64_t)HASHED ? (size_t)part->start : HASHED;
	bool had_lines = part->end > part->start;
	self->part = part;
	self->is_started = self->is_cut = self->is_skipping = self->is_emptied = false;
	self->base = part->start - (int64_t)before;
	self->at = self->filled = 0;
	self->is_whole_line = self->base == 0;
	int error = reader_fill(self);
	if (error < 0)
		return error;
	self->is_emptied = had_lines && self->base + (int64_t)self->filled == 0;
	if (is_as_planned(self, before) && !(self->is_cut && self->filled == before)) {
		start_lines(self, before);
		return 0;
	}
	self->is_cut = true;
	self->base = part->start;
	self->filled = 0;
	return 0;
}

/* --- lines --- */

static void start_skipping(struct part_reader *self)
{
	self->is_skipping = true;
	self->skipped_lines++;
}

/* After a crash of the host a file system may show NULs where bytes had not been written. They
 * begin where a line does, or in the middle of one that was not written to its end: then at a
 * sector's start, or they are many. Nobody can log such a thing. */
static bool is_padding(const struct part_reader *self, size_t from, size_t to)
{
	int64_t offset = self->base + (int64_t)from;
	bool is_at_line = from == self->at && !self->is_skipping;
	return is_at_line || offset % SECTOR_BYTES == 0 || to - from >= PADDING_BYTES;
}

static size_t skip_nuls(const struct part_reader *self, size_t from)
{
	while (from < self->filled && self->buffer[from] == '\0')
		from++;
	return from;
}

/* True: buffer[at] is behind padding that was found before END; what stood before it was the start
 * of a line at most. */
static bool skip_padding(struct part_reader *self, size_t end)
{
	const char *nul;
	for (size_t from = self->at;
	     from < end && (nul = memchr(self->buffer + from, '\0', end - from));) {
		size_t start = (size_t)(nul - self->buffer);
		from = skip_nuls(self, start);
		if (!is_padding(self, start, from))
			continue;
		self->at = from;
		self->is_skipping = false;
		return true;
	}
	return false;
}

bool reader_take_line(struct part_reader *self, struct slice *ret)
{
	while (self->at < self->filled) {
		const char *line = self->buffer + self->at;
		size_t length = self->filled - self->at;
		const char *newline = memchr(line, '\n', length);
		length = newline ? (size_t)(newline - line) : length;
		if (self->has_nuls && skip_padding(self, self->at + length))
			continue;
		if (!newline && length > SOURCE_LINE_MAX && !self->is_skipping)
			start_skipping(self);
		if (!newline) {
			self->at = self->is_skipping ? self->filled : self->at;
			return false;
		}
		self->at += length + 1;
		bool is_rest = self->is_skipping;
		self->is_skipping = false;
		if (!is_rest && length <= SOURCE_LINE_MAX) {
			*ret = slice_make(line, length);
			return true;
		}
		self->skipped_lines += !is_rest;
	}
	return false;
}

static void note_torn(struct part_reader *self)
{
	strbuf_add_format(&self->torn,
	                  "%sthe last line of %s has no end, and may be part of another one: left "
	                  "out",
	                  self->torn.length ? "\n" : "", self->part->file.path);
}

bool reader_take_end(struct part_reader *self, struct slice *ret)
{
	enum rotation_end end = self->part->at_end;
	size_t length = self->filled - self->at;
	bool is_line = end == END_IS_LINE && length > 0 && !self->is_skipping;
	if (end == END_WAITS || self->is_cut)
		return false;
	if (end == END_IS_TORN && length > 0)
		note_torn(self);
	*ret = slice_make(self->buffer + self->at, length);
	self->at = self->filled;
	self->is_skipping = false;
	return is_line;
}

/* --- the position --- */

/* Of the part that is read now. It is hashed from the bytes that were read, so a file that changes
 * under us is another one next time. */
void reader_position(const struct part_reader *self, struct file_position *ret)
{
	const struct rotation_part *part = self->part;
	part_planned_position(part, ret);
	ret->read_sec = ret->newest_sec = self->read_sec;
	if (!self->is_started)
		return;
	size_t hashed = self->at < HASHED ? self->at : HASHED;
	size_t head = part->file.head_length;
	ret->offset = self->base + (int64_t)self->at;
	if (ret->offset > 0 && (int64_t)head > ret->offset)
		head = (size_t)ret->offset;
	ret->head_length = (int64_t)head;
	ret->head_hash = head > 0 ? identity_hash(part->file.head, head) : 0;
	ret->tail_length = (int64_t)hashed;
	ret->tail_hash = hashed > 0 ? identity_hash(self->buffer + self->at - hashed, hashed) : 0;
}
