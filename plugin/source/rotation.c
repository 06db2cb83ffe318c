/* rotation.c - what of which files is read in a run; see rotation.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/source/nearby.h"
#include "plugin/source/refusal.h"
#include "plugin/source/rotation.h"
#include "plugin/source/seek.h"

#define GAP_MAX 4000
#define ATTEMPTS 4 /* rotations that go on while their files are opened */
#define WATCHED_SEC 86400

bool rotation_is_left_alone(const struct identity_file *file)
{
	return file->written_sec < (int64_t)time(NULL) - WATCHED_SEC;
}

static bool is_inode_of(const struct identity_file *file, const struct log_position *position)
{
	return file->device == position->device && file->inode == position->inode;
}

/* --- gaps --- */

/* The first part that isn't late lines. */
static const struct rotation_part *first_in_order(const struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		if (!self->parts[i].is_late)
			return &self->parts[i];
	return NULL;
}

/* From when on, as far as that is known: what lies ahead of the run's own time was no right one. */
static int64_t gap_begin_sec(const struct rotation *self)
{
	int64_t sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec;
	return self->options.now_sec && sec > self->options.now_sec ? 0 : sec;
}

/* "lines between … and … could not be read: " for the reason to be added. */
static void begin_gap(struct rotation *self)
{
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	const struct rotation_part *first = first_in_order(self);
	int64_t from_sec = gap_begin_sec(self), to_sec;
	bool has_to = first && seek_begin_time(&to_sec, first->file.stream, &self->options) > 0 && to_sec >= from_sec;
	if (self->gap.length > 0)
		strbuf_add_char(&self->gap, '\n');
	if (from_sec)
		timestamp_format(from_sec, from);
	if (has_to)
		timestamp_format(to_sec, to);
	if (from_sec && has_to)
		strbuf_add_format(&self->gap, "lines between %s and %s", from, to);
	else if (from_sec || has_to)
		strbuf_add_format(&self->gap, "lines %s %s", from_sec ? "after" : "before", from_sec ? from : to);
	else
		strbuf_add_string(&self->gap, "lines");
	strbuf_add_string(&self->gap, " could not be read: ");
}

static void note_gap(struct rotation *self, const struct identity_file *current, const struct nearby *nearby)
{
	begin_gap(self);
	strbuf_add_string(&self->gap, self->path);
	if (self->doubt.length)
		strbuf_add_format(&self->gap, " was rotated, and its old file is not there: %s", strbuf_text(&self->doubt));
	else if (current && is_inode_of(current, &self->old))
		strbuf_add_string(&self->gap, " was truncated, or removed and made anew");
	else if (nearby && nearby->closed)
		strbuf_add_format(&self->gap, " was rotated, and its old file was not found; this user may not look into %s", nearby->closed);
	else
		strbuf_add_string(&self->gap, " was rotated, and its old file is gone");
}

/* --- parts --- */

/* FILE is owned by the part from then on. */
static struct rotation_part *add_part(struct rotation *self, const struct identity_file *file, int64_t start)
{
	struct rotation_part *part = &self->parts[self->count++];
	bool is_packed = stream_is_compressed(file->stream);
	*part = (struct rotation_part){
		.file = *file, .start = start, .end = is_packed ? INT64_MAX : stream_size(file->stream),
		.at_end = is_packed ? END_IS_LINE : END_WAITS,
	};
	return part;
}

/* What was read up to POSITION goes on there. */
static struct rotation_part *add_rest(struct rotation *self, const struct identity_file *file, const struct log_position *position)
{
	struct rotation_part *part = add_part(self, file, position->offset);
	part->tail_hash = position->tail_hash;
	part->tail_length = position->tail_length;
	return part;
}

void rotation_planned_position(const struct rotation_part *part, struct log_position *ret)
{
	const struct identity_file *file = &part->file;
	size_t hashed = part->start > 0 && part->start < (int64_t)file->head_length ? (size_t)part->start : file->head_length;
	*ret = (struct log_position){
		.device = file->device,
		.inode = file->inode,
		.head_hash = hashed > 0 ? identity_hash(file->head, hashed) : 0,
		.head_length = (int64_t)hashed,
		.tail_hash = part->tail_hash,
		.tail_length = part->tail_length,
		.offset = part->start,
		.is_known = true,
	};
	snprintf(ret->cursor, sizeof ret->cursor, "%s", file->path);
}

