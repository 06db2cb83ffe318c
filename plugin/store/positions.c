/* positions.c - how far each log was read, and what it has shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/store/sql.h"

#define NUMBERS 9        /* the cursor follows them */
#define AT_REST LOG_AGES /* the age of a row that is no position: a log that is at rest */
/* of times and counts, so that adding to them and comparing them can't overflow */
#define NUMBER_MAX (INT64_MAX / 4)

static bool is_time(int64_t value)
{
	return value >= -NUMBER_MAX && value <= NUMBER_MAX;
}

static bool is_hashed_length(int64_t value)
{
	return value >= 0 && value <= LOG_HASHED_BYTES;
}

#define COLUMNS \
	"device, inode, head_hash, head_length, tail_hash, tail_length, read_offset, newest_sec, " \
	"read_sec, cursor"

/* From the column FIRST on. */
static int read_position(struct store *store, sqlite3_stmt *statement, int first,
                         struct log_position *ret, struct strbuf *why)
{
	int64_t values[NUMBERS];
	struct slice cursor;

	for (int i = 0; i < NUMBERS; i++) {
		if (!sql_get_integer(statement, first + i, INT64_MIN, INT64_MAX, &values[i]))
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
	if (!is_hashed_length(found.head_length) || !is_hashed_length(found.tail_length) ||
	    found.offset < 0 || !is_time(found.newest_sec) || !is_time(found.read_sec) ||
	    !sql_get_slice(statement, first + NUMBERS, SQLITE_BLOB, LOG_CURSOR_MAX - 1, &cursor))
		return sql_fail_damaged(store, why, "a position is out of range");
	if (cursor.length)
		memcpy(found.cursor, cursor.data, cursor.length);
	*ret = found;
	return 1;
}

static int get_row(struct store *store, const char *source_name, int age, struct log_position *ret,
                   struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, GET_POSITION, &statement,
	                              "SELECT " COLUMNS
	                              " FROM log_position WHERE source = ? AND age = ?",
	                              why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	sqlite3_bind_int(statement, 2, age);
	result = sql_step(store, statement, why);
	if (result > 0)
		return read_position(store, statement, 0, ret, why);
	if (result == 0)
		*ret = (struct log_position){ .is_known = false };
	return result;
}

int store_get_position(struct store *store, const char *source_name, enum log_age age,
                       struct log_position *ret, struct strbuf *why)
{
	return get_row(store, source_name, (int)age, ret, why);
}

static bool same_position(const struct log_position *a, const struct log_position *b)
{
	return a->is_known == b->is_known && a->device == b->device && a->inode == b->inode &&
		a->head_hash == b->head_hash && a->head_length == b->head_length &&
		a->tail_hash == b->tail_hash && a->tail_length == b->tail_length &&
		a->offset == b->offset && a->newest_sec == b->newest_sec &&
		a->read_sec == b->read_sec && strcmp(a->cursor, b->cursor) == 0;
}

static int write_row(struct store *store, const char *source_name, int age,
                     const struct log_position *position, struct strbuf *why)
{
	const int64_t values[NUMBERS] = {
		(int64_t)position->device,
		(int64_t)position->inode,
		(int64_t)position->head_hash,
		position->head_length,
		(int64_t)position->tail_hash,
		position->tail_length,
		position->offset,
		position->newest_sec,
		position->read_sec,
	};
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	int result = position->is_known
		? sql_prepare_once(store, PUT_POSITION, &statement,
	                           "INSERT OR REPLACE INTO log_position "
	                           "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
	                           why)
		: sql_prepare_once(store, DROP_POSITION, &statement,
	                           "DELETE FROM log_position WHERE source = ? AND age = ?", why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	sqlite3_bind_int(statement, 2, age);
	for (int i = 0; position->is_known && i < NUMBERS; i++)
		sqlite3_bind_int64(statement, i + 3, values[i]);
	if (position->is_known)
		sql_bind_blob(statement, NUMBERS + 3, slice_string(position->cursor),
		              LOG_CURSOR_MAX - 1);
	return sql_step(store, statement, why);
}

static int put_row(struct store *store, const char *source_name, int age,
                   const struct log_position *position, struct strbuf *why)
{
	struct log_position old;
	int result = get_row(store, source_name, age, &old, why);

	if (result < 0)
		return result;
	if (same_position(&old, position) || (!old.is_known && !position->is_known))
		return 0;
	return write_row(store, source_name, age, position, why);
}

int store_put_position(struct store *store, const char *source_name, enum log_age age,
                       const struct log_position *position, struct strbuf *why)
{
	return put_row(store, source_name, (int)age, position, why);
}

/* -- at rest ----------------------------------------------------------------------------------- */

/* As a row of positions, which is the table of what is known by a log's name. */
static struct log_position rest_to_row(const struct log_rest *rest)
{
	struct log_position row = { .is_known = rest->is_known };

	if (rest->is_known)
		row = (struct log_position){ .is_known = true,
			                     .inode = rest->is_gone,
			                     .head_hash = rest->around,
			                     .newest_sec = rest->since_sec };
	return row;
}

static struct log_rest row_to_rest(const struct log_position *row)
{
	struct log_rest rest = { .is_known = row->is_known };

	if (row->is_known)
		rest = (struct log_rest){ .is_known = true,
			                  .is_gone = row->inode != 0,
			                  .around = row->head_hash,
			                  .since_sec = row->newest_sec };
	return rest;
}

int store_get_rest(struct store *store, const char *source_name, struct log_rest *ret,
                   struct strbuf *why)
{
	struct log_position row;
	int result = get_row(store, source_name, AT_REST, &row, why);

	if (result >= 0)
		*ret = row_to_rest(&row);
	return result;
}

int store_put_rest(struct store *store, const char *source_name, const struct log_rest *rest,
                   struct strbuf *why)
{
	struct log_position row = rest_to_row(rest);

	return put_row(store, source_name, AT_REST, &row, why);
}

/* -- all sources ------------------------------------------------------------------------------- */

/* One source, gathered from its rows. */
struct source_rows {
	char *name;
	struct log_position position;
	struct log_rest rest;
};

static int hand_out(struct source_rows *rows, store_source_fn *function, void *context,
                    struct strbuf *why)
{
	int result = rows->name ? function(context, rows->name, &rows->position, &rows->rest, why)
				: 0;

	xalloc_freep(&rows->name);
	*rows = (struct source_rows){ 0 };
	return result < 0 ? result : 0;
}

static int take_row(struct store *store, sqlite3_stmt *statement, struct source_rows *rows,
                    store_source_fn *function, void *context, struct strbuf *why)
{
	struct log_position row;
	struct slice name;
	int64_t age;
	int result = 0;

	if (!sql_get_slice(statement, 0, SQLITE_BLOB, STORE_PATH_MAX, &name) ||
	    memchr(name.data, '\0', name.length) ||
	    !sql_get_integer(statement, 1, 0, INT_MAX, &age))
		return sql_fail_damaged(store, why, "a position of no log");
	if (!rows->name || !slice_equals(name, rows->name)) {
		result = hand_out(rows, function, context, why);
		rows->name = xalloc_copy(name.data, name.length);
	}
	if (result == 0)
		result = read_position(store, statement, 2, &row, why);
	if (result >= 0 && age == LOG_CURRENT)
		rows->position = row;
	else if (result >= 0 && age == AT_REST)
		rows->rest = row_to_rest(&row);
	return result < 0 ? result : 0;
}

int store_each_source(struct store *store, store_source_fn *function, void *context,
                      struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	struct source_rows rows = { 0 };
	int result = sql_prepare(store, &statement,
	                         "SELECT source, age, " COLUMNS
	                         " FROM log_position WHERE age IN (0, 2) ORDER BY source, age",
	                         why);

	while (result == 0 && (result = sql_step(store, statement, why)) > 0)
		result = take_row(store, statement, &rows, function, context, why);
	if (result == 0)
		result = hand_out(&rows, function, context, why);
	xalloc_freep(&rows.name);
	return result;
}

_Static_assert(LOG_CURRENT == 0 && AT_REST == 2, "the ages in the statement above");

static int run_with_names(struct store *store, const char *sql, const char *first,
                          const char *second, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement, sql, why);

	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(first), STORE_PATH_MAX);
	if (second)
		sql_bind_blob(statement, 2, slice_string(second), STORE_PATH_MAX);
	return sql_step(store, statement, why);
}

