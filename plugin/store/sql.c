/* sql.c - running statements and saying why one failed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sqlite3.h>

#include "plugin/store/sql.h"

/* -- errors ------------------------------------------------------------------------------------ */

const char *sql_name(const struct store *store)
{
	return store->is_in_memory ? "in memory" : strbuf_text(&store->file.path);
}

int sql_fail_unwritable(const struct store *store, struct strbuf *why, int error)
{
	strbuf_fail(why, 0, "can't write the state %s: %s", sql_name(store), strerror(error));
	if (why)
		store_file_hint(why, sql_name(store), error);
	return -error;
}

int sql_fail_damaged(struct store *store, struct strbuf *why, const char *reason)
{
	store->is_damaged = true;
	return strbuf_fail(why, -EIO, "the state %s is damaged: %s", sql_name(store), reason);
}

static int file_error(struct store *store)
{
	int error = 0;

	return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK
		? error
		: 0;
}

/* The errno below SQLite's error; a failing COMMIT only leaves it with the file. */
static int system_error(struct store *store)
{
	int error = sqlite3_system_errno(store->db);

	if (error <= 0)
		error = file_error(store);
	return error > 0 ? error : EIO;
}

/* SQLite takes a disk that can't read for a damaged file. What can't be read now may be whole. */
static bool is_disk_at_fault(struct store *store)
{
	int error = file_error(store);

	return error == EIO || error == ENXIO || error == ERANGE;
}

static int fail_damaged_or_unreadable(struct store *store, struct strbuf *why, int rc)
{
	if (is_disk_at_fault(store))
		return strbuf_fail(why, -EIO, "can't read the state %s: %s; it is left as it is",
		                   sql_name(store), strerror(EIO));
	return sql_fail_damaged(store, why, sqlite3_errstr(rc));
}

int sql_fail(struct store *store, struct strbuf *why, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_TOOBIG: return fail_damaged_or_unreadable(store, why, rc);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return strbuf_fail(why, -EBUSY,
		                   "another run holds the state %s, and did not end in time",
		                   sql_name(store));
	case SQLITE_FULL: return sql_fail_unwritable(store, why, ENOSPC);
	case SQLITE_READONLY:
	case SQLITE_PERM: return sql_fail_unwritable(store, why, EACCES);
	case SQLITE_NOMEM: return sql_fail_unwritable(store, why, ENOMEM);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN: return sql_fail_unwritable(store, why, system_error(store));
	default:
		return strbuf_fail(why, -EIO, "the state %s: %s", sql_name(store),
		                   sqlite3_errmsg(store->db));
	}
}

/* -- statements -------------------------------------------------------------------------------- */

void sql_finalize(sql_statement **statement)
{
	sqlite3_finalize(*statement);
}

void sql_reset(sql_statement **statement)
{
	if (*statement)
		sqlite3_reset(*statement);
}

int sql_prepare(struct store *store, sql_statement **ret, const char *sql, struct strbuf *why)
{
	int rc = sqlite3_prepare_v2(store->db, sql, -1, ret, NULL);

	return rc == SQLITE_OK ? 0 : sql_fail(store, why, rc);
}

int sql_prepare_if_fits(struct store *store, sql_statement **ret, const char *sql,
                        struct strbuf *why)
{
	int rc = sqlite3_prepare_v2(store->db, sql, -1, ret, NULL);

	return rc == SQLITE_OK ? 1 : rc == SQLITE_ERROR ? 0 : sql_fail(store, why, rc);
}

int sql_prepare_once(struct store *store, enum store_statement which, sql_statement **ret,
                     const char *sql, struct strbuf *why)
{
	int result = store->statements[which]
		? 0
		: sql_prepare(store, &store->statements[which], sql, why);

	*ret = store->statements[which];
	return result;
}

int sql_step(struct store *store, sql_statement *statement, struct strbuf *why)
{
	int rc = sqlite3_step(statement);

	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : sql_fail(store, why, rc);
}

int sql_run(struct store *store, const char *sql, struct strbuf *why)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sql_fail(store, why, rc);
}

