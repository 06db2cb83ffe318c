/* text.c - the report as Nagios, Icinga and people read it; see report.h
 *
 * The first line holds what matters most, then the performance data, then the long output, which
 * has no "|": Nagios takes everything behind one for performance data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "common/perfdata.h"
#include "plugin/report/abroad.h"

#define PERFDATA_MAX 4096

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

/* "log_age 7200s (warning 0:600)" for each metric that alerts and isn't told otherwise; a listing
 * is told by name. */
static void add_alert(const struct report *report, enum metric_id metric, struct strbuf *line)
{
	const struct finding *finding = &report->findings[metric];
	bool is_critical = finding->state == STATE_CRITICAL;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (metric == METRIC_DNSBL_LISTED && report->worst_listing.length) {
		add_fact(line, strbuf_text(&report->worst_listing));
		return;
	}
	if (metric == METRIC_HIDDEN_ADDRESSES && report->hidden_name.length)
		strbuf_add_format(&text, "%s logged in and hid the address: ",
		                  strbuf_text(&report->hidden_name));
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
		                  logins == 1 ? "" : "s", window);
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
		strbuf_add_format(&text, "%s is ", ipaddr_format(&checked->first, address));
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
	if (!report->has_logins && report->checked.listed && !line->length)
		add_fact(line, strbuf_text(&report->worst_listing));
}

/* A problem leads when nothing worse is known; else it follows the worse fact. */
static void add_first_line(const struct report *report, struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	bool problem_leads = report->state == STATE_UNKNOWN;
	numparse_format_duration(report->window_sec, window);
	size_t begin = text->length;
	strbuf_add_format(text, "MAIL GEO %s - ", state_name(report->state));
	if (report->problems.length && problem_leads)
		add_fact(&line, strbuf_text(&report->problems));
	if (value_of(report, METRIC_FOREIGN_LOGINS))
		add_foreign(report, &line, text->length - begin);
	add_alerts(report, &line);
	if (report->has_logins && !value_of(report, METRIC_FOREIGN_LOGINS) &&
	    !report->problems.length)
		add_quiet(report, &line, window);
	if (report->remarks.length && !value_of(report, METRIC_FOREIGN_LOGINS))
		add_fact(&line, strbuf_text(&report->remarks));
	if (!value_of(report, METRIC_FOREIGN_LOGINS) && !report->problems.length)
		add_unlisted(report, &line);
	add_listed(report, &line);
	if (report->problems.length && !problem_leads)
		add_fact(&line, strbuf_text(&report->problems));
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

void report_text(const struct report *report, struct strbuf *text)
{
	add_first_line(report, text);
	add_perfdata(report, text);
	strbuf_add_char(text, '\n');
	strbuf_add_string(text, strbuf_text(&report->body));
	if (report->body.truncated)
		strbuf_add_string(text, "\n... (cut: too long)\n");
	strbuf_add_string(text, strbuf_text(&report->lists));
	strbuf_add_string(text, strbuf_text(&report->notes));
}
