/* watchdog.c - the end of a run that hangs; see watchdog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <signal.h>

#include "plugin/watchdog.h"

/* Made before the alarm: a signal handler may only call what is async-signal-safe (signal-safety(7)). */
static char last_words[160];
static size_t last_words_length;
static int last_state;

static void give_up(int signal_number)
{
	(void)signal_number;
	ssize_t ignored = write(STDOUT_FILENO, last_words, last_words_length);
	(void)ignored;
	_exit(last_state);
}

void watchdog_start(int64_t timeout_sec, enum state state)
{
	int length = snprintf(last_words, sizeof last_words,
	                      "MAIL GEO %s - no answer within %" PRId64 " s: a disk or a file system hangs; see --timeout\n",
	                      state_name(state), timeout_sec);
	last_words_length = length > 0 ? (size_t)length : 0;
	last_state = (int)state;
	struct sigaction action = { .sa_handler = give_up };
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned)timeout_sec + 1);
}

void watchdog_stop(void)
{
	alarm(0);
}