static void close_parts(struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		identity_close(&self->parts[i].file);
	self->count = 0;
	strbuf_clear(&self->gap);
	strbuf_clear(&self->doubt);
}

static void add_links(struct rotation *self, const struct chain_link *links, size_t count, enum rotation_end at_end)
{
	for (size_t i = 0; i < count; i++)
		add_part(self, &links[i].file, 0)->at_end = at_end;
}

/* Only the file directly before the current one can still get lines, if it isn't a copy. */
static void watch_last_but_one(struct rotation *self)
{
	struct rotation_part *part = self->count < 2 ? NULL : &self->parts[self->count - 2];
	bool is_watched = part && !part->is_late && !stream_is_compressed(part->file.stream) && !rotation_is_left_alone(&part->file);
	if (is_watched)
		part->at_end = END_WAITS;
}

/* A log that keeps its inode while rotated files of it appear is copied and truncated. */
static enum rotation_end end_of_rotated(const struct rotation *self, const struct identity_file *current)
{
	return current && is_inode_of(current, &self->old) ? END_IS_TORN : END_IS_LINE;
}

static void init_search(struct chain_search *search, struct rotation *self, struct nearby *nearby,
                        const struct identity_file *current)
{
	*search = (struct chain_search){
		.nearby = nearby, .options = &self->options, .current = current, .notes = &self->gap, .doubt = &self->doubt,
	};
}

/* --- late lines --- */

/* Is the file before the current one still at PATH? 1 with RET; 0; -errno with WHY. */
static int open_before(struct rotation *self, struct identity_file *ret, struct strbuf *why)
{
	const struct log_position *before = &self->before;
	if (!before->cursor[0])
		return 0;
	int error = identity_open(ret, before->cursor, O_NOFOLLOW, self->options.deadline, NULL);
	if (error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -EISDIR || error == -EINVAL || error == -ENOTSUP)
		return 0;
	if (error < 0)
		return error == -EAGAIN ? error : refusal_open(before->cursor, error, why);
	int match = IDENTITY_OTHER;
	if (is_inode_of(ret, before) && stream_is_compressed(ret->stream))
		match = identity_has_head(ret, before) ? IDENTITY_SAME : IDENTITY_OTHER;
	else if (is_inode_of(ret, before))
		match = identity_compare(ret, before);
	if (match == IDENTITY_SAME)
		return 1;
	identity_close(ret);
	return match < 0 ? refusal_read(before->cursor, match, why) : 0;
}

/* The file before the current one, where it was, or wherever it is now, with the rank of its name. 1 with RET; 0; -errno with WHY. */
static int find_before(struct rotation *self, struct identity_file *ret, const struct identity_file *current, struct strbuf *why)
{
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	struct chain_link link;
	int result = nearby_init(&nearby, self->path, self->before.cursor, self->options.olddir, why);
	if (result == 0)
		result = open_before(self, ret, why);
	if (result == 0) {
		init_search(&search, self, &nearby, current);
		result = chain_find_old(&search, &link, &self->before, why);
		strbuf_clear(&self->doubt);
		if (result <= 0)
			return result < 0 && search.has_vanished ? -EAGAIN : result;
		*ret = link.file;
		if (!link.rank.is_sibling && strcmp(ret->path, self->before.cursor) != 0) { /* somebody's copy */
			identity_close(ret);
			return 0;
		}
	}
	if (result > 0)
		self->before_rank = nearby_rank(&nearby, ret->path);
	return result;
}

/* Is there something in FILE, the one before, that was not read? > 0: yes; 0: no; -errno with WHY. */
static int has_late(const struct rotation *self, const struct identity_file *file, struct strbuf *why)
{
	const struct log_position *before = &self->before;
	/* By its name, too: a packed file can get the inode that the plain one had. */
	bool is_same = is_inode_of(file, before) && strcmp(file->path, before->cursor) == 0;
	if (stream_is_compressed(file->stream) ? is_same : stream_size(file->stream) <= before->offset)
		return 0;
	int match = identity_compare(file, before);
	return match < 0 ? refusal_read(file->path, match, why) : match == IDENTITY_OTHER ? -ENODATA : 1;
}

