/* nearby.c - the files that may be a log's rotated ones; see nearby.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/source/nearby.h"

/* --- paths --- */

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

static const char *name_of(const char *path)
{
	return path + directory_length(path);
}

bool nearby_is_beside(const char *a, const char *b)
{
	size_t length = directory_length(a);
	return length == directory_length(b) && memcmp(a, b, length) == 0;
}

static bool is_nothing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static char *with_slash(const char *directory)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&text, "%s/", directory);
	return strbuf_detach(&text);
}

int nearby_init(struct nearby *ret, const char *path, const struct file_position *position,
                const struct source_options *options, struct strbuf *why)
{
	struct stat status;
	*ret = (struct nearby){
		.path = xalloc_string(path),
		.last_path = xalloc_string(position ? position->path : ""),
		.olddir = options->olddir ? with_slash(options->olddir) : NULL,
		.closed = STRBUF_INIT(PATH_MAX + 100),
		.inode = position ? position->inode : 0,
		.lists = options->directories,
	};
	if (lstat(path, &status) < 0)
		return is_nothing(errno) ? 0
					 : strbuf_fail(why, -errno, "%s can't be looked at: %s",
		                                       path, strerror(errno));
	if (!S_ISLNK(status.st_mode))
		return 0;
	ret->target = realpath(path, NULL);
	if (!ret->target && !is_nothing(errno))
		return strbuf_fail(why, -errno, "where the link %s leads to can't be told: %s",
		                   path, strerror(errno));
	return 0;
}

void nearby_release(struct nearby *nearby)
{
	for (size_t i = 0; i < nearby->count; i++)
		free(nearby->files[i].path);
	free(nearby->files);
	free(nearby->path);
	free(nearby->last_path);
	free(nearby->target);
	free(nearby->olddir);
	strbuf_release(&nearby->closed);
	*nearby = (struct nearby){ 0 };
}

/* Where a link led to when the last run read, if nothing tells where it leads now. */
static const char *dated_target(const struct nearby *nearby)
{
	bool was_link = nearby->last_path[0] && strcmp(nearby->last_path, nearby->path) != 0 &&
		!sibling_rank(name_of(nearby->path), name_of(nearby->last_path)).is_sibling;
	return nearby->target ? nearby->target : was_link ? nearby->last_path : NULL;
}

struct sibling_rank nearby_rank(const struct nearby *nearby, const char *path)
{
	const char *target = dated_target(nearby);
	struct sibling_rank rank = { 0 };
	if (target)
		rank = sibling_dated_rank(target, path);
	if (!rank.is_sibling)
		rank = sibling_rank(name_of(nearby->path), name_of(path));
	if (!rank.is_sibling && target)
		rank = sibling_rank(name_of(target), name_of(path));
	return rank;
}

/* --- entries --- */

static void add(struct nearby *nearby, const char *path, bool is_aside)
{
	struct sibling_rank rank = nearby_rank(nearby, path);
	bool is_stranger = !rank.is_sibling && strcmp(path, nearby->last_path) != 0;
	bool has_room = nearby->count < NEARBY_FILES_MAX &&
		(!is_stranger || nearby->strangers < NEARBY_STRANGERS_MAX);
	if (!has_room) {
		nearby->is_cut = nearby->is_cut || !is_stranger;
		return;
	}
	for (size_t i = 0; is_aside && i < nearby->count; i++)
		if (strcmp(nearby->files[i].path, path) == 0)
			return;
	if (nearby->count == nearby->room) {
		nearby->room = nearby->room ? 2 * nearby->room : 64;
		nearby->files = xalloc_resize(nearby->files, nearby->room, sizeof *nearby->files);
	}
	nearby->strangers += is_stranger;
	nearby->files[nearby->count++] = (struct nearby_file){ .path = xalloc_string(path),
		                                               .rank = rank,
		                                               .is_aside = is_aside };
}

/* An entry of a directory, with its whole path. 0; or -errno with WHY, which ends it. */
typedef int entry_fn(struct nearby *nearby, const char *path, const struct dirlist_entry *entry,
                     const void *context, struct strbuf *why);

static int cannot_list(const char *directory, int error, struct strbuf *why)
{
	return strbuf_fail(why, -error,
	                   "rotated files can't be looked for, as the directory %s can't be "
	                   "listed: %s",
	                   *directory ? directory : ".", strerror(error));
}

