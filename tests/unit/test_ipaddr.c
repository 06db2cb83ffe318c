/* test_ipaddr.c - unit tests of common/ipaddr.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/ipaddr.h"
#include "common/xalloc.h"

static struct ipaddr parsed(const char *text)
{
	struct ipaddr address;
	if (!ipaddr_parse(&address, slice_string(text)))
		fail_msg("\"%s\" is not parsed", text);
	return address;
}

/* From the heap without a NUL, so that a sanitizer sees a read beyond the end. */
static bool parses_bytes(const char *bytes, size_t length)
{
	char *copy = malloc(length ? length : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, length);
	struct ipaddr address;
	bool is_parsed = ipaddr_parse(&address, slice_make(copy, length));
	free(copy);
	return is_parsed;
}

static void assert_formats_as(const char *text, const char *expected)
{
	char room[IPADDR_TEXT_ROOM];
	struct ipaddr address = parsed(text);
	assert_string_equal(ipaddr_format(&address, room), expected);
}

static void an_address_is_formatted_in_its_short_form(void **state)
{
	(void)state;
	static const char *const texts[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "2001:0DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_formats_as(texts[i][0], texts[i][1]);
}

static void a_mapped_address_is_the_ipv4_address(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"::ffff:192.0.2.1",
		"::FFFF:c000:201",
		"0:0:0:0:0:ffff:192.0.2.1",
		"IPv6:::ffff:192.0.2.1",
	};
	struct ipaddr plain = parsed("192.0.2.1");
	assert_true(ipaddr_is_ipv4(&plain));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ipaddr mapped = parsed(texts[i]);
		assert_true(ipaddr_equals(&plain, &mapped));
		assert_formats_as(texts[i], "192.0.2.1");
	}
	struct ipaddr compatible = parsed("::192.0.2.1");
	assert_false(ipaddr_is_ipv4(&compatible));
	assert_false(ipaddr_equals(&plain, &compatible));
}

static void the_ipv6_tag_and_the_zone_are_taken_off(void **state)
{
	(void)state;
	assert_formats_as("IPv6:2001:db8::1", "2001:db8::1");
	assert_formats_as("ipv6:2001:db8::1", "2001:db8::1");
	assert_formats_as("fe80::1%eth0", "fe80::1");
	assert_formats_as("fe80::1%br-lan.100", "fe80::1");
	assert_formats_as("fe80::1%12", "fe80::1");
	assert_formats_as("IPv6:fe80::1%eth0", "fe80::1");
	assert_formats_as("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%123456789012345",
	                  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void what_is_no_address_is_rejected(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		" ",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"1.2.3.04",
		"1.2.3.4 ",
		" 1.2.3.4",
		"0x1.2.3.4",
		"1.2.3.-4",
		"1.2.3.4:25",
		"[::1]",
		":",
		":::",
		"1::2::3",
		"12345::",
		"g::",
		"::1 ",
		"2001:db8::/32",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"::1.2.3",
		"IPv6:",
		"IPv6",
		"IPv6:IPv6:::1",
		"IPv6:192.0.2.1",
		"192.0.2.1%eth0",
		"fe80::1%",
		"%eth0",
		"fe80::1%a%b",
		"fe80::1%a b",
		"fe80::1%a/b",
		"fe80::1%1234567890123456",
		"localhost",
		"unknown",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (parses_bytes(texts[i], strlen(texts[i])))
			fail_msg("\"%s\" is parsed", texts[i]);
	}
}

static void a_rejected_text_leaves_the_result_as_it_was(void **state)
{
	(void)state;
	struct ipaddr address = parsed("192.0.2.1");
	struct ipaddr before = address;
	assert_false(ipaddr_parse(&address, SLICE_LITERAL("192.0.2.256")));
	assert_false(ipaddr_parse(&address, SLICE_LITERAL("2001:db8::g")));
	assert_true(ipaddr_equals(&address, &before));
}

static void bytes_that_no_string_has_are_rejected(void **state)
{
	(void)state;
	assert_false(ipaddr_parse(&(struct ipaddr){ .bytes = { 0 } }, slice_make(NULL, 0)));
	assert_false(parses_bytes("1.2.3.4\0", 8));
	assert_false(parses_bytes("1.2.3.4\0junk", 12));
	assert_false(parses_bytes("::1\0", 4));
	assert_false(parses_bytes("\0"
	                          "1.2.3.4",
	                          8));
	assert_false(parses_bytes("fe80::1%e\0", 10));
	size_t length = 1000 * 1000;
	char *huge CLEANUP(xalloc_freep) = xalloc_zero(length, 1);
	memset(huge, '1', length);
	assert_false(ipaddr_parse(&(struct ipaddr){ .bytes = { 0 } }, slice_make(huge, length)));
	memset(huge, ':', length);
	assert_false(ipaddr_parse(&(struct ipaddr){ .bytes = { 0 } }, slice_make(huge, length)));
	assert_false(ipprefix_parse(&(struct ipprefix){ .bits = 0 }, slice_make(huge, length)));
}

static void assert_public(const char *const *texts, size_t count, bool expected)
{
	for (size_t i = 0; i < count; i++) {
		struct ipaddr address = parsed(texts[i]);
		if (ipaddr_is_public(&address) != expected)
			fail_msg("%s is %s", texts[i], expected ? "not public" : "public");
	}
}

/* The last address of each network that is not public, and what is just outside of both of its
 * ends. */
static void ipv4_special_networks_are_not_public(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"0.0.0.0",     "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
		"100.64.0.0",  "100.127.255.255", "127.0.0.1",       "127.255.255.255",
		"169.254.0.0", "169.254.255.255", "172.16.0.0",      "172.31.255.255",
		"192.0.0.0",   "192.0.0.8",       "192.0.0.11",      "192.0.0.170",
		"192.0.0.255", "192.0.2.0",       "192.0.2.255",     "192.88.99.0",
		"192.88.99.2", "192.88.99.255",   "192.168.0.0",     "192.168.255.255",
		"198.18.0.0",  "198.19.255.255",  "198.51.100.0",    "198.51.100.255",
		"203.0.113.0", "203.0.113.255",   "224.0.0.0",       "239.255.255.255",
		"240.0.0.0",   "255.255.255.255", "::ffff:10.0.0.1",
	};
	assert_public(texts, ARRAY_SIZE(texts), false);
}

