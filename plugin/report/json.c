/* json.c - the report as programs read it; see writer.h and doc/json.md
 *
 * A field may come to the schema; none may go, or get another meaning, without a new number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <jansson.h>

#include "common/country.h"
#include "common/jsontext.h"
#include "common/numparse.h"
#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/report/writer.h"

#define SCHEMA 1
/* more than all facts can take, each of their bytes as six */
#define TEXT_MOST (128 << 20)

/* --- values --- */

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		abort(); /* there is memory, and all texts are fit: a fault of ours */
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		abort();
}

static void set_integer(json_t *object, const char *key, int64_t value)
{
	set(object, key, json_integer((json_int_t)value));
}

static void set_slice(json_t *object, const char *key, struct slice text)
{
	set(object, key, jsontext(text, REPORT_TEXT_MAX));
}

/* NULL and "" are null: it isn't known, or there is none. */
static void set_text(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		set_slice(object, key, slice_string(text));
	else
		set(object, key, json_null());
}

static void set_state(json_t *object, enum state state)
{
	set(object, "state", json_string(state_name(state)));
}

/* 0 is null. */
static void set_time(json_t *object, const char *key, int64_t at_sec)
{
	char text[TIMESTAMP_TEXT_ROOM];
	set(object, key, at_sec ? json_string(timestamp_format_utc(at_sec, text)) : json_null());
}

/* NULL is null. */
static void set_address(json_t *object, const char *key, const struct ipaddr *address)
{
	char text[IPADDR_TEXT_ROOM];
	set(object, key, address ? json_string(ipaddr_format(address, text)) : json_null());
}

static json_t *texts(const struct report_texts *texts)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(texts->count, REPORT_TEXTS_MOST); i++)
		append(array, jsontext(slice_string(texts->items[i]), REPORT_TEXT_MAX));
	return array;
}

static void set_left(json_t *object, const char *key, size_t count, size_t most)
{
	set_integer(object, key, (int64_t)(count - report_kept(count, most)));
}

/* --- the front, which a failure has, too --- */

static json_t *begin(enum state state)
{
	json_t *object = json_object();
	set_integer(object, "schema", SCHEMA);
	set_state(object, state);
	set_integer(object, "exit", (int64_t)state);
	return object;
}

static json_t *problem(enum state state, const char *why)
{
	json_t *object = json_object();
	set_state(object, state);
	set_slice(object, "text", slice_string(why));
	return object;
}

static json_t *problems(const struct report *report)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(report->problem_count, REPORT_PROBLEMS_MOST); i++)
		append(array, problem(report->problems[i].state, report->problems[i].text));
	return array;
}

/* --- metrics --- */

static json_t *metric(enum metric_id id, const struct finding *finding)
{
	json_t *object = json_object();
	set(object, "value", finding->is_known ? json_integer(finding->value) : json_null());
	set(object, "unit", json_string(metrics[id].uom));
	set(object, "state",
	    finding->is_known ? json_string(state_name(finding->state)) : json_null());
	set_text(object, "warning", finding->warning);
	set_text(object, "critical", finding->critical);
	return object;
}

static json_t *all_metrics(const struct report *report)
{
	json_t *object = json_object();
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		if (report->findings[i].is_counted)
			set(object, metrics[i].name, metric(i, &report->findings[i]));
	return object;
}

/* --- users --- */

static const char *const standings[] = {
	[STANDING_HOME] = "home",           [STANDING_FOREIGN] = "foreign",
	[STANDING_UNLOCATED] = "unlocated", [STANDING_TRUSTED] = "trusted",
	[STANDING_EXCUSED] = "excused",
};

static json_t *listing(const struct listing *listing)
{
	json_t *object = json_object();
	set_address(object, "address", &listing->address);
	set_text(object, "list", listing->zone);
	set_text(object, "codes", listing->detail);
	set_text(object, "text", listing->text);
	set_integer(object, "weight", listing->weight);
	set(object, "lacks_test_point", json_boolean(listing->lacks_test_point));
	set(object, "kept", json_boolean(listing->is_kept));
	return object;
}

