/* path.c - the state as a file: whose it is, who may write it, which program made it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/store/path.h"

#define ASIDE_MAX 9 /* damaged files that are kept; the last is replaced, so that no fault fills the disk */
#define HEADER_LENGTH 100

void store_file_hint(struct strbuf *why, const char *path, int error)
{
	unsigned uid = (unsigned)geteuid();

	if (error == ENOSPC || error == EDQUOT)
		strbuf_add_string(why, "; free space on its file system");
	else if (error == EFBIG)
		strbuf_add_string(why, "; raise the limit of file sizes (ulimit -f)");
	else if (error == EROFS)
		strbuf_add_string(why, "; mount it writable, or name another file with --state");
	else if (error == EACCES || error == EPERM)
		strbuf_add_format(why, "; as root: chown %u '%s'; chmod u+rwX '%s'", uid, path, path);
}

static int fail_hinted(struct strbuf *why, int error, const char *what, const char *path)
{
	strbuf_fail(why, 0, "%s %s: %s", what, path, strerror(error));
	if (why)
		store_file_hint(why, path, error);
	return -error;
}

/* -- the directory ------------------------------------------------------------------------------------------ */

/* Where the base name begins; the directory is all before it. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int make_directory(const char *path, struct strbuf *why)
{
	if (mkdir(path, 0700) == 0)
		return chmod(path, 0700) ? fail_hinted(why, errno, "can't set the mode of the directory", path) : 0;
	if (errno == EEXIST)
		return 0;
	int error = errno;
	strbuf_fail(why, 0, "can't make the directory %s: %s", path, strerror(error));
	if (why && (error == EACCES || error == EPERM))
		strbuf_add_format(why, "; as root make it for user %u, mode 0700, or name another place with --state "
			"or MP_STATE_PATH", (unsigned)geteuid());
	else if (why)
		store_file_hint(why, path, error);
	return -error;
}

static int make_directories(char *path, struct strbuf *why)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return 0;
	for (char *slash = path + strspn(path, "/"); (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		int result = stat(path, &st) == 0 ? 0 : make_directory(path, why);
		*slash = '/';
		if (result < 0)
			return result;
	}
	return make_directory(path, why);
}

static int check_directory(const char *path, struct strbuf *why)
{
	struct stat st;

	if (stat(path, &st))
		return fail_hinted(why, errno, "can't look at the directory", path);
	if (!S_ISDIR(st.st_mode))
		return strbuf_fail(why, -ENOTDIR, "%s is not a directory", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return strbuf_fail(why, -EPERM,
			"the directory %s belongs to another user (uid %u); as root: chown %u '%s'",
			path, (unsigned)st.st_uid, (unsigned)geteuid(), path);
	if ((st.st_mode & 022) && !(st.st_mode & S_ISVTX))
		return strbuf_fail(why, -EPERM, "others may write in the directory %s of the state; chmod go-w '%s'",
			path, path);
	/* SQLite makes its journal beside the file. */
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS))
		return fail_hinted(why, errno, "can't write in the directory", path);
	return 0;
}

/* SQLite refuses symbolic links anywhere in a path, but a link in the middle (/var/lib on another disk) is fine. */
static int resolve(struct strbuf *ret, const char *path, struct strbuf *why)
{
	const char *base = base_name(path);
	char *directory CLEANUP(xalloc_freep) = NULL;
	char *real CLEANUP(xalloc_freep) = NULL;

	if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return strbuf_fail(why, -EISDIR, "the state \"%s\" is not the name of a file", path);
	directory = base == path ? xalloc_string("./") : xalloc_copy(path, (size_t)(base - path));
	for (size_t length = strlen(directory); length > 1 && directory[length - 1] == '/'; length--)
		directory[length - 1] = '\0';
	int result = make_directories(directory, why);
	if (result < 0)
		return result;
	real = realpath(directory, NULL);
	if (!real)
		return fail_hinted(why, errno, "can't look at the directory", directory);
	strbuf_add_format(ret, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base);
	if (ret->truncated)
		return strbuf_fail(why, -ENAMETOOLONG, "the path of the state is too long");
	return check_directory(real, why);
}

/* -- the file ----------------------------------------------------------------------------------------------- */

/* Made here and not by SQLite, so that the mode is right from its first moment and whatever the umask is. */
static int create(const char *path, struct strbuf *why)
{
	int fd = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	int error = fd < 0 || fchmod(fd, 0600) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error ? fail_hinted(why, error, "can't make the state", path) : 0;
}

static int check_owned(const char *path, const struct stat *st, struct strbuf *why)
{
	if (S_ISLNK(st->st_mode))
		return strbuf_fail(why, -ELOOP, "%s is a symbolic link, which a state may not be", path);
	if (!S_ISREG(st->st_mode))
		return strbuf_fail(why, -EINVAL, "%s is not a regular file, so it can't be a state", path);
	if (st->st_uid != geteuid())
		return strbuf_fail(why, -EPERM, "the state %s belongs to another user (uid %u); as root: chown %u '%s'",
			path, (unsigned)st->st_uid, (unsigned)geteuid(), path);
	if (st->st_mode & 022)
		return strbuf_fail(why, -EPERM, "others may write the state %s; remove it, or chmod 600 '%s'", path,
			path);
	return 0;
}

