/* sqlite.c - the state as a database: opening, schema and commit
 *
 * The file is input like any other: whoever could write it once may have put anything in it. So the schema must be ours
 * to the letter (no triggers, no views), and every row's types and lengths are checked when it is handed out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

#ifndef SQLITE_OPEN_NOFOLLOW /* before 3.31; store_file_prepare has looked already */
#define SQLITE_OPEN_NOFOLLOW 0
#endif

#define ROW_MAX 1000000 /* no row of ours comes near */

/* -- opening ------------------------------------------------------------------------------------------------ */

/* origin: what logins have in common, so that a login takes a few bytes and a repeated one is quick to sum up.
 * login: two equal ones of the same second are one row with their count. */
static const char *const schema[] = {
	"CREATE TABLE meta(schema_version INTEGER NOT NULL, created_by TEXT NOT NULL)",
	("CREATE TABLE log_position(source BLOB NOT NULL, age INTEGER NOT NULL, device INTEGER, inode INTEGER, "
	"head_hash INTEGER, head_length INTEGER, tail_hash INTEGER, tail_length INTEGER, read_offset INTEGER, "
	"newest_sec INTEGER, read_sec INTEGER, cursor BLOB, PRIMARY KEY(source, age)) WITHOUT ROWID"),
	("CREATE TABLE log_history(source BLOB PRIMARY KEY, since INTEGER, lines INTEGER, logins INTEGER, "
	"public_logins INTEGER) WITHOUT ROWID"),
	"CREATE TABLE session(id INTEGER PRIMARY KEY, address BLOB NOT NULL, at INTEGER NOT NULL)",
	("CREATE TABLE seen_line(hash INTEGER NOT NULL, source INTEGER NOT NULL, count INTEGER NOT NULL, "
	"effective_at INTEGER NOT NULL, PRIMARY KEY(hash, source)) WITHOUT ROWID"),
	"CREATE TABLE origin(id INTEGER PRIMARY KEY, user BLOB NOT NULL, address BLOB, service TEXT NOT NULL, "
	"country TEXT, asn INTEGER NOT NULL, as_name TEXT NOT NULL, is_anonymiser INTEGER NOT NULL, latitude REAL, "
	"longitude REAL, radius_km REAL)",
	"CREATE INDEX origin_of_user ON origin(user, address)",
	"CREATE INDEX origin_unlocated ON origin(address) WHERE country IS NULL",
	("CREATE TABLE login(origin INTEGER NOT NULL, effective_at INTEGER NOT NULL, at INTEGER NOT NULL, "
	"count INTEGER NOT NULL, PRIMARY KEY(origin, effective_at, at)) WITHOUT ROWID"),
	"CREATE INDEX login_by_age ON login(effective_at)",
};

static int create_schema(struct store *store, struct strbuf *why)
{
	char sql[100];
	int result = 0;

	for (size_t i = 0; result == 0 && i < ARRAY_SIZE(schema); i++)
		result = sql_run(store, schema[i], why);
	if (result < 0)
		return result;
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d", STORE_APPLICATION_ID);
	result = sql_run(store, sql, why);
	snprintf(sql, sizeof(sql), "INSERT INTO meta VALUES(%d, 'check_mail_geo')", STORE_SCHEMA_VERSION);
	return result < 0 ? result : sql_run(store, sql, why);
}

/* Exactly the tables and indices that create_schema makes, in the same words. */
static int check_schema(struct store *store, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;
	struct slice sql;
	size_t count = 0;
	int result = sql_prepare(store, &statement,
		"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid", why);

	while (result == 0 && (result = sql_step(store, statement, why)) > 0) {
		if (count == ARRAY_SIZE(schema) || !sql_get_slice(statement, 0, SQLITE_TEXT, ROW_MAX, &sql) ||
		    !slice_equals(sql, schema[count]))
			return sql_fail_damaged(store, why, "it has other tables than a state has");
		count++;
		result = 0;
	}
	if (result == 0 && count < ARRAY_SIZE(schema))
		return sql_fail_damaged(store, why, "tables are missing");
	return result;
}