static void ipv4_neighbours_of_special_networks_are_public(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"1.0.0.0",         "8.8.8.8",        "9.255.255.255",   "11.0.0.0",
		"100.63.255.255",  "100.128.0.0",    "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "169.255.0.0",    "172.15.255.255",  "172.32.0.0",
		"191.255.255.255", "192.0.0.9",      "192.0.0.10",      "192.0.1.0",
		"192.0.1.255",     "192.0.3.0",      "192.31.196.1",    "192.52.193.1",
		"192.88.98.255",   "192.88.100.0",   "192.167.255.255", "192.169.0.0",
		"192.175.48.1",    "198.17.255.255", "198.20.0.0",      "198.51.99.255",
		"198.51.101.0",    "203.0.112.255",  "203.0.114.0",     "223.255.255.255",
		"::ffff:8.8.8.8",
	};
	assert_public(texts, ARRAY_SIZE(texts), true);
}

static void ipv6_special_networks_are_not_public(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"::",
		"::1",
		"::2",
		"::8.8.8.8",
		"::fffe:8.8.8.8",
		"::1:ffff:8.8.8.8",
		"100::",
		"100::1",
		"100:0:0:1::1",
		"64:ff9b:1::1",
		"64:ff9b:1::808:808",
		"64:ff9a::808:808",
		"64:ff9b::1:808:808",
		"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"2001:1::",
		"2001:1::4",
		"2001:2::1",
		"2001:2:0:ffff::1",
		"2001:4:111::1",
		"2001:4:113::1",
		"2001:10::1",
		"2001:1f:ffff::1",
		"2001:40::1",
		"2001:1ff:ffff::1",
		"2001:db8::",
		"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
		"3fff::1",
		"3fff:fff:ffff::1",
		"4000::",
		"5f00::1",
		"fbff::1",
		"fc00::1",
		"fd12:3456::1",
		"fe00::1",
		"fe80::1",
		"fe80::1%eth0",
		"febf::1",
		"fec0::1",
		"ff02::1",
	};
	assert_public(texts, ARRAY_SIZE(texts), false);
}