static int visit(struct nearby *nearby, const char *directory, const struct dirlist_entry *entry,
                 entry_fn *function, const void *context, struct strbuf *why)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&path, "%s%s", directory, entry->name);
	return path.truncated ? 0 : function(nearby, strbuf_text(&path), entry, context, why);
}

/* DIRECTORY ends with a slash, or is "". One that isn't there has no entries. 0; or -errno with
 * WHY. */
static int get_list(struct nearby *nearby, const char *directory, struct dirlist *ret,
                    struct strbuf *why)
{
	int result = dirlists_get(nearby->lists, directory, ret);
	nearby->is_cut = nearby->is_cut || ret->is_cut;
	return result < 0 ? cannot_list(directory, -result, why) : 0;
}

static int each_of(struct nearby *nearby, const char *directory, const struct dirlist *list,
                   entry_fn *function, const void *context, struct strbuf *why)
{
	int result = 0;
	for (size_t i = 0; i < list->count && result == 0; i++)
		result = visit(nearby, directory, &list->entries[i], function, context, why);
	return result;
}

static int each_entry(struct nearby *nearby, const char *directory, entry_fn *function,
                      const void *context, struct strbuf *why)
{
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	int result = get_list(nearby, directory, &list, why);
	return result < 0 ? result : each_of(nearby, directory, &list, function, context, why);
}

static int take_entry(struct nearby *nearby, const char *path, const struct dirlist_entry *entry,
                      const void *context, struct strbuf *why)
{
	(void)context, (void)why;
	if (entry->may_be_file)
		add(nearby, path, false);
	return 0;
}

char *nearby_directory_of(const char *path)
{
	return xalloc_copy(path, directory_length(path));
}

/* With what each rotated file's name begins, if that can be said: mail.log's with "mail". */
static char *common_front(const struct nearby *nearby)
{
	const char *base = name_of(nearby->path), *ending = strrchr(base, '.');
	if (dated_target(nearby) || strcmp(base, "current") == 0)
		return NULL;
	return xalloc_copy(base, ending && ending > base ? (size_t)(ending - base) : strlen(base));
}

/* Where there are thousands of files not each is looked at: only those with a fitting name, and
 * those with the inode of the file that was read last. */
static int list_large(struct nearby *nearby, const char *directory, const struct dirlist *list,
                      const char *front, struct strbuf *why)
{
	size_t length = strlen(front), first = dirlist_find(list, front);
	int result = 0;
	for (size_t i = first;
	     i < list->count && strncmp(list->entries[i].name, front, length) == 0 && result == 0;
	     i++)
		result = visit(nearby, directory, &list->entries[i], take_entry, NULL, why);
	for (size_t i = 0; i < list->count && nearby->inode && result == 0; i++)
		if (list->entries[i].inode == nearby->inode &&
		    strncmp(list->entries[i].name, front, length) != 0)
			result = visit(nearby, directory, &list->entries[i], take_entry, NULL, why);
	return result;
}

static int list_directory_of(struct nearby *nearby, const char *path, struct strbuf *why)
{
	char *directory CLEANUP(xalloc_freep) = nearby_directory_of(path);
	char *front CLEANUP(xalloc_freep) = common_front(nearby);
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	int result = get_list(nearby, directory, &list, why);
	if (result < 0)
		return result;
	if (front && list.count > NEARBY_ALL_MAX)
		return list_large(nearby, directory, &list, front, why);
	return each_of(nearby, directory, &list, take_entry, NULL, why);
}

/* --- other dates --- */

/* PATTERN: the rest of the target's path from a name on that is to be matched. */
static int take_dated(struct nearby *nearby, const char *path, const struct dirlist_entry *entry,
                      const void *context, struct strbuf *why)
{
	const char *pattern = context;
	const char *slash = strchr(pattern, '/');
	if (!slash) {
		bool is_listed = nearby_is_beside(path,
		                                  nearby->target ? nearby->target
		                                                 : nearby->last_path) ||
			nearby_is_beside(path, nearby->path);
		if (entry->may_be_file && !is_listed && nearby_rank(nearby, path).is_sibling)
			add(nearby, path, false);
		return 0;
	}
	if (!entry->may_be_directory || entry->name[0] == '.' ||
	    !sibling_has_same_form(pattern, (size_t)(slash - pattern), entry->name,
	                           strlen(entry->name)))
		return 0;
	struct strbuf directory CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&directory, "%s/", path);
	return each_entry(nearby, strbuf_text(&directory), take_dated, slash + 1, why);
}

