/* report.c - collecting what the run found; see report.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/report.h"

void report_init(struct report *report, int64_t now_sec, int64_t window_sec)
{
	*report = (struct report){
		.state = STATE_OK,
		.has_logins = true,
		.now_sec = now_sec,
		.window_sec = window_sec,
	};
}

/* --- texts --- */

static char *copy(struct slice text)
{
	return xalloc_copy(text.data, report_kept(text.length, REPORT_TEXT_MAX));
}

static void add_text(struct report_texts *texts, struct slice text)
{
	size_t at = texts->count++;
	if (at >= REPORT_TEXTS_MOST)
		return;
	if (!texts->items)
		texts->items = xalloc_zero(REPORT_TEXTS_MOST, sizeof *texts->items);
	texts->items[at] = copy(text);
}

static void release_texts(struct report_texts *texts)
{
	for (size_t i = 0; i < report_kept(texts->count, REPORT_TEXTS_MOST); i++)
		free(texts->items[i]);
	free(texts->items);
}

void report_release(struct report *report)
{
	for (size_t i = 0; i < report_kept(report->problem_count, REPORT_PROBLEMS_MOST); i++)
		free(report->problems[i].text);
	for (size_t i = 0; i < report->user_count; i++)
		free(report->users[i].logins);
	release_texts(&report->remarks);
	release_texts(&report->notes);
	release_texts(&report->logs);
	free(report->geo);
	free(report->state_path);
}

void report_problem(struct report *report, enum state state, const char *why)
{
	report->state = state_worst(report->state, state);
	size_t at = report->problem_count++;
	if (at < REPORT_PROBLEMS_MOST)
		report->problems[at] = (struct report_problem){ .state = state,
			                                        .text = copy(slice_string(why)) };
}

void report_remark(struct report *report, const char *why)
{
	add_text(&report->remarks, slice_string(why));
}

void report_note(struct report *report, const char *text)
{
	struct slice rest = slice_string(text);
	while (rest.length)
		add_text(&report->notes, slice_take_until(&rest, '\n'));
}

/* --- logins --- */

void report_finding(struct report *report, enum metric_id metric, const struct finding *finding)
{
	report->findings[metric] = *finding;
	report->findings[metric].is_counted = true;
	if (finding->is_known)
		report->state = state_worst(report->state, finding->state);
}

void report_users(struct report *report, int64_t all, int64_t suspicious)
{
	report->all_users = all;
	report->suspicious_users = suspicious;
}

void report_user(struct report *report, const struct user_summary *user)
{
	if (report->user_count < REPORT_USERS_MOST)
		report->users[report->user_count++] = (struct report_user){ .summary = *user };
}

void report_login(struct report *report, const struct login *login, const struct place *place,
                  enum standing standing)
{
	if (!report->user_count)
		abort(); /* a fault of ours */
	struct report_user *user = &report->users[report->user_count - 1];
	if (!user->logins)
		user->logins = xalloc_zero(REPORT_LOGINS_MOST, sizeof *user->logins);
	if (user->login_count == REPORT_LOGINS_MOST) {
		*(standing == STANDING_HOME ? &user->home_left : &user->others_left) += 1;
		return;
	}
	struct report_login *kept = &user->logins[user->login_count++];
	*kept = (struct report_login){
		.at_sec = login->at_sec,
		.address = login->address,
		.has_address = login->has_address,
		.place = *place,
		.standing = standing,
		.service_length = report_kept(login->service.length, SERVICE_MAX),
		.count = login->count,
	};
	if (kept->service_length)
		memcpy(kept->service, login->service.data, kept->service_length);
}

void report_login_listing(struct report *report, const struct listing *listing)
{
	struct report_user *user = &report->users[report->user_count - 1];
	if (user->home_left || user->others_left)
		return; /* the login wasn't kept either */
	struct report_login *login = &user->logins[user->login_count - 1];
	size_t at = login->listing_count++;
	if (at < REPORT_LOGIN_LISTINGS_MOST)
		login->listings[at] = listing;
}

void report_abroad(struct report *report, struct slice user)
{
	if (report->abroad_count < REPORT_ABROAD_MOST)
		user_name_set(&report->abroad[report->abroad_count++], user);
}

/* --- blocklists --- */

void report_listing(struct report *report, const struct listing *listing)
{
	bool is_listed = listing->verdict == VERDICT_LISTED;
	struct report_listings *listings = is_listed ? &report->listed : &report->unlisted;
	size_t at = listings->count++;
	if (at < REPORT_LISTINGS_MOST)
		listings->items[at] = listing;
	if (is_listed && listing->weight >= 0 && !report->first_listed)
		report->first_listed = listing;
}

void report_silence(struct report *report, bool is_client, const struct report_silence *silence)
{
	struct report_silences *silences = is_client ? &report->client_silences
						     : &report->own_silences;
	size_t at = silences->count++;
	if (at < REPORT_LISTINGS_MOST)
		silences->items[at] = *silence;
}

void report_checked(struct report *report, const struct checked *checked)
{
	report->has_checked = true;
	report->checked = *checked;
}

/* --- where it comes from --- */

void report_geo(struct report *report, const char *databases, int64_t built_at_sec)
{
	free(report->geo);
	report->geo = copy(slice_string(databases));
	report->geo_built_at_sec = built_at_sec;
}

void report_log(struct report *report, const char *name)
{
	add_text(&report->logs, slice_string(name));
}

void report_state_path(struct report *report, const char *path)
{
	free(report->state_path);
	report->state_path = copy(slice_string(path));
}
