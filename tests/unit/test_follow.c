/* test_follow.c - unit tests of plugin/run/follow.c and plugin/budget.c: runs whose time is not
 * enough
 *
 * The clock is the test's own: it moves by a fixed step each time it is looked at, so a run's time
 * is up after so many looks on any machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <sys/syscall.h>

#include "common/addrset.h"
#include "common/xalloc.h"
#include "plugin/run/follow.h"
#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define NOW 1740000000
#define USERS 997
#define TIMEOUT_SEC 2
#define RUNS_MOST 200
#define why storetest_why

/* --- the clock --- */

static int64_t step_ms, clock_ms = 1000000;

/* In place of the C library's, for all that is linked into this program. */
int clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, ret);
	clock_ms += step_ms;
	ret->tv_sec = clock_ms / 1000;
	ret->tv_nsec = clock_ms % 1000 * 1000000;
	return 0;
}

/* --- logs --- */

static char log_paths[3][PATH_MAX];

/* LINES logins, of one user after the other, whose address no line tells: nothing has to be
 * placed. */
static void write_log(int number, int lines)
{
	snprintf(log_paths[number], PATH_MAX, "%s.log%d", storetest_state, number);
	FILE *file = fopen(log_paths[number], "w");
	assert_non_null(file);
	for (int i = 0; i < lines; i++)
		fprintf(file,
		        "2025-02-19T21:20:%02d+00:00 mail postfix/smtpd[1]: %X%03d: "
		        "client=localhost[unknown], sasl_method=PLAIN, "
		        "sasl_username=log%d-user%d\n",
		        i / 1000 % 20, i, i % 1000, number, i % USERS);
	assert_int_equal(fclose(file), 0);
}

/* --- runs --- */

struct run {
	int64_t logins;
	bool is_complete;
	enum state state;
};

static void follow_all(struct store *store, struct report *report, size_t logs,
                       struct budget *budget)
{
	const struct reading reading = { .now_sec = NOW,
		                         .window_start_sec = NOW - 3600,
		                         .is_kept = true,
		                         .formats = LOGFORMAT_ALL,
		                         .timeout_sec = TIMEOUT_SEC,
		                         .timeout_state = STATE_WARNING,
		                         .store = store,
		                         .report = report,
		                         .budget = budget };
	struct follower *follower CLEANUP(follower_freep) = follower_new(&reading, false, 0);
	for (size_t i = 0; i < logs; i++) {
		const struct log log = { .name = log_paths[i],
			                 .glob = LOG_OF_NO_GLOB,
			                 .base = SIZE_MAX };
		int result = follower_read(follower, &log, logs - i, &why);
		storetest_expect(result < 0 ? result : 0, 0);
	}
}

/* A whole run over LOGS logs, with its own budget. */
static struct run run_once(size_t logs)
{
	struct report report CLEANUP(report_release);
	struct budget budget;
	struct run run;
	report_init(&report, NOW, 3600);
	budget_start(&budget, TIMEOUT_SEC * 1000);
	struct store *store = storetest_open(storetest_state);
	follow_all(store, &report, logs, &budget);
	storetest_expect(store_forget(store, NOW - 3600, &why), 0);
	run.logins = storetest_logins(store);
	run.is_complete = !report.problem_count;
	run.state = report.state;
	if (!run.is_complete)
		assert_non_null(strstr(report.problems[0].text, "the time of 2 s was not enough"));
	storetest_commit(store);
	return run;
}

static int note_count(void *context, const struct visit *visit)
{
	int(*counts)[USERS] = context;
	char name[30];
	int log, user;
	assert_true(visit->user.length < sizeof name);
	memcpy(name, visit->user.data, visit->user.length);
	name[visit->user.length] = '\0';
	assert_int_equal(sscanf(name, "log%d-user%d", &log, &user), 2);
	counts[log][user] += (int)visit->logins;
	return 0;
}

/* Each user of log NUMBER as often as in it. */
static void expect_users(int number, int lines)
{
	int counts[3][USERS] = { { 0 } };
	struct store *store = storetest_open(storetest_state);
	storetest_expect(store_each_visit(store, note_count, counts, &why), 0);
	store_free(store);
	for (int user = 0; user < USERS; user++)
		if (counts[number][user] != lines / USERS + (user < lines % USERS))
			fail_msg("user %d of log %d: %d times", user, number, counts[number][user]);
}

static int64_t work_off(size_t logs)
{
	int64_t before = 0;
	for (int runs = 1; runs <= RUNS_MOST; runs++) {
		struct run run = run_once(logs);
		if (run.is_complete)
			return runs;
		assert_int_equal(run.state, STATE_WARNING);
		if (run.logins <= before)
			fail_msg("run %d kept nothing: %" PRId64 " logins, and %" PRId64 " before",
			         runs, run.logins, before);
		before = run.logins;
	}
	fail_msg("%d runs were not enough", RUNS_MOST);
	return 0;
}

/* --- stories --- */

static void a_backlog_larger_than_one_runs_time_is_worked_off_run_by_run(void **unused)
{
	(void)unused;
	write_log(0, 20000);
	step_ms = 100;
	int64_t runs = work_off(1);
	assert_true(runs > 2);
	step_ms = 0;
	expect_users(0, 20000);
}

static void a_run_with_enough_time_reads_all_at_once(void **unused)
{
	(void)unused;
	write_log(0, 20000);
	step_ms = 0;
	assert_true(run_once(1).is_complete);
	expect_users(0, 20000);
}

