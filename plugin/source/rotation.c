/* rotation.c - what of which files is read in a run; see rotation.h
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
#define ATTEMPTS 4 /* rotations that go on while their files are opened */
#define WATCHED_SEC 86400

bool rotation_is_left_alone(const struct identity_file *file)
{
	return file->written_sec < (int64_t)time(NULL) - WATCHED_SEC;
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

/* "lines between … and … could not be read: " for the reason to be added. */
static void begin_gap(struct rotation *self)
{
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	const struct rotation_part *first = first_in_order(self);
	int64_t from_sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec, to_sec;
	bool has_to = first && seek_begin_time(&to_sec, first->file.stream, &self->options) > 0;
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

/* --- parts --- */

/* FILE is owned by the part from then on. */
static struct rotation_part *add_part(struct rotation *self, const struct identity_file *file, int64_t start)
{
	struct rotation_part *part = &self->parts[self->count++];
	bool is_packed = stream_is_compressed(file->stream);
	*part = (struct rotation_part){
		.file = *file, .start = start, .end = is_packed ? INT64_MAX : stream_size(file->stream), .gives_end = is_packed,
	};
	return part;
}

static void close_parts(struct rotation *self)
{
	for (size_t i = 0; i < self->count; i++)
		identity_close(&self->parts[i].file);
	self->count = 0;
	strbuf_clear(&self->gap);
}

static void add_links(struct rotation *self, const struct chain_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_part(self, &links[i].file, 0)->gives_end = true;
}

/* Only the file directly before the current one can still get lines. */
static void watch_last_but_one(struct rotation *self)
{
	struct rotation_part *part = self->count < 2 ? NULL : &self->parts[self->count - 2];
	if (!part || part->is_late)
		return;
	part->gives_end = stream_is_compressed(part->file.stream) || rotation_is_left_alone(&part->file);
}

/* Of a file that was found under PATH. A link's target tells the directory. */
static struct sibling_rank rank_of(const char *log, const char *path)
{
	char *target CLEANUP(xalloc_freep) = realpath(log, NULL);
	struct sibling_rank rank = sibling_rank_of(log, path);
	return rank.is_sibling || !target ? rank : sibling_rank_of(target, path);
}

static void init_search(struct chain_search *search, struct rotation *self, struct identity_file *current, const char *cursor)
{
	*search = (struct chain_search){
		.path = self->path, .cursor = cursor, .options = &self->options, .current = current, .notes = &self->gap,
	};
}

/* --- late lines --- */

/* The file before the current one, where it was, or wherever it is now. */
static bool find_before(struct rotation *self, struct identity_file *ret, struct identity_file *current)
{
	const struct log_position *before = &self->before;
	struct chain_search search;
	struct chain_link link;
	int error = before->cursor[0] ? identity_open(ret, before->cursor, O_NOFOLLOW, self->options.deadline, NULL) : -ENOENT;
	bool is_same = error == 0 && ret->device == before->device && ret->inode == before->inode;
	bool is_packed = is_same && stream_is_compressed(ret->stream);
	if (is_same && (is_packed ? identity_has_head(ret, before) : identity_compare(ret, before) == IDENTITY_SAME))
		return true;
	if (error == 0)
		identity_close(ret);
	init_search(&search, self, current, before->cursor);
	if (!chain_find_old(&search, &link, before))
		return false;
	*ret = link.file;
	if (link.rank.is_sibling || strcmp(ret->path, before->cursor) == 0)
		return true;
	identity_close(ret); /* somebody's copy */
	return false;
}

/* IS_LAST_LOOK: the log was rotated again, so this file is not watched any longer. */
static void add_late(struct rotation *self, struct identity_file *current, bool is_last_look)
{
	struct log_position *before = &self->before;
	struct identity_file file;
	if (!before->is_known)
		return;
	before->is_known = find_before(self, &file, current);
	self->has_lost_before = !before->is_known;
	if (self->has_lost_before)
		return;
	self->before_rank = rank_of(self->path, file.path);
	/* By its name, too: a packed file can get the inode that the plain one had. */
	bool is_same = file.device == before->device && file.inode == before->inode && strcmp(file.path, before->cursor) == 0;
	bool is_packed = stream_is_compressed(file.stream);
	bool has_more = is_packed ? !is_same : stream_size(file.stream) > before->offset;
	if (has_more && identity_compare(&file, before) != IDENTITY_OTHER) {
		struct rotation_part *part = add_part(self, &file, before->offset);
		part->is_late = true;
		part->gives_end = is_last_look || is_packed || rotation_is_left_alone(&file);
	} else {
		identity_close(&file);
		before->is_known = !has_more;
	}
}

/* --- what is to be read --- */

/* The log's path holds the file that was read last. */
static void plan_going_on(struct rotation *self, struct identity_file *current)
{
	self->is_going_on = true;
	add_late(self, current, false);
	add_part(self, current, self->old.offset);
}

/* From when on files whose names don't tell must begin. */
static void bound_times(struct rotation *self, struct chain_search *search)
{
	search->after_sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec;
	if (search->old && !stream_is_compressed(search->old->file.stream)) {
		struct stream *stream = search->old->file.stream;
		if (search->after_sec == 0)
			search->after_sec = search->old->file.written_sec; /* it stayed empty: what was logged later is younger */
		(void)seek_last_time(&search->after_sec, stream, stream_size(stream), &self->options);
	}
	if (search->after_sec == 0)
		search->after_sec = INT64_MAX; /* nothing to go by: none can be told from what was read */
}

/* CURRENT (may be NULL) becomes the last part, or is closed. Rotation creates the new file before the daemon leaves the old
 * one: while the new one is empty, the old one is still the log. */
static void add_current(struct rotation *self, struct identity_file *current, bool has_older)
{
	struct rotation_part *last = has_older ? &self->parts[self->count - 1] : NULL;
	bool is_used = current && (!has_older || stream_is_compressed(current->stream) || stream_size(current->stream) > 0);
	if (is_used) {
		add_part(self, current, 0);
		watch_last_but_one(self);
		return;
	}
	if (current)
		identity_close(current);
	if (last)
		last->gives_end = stream_is_compressed(last->file.stream);
}

/* An inode's number alone may be another file's by now. It is all there is of a file that was empty, so it counts only at the same
 * PATH, or where neither the file before it nor the time tells more. */
static bool has_identity(const struct rotation *self, const char *path)
{
	return self->old.offset > 0 || strcmp(path, self->old.cursor) == 0
		|| (!self->before.is_known && self->old.read_sec == 0);
}

/* Was LINK the empty file? Its name tells, if that is one that stays; else the inode does, which is all that is known of it. */
static bool was_empty(const struct rotation *self, const struct chain_link *link)
{
	struct sibling_rank rank = rank_of(self->path, self->old.cursor);
	if (rank.is_sibling && rank.is_dated)
		return link->rank.is_dated && sibling_compare(&link->rank, &rank) == 0;
	return link->file.device == self->old.device && link->file.inode == self->old.inode;
}

/* Rotated files are deleted oldest first: while the one before the empty file is there, all after it are. Else the empty one
 * must be there, which only the names before it could be older than. */
static bool is_all_there(struct chain_search *search, const struct rotation *self, const struct chain_link *links, size_t found)
{
	struct chain_link old;
	if (search->is_rank_read || (found && was_empty(self, &links[0])))
		return true;
	if (found || !chain_find_old(search, &old, &self->old))
		return false;
	identity_close(&old.file);
	return true;
}

/* The name of the old file's place among the others. Where a link led to it, it may be the log of a dated directory. */
static struct sibling_rank old_rank(const struct rotation *self, const struct chain_link *old)
{
	return old->rank.is_sibling || chain_is_beside(old->file.path, self->path) ? old->rank : sibling_rank_of_log(old->file.path);
}

/* By which names the files after what was read are known: those after the old file, or after the one before it. Where a link
 * points at dated files, the name of an old one that can't be found tells, too. */
static void rank_by_name(struct rotation *self, struct chain_search *search)
{
	struct sibling_rank cursor_rank = rank_of(self->path, self->old.cursor);
	search->is_rank_read = search->old || self->before.is_known;
	if (search->old)
		search->read_rank = old_rank(self, search->old);
	else if (self->before.is_known)
		search->read_rank = self->before_rank;
	else if (cursor_rank.is_dated && self->old.offset == 0)
		search->read_rank = cursor_rank;
}

/* CURRENT (NULL: nothing is at the path now) is not the file that was read last. It becomes a part, or is closed. > 0: parts
 * were found; 0: nothing is there to read; -EAGAIN: the files moved meanwhile. */
static int plan_rotated(struct rotation *self, struct identity_file *current)
{
	struct chain_link *links CLEANUP(chain_links_freep) = xalloc_zero(CHAIN_MAX, sizeof *links);
	struct chain_link old;
	struct chain_search search;
	add_late(self, current, true);
	init_search(&search, self, current, self->old.cursor);
	search.late = self->count ? &self->parts[0].file : NULL;
	bool is_found = chain_find_old(&search, &old, &self->old);
	if (is_found && !has_identity(self, old.file.path)) {
		identity_close(&old.file);
		is_found = false;
	}
	search.old = is_found ? &old : NULL;
	rank_by_name(self, &search);
	bound_times(self, &search);
	size_t count = chain_find_newer(&search, links);
	bool is_steady = !search.has_vanished && chain_is_steady(links, count) && (!is_found || chain_is_steady(&old, 1));

	if (is_found)
		add_part(self, &old.file, self->old.offset)->gives_end = true;
	add_links(self, links, count);
	add_current(self, current, is_found || count);
	if (!is_found && (current || count) && (self->old.offset > 0 || !is_all_there(&search, self, links, count)))
		note_gap(self, current, search.is_unreadable);
	return is_steady ? is_found || count || current : -EAGAIN;
}

/* The last run left an empty file. It is there, but lines may have come and gone since (copied and truncated), so what was
 * rotated after the file before it is looked for. */
static int plan_from_empty(struct rotation *self, struct identity_file *current)
{
	struct chain_link *links CLEANUP(chain_links_freep) = xalloc_zero(CHAIN_MAX, sizeof *links);
	struct chain_search search;
	add_late(self, current, false);
	init_search(&search, self, current, self->before.cursor);
	search.late = self->count ? &self->parts[0].file : NULL;
	rank_by_name(self, &search);
	bound_times(self, &search);
	size_t count = chain_find_newer(&search, links);
	add_links(self, links, count);
	add_current(self, current, count > 0);
	if (self->has_lost_before || (count && !search.is_rank_read))
		note_gap(self, current, false);
	self->is_going_on = !count;
	return search.has_vanished || !chain_is_steady(links, count) ? -EAGAIN : 0;
}

/* Never read: the window is searched for in the file, and in the ones before it if it doesn't reach back so far. */
static int plan_cold(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	int64_t since_sec = self->options.cold_start_sec, first_sec = INT64_MAX, start = 0;
	int error = refusal_examine(self->path, current, &self->options, why);
	if (error < 0)
		return error;
	(void)seek_begin_time(&first_sec, current->stream, &self->options);
	if (first_sec > since_sec) {
		struct chain_link *links CLEANUP(chain_links_freep) = xalloc_zero(CHAIN_MAX, sizeof *links);
		struct chain_search search;
		init_search(&search, self, current, "");
		size_t count = chain_find_since(&search, links, since_sec);
		add_links(self, links, count);
		if (search.has_vanished || !chain_is_steady(links, count))
			return -EAGAIN;
	}
	add_part(self, current, 0);
	watch_last_but_one(self);
	for (size_t i = 0; i < self->count && error == 0; i++) {
		struct stream *stream = self->parts[i].file.stream;
		error = seek_cold_start(&start, stream, self->parts[i].end, &self->options);
		self->parts[i].start = start;
	}
	current->stream = NULL; /* it is a part's now */
	return error < 0 ? refusal_read(self->path, error, why) : 0;
}

/* What is at the log's path. Where a link leads to is kept, since it may lead elsewhere next time: it must be the file that was
 * opened, or a link was moved meanwhile. */
static int open_current(struct rotation *self, struct identity_file *ret, struct strbuf *why)
{
	struct stat status;
	int error = identity_open(ret, self->path, 0, self->options.deadline, why);
	if (error < 0 || lstat(self->path, &status) < 0 || !S_ISLNK(status.st_mode))
		return error;
	char *target CLEANUP(xalloc_freep) = realpath(self->path, NULL);
	if (!target || stat(target, &status) < 0 || (uint64_t)status.st_ino != ret->inode || (uint64_t)status.st_dev != ret->device) {
		identity_close(ret);
		return -EAGAIN;
	}
	char *path = ret->path;
	ret->path = target;
	target = path;
	return 0;
}

static int plan(struct rotation *self, struct strbuf *why)
{
	struct identity_file current;
	int error = open_current(self, &current, why);
	if (error == -EAGAIN)
		return error;
	if (error == -ENOENT && self->old.is_known) {
		int found = plan_rotated(self, NULL);
		if (found)
			return found < 0 ? found : 0;
	}
	if (error < 0)
		return refusal_open(self->path, error, why);
	if (!self->old.is_known) {
		error = plan_cold(self, &current, why);
		if (error < 0 && current.stream)
			identity_close(&current);
		return error;
	}
	if (identity_compare(&current, &self->old) == IDENTITY_OTHER) {
		int found = plan_rotated(self, &current);
		return found < 0 ? found : 0;
	}
	if (self->old.offset == 0)
		return plan_from_empty(self, &current);
	plan_going_on(self, &current);
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
