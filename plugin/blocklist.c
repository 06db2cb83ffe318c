/* blocklist.c - are the server's own addresses listed, and those behind foreign logins? see
 * blocklist.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/blocklist.h"
#include "plugin/store/cache.h"
#include "plugin/blocklist/own.h"

#define DEAD_SEC (3 * 86400) /* a list that has given no verdict for longer is called dead */

_Static_assert(DNSBL_ADDRESSES_MOST <= TALLY_ADDRESSES_MOST,
               "the tally keeps all that are looked up");

/* One set of addresses, on one set of lists. */
struct group {
	struct dnsbl_result result;
	int64_t *silent_since_sec; /* of each zone; 0: it gave a verdict */
};

struct blocklist {
	const struct options *options;
	struct report *report;
	struct own own;
	struct ipaddr clients[DNSBL_ADDRESSES_MOST];
	size_t client_count; /* may be more than there is room for */
	struct group own_group, client_group;
	struct strbuf fault; /* why nothing could be asked */
};

struct blocklist *blocklist_new(const struct options *options, struct report *report,
                                const struct deadline *deadline)
{
	struct blocklist *self = xalloc_zero(1, sizeof *self);
	self->options = options;
	self->report = report;
	strbuf_init(&self->fault, WHY_MAX);
	own_init(&self->own);
	if (options->dnsbl.zones.count)
		own_find(&self->own, options, deadline);
	return self;
}

static void group_release(struct group *group)
{
	dnsbl_result_release(&group->result);
	free(group->silent_since_sec);
	*group = (struct group){ 0 };
}

void blocklist_free(struct blocklist *self)
{
	if (!self)
		return;
	group_release(&self->own_group);
	group_release(&self->client_group);
	own_release(&self->own);
	strbuf_release(&self->fault);
	free(self);
}

/* --- what is remembered --- */

static int recall(struct group *group, struct store *store, int64_t now_sec, struct strbuf *why)
{
	int result = 0;
	for (size_t i = 0; i < group->result.count && result >= 0; i++)
		result = cache_get_listing(store, &group->result.listings[i], now_sec, why);
	return result;
}

static void begin_group(struct group *group, const struct dnsbl_zones *zones,
                        const struct ipaddr *addresses, size_t count, const char *resolver)
{
	group_release(group);
	dnsbl_result_init(&group->result, zones, addresses, count, resolver);
	group->silent_since_sec = xalloc_zero(zones->count, sizeof *group->silent_since_sec);
}

int blocklist_recall(struct blocklist *self, struct store *store,
                     const struct tally_result *counted, struct strbuf *why)
{
	const struct dnsbl_options *dnsbl = &self->options->dnsbl;
	struct ipaddr own[DNSBL_ADDRESSES_MOST];
	int result;
	for (size_t i = 0; i < self->own.count && i < DNSBL_ADDRESSES_MOST; i++)
		own[i] = self->own.addresses[i].address;
	if (dnsbl->client_zones.count)
		self->client_count = (size_t)counted->counts.of[METRIC_FOREIGN_ADDRESSES].value;
	memcpy(self->clients, counted->foreign_addresses, sizeof self->clients);
	begin_group(&self->own_group, &dnsbl->zones, own, self->own.count, dnsbl->resolver);
	begin_group(&self->client_group, &dnsbl->client_zones, self->clients, self->client_count,
	            dnsbl->resolver);
	result = recall(&self->own_group, store, self->options->now_sec, why);
	return result < 0 ? result
			  : recall(&self->client_group, store, self->options->now_sec, why);
}

static bool is_all_kept(const struct dnsbl_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		if (!result->listings[i].is_kept)
			return false;
	return true;
}

void blocklist_ask(struct blocklist *self, const struct deadline *deadline)
{
	struct dnsbl_result *results[] = { &self->own_group.result, &self->client_group.result };
	if (is_all_kept(results[0]) && is_all_kept(results[1]))
		return; /* nothing is loaded */
	(void)dnsbl_ask(results, ARRAY_SIZE(results), self->options->dnsbl.resolver, deadline,
	                &self->fault);
}

/* The listing of a zone that tells why it gave no verdict of any address; NULL if it gave one. */
static const struct listing *find_silence(const struct dnsbl_result *result, size_t zone)
{
	const struct listing *listings = &result->listings[zone * result->addresses];
	for (size_t i = 0; i < result->addresses; i++)
		if (listings[i].verdict != VERDICT_NONE)
			return NULL;
	return result->addresses ? listings : NULL;
}

