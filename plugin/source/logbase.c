/* logbase.c - which of the logs are rotated files of others; see plugin/logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/loglist.h"
#include "plugin/source/siblings.h"

/* A name of which another one may be a rotated file. True ends it. */
typedef bool base_fn(void *context, const char *base);

/* The first LENGTH bytes of NAME, and ENDING. */
static bool try_base(base_fn *function, void *context, const char *name, size_t length,
                     const char *ending)
{
	char *base CLEANUP(xalloc_freep) = xalloc_zero(length + strlen(ending) + 1, 1);
	memcpy(base, name, length);
	memcpy(base + length, ending, strlen(ending));
	return function(context, base);
}

/* NAME up to each separator before its byte END, the longest first, and ENDING. */
static bool try_fronts(base_fn *function, void *context, const char *name, size_t first, size_t end,
                       const char *ending)
{
	for (size_t i = end; i > first + 1; i--)
		if (strchr(".-_", name[i - 1]) && try_base(function, context, name, i - 1, ending))
			return true;
	return false;
}

/* The ending of what NAME was before it was compressed, if that is what its last one says: ".log"
 * of mail-1.log.gz. */
static char *inner_ending(const char *name, size_t first, const char *last)
{
	const char *dot = memrchr(name + first, '.', (size_t)(last - name) - first);
	return dot ? xalloc_copy(dot, (size_t)(last - dot)) : xalloc_string("");
}

/* By the parts of NAME alone, so that it costs the same however many logs there are. They are more
 * than there are: sibling_is_rotated() says which. */
static bool each_base(const char *name, base_fn *function, void *context)
{
	const char *slash = strrchr(name, '/');
	size_t first = slash ? (size_t)(slash - name) + 1 : 0;
	const char *last = strrchr(name + first, '.');
	char *inner CLEANUP(xalloc_freep) = last ? inner_ending(name, first, last) : NULL;
	/* svlogd, multilog and s6-log write to a file of this name: */
	bool is_numbered = name[first] == '@' || name[first] == '_';
	if (is_numbered && try_base(function, context, name, first, "current"))
		return true;
	if (last && try_fronts(function, context, name, first, (size_t)(last - name), last))
		return true;
	if (inner && *inner &&
	    try_fronts(function, context, name, first, (size_t)(last - name) - strlen(inner),
	               inner))
		return true;
	return try_fronts(function, context, name, first, strlen(name), "");
}

struct base_search {
	struct loglist *logs;
	const char *name;
	size_t index;   /* of the base, or SIZE_MAX */
	char *inferred; /* a name that isn't in the list, and that a glob would give; owned */
	bool is_inferring;
};

/* mail.log.1 is of mail.log, whatever is there; mail-1.log and mail-2.log may as well be logs of
 * two hosts. */
static bool is_front(const char *name, const char *base)
{
	return strncmp(name, base, strlen(base)) == 0;
}

/* The last one that fits is the shortest: of mail.log.1.gz it is mail.log, and not mail.log.1. */
static bool find_base(void *context, const char *base)
{
	struct base_search *search = context;
	size_t index;
	if (keyset_find(search->logs->names, slice_string(base), &index)) {
		if (sibling_is_rotated(search->name, base))
			search->index = index;
	} else if (search->is_inferring && is_front(search->name, base) &&
	           loglist_would_give(search->logs, base) &&
	           sibling_is_rotated(search->name, base)) {
		free(search->inferred);
		search->inferred = xalloc_string(base);
	}
	return false;
}

void loglist_find_bases(struct loglist *logs)
{
	for (size_t i = 0; i < logs->count; i++) {
		struct base_search search = { .logs = logs,
			                      .name = logs->logs[i].name,
			                      .index = SIZE_MAX };
		if (logs->logs[i].is_unmatched || !loglist_is_path(search.name))
			continue;
		(void)each_base(search.name, find_base, &search);
		logs->logs[i].base = search.index;
		logs->logs[i].is_left_out = search.index != SIZE_MAX;
	}
}

/* The one that is followed: nothing is a rotated file of its own rotated file, so there is an
 * end. */
static void follow_bases(struct loglist *logs)
{
	for (size_t i = 0; i < logs->count; i++)
		while (logs->logs[i].is_left_out && logs->logs[logs->logs[i].base].is_left_out)
			logs->logs[i].base = logs->logs[logs->logs[i].base].base;
}

static void infer_bases(struct loglist *logs)
{
	size_t count = logs->count;
	for (size_t i = 0; i < count; i++) {
		const struct log *log = &logs->logs[i];
		struct base_search search = {
			.logs = logs, .name = log->name, .index = SIZE_MAX, .is_inferring = true
		};
		if (log->glob == LOG_OF_NO_GLOB || log->is_absent || log->is_unmatched)
			continue;
		(void)each_base(search.name, find_base, &search);
		if (search.index == SIZE_MAX && search.inferred)
			(void)loglist_add_absent(logs, search.inferred);
		free(search.inferred);
	}
}

void loglist_settle(struct loglist *logs)
{
	infer_bases(logs);
	loglist_find_bases(logs);
	follow_bases(logs);
}
