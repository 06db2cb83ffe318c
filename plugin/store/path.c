/* path.c - the state as a file: whose it is, who may write it, which program made it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "common/fullread.h"
#include "common/shellquote.h"
#include "common/xalloc.h"
#include "plugin/store/directory.h"
#include "plugin/store/path.h"

#define HEADER_LENGTH 100
#define DAMAGED_NUMBER_MAX 9 /* of versions that kept more than STORE_DAMAGED_KEPT */
#define NAME_ROOM (STORE_PATH_MAX + 40)

/* A name for the system calls that take one below the directory of FILE. */
static const char *base_of(const struct store_file *file)
{
	return directory_base_name(strbuf_text(&file->path));
}

/* -- advice ------------------------------------------------------------------------------------ */

/* Ours, but its mode forbids it; anything else is not to be mended by a command that we could
 * name. */
static bool is_mended_by_chmod(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		(st.st_mode & 0600) != 0600;
}

void store_file_hint(struct strbuf *why, const char *path, int error)
{
	if (error == ENOSPC || error == EDQUOT)
		strbuf_add_string(why, "; free space on its file system");
	else if (error == EFBIG)
		strbuf_add_string(why, "; raise the limit of file sizes (ulimit -f)");
	else if (error == EROFS)
		strbuf_add_string(why, "; mount it writable, or name another file with --state");
	else if ((error == EACCES || error == EPERM) && is_mended_by_chmod(path)) {
		strbuf_add_string(why, "; chmod u+rw ");
		shellquote_add(why, path);
	} else if (error == EACCES || error == EPERM)
		directory_add_remedy(why);
}

static int fail_hinted(struct strbuf *why, int error, const char *what, const char *path)
{
	strbuf_fail(why, 0, "%s %s: %s", what, path, strerror(error));
	if (why)
		store_file_hint(why, path, error);
	return -error;
}

/* WHY and, behind it, the command that closes PATH, which is ours, for others. */
static int fail_open_to_others(struct strbuf *why, int error, const char *path)
{
	if (why) {
		strbuf_add_string(why,
		                  "; name another file with --state, or, if it is a state: chmod "
		                  "600 ");
		shellquote_add(why, path);
	}
	return error;
}

/* -- the directory ----------------------------------------------------------------------------- */

void store_file_release(struct store_file *file)
{
	if (file->directory >= 0)
		close(file->directory);
	file->directory = -1;
	strbuf_release(&file->path);
}

/* SQLite refuses symbolic links anywhere in a path, but a link in the middle (/var/lib on another
 * disk) is fine. */
static int resolve(struct store_file *file, const char *path, struct strbuf *why)
{
	struct strbuf real CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX);
	const char *base = directory_base_name(path);

	if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return strbuf_fail(why, -EISDIR, "the state \"%s\" is not the name of a file",
		                   path);
	int descriptor = directory_open(path, &real, why);
	if (descriptor < 0)
		return descriptor;
	file->directory = descriptor;
	strbuf_add_format(&file->path, "%s/%s",
	                  strcmp(strbuf_text(&real), "/") == 0 ? "" : strbuf_text(&real), base);
	return file->path.truncated
		? strbuf_fail(why, -ENAMETOOLONG, "the path of the state is too long")
		: 0;
}