static void tunnels_have_an_ipv4_address_inside(void **state)
{
	static const struct {
		const char *outer, *inner;
	} cases[] = {
		{ "2002:4d58:808::1", "77.88.8.8" },
		{ "2002:a00:1::", "10.0.0.1" },
		{ "64:ff9b::4d58:808", "77.88.8.8" },
		{ "64:ff9b::192.168.1.1", "192.168.1.1" },
		{ "2001:0:0808:0808:0:fbff:b2a7:f7f7", "77.88.8.8" },
		{ "2001::", "255.255.255.255" },
		{ "77.88.8.8", NULL },
		{ "::ffff:77.88.8.8", NULL },
		{ "2001:4860:4860::8888", NULL },
		{ "2001:1::1", NULL },
		{ "64:ff9b:1::4d58:808", NULL },
		{ "::", NULL },
		{ "2003:4d58:808::1", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ipaddr outer, inner;
		char text[IPADDR_TEXT_ROOM];
		assert_true(ipaddr_parse(&outer, slice_string(cases[i].outer)));
		bool has_inner = ipaddr_get_embedded(&outer, &inner);
		if (has_inner != (cases[i].inner != NULL))
			fail_msg("%s has %s address inside", cases[i].outer,
			         has_inner ? "an" : "no");
		if (has_inner)
			assert_string_equal(ipaddr_format(&inner, text), cases[i].inner);
	}
}

static void ipv6_global_unicast_is_public(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"2000::1",           "2001:1::1",       "2001:1::2",    "2001:1::3",
		"2001:3::1",         "2001:4:112::1",   "2001:20::1",   "2001:2f:ffff::1",
		"2001:30::1",        "2001:3f:ffff::1", "2001:200::1",  "2001:4860:4860::8888",
		"2001:db7::1",       "2001:db9::1",     "2003::1",      "2620:4f:8000::1",
		"2a00:1450:4001::1", "3ffe::1",         "3fff:1000::1",
	};
	assert_public(texts, ARRAY_SIZE(texts), true);
}

static void a_tunnelled_address_is_judged_by_the_ipv4_address_inside(void **state)
{
	(void)state;
	static const char *const good[] = {
		"2002:808:808::1",            /* 6to4 of 8.8.8.8 */
		"2002:808:808:a00:1:0:a00:1", /* only bytes 2 to 5 count */
		"64:ff9b::8.8.8.8",           /* NAT64 */
		"64:ff9b::192.0.0.9",         /* an exception inside */
		/* Teredo: a private server, the client 8.8.8.8 inverted */
		"2001:0:a00:1:0:0:f7f7:f7f7",
		"2001::ffff:f7f7:f7f7",
	};
	static const char *const bad[] = {
		"2002:a00:1::1", /* 10.0.0.1 */
		"2002:7f00:1:808:808:808:808:808",
		"2002:c0a8:101::1", /* 192.168.1.1 */
		"2002::1",
		"2002:e000:1::1",
		"64:ff9b::10.0.0.1",
		"64:ff9b::127.0.0.1",
		"64:ff9b::",
		"2001:0:808:808:0:0:f5ff:fffe", /* 10.0.0.1 inverted */
		"2001:0:808:808:0:0:3f57:fefe", /* 192.168.1.1 inverted */
		"2001::ffff:ffff",              /* 0.0.0.0 inverted */
		"2001::",                       /* 255.255.255.255 inverted */
	};
	assert_public(good, ARRAY_SIZE(good), true);
	assert_public(bad, ARRAY_SIZE(bad), false);
}

