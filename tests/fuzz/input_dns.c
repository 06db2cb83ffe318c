/* input_dns.c - the fuzz target of DNS answers, and of what a blocklist means by them; see input.h
 *
 * What reads an answer is known to c-ares only: it is included here, and handed bytes in c-ares'
 * place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/dnsclient.c"

#include "common/xalloc.h"
#include "plugin/dnsbl/verdict.h"
#include "tests/fuzz/input.h"

#ifdef LIBCARES_SONAME

#define ANSWERS 5 /* of the address, its TXT record, and the test points */

static struct slice answers[ANSWERS]; /* each as c-ares hands it over */
static int statuses[ANSWERS];
static const struct asked *waiting; /* for the TXT record */

/* The place of ares_query. */
static void take_question(ares_channel channel, const char *name, int class, int type,
                          ares_callback function, void *context)
{
	(void)channel, (void)name, (void)class, (void)function;
	fuzz_promise(type == ns_t_txt && !waiting, "after an address one TXT record is asked for");
	waiting = context;
}

/* A byte is the status, two are a length, then the answer. */
static void split(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		size_t size = length >= 3 ? (size_t)bytes[1] << 8 | bytes[2] : 0;
		statuses[i] = length ? bytes[0] % 32 : ARES_ETIMEOUT;
		bytes += length >= 3 ? 3 : length;
		length -= length >= 3 ? 3 : length;
		size = size < length ? size : length;
		answers[i] = slice_make((const char *)bytes, size);
		bytes += size;
		length -= size;
	}
}

static void hand_over(struct session *session, struct dns_query *query, size_t i,
                      const struct asked *asked)
{
	/* A copy of its own size: so reading behind it is noticed. */
	unsigned char *copy = answers[i].length
		? (unsigned char *)xalloc_copy(answers[i].data, answers[i].length)
		: NULL;
	struct asked *own = xalloc_zero(1, sizeof *own);
	*own = asked ? *asked : (struct asked){ .session = session, .query = query };
	if (!asked)
		session->under_way++;
	take_answer(own, statuses[i], 0, copy, (int)answers[i].length);
	free(copy);
}

static void check_query(const struct dns_query *query)
{
	fuzz_promise(query->count <= DNS_ADDRESSES_MOST,
	             "no more addresses than there is room for");
	fuzz_promise(query->ttl_sec >= 0 && query->ttl_sec <= UINT32_MAX,
	             "a lifetime is that of a record");
	fuzz_promise(memchr(query->text, '\0', sizeof query->text) != NULL, "a text has an end");
	for (size_t i = 1; i < query->count; i++)
		fuzz_promise(memcmp(&query->addresses[i - 1], &query->addresses[i],
		                    sizeof *query->addresses) <= 0,
		             "addresses are in order");
}

static void check_verdict(const struct dns_query *queries)
{
	struct listing listing = { .zone = "zen.spamhaus.org" };
	struct dnsbl_zone zone;
	struct dnsbl_probe probe = { &queries[0], &queries[1], &queries[2], &queries[3] };
	int result = dnsbl_zone_parse(&zone, slice_string("zen.spamhaus.org=127.0.0.[2..11]"), NULL,
	                              NULL);
	fuzz_promise(result == 0, "a zone can be read");
	dnsbl_judge(&zone, &probe, &listing);
	enum verdict verdict = listing.verdict;
	bool is_listed = false;
	for (size_t i = 0; i < queries[0].count; i++)
		is_listed = is_listed || dnsbl_zone_matches(&zone, &queries[0].addresses[i]);
	fuzz_promise(verdict != VERDICT_LISTED || (is_listed && queries[0].status == DNS_ANSWERED),
	             "what is listed has a reply that counts");
	fuzz_promise(verdict == VERDICT_CLEAN || listing.detail[0],
	             "a listing, and no verdict, have a reason");
	fuzz_promise(verdict != VERDICT_CLEAN || queries[0].status == DNS_NXDOMAIN ||
	                     queries[0].status == DNS_ANSWERED,
	             "clean is what was answered");
}

void fuzz_dns(const uint8_t *bytes, size_t length)
{
	struct session session = { 0 };
	struct dns_query queries[4];
	cares.query = take_question;
	waiting = NULL;
	split(bytes, length);
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		queries[i] = (struct dns_query){ .name = "2.0.0.127.zone.example",
			                         .type = i == 3 ? DNS_AAAA : DNS_A,
			                         .wants_text = i == 0 };
		forget_answer(&queries[i]);
		hand_over(&session, &queries[i], i ? i + 1 : 0, NULL);
		if (waiting) {
			hand_over(&session, &queries[i], 1, waiting);
			free((void *)(uintptr_t)waiting);
			waiting = NULL;
		}
		check_query(&queries[i]);
	}
	fuzz_promise(session.under_way == 0, "all that was asked is answered");
	check_verdict(queries);
}

#endif
