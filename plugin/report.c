/* report.c - collecting what the run found; see report.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/country.h"
#include "common/printable.h"
#include "common/timestamp.h"
#include "plugin/report.h"

#define PROBLEMS_MAX 2000
#define NOTES_MAX 8192
#define NOTE_LINE_MAX 1000
#define USER_SHOWN_MAX 64
#define REMARKS_MAX 400
#define COUNTRIES_SHOWN 6
#define COUNTRY_LIST_MAX 2000
#define COUNTRY_LIST_SHOWN_MAX 400
/* the dots of a cut name, and the newline */
#define ABROAD_MAX (REPORT_ABROAD_MOST * (USER_SHOWN_MAX + 4))

void report_init(struct report *report, int64_t window_sec)
{
	*report = (struct report){
		.state = STATE_OK,
		.has_logins = true,
		.window_sec = window_sec,
		.problems = STRBUF_INIT(PROBLEMS_MAX),
		.remarks = STRBUF_INIT(PROBLEMS_MAX),
		.worst_user = STRBUF_INIT(WHY_MAX),
		.worst_name = STRBUF_INIT(WHY_MAX),
		.hidden_name = STRBUF_INIT(WHY_MAX),
		.abroad = STRBUF_INIT(ABROAD_MAX),
		.body = STRBUF_INIT(REPORT_BODY_MAX),
		.notes = STRBUF_INIT(NOTES_MAX),
		.worst_listing = STRBUF_INIT(WHY_MAX),
		.lists = STRBUF_INIT(REPORT_LISTS_MAX),
	};
}

void report_release(struct report *report)
{
	strbuf_release(&report->problems);
	strbuf_release(&report->remarks);
	strbuf_release(&report->worst_user);
	strbuf_release(&report->worst_name);
	strbuf_release(&report->hidden_name);
	strbuf_release(&report->abroad);
	strbuf_release(&report->body);
	strbuf_release(&report->notes);
	strbuf_release(&report->worst_listing);
	strbuf_release(&report->lists);
}

void report_problem(struct report *report, enum state state, const char *why)
{
	report->state = state_worst(report->state, state);
	if (report->problems.length)
		strbuf_add_string(&report->problems, "; ");
	printable_add_sentence(&report->problems, slice_string(why), WHY_MAX);
}

void report_remark(struct report *report, const char *why)
{
	if (report->remarks.length)
		strbuf_add_string(&report->remarks, "; ");
	printable_add_sentence(&report->remarks, slice_string(why), WHY_MAX);
}

void report_note(struct report *report, const char *text)
{
	struct slice rest = slice_string(text);
	while (rest.length) {
		printable_add_sentence(&report->notes, slice_take_until(&rest, '\n'),
		                       NOTE_LINE_MAX);
		strbuf_add_char(&report->notes, '\n');
	}
}

void report_finding(struct report *report, enum metric_id metric, const struct finding *finding)
{
	report->findings[metric] = *finding;
	report->findings[metric].is_counted = true;
	if (finding->is_known)
		report->state = state_worst(report->state, finding->state);
}

/* "(BR CN RU US)": at most COUNTRIES_SHOWN, "..." for the rest. */
static void add_codes(struct strbuf *text, const struct user_summary *user)
{
	strbuf_add_string(text, " (");
	for (size_t i = 0; i < user->from_count && i < COUNTRIES_SHOWN; i++)
		strbuf_add_format(text, "%s%s", i ? " " : "", user->from[i].code);
	strbuf_add_string(text, user->from_count > COUNTRIES_SHOWN ? " ...)" : ")");
}

/* "BR 2, CN 4, unlocated 1" */
static void add_countries(struct strbuf *text, const struct user_summary *user)
{
	size_t told = user->from_count < USER_COUNTRIES_MOST ? user->from_count
							     : USER_COUNTRIES_MOST;
	struct strbuf list CLEANUP(strbuf_release) = STRBUF_INIT(COUNTRY_LIST_MAX);
	for (size_t i = 0; i < told; i++)
		strbuf_add_format(&list, "%s%s %" PRId64, i ? ", " : "", user->from[i].code,
		                  user->from[i].logins);
	if (told < user->from_count)
		strbuf_add_string(&list, ", ...");
	if (user->unlocated_logins)
		strbuf_add_format(&list, "%sunlocated %" PRId64, told ? ", " : "",
		                  user->unlocated_logins);
	printable_add(text, slice_string(strbuf_text(&list)), COUNTRY_LIST_SHOWN_MAX);
}

