/* geo.h - where an address is: the façade of the geolocation sources
 *
 * SOURCE is what --geo was given: a comma-separated list of NAME or NAME:FILE, tried in order, or
 * "auto": among all local databases found at their usual places the one built last.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_H
#define GEO_H

#include "common/deadline.h"
#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "plugin/place.h"

struct geo;

#define GEO_OUTCOME_WHY 300
#define GEO_PAUSE_MOST_SEC 86400 /* no source may ask for a longer pause */

/* What became of questions to a remote source. */
struct geo_outcome {
	size_t asked, answered; /* addresses */
	/* of the first failure, in a few words; "" if there was none */
	char why[GEO_OUTCOME_WHY];
	int64_t pause_sec; /* > 0: it wants to be left alone for so long */
};

/* PLACE has no country if the source knows none of ADDRESS. */
typedef void geo_answer_fn(void *context, const struct ipaddr *address, const struct place *place);

/* Checks the syntax of --geo without opening anything: 0, or -EINVAL with WHY (the known names are
 * in it). */
int geo_check_source(const char *source, struct strbuf *why);

/* Opens what SOURCE names, at least one: 0 with *RET, or -errno with WHY: which files were tried,
 * why each failed, and what to install or to give. "auto" is ipinfo where no database is found.
 * TOKEN_FILE is ipinfo's, or NULL. */
int geo_open(struct geo **ret, const char *source, const char *token_file, struct strbuf *why);
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

/* Is there a remote source in the list? It is never asked by geo_lookup(), which knows what stands
 * before it. */
bool geo_has_remote(const struct geo *geo);

/* Asks the remote source for COUNT distinct public addresses at once, and calls FUNCTION for each
 * that was answered. */
void geo_ask_remote(struct geo *geo, const struct ipaddr *addresses, size_t count,
                    const struct deadline *deadline, geo_answer_fn *function, void *context,
                    struct geo_outcome *ret);

/* As geo_lookup(), of what stands behind the remote source in the list. */
int geo_lookup_behind(struct geo *geo, const struct ipaddr *address, struct place *ret,
                      struct strbuf *why);

/* One line a database: "libloc /usr/share/…/location.db of 2025-03-26"; appended to TEXT, joined by
 * ", ". */
void geo_describe(const struct geo *geo, struct strbuf *text);

void geo_describe_remote(const struct geo *geo, struct strbuf *text);

/* When the oldest of the open databases was built, seconds since 1970; 0 if it does not say. */
int64_t geo_built_at_sec(const struct geo *geo);

#endif
