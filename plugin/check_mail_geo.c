/* check_mail_geo.c - a Nagios plugin that places the client addresses of authenticated mail logins
 *
 * What the mail log gained since the last run goes through these stages, and the answer is one
 * line, an exit state and performance data. The stages don't know each other: here they are put
 * together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <signal.h>

#include "common/numparse.h"
#include "common/state.h"
#include "common/timestamp.h"
#include "common/watchdog.h"
#include "common/xalloc.h"
#include "plugin/blocklist.h"
#include "plugin/budget.h"
#include "plugin/explain.h"
#include "plugin/geo.h"
#include "plugin/logs.h"
#include "plugin/options.h"
#include "plugin/placing.h"
#include "plugin/report.h"
#include "plugin/run/read.h"
#include "plugin/store.h"
#include "plugin/tally.h"

#define STATE_KEY_MAX (1 << 28) /* of all names together */

struct run {
	const struct options *options;
	struct judgement judgement;
	struct budget budget;
	struct loglist logs;
	int detail; /* the verbosity whose facts are collected */
	struct report *report;
	struct store *store; /* NULL when nothing could be opened */
	/* NULL when there is no database: nothing is read then, so nothing is lost */
	struct geo *geo;
	struct strbuf state_path; /* the default one */
	bool has_state_path;
	struct tally_result counted; /* of the window */
	struct blocklist *blocklist;
	struct read_counts read;
	int64_t lost_lines; /* in the window */
	bool may_commit;
};

static bool fail(struct run *run, const struct strbuf *why)
{
	report_problem(run->report, STATE_UNKNOWN, strbuf_text(why));
	return false;
}

/* All formats, as a state's name had them before it said that no one was typed. */
#define FORMER_FORMATS \
	"courier,cyrus,dovecot,exim,opensmtpd,postfix,postfix-auth,sendmail,stalwart,zimbra"

/* What was typed makes the name of the default state: never what is found, or there would be
 * another state, without a memory, for each new file of a glob and each new format of a new
 * version. IS_FORMER: as versions before this one made it. */
static int add_key(const struct options *options, bool is_former, struct strbuf *key,
                   struct strbuf *why)
{
	char window[DURATION_TEXT_ROOM];
	int result = (is_former ? loglist_former_key : loglist_key)(key, options->logs,
	                                                            options->log_count, why);
	if (options->formats == LOGFORMAT_ALL)
		strbuf_add_string(key, is_former ? FORMER_FORMATS : "all");
	else
		logformat_describe(options->formats, key);
	strbuf_add_format(key, "\n%s", numparse_format_duration(options->window_sec, window));
	return result;
}

static int add_default_path(const struct options *options, bool is_former, struct strbuf *path,
                            struct strbuf *why)
{
	struct strbuf key CLEANUP(strbuf_release) = STRBUF_INIT(STATE_KEY_MAX);
	int result = 0;
	if (options->dnsbl.is_only)
		/* Answers are kept by list and address, so one state is enough. */
		strbuf_add_string(&key, "dnsbl\n");
	else
		result = add_key(options, is_former, &key, why);
	if (result >= 0)
		store_default_path(path, strbuf_text(&key));
	return result;
}

static bool has_default_state(const struct options *options)
{
	return !options->state && !options->no_state &&
		!loglist_has_input(options->logs, options->log_count);
}

/* NULL: none is kept. What was piped in once may be piped in again. */
static const char *state_path(const struct run *run)
{
	if (has_default_state(run->options))
		return strbuf_text(&run->state_path);
	return run->options->state &&
			!loglist_has_input(run->options->logs, run->options->log_count)
		? run->options->state
		: NULL;
}

/* Versions before this one named the state by what the globs gave: the one of today's is taken
 * over. */
static int find_default_state(struct run *run, struct strbuf *why)
{
	struct strbuf former CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct strbuf unwanted CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	const struct options *options = run->options;
	struct deadline lock = deadline_halfway(&run->budget.end);
	if (!has_default_state(options) || run->has_state_path)
		return 0;
	strbuf_clear(&run->state_path);
	int result = add_default_path(options, false, &run->state_path, why);
	bool is_new = result >= 0 && !options->dnsbl.is_only && access(state_path(run), F_OK) < 0;
	if (is_new &&
	    add_default_path(options, true, &former, &unwanted) >=
	            0) /* else no log is there now, so nothing tells */
		result = store_take_over(strbuf_text(&former), state_path(run), &lock, why);
	run->has_state_path = result >= 0;
	return result;
}