/* Some lines prove a login and name nobody. */
static void add_user(struct strbuf *text, struct slice user)
{
	if (user.length)
		printable_add(text, user, USER_SHOWN_MAX);
	else
		strbuf_add_string(text, "(unnamed)");
}

static void name_worst_user(struct report *report, const struct user_summary *user)
{
	struct strbuf *text = &report->worst_user;
	add_user(&report->worst_name, user_name_slice(&user->name));
	add_user(text, user_name_slice(&user->name));
	if (user->countries > 1)
		strbuf_add_format(text, " logged in from %" PRId64 " countries", user->countries);
	else
		strbuf_add_string(text, " logged in from abroad");
	add_codes(text, user);
}

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

void report_user(struct report *report, const struct user_summary *user)
{
	if (!report->worst_user.length && user->foreign_logins)
		name_worst_user(report, user);
	if (!report->hidden_name.length && user->hidden_logins)
		add_user(&report->hidden_name, user_name_slice(&user->name));
	add_user(&report->body, user_name_slice(&user->name));
	strbuf_add_format(&report->body,
	                  ": %" PRId64 " login%s from %" PRId64 " address%s: ", user->logins,
	                  plural(user->logins), user->addresses, user->addresses == 1 ? "" : "es");
	add_countries(&report->body, user);
	strbuf_add_char(&report->body, '\n');
}

void report_abroad(struct report *report, struct slice user)
{
	if (report->abroad_count++ >= REPORT_ABROAD_MOST)
		return;
	add_user(&report->abroad, user);
	strbuf_add_char(&report->abroad, '\n');
}

void report_users_left(struct report *report, int64_t count)
{
	if (count > 0)
		strbuf_add_format(&report->body, "... and %" PRId64 " more user%s\n", count,
		                  plural(count));
}

static void add_place(struct strbuf *text, const struct place *place)
{
	if (!place->country[0]) {
		strbuf_add_string(text, "an unknown place");
		return;
	}
	const char *name = country_name(place->country);
	printable_add(text, slice_string(place->country), 2);
	strbuf_add_string(text, " (");
	printable_add(text, slice_string(name ? name : "?"), AS_NAME_MAX);
	if (place->asn)
		strbuf_add_format(text, ", AS%" PRIu32, place->asn);
	if (place->as_name[0]) {
		strbuf_add_char(text, ' ');
		printable_add(text, slice_string(place->as_name), AS_NAME_MAX);
	}
	strbuf_add_string(text, place->is_anonymiser ? ", anonymiser)" : ")");
}

void report_login(struct report *report, const struct login *login, const struct place *place,
                  bool is_home, const char *remarks)
{
	char at[TIMESTAMP_TEXT_ROOM];
	char address[IPADDR_TEXT_ROOM];
	struct strbuf *text = &report->body;
	strbuf_add_format(text, "  %s ", timestamp_format(login->at_sec, at));
	add_user(text, login->user);
	strbuf_add_format(text, " from IP %s came from ",
	                  login->has_address ? ipaddr_format(&login->address, address) : "unknown");
	add_place(text, place);
	if (login->service.length) {
		strbuf_add_string(text, ", ");
		printable_add(text, login->service, SERVICE_MAX);
	}
	if (login->count > 1)
		strbuf_add_format(text, ", %" PRId64 " times", login->count);
	if (remarks[0]) {
		strbuf_add_string(text, ", ");
		printable_add(text, slice_string(remarks), REMARKS_MAX);
	}
	strbuf_add_string(text, is_home ? ", home\n" : "\n");
}

void report_logins_left(struct report *report, int64_t count)
{
	if (count > 0)
		strbuf_add_format(&report->body, "  ... and %" PRId64 " more\n", count);
}
