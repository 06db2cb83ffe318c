/* plan.c - what of which files is to be read; see plan.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/gap.h"
#include "plugin/source/late.h"
#include "plugin/source/nearby.h"
#include "plugin/source/parts.h"
#include "plugin/source/plan.h"
#include "plugin/source/refusal.h"
#include "plugin/source/seek.h"

/* What an unfinished line at the end of FILE is, which was rotated. A log that keeps its inode is
 * copied and truncated. */
static enum rotation_end end_of_rotated(const struct rotation *self,
                                        const struct identity_file *current,
                                        const struct identity_file *file)
{
	bool is_copy = current && identity_is_inode(current, &self->old) &&
		identity_is_copied(current, file);
	return is_copy ? END_IS_TORN : END_IS_LINE;
}

/* The log's path holds the file that was read last. CURRENT is a part's then, or still the caller's
 * after an error. */
static int plan_going_on(struct rotation *self, const struct identity_file *current,
                         struct strbuf *why)
{
	self->is_going_on = true;
	int error = late_add(self, current, false, why);
	if (error == 0)
		parts_add_rest(self, current, &self->old);
	return error;
}

/* From when on files whose names don't tell must begin. 0; or -errno with WHY. */
static int bound_times(struct rotation *self, struct chain_search *search, struct strbuf *why)
{
	search->after_sec = self->old.read_sec ? self->old.read_sec : self->old.newest_sec;
	if (search->old && !stream_is_compressed(search->old->file.stream)) {
		struct stream *stream = search->old->file.stream;
		if (search->after_sec == 0)
			search->after_sec = search->old->file.written_ns /
				1000000000; /* it stayed empty: what was logged later is younger */
		int result = seek_last_time(&search->after_sec, stream, stream_size(stream),
		                            &self->options);
		if (result < 0)
			return refusal_read(search->old->file.path, result, why);
	}
	if (search->after_sec == 0)
		search->after_sec =
			INT64_MAX; /* nothing to go by: none can be told from what was read */
	return 0;
}

/* CURRENT (may be NULL) becomes the last part, or is closed. Rotation creates the new file before
 * the daemon leaves the old one: while the new one is empty, the old one is still the log. */
static void add_current(struct rotation *self, struct identity_file *current, bool has_older)
{
	struct rotation_part *last = has_older ? &self->parts[self->count - 1] : NULL;
	bool is_used = current &&
		(!has_older || stream_is_compressed(current->stream) ||
	         stream_size(current->stream) > 0);
	if (is_used) {
		bool is_copied = has_older && last->at_end == END_IS_TORN;
		parts_add(self, current, 0);
		if (!is_copied)
			parts_watch_last_but_one(self);
		return;
	}
	if (current)
		identity_close(current);
	if (last && last->at_end != END_IS_TORN)
		last->at_end = stream_is_compressed(last->file.stream) ? END_IS_LINE : END_WAITS;
}

/* An inode's number alone may be another file's by now. It is all there is of a file that was
 * empty, so it counts only at the same PATH, or where neither the file before it nor the time tells
 * more. */
static bool has_identity(const struct rotation *self, const char *path)
{
	return identity_is_of_bytes(&self->old) || strcmp(path, self->old.path) == 0 ||
		(!self->before.is_known && self->old.read_sec == 0);
}

/* Was LINK the empty file? Its name tells, if that is one that stays; else the inode does, which is
 * all that is known of it. */
static bool was_empty(const struct rotation *self, const struct nearby *nearby,
                      const struct chain_link *link)
{
	struct sibling_rank rank = nearby_rank(nearby, self->old.path);
	if (rank.is_sibling && rank.is_dated)
		return link->rank.is_dated && sibling_compare(&link->rank, &rank) == 0;
	return identity_is_inode(&link->file, &self->old);
}

/* Rotated files are deleted oldest first: while the one before the empty file is there, all after
 * it are. Else the empty one must be there, which only the names before it could be older than. 1;
 * 0; -errno with WHY. */
static int is_all_there(struct chain_search *search, const struct rotation *self,
                        const struct chain_link *links, size_t found, struct strbuf *why)
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

