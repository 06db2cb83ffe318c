/* logglob.c - the logs that globs give, or would give; see plugin/logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/loglist.h"
#include "plugin/source/siblings.h"

/* --- names that are there --- */

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
		(void)loglist_add_below(logs, glob->directory, found->gl_pathv[i], index);
	if (!found->gl_pathc && loglist_add_below(logs, glob->directory, glob->text, index))
		logs->logs[logs->count - 1].is_unmatched = true;
	return 0;
}

/* DIRECTORY is taken over. */
int loglist_expand(struct loglist *logs, char *directory, const char *text, struct strbuf *why)
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

/* --- names that aren't there --- */

static bool would_give(const struct log_glob *glob, const char *name)
{
	size_t length = strlen(glob->directory);
	return strncmp(name, glob->directory, length) == 0 &&
		fnmatch(glob->text, name + length, FNM_PATHNAME | FNM_PERIOD) == 0;
}

/* Adds NAME as absent if a glob would give it. */
bool loglist_add_absent(struct loglist *logs, const char *name)
{
	for (size_t i = 0; i < logs->glob_count; i++) {
		if (logs->count >= LOGLIST_MAX || !would_give(&logs->globs[i], name))
			continue;
		if (loglist_add(logs, name, i))
			logs->logs[logs->count - 1].is_absent = true;
		return true;
	}
	return false;
}

bool loglist_add_known(struct loglist *logs, const char *name)
{
	size_t index;
	return keyset_find(logs->names, slice_string(name), &index) ||
		loglist_add_absent(logs, name);
}

bool loglist_would_give(const struct loglist *logs, const char *name)
{
	for (size_t i = 0; i < logs->glob_count; i++)
		if (would_give(&logs->globs[i], name))
			return true;
	return false;
}

/* --- logs that were compressed before they were ever seen --- */

#define WRITTEN_SLACK_SEC 3600 /* the time of a file and those of its lines are of two clocks */

/* NAME without .gz and the like, owned; NULL: it has none. */
static char *uncompressed_name(const char *name)
{
	size_t length = sibling_compression_length(name);
	return length ? xalloc_copy(name, strlen(name) - length) : NULL;
}

static void consider_compressed(struct loglist *logs, const struct log_glob *glob,
                                const char *found, int64_t since_sec)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	struct stat status;
	size_t index;
	strbuf_add_format(&path, "%s%s", glob->directory, found);
	char *name CLEANUP(xalloc_freep) = uncompressed_name(strbuf_text(&path));
	if (!name || keyset_find(logs->names, slice_string(name), &index) ||
	    keyset_find(logs->names, slice_string(strbuf_text(&path)), &index) ||
	    lstat(strbuf_text(&path), &status) < 0 || !S_ISREG(status.st_mode))
		return;
	bool is_recent = since_sec < INT64_MIN + WRITTEN_SLACK_SEC ||
		(int64_t)status.st_mtime >= since_sec - WRITTEN_SLACK_SEC;
	if (is_recent)
		(void)loglist_add_absent(logs, name);
}

/* Only where the name itself varies: a host that came and went with its one log is not looked
 * for. */
static bool has_varying_name(const struct log_glob *glob)
{
	const char *slash = strrchr(glob->text, '/');
	return strpbrk(slash ? slash + 1 : glob->text, "*?[") != NULL;
}

int loglist_add_compressed(struct loglist *logs, int64_t since_sec, struct strbuf *why)
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
			consider_compressed(logs, glob_of, found.gl_pathv[k], since_sec);
		globfree(&found);
	}
	return 0;
}
