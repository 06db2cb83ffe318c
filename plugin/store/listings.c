/* listings.c - what blocklists have answered, kept so that they are asked rarely; and since when
 * they are silent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

/* -- answers ----------------------------------------------------------------------------------- */

static bool read_listing(sqlite3_stmt *statement, struct listing *ret)
{
	struct slice detail;
	int64_t verdict;

	if (!sql_get_integer(statement, 0, VERDICT_NONE, VERDICT_NOT_COVERED, &verdict) ||
	    !sql_get_slice(statement, 1, SQLITE_BLOB, LISTING_DETAIL_ROOM - 1, &detail))
		return false;
	ret->verdict = (enum verdict)verdict;
	memcpy(ret->detail, detail.data, detail.length);
	ret->detail[detail.length] = '\0';
	ret->is_kept = true;
	return true;
}

int store_get_listing(struct store *store, struct listing *listing, int64_t now_sec,
                      struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, GET_LISTING, &statement,
	                              "SELECT verdict, detail FROM dnsbl_answer WHERE zone = ?1 "
	                              "AND address = ?2 AND expires_at > ?3 AND made_at <= ?3",
	                              why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(listing->key), LISTING_KEY_ROOM);
	sqlite3_bind_blob(statement, 2, listing->address.bytes, sizeof(listing->address.bytes),
	                  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, now_sec);
	result = sql_step(store, statement, why);
	if (result > 0 && !read_listing(statement, listing))
		return sql_fail_damaged(store, why, "an answer of a blocklist that can't be");
	return result;
}

int store_put_listing(struct store *store, const struct listing *listing, int64_t now_sec,
                      struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_LISTING, &statement,
	                              "INSERT OR REPLACE INTO dnsbl_answer VALUES(?,?,?,?,?,?)",
	                              why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(listing->key), LISTING_KEY_ROOM);
	sqlite3_bind_blob(statement, 2, listing->address.bytes, sizeof(listing->address.bytes),
	                  SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, (int)listing->verdict);
	sql_bind_blob(statement, 4, slice_string(listing->detail), LISTING_DETAIL_ROOM - 1);
	sqlite3_bind_int64(statement, 5, now_sec);
	sqlite3_bind_int64(statement, 6, now_sec + listing->lifetime_sec);
	return sql_step(store, statement, why);
}

int store_forget_listings(struct store *store, int64_t now_sec, struct strbuf *why)
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
	                    STORE_LISTINGS_MAX, &left, why);
}

/* -- silence ----------------------------------------------------------------------------------- */

/* SQL with ZONE as its first parameter. */
static int prepare_silence(struct store *store, sqlite3_stmt **ret, const char *sql,
                           const char *zone, struct strbuf *why)
{
	int result = sql_prepare(store, ret, sql, why);

	if (result == 0)
		sql_bind_text(*ret, 1, slice_string(zone), LISTING_KEY_ROOM);
	return result;
}

int store_get_silence(struct store *store, const char *zone, int64_t *ret_since_sec,
                      struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	int result = prepare_silence(store, &statement,
	                             "SELECT since FROM dnsbl_silence WHERE zone = ?", zone, why);

	*ret_since_sec = 0;
	if (result == 0)
		result = sql_step(store, statement, why);
	if (result > 0)
		*ret_since_sec = sqlite3_column_int64(statement, 0);
	return result;
}

int store_put_silence(struct store *store, const char *zone, int64_t since_sec, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	const char *sql = since_sec ? "INSERT OR REPLACE INTO dnsbl_silence VALUES(?,?)"
				    : "DELETE FROM dnsbl_silence WHERE zone = ?";
	int64_t left;
	int result = prepare_silence(store, &statement, sql, zone, why);

	if (result == 0 && since_sec)
		sqlite3_bind_int64(statement, 2, since_sec);
	if (result == 0)
		result = sql_step(store, statement, why);
	return result < 0 ? result
			  : sql_limit(store, "SELECT count(*) FROM dnsbl_silence",
	                              "DELETE FROM dnsbl_silence WHERE zone IN (SELECT zone FROM "
	                              "dnsbl_silence ORDER BY since LIMIT ?)",
	                              STORE_SILENCES_MAX, &left, why);
}
