/* parts.c - the parts of a rotation; see parts.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/source/parts.h"

#define WATCHED_SEC 86400

bool rotation_is_left_alone(const struct identity_file *file)
{
	return file->written_ns / 1000000000 < (int64_t)time(NULL) - WATCHED_SEC;
}

/* FILE is owned by the part from then on. */
struct rotation_part *parts_add(struct rotation *self, const struct identity_file *file,
                                int64_t start)
{
	struct rotation_part *part = &self->parts[self->count++];
	bool is_compressed = stream_is_compressed(file->stream);
	*part = (struct rotation_part){
		.file = *file,
		.start = start,
		.end = is_compressed ? INT64_MAX : stream_size(file->stream),
		.at_end = is_compressed ? END_IS_LINE : END_WAITS,
	};
	return part;
}

/* What was read up to POSITION goes on there. */
struct rotation_part *parts_add_rest(struct rotation *self, const struct identity_file *file,
                                     const struct file_position *position)
{
	struct rotation_part *part = parts_add(self, file, position->offset);
	part->tail_hash = position->tail_hash;
	part->tail_length = position->tail_length;
	return part;
}

void part_planned_position(const struct rotation_part *part, struct file_position *ret)
{
	const struct identity_file *file = &part->file;
	size_t hashed = part->start > 0 && part->start < (int64_t)file->head_length
		? (size_t)part->start
		: file->head_length;
	*ret = (struct file_position){
		.device = file->device,
		.inode = file->inode,
		.head_hash = hashed > 0 ? identity_hash(file->head, hashed) : 0,
		.head_length = (int64_t)hashed,
		.tail_hash = part->tail_hash,
		.tail_length = part->tail_length,
		.offset = part->start,
		.is_known = true,
	};
	snprintf(ret->path, sizeof ret->path, "%s", file->path);
}

void parts_close(struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		identity_close(&self->parts[i].file);
	self->count = 0;
	strbuf_clear(&self->gap);
	self->gaps = 0;
	strbuf_clear(&self->doubt);
}

/* Only the file directly before the current one can still get lines, if it isn't a copy. */
void parts_watch_last_but_one(struct rotation *self)
{
	struct rotation_part *part = self->count < 2 ? NULL : &self->parts[self->count - 2];
	bool is_watched = part && !part->is_late && !stream_is_compressed(part->file.stream) &&
		!rotation_is_left_alone(&part->file);
	if (is_watched)
		part->at_end = END_WAITS;
}

void rotation_init_search(struct rotation *self, struct chain_search *search, struct nearby *nearby,
                          const struct identity_file *current)
{
	*search = (struct chain_search){
		.nearby = nearby,
		.options = &self->options,
		.current = current,
		.notes = &self->gap,
		.gaps = &self->gaps,
		.doubt = &self->doubt,
	};
}
