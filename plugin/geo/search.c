/* search.c - finding databases at their usual places; see search.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <glob.h>

#include "common/xalloc.h"
#include "plugin/geo/search.h"

struct search {
	const char *root;
	struct dbfile newest;
	bool found;
	struct strbuf *reasons; /* why what is there could not be used */
};

static void add_reason(struct search *search, const char *reason)
{
	strbuf_add_format(search->reasons, "; %s", reason);
}

/* Keeps the newest. Of two equal ones (a link to the other place) the first stays. */
static void search_file(struct search *search, const struct geo_driver *driver, const char *path)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct dbfile file;
	if (dbfile_open(&file, driver, path, &why) < 0) {
		add_reason(search, strbuf_text(&why));
	} else if (search->found &&
	           dbfile_built_at_sec(&file) <= dbfile_built_at_sec(&search->newest)) {
		dbfile_close(&file);
	} else {
		if (search->found)
			dbfile_close(&search->newest);
		search->newest = file;
		search->found = true;
	}
}

/* glob(3) is silent about a directory that can't be read, and a check runs as a user who may read
 * little. */
static void explain_no_match(struct search *search, const char *pattern)
{
	char *directory CLEANUP(
		xalloc_freep) = xalloc_copy(pattern, (size_t)(strrchr(pattern, '/') - pattern));
	if (access(directory, R_OK | X_OK) == 0 || errno == ENOENT || errno == ENOTDIR)
		strbuf_add_format(search->reasons, "; there is no %s", pattern);
	else
		strbuf_add_format(search->reasons, "; %s can't be read: %s", directory,
		                  strerror(errno));
}

static void search_place(struct search *search, const struct geo_driver *driver, const char *place)
{
	struct strbuf pattern CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&pattern, "%s%s", search->root, place);
	glob_t matches = { 0 };
	if (glob(strbuf_text(&pattern), 0, NULL, &matches) != 0)
		explain_no_match(search, strbuf_text(&pattern));
	for (size_t i = 0; i < matches.gl_pathc; i++)
		search_file(search, driver, matches.gl_pathv[i]);
	globfree(&matches);
}

static void search_driver(struct search *search, const struct geo_driver *driver)
{
	for (const char *const *place = driver->usual_places; *place; place++)
		search_place(search, driver, *place);
}

bool search_newest(struct dbfile *ret, const struct geo_driver *driver, const char *root,
                   struct strbuf *reasons)
{
	struct search search = { .root = root, .reasons = reasons };
	for (size_t i = 0; geo_drivers[i]; i++) {
		if (!driver || driver == geo_drivers[i])
			search_driver(&search, geo_drivers[i]);
	}
	if (search.found)
		*ret = search.newest;
	return search.found;
}
