/* dnsbl.c - are addresses on DNS blocklists? see dnsbl.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dnsclient.h"
#include "common/regularfile.h"
#include "common/xalloc.h"
#include "plugin/dnsbl.h"
#include "plugin/dnsbl/verdict.h"
#include "plugin/dnsbl/zone.h"

#define FILE_LINE_MAX 1000

/* --- zones --- */

static int add_zone(struct dnsbl_zones *zones, const struct dnsbl_zone *zone, struct strbuf *why)
{
	for (size_t i = 0; i < zones->count; i++) {
		if (strcasecmp(zones->zones[i].name, zone->name) == 0) {
			zones->zones[i] = *zone;
			return 0;
		}
	}
	if (zones->count == DNSBL_ZONES_MOST)
		return strbuf_fail(why, -EINVAL, "more than %d blocklists", DNSBL_ZONES_MOST);
	zones->zones = xalloc_resize(zones->zones, zones->count + 1, sizeof *zones->zones);
	zones->zones[zones->count++] = *zone;
	return 0;
}

int dnsbl_add_zones(struct dnsbl_zones *zones, struct slice text, const char *key,
                    struct strbuf *why)
{
	struct dnsbl_zone zone;
	struct slice word;
	int error = 0;
	while (error == 0 && (word = slice_take_word(&text, ", \t\r\n")).length) {
		error = dnsbl_zone_parse(&zone, word, key, why);
		if (error == 0)
			error = add_zone(zones, &zone, why);
	}
	return error;
}

int dnsbl_add_file(struct dnsbl_zones *zones, const char *path, const char *key, struct strbuf *why)
{
	char line[FILE_LINE_MAX];
	int error = 0, number = 0;
	int descriptor = regularfile_open(path);
	if (descriptor < 0)
		return strbuf_fail(why, descriptor, "can't read the file of blocklists %s: %s",
		                   path, regularfile_reason(descriptor));
	FILE *file = fdopen(descriptor, "r");
	if (!file) {
		close(descriptor);
		return strbuf_fail(why, -ENOMEM, "no memory to read %s", path);
	}
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	while (error == 0 && fgets(line, sizeof line, file)) {
		bool is_whole = strchr(line, '\n') || feof(file);
		line[strcspn(line, "#")] = '\0';
		number++;
		error = is_whole
			? dnsbl_add_zones(zones, slice_string(line), key, &reason)
			: strbuf_fail(&reason, -EINVAL, "the line is longer than %d characters",
		                      FILE_LINE_MAX - 2);
	}
	if (error == 0 && ferror(file))
		error = strbuf_fail(&reason, -EIO, "it can't be read: %s", strerror(errno));
	fclose(file);
	return error == 0
		? 0
		: strbuf_fail(why, error, "%s, line %d: %s", path, number, strbuf_text(&reason));
}

void dnsbl_zones_release(struct dnsbl_zones *zones)
{
	if (zones->zones)
		explicit_bzero(zones->zones, zones->count * sizeof *zones->zones); /* keys */
	free(zones->zones);
	*zones = (struct dnsbl_zones){ 0 };
}

/* --- questions --- */

/* Of each zone: both test points of IPv4, those of IPv6 if they are wanted, and then the
 * addresses. */
enum test { LISTED_4, UNLISTED_4, LISTED_6, UNLISTED_6, TESTS };

static const struct ipaddr test_points[TESTS] = {
	[LISTED_4] = { { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 2 } },
	[UNLISTED_4] = { { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 } },
};

/* ::FFFF:7F00:2 is the IPv6 form of 127.0.0.2, so it can't be told from that by its bytes. */
static bool test_name(char *ret, enum test test, const char *zone)
{
	static const char *const ends[] = {
		[LISTED_6] = "2.0.0.0.0.0.f.7.f.f.f.f", [UNLISTED_6] = "1.0.0.0.0.0.f.7.f.f.f.f"
	};
	static const char zeros[] = ".0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.";
	if (test <= UNLISTED_4)
		return dnsbl_query_name(ret, &test_points[test], zone);
	return snprintf(ret, DNS_NAME_ROOM, "%s%s%s", ends[test], zeros, zone) < DNS_NAME_ROOM;
}

