/* sessions.c - addresses of sessions whose user is named in another line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

static int limit_sessions(struct store *store, struct strbuf *why)
{
	return sql_limit(store, "SELECT count(*) FROM session",
	                 "DELETE FROM session WHERE id IN (SELECT id FROM session ORDER BY at "
	                 "LIMIT ?)",
	                 STORE_SESSIONS_MAX, &store->sessions, why);
}

static int write_session(struct store *store, uint64_t session, const struct ipaddr *address,
                         int64_t at_sec, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_SESSION, &statement,
	                              "INSERT OR REPLACE INTO session VALUES(?,?,?)", why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, (int64_t)session);
	sql_bind_address(statement, 2, address);
	sql_bind_integer(statement, 3, at_sec);
	return sql_step(store, statement, why);
}

int store_put_session(struct store *store, uint64_t session, const struct ipaddr *address,
                      int64_t at_sec, struct strbuf *why)
{
	bool is_first = store->sessions < 0;
	/* Some more than the limit may gather before it is enforced, for each time costs. */
	bool is_full = is_first || store->sessions > STORE_SESSIONS_MAX + STORE_SESSIONS_MAX / 10;
	int result = is_full ? limit_sessions(store, why) : 0;

	if (result == 0)
		result = write_session(store, session, address, at_sec, why);
	if (result < 0)
		return result;
	store->sessions++;
	if (is_first || at_sec > store->newest_session_sec)
		store->newest_session_sec = at_sec;
	return 0;
}

int store_get_session(struct store *store, uint64_t session, struct ipaddr *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	struct slice bytes;
	int result = sql_prepare_once(store, GET_SESSION, &statement,
	                              "SELECT address FROM session WHERE id = ?", why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, (int64_t)session);
	result = sql_step(store, statement, why);
	if (result <= 0)
		return result;
	if (!sql_get_blob(statement, 0, sizeof(ret->bytes), &bytes) ||
	    bytes.length != sizeof(ret->bytes))
		return sql_fail_damaged(store, why, "a session's address is none");
	memcpy(ret->bytes, bytes.data, sizeof(ret->bytes));
	return 1;
}

int store_drop_session(struct store *store, uint64_t session, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, DROP_SESSION, &statement,
	                              "DELETE FROM session WHERE id = ?", why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, (int64_t)session);
	result = sql_step(store, statement, why);
	if (result == 0 && store->sessions > 0)
		store->sessions -= sql_changes(store);
	return result;
}

/* Sessions of a day after the newest one of this run are no better than those of a day before: a
 * clock was wrong once, and they would never end. */
int store_forget_sessions(struct store *store, struct strbuf *why)
{
	if (store->sessions < 0)
		return 0;
	int result = sql_run_with(store,
	                          "DELETE FROM session WHERE at NOT BETWEEN ?1 - 86400 AND ?1 + "
	                          "86400",
	                          store->newest_session_sec, why);
	return result < 0 ? result : limit_sessions(store, why);
}