/* IS_LAST_LOOK: the log was rotated again, so this file is not watched any longer. 0; or -errno with WHY. */
static int add_late(struct rotation *self, const struct identity_file *current, bool is_last_look, struct strbuf *why)
{
	struct log_position *before = &self->before;
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
		bool is_ended = is_last_look || stream_is_compressed(file.stream) || rotation_is_left_alone(&file);
		struct rotation_part *part = add_rest(self, &file, before);
		part->is_late = true;
		part->at_end = is_ended ? END_IS_LINE : END_WAITS;
		return 0;
	}
	identity_close(&file);
	before->is_known = result == 0;
	return result == -ENODATA ? 0 : result;
}

/* --- what is to be read --- */

/* The log's path holds the file that was read last. CURRENT is a part's then, or still the caller's after an error. */
static int plan_going_on(struct rotation *self, const struct identity_file *current, struct strbuf *why)
{
	self->is_going_on = true;
	int error = add_late(self, current, false, why);
	if (error == 0)
		add_rest(self, current, &self->old);
	return error;
}

/* From when on files whose names don't tell must begin. 0; or -errno with WHY. */
static int bound_times(struct rotation *self, struct chain_search *search, struct strbuf *why)
{
	search->after_sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec;
	if (search->old && !stream_is_compressed(search->old->file.stream)) {
		struct stream *stream = search->old->file.stream;
		if (search->after_sec == 0)
			search->after_sec = search->old->file.written_sec; /* it stayed empty: what was logged later is younger */
		int result = seek_last_time(&search->after_sec, stream, stream_size(stream), &self->options);
		if (result < 0)
			return refusal_read(search->old->file.path, result, why);
	}
	if (search->after_sec == 0)
		search->after_sec = INT64_MAX; /* nothing to go by: none can be told from what was read */
	return 0;
}

/* CURRENT (may be NULL) becomes the last part, or is closed. Rotation creates the new file before the daemon leaves the old
 * one: while the new one is empty, the old one is still the log. */
static void add_current(struct rotation *self, struct identity_file *current, bool has_older)
{
	struct rotation_part *last = has_older ? &self->parts[self->count - 1] : NULL;
	bool is_used = current && (!has_older || stream_is_compressed(current->stream) || stream_size(current->stream) > 0);
	if (is_used) {
		bool is_copied = has_older && last->at_end == END_IS_TORN;
		add_part(self, current, 0);
		if (!is_copied)
			watch_last_but_one(self);
		return;
	}
	if (current)
		identity_close(current);
	if (last && last->at_end != END_IS_TORN)
		last->at_end = stream_is_compressed(last->file.stream) ? END_IS_LINE : END_WAITS;
}

/* An inode's number alone may be another file's by now. It is all there is of a file that was empty, so it counts only at the same
 * PATH, or where neither the file before it nor the time tells more. */
static bool has_identity(const struct rotation *self, const char *path)
{
	return identity_is_of_bytes(&self->old) || strcmp(path, self->old.cursor) == 0
		|| (!self->before.is_known && self->old.read_sec == 0);
}

/* Was LINK the empty file? Its name tells, if that is one that stays; else the inode does, which is all that is known of it. */
static bool was_empty(const struct rotation *self, const struct nearby *nearby, const struct chain_link *link)
{
	struct sibling_rank rank = nearby_rank(nearby, self->old.cursor);
	if (rank.is_sibling && rank.is_dated)
		return link->rank.is_dated && sibling_compare(&link->rank, &rank) == 0;
	return is_inode_of(&link->file, &self->old);
}

/* Rotated files are deleted oldest first: while the one before the empty file is there, all after it are. Else the empty one
 * must be there, which only the names before it could be older than. 1; 0; -errno with WHY. */
static int is_all_there(struct chain_search *search, const struct rotation *self, const struct chain_link *links, size_t found,
                        struct strbuf *why)
{
	struct chain_link old;
	if (search->is_rank_read || (found && was_empty(self, search->nearby, &links[0])))
		return 1;
	if (found)
		return 0;
	int result = chain_find_old(search, &old, &self->old, why);
	if (result > 0)
		identity_close(&old.file);
	return result;
}

/* By which names the files after what was read are known: those after the old file, or after the one before it. Where a link
 * points at dated files, the name of an old one that can't be found tells, too. */
static void rank_by_name(const struct rotation *self, struct chain_search *search)
{
	struct sibling_rank cursor_rank = nearby_rank(search->nearby, self->old.cursor);
	search->is_rank_read = search->old || self->before.is_known;
	if (search->old)
		search->read_rank = search->old->rank;
	else if (self->before.is_known)
		search->read_rank = self->before_rank;
	else if (cursor_rank.is_dated && !identity_is_of_bytes(&self->old))
		search->read_rank = cursor_rank;
}

