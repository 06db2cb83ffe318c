/* sql.h - running statements and saying why one failed: SQLite's names stand behind it, and in
 * sqlite.c, which opens the file (internal to the store)
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

/* What SQLite's result code RC means for a person. */
int sql_fail(struct store *store, struct strbuf *why, int rc);
int sql_fail_damaged(struct store *store, struct strbuf *why, const char *reason);
int sql_fail_unwritable(const struct store *store, struct strbuf *why, int error);

/* For CLEANUP. A statement that is kept is reset after its use, so that it holds nothing open. */
void sql_finalize(sql_statement **statement);
void sql_reset(sql_statement **statement);

int sql_prepare(struct store *store, sql_statement **ret, const char *sql, struct strbuf *why);
/* 0 if SQL names what isn't there; 1 if it was prepared. */
int sql_prepare_if_fits(struct store *store, sql_statement **ret, const char *sql,
                        struct strbuf *why);
/* Prepared at the first use, and kept with the store. */
int sql_prepare_once(struct store *store, enum store_statement which, sql_statement **ret,
                     const char *sql, struct strbuf *why);

/* > 0: a row, 0: the end. */
int sql_step(struct store *store, sql_statement *statement, struct strbuf *why);

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

/* Rows that were changed: by the last statement, and since the state was opened. */
int64_t sql_changes(const struct store *store);
int64_t sql_total_changes(const struct store *store);
/* The id that the last INSERT has given. */
int64_t sql_last_id(const struct store *store);

/* The parameter INDEX, from 1. At most MOST bytes of VALUE, which is borrowed until the statement
 * is done, as ADDRESS is. */
void sql_bind_null(sql_statement *statement, int index);
void sql_bind_integer(sql_statement *statement, int index, int64_t value);
void sql_bind_real(sql_statement *statement, int index, double value);
void sql_bind_blob(sql_statement *statement, int index, struct slice value, size_t most);
void sql_bind_text(sql_statement *statement, int index, struct slice value, size_t most);
void sql_bind_address(sql_statement *statement, int index, const struct ipaddr *address);

/* The column, from 0. False if it is of another type, longer than MOST, or not from LEAST to MOST;
 * *RET may be written all the same. Bytes are borrowed until the next step. */
bool sql_is_null(sql_statement *statement, int column);
bool sql_get_integer(sql_statement *statement, int column, int64_t least, int64_t most,
                     int64_t *ret);
bool sql_get_real(sql_statement *statement, int column, double least, double most, double *ret);
bool sql_get_blob(sql_statement *statement, int column, size_t most, struct slice *ret);
bool sql_get_text(sql_statement *statement, int column, size_t most, struct slice *ret);

#endif
