/* takeover.c - a state gets another name
 *
 * SQLite finds the journal of a run that was killed by the name of the state. So the state is
 * locked first, under its old name, which plays such a journal back; it is renamed while nobody can
 * write to it and no journal is there; and it is opened anew under its new name before anything is
 * written.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/stat.h>

#include "plugin/store/sqlite.h"

/* 1: it is there (and MUST_BE_FILLED: isn't empty); 0: it isn't; -errno with WHY. */
static int exists(const char *path, bool must_be_filled, struct strbuf *why)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return !must_be_filled || st.st_size > 0;
	return errno == ENOENT || errno == ENOTDIR
		? 0
		: strbuf_fail(why, -errno, "can't look at the state %s: %s", path, strerror(errno));
}

/* Is there something to be done? As exists(). */
static int is_wanted(const char *from, const char *to, struct strbuf *why)
{
	int result = strcmp(from, to) == 0 ? 1 : exists(to, false, why);

	return result < 0 ? result : result > 0 ? 0 : exists(from, true, why);
}

static void close_descriptor(const int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

static int has_journal(const struct store *store, struct strbuf *why)
{
	struct strbuf journal CLEANUP(strbuf_release) = STRBUF_INIT(STORE_PATH_MAX + 20);

	strbuf_add_format(&journal, "%s-journal", strbuf_text(&store->file.path));
	return exists(strbuf_text(&journal), false, why);
}

/* What isn't a state of ours stays where it is; what can't be looked at may be one. */
static bool is_no_state(const struct store *store, int error)
{
	return store->is_damaged || store->file.is_damaged || error == -EINVAL || error == -EPERM ||
		error == -ELOOP;
}

static int lock_and_rename(struct store *store, const char *from, const char *to, int directory,
                           struct strbuf *why)
{
	int result = store_file_prepare(&store->file, from, why);

	if (result == 0)
		result = store_database_lock(store, why);
	if (result < 0)
		return result == -EAGAIN || is_no_state(store, result) ? 0 : result;
	result = has_journal(store, why);
	if (result > 0)
		return strbuf_fail(why, -EIO,
		                   "the state %s can't get its new name %s, because its journal is "
		                   "still there",
		                   from, to);
	return result < 0 ? result : store_file_rename(&store->file, to, directory, why);
}

int store_take_over(const char *from, const char *to, const struct deadline *deadline,
                    struct strbuf *why)
{
	struct store store = { .file = STORE_FILE_INIT, .deadline = *deadline };
	int result = is_wanted(from, to, why);

	if (result <= 0)
		return result;
	int directory CLEANUP(close_descriptor) = store_file_lock_directory(from, deadline, why);
	if (directory < 0)
		return directory;
	/* what another run has renamed meanwhile would be made anew */
	result = is_wanted(from, to, why);
	if (result > 0)
		result = lock_and_rename(&store, from, to, directory, why);
	store_database_close(&store);
	store_file_release(&store.file);
	return result;
}
