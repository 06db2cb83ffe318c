/* own.c - the public addresses from which this machine sends mail; see dnsbl.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "plugin/dnsbl.h"
#include "plugin/dnsbl/postfixconf.h"

/* What was found, and where; a family that one place has told is not looked for in the next, less
 * honest one. */
struct search {
	struct own_address *found;
	size_t count;
	bool has[2], had[2]; /* of IPv4 and IPv6: now, and before this place */
};

static void add(struct search *search, const struct ipaddr *address, const char *place)
{
	bool is_ipv6 = !ipaddr_is_ipv4(address);
	if (search->had[is_ipv6] || search->count == DNSBL_ADDRESSES_MOST ||
	    !ipaddr_is_public(address))
		return;
	for (size_t i = 0; i < search->count; i++)
		if (ipaddr_equals(&search->found[i].address, address))
			return;
	struct own_address *own = &search->found[search->count++];
	own->address = *address;
	snprintf(own->place, sizeof own->place, "%s", place);
	search->has[is_ipv6] = true;
}

static void end_place(struct search *search)
{
	memcpy(search->had, search->has, sizeof search->had);
}

/* --- Postfix --- */

/* An IPv6 address may stand in brackets. */
static bool read_address(struct ipaddr *ret, struct slice word)
{
	if (word.length > 2 && word.data[0] == '[' && word.data[word.length - 1] == ']')
		word = slice_make(word.data + 1, word.length - 2);
	return ipaddr_parse(ret, word);
}

/* inet_interfaces tells where mail goes out only if it is one address, as smtp(8) has it. */
static void look_into_parameter(struct search *search, const char *path, const char *name)
{
	struct strbuf value CLEANUP(strbuf_release) = STRBUF_INIT(POSTFIXCONF_VALUE_MOST);
	struct ipaddr found[DNSBL_ADDRESSES_MOST];
	struct slice word;
	size_t count = 0, words = 0;
	if (!postfixconf_get(&value, path, name))
		return;
	struct slice rest = slice_string(strbuf_text(&value));
	for (; count < DNSBL_ADDRESSES_MOST && (word = slice_take_word(&rest, ", \t")).length;
	     words++)
		count += read_address(&found[count], word);
	if (words > 1 && strcmp(name, "inet_interfaces") == 0)
		return;
	struct strbuf place CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&place, "%s in %s", name, path);
	for (size_t i = 0; i < count; i++)
		add(search, &found[i], strbuf_text(&place));
}

static void look_into_postfix(struct search *search)
{
	static const char *const names[][3] = { { "smtp_bind_address", "smtp_bind_address6" },
		                                { "proxy_interfaces" },
		                                { "inet_interfaces" } };
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	postfixconf_path(&path);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		for (size_t j = 0; names[i][j]; j++)
			look_into_parameter(search, strbuf_text(&path), names[i][j]);
		end_place(search);
	}
}

/* --- the kernel --- */

static bool read_sockaddr(struct ipaddr *ret, const struct sockaddr *address)
{
	if (address && address->sa_family == AF_INET)
		*ret = ipaddr_of_ipv4(
			&((const struct sockaddr_in *)(const void *)address)->sin_addr);
	else if (address && address->sa_family == AF_INET6)
		memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
		       16);
	else
		return false;
	return true;
}

static void look_at_interfaces(struct search *search)
{
	struct ifaddrs *list = NULL;
	struct ipaddr address;
	if (getifaddrs(&list) < 0)
		return;
	for (const struct ifaddrs *at = list; at; at = at->ifa_next)
		if (read_sockaddr(&address, at->ifa_addr))
			add(search, &address, at->ifa_name);
	freeifaddrs(list);
	end_place(search);
}

/* From where a packet to AWAY would be sent; none is. */
static void look_at_route(struct search *search, const struct sockaddr *away, socklen_t length)
{
	struct sockaddr_storage local = { 0 };
	socklen_t room = sizeof local;
	struct ipaddr address;
	int descriptor = socket(away->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return;
	if (connect(descriptor, away, length) == 0 &&
	    getsockname(descriptor, (struct sockaddr *)&local, &room) == 0 &&
	    read_sockaddr(&address, (struct sockaddr *)&local))
		add(search, &address, "the route to the Internet");
	close(descriptor);
}

static void look_at_routes(struct search *search)
{
	/* Any addresses that are far away: those of two root name servers. */
	struct sockaddr_in away4 = { .sin_family = AF_INET,
		                     .sin_port = htons(53),
		                     .sin_addr.s_addr = htonl(0xc6290004) };
	struct sockaddr_in6 away6 = { .sin6_family = AF_INET6,
		                      .sin6_port = htons(53),
		                      .sin6_addr.s6_addr = { 0x20, 0x01, 0x05, 0x03, 0xba,
		                                             0x3e, [14] = 0x02, 0x30 } };
	look_at_route(search, (const struct sockaddr *)&away4, sizeof away4);
	look_at_route(search, (const struct sockaddr *)&away6, sizeof away6);
	end_place(search);
}

size_t dnsbl_own_addresses(struct own_address *ret)
{
	struct search search = { .found = ret };
	look_into_postfix(&search);
	look_at_interfaces(&search);
	look_at_routes(&search);
	return search.count;
}
