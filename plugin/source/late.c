/* late.c - late lines of the file before the current one; see late.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>

#include "plugin/source/late.h"
#include "plugin/source/parts.h"
#include "plugin/source/refusal.h"

/* Is the file before the current one still at PATH? 1 with RET; 0; -errno with WHY. */
static int open_before(struct rotation *self, struct identity_file *ret, struct strbuf *why)
{
	const struct file_position *before = &self->before;
	if (!before->path[0])
		return 0;
	int error = identity_open(ret, before->path, O_NOFOLLOW, self->options.deadline, NULL);
	if (error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -EISDIR ||
	    error == -EINVAL || error == -ENOTSUP)
		return 0;
	if (error < 0)
		return error == -EAGAIN ? error : refusal_open(before->path, error, why);
	int match = IDENTITY_OTHER;
	if (identity_is_inode(ret, before) && stream_is_compressed(ret->stream))
		match = identity_has_head(ret, before) ? IDENTITY_SAME : IDENTITY_OTHER;
	else if (identity_is_inode(ret, before))
		match = identity_compare(ret, before);
	if (match == IDENTITY_SAME)
		return 1;
	identity_close(ret);
	return match < 0 ? refusal_read(before->path, match, why) : 0;
}

/* The file before the current one, where it was, or wherever it is now, with the rank of its name.
 * 1 with RET; 0; -errno with WHY. */
static int find_before(struct rotation *self, struct identity_file *ret,
                       const struct identity_file *current, struct strbuf *why)
{
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	struct chain_link link;
	int result = nearby_init(&nearby, self->path, &self->before, &self->options, why);
	if (result == 0)
		result = open_before(self, ret, why);
	if (result == 0) {
		rotation_init_search(self, &search, &nearby, current);
		result = chain_find_old(&search, &link, &self->before, why);
		strbuf_clear(&self->doubt);
		if (result <= 0)
			return result < 0 && search.has_vanished ? -EAGAIN : result;
		*ret = link.file;
		/* somebody's copy */
		if (!link.rank.is_sibling && strcmp(ret->path, self->before.path) != 0) {
			identity_close(ret);
			return 0;
		}
	}
	if (result > 0)
		self->before_rank = nearby_rank(&nearby, ret->path);
	return result;
}

/* Is there something in FILE, the one before, that was not read? > 0: yes; 0: no; -errno with
 * WHY. */
static int has_late(const struct rotation *self, const struct identity_file *file,
                    struct strbuf *why)
{
	const struct file_position *before = &self->before;
	/* By its name, too: a compressed file can get the inode that the plain one had. */
	bool is_same = identity_is_inode(file, before) && strcmp(file->path, before->path) == 0;
	if (stream_is_compressed(file->stream) ? is_same
	                                       : stream_size(file->stream) <= before->offset)
		return 0;
	int match = identity_compare(file, before);
	return match < 0                ? refusal_read(file->path, match, why)
		: match < IDENTITY_COPY ? -ENODATA
					: 1;
}

int late_add(struct rotation *self, const struct identity_file *current, bool is_last_look,
             struct strbuf *why)
{
	struct file_position *before = &self->before;
	struct identity_file file;
	if (!before->is_known)
		return 0;
	int result = find_before(self, &file, current, why);
	if (result < 0)
		return result;
	before->is_known = result > 0;
	self->has_lost_before = !before->is_known;
	if (result == 0)
		return 0;
	result = has_late(self, &file, why);
	if (result > 0) {
		bool is_ended = is_last_look || stream_is_compressed(file.stream) ||
			rotation_is_left_alone(&file);
		struct rotation_part *part = parts_add_rest(self, &file, before);
		part->is_late = true;
		part->at_end = is_ended ? END_IS_LINE : END_WAITS;
		return 0;
	}
	identity_close(&file);
	before->is_known = result == 0;
	return result == -ENODATA ? 0 : result;
}
