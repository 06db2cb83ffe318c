/* directory.c - the directory that holds the state; see directory.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/shellquote.h"
#include "common/xalloc.h"
#include "plugin/store/directory.h"
#include "plugin/store/location.h"

const char *directory_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Only ever a directory that isn't there yet, or the plugin's own: a command like this one changes
 * the owner and the mode of whatever it names. */
static void add_command(struct strbuf *why, const char *path)
{
	strbuf_add_format(why, "; as root: install -d -o %u -m 700 ", (unsigned)geteuid());
	shellquote_add(why, path);
}

void directory_add_remedy(struct strbuf *why)
{
	struct strbuf usual CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct stat st;
	location_add_usual(&usual);
	strbuf_add_string(why,
	                  "; name a file in a directory of its own with --state, or use the usual "
	                  "place");
	if (lstat(strbuf_text(&usual), &st) && errno == ENOENT)
		add_command(why, strbuf_text(&usual));
}

static int fail(struct strbuf *why, int error, const char *what, const char *path)
{
	strbuf_fail(why, 0, "%s %s: %s", what, path, strerror(error));
	if (why && (error == EACCES || error == EPERM))
		directory_add_remedy(why);
	else if (why && error == EROFS)
		strbuf_add_string(why, "; mount it writable, or name another file with --state");
	else if (why && (error == ENOSPC || error == EDQUOT))
		strbuf_add_string(why, "; free space on its file system");
	return -error;
}

/* --- making --- */

/* Its mode is right from its first moment, whatever the umask is. */
static int make_private(const char *path)
{
	mode_t before = umask(077);
	int error = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
	umask(before);
	return -error;
}

/* "..": behind one that is missing the way is another once it is made. */
static bool goes_back(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
		if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return true;
	return false;
}

static int refuse_to_make(const char *path, const char *whole, bool is_missing, int error,
                          struct strbuf *why)
{
	if ((error != EACCES && error != EPERM) || !is_missing || goes_back(whole))
		return fail(why, error, "can't make the directory", path);
	strbuf_fail(why, 0, "can't make the directory %s: %s", path, strerror(error));
	if (why) {
		add_command(why, whole);
		strbuf_add_string(why, ", or name another place with --state or MP_STATE_PATH");
	}
	return -error;
}

static int make_missing(char *path, struct strbuf *why)
{
	struct stat st;
	char *whole CLEANUP(xalloc_freep) = xalloc_string(path);
	if (stat(path, &st) == 0)
		return 0;
	for (char *slash = path + strspn(path, "/");; slash++) {
		slash = strchr(slash, '/');
		if (slash)
			*slash = '\0';
		int missing = stat(path, &st) ? errno : 0;
		int result = missing ? make_private(path) : 0;
		if (result < 0)
			return refuse_to_make(path, whole, missing == ENOENT, -result, why);
		if (!slash)
			return 0;
		*slash = '/';
	}
}

/* --- looking --- */

static bool is_trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

static int check_above(const char *path, struct strbuf *why)
{
	struct stat st;
	if (lstat(path, &st))
		return fail(why, errno, "can't look at the directory", path);
	if (!S_ISDIR(st.st_mode))
		return strbuf_fail(why, -ENOTDIR, "%s is no directory any more", path);
	if (!is_trusted(st.st_uid))
		return strbuf_fail(why, -EPERM,
		                   "the directory %s, in which the state's is, belongs to another "
		                   "user (uid %u), who could put another state there; name a file "
		                   "elsewhere with --state",
		                   path, (unsigned)st.st_uid);
	if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX))
		return strbuf_fail(why, -EPERM,
		                   "everybody may write in the directory %s, in which the state's "
		                   "is, and so put another state there; name a file elsewhere with "
		                   "--state",
		                   path);
	return 0;
}

/* All above REAL, from the root on. */
static int check_way(const char *real, struct strbuf *why)
{
	char *path CLEANUP(xalloc_freep) = xalloc_string(real);
	int result = strcmp(real, "/") == 0 ? 0 : check_above("/", why);
	for (char *slash = path + 1; result == 0 && (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		result = check_above(path, why);
		*slash = '/';
	}
	return result;
}

static int refuse_writable(const char *path, const char *base, struct strbuf *why)
{
	struct strbuf better CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&better, "%s/check_mail_geo/%s", strcmp(path, "/") == 0 ? "" : path,
	                  base);
	strbuf_fail(why, 0,
	            "others may write in the directory %s, and what they put beside the state "
	            "changes it; give it a directory of its own, which is made: --state=",
	            path);
	if (why)
		shellquote_add(why, strbuf_text(&better));
	return -EPERM;
}

static int check(int descriptor, const char *path, const char *base, struct strbuf *why)
{
	struct stat st;
	if (fstat(descriptor, &st))
		return fail(why, errno, "can't look at the directory", path);
	if (!is_trusted(st.st_uid))
		return strbuf_fail(why, -EPERM,
		                   "the directory %s belongs to another user (uid %u); name a file "
		                   "in a directory of your own with --state",
		                   path, (unsigned)st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return refuse_writable(path, base, why);
	/* SQLite makes its journal beside the file. */
	if (faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS))
		return fail(why, errno, "can't write in the directory", path);
	return 0;
}

static int open_checked(const char *real, const char *base, struct strbuf *why)
{
	int descriptor = open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0)
		return errno == ENOTDIR ? strbuf_fail(why, -ENOTDIR, "%s is not a directory", real)
					: fail(why, errno, "can't open the directory", real);
	int result = check_way(real, why);
	if (result == 0)
		result = check(descriptor, real, base, why);
	if (result == 0)
		return descriptor;
	close(descriptor);
	return result;
}

int directory_open(const char *path, struct strbuf *real, struct strbuf *why)
{
	const char *base = directory_base_name(path);
	char *given CLEANUP(xalloc_freep) = base == path ? xalloc_string(".")
							 : xalloc_copy(path, (size_t)(base - path));
	for (size_t length = strlen(given); length > 1 && given[length - 1] == '/'; length--)
		given[length - 1] = '\0';
	int result = make_missing(given, why);
	if (result < 0)
		return result;
	char *found CLEANUP(xalloc_freep) = realpath(given, NULL);
	if (!found)
		return fail(why, errno, "can't look at the directory", given);
	strbuf_add_string(real, found);
	if (real->truncated)
		return strbuf_fail(why, -ENAMETOOLONG, "the path of the state is too long");
	return open_checked(found, base, why);
}

bool directory_is_same(const char *real, int descriptor)
{
	struct stat named, opened;
	return lstat(real, &named) == 0 && fstat(descriptor, &opened) == 0 &&
		named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}
