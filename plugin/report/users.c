/* users.c - users and their logins, in the text; see users.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/country.h"
#include "common/printable.h"
#include "common/timestamp.h"
#include "plugin/report/users.h"
#include "plugin/report/words.h"

#define REMARKS_MAX 400
#define COUNTRY_LIST_MAX 2000
#define COUNTRY_LIST_SHOWN_MAX 400

/* --- a login --- */

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

/* ", listed on ZONE (CODES), ZONE (CODES)" */
static void add_listings(struct strbuf *text, const struct report_login *login)
{
	size_t count = report_kept(login->listing_count, REPORT_LOGIN_LISTINGS_MOST);
	struct strbuf lists CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; i < count; i++) {
		strbuf_add_string(&lists, i ? ", " : "listed on ");
		words_add_list(&lists, login->listings[i]);
	}
	if (!count)
		return;
	strbuf_add_string(text, ", ");
	printable_add(text, slice_string(strbuf_text(&lists)), REMARKS_MAX);
}

/* "DATE USER from IP ADDRESS came from COUNTRY" */
static void add_login(struct strbuf *text, const struct user_name *name,
                      const struct report_login *login)
{
	char at[TIMESTAMP_TEXT_ROOM];
	char address[IPADDR_TEXT_ROOM];
	strbuf_add_format(text, "  %s ", timestamp_format(login->at_sec, at));
	words_add_user(text, name);
	strbuf_add_format(text, " from IP %s came from ",
	                  login->has_address ? ipaddr_format(&login->address, address) : "unknown");
	add_place(text, &login->place);
	if (login->service_length) {
		strbuf_add_string(text, ", ");
		printable_add(text, slice_make(login->service, login->service_length), SERVICE_MAX);
	}
	if (login->count > 1)
		strbuf_add_format(text, ", %" PRId64 " times", login->count);
	add_listings(text, login);
	strbuf_add_string(text, login->standing == STANDING_HOME ? ", home\n" : "\n");
}

static void add_logins(struct strbuf *text, const struct report_user *user, bool wants_home)
{
	int64_t left = user->others_left + (wants_home ? user->home_left : 0);
	for (size_t i = 0; i < user->login_count; i++)
		if (wants_home || user->logins[i].standing != STANDING_HOME)
			add_login(text, &user->summary.name, &user->logins[i]);
	if (left > 0)
		strbuf_add_format(text, "  ... and %" PRId64 " more\n", left);
}

/* --- a user --- */

/* "BR 2, CN 4, unlocated 1" */
static void add_countries(struct strbuf *text, const struct user_summary *user)
{
	size_t told = report_kept(user->from_count, USER_COUNTRIES_MOST);
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

static void add_user(struct strbuf *text, const struct user_summary *user)
{
	words_add_user(text, &user->name);
	strbuf_add_format(text, ": %" PRId64 " login%s from %" PRId64 " address%s: ", user->logins,
	                  words_plural(user->logins), user->addresses,
	                  user->addresses == 1 ? "" : "es");
	add_countries(text, user);
	strbuf_add_char(text, '\n');
}

void users_tell(const struct report *report, int verbosity, struct strbuf *text)
{
	bool wants_all = verbosity >= 2;
	int64_t left = wants_all ? report->all_users : report->suspicious_users;
	for (size_t i = 0; i < report->user_count; i++) {
		const struct report_user *user = &report->users[i];
		if (!wants_all && !user_is_suspicious(&user->summary))
			continue;
		left--;
		add_user(text, &user->summary);
		if (verbosity >= 1)
			add_logins(text, user, wants_all);
	}
	if (left > 0)
		strbuf_add_format(text, "... and %" PRId64 " more user%s\n", left,
		                  words_plural(left));
}
