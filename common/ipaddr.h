/* ipaddr.h - an IPv4 or IPv6 address as a value
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IPADDR_H
#define IPADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* Always 16 bytes in network order; IPv4 is kept as its mapped form ::ffff:a.b.c.d, so that equal
 * addresses have equal bytes however the log wrote them. */
struct ipaddr {
	uint8_t bytes[16];
};

/* A network: the first `bits` (0 to 128) of `address`; IPv4's /24 is 120 here. */
struct ipprefix {
	struct ipaddr address;
	int bits;
};

#define IPADDR_TEXT_ROOM 46 /* the longest text and its NUL: INET6_ADDRSTRLEN */

/* Strictly what inet_pton accepts, after an "IPv6:" prefix and a %zone were taken off. False if it
 * is no address. */
bool ipaddr_parse(struct ipaddr *ret, struct slice text);

/* "192.0.2.1" or "2001:db8::1" into TEXT, which has IPADDR_TEXT_ROOM bytes; returns TEXT. Mapped
 * prints as IPv4. */
const char *ipaddr_format(const struct ipaddr *address, char *text);

/* From its four bytes in network order. */
struct ipaddr ipaddr_of_ipv4(const void *bytes);

bool ipaddr_equals(const struct ipaddr *a, const struct ipaddr *b);
bool ipaddr_is_ipv4(const struct ipaddr *address);

/* False for what can't come from the public internet: the "Globally Reachable: False" rows of
 * IANA's special-purpose registries (RFC 6890: private, loopback, link-local, CGNAT, documentation,
 * benchmarking, ULA, …), multicast and reserved. 6to4, Teredo and NAT64 (64:ff9b::/96) are judged
 * by the IPv4 address inside them. */
bool ipaddr_is_public(const struct ipaddr *address);

/* The IPv4 address that a 6to4, Teredo (the client's own) or NAT64 (64:ff9b::/96) address is made
 * of, public or not. False if ADDRESS is none of these. */
bool ipaddr_get_embedded(const struct ipaddr *address, struct ipaddr *ret);

/* "192.0.2.0/24", "2001:db8::/32" or a plain address. False if it is none, the length is out of
 * range, or bits are set beyond the length (a mistyped network). */
bool ipprefix_parse(struct ipprefix *ret, struct slice text);

bool ipprefix_contains(const struct ipprefix *prefix, const struct ipaddr *address);

#endif