/* A state that can't be used is a problem, but no reason not to look: the window is then read from
 * the log alone. */
static bool open_store(struct run *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	/* the rest is for reading without it */
	struct deadline lock = deadline_halfway(&run->budget.end);
	if (find_default_state(run, &why) >= 0 &&
	    store_open(&run->store, state_path(run), &lock, &why) >= 0) {
		report_note(run->report, store_notes(run->store));
		return true;
	}
	fail(run, &why);
	if (store_open(&run->store, NULL, &run->budget.end, &why) >= 0)
		return true;
	return fail(run, &why);
}

static void open_geo(struct run *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (geo_open(&run->geo, run->options->geo, run->options->token_file, &why) < 0)
		fail(run, &why);
	run->budget.is_wanted[BUDGET_PLACE] = run->geo && geo_has_remote(run->geo);
}

static int follow_logs(struct run *run, struct strbuf *why)
{
	const struct options *options = run->options;
	struct reading reading = {
		.given = options->logs,
		.given_count = options->log_count,
		.formats = options->formats,
		.olddir = options->olddir,
		.now_sec = options->now_sec,
		.window_start_sec = options_window_begin_sec(options),
		.is_kept = !options->no_state,
		.timeout_sec = options->timeout_sec,
		.timeout_state = options->timeout_state,
		.store = run->store,
		.geo = run->geo,
		.report = run->report,
		.budget = &run->budget,
	};
	loglist_release(&run->logs);
	return read_logs(&reading, &run->logs, &run->read, why);
}

static int place_logins(struct run *run, struct strbuf *why)
{
	struct placing placing = {
		.options = run->options,
		.judgement = &run->judgement,
		.store = run->store,
		.geo = run->geo,
		.report = run->report,
		.budget = &run->budget,
	};
	return placing_run(&placing, why);
}

/* Back to what the state held before this run; it stays the base of the answer. */
static bool start_over(struct run *run)
{
	store_free(run->store);
	run->store = NULL;
	return open_store(run);
}

static int count_visit(void *context, const struct visit *visit)
{
	tally_add(context, visit);
	return 0;
}

/* Counts what the store holds of the window. */
static int count_window(struct run *run, struct strbuf *why)
{
	struct tally *tally = tally_new(&run->judgement);
	int result = store_forget(run->store, options_window_begin_sec(run->options), why);
	if (result >= 0)
		result = store_count_losses(run->store, &run->lost_lines, why);
	if (result >= 0)
		result = store_each_visit(run->store, count_visit, tally, why);
	tally_result_release(&run->counted);
	tally_end(tally, &run->counted);
	return result;
}

static int count_and_recall(struct run *run, struct strbuf *why)
{
	int result = count_window(run, why);
	return result < 0 ? result
			  : blocklist_recall(run->blocklist, run->store, &run->counted, why);
}

static int read_and_count(struct run *run, struct strbuf *why)
{
	int result = run->geo ? follow_logs(run, why) : 0;
	if (run->geo && result >= 0)
		result = place_logins(run, why);
	return result < 0 ? result : count_and_recall(run, why);
}

/* True: there is a new state in place of a damaged one. */
static bool recover(struct run *run, struct strbuf *why)
{
	struct deadline lock = deadline_in(deadline_left_ms(&run->budget.end) / 2);
	if (store_recover(&run->store, state_path(run), &lock, why) <= 0)
		return false;
	if (why->length)
		fail(run, why);
	report_note(run->report, store_notes(run->store));
	return true;
}

/* A damaged state may show only when its rows are counted: then it is set aside, and the window
 * read again. When anything else fails, nothing of this run is kept, so the next one finds it
 * again. */
static bool gather(struct run *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (int attempt = 0; attempt < 2; attempt++) {
		if (read_and_count(run, &why) >= 0) {
			run->may_commit = run->geo || run->options->dnsbl.is_only;
			return true;
		}
		if (attempt || !recover(run, &why))
			break;
	}
	fail(run, &why);
	if (!start_over(run))
		return false;
	return count_and_recall(run, &why) >= 0 || fail(run, &why);
}

/* A clock that is a little ahead of ours makes no negative age. */
static void measure_log(const struct run *run, struct counts *ret)
{
	int64_t age_sec = run->options->now_sec - run->read.newest_sec;
	counts_set(ret, METRIC_LOST_LINES, run->lost_lines);
	if (run->read.newest_sec)
		counts_set(ret, METRIC_LOG_AGE, age_sec > 0 ? age_sec : 0);
}

