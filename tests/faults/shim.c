/* shim.c - goes between a program and the C library, and spoils one call; see calls.h
 *
 * For LD_PRELOAD. Calls on files of a directory are counted, those on descriptors by what they were
 * opened for. What the C library calls inside itself can't be seen: so realpath() is one call, and
 * glob() gets functions of ours to read directories with.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/calls.h"

#define DESCRIPTORS_MAX 1024

enum action { PASS, FAIL, SHORT, KILL, RUN };

static struct calls *calls;
static const char *below, *command;
static size_t below_length;
static long hit_at;
static enum action action;
static int action_errno;
static char *opened[DESCRIPTORS_MAX]; /* the path of a descriptor that counts */

/* --- what is to be done --- */

static const char *environment(const char *name)
{
	const char *value = getenv(name);
	return value ? value : "";
}

__attribute__((constructor)) static void begin(void)
{
	static const char *const names[] = { "", "fail", "short", "kill", "run" };
	const char *wanted = environment("FAULTS_ACTION");
	int descriptor = open(environment("FAULTS_CALLS"), O_RDWR | O_CLOEXEC);
	void *map = descriptor < 0
		? MAP_FAILED
		: mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (descriptor >= 0)
		close(descriptor);
	if (map == MAP_FAILED)
		return;
	below = environment("FAULTS_BELOW");
	below_length = strlen(below);
	command = environment("FAULTS_COMMAND");
	hit_at = atol(environment("FAULTS_AT"));
	action_errno = atoi(environment("FAULTS_ERRNO"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], wanted) == 0)
			action = (enum action)i;
	calls = map;
}

static void run_command(void)
{
	int saved = errno, status = -1;
	pid_t child = fork();
	if (child == 0) {
		alarm(0);
		unsetenv("LD_PRELOAD");
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	calls->has_failed = status != 0;
	errno = saved;
}

static bool is_below(const char *path)
{
	return calls && path && strncmp(path, below, below_length) == 0 &&
		(path[below_length] == '/' || path[below_length] == '\0');
}

/* Counts CALL on PATH, NULL for a descriptor that doesn't count. PASS: it is done as ever; FAIL:
 * errno is set; SHORT. */
static enum action count(const char *call, const char *path)
{
	if (!calls || !path)
		return PASS;
	int number = ++calls->count;
	if (number <= CALLS_MAX)
		snprintf(calls->names[number - 1], CALL_NAME_ROOM, "%s %s", call,
		         path[below_length] ? path + below_length + 1 : ".");
	if (number != hit_at)
		return PASS;
	calls->is_hit = 1;
	if (action == KILL)
		raise(SIGKILL);
	if (action == RUN)
		run_command();
	if (action == FAIL)
		errno = action_errno;
	return action == FAIL || action == SHORT ? action : PASS;
}

static enum action count_path(const char *call, const char *path)
{
	return count(call, is_below(path) ? path : NULL);
}

static const char *path_of(int descriptor)
{
	return descriptor >= 0 && descriptor < DESCRIPTORS_MAX ? opened[descriptor] : NULL;
}

static void remember(int descriptor, const char *path)
{
	if (descriptor < 0 || descriptor >= DESCRIPTORS_MAX)
		return;
	free(opened[descriptor]);
	opened[descriptor] = is_below(path) ? strdup(path) : NULL;
}

/* A short read or write does a part of what is wanted. */
static size_t part_of(size_t wanted)
{
	return wanted > 1 ? wanted / 2 : wanted;
}

/* --- calls --- */

/* The function of that name in the next library. */
#define NEXT(name) \
	static __typeof__(name) *next; \
	if (!next) \
	next = (__typeof__(name) *)(uintptr_t)dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		NEXT(name); \
		va_list list; \
		va_start(list, flags); \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
		va_end(list); \
		if (count_path("open", path) == FAIL) \
			return -1; \
		int descriptor = next(path, flags, mode); \
		remember(descriptor, path); \
		return descriptor; \
	}

