/* test_store_older.c - unit tests of plugin/store/schema.c: states of older versions
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "plugin/source/file_position.h"
#include "plugin/store/cache.h"
#include "plugin/store/schema.h"
#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define NOW STORETEST_NOW
#define MAIL "/var/log/mail.log"
#define why storetest_why
#define state storetest_state

/* A state as version 0.1.0 made it: 0x434d4c47 is its mark. */
static const char version_1[] =
	"PRAGMA page_size=8192; BEGIN;CREATE TABLE meta(schema_version INTEGER NOT NULL, "
	"created_by TEXT NOT NULL);CREATE TABLE log_position(source BLOB PRIMARY KEY, device "
	"INTEGER, inode INTEGER, head_hash INTEGER, head_length INTEGER, tail_hash INTEGER, "
	"tail_length INTEGER, read_offset INTEGER, newest_sec INTEGER) WITHOUT ROWID;CREATE TABLE "
	"origin(id INTEGER PRIMARY KEY, user BLOB NOT NULL, address BLOB, service TEXT NOT NULL, "
	"country TEXT, asn INTEGER NOT NULL, as_name TEXT NOT NULL, is_anonymiser INTEGER NOT "
	"NULL, latitude REAL, longitude REAL, radius_km REAL);CREATE INDEX origin_of_user ON "
	"origin(user, address);CREATE INDEX origin_unlocated ON origin(address) WHERE country IS "
	"NULL;CREATE TABLE login(origin INTEGER NOT NULL, effective_at INTEGER NOT NULL, at "
	"INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(origin, effective_at, at)) WITHOUT "
	"ROWID;CREATE INDEX login_by_age ON login(effective_at);PRAGMA application_id=1129139271; "
	"INSERT INTO meta VALUES(1, 'check_mail_geo');INSERT INTO log_position "
	"VALUES(CAST('/var/log/mail.log' AS BLOB), -1, 2, -3, 256, 5, 256, 700, 1740000000);INSERT "
	"INTO log_position VALUES(CAST('/var/log/b' AS BLOB), 1, 2, 3, 0, 5, 0, 0, 0);INSERT INTO "
	"origin VALUES(1, CAST('ann' AS BLOB), X'00000000000000000000ffffc0000201', "
	"'postfix/submission', 'DE', 64500, 'Example', 0, NULL, NULL, NULL);INSERT INTO login "
	"VALUES(1, 1740000000, 1740000000, 2), (1, 1740000001, 1740000001, 1); COMMIT";

static void make_version_1(void)
{
	storetest_sql(version_1);
	assert_int_equal(chmod(state, 0600), 0);
}

static void expect_text(struct store *store, const char *name, const char *text)
{
	struct log_position found;
	storetest_expect(store_get_position(store, name, &found, &why), 1);
	assert_true(found.is_known);
	assert_int_equal(found.length, strlen(text));
	assert_memory_equal(found.text, text, found.length);
}

static void expect_position(struct store *store)
{
	struct log_position found;
	expect_text(store, MAIL, "ffffffffffffffff 2 256 fffffffffffffffd 256 5 700 0 0 \n");
	storetest_expect(store_get_position(store, MAIL, &found, &why), 1);
	assert_true(found.newest_sec == NOW && found.read_sec == 0);
	expect_text(store, "/var/log/b", "1 2 0 3 0 5 0 0 0 \n");
}

static void a_state_of_version_1_loses_nothing(void **unused)
{
	const struct log_history history = { .since_sec = NOW, .lines = 4 };
	(void)unused;
	make_version_1();
	struct store *store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	assert_int_equal(storetest_logins(store), 3);
	storetest_add(store, NOW + 2);
	storetest_expect(store_put_history(store, MAIL, &history, &why), 0);
	storetest_expect(store_is_repeat(store, MAIL, 1, NOW, &why), 0);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), STORE_SCHEMA_VERSION);
	store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	assert_int_equal(storetest_logins(store), 4);
	storetest_expect(store_is_repeat(store, "other", 1, NOW, &why), 1);
	store_free(store);
}

/* A state as version 0.2.0 made it: ann twice from one place, from one without a country, and
 * without an address; bob from a place like ann's; two logins of eve that differ in their place
 * only. */
