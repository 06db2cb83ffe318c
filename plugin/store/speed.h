/* speed.h - how long the rest of a run will take (internal to the store); for the others it is
 * store_finish_ms()
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SPEED_H
#define STORE_SPEED_H

#include "plugin/store/sqlite.h"

/* On the monotonic clock. */
int64_t store_clock_us(void);

/* What earlier runs have left. 0 or -errno with WHY. */
int store_speed_read(struct store *store, struct strbuf *why);

/* Rows that were changed since then. */
int64_t store_changes(const struct store *store);

/* Into the run's transaction, if counting was slow enough to say something and took another time
 * than was known. */
int store_speed_keep_counting(struct store *store, struct strbuf *why);

/* How long a commit of AMOUNT rows took is only known after it: in a transaction of its own, if it
 * says something new, which big commits do. That one may fail. */
void store_speed_keep_commit(struct store *store, int64_t amount, int64_t took_us);

#endif
