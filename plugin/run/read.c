/* read.c - the step that reads; see read.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/run/follow.h"
#include "plugin/run/read.h"
#include "plugin/run/recall.h"

/* Which logs there are, with what the store knows of them. */
static int find_logs(const struct reading *reading, struct loglist *logs, struct recalled *ret,
                     struct strbuf *why)
{
	int result = loglist_find(logs, reading->given, reading->given_count, why);
	if (result >= 0)
		result = recall_logs(ret, logs, reading->store, reading->now_sec,
		                     reading->window_start_sec, &reading->budget->end, why);
	if (result >= 0 && logs->problems.length)
		report_problem(reading->report, STATE_UNKNOWN, strbuf_text(&logs->problems));
	return result;
}

static void free_flags(bool **flags)
{
	free(*flags);
}

/* Globs that gave nothing come last: nothing is wrong with one of which a log is followed that has
 * no name now. */
static int follow_all(struct follower *follower, struct loglist *logs, struct strbuf *why)
{
	bool *is_found CLEANUP(free_flags) = xalloc_zero(logs->glob_count + 1, sizeof *is_found);
	int result = 0;
	for (size_t i = 0; i < 2 * logs->count && result >= 0; i++) {
		const struct log *log = &logs->logs[i % logs->count];
		if (log->is_left_out || log->is_unmatched != (i >= logs->count) ||
		    (log->is_unmatched && is_found[log->glob]))
			continue;
		result = follower_read(follower, log, i < logs->count ? logs->count - i : 1, why);
		if (result > 0 && log->glob != LOG_OF_NO_GLOB)
			is_found[log->glob] = true;
		else if (result == 0 && log->is_default)
			result = recall_next_default(logs, why);
	}
	return result < 0 ? result : 0;
}

int read_logs(const struct reading *reading, struct loglist *logs, struct read_counts *ret,
              struct strbuf *why)
{
	struct recalled recalled;
	int result = find_logs(reading, logs, &recalled, why);
	if (result < 0)
		return result;
	bool has_many_logs = logs->count > 1 || logs->glob_count;
	struct follower *follower CLEANUP(follower_freep) = follower_new(reading, has_many_logs,
	                                                                 recalled.read_sec);
	result = follow_all(follower, logs, why);
	*ret = follower_counts(follower);
	return result;
}