static const char version_3[] =
	"PRAGMA page_size=8192; BEGIN;CREATE TABLE meta(schema_version INTEGER NOT NULL, "
	"created_by TEXT NOT NULL);CREATE TABLE log_position(source BLOB NOT NULL, age INTEGER NOT "
	"NULL, device INTEGER, inode INTEGER, head_hash INTEGER, head_length INTEGER, tail_hash "
	"INTEGER, tail_length INTEGER, read_offset INTEGER, newest_sec INTEGER, read_sec INTEGER, "
	"cursor BLOB, PRIMARY KEY(source, age)) WITHOUT ROWID;CREATE TABLE log_history(source BLOB "
	"PRIMARY KEY, since INTEGER, lines INTEGER, logins INTEGER, public_logins INTEGER) WITHOUT "
	"ROWID;CREATE TABLE session(id INTEGER PRIMARY KEY, address BLOB NOT NULL, at INTEGER NOT "
	"NULL);CREATE TABLE seen_line(hash INTEGER NOT NULL, source INTEGER NOT NULL, count "
	"INTEGER NOT NULL, effective_at INTEGER NOT NULL, PRIMARY KEY(hash, source)) WITHOUT "
	"ROWID;CREATE TABLE geo_cache(address BLOB PRIMARY KEY, country TEXT NOT NULL, asn INTEGER "
	"NOT NULL, as_name TEXT NOT NULL, is_anonymiser INTEGER NOT NULL, latitude REAL, longitude "
	"REAL, radius_km REAL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT "
	"ROWID;CREATE TABLE geo_pause(until INTEGER NOT NULL);CREATE TABLE dnsbl_answer(zone TEXT "
	"NOT NULL, address BLOB NOT NULL, verdict INTEGER NOT NULL, detail BLOB NOT NULL, made_at "
	"INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY(zone, address)) WITHOUT "
	"ROWID;CREATE TABLE dnsbl_silence(zone TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT "
	"ROWID;CREATE TABLE origin(id INTEGER PRIMARY KEY, user BLOB NOT NULL, address BLOB, "
	"service TEXT NOT NULL, country TEXT, asn INTEGER NOT NULL, as_name TEXT NOT NULL, "
	"is_anonymiser INTEGER NOT NULL, latitude REAL, longitude REAL, radius_km REAL);CREATE "
	"INDEX origin_of_user ON origin(user, address);CREATE INDEX origin_unlocated ON "
	"origin(address) WHERE country IS NULL;CREATE TABLE login(origin INTEGER NOT NULL, "
	"effective_at INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY "
	"KEY(origin, effective_at, at)) WITHOUT ROWID;CREATE INDEX login_by_age ON "
	"login(effective_at);PRAGMA application_id=1129139271; INSERT INTO meta VALUES(3, "
	"'check_mail_geo');INSERT INTO log_position VALUES(CAST('/var/log/mail.log' AS BLOB), 0, "
	"-1, 2, -3, 256, 5, 256, 700, 1740000000, 0, X'');INSERT INTO log_position "
	"VALUES(CAST('/var/log/b' AS BLOB), 0, 1, 2, 3, 0, 5, 0, 0, 0, 0, X'');INSERT INTO "
	"dnsbl_silence VALUES('zen.test', 1740000000);INSERT INTO origin VALUES(3, CAST('ann' AS "
	"BLOB), X'00000000000000000000ffffc0000201', 'imap', 'DE', 64500, 'Example', 1, 50.5, "
	"8.25, 10.0),(5, CAST('ann' AS BLOB), X'00000000000000000000ffffc0000202', 'imap', NULL, "
	"0, '', 0, NULL, NULL, NULL),(6, CAST('ann' AS BLOB), NULL, 'imap', NULL, 0, '', 0, NULL, "
	"NULL, NULL),(7, CAST('bob' AS BLOB), X'00000000000000000000ffffc0000203', 'imap', 'FR', "
	"64500, 'Example', 1, 50.5, 8.25, 10.0),(8, CAST('eve' AS BLOB), "
	"X'00000000000000000000ffffc0000204', 'imap', 'BR', 64501, 'Other', 0, NULL, NULL, "
	"NULL),(9, CAST('eve' AS BLOB), X'00000000000000000000ffffc0000204', 'imap', 'CN', 0, '', "
	"0, NULL, NULL, NULL);INSERT INTO login VALUES(3, 1740000002, 1740000002, 2), (3, "
	"1740000003, 1740000001, 1), (5, 1740000001, 1740000001, 1),(6, 1740000009, 1740000000, "
	"4), (7, 1740000002, 1740000002, 1), (8, 1740000002, 1740000002, 3), (9, 1740000002, "
	"1740000002, 2); COMMIT";

