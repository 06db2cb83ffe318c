/* repeats.c - logins whose line stands in several logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/hash.h"
#include "plugin/store/sql.h"

#define KEPT_SEC 3600 /* longer than the window: the other log may be read late */
#define COUNT_MAX (INT64_MAX / 2)

/* How often each log had the line, in two numbers. */
struct line_counts {
	/* in the log that is asked about, and in that of the others that has it most often */
	int64_t own, others;
};

static int add_count(struct store *store, sql_statement *statement, int64_t source,
                     struct line_counts *counts, struct strbuf *why)
{
	int64_t found_source, count;

	if (!sql_get_integer(statement, 0, INT64_MIN, INT64_MAX, &found_source) ||
	    !sql_get_integer(statement, 1, 1, COUNT_MAX, &count))
		return sql_fail_damaged(store, why, "a count of lines that can't be");
	int64_t *sum = found_source == source ? &counts->own : &counts->others;
	if (count > *sum)
		*sum = count;
	return 0;
}

/* At most one row a log. */
static int count_lines(struct store *store, int64_t hash, int64_t source, struct line_counts *ret,
                       struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	struct line_counts counts = { 0 };
	int result = sql_prepare_once(store, COUNT_LINES, &statement,
	                              "SELECT source, count FROM seen_line WHERE hash = ?", why);

	if (result < 0)
		return result;
	sql_bind_integer(statement, 1, hash);
	while (result == 0 && (result = sql_step(store, statement, why)) > 0)
		result = add_count(store, statement, source, &counts, why);
	if (result == 0)
		*ret = counts;
	return result;
}

static int put_line(struct store *store, const int64_t values[4], struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_reset) = NULL;
	int result = sql_prepare_once(store, PUT_LINE, &statement,
	                              "INSERT OR REPLACE INTO seen_line VALUES(?,?,?,?)", why);

	if (result < 0)
		return result;
	for (int i = 0; i < 4; i++)
		sql_bind_integer(statement, i + 1, values[i]);
	return sql_step(store, statement, why);
}

static int64_t lines_max(const struct store *store)
{
	return STORE_LINES_PER_LOGIN * store->logins_max;
}

static int limit_lines(struct store *store, struct strbuf *why)
{
	return sql_limit(store, "SELECT count(*) FROM seen_line",
	                 "DELETE FROM seen_line WHERE (hash, source) IN "
	                 "(SELECT hash, source FROM seen_line ORDER BY effective_at LIMIT ?)",
	                 lines_max(store), &store->lines, why);
}

static int read_key(struct store *store, struct strbuf *why)
{
	sql_statement *statement CLEANUP(sql_finalize) = NULL;
	struct slice key;
	int result = sql_prepare(store, &statement, "SELECT key FROM secret", why);

	if (result == 0)
		result = sql_step(store, statement, why);
	if (result < 0)
		return result;
	if (result == 0 || !sql_get_blob(statement, 0, SIPHASH_KEY_LENGTH, &key) ||
	    key.length != SIPHASH_KEY_LENGTH)
		return sql_fail_damaged(store, why, "the key of its lines is not there");
	memcpy(store->line_key.bytes, key.data, sizeof(store->line_key.bytes));
	store->has_line_key = true;
	return 0;
}

int store_hash_line(struct store *store, struct slice line, uint64_t *ret, struct strbuf *why)
{
	int result = store->has_line_key ? 0 : read_key(store, why);

	if (result == 0)
		*ret = siphash(&store->line_key, line);
	return result;
}

/* Hashes come in no order, so nearly each touches another page: with a small cache that were a read
 * and a write a line. */
static int widen_cache(struct store *store, struct strbuf *why)
{
	int result = store->has_line_cache ? 0 : sql_run(store, "PRAGMA cache_size=-16000", why);

	store->has_line_cache = store->has_line_cache || result == 0;
	return result;
}

int store_is_repeat(struct store *store, const char *source_name, uint64_t line_hash,
                    int64_t effective_at_sec, struct strbuf *why)
{
	/* The name's hash and not a table of names: nothing to look up or to forget, and two logs
	 * of one check that fall together are as likely as two files of one hash. */
	int64_t hash = (int64_t)line_hash, source = (int64_t)hash_name(source_name);
	struct line_counts counts = { 0 };
	/* Some more than the limit may gather before it is enforced, for each time costs. */
	bool is_full = store->lines < 0 || store->lines > lines_max(store) + lines_max(store) / 10;
	int result = widen_cache(store, why);

	if (result == 0 && is_full)
		result = limit_lines(store, why);
	if (result == 0)
		result = count_lines(store, hash, source, &counts, why);
	if (result == 0)
		result = put_line(store,
		                  (const int64_t[]){ hash, source, counts.own + 1,
		                                     effective_at_sec },
		                  why);
	if (result < 0)
		return result;
	store->lines += counts.own == 0;
	return counts.own < counts.others;
}

int store_forget_lines(struct store *store, int64_t since_sec, struct strbuf *why)
{
	int result = 0;

	if (store->lines < 0)
		return 0;
	if (since_sec >= INT64_MIN + KEPT_SEC)
		result = sql_run_with(store, "DELETE FROM seen_line WHERE effective_at <= ?",
		                      since_sec - KEPT_SEC, why);
	return result < 0 ? result : limit_lines(store, why);
}
