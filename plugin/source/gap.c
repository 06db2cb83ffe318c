/* gap.c - telling which lines were lost; see gap.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/source/gap.h"
#include "plugin/source/seek.h"

/* The first part that isn't late lines. */
static const struct rotation_part *first_in_order(const struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		if (!self->parts[i].is_late)
			return &self->parts[i];
	return NULL;
}

/* From when on, as far as that is known: what lies ahead of the run's own time was no right one. */
static int64_t gap_start_sec(const struct rotation *self)
{
	int64_t sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec;
	return self->options.now_sec && sec > self->options.now_sec ? 0 : sec;
}

/* "lines between … and … could not be read: " for the reason to be added. */
static void start_gap(struct rotation *self)
{
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	const struct rotation_part *first = first_in_order(self);
	int64_t from_sec = gap_start_sec(self), to_sec;
	bool has_to = first && seek_start_time(&to_sec, first->file.stream, &self->options) > 0 &&
		to_sec >= from_sec;
	if (self->gap.length > 0)
		strbuf_add_char(&self->gap, '\n');
	if (from_sec)
		timestamp_format(from_sec, from);
	if (has_to)
		timestamp_format(to_sec, to);
	if (from_sec && has_to)
		strbuf_add_format(&self->gap, "lines between %s and %s", from, to);
	else if (from_sec || has_to)
		strbuf_add_format(&self->gap, "lines %s %s", from_sec ? "after" : "before",
		                  from_sec ? from : to);
	else
		strbuf_add_string(&self->gap, "lines");
	strbuf_add_string(&self->gap, " could not be read: ");
	self->gaps++;
}

void gap_note(struct rotation *self, const struct identity_file *current,
              const struct nearby *nearby)
{
	start_gap(self);
	strbuf_add_string(&self->gap, self->path);
	if (self->doubt.length)
		strbuf_add_format(&self->gap, " was rotated, and its old file is not there: %s",
		                  strbuf_text(&self->doubt));
	else if (current && identity_is_inode(current, &self->old))
		strbuf_add_string(&self->gap, " was truncated, or removed and made anew");
	else if (nearby && nearby->closed.length)
		strbuf_add_format(&self->gap, " was rotated, and its old file was not found; %s",
		                  strbuf_text(&nearby->closed));
	else
		strbuf_add_string(&self->gap, " was rotated, and its old file is gone");
}
