/* database.h - what one kind of geolocation database does: a file that is opened, and answers
 *
 * A driver knows nothing of --geo, of lists, or of files that are cut short: dbfile.c catches
 * SIGBUS around `open` and `lookup`, and compares the file's size and time. So both may be left in
 * the middle of a read: what they had allocated then is lost.
 *
 * A new kind is one file with its row, and one line in the façade's table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_DATABASE_H
#define GEO_DATABASE_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "plugin/place.h"

struct geo_database {
	const char *name;                /* as --geo has it */
	const char *const *usual_places; /* glob(3) patterns of absolute paths, NULL at the end */
	const char *advice;              /* what an administrator does to get such a database */

	/* PATH is a regular file, and not empty; DESCRIPTOR is open on it to be read, and stays the
	 * caller's: 0 with *RET, or -errno. WHY gets what is said after the file's name: "is no
	 * MaxMind database (…)". Databases that can't hold a country are refused. */
	int (*open)(void **ret, const char *path, int descriptor, struct strbuf *why);

	/* > 0: a record is there, its fields are in RET (which is zeroed before); `country` is
	 * whatever two bytes the database has: the façade makes it upper case and judges it. 0: no
	 * record. < 0: -errno, WHY as in `open`. */
	int (*lookup)(void *database, const struct ipaddr *address, struct place *ret,
	              struct strbuf *why);

	/* Seconds since 1970, 0 if it does not say. */
	int64_t (*built_at_sec)(const void *database);

	void (*close)(void *database);
};

extern const struct geo_database geo_database_libloc;
extern const struct geo_database geo_database_mmdb;

#endif
