/* holder.c - who holds the state; see holder.h
 *
 * SQLite locks bytes of its file by fcntl(2), at a place that its file format fixes ("The Lock-Byte
 * Page"), so the kernel knows whose they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>

#include "common/numparse.h"
#include "common/printable.h"
#include "common/slice.h"
#include "plugin/store/holder.h"

#ifndef CLOCK_BOOTTIME /* not Linux, where /proc/PID/stat isn't what we expect either */
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

#define LOCK_BYTES_BEGIN 0x40000000 /* the pending byte, the reserved one and 510 shared ones */
#define LOCK_BYTES 512
#define STAT_MAX 1000 /* of /proc/PID/stat: 52 numbers at the most, and a name */
#define NAME_MAX_SHOWN 64
#define FIELDS_TO_START 20 /* from the name's end to the time of the start: field 22 of proc(5) */

/* -- the lock ---------------------------------------------------------------------------------- */

/* Whose lock is in the way of one of TYPE; 0: nobody's, or not known. Asking needs no right to
 * write, as no lock is set. */
static pid_t ask(int descriptor, short type)
{
	struct flock lock = { .l_type = type,
		              .l_whence = SEEK_SET,
		              .l_start = LOCK_BYTES_BEGIN,
		              .l_len = LOCK_BYTES };

	if (fcntl(descriptor, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : 0;
}

/* Who writes, and else who reads: that is in the way of a commit only. */
static pid_t find_holder(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (descriptor < 0)
		return 0;
	pid_t holder = ask(descriptor, F_RDLCK);
	if (!holder)
		holder = ask(descriptor, F_WRLCK);
	close(descriptor);
	return holder;
}

/* -- the process ------------------------------------------------------------------------------- */

/* What is in /proc/PID/stat: "4711 (NAME) S 1 …"; empty if it can't be read. */
static struct slice read_stat(pid_t process, char buffer[STAT_MAX])
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)process);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return slice_make("", 0);
	ssize_t length = read(descriptor, buffer, STAT_MAX);
	close(descriptor);
	return slice_make(buffer, length > 0 ? (size_t)length : 0);
}

/* The name may be any bytes, ")" too: it ends at the last one, as only numbers and a letter
 * follow. */
static bool take_name(struct slice *stat, struct slice *ret)
{
	slice_take_until(stat, '(');
	size_t length = stat->length;
	while (length > 0 && stat->data[length - 1] != ')')
		length--;
	if (length < 2)
		return false;
	*ret = slice_make(stat->data, length - 1);
	*stat = slice_skip(*stat, length);
	return true;
}

/* Seconds since the process began, by a clock that counts a suspended machine's time, as the kernel
 * does there. */
static bool take_age(struct slice *stat, int64_t *ret_sec)
{
	struct timespec now;
	struct slice field = { .data = "" };
	long ticks = sysconf(_SC_CLK_TCK);
	int64_t start;

	for (int i = 0; i <= FIELDS_TO_START; i++)
		field = slice_take_until(stat, ' ');
	if (ticks <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) < 0 ||
	    !numparse_int(&start, field, 0, INT64_MAX))
		return false;
	*ret_sec = (int64_t)now.tv_sec - start / ticks;
	return *ret_sec >= 0;
}

bool holder_describe(struct strbuf *text, const char *path)
{
	char buffer[STAT_MAX];
	struct slice name;
	int64_t age_sec;
	pid_t holder = find_holder(path);

	if (!holder)
		return false;
	struct slice stat = read_stat(holder, buffer);
	strbuf_add_format(text, "process %ld", (long)holder);
	if (!take_name(&stat, &name))
		return true;
	strbuf_add_string(text, " (");
	printable_add(text, name, NAME_MAX_SHOWN);
	if (take_age(&stat, &age_sec))
		strbuf_add_format(text, ", since %" PRId64 " s", age_sec);
	strbuf_add_char(text, ')');
	return true;
}
