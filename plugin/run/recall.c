/* recall.c - logs that have no name now; see recall.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/run/recall.h"
#include "plugin/source.h"

/* A log of the list of which the state knows something. Its position is fetched anew where more of
 * it is needed: there may be many, and one is large. */
struct known {
	size_t log; /* its index in the list */
	bool has_position;
	bool is_void; /* what is known of its log is another one by now */
	bool has_mark;
	struct source_mark mark;
	int64_t read_sec;
	struct log_rest rest;
};

struct recall {
	struct loglist *logs;
	struct store *store;
	const struct deadline *deadline;
	struct known *known;
	size_t count;
	size_t *known_of; /* of each log its index in KNOWN + 1; 0: nothing is known */
	int64_t read_sec; /* the newest of all known */
};

static void recall_release(struct recall *recall)
{
	free(recall->known);
	free(recall->known_of);
}

static const char *name_of(const struct recall *recall, const struct known *known)
{
	return recall->logs->logs[known->log].name;
}

static struct known *known_of(const struct recall *recall, size_t log)
{
	size_t number = recall->known_of[log];
	return number ? &recall->known[number - 1] : NULL;
}

/* --- what the state knows --- */

static void add_known(struct recall *recall, size_t log, const struct log_position *position,
                      const struct log_rest *rest)
{
	if ((recall->count & (recall->count - 1)) == 0)
		recall->known = xalloc_resize(recall->known, recall->count ? 2 * recall->count : 1,
		                              sizeof *recall->known);
	struct known *known = &recall->known[recall->count++];
	*known = (struct known){
		.log = log,
		.has_position = position->is_known,
		.rest = *rest,
		.read_sec = position->read_sec ? position->read_sec : position->newest_sec,
	};
	known->has_mark = source_mark(&known->mark, position);
	if (known->read_sec > recall->read_sec)
		recall->read_sec = known->read_sec;
}

static int note_source(void *context, const char *name, const struct log_position *position,
                       const struct log_rest *rest, struct strbuf *why)
{
	struct recall *recall = context;
	size_t log;
	(void)why;
	if (loglist_add_known(recall->logs, name) &&
	    keyset_find(recall->logs->names, slice_string(name), &log))
		add_known(recall, log, position, rest);
	return 0;
}

static void index_known(struct recall *recall)
{
	recall->known_of = xalloc_zero(recall->logs->count + 1, sizeof *recall->known_of);
	for (size_t i = 0; i < recall->count; i++)
		recall->known_of[recall->known[i].log] = i + 1;
}

/* --- what is around a log that is absent --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t hash_file(const char *path, bool with_size)
{
	struct stat status;
	if (lstat(path, &status) < 0)
		return (uint64_t)errno;
	uint64_t hash = mix(mix((uint64_t)status.st_dev, (uint64_t)status.st_ino),
	                    with_size ? (uint64_t)status.st_size : 0);
	return mix(mix(hash, (uint64_t)status.st_mtim.tv_sec), (uint64_t)status.st_mtim.tv_nsec);
}

/* Where globs give its rotated files those tell; else any change of names in its directory may be
 * one of it. */
static void look_around(struct recall *recall)
{
	struct loglist *logs = recall->logs;
	for (size_t i = 0; i < logs->count; i++) {
		struct log *base = logs->logs[i].is_left_out && logs->logs[i].base != SIZE_MAX
			? &logs->logs[logs->logs[i].base]
			: NULL;
		if (!base || !base->is_absent || logs->logs[i].is_absent)
			continue;
		/* a sum: the order of names is nothing */
		base->around += hash_file(logs->logs[i].name, true);
		base->has_rotated = true;
	}
	for (size_t i = 0; i < logs->count; i++) {
		struct log *log = &logs->logs[i];
		const char *slash = strrchr(log->name, '/');
		if (!log->is_absent || log->has_rotated || !slash)
			continue;
		char *directory CLEANUP(
			xalloc_freep) = xalloc_copy(log->name, (size_t)(slash - log->name) + 1);
		log->around = hash_file(directory, false);
	}
}

/* --- names that are new --- */

/* What is known of an absent log is LOG's from now on. */
static int move_known(struct recall *recall, struct known *known, size_t log, struct strbuf *why)
{
	struct loglist *logs = recall->logs;
	int result = store_move_source(recall->store, name_of(recall, known), logs->logs[log].name,
	                               why);
	if (result < 0)
		return result;
	if (recall->known_of[log])
		known_of(recall, log)->is_void = true;
	logs->logs[known->log].is_left_out = true;
	recall->known_of[known->log] = 0;
	recall->known_of[log] = (size_t)(known - recall->known) + 1;
	known->log = log;
	return 0;
}

static struct source_index *index_absent(const struct recall *recall)
{
	struct source_index *index = source_index_new();
	for (size_t i = 0; i < recall->count; i++) {
		const struct known *known = &recall->known[i];
		const struct log *log = &recall->logs->logs[known->log];
		if (known->has_mark && log->is_absent && !log->is_left_out)
			source_index_add(index, &known->mark, i);
	}
	return index;
}

static int fetch_known(void *context, size_t number, struct log_position *ret, struct strbuf *why)
{
	const struct recall *recall = context;
	return store_get_position(recall->store, name_of(recall, &recall->known[number]), ret, why);
}