/* When something couldn't be read, what was counted is true as far as it goes, but a 0 says
 * nothing. What is not known of blocklists is told by blocklist_report. */
static void judge_metric(struct run *run, enum metric_id metric, const struct counts *counts,
                         bool is_complete)
{
	const struct policy *policy = &run->options->policy;
	bool is_of_logins = metrics[metric].group == METRIC_OF_LOGINS;
	struct finding finding = {
		.value = counts->of[metric].value,
		.warning = policy->thresholds[metric].warning_text,
		.critical = policy->thresholds[metric].critical_text,
	};
	finding.is_known = counts->of[metric].is_known &&
		(finding.value || is_complete || !is_of_logins);
	if (finding.is_known)
		finding.state = policy_judge(policy, metric, finding.value);
	else if (is_of_logins && policy_has_threshold(policy, metric) && is_complete)
		report_problem(run->report, STATE_UNKNOWN,
		               "log_age can't be told: no line with a time was seen in the log");
	report_finding(run->report, metric, &finding);
}

/* A database may be of something else than countries, or of another part of the world: that nobody
 * was foreign says nothing then. Why a remote source didn't answer is told already. */
static void tell_blindness(struct run *run)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	if (!run->geo || run->report->problem_count || !run->counted.is_blind)
		return;
	strbuf_add_string(&text, "none of the addresses in the window could be placed: does ");
	geo_describe(run->geo, &text);
	strbuf_add_string(&text, " know countries?");
	report_problem(run->report, STATE_UNKNOWN, strbuf_text(&text));
}

/* Which log it was is said once. */
static void tell_earlier_losses(const struct run *run)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	int64_t earlier = run->lost_lines - run->read.lost_lines;
	if (earlier <= 0 || !run->report->has_logins)
		return;
	strbuf_add_format(&text,
	                  "%" PRId64 " line%s lost within the window, as earlier runs have told",
	                  earlier, earlier == 1 ? " was" : "s were");
	report_note(run->report, strbuf_text(&text));
}

static void judge(struct run *run)
{
	if (store_shortage(run->store)[0])
		report_problem(run->report, STATE_UNKNOWN, store_shortage(run->store));
	tell_blindness(run);
	bool is_complete = !run->report->problem_count;
	unsigned groups = options_metric_groups(run->options);
	struct counts counts = run->counted.counts;
	measure_log(run, &counts);
	tell_earlier_losses(run);
	blocklist_counts(run->blocklist, &counts);
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		if (metrics[i].group & groups)
			judge_metric(run, i, &counts, is_complete);
}

static void ask_blocklists(struct run *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	run->budget.finish_ms = store_finish_ms(run->store);
	struct deadline deadline = budget_deadline(&run->budget, BUDGET_LISTS);
	blocklist_ask(run->blocklist, &deadline);
	if (blocklist_keep(run->blocklist, run->store, &why) < 0)
		fail(run, &why);
}

static void show_login(void *context, const struct login *login, const struct place *place)
{
	const struct run *run = context;
	const struct ipaddr *address = login->has_address ? &login->address : NULL;
	enum standing standing = judgement_of(&run->judgement, address, place->country);
	if (standing == STANDING_TRUSTED || (standing == STANDING_HOME && run->detail < 2))
		return;
	report_login(run->report, login, place, standing);
	if (address)
		blocklist_report_client(run->blocklist, address);
}

static void show_user(struct run *run, const struct user_summary *user)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	report_user(run->report, user);
	if (run->detail >= 1 &&
	    store_each_login(run->store, user_name_slice(&user->name), show_login, run, &why) < 0)
		fail(run, &why);
}

_Static_assert(RANKING_USERS_MOST <= REPORT_USERS_MOST && NEWCOMERS_MOST <= REPORT_ABROAD_MOST,
               "the report keeps all whose logins it is told");

static void show_users(struct run *run)
{
	const struct tally_result *counted = &run->counted;
	const struct ranking *users = run->detail < 2 ? &counted->suspicious : &counted->users;
	report_users(run->report, counted->users.all, counted->suspicious.all);
	for (size_t i = 0; i < counted->newcomers.count; i++)
		report_abroad(run->report, user_name_slice(&counted->newcomers.users[i].name));
	for (size_t i = 0; i < users->count; i++)
		show_user(run, users->users[i]);
}

