/* usual.c - finding databases at their usual places; see usual.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <glob.h>

#include "common/xalloc.h"
#include "plugin/geo/usual.h"

struct candidates {
	const char *root;
	struct dbfile newest;
	bool has_newest;
	struct strbuf *reasons; /* why what is there could not be used */
};

static void add_reason(struct candidates *found, const char *reason)
{
	strbuf_add_format(found->reasons, "; %s", reason);
}

/* Keeps the newest. Of two equal ones (a link to the other place) the first stays. */
static void add_file(struct candidates *found, const struct geo_database *kind, const char *path)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct dbfile file;
	if (dbfile_open(&file, kind, path, &why) < 0) {
		add_reason(found, strbuf_text(&why));
	} else if (found->has_newest &&
	           dbfile_built_at_sec(&file) <= dbfile_built_at_sec(&found->newest)) {
		dbfile_close(&file);
	} else {
		if (found->has_newest)
			dbfile_close(&found->newest);
		found->newest = file;
		found->has_newest = true;
	}
}

/* glob(3) is silent about a directory that can't be read, and a check runs as a user who may read
 * little. */
static void explain_no_match(struct candidates *found, const char *pattern)
{
	char *directory CLEANUP(
		xalloc_freep) = xalloc_copy(pattern, (size_t)(strrchr(pattern, '/') - pattern));
	if (access(directory, R_OK | X_OK) == 0 || errno == ENOENT || errno == ENOTDIR)
		strbuf_add_format(found->reasons, "; there is no %s", pattern);
	else
		strbuf_add_format(found->reasons, "; %s can't be read: %s", directory,
		                  strerror(errno));
}

static void add_place(struct candidates *found, const struct geo_database *kind, const char *place)
{
	struct strbuf pattern CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&pattern, "%s%s", found->root, place);
	glob_t matches = { 0 };
	if (glob(strbuf_text(&pattern), 0, NULL, &matches) != 0)
		explain_no_match(found, strbuf_text(&pattern));
	for (size_t i = 0; i < matches.gl_pathc; i++)
		add_file(found, kind, matches.gl_pathv[i]);
	globfree(&matches);
}

static void add_kind(struct candidates *found, const struct geo_database *kind)
{
	for (const char *const *place = kind->usual_places; *place; place++)
		add_place(found, kind, *place);
}

bool usual_find_newest(struct dbfile *ret, const struct geo_database *const *kinds,
                       const struct geo_database *only, const char *root, struct strbuf *reasons)
{
	struct candidates found = { .root = root, .reasons = reasons };
	for (; *kinds; kinds++)
		if (!only || only == *kinds)
			add_kind(&found, *kinds);
	if (found.has_newest)
		*ret = found.newest;
	return found.has_newest;
}
