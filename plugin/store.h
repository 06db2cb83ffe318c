/* store.h - what is remembered between runs: positions, the window's logins, and what tells a login
 * from its copy
 *
 * One SQLite file, one transaction a run: a run that is killed anywhere leaves the state of before
 * or of after. Without a path the store lives in memory and nothing is written anywhere
 * (--no-state).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/strbuf.h"
#include "plugin/history.h"
#include "plugin/login.h"
#include "plugin/place.h"
#include "plugin/position.h"

struct store;

/* The default for KEY: a file in the directory that store/location.h chooses. KEY is any text
 * (sources, formats, window): it is hashed. Appends to PATH. */
void store_default_path(struct strbuf *path, const char *key);

/* Opens and locks (BEGIN IMMEDIATE, waiting as long as DEADLINE lets) the state at PATH, or one in
 * memory if PATH is NULL; creates it, 0600, and missing directories, 0700. 0 with *RET, or -errno
 * with WHY, a sentence with the path, the reason in words and the command that mends it: not
 * writable, disk full, a directory that others may write or put another one in its place (see
 * store/directory.h), another owner, a symbolic link, made by a newer version, an SQLite file of
 * another program, locked by another run (-EBUSY: which process it is, if that can be told). A
 * state of an older version is converted; nothing that it remembers is lost. A damaged state of
 * ours (it is owned by us and 0600) is renamed aside to PATH.damaged-N, told by store_notes(), and
 * a new one begun; any other file that isn't a state is left alone: -EINVAL.
 *
 * A process may have PATH open once only: its locks are those of the process, and would be lost. */
int store_open(struct store **ret, const char *path, const struct deadline *deadline,
               struct strbuf *why);
void store_free(struct store *store); /* without store_commit: nothing has changed */
void store_freep(struct store **store);
const char *store_notes(const struct store *store);

/* The state at FROM, if there is one, gets the name TO, if there is none (both default paths): for
 * a state whose key is made in another way now. Waits, as long as DEADLINE lets, until no other run
 * has it, and plays back what a run that was killed left behind. Two that do so at once, and one
 * that is killed anywhere, leave one whole state under one of the names. 0 (also if there was
 * nothing to do, or what is at FROM is no state or a damaged one: that stays where it is), or
 * -errno with WHY. */
int store_take_over(const char *from, const char *to, const struct deadline *deadline,
                    struct strbuf *why);

/* What to do about a failure, WHY, of any function below. 0: the state isn't damaged, and all is as
 * it was. > 0: it was; the file is renamed aside and *STORE begun anew at PATH, empty. Start over,
 * once, and tell store_notes(), which go on from those of before. Where a new one can't be made,
 * either, *STORE is one in memory, and WHY says why; else WHY is empty. < 0 with WHY: it is
 * damaged, and can't be set aside. */
int store_recover(struct store **store, const char *path, const struct deadline *deadline,
                  struct strbuf *why);

/* For what the store keeps and doesn't know: what it gave as WHAT is nothing that was ever put, so
 * its file is damaged. -errno with WHY. */
int store_fail_damaged(struct store *store, const char *what, struct strbuf *why);

/* Where SOURCE_NAME (a path or another name of a log) was read up to: > 0 with *RET, 0 if it has no
 * position (and *RET is zeroed), < 0 with WHY. One that isn't known is put by removing it. Putting
 * what is there already writes nothing. The text is only kept: what it says is its source's. */
int store_get_position(struct store *store, const char *source_name, struct log_position *ret,
                       struct strbuf *why);
int store_put_position(struct store *store, const char *source_name,
                       const struct log_position *position, struct strbuf *why);

/* Whether SOURCE_NAME is at rest, and since when: as with positions. */
int store_get_rest(struct store *store, const char *source_name, struct log_rest *ret,
                   struct strbuf *why);
int store_put_rest(struct store *store, const char *source_name, const struct log_rest *rest,
                   struct strbuf *why);

/* Calls FUNCTION for each source that has a position or is at rest, by its name; POSITION and REST
 * may be unknown ones. All is borrowed for the call; a result < 0 ends it and is returned. FUNCTION
 * may not change the store. */
typedef int store_source_fn(void *context, const char *source_name,
                            const struct log_position *position, const struct log_rest *rest,
                            struct strbuf *why);
int store_each_source(struct store *store, store_source_fn *function, void *context,
                      struct strbuf *why);

/* What is known of FROM is TO's from now on, and nothing is known of FROM. */
int store_move_source(struct store *store, const char *from, const char *to, struct strbuf *why);
int store_forget_source(struct store *store, const char *source_name, struct strbuf *why);

/* What SOURCE_NAME has shown: as with positions. Its numbers are kept between 0 and a quarter of
 * INT64_MAX. */
int store_get_history(struct store *store, const char *source_name, struct log_history *ret,
                      struct strbuf *why);
int store_put_history(struct store *store, const char *source_name,
                      const struct log_history *history, struct strbuf *why);