static void list_login(void *context, const struct login *login, const struct place *place)
{
	char address[IPADDR_TEXT_ROOM] = "-";
	if (login->has_address)
		ipaddr_format(&login->address, address);
	strbuf_add_format(context, "%.*s +%d x%d %.*s %s %s AS%d %s%s %g/%g/%g\n",
	                  (int)login->user.length, login->user.data, (int)(login->at_sec - NOW),
	                  (int)login->count, (int)login->service.length, login->service.data,
	                  address, place->country, (int)place->asn, place->as_name,
	                  place->is_anonymiser ? " hidden" : "", place->latitude, place->longitude,
	                  place->radius_km);
}

static void expect_logins_of_version_3(struct store *store)
{
	static const char *const users[] = { "ann", "bob", "eve" };
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(2000);
	for (size_t i = 0; i < ARRAY_SIZE(users); i++)
		storetest_expect(store_each_login(store, slice_string(users[i]), list_login, &text,
		                                  &why),
		                 0);
	assert_string_equal(strbuf_text(&text),
	                    "ann +2 x2 imap 192.0.2.1 DE AS64500 Example hidden 50.5/8.25/10\n"
	                    "ann +1 x1 imap 192.0.2.1 DE AS64500 Example hidden 50.5/8.25/10\n"
	                    "ann +1 x1 imap 192.0.2.2  AS0  0/0/0\n"
	                    "ann +0 x4 imap -  AS0  0/0/0\n"
	                    "bob +2 x1 imap 192.0.2.3 FR AS64500 Example hidden 50.5/8.25/10\n"
	                    "eve +2 x5 imap 192.0.2.4 BR AS64501 Other 0/0/0\n");
}

static void a_state_of_version_3_loses_nothing(void **unused)
{
	int64_t since_sec;
	(void)unused;
	storetest_sql(version_3);
	assert_int_equal(chmod(state, 0600), 0);
	for (int run = 0; run < 2; run++) { /* the converting one, and the next */
		struct store *store = storetest_open(state);
		assert_string_equal(store_notes(store), "");
		expect_position(store);
		expect_logins_of_version_3(store);
		assert_int_equal(storetest_logins(store), 14);
		storetest_expect(cache_get_silence(store, "zen.test", &since_sec, &why), 1);
		storetest_expect(store_forget(store, NOW, &why), 0);
		storetest_commit(store);
		assert_int_equal(storetest_sql("SELECT schema_version FROM meta"),
		                 STORE_SCHEMA_VERSION);
		assert_int_equal(storetest_sql("SELECT count(*) FROM place"), 2);
	}
	struct store *store = storetest_open(state);
	storetest_expect(store_forget(store, NOW + 2, &why), 0);
	assert_int_equal(storetest_logins(store), 5);
	store_free(store);
}

/* One of version 2 lacks what blocklists answered. */
static void a_state_of_version_2_loses_nothing(void **unused)
{
	int64_t since_sec;
	(void)unused;
	storetest_sql(version_3);
	storetest_sql("DROP TABLE dnsbl_answer; DROP TABLE dnsbl_silence; UPDATE meta SET "
	              "schema_version = 2");
	assert_int_equal(chmod(state, 0600), 0);
	struct store *store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_logins_of_version_3(store);
	storetest_expect(cache_put_silence(store, "zen.test", NOW, &why), 0);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), STORE_SCHEMA_VERSION);
	store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	storetest_expect(cache_get_silence(store, "zen.test", &since_sec, &why), 1);
	store_free(store);
}

