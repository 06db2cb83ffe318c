/* place_rows.h - what a database says of a place beside its country, once for all logins that have
 * it (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PLACE_ROWS_H
#define STORE_PLACE_ROWS_H

#include "plugin/place.h"
#include "plugin/store/sqlite.h"

/* The rows that are there, by what they hold, are read at the first question. */
void place_rows_release(struct place_rows *rows);

/* The row of what PLACE holds beside its country, made if there is none; 0 if it holds nothing. */
int place_rows_find(struct store *store, const struct place *place, int64_t *ret,
                    struct strbuf *why);

/* Forgets rows that no login has any more, when there are more than LOGINS and a few. */
int place_rows_forget(struct store *store, int64_t logins, struct strbuf *why);

#endif