/* Counting and committing want all of the time, and more: reading has its quarter nevertheless. */
static void a_state_that_is_slower_than_the_run_may_take_still_gets_on(void **unused)
{
	(void)unused;
	write_log(0, 20000);
	step_ms = 0;
	store_free(storetest_open(storetest_state));
	struct store *store = storetest_open(storetest_state);
	storetest_add(store, NOW);
	storetest_commit(store);
	storetest_sql(
		"INSERT INTO speed VALUES('count', 1000, 60000000), ('commit', 1000, 60000000)");
	step_ms = 50;
	assert_true(work_off(1) > 2);
	step_ms = 0;
	storetest_sql("DELETE FROM login WHERE user = CAST('ann' AS BLOB)");
	expect_users(0, 20000);
}

static void a_run_that_has_no_time_at_all_keeps_a_piece(void **unused)
{
	(void)unused;
	write_log(0, 20000);
	step_ms = 60000; /* each look is behind the end */
	struct run run = run_once(1);
	assert_false(run.is_complete);
	assert_true(run.logins > 0);
}

static void a_log_with_a_backlog_leaves_the_others_their_share(void **unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++)
		write_log(i, 20000);
	step_ms = 50;
	assert_false(run_once(3).is_complete);
	step_ms = 0;
	for (int i = 0; i < 3; i++) {
		struct log_position position;
		struct store *store = storetest_open(storetest_state);
		storetest_expect(store_get_position(store, log_paths[i], &position, &why), 1);
		assert_true(position.read_sec > 0);
		store_free(store);
	}
	step_ms = 50;
	work_off(3);
	step_ms = 0;
	for (int i = 0; i < 3; i++)
		expect_users(i, 20000);
}

/* --- the budget alone --- */

static int64_t left_ms(const struct budget *budget, enum budget_stage stage)
{
	struct deadline deadline = budget_deadline(budget, stage);
	return deadline.at_ms - clock_ms;
}

static void reading_leaves_what_comes_behind_its_time(void **unused)
{
	struct budget budget;
	(void)unused;
	step_ms = 0;
	budget_start(&budget, 12000);
	assert_int_equal(left_ms(&budget, BUDGET_READ), 12000);
	budget.finish_ms = 3000;
	assert_int_equal(left_ms(&budget, BUDGET_READ), 9000);
	budget.is_wanted[BUDGET_LISTS] = true;
	assert_int_equal(left_ms(&budget, BUDGET_READ), 7000);
	assert_int_equal(left_ms(&budget, BUDGET_PLACE), 7000);
	assert_int_equal(left_ms(&budget, BUDGET_LISTS), 9000);
	budget.finish_ms = 60000;
	assert_int_equal(left_ms(&budget, BUDGET_READ), 3000);  /* a quarter of all */
	assert_int_equal(left_ms(&budget, BUDGET_LISTS), 4000); /* a third of what is left */
	struct deadline share = budget_share(&budget, 3);
	assert_int_equal(share.at_ms - clock_ms, 1000);
}

static void each_run_tells_the_next_how_long_it_took(void **unused)
{
	(void)unused;
	step_ms = 0;
	struct store *store = storetest_open(storetest_state);
	char user[20];
	for (int i = 0; i < 3000; i++) {
		struct login login = { .at_sec = NOW, .user = slice_make(user, 0), .count = 1 };
		login.user.length = (size_t)snprintf(user, sizeof user, "user%d", i);
		storetest_expect(store_add(store, &login, NULL, NOW, &why), 0);
	}
	step_ms = 1000;
	assert_int_equal(storetest_logins(store), 3000);
	storetest_commit(store);
	step_ms = 0;
	assert_int_equal(storetest_sql("SELECT count(*) FROM speed"), 2);
	assert_int_equal(storetest_sql("SELECT amount FROM speed WHERE work = 'count'"), 3000);
	store = storetest_open(storetest_state);
	int64_t ms = store_finish_ms(store);
	if (ms < 1000 || ms > 5000)
		fail_msg("%" PRId64 " ms", ms);
	store_free(store);
}

/* --- sets of addresses --- */

static void a_set_of_addresses_knows_each_once(void **unused)
{
	static const char *const odd[] = { "0.0.0.0",         "::",          "::1",
		                           "255.255.255.255", "2001:db8::1", "::2:0:0" };
	struct addrset *set = addrset_new();
	struct ipaddr address;
	(void)unused;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
			assert_true(ipaddr_parse(&address, slice_string(odd[i])));
			assert_int_equal(addrset_add(set, &address), round == 0);
		}
		for (uint32_t i = 1; i <= 20000; i++) {
			address = ipaddr_of_ipv4(&i);
			assert_int_equal(addrset_add(set, &address), round == 0);
			memset(address.bytes, 0x20, sizeof address.bytes);
			memcpy(address.bytes + 4, &i, sizeof i);
			assert_int_equal(addrset_add(set, &address), round == 0);
		}
	}
	assert_int_equal(addrset_count(set), 40000 + ARRAY_SIZE(odd));
	addrset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(a_backlog_larger_than_one_runs_time_is_worked_off_run_by_run),
		STORETEST(a_run_with_enough_time_reads_all_at_once),
		STORETEST(a_state_that_is_slower_than_the_run_may_take_still_gets_on),
		STORETEST(a_run_that_has_no_time_at_all_keeps_a_piece),
		STORETEST(a_log_with_a_backlog_leaves_the_others_their_share),
		cmocka_unit_test(reading_leaves_what_comes_behind_its_time),
		STORETEST(each_run_tells_the_next_how_long_it_took),
		cmocka_unit_test(a_set_of_addresses_knows_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