/* One of version 3 has no key for the hashes of lines. */
static void a_state_of_version_3_gets_a_key_for_the_hashes_of_lines(void **unused)
{
	uint64_t hash, again;
	(void)unused;
	storetest_sql(version_3);
	assert_int_equal(chmod(state, 0600), 0);
	struct store *store = storetest_open(state);
	storetest_expect(store_hash_line(store, SLICE_LITERAL("a line"), &hash, &why), 0);
	storetest_commit(store);
	store = storetest_open(state);
	storetest_expect(store_hash_line(store, SLICE_LITERAL("a line"), &again, &why), 0);
	assert_true(hash == again);
	store_free(store);
}

/* One of version 4 has it, and keeps it. */
static void a_state_of_version_4_loses_nothing(void **unused)
{
	(void)unused;
	storetest_sql(version_3);
	storetest_sql("CREATE TABLE secret(key BLOB NOT NULL); INSERT INTO secret "
	              "VALUES(X'000102030405060708090a0b0c0d0e0f'); INSERT INTO seen_line "
	              "VALUES(1, 2, 3, 1740000000); UPDATE meta SET schema_version = 4");
	assert_int_equal(chmod(state, 0600), 0);
	struct store *store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	expect_logins_of_version_3(store);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), STORE_SCHEMA_VERSION);
	assert_int_equal(storetest_sql("SELECT count(*) FROM secret WHERE key = "
	                               "X'000102030405060708090a0b0c0d0e0f'"),
	                 1);
	assert_int_equal(storetest_sql("SELECT count(*) FROM seen_line"), 1);
}

/* What version 6 had for positions, in place of today's. */
#define OLD_POSITIONS \
	"DROP TABLE log_position; DROP TABLE log_rest; CREATE TABLE log_position(source BLOB NOT " \
	"NULL, age INTEGER NOT NULL, device INTEGER, inode INTEGER, head_hash INTEGER, " \
	"head_length INTEGER, tail_hash INTEGER, tail_length INTEGER, read_offset INTEGER, " \
	"newest_sec INTEGER, read_sec INTEGER, cursor BLOB, PRIMARY KEY(source, age)) WITHOUT " \
	"ROWID; UPDATE meta SET schema_version = 6;"

/* With all else of today's. */
static void make_version_6(const char *rows)
{
	storetest_commit(storetest_open(state));
	storetest_sql(OLD_POSITIONS);
	storetest_sql(rows);
}

static void positions_of_version_6_are_those_of_today(void **unused)
{
	struct log_position found;
	struct log_rest rest;
	(void)unused;
	make_version_6("INSERT INTO log_position VALUES"
	               "(CAST('/a' AS BLOB), 0, -1, 2, -3, 256, 5, 256, 700, 20, 10, X'2f610a'),"
	               "(CAST('/a' AS BLOB), 1, 1, 3, 4, 7, 8, 9, 9223372036854775807, 6, -5, "
	               "X'2f61ff2e31'),"
	               "(CAST('/a' AS BLOB), 2, 0, 1, -7, 0, 0, 0, 0, 30, 0, X''),"
	               "(CAST('journal:' AS BLOB), 0, 0, 0, 0, 0, 0, 0, 0, 20, 10, "
	               "CAST('s=1;i=2' AS BLOB)),"
	               "(CAST('/before-only' AS BLOB), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, X'')");
	for (int run = 0; run < 2; run++) {
		struct store *store = storetest_open(state);
		assert_string_equal(store_notes(store), "");
		expect_text(store, "/a",
		            "ffffffffffffffff 2 256 fffffffffffffffd 256 5 700 10 3 /a\n\n"
		            "1 3 7 4 9 8 9223372036854775807 -5 5 /a\xff.1\n");
		expect_text(store, "journal:", "s=1;i=2");
		storetest_expect(store_get_position(store, "/a", &found, &why), 1);
		assert_true(found.newest_sec == 20 && found.read_sec == 10);
		storetest_expect(store_get_position(store, "/before-only", &found, &why), 0);
		storetest_expect(store_get_rest(store, "/a", &rest, &why), 1);
		assert_true(rest.is_gone && rest.since_sec == 30 && rest.around == UINT64_MAX - 6);
		storetest_commit(store);
	}
	assert_int_equal(storetest_sql("SELECT count(*) FROM log_position"), 2);
	assert_int_equal(storetest_sql("SELECT count(*) FROM log_rest"), 1);
}

