/* schema.c - the tables of a state, of this version and of older ones; see schema.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/schema.h"
#include "plugin/store/sql.h"

#define SQL_MAX 10000 /* of one CREATE */
#define NEWEST STORE_SCHEMA_VERSION

/* login: by user, so that counting reads it as it lies and knows one user at a time; two equal ones
 * of the same second are one row with their count. place: what a login's place has beside the
 * country. login_age: one row, what is known of the logins without reading them all; see logins.c.
 * speed: how long a run's last steps took; see speed.c. lost_line: see losses.c. session and
 * seen_line have no index by time: they are only swept in a run that wrote into them. */
static const struct table {
	int first, last; /* the versions that have it */
	const char *sql;
} tables[] = {
	{ 4, NEWEST, "CREATE TABLE secret(key BLOB NOT NULL)" },
	{ 1, NEWEST,
	  "CREATE TABLE meta(schema_version INTEGER NOT NULL, created_by TEXT NOT NULL)" },
	{ 1, 1,
	  "CREATE TABLE log_position(source BLOB PRIMARY KEY, device INTEGER, inode INTEGER, "
	  "head_hash INTEGER, head_length INTEGER, tail_hash INTEGER, tail_length INTEGER, "
	  "read_offset INTEGER, newest_sec INTEGER) WITHOUT ROWID" },
	{ 2, 6,
	  "CREATE TABLE log_position(source BLOB NOT NULL, age INTEGER NOT NULL, device INTEGER, "
	  "inode INTEGER, head_hash INTEGER, head_length INTEGER, tail_hash INTEGER, tail_length "
	  "INTEGER, read_offset INTEGER, newest_sec INTEGER, read_sec INTEGER, cursor BLOB, "
	  "PRIMARY KEY(source, age)) WITHOUT ROWID" },
	{ 7, NEWEST,
	  "CREATE TABLE log_position(source BLOB PRIMARY KEY, newest_sec INTEGER, read_sec "
	  "INTEGER, position BLOB) WITHOUT ROWID" },
	{ 7, NEWEST,
	  "CREATE TABLE log_rest(source BLOB PRIMARY KEY, since INTEGER, is_gone INTEGER, around "
	  "INTEGER) WITHOUT ROWID" },
	{ 2, NEWEST,
	  "CREATE TABLE log_history(source BLOB PRIMARY KEY, since INTEGER, lines INTEGER, logins "
	  "INTEGER, public_logins INTEGER) WITHOUT ROWID" },
	{ 2, NEWEST,
	  "CREATE TABLE session(id INTEGER PRIMARY KEY, address BLOB NOT NULL, at INTEGER NOT "
	  "NULL)" },
	{ 2, NEWEST,
	  "CREATE TABLE seen_line(hash INTEGER NOT NULL, source INTEGER NOT NULL, count INTEGER "
	  "NOT NULL, effective_at INTEGER NOT NULL, PRIMARY KEY(hash, source)) WITHOUT ROWID" },
	{ 2, NEWEST,
	  "CREATE TABLE geo_cache(address BLOB PRIMARY KEY, country TEXT NOT NULL, asn INTEGER NOT "
	  "NULL, as_name TEXT NOT NULL, is_anonymiser INTEGER NOT NULL, latitude REAL, longitude "
	  "REAL, radius_km REAL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT "
	  "ROWID" },
	{ 2, NEWEST, "CREATE TABLE geo_pause(until INTEGER NOT NULL)" },
	{ 3, NEWEST,
	  "CREATE TABLE dnsbl_answer(zone TEXT NOT NULL, address BLOB NOT NULL, verdict INTEGER "
	  "NOT NULL, detail BLOB NOT NULL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, "
	  "PRIMARY KEY(zone, address)) WITHOUT ROWID" },
	{ 3, NEWEST,
	  "CREATE TABLE dnsbl_silence(zone TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT "
	  "ROWID" },
	{ 1, 4,
	  "CREATE TABLE origin(id INTEGER PRIMARY KEY, user BLOB NOT NULL, address BLOB, service "
	  "TEXT NOT NULL, country TEXT, asn INTEGER NOT NULL, as_name TEXT NOT NULL, is_anonymiser "
	  "INTEGER NOT NULL, latitude REAL, longitude REAL, radius_km REAL)" },
	{ 1, 4, "CREATE INDEX origin_of_user ON origin(user, address)" },
	{ 1, 4, "CREATE INDEX origin_unlocated ON origin(address) WHERE country IS NULL" },
	{ 1, 4,
	  "CREATE TABLE login(origin INTEGER NOT NULL, effective_at INTEGER NOT NULL, at INTEGER "
	  "NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(origin, effective_at, at)) WITHOUT "
	  "ROWID" },
	{ 1, 4, "CREATE INDEX login_by_age ON login(effective_at)" },
	{ 5, NEWEST,
	  "CREATE TABLE login(user BLOB NOT NULL, address BLOB NOT NULL, service TEXT NOT NULL, "
	  "effective_at INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, country "
	  "TEXT, place INTEGER NOT NULL, PRIMARY KEY(user, address, service, effective_at, at)) "
	  "WITHOUT ROWID" },
	{ 5, NEWEST, "CREATE INDEX login_unlocated ON login(address) WHERE country IS NULL" },
	{ 5, NEWEST,
	  "CREATE TABLE place(id INTEGER PRIMARY KEY, asn INTEGER NOT NULL, as_name TEXT NOT NULL, "
	  "is_anonymiser INTEGER NOT NULL, latitude REAL, longitude REAL, radius_km REAL)" },
	{ 5, NEWEST, "CREATE TABLE login_age(oldest INTEGER NOT NULL, dropped INTEGER NOT NULL)" },
	{ 5, NEWEST,
	  "CREATE TABLE speed(work TEXT PRIMARY KEY, amount INTEGER NOT NULL, took_us INTEGER NOT "
	  "NULL) WITHOUT ROWID" },
	{ 6, NEWEST,
	  "CREATE TABLE lost_line(effective_at INTEGER PRIMARY KEY, count INTEGER NOT NULL)" },
};

