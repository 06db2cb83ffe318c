/* follow.c - the way of a line: source, log format, place, store; see follow.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/progress.h"
#include "common/timestamp.h"
#include "plugin/blindness.h"
#include "plugin/follow.h"
#include "plugin/source.h"

#define BYTES_BETWEEN_LOOKS 65536 /* at the clock */
#define LINE_BYTES 64             /* so much more a line counts: a short one costs, too */
/* bytes of a session that a proxy hands on; Dovecot's have 16 or 32 */
#define TWIN_MAX 100

static bool line_time(void *context, int64_t *ret_sec, struct slice line)
{
	const struct follow *follow = context;
	return logformat_line_time(follow->reader, ret_sec, line);
}

/* --- a line --- */

/* When LOGIN, or what else LOGIN's line tells, begins to count. A login of the window counts from
 * its own time. One that is seen late, after an outage, counts from now, so that no outage hides
 * it; one of the future (a clock is wrong) too, so that it can't count for ever. Before the first
 * run nothing was missed: what is old is old. A name that is new among known ones was missed since
 * those were read. False if it doesn't count. */
static bool effective_at(const struct follow *follow, const struct login *login, int64_t *ret_sec)
{
	int64_t now_sec = follow->options->now_sec;
	bool is_old = login->at_sec <= options_window_begin_sec(follow->options);
	if (!follow->has_known_position && login->at_sec <= follow->begin_sec)
		return false;
	*ret_sec = is_old || login->at_sec > now_sec ? now_sec : login->at_sec;
	return true;
}

/* > 0: it was counted when it was read from SOURCE_NAME's counterpart. */
static int is_repeat(struct follow *follow, const char *source_name, struct slice bytes,
                     int64_t effective_sec, struct strbuf *why)
{
	uint64_t hash;
	int result = store_hash_line(follow->store, bytes, &hash, why);
	return result < 0 ? result
			  : store_is_repeat(follow->store, source_name, hash, effective_sec, why);
}

/* What a proxy and the server behind it have in common. They play the parts of two logs with the
 * same line: whichever is read first counts, and two logins of one of them never fall together. */
static int is_repeated_login(struct follow *follow, const struct login *login,
                             int64_t effective_sec, struct strbuf *why)
{
	char bytes[TWIN_MAX + sizeof login->address.bytes] = { 0 };
	if (!login->twin.length || login->twin.length > TWIN_MAX)
		return 0;
	memcpy(bytes, login->twin.data, login->twin.length);
	if (login->has_address)
		memcpy(bytes + TWIN_MAX, login->address.bytes, sizeof login->address.bytes);
	return is_repeat(follow, login->is_proxied ? "proxy" : "behind a proxy",
	                 slice_make(bytes, sizeof bytes), effective_sec, why);
}

/* --trust is left to the counting: so a network that is added to it or taken out counts so at
 * once. */
static int keep_login(struct follow *follow, const struct login *login, struct slice line,
                      struct strbuf *why)
{
	struct place place = { 0 };
	int64_t effective_sec;
	if (!effective_at(follow, login, &effective_sec))
		return 0;
	if (login->has_address && !ipaddr_is_public(&login->address))
		return 0;
	int repeat = follow->has_many_logs
		? is_repeat(follow, follow->name, line, effective_sec, why)
		: 0;
	if (repeat == 0)
		repeat = is_repeated_login(follow, login, effective_sec, why);
	if (repeat)
		return repeat < 0 ? repeat : 0;
	int found = login->has_address ? geo_recall(follow->geo, &login->address, &place, why) : 0;
	return found < 0 ? found : store_add(follow->store, login, &place, effective_sec, why);
}

static int add_login(struct follow *follow, struct login *login, struct slice line,
                     struct strbuf *why)
{
	if (login->session && !login->has_address) {
		int found = store_get_session(follow->store, login->session, &login->address, why);
		if (found < 0)
			return found;
		login->has_address = found > 0;
	}
	follow->history.logins += login->count;
	if (!login->has_address || ipaddr_is_public(&login->address))
		follow->history.public_logins += login->count;
	return keep_login(follow, login, line, why);
}

static int note_session(struct follow *follow, const struct login *login, struct strbuf *why)
{
	if (!login->has_address)
		return store_drop_session(follow->store, login->session, why);
	return store_put_session(follow->store, login->session, &login->address, login->at_sec,
	                         why);
}

