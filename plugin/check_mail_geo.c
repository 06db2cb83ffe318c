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
#include "common/printable.h"
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
#include "common/watchdog.h"

#define USERS_SHOWN TALLY_USERS_MOST
#define LOGINS_SHOWN 20         /* of one user */
#define STATE_KEY_MAX (1 << 28) /* of all names together */

struct run {
	const struct options *options;
	struct budget budget;
	struct loglist logs;
	struct report *report;
	struct store *store; /* NULL when nothing could be opened */
	/* NULL when there is no database: nothing is read then, so nothing is lost */
	struct geo *geo;
	struct strbuf state_path; /* the default one */
	bool has_state_path;
	struct tally *tally; /* NULL until the window was counted */
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
	const struct options *options = run->options;
	/* C11 has no implicit const for arrays of arrays */
	const char(*home)[3] = (const char(*)[3])options->home;
	tally_free(run->tally);
	run->tally = tally_new(home, options->home_count, options->trusted, options->trusted_count);
	int result = store_forget(run->store, options_window_begin_sec(options), why);
	if (result >= 0)
		result = store_count_losses(run->store, &run->lost_lines, why);
	return result < 0 ? result : store_each_visit(run->store, count_visit, run->tally, why);
}

static int count_and_recall(struct run *run, struct strbuf *why)
{
	int result = count_window(run, why);
	return result < 0 ? result : blocklist_recall(run->blocklist, run->store, run->tally, why);
}

static int read_and_count(struct run *run, struct strbuf *why)
{
	int result = run->geo ? follow_logs(run, why) : 0;
	if (run->geo && result >= 0)
		result = place_logins(run, why);
	return result < 0 ? result : count_and_recall(run, why);
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
		if (attempt || !store_is_damaged(run->store) ||
		    store_set_aside(run->store, &why) < 0)
			break;
		report_note(run->report, store_notes(run->store));
		if (!start_over(run))
			return false;
	}
	fail(run, &why);
	if (!start_over(run))
		return false;
	return count_and_recall(run, &why) >= 0 || fail(run, &why);
}

/* A clock that is a little ahead of ours makes no negative age. */
static void measure_log_age(const struct run *run, struct totals *totals)
{
	int64_t age_sec = run->options->now_sec - run->read.newest_sec;
	totals->has_log_age = run->read.newest_sec != 0;
	totals->log_age = age_sec > 0 ? age_sec : 0;
}

/* When something couldn't be read, what was counted is true as far as it goes, but a 0 says
 * nothing. What is not known of blocklists is told by blocklist_report. */
static void judge_metric(struct run *run, size_t metric, const struct totals *totals,
                         bool is_complete)
{
	const struct policy *policy = &run->options->policy;
	bool is_of_logins = metrics[metric].group == METRIC_OF_LOGINS;
	struct finding finding = {
		.name = metrics[metric].name,
		.uom = metrics[metric].uom,
		.warning = policy->thresholds[metric].warning_text,
		.critical = policy->thresholds[metric].critical_text,
	};
	finding.is_known = metric_value(&metrics[metric], totals, &finding.value) &&
		(finding.value || is_complete || !is_of_logins);
	if (finding.is_known)
		finding.state = policy_judge(policy, metric, finding.value);
	else if (is_of_logins && policy_has_threshold(policy, metric) && is_complete)
		report_problem(run->report, STATE_UNKNOWN,
		               "log_age can't be told: no line with a time was seen in the log");
	report_finding(run->report, &finding);
}

/* A database may be of something else than countries, or of another part of the world: that nobody
 * was foreign says nothing then. Why a remote source didn't answer is told already. */
static void tell_blindness(struct run *run)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	if (!run->geo || run->report->problems.length || !tally_is_blind(run->tally))
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
	bool is_complete = !run->report->problems.length;
	unsigned groups = options_metric_groups(run->options);
	struct totals totals;
	tally_totals(run->tally, &totals);
	measure_log_age(run, &totals);
	totals.lost_lines = run->lost_lines;
	tell_earlier_losses(run);
	blocklist_totals(run->blocklist, &totals);
	for (size_t i = 0; i < METRIC_COUNT; i++)
		if (metrics[i].group & groups)
			judge_metric(run, i, &totals, is_complete);
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

/* The logins of one user, at most LOGINS_SHOWN of them. */
struct shown_logins {
	const struct run *run;
	int64_t count;
};

