/* listings.c - what blocklists have answered, kept so that they are asked rarely; and since when
 * they are silent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

/* -- answers ----------------------------------------------------------------------------------- */

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

int store_get_listing(struct store *store, struct listing *listing, int64_t now_sec,
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

int store_put_listing(struct store *store, const struct listing *listing, int64_t now_sec,
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
static int prepare_silence(struct store *store, sql_statement **ret, const char *sql,
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

int store_put_silence(struct store *store, const char *zone, int64_t since_sec, struct strbuf *why)
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
	                              STORE_SILENCES_MAX, &left, why);
}
