/* place_columns.c - a place as columns of a row; see place_columns.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

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

void place_columns_bind_country(sql_statement *statement, int index, const char *country)
{
	if (country[0])
		sql_bind_text(statement, index, slice_string(country), 2);
	else
		sql_bind_null(statement, index);
}

bool place_columns_read_country(sql_statement *statement, int column, char ret[3])
{
	struct slice code;

	ret[0] = ret[2] = '\0';
	if (!sql_get_text(statement, column, 2, &code))
		return sql_is_null(statement, column);
	if (!place_columns_is_country(code))
		return false;
	memcpy(ret, code.data, 2);
	return true;
}

/* -- all else ---------------------------------------------------------------------------------- */

static void bind_coordinates(sql_statement *statement, int first, const struct place *place)
{
	const double values[] = { place->latitude, place->longitude, place->radius_km };

	for (int i = 0; i < (int)ARRAY_SIZE(values); i++) {
		if (place->has_coordinates)
			sql_bind_real(statement, first + i, values[i]);
		else
			sql_bind_null(statement, first + i);
	}
}

void place_columns_bind(sql_statement *statement, int first, const struct place *place)
{
	sql_bind_integer(statement, first + ASN, place->asn);
	sql_bind_text(statement, first + AS_NAME,
	              slice_make(place->as_name, strnlen(place->as_name, AS_NAME_MAX)),
	              AS_NAME_MAX - 1);
	sql_bind_integer(statement, first + IS_ANONYMISER, place->is_anonymiser);
	bind_coordinates(statement, first + LATITUDE, place);
}

static void read_coordinates(sql_statement *statement, int first, struct place *ret)
{
	struct place found = *ret;

	if (!sql_get_real(statement, first + LATITUDE, -90, 90, &found.latitude) ||
	    !sql_get_real(statement, first + LONGITUDE, -180, 180, &found.longitude))
		return;
	if (!sql_get_real(statement, first + RADIUS_KM, 0, RADIUS_MAX_KM, &found.radius_km))
		found.radius_km = 0;
	found.has_coordinates = true;
	*ret = found;
}

bool place_columns_read(sql_statement *statement, int first, struct place *ret)
{
	struct place place = { .country = "" };
	struct slice name;
	int64_t asn, is_anonymiser;

	if (sql_is_null(statement, first + ASN)) {
		*ret = place;
		return true;
	}
	if (!sql_get_integer(statement, first + ASN, 0, UINT32_MAX, &asn) ||
	    !sql_get_text(statement, first + AS_NAME, AS_NAME_MAX - 1, &name) ||
	    !sql_get_integer(statement, first + IS_ANONYMISER, 0, 1, &is_anonymiser))
		return false;
	place.asn = (uint32_t)asn;
	memcpy(place.as_name, name.data, name.length);
	place.is_anonymiser = is_anonymiser != 0;
	read_coordinates(statement, first, &place);
	*ret = place;
	return true;
}
