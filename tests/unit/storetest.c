/* storetest.c - what the tests of the store have in common; see storetest.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define BUDGET_MS 5000

struct strbuf storetest_why = STRBUF_INIT(WHY_MAX);
char storetest_state[PATH_MAX + 20];
static char directory[PATH_MAX];

int storetest_setup(void **unused)
{
	const char *tmp = getenv("TMPDIR");
	(void)unused;
	snprintf(directory, sizeof directory, "%s/test_store.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(directory))
		return -1;
	snprintf(storetest_state, sizeof storetest_state, "%s/state.db", directory);
	strbuf_clear(&storetest_why);
	return 0;
}

int storetest_teardown(void **unused)
{
	char command[PATH_MAX + 20];
	(void)unused;
	strbuf_release(&storetest_why);
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	return system(command);
}

int storetest_try(struct store **ret, int64_t budget_ms)
{
	struct deadline deadline = deadline_in(budget_ms);
	*ret = NULL;
	return store_open(ret, storetest_state, &deadline, &storetest_why);
}

struct store *storetest_open(const char *path)
{
	struct deadline deadline = deadline_in(BUDGET_MS);
	struct store *store = NULL;
	if (store_open(&store, path, &deadline, &storetest_why) != 0)
		fail_msg("%s", strbuf_text(&storetest_why));
	return store;
}

void storetest_commit(struct store *store)
{
	storetest_expect(store_commit(store, &storetest_why), 0);
	store_free(store);
}

void storetest_expect(int result, int wanted)
{
	if (result != wanted)
		fail_msg("%d, not %d: %s", result, wanted, strbuf_text(&storetest_why));
}

void storetest_expect_why(const char *text)
{
	if (!strstr(strbuf_text(&storetest_why), text))
		fail_msg("no \"%s\" in \"%s\"", text, strbuf_text(&storetest_why));
}

static int first_number(void *context, int columns, char **values, char **names)
{
	(void)names;
	if (columns > 0 && values[0])
		*(int64_t *)context = strtoll(values[0], NULL, 10);
	return 0;
}

static int64_t number(sqlite3 *db, const char *sql)
{
	int64_t value = 0;
	if (sqlite3_exec(db, sql, first_number, &value, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sqlite3_errmsg(db), sql);
	return value;
}

int64_t storetest_sql(const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(storetest_state, &db), SQLITE_OK);
	int64_t value = number(db, sql);
	sqlite3_close(db);
	return value;
}

int64_t storetest_number(struct store *store, const char *sql)
{
	return number(store->db, sql);
}

void storetest_add(struct store *store, int64_t at_sec)
{
	struct login login = { .at_sec = at_sec,
		               .user = SLICE_LITERAL("ann"),
		               .has_address = true,
		               .service = SLICE_LITERAL("postfix/submission"),
		               .count = 1 };
	const struct place place = { .country = "DE" };
	assert_true(ipaddr_parse(&login.address, slice_string("192.0.2.1")));
	storetest_expect(store_add(store, &login, &place, at_sec, &storetest_why), 0);
}

static int add_up(void *context, const struct visit *visit)
{
	*(int64_t *)context += visit->logins;
	return 0;
}

int64_t storetest_logins(struct store *store)
{
	int64_t logins = 0;
	storetest_expect(store_each_visit(store, add_up, &logins, &storetest_why), 0);
	return logins;
}