/* -- making ------------------------------------------------------------------------------------ */

/* The tables of this version that are not yet in version FROM (0: all). */
static int create_tables(struct store *store, int64_t from, struct strbuf *why)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < ARRAY_SIZE(tables); i++) {
		if (tables[i].last == STORE_SCHEMA_VERSION && tables[i].first > from)
			result = sql_run(store, tables[i].sql, why);
	}
	return result;
}

/* Its key makes the hashes of lines; see store_hash_line(). */
static int make_secret(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct siphash_key key;
	int result = sql_prepare(store, &statement, "INSERT INTO secret VALUES(?)", why);

	if (result < 0)
		return result;
	siphash_make_key(&key);
	sql_bind_blob(statement, 1, slice_make((const char *)key.bytes, sizeof(key.bytes)),
	              sizeof(key.bytes));
	return sql_step(store, statement, why);
}

static int create(struct store *store, struct strbuf *why)
{
	char sql[200];
	int result = create_tables(store, 0, why);

	if (result == 0)
		result = make_secret(store, why);
	if (result < 0)
		return result;
	snprintf(sql, sizeof(sql),
	         "PRAGMA application_id=%d; INSERT INTO meta VALUES(%d, 'check_mail_geo')",
	         STORE_APPLICATION_ID, STORE_SCHEMA_VERSION);
	return sql_run(store, sql, why);
}

/* -- checking ---------------------------------------------------------------------------------- */

static bool is_of_version(const struct table *table, int64_t version)
{
	return version >= table->first && version <= table->last;
}

static bool has_version_table(int64_t version, struct slice sql)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (is_of_version(&tables[i], version) && slice_equals(sql, tables[i].sql))
			return true;
	}
	return false;
}

static size_t count_tables(int64_t version)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		count += is_of_version(&tables[i], version);
	return count;
}

