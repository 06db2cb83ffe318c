/* driver.h - what one kind of geolocation database does for the façade, geo.c
 *
 * A driver opens one file, and answers from it. It knows nothing of --geo, of lists, or of files
 * that are cut short: dbfile.c catches SIGBUS around `open` and `lookup`, and compares the file's
 * size and time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_DRIVER_H
#define GEO_DRIVER_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "plugin/geo.h"
#include "plugin/place.h"

struct geo_driver {
	const char *name;                /* as --geo has it */
	const char *const *usual_places; /* glob(3) patterns of absolute paths, NULL at the end */
	const char *advice;              /* what an administrator does to get such a database */

	/* PATH is a regular file that can be read, and not empty: 0 with *RET, or -errno. WHY gets
	 * what is said after the file's name: "is no MaxMind database (…)". Databases that can't
	 * hold a country are refused. */
	int (*open)(void **ret, const char *path, struct strbuf *why);

	/* > 0: a record is there, its fields are in RET (which is zeroed before); `country` is
	 * whatever two bytes the database has: the façade makes it upper case and judges it. 0: no
	 * record. < 0: -errno, WHY as in `open`. */
	int (*lookup)(void *database, const struct ipaddr *address, struct place *ret,
	              struct strbuf *why);

	/* Seconds since 1970, 0 if it does not say. */
	int64_t (*built_at_sec)(const void *database);

	void (*close)(void *database);
};

extern const struct geo_driver geo_driver_mmdb;
#ifdef WITH_LIBLOC
extern const struct geo_driver geo_driver_libloc;
#endif

/* All that were built in, in the order in which they are told and looked for; NULL at the end. */
extern const struct geo_driver *const geo_drivers[];

/* geo_open() with ROOT put before each usual place: "" in the program, a directory of their own in
 * tests. It is an argument and not an environment variable, because whoever could set one would
 * choose what is home. */
int geo_open_in(struct geo **ret, const char *source, const char *root, const char *token_file,
                struct strbuf *why);
#endif
