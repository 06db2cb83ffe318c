/* repeats.c - logins whose line stands in several logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

#define KEPT_SEC 3600 /* longer than the window: the other log may be read late */

/* A log's name as a number: only to tell a few logs of one state apart. FNV-1a. */
static int64_t source_number(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (int64_t)hash;
}

/* How often the line was seen in SOURCE, or the most often in any other one. */
static int count_seen(struct store *store, bool is_own, int64_t hash, int64_t source, int64_t *ret, struct strbuf *why)
{
	sqlite3_stmt *statement = NULL;
	const char *sql = is_own ? "SELECT max(count) FROM seen_line WHERE hash = ? AND source = ?"
		: "SELECT max(count) FROM seen_line WHERE hash = ? AND source <> ?";
	int result = sql_prepare_once(store, is_own ? COUNT_OWN_LINES : COUNT_OTHER_LINES, &statement, sql, why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, hash);
	sqlite3_bind_int64(statement, 2, source);
	result = sql_step(store, statement, why);
	*ret = 0;
	if (result > 0 && sqlite3_column_type(statement, 0) != SQLITE_NULL &&
	    !sql_get_integer(statement, 0, 0, INT64_MAX / 2, ret))
		result = sql_fail_damaged(store, why, "a count of lines is no number");
	sqlite3_reset(statement);
	return result < 0 ? result : 0;
}

static int remember(struct store *store, const int64_t values[4], struct strbuf *why)
{
	sqlite3_stmt *statement = NULL;
	int result = sql_prepare_once(store, PUT_LINE, &statement, "INSERT OR REPLACE INTO seen_line VALUES(?,?,?,?)", why);

	if (result < 0)
		return result;
	for (int i = 0; i < 4; i++)
		sqlite3_bind_int64(statement, i + 1, values[i]);
	result = sql_step(store, statement, why);
	sqlite3_reset(statement);
	return result;
}

int store_is_repeat(struct store *store, const char *source_name, uint64_t line_hash, int64_t effective_at_sec,
	struct strbuf *why)
{
	int64_t hash = (int64_t)line_hash, source = source_number(source_name), own = 0, others = 0;
	int result = count_seen(store, true, hash, source, &own, why);

	if (result == 0)
		result = count_seen(store, false, hash, source, &others, why);
	if (result == 0)
		result = remember(store, (const int64_t[]){ hash, source, own + 1, effective_at_sec }, why);
	return result < 0 ? result : own + 1 <= others;
}

int store_forget_lines(struct store *store, int64_t since_sec, struct strbuf *why)
{
	if (since_sec < INT64_MIN + KEPT_SEC)
		return 0;
	int result = sql_run_with(store, "SELECT 1 FROM seen_line WHERE effective_at <= ? LIMIT 1", since_sec - KEPT_SEC, why);
	if (result > 0)
		result = sql_run_with(store, "DELETE FROM seen_line WHERE effective_at <= ?", since_sec - KEPT_SEC, why);
	return result < 0 ? result : 0;
}
