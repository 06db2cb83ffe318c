/* logins.c - keeping logins, placing them later and forgetting them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/store/place_columns.h"
#include "plugin/store/place_rows.h"
#include "plugin/store/speed.h"
#include "plugin/store/sql.h"

/* -- what is known without reading all --------------------------------------------------------- */

static int read_age(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct login_age age = { .oldest_sec = INT64_MAX, .dropped_sec = INT64_MIN };
	int result = sql_prepare(store, &statement, "SELECT oldest, dropped FROM login_age", why);

	if (result == 0)
		result = sql_step(store, statement, why);
	if (result > 0 &&
	    (!sql_get_integer(statement, 0, INT64_MIN, INT64_MAX, &age.oldest_sec) ||
	     !sql_get_integer(statement, 1, INT64_MIN, INT64_MAX, &age.dropped_sec)))
		return sql_fail_damaged(store, why, "an age of logins that can't be");
	if (result >= 0)
		store->age = store->kept_age = age;
	store->is_age_known = result >= 0;
	return result < 0 ? result : 0;
}

static int know_age(struct store *store, struct strbuf *why)
{
	return store->is_age_known ? 0 : read_age(store, why);
}

static int keep_age(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;

	if (memcmp(&store->age, &store->kept_age, sizeof(store->age)) == 0)
		return 0;
	int result = sql_run(store, "DELETE FROM login_age", why);
	if (result == 0)
		result = sql_prepare(store, &statement, "INSERT INTO login_age VALUES(?,?)", why);
	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, store->age.oldest_sec);
	sql_bind_integer(statement, 2, store->age.dropped_sec);
	result = sql_step(store, statement, why);
	store->kept_age = store->age;
	return result;
}

/* After logins were deleted: all are read, in the order in which they lie. */
static int find_oldest(struct store *store, struct strbuf *why)
{
	int64_t oldest_sec = INT64_MAX;
	int result = sql_get_number(store,
	                            "SELECT coalesce(min(effective_at), 9223372036854775807) FROM "
	                            "login",
	                            &oldest_sec, why);

	if (result < 0)
		return result;
	store->age.oldest_sec = oldest_sec;
	return 0;
}

/* -- forgetting -------------------------------------------------------------------------------- */

/* No index by age: keeping it costs more, with every login, than reading the logins once when some
 * are old. A quiet run has none, and must neither read them for this nor write. */
static int forget_old(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = know_age(store, why);

	if (result < 0 || since_sec == INT64_MIN || store->age.oldest_sec > since_sec)
		return result;
	result = sql_run_with(store, "DELETE FROM login WHERE effective_at <= ?", since_sec, why);
	return result < 0 ? result : find_oldest(store, why);
}

/* Those that counted from before AT_SEC, and MORE of those that counted from it. */
static int drop_until(struct store *store, int64_t at_sec, int64_t more, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement,
	                         "DELETE FROM login WHERE (user, address, service, effective_at, "
	                         "at) IN (SELECT user, address, service, effective_at, at FROM "
	                         "login WHERE effective_at = ?1 LIMIT ?2)",
	                         why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, at_sec);
	sql_bind_integer(statement, 2, more);
	result = sql_step(store, statement, why);
	if (result == 0 && at_sec > store->age.dropped_sec)
		store->age.dropped_sec = at_sec;
	return result < 0 ? result : find_oldest(store, why);
}

/* Drops the oldest logins above the limit. */
static int drop_oldest(struct store *store, struct strbuf *why)
{
	int64_t at_sec = 0;
	int result = sql_get_number(store, "SELECT count(*) FROM login", &store->logins, why);
	int64_t surplus = store->logins - store->logins_max;

	if (result < 0 || surplus <= 0)
		return result < 0 ? result : 0;
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	result = sql_prepare(store, &statement,
	                     "SELECT effective_at FROM login ORDER BY effective_at LIMIT 1 OFFSET "
	                     "?",
	                     why);
	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, surplus - 1);
	result = sql_step(store, statement, why);
	if (result < 0)
		return result;
	if (!sql_get_integer(statement, 0, INT64_MIN, INT64_MAX, &at_sec))
		return sql_fail_damaged(store, why, "a login that can't be");
	sql_reset(&statement);
	int64_t before = sql_total_changes(store);
	result = sql_run_with(store, "DELETE FROM login WHERE effective_at < ?", at_sec, why);
	if (result < 0)
		return result;
	store->logins = store->logins_max;
	return drop_until(store, at_sec, surplus - (sql_total_changes(store) - before), why);
}

/* What was dropped makes the window too small until the window has passed it, in later runs,
 * too. */
