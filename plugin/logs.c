/* logs.c - which log files are meant; see logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fnmatch.h>
#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/logs.h"
#include "plugin/source.h"

#define PROBLEMS_MAX 1000

/* Debian and Ubuntu; Red Hat, FreeBSD and macOS; SUSE. */
static const char *const usual_places[] = { "/var/log/mail.log", "/var/log/maillog",
	                                    "/var/log/mail" };

static bool is_glob(const char *given)
{
	return source_is_path(given) && strpbrk(given, "*?[");
}

/* --- the list --- */

static void list_init(struct loglist *logs)
{
	*logs = (struct loglist){ .names = keyset_new(), .problems = STRBUF_INIT(PROBLEMS_MAX) };
}

/* False if it was there already. */
static bool add(struct loglist *logs, const char *name, size_t glob)
{
	bool is_new;
	(void)keyset_add(logs->names, slice_string(name), &is_new);
	if (!is_new)
		return false;
	if ((logs->count & (logs->count - 1)) == 0) /* a power of two, or none: all is taken */
		logs->logs = xalloc_resize(logs->logs, logs->count ? 2 * logs->count : 1,
		                           sizeof *logs->logs);
	logs->logs[logs->count++] = (struct log){ .name = xalloc_string(name),
		                                  .glob = glob,
		                                  .base = SIZE_MAX };
	return true;
}

void loglist_release(struct loglist *logs)
{
	if (!logs->names)
		return;
	for (size_t i = 0; i < logs->count; i++)
		free(logs->logs[i].name);
	for (size_t i = 0; i < logs->glob_count; i++) {
		free(logs->globs[i].directory);
		free(logs->globs[i].text);
	}
	free(logs->logs);
	free(logs->globs);
	keyset_free(logs->names);
	strbuf_release(&logs->problems);
	*logs = (struct loglist){ 0 };
}

/* --- what was given --- */

/* What stands before GIVEN to make it absolute; owned. */
static int find_directory(char **ret, const char *given, struct strbuf *why)
{
	struct strbuf directory CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	char *current CLEANUP(xalloc_freep) = NULL;
	if (given[0] != '/' && source_is_path(given)) {
		current = getcwd(NULL, 0);
		if (!current)
			return strbuf_fail(why, -errno,
			                   "the current directory can't be told (%s): give the log "
			                   "with its whole path",
			                   strerror(errno));
		strbuf_add_format(&directory, "%s/", strcmp(current, "/") == 0 ? "" : current);
	}
	*ret = strbuf_detach(&directory);
	return 0;
}

static bool add_below(struct loglist *logs, const char *directory, const char *name, size_t glob)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	strbuf_add_format(&path, "%s%s", directory, name);
	return add(logs, strbuf_text(&path), glob);
}

/* What can't be read by this user, or isn't there any more, is none of our logs, as for a shell.
 * Else we would go on without logs that are there. glob(3) hands on no context. */
static struct strbuf *glob_problems;

static int note_unreadable(const char *path, int error)
{
	if (error != EACCES && error != EPERM && error != ENOENT && error != ENOTDIR &&
	    error != ELOOP && !glob_problems->length)
		strbuf_add_format(glob_problems, "the directory %s can't be read: %s", path,
		                  strerror(error));
	return 0;
}

#ifdef GLOB_ALTDIRFUNC

/* glob(3) takes a directory that can't be read to its end for a shorter one. */
static struct dirent *read_entry(void *stream)
{
	errno = 0;
	struct dirent *entry = readdir(stream);
	if (!entry && errno)
		(void)note_unreadable("of a glob", errno);
	return entry;
}

static void *open_directory(const char *path)
{
	return opendir(path);
}

static void close_directory(void *stream)
{
	closedir(stream);
}

static int glob_flags(glob_t *ret)
{
	*ret = (glob_t){
		.gl_opendir = open_directory,
		.gl_readdir = read_entry,
		.gl_closedir = close_directory,
		.gl_lstat = lstat,
		.gl_stat = stat,
	};
	return GLOB_ALTDIRFUNC;
}

#else

static int glob_flags(glob_t *ret)
{
	*ret = (glob_t){ 0 };
	return 0;
}

#endif

static int add_found(struct loglist *logs, size_t index, const glob_t *found, struct strbuf *why)
{
	const struct log_glob *glob = &logs->globs[index];
	if (logs->count + found->gl_pathc > LOGLIST_MAX)
		return strbuf_fail(why, -E2BIG, "more than %d logs: give a narrower glob",
		                   LOGLIST_MAX);
	for (size_t i = 0; i < found->gl_pathc; i++)
		(void)add_below(logs, glob->directory, found->gl_pathv[i], index);
	if (!found->gl_pathc && add_below(logs, glob->directory, glob->text, index))
		logs->logs[logs->count - 1].is_unmatched = true;
	return 0;
}

