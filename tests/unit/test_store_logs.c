/* test_store_logs.c - unit tests of plugin/store/: positions, histories, repeated lines and
 * sessions
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define NOW STORETEST_NOW
#define HOUR 3600
#define DAY 86400
#define MAIL "/var/log/mail.log"
#define why storetest_why
#define state storetest_state

/* --- positions --- */

static struct log_position position_of(const char *text)
{
	struct log_position position = {
		.is_known = true, .newest_sec = NOW, .read_sec = NOW - 1, .length = strlen(text)
	};
	memcpy(position.text, text, position.length);
	return position;
}

static void put_position(struct store *store, const struct log_position *position)
{
	storetest_expect(store_put_position(store, MAIL, position, &why), 0);
}

static void expect_position(struct store *store, const struct log_position *position)
{
	struct log_position found;
	memset(&found, 0xff, sizeof found);
	storetest_expect(store_get_position(store, MAIL, &found, &why), position->is_known);
	assert_memory_equal(&found, position, sizeof found);
}

static void a_position_is_put_moved_and_dropped(void **unused)
{
	struct log_position position = { .is_known = false };
	(void)unused;
	struct store *store = storetest_open(state);
	expect_position(store, &position);
	put_position(store, &position);
	position = position_of("here");
	put_position(store, &position);
	storetest_commit(store);
	store = storetest_open(state);
	expect_position(store, &position);
	position = (struct log_position){ .is_known = false };
	put_position(store, &position);
	put_position(store, &position);
	storetest_commit(store);
	store = storetest_open(state);
	expect_position(store, &position);
	store_free(store);
	assert_int_equal(storetest_sql("SELECT count(*) FROM log_position"), 0);
}

static void each_part_of_a_position_that_moves_is_kept(void **unused)
{
	struct log_position position = position_of("a");
	(void)unused;
	struct store *store = storetest_open(NULL);
	put_position(store, &position);
	position.read_sec++;
	put_position(store, &position);
	expect_position(store, &position);
	position.newest_sec++;
	put_position(store, &position);
	expect_position(store, &position);
	position.text[0] = 'b';
	put_position(store, &position);
	expect_position(store, &position);
	position.length = 0;
	position.text[0] = '\0';
	put_position(store, &position);
	expect_position(store, &position);
	store_free(store);
}

static void a_position_of_any_bytes_and_full_length_survives(void **unused)
{
	struct log_position position = position_of("");
	(void)unused;
	position.length = sizeof position.text;
	memset(position.text, 0xff, sizeof position.text);
	position.text[1] = '\'';
	position.text[2] = '\0';
	struct store *store = storetest_open(state);
	put_position(store, &position);
	storetest_commit(store);
	store = storetest_open(state);
	expect_position(store, &position);
	store_free(store);
}

static void a_position_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = {
		"position = zeroblob(2561)",
		"position = 'text'",
		"position = NULL",
		"position = 5",
		"read_sec = 'x'",
		"read_sec = NULL",
		"read_sec = 9223372036854775807",
		"newest_sec = -9223372036854775808",
		"newest_sec = 0.5",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const struct log_position position = position_of("a");
		struct log_position found = { .newest_sec = 4711 };
		char sql[200];
		unlink(state);
		struct store *store = storetest_open(state);
		put_position(store, &position);
		storetest_commit(store);
		snprintf(sql, sizeof sql, "UPDATE log_position SET %s", changes[i]);
		storetest_sql(sql);
		store = storetest_open(state);
		if (store_get_position(store, MAIL, &found, &why) >= 0 || !store->is_damaged)
			fail_msg("no damage: %s", changes[i]);
		assert_int_equal(found.newest_sec, 4711);
		store_free(store);
	}
}

static void a_rest_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = {
		"is_gone = 2",
		"is_gone = NULL",
		"since = 9223372036854775807",
		"around = 'x'",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const struct log_rest rest = { .is_known = true, .since_sec = NOW };
		struct log_rest found;
		char sql[200];
		unlink(state);
		struct store *store = storetest_open(state);
		storetest_expect(store_put_rest(store, MAIL, &rest, &why), 0);
		storetest_commit(store);
		snprintf(sql, sizeof sql, "UPDATE log_rest SET %s", changes[i]);
		storetest_sql(sql);
		store = storetest_open(state);
		if (store_get_rest(store, MAIL, &found, &why) >= 0 || !store->is_damaged)
			fail_msg("no damage: %s", changes[i]);
		store_free(store);
	}
}