static int keep_silence(struct group *group, size_t zone, struct store *store, int64_t now_sec,
                        struct strbuf *why)
{
	int64_t *since_sec = &group->silent_since_sec[zone];
	const char *key = group->result.listings[zone * group->result.addresses].key;
	int result = cache_get_silence(store, key, since_sec, why);
	int64_t before_sec = *since_sec;
	if (result < 0)
		return result;
	if (!find_silence(&group->result, zone))
		*since_sec = 0;
	else if (!*since_sec || *since_sec > now_sec) /* a clock that was ahead */
		*since_sec = now_sec;
	return *since_sec == before_sec ? 0 : cache_put_silence(store, key, *since_sec, why);
}

static int keep(struct group *group, struct store *store, const struct options *options,
                struct strbuf *why)
{
	int result = 0;
	for (size_t i = 0; i < group->result.count && result >= 0; i++) {
		struct listing *listing = &group->result.listings[i];
		if (listing->is_kept || !listing->lifetime_sec)
			continue;
		if (listing->lifetime_sec < options->dnsbl.interval_sec)
			listing->lifetime_sec = options->dnsbl.interval_sec;
		result = cache_put_listing(store, listing, options->now_sec, why);
	}
	for (size_t i = 0; group->result.addresses && i < group->result.zones->count && result >= 0;
	     i++)
		result = keep_silence(group, i, store, options->now_sec, why);
	return result;
}

int blocklist_keep(struct blocklist *self, struct store *store, struct strbuf *why)
{
	int result = 0;
	if (!self->own_group.result.count && !self->client_group.result.count)
		return 0;
	if (!self->fault.length) /* else it isn't the lists that are silent */
		result = keep(&self->own_group, store, self->options, why);
	if (result >= 0 && !self->fault.length)
		result = keep(&self->client_group, store, self->options, why);
	return result < 0 ? result : cache_forget_listings(store, self->options->now_sec, why);
}

/* --- what is known --- */

static bool is_client_listed(const struct dnsbl_result *result, size_t client)
{
	for (size_t i = client; i < result->count; i += result->addresses)
		if (result->listings[i].verdict == VERDICT_LISTED &&
		    result->listings[i].weight >= 0)
			return true;
	return false;
}

static void count_own(const struct blocklist *self, struct counts *ret)
{
	const struct dnsbl_result *own = &self->own_group.result;
	struct dnsbl_totals totals;
	dnsbl_count(own, &totals);
	counts_set(ret, METRIC_DNSBL_UNANSWERED,
	           own->addresses ? totals.unanswered : (int64_t)self->options->dnsbl.zones.count);
	if (!own->count || (size_t)totals.silent == own->zones->count)
		return;
	counts_set(ret, METRIC_DNSBL_LISTED, totals.listed);
	counts_set(ret, METRIC_DNSBL_WEIGHT, totals.weight);
}

static void count_clients(const struct blocklist *self, struct counts *ret)
{
	const struct dnsbl_result *clients = &self->client_group.result;
	struct dnsbl_totals totals;
	int64_t listed = 0;
	dnsbl_count(clients, &totals);
	for (size_t i = 0; i < clients->addresses; i++)
		listed += is_client_listed(clients, i);
	if (!clients->count || (size_t)totals.silent < clients->zones->count)
		counts_set(ret, METRIC_LISTED_CLIENTS, listed);
}

void blocklist_counts(const struct blocklist *self, struct counts *ret)
{
	count_own(self, ret);
	count_clients(self, ret);
}

/* --- what is told --- */

static const char *reason_of(const struct listing *listing)
{
	return listing->detail[0] ? listing->detail : "it was not asked";
}

/* Since when a list is silent, or of which addresses it gave no verdict. */
static void tell_silence(const struct blocklist *self, const struct group *group, size_t zone)
{
	const struct dnsbl_result *result = &group->result;
	const struct listing *listings = &result->listings[zone * result->addresses],
			     *silent = find_silence(result, zone);
	int64_t since_sec = group->silent_since_sec[zone];
	bool is_client = group == &self->client_group;
	bool is_dead = since_sec && self->options->now_sec - since_sec > DEAD_SEC;
	if (silent)
		report_silence(self->report, is_client,
		               &(struct report_silence){
				       .zone = silent->zone,
				       .since_sec = is_dead ? since_sec : 0,
				       .reason = is_dead ? silent->detail : reason_of(silent),
			       });
	for (size_t i = 0; !silent && i < result->addresses; i++)
		if (listings[i].verdict == VERDICT_NONE)
			report_silence(self->report, is_client,
			               &(struct report_silence){
					       .zone = listings[i].zone,
					       .address = &listings[i].address,
					       .reason = reason_of(&listings[i]),
				       });
}

