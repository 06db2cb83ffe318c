/* verdict.h - what the answers of a blocklist mean for one address
 *
 * RFC 5782, section 5: a list of IPv4 addresses lists 127.0.0.2 and does not list 127.0.0.1, one of
 * IPv6 addresses likewise ::FFFF:7F00:2 and ::FFFF:7F00:1. So three questions tell a list that
 * works from one that is dead, lists the world, or is answered by somebody else. "No verdict" is
 * never "listed", and never "clean".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DNSBL_VERDICT_H
#define DNSBL_VERDICT_H

#include "common/dnsclient.h"
#include "plugin/dnsbl/zone.h"
#include "plugin/listing.h"

/* The answers of one zone that count for one address. */
struct dnsbl_probe {
	const struct dns_query *address;
	/* the test points of the address's family */
	const struct dns_query *test_listed, *test_unlisted;
	/* that of the other family, which need not have been asked */
	const struct dns_query *other_listed;
};

/* Sets the verdict of LISTING, and what is told of it: detail, text and lacks_test_point; all of
 * them are empty for clean. */
void dnsbl_judge(const struct dnsbl_zone *zone, const struct dnsbl_probe *probe,
                 struct listing *listing);

/* "2.0.0.127.ZONE", or 32 nibbles. False if it does not fit. */
bool dnsbl_query_name(char *ret, const struct ipaddr *address, const char *zone);

#endif