static void what_a_source_refuses_is_damage(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	storetest_expect(store_fail_damaged(store, "it is none", &why), -EIO);
	storetest_expect_why("is damaged: it is none");
	assert_true(store->is_damaged);
	store_free(store);
}

/* --- the history --- */

/* --- sources --- */

static void put_source(struct store *store, const char *name, const char *text)
{
	const struct log_position position = position_of(text);
	const struct log_history history = { .since_sec = NOW, .lines = text[0] - '0' };
	storetest_expect(store_put_position(store, name, &position, &why), 0);
	storetest_expect(store_put_history(store, name, &history, &why), 0);
}

/* "NAME TEXT[ at rest[, gone]];" of each; without a position it is "none". */
static int describe_source(void *context, const char *name, const struct log_position *position,
                           const struct log_rest *rest, struct strbuf *unused)
{
	(void)unused;
	strbuf_add_format(context, "%s %.*s%s%s;", name,
	                  position->is_known ? (int)position->length : 4,
	                  position->is_known ? position->text : "none",
	                  rest->is_known ? " at rest" : "", rest->is_gone ? ", gone" : "");
	return 0;
}

static void expect_sources(struct store *store, const char *wanted)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	storetest_expect(store_each_source(store, describe_source, &text, &why), 0);
	assert_string_equal(strbuf_text(&text), wanted);
}

static void a_log_at_rest_is_known_until_it_is_not(void **unused)
{
	const struct log_rest gone = { .is_known = true,
		                       .is_gone = true,
		                       .since_sec = NOW,
		                       .around = UINT64_MAX },
			      none = { 0 };
	struct log_rest found;
	(void)unused;
	struct store *store = storetest_open(state);
	put_source(store, "/a", "1");
	storetest_expect(store_put_rest(store, "/a", &gone, &why), 0);
	storetest_expect(store_put_rest(store, "/b", &(struct log_rest){ .is_known = true }, &why),
	                 0);
	storetest_commit(store);
	store = storetest_open(state);
	expect_sources(store, "/a 1 at rest, gone;/b none at rest;");
	storetest_expect(store_get_rest(store, "/a", &found, &why), 1);
	assert_true(found.is_known && found.is_gone && found.since_sec == NOW &&
	            found.around == UINT64_MAX);
	storetest_expect(store_put_rest(store, "/a", &none, &why), 0);
	storetest_expect(store_get_rest(store, "/a", &found, &why), 0);
	assert_false(found.is_known || found.is_gone);
	expect_sources(store, "/a 1;/b none at rest;");
	store_free(store);
}

static void what_is_known_of_a_source_moves_as_a_whole(void **unused)
{
	struct log_history history;
	struct log_rest rest = { .is_known = true, .since_sec = NOW };
	(void)unused;
	struct store *store = storetest_open(state);
	put_source(store, "/a", "1");
	put_source(store, "/b", "2");
	put_source(store, "/c", "3");
	storetest_expect(store_put_rest(store, "/a", &rest, &why), 0);
	storetest_expect(store_move_source(store, "/a", "/b", &why), 0);
	expect_sources(store, "/b 1 at rest;/c 3;");
	storetest_expect(store_get_history(store, "/b", &history, &why), 1);
	assert_int_equal(history.lines, 1);
	storetest_expect(store_forget_source(store, "/b", &why), 0);
	expect_sources(store, "/c 3;");
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM log_history"), 1);
	store_free(store);
}

static void a_source_without_a_name_is_damage(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	put_source(store, "/a", "1");
	storetest_commit(store);
	storetest_sql("UPDATE log_position SET source = X'2f0061'");
	store = storetest_open(state);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	storetest_expect(store_each_source(store, describe_source, &text, &why), -EIO);
	assert_true(store->is_damaged);
	store_free(store);
}

static void a_history_survives(void **unused)
{
	const struct log_history history = {
		.since_sec = NOW, .lines = 4, .logins = 3, .public_logins = 2
	};
	struct log_history found = { .lines = 9 };
	(void)unused;
	struct store *store = storetest_open(state);
	storetest_expect(store_get_history(store, MAIL, &found, &why), 0);
	assert_int_equal(found.lines, 0);
	storetest_expect(store_put_history(store, MAIL, &history, &why), 0);
	storetest_commit(store);
	store = storetest_open(state);
	storetest_expect(store_get_history(store, MAIL, &found, &why), 1);
	assert_true(found.since_sec == NOW && found.lines == 4 && found.logins == 3 &&
	            found.public_logins == 2);
	storetest_expect(store_get_history(store, "other", &found, &why), 0);
	store_free(store);
}

