/* dbfile.h - one open database
 *
 * Its file may be cut short or written to at any moment: that becomes an error here, see
 * plugin/geo/guard.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_DBFILE_H
#define GEO_DBFILE_H

#include <sys/stat.h>

#include "plugin/geo/database.h"

/* The descriptor is there to see what becomes of the file. */
struct dbfile {
	const struct geo_database *kind;
	void *database;
	char *path;
	int descriptor;
	bool is_guarded;           /* SIGBUS is caught as long as it is open */
	struct stat status;        /* when it was opened */
	size_t lookups, unwatched; /* in all; since the file was looked at */
};

/* 0 with *RET, or -errno and WHY begins with the path. Only a regular file with something in it is
 * opened. */
int dbfile_open(struct dbfile *ret, const struct geo_database *kind, const char *path,
                struct strbuf *why);
void dbfile_close(struct dbfile *file);

/* As the kind's, but WHY is a whole sentence; the country is not judged. Of many lookups not each
 * looks whether the file is still what it was: dbfile_check() does it for those that didn't, 0 or
 * -errno with WHY. */
int dbfile_lookup(struct dbfile *file, const struct ipaddr *address, struct place *ret,
                  struct strbuf *why);
int dbfile_check(struct dbfile *file, struct strbuf *why);
int64_t dbfile_built_at_sec(const struct dbfile *file);

#endif
