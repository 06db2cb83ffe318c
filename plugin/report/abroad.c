/* abroad.c - who logged in from abroad, in the first line; see abroad.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/report/abroad.h"
#include "plugin/report/words.h"

#define NAMED_LEAST 2 /* or a second victim would change nothing in the line */
#define COUNTRIES_SHOWN 6
#define NAMES_MAX (REPORT_ABROAD_MOST * 80)

/* "(BR CN RU US)": at most COUNTRIES_SHOWN, "..." for the rest. */
static void add_codes(struct strbuf *text, const struct user_summary *user)
{
	strbuf_add_string(text, " (");
	for (size_t i = 0; i < user->from_count && i < COUNTRIES_SHOWN; i++)
		strbuf_add_format(text, "%s%s", i ? " " : "", user->from[i].code);
	strbuf_add_string(text, user->from_count > COUNTRIES_SHOWN ? " ...)" : ")");
}

/* "bob@example.com logged in from 4 countries (BR CN RU US)" */
static void add_worst_user(struct strbuf *text, const struct user_summary *user)
{
	words_add_user(text, &user->name);
	if (user->countries > 1)
		strbuf_add_format(text, " logged in from %" PRId64 " countries", user->countries);
	else
		strbuf_add_string(text, " logged in from abroad");
	add_codes(text, user);
}

/* The first COUNT names but that of LEADER: "eve, bob and 3 more" of USERS. How many it names. */
static int64_t list_names(const struct report *report, const char *leader, int64_t count,
                          int64_t users, struct strbuf *text)
{
	int64_t named = 0;
	for (size_t i = 0; i < report->abroad_count && named < count; i++) {
		struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		words_add_user(&name, &report->abroad[i]);
		if (strcmp(strbuf_text(&name), leader) == 0)
			continue;
		named++;
		strbuf_add_string(text, named == 1 ? "" : named == users ? " and " : ", ");
		strbuf_add_string(text, strbuf_text(&name));
	}
	if (named < users)
		strbuf_add_format(text, " and %" PRId64 " more", users - named);
	return named;
}

/* As many as there is room for. */
static void add_names(const struct report *report, const char *leader, int64_t users, size_t room,
                      struct strbuf *text)
{
	struct strbuf best CLEANUP(strbuf_release) = STRBUF_INIT(NAMES_MAX);
	for (int64_t count = 1; count <= REPORT_ABROAD_MOST && count <= users; count++) {
		struct strbuf names CLEANUP(strbuf_release) = STRBUF_INIT(NAMES_MAX);
		if (list_names(report, leader, count, users, &names) < count ||
		    (count > NAMED_LEAST && names.length > room))
			break;
		strbuf_clear(&best);
		strbuf_add_string(&best, strbuf_text(&names));
	}
	strbuf_add_string(text, strbuf_text(&best));
}

/* Do the countries of one user make it CRITICAL? */
static bool has_leader(const struct report *report)
{
	const struct finding *finding = &report->findings[METRIC_USER_COUNTRIES];
	return finding->is_known && finding->state == STATE_CRITICAL;
}

static void tell_many(const struct report *report, const struct user_summary *worst, int64_t logins,
                      int64_t users, size_t room, struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	struct strbuf end CLEANUP(strbuf_release) = STRBUF_INIT(100);
	struct strbuf leader CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	bool is_led = has_leader(report);
	numparse_format_duration(report->window_sec, window);
	strbuf_add_format(&end,
	                  is_led ? ": %" PRId64 " foreign logins in %s"
	                         : " from abroad: %" PRId64 " logins in %s",
	                  logins, window);
	if (is_led) {
		words_add_user(&leader, &worst->name);
		add_worst_user(text, worst);
		strbuf_add_string(text, "; also ");
	}
	size_t taken = text->length + end.length;
	add_names(report, strbuf_text(&leader), users - is_led, room > taken ? room - taken : 0,
	          text);
	strbuf_add_string(text, strbuf_text(&end));
}

void abroad_tell(const struct report *report, int64_t logins, int64_t users, size_t room,
                 struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	const struct user_summary *worst = report->state != STATE_OK ? words_worst_user(report)
								     : NULL;
	if (worst && users > 1 && report->abroad_count) {
		tell_many(report, worst, logins, users, room, text);
		return;
	}
	if (worst) {
		add_worst_user(text, worst);
		strbuf_add_string(text, "; ");
	}
	strbuf_add_format(text, "%" PRId64 " foreign login%s by %" PRId64 " user%s in %s", logins,
	                  words_plural(logins), users, words_plural(users),
	                  numparse_format_duration(report->window_sec, window));
}