/* Of one zone: names for what isn't kept, and for the test points of the families of that. */
static void make_queries(struct dns_query *queries, const struct dnsbl_zone *zone,
                         const struct listing *listings, size_t count)
{
	bool is_wanted[TESTS] = { false };
	for (size_t i = 0; i < count; i++) {
		bool is_ipv4 = ipaddr_is_ipv4(&listings[i].address);
		if (listings[i].is_kept)
			continue;
		(void)dnsbl_query_name(queries[TESTS + i].name, &listings[i].address, zone->name);
		queries[TESTS + i].wants_text = true;
		/* for IPv6, too: it tells a list of IPv4 addresses only from a dead one */
		is_wanted[LISTED_4] = true;
		is_wanted[UNLISTED_4] |= is_ipv4;
		is_wanted[LISTED_6] |= !is_ipv4;
		is_wanted[UNLISTED_6] |= !is_ipv4;
	}
	for (int test = 0; test < TESTS; test++)
		if (is_wanted[test])
			(void)test_name(queries[test].name, (enum test)test,
			                zone->name); /* zones' names leave room for it */
}

/* --- answers --- */

/* A verdict lasts as long as the shortest-lived of its answers; what could not be answered is asked
 * again. */
static int64_t lifetime(const struct dnsbl_probe *probe)
{
	const struct dns_query *all[] = { probe->address, probe->test_listed, probe->test_unlisted,
		                          probe->other_listed };
	int64_t life_sec = DNSBL_LIFETIME_MOST_SEC;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i] == probe->other_listed && all[i]->status == DNS_NOT_ASKED)
			continue;
		if (all[i]->status != DNS_ANSWERED && all[i]->status != DNS_NXDOMAIN)
			return 0;
		if (all[i]->ttl_sec && all[i]->ttl_sec < life_sec)
			life_sec = all[i]->ttl_sec;
	}
	return life_sec > DNSBL_LIFETIME_LEAST_SEC ? life_sec : DNSBL_LIFETIME_LEAST_SEC;
}

static void judge(struct listing *listing, const struct dnsbl_zone *zone,
                  const struct dns_query *tests, const struct dns_query *address)
{
	bool is_ipv4 = ipaddr_is_ipv4(&listing->address);
	struct dnsbl_probe probe = {
		.address = address,
		.test_listed = &tests[is_ipv4 ? LISTED_4 : LISTED_6],
		.test_unlisted = &tests[is_ipv4 ? UNLISTED_4 : UNLISTED_6],
		.other_listed = &tests[is_ipv4 ? LISTED_6 : LISTED_4],
	};
	dnsbl_judge(zone, &probe, listing);
	listing->lifetime_sec = lifetime(&probe);
	dnsbl_zone_hide_key(zone, listing->detail);
	dnsbl_zone_hide_key(zone, listing->text);
}

/* --- the whole --- */

void dnsbl_result_init(struct dnsbl_result *result, const struct dnsbl_zones *zones,
                       const struct ipaddr *addresses, size_t count, const char *resolver)
{
	if (count > DNSBL_ADDRESSES_MOST)
		count = DNSBL_ADDRESSES_MOST;
	if (zones->count * count > DNSBL_PAIRS_MOST)
		count = DNSBL_PAIRS_MOST / zones->count;
	*result = (struct dnsbl_result){ .zones = zones,
		                         .addresses = count,
		                         .count = zones->count * count };
	result->listings = xalloc_zero(result->count, sizeof *result->listings);
	for (size_t i = 0; i < result->count; i++) {
		const struct dnsbl_zone *zone = &zones->zones[i / count];
		struct listing *listing = &result->listings[i];
		*listing = (struct listing){ .zone = zone->shown,
			                     .address = addresses[i % count],
			                     .weight = zone->weight };
		snprintf(listing->key, sizeof listing->key, "%s %s", zone->key,
		         resolver ? resolver : "");
	}
}

void dnsbl_result_release(struct dnsbl_result *result)
{
	free(result->listings);
	*result = (struct dnsbl_result){ 0 };
}

static size_t query_count(const struct dnsbl_result *result)
{
	return result->zones->count * (TESTS + result->addresses);
}