static void a_history_never_overflows(void **unused)
{
	const struct log_history history = { .since_sec = NOW, .lines = INT64_MAX, .logins = -1 };
	struct log_history found;
	(void)unused;
	struct store *store = storetest_open(state);
	storetest_expect(store_put_history(store, MAIL, &history, &why), 0);
	storetest_expect(store_get_history(store, MAIL, &found, &why), 1);
	assert_int_equal(found.lines, INT64_MAX / 4);
	assert_int_equal(found.logins, 0);
	storetest_commit(store);
	storetest_sql("UPDATE log_history SET lines = 9223372036854775807");
	store = storetest_open(state);
	assert_true(store_get_history(store, MAIL, &found, &why) < 0);
	assert_true(store->is_damaged);
	store_free(store);
}

/* --- lines that stand in several logs --- */

/* Lines of one text, each read in the log of its letter; "1" where it is a repeat. */
static void a_line_counts_as_often_as_in_the_log_that_has_it_most_often(void **unused)
{
	static const struct {
		const char *logs, *repeats;
	} cases[] = {
		{ "a", "0" },           { "aaa", "000" },         { "ab", "01" },
		{ "aabb", "0011" },     { "abab", "0101" },       { "aabbb", "00110" },
		{ "abc", "011" },       { "abba", "0101" },       { "aabbccc", "0011110" },
		{ "abcabc", "011011" }, { "abbbaaa", "0100110" },
	};
	(void)unused;
	struct store *store = storetest_open(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t j = 0; cases[i].logs[j]; j++) {
			const char name[] = { cases[i].logs[j], '\0' };
			int result = store_is_repeat(store, name, UINT64_MAX - i, NOW, &why);
			if (cases[i].repeats[j] != (result > 0 ? '1' : '0'))
				fail_msg("%s, line %zu: %d, %s", cases[i].logs, j + 1, result,
				         strbuf_text(&why));
		}
	}
	store_free(store);
}

static void expect_repeat(struct store *store, const char *name, uint64_t hash, int64_t at_sec,
                          bool is_repeat)
{
	int result = store_is_repeat(store, name, hash, at_sec, &why);
	if (result != is_repeat)
		fail_msg("%s, %d: %d, %s", name, (int)hash, result, strbuf_text(&why));
}

static void forget(struct store *store, int64_t since_sec)
{
	storetest_expect(store_forget(store, since_sec, &why), 0);
}

static void a_line_is_known_in_later_runs_until_an_hour_after_the_window(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	expect_repeat(store, "a", 1, NOW, false);
	expect_repeat(store, "a", 2, NOW + 1, false);
	storetest_commit(store);
	store = storetest_open(state);
	expect_repeat(store, "a", 3, NOW + HOUR, false);
	forget(store, NOW + HOUR);
	storetest_commit(store);
	store = storetest_open(state);
	expect_repeat(store, "b", 1, NOW + HOUR, false);
	expect_repeat(store, "b", 2, NOW + HOUR, true);
	expect_repeat(store, "b", 3, NOW + HOUR, true);
	store_free(store);
}

static void of_too_many_lines_the_oldest_are_forgotten(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(NULL);
	store->logins_max = 10;
	for (int i = 0; i < 100; i++) {
		expect_repeat(store, "a", (uint64_t)i * 7919, NOW + i, false);
		assert_true(storetest_number(store, "SELECT count(*) FROM seen_line") <= 23);
	}
	forget(store, INT64_MIN);
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM seen_line"), 20);
	expect_repeat(store, "b", 99 * 7919, NOW, true);
	expect_repeat(store, "b", 80 * 7919, NOW, true);
	expect_repeat(store, "b", 79 * 7919, NOW, false);
	store_free(store);
}

static void a_count_of_lines_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = { "count = 0", "count = 'x'",
		                               "count = 9223372036854775807", "source = 'x'" };
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		char sql[100];
		unlink(state);
		struct store *store = storetest_open(state);
		expect_repeat(store, "a", 1, NOW, false);
		storetest_commit(store);
		snprintf(sql, sizeof sql, "UPDATE seen_line SET %s", changes[i]);
		storetest_sql(sql);
		store = storetest_open(state);
		if (store_is_repeat(store, "b", 1, NOW, &why) >= 0 || !store->is_damaged)
			fail_msg("no damage: %s", changes[i]);
		store_free(store);
	}
}

static uint64_t hash_in(const char *path, struct slice line)
{
	uint64_t hash = 0;
	struct store *store = storetest_open(path);
	storetest_expect(store_hash_line(store, line, &hash, &why), 0);
	storetest_commit(store);
	return hash;
}

