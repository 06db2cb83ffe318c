/* tally.h - counting the window's logins
 *
 * In C and not by the store's SQL: with 10,000 logins of as many origins eight queries took 490
 * million instructions, and a run with nothing new may take 15 ms in all. A million users take no
 * more memory than twenty: only their foreign addresses are all remembered.
 *
 * "Unlocated" is neither home nor foreign: it is its own number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "plugin/judgement.h"
#include "plugin/login.h"
#include "plugin/metrics.h"

struct tally;

/* JUDGEMENT is borrowed until tally_free. */
struct tally *tally_new(const struct judgement *judgement);
void tally_free(struct tally *tally);
void tally_freep(struct tally **tally);

#define TALLY_USERS_MOST 20 /* that can be told */
#define TALLY_ADDRESSES_MOST 500

/* Counts VISIT, unless its address is trusted. The visits of a user come one after the other, and
 * in them those from one address, as store_each_visit() has them. */
void tally_add(struct tally *tally, const struct visit *visit);

/* The addresses of foreign logins, each once, at most MOST, and TALLY_ADDRESSES_MOST, of them into
 * RET: how many there are in all. */
size_t tally_foreign_addresses(const struct tally *tally, struct ipaddr *ret, size_t most);

/* Were there several addresses, and none of them could be placed? Then the database is none of
 * countries, or not of these. */
bool tally_is_blind(const struct tally *tally);

/* What is counted of logins: sets their metrics in RET. */
void tally_counts(const struct tally *tally, struct counts *ret);

/* After all visits: calls FUNCTION for at most LIMIT users, and TALLY_USERS_MOST; those with the
 * most countries, then foreign logins, then hidden addresses, then logins, first; only users with
 * foreign logins or hidden addresses if FOREIGN_ONLY. Returns how many more there are. SUMMARY
 * lives for the call. */
typedef void tally_user_fn(void *context, const struct user_summary *summary);
int64_t tally_each_user(struct tally *tally, bool foreign_only, size_t limit,
                        tally_user_fn *function, void *context);

/* The same for the names of users with foreign logins, at most TALLY_USERS_MOST: whose foreign
 * logins of the window began last comes first. So who is new stands in front of those who log in
 * again and again. */
typedef void tally_name_fn(void *context, struct slice user);
void tally_each_newcomer(struct tally *tally, tally_name_fn *function, void *context);

#endif
