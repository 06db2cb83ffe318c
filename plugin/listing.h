/* listing.h - what a DNS blocklist says of an address: the noun that dnsbl, store and report share;
 * and the addresses of this server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"

#define LISTING_DETAIL_ROOM 400
#define LISTING_TEXT_ROOM 256
#define LISTING_KEY_ROOM 360

/* The numbers are those in the state. */
enum verdict {
	VERDICT_NONE = 0, /* neither listed nor clean */
	VERDICT_CLEAN = 1,
	VERDICT_LISTED = 2,
	VERDICT_NOT_COVERED = 3, /* the list has no addresses of this family */
};

struct listing {
	/* as it is told: without a secret; borrowed from the zones */
	const char *zone;
	/* what it is kept under: the zone as it is told, its filter, the resolver */
	char key[LISTING_KEY_ROOM];
	struct ipaddr address;
	/* of the zone; a list with less than 0 is one of good senders */
	int weight;
	enum verdict verdict;
	bool is_kept;         /* of an earlier run, and not asked again */
	int64_t lifetime_sec; /* for which a new answer may be kept; 0: it may not */
	/* the codes of a listing, "127.0.0.2 SBL, 127.0.0.4 XBL"; or why there is no verdict */
	char detail[LISTING_DETAIL_ROOM];
	char text[LISTING_TEXT_ROOM]; /* of a listing: the list's own words; hostile */
	bool lacks_test_point;        /* a listing on a list that could not show that it works */
};

#define OWN_PLACE_ROOM 600

/* An address from which this server sends mail. */
struct own_address {
	struct ipaddr address;
	/* where it was found: "smtp_bind_address in /etc/postfix/main.cf"; the name that has it;
	 * "": it was given */
	char place[OWN_PLACE_ROOM];
};

#endif