/* Exactly the tables and indices of VERSION, in the same words; in any order, as converting leaves
 * another one. SQLite opens nothing with two of one name, so each was found once if their number is
 * right. */
static int check_tables(struct store *store, int64_t version, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct slice sql;
	size_t count = 0;
	int result = sql_prepare(store, &statement,
	                         "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL", why);

	while (result == 0 && (result = sql_step(store, statement, why)) > 0) {
		if (count == ARRAY_SIZE(tables) || !sql_get_text(statement, 0, SQL_MAX, &sql) ||
		    !has_version_table(version, sql))
			return sql_fail_damaged(store, why, "it has other tables than a state has");
		count++;
		result = 0;
	}
	if (result == 0 && count != count_tables(version))
		return sql_fail_damaged(store, why, "tables are missing");
	return result;
}

static int get_version(struct store *store, int64_t *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;

	/* Without its meta table it is no state of any version. */
	int fits = sql_prepare_if_fits(store, &statement, "SELECT schema_version FROM meta", why);
	if (fits <= 0)
		return fits < 0 ? fits : sql_fail_damaged(store, why, "it says no version");
	int result = sql_step(store, statement, why);
	if (result < 0)
		return result;
	if (result == 0 || !sql_get_integer(statement, 0, 1, INT64_MAX, ret))
		return sql_fail_damaged(store, why, "it says no version");
	if (*ret > STORE_SCHEMA_VERSION)
		return strbuf_fail(why, -EINVAL,
		                   "the state %s was made by a newer check_mail_geo (version "
		                   "%" PRId64 " of the state; this one knows %d); remove it, or "
		                   "name another file with --state",
		                   sql_name(store), *ret, STORE_SCHEMA_VERSION);
	return 0;
}

/* -- converting -------------------------------------------------------------------------------- */

/* Up to version 4 what logins have in common was in a table of its own, by the order in which it
 * was first seen. Places that are alike become one: that of the first of them. */
static const char convert_logins[] =
	"INSERT INTO place SELECT min(id), asn, as_name, is_anonymiser, latitude, longitude, "
	"radius_km FROM origin WHERE asn <> 0 OR as_name <> '' OR is_anonymiser <> 0 OR latitude "
	"IS NOT NULL GROUP BY asn, as_name, is_anonymiser, latitude, longitude, radius_km;INSERT "
	"INTO login SELECT user, coalesce(address, X''), service, effective_at, at, count, "
	"country, CASE WHEN asn <> 0 OR as_name <> '' OR is_anonymiser <> 0 OR latitude IS NOT "
	"NULL THEN first ELSE 0 END FROM (SELECT *, min(id) OVER (PARTITION BY asn, as_name, "
	"is_anonymiser, latitude, longitude, radius_km) AS first FROM origin) JOIN old_login ON "
	"origin = id WHERE true ORDER BY user, address, service, id ON CONFLICT(user, address, "
	"service, effective_at, at) DO UPDATE SET count = min(count + excluded.count, "
	"1000000000);INSERT INTO login_age SELECT oldest, -9223372036854775807 - 1 FROM (SELECT "
	"min(effective_at) AS oldest FROM login) WHERE oldest IS NOT NULL;DROP TABLE old_login; "
	"DROP TABLE origin";

/* Up to version 6 the store knew what a position is: that of the file that is read now (age 0), of
 * the one before it (1), and a log at rest in the same columns (2). What it said of a file becomes
 * the text that plugin/source/file_position.h has, of a journal its cursor. What can't be a
 * position becomes a text that every driver refuses: then it was damaged, and still is. */
