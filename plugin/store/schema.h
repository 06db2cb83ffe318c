/* schema.h - the tables of a state, of this version and of older ones (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "plugin/store/sqlite.h"

#define STORE_SCHEMA_VERSION 7

/* Within the transaction that was begun: an empty database gets the tables; one of ours must have
 * the tables of its version and no others, to the letter, and one of an older version is converted,
 * with all that it remembers. 0 or -errno with WHY; another program's file and a newer version's
 * are only refused. */
int store_schema_prepare(struct store *store, struct strbuf *why);

#endif
