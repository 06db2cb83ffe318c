/* logins.c - keeping logins, placing them later and forgetting them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

/* -- forgetting --------------------------------------------------------------------------------------------- */

/* ORIGINS inserts the origins of logins that go into temp.gone, LOGINS deletes those logins; then what is left without
 * a login goes too. VALUE is ?1 of both. */
static int forget(struct store *store, const char *origins, const char *logins, int64_t value, struct strbuf *why)
{
	int result = sql_run(store, "CREATE TEMP TABLE gone(origin INTEGER PRIMARY KEY)", why);

	if (result == 0)
		result = sql_run_with(store, origins, value, why);
	if (result == 0)
		result = sql_run_with(store, logins, value, why);
	if (result == 0)
		result = sql_run(store,
			"DELETE FROM origin WHERE id IN (SELECT origin FROM temp.gone) "
			"AND NOT EXISTS (SELECT 1 FROM login WHERE login.origin = origin.id); "
			"DROP TABLE temp.gone", why);
	return result;
}

static int forget_old(struct store *store, int64_t since_sec, struct strbuf *why)
{
	if (since_sec == INT64_MIN)
		return 0;
	/* Nothing is touched if nothing is old: a quiet run must not write. */
	int result = sql_run_with(store, "SELECT 1 FROM login WHERE effective_at <= ? LIMIT 1", since_sec, why);
	if (result <= 0)
		return result;
	return forget(store, "INSERT OR IGNORE INTO gone SELECT origin FROM login WHERE effective_at <= ?",
		"DELETE FROM login WHERE effective_at <= ?", since_sec, why);
}

/* Drops the oldest logins above the limit. */
static int drop_oldest(struct store *store, struct strbuf *why)
{
	int result = sql_get_number(store, "SELECT count(*) FROM login", &store->logins, why);

	if (result < 0)
		return result;
	int64_t surplus = store->logins - store->logins_max;
	if (surplus <= 0)
		return 0;
	result = forget(store, "INSERT OR IGNORE INTO gone SELECT origin FROM login ORDER BY effective_at LIMIT ?",
		"DELETE FROM login WHERE (origin, effective_at, at) IN "
		"(SELECT origin, effective_at, at FROM login ORDER BY effective_at LIMIT ?)", surplus, why);
	if (result < 0)
		return result;
	store->logins = store->logins_max;
	strbuf_add_format(&store->notes,
		"%smore than %" PRId64 " logins in the window: the oldest %" PRId64 " were dropped",
		store->notes.length ? "\n" : "", store->logins_max, surplus);
	return 0;
}

int store_forget(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = forget_old(store, since_sec, why);

	if (result >= 0)
		result = store_forget_lines(store, since_sec, why);
	if (result >= 0)
		result = store_forget_sessions(store, why);
	return result < 0 ? result : drop_oldest(store, why);
}

/* -- adding ------------------------------------------------------------------------------------------------- */

bool store_is_country(const char *code, size_t length)
{
	return length == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z';
}

/* The columns country, asn, as_name, is_anonymiser, latitude, longitude, radius_km, from parameter FIRST on. */
static void bind_place(sqlite3_stmt *statement, int first, const struct place *place)
{
	size_t name_length = strnlen(place->as_name, AS_NAME_MAX);

	if (store_is_country(place->country, strnlen(place->country, sizeof(place->country))))
		sqlite3_bind_text(statement, first, place->country, 2, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, first);
	sqlite3_bind_int64(statement, first + 1, place->asn);
	sql_bind_text(statement, first + 2, slice_make(place->as_name, name_length), AS_NAME_MAX - 1);
	sqlite3_bind_int(statement, first + 3, place->is_anonymiser);
	for (int i = 4; i < 7; i++)
		sqlite3_bind_null(statement, first + i);
	if (!place->has_coordinates)
		return;
	sqlite3_bind_double(statement, first + 4, place->latitude);
	sqlite3_bind_double(statement, first + 5, place->longitude);
	sqlite3_bind_double(statement, first + 6, place->radius_km);
}

/* The columns of an origin as ?1 to ?10. */
static void bind_origin(sqlite3_stmt *statement, const struct login *login, const struct place *place)
{
	sql_bind_blob(statement, 1, login->user, USER_MAX);
	if (login->has_address)
		sqlite3_bind_blob(statement, 2, login->address.bytes, sizeof(login->address.bytes), SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, 2);
	sql_bind_text(statement, 3, login->service, SERVICE_MAX);
	bind_place(statement, 4, place);
}

static int add_origin(struct store *store, const struct login *login, const struct place *place, int64_t *ret,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, ADD_ORIGIN, &statement,
		"INSERT INTO origin(user, address, service, country, asn, as_name, is_anonymiser, latitude, longitude, "
		"radius_km) VALUES(?,?,?,?,?,?,?,?,?,?)", why);

	if (result < 0)
		return result;
	bind_origin(statement, login, place);
	result = sql_step(store, statement, why);
	if (result == 0)
		*ret = sqlite3_last_insert_rowid(store->db);
	return result;
}

