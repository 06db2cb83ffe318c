/* sqlite.c - the state as a database: opening and commit
 *
 * The file is input like any other: whoever could write it once may have put anything in it. So the
 * schema must be ours to the letter (no triggers, no views; see schema.h), and every row's types
 * and lengths are checked when it is handed out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sqlite3.h>

#include "plugin/store/holder.h"
#include "plugin/store/schema.h"
#include "plugin/store/speed.h"
#include "plugin/store/sql.h"

#ifndef SQLITE_OPEN_NOFOLLOW /* before 3.31; store_file_prepare has looked already */
#define SQLITE_OPEN_NOFOLLOW 0
#endif

#define READER_MS 1000
#define ROW_MAX 1000000 /* no row of ours comes near */

/* Before SQLite is used first; later it has no effect. There is one thread, and nobody asks how
 * much memory SQLite has: so it needs no lock and no sum for each piece that it takes. */
static void simplify(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void harden(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, ROW_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
#ifdef SQLITE_DBCONFIG_DEFENSIVE
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
#endif
}

/* EXTRA syncs the directory, too, when the journal is gone: with FULL a power loss could bring it
 * back, and undo a run that has said it is done. */
static int begin(struct store *store, struct strbuf *why)
{
	sqlite3_busy_timeout(store->db, deadline_left_ms(&store->deadline));
	int result = sql_run(store,
	                     "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
	                     "PRAGMA mmap_size=0;"
	                     /* of a new state: a quiet run reads it all, in half the calls */
	                     "PRAGMA page_size=8192;"
	                     /* in KiB, of pages of the size above; enough for logins, which come
	                      * in order */
	                     "PRAGMA cache_size=-2000;"
	                     /* what is forgotten is gone, and not only free */
	                     "PRAGMA secure_delete=ON;"
	                     "PRAGMA temp_store=MEMORY; PRAGMA journal_mode=DELETE;"
	                     "PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE",
	                     why);
	if (result < 0)
		return result;
	if (!store->is_in_memory && sqlite3_db_readonly(store->db, "main") > 0)
		return sql_fail_unwritable(store, why, EACCES);
	return 0;
}

/* Another run may have renamed the file (damaged, or taken over) while we waited for it: what we
 * wrote would have its journal beside the wrong name. */
static int check_name(struct store *store, struct strbuf *why)
{
	int has_moved = 0;

	if (store->is_in_memory ||
	    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved) !=
	            SQLITE_OK ||
	    !has_moved)
		return 0;
	return strbuf_fail(why, -EAGAIN, "the state %s was renamed by another run",
	                   sql_name(store));
}

/* Looking opens and closes the file, and whoever closes any descriptor of a file loses his POSIX
 * locks on it, so that another run could write beside us: only when we hold none. */
static void add_holder(const struct store *store, struct strbuf *why)
{
	struct strbuf holder CLEANUP(strbuf_release) = STRBUF_INIT(HOLDER_TEXT_MAX);

	if (!why)
		return;
	if (holder_describe(&holder, sql_name(store)))
		strbuf_add_format(why, ": %s", strbuf_text(&holder));
	else
		strbuf_add_string(why, "; which process that is can't be told");
	strbuf_add_string(why, "; two checks that run at once need a --state each");
}

int store_database_lock(struct store *store, struct strbuf *why)
{
	const char *path = store->is_in_memory ? ":memory:" : strbuf_text(&store->file.path);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX |
		SQLITE_OPEN_NOFOLLOW;
	simplify();
	int rc = sqlite3_open_v2(path, &store->db,
	                         flags | (store->is_in_memory ? SQLITE_OPEN_CREATE : 0), NULL);

	if (!store->db)
		return strbuf_fail(why, -ENOMEM, "no memory for the state");
	if (rc != SQLITE_OK)
		return sql_fail(store, why, rc);
	harden(store->db);
	int result = begin(store, why);
	if (result == 0)
		result = check_name(store, why);
	if (result == 0 && !store->is_in_memory)
		result = store_file_verify(&store->file, why);
	if (result == -EBUSY || result == -EAGAIN)
		store_database_close(store);
	if (result == -EBUSY)
		add_holder(store, why);
	return result;
}

int store_database_open(struct store *store, struct strbuf *why)
{
	int result = store_database_lock(store, why);
	if (result == 0)
		result = store_schema_prepare(store, why);
	return result < 0 ? result : store_speed_read(store, why);
}

void store_database_close(struct store *store)
{
	for (size_t i = 0; i < STORE_STATEMENTS; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
	sqlite3_close_v2(store->db); /* rolls back what wasn't committed */
	store->db = NULL;
}

int store_database_commit(struct store *store, struct strbuf *why)
{
	int left_ms = deadline_left_ms(&store->deadline);
	int64_t changes = store_changes(store), begin_us = store_clock_us();

	/* All of the run would be lost for a reader who is in the way: he gets some time even when
	 * there is none. */
	sqlite3_busy_timeout(store->db, left_ms > READER_MS ? left_ms : READER_MS);
	int result = sql_run(store, "COMMIT", why);
	if (result == 0)
		store_speed_keep_commit(store, changes, store_clock_us() - begin_us);
	if (result != -EBUSY)
		return result;
	/* What the caller may still do goes into a transaction that nobody commits. */
	if (sqlite3_exec(store->db, "ROLLBACK; BEGIN", NULL, NULL, NULL) == SQLITE_OK)
		add_holder(store, why);
	return result;
}