/* By which names the files after what was read are known: those after the old file, or after the
 * one before it. Where a link points at dated files, the name of an old one that can't be found
 * tells, too. */
static void rank_by_name(const struct rotation *self, struct chain_search *search)
{
	struct sibling_rank last_rank = nearby_rank(search->nearby, self->old.path);
	search->is_rank_read = search->old || self->before.is_known;
	if (search->old)
		search->read_rank = search->old->rank;
	else if (self->before.is_known)
		search->read_rank = self->before_rank;
	else if (last_rank.is_dated && !identity_is_of_bytes(&self->old))
		search->read_rank = last_rank;
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

/* The old file and those that came after it. 0; or -errno with WHY (-EAGAIN: they moved
 * meanwhile). */
static int find_rotated(struct rotation *self, struct chain_search *search, struct rotated *ret,
                        struct strbuf *why)
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
	bool is_steady = !search->has_vanished && chain_is_steady(ret->links, ret->count) &&
		(!ret->has_old || chain_is_steady(&ret->old, 1));
	return is_steady ? result : -EAGAIN;
}

/* What was found becomes parts. CURRENT tells of what kind the rotation was, if it isn't NULL. */
static void take_rotated(struct rotation *self, struct rotated *found,
                         const struct identity_file *current)
{
	const struct chain_link *old = &found->old;
	if (found->has_old && old->is_prefix)
		identity_close(&found->old.file);
	else if (found->has_old)
		parts_add_rest(self, &old->file, &self->old)->at_end = end_of_rotated(self, current,
		                                                                      &old->file);
	for (size_t i = 0; i < found->count; i++)
		parts_add(self, &found->links[i].file, 0)
			->at_end = end_of_rotated(self, current, &found->links[i].file);
	found->has_old = false;
	found->count = 0;
}

/* CURRENT (NULL: nothing is at the path now) is not the file that was read last. 1: parts were
 * found, and it is one or closed; 0: nothing is there to read; -errno with WHY (-EAGAIN: the files
 * moved meanwhile), and it is still the caller's. */
