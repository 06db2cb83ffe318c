/* positions.c - how far each log was read, and what it has shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/store/sql.h"

/* of times and counts, so that adding to them and comparing them can't overflow */
#define NUMBER_MAX (INT64_MAX / 4)

static bool get_time(sql_statement *statement, int column, int64_t *ret)
{
	return sql_get_integer(statement, column, -NUMBER_MAX, NUMBER_MAX, ret);
}

int store_fail_damaged(struct store *store, const char *what, struct strbuf *why)
{
	return sql_fail_damaged(store, why, what);
}

/* WHICH, with the name bound. */
static int prepare_for(struct store *store, enum store_statement which, sql_statement **ret,
                       const char *sql, const char *source_name, struct strbuf *why)
{
	int result = sql_prepare_once(store, which, ret, sql, why);
	if (result >= 0)
		sql_bind_blob(*ret, 1, slice_string(source_name), STORE_PATH_MAX);
	return result;
}

/* -- positions --------------------------------------------------------------------------------- */

/* newest_sec, read_sec and position stand from the column FIRST on. */
static int read_position(struct store *store, sql_statement *statement, int first,
                         struct log_position *ret, struct strbuf *why)
{
	int64_t newest_sec, read_sec;
	struct slice text;
	if (!get_time(statement, first, &newest_sec) ||
	    !get_time(statement, first + 1, &read_sec) ||
	    !sql_get_blob(statement, first + 2, LOG_POSITION_MAX, &text))
		return sql_fail_damaged(store, why, "a position is out of range");
	*ret = (struct log_position){ .is_known = true,
		                      .newest_sec = newest_sec,
		                      .read_sec = read_sec,
		                      .length = text.length };
	memcpy(ret->text, text.data, text.length);
	return 1;
}

int store_get_position(struct store *store, const char *source_name, struct log_position *ret,
                       struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = prepare_for(store, GET_POSITION, &statement,
	                         "SELECT newest_sec, read_sec, position FROM log_position WHERE "
	                         "source = ?",
	                         source_name, why);
	if (result >= 0)
		result = sql_step(store, statement, why);
	if (result > 0)
		return read_position(store, statement, 0, ret, why);
	if (result == 0)
		*ret = (struct log_position){ .is_known = false };
	return result;
}

static bool same_position(const struct log_position *a, const struct log_position *b)
{
	return a->is_known == b->is_known && a->newest_sec == b->newest_sec &&
		a->read_sec == b->read_sec && a->length == b->length &&
		memcmp(a->text, b->text, a->length) == 0;
}

static int write_position(struct store *store, const char *source_name,
                          const struct log_position *position, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = prepare_for(store, PUT_POSITION, &statement,
	                         "INSERT OR REPLACE INTO log_position VALUES(?,?,?,?)", source_name,
	                         why);
	if (result < 0)
		return result;
	sql_bind_integer(statement, 2, position->newest_sec);
	sql_bind_integer(statement, 3, position->read_sec);
	sql_bind_blob(statement, 4, slice_make(position->text, position->length), LOG_POSITION_MAX);
	return sql_step(store, statement, why);
}

static int drop(struct store *store, enum store_statement which, const char *sql,
                const char *source_name, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = prepare_for(store, which, &statement, sql, source_name, why);
	return result < 0 ? result : sql_step(store, statement, why);
}

int store_put_position(struct store *store, const char *source_name,
                       const struct log_position *position, struct strbuf *why)
{
	struct log_position old;
	int result = store_get_position(store, source_name, &old, why);
	if (result < 0)
		return result;
	if (same_position(&old, position) || (!old.is_known && !position->is_known))
		return 0;
	return position->is_known
		? write_position(store, source_name, position, why)
		: drop(store, DROP_POSITION, "DELETE FROM log_position WHERE source = ?",
	               source_name, why);
}

/* -- at rest ----------------------------------------------------------------------------------- */

/* since, is_gone and around stand from the column FIRST on. */
static int read_rest(struct store *store, sql_statement *statement, int first, struct log_rest *ret,
                     struct strbuf *why)
{
	int64_t since_sec, is_gone, around;
	if (!get_time(statement, first, &since_sec) ||
	    !sql_get_integer(statement, first + 1, 0, 1, &is_gone) ||
	    !sql_get_integer(statement, first + 2, INT64_MIN, INT64_MAX, &around))
		return sql_fail_damaged(store, why, "a log at rest that can't be");
	*ret = (struct log_rest){ .is_known = true,
		                  .is_gone = is_gone != 0,
		                  .since_sec = since_sec,
		                  .around = (uint64_t)around };
	return 1;
}