static void show_sources(struct run *run)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	if (run->geo) {
		geo_describe(run->geo, &text);
		report_geo(run->report, strbuf_text(&text), geo_built_at_sec(run->geo));
	}
	for (size_t i = 0; i < run->logs.count; i++)
		if (!run->logs.logs[i].is_left_out)
			report_log(run->report, run->logs.logs[i].name);
	if (state_path(run))
		report_state_path(run->report, state_path(run));
}

static void commit(struct run *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (!run->may_commit)
		return;
	watchdog_be_patient();
	if (store_commit(run->store, &why) < 0)
		fail(run, &why);
}

/* The whole check: each step says its own problem; an earlier one that fails doesn't silence what
 * is known. */
static void check(struct run *run)
{
	if (!run->options->dnsbl.is_only)
		open_geo(run);
	run->blocklist = blocklist_new(run->options, run->report, &run->budget.end);
	if (!open_store(run))
		return;
	if (gather(run)) {
		ask_blocklists(run);
		judge(run);
		show_users(run);
		blocklist_report(run->blocklist);
		commit(run);
	}
	show_sources(run);
}

/* The answer, in one write where the pipe takes it, and the exit state. */
static enum state answer(const struct report *report, const struct options *options)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(options->writer->text_most);
	options->writer->write(report, options->verbosity, &text);
	if (fwrite(strbuf_text(&text), 1, text.length, stdout) != text.length ||
	    fflush(stdout) != 0)
		return STATE_UNKNOWN;
	return report->state;
}

static enum state run_check(const struct options *options)
{
	struct report report CLEANUP(report_release);
	struct run run = {
		.options = options,
		.judgement = { .home = options->home,
		               .trusted = options->trusted,
		               .trusted_count = options->trusted_count },
		.detail = options->verbosity > options->writer->least_detail
			? options->verbosity
			: options->writer->least_detail,
		.report = &report,
		.state_path = STRBUF_INIT(PATH_MAX),
	};
	budget_start(&run.budget, options->timeout_sec * 1000);
	run.budget.is_wanted[BUDGET_LISTS] = options->dnsbl.zones.count ||
		options->dnsbl.client_zones.count;
	report_init(&report, options->now_sec, options->window_sec);
	report.has_logins = !options->dnsbl.is_only;
	watchdog_start(options->timeout_sec, options->timeout_state,
	               options->writer->write_failure);
	check(&run);
	watchdog_stop();
	enum state state = answer(&report, options); /* which borrows from the blocklist */
	tally_result_release(&run.counted);
	blocklist_free(run.blocklist);
	store_free(run.store);
	geo_free(run.geo);
	loglist_release(&run.logs);
	strbuf_release(&run.state_path);
	return state;
}

/* What xalloc says at its end: made before, since there is no memory then. */
static void prepare_last_words(const struct report_writer *writer, struct strbuf *text)
{
	strbuf_clear(text);
	writer->write_failure(STATE_UNKNOWN,
	                      "out of memory: the limit of this process or of the machine is "
	                      "reached",
	                      text);
	xalloc_set_last_words(strbuf_text(text));
}

/* Wrong usage. What was typed may have come from anywhere. */
static int refuse(const struct report_writer *writer, const struct strbuf *why)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(writer->text_most);
	writer->write_failure(STATE_UNKNOWN, strbuf_text(why), &text);
	printf("%s%s", strbuf_text(&text), writer->usage_hint);
	return STATE_UNKNOWN;
}

int main(int argc, char **argv)
{
	static struct strbuf last_words = STRBUF_INIT(2 * WHY_MAX);
	struct options options CLEANUP(options_release);
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	prepare_last_words(&report_writer_text, &last_words);
	/* A limit of file sizes (ulimit -f) is then an error of write(2), which the store tells,
	 * and not the end. */
	signal(SIGXFSZ, SIG_IGN);
	/* the options may name files, too */
	watchdog_start(OPTIONS_TIMEOUT_SEC, STATE_UNKNOWN, report_writer_text.write_failure);
	int result = options_parse(&options, argc, argv, (int64_t)time(NULL), &why);
	watchdog_stop();
	prepare_last_words(options.writer, &last_words);
	if (result < 0)
		return refuse(options.writer, &why);
	if (options.wants_help || options.wants_version) {
		if (options.wants_help)
			options_print_help();
		else
			options_print_version(options.verbosity > 0);
		return STATE_UNKNOWN;
	}
	timestamp_set_log_zone(options.log_timezone);
	if (options.wants_explanation)
		return (int)explain_input(&options);
	return (int)run_check(&options);
}
