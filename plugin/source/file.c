/* file.c - the driver of files: log lines from a file that is rotated
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/driver.h"
#include "plugin/source/identity.h"
#include "plugin/source/parts.h"
#include "plugin/source/reader.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define NOTES_MAX 4000
#define CLOCK_SLACK_SEC 60 /* what is logged into an empty file from now on isn't older than that */
#define UNFINISHED_SEC 86400 /* nor is an unfinished line than that */

/* at a log that is rotated again and again while it is read; then the rest waits for the next
 * run */
#define ATTEMPTS 5

struct file_source {
	struct rotation rotation; /* what is to be read */
	size_t current;           /* the part that is read now */
	struct part_reader reader;
	/* at finding the rest after the log was rotated in the middle of the run */
	int attempts;
	struct file_position
		left; /* where the last part before this one that has a line was left */
	/* if no plan could be made: where the next run goes on */
	struct file_positions fallback;
	bool has_fallback;
	/* of plans before this one: what was said of gaps, and how many there were */
	struct strbuf gaps;
	int64_t earlier_gaps;
	struct strbuf notes;
};

static struct rotation_part *part_of(const struct file_source *self)
{
	return &self->rotation.parts[self->current];
}

static void leave_part(struct file_source *self)
{
	struct file_position position;
	reader_note_read(&self->reader);
	reader_position(&self->reader, &position);
	/* What has no line can't be told from another file, so the last one that has is
	 * remembered. */
	if (position.offset > 0)
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
	if (self->reader.skipped_lines)
		strbuf_add_format(&skipped, "%ju line%s of more than %d bytes skipped: %s",
		                  (uintmax_t)self->reader.skipped_lines,
		                  self->reader.skipped_lines == 1 ? "" : "s", SOURCE_LINE_MAX,
		                  self->rotation.path);
	strbuf_clear(&self->notes);
	add_note(&self->notes, &self->gaps);
	add_note(&self->notes, &self->rotation.gap);
	add_note(&self->notes, &self->reader.damage);
	add_note(&self->notes, &self->reader.torn);
	add_note(&self->notes, &skipped);
}

/* --- the position --- */

/* How old what comes may be where no line of the file was read. An empty one gets what is younger
 * than what was read and than now; if the clock was put back, than now only. One that was not empty
 * has a line that is older. */
static int64_t from_when_on(const struct file_source *self, int64_t read_sec)
{
	const struct source_options *options = &self->rotation.options;
	int64_t least_sec = options->now_sec - CLOCK_SLACK_SEC;
	int64_t unfinished_sec = options->now_sec - UNFINISHED_SEC;
	bool is_put_back = read_sec > options->now_sec && options->now_sec != 0;
	if (part_of(self)->end == 0 && !self->reader.is_emptied)
		return read_sec < least_sec || is_put_back ? least_sec : read_sec;
	if (read_sec)
		return read_sec;
	int64_t since_sec = options->cold_start_sec < unfinished_sec ? options->cold_start_sec
								     : unfinished_sec;
	return since_sec > 0 ? since_sec : 1; /* 0 is: not known */
}

/* The log's position is that of the file that is read now, but while late lines of the one before
 * are read. */
static struct file_positions positions_of(struct file_source *self)
{
	const struct rotation *rotation = &self->rotation;
	if (self->has_fallback)
		return self->fallback;
	bool has_all = self->current + 1 == rotation->count && reader_is_at_end(&self->reader) &&
		!self->reader.is_cut;
	struct file_positions found = { .now = rotation->old, .before = rotation->before };
	reader_note_read(&self->reader);
	if (part_of(self)->is_late) {
		if (self->reader.is_started)
			reader_position(&self->reader, &found.before);
		return found;
	}
	reader_position(&self->reader, &found.now);
	if (self->left.is_known)
		found.before = self->left;
	if (!has_all || !self->reader.read_sec || self->reader.read_sec == rotation->old.read_sec)
		found.now.newest_sec = rotation_newest_sec(rotation);
	if (found.now.offset == 0)
		found.now.read_sec = from_when_on(self, found.now.read_sec);
	return found;
}

static void file_source_position(void *source, struct log_position *ret)
{
	struct file_positions found = positions_of(source);
	file_positions_write(ret, &found);
}

static bool file_source_is_finished(const void *source)
{
	const struct file_source *self = source;
	bool has_all = !self->has_fallback && self->current + 1 == self->rotation.count &&
		reader_is_at_end(&self->reader) && !self->reader.is_cut;
	if (!has_all)
		return false;
	const struct identity_file *file = &part_of(self)->file;
	return stream_is_compressed(file->stream) || rotation_is_left_alone(file);
}

/* How many bytes a compressed file has is not known before. */
static int64_t part_bytes(const struct rotation_part *part, int64_t from)
{
	return part->end == INT64_MAX || part->end < from ? 0 : part->end - from;
}

static int64_t file_source_left_bytes(const void *source)
{
	const struct file_source *self = source;
	if (self->has_fallback)
		return 0;
	int64_t left = part_bytes(part_of(self), self->reader.base + (int64_t)self->reader.at);
	for (size_t i = self->current + 1; i < self->rotation.count; i++)
		left += part_bytes(&self->rotation.parts[i], self->rotation.parts[i].start);
	return left;
}

