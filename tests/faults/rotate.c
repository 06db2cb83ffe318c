/* rotate.c - what logrotate and its like do to a log; see world.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/world.h"

#define DAY_SEC 86400
#define FIRST_DAY 20 /* so many days ago is the first date in a name */

static const char *const packings[] = { "", ".gz", ".bz2", ".xz", ".zst" };
#define PACKINGS (sizeof packings / sizeof *packings)

/* --- files --- */

static void move(const char *from, const char *to)
{
	if (rename(from, to) < 0)
		die("%s: %s", from, strerror(errno));
}

static void create(const char *path)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (descriptor < 0)
		die("%s: %s", path, strerror(errno));
	close(descriptor);
}

static void copy(const char *from, const char *to)
{
	char bytes[65536];
	ssize_t got;
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		die("%s to %s: %s", from, to, strerror(errno));
	while ((got = read(in, bytes, sizeof bytes)) > 0)
		if (write(out, bytes, (size_t)got) != got)
			die("%s: %s", to, strerror(errno));
	close(in);
	close(out);
}

static void empty(const char *path)
{
	if (truncate(path, 0) < 0)
		die("%s: %s", path, strerror(errno));
}

static void run_packer(const char *program, const char *option, const char *path)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		execlp(program, program, option, path, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
		die("%s %s failed", program, path);
}

static void pack(const char *path)
{
	run_packer("gzip", "-fq", path);
}