static void tell_shortage(struct store *store, int64_t since_sec)
{
	char at[TIMESTAMP_TEXT_ROOM];

	strbuf_clear(&store->shortage);
	if (store->age.dropped_sec == INT64_MIN || store->age.dropped_sec <= since_sec)
		return;
	strbuf_add_format(&store->shortage,
	                  "more than %" PRId64 " logins in the window: those until %s were dropped "
	                  "and are not counted; take a shorter --window",
	                  store->logins_max, timestamp_format(store->age.dropped_sec, at));
}

static int forget_more(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = store_forget_lines(store, since_sec, why);

	if (result >= 0)
		result = store_forget_losses(store, since_sec, why);
	if (result >= 0)
		result = store_forget_sessions(store, why);
	if (result >= 0 && store->logins >= 0) /* none was added since it was last enforced */
		result = drop_oldest(store, why);
	if (result >= 0 && store->logins >= 0)
		result = place_rows_forget(store, store->logins, why);
	return result < 0 ? result : keep_age(store, why);
}

int store_forget(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = store_flush(store, why);
	int64_t begin_us = store_clock_us();

	if (result >= 0)
		result = forget_old(store, since_sec, why);
	if (result >= 0)
		result = forget_more(store, since_sec, why);
	if (result >= 0)
		tell_shortage(store, since_sec);
	store->counted.took_us += store_clock_us() - begin_us;
	return result < 0 ? result : 0;
}

/* -- adding ------------------------------------------------------------------------------------ */

struct flush {
	struct store *store;
	sql_statement *insert, *update;
	struct strbuf *why;
};

static void bind_key(sql_statement *statement, const struct batch_login *login)
{
	sql_bind_blob(statement, 1, login->user, USER_MAX);
	sql_bind_blob(statement, 2, login->address, sizeof((struct ipaddr){ 0 }.bytes));
	sql_bind_text(statement, 3, login->service, SERVICE_MAX);
	sql_bind_integer(statement, 4, login->effective_at_sec);
	sql_bind_integer(statement, 5, login->at_sec);
	sql_bind_integer(statement, 6,
	                 login->count < STORE_COUNT_MAX ? login->count : STORE_COUNT_MAX);
}

static int step_once(const struct flush *flush, sql_statement *statement)
{
	int result = sql_step(flush->store, statement, flush->why);

	sql_reset(&statement);
	return result;
}

static int add_count(const struct flush *flush, const struct batch_login *login)
{
	bind_key(flush->update, login);
	sql_bind_integer(flush->update, 7, STORE_COUNT_MAX);
	int result = step_once(flush, flush->update);
	if (result == 0 && sql_changes(flush->store) != 1)
		return sql_fail_damaged(flush->store, flush->why,
		                        "a login is neither there nor can be added");
	return result;
}

/* Two statements and not one with ON CONFLICT DO UPDATE: that one keeps each page as it was, to
 * undo itself. */
static int write_login(void *context, const struct batch_login *login)
{
	const struct flush *flush = context;

	bind_key(flush->insert, login);
	place_columns_bind_country(flush->insert, 7, login->country);
	sql_bind_integer(flush->insert, 8, login->place);
	int result = step_once(flush, flush->insert);
	if (result < 0)
		return result;
	if (sql_changes(flush->store) == 0)
		return add_count(flush, login);
	flush->store->logins++;
	return 0;
}

static int prepare_flush(struct flush *flush)
{
	int result = sql_prepare_once(flush->store, ADD_LOGIN, &flush->insert,
	                              "INSERT OR IGNORE INTO login(user, address, service, "
	                              "effective_at, at, count, country, place) "
	                              "VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
	                              flush->why);

	return result < 0 ? result
			  : sql_prepare_once(flush->store, ADD_COUNT, &flush->update,
	                                     "UPDATE login SET count = min(count + ?6, ?7) WHERE "
	                                     "user = ?1 AND address = ?2 AND service = ?3 AND "
	                                     "effective_at = ?4 AND at = ?5",
	                                     flush->why);
}

/* Some more than the limit may gather before it is enforced, for each time costs. */
static int enforce_limit(struct store *store, struct strbuf *why)
{
	bool is_full = store->logins < 0 ||
		store->logins > store->logins_max + store->logins_max / 10;
	int result = is_full ? know_age(store, why) : 0;

	return is_full && result == 0 ? drop_oldest(store, why) : result;
}

int store_flush(struct store *store, struct strbuf *why)
{
	struct flush flush = { .store = store, .why = why };

	int64_t begin_us = store_clock_us(), count = (int64_t)batch_count(store->batch);

	if (!count)
		return 0;
	int result = enforce_limit(store, why);
	if (result == 0)
		result = prepare_flush(&flush);
	if (result == 0)
		result = batch_drain(store->batch, write_login, &flush);
	store->flushed.amount += count;
	store->flushed.took_us += store_clock_us() - begin_us;
	return result < 0 ? result : keep_age(store, why);
}

