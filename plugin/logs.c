/* logs.c - which log files are meant; see logs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <glob.h>

#include "common/xalloc.h"
#include "plugin/logs.h"
#include "plugin/source.h"

/* Debian and Ubuntu; Red Hat, FreeBSD and macOS; SUSE. */
static const char *const usual_places[] = { "/var/log/mail.log", "/var/log/maillog", "/var/log/mail" };

static bool is_journal(const char *name)
{
	return strncmp(name, SOURCE_JOURNAL, strlen(SOURCE_JOURNAL)) == 0;
}

static int add(struct loglist *logs, const char *name, struct strbuf *why)
{
	char *absolute CLEANUP(xalloc_freep) = NULL;
	if (name[0] == '/' || strcmp(name, SOURCE_STDIN) == 0 || is_journal(name)) {
		absolute = xalloc_string(name);
	} else {
		char *directory CLEANUP(xalloc_freep) = getcwd(NULL, 0);
		struct strbuf joined CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
		if (!directory)
			return strbuf_fail(why, -errno, "the current directory can't be told (%s): give the log with its whole path",
			                   strerror(errno));
		strbuf_add_format(&joined, "%s/%s", directory, name);
		absolute = strbuf_detach(&joined);
	}
	for (size_t i = 0; i < logs->count; i++)
		if (strcmp(logs->names[i], absolute) == 0)
			return 0;
	if (logs->count == LOGLIST_MAX)
		return strbuf_fail(why, -E2BIG, "more than %d logs: give a narrower glob", LOGLIST_MAX);
	logs->names = xalloc_resize(logs->names, logs->count + 1, sizeof *logs->names);
	logs->names[logs->count++] = absolute;
	absolute = NULL;
	return 0;
}

static int add_glob(struct loglist *logs, const char *pattern, struct strbuf *why)
{
	glob_t found = { 0 };
	int result = glob(pattern, GLOB_NOCHECK, NULL, &found);
	if (result != 0)
		return strbuf_fail(why, -ENOMEM, "%s can't be expanded: %s", pattern,
		                   result == GLOB_NOSPACE ? "out of memory" : "a directory can't be read");
	result = 0;
	for (size_t i = 0; i < found.gl_pathc && result >= 0; i++)
		result = add(logs, found.gl_pathv[i], why);
	globfree(&found);
	return result;
}

static int add_usual(struct loglist *logs, struct strbuf *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		if (access(usual_places[i], F_OK) == 0)
			return add(logs, usual_places[i], why);
	if (source_has_journal())
		return add(logs, SOURCE_JOURNAL, why);
	strbuf_fail(why, 0, "no mail log at any of the usual places (");
	for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++)
		strbuf_add_format(why, "%s%s", i ? ", " : "", usual_places[i]);
	strbuf_add_string(why, "), and no journal: give it with --log=FILE");
	return -ENOENT;
}

static bool is_rotated(const struct loglist *logs, size_t index)
{
	for (size_t i = 0; i < logs->count; i++)
		if (i != index && source_is_rotated(logs->names[index], logs->names[i]))
			return true;
	return false;
}

/* Rotated files of a log in the list are read with it, in their order; on their own they would be read twice. */
static void drop_rotated(struct loglist *logs)
{
	bool *is_dropped = xalloc_zero(logs->count + 1, sizeof *is_dropped);
	size_t kept = 0;
	for (size_t i = 0; i < logs->count; i++)
		is_dropped[i] = is_rotated(logs, i);
	for (size_t i = 0; i < logs->count; i++) {
		if (is_dropped[i])
			free(logs->names[i]);
		else
			logs->names[kept++] = logs->names[i];
	}
	logs->count = kept;
	free(is_dropped);
}

bool loglist_has_input(const struct loglist *logs)
{
	for (size_t i = 0; i < logs->count; i++)
		if (strcmp(logs->names[i], SOURCE_STDIN) == 0)
			return true;
	return false;
}

int loglist_find(struct loglist *ret, char *const *given, size_t count, struct strbuf *why)
{
	*ret = (struct loglist){ 0 };
	if (!count)
		return add_usual(ret, why);
	int result = 0;
	for (size_t i = 0; i < count && result >= 0; i++)
		result = !is_journal(given[i]) && strpbrk(given[i], "*?[") ? add_glob(ret, given[i], why) : add(ret, given[i], why);
	drop_rotated(ret);
	return result;
}

void loglist_release(struct loglist *logs)
{
	for (size_t i = 0; i < logs->count; i++)
		free(logs->names[i]);
	free(logs->names);
	*logs = (struct loglist){ 0 };
}
