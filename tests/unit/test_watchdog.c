/* test_watchdog.c - a run that hangs still answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/wait.h>

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/watchdog.h"
#include "plugin/report.h"

/* Runs CHILD with its standard output in TEXT; returns what waitpid says. */
static int run_child(void (*child)(void), char *text, size_t room)
{
	int ends[2], status = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		child();
		_exit(99);
	}
	close(ends[1]);
	ssize_t length = read(ends[0], text, room - 1);
	text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void tell(enum state state, const char *why, struct strbuf *text)
{
	strbuf_add_format(text, "%s: %s\n", state_name(state), why);
}

static void hang(void)
{
	watchdog_start(0, STATE_CRITICAL, tell);
	for (;;)
		pause();
}

static void hang_in_json(void)
{
	watchdog_start(0, STATE_CRITICAL, report_writer_json.write_failure);
	for (;;)
		pause();
}

static void be_in_time(void)
{
	watchdog_start(0, STATE_CRITICAL, tell);
	watchdog_stop();
	sleep(2);
}

/* Longer than a run of no time that hangs may take. */
static void work(void)
{
	watchdog_start(0, STATE_CRITICAL, tell);
	for (time_t end = time(NULL) + 4; time(NULL) < end;)
		continue;
	watchdog_stop();
}

static void wait_while_committing(void)
{
	watchdog_start(0, STATE_CRITICAL, tell);
	watchdog_be_patient();
	for (int left_sec = 4; left_sec > 0;)
		left_sec = (int)sleep((unsigned)left_sec); /* each look interrupts it */
	watchdog_stop();
}

/* As if it were behind its end already: nobody wants to wait for that. */
static void work_for_ever(void)
{
	watchdog_start(-5, STATE_WARNING, tell);
	for (;;)
		continue;
}

static void a_hanging_run_ends_with_its_state_and_a_sentence(void **state)
{
	(void)state;
	char text[200];
	int status = run_child(hang, text, sizeof text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATE_CRITICAL);
	assert_string_equal(text,
	                    "CRITICAL: no answer within 0 s: a disk or a file system "
	                    "hangs; see --timeout\n");
}

static void it_ends_in_the_form_that_was_asked_for(void **state)
{
	(void)state;
	char text[1001];
	int status = run_child(hang_in_json, text, sizeof text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATE_CRITICAL);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "exit")), STATE_CRITICAL);
	json_decref(root);
}

static void a_run_in_time_is_left_alone(void **state)
{
	(void)state;
	char text[200];
	int status = run_child(be_in_time, text, sizeof text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 99);
	assert_string_equal(text, "");
}

static void expect_left_alone(void (*child)(void))
{
	char text[300];
	int status = run_child(child, text, sizeof text);
	assert_string_equal(text, "");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 99);
}

static void a_run_that_works_is_left_alone(void **state)
{
	(void)state;
	expect_left_alone(work);
}

static void a_disk_may_take_its_time_for_a_commit(void **state)
{
	(void)state;
	expect_left_alone(wait_while_committing);
}

static void work_has_an_end_too_and_is_not_called_a_disk_that_hangs(void **state)
{
	(void)state;
	char text[300];
	int status = run_child(work_for_ever, text, sizeof text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATE_WARNING);
	assert_non_null(strstr(text, "it was still at work, and nothing of it is kept"));
	assert_null(strstr(text, "hangs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hanging_run_ends_with_its_state_and_a_sentence),
		cmocka_unit_test(it_ends_in_the_form_that_was_asked_for),
		cmocka_unit_test(a_run_in_time_is_left_alone),
		cmocka_unit_test(a_run_that_works_is_left_alone),
		cmocka_unit_test(a_disk_may_take_its_time_for_a_commit),
		cmocka_unit_test(work_has_an_end_too_and_is_not_called_a_disk_that_hangs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
