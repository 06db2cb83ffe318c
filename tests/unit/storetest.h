/* storetest.h - what the tests of the store have in common: a directory, a state in it, and ways to
 * look into it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORETEST_H
#define STORETEST_H

#include "plugin/store.h"

#define STORETEST_NOW 1740000000

extern struct strbuf storetest_why;
/* the path of the state; storetest_setup makes its directory, and no state */
extern char storetest_state[];

/* For cmocka. */
int storetest_setup(void **unused);
int storetest_teardown(void **unused);
#define STORETEST(function) \
	cmocka_unit_test_setup_teardown(function, storetest_setup, storetest_teardown)

/* The state, or with NULL one in memory; fails the test if it can't be opened. */
struct store *storetest_open(const char *path);
/* The same with what came of it, for tests of failures. */
int storetest_try(struct store **ret, int64_t budget_ms);
void storetest_commit(struct store *store);

/* Fails the test, with the reason, unless RESULT is WANTED. */
void storetest_expect(int result, int wanted);
void storetest_expect_why(const char *text);

/* SQL on the state's file, which nobody may hold: its first number, 0 without one. */
int64_t storetest_sql(const char *sql);
/* The same on an open store. */
int64_t storetest_number(struct store *store, const char *sql);

/* One login of 192.0.2.1 in Germany. */
void storetest_add(struct store *store, int64_t at_sec);
int64_t storetest_logins(struct store *store);

#endif