int sql_run_with(struct store *store, const char *sql, int64_t value, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement, sql, why);

	if (result < 0)
		return result;
	sqlite3_bind_int64(statement, 1, value);
	return sql_step(store, statement, why);
}

int sql_get_number(struct store *store, const char *sql, int64_t *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement, sql, why);

	if (result == 0)
		result = sql_step(store, statement, why);
	if (result > 0)
		*ret = sqlite3_column_int64(statement, 0);
	return result;
}

int sql_limit(struct store *store, const char *count, const char *drop, int64_t most,
              int64_t *ret_count, struct strbuf *why)
{
	int64_t found = 0;
	int result = sql_get_number(store, count, &found, why);

	if (result >= 0 && found > most)
		result = sql_run_with(store, drop, found - most, why);
	if (result >= 0)
		*ret_count = found < most ? found : most;
	return result < 0 ? result : 0;
}

int64_t sql_changes(const struct store *store)
{
	return sqlite3_changes(store->db);
}

int64_t sql_total_changes(const struct store *store)
{
	return sqlite3_total_changes(store->db);
}

int64_t sql_last_id(const struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

/* -- values ------------------------------------------------------------------------------------ */

void sql_bind_null(sql_statement *statement, int index)
{
	sqlite3_bind_null(statement, index);
}

void sql_bind_integer(sql_statement *statement, int index, int64_t value)
{
	sqlite3_bind_int64(statement, index, value);
}

void sql_bind_real(sql_statement *statement, int index, double value)
{
	sqlite3_bind_double(statement, index, value);
}

void sql_bind_blob(sql_statement *statement, int index, struct slice value, size_t most)
{
	int length = (int)(value.length < most ? value.length : most);

	sqlite3_bind_blob(statement, index, length ? value.data : "", length, SQLITE_STATIC);
}

void sql_bind_text(sql_statement *statement, int index, struct slice value, size_t most)
{
	int length = (int)(value.length < most ? value.length : most);

	sqlite3_bind_text(statement, index, length ? value.data : "", length, SQLITE_STATIC);
}

void sql_bind_address(sql_statement *statement, int index, const struct ipaddr *address)
{
	sqlite3_bind_blob(statement, index, address->bytes, sizeof(address->bytes), SQLITE_STATIC);
}

/* Through sqlite3_column_value, which finds the column once and not for its type, bytes and length
 * each: that saves a sixth of the walk over all logins. Its value is only unsafe among threads, and
 * there is one. */

bool sql_is_null(sql_statement *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

static bool get_bytes(sql_statement *statement, int column, int type, size_t most,
                      struct slice *ret)
{
	sqlite3_value *value = sqlite3_column_value(statement, column);

	if (sqlite3_value_type(value) != type)
		return false;
	const char *data = sqlite3_value_blob(value); /* NULL if it is empty */
	ret->length = data ? (size_t)sqlite3_value_bytes(value) : 0;
	ret->data = data ? data : "";
	return ret->length <= most;
}

bool sql_get_blob(sql_statement *statement, int column, size_t most, struct slice *ret)
{
	return get_bytes(statement, column, SQLITE_BLOB, most, ret);
}

bool sql_get_text(sql_statement *statement, int column, size_t most, struct slice *ret)
{
	return get_bytes(statement, column, SQLITE_TEXT, most, ret);
}

bool sql_get_integer(sql_statement *statement, int column, int64_t least, int64_t most,
                     int64_t *ret)
{
	sqlite3_value *value = sqlite3_column_value(statement, column);

	if (sqlite3_value_type(value) != SQLITE_INTEGER)
		return false;
	*ret = sqlite3_value_int64(value);
	return *ret >= least && *ret <= most;
}

bool sql_get_real(sql_statement *statement, int column, double least, double most, double *ret)
{
	sqlite3_value *value = sqlite3_column_value(statement, column);

	if (sqlite3_value_type(value) != SQLITE_FLOAT)
		return false;
	*ret = sqlite3_value_double(value);
	return *ret >= least && *ret <= most;
}
