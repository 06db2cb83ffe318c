/* dbfile.c - one open database; see dbfile.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>

#include "common/xalloc.h"
#include "plugin/geo/dbfile.h"
#include "plugin/geo/guard.h"

/* What is done under guard, and with what. */
struct job {
	struct dbfile *file;
	const struct ipaddr *address;
	struct place *place;
	struct strbuf *why;
};

static int check_unchanged(const struct dbfile *file, struct strbuf *why)
{
	return guard_check_unchanged(file->descriptor, &file->status, file->path, why);
}

/* --- opening and closing --- */

static const char *kind_of_file(mode_t mode)
{
	static const struct {
		mode_t type;
		const char *name;
	} kinds[] = {
		{ S_IFDIR, "a directory" }, { S_IFIFO, "a FIFO" },    { S_IFCHR, "a device" },
		{ S_IFBLK, "a device" },    { S_IFSOCK, "a socket" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if ((mode & S_IFMT) == kinds[i].type)
			return kinds[i].name;
	}
	return "not a regular file";
}

/* GeoLite2 and DB-IP are downloaded compressed; the libraries would only say that it is no
 * database. */
static bool is_compressed(int descriptor)
{
	unsigned char start[2];
	ssize_t length = pread(descriptor, start, sizeof start, 0);
	return length == (ssize_t)sizeof start && start[0] == 0x1f && start[1] == 0x8b;
}

/* Only a regular file with something in it is given to a library: the open of a FIFO would never
 * return, and that of a device may do anything. stat(2) goes first for the device's sake,
 * O_NONBLOCK for who swaps the file in between. */
static int open_regular(struct dbfile *file, struct strbuf *why)
{
	if (stat(file->path, &file->status) < 0)
		return strbuf_fail(why, -errno, "can't be opened: %s", strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return strbuf_fail(why, -EINVAL, "is %s, no database file",
		                   kind_of_file(file->status.st_mode));
	file->descriptor = open(file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->descriptor < 0 || fstat(file->descriptor, &file->status) < 0)
		return strbuf_fail(why, -errno, "can't be opened: %s", strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return strbuf_fail(why, -EINVAL, "is %s, no database file",
		                   kind_of_file(file->status.st_mode));
	if (file->status.st_size == 0)
		return strbuf_fail(why, -EINVAL, "is empty");
	if (is_compressed(file->descriptor))
		return strbuf_fail(why, -EINVAL, "is compressed: unpack it first");
	return 0;
}

static int run_open(void *context)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct job *job = context;
	struct dbfile *file = job->file;
	int error = open_regular(file, &reason);
	if (!error)
		error = file->kind->open(&file->database, file->path, file->descriptor, &reason);
	if (error)
		strbuf_fail(job->why, error, "%s %s", file->path, strbuf_text(&reason));
	return error;
}

int dbfile_open(struct dbfile *ret, const struct geo_database *kind, const char *path,
                struct strbuf *why)
{
	struct dbfile file = { .kind = kind, .path = xalloc_string(path), .descriptor = -1 };
	struct job job = { .file = &file, .why = why };
	int error = guard_begin(why);
	file.is_guarded = !error;
	if (!error)
		error = guard_run(run_open, &job, file.path, why);
	if (!error)
		error = check_unchanged(&file, why);
	if (error) {
		dbfile_close(&file);
		return error;
	}
	*ret = file;
	return 0;
}

void dbfile_close(struct dbfile *file)
{
	if (file->database)
		file->kind->close(file->database);
	if (file->descriptor >= 0)
		close(file->descriptor);
	if (file->is_guarded)
		guard_end();
	free(file->path);
	*file = (struct dbfile){ .descriptor = -1 };
}

/* --- asking --- */

static int run_lookup(void *context)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct job *job = context;
	struct dbfile *file = job->file;
	int result = file->kind->lookup(file->database, job->address, job->place, &reason);
	if (result < 0)
		strbuf_fail(job->why, result, "%s %s: fetch it again", file->path,
		            strbuf_text(&reason));
	return result;
}

#define LOOKUPS_WATCHED 1000 /* each of the first so many looks at the file, and then */
#define LOOKUPS_BETWEEN 64   /* one of these: to ask the kernel is a large part of a lookup */

int dbfile_check(struct dbfile *file, struct strbuf *why)
{
	if (!file->unwatched)
		return 0;
	file->unwatched = 0;
	return check_unchanged(file, why);
}

int dbfile_lookup(struct dbfile *file, const struct ipaddr *address, struct place *ret,
                  struct strbuf *why)
{
	struct job job = { .file = file, .address = address, .place = ret, .why = why };
	int result = guard_run(run_lookup, &job, file->path, why);
	/* An error of the library is more often the consequence of the change than the other way
	 * round. */
	bool is_watched = result < 0 || file->lookups++ < LOOKUPS_WATCHED ||
		file->unwatched >= LOOKUPS_BETWEEN - 1;
	file->unwatched++;
	int changed = is_watched ? dbfile_check(file, why) : 0;
	return changed ? changed : result;
}

int64_t dbfile_built_at_sec(const struct dbfile *file)
{
	return file->kind->built_at_sec(file->database);
}
