/* identity.c - which file a log is, whatever its name is now; see identity.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/identity.h"
#include "plugin/source/seek.h"

#define ENTRIES_MAX 10000

#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

uint64_t identity_hash(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = FNV_BASIS;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * FNV_PRIME;
	return hash;
}

/* --- one file --- */

static int judge(struct identity_file *file)
{
	struct stat status;
	if (fstat(file->descriptor, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	file->device = (uint64_t)status.st_dev;
	file->inode = (uint64_t)status.st_ino;
	file->size = (int64_t)status.st_size;
	return 0;
}

int identity_open(struct identity_file *ret, int directory, const char *name, int extra_flags)
{
	/* O_NONBLOCK: a pipe without a writer must not hold the run. */
	struct identity_file file = { 0 };
	file.descriptor = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | extra_flags);
	if (file.descriptor < 0)
		return errno == ENXIO ? -EINVAL : -errno; /* ENXIO: a socket */
	int error = judge(&file);
	if (error < 0) {
		identity_close(&file);
		return error;
	}
	*ret = file;
	return 0;
}

void identity_close(struct identity_file *file)
{
	if (file->descriptor >= 0)
		close(file->descriptor);
	file->descriptor = -1;
}

static bool has_hash(const struct identity_file *file, int64_t from, int64_t length, uint64_t hash)
{
	char bytes[LOG_HASHED_BYTES];
	return length == 0 || (seek_read(file->descriptor, bytes, (size_t)length, from) == (ssize_t)length
	                       && identity_hash(bytes, (size_t)length) == hash);
}

enum identity_match identity_compare(const struct identity_file *file, const struct log_position *position)
{
	if (file->size < position->offset)
		return IDENTITY_OTHER;
	if (!has_hash(file, 0, position->head_length, position->head_hash))
		return IDENTITY_OTHER;
	if (!has_hash(file, position->offset - position->tail_length, position->tail_length, position->tail_hash))
		return IDENTITY_OTHER;
	if (file->device == position->device && file->inode == position->inode)
		return IDENTITY_SAME;
	return position->head_length > 0 && position->tail_length > 0 ? IDENTITY_COPY : IDENTITY_OTHER;
}

static bool is_one(const struct stat *status, const struct identity_file *file)
{
	return file && (uint64_t)status->st_dev == file->device && (uint64_t)status->st_ino == file->inode;
}

/* --- the files beside a path --- */

/* False ends the walk. */
typedef bool visit_fn(void *context, int directory, const char *name, const char *suffix);

static void walk_entries(DIR *stream, const char *base, visit_fn *visit, void *context)
{
	size_t length = strlen(base);
	struct dirent *entry;
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(stream)) != NULL; i++) {
		if (strncmp(entry->d_name, base, length) != 0)
			continue;
		if (!visit(context, dirfd(stream), entry->d_name, entry->d_name + length))
			return;
	}
}

static void walk_beside(const char *path, visit_fn *visit, void *context)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	if (*base == '\0')
		return;
	char *directory CLEANUP(xalloc_freep) = slash ? xalloc_copy(path, (size_t)(base - path)) : xalloc_string(".");
	DIR *stream = opendir(directory);
	if (!stream)
		return;
	walk_entries(stream, base, visit, context);
	closedir(stream);
}

/* Where PATH is a symbolic link, the rotated files are beside what it points at. */
static void walk(const char *path, visit_fn *visit, void *context)
{
	struct stat status;
	walk_beside(path, visit, context);
	if (lstat(path, &status) < 0 || !S_ISLNK(status.st_mode))
		return;
	char *target CLEANUP(xalloc_freep) = realpath(path, NULL);
	if (target)
		walk_beside(target, visit, context);
}