#define OPENAT(name) \
	int name(int directory, const char *path, int flags, ...) \
	{ \
		NEXT(name); \
		char joined[4096]; \
		const char *parent = path[0] == '/' ? NULL : path_of(directory); \
		va_list list; \
		va_start(list, flags); \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
		va_end(list); \
		snprintf(joined, sizeof joined, "%s%s%s", parent ? parent : "", parent ? "/" : "", \
		         path); \
		if (count_path("openat", joined) == FAIL) \
			return -1; \
		int descriptor = next(directory, path, flags, mode); \
		remember(descriptor, joined); \
		return descriptor; \
	}

#define ON_PATH(type, failure, name, parameters, arguments) \
	type name parameters \
	{ \
		NEXT(name); \
		return count_path(#name, path) == FAIL ? failure : next arguments; \
	}

#define ON_DESCRIPTOR(type, name, parameters, arguments) \
	type name parameters \
	{ \
		NEXT(name); \
		return count(#name, path_of(descriptor)) == FAIL ? -1 : next arguments; \
	}

/* With bytes, of which there can be fewer. */
#define TRANSFER(name, buffer_type, more_parameters, ...) \
	ssize_t name(int descriptor, buffer_type buffer, size_t length more_parameters) \
	{ \
		NEXT(name); \
		enum action what = count(#name, path_of(descriptor)); \
		return what == FAIL ? -1 \
				    : next(descriptor, buffer, \
		                           what == SHORT ? part_of(length) : length __VA_ARGS__); \
	}

#define COMMA ,

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
TRANSFER(read, void *, , )
TRANSFER(pread, void *, COMMA off_t offset, , offset)
TRANSFER(pread64, void *, COMMA off64_t offset, , offset)
TRANSFER(write, const void *, , )
TRANSFER(pwrite, const void *, COMMA off_t offset, , offset)
TRANSFER(pwrite64, const void *, COMMA off64_t offset, , offset)
ON_PATH(int, -1, stat, (const char *restrict path, struct stat *restrict status), (path, status))
ON_PATH(int, -1, stat64, (const char *restrict path, struct stat64 *restrict status),
        (path, status))
ON_PATH(int, -1, lstat, (const char *restrict path, struct stat *restrict status), (path, status))
ON_PATH(int, -1, lstat64, (const char *restrict path, struct stat64 *restrict status),
        (path, status))
ON_PATH(int, -1, access, (const char *path, int mode), (path, mode))
ON_PATH(int, -1, faccessat, (int directory, const char *path, int mode, int flags),
        (directory, path, mode, flags))
ON_PATH(int, -1, unlink, (const char *path), (path))
ON_PATH(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(int, -1, rename, (const char *path, const char *to), (path, to))
ON_PATH(ssize_t, -1, readlink, (const char *restrict path, char *restrict target, size_t room),
        (path, target, room))
ON_PATH(char *, NULL, realpath, (const char *restrict path, char *restrict resolved),
        (path, resolved))
ON_DESCRIPTOR(int, fstat, (int descriptor, struct stat *status), (descriptor, status))
ON_DESCRIPTOR(int, fstat64, (int descriptor, struct stat64 *status), (descriptor, status))
ON_DESCRIPTOR(int, ftruncate, (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(int, ftruncate64, (int descriptor, off64_t length), (descriptor, length))
ON_DESCRIPTOR(int, fchmod, (int descriptor, mode_t mode), (descriptor, mode))
ON_DESCRIPTOR(int, flock, (int descriptor, int operation), (descriptor, operation))
ON_DESCRIPTOR(off_t, lseek, (int descriptor, off_t offset, int whence),
              (descriptor, offset, whence))
ON_DESCRIPTOR(off64_t, lseek64, (int descriptor, off64_t offset, int whence),
              (descriptor, offset, whence))

/* No power is lost here, so nothing has to be on the disk: that is what takes the time. */
#define SYNC(name) \
	int name(int descriptor) \
	{ \
		return count(#name, path_of(descriptor)) == FAIL ? -1 : 0; \
	}

SYNC(fsync)
SYNC(fdatasync)

/* The third argument is a number or a pointer: both fit a long. */
#define FCNTL(name) \
	int name(int descriptor, int request, ...) \
	{ \
		NEXT(name); \
		va_list list; \
		va_start(list, request); \
		long argument = va_arg(list, long); \
		va_end(list); \
		return count("fcntl", path_of(descriptor)) == FAIL \
			? -1 \
			: next(descriptor, request, argument); \
	}

FCNTL(fcntl)
FCNTL(fcntl64)

int close(int descriptor)
{
	NEXT(close);
	remember(descriptor, NULL);
	return next(descriptor);
}

#define FOPEN(name) \
	FILE *name(const char *restrict path, const char *restrict mode) \
	{ \
		NEXT(name); \
		if (count_path("fopen", path) == FAIL) \
			return NULL; \
		FILE *file = next(path, mode); \
		remember(file ? fileno(file) : -1, path); \
		return file; \
	}

FOPEN(fopen)
FOPEN(fopen64)

/* --- what _FORTIFY_SOURCE makes of some --- */

ssize_t __read_chk(int descriptor, void *buffer, size_t length, size_t room);
ssize_t __pread_chk(int descriptor, void *buffer, size_t length, off_t offset, size_t room);
ssize_t __pread64_chk(int descriptor, void *buffer, size_t length, off64_t offset, size_t room);
ssize_t __readlink_chk(const char *restrict path, char *restrict target, size_t length,
                       size_t room);
char *__realpath_chk(const char *restrict path, char *restrict resolved, size_t room);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

ssize_t __read_chk(int descriptor, void *buffer, size_t length, size_t room)
{
	return length > room ? -1 : read(descriptor, buffer, length);
}

ssize_t __pread_chk(int descriptor, void *buffer, size_t length, off_t offset, size_t room)
{
	return length > room ? -1 : pread(descriptor, buffer, length, offset);
}

ssize_t __pread64_chk(int descriptor, void *buffer, size_t length, off64_t offset, size_t room)
{
	return length > room ? -1 : pread64(descriptor, buffer, length, offset);
}

ssize_t __readlink_chk(const char *restrict path, char *restrict target, size_t length, size_t room)
{
	return length > room ? -1 : readlink(path, target, length);
}

char *__realpath_chk(const char *restrict path, char *restrict resolved, size_t room)
{
	return room < PATH_MAX ? NULL : realpath(path, resolved);
}

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

/* --- directories --- */

DIR *opendir(const char *path)
{
	NEXT(opendir);
	if (count_path("opendir", path) == FAIL)
		return NULL;
	DIR *directory = next(path);
	char bare[4096];
	size_t length = strlen(path);
	snprintf(bare, sizeof bare, "%.*s",
	         (int)(length > 1 && path[length - 1] == '/' ? length - 1 : length), path);
	remember(directory ? dirfd(directory) : -1, bare);
	return directory;
}

DIR *fdopendir(int descriptor)
{
	NEXT(fdopendir);
	return count("fdopendir", path_of(descriptor)) == FAIL ? NULL : next(descriptor);
}

struct dirent *readdir(DIR *directory)
{
	NEXT(readdir);
	return count("readdir", path_of(dirfd(directory))) == FAIL ? NULL : next(directory);
}

struct dirent64 *readdir64(DIR *directory)
{
	NEXT(readdir64);
	return count("readdir", path_of(dirfd(directory))) == FAIL ? NULL : next(directory);
}

int closedir(DIR *directory)
{
	NEXT(closedir);
	remember(dirfd(directory), NULL);
	return next(directory);
}

/* --- glob --- */

static void *glob_opendir(const char *path)
{
	return opendir(path);
}

static struct dirent *glob_readdir(void *directory)
{
	return readdir(directory);
}

static void glob_closedir(void *directory)
{
	closedir(directory);
}

static int glob_stat(const char *restrict path, struct stat *restrict status)
{
	return stat(path, status);
}

static int glob_lstat(const char *restrict path, struct stat *restrict status)
{
	return lstat(path, status);
}

int glob(const char *restrict pattern, int flags, int (*failed)(const char *, int),
         glob_t *restrict found)
{
	NEXT(glob);
	found->gl_opendir = glob_opendir;
	found->gl_readdir = glob_readdir;
	found->gl_closedir = glob_closedir;
	found->gl_stat = glob_stat;
	found->gl_lstat = glob_lstat;
	return next(pattern, flags | GLOB_ALTDIRFUNC, failed, found);
}
