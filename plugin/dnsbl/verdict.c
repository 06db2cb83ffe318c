/* verdict.c - what the answers of a blocklist mean for one address; see verdict.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/strbuf.h"
#include "plugin/dnsbl/codes.h"
#include "plugin/dnsbl/verdict.h"

#define CODES_TOLD 4

_Static_assert(LISTING_TEXT_ROOM >= DNS_TEXT_ROOM, "a listing has room for an answer's text");

bool dnsbl_query_name(char *ret, const struct ipaddr *address, const char *zone)
{
	/* 253 characters */
	struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(DNS_NAME_ROOM - 3);
	const uint8_t *bytes = address->bytes;
	if (ipaddr_is_ipv4(address))
		strbuf_add_format(&name, "%u.%u.%u.%u.", bytes[15], bytes[14], bytes[13],
		                  bytes[12]);
	else
		for (int i = 15; i >= 0; i--)
			strbuf_add_format(&name, "%x.%x.", bytes[i] & 15, bytes[i] >> 4);
	strbuf_add_string(&name, zone);
	snprintf(ret, DNS_NAME_ROOM, "%s", strbuf_text(&name));
	return !name.truncated;
}

/* --- one answer --- */

static bool is_refusal(const struct ipaddr *reply)
{
	return reply->bytes[12] == 127 && reply->bytes[13] == 255 && reply->bytes[14] == 255;
}

/* Lists answer from 127/8: what else comes is of a resolver that rewrites, or of who bought the
 * domain. */
static const struct ipaddr *find_foreign(const struct dns_query *query)
{
	for (size_t i = 0; i < query->count; i++)
		if (query->addresses[i].bytes[12] != 127)
			return &query->addresses[i];
	return NULL;
}

static const struct ipaddr *find_refusal(const struct dns_query *query)
{
	for (size_t i = 0; i < query->count; i++)
		if (is_refusal(&query->addresses[i]))
			return &query->addresses[i];
	return NULL;
}

static bool has_answer(const struct dns_query *query)
{
	return query->status == DNS_ANSWERED || query->status == DNS_NXDOMAIN;
}

static bool is_listing(const struct dns_query *query)
{
	return query->status == DNS_ANSWERED && query->count > 0;
}

/* --- all three --- */

/* What makes any answer worthless. */
static bool is_spoilt(const struct dnsbl_probe *probe, struct strbuf *reason)
{
	const struct dns_query *all[] = { probe->address, probe->test_listed, probe->test_unlisted,
		                          probe->other_listed };
	char text[IPADDR_TEXT_ROOM];
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct ipaddr *foreign = find_foreign(all[i]),
				    *refusal = find_refusal(all[i]);
		if (foreign)
			strbuf_add_format(reason,
			                  "it is answered from elsewhere (%s): the resolver "
			                  "rewrites, or the domain is parked",
			                  ipaddr_format(foreign, text));
		else if (refusal)
			strbuf_add_string(reason, dnsbl_refusal(refusal));
		if (foreign || refusal)
			return true;
	}
	if (is_listing(probe->test_unlisted))
		strbuf_add_string(reason, "it lists the whole world, even 127.0.0.1");
	return is_listing(probe->test_unlisted);
}

/* "127.0.0.2 SBL, 127.0.0.4 XBL" of those that match the filter; false if none does. */
static bool describe_codes(const struct dnsbl_zone *zone, const struct dns_query *query,
                           struct strbuf *reason)
{
	char text[IPADDR_TEXT_ROOM];
	size_t told = 0;
	for (size_t i = 0; i < query->count; i++) {
		const struct ipaddr *reply = &query->addresses[i];
		const char *words = dnsbl_code(zone->name, reply);
		if (!dnsbl_zone_matches(zone, reply))
			continue;
		if (told++ == CODES_TOLD) {
			strbuf_add_string(reason, ", ...");
			break;
		}
		strbuf_add_format(reason, "%s%s%s%s", reason->length ? ", " : "",
		                  ipaddr_format(reply, text), words ? " " : "", words ? words : "");
	}
	return reason->length > 0;
}

static enum verdict judge_unlisted(const struct dnsbl_probe *probe, struct strbuf *reason)
{
	if (is_listing(probe->test_listed))
		return VERDICT_CLEAN;
	if (is_listing(probe->other_listed)) {
		strbuf_add_string(reason, "it has no addresses of this family");
		return VERDICT_NOT_COVERED;
	}
	if (has_answer(probe->test_listed))
		strbuf_add_string(reason,
		                  "it doesn't list its own test point: empty, dead, or no list any "
		                  "more");
	else
		strbuf_add_format(reason, "its test point: %s",
		                  dns_status_name(probe->test_listed->status));
	return VERDICT_NONE;
}

/* Some lists have no test points, so that alone makes no listing doubtful. */
static enum verdict judge_listed(const struct dnsbl_probe *probe, struct listing *listing,
                                 struct strbuf *reason)
{
	if (!has_answer(probe->test_unlisted)) {
		strbuf_clear(reason);
		strbuf_add_format(reason, "its test point: %s",
		                  dns_status_name(probe->test_unlisted->status));
		return VERDICT_NONE; /* it may list the world */
	}
	snprintf(listing->text, sizeof listing->text, "%s", probe->address->text);
	listing->lacks_test_point = has_answer(probe->test_listed) &&
		!is_listing(probe->test_listed);
	return VERDICT_LISTED;
}

static enum verdict judge(const struct dnsbl_zone *zone, const struct dnsbl_probe *probe,
                          struct listing *listing, struct strbuf *reason)
{
	if (is_spoilt(probe, reason))
		return VERDICT_NONE;
	if (!has_answer(probe->address)) {
		strbuf_add_string(reason, dns_status_name(probe->address->status));
		return VERDICT_NONE;
	}
	if (is_listing(probe->address) && describe_codes(zone, probe->address, reason))
		return judge_listed(probe, listing, reason);
	return judge_unlisted(probe, reason);
}

void dnsbl_judge(const struct dnsbl_zone *zone, const struct dnsbl_probe *probe,
                 struct listing *listing)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(LISTING_DETAIL_ROOM - 1);
	listing->text[0] = '\0';
	listing->lacks_test_point = false;
	listing->verdict = judge(zone, probe, listing, &reason);
	snprintf(listing->detail, sizeof listing->detail, "%s", strbuf_text(&reason));
}