/* Lost lines count for a window as logins do, so that a retry tells the same. */
static int keep_loss(struct follow *follow, int64_t count, int64_t effective_sec,
                     struct strbuf *why)
{
	follow->lost_lines += count;
	return store_add_loss(follow->store, count, effective_sec, why);
}

static int add_dropped(struct follow *follow, const struct login *loss, struct strbuf *why)
{
	int64_t effective_sec;
	follow->dropped_lines += loss->count;
	return effective_at(follow, loss, &effective_sec)
		? keep_loss(follow, loss->count, effective_sec, why)
		: 0;
}

static int read_line(struct follow *follow, struct slice line, struct strbuf *why)
{
	struct login login;
	follow->history.lines++;
	switch (logformat_read(follow->reader, &login, line)) {
	case LINE_LOGIN: return add_login(follow, &login, line, why);
	case LINE_SESSION: return note_session(follow, &login, why);
	case LINE_AMBIGUOUS: follow->ambiguous_lines++; return 0;
	case LINE_LOST: return add_dropped(follow, &login, why);
	default: return 0;
	}
}

/* Of a log that never had a login its first lines are looked at: could any of them be read? */
static void look_at(struct follow *follow, struct slice line)
{
	struct sight *sight = &follow->sight;
	if (follow->history.logins || sight->lines == SIGHT_LINES_MOST)
		return;
	enum line_sight seen = logformat_look(follow->reader, line);
	sight->lines++;
	sight->timed += seen != SIGHT_NOTHING;
	sight->known += seen == SIGHT_MAIL;
}

/* --- a log --- */

/* How long the log may be read: the more was read, the earlier it ends, since that must be counted
 * and committed, too. */
static void set_end(struct follow *follow)
{
	follow->budget->finish_ms = store_finish_ms(follow->store);
	struct deadline end = budget_deadline(follow->budget, BUDGET_READ);
	follow->end = end.at_ms < follow->share.at_ms ? end : follow->share;
}

static void set_share(struct follow *follow)
{
	follow->share = budget_share(follow->budget, follow->logs_left);
	set_end(follow);
}

/* The rest waits for the next run; standard input has none. LEFT_BYTES < 0: unknown. */
static void tell_time_is_up(struct follow *follow, int64_t left_bytes)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	bool is_kept = source_has_position(follow->name) && !follow->options->no_state;
	strbuf_add_format(&why, "the time of %" PRId64 " s was not enough: ",
	                  follow->options->timeout_sec);
	if (!is_kept)
		strbuf_add_format(&why, "%s was not read to its end; see --timeout", follow->name);
	else if (left_bytes < 0)
		strbuf_add_format(&why, "%s waits for the next run; see --timeout", follow->name);
	else
		strbuf_add_format(&why,
		                  "%" PRId64 " MiB of %s wait for the next run; see --timeout",
		                  left_bytes >> 20, follow->name);
	report_problem(follow->report, follow->options->timeout_state, strbuf_text(&why));
}

static void tell_failure(struct follow *follow, const struct source *source, int error,
                         const struct strbuf *why)
{
	if (error != -ETIMEDOUT)
		report_problem(follow->report, STATE_UNKNOWN, strbuf_text(why));
	else if (!source_has_position(follow->name))
		report_problem(follow->report, follow->options->timeout_state, strbuf_text(why));
	else
		tell_time_is_up(follow, source ? source_left_bytes(source) : -1);
}

/* Every new line; 0 at the end or when the time is up, < 0 with WHY when the run must not be
 * kept. */
static int read_lines(struct follow *follow, struct source *source, struct strbuf *why)
{
	struct slice line;
	struct progress progress;
	int64_t done = 0, unseen = 0; /* bytes, in all and since the last look */
	int result, error = 0;
	progress_start(&progress, STDERR_FILENO, follow->name, source_left_bytes(source));
	while ((result = source_next(source, &line, why)) > 0) {
		done += (int64_t)line.length + 1;
		unseen += (int64_t)line.length + LINE_BYTES;
		error = read_line(follow, line, why);
		if (error < 0)
			break;
		look_at(follow, line);
		if (unseen < BYTES_BETWEEN_LOOKS)
			continue;
		unseen = 0;
		progress_show(&progress, done);
		set_end(follow);
		if (deadline_is_over(&follow->end)) {
			tell_time_is_up(follow, source_left_bytes(source));
			break;
		}
	}
	progress_end(&progress);
	follow->has_read = follow->has_read || done > 0;
	if (result < 0)
		tell_failure(follow, source, result, why);
	return error < 0 ? error : 0;
}