/* The id of the origin that equals LOGIN and PLACE; made if there is none. */
static int find_origin(struct store *store, const struct login *login, const struct place *place, int64_t *ret,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, FIND_ORIGIN, &statement,
		"SELECT id FROM origin WHERE user = ?1 AND address IS ?2 AND service = ?3 AND country IS ?4 "
		"AND asn = ?5 AND as_name = ?6 AND is_anonymiser = ?7 AND latitude IS ?8 AND longitude IS ?9 "
		"AND radius_km IS ?10 LIMIT 1", why);

	if (result < 0)
		return result;
	bind_origin(statement, login, place);
	result = sql_step(store, statement, why);
	if (result == 0)
		return add_origin(store, login, place, ret, why);
	if (result > 0)
		*ret = sqlite3_column_int64(statement, 0);
	return result < 0 ? result : 0;
}

static int add_login(struct store *store, const struct login *login, int64_t origin, int64_t effective_at_sec,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int64_t count = login->count < 1 ? 1 : login->count < STORE_COUNT_MAX ? login->count : STORE_COUNT_MAX;
	int result = sql_prepare_once(store, ADD_LOGIN, &statement,
		"INSERT INTO login(origin, effective_at, at, count) VALUES(?1,?2,?3,?4) "
		"ON CONFLICT(origin, effective_at, at) DO UPDATE SET count = min(count + excluded.count, ?5)", why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, origin);
	sqlite3_bind_int64(statement, 2, effective_at_sec);
	sqlite3_bind_int64(statement, 3, login->at_sec);
	sqlite3_bind_int64(statement, 4, count);
	sqlite3_bind_int64(statement, 5, STORE_COUNT_MAX);
	return sql_step(store, statement, why);
}

int store_add(struct store *store, const struct login *login, const struct place *place, int64_t effective_at_sec,
	struct strbuf *why)
{
	static const struct place nowhere;
	int64_t origin = 0;
	/* Some more than the limit may gather before it is enforced, for each time costs. */
	bool is_full = store->logins < 0 || store->logins > store->logins_max + store->logins_max / 10;
	int result = is_full ? drop_oldest(store, why) : 0;

	/* Whatever the caller says, what has no address is nowhere. */
	if (result == 0)
		result = find_origin(store, login, place && login->has_address ? place : &nowhere, &origin, why);
	if (result == 0)
		result = add_login(store, login, origin, effective_at_sec, why);
	if (result == 0)
		store->logins++;
	return result;
}

/* -- placing later ------------------------------------------------------------------------------------------ */

static int place_address(struct store *store, const struct ipaddr *address, const struct place *place,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement,
		"UPDATE origin SET country = ?2, asn = ?3, as_name = ?4, is_anonymiser = ?5, latitude = ?6, "
		"longitude = ?7, radius_km = ?8 WHERE address = ?1 AND country IS NULL", why);

	if (result < 0)
		return result;
	sqlite3_bind_blob(statement, 1, address->bytes, sizeof(address->bytes), SQLITE_STATIC);
	bind_place(statement, 2, place);
	return sql_step(store, statement, why);
}

/* The first unlocated address after LAST ("": the very first). STATEMENT is reset, so that nothing is open while rows
 * change. */
static int next_unlocated(struct store *store, sqlite3_stmt *statement, struct slice last, struct ipaddr *ret,
	struct strbuf *why)
{
	struct slice bytes;

	sql_bind_blob(statement, 1, last, sizeof(ret->bytes));
	int result = sql_step(store, statement, why);
	if (result > 0 && (!sql_get_slice(statement, 0, SQLITE_BLOB, sizeof(ret->bytes), &bytes) ||
	                   bytes.length != sizeof(ret->bytes)))
		result = sql_fail_damaged(store, why, "an address is none");
	if (result > 0)
		memcpy(ret->bytes, bytes.data, sizeof(ret->bytes));
	sqlite3_reset(statement);
	return result;
}

int store_place_unlocated(struct store *store, store_place_fn *function, void *context, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	struct slice last = SLICE_LITERAL("");
	struct ipaddr address;
	int result = sql_prepare(store, &statement,
		"SELECT address FROM origin WHERE country IS NULL AND address > ? ORDER BY address LIMIT 1", why);

	while (result >= 0 && (result = next_unlocated(store, statement, last, &address, why)) > 0) {
		struct place place = { .country = "" };
		last = slice_make((const char *)address.bytes, sizeof(address.bytes));
		result = function(context, &address, &place, why);
		if (result > 0)
			result = place_address(store, &address, &place, why);
	}
	return result;
}