/* Opens what is a regular file, and no link; asks first, because opening a device can do things. */
static int open_entry(struct identity_file *ret, struct stat *status, int directory, const char *name)
{
	if (fstatat(directory, name, status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISREG(status->st_mode) ? identity_open(ret, directory, name, O_NOFOLLOW) : -EINVAL;
}

/* --- the old file --- */

struct old_search {
	const struct log_position *position;
	const struct identity_file *current;
	struct identity_file file;
	enum identity_match match;
	bool is_unreadable;
};

/* Keeps FILE if it is a better match than what was found, else closes it. */
static void keep_better(struct old_search *search, struct identity_file *file)
{
	enum identity_match match = identity_compare(file, search->position);
	if (match <= search->match) {
		identity_close(file);
		return;
	}
	identity_close(&search->file);
	search->file = *file;
	search->match = match;
}

static bool visit_old(void *context, int directory, const char *name, const char *suffix)
{
	struct old_search *search = context;
	const struct identity_file wanted = { .device = search->position->device, .inode = search->position->inode };
	struct identity_file file;
	struct stat status = { 0 };
	(void)suffix;
	int error = open_entry(&file, &status, directory, name);
	if (error == -EACCES && is_one(&status, &wanted))
		search->is_unreadable = true;
	if (error == 0 && is_one(&status, search->current))
		identity_close(&file);
	else if (error == 0)
		keep_better(search, &file);
	return search->match != IDENTITY_SAME;
}

bool identity_find_old(struct identity_file *ret, bool *ret_unreadable, const char *path,
                       const struct log_position *position, const struct identity_file *current)
{
	struct old_search search = { .position = position, .current = current, .file.descriptor = -1 };
	walk(path, visit_old, &search);
	*ret_unreadable = search.is_unreadable && search.match == IDENTITY_OTHER;
	if (search.match == IDENTITY_OTHER)
		return false;
	*ret = search.file;
	return true;
}

/* --- the files between --- */

struct between_search {
	const struct identity_between *by;
	struct identity_file files[IDENTITY_BETWEEN_MAX + 1];
	int64_t first_secs[IDENTITY_BETWEEN_MAX + 1]; /* one for each of the files, ascending */
	size_t count;
	bool has_dropped;
};

static bool is_rotation_suffix(const char *suffix)
{
	size_t digits = strcspn(suffix, "0123456789");
	return suffix[digits] != '\0' && suffix[strspn(suffix, "0123456789.-_")] == '\0';
}

static bool is_between(const struct identity_file *file, int64_t *ret_first_sec, const struct identity_between *by)
{
	if (identity_compare(file, by->position) != IDENTITY_OTHER)
		return false; /* one more copy of the old one */
	if (seek_first_time(ret_first_sec, NULL, file->descriptor, 0, file->size, by->options) <= 0)
		return false;
	return *ret_first_sec >= by->first_sec && *ret_first_sec <= by->last_sec;
}

static void drop_oldest(struct between_search *search)
{
	identity_close(&search->files[0]);
	search->count--;
	search->has_dropped = true;
	memmove(search->files, search->files + 1, search->count * sizeof *search->files);
	memmove(search->first_secs, search->first_secs + 1, search->count * sizeof *search->first_secs);
}

/* By time. FILES has room for one more than the result, which then goes: the oldest matters least. */
static void insert(struct between_search *search, const struct identity_file *file, int64_t first_sec)
{
	size_t at = search->count;
	for (; at > 0 && search->first_secs[at - 1] > first_sec; at--) {
		search->files[at] = search->files[at - 1];
		search->first_secs[at] = search->first_secs[at - 1];
	}
	search->files[at] = *file;
	search->first_secs[at] = first_sec;
	search->count++;
	if (search->count > IDENTITY_BETWEEN_MAX)
		drop_oldest(search);
}

static bool is_listed(const struct between_search *search, const struct stat *status)
{
	bool is_found = is_one(status, search->by->old) || is_one(status, search->by->current);
	for (size_t i = 0; i < search->count && !is_found; i++)
		is_found = is_one(status, &search->files[i]);
	return is_found;
}

static bool visit_between(void *context, int directory, const char *name, const char *suffix)
{
	struct between_search *search = context;
	struct identity_file file;
	struct stat status;
	int64_t first_sec;
	if (!is_rotation_suffix(suffix) || open_entry(&file, &status, directory, name) < 0)
		return true;
	if (!is_listed(search, &status) && is_between(&file, &first_sec, search->by))
		insert(search, &file, first_sec);
	else
		identity_close(&file);
	return true;
}

size_t identity_find_between(struct identity_file *ret, bool *ret_has_dropped, const char *path,
                             const struct identity_between *between)
{
	struct between_search search = { .by = between };
	walk(path, visit_between, &search);
	memcpy(ret, search.files, search.count * sizeof *ret);
	*ret_has_dropped = search.has_dropped;
	return search.count;
}