/* Who could tell which lines have one hash could hide a login behind another one's line. */
static void a_line_has_the_same_hash_in_its_state_and_in_no_other(void **unused)
{
	/* The same by FNV-1a, which has no key. */
	const struct slice one = SLICE_LITERAL("8yn0iYCKYHlIj4-BwPqk"),
			   other = SLICE_LITERAL("GReLUrM4wMqfg9yzV3KQ");
	(void)unused;
	uint64_t hash = hash_in(state, one);
	assert_true(hash_in(state, one) == hash);
	assert_true(hash_in(state, other) != hash);
	assert_true(hash_in(NULL, one) != hash);
	assert_int_equal(unlink(state), 0);
	assert_true(hash_in(state, one) != hash);
}

static void without_its_key_a_state_is_damaged(void **unused)
{
	static const char *const changes[] = { "DELETE FROM secret",
		                               "UPDATE secret SET key = ''",
		                               "UPDATE secret SET key = zeroblob(15)",
		                               "UPDATE secret SET key = zeroblob(17)",
		                               "UPDATE secret SET key = '0123456789abcdef'",
		                               "UPDATE secret SET key = 5" };
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		uint64_t hash = 0;
		unlink(state);
		storetest_commit(storetest_open(state));
		storetest_sql(changes[i]);
		struct store *store = storetest_open(state);
		if (store_hash_line(store, SLICE_LITERAL("a line"), &hash, &why) >= 0 ||
		    !store->is_damaged || hash)
			fail_msg("no damage: %s", changes[i]);
		store_free(store);
	}
}

/* --- sessions --- */

static struct ipaddr address_of(const char *text)
{
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, slice_string(text)));
	return address;
}

static void put_session(struct store *store, uint64_t session, const char *text, int64_t at_sec)
{
	const struct ipaddr address = address_of(text);
	storetest_expect(store_put_session(store, session, &address, at_sec, &why), 0);
}

/* TEXT is NULL if it isn't known. */
static void expect_session(struct store *store, uint64_t session, const char *text)
{
	struct ipaddr found;
	storetest_expect(store_get_session(store, session, &found, &why), text != NULL);
	if (!text)
		return;
	const struct ipaddr address = address_of(text);
	assert_true(ipaddr_equals(&found, &address));
}

static void a_session_is_known_in_later_runs_until_it_ends(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	expect_session(store, UINT64_MAX, NULL);
	put_session(store, UINT64_MAX, "192.0.2.1", NOW);
	put_session(store, 2, "192.0.2.2", NOW);
	put_session(store, 2, "2001:db8::2", NOW);
	forget(store, NOW + DAY);
	storetest_commit(store);
	store = storetest_open(state);
	expect_session(store, UINT64_MAX, "192.0.2.1");
	expect_session(store, 2, "2001:db8::2");
	storetest_expect(store_drop_session(store, UINT64_MAX, &why), 0);
	storetest_expect(store_drop_session(store, 3, &why), 0);
	storetest_commit(store);
	store = storetest_open(state);
	expect_session(store, UINT64_MAX, NULL);
	expect_session(store, 2, "2001:db8::2");
	store_free(store);
}

static void strangers_begin_any_number_of_sessions_and_the_newest_are_kept(void **unused)
{
	const struct ipaddr address = address_of("192.0.2.1");
	(void)unused;
	struct store *store = storetest_open(NULL);
	for (int i = 0; i < 3 * STORE_SESSIONS_MAX; i++) {
		storetest_expect(store_put_session(store, (uint64_t)i * 7919, &address, NOW + i,
		                                   &why),
		                 0);
		if (i % 500 == 0)
			assert_true(storetest_number(store, "SELECT count(*) FROM session") <=
			            STORE_SESSIONS_MAX * 11 / 10 + 1);
	}
	forget(store, NOW);
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM session"),
	                 STORE_SESSIONS_MAX);
	expect_session(store, UINT64_C(7919) * (3 * STORE_SESSIONS_MAX - 1), "192.0.2.1");
	expect_session(store, UINT64_C(7919) * 2 * STORE_SESSIONS_MAX, "192.0.2.1");
	expect_session(store, UINT64_C(7919) * (2 * STORE_SESSIONS_MAX - 1), NULL);
	store_free(store);
}

