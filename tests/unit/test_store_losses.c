/* test_store_losses.c - unit tests of plugin/store/losses.c: lines that were lost, as long as they
 * count
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define NOW STORETEST_NOW
#define why storetest_why
#define state storetest_state

static void add(struct store *store, int64_t count, int64_t at_sec)
{
	storetest_expect(store_add_loss(store, count, at_sec, &why), 0);
}

static void expect(struct store *store, int64_t wanted)
{
	int64_t found;
	storetest_expect(store_count_losses(store, &found, &why), 0);
	assert_int_equal(found, wanted);
}

static void forget(struct store *store, int64_t since_sec)
{
	storetest_expect(store_forget(store, since_sec, &why), 0);
}

static void what_is_lost_is_counted_until_the_window_has_passed_it(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	expect(store, 0);
	add(store, 3, NOW);
	add(store, 4, NOW);
	add(store, 5, NOW + 10);
	add(store, 0, NOW + 20);
	forget(store, NOW - 1);
	expect(store, 12);
	storetest_commit(store);
	store = storetest_open(state);
	expect(store, 12);
	add(store, 1, NOW + 10); /* read in another run */
	forget(store, NOW);
	expect(store, 6);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT count(*) FROM lost_line"), 1);
	store = storetest_open(state);
	forget(store, NOW + 10);
	expect(store, 0);
	store_free(store);
}

static void without_commit_nothing_is_lost(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	storetest_commit(store);
	store = storetest_open(state);
	add(store, 3, NOW);
	expect(store, 3);
	store_free(store);
	store = storetest_open(state);
	expect(store, 0);
	store_free(store);
}

static void a_commit_keeps_what_was_added_last(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	add(store, 3, NOW);
	storetest_commit(store);
	assert_int_equal(storetest_sql("SELECT count FROM lost_line"), 3);
}

static void in_memory_it_is_the_same(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(NULL);
	add(store, 3, NOW);
	forget(store, NOW - 1);
	expect(store, 3);
	store_free(store);
}

static void a_window_without_begin_forgets_nothing(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	add(store, 3, INT64_MIN + 1);
	add(store, 4, NOW);
	forget(store, INT64_MIN);
	expect(store, 7);
	store_free(store);
}

/* In one run, and run by run: no count gets lost, the newest times stay, and none ends too early.
 * */
static void however_many_times_there_are_few_rows_are_kept(void **unused)
{
	const int64_t times = 3 * STORE_LOSSES_MAX;
	(void)unused;
	struct store *store = storetest_open(state);
	for (int64_t i = 0; i < times; i++)
		add(store, 1, NOW + i);
	assert_true(storetest_number(store, "SELECT count(*) FROM lost_line") <=
	            2 * STORE_LOSSES_MAX);
	forget(store, NOW - 1);
	expect(store, times);
	for (int64_t i = times; i < times + 3; i++) {
		storetest_commit(store);
		assert_int_equal(storetest_sql("SELECT count(*) FROM lost_line"), STORE_LOSSES_MAX);
		store = storetest_open(state);
		add(store, 1, NOW + i);
		forget(store, NOW - 1);
		expect(store, i + 1);
	}
	forget(store,
	       NOW + times + 2 - STORE_LOSSES_MAX); /* all of the oldest row but the newest of it */
	expect(store, times + 3);
	forget(store, NOW + times + 3 - STORE_LOSSES_MAX);
	expect(store, STORE_LOSSES_MAX - 1);
	store_free(store);
}

static void a_count_has_a_limit(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	for (int i = 0; i < 3; i++) {
		add(store, INT64_MAX, NOW);
		add(store, INT64_MAX, NOW);
		add(store, INT64_MAX, NOW + 1);
	}
	forget(store, NOW - 1);
	expect(store, 2000000000);
	store_free(store);
}

static void losses_that_can_not_be_are_damage(void **unused)
{
	static const char *const changes[] = {
		"UPDATE lost_line SET count = 'x'",
		"UPDATE lost_line SET count = -1",
		"UPDATE lost_line SET count = 0",
		"UPDATE lost_line SET count = 1.5",
		"UPDATE lost_line SET count = X'00'",
		"INSERT INTO lost_line VALUES(1, 9223372036854775807), (2, 9223372036854775807)",
	};
	int64_t found;
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		unlink(state);
		struct store *store = storetest_open(state);
		add(store, 3, NOW);
		storetest_commit(store);
		storetest_sql(changes[i]);
		store = storetest_open(state);
		if (store_count_losses(store, &found, &why) >= 0 || !store->is_damaged)
			fail_msg("%s: %s", changes[i], strbuf_text(&why));
		store_free(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(what_is_lost_is_counted_until_the_window_has_passed_it),
		STORETEST(without_commit_nothing_is_lost),
		STORETEST(a_commit_keeps_what_was_added_last),
		STORETEST(in_memory_it_is_the_same),
		STORETEST(a_window_without_begin_forgets_nothing),
		STORETEST(however_many_times_there_are_few_rows_are_kept),
		STORETEST(a_count_has_a_limit),
		STORETEST(losses_that_can_not_be_are_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
