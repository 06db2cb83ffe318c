/* chain.c - the rotated files of a log; see chain.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/chain.h"
#include "plugin/source/seek.h"

#define DAY_SEC 86400

/* --- files --- */

static int cannot_read(const char *path, int error, struct strbuf *why)
{
	const char *reason = error == -ETIMEDOUT
		? "the time was not enough to unpack it (see --timeout)"
		: strerror(-error);
	return strbuf_fail(why, error,
	                   "%s, which may hold lines that were not read yet, can't be read: %s; "
	                   "nothing of the log is read before it can",
	                   path, reason);
}

/* Asks first, because opening a device can do things, and links are followed elsewhere. 1; 0: it
 * isn't one; -errno. */
static int is_regular(struct chain_search *search, const char *path, struct stat *status)
{
	if (lstat(path, status) == 0)
		return S_ISREG(status->st_mode);
	search->has_vanished = search->has_vanished || errno == ENOENT;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}

static bool is_file(const struct stat *status, const struct identity_file *file)
{
	return file && (uint64_t)status->st_dev == file->device &&
		(uint64_t)status->st_ino == file->inode;
}

static bool is_inode(const struct stat *status, const struct file_position *position)
{
	return (uint64_t)status->st_dev == position->device &&
		(uint64_t)status->st_ino == position->inode;
}

/* 1 with RET; 0: it is no file any more; -ENOTSUP or -errno. */
static int open_link(struct chain_search *search, struct chain_link *ret,
                     const struct nearby_file *file)
{
	*ret = (struct chain_link){ .rank = file->rank };
	int error = identity_open(&ret->file, file->path, O_NOFOLLOW, search->options->deadline,
	                          NULL);
	bool is_gone = error == -ENOENT || error == -EAGAIN;
	search->has_vanished = search->has_vanished || is_gone;
	return error == 0                                                            ? 1
		: is_gone || error == -ELOOP || error == -EISDIR || error == -EINVAL ? 0
										     : error;
}

void chain_close_links(struct chain_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		identity_close(&links[i].file);
}

bool chain_is_steady(const struct chain_link *links, size_t count)
{
	struct stat status;
	for (size_t i = 0; i < count; i++)
		if (lstat(links[i].file.path, &status) < 0 || !is_file(&status, &links[i].file))
			return false;
	return true;
}

/* --- the old file --- */

/* A copy that someone made can have the old file's number, if that was deleted: names of the log
 * come first. Unpacking costs: what was written last long before our last line is tried only when
 * nothing else is it. */
enum old_pass {
	BY_INODE,
	BY_BYTES,
	BY_INODE_ELSEWHERE,
	BY_COMPRESSED_BYTES,
	BY_OLD_COMPRESSED_BYTES,
	BY_PREFIX,
	OLD_PASSES
};

struct old_search {
	struct chain_search *search;
	const struct file_position *position;
	enum old_pass pass;
	/* the file of the position was: a copy of it may lack what was written after it was made */
	bool is_truncated;
	bool is_aside; /* looks into the directories in the log's own */
	int error;     /* of the first file that couldn't be read */
	struct strbuf *why;
};

static bool is_candidate(const struct old_search *old, const struct nearby_file *file,
                         const struct stat *status)
{
	bool is_same_inode = is_inode(status, old->position);
	bool is_fresh = (int64_t)status->st_mtime >= old->position->read_sec - DAY_SEC;
	bool is_named = file->rank.is_sibling ||
		strcmp(file->path, old->search->nearby->last_path) == 0;
	switch (old->pass) {
	case BY_INODE: return is_same_inode && is_named;
	case BY_INODE_ELSEWHERE: return is_same_inode && !is_named;
	case BY_BYTES: return is_named && !file->rank.is_compressed;
	case BY_PREFIX: return file->rank.is_sibling && old->is_truncated && is_fresh;
	case BY_COMPRESSED_BYTES:
		return file->rank.is_sibling && file->rank.is_compressed && is_fresh;
	default: return file->rank.is_sibling && file->rank.is_compressed && !is_fresh;
	}
}

/* That it can't be told of one file matters if no other one is it. */
static int note_error(struct old_search *old, const char *path, int error)
{
	bool is_by_inode = old->pass == BY_INODE || old->pass == BY_INODE_ELSEWHERE;
	if (!old->error)
		old->error = cannot_read(path, error, old->why);
	return is_by_inode ? error : 0;
}

