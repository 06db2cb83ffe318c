/* guard.c - files that change while they are mapped; see guard.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>
#include <signal.h>

#include "plugin/geo/guard.h"

/* Databases are mapped. When someone cuts the file short (a copy onto it does), reading behind its
 * new end raises SIGBUS, which would end the check without a word. So SIGBUS is caught while a
 * database is read, and becomes an error.
 *
 * The limits. This is for a single-threaded program: handler and jump buffer are the process's. The
 * jump leaves the driver in the middle of a read, and libmaxminddb too, so what that had allocated
 * is lost (some hundred bytes; the run is about to end). It is only sound because both read the
 * mapping without holding a lock or half-changed structures: a database may be closed after it. A
 * SIGBUS that is blocked can't be caught. And what stays within the file's last page reads as zeros
 * without any signal, which is why the file's size and time are compared too. */
static sigjmp_buf bus_error_return;
static volatile sig_atomic_t is_guarding;
static struct sigaction previous;
static int holders;

/* Outside of a guarded call nothing of ours is to blame: the read is done again, and whoever was
 * there before is asked. */
static void on_bus_error(int signal_number)
{
	(void)signal_number;
	if (is_guarding)
		siglongjmp(bus_error_return, 1);
	sigaction(SIGBUS, &previous, NULL);
}

/* Once for all lookups: three system calls each would be a large part of them. SA_NODEFER leaves
 * the mask as it is, so the jump has none to set back. */
int guard_begin(struct strbuf *why)
{
	struct sigaction ours = { .sa_handler = on_bus_error, .sa_flags = SA_NODEFER };
	sigemptyset(&ours.sa_mask);
	if (!holders && sigaction(SIGBUS, &ours, &previous) < 0)
		return strbuf_fail(why, -errno, "can't catch SIGBUS: %s", strerror(errno));
	holders++;
	return 0;
}

void guard_end(void)
{
	if (--holders == 0)
		sigaction(SIGBUS, &previous, NULL);
}

static int cut_short(const char *path, struct strbuf *why)
{
	return strbuf_fail(why, -EIO,
	                   "%s was cut short while it was read: replace a database by rename, "
	                   "never in place",
	                   path);
}

int guard_run(guard_fn *run, void *context, const char *path, struct strbuf *why)
{
	volatile int result = -EIO;
	if (sigsetjmp(bus_error_return, 0) == 0) {
		is_guarding = true;
		result = run(context);
	} else {
		cut_short(path, why);
	}
	is_guarding = false;
	return result;
}

int guard_check_unchanged(int descriptor, const struct stat *opened, const char *path,
                          struct strbuf *why)
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
	                   "%s was written to while it was read: replace a database by rename, "
	                   "never in place",
	                   path);
}
