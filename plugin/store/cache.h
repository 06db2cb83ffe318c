/* cache.h - what others have answered, kept in the state so that they are asked rarely
 *
 * All of it may be lost at any time, with the state or at a limit: then others are asked again. No
 * answer is given for longer than it was said to last, nor one of a time that is still to come
 * (a clock was wrong). What is put lasts from store_commit() on, and what fails is a failure of
 * the store: see store_recover().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CACHE_H
#define CACHE_H

#include "plugin/listing.h"
#include "plugin/store.h"

/* What a remote source has answered of ADDRESS, if it was not longer than its lifetime ago: > 0
 * with *RET, whose country is "" if the source knows none; 0: it must be asked. At most
 * CACHE_PLACES_MAX are kept, those that last longest. */
#define CACHE_PLACES_MAX 100000
int cache_get_place(struct store *store, const struct ipaddr *address, int64_t now_sec,
                    struct place *ret, struct strbuf *why);
int cache_put_place(struct store *store, const struct ipaddr *address, const struct place *place,
                    int64_t now_sec, int64_t lifetime_sec, struct strbuf *why);
/* after the last put of a run */
int cache_forget_places(struct store *store, int64_t now_sec, struct strbuf *why);

/* Until when the remote source wants to be left alone; 0: it may be asked. */
int cache_get_pause(struct store *store, int64_t *ret_until_sec, struct strbuf *why);
int cache_put_pause(struct store *store, int64_t until_sec, struct strbuf *why);

/* What a blocklist has answered, by LISTING's key and address: > 0 with its verdict, detail
 * and text filled in and is_kept set, 0: it must be asked. It is kept for lifetime_sec; at most
 * CACHE_LISTINGS_MAX are, those that last longest. */
#define CACHE_LISTINGS_MAX 20000
int cache_get_listing(struct store *store, struct listing *listing, int64_t now_sec,
                      struct strbuf *why);
int cache_put_listing(struct store *store, const struct listing *listing, int64_t now_sec,
                      struct strbuf *why);
/* after the last put of a run */
int cache_forget_listings(struct store *store, int64_t now_sec, struct strbuf *why);

/* Since when the blocklist ZONE has given no verdict; 0: it gave one last. At most
 * CACHE_SILENCES_MAX are kept. */
#define CACHE_SILENCES_MAX 1000
int cache_get_silence(struct store *store, const char *zone, int64_t *ret_since_sec,
                      struct strbuf *why);
int cache_put_silence(struct store *store, const char *zone, int64_t since_sec, struct strbuf *why);

#endif
