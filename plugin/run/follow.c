/* follow.c - one log after the other; see follow.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/progress.h"
#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/run/follow.h"
#include "plugin/run/intake.h"
#include "plugin/run/visibility.h"
#include "plugin/source.h"

#define BYTES_BETWEEN_LOOKS 65536 /* at the clock */
#define LINE_BYTES 64             /* so much more a line counts: a short one costs, too */

struct follower {
	const struct reading *reading;
	struct logformat_reader *reader;
	struct dirlists *directories; /* what the logs share: listings */
	bool has_many_logs;
	bool has_read; /* a line, in this run */
	int64_t read_sec;
	struct read_counts counts;

	/* Of the log that is being read. */
	struct intake intake;
	struct sample sample;
	int64_t unread_before; /* logformat_unread() */
	struct deadline share; /* when others are to be read */
	/* of its reading; the earlier one of its share's and the run's */
	struct deadline end;
};

struct follower *follower_new(const struct reading *reading, bool has_many_logs, int64_t read_sec)
{
	struct follower *self = xalloc_zero(1, sizeof *self);
	self->reading = reading;
	self->reader = logformat_open(reading->formats, reading->now_sec);
	self->directories = source_new_directories();
	self->has_many_logs = has_many_logs;
	self->read_sec = read_sec;
	return self;
}

void follower_free(struct follower *self)
{
	if (!self)
		return;
	logformat_closep(&self->reader);
	source_free_directories(&self->directories);
	free(self);
}

void follower_freep(struct follower **follower)
{
	follower_free(*follower);
	*follower = NULL;
}

struct read_counts follower_counts(const struct follower *self)
{
	return self->counts;
}

static bool line_time(void *context, int64_t *ret_sec, struct slice line)
{
	const struct follower *self = context;
	return logformat_line_time(self->reader, ret_sec, line);
}

/* Of a log that never had a login its first lines are looked at: could any of them be read? */
static void look_at(struct follower *self, struct slice line)
{
	struct sample *sample = &self->sample;
	if (self->intake.history.logins || sample->lines == SAMPLE_LINES_MOST)
		return;
	enum line_sight seen = logformat_look(self->reader, line);
	sample->lines++;
	sample->timed += seen != SIGHT_NOTHING;
	sample->known += seen == SIGHT_MAIL;
}

/* --- a log --- */

/* How long the log may be read: the more was read, the earlier it ends, since that must be counted
 * and committed, too. */
static void set_end(struct follower *self)
{
	self->reading->budget->finish_ms = store_finish_ms(self->reading->store);
	struct deadline end = budget_deadline(self->reading->budget, BUDGET_READ);
	self->end = end.at_ms < self->share.at_ms ? end : self->share;
}

static void set_share(struct follower *self, size_t logs_left)
{
	self->share = budget_share(self->reading->budget, logs_left);
	set_end(self);
}

/* The rest waits for the next run; standard input has none. LEFT_BYTES < 0: unknown. */
static void tell_time_is_up(struct follower *self, int64_t left_bytes)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	bool is_kept = source_has_position(self->intake.name) && self->reading->is_kept;
	strbuf_add_format(&why,
	                  "the time of %" PRId64 " s was not enough: ", self->reading->timeout_sec);
	if (!is_kept)
		strbuf_add_format(&why, "%s was not read to its end; see --timeout",
		                  self->intake.name);
	else if (left_bytes < 0)
		strbuf_add_format(&why, "%s waits for the next run; see --timeout",
		                  self->intake.name);
	else
		strbuf_add_format(&why,
		                  "%" PRId64 " MiB of %s wait for the next run; see --timeout",
		                  left_bytes >> 20, self->intake.name);
	report_problem(self->reading->report, self->reading->timeout_state, strbuf_text(&why));
}

static void tell_failure(struct follower *self, const struct source *source, int error,
                         const struct strbuf *why)
{
	if (error != -ETIMEDOUT)
		report_problem(self->reading->report, STATE_UNKNOWN, strbuf_text(why));
	else if (!source_has_position(self->intake.name))
		report_problem(self->reading->report, self->reading->timeout_state,
		               strbuf_text(why));
	else
		tell_time_is_up(self, source ? source_left_bytes(source) : -1);
}

/* Every new line; 0 at the end or when the time is up, < 0 with WHY when the run must not be
 * kept. */