static struct slice cut(struct slice text, size_t most)
{
	return slice_make(text.data, text.length < most ? text.length : most);
}

/* What PLACE says into LOGIN. */
static int add_place(struct store *store, struct batch_login *login, const struct place *place,
                     struct strbuf *why)
{
	if (place_columns_is_country(
		    slice_make(place->country, strnlen(place->country, sizeof(place->country)))))
		memcpy(login->country, place->country, 2);
	return place_rows_find(store, place, &login->place, why);
}

int store_add(struct store *store, const struct login *login, const struct place *place,
              int64_t effective_at_sec, struct strbuf *why)
{
	struct batch_login added = {
		.user = cut(login->user, USER_MAX),
		.service = cut(login->service, SERVICE_MAX),
		.effective_at_sec = effective_at_sec,
		.at_sec = login->at_sec,
		.count = login->count < 1                ? 1
			: login->count < STORE_COUNT_MAX ? login->count
							 : STORE_COUNT_MAX,
	};
	int result = know_age(store, why);

	/* Whatever the caller says, what has no address is nowhere. */
	if (login->has_address)
		added.address = slice_make((const char *)login->address.bytes,
		                           sizeof(login->address.bytes));
	else if (login->is_hidden)
		added.address = STORE_HIDDEN;
	if (result == 0 && login->has_address && place)
		result = add_place(store, &added, place, why);
	if (result < 0)
		return result;
	if (!store->batch)
		store->batch = batch_new();
	batch_add(store->batch, &added);
	if (effective_at_sec < store->age.oldest_sec)
		store->age.oldest_sec = effective_at_sec;
	/* What the lines' cache takes, smaller batches give. */
	bool is_full = batch_is_full(store->batch) ||
		(store->has_line_cache && batch_count(store->batch) >= BATCH_LOGINS_MAX / 2);
	return is_full ? store_flush(store, why) : 0;
}

/* -- placing later ----------------------------------------------------------------------------- */

static int place_address(struct store *store, const struct ipaddr *address,
                         const struct place *place, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct batch_login placed = { .place = 0 };
	int result = add_place(store, &placed, place, why);

	if (result == 0)
		result = sql_prepare(store, &statement,
		                     "UPDATE login SET country = ?2, place = ?3 WHERE address = ?1 "
		                     "AND country IS NULL",
		                     why);
	if (result < 0)
		return result;
	sql_bind_address(statement, 1, address);
	place_columns_bind_country(statement, 2, placed.country);
	sql_bind_integer(statement, 3, placed.place);
	return sql_step(store, statement, why);
}

/* The first unlocated address after LAST. STATEMENT is reset, so that nothing is open while rows
 * change. */
static int next_unlocated(struct store *store, sql_statement *statement, struct slice last,
                          struct ipaddr *ret, struct strbuf *why)
{
	struct slice bytes;

	sql_bind_blob(statement, 1, last, sizeof(ret->bytes));
	int result = sql_step(store, statement, why);
	if (result > 0 &&
	    (!sql_get_blob(statement, 0, sizeof(ret->bytes), &bytes) ||
	     bytes.length != sizeof(ret->bytes)))
		result = sql_fail_damaged(store, why, "an address is none");
	/* A damaged index gives one again and again: a run that goes on for ever would be told as a
	 * slow disk, and mend nothing. */
	if (result > 0 && last.length && memcmp(bytes.data, last.data, last.length) <= 0)
		result = sql_fail_damaged(store, why, "its addresses are in no order");
	if (result > 0)
		memcpy(ret->bytes, bytes.data, sizeof(ret->bytes));
	sql_reset(&statement);
	return result;
}

int store_place_unlocated(struct store *store, store_place_fn *function, void *context,
                          struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct slice last = STORE_HIDDEN; /* which can't be placed */
	struct ipaddr address;
	int result = store_flush(store, why);

	if (result >= 0)
		result = sql_prepare(store, &statement,
		                     "SELECT address FROM login WHERE country IS NULL AND address "
		                     "> ? ORDER BY address LIMIT 1",
		                     why);

	while (result >= 0 &&
	       (result = next_unlocated(store, statement, last, &address, why)) > 0) {
		struct place place = { .country = "" };
		last = slice_make((const char *)address.bytes, sizeof(address.bytes));
		result = function(context, &address, &place, why);
		if (result > 0)
			result = place_address(store, &address, &place, why);
	}
	return result;
}
