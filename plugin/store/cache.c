/* cache.c - what others have answered; see cache.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/cache.h"
#include "plugin/store/place_columns.h"
#include "plugin/store/sql.h"

/* -- places of addresses ----------------------------------------------------------------------- */

int cache_get_place(struct store *store, const struct ipaddr *address, int64_t now_sec,
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

int cache_put_place(struct store *store, const struct ipaddr *address, const struct place *place,
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

int cache_forget_places(struct store *store, int64_t now_sec, struct strbuf *why)
{
	int64_t left;
	int result = sql_run_with(store,
	                          "DELETE FROM geo_cache WHERE expires_at <= ?1 OR made_at > ?1",
	                          now_sec, why);

	return result < 0 ? result
			  : sql_limit(store, "SELECT count(*) FROM geo_cache",
	                              "DELETE FROM geo_cache WHERE address IN (SELECT address FROM "
	                              "geo_cache ORDER BY expires_at LIMIT ?)",
	                              CACHE_PLACES_MAX, &left, why);
}

/* -- the pause --------------------------------------------------------------------------------- */

int cache_get_pause(struct store *store, int64_t *ret_until_sec, struct strbuf *why)
{
	*ret_until_sec = 0;
	int result = sql_get_number(store, "SELECT until FROM geo_pause", ret_until_sec, why);

	return result < 0 ? result : 0;
}

int cache_put_pause(struct store *store, int64_t until_sec, struct strbuf *why)
{
	int result = sql_run(store, "DELETE FROM geo_pause", why);

	return result < 0 || until_sec == 0
		? result
		: sql_run_with(store, "INSERT INTO geo_pause VALUES(?)", until_sec, why);
}

/* -- answers of blocklists --------------------------------------------------------------------- */

/* The detail; the text, if there is one, behind a NUL; and behind another one nothing, which says
 * that the list lacks its test point. */
#define PACKED_MAX (LISTING_DETAIL_ROOM + LISTING_TEXT_ROOM)

static void pack(struct strbuf *packed, const struct listing *listing)
{
	strbuf_add_string(packed, listing->detail);
	if (listing->text[0] || listing->lacks_test_point)
		strbuf_add_char(packed, '\0');
	strbuf_add_string(packed, listing->text);
	if (listing->lacks_test_point)
		strbuf_add_char(packed, '\0');
}

static bool unpack(struct slice packed, struct listing *ret)
{
	size_t nuls = 0;
	for (size_t i = 0; i < packed.length; i++)
		nuls += packed.data[i] == '\0';
	struct slice detail = slice_take_until(&packed, '\0');
	struct slice text = slice_take_until(&packed, '\0');
	if (nuls > 2 || packed.length || detail.length >= sizeof ret->detail ||
	    text.length >= sizeof ret->text)
		return false;
	snprintf(ret->detail, sizeof ret->detail, "%.*s", (int)detail.length, detail.data);
	snprintf(ret->text, sizeof ret->text, "%.*s", (int)text.length, text.data);
	ret->lacks_test_point = nuls == 2;
	return true;
}

static bool read_listing(sql_statement *statement, struct listing *ret)
{
	struct slice packed;
	int64_t verdict;

	if (!sql_get_integer(statement, 0, VERDICT_NONE, VERDICT_NOT_COVERED, &verdict) ||
	    !sql_get_blob(statement, 1, PACKED_MAX, &packed) || !unpack(packed, ret))
		return false;
	ret->verdict = (enum verdict)verdict;
	ret->is_kept = true;
	return true;
}

int cache_get_listing(struct store *store, struct listing *listing, int64_t now_sec,
                      struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, GET_LISTING, &statement,
	                              "SELECT verdict, detail FROM dnsbl_answer WHERE zone = ?1 "
	                              "AND address = ?2 AND expires_at > ?3 AND made_at <= ?3",
	                              why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(listing->key), LISTING_KEY_ROOM);
	sql_bind_address(statement, 2, &listing->address);
	sql_bind_integer(statement, 3, now_sec);
	result = sql_step(store, statement, why);
	if (result > 0 && !read_listing(statement, listing))
		return sql_fail_damaged(store, why, "an answer of a blocklist that can't be");
	return result;
}

int cache_put_listing(struct store *store, const struct listing *listing, int64_t now_sec,
                      struct strbuf *why)
{
	struct strbuf packed CLEANUP(strbuf_release) = STRBUF_INIT(PACKED_MAX);
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_LISTING, &statement,
	                              "INSERT OR REPLACE INTO dnsbl_answer VALUES(?,?,?,?,?,?)",
	                              why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(listing->key), LISTING_KEY_ROOM);
	sql_bind_address(statement, 2, &listing->address);
	sql_bind_integer(statement, 3, (int)listing->verdict);
	pack(&packed, listing);
	sql_bind_blob(statement, 4, slice_make(strbuf_text(&packed), packed.length), PACKED_MAX);
	sql_bind_integer(statement, 5, now_sec);
	sql_bind_integer(statement, 6, now_sec + listing->lifetime_sec);
	return sql_step(store, statement, why);
}

int cache_forget_listings(struct store *store, int64_t now_sec, struct strbuf *why)
{
	int64_t left;
	int result = sql_run_with(store,
	                          "DELETE FROM dnsbl_answer WHERE expires_at <= ?1 OR made_at > ?1",
	                          now_sec, why);

	return result < 0
		? result
		: sql_limit(store, "SELECT count(*) FROM dnsbl_answer",
	                    "DELETE FROM dnsbl_answer WHERE (zone, address) IN (SELECT zone, "
	                    "address FROM dnsbl_answer ORDER BY expires_at LIMIT ?)",
	                    CACHE_LISTINGS_MAX, &left, why);
}

/* -- silence ----------------------------------------------------------------------------------- */

/* SQL with ZONE as its first parameter. */
static int prepare_silence(struct store *store, sql_statement **ret, const char *sql,
                           const char *zone, struct strbuf *why)
{
	int result = sql_prepare(store, ret, sql, why);

	if (result == 0)
		sql_bind_text(*ret, 1, slice_string(zone), LISTING_KEY_ROOM);
	return result;
}

int cache_get_silence(struct store *store, const char *zone, int64_t *ret_since_sec,
                      struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = prepare_silence(store, &statement,
	                             "SELECT since FROM dnsbl_silence WHERE zone = ?", zone, why);

	*ret_since_sec = 0;
	if (result == 0)
		result = sql_step(store, statement, why);
	if (result > 0 && !sql_get_integer(statement, 0, INT64_MIN, INT64_MAX, ret_since_sec))
		return sql_fail_damaged(store, why, "a silence that can't be");
	return result;
}

int cache_put_silence(struct store *store, const char *zone, int64_t since_sec, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	const char *sql = since_sec ? "INSERT OR REPLACE INTO dnsbl_silence VALUES(?,?)"
				    : "DELETE FROM dnsbl_silence WHERE zone = ?";
	int64_t left;
	int result = prepare_silence(store, &statement, sql, zone, why);

	if (result == 0 && since_sec)
		sql_bind_integer(statement, 2, since_sec);
	if (result == 0)
		result = sql_step(store, statement, why);
	return result < 0 ? result
			  : sql_limit(store, "SELECT count(*) FROM dnsbl_silence",
	                              "DELETE FROM dnsbl_silence WHERE zone IN (SELECT zone FROM "
	                              "dnsbl_silence ORDER BY since LIMIT ?)",
	                              CACHE_SILENCES_MAX, &left, why);
}
