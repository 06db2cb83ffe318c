/* guard.c - files that change while they are mapped; see guard.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>
#include <signal.h>

#include "plugin/geo/guard.h"

/* Both libraries map the file. When someone cuts it short (a copy onto it does), reading behind its new end raises
 * SIGBUS, which would end the check without a word. So SIGBUS is caught while a library reads, and becomes an error.
 *
 * The limits. This is for a single-threaded program: handler and jump buffer are the process's. The jump leaves the
 * library in the middle of a read, so what it had allocated is lost (some hundred bytes; the run is about to end),
 * and is only sound because both libraries read the mapping without holding a lock or half-changed structures:
 * a database may be closed after it. A SIGBUS that is blocked can't be caught. And what stays within the file's last
 * page reads as zeros without any signal, which is why the file's size and time are compared too. */
static sigjmp_buf bus_error_return;

static void on_bus_error(int signal_number)
{
	(void)signal_number;
	siglongjmp(bus_error_return, 1);
}

static int cut_short(const char *path, struct strbuf *why)
{
	return strbuf_fail(why, -EIO,
	                   "%s was cut short while it was read: replace a database by rename, never in place", path);
}

int guard_run(guard_fn *run, void *context, const char *path, struct strbuf *why)
{
	struct sigaction ours = { .sa_handler = on_bus_error };
	struct sigaction previous;
	sigemptyset(&ours.sa_mask);
	if (sigaction(SIGBUS, &ours, &previous) < 0)
		return strbuf_fail(why, -errno, "can't catch SIGBUS: %s", strerror(errno));
	volatile int result = -EIO;
	if (sigsetjmp(bus_error_return, 1) == 0)
		result = run(context);
	else
		cut_short(path, why);
	sigaction(SIGBUS, &previous, NULL);
	return result;
}

int guard_check_unchanged(int descriptor, const struct stat *opened, const char *path, struct strbuf *why)
{
	struct stat now;
	if (fstat(descriptor, &now) < 0)
		return strbuf_fail(why, -errno, "%s can't be watched: %s", path, strerror(errno));
	if (now.st_size < opened->st_size)
		return cut_short(path, why);
	if (now.st_size == opened->st_size && now.st_mtim.tv_sec == opened->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == opened->st_mtim.tv_nsec)
		return 0;
	return strbuf_fail(why, -EIO,
	                   "%s was written to while it was read: replace a database by rename, never in place",
	                   path);
}