static json_t *login_listings(const struct report_login *login)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(login->listing_count, REPORT_LOGIN_LISTINGS_MOST); i++)
		append(array, listing(login->listings[i]));
	return array;
}

static json_t *login(const struct report_login *login)
{
	json_t *object = json_object();
	const struct place *place = &login->place;
	set_time(object, "at", login->at_sec);
	set_address(object, "address", login->has_address ? &login->address : NULL);
	set(object, "standing", json_string(standings[login->standing]));
	set_text(object, "country", place->country);
	set_text(object, "country_name", country_name(place->country));
	set(object, "asn", place->asn ? json_integer(place->asn) : json_null());
	set_text(object, "as_name", place->as_name);
	set(object, "anonymiser", json_boolean(place->is_anonymiser));
	set_slice(object, "service", slice_make(login->service, login->service_length));
	set_integer(object, "count", login->count);
	set(object, "listings", login_listings(login));
	return object;
}

static json_t *countries(const struct user_summary *user)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(user->from_count, USER_COUNTRIES_MOST); i++) {
		json_t *object = json_object();
		set_text(object, "country", user->from[i].code);
		set_integer(object, "logins", user->from[i].logins);
		append(array, object);
	}
	return array;
}

static json_t *user(const struct report_user *user)
{
	const struct user_summary *summary = &user->summary;
	json_t *object = json_object(), *logins = json_array();
	set_slice(object, "user", user_name_slice(&summary->name));
	set_integer(object, "logins", summary->logins);
	set_integer(object, "foreign_logins", summary->foreign_logins);
	set_integer(object, "hidden_logins", summary->hidden_logins);
	set_integer(object, "unlocated_logins", summary->unlocated_logins);
	set_integer(object, "addresses", summary->addresses);
	set_integer(object, "countries", summary->countries);
	set(object, "from", countries(summary));
	set_left(object, "from_left", summary->from_count, USER_COUNTRIES_MOST);
	for (size_t i = 0; i < user->login_count; i++)
		append(logins, login(&user->logins[i]));
	set(object, "lines", logins);
	set_integer(object, "lines_left", user->home_left + user->others_left);
	return object;
}

static void set_users(json_t *root, const struct report *report)
{
	json_t *users = json_array(), *abroad = json_array();
	for (size_t i = 0; i < report->user_count; i++)
		append(users, user(&report->users[i]));
	for (size_t i = 0; i < report->abroad_count; i++)
		append(abroad, jsontext(user_name_slice(&report->abroad[i]), REPORT_TEXT_MAX));
	set(root, "users", users);
	set_integer(root, "users_all", report->all_users);
	set_integer(root, "users_suspicious", report->suspicious_users);
	set(root, "newcomers", abroad);
}

/* --- blocklists --- */

static json_t *listings(const struct report_listings *listings)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(listings->count, REPORT_LISTINGS_MOST); i++)
		append(array, listing(listings->items[i]));
	return array;
}

static json_t *unlisted(const struct report_listings *listings)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(listings->count, REPORT_LISTINGS_MOST); i++) {
		const struct listing *item = listings->items[i];
		json_t *object = json_object();
		set_address(object, "address", &item->address);
		set_text(object, "list", item->zone);
		set(object, "covered", json_boolean(item->verdict != VERDICT_NOT_COVERED));
		set(object, "kept", json_boolean(item->is_kept));
		append(array, object);
	}
	return array;
}

static json_t *silences(const struct report_silences *silences)
{
	json_t *array = json_array();
	for (size_t i = 0; i < report_kept(silences->count, REPORT_LISTINGS_MOST); i++) {
		const struct report_silence *item = &silences->items[i];
		json_t *object = json_object();
		set_text(object, "list", item->zone);
		set_address(object, "address", item->address);
		set_time(object, "dead_since", item->since_sec);
		set_text(object, "reason", item->reason);
		append(array, object);
	}
	return array;
}