bool has_program(const char *name)
{
	char path[PATH_MAX];
	const char *directory = getenv("PATH");
	for (; directory && *directory;
	     directory += strcspn(directory, ":"), directory += *directory == ':') {
		snprintf(path, sizeof path, "%.*s/%s", (int)strcspn(directory, ":"), directory,
		         name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* --- names --- */

struct path {
	char text[PATH_MAX];
};

static struct path numbered(const char *log, int number, const char *packing)
{
	struct path path;
	snprintf(path.text, sizeof path.text, "%s.%d%s", log, number, packing);
	return path;
}

/* logrotate's: .1 becomes .2, ... */
static void shift(const char *log)
{
	for (int number = 9; number > 0; number--)
		for (size_t i = 0; i < PACKINGS; i++)
			(void)rename(numbered(log, number, packings[i]).text,
			             numbered(log, number + 1, packings[i]).text);
}

static bool exists_packed_or_not(const char *path)
{
	struct stat status;
	for (size_t i = 0; i < PACKINGS; i++) {
		struct path other;
		snprintf(other.text, sizeof other.text, "%s%s", path, packings[i]);
		if (lstat(other.text, &status) == 0)
			return true;
	}
	return false;
}

/* The first of BEFORE-DATE-AFTER that isn't there. */
static struct path dated(const char *before, const char *after)
{
	struct path path;
	for (int day = 0; day < FIRST_DAY; day++) {
		char date[16];
		struct tm broken;
		time_t time_sec = time(NULL) - (FIRST_DAY - day) * DAY_SEC;
		gmtime_r(&time_sec, &broken);
		strftime(date, sizeof date, "%Y%m%d", &broken);
		snprintf(path.text, sizeof path.text, "%s-%s%s", before, date, after);
		if (!exists_packed_or_not(path.text))
			return path;
	}
	die("%s was rotated too often", before);
}

/* --- kinds --- */

static struct path rename_away(const char *log)
{
	shift(log);
	struct path old = numbered(log, 1, "");
	move(log, old.text);
	return old;
}

static void rotate_nocreate(const char *log)
{
	rename_away(log);
}

static void rotate_rename(const char *log)
{
	rename_away(log);
	create(log);
}

static void rotate_packed(const char *log)
{
	struct path old = rename_away(log);
	create(log);
	pack(old.text);
}

static void rotate_other(const char *log, const char *packer, const char *option)
{
	struct path old = rename_away(log);
	create(log);
	run_packer(packer, option, old.text);
}

static void rotate_xz(const char *log)
{
	rotate_other(log, "xz", "-fq");
}

static void rotate_bzip2(const char *log)
{
	rotate_other(log, "bzip2", "-fq");
}

static void rotate_zstd(const char *log)
{
	rotate_other(log, "zstd", "-fq");
	unlink(numbered(log, 1, "").text);
}

/* delaycompress: what was .1 is packed as .2 */
static void rotate_delayed(const char *log)
{
	struct stat status;
	rename_away(log);
	create(log);
	struct path older = numbered(log, 2, "");
	if (lstat(older.text, &status) == 0)
		pack(older.text);
}

static struct path copy_away(const char *log)
{
	shift(log);
	struct path old = numbered(log, 1, "");
	copy(log, old.text);
	empty(log);
	return old;
}

static void rotate_copytruncate(const char *log)
{
	copy_away(log);
}

static void rotate_copytruncate_packed(const char *log)
{
	struct path old = copy_away(log);
	pack(old.text);
}

static void rotate_dateext(const char *log)
{
	move(log, dated(log, "").text);
	create(log);
}

static void rotate_dateext_packed(const char *log)
{
	struct path old = dated(log, "");
	move(log, old.text);
	create(log);
	pack(old.text);
}

/* LOG is a link to mail-DATE.log beside it, or shall be. The old target. */
static struct path move_link(const char *log)
{
	struct path stem, link, target = { "" };
	ssize_t length = readlink(log, target.text, sizeof target.text - 1);
	target.text[length > 0 ? length : 0] = '\0';
	snprintf(stem.text, sizeof stem.text, "%.*s", (int)(strlen(log) - strlen(".log")), log);
	struct path next = dated(stem.text, ".log");
	create(next.text);
	snprintf(link.text, sizeof link.text, "%s.tmp", log);
	if (symlink(next.text, link.text) < 0)
		die("%s: %s", link.text, strerror(errno));
	move(link.text, log);
	return target;
}

static void rotate_link(const char *log)
{
	move_link(log);
}

static void rotate_link_packed(const char *log)
{
	struct path old = move_link(log);
	if (*old.text)
		pack(old.text);
}

static void rotate_link_removed(const char *log)
{
	struct path old = move_link(log);
	unlink(old.text);
}

static void rotate_removed(const char *log)
{
	unlink(log);
	create(log);
}

static void rotate_truncated(const char *log)
{
	empty(log);
}

const struct rotation_kind rotation_kinds[] = {
	{ "rename", OF_NUMBERED, rotate_rename },
	{ "nocreate", OF_NUMBERED | LEAVES_NONE, rotate_nocreate },
	{ "copytruncate", OF_NUMBERED, rotate_copytruncate },
	{ "copytruncate-packed", OF_NUMBERED, rotate_copytruncate_packed },
	{ "packed", OF_NUMBERED, rotate_packed },
	{ "delayed", OF_NUMBERED, rotate_delayed },
	{ "dateext", OF_DATED, rotate_dateext },
	{ "dateext-packed", OF_DATED, rotate_dateext_packed },
	{ "link", OF_LINK, rotate_link },
	{ "link-packed", OF_LINK, rotate_link_packed },
	{ "link-removed", OF_LINK | LOSES, rotate_link_removed },
	{ "removed", OF_NUMBERED | OF_DATED | LOSES, rotate_removed },
	{ "truncated", OF_NUMBERED | OF_DATED | LOSES, rotate_truncated },
	{ "xz", 0, rotate_xz },
	{ "bzip2", 0, rotate_bzip2 },
	{ "zstd", 0, rotate_zstd },
};
const size_t rotation_kinds_count = sizeof rotation_kinds / sizeof *rotation_kinds;

const struct rotation_kind *rotation_kind_find(const char *name)
{
	for (size_t i = 0; i < rotation_kinds_count; i++)
		if (strcmp(rotation_kinds[i].name, name) == 0)
			return &rotation_kinds[i];
	die("there is no rotation \"%s\"", name);
}

void world_rotate(struct world *world, const char *kind)
{
	rotation_kind_find(kind)->rotate(world->log);
}
