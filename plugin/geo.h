/* geo.h - where an address is: the façade of the geolocation sources
 *
 * SOURCE is what --geo was given: a comma-separated list of NAME or NAME:FILE, tried in order, or
 * "auto": among all local databases found at their usual places the one built last.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_H
#define GEO_H

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "plugin/geo/service.h"
#include "plugin/place.h"

struct geo;

/* Checks the syntax of --geo without opening anything: 0, or -EINVAL with WHY (the known names are
 * in it). */
int geo_check_source(const char *source, struct strbuf *why);

/* Appends what SOURCE may name: "auto, mmdb[:FILE], libloc[:FILE], …". */
void geo_add_names(struct strbuf *text);

/* Opens what SOURCE names, at least one: 0 with *RET, or -errno with WHY: which files were tried,
 * why each failed, and what to install or to give. "auto" is a service where no database is found.
 * TOKEN_FILE is the service's, or NULL. */
int geo_open(struct geo **ret, const char *source, const char *token_file, struct strbuf *why);

/* The same with ROOT put before each usual place: a directory of their own in tests. It is an
 * argument and not an environment variable, because whoever could set one would choose what is
 * home. */
int geo_open_in(struct geo **ret, const char *source, const char *root, const char *token_file,
                struct strbuf *why);

void geo_free(struct geo *geo);
void geo_freep(struct geo **geo);

/* > 0: placed, RET is filled (of 6to4, Teredo and NAT64 addresses that no database knows by the
 * public IPv4 address inside); 0: no database knows it (country codes that are no countries count
 * as this), RET is zeroed; < 0: -errno with WHY, when a database is damaged, also when its file was
 * cut short while mapped (SIGBUS is caught inside this call). The caller asks for public addresses
 * only. */
int geo_lookup(struct geo *geo, const struct ipaddr *address, struct place *ret,
               struct strbuf *why);

/* The same, but what was answered of ADDRESS before may be said again: as long as GEO is open its
 * files are what they were, or geo_check() fails. */
int geo_recall(struct geo *geo, const struct ipaddr *address, struct place *ret,
               struct strbuf *why);

/* To be asked before what was answered is kept: are all files still what they were when they were
 * opened? Then 0; else -errno with WHY, and answers may be wrong: of many lookups not each has
 * looked. */
int geo_check(struct geo *geo, struct strbuf *why);

/* Is there a service in the list? It is never asked by geo_lookup(), which knows what stands before
 * it. The next three, and geo_describe_remote(), are for when there is one. */
bool geo_has_remote(const struct geo *geo);

/* What it is asked for to place ADDRESS: of a tunnel's the IPv4 address inside, unless it knows
 * more of the outer one. */
struct ipaddr geo_remote_address(const struct geo *geo, const struct ipaddr *address);

/* How long its ANSWER may be kept, if one with a country is kept for USUAL_SEC. */
int64_t geo_remote_keep_sec(const struct geo *geo, const struct place *answer, int64_t usual_sec);

/* Asks it for COUNT distinct public addresses at once, and calls FUNCTION for each that was
 * answered. */
void geo_ask_remote(struct geo *geo, const struct ipaddr *addresses, size_t count,
                    const struct deadline *deadline, geo_answer_fn *function, void *context,
                    struct geo_outcome *ret);

/* As geo_lookup(), of what stands behind the service in the list. */
int geo_lookup_behind(struct geo *geo, const struct ipaddr *address, struct place *ret,
                      struct strbuf *why);

/* One line a database: "libloc /usr/share/…/location.db of 2025-03-26"; appended to TEXT, joined by
 * ", ". */
void geo_describe(const struct geo *geo, struct strbuf *text);

void geo_describe_remote(const struct geo *geo, struct strbuf *text);

/* When the oldest of the open databases was built, seconds since 1970; 0 if it does not say. */
int64_t geo_built_at_sec(const struct geo *geo);

#endif
