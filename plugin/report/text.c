/* text.c - the report as Nagios, Icinga and people read it; see writer.h
 *
 * The first line holds what matters most, then the performance data, then the long output, which
 * has no "|": Nagios takes everything behind one for performance data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "common/perfdata.h"
#include "common/printable.h"
#include "plugin/report/abroad.h"
#include "plugin/report/listings.h"
#include "plugin/report/users.h"
#include "plugin/report/words.h"
#include "plugin/report/writer.h"

#define PERFDATA_MAX 4096
#define PROBLEMS_MAX 2000
#define BODY_MAX 32768 /* NRPE v3 carries 64 KiB in all */
#define LISTS_MAX 8192
#define NOTES_MAX 8192
#define NOTE_LINE_MAX 1000
#define ORIGINS_MAX (4 * WHY_MAX)

/* 0 for a metric that isn't there. */
static int64_t value_of(const struct report *report, enum metric_id metric)
{
	return report->findings[metric].is_known ? report->findings[metric].value : 0;
}

/* The metrics that the sentence about foreign logins already tells. */
static bool is_told(enum metric_id metric)
{
	return metric == METRIC_FOREIGN_LOGINS || metric == METRIC_FOREIGN_USERS ||
		metric == METRIC_USER_COUNTRIES;
}

static void add_fact(struct strbuf *line, const char *text)
{
	if (line->length)
		strbuf_add_string(line, "; ");
	strbuf_add_string(line, text);
}

/* The first user who hid an address; NULL if nobody did. */
static const struct user_summary *find_hider(const struct report *report)
{
	for (size_t i = 0; i < report->user_count; i++)
		if (report->users[i].summary.hidden_logins)
			return &report->users[i].summary;
	return NULL;
}

/* "log_age 7200s (warning 0:600)" for each metric that alerts and isn't told otherwise; a listing
 * is told by name. */
static void add_alert(const struct report *report, enum metric_id metric, struct strbuf *line)
{
	const struct finding *finding = &report->findings[metric];
	bool is_critical = finding->state == STATE_CRITICAL;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	const struct user_summary *hider = find_hider(report);
	if (metric == METRIC_DNSBL_LISTED && report->first_listed) {
		listings_tell_first(report, &text);
		add_fact(line, strbuf_text(&text));
		return;
	}
	if (metric == METRIC_HIDDEN_ADDRESSES && hider) {
		words_add_user(&text, &hider->name);
		strbuf_add_string(&text, " logged in and hid the address: ");
	}
	strbuf_add_format(&text, "%s %" PRId64 "%s (%s %s)", metrics[metric].name, finding->value,
	                  metrics[metric].uom, is_critical ? "critical" : "warning",
	                  is_critical ? finding->critical : finding->warning);
	add_fact(line, strbuf_text(&text));
}

static void add_alerts(const struct report *report, struct strbuf *line)
{
	bool is_abroad = value_of(report, METRIC_FOREIGN_LOGINS) != 0;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		if (report->findings[i].is_known && report->findings[i].state != STATE_OK &&
		    !(is_abroad && is_told(i)))
			add_alert(report, i, line);
}

/* BEGIN_LENGTH: of what stands before LINE. */
static void add_foreign(const struct report *report, struct strbuf *line, size_t begin_length)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	size_t taken = begin_length + line->length;
	abroad_tell(report, value_of(report, METRIC_FOREIGN_LOGINS),
	            value_of(report, METRIC_FOREIGN_USERS),
	            REPORT_LINE_WIDTH > taken ? REPORT_LINE_WIDTH - taken : 0, &text);
	add_fact(line, strbuf_text(&text));
}

static void add_quiet(const struct report *report, struct strbuf *line, const char *window)
{
	int64_t logins = value_of(report, METRIC_LOGINS);
	int64_t unlocated = value_of(report, METRIC_UNLOCATED);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(200);
	if (logins)
		strbuf_add_format(&text, "%" PRId64 " login%s in %s, none foreign", logins,
		                  words_plural(logins), window);
	else
		strbuf_add_format(&text, "no logins from public addresses in %s", window);
	if (unlocated)
		strbuf_add_format(&text, ", %" PRId64 " unlocated", unlocated);
	add_fact(line, strbuf_text(&text));
}

/* "on no blocklist (4 asked, 1 without a verdict)" */
static void add_unlisted(const struct report *report, struct strbuf *line)
{
	char address[IPADDR_TEXT_ROOM];
	const struct checked *checked = &report->checked;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(200);
	if (!checked->addresses || checked->listed)
		return;
	if (!report->has_logins && checked->addresses == 1)
		strbuf_add_format(&text, "%s is ",
		                  ipaddr_format(&checked->own[0].address, address));
	else if (!report->has_logins)
		strbuf_add_format(&text, "%zu addresses are ", checked->addresses);
	strbuf_add_format(&text, "on no blocklist (%zu asked", checked->zones);
	if (checked->unanswered)
		strbuf_add_format(&text, ", %zu without a verdict", checked->unanswered);
	strbuf_add_char(&text, ')');
	add_fact(line, strbuf_text(&text));
}

/* What a run that only looks at blocklists says where no threshold has an opinion of a listing. */
static void add_listed(const struct report *report, struct strbuf *line)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (report->has_logins || !report->checked.listed || line->length)
		return;
	listings_tell_first(report, &text);
	add_fact(line, strbuf_text(&text));
}

