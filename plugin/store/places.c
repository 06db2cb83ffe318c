/* places.c - what a remote source has answered, kept so that it is asked once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/place_columns.h"
#include "plugin/store/sql.h"

/* -- answers ----------------------------------------------------------------------------------- */

int store_get_place(struct store *store, const struct ipaddr *address, int64_t now_sec,
                    struct place *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	struct place place;
	char country[3];
	/* no country is NULL elsewhere, and here '' */
	int result = sql_prepare_once(store, GET_PLACE, &statement,
	                              "SELECT nullif(country, ''), " PLACE_COLUMNS
	                              " FROM geo_cache WHERE address = ?1 AND expires_at > ?2 AND "
	                              "made_at <= ?2",
	                              why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1,
	              slice_make((const char *)address->bytes, sizeof(address->bytes)),
	              sizeof(address->bytes));
	sql_bind_integer(statement, 2, now_sec);
	result = sql_step(store, statement, why);
	if (result <= 0)
		return result;
	if (!place_columns_read_country(statement, 0, country) ||
	    !place_columns_read(statement, 1, &place))
		return sql_fail_damaged(store, why, "a place that can't be");
	memcpy(place.country, country, sizeof(place.country));
	*ret = place;
	return result;
}

int store_put_place(struct store *store, const struct ipaddr *address, const struct place *place,
                    int64_t now_sec, int64_t lifetime_sec, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_PLACE, &statement,
	                              "INSERT OR REPLACE INTO geo_cache VALUES(?, coalesce(?, "
	                              "''), " PLACE_PARAMETERS ", ?, ?)",
	                              why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1,
	              slice_make((const char *)address->bytes, sizeof(address->bytes)),
	              sizeof(address->bytes));
	place_columns_bind_country(statement, 2, place->country);
	place_columns_bind(statement, 3, place);
	sql_bind_integer(statement, PLACE_COLUMN_COUNT + 3, now_sec);
	sql_bind_integer(statement, PLACE_COLUMN_COUNT + 4, now_sec + lifetime_sec);
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
