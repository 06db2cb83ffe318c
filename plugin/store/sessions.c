/* sessions.c - addresses of sessions whose user is named in another line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

#define SESSION_SEC 86400

int store_put_session(struct store *store, uint64_t session, const struct ipaddr *address, int64_t at_sec, struct strbuf *why)
{
	sqlite3_stmt *statement = NULL;
	int result = sql_prepare_once(store, PUT_SESSION, &statement, "INSERT OR REPLACE INTO session VALUES(?,?,?)", why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, (int64_t)session);
	sqlite3_bind_blob(statement, 2, address->bytes, sizeof(address->bytes), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, at_sec);
	result = sql_step(store, statement, why);
	sqlite3_reset(statement);
	return result;
}

int store_get_session(struct store *store, uint64_t session, struct ipaddr *ret, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	struct slice bytes;
	int result = sql_prepare(store, &statement, "SELECT address FROM session WHERE id = ?", why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, (int64_t)session);
	result = sql_step(store, statement, why);
	if (result <= 0)
		return result;
	if (!sql_get_slice(statement, 0, SQLITE_BLOB, sizeof(ret->bytes), &bytes) || bytes.length != sizeof(ret->bytes))
		return sql_fail_damaged(store, why, "a session's address is none");
	memcpy(ret->bytes, bytes.data, sizeof(ret->bytes));
	return 1;
}

int store_drop_session(struct store *store, uint64_t session, struct strbuf *why)
{
	sqlite3_stmt *statement = NULL;
	int result = sql_prepare_once(store, DROP_SESSION, &statement, "DELETE FROM session WHERE id = ?", why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, (int64_t)session);
	result = sql_step(store, statement, why);
	sqlite3_reset(statement);
	return result;
}

/* By the newest session's time, not by a clock; nothing is written if nothing is old. */
int store_forget_sessions(struct store *store, struct strbuf *why)
{
	int64_t count = 0, oldest_sec = 0, newest_sec = 0;
	int result = sql_get_number(store, "SELECT count(*) FROM session", &count, why);

	if (result < 0 || count == 0)
		return result < 0 ? result : 0;
	result = sql_get_number(store, "SELECT min(at) FROM session", &oldest_sec, why);
	if (result >= 0)
		result = sql_get_number(store, "SELECT max(at) FROM session", &newest_sec, why);
	if (result >= 0 && oldest_sec < newest_sec - SESSION_SEC)
		result = sql_run_with(store, "DELETE FROM session WHERE at < ?", newest_sec - SESSION_SEC, why);
	if (result >= 0 && count > STORE_SESSIONS_MAX)
		result = sql_run_with(store, "DELETE FROM session WHERE id IN (SELECT id FROM session ORDER BY at LIMIT ?)",
			count - STORE_SESSIONS_MAX, why);
	return result < 0 ? result : 0;
}