int store_get_rest(struct store *store, const char *source_name, struct log_rest *ret,
                   struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = prepare_for(store, GET_REST, &statement,
	                         "SELECT since, is_gone, around FROM log_rest WHERE source = ?",
	                         source_name, why);
	if (result >= 0)
		result = sql_step(store, statement, why);
	if (result > 0)
		return read_rest(store, statement, 0, ret, why);
	if (result == 0)
		*ret = (struct log_rest){ .is_known = false };
	return result;
}

static bool same_rest(const struct log_rest *a, const struct log_rest *b)
{
	return a->is_known == b->is_known && a->is_gone == b->is_gone &&
		a->since_sec == b->since_sec && a->around == b->around;
}

static int write_rest(struct store *store, const char *source_name, const struct log_rest *rest,
                      struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = prepare_for(store, PUT_REST, &statement,
	                         "INSERT OR REPLACE INTO log_rest VALUES(?,?,?,?)", source_name,
	                         why);
	if (result < 0)
		return result;
	sql_bind_integer(statement, 2, rest->since_sec);
	sql_bind_integer(statement, 3, rest->is_gone);
	sql_bind_integer(statement, 4, (int64_t)rest->around);
	return sql_step(store, statement, why);
}

int store_put_rest(struct store *store, const char *source_name, const struct log_rest *rest,
                   struct strbuf *why)
{
	struct log_rest old;
	int result = store_get_rest(store, source_name, &old, why);
	if (result < 0)
		return result;
	if (same_rest(&old, rest) || (!old.is_known && !rest->is_known))
		return 0;
	return rest->is_known
		? write_rest(store, source_name, rest, why)
		: drop(store, DROP_REST, "DELETE FROM log_rest WHERE source = ?", source_name, why);
}

/* -- all sources ------------------------------------------------------------------------------- */

enum row_kind { ROW_OF_POSITION, ROW_OF_REST };

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

static int take_row(struct store *store, sql_statement *statement, struct source_rows *rows,
                    store_source_fn *function, void *context, struct strbuf *why)
{
	struct slice name;
	int64_t kind;
	int result = 0;
	if (!sql_get_blob(statement, 0, STORE_PATH_MAX, &name) ||
	    !sql_get_integer(statement, 1, INT64_MIN, INT64_MAX, &kind) ||
	    memchr(name.data, '\0', name.length))
		return sql_fail_damaged(store, why, "a position of no log");
	if (!rows->name || !slice_equals(name, rows->name)) {
		result = hand_out(rows, function, context, why);
		rows->name = xalloc_copy(name.data, name.length);
	}
	if (result < 0)
		return result;
	result = kind == ROW_OF_POSITION ? read_position(store, statement, 2, &rows->position, why)
					 : read_rest(store, statement, 2, &rows->rest, why);
	return result < 0 ? result : 0;
}

int store_each_source(struct store *store, store_source_fn *function, void *context,
                      struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct source_rows rows = { 0 };
	int result = sql_prepare(store, &statement,
	                         "SELECT source, 0, newest_sec, read_sec, position FROM "
	                         "log_position UNION ALL SELECT source, 1, since, is_gone, around "
	                         "FROM log_rest ORDER BY 1, 2",
	                         why);
	while (result == 0 && (result = sql_step(store, statement, why)) > 0)
		result = take_row(store, statement, &rows, function, context, why);
	if (result == 0)
		result = hand_out(&rows, function, context, why);
	xalloc_freep(&rows.name);
	return result;
}

_Static_assert(ROW_OF_POSITION == 0 && ROW_OF_REST == 1, "the kinds in the statement above");

static int run_with_names(struct store *store, const char *sql, const char *first,
                          const char *second, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
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
	static const char *const statements[] = {
		"UPDATE log_position SET source = ?2 WHERE source = ?1",
		"UPDATE log_rest SET source = ?2 WHERE source = ?1",
		"UPDATE log_history SET source = ?2 WHERE source = ?1",
	};
	int result = store_forget_source(store, to, why);
	for (size_t i = 0; i < ARRAY_SIZE(statements) && result >= 0; i++)
		result = run_with_names(store, statements[i], from, to, why);
	return result;
}

int store_forget_source(struct store *store, const char *source_name, struct strbuf *why)
{
	static const char *const statements[] = {
		"DELETE FROM log_position WHERE source = ?",
		"DELETE FROM log_rest WHERE source = ?",
		"DELETE FROM log_history WHERE source = ?",
	};
	int result = 0;
	for (size_t i = 0; i < ARRAY_SIZE(statements) && result >= 0; i++)
		result = run_with_names(store, statements[i], source_name, NULL, why);
	return result;
}

/* -- the history ------------------------------------------------------------------------------- */

#define HISTORY_NUMBERS 4

int store_get_history(struct store *store, const char *source_name, struct log_history *ret,
                      struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
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
	sql_statement *statement CLEANUP(sql_reset) = NULL;
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
		sql_bind_integer(statement, i + 2, values[i]);
	return sql_step(store, statement, why);
}