static int check_version(struct store *store, struct strbuf *why)
{
	sqlite3_stmt *statement CLEANUP(sql_finalize) = NULL;

	/* Without its meta table the statement fails plainly: that is no state of any version. */
	if (sqlite3_prepare_v2(store->db, "SELECT schema_version FROM meta", -1, &statement, NULL) == SQLITE_ERROR)
		return sql_fail_damaged(store, why, "it says no version");
	if (!statement)
		return sql_fail(store, why, sqlite3_errcode(store->db));
	int64_t version;
	int result = sql_step(store, statement, why);
	if (result < 0)
		return result;
	if (result == 0 || !sql_get_integer(statement, 0, 1, INT64_MAX, &version))
		return sql_fail_damaged(store, why, "it says no version");
	if (version > STORE_SCHEMA_VERSION)
		return strbuf_fail(why, -EINVAL, "the state %s was made by a newer check_mail_geo (version %" PRId64
			" of the state; this one knows %d); remove it, or name another file with --state",
			sql_name(store), version, STORE_SCHEMA_VERSION);
	/* What it holds is the window, which the log still has. */
	if (version < STORE_SCHEMA_VERSION)
		return sql_fail_damaged(store, why, "it is of an older version than this check_mail_geo writes");
	return 0;
}

static int check_or_create(struct store *store, struct strbuf *why)
{
	int64_t application = 0, objects = 0;
	int result = sql_get_number(store, "PRAGMA application_id", &application, why);

	if (result >= 0)
		result = sql_get_number(store, "SELECT count(*) FROM sqlite_master", &objects, why);
	if (result < 0)
		return result;
	if (application == 0 && objects == 0)
		return create_schema(store, why);
	if (application != STORE_APPLICATION_ID)
		return strbuf_fail(why, -EINVAL, "%s is an SQLite file of another program, not a state",
			sql_name(store));
	result = check_version(store, why);
	return result < 0 ? result : check_schema(store, why);
}

static void harden(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, ROW_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
#ifdef SQLITE_DBCONFIG_DEFENSIVE
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
#endif
}

/* EXTRA syncs the directory, too, when the journal is gone: with FULL a power loss could bring it back, and undo a run that has
 * said it is done. */
static int begin(struct store *store, struct strbuf *why)
{
	sqlite3_busy_timeout(store->db, deadline_left_ms(&store->deadline));
	int result = sql_run(store,
		"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-2000;"
		"PRAGMA page_size=8192;" /* of a new state: a quiet run reads it all, in half the calls */
		"PRAGMA temp_store=MEMORY; PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE", why);
	if (result < 0)
		return result;
	if (!store->is_in_memory && sqlite3_db_readonly(store->db, "main") > 0)
		return sql_fail_unwritable(store, why, EACCES);
	return check_or_create(store, why);
}

int store_database_open(struct store *store, struct strbuf *why)
{
	const char *path = store->is_in_memory ? ":memory:" : strbuf_text(&store->file.path);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	int rc = sqlite3_open_v2(path, &store->db, flags | (store->is_in_memory ? SQLITE_OPEN_CREATE : 0), NULL);

	if (!store->db)
		return strbuf_fail(why, -ENOMEM, "no memory for the state");
	if (rc != SQLITE_OK)
		return sql_fail(store, why, rc);
	harden(store->db);
	return begin(store, why);
}

void store_database_close(struct store *store)
{
	for (size_t i = 0; i < STORE_STATEMENTS; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
	sqlite3_close_v2(store->db); /* rolls back what wasn't committed */
	store->db = NULL;
}

int store_commit(struct store *store, struct strbuf *why)
{
	if (store->is_in_memory)
		return 0;
	sqlite3_busy_timeout(store->db, deadline_left_ms(&store->deadline));
	return sql_run(store, "COMMIT", why);
}