static void a_network_contains_its_addresses_and_no_others(void **state)
{
	(void)state;
	static const struct {
		const char *network;
		const char *address;
		bool expected;
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.0", true },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "::ffff:192.0.2.7", true },
		{ "192.0.2.0/24", "192.0.1.255", false },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.0/24", "::192.0.2.7", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "192.0.2.4/31", "192.0.2.5", true },
		{ "192.0.2.4/31", "192.0.2.6", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.0", false },
		{ "192.0.2.1/32", "192.0.2.1", true },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::ffff:192.0.2.0/120", "192.0.2.9", true },
		{ "::ffff:0:0/96", "203.0.113.9", true },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:db8::/29", "2001:dbf::1", true },
		{ "2001:db8::/29", "2001:dc0::1", false },
		{ "2001:db8::1", "2001:db8::1", true },
		{ "2001:db8::1/128", "2001:db8::2", false },
		{ "::/0", "2001:db8::1", true },
		{ "8000::/1", "ff02::1", true },
		{ "8000::/1", "7fff::1", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipprefix prefix;
		assert_true(ipprefix_parse(&prefix, slice_string(rows[i].network)));
		struct ipaddr address = parsed(rows[i].address);
		if (ipprefix_contains(&prefix, &address) != rows[i].expected)
			fail_msg("%s in %s is not %d", rows[i].address, rows[i].network,
			         rows[i].expected);
	}
}

static void the_length_of_an_ipv4_network_counts_the_mapped_bits(void **state)
{
	(void)state;
	struct ipprefix prefix;
	assert_true(ipprefix_parse(&prefix, SLICE_LITERAL("192.0.2.0/24")));
	assert_int_equal(prefix.bits, 120);
	assert_true(ipprefix_parse(&prefix, SLICE_LITERAL("192.0.2.1")));
	assert_int_equal(prefix.bits, 128);
	assert_true(ipprefix_parse(&prefix, SLICE_LITERAL("2001:db8::/32")));
	assert_int_equal(prefix.bits, 32);
}

static void a_mistyped_network_is_rejected(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"/",
		"/24",
		"192.0.2.0/",
		"192.0.2.0/33",
		"192.0.2.0/120",
		"192.0.2.0/-1",
		"192.0.2.0/+8",
		"192.0.2.0/ 24",
		"192.0.2.0/24 ",
		"192.0.2.0/024",
		"192.0.2.0/2x",
		"192.0.2.0/24/24",
		"192.0.2.0/4294967320",
		"192.0.2.1/24",
		"192.0.2.0/22",
		"10.1.0.0/8",
		"0.0.0.1/0",
		"192.0.2/24",
		"2001:db8::/129",
		"2001:db8::1/64",
		"2001:db8::/28",
		"::ffff:192.0.2.0/24",
		"::1/0",
		"example.org/24",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ipprefix prefix = { .bits = -7 };
		if (ipprefix_parse(&prefix, slice_string(texts[i])))
			fail_msg("\"%s\" is parsed", texts[i]);
		assert_int_equal(prefix.bits, -7);
	}
}

static void four_bytes_are_the_address_that_their_text_is(void **state)
{
	struct ipaddr parsed, made = ipaddr_of_ipv4("\xc0\x00\x02\x19");
	(void)state;
	assert_true(ipaddr_parse(&parsed, slice_string("192.0.2.25")));
	assert_true(ipaddr_equals(&parsed, &made));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_bytes_are_the_address_that_their_text_is),
		cmocka_unit_test(an_address_is_formatted_in_its_short_form),
		cmocka_unit_test(a_mapped_address_is_the_ipv4_address),
		cmocka_unit_test(the_ipv6_tag_and_the_zone_are_taken_off),
		cmocka_unit_test(what_is_no_address_is_rejected),
		cmocka_unit_test(a_rejected_text_leaves_the_result_as_it_was),
		cmocka_unit_test(bytes_that_no_string_has_are_rejected),
		cmocka_unit_test(ipv4_special_networks_are_not_public),
		cmocka_unit_test(ipv4_neighbours_of_special_networks_are_public),
		cmocka_unit_test(ipv6_special_networks_are_not_public),
		cmocka_unit_test(tunnels_have_an_ipv4_address_inside),
		cmocka_unit_test(ipv6_global_unicast_is_public),
		cmocka_unit_test(a_tunnelled_address_is_judged_by_the_ipv4_address_inside),
		cmocka_unit_test(a_network_contains_its_addresses_and_no_others),
		cmocka_unit_test(the_length_of_an_ipv4_network_counts_the_mapped_bits),
		cmocka_unit_test(a_mistyped_network_is_rejected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