static const char *file_source_notes(const void *source)
{
	const struct file_source *self = source;
	return strbuf_text(&self->notes);
}

static int64_t file_source_gaps(const void *source)
{
	const struct file_source *self = source;
	return self->earlier_gaps + self->rotation.gaps + self->reader.damages;
}

/* --- from part to part --- */

/* The log was rotated while it was read: what comes after this is planned anew, from here. > 0; 0:
 * that can't be done now, and the rest waits for the next run; < 0: -errno with WHY. */
static int plan_anew(struct file_source *self, struct strbuf *why)
{
	struct source_options options = self->rotation.options;
	char *path CLEANUP(xalloc_freep) = xalloc_string(self->rotation.path);
	if (self->attempts++ == ATTEMPTS)
		return 0;
	self->fallback = positions_of(self);
	add_note(&self->gaps, &self->rotation.gap);
	self->earlier_gaps += self->rotation.gaps;
	rotation_close(&self->rotation);
	self->current = 0;
	self->left.is_known = false;
	self->has_fallback = true;
	int error = rotation_open(&self->rotation, path, &self->fallback, &options, why);
	if (error < 0)
		return error == -EAGAIN ? 0 : error;
	self->has_fallback = false;
	error = reader_start(&self->reader, part_of(self));
	write_notes(self);
	return error < 0 ? refusal_read(part_of(self)->file.path, error, why) : 1;
}

/* > 0: there is more in the buffer; 0: all parts are read; < 0: -errno with WHY. */
static int read_on(struct file_source *self, struct strbuf *why)
{
	int error = 0;
	if (self->reader.is_cut && !part_of(self)->is_late)
		return plan_anew(self, why);
	if (!reader_is_at_end(&self->reader)) {
		error = reader_fill(&self->reader);
	} else if (self->current + 1 < self->rotation.count) {
		leave_part(self);
		self->current++;
		error = reader_start(&self->reader, part_of(self));
	} else {
		return 0;
	}
	return error < 0 ? refusal_read(part_of(self)->file.path, error, why) : 1;
}

/* A line may have no end, so the clock is looked at while there is none; the position is kept in
 * it. */
static int next_line(struct file_source *self, struct slice *ret, struct strbuf *why)
{
	const struct deadline *deadline = self->rotation.options.deadline;
	for (bool is_first = true;; is_first = false) {
		if (reader_take_line(&self->reader, ret))
			return 1;
		if (reader_is_at_end(&self->reader) && reader_take_end(&self->reader, ret))
			return 1;
		if (!is_first && deadline && deadline_is_over(deadline))
			return refusal_read(part_of(self)->file.path, -ETIMEDOUT, why);
		int result = read_on(self, why);
		if (result <= 0)
			return result;
	}
}

static int file_source_next(void *source, struct slice *ret, struct strbuf *why)
{
	struct file_source *self = source;
	uint64_t skipped_before = self->reader.skipped_lines;
	size_t notes_before = self->reader.damage.length + self->reader.torn.length;
	struct slice line;
	int result = next_line(self, &line, why);
	if (self->reader.skipped_lines != skipped_before ||
	    self->reader.damage.length + self->reader.torn.length != notes_before)
		write_notes(self);
	if (result > 0)
		*ret = line;
	return result;
}

/* --- open and free --- */

static void file_source_free(void *source)
{
	struct file_source *self = source;
	if (!self)
		return;
	rotation_close(&self->rotation);
	strbuf_release(&self->gaps);
	strbuf_release(&self->notes);
	reader_release(&self->reader);
	free(self);
}

static int start(struct file_source *self, const char *path, const struct log_position *position,
                 const struct source_options *options, struct strbuf *why)
{
	struct file_positions positions;
	int known = position ? file_positions_read(&positions, position) : 0;
	if (known < 0)
		return strbuf_fail(why, known, "the position in %s can't be read", path);
	int error = rotation_open(&self->rotation, path, known ? &positions : NULL, options, why);
	if (error < 0)
		return error;
	self->reader.read_sec = self->rotation.old.read_sec;
	error = reader_start(&self->reader, part_of(self));
	return error < 0 ? refusal_read(part_of(self)->file.path, error, why) : 0;
}

static int file_source_open(void **ret, const char *path, const struct log_position *position,
                            const struct source_options *options, struct strbuf *why)
{
	struct file_source *self = xalloc_zero(1, sizeof *self);
	strbuf_init(&self->gaps, NOTES_MAX);
	strbuf_init(&self->notes, NOTES_MAX);
	reader_init(&self->reader, &self->rotation.options);
	int error = start(self, path, position, options, why);
	if (error < 0) {
		file_source_free(self);
		return error;
	}
	write_notes(self);
	*ret = self;
	return 0;
}

const struct source_driver source_driver_file = {
	.prefix = "",
	.has_position = true,
	.open = file_source_open,
	.next = file_source_next,
	.position = file_source_position,
	.is_finished = file_source_is_finished,
	.left_bytes = file_source_left_bytes,
	.notes = file_source_notes,
	.gaps = file_source_gaps,
	.free = file_source_free,
};
