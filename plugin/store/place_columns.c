/* place_columns.c - a place as columns of a row; see place_columns.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <math.h>

#include "plugin/store/place_columns.h"
#include "plugin/store/sql.h"

#define RADIUS_MAX_KM 50000

enum { ASN, AS_NAME, IS_ANONYMISER, LATITUDE, LONGITUDE, RADIUS_KM, COLUMNS };

_Static_assert(COLUMNS == PLACE_COLUMN_COUNT, "the columns as PLACE_COLUMNS has them");

/* -- the country ------------------------------------------------------------------------------- */

bool place_columns_is_country(struct slice code)
{
	return code.length == 2 && code.data[0] >= 'A' && code.data[0] <= 'Z' &&
		code.data[1] >= 'A' && code.data[1] <= 'Z';
}

void place_columns_bind_country(sqlite3_stmt *statement, int index, const char *country)
{
	if (country[0])
		sql_bind_text(statement, index, slice_string(country), 2);
	else
		sqlite3_bind_null(statement, index);
}

bool place_columns_read_country(sqlite3_stmt *statement, int column, char ret[3])
{
	struct slice code;

	ret[0] = ret[2] = '\0';
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return true;
	if (!sql_get_slice(statement, column, SQLITE_TEXT, 2, &code) ||
	    !place_columns_is_country(code))
		return false;
	memcpy(ret, code.data, 2);
	return true;
}

/* -- all else ---------------------------------------------------------------------------------- */

static void bind_coordinates(sqlite3_stmt *statement, int first, const struct place *place)
{
	const double values[] = { place->latitude, place->longitude, place->radius_km };

	for (int i = 0; i < (int)ARRAY_SIZE(values); i++) {
		if (place->has_coordinates)
			sqlite3_bind_double(statement, first + i, values[i]);
		else
			sqlite3_bind_null(statement, first + i);
	}
}

void place_columns_bind(sqlite3_stmt *statement, int first, const struct place *place)
{
	sqlite3_bind_int64(statement, first + ASN, place->asn);
	sql_bind_text(statement, first + AS_NAME,
	              slice_make(place->as_name, strnlen(place->as_name, AS_NAME_MAX)),
	              AS_NAME_MAX - 1);
	sqlite3_bind_int(statement, first + IS_ANONYMISER, place->is_anonymiser);
	bind_coordinates(statement, first + LATITUDE, place);
}

static void read_coordinates(sqlite3_stmt *statement, int first, struct place *ret)
{
	double latitude = sqlite3_column_double(statement, first + LATITUDE);
	double longitude = sqlite3_column_double(statement, first + LONGITUDE);
	double radius_km = sqlite3_column_double(statement, first + RADIUS_KM);

	ret->has_coordinates = sqlite3_column_type(statement, first + LATITUDE) == SQLITE_FLOAT &&
		fabs(latitude) <= 90 &&
		sqlite3_column_type(statement, first + LONGITUDE) == SQLITE_FLOAT &&
		fabs(longitude) <= 180;
	if (!ret->has_coordinates)
		return;
	ret->latitude = latitude;
	ret->longitude = longitude;
	ret->radius_km = radius_km >= 0 && radius_km <= RADIUS_MAX_KM ? radius_km : 0;
}

bool place_columns_read(sqlite3_stmt *statement, int first, struct place *ret)
{
	struct place place = { .country = "" };
	struct slice name;
	int64_t asn;

	if (sqlite3_column_type(statement, first + ASN) == SQLITE_NULL) {
		*ret = place;
		return true;
	}
	if (!sql_get_integer(statement, first + ASN, 0, UINT32_MAX, &asn) ||
	    !sql_get_slice(statement, first + AS_NAME, SQLITE_TEXT, AS_NAME_MAX - 1, &name))
		return false;
	place.asn = (uint32_t)asn;
	memcpy(place.as_name, name.data, name.length);
	place.is_anonymiser = sqlite3_column_int(statement, first + IS_ANONYMISER) != 0;
	read_coordinates(statement, first, &place);
	*ret = place;
	return true;
}
