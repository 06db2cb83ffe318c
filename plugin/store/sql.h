/* sql.h - running statements and saying why one failed (internal to the store)
 *
 * What returns int gives 0 or more, or -errno with WHY.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "common/slice.h"
#include "plugin/store/sqlite.h"

/* The path, for messages. */
const char *sql_name(const struct store *store);

/* What SQLite's result RC means for a person. */
int sql_fail(struct store *store, struct strbuf *why, int rc);
int sql_fail_damaged(struct store *store, struct strbuf *why, const char *reason);
int sql_fail_unwritable(const struct store *store, struct strbuf *why, int error);

/* For CLEANUP. A statement that is kept is reset after its use, so that it holds nothing open. */
void sql_finalize(sqlite3_stmt **statement);
void sql_reset(sqlite3_stmt **statement);

int sql_prepare(struct store *store, sqlite3_stmt **ret, const char *sql, struct strbuf *why);
/* Prepared at the first use, and kept with the store. */
int sql_prepare_once(struct store *store, enum store_statement which, sqlite3_stmt **ret,
                     const char *sql, struct strbuf *why);

/* > 0: a row, 0: the end. */
int sql_step(struct store *store, sqlite3_stmt *statement, struct strbuf *why);

/* All statements of SQL, without rows. */
int sql_run(struct store *store, const char *sql, struct strbuf *why);
/* One statement with VALUE as ?1: > 0 if it has a row. */
int sql_run_with(struct store *store, const char *sql, int64_t value, struct strbuf *why);
/* The first column of the first row: > 0 if there is one. */
int sql_get_number(struct store *store, const char *sql, int64_t *ret, struct strbuf *why);

/* If COUNT (a statement that gives a number) has more than MOST, the statement DROP removes the
 * surplus, ?1 of them. *RET_COUNT is what is left. */
int sql_limit(struct store *store, const char *count, const char *drop, int64_t most,
              int64_t *ret_count, struct strbuf *why);

/* At most MOST bytes of VALUE, which is borrowed until the statement is done. */
void sql_bind_blob(sqlite3_stmt *statement, int index, struct slice value, size_t most);
void sql_bind_text(sqlite3_stmt *statement, int index, struct slice value, size_t most);

/* False if the column is not of TYPE (SQLITE_BLOB or SQLITE_TEXT) or longer than MOST. *RET is
 * borrowed until the next step. */
bool sql_get_slice(sqlite3_stmt *statement, int column, int type, size_t most, struct slice *ret);
/* False if the column is no integer from LEAST to MOST. */
bool sql_get_integer(sqlite3_stmt *statement, int column, int64_t least, int64_t most,
                     int64_t *ret);

#endif