static void note_doubt(struct chain_search *search, const char *path, const char *reason)
{
	if (search->doubt && search->doubt->length == 0)
		strbuf_add_format(search->doubt, "%s may be it, but %s", path, reason);
}

/* 1 with RET: it is FILE; 0: it isn't; -errno. */
static int try_old(struct old_search *old, struct chain_link *ret, const struct nearby_file *file)
{
	bool is_by_inode = old->pass == BY_INODE || old->pass == BY_INODE_ELSEWHERE;
	struct stat status;
	int result = is_regular(old->search, file->path, &status);
	if (result < 0)
		return note_error(old, file->path, result);
	if (result == 0 || is_file(&status, old->search->current) ||
	    !is_candidate(old, file, &status))
		return 0;
	result = open_link(old->search, ret, file);
	if (result == -ENOTSUP)
		note_doubt(old->search, file->path,
		           "it is compressed, and libarchive is not there");
	if (result <= 0)
		return result < 0 && result != -ENOTSUP ? note_error(old, file->path, result) : 0;
	int match = identity_compare(&ret->file, old->position);
	enum identity_match least = is_by_inode ? IDENTITY_SAME
		: old->pass == BY_PREFIX        ? IDENTITY_PREFIX
						: IDENTITY_COPY;
	ret->is_prefix = match == IDENTITY_PREFIX;
	if (match >= (int)least)
		return 1;
	if (match >= 0 && file->rank.is_compressed &&
	    (ret->file.is_damaged || identity_has_head(&ret->file, old->position)))
		note_doubt(old->search, file->path, "it is damaged or cut off");
	identity_close(&ret->file);
	return match < 0 ? note_error(old, file->path, match) : 0;
}

static int find_old(struct old_search *old, struct chain_link *ret)
{
	const struct nearby *nearby = old->search->nearby;
	int result = 0;
	for (old->pass = BY_INODE; old->pass < OLD_PASSES && result == 0; old->pass++)
		for (size_t i = 0; i < nearby->count && result == 0; i++)
			if (nearby->files[i].is_aside == old->is_aside)
				result = try_old(old, ret, &nearby->files[i]);
	return result;
}

int chain_find_old(struct chain_search *search, struct chain_link *ret,
                   const struct file_position *position, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct old_search old = {
		.search = search,
		.position = position,
		.why = &reason,
		.is_truncated = search->current && identity_is_inode(search->current, position),
	};
	int result = nearby_list(search->nearby, why);
	if (result < 0)
		return result;
	result = find_old(&old, ret);
	/* An empty file is known by its inode only, which isn't enough in other places. */
	if (result == 0 && identity_is_of_bytes(position)) {
		result = nearby_list_aside(search->nearby, why);
		if (result < 0)
			return result;
		old.is_aside = true;
		result = find_old(&old, ret);
	}
	if (result == 0)
		result = old.error;
	return result < 0 ? strbuf_fail(why, result, "%s", strbuf_text(&reason)) : result;
}

/* --- the newer ones --- */

struct link_search {
	struct chain_search *search;
	struct chain_link *links;
	size_t count;
	int64_t since_sec;
	bool is_since; /* looks for all since SINCE_SEC, and not for those after the old one */
	bool has_dropped;
	struct strbuf *why;
};

/* Names of one kind tell the order, whatever the clocks did; else the first lines do. */
static bool is_older(const struct chain_link *a, const struct chain_link *b)
{
	int order = sibling_is_comparable(&a->rank, &b->rank) ? sibling_compare(&a->rank, &b->rank)
							      : 0;
	return order ? order < 0 : a->first_sec < b->first_sec;
}

static void insert(struct link_search *links, struct chain_link *link)
{
	size_t at = links->count;
	if (links->count == CHAIN_MAX) {
		links->has_dropped = true;
		if (is_older(link, &links->links[0])) {
			identity_close(&link->file);
			return;
		}
		identity_close(&links->links[0].file);
		memmove(links->links, links->links + 1, (CHAIN_MAX - 1) * sizeof *links->links);
		at = --links->count;
	}
	for (; at > 0 && is_older(link, &links->links[at - 1]); at--)
		links->links[at] = links->links[at - 1];
	links->links[at] = *link;
	links->count++;
}

