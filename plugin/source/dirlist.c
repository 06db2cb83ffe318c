/* dirlist.c - the entries of directories, listed once a run; see dirlist.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/dirlist.h"

/* --- the time of a directory --- */

static const char *or_current(const char *directory)
{
	return *directory ? directory : ".";
}

struct dirlook dirlook_at(const char *directory)
{
	struct stat status = { 0 };
	struct timespec now = { 0 };
	struct dirlook look = { 0 };
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (stat(or_current(directory), &status) < 0)
		return look;
	look.sec = (int64_t)status.st_mtim.tv_sec;
	look.nsec = status.st_mtim.tv_nsec;
	look.is_in_this_tick = look.sec == (int64_t)now.tv_sec && look.nsec >= now.tv_nsec;
	return look;
}

bool dirlook_has_changed(const char *directory, const struct dirlook *seen)
{
	struct dirlook now = dirlook_at(directory);
	return seen->is_in_this_tick || now.sec != seen->sec || now.nsec != seen->nsec;
}

/* --- listings --- */

struct kept {
	char *directory;
	struct dirlook look; /* from before it was listed */
	struct dirlist list;
};

struct dirlists {
	struct kept kept[DIRLIST_KEPT_MAX];
	size_t count;
};

struct dirlists *dirlists_new(void)
{
	return xalloc_zero(1, sizeof(struct dirlists));
}

static void free_entries(struct dirlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].name);
	free(list->entries);
	*list = (struct dirlist){ 0 };
}

void dirlist_release(struct dirlist *list)
{
	if (!list->is_kept)
		free_entries(list);
}

void dirlists_free(struct dirlists *lists)
{
	if (!lists)
		return;
	for (size_t i = 0; i < lists->count; i++) {
		free_entries(&lists->kept[i].list);
		free(lists->kept[i].directory);
	}
	free(lists);
}

void dirlists_freep(struct dirlists **lists)
{
	dirlists_free(*lists);
	*lists = NULL;
}

static void add_entry(struct dirlist *list, const struct dirent *entry)
{
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return;
	if (list->count == DIRLIST_ENTRIES_MAX) {
		list->is_cut = true;
		return;
	}
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 8;
		list->entries = xalloc_resize(list->entries, list->room, sizeof *list->entries);
	}
	list->entries[list->count++] = (struct dirlist_entry){
		.name = xalloc_string(entry->d_name),
		.inode = (uint64_t)entry->d_ino,
		.may_be_file = entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN,
		.may_be_directory = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN,
	};
}

static int by_name(const void *a, const void *b)
{
	const struct dirlist_entry *left = a, *right = b;
	return strcmp(left->name, right->name);
}

/* 0; or -errno. */
static int list(struct dirlist *ret, const char *directory)
{
	DIR *stream = opendir(or_current(directory));
	struct dirent *entry = NULL;
	if (!stream)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			break;
		add_entry(ret, entry);
	}
	int error = errno;
	closedir(stream);
	if (ret->count)
		qsort(ret->entries, ret->count, sizeof *ret->entries, by_name);
	return -error;
}

/* Of DIRECTORY; or NULL. */
static struct kept *find_kept(struct dirlists *lists, const char *directory)
{
	for (size_t i = 0; lists && i < lists->count; i++)
		if (strcmp(lists->kept[i].directory, directory) == 0)
			return &lists->kept[i];
	return NULL;
}

/* LOOK is from before LIST was made. */
static void keep(struct dirlists *lists, struct kept *kept, const char *directory,
                 const struct dirlook *look, struct dirlist *list)
{
	bool is_new = !kept && lists && lists->count < DIRLIST_KEPT_MAX &&
		list->count >= DIRLIST_KEPT_LEAST;
	if (is_new) {
		kept = &lists->kept[lists->count++];
		*kept = (struct kept){ .directory = xalloc_string(directory) };
	}
	if (!kept)
		return;
	free_entries(&kept->list);
	list->is_kept = true;
	kept->list = *list;
	kept->look = *look;
}

int dirlists_get(struct dirlists *lists, const char *directory, struct dirlist *ret)
{
	struct kept *kept = find_kept(lists, directory);
	if (kept && !dirlook_has_changed(directory, &kept->look)) {
		*ret = kept->list;
		return 0;
	}
	struct dirlist new = { 0 };
	struct dirlook look = dirlook_at(directory);
	int error = list(&new, directory);
	if (error < 0) {
		free_entries(&new);
		return error;
	}
	keep(lists, kept, directory, &look, &new);
	*ret = new;
	return 0;
}

size_t dirlist_find(const struct dirlist *list, const char *name)
{
	size_t low = 0, high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(list->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
