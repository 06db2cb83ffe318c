/* sqlite.h - the state as a database (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "common/siphash.h"
#include "plugin/store.h"
#include "plugin/store/path.h"

#define STORE_LOGINS_MAX 1000000     /* kept in one state; the oldest are dropped, with a note */
#define STORE_LINES_PER_LOGIN 2      /* so many lines for each login that may be kept: most stand in one or two logs */
#define STORE_COUNT_MAX 1000000000   /* of one login; so no sum of STORE_LOGINS_MAX of them overflows */

/* The statements that are used once a login, or once a log; made at the first use. */
enum store_statement {
	FIND_ORIGIN, ADD_ORIGIN, ADD_LOGIN, PUT_SESSION, GET_SESSION, DROP_SESSION, COUNT_LINES, PUT_LINE,
	GET_PLACE, PUT_PLACE, GET_LISTING, PUT_LISTING, GET_POSITION, PUT_POSITION, DROP_POSITION, GET_HISTORY, PUT_HISTORY,
	STORE_STATEMENTS
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_STATEMENTS];
	struct store_file file;
	bool is_in_memory;
	bool is_damaged;
	struct deadline deadline;
	struct strbuf notes;
	int64_t logins;     /* kept now, at most; < 0: not counted yet */
	int64_t logins_max; /* STORE_LOGINS_MAX, less in tests */
	int64_t lines, sessions;    /* kept now, at most; < 0: none was put in this run, so nothing can be too many */
	bool has_line_key; /* read at the first line that is hashed */
	struct siphash_key line_key;
	int64_t newest_session_sec; /* of those that were put in this run */
};

/* Opens FILE (or memory) and locks it; what a run that was killed left behind is played back. 0 or -errno with WHY; -EAGAIN: it
 * had that name no more when it was locked. */
int store_database_lock(struct store *store, struct strbuf *why);
/* The same, and checks that it is a state or makes it one. */
int store_database_open(struct store *store, struct strbuf *why);
void store_database_close(struct store *store);

/* What store_forget() does for the two: nothing, and reading nothing, in a run that put none. */
int store_forget_sessions(struct store *store, struct strbuf *why);
int store_forget_lines(struct store *store, int64_t since_sec, struct strbuf *why);

/* FNV-1a, 64 bits, of a name that no outsider chooses: nothing is protected by it. */
uint64_t store_hash_name(const char *name);

/* Two letters from A to Z. */
bool store_is_country(const char *code, size_t length);

#endif
