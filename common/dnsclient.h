/* dnsclient.h - many DNS questions at once, by c-ares, with what went wrong told apart
 *
 * c-ares is loaded at the first question (see lazylib.h). Answers are read by the C library's
 * ns_parse functions; truncated ones are asked for again by TCP, as c-ares does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DNSCLIENT_H
#define DNSCLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/ipaddr.h"
#include "common/slice.h"
#include "common/strbuf.h"

#define DNS_NAME_ROOM 256     /* a name has 253 characters at the most, and its NUL */
#define DNS_ADDRESSES_MOST 40 /* of one answer; what is beyond is dropped */
#define DNS_TEXT_ROOM 256

enum dns_type { DNS_A, DNS_AAAA };

enum dns_status {
	DNS_NOT_ASKED,
	DNS_TIMEOUT,  /* nothing came in time */
	DNS_ANSWERED, /* maybe without any record of this type */
	DNS_NXDOMAIN,
	DNS_SERVFAIL,
	DNS_REFUSED,
	DNS_UNREACHABLE, /* nobody listens there */
	DNS_BROKEN,      /* an answer that is none */
};

/* A question, and its answer. One with an empty name is not asked. */
struct dns_query {
	char name[DNS_NAME_ROOM];
	enum dns_type type;
	/* if there is an address, the TXT record of the name, too */
	bool wants_text;
	enum dns_status status;
	size_t count; /* of addresses */
	/* in ascending order: servers turn them around with every answer */
	struct ipaddr addresses[DNS_ADDRESSES_MOST];
	/* of the records, or of there being none (RFC 2308); 0: not told */
	int64_t ttl_sec;
	/* of the first TXT record; "" if none came; hostile */
	char text[DNS_TEXT_ROOM];
};

/* Is TEXT a name that can be asked for: labels of letters, digits, - and _, as long as RFC 1035
 * lets them be? A dot may end it. */
bool dns_is_name(struct slice text);

/* Is TEXT a resolver: an address, maybe with a port (127.0.0.1:5353, [::1]:53)? */
bool dns_is_resolver(struct slice text);

/* Asks all COUNT at RESOLVER (NULL: the system's), and fills them. Takes as long as the slowest
 * answer, about 3 s for each of the resolvers where none comes, and ends with DEADLINE at the
 * latest. 0, or -errno with WHY if nothing could be asked at all. */
int dns_ask(struct dns_query *queries, size_t count, const char *resolver,
            const struct deadline *deadline, struct strbuf *why);

/* "no answer in time", "SERVFAIL", ... */
const char *dns_status_name(enum dns_status status);

#endif
