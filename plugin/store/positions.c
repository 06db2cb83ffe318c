/* positions.c - how far each log was read, and what it has shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

#define NUMBERS 9 /* the cursor follows them */
#define NUMBER_MAX (INT64_MAX / 4) /* of times and counts, so that adding to them and comparing them can't overflow */

static bool is_time(int64_t value)
{
	return value >= -NUMBER_MAX && value <= NUMBER_MAX;
}

static bool is_hashed_length(int64_t value)
{
	return value >= 0 && value <= LOG_HASHED_BYTES;
}

static int read_position(struct store *store, sqlite3_stmt *statement, struct log_position *ret, struct strbuf *why)
{
	int64_t values[NUMBERS];
	struct slice cursor;

	for (int i = 0; i < NUMBERS; i++) {
		if (!sql_get_integer(statement, i, INT64_MIN, INT64_MAX, &values[i]))
			return sql_fail_damaged(store, why, "a position is no number");
	}
	struct log_position found = {
		.is_known = true,
		.device = (uint64_t)values[0],
		.inode = (uint64_t)values[1],
		.head_hash = (uint64_t)values[2],
		.head_length = values[3],
		.tail_hash = (uint64_t)values[4],
		.tail_length = values[5],
		.offset = values[6],
		.newest_sec = values[7],
		.read_sec = values[8],
	};
	if (!is_hashed_length(found.head_length) || !is_hashed_length(found.tail_length) || found.offset < 0 ||
	    !is_time(found.newest_sec) || !is_time(found.read_sec) ||
	    !sql_get_slice(statement, NUMBERS, SQLITE_BLOB, LOG_CURSOR_MAX - 1, &cursor))
		return sql_fail_damaged(store, why, "a position is out of range");
	if (cursor.length)
		memcpy(found.cursor, cursor.data, cursor.length);
	*ret = found;
	return 1;
}

int store_get_position(struct store *store, const char *source_name, enum log_age age, struct log_position *ret,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement,
		"SELECT device, inode, head_hash, head_length, tail_hash, tail_length, read_offset, newest_sec, "
		"read_sec, cursor FROM log_position WHERE source = ? AND age = ?", why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	sqlite3_bind_int(statement, 2, (int)age);
	result = sql_step(store, statement, why);
	if (result > 0)
		return read_position(store, statement, ret, why);
	if (result == 0)
		*ret = (struct log_position){ .is_known = false };
	return result;
}

static bool same_position(const struct log_position *a, const struct log_position *b)
{
	return a->is_known == b->is_known && a->device == b->device && a->inode == b->inode &&
		a->head_hash == b->head_hash && a->head_length == b->head_length &&
		a->tail_hash == b->tail_hash && a->tail_length == b->tail_length &&
		a->offset == b->offset && a->newest_sec == b->newest_sec && a->read_sec == b->read_sec &&
		strcmp(a->cursor, b->cursor) == 0;
}

static int write_position(struct store *store, const char *source_name, enum log_age age,
	const struct log_position *position, struct strbuf *why)
{
	const int64_t values[NUMBERS] = {
		(int64_t)position->device, (int64_t)position->inode,
		(int64_t)position->head_hash, position->head_length,
		(int64_t)position->tail_hash, position->tail_length,
		position->offset, position->newest_sec, position->read_sec,
	};
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	const char *sql = position->is_known ? "INSERT OR REPLACE INTO log_position VALUES(?,?,?,?,?,?,?,?,?,?,?,?)"
		: "DELETE FROM log_position WHERE source = ? AND age = ?";
	int result = sql_prepare(store, &statement, sql, why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	sqlite3_bind_int(statement, 2, (int)age);
	for (int i = 0; position->is_known && i < NUMBERS; i++)
		sqlite3_bind_int64(statement, i + 3, values[i]);
	if (position->is_known)
		sql_bind_blob(statement, NUMBERS + 3, slice_string(position->cursor), LOG_CURSOR_MAX - 1);
	return sql_step(store, statement, why);
}

int store_put_position(struct store *store, const char *source_name, enum log_age age,
	const struct log_position *position, struct strbuf *why)
{
	struct log_position old;
	int result = store_get_position(store, source_name, age, &old, why);

	if (result < 0)
		return result;
	if (same_position(&old, position) || (!old.is_known && !position->is_known))
		return 0;
	return write_position(store, source_name, age, position, why);
}

/* -- the history -------------------------------------------------------------------------------------------- */

#define HISTORY_NUMBERS 4

int store_get_history(struct store *store, const char *source_name, struct log_history *ret,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	struct log_history found = { 0 };
	int64_t *const values[HISTORY_NUMBERS] = {
		&found.since_sec, &found.lines, &found.logins, &found.public_logins };
	int result = sql_prepare(store, &statement,
		"SELECT since, lines, logins, public_logins FROM log_history WHERE source = ?", why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	result = sql_step(store, statement, why);
	for (int i = 0; result > 0 && i < HISTORY_NUMBERS; i++) {
		if (!sql_get_integer(statement, i, 0, NUMBER_MAX, values[i]))
			return sql_fail_damaged(store, why, "a history that can't be");
	}
	if (result >= 0)
		*ret = found;
	return result;
}

static int64_t limited(int64_t value)
{
	return value < 0 ? 0 : value < NUMBER_MAX ? value : NUMBER_MAX;
}

int store_put_history(struct store *store, const char *source_name, const struct log_history *history,
	struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	const int64_t values[HISTORY_NUMBERS] = { limited(history->since_sec), limited(history->lines),
		limited(history->logins), limited(history->public_logins) };
	struct log_history old;
	int result = store_get_history(store, source_name, &old, why);

	if (result < 0)
		return result;
	if (old.since_sec == values[0] && old.lines == values[1] && old.logins == values[2] &&
	    old.public_logins == values[3])
		return 0;
	result = sql_prepare(store, &statement, "INSERT OR REPLACE INTO log_history VALUES(?,?,?,?,?)", why);
	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	for (int i = 0; i < HISTORY_NUMBERS; i++)
		sqlite3_bind_int64(statement, i + 2, values[i]);
	return sql_step(store, statement, why);
}
