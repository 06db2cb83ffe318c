/* place_columns.h - a place as columns of a row: which they are, binding, reading and checking
 * them, once for every table that has them (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PLACE_COLUMNS_H
#define STORE_PLACE_COLUMNS_H

#include "plugin/place.h"
#include "plugin/store/sqlite.h"

/* The country: NULL if there is none. */
void place_columns_bind_country(sql_statement *statement, int index, const char *country);
/* False if it can't be ours. */
bool place_columns_read_country(sql_statement *statement, int column, char ret[3]);
/* Whether CODE can be kept: two letters from A to Z. */
bool place_columns_is_country(struct slice code);

/* What a place has beside its country, so many columns from FIRST on. What is bound is borrowed
 * until the statement is done. Reading gives all but the country; all NULL: nothing is known.
 * Coordinates that can't be are none: they decide nothing. False if anything else can't be ours. */
#define PLACE_COLUMNS "asn, as_name, is_anonymiser, latitude, longitude, radius_km"
#define PLACE_PARAMETERS "?,?,?,?,?,?"
#define PLACE_COLUMN_COUNT 6
void place_columns_bind(sql_statement *statement, int first, const struct place *place);
bool place_columns_read(sql_statement *statement, int first, struct place *ret);

#endif