static bool is_known(const struct link_search *links, const struct stat *status)
{
	const struct chain_search *search = links->search;
	bool is_found = is_file(status, search->current) || is_file(status, search->late) ||
		(search->old && is_file(status, &search->old->file));
	for (size_t i = 0; i < links->count && !is_found; i++)
		is_found = is_file(status, &links->links[i].file);
	return is_found;
}

/* The same file again, compressed or half-compressed or copied: the plain one is kept. True if LINK
 * was taken care of. */
static bool is_double(struct link_search *links, struct chain_link *link)
{
	struct chain_search *search = links->search;
	bool is_double = (search->current &&
	                  identity_has_same_head(&link->file, search->current)) ||
		(search->late && identity_has_same_head(&link->file, search->late)) ||
		(search->old && identity_has_same_head(&link->file, &search->old->file));
	for (size_t i = 0; i < links->count && !is_double; i++) {
		if (!identity_has_same_head(&link->file, &links->links[i].file))
			continue;
		if (links->links[i].rank.is_compressed && !link->rank.is_compressed) {
			struct chain_link compressed = links->links[i];
			links->links[i] = *link;
			*link = compressed;
		}
		is_double = true;
	}
	if (is_double)
		identity_close(&link->file);
	return is_double;
}

/* By its name alone: 1 it is newer than what was read, -1 it isn't, 0 the name doesn't tell. */
static int name_tells(const struct chain_search *search, const struct sibling_rank *rank)
{
	if (!sibling_is_comparable(&search->read_rank, rank))
		return 0;
	int order = sibling_compare(rank, &search->read_rank);
	return order > 0 || (order == 0 && !search->is_rank_read) ? 1 : -1;
}

/* 1; 0; or -errno. */
static int is_wanted(const struct link_search *links, const struct chain_link *link)
{
	const struct chain_search *search = links->search;
	struct stream *stream = link->file.stream;
	int64_t last_sec;
	if (!links->is_since)
		return name_tells(search, &link->rank) > 0 || link->first_sec >= search->after_sec;
	if (stream_is_compressed(stream))
		return 1;
	int result = seek_last_time(&last_sec, stream, stream_size(stream), search->options);
	return result < 0 ? result : result == 0 || last_sec >= links->since_sec;
}

/* Was FILE written last well before what is looked for? Times may be wrong by a day. */
static bool is_long_ago(const struct link_search *links, const struct stat *status)
{
	int64_t since_sec = links->is_since ? links->since_sec : links->search->after_sec;
	return since_sec > INT64_MIN + DAY_SEC && (int64_t)status->st_mtime < since_sec - DAY_SEC;
}

/* Before it is opened: is it worth it? */
static bool may_be_wanted(const struct link_search *links, const struct sibling_rank *rank,
                          const struct stat *status)
{
	if (!links->is_since)
		return name_tells(links->search, rank) >= 0;
	return links->since_sec == INT64_MIN || !rank->is_compressed || !is_long_ago(links, status);
}

static void note_unreadable(struct chain_search *search, const char *path, const char *reason)
{
	if (search->notes->length)
		strbuf_add_char(search->notes, '\n');
	strbuf_add_format(search->notes, "lines of %s could not be read: %s", path, reason);
	++*search->gaps;
}

/* FILE can't be read. If it may be left out, that is no failure. STATUS is NULL where even that
 * isn't known. */
static int refuse(struct link_search *links, const struct nearby_file *file,
                  const struct stat *status, int error)
{
	bool is_named = name_tells(links->search, &file->rank) > 0;
	bool may_be_left_out = !is_named && status && is_long_ago(links, status);
	if (error == -ENOTSUP || error == -EBADMSG) {
		if (is_named || error == -ENOTSUP)
			note_unreadable(links->search, file->path,
			                error == -EBADMSG
			                        ? "it is damaged"
			                        : "it is compressed, and libarchive is not there");
		return 0;
	}
	return may_be_left_out ? 0 : cannot_read(file->path, error, links->why);
}