static void tell_own(const struct blocklist *self, const struct dnsbl_totals *totals)
{
	const struct dnsbl_result *result = &self->own_group.result;
	for (size_t i = 0; i < result->count; i++)
		if (result->listings[i].verdict == VERDICT_LISTED)
			report_listing(self->report, &result->listings[i]);
	for (size_t i = 0; result->addresses && i < result->zones->count; i++)
		tell_silence(self, &self->own_group, i);
	for (size_t i = 0; i < result->count; i++)
		if (result->listings[i].verdict == VERDICT_CLEAN ||
		    result->listings[i].verdict == VERDICT_NOT_COVERED)
			report_listing(self->report, &result->listings[i]);
	report_checked(self->report,
	               &(struct checked){
			       .own = self->own.addresses,
			       .own_count = report_kept(self->own.count, DNSBL_ADDRESSES_MOST),
			       .addresses = result->addresses,
			       .zones = result->zones->count,
			       .unanswered = (size_t)totals->unanswered,
			       .listed = (size_t)totals->listed,
		       });
}

static void report_own(const struct blocklist *self)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(2 * WHY_MAX);
	const struct dnsbl_result *result = &self->own_group.result;
	struct dnsbl_totals totals;
	dnsbl_count(result, &totals);
	if (self->own.fault.length)
		report_problem(self->report, STATE_UNKNOWN, strbuf_text(&self->own.fault));
	if (result->addresses < self->own.count) {
		strbuf_add_format(&text, "only %zu of %zu addresses were looked up",
		                  result->addresses, self->own.count);
		report_problem(self->report, STATE_UNKNOWN, strbuf_text(&text));
		strbuf_clear(&text);
	}
	tell_own(self, &totals);
	if (self->fault.length)
		strbuf_add_format(&text, "blocklists could not be asked: %s",
		                  strbuf_text(&self->fault));
	else if (result->count && (size_t)totals.silent == result->zones->count)
		strbuf_add_format(&text, "no blocklist gave a verdict (%zu asked): %s: %s",
		                  result->zones->count, result->listings[0].zone,
		                  reason_of(&result->listings[0]));
	if (text.length)
		report_problem(self->report, STATE_UNKNOWN, strbuf_text(&text));
}

/* That nothing is known of clients is a problem only for whoever wants to be alerted. */
static void report_clients(const struct blocklist *self)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(2 * WHY_MAX);
	const struct dnsbl_result *result = &self->client_group.result;
	struct counts counts = { 0 };
	for (size_t i = 0; result->addresses && i < result->zones->count; i++)
		tell_silence(self, &self->client_group, i);
	if (result->addresses < self->client_count) {
		strbuf_add_format(&text,
		                  "dnsbl: %zu of %zu addresses of foreign logins were not looked "
		                  "up",
		                  self->client_count - result->addresses, self->client_count);
		report_note(self->report, strbuf_text(&text));
	}
	count_clients(self, &counts);
	if (counts.of[METRIC_LISTED_CLIENTS].is_known ||
	    !policy_has_threshold(&self->options->policy, METRIC_LISTED_CLIENTS))
		return;
	strbuf_clear(&text);
	strbuf_add_format(&text, "listed_clients can't be told: %s: %s", result->listings[0].zone,
	                  self->fault.length ? strbuf_text(&self->fault)
	                                     : reason_of(&result->listings[0]));
	report_problem(self->report, STATE_UNKNOWN, strbuf_text(&text));
}

void blocklist_report(const struct blocklist *self)
{
	if (self->options->dnsbl.zones.count)
		report_own(self);
	if (self->options->dnsbl.client_zones.count)
		report_clients(self);
}

void blocklist_report_client(const struct blocklist *self, const struct ipaddr *address)
{
	const struct dnsbl_result *result = &self->client_group.result;
	for (size_t i = 0; i < result->count; i++)
		if (result->listings[i].verdict == VERDICT_LISTED &&
		    ipaddr_equals(&result->listings[i].address, address))
			report_login_listing(self->report, &result->listings[i]);
}
