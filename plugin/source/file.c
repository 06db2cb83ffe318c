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
#include "plugin/source/parts.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define BUFFER_ROOM (256 * 1024)
#define NOTES_MAX 4000
#define CLOCK_SLACK_SEC 60 /* what is logged into an empty file from now on isn't older than that */
#define UNFINISHED_SEC 86400 /* nor is an unfinished line than that */

#define SECTOR_BYTES 512
#define PADDING_BYTES 4096
#define CHANGED (-EREMCHG) /* no call on a file fails so */
#define ATTEMPTS 5 /* at a log that is rotated again and again while it is read; then the rest waits for the next run */

#define HASHED ((size_t)LOG_HASHED_BYTES)

_Static_assert(BUFFER_ROOM > 2 * SOURCE_LINE_MAX + LOG_HASHED_BYTES, "a refill must complete any allowed line");

struct file_source {
	struct rotation rotation; /* what is to be read */
	size_t current;           /* the part that is read now */

	char *buffer;
	int64_t base;             /* the offset of buffer[0] */
	size_t at, filled;        /* buffer[at] is the first byte that was not given; HASHED bytes before it stay */
	bool is_whole_line;       /* buffer[0] is the begin of a line */
	bool has_nuls;            /* there are some in the buffer */
	bool is_begun;            /* false: nothing of the part was read */
	bool is_cut;              /* the part's file is not what it was: nothing more of it is read, and nothing after it */
	bool is_emptied;          /* it was truncated to nothing when it was to be read */
	bool is_skipping;         /* inside of a line that is too long */
	uint64_t skipped_lines;

	int attempts;             /* at finding the rest after the log was rotated in the middle of the run */
	int64_t read_sec;         /* the time of the last line with one that was given */
	struct log_position left; /* where the last part before this one that has a line was left */
	struct log_position stay[LOG_AGES]; /* if no plan could be made: where the next run goes on */
	bool has_stay;
	struct strbuf gaps;       /* of plans before this one */
	struct strbuf damage, torn, notes;
};

/* --- the buffer --- */

static struct rotation_part *part_of(const struct file_source *self)
{
	return &self->rotation.parts[self->current];
}

