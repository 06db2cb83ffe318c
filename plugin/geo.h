/* geo.h - where an address is: the façade of the geolocation sources
 *
 * SOURCE is what --geo was given: a comma-separated list of NAME or NAME:FILE, tried in order, or "auto": among all
 * local databases found at their usual places the one built last.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_H
#define GEO_H

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "plugin/login.h"

struct geo;

/* Checks the syntax of --geo without opening anything: 0, or -EINVAL with WHY (the known names are in it). */
int geo_check_source(const char *source, struct strbuf *why);

/* Opens what SOURCE names, at least one: 0 with *RET, or -errno with WHY: which files were tried, why each failed, and
 * what to install or to give. */
int geo_open(struct geo **ret, const char *source, struct strbuf *why);
void geo_free(struct geo *geo);
void geo_freep(struct geo **geo);

/* > 0: placed, RET is filled; 0: no database knows it (country codes that are no countries count as this), RET is
 * zeroed; < 0: -errno with WHY, when a database is damaged, also when its file was cut short while mapped (SIGBUS is
 * caught inside this call). The caller asks for public addresses only. */
int geo_lookup(struct geo *geo, const struct ipaddr *address, struct place *ret, struct strbuf *why);

/* One line a database: "libloc /usr/share/…/location.db of 2025-03-26"; appended to TEXT, joined by ", ". */
void geo_describe(const struct geo *geo, struct strbuf *text);

/* When the oldest of the open databases was built, seconds since 1970; 0 if it does not say. */
int64_t geo_built_at_sec(const struct geo *geo);

#endif
