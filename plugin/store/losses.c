/* losses.c - lines that were lost, by the time from which they count
 *
 * A log that a rate limit was busy with has a line of it each second or more often: those of one
 * time are one row, and gather here before they are written.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/store/sql.h"

static int write_loss(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, ADD_LOSS, &statement,
	                              "INSERT INTO lost_line VALUES(?1,?2) ON "
	                              "CONFLICT(effective_at) DO UPDATE SET count = min(count + "
	                              "?2, ?3)",
	                              why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, store->loss.effective_at_sec);
	sql_bind_integer(statement, 2, store->loss.count);
	sql_bind_integer(statement, 3, STORE_COUNT_MAX);
	return sql_step(store, statement, why);
}

/* The oldest above the limit, SURPLUS and one, become one that counts as long as the newest of
 * them: none is forgotten early. */
static int merge(struct store *store, int64_t surplus, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int64_t at_sec, sum;
	int result = sql_prepare(store, &statement,
	                         "SELECT max(effective_at), min(sum(min(max(count, 1), ?2)), ?2) "
	                         "FROM "
	                         "(SELECT effective_at, count FROM lost_line ORDER BY effective_at "
	                         "LIMIT ?1 + 1)",
	                         why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, surplus);
	sql_bind_integer(statement, 2, STORE_COUNT_MAX);
	result = sql_step(store, statement, why);
	if (result < 0)
		return result;
	if (!sql_get_integer(statement, 0, INT64_MIN, INT64_MAX, &at_sec) ||
	    !sql_get_integer(statement, 1, 1, STORE_COUNT_MAX, &sum))
		return sql_fail_damaged(store, why, "lost lines that can't be");
	sql_reset(&statement);
	store->loss = (struct store_loss){ .effective_at_sec = at_sec, .count = sum };
	result = sql_run_with(store, "DELETE FROM lost_line WHERE effective_at <= ?", at_sec, why);
	return result < 0 ? result : write_loss(store, why);
}

static int limit(struct store *store, struct strbuf *why)
{
	int64_t count = 0;
	int result = sql_get_number(store, "SELECT count(*) FROM lost_line", &count, why);

	store->loss_times = 0;
	return result < 0 || count <= STORE_LOSSES_MAX
		? result
		: merge(store, count - STORE_LOSSES_MAX, why);
}

/* Some more than the limit may gather before it is enforced, for each time costs. */
int store_flush_losses(struct store *store, struct strbuf *why)
{
	int result = store->loss.count ? write_loss(store, why) : 0;

	store->loss_times += store->loss.count > 0;
	if (result >= 0 && store->loss_times > STORE_LOSSES_MAX)
		result = limit(store, why);
	store->loss.count = 0;
	return result < 0 ? result : 0;
}

int store_add_loss(struct store *store, int64_t count, int64_t effective_at_sec, struct strbuf *why)
{
	int result = store->loss.count && store->loss.effective_at_sec != effective_at_sec
		? store_flush_losses(store, why)
		: 0;

	if (result < 0 || count <= 0)
		return result;
	store->loss.effective_at_sec = effective_at_sec;
	store->loss.count += count < STORE_COUNT_MAX - store->loss.count
		? count
		: STORE_COUNT_MAX - store->loss.count;
	return 0;
}

int store_forget_losses(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = store_flush_losses(store, why);

	if (result == 0 && since_sec > INT64_MIN)
		result = sql_run_with(store, "DELETE FROM lost_line WHERE effective_at <= ?",
		                      since_sec, why);
	if (result >= 0 && store->loss_times)
		result = limit(store, why);
	store->loss.count = 0;
	return result < 0 ? result : 0;
}

int store_count_losses(struct store *store, int64_t *ret, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	int64_t count, sum = 0;
	int result = store_flush_losses(store, why);

	if (result == 0)
		result = sql_prepare(store, &statement, "SELECT count FROM lost_line", why);
	while (result >= 0 && (result = sql_step(store, statement, why)) > 0) {
		if (!sql_get_integer(statement, 0, 1, STORE_COUNT_MAX, &count))
			return sql_fail_damaged(store, why, "lost lines that can't be");
		sum += count;
	}
	if (result == 0)
		*ret = sum;
	return result;
}