/* What a plan after a rotation has found; whoever gives up closes it. */
struct rotated {
	struct chain_link *links, old;
	size_t count;
	bool has_old;
};

static void release_rotated(struct rotated *found)
{
	chain_close_links(found->links, found->count);
	if (found->has_old)
		identity_close(&found->old.file);
	free(found->links);
}

/* The old file and those that came after it. 0; or -errno with WHY (-EAGAIN: they moved meanwhile). */
static int find_rotated(struct rotation *self, struct chain_search *search, struct rotated *ret, struct strbuf *why)
{
	search->late = self->count ? &self->parts[0].file : NULL;
	int result = chain_find_old(search, &ret->old, &self->old, why);
	if (result < 0)
		return search->has_vanished ? -EAGAIN : result;
	ret->has_old = result > 0;
	if (ret->has_old && !has_identity(self, ret->old.file.path)) {
		identity_close(&ret->old.file);
		ret->has_old = false;
	}
	search->old = ret->has_old ? &ret->old : NULL;
	rank_by_name(self, search);
	result = bound_times(self, search, why);
	if (result == 0)
		result = chain_find_newer(search, ret->links, &ret->count, why);
	bool is_steady = !search->has_vanished && chain_is_steady(ret->links, ret->count)
		&& (!ret->has_old || chain_is_steady(&ret->old, 1));
	return is_steady ? result : -EAGAIN;
}

/* What was found becomes parts. */
static void take_rotated(struct rotation *self, struct rotated *found, enum rotation_end at_end)
{
	if (found->has_old)
		add_rest(self, &found->old.file, &self->old)->at_end = at_end;
	add_links(self, found->links, found->count, at_end);
	found->has_old = false;
	found->count = 0;
}

/* CURRENT (NULL: nothing is at the path now) is not the file that was read last. 1: parts were found, and it is one or closed; 0:
 * nothing is there to read; -errno with WHY (-EAGAIN: the files moved meanwhile), and it is still the caller's. */