/* Whoever can put a journal beside the state decides what SQLite "restores". > 0 if there is one, and it is ours. */
static int check_journal(const char *path, struct strbuf *why)
{
	struct strbuf journal CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 20);
	struct stat st;

	strbuf_add_format(&journal, "%s-journal", path);
	if (lstat(strbuf_text(&journal), &st))
		return errno == ENOENT ? 0 : fail_hinted(why, errno, "can't look at", strbuf_text(&journal));
	int result = check_owned(strbuf_text(&journal), &st, why);
	return result < 0 ? result : st.st_size > 0;
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Looked at before SQLite does, because SQLite would roll back or convert another program's file while it opens it. */
static int check_header(struct store_file *file, const unsigned char *header, ssize_t length, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);

	if (length < HEADER_LENGTH || memcmp(header, "SQLite format 3", 16) != 0) {
		file->is_damaged = true;
		return strbuf_fail(why, -EINVAL, "%s is not a state", path);
	}
	if (big_endian(header + 68) != STORE_APPLICATION_ID)
		return strbuf_fail(why, -EINVAL, "%s is an SQLite file of another program, not a state", path);
	if (header[18] != 1 || header[19] != 1) {
		file->is_damaged = true; /* we never use WAL */
		return strbuf_fail(why, -EINVAL, "%s is a state, but in a mode that no state has", path);
	}
	return 0;
}

static int read_header(struct store_file *file, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);
	unsigned char header[HEADER_LENGTH];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail_hinted(why, errno, "can't read the state", path);
	ssize_t length = pread(fd, header, sizeof(header), 0);
	int error = errno;
	close(fd);
	if (length < 0)
		return fail_hinted(why, error, "can't read the state", path);
	return length == 0 ? 0 : check_header(file, header, length, why);
}

int store_file_prepare(struct store_file *file, const char *path, struct strbuf *why)
{
	struct stat st;

	strbuf_clear(&file->path);
	file->is_damaged = false;
	int result = resolve(&file->path, path, why);
	if (result == 0)
		result = create(strbuf_text(&file->path), why);
	if (result < 0)
		return result;
	if (lstat(strbuf_text(&file->path), &st))
		return fail_hinted(why, errno, "can't look at the state", strbuf_text(&file->path));
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->is_readable_by_others = (st.st_mode & 044) != 0;
	result = check_owned(strbuf_text(&file->path), &st, why);
	if (result == 0)
		result = check_journal(strbuf_text(&file->path), why);
	/* With a journal the header may be half written: SQLite mends it first, and is asked again then. */
	return result == 0 ? read_header(file, why) : result > 0 ? 0 : result;
}

/* -- a damaged one ------------------------------------------------------------------------------------------ */

static bool is_ours_alone(const struct store_file *file)
{
	struct stat st;

	return lstat(strbuf_text(&file->path), &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & 077) == 0 && st.st_dev == file->device && st.st_ino == file->inode;
}

static bool is_gone_already(const struct store_file *file)
{
	struct stat st;

	if (lstat(strbuf_text(&file->path), &st))
		return errno == ENOENT;
	return st.st_dev != file->device || st.st_ino != file->inode;
}

static void find_free_name(struct strbuf *ret, const char *path)
{
	struct stat st;

	for (int number = 1; number <= ASIDE_MAX; number++) {
		strbuf_clear(ret);
		strbuf_add_format(ret, "%s.damaged-%d", path, number);
		if (lstat(strbuf_text(ret), &st) && errno == ENOENT)
			return;
	}
}

/* The journal goes first: a new state must never meet the journal of the old. */
static int move_journal(const char *path, const char *aside, struct strbuf *why)
{
	struct strbuf from CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 40);
	struct strbuf to CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 40);

	strbuf_add_format(&from, "%s-journal", path);
	strbuf_add_format(&to, "%s-journal", aside);
	if (rename(strbuf_text(&from), strbuf_text(&to)) == 0 || errno == ENOENT)
		return 0;
	return fail_hinted(why, errno, "can't rename", strbuf_text(&from));
}

static void close_directory(const int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

/* Two runs can find the same damage: they go one by one, and what the first has begun is never set aside. */
static int lock_directory(const char *path, struct strbuf *why)
{
	char *directory CLEANUP(xalloc_freep) = xalloc_copy(path, (size_t)(base_name(path) - path));
	int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (descriptor < 0)
		return fail_hinted(why, errno, "can't open the directory", directory);
	while (flock(descriptor, LOCK_EX) && errno == EINTR)
		;
	return descriptor; /* where the file system has no such locks, there is none */
}

int store_file_set_aside(const struct store_file *file, struct strbuf *notes, struct strbuf *why)
{
	const char *path = strbuf_text(&file->path);
	struct strbuf aside CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 20);
	int lock CLEANUP(close_directory) = lock_directory(path, why);

	if (lock < 0)
		return lock;
	if (is_gone_already(file))
		return 0;
	if (!is_ours_alone(file))
		return strbuf_fail(why, -EINVAL, "%s is damaged or no state, and left alone because it isn't ours "
			"alone (another owner, or readable by others); remove it, or chmod 600 '%s'", path, path);
	find_free_name(&aside, path);
	int result = move_journal(path, strbuf_text(&aside), why);
	if (result < 0)
		return result;
	if (rename(path, strbuf_text(&aside)))
		return fail_hinted(why, errno, "can't rename the damaged state", path);
	if (notes->length > 0)
		strbuf_add_char(notes, '\n');
	strbuf_add_format(notes, "the state was damaged; it is kept as %s and a new one was begun",
		strbuf_text(&aside));
	return 0;
}
