/* test_store_lock.c - unit tests of plugin/store/holder.c and of what other processes do with the
 * state
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/storetest.h"

#define NOW STORETEST_NOW
#define LOCK_MS 100
#define RESERVED_BYTE 0x40000001
#define why storetest_why
#define state storetest_state

static void make_state(void)
{
	struct store *store = storetest_open(state);
	storetest_add(store, NOW);
	storetest_commit(store);
}

static int64_t logins_on_disk(void)
{
	struct store *store = storetest_open(state);
	int64_t logins = storetest_logins(store);
	store_free(store);
	return logins;
}

/* --- a process that holds the state --- */

struct holder {
	pid_t process;
	int end; /* closed, it ends */
};

/* Runs SQL and keeps what that locks until its standard input ends. */
static void hold(const char *name, const char *sql, int ready, int end)
{
	sqlite3 *db;
	char byte = 'x';
	prctl(PR_SET_NAME, name);
	if (sqlite3_open(state, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	if (write(ready, &byte, 1) != 1 || read(end, &byte, 1) != 0)
		_exit(2);
	sqlite3_close(db);
	_exit(0);
}

static struct holder begin_holder(const char *name, const char *sql)
{
	int ready[2], end[2];
	char byte;
	assert_int_equal(pipe(ready) | pipe(end), 0);
	pid_t process = fork();
	assert_true(process >= 0);
	if (process == 0) {
		close(ready[0]);
		close(end[1]);
		hold(name, sql, ready[1], end[0]);
	}
	close(ready[1]);
	close(end[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return (struct holder){ .process = process, .end = end[1] };
}

static void end_holder(struct holder holder)
{
	int status;
	close(holder.end);
	assert_int_equal(waitpid(holder.process, &status, 0), holder.process);
	assert_int_equal(status, 0);
}

static void expect_holder(struct holder holder, const char *name)
{
	char text[100];
	snprintf(text, sizeof text, ": process %ld (%s, since ", (long)holder.process, name);
	storetest_expect_why(state);
	storetest_expect_why(text);
}

/* --- */

static void who_holds_the_lock_is_told(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder holder = begin_holder("check_mail_geo", "BEGIN IMMEDIATE");
	storetest_expect(storetest_try(&store, LOCK_MS), -EBUSY);
	assert_null(store);
	end_holder(holder);
	expect_holder(holder, "check_mail_geo");
	assert_int_equal(logins_on_disk(), 1);
}

static void who_is_writing_right_now_is_told(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder holder = begin_holder("sqlite3", "BEGIN EXCLUSIVE");
	storetest_expect(storetest_try(&store, LOCK_MS), -EBUSY);
	end_holder(holder);
	expect_holder(holder, "sqlite3");
}

static void a_writer_is_told_and_not_a_reader_beside_it(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder reader = begin_holder("reader", "BEGIN; SELECT * FROM meta");
	struct holder writer = begin_holder("writer", "BEGIN IMMEDIATE");
	storetest_expect(storetest_try(&store, LOCK_MS), -EBUSY);
	end_holder(writer);
	end_holder(reader);
	expect_holder(writer, "writer");
}

static void a_name_of_any_bytes_is_made_printable(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder holder = begin_holder(") R 1 (|\x1b[1m", "BEGIN IMMEDIATE");
	storetest_expect(storetest_try(&store, LOCK_MS), -EBUSY);
	end_holder(holder);
	expect_holder(holder, ") R 1 (??[1m");
}

static void how_long_it_has_been_running_is_told(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder holder = begin_holder("slow", "BEGIN IMMEDIATE");
	storetest_expect(storetest_try(&store, 1100), -EBUSY);
	end_holder(holder);
	const char *since = strstr(strbuf_text(&why), "since ");
	assert_non_null(since);
	long seconds = strtol(since + strlen("since "), NULL, 10);
	if (seconds < 1 || seconds > 30)
		fail_msg("%s", strbuf_text(&why));
}

static void a_holder_that_has_no_number_is_not_made_up(void **unused)
{
	(void)unused;
#ifdef F_OFD_SETLK
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = RESERVED_BYTE, .l_len = 1
	};
	struct store *store;
	make_state();
	int descriptor = open(state, O_RDWR | O_CLOEXEC);
	/* the kernel says -1 for its owner */
	assert_int_equal(fcntl(descriptor, F_OFD_SETLK, &lock), 0);
	storetest_expect(storetest_try(&store, LOCK_MS), -EBUSY);
	close(descriptor);
	storetest_expect_why("which process that is can't be told");
#else
	skip();
#endif
}

/* --- at the commit --- */

static void a_reader_in_the_way_of_a_commit_is_told_and_nothing_changes(void **unused)
{
	struct store *store;
	(void)unused;
	make_state();
	struct holder holder = begin_holder("backup", "BEGIN; SELECT * FROM meta");
	storetest_expect(storetest_try(&store, LOCK_MS), 0);
	storetest_add(store, NOW + 1);
	storetest_expect(store_commit(store, &why), -EBUSY);
	expect_holder(holder, "backup");
	storetest_add(store, NOW + 2); /* whoever goes on changes nothing, either */
	store_free(store);
	end_holder(holder);
	assert_int_equal(logins_on_disk(), 1);
}

static int add_one_more(void)
{
	struct store *store = storetest_open(state);
	storetest_add(store, NOW + 3);
	storetest_commit(store);
	return 0;
}

static void a_commit_that_failed_leaves_the_state_to_others_at_once(void **unused)
{
	struct store *store;
	int status;
	(void)unused;
	make_state();
	struct holder holder = begin_holder("backup", "BEGIN; SELECT * FROM meta");
	storetest_expect(storetest_try(&store, LOCK_MS), 0);
	storetest_add(store, NOW + 1);
	storetest_expect(store_commit(store, &why), -EBUSY);
	end_holder(holder);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(add_one_more());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	store_free(store);
	assert_int_equal(logins_on_disk(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(who_holds_the_lock_is_told),
		STORETEST(who_is_writing_right_now_is_told),
		STORETEST(a_writer_is_told_and_not_a_reader_beside_it),
		STORETEST(a_name_of_any_bytes_is_made_printable),
		STORETEST(how_long_it_has_been_running_is_told),
		STORETEST(a_holder_that_has_no_number_is_not_made_up),
		STORETEST(a_reader_in_the_way_of_a_commit_is_told_and_nothing_changes),
		STORETEST(a_commit_that_failed_leaves_the_state_to_others_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
