/* store.c - what is remembered between runs: finding, opening and replacing the file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/hash.h"
#include "common/shellquote.h"
#include "common/xalloc.h"
#include "plugin/store.h"
#include "plugin/store/path.h"
#include "plugin/store/location.h"
#include "plugin/store/place_rows.h"
#include "plugin/store/speed.h"
#include "plugin/store/sqlite.h"

#define NOTES_MAX 10000
#define OPEN_ATTEMPTS 3 /* of a file that other runs rename meanwhile */

void store_default_path(struct strbuf *path, const char *key)
{
	location_add(path);
	strbuf_add_format(path, "/%016" PRIx64 ".db", hash_name(key));
}

static int set_aside(struct store *store, struct strbuf *why)
{
	store_database_close(store);
	if (store->is_in_memory)
		return strbuf_fail(why, -EINVAL, "a state in memory can't be set aside");
	int result = store_file_set_aside(&store->file, &store->notes, why);
	store->is_damaged = result < 0;
	return result;
}

/* One try: the file, then the database in it. */
static int open_once(struct store *store, const char *path, struct strbuf *why)
{
	if (!store->is_in_memory) {
		int result = store_file_prepare(&store->file, path, why);

		store->is_damaged = store->file.is_damaged;
		if (result < 0)
			return result;
	}
	return store_database_open(store, why);
}

static int open_or_replace(struct store *store, const char *path, struct strbuf *why)
{
	int result = -EAGAIN;

	for (int i = 0; i < OPEN_ATTEMPTS && result == -EAGAIN; i++)
		result = open_once(store, path, why);
	if (result < 0 && store->is_damaged) {
		result = set_aside(store, why);
		if (result == 0)
			result = open_once(store, path, why);
	}
	if (result == 0 && store->file.is_readable_by_others) {
		strbuf_add_format(&store->notes, "%sothers may read the state; chmod 600 ",
		                  store->notes.length ? "\n" : "");
		shellquote_add(&store->notes, strbuf_text(&store->file.path));
	}
	return result;
}

int store_open(struct store **ret, const char *path, const struct deadline *deadline,
               struct strbuf *why)
{
	struct store *store = xalloc_zero(1, sizeof(*store));

	store->file = (struct store_file)STORE_FILE_INIT;
	store->notes = (struct strbuf)STRBUF_INIT(NOTES_MAX);
	store->shortage = (struct strbuf)STRBUF_INIT(WHY_MAX);
	store->is_in_memory = !path;
	store->deadline = *deadline;
	store->logins = store->lines = store->sessions = -1;
	store->logins_max = STORE_LOGINS_MAX;
	int result = open_or_replace(store, path, why);
	if (result < 0)
		store_free(store);
	else
		*ret = store;
	return result;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	store_database_close(store);
	store_file_release(&store->file);
	strbuf_release(&store->notes);
	strbuf_release(&store->shortage);
	batch_free(store->batch);
	place_rows_release(&store->places);
	free(store);
}

void store_freep(struct store **store)
{
	store_free(*store);
	*store = NULL;
}

/* What is new in STORE comes after NOTES. */
static void put_notes_first(struct store *store, const struct strbuf *notes)
{
	struct strbuf all = STRBUF_INIT(NOTES_MAX);

	strbuf_add_string(&all, strbuf_text(notes));
	if (notes->length && store->notes.length)
		strbuf_add_char(&all, '\n');
	strbuf_add_string(&all, strbuf_text(&store->notes));
	strbuf_release(&store->notes);
	store->notes = all;
}

int store_recover(struct store **store, const char *path, const struct deadline *deadline,
                  struct strbuf *why)
{
	struct strbuf unwanted CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct store *anew = NULL;

	if (!(*store)->is_damaged)
		return 0;
	int result = set_aside(*store, why);
	if (result < 0)
		return result;
	if (why)
		strbuf_clear(why);
	if (store_open(&anew, path, deadline, why) < 0)
		result = store_open(&anew, NULL, deadline, &unwanted);
	if (result < 0)
		return result;
	put_notes_first(anew, &(*store)->notes);
	store_free(*store);
	*store = anew;
	return 1;
}

const char *store_notes(const struct store *store)
{
	return strbuf_text(&store->notes);
}

const char *store_shortage(const struct store *store)
{
	return strbuf_text(&store->shortage);
}

int store_commit(struct store *store, struct strbuf *why)
{
	int result = store_flush(store, why);

	if (result >= 0)
		result = store_flush_losses(store, why);
	if (result < 0 || store->is_in_memory)
		return result;
	if (store_changes(store) > 0)
		result = store_speed_keep_counting(store, why);
	return result < 0 ? result : store_database_commit(store, why);
}