static bool is_part_read(const struct file_source *self)
{
	return self->is_cut || self->base + (int64_t)self->filled >= part_of(self)->end;
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

/* What was given goes out of the buffer, but for the HASHED bytes before buffer[at]. */
static void drop_given(struct file_source *self)
{
	size_t gone = self->at > HASHED ? self->at - HASHED : 0;
	if (!gone)
		return;
	note_read(self);
	self->is_whole_line = self->buffer[gone - 1] == '\n';
	memmove(self->buffer, self->buffer + gone, self->filled - gone);
	self->base += (int64_t)gone;
	self->at -= gone;
	self->filled -= gone;
}

/* The file was truncated, and maybe grew again: what comes now isn't what follows what was read. The position stays there, so the
 * next run finds the rest wherever it was copied to. */
static void cut_part(struct file_source *self)
{
	part_of(self)->end = self->base + (int64_t)self->filled;
	self->is_cut = true;
}

/* Of a plain file the last bytes that are known are read again, and must be the same. CHANGED: they aren't. */
static ssize_t read_behind(struct file_source *self, size_t wanted)
{
	char again[HASHED];
	struct stream *stream = part_of(self)->file.stream;
	size_t known = stream_is_compressed(stream) ? 0 : self->filled < HASHED ? self->filled : HASHED;
	char *from = self->buffer + self->filled - known;
	memcpy(again, from, known);
	ssize_t got = stream_read(stream, from, known + wanted, self->base + (int64_t)(self->filled - known));
	bool is_same = got >= (ssize_t)known && memcmp(from, again, known) == 0;
	memcpy(from, again, known);
	return got < 0 ? got : is_same ? got - (ssize_t)known : CHANGED;
}

/* The file's next bytes, at most WANTED, which the buffer has room for. CHANGED: the file isn't any more what it was. Its head is
 * looked at afterwards: what was changed before shows there, be it that the file was truncated, or that shred(1) is at it. */
static ssize_t read_next(struct file_source *self, size_t wanted)
{
	ssize_t got = read_behind(self, wanted);
	if (got < 0)
		return got;
	int result = identity_still_holds(&part_of(self)->file, 0);
	return result < 0 ? result : result == 0 ? CHANGED : got;
}

/* Nothing was ever written to a hole, so it is not read: all that was given ends with NULs, and so does the hole. */
static void skip_hole(struct file_source *self)
{
	struct rotation_part *part = part_of(self);
	bool is_in_nuls = self->filled > 0 && self->at == self->filled && self->buffer[self->filled - 1] == '\0';
	if (!is_in_nuls)
		return;
	int64_t from = self->base + (int64_t)self->filled;
	int64_t data = stream_next_data(part->file.stream, from);
	data = data < part->end ? data : part->end;
	if (data - from < (int64_t)BUFFER_ROOM)
		return;
	note_read(self);
	memset(self->buffer, 0, HASHED);
	self->base = data - (int64_t)HASHED;
	self->at = self->filled = HASHED;
	self->is_whole_line = self->is_skipping = false;
}

/* The file's next bytes come in. Only while the part is not read. */
static int fill(struct file_source *self)
{
	struct rotation_part *part = part_of(self);
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
	if (got == -EBADMSG)
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

/* Are the BEFORE bytes before the start, which are in the buffer, those that were planned to be there? */
static bool is_as_planned(const struct file_source *self, size_t before)
{
	const struct rotation_part *part = part_of(self);
	if (self->filled < before)
		return false;
	return before == 0 || part->tail_length != (int64_t)before || identity_hash(self->buffer, before) == part->tail_hash;
}

/* A line that is longer than allowed may go on at the start. */
static void begin_lines(struct file_source *self, size_t before)
{
	char last = before ? self->buffer[before - 1] : '\n';
	self->is_begun = true;
	self->at = before;
	self->is_skipping = last != '\n' && last != '\0';
}

/* 0; or -errno: nothing of the part was read then, and its position is the planned one. So it is if the file was changed since. */
static int begin_part(struct file_source *self)
{
	struct rotation_part *part = part_of(self);
	size_t before = part->start < (int64_t)HASHED ? (size_t)part->start : HASHED;
	bool had_lines = part->end > part->start;
	self->is_begun = self->is_cut = self->is_skipping = self->is_emptied = false;
	self->base = part->start - (int64_t)before;
	self->at = self->filled = 0;
	self->is_whole_line = self->base == 0;
	int error = fill(self);
	if (error < 0)
		return error;
	self->is_emptied = had_lines && self->base + (int64_t)self->filled == 0;
	if (is_as_planned(self, before) && !(self->is_cut && self->filled == before)) {
		begin_lines(self, before);
		return 0;
	}
	self->is_cut = true;
	self->base = part->start;
	self->filled = 0;
	return 0;
}

/* --- lines --- */

static void begin_skipping(struct file_source *self)
{
	self->is_skipping = true;
	self->skipped_lines++;
}

/* After a crash of the host a file system may show NULs where bytes had not been written. They begin where a line does, or in the
 * middle of one that was not written to its end: then at a sector's begin, or they are many. Nobody can log such a thing. */
static bool is_padding(const struct file_source *self, size_t from, size_t to)
{
	int64_t offset = self->base + (int64_t)from;
	bool is_at_line = from == self->at && !self->is_skipping;
	return is_at_line || offset % SECTOR_BYTES == 0 || to - from >= PADDING_BYTES;
}

static size_t skip_nuls(const struct file_source *self, size_t from)
{
	while (from < self->filled && self->buffer[from] == '\0')
		from++;
	return from;
}

/* True: buffer[at] is behind padding that was found before END; what stood before it was the begin of a line at most. */
static bool skip_padding(struct file_source *self, size_t end)
{
	const char *nul;
	for (size_t from = self->at; from < end && (nul = memchr(self->buffer + from, '\0', end - from));) {
		size_t begin = (size_t)(nul - self->buffer);
		from = skip_nuls(self, begin);
		if (!is_padding(self, begin, from))
			continue;
		self->at = from;
		self->is_skipping = false;
		return true;
	}
	return false;
}

/* The next line that is in the buffer as a whole. False: read on. */
static bool take_line(struct file_source *self, struct slice *ret)
{
	while (self->at < self->filled) {
		const char *line = self->buffer + self->at;
		size_t length = self->filled - self->at;
		const char *newline = memchr(line, '\n', length);
		length = newline ? (size_t)(newline - line) : length;
		if (self->has_nuls && skip_padding(self, self->at + length))
			continue;
		if (!newline && length > SOURCE_LINE_MAX && !self->is_skipping)
			begin_skipping(self);
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

static void note_torn(struct file_source *self)
{
	strbuf_add_format(&self->torn, "%sthe last line of %s has no end, and may be part of another one: left out",
	                  self->torn.length ? "\n" : "", part_of(self)->file.path);
}

/* The unfinished end of a file that nobody writes any more. */
static bool take_end(struct file_source *self, struct slice *ret)
{
	enum rotation_end end = part_of(self)->at_end;
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

/* Of the part that is read now. It is hashed from the bytes that were read, so a file that changes under us is another one next
 * time. */
static void position_in_part(struct file_source *self, struct log_position *ret)
{
	const struct rotation_part *part = part_of(self);
	part_planned_position(part, ret);
	ret->read_sec = ret->newest_sec = self->read_sec;
	if (!self->is_begun)
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

static void leave_part(struct file_source *self)
{
	struct log_position position;
	note_read(self);
	position_in_part(self, &position);
	if (position.offset > 0) /* what has no line can't be told from another file, so the last one that has is remembered */
		self->left = position;
}

static void add_note(struct strbuf *notes, const struct strbuf *text)
{
	if (text->length && notes->length)
		strbuf_add_char(notes, '\n');
	strbuf_add(notes, strbuf_text(text), text->length);
}

static void write_notes(struct file_source *self)
{
	struct strbuf skipped CLEANUP(strbuf_release) = STRBUF_INIT(NOTES_MAX);
	if (self->skipped_lines)
		strbuf_add_format(&skipped, "%ju line%s of more than %d bytes skipped: %s", (uintmax_t)self->skipped_lines,
		                  self->skipped_lines == 1 ? "" : "s", SOURCE_LINE_MAX, self->rotation.path);
	strbuf_clear(&self->notes);
	add_note(&self->notes, &self->gaps);
	add_note(&self->notes, &self->rotation.gap);
	add_note(&self->notes, &self->damage);
	add_note(&self->notes, &self->torn);
	add_note(&self->notes, &skipped);
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
	bool has_all = self->current + 1 == rotation->count && is_part_read(self) && !self->is_cut;
	if (self->has_stay) {
		memcpy(ret, self->stay, sizeof self->stay);
		return;
	}
	note_read(self);
	if (part_of(self)->is_late) {
		ret[LOG_CURRENT] = rotation->old;
		ret[LOG_BEFORE] = rotation->before;
		if (self->is_begun)
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
	if (self->has_stay)
		return 0;
	int64_t left = part_bytes(part_of(self), self->base + (int64_t)self->at);
	for (size_t i = self->current + 1; i < self->rotation.count; i++)
		left += part_bytes(&self->rotation.parts[i], self->rotation.parts[i].start);
	return left;
}

const char *file_source_notes(const struct file_source *self)
{
	return strbuf_text(&self->notes);
}

/* --- from part to part --- */

/* The log was rotated while it was read: what comes after this is planned anew, from here. > 0; 0: that can't be done now, and the
 * rest waits for the next run; < 0: -errno with WHY. */
static int plan_anew(struct file_source *self, struct strbuf *why)
{
	struct source_options options = self->rotation.options;
	char *path CLEANUP(xalloc_freep) = xalloc_string(self->rotation.path);
	if (self->attempts++ == ATTEMPTS)
		return 0;
	file_source_position(self, self->stay);
	add_note(&self->gaps, &self->rotation.gap);
	rotation_close(&self->rotation);
	self->current = 0;
	self->left.is_known = false;
	self->has_stay = true;
	int error = rotation_open(&self->rotation, path, self->stay, &options, why);
	if (error < 0)
		return error == -EAGAIN ? 0 : error;
	self->has_stay = false;
	error = begin_part(self);
	write_notes(self);
	return error < 0 ? refusal_read(part_of(self)->file.path, error, why) : 1;
}

/* > 0: there is more in the buffer; 0: all parts are read; < 0: -errno with WHY. */
static int read_on(struct file_source *self, struct strbuf *why)
{
	int error = 0;
	if (self->is_cut && !part_of(self)->is_late)
		return plan_anew(self, why);
	if (!is_part_read(self)) {
		error = fill(self);
	} else if (self->current + 1 < self->rotation.count) {
		leave_part(self);
		self->current++;
		error = begin_part(self);
	} else {
		return 0;
	}
	return error < 0 ? refusal_read(part_of(self)->file.path, error, why) : 1;
}

/* A line may have no end, so the clock is looked at while there is none; the position is kept in it. */
static int next_line(struct file_source *self, struct slice *ret, struct strbuf *why)
{
	const struct deadline *deadline = self->rotation.options.deadline;
	for (bool is_first = true;; is_first = false) {
		if (take_line(self, ret))
			return 1;
		if (is_part_read(self) && take_end(self, ret))
			return 1;
		if (!is_first && deadline && deadline_is_over(deadline))
			return refusal_read(part_of(self)->file.path, -ETIMEDOUT, why);
		int result = read_on(self, why);
		if (result <= 0)
			return result;
	}
}

int file_source_next(struct file_source *self, struct slice *ret, struct strbuf *why)
{
	uint64_t skipped_before = self->skipped_lines;
	size_t notes_before = self->damage.length + self->torn.length;
	struct slice line;
	int result = next_line(self, &line, why);
	if (self->skipped_lines != skipped_before || self->damage.length + self->torn.length != notes_before)
		write_notes(self);
	if (result > 0)
		*ret = line;
	return result;
}

/* --- open and free --- */

int file_source_open(struct file_source **ret, const char *path, const struct log_position *positions,
                     const struct source_options *options, struct strbuf *why)
{
	struct file_source *self = xalloc_zero(1, sizeof *self);
	strbuf_init(&self->gaps, NOTES_MAX);
	strbuf_init(&self->notes, NOTES_MAX);
	strbuf_init(&self->damage, NOTES_MAX);
	strbuf_init(&self->torn, NOTES_MAX);
	self->buffer = xalloc_resize(NULL, BUFFER_ROOM, 1);
	int error = rotation_open(&self->rotation, path, positions, options, why);
	if (error == 0) {
		self->read_sec = self->rotation.old.read_sec;
		error = begin_part(self);
		if (error < 0)
			error = refusal_read(part_of(self)->file.path, error, why);
	}
	if (error < 0) {
		file_source_free(self);
		return error;
	}
	write_notes(self);
	*ret = self;
	return 0;
}

void file_source_free(struct file_source *self)
{
	if (!self)
		return;
	rotation_close(&self->rotation);
	strbuf_release(&self->gaps);
	strbuf_release(&self->notes);
	strbuf_release(&self->damage);
	strbuf_release(&self->torn);
	free(self->buffer);
	free(self);
}