int store_file_verify(const struct store_file *file, struct strbuf *why)
{
	struct stat st;
	const char *path = strbuf_text(&file->path), *base = base_of(file);
	char *directory CLEANUP(xalloc_freep) = base - path == 1
		? xalloc_string("/")
		: xalloc_copy(path, (size_t)(base - path - 1));

	if (directory_is_same(directory, file->directory) &&
	    fstatat(file->directory, base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == file->device && st.st_ino == file->inode)
		return 0;
	return strbuf_fail(why, -ESTALE,
	                   "the state %s, or a directory on the way, was replaced while it was "
	                   "opened; nothing of it was used",
	                   path);
}

/* -- the file ---------------------------------------------------------------------------------- */

/* Made here and not by SQLite, so that the mode is right from its first moment and whatever the
 * umask is. */
static int create(const struct store_file *file, struct strbuf *why)
{
	int fd = openat(file->directory, base_of(file),
	                O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	int error = fd < 0 || fchmod(fd, 0600) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error ? fail_hinted(why, error, "can't make the state", strbuf_text(&file->path))
		     : 0;
}

static int check_owned(const char *path, const struct stat *st, struct strbuf *why)
{
	if (S_ISLNK(st->st_mode))
		return strbuf_fail(why, -ELOOP, "%s is a symbolic link, which a state may not be",
		                   path);
	if (!S_ISREG(st->st_mode))
		return strbuf_fail(why, -EINVAL, "%s is not a regular file, so it can't be a state",
		                   path);
	if (st->st_uid != geteuid())
		return strbuf_fail(why, -EPERM,
		                   "the state %s belongs to another user (uid %u); name another "
		                   "file with --state",
		                   path, (unsigned)st->st_uid);
	if (st->st_mode & 022)
		return fail_open_to_others(why,
		                           strbuf_fail(why, -EPERM, "others may write the state %s",
		                                       path),
		                           path);
	return 0;
}

/* Whoever can put a journal beside the state decides what SQLite "restores". > 0 if there is one,
 * and it is ours. */
static int check_journal(const struct store_file *file, struct strbuf *why)
{
	struct strbuf journal CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);
	struct stat st;

	strbuf_add_format(&journal, "%s-journal", strbuf_text(&file->path));
	if (fstatat(file->directory, directory_base_name(strbuf_text(&journal)), &st,
	            AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT
			? 0
			: fail_hinted(why, errno, "can't look at", strbuf_text(&journal));
	int result = check_owned(strbuf_text(&journal), &st, why);
	return result < 0 ? result : st.st_size > 0;
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
		bytes[3];
}

/* Looked at before SQLite does, because SQLite would roll back or convert another program's file
 * while it opens it. */
static int check_header(struct store_file *file, const unsigned char *header, ssize_t length,
                        struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);

	if (length < HEADER_LENGTH || memcmp(header, "SQLite format 3", 16) != 0) {
		file->is_damaged = true;
		return strbuf_fail(why, -EINVAL, "%s is not a state", path);
	}
	if (big_endian(header + 68) != STORE_APPLICATION_ID)
		return strbuf_fail(why, -EINVAL,
		                   "%s is an SQLite file of another program, not a state", path);
	if (header[18] != 1 || header[19] != 1) {
		file->is_damaged = true; /* we never use WAL */
		return strbuf_fail(why, -EINVAL, "%s is a state, but in a mode that no state has",
		                   path);
	}
	return 0;
}

static int read_header(struct store_file *file, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);
	unsigned char header[HEADER_LENGTH];
	int fd = openat(file->directory, base_of(file),
	                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail_hinted(why, errno, "can't read the state", path);
	ssize_t length = fullread_at(fd, header, sizeof(header), 0);
	close(fd);
	if (length < 0)
		return fail_hinted(why, (int)-length, "can't read the state", path);
	return length == 0 ? 0 : check_header(file, header, length, why);
}

/* Damaged files that were set aside long ago; whatever goes wrong is tried again by the next
 * run. */
static void remove_old_damage(const struct store_file *file)
{
	time_t limit = time(NULL) - (time_t)STORE_DAMAGED_DAYS * 86400;
	struct stat st;

	for (int number = 1; number <= DAMAGED_NUMBER_MAX; number++) {
		struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);

		strbuf_add_format(&name, "%s.damaged-%d", base_of(file), number);
		if (fstatat(file->directory, strbuf_text(&name), &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mtime >= limit)
			continue;
		unlinkat(file->directory, strbuf_text(&name), 0);
		strbuf_add_string(&name, "-journal");
		unlinkat(file->directory, strbuf_text(&name), 0);
	}
}

static int look_at(struct store_file *file, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);
	struct stat st;

	if (fstatat(file->directory, base_of(file), &st, AT_SYMLINK_NOFOLLOW))
		return fail_hinted(why, errno, "can't look at the state", path);
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->is_readable_by_others = (st.st_mode & 044) != 0;
	int result = check_owned(path, &st, why);
	if (result == 0)
		result = check_journal(file, why);
	/* With a journal the header may be half written: SQLite mends it first, and is asked again
	 * then. */
	return result == 0 ? read_header(file, why) : result > 0 ? 0 : result;
}

int store_file_prepare(struct store_file *file, const char *path, struct strbuf *why)
{
	store_file_release(file);
	file->is_damaged = false;
	int result = resolve(file, path, why);
	if (result == 0)
		result = create(file, why);
	if (result == 0)
		result = look_at(file, why);
	if (result == 0)
		remove_old_damage(file);
	return result;
}

/* -- a damaged one ----------------------------------------------------------------------------- */

static bool is_ours_alone(const struct store_file *file)
{
	struct stat st;

	return fstatat(file->directory, base_of(file), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
		st.st_dev == file->device && st.st_ino == file->inode;
}

static bool is_gone_already(const struct store_file *file)
{
	struct stat st;

	if (fstatat(file->directory, base_of(file), &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	return st.st_dev != file->device || st.st_ino != file->inode;
}

/* The number of the first name that is free, or else of the oldest file. */
static int choose_number(const struct store_file *file)
{
	int oldest = 1;
	time_t oldest_sec = 0;
	struct stat st;

	for (int number = 1; number <= STORE_DAMAGED_KEPT; number++) {
		struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);

		strbuf_add_format(&name, "%s.damaged-%d", base_of(file), number);
		if (fstatat(file->directory, strbuf_text(&name), &st, AT_SYMLINK_NOFOLLOW))
			return number;
		if (number == 1 || st.st_mtime < oldest_sec) {
			oldest = number;
			oldest_sec = st.st_mtime;
		}
	}
	return oldest;
}

/* The journal goes first: a new state must never meet the journal of the old. */
static int move_journal(const struct store_file *file, const char *aside, struct strbuf *why)
{
	struct strbuf from CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);
	struct strbuf to CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);

	strbuf_add_format(&from, "%s-journal", base_of(file));
	strbuf_add_format(&to, "%s-journal", aside);
	unlinkat(file->directory, strbuf_text(&to), 0); /* of the one that is replaced */
	if (renameat(file->directory, strbuf_text(&from), file->directory, strbuf_text(&to)) == 0 ||
	    errno == ENOENT)
		return 0;
	return fail_hinted(why, errno, "can't rename", strbuf_text(&from));
}

/* Its time is from now on when it was set aside. */
static int move(const struct store_file *file, const char *aside, struct strbuf *why)
{
	int result = move_journal(file, aside, why);

	if (result < 0)
		return result;
	if (renameat(file->directory, base_of(file), file->directory, aside))
		return fail_hinted(why, errno, "can't rename the damaged state",
		                   strbuf_text(&file->path));
	utimensat(file->directory, aside, NULL, AT_SYMLINK_NOFOLLOW);
	return 0;
}

static void close_directory(const int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

/* Two runs can find the same damage: they go one by one, and what the first has begun is never set
 * aside. */
static int lock_directory(const struct store_file *file, struct strbuf *why)
{
	int descriptor = openat(file->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (descriptor < 0)
		return fail_hinted(why, errno, "can't open the directory of the state",
		                   strbuf_text(&file->path));
	while (flock(descriptor, LOCK_EX) && errno == EINTR)
		;
	return descriptor; /* where the file system has no such locks, there is none */
}

int store_file_lock_directory(const char *path, const struct deadline *deadline, struct strbuf *why)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char *directory CLEANUP(
		xalloc_freep) = xalloc_copy(path, (size_t)(directory_base_name(path) - path));
	int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (descriptor < 0)
		return fail_hinted(why, errno, "can't open the directory", directory);
	while (flock(descriptor, LOCK_EX | (deadline ? LOCK_NB : 0)) &&
	       (errno == EINTR || errno == EWOULDBLOCK)) {
		if (deadline && deadline_is_over(deadline)) {
			close(descriptor);
			return strbuf_fail(why, -EBUSY,
			                   "another run holds the directory %s, and did not end in "
			                   "time",
			                   directory);
		}
		nanosleep(&pause, NULL);
	}
	return descriptor; /* where the file system has no such locks, there is none */
}

int store_file_rename(const struct store_file *file, const char *to, int directory,
                      struct strbuf *why)
{
	const char *from = strbuf_text(&file->path);
	struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX);
	struct strbuf journal CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 20);
	struct stat st;

	strbuf_add(&name, from, (size_t)(directory_base_name(from) - from));
	strbuf_add_string(&name, directory_base_name(to));
	strbuf_add_format(&journal, "%s-journal", strbuf_text(&name));
	if (lstat(from, &st) || st.st_dev != file->device || st.st_ino != file->inode ||
	    lstat(strbuf_text(&name), &st) == 0)
		return 0; /* another run was faster */
	/* One that a removed state has left behind: SQLite would play it back into this one. */
	if (unlink(strbuf_text(&journal)) && errno != ENOENT)
		return fail_hinted(why, errno, "can't remove", strbuf_text(&journal));
	if (rename(from, strbuf_text(&name)))
		return fail_hinted(why, errno, "can't rename the state", from);
	/* without it the old name may come back after a power failure, which is no harm */
	(void)fsync(directory);
	return 0;
}

int store_file_set_aside(const struct store_file *file, struct strbuf *notes, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);
	struct strbuf aside CLEANUP(strbuf_release) = STRBUF_INIT(NAME_ROOM);
	int lock CLEANUP(close_directory) = lock_directory(file, why);

	if (lock < 0)
		return lock;
	if (is_gone_already(file))
		return 0;
	if (!is_ours_alone(file))
		return fail_open_to_others(why,
		                           strbuf_fail(why, -EINVAL,
		                                       "%s is damaged or no state, and left alone "
		                                       "because it isn't ours alone (another "
		                                       "owner, or readable by others)",
		                                       path),
		                           path);
	int number = choose_number(file);
	strbuf_add_format(&aside, "%s.damaged-%d", base_of(file), number);
	int result = move(file, strbuf_text(&aside), why);
	if (result < 0)
		return result;
	strbuf_add_format(notes,
	                  "%sthe state was damaged; it is kept as %s.damaged-%d and a new one was "
	                  "begun",
	                  notes->length ? "\n" : "", path, number);
	return 0;
}
