/* file.c - log lines from a file that is rotated; see file.h
 *
 * One buffer goes over the parts of a rotation with pread(2), never mmap(2), because a log can be truncated at any
 * moment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/file.h"
#include "plugin/source/identity.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define BUFFER_ROOM (256 * 1024)
#define NOTES_MAX 4000
#define CLOCK_SLACK_SEC 60 /* what is logged into an empty file from now on isn't older than that */
#define UNFINISHED_SEC 86400 /* nor is an unfinished line than that */

#define HASHED ((size_t)LOG_HASHED_BYTES)

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX + LOG_HASHED_BYTES, "a refill must complete any allowed line");

struct file_source {
	struct rotation rotation; /* what is to be read */
	size_t current;           /* the part that is read now */

	char *buffer;
	int64_t base;             /* the offset of buffer[0] */
	size_t at, filled;        /* buffer[at] is the first byte that was not given; HASHED bytes before it stay */
	bool is_whole_line;       /* buffer[0] is the begin of a line */
	bool is_cut, is_emptied;  /* the part was truncated when it was to be read: before its start; to nothing */
	char tail[LOG_HASHED_BYTES]; /* while skipping: what is before skip_from */
	bool is_skipping;         /* inside of a line that is too long */
	int64_t skip_from;        /* where that line begins */
	uint64_t skipped_lines;

	int64_t read_sec;         /* the time of the last line with one that was given */
	struct log_position left; /* where the last part before this one that has a line was left */
	struct strbuf damage, notes;
};

/* --- the buffer --- */

static struct rotation_part *part_of(const struct file_source *self)
{
	return &self->rotation.parts[self->current];
}

static bool is_part_read(const struct file_source *self)
{
	return self->base + (int64_t)self->filled >= part_of(self)->end;
}

/* The newest line with a time among those that were given and are still in the buffer. */
static void note_read(struct file_source *self)
{
	const struct source_options *options = &self->rotation.options;
	size_t end = self->at;
	while (end > 0 && options->line_time) {
		end -= self->buffer[end - 1] == '\n';
		const char *before = memrchr(self->buffer, '\n', end);
		size_t begin = before ? (size_t)(before - self->buffer) + 1 : 0;
		struct slice line = slice_make(self->buffer + begin, end - begin);
		if (!before && !self->is_whole_line)
			return;
		if (options->line_time(options->context, &self->read_sec, line))
			return;
		end = begin;
	}
}

/* "lines of FILE after TIME could not be read: it is damaged" */
static void note_damage(struct file_source *self)
{
	char at[TIMESTAMP_TEXT_ROOM];
	note_read(self);
	if (self->damage.length)
		strbuf_add_char(&self->damage, '\n');
	strbuf_add_format(&self->damage, "lines of %s", part_of(self)->file.path);
	if (self->read_sec)
		strbuf_add_format(&self->damage, " after %s", timestamp_format(self->read_sec, at));
	strbuf_add_string(&self->damage, " could not be read: it is damaged or cut off");
}

/* What was given goes out of the buffer, but for the HASHED bytes before buffer[at], and the file's next bytes come in.
 * Only while the part is not read. */
static int fill(struct file_source *self)
{
	struct rotation_part *part = part_of(self);
	size_t gone = self->at > HASHED ? self->at - HASHED : 0;
	if (gone) {
		note_read(self);
		self->is_whole_line = self->buffer[gone - 1] == '\n';
	}
	memmove(self->buffer, self->buffer + gone, self->filled - gone);
	self->base += (int64_t)gone;
	self->at -= gone;
	self->filled -= gone;
	int64_t left = part->end - self->base - (int64_t)self->filled;
	size_t room = BUFFER_ROOM - self->filled;
	size_t wanted = left < (int64_t)room ? (size_t)left : room;
	ssize_t got = stream_read(part->file.stream, self->buffer + self->filled, wanted, self->base + (int64_t)self->filled);
	if (got == -EBADMSG)
		note_damage(self);
	else if (got < 0)
		return (int)got;
	self->filled += got > 0 ? (size_t)got : 0;
	if (got < (ssize_t)wanted && (got <= 0 || !stream_is_compressed(part->file.stream)))
		part->end = self->base + (int64_t)self->filled; /* a plain one was truncated: the next run finds out */
	return 0;
}

