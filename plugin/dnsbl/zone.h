/* zone.h - DNS blocklists as postscreen(8) writes them: zone=127.0.0.[2..11]*weight
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DNSBL_ZONE_H
#define DNSBL_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/slice.h"
#include "common/strbuf.h"

/* a name; a reversed IPv6 address of 64 characters stands before it */
#define DNSBL_ZONE_ROOM 180
#define DNSBL_FILTER_MOST 100 /* characters */
#define DNSBL_WEIGHT_MOST 1000

struct dnsbl_zone {
	char name[DNSBL_ZONE_ROOM]; /* as it is asked: with the key, a secret */
	/* as it is told: with "$DQS" in the key's place, or "***" if the key was spelled out */
	char shown[DNSBL_ZONE_ROOM];
	/* what its answers are kept under: as it is told, and the filter */
	char key[DNSBL_ZONE_ROOM + DNSBL_FILTER_MOST + 1];
	bool has_filter;
	uint64_t filter[4][4]; /* of each octet the set of values that count; 256 bits */
	int weight;            /* 1 if none is given; may be negative */
};

/* TEXT is one zone. KEY (NULL: none) takes the place of "$DQS" in it. 0, or -EINVAL with WHY, which
 * never has a key. */
int dnsbl_zone_parse(struct dnsbl_zone *ret, struct slice text, const char *key,
                     struct strbuf *why);

/* Does REPLY, 127.a.b.c, match the zone's filter? Any does where there is none. */
bool dnsbl_zone_matches(const struct dnsbl_zone *zone, const struct ipaddr *reply);

/* Puts asterisks over the zone's key wherever TEXT has it, in upper or lower case. */
void dnsbl_zone_hide_key(const struct dnsbl_zone *zone, char *text);

#endif