static int adopt_renamed(struct recall *recall, struct strbuf *why)
{
	struct source_index *index CLEANUP(source_index_freep) = index_absent(recall);
	int result = 0;
	for (size_t i = 0; i < recall->logs->count && result >= 0; i++) {
		const struct log *log = &recall->logs->logs[i];
		size_t former;
		if (log->glob == LOG_OF_NO_GLOB || log->is_absent || log->is_left_out ||
		    log->is_unmatched || known_of(recall, i))
			continue;
		result = source_index_find(index, log->name, recall->deadline, fetch_known, recall,
		                           &former, why);
		if (result > 0 && recall->logs->logs[recall->known[former].log].is_absent)
			result = move_known(recall, &recall->known[former], i, why);
	}
	return result < 0 ? result : 0;
}

/* --- names that are rotated files --- */

static void free_sizes(size_t **sizes)
{
	free(*sizes);
}

/* Such a name was followed on its own when its base was not there: then the base goes on where the
 * newest of them ended. */
static int adopt_rotated(struct recall *recall, struct strbuf *why)
{
	size_t *newest CLEANUP(free_sizes) = xalloc_zero(recall->logs->count + 1, sizeof *newest);
	int result = 0;
	for (size_t i = 0; i < recall->count; i++) {
		const struct log *log = &recall->logs->logs[recall->known[i].log];
		if (!log->is_left_out || log->base == SIZE_MAX || !recall->known[i].has_position)
			continue;
		size_t *best = &newest[log->base];
		if (!*best || recall->known[i].read_sec > recall->known[*best - 1].read_sec)
			*best = i + 1;
	}
	for (size_t i = 0; i < recall->logs->count && result >= 0; i++) {
		struct known *own = known_of(recall, i);
		if (newest[i] && !(own && own->has_position))
			result = move_known(recall, &recall->known[newest[i] - 1], i, why);
	}
	return result;
}

/* --- forgetting --- */

/* The newest is kept: it tells since when names are new. */
static bool is_forgotten(const struct recall *recall, const struct known *known, int64_t now_sec)
{
	const struct log *log = &recall->logs->logs[known->log];
	if (known->is_void)
		return false;
	if (log->is_left_out)
		return log->base != SIZE_MAX; /* what it was is its base's now */
	return log->is_absent && !log->has_rotated && known->rest.is_known &&
		known->rest.since_sec < now_sec - RECALL_KEPT_SEC &&
		(!known->has_position || known->read_sec < recall->read_sec);
}

static int forget(struct recall *recall, int64_t now_sec, struct strbuf *why)
{
	int result = 0;
	for (size_t i = 0; i < recall->count && result >= 0; i++) {
		struct log *log = &recall->logs->logs[recall->known[i].log];
		if (!is_forgotten(recall, &recall->known[i], now_sec))
			continue;
		log->is_left_out = true;
		result = store_forget_source(recall->store, log->name, why);
	}
	return result;
}

/* --- the default --- */

struct known_default {
	struct recall *recall;
	char *name; /* the one that was read last and isn't gone; owned; NULL: none */
	int64_t read_sec;
};

static int note_default(void *context, const char *name, const struct log_position *position,
                        const struct log_rest *rest, struct strbuf *why)
{
	struct known_default *known = context;
	int64_t read_sec = position->read_sec ? position->read_sec : position->newest_sec;
	(void)why;
	if (!position->is_known || !loglist_is_default(name))
		return 0;
	if (read_sec > known->recall->read_sec)
		known->recall->read_sec = read_sec;
	if (rest->is_gone || (known->name && read_sec <= known->read_sec))
		return 0;
	free(known->name);
	known->name = xalloc_string(name);
	known->read_sec = read_sec;
	return 0;
}

/* The one that was followed until now stays it, or what stands in two of them would be counted
 * twice. */
static int recall_default(struct recall *recall, struct strbuf *why)
{
	struct known_default known = { .recall = recall };
	int result = store_each_source(recall->store, note_default, &known, why);
	if (result >= 0 && known.name)
		loglist_add_known_default(recall->logs, known.name);
	else if (result >= 0)
		result = loglist_add_default(recall->logs, NULL, why);
	free(known.name);
	look_around(recall);
	return result;
}

int recall_next_default(struct loglist *logs, struct strbuf *why)
{
	return loglist_add_default(logs, logs->names, why);
}

/* --- all of it --- */

static int recall_globs(struct recall *recall, int64_t now_sec, int64_t start_sec,
                        struct strbuf *why)
{
	int result = store_each_source(recall->store, note_source, recall, why);
	if (result >= 0)
		result = loglist_add_compressed(recall->logs,
		                                recall->read_sec ? recall->read_sec : start_sec,
		                                why);
	if (result < 0)
		return result;
	loglist_settle(recall->logs);
	index_known(recall);
	result = adopt_rotated(recall, why);
	if (result >= 0)
		result = adopt_renamed(recall, why);
	if (result < 0)
		return result;
	look_around(recall);
	return forget(recall, now_sec, why);
}

int recall_logs(struct recalled *ret, struct loglist *logs, struct store *store, int64_t now_sec,
                int64_t start_sec, const struct deadline *deadline, struct strbuf *why)
{
	struct recall recall CLEANUP(
		recall_release) = { .logs = logs, .store = store, .deadline = deadline };
	int result = logs->count ? recall_globs(&recall, now_sec, start_sec, why)
				 : recall_default(&recall, why);
	if (result >= 0)
		*ret = (struct recalled){ .read_sec = recall.read_sec };
	return result < 0 ? result : 0;
}