/* LINK is one that may be read: is it, and where does it belong? */
static int take_link(struct link_search *links, struct chain_link *link,
                     const struct nearby_file *file, const struct stat *status)
{
	if (is_double(links, link))
		return 0;
	int result = seek_start_time(&link->first_sec, link->file.stream, links->search->options);
	if (result > 0)
		result = is_wanted(links, link);
	if (result > 0) {
		insert(links, link);
		return 0;
	}
	identity_close(&link->file);
	return result < 0 ? refuse(links, file, status, result) : 0;
}

static int consider_link(struct link_search *links, const struct nearby_file *file);

/* While a file is being compressed both are there, and until the end the plain one holds more. It
 * may not have been among the entries of the directory yet, so it is considered in place of the
 * compressed one. 1: it was. */
static int consider_plain_twin(struct link_search *links, const struct nearby_file *file)
{
	struct stat status;
	const char *ending = strrchr(file->path, '.');
	char *path CLEANUP(xalloc_freep) = file->rank.is_compressed
		? xalloc_copy(file->path, (size_t)(ending - file->path))
		: NULL;
	struct nearby_file plain = { .path = path, .rank = file->rank };
	if (!path)
		return 0;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : refuse(links, file, NULL, -errno);
	if (!S_ISREG(status.st_mode))
		return 0;
	plain.rank.is_compressed = false;
	int result = consider_link(links, &plain);
	return result < 0 ? result : 1;
}

static int consider_link(struct link_search *links, const struct nearby_file *file)
{
	struct chain_link link;
	struct stat status;
	if (!file->rank.is_sibling)
		return 0;
	int result = is_regular(links->search, file->path, &status);
	if (result < 0)
		return refuse(links, file, NULL, result);
	if (result == 0 || is_known(links, &status) || !may_be_wanted(links, &file->rank, &status))
		return 0;
	result = consider_plain_twin(links, file);
	if (result)
		return result < 0 ? result : 0;
	result = open_link(links->search, &link, file);
	if (result > 0)
		return take_link(links, &link, file, &status);
	return result < 0 ? refuse(links, file, &status, result) : 0;
}

/* Files aside count where the old one is among them; at a first run, if they can be no other log's.
 * 1; 0; -errno. */
static int is_in_reach(const struct link_search *links, const struct nearby_file *file)
{
	const struct chain_search *search = links->search;
	if (!file->is_aside)
		return 1;
	if (links->is_since)
		return nearby_is_olddir(search->nearby, file, links->why);
	return search->old && nearby_is_beside(file->path, search->old->file.path);
}

static void note_left_out(struct link_search *links)
{
	const struct nearby *nearby = links->search->nearby;
	struct strbuf *notes = links->search->notes;
	if (links->has_dropped)
		strbuf_add_format(notes,
		                  "%s%s has more than %d rotated files that were not read: the "
		                  "oldest are left out",
		                  notes->length ? "\n" : "", nearby->path, CHAIN_MAX);
	if (nearby->is_cut)
		strbuf_add_format(notes,
		                  "%s%s has more rotated files than can be looked at (%d): some "
		                  "are left out",
		                  notes->length ? "\n" : "", nearby->path, NEARBY_FILES_MAX);
}

static int find_links(struct link_search *links, size_t *ret_count)
{
	const struct nearby *nearby = links->search->nearby;
	int result = nearby_list(links->search->nearby, links->why);
	if (result == 0 && links->is_since)
		result = nearby_list_aside(links->search->nearby, links->why);
	for (size_t i = 0; i < nearby->count && result == 0; i++) {
		result = is_in_reach(links, &nearby->files[i]);
		if (result > 0)
			result = consider_link(links, &nearby->files[i]);
	}
	if (result < 0) {
		chain_close_links(links->links, links->count);
		return result;
	}
	note_left_out(links);
	*ret_count = links->count;
	return 0;
}

int chain_find_newer(struct chain_search *search, struct chain_link *links, size_t *ret_count,
                     struct strbuf *why)
{
	struct link_search newer = { .search = search, .links = links, .why = why };
	return find_links(&newer, ret_count);
}

int chain_find_since(struct chain_search *search, struct chain_link *links, int64_t since_sec,
                     size_t *ret_count, struct strbuf *why)
{
	struct link_search since = { .search = search,
		                     .links = links,
		                     .is_since = true,
		                     .since_sec = since_sec,
		                     .why = why };
	return find_links(&since, ret_count);
}