/* The hash of a line, header included, for store_is_repeat(): that of the same line in this state,
 * and of no other. Its key is made with the state and never leaves it, since strangers choose most
 * of a line: whoever could find two lines of one hash could hide the second login. 0, or -errno
 * with WHY. */
int store_hash_line(struct store *store, struct slice line, uint64_t *ret, struct strbuf *why);

/* Does the login of the line with hash LINE_HASH, now read in SOURCE_NAME, stand in another log,
 * too, that has been counted? > 0: it does, don't count it; 0: count it; < 0 with WHY. Either way
 * it is remembered, so ask once a line. Over all logs a line counts as often as in the log that has
 * it most often: it is a repeat if it is the k-th in SOURCE_NAME, and another log has had it k
 * times. EFFECTIVE_AT_SEC as in store_add(): store_forget() forgets the line an hour after the
 * window has passed it, so a log that is read even later than that counts its lines again. At most
 * two lines are kept for each login that may be. What isn't a line but stands in two places in the
 * same way has a hash and two names, too. */
int store_is_repeat(struct store *store, const char *source_name, uint64_t line_hash,
                    int64_t effective_at_sec, struct strbuf *why);

/* The client's address of a session of which another line will name the user (OpenSMTPD), maybe in
 * a later run. AT_SEC is the line's time. Strangers begin sessions at will, so store_forget() keeps
 * the STORE_SESSIONS_MAX newest, and none that is more than a day away from the newest one of this
 * run; while a run goes on it may be a tenth more. A run that begins no session neither reads nor
 * forgets any here. Putting a session again replaces it; dropping one that isn't known does
 * nothing. */
#define STORE_SESSIONS_MAX 10000
int store_put_session(struct store *store, uint64_t session, const struct ipaddr *address,
                      int64_t at_sec, struct strbuf *why);
/* > 0 with *RET; 0: it isn't known. */
int store_get_session(struct store *store, uint64_t session, struct ipaddr *ret,
                      struct strbuf *why);
int store_drop_session(struct store *store, uint64_t session, struct strbuf *why);

/* Keeps LOGIN, placed or not (PLACE may be NULL: not looked up, or unlocated; a login without
 * address always is), as counting from EFFECTIVE_AT_SEC. User and service are cut at USER_MAX and
 * SERVICE_MAX. */
int store_add(struct store *store, const struct login *login, const struct place *place,
              int64_t effective_at_sec, struct strbuf *why);

/* Calls FUNCTION for each distinct address that has no country yet; a result > 0 with PLACE filled
 * places all its logins, 0 leaves them, < 0 ends with that result. */
typedef int store_place_fn(void *context, const struct ipaddr *address, struct place *ret,
                           struct strbuf *why);
int store_place_unlocated(struct store *store, store_place_fn *function, void *context,
                          struct strbuf *why);

/* COUNT lines were lost, and that counts from EFFECTIVE_AT_SEC as a login does; store_forget()
 * forgets both alike. At most STORE_LOSSES_MAX times are kept: of more, the oldest ones become the
 * newest of them, so that nothing is forgotten too early. */
#define STORE_LOSSES_MAX 1000
int store_add_loss(struct store *store, int64_t count, int64_t effective_at_sec,
                   struct strbuf *why);
/* 0 with how many lines of the window were lost; each time that counts does with 1,000,000,000 at
 * most. */
int store_count_losses(struct store *store, int64_t *ret, struct strbuf *why);

/* Forgets logins that counted from SINCE_SEC or before (INT64_MIN: none), and the oldest above the
 * limit of 1,000,000, see store_shortage(); lines, sessions and lost lines as said above. Writes
 * nothing if there is nothing to forget. Call it once, after the last add. */
int store_forget(struct store *store, int64_t since_sec, struct strbuf *why);

/* After store_forget(): a sentence if logins that would still count were dropped at the limit, in
 * this run or an earlier one; then every count is too small, and 0 says nothing. Else "". */
const char *store_shortage(const struct store *store);

/* Calls FUNCTION for every user, address and country with the sum of the logins: the users in their
 * byte order, and the addresses of a user in theirs (none comes first, then a hidden one); the same
 * pair may come again with another country. VISIT is borrowed for the call; a result < 0 ends it
 * and is returned. FUNCTION may not change the store. */
typedef int store_visit_fn(void *context, const struct visit *visit);
int store_each_visit(struct store *store, store_visit_fn *function, void *context,
                     struct strbuf *why);

/* All logins of USER, newest first. */
typedef void store_login_fn(void *context, const struct login *login, const struct place *place);
int store_each_login(struct store *store, struct slice user, store_login_fn *function,
                     void *context, struct strbuf *why);

/* What forgetting, counting (until it was done) and committing would take now, as this state's
 * speed was when it was last measured, with half as much again: so long before its end a run must
 * stop reading. Costs nothing. */
int64_t store_finish_ms(const struct store *store);

/* Makes all of it last (memory: nothing to do). 0, or -errno with WHY: nothing has changed then,
 * and STORE must be freed. */
int store_commit(struct store *store, struct strbuf *why);

#endif