static void make_all_queries(struct dns_query *queries, const struct dnsbl_result *result)
{
	size_t of_zone = TESTS + result->addresses;
	for (size_t i = 0; i < result->zones->count; i++)
		make_queries(&queries[i * of_zone], &result->zones->zones[i],
		             &result->listings[i * result->addresses], result->addresses);
}

static void judge_all(struct dnsbl_result *result, const struct dns_query *queries)
{
	size_t of_zone = TESTS + result->addresses;
	for (size_t i = 0; i < result->count; i++) {
		size_t zone = i / result->addresses;
		const struct dns_query *tests = &queries[zone * of_zone];
		if (!result->listings[i].is_kept)
			judge(&result->listings[i], &result->zones->zones[zone], tests,
			      &tests[TESTS + i % result->addresses]);
	}
}

int dnsbl_ask(struct dnsbl_result *const *results, size_t count, const char *resolver,
              const struct deadline *deadline, struct strbuf *why)
{
	size_t queries_count = 0, at = 0;
	for (size_t i = 0; i < count; i++)
		queries_count += query_count(results[i]);
	struct dns_query *queries = xalloc_zero(queries_count, sizeof *queries);
	for (size_t i = 0; i < count; at += query_count(results[i++]))
		make_all_queries(&queries[at], results[i]);
	int error = dns_ask(queries, queries_count, resolver, deadline, why);
	at = 0;
	for (size_t i = 0; error == 0 && i < count; at += query_count(results[i++]))
		judge_all(results[i], &queries[at]);
	free(queries);
	return error;
}

void dnsbl_count(const struct dnsbl_result *result, struct dnsbl_totals *ret)
{
	int64_t weights[DNSBL_ADDRESSES_MOST] = { 0 };
	*ret = (struct dnsbl_totals){ 0 };
	for (size_t i = 0; i < result->count; i += result->addresses) {
		size_t unanswered = 0, told = 0;
		for (size_t j = 0; j < result->addresses; j++) {
			const struct listing *listing = &result->listings[i + j];
			unanswered += listing->verdict == VERDICT_NONE;
			told += listing->verdict == VERDICT_LISTED ||
				listing->verdict == VERDICT_CLEAN;
			ret->listed += listing->verdict == VERDICT_LISTED && listing->weight >= 0;
			weights[j] += listing->verdict == VERDICT_LISTED ? listing->weight : 0;
		}
		ret->unanswered += unanswered > 0;
		ret->silent += told == 0;
	}
	for (size_t j = 0; j < result->addresses; j++)
		ret->weight = weights[j] > ret->weight ? weights[j] : ret->weight;
}

/* --- names --- */

static const char *fault_of(const struct dns_query *query)
{
	bool is_answered = query->status == DNS_ANSWERED || query->status == DNS_NXDOMAIN;
	return is_answered ? NULL : dns_status_name(query->status);
}

static void take_addresses(struct dnsbl_host *host, const struct dns_query queries[2])
{
	const char *faults[] = { fault_of(&queries[0]), fault_of(&queries[1]) };
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < queries[i].count; j++)
			host->addresses[host->count++] = queries[i].addresses[j];
	host->fault = faults[0] ? faults[0] : faults[1];
	if (!host->count && !host->fault)
		host->fault = queries[0].status == DNS_NXDOMAIN ? dns_status_name(DNS_NXDOMAIN)
								: "it has no address";
}

int dnsbl_resolve(struct dnsbl_host *hosts, size_t count, const char *resolver,
                  const struct deadline *deadline, struct strbuf *why)
{
	struct dns_query *queries = xalloc_zero(2 * count, sizeof *queries);
	for (size_t i = 0; i < 2 * count; i++) {
		queries[i].type = i % 2 ? DNS_AAAA : DNS_A;
		snprintf(queries[i].name, sizeof queries[i].name, "%s", hosts[i / 2].name);
	}
	int error = dns_ask(queries, 2 * count, resolver, deadline, why);
	for (size_t i = 0; error == 0 && i < count; i++)
		take_addresses(&hosts[i], &queries[2 * i]);
	free(queries);
	return error;
}
