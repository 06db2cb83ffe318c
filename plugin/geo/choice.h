/* choice.h - the syntax of --geo: which sources are asked, in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_CHOICE_H
#define GEO_CHOICE_H

#include "common/slice.h"
#include "plugin/geo/database.h"
#include "plugin/geo/service.h"

#define CHOICES_MAX 16 /* of one --geo */

/* All kinds that there are, in the order in which they are told and looked for; NULL ends each. */
struct geo_kinds {
	const struct geo_database *const *databases;
	const struct geo_service *const *services;
};

/* NAME or NAME:FILE of a database, or NAME or NAME:URL of a service. Neither is "auto"; no data in
 * `place` is "at the usual places". */
struct choice {
	const struct geo_database *database;
	const struct geo_service *service;
	struct slice place; /* the file or the URL */
};

/* How many choices are in SOURCE, into RET, which has room for CHOICES_MAX, at most one of them a
 * service; or -EINVAL with WHY. They point into SOURCE. */
int choice_parse(struct choice *ret, const char *source, const struct geo_kinds *kinds,
                 struct strbuf *why);

/* Appends "auto, mmdb[:FILE], …": what can be in SOURCE. */
void choice_add_names(struct strbuf *text, const struct geo_kinds *kinds);

#endif