static int list_dates(struct nearby *nearby, struct strbuf *why)
{
	const char *target = dated_target(nearby);
	const char *date = target ? sibling_date_start(target) : NULL;
	if (!date || !strchr(date, '/')) /* in one directory, which is listed already */
		return 0;
	char *directory CLEANUP(xalloc_freep) = xalloc_copy(target, (size_t)(date - target));
	return each_entry(nearby, directory, take_dated, date, why);
}

/* One that isn't there may be made by the first rotation (createolddir), or be a mistake. */
static int list_olddir(struct nearby *nearby, struct strbuf *why)
{
	struct stat status;
	if (stat(nearby->olddir, &status) < 0 && !is_nothing(errno))
		return cannot_list(nearby->olddir, errno, why);
	if (access(nearby->olddir, F_OK) < 0)
		strbuf_add_format(&nearby->closed, "%s, which --olddir names, isn't there",
		                  nearby->olddir);
	bool is_last_path_there = nearby->last_path[0] &&
		nearby_is_beside(nearby->last_path, nearby->olddir);
	return is_last_path_there ? 0 : each_entry(nearby, nearby->olddir, take_entry, NULL, why);
}

int nearby_list(struct nearby *nearby, struct strbuf *why)
{
	if (nearby->is_listed)
		return 0;
	bool is_target_elsewhere = nearby->target &&
		!nearby_is_beside(nearby->target, nearby->path);
	bool is_last_path_elsewhere = nearby->last_path[0] &&
		!nearby_is_beside(nearby->last_path, nearby->path) &&
		!(nearby->target && nearby_is_beside(nearby->last_path, nearby->target));
	int result = list_directory_of(nearby, nearby->path, why);
	if (result == 0 && is_target_elsewhere)
		result = list_directory_of(nearby, nearby->target, why);
	if (result == 0)
		result = list_dates(nearby, why);
	if (result == 0 && is_last_path_elsewhere)
		result = list_directory_of(nearby, nearby->last_path, why);
	if (result == 0 && nearby->olddir && !nearby_is_beside(nearby->olddir, nearby->path))
		result = list_olddir(nearby, why);
	nearby->is_listed = result == 0;
	return result;
}

/* --- olddir --- */

struct aside {
	struct nearby *nearby;
	size_t directories;
};

static int take_aside(struct nearby *nearby, const char *path, const struct dirlist_entry *entry,
                      const void *context, struct strbuf *why)
{
	(void)context, (void)why;
	if (entry->may_be_file && nearby_rank(nearby, path).is_sibling)
		add(nearby, path, true);
	return 0;
}

/* /var/log has directories that are root's alone: that is no fault, but is told if nothing else is
 * found. */
static int look_aside(struct nearby *nearby, const char *path, const struct dirlist_entry *entry,
                      const void *context, struct strbuf *why)
{
	struct aside *aside = *(struct aside *const *)context;
	if (!entry->may_be_directory || entry->name[0] == '.' ||
	    aside->directories == NEARBY_ASIDE_MAX)
		return 0;
	aside->directories++;
	struct strbuf directory CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&directory, "%s/", path);
	int result = each_entry(nearby, strbuf_text(&directory), take_aside, NULL, why);
	if (result != -EACCES || access(path, R_OK | X_OK) == 0)
		return result;
	if (!nearby->closed.length)
		strbuf_add_format(&nearby->closed, "this user may not look into %s", path);
	return 0;
}

int nearby_list_aside(struct nearby *nearby, struct strbuf *why)
{
	struct aside aside = { .nearby = nearby }, *context = &aside;
	char *directory CLEANUP(xalloc_freep) = nearby_directory_of(nearby->path);
	if (nearby->has_aside)
		return 0;
	struct dirlist list CLEANUP(dirlist_release) = { 0 };
	int result = get_list(nearby, directory, &list, why);
	for (size_t i = 0; i < list.count && result == 0; i++)
		if (list.entries[i].may_be_directory) /* most are files */
			result = visit(nearby, directory, &list.entries[i], look_aside, &context,
			               why);
	nearby->has_aside = result == 0;
	return result;
}

int nearby_is_olddir(const struct nearby *nearby, const struct nearby_file *file,
                     struct strbuf *why)
{
	struct strbuf other CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct stat status;
	strbuf_add(&other, file->path, directory_length(file->path));
	strbuf_add_string(&other, name_of(nearby->path));
	if (lstat(strbuf_text(&other), &status) == 0)
		return 0;
	return is_nothing(errno) ? 1
				 : strbuf_fail(why, -errno, "%s can't be looked at: %s",
	                                       strbuf_text(&other), strerror(errno));
}
