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

/* --- where to look --- */

bool chain_is_beside(const char *a, const char *b)
{
	const char *slash = strrchr(a, '/'), *other = strrchr(b, '/');
	size_t length = slash ? (size_t)(slash - a) : 0, other_length = other ? (size_t)(other - b) : 0;
	return length == other_length && memcmp(a, b, length) == 0;
}

/* The log's own directory; where it is a link that of its target; where it was, if a link was moved since. Until VISIT has had
 * enough. */
static void visit_all(const struct chain_search *search, sibling_visit_fn *visit, void *context)
{
	struct stat status;
	bool is_link = lstat(search->path, &status) == 0 && S_ISLNK(status.st_mode);
	char *target CLEANUP(xalloc_freep) = is_link ? realpath(search->path, NULL) : NULL;
	bool is_elsewhere = search->cursor[0] && !chain_is_beside(search->cursor, search->path)
		&& !(target && chain_is_beside(search->cursor, target));
	bool is_wanted = siblings_visit(search->path, visit, context);
	if (is_wanted && target)
		is_wanted = siblings_visit(target, visit, context);
	if (is_wanted && is_elsewhere)
		siblings_visit(search->cursor, visit, context);
}

/* Asks first, because opening a device can do things, and links are followed elsewhere. */
static bool is_regular(const char *path, struct stat *status)
{
	errno = 0;
	return lstat(path, status) == 0 && S_ISREG(status->st_mode);
}

static bool is_file(const struct stat *status, const struct identity_file *file)
{
	return file && (uint64_t)status->st_dev == file->device && (uint64_t)status->st_ino == file->inode;
}

static int open_link(struct chain_search *search, struct chain_link *ret, const char *path, const struct sibling_rank *rank)
{
	*ret = (struct chain_link){ .rank = *rank };
	int error = identity_open(&ret->file, path, O_NOFOLLOW, search->options->deadline, NULL);
	search->has_vanished = search->has_vanished || error == -ENOENT;
	return error;
}