static void add_problems(const struct report *report, struct strbuf *line)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(PROBLEMS_MAX);
	for (size_t i = 0; i < report_kept(report->problem_count, REPORT_PROBLEMS_MOST); i++) {
		if (text.length)
			strbuf_add_string(&text, "; ");
		printable_add_sentence(&text, slice_string(report->problems[i].text), WHY_MAX);
	}
	if (text.length)
		add_fact(line, strbuf_text(&text));
}

static void add_remarks(const struct report *report, struct strbuf *line)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(PROBLEMS_MAX);
	for (size_t i = 0; i < report_kept(report->remarks.count, REPORT_TEXTS_MOST); i++) {
		if (text.length)
			strbuf_add_string(&text, "; ");
		printable_add_sentence(&text, slice_string(report->remarks.items[i]), WHY_MAX);
	}
	if (text.length)
		add_fact(line, strbuf_text(&text));
}

/* The only place that has these words. */
static void begin_first_line(enum state state, struct strbuf *text)
{
	strbuf_add_format(text, "MAIL GEO %s - ", state_name(state));
}

/* A problem leads when nothing worse is known; else it follows the worse fact. */
static void add_first_line(const struct report *report, struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	bool problem_leads = report->state == STATE_UNKNOWN;
	bool is_abroad = value_of(report, METRIC_FOREIGN_LOGINS) != 0;
	numparse_format_duration(report->window_sec, window);
	size_t begin = text->length;
	begin_first_line(report->state, text);
	if (problem_leads)
		add_problems(report, &line);
	if (is_abroad)
		add_foreign(report, &line, text->length - begin);
	add_alerts(report, &line);
	if (report->has_logins && !is_abroad && !report->problem_count)
		add_quiet(report, &line, window);
	if (!is_abroad)
		add_remarks(report, &line);
	if (!is_abroad && !report->problem_count)
		add_unlisted(report, &line);
	add_listed(report, &line);
	if (!problem_leads)
		add_problems(report, &line);
	strbuf_add_string(text, strbuf_text(&line));
}

/* A value that isn't known is "U" where the state is UNKNOWN, and left out where the state is told
 * anyway: Checkmk's MRPE makes UNKNOWN of any "U", and Monitoring::Plugin drops it. */
static void add_perfdata(const struct report *report, struct strbuf *text)
{
	struct strbuf items CLEANUP(strbuf_release) = STRBUF_INIT(PERFDATA_MAX);
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		const struct finding *finding = &report->findings[i];
		if (!finding->is_counted || (!finding->is_known && report->state != STATE_UNKNOWN))
			continue;
		perfdata_add(&items,
		             &(struct perfdata){
				     .label = metrics[i].name,
				     .is_known = finding->is_known,
				     .value = finding->value,
				     .uom = metrics[i].uom,
				     .warning = finding->warning,
				     .critical = finding->critical,
				     .minimum = "0",
			     });
	}
	if (items.length)
		strbuf_add_format(text, " |%s", strbuf_text(&items));
}

/* --- notes --- */

static void add_note(struct strbuf *text, struct slice line)
{
	printable_add_sentence(text, line, NOTE_LINE_MAX);
	strbuf_add_char(text, '\n');
}

/* Where it comes from; from verbosity 2 on also the logs and the state. */
static void add_origins(const struct report *report, int verbosity, struct strbuf *text)
{
	struct strbuf origins CLEANUP(strbuf_release) = STRBUF_INIT(ORIGINS_MAX);
	if (report->geo)
		strbuf_add_format(&origins, "geo: %s", report->geo);
	for (size_t i = 0; verbosity >= 2 && i < report_kept(report->logs.count, REPORT_TEXTS_MOST);
	     i++)
		strbuf_add_format(&origins, "\nlog: %s", report->logs.items[i]);
	if (verbosity >= 2)
		strbuf_add_format(&origins, "\nstate: %s",
		                  report->state_path ? report->state_path : "none is kept");
	struct slice rest = slice_string(strbuf_text(&origins));
	while (rest.length)
		add_note(text, slice_take_until(&rest, '\n'));
}

static void add_notes(const struct report *report, int verbosity, struct strbuf *text)
{
	struct strbuf notes CLEANUP(strbuf_release) = STRBUF_INIT(NOTES_MAX);
	for (size_t i = 0; i < report_kept(report->notes.count, REPORT_TEXTS_MOST); i++)
		add_note(&notes, slice_string(report->notes.items[i]));
	add_origins(report, verbosity, &notes);
	strbuf_add_string(text, strbuf_text(&notes));
}

/* --- the whole --- */

static void write_report(const struct report *report, int verbosity, struct strbuf *text)
{
	struct strbuf users CLEANUP(strbuf_release) = STRBUF_INIT(BODY_MAX);
	struct strbuf lists CLEANUP(strbuf_release) = STRBUF_INIT(LISTS_MAX);
	add_first_line(report, text);
	add_perfdata(report, text);
	strbuf_add_char(text, '\n');
	users_tell(report, verbosity, &users);
	strbuf_add_string(text, strbuf_text(&users));
	if (users.truncated)
		strbuf_add_string(text, "\n... (cut: too long)\n");
	listings_tell(report, verbosity, &lists);
	strbuf_add_string(text, strbuf_text(&lists));
	add_notes(report, verbosity, text);
}

static void write_failure(enum state state, const char *why, struct strbuf *text)
{
	begin_first_line(state, text);
	printable_add_sentence(text, slice_string(why), WHY_MAX);
	strbuf_add_char(text, '\n');
}

const struct report_writer report_writer_text = {
	.name = "text",
	.write = write_report,
	.write_failure = write_failure,
	.usage_hint = "Try check_mail_geo --help\n",
	.text_most = 65536,
};