static int plan_rotated(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	struct rotated found CLEANUP(release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = add_late(self, current, true, why);
	if (result == 0)
		result = nearby_init(&nearby, self->path, self->old.cursor, self->options.olddir, why);
	if (result < 0)
		return result;
	init_search(&search, self, &nearby, current);
	result = find_rotated(self, &search, &found, why);
	if (result < 0)
		return result;
	bool has_old = found.has_old, has_rotated = has_old || found.count;
	bool has_any = has_rotated || current;
	int is_whole = has_old || !has_any ? 1 : identity_is_of_bytes(&self->old) ? 0
		: is_all_there(&search, self, found.links, found.count, why);
	if (is_whole < 0)
		return is_whole;
	take_rotated(self, &found, end_of_rotated(self, current));
	add_current(self, current, has_rotated);
	if (!is_whole)
		note_gap(self, current, &nearby);
	return has_any;
}

/* The last run left an empty file. It is there, but lines may have come and gone since (copied and truncated), so what was
 * rotated after the file before it is looked for. Answers as plan_going_on(). */
static int plan_from_empty(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	struct rotated found CLEANUP(release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = add_late(self, current, false, why);
	if (result == 0)
		result = nearby_init(&nearby, self->path, self->before.cursor, self->options.olddir, why);
	if (result < 0)
		return result;
	init_search(&search, self, &nearby, current);
	search.late = self->count ? &self->parts[0].file : NULL;
	rank_by_name(self, &search);
	result = bound_times(self, &search, why);
	if (result == 0)
		result = chain_find_newer(&search, found.links, &found.count, why);
	if (search.has_vanished || !chain_is_steady(found.links, found.count))
		return -EAGAIN;
	if (result < 0)
		return result;
	bool has_links = found.count > 0;
	/* They are copies, as the log kept its inode; but not where a link leads from one file to the next. */
	take_rotated(self, &found, nearby.target ? END_IS_LINE : END_IS_TORN);
	add_current(self, current, has_links);
	if (self->has_lost_before || (has_links && !search.is_rank_read))
		note_gap(self, current, NULL);
	self->is_going_on = !has_links;
	return 0;
}

/* The rotated files that reach into the window become parts. 0; or -errno with WHY. */
static int add_since(struct rotation *self, const struct identity_file *current, int64_t since_sec, struct strbuf *why)
{
	struct rotated found CLEANUP(release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = nearby_init(&nearby, self->path, "", self->options.olddir, why);
	if (result < 0)
		return result;
	init_search(&search, self, &nearby, current);
	result = chain_find_since(&search, found.links, since_sec, &found.count, why);
	if (search.has_vanished || !chain_is_steady(found.links, found.count))
		return -EAGAIN;
	if (result < 0)
		return result;
	take_rotated(self, &found, END_IS_TORN); /* or it is renamed: that can't be told */
	return 0;
}

/* Where the window begins in PART. 0; or -errno. */
static int seek_start(struct rotation_part *part, const struct source_options *options)
{
	char tail[LOG_HASHED_BYTES];
	struct stream *stream = part->file.stream;
	int error = seek_cold_start(&part->start, stream, part->end, options);
	if (error < 0)
		return error;
	size_t length = part->start < (int64_t)sizeof tail ? (size_t)part->start : sizeof tail;
	ssize_t got = length ? stream_read(stream, tail, length, part->start - (int64_t)length) : 0;
	if (got < (ssize_t)length)
		return got < 0 ? (int)got : -EAGAIN;
	part->tail_length = (int64_t)length;
	part->tail_hash = length ? identity_hash(tail, length) : 0;
	return 0;
}

/* Never read: the window is searched for in the file, and in the ones before it if it doesn't reach back so far. Answers as
 * plan_going_on(). */
static int plan_cold(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	int64_t since_sec = self->options.cold_start_sec, first_sec = INT64_MAX;
	int error = refusal_examine(self->path, current, &self->options, why);
	if (error < 0)
		return error;
	int result = seek_begin_time(&first_sec, current->stream, &self->options);
	if (result < 0)
		return refusal_read(self->path, result, why);
	if (first_sec > since_sec)
		error = add_since(self, current, since_sec, why);
	if (error < 0)
		return error;
	add_part(self, current, 0);
	watch_last_but_one(self);
	current->stream = NULL; /* it is a part's now */
	for (size_t i = 0; i < self->count && error == 0; i++) {
		error = seek_start(&self->parts[i], &self->options);
		if (error < 0 && error != -EAGAIN)
			error = refusal_read(self->parts[i].file.path, error, why);
	}
	return error;
}

static int cannot_follow(const char *path, int error, struct strbuf *why)
{
	return strbuf_fail(why, error, "where the link %s leads to can't be told: %s", path, strerror(-error));
}

/* What is at the log's path. Where a link leads to is kept, since it may lead elsewhere next time: it must be the file that was
 * opened, or a link was moved meanwhile. */
static int open_current(struct rotation *self, struct identity_file *ret, struct strbuf *why)
{
	struct stat status;
	int error = identity_open(ret, self->path, 0, self->options.deadline, why);
	if (error < 0)
		return error;
	if (lstat(self->path, &status) < 0)
		error = errno == ENOENT ? -EAGAIN : cannot_follow(self->path, -errno, why);
	if (error == 0 && !S_ISLNK(status.st_mode))
		return 0;
	char *target CLEANUP(xalloc_freep) = error == 0 ? realpath(self->path, NULL) : NULL;
	if (error == 0 && (!target || stat(target, &status) < 0))
		error = errno == ENOENT ? -EAGAIN : cannot_follow(self->path, -errno, why);
	else if (error == 0 && ((uint64_t)status.st_ino != ret->inode || (uint64_t)status.st_dev != ret->device))
		error = -EAGAIN;
	if (error < 0) {
		identity_close(ret);
		return error;
	}
	char *path = ret->path;
	ret->path = target;
	target = path;
	return 0;
}

/* Of CURRENT, which is at the path. */
static int plan_current(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	if (!self->old.is_known)
		return plan_cold(self, current, why);
	int match = identity_compare(current, &self->old);
	if (match < 0)
		return refusal_read(self->path, match, why);
	if (match == IDENTITY_OTHER)
		return plan_rotated(self, current, why);
	return identity_is_of_bytes(&self->old) ? plan_going_on(self, current, why) : plan_from_empty(self, current, why);
}

static int plan(struct rotation *self, struct strbuf *why)
{
	struct identity_file current = { 0 };
	int error = open_current(self, &current, why);
	if (error == -ENOENT && self->old.is_known) {
		int found = plan_rotated(self, NULL, why);
		if (found)
			return found < 0 ? found : 0;
	}
	if (error < 0)
		return error == -EAGAIN ? error : refusal_open(self->path, error, why);
	error = plan_current(self, &current, why);
	if (error < 0 && current.stream)
		identity_close(&current);
	return error < 0 ? error : 0;
}

/* --- open and close --- */

/* A position comes from a state file: what it says is not believed. */
static bool is_sound(const struct log_position *position)
{
	return position->is_known && position->offset >= 0
		&& position->head_length >= 0 && position->head_length <= LOG_HASHED_BYTES
		&& (position->head_length <= position->offset || position->offset == 0)
		&& position->tail_length >= 0 && position->tail_length <= LOG_HASHED_BYTES
		&& position->tail_length <= position->offset
		&& (position->offset == 0 || (position->head_length > 0 && position->tail_length > 0));
}

/* A look at PATH's directory. Its time goes by ticks, so what changed in this one may change again unseen. */
struct look {
	struct timespec changed; /* 0 if that can't be told */
	bool is_in_this_tick;
};

static struct look look_at_directory(const char *path)
{
	struct stat status = { 0 };
	struct timespec now = { 0 };
	const char *slash = strrchr(path, '/');
	char *directory CLEANUP(xalloc_freep) = slash ? xalloc_copy(path, (size_t)(slash - path) + 1) : xalloc_string(".");
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	struct look look = { .changed = stat(directory, &status) == 0 ? status.st_mtim : (struct timespec){ 0 } };
	look.is_in_this_tick = look.changed.tv_sec == now.tv_sec && look.changed.tv_nsec >= now.tv_nsec;
	return look;
}

/* Files that are renamed while a directory is read can be missed under both names. */
static bool has_changed(const char *path, const struct look *seen)
{
	struct look now = look_at_directory(path);
	return seen->is_in_this_tick || now.changed.tv_sec != seen->changed.tv_sec || now.changed.tv_nsec != seen->changed.tv_nsec;
}

static void wait_a_tick(void)
{
	struct timespec tick = { 0 };
	clock_getres(CLOCK_REALTIME_COARSE, &tick);
	nanosleep(&tick, NULL);
}

/* From the begin: a plan that was made while files moved changes all of this. */
static void take_positions(struct rotation *self, const struct log_position *positions)
{
	close_parts(self);
	self->has_lost_before = self->is_going_on = false;
	if (positions && is_sound(&positions[LOG_CURRENT]))
		self->old = positions[LOG_CURRENT];
	/* One that had no line yet can't be told from a new file with the same inode. */
	if (self->old.is_known && is_sound(&positions[LOG_BEFORE]) && positions[LOG_BEFORE].offset > 0)
		self->before = positions[LOG_BEFORE];
}

/* -EAGAIN if files moved meanwhile. At the last attempt it is enough that those which were found stayed where they are. */
static int try_plan(struct rotation *self, bool is_last, struct strbuf *why)
{
	struct look seen = look_at_directory(self->path);
	int error = plan(self, why);
	if (is_last || (error < 0 && error != -EAGAIN) || !has_changed(self->path, &seen))
		return error;
	wait_a_tick();
	return -EAGAIN;
}

int rotation_open(struct rotation *ret, const char *path, const struct log_position *positions,
                  const struct source_options *options, struct strbuf *why)
{
	int error = -EAGAIN;
	*ret = (struct rotation){ .path = xalloc_string(path), .options = *options };
	ret->parts = xalloc_zero(ROTATION_PARTS_MAX, sizeof *ret->parts);
	strbuf_init(&ret->gap, GAP_MAX);
	strbuf_init(&ret->doubt, WHY_MAX);
	for (int i = 0; i < ATTEMPTS && error == -EAGAIN; i++) {
		take_positions(ret, positions);
		error = try_plan(ret, i + 1 == ATTEMPTS, why);
	}
	if (error == -EAGAIN)
		strbuf_fail(why, error, "%s was being rotated each time that it was looked at: the next run goes on", path);
	if (error < 0)
		rotation_close(ret);
	return error;
}

void rotation_close(struct rotation *self)
{
	close_parts(self);
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
	bool is_unchanged = self->old.is_known && self->old.newest_sec != 0 && self->count == 1
		&& last->start == self->old.offset && last->end == last->start;
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
