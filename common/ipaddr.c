/* ipaddr.c - an IPv4 or IPv6 address as a value; see ipaddr.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "common/ipaddr.h"

#define ADDRESS_BITS 128
#define MAPPED_BYTES 12
#define MAPPED_BITS (MAPPED_BYTES * 8)
#define IPV4_BITS 32
#define ZONE_MAX 15 /* IF_NAMESIZE without its NUL */

static const uint8_t mapped_front[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

/* Sorted so that an exception is before the network that it is cut from: the first match decides.
 * What no row has is public. */
static const struct {
	uint32_t network;
	int bits;
	bool is_public;
} ipv4_networks[] = {
	{ 0x00000000, 8, false },  /* 0.0.0.0/8, "this network": RFC 791, RFC 1122 */
	{ 0x0a000000, 8, false },  /* 10.0.0.0/8, private: RFC 1918 */
	{ 0x64400000, 10, false }, /* 100.64.0.0/10, carrier-grade NAT: RFC 6598 */
	{ 0x7f000000, 8, false },  /* 127.0.0.0/8, loopback: RFC 1122 */
	{ 0xa9fe0000, 16, false }, /* 169.254.0.0/16, link-local: RFC 3927 */
	{ 0xac100000, 12, false }, /* 172.16.0.0/12, private: RFC 1918 */
	{ 0xc0000009, 32, true },  /* 192.0.0.9/32, PCP anycast: RFC 7723 */
	{ 0xc000000a, 32, true },  /* 192.0.0.10/32, TURN anycast: RFC 8155 */
	{ 0xc0000000, 24, false }, /* 192.0.0.0/24, IETF protocol assignments: RFC 6890 */
	{ 0xc0000200, 24, false }, /* 192.0.2.0/24, documentation: RFC 5737 */
	{ 0xc0586300, 24, false }, /* 192.88.99.0/24, 6to4 relays, deprecated: RFC 7526 */
	{ 0xc0a80000, 16, false }, /* 192.168.0.0/16, private: RFC 1918 */
	{ 0xc6120000, 15, false }, /* 198.18.0.0/15, benchmarking: RFC 2544 */
	{ 0xc6336400, 24, false }, /* 198.51.100.0/24, documentation: RFC 5737 */
	{ 0xcb007100, 24, false }, /* 203.0.113.0/24, documentation: RFC 5737 */
	{ 0xe0000000, 4, false },  /* 224.0.0.0/4, multicast: RFC 5771 */
	{ 0xf0000000, 4, false },  /* 240.0.0.0/4, reserved, and broadcast: RFC 1112, RFC 8190 */
};

/* What a row says of an address: the last three have the IPv4 address that decides inside them. */
enum verdict { NOT_PUBLIC, PUBLIC, IPV4_IN_BYTES_2_TO_5, IPV4_AT_END, IPV4_INVERTED_AT_END };

/* Sorted as above, but what no row has is not public: only 2000::/3 was ever given out as global
 * unicast (RFC 4291, RFC 3587). So ::, ::1, ::/96 (IPv4-compatible), 64:ff9b:1::/48 (RFC 8215),
 * 100::/64 (RFC 6666), 5f00::/16 (RFC 9602), fc00::/7 (RFC 4193), fe80::/10 (RFC 4291), fec0::/10
 * (RFC 3879) and ff00::/8 need no rows. */
static const struct {
	struct ipprefix prefix;
	enum verdict verdict;
} ipv6_networks[] = {
	/* 64:ff9b::/96, NAT64: RFC 6052 */
	{ { { { 0x00, 0x64, 0xff, 0x9b } }, 96 }, IPV4_AT_END },
	/* 2001::/32, Teredo, the client's address with all bits flipped: RFC 4380 */
	{ { { { 0x20, 0x01 } }, 32 }, IPV4_INVERTED_AT_END },
	/* 2001:1::1/128, PCP anycast: RFC 7723 */
	{ { { { 0x20, 0x01, 0x00, 0x01, [15] = 1 } }, 128 }, PUBLIC },
	/* 2001:1::2/128, TURN anycast: RFC 8155 */
	{ { { { 0x20, 0x01, 0x00, 0x01, [15] = 2 } }, 128 }, PUBLIC },
	/* 2001:1::3/128, DNS-SD service registration anycast: RFC 9665 */
	{ { { { 0x20, 0x01, 0x00, 0x01, [15] = 3 } }, 128 }, PUBLIC },
	/* 2001:3::/32, AMT: RFC 7450 */
	{ { { { 0x20, 0x01, 0x00, 0x03 } }, 32 }, PUBLIC },
	/* 2001:4:112::/48, AS112-v6: RFC 7535 */
	{ { { { 0x20, 0x01, 0x00, 0x04, 0x01, 0x12 } }, 48 }, PUBLIC },
	/* 2001:20::/28, ORCHIDv2: RFC 7343 */
	{ { { { 0x20, 0x01, 0x00, 0x20 } }, 28 }, PUBLIC },
	/* 2001:30::/28, drone remote ID: RFC 9374 */
	{ { { { 0x20, 0x01, 0x00, 0x30 } }, 28 }, PUBLIC },
	/* 2001::/23, IETF protocol assignments, with 2001:2::/48 (RFC 5180) and 2001:10::/28 (RFC
	 * 4843): RFC 2928 */
	{ { { { 0x20, 0x01 } }, 23 }, NOT_PUBLIC },
	/* 2001:db8::/32, documentation: RFC 3849 */
	{ { { { 0x20, 0x01, 0x0d, 0xb8 } }, 32 }, NOT_PUBLIC },
	/* 2002::/16, 6to4: RFC 3056 */
	{ { { { 0x20, 0x02 } }, 16 }, IPV4_IN_BYTES_2_TO_5 },
	/* 3fff::/20, documentation: RFC 9637 */
	{ { { { 0x3f, 0xff } }, 20 }, NOT_PUBLIC },
	/* 2000::/3, global unicast: RFC 4291 */
	{ { { { 0x20 } }, 3 }, PUBLIC },
};

static bool is_zone_byte(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && byte != '%' && byte != '/';
}

static bool take_ipv6_prefix(struct slice *text)
{
	static const char prefix[] = "IPv6:"; /* RFC 5321, 4.1.3; ABNF strings have no case */
	size_t length = sizeof(prefix) - 1;
	if (text->length < length || strncasecmp(text->data, prefix, length) != 0)
		return false;
	*text = slice_skip(*text, length);
	return true;
}

/* Cuts the %zone off. False if there is a '%' but no zone that could be one. */
static bool cut_zone(struct slice *text)
{
	size_t length = slice_find(*text, SLICE_LITERAL("%"));
	if (length == text->length)
		return true;
	struct slice zone = slice_skip(*text, length + 1);
	struct slice good = slice_take_while(&zone, is_zone_byte, ZONE_MAX);
	text->length = length;
	return good.length && !zone.length;
}

/* inet_pton wants a NUL at the end; a NUL inside would hide what comes after it. */
static bool copy_text(char *ret, struct slice text)
{
	if (!text.length || text.length >= IPADDR_TEXT_ROOM || memchr(text.data, '\0', text.length))
		return false;
	memcpy(ret, text.data, text.length);
	ret[text.length] = '\0';
	return true;
}

static bool has_colon(struct slice text)
{
	return text.length && memchr(text.data, ':', text.length);
}

static bool parse_ipv4(struct ipaddr *ret, struct slice text)
{
	char buffer[IPADDR_TEXT_ROOM];
	struct ipaddr address;
	if (!copy_text(buffer, text) ||
	    inet_pton(AF_INET, buffer, address.bytes + MAPPED_BYTES) != 1)
		return false;
	memcpy(address.bytes, mapped_front, MAPPED_BYTES);
	*ret = address;
	return true;
}

/* The "IPv6:" prefix and the zone are IPv6's: "IPv6:192.0.2.1" and "192.0.2.1%eth0" are nobody's
 * address. */
bool ipaddr_parse(struct ipaddr *ret, struct slice text)
{
	if (!has_colon(text))
		return parse_ipv4(ret, text);
	char buffer[IPADDR_TEXT_ROOM];
	struct ipaddr address;
	take_ipv6_prefix(&text);
	if (!cut_zone(&text) || !copy_text(buffer, text) ||
	    inet_pton(AF_INET6, buffer, address.bytes) != 1)
		return false;
	*ret = address;
	return true;
}

const char *ipaddr_format(const struct ipaddr *address, char *text)
{
	bool is_ipv4 = ipaddr_is_ipv4(address);
	const uint8_t *bytes = is_ipv4 ? address->bytes + MAPPED_BYTES : address->bytes;
	/* It can't fail: both families are known, and the room is enough. */
	if (!inet_ntop(is_ipv4 ? AF_INET : AF_INET6, bytes, text, IPADDR_TEXT_ROOM))
		text[0] = '\0';
	return text;
}

struct ipaddr ipaddr_of_ipv4(const void *bytes)
{
	struct ipaddr ret;
	memcpy(ret.bytes, mapped_front, MAPPED_BYTES);
	memcpy(ret.bytes + MAPPED_BYTES, bytes, sizeof ret.bytes - MAPPED_BYTES);
	return ret;
}

bool ipaddr_equals(const struct ipaddr *a, const struct ipaddr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool ipaddr_is_ipv4(const struct ipaddr *address)
{
	return memcmp(address->bytes, mapped_front, MAPPED_BYTES) == 0;
}

static uint32_t ipv4_number(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
		bytes[3];
}

static bool ipv4_is_public(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(ipv4_networks); i++) {
		/* no row has 0 bits */
		uint32_t mask = UINT32_MAX << (IPV4_BITS - ipv4_networks[i].bits);
		if ((number & mask) == ipv4_networks[i].network)
			return ipv4_networks[i].is_public;
	}
	return true;
}

/* Of what no row has: not public. ADDRESS is no IPv4 one. */
static enum verdict verdict_of(const struct ipaddr *address)
{
	for (size_t i = 0; i < ARRAY_SIZE(ipv6_networks); i++)
		if (ipprefix_contains(&ipv6_networks[i].prefix, address))
			return ipv6_networks[i].verdict;
	return NOT_PUBLIC;
}

bool ipaddr_get_embedded(const struct ipaddr *address, struct ipaddr *ret)
{
	enum verdict verdict = ipaddr_is_ipv4(address) ? NOT_PUBLIC : verdict_of(address);
	const uint8_t *bytes = address->bytes +
		(verdict == IPV4_IN_BYTES_2_TO_5 ? 2 : MAPPED_BYTES);
	uint8_t flip = verdict == IPV4_INVERTED_AT_END ? 0xff : 0;
	if (verdict == PUBLIC || verdict == NOT_PUBLIC)
		return false;
	*ret = ipaddr_of_ipv4(
		(uint8_t[]){ bytes[0] ^ flip, bytes[1] ^ flip, bytes[2] ^ flip, bytes[3] ^ flip });
	return true;
}

bool ipaddr_is_public(const struct ipaddr *address)
{
	struct ipaddr embedded;
	if (ipaddr_is_ipv4(address))
		return ipv4_is_public(ipv4_number(address->bytes + MAPPED_BYTES));
	if (ipaddr_get_embedded(address, &embedded))
		return ipaddr_is_public(&embedded);
	return verdict_of(address) == PUBLIC;
}

/* A number from 0 to MOST in plain digits. */
static bool parse_bits(int *ret, struct slice text, int most)
{
	struct slice digits = slice_take_while(&text, slice_is_digit, 3);
	if (!digits.length || text.length || (digits.length > 1 && digits.data[0] == '0'))
		return false;
	int bits = 0;
	for (size_t i = 0; i < digits.length; i++)
		bits = bits * 10 + (digits.data[i] - '0');
	if (bits > most)
		return false;
	*ret = bits;
	return true;
}

static struct ipaddr first_of_network(const struct ipprefix *prefix)
{
	struct ipaddr first = { .bytes = { 0 } };
	size_t whole = (size_t)prefix->bits / 8;
	memcpy(first.bytes, prefix->address.bytes, whole);
	if (prefix->bits % 8)
		first.bytes[whole] = prefix->address.bytes[whole] &
			(uint8_t)(0xff00 >> prefix->bits % 8);
	return first;
}

bool ipprefix_parse(struct ipprefix *ret, struct slice text)
{
	struct ipprefix prefix = { .bits = ADDRESS_BITS };
	size_t length = slice_find(text, SLICE_LITERAL("/"));
	struct slice address = slice_make(text.data, length);
	if (!ipaddr_parse(&prefix.address, address))
		return false;
	/* How it was written decides what a length means: "::ffff:0:0/96" is all of IPv4,
	 * "0.0.0.0/96" is nothing. */
	int skipped = has_colon(address) ? 0 : MAPPED_BITS;
	if (length < text.length) {
		if (!parse_bits(&prefix.bits, slice_skip(text, length + 1), ADDRESS_BITS - skipped))
			return false;
		prefix.bits += skipped;
	}
	struct ipaddr first = first_of_network(&prefix);
	if (!ipaddr_equals(&first, &prefix.address))
		return false;
	*ret = prefix;
	return true;
}

bool ipprefix_contains(const struct ipprefix *prefix, const struct ipaddr *address)
{
	size_t whole = (size_t)prefix->bits / 8;
	if (memcmp(prefix->address.bytes, address->bytes, whole) != 0)
		return false;
	int rest = prefix->bits % 8;
	return !rest || (prefix->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}
