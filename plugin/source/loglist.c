/* loglist.c - the list of logs, and what was given for it; see plugin/logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/source/driver.h"
#include "plugin/source/loglist.h"

#define PROBLEMS_MAX 1000

/* --- the list --- */

void loglist_init(struct loglist *logs)
{
	*logs = (struct loglist){ .names = keyset_new(), .problems = STRBUF_INIT(PROBLEMS_MAX) };
}

/* False if it was there already. */
bool loglist_add(struct loglist *logs, const char *name, size_t glob)
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

/* Else it is a special name: never a glob's, nor of a directory. */
bool loglist_is_path(const char *name)
{
	return !source_driver_of(name)->prefix[0];
}

bool loglist_is_glob(const char *given)
{
	return loglist_is_path(given) && strpbrk(given, "*?[");
}

/* What stands before GIVEN to make it absolute; owned. */
int loglist_directory_of(char **ret, const char *given, struct strbuf *why)
{
	struct strbuf directory CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	char *current CLEANUP(xalloc_freep) = NULL;
	if (given[0] != '/' && loglist_is_path(given)) {
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

bool loglist_add_below(struct loglist *logs, const char *directory, const char *name, size_t glob)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(2 * PATH_MAX);
	strbuf_add_format(&path, "%s%s", directory, name);
	return loglist_add(logs, strbuf_text(&path), glob);
}

bool loglist_has_input(char *const *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!source_driver_of(given[i])->has_position)
			return true;
	return false;
}
