/* watchdog.c - the end of a run that hangs; see watchdog.h
 *
 * Nobody has to tell it that the work goes on: whoever waits for a disk takes no processor time,
 * and whoever computes, reads or writes does, in whichever library it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <signal.h>

#include "common/watchdog.h"

#define LOOK_SEC 1
#define MOVED_NS 100000 /* in that time; more than the look itself takes */
#define PATIENT_SEC 10
#define MORE_SEC 10 /* beside twice the time, for who works on */

/* Made before the alarm: a signal handler may only call what is async-signal-safe
 * (signal-safety(7)). */
struct words {
	char text[1000];
	size_t length;
};

static struct {
	struct words hangs, is_late;
	int state;
	int64_t timeout_sec;
	int64_t end_sec; /* of who works on, on the monotonic clock */
	/* when it was last seen to get on, and the processor time it had then */
	int64_t seen_sec, used_ns;
	bool is_watching; /* false until the first look */
	volatile sig_atomic_t patience_sec;
	volatile sig_atomic_t is_patient;
} watch;

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t now_sec(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000000;
}

static void give_up(const struct words *words)
{
	ssize_t ignored = write(STDOUT_FILENO, words->text, words->length);
	(void)ignored;
	_exit(watch.state);
}

static void look(int signal_number)
{
	int error = errno;
	int64_t used_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID), at_sec = now_sec();
	(void)signal_number;
	if (!watch.is_watching || used_ns - watch.used_ns >= MOVED_NS)
		watch.seen_sec = at_sec;
	else if (at_sec - watch.seen_sec >= watch.patience_sec)
		give_up(&watch.hangs);
	if (at_sec >= watch.end_sec && !watch.is_patient)
		give_up(&watch.is_late);
	watch.is_watching = true;
	/* The time of the look itself is not the run's. */
	watch.used_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	alarm(LOOK_SEC);
	errno = error;
}

static void prepare(struct words *ret, enum state state, int64_t sec, const char *what,
                    watchdog_tell_fn *tell)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(sizeof ret->text);
	strbuf_add_format(&why, "no answer within %" PRId64 " s: %s; see --timeout", sec, what);
	tell(state, strbuf_text(&why), &text);
	memcpy(ret->text, strbuf_text(&text), text.length);
	ret->length = text.length;
}

void watchdog_start(int64_t timeout_sec, enum state state, watchdog_tell_fn *tell)
{
	int64_t most_sec = 2 * timeout_sec + MORE_SEC;
	memset(&watch, 0, sizeof watch);
	prepare(&watch.hangs, state, timeout_sec, "a disk or a file system hangs", tell);
	prepare(&watch.is_late, state, most_sec, "it was still at work, and nothing of it is kept",
	        tell);
	watch.state = (int)state;
	watch.timeout_sec = timeout_sec;
	watch.end_sec = now_sec() + most_sec;
	watch.patience_sec = LOOK_SEC;
	/* Work that was interrupted goes on as if nothing had happened. */
	struct sigaction action = { .sa_handler = look, .sa_flags = SA_RESTART };
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	if (timeout_sec > 0)
		alarm((unsigned)timeout_sec);
	else
		look(SIGALRM);
}

void watchdog_be_patient(void)
{
	watch.patience_sec = watch.timeout_sec > PATIENT_SEC ? (sig_atomic_t)watch.timeout_sec
							     : PATIENT_SEC;
	watch.is_patient = true;
}

void watchdog_stop(void)
{
	alarm(0);
}