/* A position is hashed from the bytes that were read, so a file that changes under us is another one next time. */
static int read_head(struct file_source *self)
{
	struct identity_file *file = &part_of(self)->file;
	if (self->base > 0) {
		identity_read_head(file);
		return file->head_length < 0 && file->head_length != -EBADMSG ? (int)file->head_length : 0;
	}
	file->has_head = true;
	file->head_length = (ssize_t)(self->filled < sizeof file->head ? self->filled : sizeof file->head);
	memcpy(file->head, self->buffer, (size_t)file->head_length);
	return 0;
}

/* Was the part's file cut after it was found to be the right one? Then what is before its start isn't what was read. */
static bool is_other_by_now(const struct file_source *self, size_t before)
{
	const struct rotation_part *part = part_of(self);
	const struct log_position *known = part->is_late ? &self->rotation.before : &self->rotation.old;
	if (self->filled < before)
		return true;
	return before > 0 && known->is_known && known->offset == part->start && known->tail_length == (int64_t)before
		&& identity_hash(self->buffer, before) != known->tail_hash;
}

static int begin_part(struct file_source *self)
{
	struct rotation_part *part = part_of(self);
	size_t before = part->start < (int64_t)HASHED ? (size_t)part->start : HASHED;
	bool had_lines = part->end > part->start;
	self->is_skipping = false;
	self->base = part->start - (int64_t)before;
	self->at = self->filled = 0;
	self->is_whole_line = self->base == 0;
	int error = fill(self);
	if (error == 0)
		error = read_head(self);
	if (error < 0)
		return error;
	self->at = before;
	self->is_cut = is_other_by_now(self, before);
	self->is_emptied = had_lines && part->end == 0;
	if (self->is_cut) { /* there is nothing to read, and its position is the one from before */
		memset(self->buffer, 0, self->at);
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

/* After a crash of the host a file system may show NULs where bytes had not been written: the next line is behind them. */
static void skip_padding(struct file_source *self)
{
	while (!self->is_skipping && self->at < self->filled && self->buffer[self->at] == '\0')
		self->at++;
}

/* The next line that is in the buffer as a whole. False: read on. */
static bool take_line(struct file_source *self, struct slice *ret)
{
	while (self->at < self->filled) {
		skip_padding(self);
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

/* The unfinished end of a file that nobody writes any more. */
static bool take_end(struct file_source *self, struct slice *ret)
{
	if (!part_of(self)->gives_end)
		return false;
	if (self->is_skipping)
		count_skipped(self);
	*ret = slice_make(self->buffer + self->at, self->filled - self->at);
	self->at = self->filled;
	return ret->length > 0;
}

/* Of the part that is read now. */
static void position_in_part(struct file_source *self, struct log_position *ret)
{
	const struct identity_file *file = &part_of(self)->file;
	if (self->is_cut) {
		*ret = part_of(self)->is_late ? self->rotation.before : self->rotation.old;
		return;
	}
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	size_t hashed = offset < (int64_t)HASHED ? (size_t)offset : HASHED;
	const char *tail = self->is_skipping ? self->tail : self->buffer + self->at - hashed;
	*ret = (struct log_position){
		.device = file->device,
		.inode = file->inode,
		.head_hash = hashed > 0 ? identity_hash(file->head, hashed) : 0,
		.head_length = (int64_t)hashed,
		.tail_hash = hashed > 0 ? identity_hash(tail, hashed) : 0,
		.tail_length = (int64_t)hashed,
		.offset = offset,
		.read_sec = self->read_sec,
		.newest_sec = self->read_sec,
		.is_known = true,
	};
	snprintf(ret->cursor, sizeof ret->cursor, "%s", file->path);
}

static void leave_part(struct file_source *self)
{
	struct log_position position;
	note_read(self);
	position_in_part(self, &position);
	if (position.offset > 0) /* what has no line can't be told from another file, so the last one that has is remembered */
		self->left = position;
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
	leave_part(self);
	self->current++;
	int error = begin_part(self);
	return error < 0 ? error : 1;
}

static void add_note(struct file_source *self, const struct strbuf *text)
{
	if (text->length && self->notes.length)
		strbuf_add_char(&self->notes, '\n');
	strbuf_add(&self->notes, strbuf_text(text), text->length);
}

static void write_notes(struct file_source *self)
{
	struct strbuf skipped CLEANUP(strbuf_release) = STRBUF_INIT(NOTES_MAX);
	if (self->skipped_lines)
		strbuf_add_format(&skipped, "%ju line%s of more than %d bytes skipped: %s", (uintmax_t)self->skipped_lines,
		                  self->skipped_lines == 1 ? "" : "s", SOURCE_LINE_MAX, self->rotation.path);
	strbuf_clear(&self->notes);
	add_note(self, &self->rotation.gap);
	add_note(self, &self->damage);
	add_note(self, &skipped);
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
	size_t damage_before = self->damage.length;
	struct slice line;
	int result = next_line(self, &line);
	if (self->skipped_lines != skipped_before || self->damage.length != damage_before)
		write_notes(self);
	if (result < 0)
		return refusal_read(self->rotation.path, result, why);
	if (result > 0)
		*ret = line;
	return result;
}

/* --- the position --- */

/* How old what comes may be where no line of the file was read. An empty one gets what is younger than what was read and than
 * now; if the clock was put back, than now only. One that was not empty has a line that is older. */
static int64_t from_when_on(const struct file_source *self, int64_t read_sec)
{
	const struct source_options *options = &self->rotation.options;
	int64_t least_sec = options->now_sec - CLOCK_SLACK_SEC;
	int64_t unfinished_sec = options->now_sec - UNFINISHED_SEC;
	bool is_put_back = read_sec > options->now_sec && options->now_sec != 0;
	if (part_of(self)->end == 0 && !self->is_emptied)
		return read_sec < least_sec || is_put_back ? least_sec : read_sec;
	if (read_sec)
		return read_sec;
	int64_t since_sec = options->cold_start_sec < unfinished_sec ? options->cold_start_sec : unfinished_sec;
	return since_sec > 0 ? since_sec : 1; /* 0 is: not known */
}

/* The log's position is that of the file that is read now, but while late lines of the one before are read. */
void file_source_position(struct file_source *self, struct log_position *ret)
{
	const struct rotation *rotation = &self->rotation;
	bool has_all = self->current + 1 == rotation->count && is_part_read(self);
	note_read(self);
	if (part_of(self)->is_late) {
		ret[LOG_CURRENT] = rotation->old;
		position_in_part(self, &ret[LOG_BEFORE]);
		return;
	}
	position_in_part(self, &ret[LOG_CURRENT]);
	ret[LOG_BEFORE] = self->left.is_known ? self->left : rotation->before;
	if (!has_all || !self->read_sec || self->read_sec == rotation->old.read_sec)
		ret[LOG_CURRENT].newest_sec = rotation_newest_sec(rotation);
	if (ret[LOG_CURRENT].offset == 0)
		ret[LOG_CURRENT].read_sec = from_when_on(self, ret[LOG_CURRENT].read_sec);
}

/* How many bytes a packed file has is not known before. */
static int64_t part_bytes(const struct rotation_part *part, int64_t from)
{
	return part->end == INT64_MAX || part->end < from ? 0 : part->end - from;
}

int64_t file_source_left_bytes(const struct file_source *self)
{
	int64_t offset = self->is_skipping ? self->skip_from : self->base + (int64_t)self->at;
	int64_t left = part_bytes(part_of(self), offset);
	for (size_t i = self->current + 1; i < self->rotation.count; i++)
		left += part_bytes(&self->rotation.parts[i], self->rotation.parts[i].start);
	return left;
}

const char *file_source_notes(const struct file_source *self)
{
	return strbuf_text(&self->notes);
}

/* --- open and free --- */

/* A packed file can be so damaged that it has no line; the next ones are read all the same. */
static int begin(struct file_source *self, struct strbuf *why)
{
	self->read_sec = self->rotation.old.read_sec;
	int error = begin_part(self);
	write_notes(self);
	return error < 0 ? refusal_read(self->rotation.path, error, why) : 0;
}

int file_source_open(struct file_source **ret, const char *path, const struct log_position *positions,
                     const struct source_options *options, struct strbuf *why)
{
	struct file_source *self = xalloc_zero(1, sizeof *self);
	strbuf_init(&self->notes, NOTES_MAX);
	strbuf_init(&self->damage, NOTES_MAX);
	self->buffer = xalloc_resize(NULL, BUFFER_ROOM, 1);
	int error = rotation_open(&self->rotation, path, positions, options, why);
	if (error == 0)
		error = begin(self, why);
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
	strbuf_release(&self->damage);
	free(self->buffer);
	free(self);
}
