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
static int64_t value_of(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (strcmp(report->findings[i].name, name) == 0 && report->findings[i].is_known)
			return report->findings[i].value;
	return 0;
}

/* The metrics that the sentence about foreign logins already tells. */
static bool is_told(const char *name)
{
	static const char *const told[] = { "foreign_logins", "foreign_users", "user_countries" };
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (strcmp(name, told[i]) == 0)
			return true;
	return false;
}

static void add_fact(struct strbuf *line, const char *text)
{
	if (line->length)
		strbuf_add_string(line, "; ");
	strbuf_add_string(line, text);
}

/* "log_age 7200s (warning 0:600)" for each metric that alerts and isn't told otherwise; a listing
 * is told by name. */
static void add_alerts(const struct report *report, struct strbuf *line)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];
		bool is_critical = finding->state == STATE_CRITICAL;
		if (!finding->is_known || finding->state == STATE_OK ||
		    (is_told(finding->name) && value_of(report, "foreign_logins")))
			continue;
		if (report->worst_listing.length && strcmp(finding->name, "dnsbl_listed") == 0) {
			add_fact(line, strbuf_text(&report->worst_listing));
			continue;
		}
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		if (report->hidden_name.length && strcmp(finding->name, "hidden_addresses") == 0)
			strbuf_add_format(&text, "%s logged in and hid the address: ",
			                  strbuf_text(&report->hidden_name));
		strbuf_add_format(&text, "%s %" PRId64 "%s (%s %s)", finding->name, finding->value,
		                  finding->uom, is_critical ? "critical" : "warning",
		                  is_critical ? finding->critical : finding->warning);
		add_fact(line, strbuf_text(&text));
	}
}

/* BEGIN_LENGTH: of what stands before LINE. */
static void add_foreign(const struct report *report, struct strbuf *line, size_t begin_length)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(4 * WHY_MAX);
	size_t taken = begin_length + line->length;
	abroad_tell(report, value_of(report, "foreign_logins"), value_of(report, "foreign_users"),
	            REPORT_LINE_WIDTH > taken ? REPORT_LINE_WIDTH - taken : 0, &text);
	add_fact(line, strbuf_text(&text));
}

static void add_quiet(const struct report *report, struct strbuf *line, const char *window)
{
	int64_t logins = value_of(report, "logins");
	int64_t unlocated = value_of(report, "unlocated");
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
	if (value_of(report, "foreign_logins"))
		add_foreign(report, &line, text->length - begin);
	add_alerts(report, &line);
	if (report->has_logins && !value_of(report, "foreign_logins") && !report->problems.length)
		add_quiet(report, &line, window);
	if (report->remarks.length && !value_of(report, "foreign_logins"))
		add_fact(&line, strbuf_text(&report->remarks));
	if (!value_of(report, "foreign_logins") && !report->problems.length)
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
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];
		if (!finding->is_known && report->state != STATE_UNKNOWN)
			continue;
		perfdata_add(&items,
		             &(struct perfdata){
				     .label = finding->name,
				     .is_known = finding->is_known,
				     .value = finding->value,
				     .uom = finding->uom,
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