static int read_lines(struct follower *self, struct source *source, struct strbuf *why)
{
	struct slice line;
	struct progress progress;
	int64_t done = 0, unseen = 0; /* bytes, in all and since the last look */
	int result, error = 0;
	progress_start(&progress, STDERR_FILENO, self->intake.name, source_left_bytes(source));
	while ((result = source_next(source, &line, why)) > 0) {
		done += (int64_t)line.length + 1;
		unseen += (int64_t)line.length + LINE_BYTES;
		error = intake_line(&self->intake, line, why);
		if (error < 0)
			break;
		look_at(self, line);
		if (unseen < BYTES_BETWEEN_LOOKS)
			continue;
		unseen = 0;
		progress_show(&progress, done);
		set_end(self);
		if (deadline_is_over(&self->end)) {
			tell_time_is_up(self, source_left_bytes(source));
			break;
		}
	}
	progress_end(&progress);
	self->has_read = self->has_read || done > 0;
	if (result < 0)
		tell_failure(self, source, result, why);
	return error < 0 ? error : 0;
}

/* That nothing was found is only good news where something could be. Where a login was ever read it
 * is the administrator's to see. */
static void tell_visibility(struct follower *self)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	struct sample *sample = &self->sample;
	sample->unread = logformat_unread(self->reader) - self->unread_before;
	sample->ambiguous = self->intake.ambiguous_lines;
	sample->is_input = !source_has_position(self->intake.name);
	enum visibility visibility = visibility_tell(&text, self->intake.name,
	                                             &self->intake.history, sample);
	if (visibility == VISIBILITY_NONE)
		report_problem(self->reading->report, STATE_UNKNOWN, strbuf_text(&text));
	else if (visibility == VISIBILITY_DOUBTFUL)
		report_remark(self->reading->report, strbuf_text(&text));
	else
		report_note(self->reading->report, strbuf_text(&text));
}

static void tell_notes(struct follower *self, const struct source *source)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	report_note(self->reading->report, source_notes(source));
	if (self->intake.dropped_lines)
		strbuf_add_format(&text,
		                  "%" PRId64 " line%s of %s dropped by the logging system, as it "
		                  "says there (a rate limit, or repeated lines): any of "
		                  "them may have been a login\n",
		                  self->intake.dropped_lines,
		                  self->intake.dropped_lines == 1 ? "" : "s", self->intake.name);
	if (self->intake.ambiguous_lines)
		strbuf_add_format(&text,
		                  "%" PRId64
		                  " line%s of %s may be logins, but others than the server could "
		                  "have shaped them: not counted; --explain tells which\n",
		                  self->intake.ambiguous_lines,
		                  self->intake.ambiguous_lines == 1 ? "" : "s", self->intake.name);
	report_note(self->reading->report, strbuf_text(&text));
	tell_visibility(self);
}

/* The new position, whose newest line may be newer than all logins. */
static int keep_position(struct follower *self, struct source *source, struct strbuf *why)
{
	struct log_position position;
	source_position(source, &position);
	if (position.newest_sec > self->counts.newest_sec)
		self->counts.newest_sec = position.newest_sec;
	tell_notes(self, source);
	int result = intake_loss(&self->intake, source_gaps(source), self->reading->now_sec, why);
	if (!source_has_position(self->intake.name))
		return result;
	if (result >= 0)
		result = store_put_position(self->reading->store, self->intake.name, &position,
		                            why);
	return result < 0 ? result
			  : store_put_history(self->reading->store, self->intake.name,
	                                      &self->intake.history, why);
}

/* What is known of the log from former runs. */
static int remember(struct follower *self, struct log_position *ret_position, struct strbuf *why)
{
	int result = store_get_position(self->reading->store, self->intake.name, ret_position, why);
	if (result >= 0)
		result = store_get_history(self->reading->store, self->intake.name,
		                           &self->intake.history, why);
	if (result < 0)
		return result;
	self->intake.is_first_run = !ret_position->is_known;
	if (!self->intake.history.since_sec)
		self->intake.history.since_sec = self->reading->now_sec;
	return 0;
}

/* --- a log without a file of its name --- */

/* a log without lines for so long was read to its end, if there was an end to be seen */
#define RESTLESS_SEC 86400

/* Its file is nowhere: what may be lost is told. What was left alone for a day had no lines left.
 * True if something may be. */
static bool tell_lost(struct follower *self, const struct log_position *position)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char from[TIMESTAMP_TEXT_ROOM], to[TIMESTAMP_TEXT_ROOM];
	bool has_unread = position->newest_sec > position->read_sec && position->read_sec;
	if (!position->is_known ||
	    (!has_unread && position->newest_sec < self->reading->now_sec - RESTLESS_SEC))
		return false;
	timestamp_format(position->read_sec, from);
	if (has_unread)
		strbuf_add_format(&text,
		                  "lines between %s and %s, or later, could not be read: %s is "
		                  "gone",
		                  from, timestamp_format(position->newest_sec, to),
		                  self->intake.name);
	else if (position->read_sec)
		strbuf_add_format(&text,
		                  "%s is gone: lines after %s, if there were any, could not be "
		                  "read",
		                  self->intake.name, from);
	else
		strbuf_add_format(&text,
		                  "%s is gone: lines of it, if there were any, could not be read",
		                  self->intake.name);
	report_note(self->reading->report, strbuf_text(&text));
	return true;
}