/* As today's driver would write it. */
static void a_position_of_version_6_is_written_as_the_driver_does(void **unused)
{
	struct file_positions files;
	struct log_position found, again;
	(void)unused;
	make_version_6("INSERT INTO log_position VALUES"
	               "(CAST('/a' AS BLOB), 0, -1, 2, -3, 256, 5, 256, 700, 20, 10, X'2f610a'),"
	               "(CAST('/a' AS BLOB), 1, 1, 3, 4, 7, 8, 9, 10, 6, -5, X'2f612e31')");
	struct store *store = storetest_open(state);
	storetest_expect(store_get_position(store, "/a", &found, &why), 1);
	storetest_expect(file_positions_read(&files, &found), 1);
	assert_string_equal(files.now.path, "/a\n");
	assert_true(files.now.device == UINT64_MAX && files.now.inode == 2 &&
	            files.now.head_hash == UINT64_MAX - 2 && files.now.head_length == 256 &&
	            files.now.tail_hash == 5 && files.now.tail_length == 256 &&
	            files.now.offset == 700 && files.now.newest_sec == 20 &&
	            files.now.read_sec == 10);
	assert_string_equal(files.before.path, "/a.1");
	assert_true(files.before.is_known && files.before.inode == 3 && files.before.offset == 10 &&
	            files.before.read_sec == -5);
	file_positions_write(&again, &files);
	assert_memory_equal(&again, &found, sizeof again);
	store_free(store);
}

static void what_was_damaged_in_version_6_still_is(void **unused)
{
	static const char *const changes[] = {
		"cursor = 'text'",         "cursor = NULL",     "cursor = X'2f0061'",
		"cursor = zeroblob(1024)", "head_length = 257", "tail_length = -1",
		"read_offset = -1",        "inode = 0.5",       "device = 'x'",
		"head_hash = NULL",        "read_sec = 'x'",    "read_sec = 9223372036854775807",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		for (int age = 0; age < 2; age++) {
			struct file_positions files;
			struct log_position found;
			char sql[200];
			unlink(state);
			make_version_6(
				"INSERT INTO log_position VALUES"
				"(CAST('/a' AS BLOB), 0, 1, 2, 3, 5, 5, 5, 7, 20, 10, X'2f61'),"
				"(CAST('/a' AS BLOB), 1, 1, 3, 4, 7, 8, 9, 10, 6, 5, X'2f612e31')");
			snprintf(sql, sizeof sql, "UPDATE log_position SET %s WHERE age = %d",
			         changes[i], age);
			storetest_sql(sql);
			struct store *store = storetest_open(state);
			assert_string_equal(store_notes(store), "");
			int result = store_get_position(store, "/a", &found, &why);
			if (result > 0 && file_positions_read(&files, &found) != -EILSEQ)
				fail_msg("age %d: no damage: %s", age, changes[i]);
			store_free(store);
		}
}

/* One of version 5 knows nothing of lost lines. */
static void a_state_of_version_5_loses_nothing(void **unused)
{
	int64_t lost;
	(void)unused;
	storetest_sql(version_3);
	assert_int_equal(chmod(state, 0600), 0);
	storetest_commit(storetest_open(state));
	storetest_sql(
		OLD_POSITIONS
		"INSERT INTO log_position VALUES(CAST('/var/log/mail.log' AS BLOB), 0, -1, 2, -3, "
		"256, 5, 256, 700, 1740000000, 0, X''); INSERT INTO log_position "
		"VALUES(CAST('/var/log/b' AS BLOB), 0, 1, 2, 3, 0, 5, 0, 0, 0, 0, X''); DROP TABLE "
		"lost_line; UPDATE meta SET schema_version = 5");
	storetest_sql("INSERT INTO seen_line VALUES(1, 2, 3, 1740000000); INSERT INTO speed "
	              "VALUES('count', 1000, 2000)");
	int64_t key = storetest_sql("SELECT unicode(hex(key)) FROM secret");
	struct store *store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	expect_logins_of_version_3(store);
	storetest_expect(store_count_losses(store, &lost, &why), 0);
	assert_int_equal(lost, 0);
	storetest_expect(store_add_loss(store, 7, NOW, &why), 0);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), STORE_SCHEMA_VERSION);
	assert_int_equal(storetest_sql("SELECT unicode(hex(key)) FROM secret"), key);
	assert_int_equal(storetest_sql("SELECT count(*) FROM seen_line"), 1);
	assert_int_equal(storetest_sql("SELECT took_us FROM speed"), 2000);
	assert_int_equal(storetest_sql(
				 "SELECT count FROM lost_line WHERE effective_at = 1740000000"),
	                 7);
}

