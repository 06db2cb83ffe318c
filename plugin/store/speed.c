/* speed.c - how long the rest of a run will take: counting and committing
 *
 * Both depend on the disk and on how much there is, so they are measured: each run leaves what it
 * took to the next ones.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

#define FIXED_US 50000 /* for what doesn't grow: the answer, the last syncs */
/* a step that took less says more of the clock than of itself, and is not kept */
#define WORTH_US 100000
#define WORTH_AMOUNT 1000
#define AMOUNT_MAX INT64_C(1000000000000)
#define FLUSH_US_PER_LOGIN 8

/* What is taken for the speed until one is known: slower than most. */
static const struct step {
	const char *name;
	int64_t us_per_thousand;
} steps[STORE_STEPS] = {
	[STEP_COUNT] = { "count", 3000 },    /* logins */
	[STEP_COMMIT] = { "commit", 10000 }, /* changed rows */
};

int64_t store_clock_us(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int read_speed(struct store *store, enum store_step step, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct store_speed speed;
	int result = sql_prepare(store, &statement,
	                         "SELECT amount, took_us FROM speed WHERE work = ?", why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(steps[step].name), 20);
	result = sql_step(store, statement, why);
	if (result > 0 &&
	    (!sql_get_integer(statement, 0, WORTH_AMOUNT, AMOUNT_MAX, &speed.amount) ||
	     !sql_get_integer(statement, 1, 0, AMOUNT_MAX, &speed.took_us)))
		return sql_fail_damaged(store, why, "a speed that can't be");
	if (result > 0)
		store->speeds[step] = speed;
	return result < 0 ? result : 0;
}

int store_speed_read(struct store *store, struct strbuf *why)
{
	int result = 0;

	for (int step = 0; result == 0 && step < STORE_STEPS; step++)
		result = read_speed(store, (enum store_step)step, why);
	store->changes_before = sql_total_changes(store);
	return result;
}

static int64_t time_of(const struct store *store, enum store_step step, int64_t amount)
{
	const struct store_speed *speed = &store->speeds[step];

	if (!speed->amount)
		return amount * steps[step].us_per_thousand / 1000;
	return (int64_t)((double)amount * (double)speed->took_us / (double)speed->amount);
}

int64_t store_changes(const struct store *store)
{
	return sql_total_changes(store) - store->changes_before;
}

int64_t store_finish_ms(const struct store *store)
{
	int64_t waiting = (int64_t)batch_count(store->batch);
	int64_t logins = (store->logins < 0 ? store->speeds[STEP_COUNT].amount : store->logins) +
		waiting;
	int64_t flush_us = store->flushed.amount
		? waiting * store->flushed.took_us / store->flushed.amount
		: waiting * FLUSH_US_PER_LOGIN;
	int64_t us = (store->counted.amount ? 0 : time_of(store, STEP_COUNT, logins)) + flush_us;

	if (!store->is_in_memory)
		us += time_of(store, STEP_COMMIT, store_changes(store) + waiting);
	return (FIXED_US + us + us / 2) / 1000;
}

/* Is FOUND worth a write, and another speed than the one that is kept? */
static bool is_new(const struct store *store, enum store_step step, const struct store_speed *found)
{
	int64_t expected_us = time_of(store, step, found->amount);

	if (found->took_us < WORTH_US || found->amount < WORTH_AMOUNT)
		return false;
	return !store->speeds[step].amount || found->took_us > expected_us + expected_us / 4 ||
		found->took_us < expected_us - expected_us / 4;
}

static int write_speed(struct store *store, enum store_step step, const struct store_speed *found,
                       struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int result = sql_prepare(store, &statement, "INSERT OR REPLACE INTO speed VALUES(?,?,?)",
	                         why);

	if (result < 0)
		return result;
	sql_bind_text(statement, 1, slice_string(steps[step].name), 20);
	sql_bind_integer(statement, 2, found->amount);
	sql_bind_integer(statement, 3, found->took_us);
	return sql_step(store, statement, why);
}

int store_speed_keep_counting(struct store *store, struct strbuf *why)
{
	if (!is_new(store, STEP_COUNT, &store->counted))
		return 0;
	return write_speed(store, STEP_COUNT, &store->counted, why);
}

void store_speed_keep_commit(struct store *store, int64_t amount, int64_t took_us)
{
	const struct store_speed found = { .amount = amount, .took_us = took_us };

	if (!is_new(store, STEP_COMMIT, &found) || sql_run(store, "BEGIN IMMEDIATE", NULL) < 0)
		return;
	if (write_speed(store, STEP_COMMIT, &found, NULL) < 0 || sql_run(store, "COMMIT", NULL) < 0)
		(void)sql_run(store, "ROLLBACK", NULL);
}
