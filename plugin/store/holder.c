/* holder.c - who holds the state; see holder.h
 *
 * SQLite locks bytes of its file by fcntl(2), at a place that its file format fixes ("The Lock-Byte Page"), so the kernel knows
 * whose they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/printable.h"
#include "plugin/store/holder.h"

#define LOCK_BYTES_BEGIN 0x40000000 /* the pending byte, the reserved one and 510 shared ones */
#define LOCK_BYTES 512
#define NAME_ROOM 32

/* 0: nobody, or not known. */
static pid_t find_holder(const char *path)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTES_BEGIN, .l_len = LOCK_BYTES };
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (descriptor < 0)
		return 0;
	bool is_held = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0;
	close(descriptor);
	return is_held ? lock.l_pid : 0;
}

static void add_name(struct strbuf *text, const char *directory)
{
	char path[64], name[NAME_ROOM];
	snprintf(path, sizeof path, "%s/comm", directory);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = descriptor < 0 ? 0 : read(descriptor, name, sizeof name);
	if (descriptor >= 0)
		close(descriptor);
	if (length > 1 && name[length - 1] == '\n')
		length--;
	if (length > 0)
		printable_add(text, slice_make(name, (size_t)length), sizeof name);
	else
		strbuf_add_string(text, "its name is not known");
}

void holder_describe(struct strbuf *text, const char *path)
{
	char directory[40];
	struct stat status;
	pid_t holder = find_holder(path);
	if (!holder) {
		strbuf_add_string(text, "another process");
		return;
	}
	snprintf(directory, sizeof directory, "/proc/%ld", (long)holder);
	strbuf_add_format(text, "process %ld (", (long)holder);
	add_name(text, directory);
	if (stat(directory, &status) == 0 && time(NULL) >= status.st_mtime)
		strbuf_add_format(text, ", since %lld s", (long long)(time(NULL) - status.st_mtime));
	strbuf_add_char(text, ')');
}
