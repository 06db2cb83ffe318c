/* dnsbl.h - are addresses on DNS blocklists? The façade of the blocklists
 *
 * RFC 5782. Each list is also asked for its two test points, so that one that is dead, refuses,
 * lists the world, or is answered by somebody else gives "no verdict" and never a false alarm, or a
 * false calm (see dnsbl/verdict.h).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DNSBL_H
#define DNSBL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/dnsclient.h"
#include "common/ipaddr.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/listing.h"

#define DNSBL_ZONES_MOST 200
#define DNSBL_ADDRESSES_MOST 500
#define DNSBL_PAIRS_MOST 20000      /* of an address and a zone */
#define DNSBL_LIFETIME_LEAST_SEC 60 /* for which an answer is kept, whatever its TTL */
#define DNSBL_LIFETIME_MOST_SEC 3600

/* Honest lists that anybody may ask a little. */
#define DNSBL_DEFAULT \
	"zen.spamhaus.org=127.0.0.[2..11],bl.spamcop.net,psbl.surriel.com,bl.mailspike.net=127.0." \
	"0.[10..12]"

struct dnsbl_zone;

/* Zones, in the order in which they were given; all zero: none. */
struct dnsbl_zones {
	struct dnsbl_zone *zones;
	size_t count;
};

/* Adds the zones of TEXT, separated by commas or blanks, each zone[=FILTER][*WEIGHT] as
 * postscreen(8) has them; "$DQS" at the begin of a name is where KEY (NULL: none) goes. A zone that
 * is there already is replaced. 0, or -EINVAL with WHY, which never has a key. */
int dnsbl_add_zones(struct dnsbl_zones *zones, struct slice text, const char *key,
                    struct strbuf *why);

/* The same from a file, in lines; "#" begins a comment. */
int dnsbl_add_file(struct dnsbl_zones *zones, const char *path, const char *key,
                   struct strbuf *why);
void dnsbl_zones_release(struct dnsbl_zones *zones);

/* What all zones say of all addresses: COUNT is that of the zones times that of the addresses; by
 * zones, and for each zone by addresses. */
struct dnsbl_result {
	const struct dnsbl_zones *zones; /* borrowed */
	size_t addresses;
	struct listing *listings;
	size_t count;
};

struct dnsbl_totals {
	/* (address, list) pairs, without lists of good senders, whose weight is negative */
	int64_t listed;
	int64_t weight;     /* of the address whose lists weigh most; a list counts once */
	int64_t unanswered; /* lists that gave no verdict of at least one address */
	int64_t silent;     /* lists that told of no address whether they have it */
};

/* Nothing is known yet: the caller may fill in what it remembers, by the listing's key, and set
 * is_kept. RESOLVER (NULL: the system's) is a part of the keys. Of the COUNT addresses so many are
 * taken as the limits above let. */
void dnsbl_result_init(struct dnsbl_result *result, const struct dnsbl_zones *zones,
                       const struct ipaddr *addresses, size_t count, const char *resolver);
void dnsbl_result_release(struct dnsbl_result *result);

/* Asks for all that isn't kept in the COUNT results, at once; takes as long as the slowest list,
 * and DEADLINE at the most. 0, or -errno with WHY. */
int dnsbl_ask(struct dnsbl_result *const *results, size_t count, const char *resolver,
              const struct deadline *deadline, struct strbuf *why);

void dnsbl_count(const struct dnsbl_result *result, struct dnsbl_totals *ret);

/* A name, and what it resolves to. */
struct dnsbl_host {
	char name[DNS_NAME_ROOM];
	struct ipaddr addresses[2 * DNS_ADDRESSES_MOST];
	size_t count;
	/* why there are none, or those of one family are missing; NULL: nothing is wrong */
	const char *fault;
};

/* Asks for the A and AAAA records of all COUNT names at once; /etc/hosts is not read. 0, or -errno
 * with WHY. */
int dnsbl_resolve(struct dnsbl_host *hosts, size_t count, const char *resolver,
                  const struct deadline *deadline, struct strbuf *why);

/* The public addresses from which this machine sends mail, into RET, which has room for
 * DNSBL_ADDRESSES_MOST: how many. Of each
 * family those of the first place that tells one: smtp_bind_address and smtp_bind_address6,
 * proxy_interfaces, a single inet_interfaces in Postfix's main.cf, the interfaces, the route to the
 * Internet. Nothing outside this machine is asked. */
size_t dnsbl_own_addresses(struct own_address *ret);

#endif