/* Those that were looked up. */
static json_t *own_addresses(const struct checked *checked)
{
	json_t *array = json_array();
	for (size_t i = 0; i < checked->addresses; i++) {
		json_t *object = json_object();
		set_address(object, "address", &checked->own[i].address);
		set_text(object, "found_in", checked->own[i].place);
		append(array, object);
	}
	return array;
}

/* Of the server's own addresses; null if none were looked up. */
static json_t *own_blocklists(const struct report *report)
{
	const struct checked *checked = &report->checked;
	if (!report->has_checked)
		return json_null();
	json_t *object = json_object();
	set(object, "addresses", own_addresses(checked));
	set_integer(object, "addresses_left", (int64_t)(checked->own_count - checked->addresses));
	set_integer(object, "lists", (int64_t)checked->zones);
	set_integer(object, "unanswered", (int64_t)checked->unanswered);
	set(object, "listed", listings(&report->listed));
	set_left(object, "listed_left", report->listed.count, REPORT_LISTINGS_MOST);
	set(object, "unlisted", unlisted(&report->unlisted));
	set_left(object, "unlisted_left", report->unlisted.count, REPORT_LISTINGS_MOST);
	set(object, "silent", silences(&report->own_silences));
	set_left(object, "silent_left", report->own_silences.count, REPORT_LISTINGS_MOST);
	return object;
}

/* Of the clients'. */
static json_t *client_blocklists(const struct report *report)
{
	json_t *object = json_object();
	set(object, "silent", silences(&report->client_silences));
	set_left(object, "silent_left", report->client_silences.count, REPORT_LISTINGS_MOST);
	return object;
}

/* --- the whole --- */

static json_t *origins(const struct report *report)
{
	json_t *object = json_object();
	set_text(object, "databases", report->geo);
	set_time(object, "databases_built_at", report->geo_built_at_sec);
	set(object, "logs", texts(&report->logs));
	set_left(object, "logs_left", report->logs.count, REPORT_TEXTS_MOST);
	set_text(object, "state", report->state_path);
	return object;
}

static json_t *window(const struct report *report)
{
	return report->window_sec == NUMPARSE_ALL_SEC ? json_null()
						      : json_integer(report->window_sec);
}

static void dump(json_t *root, struct strbuf *text)
{
	char *dumped = json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	if (!dumped)
		abort();
	strbuf_add_string(text, dumped);
	strbuf_add_char(text, '\n');
	free(dumped);
	json_decref(root);
}

static void *allocate(size_t size)
{
	return xalloc_zero(size, 1);
}

static void write_report(const struct report *report, int verbosity, struct strbuf *text)
{
	(void)verbosity; /* all facts that were collected are told */
	json_set_alloc_funcs(allocate, free);
	json_t *root = begin(report->state);
	set_time(root, "at", report->now_sec);
	set(root, "window_sec", window(report));
	set(root, "problems", problems(report));
	set_left(root, "problems_left", report->problem_count, REPORT_PROBLEMS_MOST);
	set(root, "remarks", texts(&report->remarks));
	set_left(root, "remarks_left", report->remarks.count, REPORT_TEXTS_MOST);
	set(root, "notes", texts(&report->notes));
	set_left(root, "notes_left", report->notes.count, REPORT_TEXTS_MOST);
	set(root, "metrics", all_metrics(report));
	if (report->has_logins)
		set_users(root, report);
	set(root, "dnsbl", own_blocklists(report));
	set(root, "dnsbl_clients", client_blocklists(report));
	set(root, "origins", origins(report));
	dump(root, text);
}

static void write_failure(enum state state, const char *why, struct strbuf *text)
{
	json_set_alloc_funcs(allocate, free);
	json_t *root = begin(state), *array = json_array();
	append(array, problem(state, why));
	set(root, "problems", array);
	dump(root, text);
}

const struct report_writer report_writer_json = {
	.name = "json",
	.write = write_report,
	.write_failure = write_failure,
	.usage_hint = "",
	.least_detail = 1,
	.text_most = TEXT_MOST,
};
