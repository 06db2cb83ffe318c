/* test_watchdog.c - a run that hangs still answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/wait.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/watchdog.h"

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

static void hang(void)
{
	watchdog_start(0, STATE_CRITICAL);
	for (;;)
		pause();
}

static void be_in_time(void)
{
	watchdog_start(0, STATE_CRITICAL);
	watchdog_stop();
	sleep(2);
}

static void a_hanging_run_ends_with_its_state_and_a_sentence(void **state)
{
	(void)state;
	char text[200];
	int status = run_child(hang, text, sizeof text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATE_CRITICAL);
	assert_string_equal(text, "MAIL GEO CRITICAL - no answer within 0 s: a disk or a file system hangs; see --timeout\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hanging_run_ends_with_its_state_and_a_sentence),
		cmocka_unit_test(a_run_in_time_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