/* How many of the source's notes tell lines that were lost; how many lines that were nobody
 * knows. */
static int64_t count_gaps(const char *notes)
{
	int64_t count = 0;
	for (const char *at = notes; (at = strstr(at, " could not be read")); at++)
		count++;
	return count;
}

/* That nothing was found is only good news where something could be. Where a login was ever read it
 * is the administrator's to see. */
static void tell_sight(struct follow *follow)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	struct sight *sight = &follow->sight;
	sight->unread = logformat_unread(follow->reader) - follow->unread_before;
	sight->ambiguous = follow->ambiguous_lines;
	sight->is_input = !source_has_position(follow->name);
	enum blindness blindness = blindness_tell(&text, follow->name, &follow->history, sight);
	if (blindness == BLIND)
		report_problem(follow->report, STATE_UNKNOWN, strbuf_text(&text));
	else if (blindness == BLIND_MAYBE)
		report_remark(follow->report, strbuf_text(&text));
	else
		report_note(follow->report, strbuf_text(&text));
}

static void tell_notes(struct follow *follow, const struct source *source)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	report_note(follow->report, source_notes(source));
	if (follow->dropped_lines)
		strbuf_add_format(&text,
		                  "%" PRId64 " line%s of %s dropped by the logging system, as it "
		                  "says there (a rate limit, or repeated lines): any of "
		                  "them may have been a login\n",
		                  follow->dropped_lines, follow->dropped_lines == 1 ? "" : "s",
		                  follow->name);
	if (follow->ambiguous_lines)
		strbuf_add_format(&text,
		                  "%" PRId64
		                  " line%s of %s may be logins, but others than the server could "
		                  "have shaped them: not counted; --explain tells which\n",
		                  follow->ambiguous_lines, follow->ambiguous_lines == 1 ? "" : "s",
		                  follow->name);
	report_note(follow->report, strbuf_text(&text));
	tell_sight(follow);
}

/* The new position, whose newest line may be newer than all logins. */
static int keep_position(struct follow *follow, struct source *source, struct strbuf *why)
{
	struct log_position position;
	source_position(source, &position);
	if (position.newest_sec > follow->newest_sec)
		follow->newest_sec = position.newest_sec;
	tell_notes(follow, source);
	int result = keep_loss(follow, count_gaps(source_notes(source)), follow->options->now_sec,
	                       why);
	if (!source_has_position(follow->name))
		return result;
	if (result >= 0)
		result = store_put_position(follow->store, follow->name, &position, why);
	return result < 0 ? result
			  : store_put_history(follow->store, follow->name, &follow->history, why);
}

/* What is known of the log from former runs. */
static int remember(struct follow *follow, struct log_position *ret_position, struct strbuf *why)
{
	int result = store_get_position(follow->store, follow->name, ret_position, why);
	if (result >= 0)
		result = store_get_history(follow->store, follow->name, &follow->history, why);
	if (result < 0)
		return result;
	follow->has_known_position = ret_position->is_known;
	if (!follow->history.since_sec)
		follow->history.since_sec = follow->options->now_sec;
	return 0;
}

/* --- a log without a file of its name --- */

/* a log without lines for so long was read to its end, if there was an end to be seen */
#define RESTLESS_SEC 86400

/* Its file is nowhere: what may be lost is told. What was left alone for a day had no lines left.
 * True if something may be. */
static bool tell_lost(struct follow *follow, const struct log_position *position)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	bool has_unread = position->newest_sec > position->read_sec && position->read_sec;
	if (!position->is_known ||
	    (!has_unread && position->newest_sec < follow->options->now_sec - RESTLESS_SEC))
		return false;
	timestamp_format(position->read_sec, from);
	if (has_unread)
		strbuf_add_format(&text,
		                  "lines between %s and %s, or later, could not be read: %s is "
		                  "gone",
		                  from, timestamp_format(position->newest_sec, to), follow->name);
	else if (position->read_sec)
		strbuf_add_format(&text,
		                  "%s is gone: lines after %s, if there were any, could not be "
		                  "read",
		                  follow->name, from);
	else
		strbuf_add_format(&text,
		                  "%s is gone: lines of it, if there were any, could not be read",
		                  follow->name);
	report_note(follow->report, strbuf_text(&text));
	return true;
}