/* DIRECTORY is taken over. */
static int expand(struct loglist *logs, char *directory, const char *text, struct strbuf *why)
{
	glob_t found;
	size_t index = logs->glob_count++;
	logs->globs = xalloc_resize(logs->globs, logs->glob_count, sizeof *logs->globs);
	logs->globs[index] = (struct log_glob){ .directory = directory,
		                                .text = xalloc_string(text) };
	glob_problems = &logs->problems;
	int result = glob(text, glob_flags(&found), note_unreadable, &found);
	if (result == GLOB_NOSPACE)
		return strbuf_fail(why, -ENOMEM, "%s can't be expanded: out of memory", text);
	result = add_found(logs, index, &found, why);
	globfree(&found);
	return result;
}

static int add_given(struct loglist *logs, const char *given, struct strbuf *why)
{
	char *directory = NULL;
	int result = find_directory(&directory, given, why);
	if (result < 0)
		return result;
	if (is_glob(given))
		return expand(logs, directory, given, why);
	(void)add_below(logs, directory, given, LOG_OF_NO_GLOB);
	free(directory);
	return 0;
}

int loglist_find(struct loglist *ret, char *const *given, size_t count, struct strbuf *why)
{
	int result = 0;
	list_init(ret);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = add_given(ret, given[i], why);
	return result;
}

bool loglist_has_input(char *const *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!source_has_position(given[i]))
			return true;
	return false;
}

/* --- names that aren't there --- */

static bool would_give(const struct log_glob *glob, const char *name)
{
	size_t length = strlen(glob->directory);
	return strncmp(name, glob->directory, length) == 0 &&
		fnmatch(glob->text, name + length, FNM_PATHNAME | FNM_PERIOD) == 0;
}

/* Adds NAME as absent if a glob would give it. */
static bool add_absent(struct loglist *logs, const char *name)
{
	for (size_t i = 0; i < logs->glob_count; i++) {
		if (logs->count >= LOGLIST_MAX || !would_give(&logs->globs[i], name))
			continue;
		if (add(logs, name, i))
			logs->logs[logs->count - 1].is_absent = true;
		return true;
	}
	return false;
}

bool loglist_add_known(struct loglist *logs, const char *name)
{
	size_t index;
	return keyset_find(logs->names, slice_string(name), &index) || add_absent(logs, name);
}

/* --- logs that were packed before they were ever seen --- */

#define WRITTEN_SLACK_SEC 3600 /* the time of a file and those of its lines are of two clocks */

/* NAME without .gz and the like, owned; NULL: it has none. */
static char *unpacked_name(const char *name)
{
	size_t length = source_packing_length(name);
	return length ? xalloc_copy(name, strlen(name) - length) : NULL;
}

static void consider_packed(struct loglist *logs, const struct log_glob *glob, const char *found,
                            int64_t since_sec)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	struct stat status;
	size_t index;
	strbuf_add_format(&path, "%s%s", glob->directory, found);
	char *name CLEANUP(xalloc_freep) = unpacked_name(strbuf_text(&path));
	if (!name || keyset_find(logs->names, slice_string(name), &index) ||
	    keyset_find(logs->names, slice_string(strbuf_text(&path)), &index) ||
	    lstat(strbuf_text(&path), &status) < 0 || !S_ISREG(status.st_mode))
		return;
	bool is_recent = since_sec < INT64_MIN + WRITTEN_SLACK_SEC ||
		(int64_t)status.st_mtime >= since_sec - WRITTEN_SLACK_SEC;
	if (is_recent)
		(void)add_absent(logs, name);
}

/* Only where the name itself varies: a host that came and went with its one log is not looked
 * for. */
static bool has_varying_name(const struct log_glob *glob)
{
	const char *slash = strrchr(glob->text, '/');
	return strpbrk(slash ? slash + 1 : glob->text, "*?[") != NULL;
}

int loglist_add_packed(struct loglist *logs, int64_t since_sec, struct strbuf *why)
{
	size_t count = logs->glob_count;
	for (size_t i = 0; i < count; i++) {
		struct strbuf pattern CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
		const struct log_glob *glob_of = &logs->globs[i];
		glob_t found;
		if (!has_varying_name(glob_of))
			continue;
		strbuf_add_format(&pattern, "%s.[gbxz]*", glob_of->text);
		glob_problems = &logs->problems;
		int result = glob(strbuf_text(&pattern), glob_flags(&found), note_unreadable,
		                  &found);
		if (result == GLOB_NOSPACE)
			return strbuf_fail(why, -ENOMEM, "%s can't be expanded: out of memory",
			                   strbuf_text(&pattern));
		for (size_t k = 0; k < found.gl_pathc; k++)
			consider_packed(logs, glob_of, found.gl_pathv[k], since_sec);
		globfree(&found);
	}
	return 0;
}

/* --- the default --- */

bool loglist_is_default(const char *known)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		if (strcmp(known, usual_places[i]) == 0)
			return true;
	return strcmp(known, SOURCE_JOURNAL) == 0;
}

