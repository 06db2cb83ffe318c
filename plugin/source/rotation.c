/* rotation.c - the files of a log between two runs; see rotation.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define GAP_MAX 4000

/* --- gaps --- */

/* "lines between … and … could not be read: " for the reason to be added. */
static void begin_gap(struct rotation *self)
{
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	const struct rotation_part *first = &self->parts[0];
	int64_t sec;
	if (self->gap.length > 0)
		strbuf_add_char(&self->gap, '\n');
	bool has_from = self->old.newest_sec != 0;
	bool has_to = self->count > 0
		&& seek_first_time(&sec, NULL, first->file.descriptor, 0, first->end, &self->options) > 0;
	if (has_from)
		timestamp_format(self->old.newest_sec, from);
	if (has_to)
		timestamp_format(sec, to);
	if (has_from && has_to)
		strbuf_add_format(&self->gap, "lines between %s and %s", from, to);
	else if (has_from || has_to)
		strbuf_add_format(&self->gap, "lines %s %s", has_from ? "after" : "before", has_from ? from : to);
	else
		strbuf_add_string(&self->gap, "lines");
	strbuf_add_string(&self->gap, " could not be read: ");
}

static void note_gap(struct rotation *self, const struct identity_file *current, bool is_unreadable)
{
	bool is_same_inode = current && current->device == self->old.device && current->inode == self->old.inode;
	begin_gap(self);
	strbuf_add_string(&self->gap, self->path);
	if (is_same_inode)
		strbuf_add_string(&self->gap, " was truncated");
	else if (is_unreadable)
		strbuf_add_string(&self->gap, " was rotated, and its old file may not be read by this user");
	else
		strbuf_add_string(&self->gap, " was rotated, and its old file is gone");
}

/* --- what is to be read --- */

static void add_part(struct rotation *self, const struct identity_file *file, int64_t start)
{
	self->parts[self->count++] = (struct rotation_part){ .file = *file, .start = start, .end = file->size };
}

/* Files of rotations between the two runs. Without any time to go by, none can be told from what was read. */
static void add_between(struct rotation *self, const struct identity_file *old, const struct identity_file *current)
{
	struct identity_file files[IDENTITY_BETWEEN_MAX];
	struct identity_between between = { .position = &self->old, .old = old, .current = current,
		.first_sec = self->old.newest_sec, .last_sec = INT64_MAX, .options = &self->options };
	struct stat status;
	if (old && between.first_sec == 0 && fstat(old->descriptor, &status) == 0)
		between.first_sec = (int64_t)status.st_mtime; /* it stayed empty: what was logged later is younger */
	if (old)
		(void)seek_last_time(&between.first_sec, old->descriptor, old->size, &self->options);
	if (current)
		(void)seek_first_time(&between.last_sec, NULL, current->descriptor, 0, current->size, &self->options);
	if (between.first_sec == 0)
		return;
	bool has_dropped;
	size_t count = identity_find_between(files, &has_dropped, self->path, &between);
	if (has_dropped)
		strbuf_add_format(&self->gap, "%s was rotated more than %d times since the last run: "
		                  "the oldest lines were not read",
		                  self->path, IDENTITY_BETWEEN_MAX);
	for (size_t i = 0; i < count; i++)
		add_part(self, &files[i], 0);
}

/* CURRENT (NULL: nothing is at the path now) is not the file of the old position. False: nothing is there to read. */
static bool plan_rotated(struct rotation *self, struct identity_file *current)
{
	struct identity_file old;
	bool is_unreadable;
	bool is_found = identity_find_old(&old, &is_unreadable, self->path, &self->old, current);
	if (!current && !is_found)
		return false;
	if (is_found)
		add_part(self, &old, self->old.offset);
	add_between(self, is_found ? &old : NULL, current);
	/* Rotation creates the new file before the daemon leaves the old one: while the new one is empty, the old one
	 * is still the log. */
	bool is_current_used = current && (current->size > 0 || self->count == 0);
	if (is_current_used)
		add_part(self, current, 0);
	else if (current)
		identity_close(current);
	if (!is_found)
		note_gap(self, current, is_unreadable);
	return true;
}

static int plan_cold(struct rotation *self, const struct identity_file *current, struct strbuf *why)
{
	int64_t start = 0;
	int error = refusal_examine(self->path, current, &self->options, why);
	if (error < 0)
		return error;
	error = seek_cold_start(&start, current->descriptor, current->size, &self->options);
	if (error < 0)
		return refusal_read(self->path, error, why);
	add_part(self, current, start);
	return 0;
}

static int plan(struct rotation *self, struct strbuf *why)
{
	struct identity_file current;
	int error = identity_open(&current, AT_FDCWD, self->path, 0);
	if (error == -ENOENT && self->old.is_known && plan_rotated(self, NULL))
		return 0;
	if (error < 0)
		return refusal_open(self->path, error, why);
	if (!self->old.is_known) {
		error = plan_cold(self, &current, why);
		if (error < 0)
			identity_close(&current);
		return error;
	}
	if (identity_compare(&current, &self->old) != IDENTITY_OTHER)
		add_part(self, &current, self->old.offset);
	else
		plan_rotated(self, &current);
	return 0;
}

/* --- open and close --- */

/* A position comes from a state file: what it says is not believed. */
static bool is_sound(const struct log_position *position)
{
	return position->is_known && position->offset >= 0
		&& position->head_length >= 0 && position->head_length <= LOG_HASHED_BYTES
		&& position->head_length <= position->offset
		&& position->tail_length >= 0 && position->tail_length <= LOG_HASHED_BYTES
		&& position->tail_length <= position->offset
		&& (position->offset == 0 || (position->head_length > 0 && position->tail_length > 0));
}

int rotation_open(struct rotation *ret, const char *path, const struct log_position *position,
                  const struct source_options *options, struct strbuf *why)
{
	*ret = (struct rotation){ .path = xalloc_string(path), .options = *options };
	strbuf_init(&ret->gap, GAP_MAX);
	if (position && is_sound(position))
		ret->old = *position;
	int error = plan(ret, why);
	if (error < 0)
		rotation_close(ret);
	return error;
}

void rotation_close(struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		identity_close(&self->parts[i].file);
	self->count = 0;
	strbuf_release(&self->gap);
	free(self->path);
	self->path = NULL;
}

int64_t rotation_newest_sec(const struct rotation *self)
{
	const struct rotation_part *last = &self->parts[self->count - 1];
	bool is_unchanged = self->old.is_known && self->old.newest_sec != 0 && self->count == 1
		&& last->start == self->old.offset && last->end == last->start;
	int64_t sec;
	for (size_t i = self->count; i > 0 && !is_unchanged; i--) {
		const struct rotation_part *part = &self->parts[i - 1];
		if (seek_last_time(&sec, part->file.descriptor, part->end, &self->options) > 0)
			return sec;
	}
	return self->old.newest_sec;
}