/* From now on LOG is looked at when something changes around it. */
static int put_to_rest(struct follower *self, const struct log *log, const struct log_rest *old,
                       bool is_gone, struct strbuf *why)
{
	struct log_rest rest = { .is_known = true, .is_gone = is_gone, .around = log->around };
	bool was_so = old->is_known && old->is_gone == is_gone;
	rest.since_sec = was_so ? old->since_sec : self->reading->now_sec;
	return store_put_rest(self->reading->store, self->intake.name, &rest, why);
}

static int lose(struct follower *self, const struct log *log, const struct log_position *position,
                const struct log_rest *rest, struct strbuf *why)
{
	int result = 0;
	if (!rest->is_gone && tell_lost(self, position))
		result = intake_loss(&self->intake, 1, self->reading->now_sec, why);
	/* Of one that was never read nothing is gone. */
	if (result >= 0)
		result = put_to_rest(self, log, rest, position->is_known, why);
	return result < 0 ? result : 0;
}

/* It was read: is that all? */
static int settle(struct follower *self, const struct log *log, const struct source *source,
                  const struct log_rest *rest, struct strbuf *why)
{
	if (log->is_absent && source_is_finished(source))
		return put_to_rest(self, log, rest, false, why);
	return store_put_rest(self->reading->store, self->intake.name,
	                      &(struct log_rest){ .is_known = false }, why);
}

/* --- all of it --- */

/* The default is one log that takes another's place, so it starts where that ended; the others are
 * beside each other. */
static int64_t cold_start_sec(const struct follower *self, const struct log *log)
{
	int64_t start_sec = self->reading->window_start_sec;
	bool is_new = log->glob != LOG_OF_NO_GLOB || log->is_default;
	if (!is_new || !self->read_sec)
		return start_sec;
	return log->is_default || self->read_sec < start_sec ? self->read_sec : start_sec;
}

/* One that was named must be there. */
static bool may_go(const struct log *log)
{
	return log->is_default || (log->glob != LOG_OF_NO_GLOB && !log->is_unmatched);
}

static int read_log(struct follower *self, const struct log *log, size_t logs_left,
                    const struct log_position *position, const struct log_rest *rest,
                    struct strbuf *why)
{
	struct source_options options = {
		.cold_start_sec = self->intake.start_sec == INT64_MIN ? INT64_MIN
								      : self->intake.start_sec + 1,
		.line_time = line_time,
		.journal_identifier = logformat_journal_identifier,
		.context = self,
		.now_sec = self->reading->now_sec,
		.olddir = self->reading->olddir,
		.directories = self->directories,
		.deadline = &self->end,
		.is_absent = log->is_absent,
	};
	struct source *source CLEANUP(source_freep) = NULL;
	int result = source_open(&source, self->intake.name, position, &options, why);
	if (result == -ENOENT && may_go(log))
		return lose(self, log, position, rest, why);
	if (result == -EILSEQ)
		return store_fail_damaged(self->reading->store, "a position is none that was kept",
		                          why);
	if (result < 0) {
		tell_failure(self, NULL, result, why);
		return 1;
	}
	if (!self->has_read)
		budget_start_reading(self->reading->budget);
	set_share(self, logs_left);
	result = read_lines(self, source, why);
	if (result >= 0)
		result = keep_position(self, source, why);
	if (result >= 0)
		result = settle(self, log, source, rest, why);
	return result < 0 ? result : 1;
}

static void start_log(struct follower *self, const struct log *log)
{
	self->intake = (struct intake){
		.reading = self->reading,
		.reader = self->reader,
		.has_many_logs = self->has_many_logs,
		.name = log->name,
		.start_sec = cold_start_sec(self, log),
	};
	self->sample = (struct sample){ .lines = 0 };
	self->unread_before = logformat_unread(self->reader);
}

int follower_read(struct follower *self, const struct log *log, size_t logs_left,
                  struct strbuf *why)
{
	struct log_position position;
	struct log_rest rest = { 0 };
	start_log(self, log);
	set_share(self, logs_left);
	if (deadline_is_over(&self->end) && self->has_read) {
		tell_time_is_up(self, -1);
		return 1;
	}
	/* finding the place again comes first: without it nothing is read */
	self->end = self->reading->budget->end;
	int result = remember(self, &position, why);
	if (result >= 0)
		result = store_get_rest(self->reading->store, log->name, &rest, why);
	if (result < 0)
		return result;
	if (!log->is_absent || !rest.is_known || rest.around != log->around) {
		result = read_log(self, log, logs_left, &position, &rest, why);
		self->counts.lost_lines += self->intake.lost_lines;
		return result;
	}
	if (position.newest_sec > self->counts.newest_sec)
		self->counts.newest_sec = position.newest_sec;
	return !rest.is_gone;
}