void loglist_add_known_default(struct loglist *logs, const char *known)
{
	if (!add(logs, known, LOG_OF_NO_GLOB))
		return;
	logs->logs[logs->count - 1].is_default = true;
	logs->logs[logs->count - 1].is_absent = source_is_path(known) && access(known, F_OK) < 0;
}

static bool is_gone(const struct keyset *gone, const char *name)
{
	size_t number;
	return gone && keyset_find(gone, slice_string(name), &number);
}

int loglist_add_default(struct loglist *logs, const struct keyset *gone, struct strbuf *why)
{
	const char *found = source_has_journal() && !is_gone(gone, SOURCE_JOURNAL) ? SOURCE_JOURNAL
										   : NULL;
	for (size_t i = ARRAY_SIZE(usual_places); i > 0; i--)
		if (access(usual_places[i - 1], F_OK) == 0 && !is_gone(gone, usual_places[i - 1]))
			found = usual_places[i - 1];
	if (found) {
		loglist_add_known_default(logs, found);
		return 0;
	}
	strbuf_fail(why, 0, "no mail log at any of the usual places (");
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		strbuf_add_format(why, "%s%s", i ? ", " : "", usual_places[i]);
	strbuf_add_string(why, "), and no journal: give it with --log=FILE");
	return -ENOENT;
}

/* --- rotated files --- */

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

/* The ending of what NAME was before it was packed, if that is what its last one says: ".log" of
 * mail-1.log.gz. */
static char *inner_ending(const char *name, size_t first, const char *last)
{
	const char *dot = memrchr(name + first, '.', (size_t)(last - name) - first);
	return dot ? xalloc_copy(dot, (size_t)(last - dot)) : xalloc_string("");
}

/* By the parts of NAME alone, so that it costs the same however many logs there are. They are more
 * than there are: the source says which of them it is (source_is_rotated). */
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

static bool would_any_give(const struct loglist *logs, const char *name)
{
	for (size_t i = 0; i < logs->glob_count; i++)
		if (would_give(&logs->globs[i], name))
			return true;
	return false;
}

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
		if (source_is_rotated(search->name, base))
			search->index = index;
	} else if (search->is_inferring && is_front(search->name, base) &&
	           would_any_give(search->logs, base) && source_is_rotated(search->name, base)) {
		free(search->inferred);
		search->inferred = xalloc_string(base);
	}
	return false;
}

static void find_bases(struct loglist *logs)
{
	for (size_t i = 0; i < logs->count; i++) {
		struct base_search search = { .logs = logs,
			                      .name = logs->logs[i].name,
			                      .index = SIZE_MAX };
		if (logs->logs[i].is_unmatched || !source_is_path(search.name))
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
			(void)add_absent(logs, search.inferred);
		free(search.inferred);
	}
}

void loglist_settle(struct loglist *logs)
{
	infer_bases(logs);
	find_bases(logs);
	follow_bases(logs);
}

/* --- keys --- */

/* Of the names, without what are rotated files of others. */
static int find_named(struct loglist *ret, char *const *given, size_t count, struct strbuf *why)
{
	int result = 0;
	list_init(ret);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = is_glob(given[i]) ? 0 : add_given(ret, given[i], why);
	find_bases(ret);
	return result;
}

static int add_key(struct strbuf *key, const char *given, struct keyset *done,
                   const struct loglist *named, struct strbuf *why)
{
	char *directory CLEANUP(xalloc_freep) = NULL;
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	bool is_new;
	size_t index;
	int result = find_directory(&directory, given, why);
	if (result < 0)
		return result;
	strbuf_add_format(&path, "%s%s", directory, given);
	(void)keyset_add(done, slice_string(strbuf_text(&path)), &is_new);
	bool is_named = keyset_find(named->names, slice_string(strbuf_text(&path)), &index);
	if (is_new && !(is_named && named->logs[index].is_left_out))
		strbuf_add_format(key, "%s\n", strbuf_text(&path));
	return 0;
}

int loglist_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why)
{
	struct loglist named;
	struct keyset *done = keyset_new();
	int result = find_named(&named, given, count, why);
	for (size_t i = 0; i < count && result >= 0; i++)
		result = add_key(key, given[i], done, &named, why);
	if (!count)
		strbuf_add_string(
			key,
			"the usual places\n"); /* a name begins with a slash, or is - or journal: */
	keyset_free(done);
	loglist_release(&named);
	return result;
}

int loglist_former_key(struct strbuf *key, char *const *given, size_t count, struct strbuf *why)
{
	struct loglist logs;
	int result = loglist_find(&logs, given, count, why);
	if (result >= 0 && !count)
		result = loglist_add_default(&logs, NULL, why);
	if (result >= 0)
		find_bases(&logs);
	for (size_t i = 0; i < logs.count && result >= 0; i++)
		if (!logs.logs[i].is_left_out)
			strbuf_add_format(key, "%s\n", logs.logs[i].name);
	loglist_release(&logs);
	return result;
}
