/* abroad.c - who logged in from abroad, in the first line; see abroad.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/report/abroad.h"

#define NAMED_LEAST 2 /* or a second victim would change nothing in the line */
#define NAMES_MAX (REPORT_ABROAD_MOST * 80)

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

/* The first COUNT names but that of LEADER: "eve, bob and 3 more" of USERS. How many it names. */
static int64_t list_names(const struct report *report, const char *leader, int64_t count,
                          int64_t users, struct strbuf *text)
{
	struct slice rest = slice_string(strbuf_text(&report->abroad));
	int64_t named = 0;
	while (rest.length && named < count) {
		struct slice name = slice_take_until(&rest, '\n');
		if (slice_equals(name, leader))
			continue;
		named++;
		strbuf_add_string(text, named == 1 ? "" : named == users ? " and " : ", ");
		strbuf_add(text, name.data, name.length);
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

static void tell_many(const struct report *report, int64_t logins, int64_t users, size_t room,
                      struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	struct strbuf end CLEANUP(strbuf_release) = STRBUF_INIT(100);
	bool is_led = has_leader(report);
	numparse_format_duration(report->window_sec, window);
	strbuf_add_format(&end,
	                  is_led ? ": %" PRId64 " foreign logins in %s"
	                         : " from abroad: %" PRId64 " logins in %s",
	                  logins, window);
	if (is_led)
		strbuf_add_format(text, "%s; also ", strbuf_text(&report->worst_user));
	size_t taken = text->length + end.length;
	add_names(report, is_led ? strbuf_text(&report->worst_name) : "", users - is_led,
	          room > taken ? room - taken : 0, text);
	strbuf_add_string(text, strbuf_text(&end));
}

void abroad_tell(const struct report *report, int64_t logins, int64_t users, size_t room,
                 struct strbuf *text)
{
	char window[DURATION_TEXT_ROOM];
	bool is_alert = report->worst_user.length && report->state != STATE_OK;
	if (is_alert && users > 1 && report->abroad.length) {
		tell_many(report, logins, users, room, text);
		return;
	}
	if (is_alert)
		strbuf_add_format(text, "%s; ", strbuf_text(&report->worst_user));
	strbuf_add_format(text, "%" PRId64 " foreign login%s by %" PRId64 " user%s in %s", logins,
	                  plural(logins), users, plural(users),
	                  numparse_format_duration(report->window_sec, window));
}