int store_move_source(struct store *store, const char *from, const char *to, struct strbuf *why)
{
	int result = store_forget_source(store, to, why);

	if (result >= 0)
		result = run_with_names(store,
		                        "UPDATE log_position SET source = ?2 WHERE source = ?1",
		                        from, to, why);
	if (result >= 0)
		result = run_with_names(store,
		                        "UPDATE log_history SET source = ?2 WHERE source = ?1",
		                        from, to, why);
	return result;
}

int store_forget_source(struct store *store, const char *source_name, struct strbuf *why)
{
	int result = run_with_names(store, "DELETE FROM log_position WHERE source = ?", source_name,
	                            NULL, why);

	if (result >= 0)
		result = run_with_names(store, "DELETE FROM log_history WHERE source = ?",
		                        source_name, NULL, why);
	return result;
}

/* -- the history ------------------------------------------------------------------------------- */

#define HISTORY_NUMBERS 4

int store_get_history(struct store *store, const char *source_name, struct log_history *ret,
                      struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	struct log_history found = { 0 };
	int64_t *const values[HISTORY_NUMBERS] = { &found.since_sec, &found.lines, &found.logins,
		                                   &found.public_logins };
	int result = sql_prepare_once(store, GET_HISTORY, &statement,
	                              "SELECT since, lines, logins, public_logins FROM log_history "
	                              "WHERE source = ?",
	                              why);

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

int store_put_history(struct store *store, const char *source_name,
                      const struct log_history *history, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_reset) = NULL;
	const int64_t values[HISTORY_NUMBERS] = { limited(history->since_sec),
		                                  limited(history->lines), limited(history->logins),
		                                  limited(history->public_logins) };
	struct log_history old;
	int result = store_get_history(store, source_name, &old, why);

	if (result < 0)
		return result;
	if (old.since_sec == values[0] && old.lines == values[1] && old.logins == values[2] &&
	    old.public_logins == values[3])
		return 0;
	result = sql_prepare_once(store, PUT_HISTORY, &statement,
	                          "INSERT OR REPLACE INTO log_history VALUES(?,?,?,?,?)", why);
	if (result < 0)
		return result;
	sql_bind_blob(statement, 1, slice_string(source_name), STORE_PATH_MAX);
	for (int i = 0; i < HISTORY_NUMBERS; i++)
		sqlite3_bind_int64(statement, i + 2, values[i]);
	return sql_step(store, statement, why);
}
