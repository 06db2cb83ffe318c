/* sqlite.h - the state as a database (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "common/siphash.h"
#include "plugin/store.h"
#include "plugin/store/batch.h"
#include "plugin/store/path.h"

/* SQLite's own, by which only sql.c and sqlite.c call it. */
typedef struct sqlite3 sql_database;
typedef struct sqlite3_stmt sql_statement;

/* kept in one state; the oldest are dropped, see store_shortage() */
#define STORE_LOGINS_MAX 1000000
/* so many lines for each login that may be kept: most stand in one or two logs */
#define STORE_LINES_PER_LOGIN 2
/* of one login; so no sum of STORE_LOGINS_MAX of them overflows */
#define STORE_COUNT_MAX 1000000000

/* What stands in the place of an address that the client hid: "::", which no client has. */
#define STORE_HIDDEN \
	slice_make("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof((struct ipaddr){ 0 }.bytes))

/* The statements that are used once a login, or once a log; made at the first use. */
enum store_statement {
	ADD_LOGIN,
	ADD_COUNT,
	ADD_PLACE,
	PUT_SESSION,
	GET_SESSION,
	DROP_SESSION,
	COUNT_LINES,
	PUT_LINE,
	GET_PLACE,
	PUT_PLACE,
	GET_LISTING,
	PUT_LISTING,
	GET_POSITION,
	PUT_POSITION,
	DROP_POSITION,
	GET_REST,
	PUT_REST,
	DROP_REST,
	GET_HISTORY,
	PUT_HISTORY,
	ADD_LOSS,
	STORE_STATEMENTS
};

/* See place_rows.h. */
struct place_rows {
	struct keyset *keys;
	int64_t *ids;
	size_t room;
	struct place_memo *memo;
};

/* Of the table login_age: what is known without reading all logins. */
struct login_age {
	int64_t oldest_sec; /* no login counts from before; INT64_MAX: there is none */
	/* logins that counted from then or before were dropped at the limit; INT64_MIN: none
	 * ever */
	int64_t dropped_sec;
};

/* The steps whose time is measured; see speed.h. */
enum store_step { STEP_COUNT, STEP_COMMIT, STORE_STEPS };

struct store_speed {
	int64_t amount; /* 0: not known */
	int64_t took_us;
};

struct store_loss {
	int64_t effective_at_sec, count; /* count 0: none */
};

struct store {
	sql_database *db;
	sql_statement *statements[STORE_STATEMENTS];
	struct store_file file;
	bool is_in_memory;
	bool is_damaged;
	struct deadline deadline;
	struct strbuf notes, shortage;
	/* logins that are not yet in the database; NULL: none was added */
	struct batch *batch;
	struct place_rows places;
	struct login_age age;      /* as it is in the database, and what was added since */
	struct login_age kept_age; /* as it is in the database */
	bool is_age_known;         /* false: not read yet */
	struct store_speed speeds[STORE_STEPS]; /* of earlier runs */
	struct store_speed counted, flushed;    /* in this run */
	int64_t changes_before;
	int64_t logins;     /* kept now, at most; < 0: not counted yet */
	int64_t logins_max; /* STORE_LOGINS_MAX, less in tests */
	/* kept now, at most; < 0: none was put in this run, so nothing can be too many */
	int64_t lines, sessions;
	struct store_loss loss; /* that is not yet in the database */
	int64_t loss_times;     /* that were added since their limit was last enforced */
	bool has_line_cache;    /* lines are looked for, which takes more memory */
	bool has_line_key;      /* read at the first line that is hashed */
	struct siphash_key line_key;
	int64_t newest_session_sec; /* of those that were put in this run */
};

/* Opens FILE (or memory) and locks it; what a run that was killed left behind is played back. 0 or
 * -errno with WHY; -EAGAIN: it had that name no more when it was locked. */
int store_database_lock(struct store *store, struct strbuf *why);
/* The same, and checks that it is a state or makes it one. */
int store_database_open(struct store *store, struct strbuf *why);
void store_database_close(struct store *store);

/* Makes what was written last: 0 or -errno with WHY, and nothing is written then. */
int store_database_commit(struct store *store, struct strbuf *why);

/* What store_forget() does for the two: nothing, and reading nothing, in a run that put none. */
int store_forget_sessions(struct store *store, struct strbuf *why);
int store_forget_lines(struct store *store, int64_t since_sec, struct strbuf *why);
/* And for lost lines. */
int store_forget_losses(struct store *store, int64_t since_sec, struct strbuf *why);

/* Writes the logins that wait in memory: before anything reads them. */
int store_flush(struct store *store, struct strbuf *why);
int store_flush_losses(struct store *store, struct strbuf *why);

#endif
