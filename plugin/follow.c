/* follow.c - the way of a line: source, log format, place, store; see follow.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/follow.h"
#include "plugin/logformat.h"
#include "plugin/source.h"

#define LINES_BETWEEN_LOOKS 4096 /* at the clock */
#define SPARE_MS 500             /* of the budget, for judging and committing */

static bool line_time(void *context, int64_t *ret_sec, struct slice line)
{
	const struct follow *follow = context;
	return logformat_line_time(follow->reader, ret_sec, line);
}

/* When LOGIN begins to count. A login of the window counts from its own time. One that is seen late, after an outage, counts
 * from now, so that no outage hides it; one of the future (a clock is wrong) too, so that it can't count for ever. Before the
 * first run nothing was missed: what is old is old. False if it doesn't count. */
static bool effective_at(const struct follow *follow, const struct login *login, int64_t *ret_sec)
{
	int64_t now_sec = follow->options->now_sec;
	bool is_old = login->at_sec <= options_window_begin_sec(follow->options);
	if (is_old && !follow->has_known_position)
		return false;
	*ret_sec = is_old || login->at_sec > now_sec ? now_sec : login->at_sec;
	return true;
}

/* --trust is left to the counting: so a network that is added to it or taken out counts so at once. */
static int add_login(struct follow *follow, const struct login *login, struct strbuf *why)
{
	struct place place = { 0 };
	int64_t effective_sec;
	if (!effective_at(follow, login, &effective_sec))
		return 0;
	if (login->has_address) {
		if (!ipaddr_is_public(&login->address))
			return 0;
		int found = geo_lookup(follow->geo, &login->address, &place, why);
		if (found < 0)
			return found;
	}
	return store_add(follow->store, login, &place, effective_sec, why);
}

/* Every new line; 0 at the end or when the time is up, < 0 with WHY when the run must not be kept. */
static int read_lines(struct follow *follow, struct source *source, const char *path, struct strbuf *why)
{
	struct slice line;
	int result;
	for (int64_t lines = 1; (result = source_next(source, &line, why)) > 0; lines++) {
		struct login login;
		if (logformat_read(follow->reader, &login, line) == LINE_LOGIN) {
			result = add_login(follow, &login, why);
			if (result < 0)
				return result;
		}
		if (lines % LINES_BETWEEN_LOOKS == 0 && deadline_left_ms(follow->deadline) <= SPARE_MS) {
			strbuf_fail(why, 0, "the time of %" PRId64 " s was not enough: %" PRId64 " MiB of %s wait for the next run; see --timeout",
			            follow->options->timeout_sec, source_left_bytes(source) >> 20, path);
			report_problem(follow->report, follow->options->timeout_state, strbuf_text(why));
			return 0;
		}
	}
	if (result < 0)
		report_problem(follow->report, STATE_UNKNOWN, strbuf_text(why));
	return 0;
}

/* The new position, whose newest line may be newer than all logins. */
static int keep_position(struct follow *follow, struct source *source, const char *path, struct strbuf *why)
{
	struct log_position position;
	source_position(source, &position);
	if (position.newest_sec > follow->newest_sec)
		follow->newest_sec = position.newest_sec;
	report_note(follow->report, source_notes(source));
	return store_put_position(follow->store, path, &position, why);
}

int follow_log(struct follow *follow, const char *path, struct strbuf *why)
{
	struct log_position position;
	int result = store_get_position(follow->store, path, &position, why);
	if (result < 0)
		return result;
	follow->has_known_position = result > 0 && position.is_known;

	int64_t begin_sec = options_window_begin_sec(follow->options);
	struct source_options options = {
		.cold_start_sec = begin_sec == INT64_MIN ? INT64_MIN : begin_sec + 1,
		.line_time = line_time,
		.context = follow,
	};
	struct source *source CLEANUP(source_freep) = NULL;
	if (source_open(&source, path, &position, &options, why) < 0) {
		report_problem(follow->report, STATE_UNKNOWN, strbuf_text(why));
		return 0;
	}
	result = read_lines(follow, source, path, why);
	return result < 0 ? result : keep_position(follow, source, path, why);
}

static int place_again(void *context, const struct ipaddr *address, struct place *ret, struct strbuf *why)
{
	const struct follow *follow = context;
	return geo_lookup(follow->geo, address, ret, why);
}

int follow_up_unlocated(struct follow *follow, struct strbuf *why)
{
	return store_place_unlocated(follow->store, place_again, follow, why);
}