static int plan_rotated(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	struct rotated found CLEANUP(
		release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = late_add(self, current, true, why);
	if (result == 0)
		result = nearby_init(&nearby, self->path, &self->old, &self->options, why);
	if (result < 0)
		return result;
	rotation_init_search(self, &search, &nearby, current);
	result = find_rotated(self, &search, &found, why);
	if (result < 0)
		return result;
	bool has_old = found.has_old,
	     has_rotated = (has_old && !found.old.is_prefix) || found.count;
	bool has_any = has_rotated || current;
	int is_whole = has_old || !has_any ? 1
		: identity_is_of_bytes(&self->old)
		? 0
		: is_all_there(&search, self, found.links, found.count, why);
	if (is_whole < 0)
		return is_whole;
	take_rotated(self, &found, current);
	add_current(self, current, has_rotated);
	if (!is_whole)
		gap_note(self, current, &nearby);
	return has_any;
}

/* The last run left an empty file. It is there, but lines may have come and gone since (copied and
 * truncated), so what was rotated after the file before it is looked for. Answers as
 * plan_going_on(). */
static int plan_from_empty(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	struct rotated found CLEANUP(
		release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = late_add(self, current, false, why);
	if (result == 0)
		result = nearby_init(&nearby, self->path, &self->before, &self->options, why);
	if (result < 0)
		return result;
	rotation_init_search(self, &search, &nearby, current);
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
	/* They are copies, as the log kept its inode; but not where a link leads from one file to
	 * the next. */
	take_rotated(self, &found, nearby.target ? NULL : current);
	add_current(self, current, has_links);
	if (self->has_lost_before || (has_links && !search.is_rank_read))
		gap_note(self, current, NULL);
	self->is_going_on = !has_links;
	return 0;
}

/* The rotated files that reach into the window become parts. 0; or -errno with WHY. */
static int add_since(struct rotation *self, const struct identity_file *current, int64_t since_sec,
                     struct strbuf *why)
{
	struct rotated found CLEANUP(
		release_rotated) = { .links = xalloc_zero(CHAIN_MAX, sizeof *found.links) };
	struct nearby nearby CLEANUP(nearby_release) = { 0 };
	struct chain_search search;
	int result = nearby_init(&nearby, self->path, NULL, &self->options, why);
	if (result < 0)
		return result;
	rotation_init_search(self, &search, &nearby, current);
	result = chain_find_since(&search, found.links, since_sec, &found.count, why);
	if (search.has_vanished || !chain_is_steady(found.links, found.count))
		return -EAGAIN;
	if (result < 0)
		return result;
	take_rotated(self, &found, NULL);
	for (size_t i = 0; i < self->count; i++)
		if (!current || identity_is_copied(current, &self->parts[i].file))
			self->parts[i].at_end = END_IS_TORN;
	return 0;
}

/* Where the window begins in PART. 0; or -errno. */
static int seek_start(struct rotation_part *part, const struct source_options *options)
{
	char tail[FILE_HASHED_BYTES];
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

/* CURRENT becomes the last part; where there is none, the newest of the others is what may still be
 * written. */
static void add_last(struct rotation *self, struct identity_file *current)
{
	struct rotation_part *last = self->count ? &self->parts[self->count - 1] : NULL;
	if (current) {
		parts_add(self, current, 0);
		current->stream = NULL; /* it is the part's now */
	} else if (!stream_is_compressed(last->file.stream)) {
		last->at_end = END_WAITS;
	}
	parts_watch_last_but_one(self);
}

/* Never read: the window is searched for in the file, and in the ones before it if it doesn't reach
 * back so far. CURRENT is NULL where nothing is at the path: then in those alone. Answers as
 * plan_going_on(). */
static int plan_cold(struct rotation *self, struct identity_file *current, struct strbuf *why)
{
	int64_t since_sec = self->options.cold_start_sec, first_sec = INT64_MAX;
	int error = current ? refusal_examine(self->path, current, &self->options, why) : 0;
	if (error < 0)
		return error;
	int result = current ? seek_start_time(&first_sec, current->stream, &self->options) : 0;
	if (result < 0)
		return refusal_read(self->path, result, why);
	if (first_sec > since_sec)
		error = add_since(self, current, since_sec, why);
	if (error == 0 && !current && !self->count)
		error = refusal_open(self->path, -ENOENT, why);
	if (error < 0)
		return error;
	add_last(self, current);
	for (size_t i = 0; i < self->count && error == 0; i++) {
		error = seek_start(&self->parts[i], &self->options);
		if (error < 0 && error != -EAGAIN)
			error = refusal_read(self->parts[i].file.path, error, why);
	}
	return error;
}

static int cannot_follow(const char *path, int error, struct strbuf *why)
{
	return strbuf_fail(why, error, "where the link %s leads to can't be told: %s", path,
	                   strerror(-error));
}

/* What is at the log's path. Where a link leads to is kept, since it may lead elsewhere next time:
 * it must be the file that was opened, or a link was moved meanwhile. */
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
	else if (error == 0 &&
	         ((uint64_t)status.st_ino != ret->inode || (uint64_t)status.st_dev != ret->device))
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
	if (match < IDENTITY_COPY)
		return plan_rotated(self, current, why);
	return identity_is_of_bytes(&self->old) ? plan_going_on(self, current, why)
						: plan_from_empty(self, current, why);
}

int plan_parts(struct rotation *self, struct strbuf *why)
{
	struct identity_file current = { 0 };
	int error = open_current(self, &current, why);
	if (error == -ENOENT && self->old.is_known) {
		int found = plan_rotated(self, NULL, why);
		if (found)
			return found < 0 ? found : 0;
	}
	if (error == -ENOENT && !self->old.is_known && self->options.is_absent)
		return plan_cold(self, NULL, why);
	if (error < 0)
		return error == -EAGAIN ? error : refusal_open(self->path, error, why);
	error = plan_current(self, &current, why);
	if (error < 0 && current.stream)
		identity_close(&current);
	return error < 0 ? error : 0;
}