static void without_commit_a_state_stays_of_version_1(void **unused)
{
	(void)unused;
	make_version_1();
	store_free(storetest_open(state));
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), 1);
	assert_int_equal(storetest_sql("SELECT count(*) FROM log_position"), 2);
	assert_int_equal(storetest_sql("SELECT count(*) FROM sqlite_master WHERE name = 'session'"),
	                 0);
}

static void a_run_that_is_killed_while_it_converts_leaves_version_1(void **unused)
{
	int status;
	(void)unused;
	make_version_1();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct store *store = storetest_open(state);
		for (int i = 0; i < 100000; i++) /* more than stays in memory */
			storetest_add(store, NOW + 10 + i);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(storetest_sql("SELECT schema_version FROM meta"), 1);
	struct store *store = storetest_open(state);
	assert_string_equal(store_notes(store), "");
	expect_position(store);
	assert_int_equal(storetest_logins(store), 3);
	store_free(store);
}

static void a_state_of_version_1_is_checked_like_any_other(void **unused)
{
	static const char *const changes[] = {
		"CREATE TABLE more(a)",
		"CREATE TRIGGER t AFTER INSERT ON login BEGIN DELETE FROM login; END",
		"CREATE VIEW session AS SELECT 1 AS id, 2 AS address, 3 AS at",
		"DROP INDEX login_by_age",
		"DROP TABLE log_position; CREATE TABLE log_position(source)",
		"ALTER TABLE login RENAME COLUMN at TO then_",
		"UPDATE meta SET schema_version = 2",
		"UPDATE meta SET schema_version = 3",
		"UPDATE meta SET schema_version = 4",
		"UPDATE meta SET schema_version = 5",
		"UPDATE meta SET schema_version = 0",
		"UPDATE meta SET schema_version = 'x'",
		"DELETE FROM meta",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		unlink(state);
		make_version_1();
		storetest_sql(changes[i]);
		struct store *store = storetest_open(state);
		if (!strstr(store_notes(store), "the state was damaged; it is kept as"))
			fail_msg("%s: \"%s\"", changes[i], store_notes(store));
		assert_int_equal(storetest_logins(store), 0);
		store_free(store);
	}
}

static void a_position_of_version_1_that_can_not_be_is_damage(void **unused)
{
	struct log_position found;
	(void)unused;
	make_version_1();
	storetest_sql("UPDATE log_position SET inode = 'x', newest_sec = X'00'");
	struct store *store = storetest_open(state);
	assert_true(store_get_position(store, MAIL, &found, &why) < 0);
	assert_true(store->is_damaged);
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(a_state_of_version_1_loses_nothing),
		STORETEST(a_state_of_version_2_loses_nothing),
		STORETEST(a_state_of_version_3_loses_nothing),
		STORETEST(a_state_of_version_3_gets_a_key_for_the_hashes_of_lines),
		STORETEST(a_state_of_version_4_loses_nothing),
		STORETEST(a_state_of_version_5_loses_nothing),
		STORETEST(positions_of_version_6_are_those_of_today),
		STORETEST(a_position_of_version_6_is_written_as_the_driver_does),
		STORETEST(what_was_damaged_in_version_6_still_is),
		STORETEST(without_commit_a_state_stays_of_version_1),
		STORETEST(a_run_that_is_killed_while_it_converts_leaves_version_1),
		STORETEST(a_state_of_version_1_is_checked_like_any_other),
		STORETEST(a_position_of_version_1_that_can_not_be_is_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
