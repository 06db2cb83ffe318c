/* rotation.c - what of which files is read in a run; see rotation.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/nearby.h"
#include "plugin/source/parts.h"
#include "plugin/source/plan.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define GAP_MAX 4000
#define ATTEMPTS 7 /* rotations that go on while their files are opened: half a second */

/* A position comes from a state file: that its numbers can be doesn't make them true together. */
static bool is_sound(const struct file_position *position)
{
	return position->is_known &&
		(position->head_length <= position->offset || position->offset == 0) &&
		position->tail_length <= position->offset &&
		(position->offset == 0 || (position->head_length > 0 && position->tail_length > 0));
}

/* A tick, then two, four, …: logrotate may have many logs to rotate in one directory. */
static void wait_for_rotation(int attempt)
{
	struct timespec tick = { 0 };
	clock_getres(CLOCK_REALTIME_COARSE, &tick);
	tick.tv_nsec *= (long)1 << attempt;
	nanosleep(&tick, NULL);
}

/* From the start: a plan that was made while files moved changes all of this. */
static void take_positions(struct rotation *self, const struct file_positions *positions)
{
	parts_close(self);
	self->has_lost_before = self->is_going_on = false;
	if (positions && is_sound(&positions->now))
		self->old = positions->now;
	/* One that had no line yet can't be told from a new file with the same inode. */
	if (self->old.is_known && is_sound(&positions->before) && positions->before.offset > 0)
		self->before = positions->before;
}

/* Files that are renamed while a directory is read can be missed under both names: -EAGAIN if it
 * changed meanwhile. But where the log is still the file that was read last, nothing was looked
 * for. */
static int try_plan(struct rotation *self, int attempt, struct strbuf *why)
{
	char *directory CLEANUP(xalloc_freep) = nearby_directory_of(self->path);
	struct dirlook seen = dirlook_at(directory);
	int error = plan_parts(self, why);
	if ((error < 0 && error != -EAGAIN) || !dirlook_has_changed(directory, &seen))
		return error;
	if (attempt + 1 == ATTEMPTS && error == 0 && self->is_going_on)
		return 0;
	wait_for_rotation(attempt);
	return -EAGAIN;
}

int rotation_open(struct rotation *ret, const char *path, const struct file_positions *positions,
                  const struct source_options *options, struct strbuf *why)
{
	int error = -EAGAIN;
	*ret = (struct rotation){ .path = xalloc_string(path), .options = *options };
	ret->parts = xalloc_zero(ROTATION_PARTS_MAX, sizeof *ret->parts);
	strbuf_init(&ret->gap, GAP_MAX);
	strbuf_init(&ret->doubt, WHY_MAX);
	for (int i = 0; i < ATTEMPTS && error == -EAGAIN; i++) {
		take_positions(ret, positions);
		error = try_plan(ret, i, why);
	}
	if (error == -EAGAIN)
		strbuf_fail(why, error,
		            "%s was being rotated each time that it was looked at: the next run "
		            "goes on",
		            path);
	if (error < 0)
		rotation_close(ret);
	return error;
}

void rotation_close(struct rotation *self)
{
	parts_close(self);
	free(self->parts);
	self->parts = NULL;
	strbuf_release(&self->gap);
	strbuf_release(&self->doubt);
	free(self->path);
	self->path = NULL;
}

int64_t rotation_newest_sec(const struct rotation *self)
{
	const struct rotation_part *last = &self->parts[self->count - 1];
	bool is_unchanged = self->old.is_known && self->old.newest_sec != 0 && self->count == 1 &&
		last->start == self->old.offset && last->end == last->start;
	int64_t sec;
	for (size_t i = self->count; i > 0 && !is_unchanged; i--) {
		const struct rotation_part *part = &self->parts[i - 1];
		if (part->end == INT64_MAX)
			break;
		if (seek_last_time(&sec, part->file.stream, part->end, &self->options) > 0)
			return sec;
	}
	return self->old.newest_sec;
}