static void a_session_that_never_ends_is_forgotten_after_a_day(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	put_session(store, 1, "192.0.2.1", NOW);
	put_session(store, 2, "192.0.2.2", NOW + 1);
	storetest_commit(store);
	store = storetest_open(state);
	forget(store, NOW + 9 * DAY); /* no session began: no reason to write */
	expect_session(store, 1, "192.0.2.1");
	put_session(store, 3, "192.0.2.3", NOW + DAY + 1);
	put_session(store, 4, "192.0.2.4", NOW + 5);
	forget(store, INT64_MIN);
	expect_session(store, 1, NULL);
	expect_session(store, 2, "192.0.2.2");
	expect_session(store, 3, "192.0.2.3");
	expect_session(store, 4, "192.0.2.4");
	store_free(store);
}

static void a_clock_that_was_wrong_once_does_not_keep_its_sessions_for_ever(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	put_session(store, 1, "192.0.2.1", NOW + 999 * DAY);
	forget(store, NOW);
	storetest_commit(store);
	store = storetest_open(state);
	put_session(store, 2, "192.0.2.2", NOW);
	forget(store, NOW);
	expect_session(store, 1, NULL);
	expect_session(store, 2, "192.0.2.2");
	store_free(store);
}

static void sessions_that_end_in_the_same_run_leave_nothing(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	for (uint64_t i = 0; i < 1000; i++) {
		put_session(store, i, "192.0.2.1", NOW);
		expect_session(store, i, "192.0.2.1");
		storetest_expect(store_drop_session(store, i, &why), 0);
	}
	forget(store, NOW);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT count(*) FROM session"), 0);
}

static void a_session_whose_address_is_none_is_damage(void **unused)
{
	struct ipaddr found;
	(void)unused;
	struct store *store = storetest_open(state);
	put_session(store, 1, "192.0.2.1", NOW);
	storetest_commit(store);
	storetest_sql("UPDATE session SET address = zeroblob(17), at = 'x'");
	store = storetest_open(state);
	assert_true(store_get_session(store, 1, &found, &why) < 0);
	assert_true(store->is_damaged);
	put_session(store, 2, "192.0.2.2", NOW);
	forget(store, NOW);
	expect_session(store, 1, NULL);
	store_free(store);
}

/* --- all of it --- */

static void one_run(int64_t at_sec)
{
	const struct log_position position = position_of("7 here");
	const struct log_history history = { .since_sec = NOW, .lines = 4 };
	struct store *store = storetest_open(state);
	if (at_sec) {
		expect_repeat(store, "a", 1, at_sec, false);
		put_session(store, 1, "192.0.2.1", at_sec);
		storetest_add(store, at_sec);
	}
	put_position(store, &position);
	storetest_expect(store_put_history(store, MAIL, &history, &why), 0);
	forget(store, NOW);
	assert_int_equal(storetest_logins(store), 1);
	storetest_commit(store);
}

static void a_quiet_run_does_not_write(void **unused)
{
	struct stat before, after;
	(void)unused;
	one_run(NOW + 1);
	assert_int_equal(stat(state, &before), 0);
	one_run(0);
	assert_int_equal(stat(state, &after), 0);
	assert_true(before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
	            before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(a_position_is_put_moved_and_dropped),
		STORETEST(each_part_of_a_position_that_moves_is_kept),
		STORETEST(a_position_of_any_bytes_and_full_length_survives),
		STORETEST(a_position_that_can_not_be_is_damage),
		STORETEST(a_rest_that_can_not_be_is_damage),
		STORETEST(what_a_source_refuses_is_damage),
		STORETEST(a_log_at_rest_is_known_until_it_is_not),
		STORETEST(what_is_known_of_a_source_moves_as_a_whole),
		STORETEST(a_source_without_a_name_is_damage),
		STORETEST(a_history_survives),
		STORETEST(a_history_never_overflows),
		STORETEST(a_line_counts_as_often_as_in_the_log_that_has_it_most_often),
		STORETEST(a_line_is_known_in_later_runs_until_an_hour_after_the_window),
		STORETEST(of_too_many_lines_the_oldest_are_forgotten),
		STORETEST(a_count_of_lines_that_can_not_be_is_damage),
		STORETEST(a_line_has_the_same_hash_in_its_state_and_in_no_other),
		STORETEST(without_its_key_a_state_is_damaged),
		STORETEST(a_session_is_known_in_later_runs_until_it_ends),
		STORETEST(strangers_begin_any_number_of_sessions_and_the_newest_are_kept),
		STORETEST(a_session_that_never_ends_is_forgotten_after_a_day),
		STORETEST(a_clock_that_was_wrong_once_does_not_keep_its_sessions_for_ever),
		STORETEST(sessions_that_end_in_the_same_run_leave_nothing),
		STORETEST(a_session_whose_address_is_none_is_damage),
		STORETEST(a_quiet_run_does_not_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