static void show_login(void *context, const struct login *login, const struct place *place)
{
	struct shown_logins *shown = context;
	const struct run *run = shown->run;
	bool is_home = place->country[0] && !tally_is_foreign(run->tally, place->country);
	if ((is_home && run->options->verbosity < 2) ||
	    (login->has_address && tally_is_trusted(run->tally, &login->address)))
		return;
	if (shown->count++ >= LOGINS_SHOWN)
		return;
	struct strbuf remarks CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (login->has_address)
		blocklist_says(run->blocklist, &login->address, &remarks);
	report_login(run->report, login, place, is_home, strbuf_text(&remarks));
}

static void show_user(void *context, const struct user_summary *user)
{
	struct run *run = context;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct shown_logins shown = { .run = run };
	report_user(run->report, user);
	if (run->options->verbosity < 1)
		return;
	if (store_each_login(run->store, user->user, show_login, &shown, &why) < 0)
		fail(run, &why);
	report_logins_left(run->report, shown.count - LOGINS_SHOWN);
}

static void name_user(void *context, struct slice user)
{
	report_abroad(context, user);
}

static void show_users(struct run *run)
{
	tally_each_newcomer(run->tally, name_user, run->report);
	report_users_left(run->report,
	                  tally_each_user(run->tally, run->options->verbosity < 2, USERS_SHOWN,
	                                  show_user, run));
}

static void show_sources(struct run *run)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	if (run->geo) {
		strbuf_add_string(&text, "geo: ");
		geo_describe(run->geo, &text);
	}
	if (run->options->verbosity >= 2) {
		for (size_t i = 0; i < run->logs.count; i++)
			if (!run->logs.logs[i].is_left_out)
				strbuf_add_format(&text, "\nlog: %s", run->logs.logs[i].name);
		const char *path = state_path(run);
		strbuf_add_format(&text, "\nstate: %s", path ? path : "none is kept");
	}
	report_note(run->report, strbuf_text(&text));
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
static enum state answer(const struct report *report)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(2 * REPORT_BODY_MAX);
	report_text(report, &text);
	if (fwrite(strbuf_text(&text), 1, text.length, stdout) != text.length ||
	    fflush(stdout) != 0)
		return STATE_UNKNOWN;
	return report->state;
}

/* A run that was ended before it could answer. */
static void tell_no_answer(enum state state, const char *why, struct strbuf *text)
{
	strbuf_add_format(text, "MAIL GEO %s - %s\n", state_name(state), why);
}

static enum state run_check(const struct options *options)
{
	struct report report CLEANUP(report_release);
	struct run run = {
		.options = options,
		.report = &report,
		.state_path = STRBUF_INIT(PATH_MAX),
	};
	budget_start(&run.budget, options->timeout_sec * 1000);
	run.budget.is_wanted[BUDGET_LISTS] = options->dnsbl.zones.count ||
		options->dnsbl.client_zones.count;
	report_init(&report, options->window_sec);
	report.has_logins = !options->dnsbl.is_only;
	watchdog_start(options->timeout_sec, options->timeout_state, tell_no_answer);
	check(&run);
	watchdog_stop();
	tally_free(run.tally);
	blocklist_free(run.blocklist);
	store_free(run.store);
	geo_free(run.geo);
	loglist_release(&run.logs);
	strbuf_release(&run.state_path);
	return answer(&report);
}

/* Wrong usage. What was typed may have come from anywhere. */
static int refuse(const struct strbuf *why)
{
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(2 * WHY_MAX);
	printable_add_sentence(&shown, slice_string(strbuf_text(why)), WHY_MAX);
	printf("MAIL GEO UNKNOWN - %s\nTry check_mail_geo --help\n", strbuf_text(&shown));
	return STATE_UNKNOWN;
}

int main(int argc, char **argv)
{
	struct options options CLEANUP(options_release);
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	/* A limit of file sizes (ulimit -f) is then an error of write(2), which the store tells,
	 * and not the end. */
	signal(SIGXFSZ, SIG_IGN);
	watchdog_start(OPTIONS_TIMEOUT_SEC, STATE_UNKNOWN,
	               tell_no_answer); /* the options may name files, too */
	int result = options_parse(&options, argc, argv, (int64_t)time(NULL), &why);
	watchdog_stop();
	if (result < 0)
		return refuse(&why);
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