static const char convert_positions[] =
	"CREATE TEMP TABLE line AS SELECT source, age, newest_sec, read_sec, CASE WHEN "
	"typeof(device) || typeof(inode) || typeof(head_length) || typeof(head_hash) || "
	"typeof(tail_length) || typeof(tail_hash) || typeof(read_offset) || typeof(read_sec) || "
	"typeof(cursor) <> 'integerintegerintegerintegerintegerintegerintegerintegerblob' THEN "
	"CAST('not a position' AS BLOB) "
	"WHEN substr(source, 1, 8) = CAST('journal:' AS BLOB) THEN cursor ELSE CAST(printf('%x %x "
	"%d %x %d %x %d %d %d ', device, inode, head_length, head_hash, tail_length, tail_hash, "
	"read_offset, read_sec, length(cursor)) || CAST(cursor AS TEXT) || char(10) AS BLOB) END "
	"AS text FROM old_position WHERE age IN (0, 1);INSERT INTO main.log_position SELECT "
	"source, newest_sec, read_sec, CAST(text || coalesce((SELECT text FROM line AS before "
	"WHERE before.source = line.source AND before.age = 1 AND substr(line.source, 1, 8) <> "
	"CAST('journal:' AS BLOB)), X'') AS BLOB) FROM line WHERE age = 0;INSERT INTO "
	"main.log_rest SELECT source, newest_sec, inode <> 0, head_hash FROM old_position WHERE "
	"age = 2;DROP TABLE line; DROP TABLE old_position";

/* Version 1 knew one position of a log, by the same hashes. ALTER TABLE would leave other words
 * than those of a new state, so what becomes another table is put aside. */
static int put_aside(struct store *store, int64_t version, struct strbuf *why)
{
	int result = sql_run(store,
	                     version == 1
	                             ? "CREATE TEMP TABLE old_position AS SELECT *, 0 AS age, 0 AS "
	                               "read_sec, X'' AS cursor FROM main.log_position"
	                             : "CREATE TEMP TABLE old_position AS SELECT * FROM "
	                               "main.log_position",
	                     why);
	if (result == 0)
		result = sql_run(store, "DROP TABLE main.log_position", why);
	if (result == 0 && version < 5)
		result = sql_run(store,
		                 "DROP INDEX login_by_age; ALTER TABLE main.login RENAME TO "
		                 "old_login",
		                 why);
	return result;
}

static int convert_from(struct store *store, int64_t version, struct strbuf *why)
{
	int result = put_aside(store, version, why);
	if (result == 0)
		result = create_tables(store, version, why);
	if (result == 0)
		result = sql_run(store, convert_positions, why);
	if (result == 0 && version < 5)
		result = sql_run(store, convert_logins, why);
	return result;
}

/* Before version 4 the hashes of lines had no key: those in the state match no line any more, and
 * are forgotten an hour later. */
static int convert(struct store *store, int64_t version, struct strbuf *why)
{
	char sql[100];
	int result = convert_from(store, version, why);

	if (result == 0 && version < 4)
		result = make_secret(store, why);
	snprintf(sql, sizeof(sql), "UPDATE meta SET schema_version = %d", STORE_SCHEMA_VERSION);
	return result < 0 ? result : sql_run(store, sql, why);
}

static int check_and_convert(struct store *store, struct strbuf *why)
{
	int64_t version = 0;
	int result = get_version(store, &version, why);

	if (result == 0)
		result = check_tables(store, version, why);
	if (result < 0 || version == STORE_SCHEMA_VERSION)
		return result;
	result = convert(store, version, why);
	return result < 0 ? result : check_tables(store, STORE_SCHEMA_VERSION, why);
}

int store_schema_prepare(struct store *store, struct strbuf *why)
{
	int64_t application = 0, objects = 0;
	int result = sql_get_number(store, "PRAGMA application_id", &application, why);

	if (result >= 0)
		result = sql_get_number(store, "SELECT count(*) FROM sqlite_master", &objects, why);
	if (result < 0)
		return result;
	if (application == 0 && objects == 0)
		return create(store, why);
	if (application != STORE_APPLICATION_ID)
		return strbuf_fail(why, -EINVAL,
		                   "%s is an SQLite file of another program, not a state",
		                   sql_name(store));
	return check_and_convert(store, why);
}
