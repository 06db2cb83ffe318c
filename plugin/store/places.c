/* places.c - what a remote source has answered, kept so that it is asked once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

/* -- reading ----------------------------------------------------------------------------------- */

static bool read_place(sqlite3_stmt *statement, struct place *ret)
{
	struct slice code, name;
	struct place place = { 0 };
	int64_t asn;

	if (!sql_get_slice(statement, 0, SQLITE_TEXT, 2, &code) ||
	    (code.length && !store_is_country(code.data, code.length)) ||
	    !sql_get_integer(statement, 1, 0, UINT32_MAX, &asn) ||
	    !sql_get_slice(statement, 2, SQLITE_TEXT, AS_NAME_MAX - 1, &name))
		return false;
	memcpy(place.country, code.data, code.length);
	memcpy(place.as_name, name.data, name.length);
	place.asn = (uint32_t)asn;
	place.is_anonymiser = sqlite3_column_int(statement, 3) != 0;
	place.has_coordinates = sqlite3_column_type(statement, 4) == SQLITE_FLOAT;
	place.latitude = sqlite3_column_double(statement, 4);
	place.longitude = sqlite3_column_double(statement, 5);
	place.radius_km = sqlite3_column_double(statement, 6);
	*ret = place;
	return true;
}

int store_get_place(struct store *store, const struct ipaddr *address, int64_t now_sec,
                    struct place *ret, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, GET_PLACE, &statement,
	                              "SELECT country, asn, as_name, is_anonymiser, latitude, "
	                              "longitude, radius_km FROM geo_cache WHERE address = ?1 AND "
	                              "expires_at > ?2 AND made_at <= ?2",
	                              why);

	if (result < 0)
		return result;
	sqlite3_bind_blob(statement, 1, address->bytes, sizeof(address->bytes), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now_sec);
	result = sql_step(store, statement, why);
	if (result > 0 && !read_place(statement, ret))
		return sql_fail_damaged(store, why, "a place that can't be");
	return result;
}

/* -- writing ----------------------------------------------------------------------------------- */

int store_put_place(struct store *store, const struct ipaddr *address, const struct place *place,
                    int64_t now_sec, int64_t lifetime_sec, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_PLACE, &statement,
	                              "INSERT OR REPLACE INTO geo_cache "
	                              "VALUES(?,?,?,?,?,?,?,?,?,?)",
	                              why);

	if (result < 0)
		return result;
	sqlite3_bind_blob(statement, 1, address->bytes, sizeof(address->bytes), SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, place->country, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, place->asn);
	sqlite3_bind_text(statement, 4, place->as_name, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 5, place->is_anonymiser);
	for (int i = 6; i <= 8; i++)
		sqlite3_bind_null(statement, i);
	if (place->has_coordinates) {
		sqlite3_bind_double(statement, 6, place->latitude);
		sqlite3_bind_double(statement, 7, place->longitude);
		sqlite3_bind_double(statement, 8, place->radius_km);
	}
	sqlite3_bind_int64(statement, 9, now_sec);
	sqlite3_bind_int64(statement, 10, now_sec + lifetime_sec);
	return sql_step(store, statement, why);
}

int store_forget_places(struct store *store, int64_t now_sec, struct strbuf *why)
{
	int64_t left;
	int result = sql_run_with(store,
	                          "DELETE FROM geo_cache WHERE expires_at <= ?1 OR made_at > ?1",
	                          now_sec, why);

	return result < 0 ? result
			  : sql_limit(store, "SELECT count(*) FROM geo_cache",
	                              "DELETE FROM geo_cache WHERE address IN (SELECT address FROM "
	                              "geo_cache ORDER BY expires_at LIMIT ?)",
	                              STORE_PLACES_MAX, &left, why);
}

/* -- the pause --------------------------------------------------------------------------------- */

int store_get_pause(struct store *store, int64_t *ret_until_sec, struct strbuf *why)
{
	*ret_until_sec = 0;
	int result = sql_get_number(store, "SELECT until FROM geo_pause", ret_until_sec, why);

	return result < 0 ? result : 0;
}

int store_put_pause(struct store *store, int64_t until_sec, struct strbuf *why)
{
	int result = sql_run(store, "DELETE FROM geo_pause", why);

	return result < 0 || until_sec == 0
		? result
		: sql_run_with(store, "INSERT INTO geo_pause VALUES(?)", until_sec, why);
}