void chain_links_freep(struct chain_link **links)
{
	free(*links);
	*links = NULL;
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

/* A copy that someone made can have the old file's number, if that was deleted: names of the log come first. */
enum old_pass { BY_INODE, BY_BYTES, BY_INODE_ELSEWHERE, BY_PACKED_BYTES, BY_OLD_PACKED_BYTES, OLD_PASSES };

struct old_search {
	struct chain_search *search;
	const struct log_position *position;
	enum old_pass pass;
	struct chain_link *ret;
	bool is_found;
};

/* Unpacking costs: what was written last long before our last line is tried only when nothing else is it. */
static bool is_candidate(const struct old_search *old, const char *path, const struct stat *status,
                         const struct sibling_rank *rank)
{
	bool is_inode = (uint64_t)status->st_dev == old->position->device && (uint64_t)status->st_ino == old->position->inode;
	bool is_fresh = (int64_t)status->st_mtime >= old->position->read_sec - DAY_SEC;
	bool is_named = rank->is_sibling || strcmp(path, old->search->cursor) == 0;
	switch (old->pass) {
	case BY_INODE:
		return is_inode && is_named;
	case BY_INODE_ELSEWHERE:
		return is_inode && !is_named;
	case BY_BYTES:
		return is_named && !rank->is_packed;
	case BY_PACKED_BYTES:
		return rank->is_sibling && rank->is_packed && is_fresh;
	default:
		return rank->is_sibling && rank->is_packed && !is_fresh;
	}
}

static bool visit_old(void *context, const char *path, const struct sibling_rank *rank)
{
	struct old_search *old = context;
	bool is_by_inode = old->pass == BY_INODE || old->pass == BY_INODE_ELSEWHERE;
	struct chain_link link;
	struct stat status;
	if (!is_regular(path, &status)) {
		old->search->has_vanished = old->search->has_vanished || errno == ENOENT;
		return true;
	}
	if (is_file(&status, old->search->current) || !is_candidate(old, path, &status, rank))
		return true;
	int error = open_link(old->search, &link, path, rank);
	if (error < 0) {
		old->search->is_unreadable = old->search->is_unreadable || (is_by_inode && error == -EACCES);
		return true;
	}
	enum identity_match match = identity_compare(&link.file, old->position);
	old->is_found = is_by_inode ? match == IDENTITY_SAME : match != IDENTITY_OTHER;
	if (old->is_found)
		*old->ret = link;
	else
		identity_close(&link.file);
	return !old->is_found;
}

bool chain_find_old(struct chain_search *search, struct chain_link *ret, const struct log_position *position)
{
	struct old_search old = { .search = search, .position = position, .ret = ret };
	for (old.pass = BY_INODE; old.pass < OLD_PASSES && !old.is_found; old.pass++)
		visit_all(search, visit_old, &old);
	return old.is_found;
}

/* --- the newer ones --- */

struct link_search {
	struct chain_search *search;
	struct chain_link *links;
	size_t count;
	int64_t since_sec;
	bool is_since;      /* looks for all since SINCE_SEC, and not for those after the old one */
	bool has_dropped;
};

/* Names of one kind tell the order, whatever the clocks did; else the first lines do. */
static bool is_older(const struct chain_link *a, const struct chain_link *b)
{
	int order = sibling_is_comparable(&a->rank, &b->rank) ? sibling_compare(&a->rank, &b->rank) : 0;
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
	bool is_found = is_file(status, search->current) || is_file(status, search->late)
		|| (search->old && is_file(status, &search->old->file));
	for (size_t i = 0; i < links->count && !is_found; i++)
		is_found = is_file(status, &links->links[i].file);
	return is_found;
}

/* The same file again, packed or half-packed or copied: the plain one is kept. True if LINK was taken care of. */
static bool is_double(struct link_search *links, struct chain_link *link)
{
	struct chain_search *search = links->search;
	bool is_double = (search->current && identity_has_same_head(&link->file, search->current))
		|| (search->late && identity_has_same_head(&link->file, search->late))
		|| (search->old && identity_has_same_head(&link->file, &search->old->file));
	for (size_t i = 0; i < links->count && !is_double; i++) {
		if (!identity_has_same_head(&link->file, &links->links[i].file))
			continue;
		if (links->links[i].rank.is_packed && !link->rank.is_packed) {
			struct chain_link packed = links->links[i];
			links->links[i] = *link;
			*link = packed;
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

static bool is_wanted(const struct link_search *links, const struct chain_link *link)
{
	const struct chain_search *search = links->search;
	int64_t last_sec;
	if (!links->is_since)
		return name_tells(search, &link->rank) > 0
			|| link->first_sec >= search->after_sec;
	if (stream_is_compressed(link->file.stream)
	    || seek_last_time(&last_sec, link->file.stream, stream_size(link->file.stream), search->options) <= 0)
		return true;
	return last_sec >= links->since_sec;
}

/* Before it is opened: is it worth it? */
static bool may_be_wanted(const struct link_search *links, const struct sibling_rank *rank, const struct stat *status)
{
	if (!links->is_since)
		return name_tells(links->search, rank) >= 0;
	return links->since_sec == INT64_MIN || !rank->is_packed || (int64_t)status->st_mtime >= links->since_sec - DAY_SEC;
}

static void note_unreadable(struct chain_search *search, const char *path, const char *reason)
{
	if (search->notes->length)
		strbuf_add_char(search->notes, '\n');
	strbuf_add_format(search->notes, "lines of %s could not be read: %s", path, reason);
}

static bool visit_link(void *context, const char *path, const struct sibling_rank *rank);

/* While a file is being packed both are there, and until the end the plain one holds more. It may not have been among the entries
 * of the directory yet, so it is visited in place of the packed one. */
static bool visit_plain_twin(struct link_search *links, const char *path, const struct sibling_rank *rank)
{
	struct stat status;
	const char *ending = strrchr(path, '.');
	char *plain CLEANUP(xalloc_freep) = rank->is_packed ? xalloc_copy(path, (size_t)(ending - path)) : NULL;
	struct sibling_rank plain_rank = *rank;
	if (!plain || !is_regular(plain, &status))
		return false;
	plain_rank.is_packed = false;
	(void)visit_link(links, plain, &plain_rank);
	return true;
}

/* FILE is one that may be read: is it, and where does it belong? */
static void take_link(struct link_search *links, struct chain_link *link, bool is_named)
{
	struct chain_search *search = links->search;
	if (is_double(links, link))
		return;
	int result = seek_begin_time(&link->first_sec, link->file.stream, search->options);
	if (result > 0 && is_wanted(links, link)) {
		insert(links, link);
		return;
	}
	if (result < 0 && is_named)
		note_unreadable(search, link->file.path, result == -EBADMSG ? "it is damaged" : strerror(-result));
	identity_close(&link->file);
}

static bool visit_link(void *context, const char *path, const struct sibling_rank *rank)
{
	struct link_search *links = context;
	struct chain_search *search = links->search;
	struct chain_link link;
	struct stat status;
	if (!rank->is_sibling)
		return true;
	if (!is_regular(path, &status)) {
		search->has_vanished = search->has_vanished || errno == ENOENT;
		return true;
	}
	if (is_known(links, &status) || !may_be_wanted(links, rank, &status) || visit_plain_twin(links, path, rank))
		return true;
	bool is_named = name_tells(search, rank) > 0;
	int error = open_link(search, &link, path, rank);
	if (error == 0)
		take_link(links, &link, is_named);
	else if (is_named && error != -ENOENT)
		note_unreadable(search, path, error == -ENOTSUP ? "it is compressed, and libarchive is not there"
			: strerror(-error));
	return true;
}

static size_t find_links(struct link_search *links)
{
	visit_all(links->search, visit_link, links);
	if (links->has_dropped)
		strbuf_add_format(links->search->notes, "%s%s has more than %d rotated files that were not read: the oldest are left out",
		                  links->search->notes->length ? "\n" : "", links->search->path, CHAIN_MAX);
	return links->count;
}

size_t chain_find_newer(struct chain_search *search, struct chain_link *links)
{
	struct link_search newer = { .search = search, .links = links };
	return find_links(&newer);
}

size_t chain_find_since(struct chain_search *search, struct chain_link *links, int64_t since_sec)
{
	struct link_search since = { .search = search, .links = links, .is_since = true, .since_sec = since_sec };
	return find_links(&since);
}