/* From now on LOG is looked at when something changes around it. */
static int put_to_rest(struct follow *follow, const struct log *log, const struct log_rest *old,
                       bool is_gone, struct strbuf *why)
{
	struct log_rest rest = { .is_known = true, .is_gone = is_gone, .around = log->around };
	bool was_so = old->is_known && old->is_gone == is_gone;
	rest.since_sec = was_so ? old->since_sec : follow->options->now_sec;
	return store_put_rest(follow->store, follow->name, &rest, why);
}

static int lose(struct follow *follow, const struct log *log, const struct log_position *position,
                const struct log_rest *rest, struct strbuf *why)
{
	int result = 0;
	if (!rest->is_gone && tell_lost(follow, position))
		result = keep_loss(follow, 1, follow->options->now_sec, why);
	/* Of one that was never read nothing is gone. */
	if (result >= 0)
		result = put_to_rest(follow, log, rest, position->is_known, why);
	return result < 0 ? result : 0;
}

/* It was read: is that all? */
static int settle(struct follow *follow, const struct log *log, const struct source *source,
                  const struct log_rest *rest, struct strbuf *why)
{
	if (log->is_absent && source_is_finished(source))
		return put_to_rest(follow, log, rest, false, why);
	return store_put_rest(follow->store, follow->name, &(struct log_rest){ .is_known = false },
	                      why);
}

/* --- all of it --- */

/* The default is one log that takes another's place, so it begins where that ended; the others are
 * beside each other. */
static int64_t cold_start_sec(const struct follow *follow, const struct log *log)
{
	int64_t begin_sec = options_window_begin_sec(follow->options);
	bool is_new = log->glob != LOG_OF_NO_GLOB || log->is_default;
	if (!is_new || !follow->read_sec)
		return begin_sec;
	return log->is_default || follow->read_sec < begin_sec ? follow->read_sec : begin_sec;
}

/* One that was named must be there. */
static bool may_go(const struct log *log)
{
	return log->is_default || (log->glob != LOG_OF_NO_GLOB && !log->is_unmatched);
}

static int read_log(struct follow *follow, const struct log *log,
                    const struct log_position *position, const struct log_rest *rest,
                    struct strbuf *why)
{
	struct source_options options = {
		.cold_start_sec = follow->begin_sec == INT64_MIN ? INT64_MIN
								 : follow->begin_sec + 1,
		.line_time = line_time,
		.context = follow,
		.journal_identifier = logformat_journal_identifier,
		.now_sec = follow->options->now_sec,
		.olddir = follow->options->olddir,
		.directories = follow->directories,
		.deadline = &follow->end,
		.is_absent = log->is_absent,
	};
	struct source *source CLEANUP(source_freep) = NULL;
	int result = source_open(&source, follow->name, position, &options, why);
	if (result == -ENOENT && may_go(log))
		return lose(follow, log, position, rest, why);
	if (result == -EILSEQ)
		return store_fail_damaged(follow->store, "a position is none that was kept", why);
	if (result < 0) {
		tell_failure(follow, NULL, result, why);
		return 1;
	}
	if (!follow->has_read)
		budget_start_reading(follow->budget);
	set_share(follow);
	result = read_lines(follow, source, why);
	if (result >= 0)
		result = keep_position(follow, source, why);
	if (result >= 0)
		result = settle(follow, log, source, rest, why);
	return result < 0 ? result : 1;
}

int follow_log(struct follow *follow, const struct log *log, struct strbuf *why)
{
	struct log_position position;
	struct log_rest rest = { 0 };
	follow->name = log->name;
	follow->begin_sec = cold_start_sec(follow, log);
	follow->ambiguous_lines = follow->dropped_lines = 0;
	follow->sight = (struct sight){ .lines = 0 };
	follow->unread_before = logformat_unread(follow->reader);
	set_share(follow);
	if (deadline_is_over(&follow->end) && follow->has_read) {
		tell_time_is_up(follow, -1);
		return 1;
	}
	/* finding the place again comes first: without it nothing is read */
	follow->end = follow->budget->end;
	int result = remember(follow, &position, why);
	if (result >= 0)
		result = store_get_rest(follow->store, log->name, &rest, why);
	if (result < 0)
		return result;
	if (!log->is_absent || !rest.is_known || rest.around != log->around)
		return read_log(follow, log, &position, &rest, why);
	if (position.newest_sec > follow->newest_sec)
		follow->newest_sec = position.newest_sec;
	return !rest.is_gone;
}
