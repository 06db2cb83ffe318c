/* libloc.c - geolocation from IPFire's location database, which its library libloc writes
 *
 * Version 1 of the format, as libloc/format.h has it. All numbers are big endian.
 *
 *	0	"LOCDBXX", and a byte: 1
 *	8	when it was made, seconds since 1970 in 8 bytes
 *	28	where the five sections are: an offset and a length in bytes, 4 bytes each
 *	68	signatures, up to 4200
 *
 *	ASes		number (4), where in the strings its name begins (4); by number
 *	networks	country (2), nothing (2), AS number (4), flags (2), nothing (2)
 *	tree		nodes: where 0 leads (4), where 1 leads (4), the network (4). To lead to 0
 *			is to lead nowhere, all ones are no network. The first node is the root of
 *			IPv6, and IPv4 is below ::ffff:0:0/96
 *	countries	not needed
 *	strings		each up to its NUL
 *
 * It is read here and not by the library, which
 * - costs a run 2 ms as soon as it is linked, for it brings libcrypto, and 1 ms more when it is
 *   used; and each look-up a malloc or two;
 * - trusts what the file says about itself: it reads outside of a damaged one, or calls itself
 *   until the stack is used up;
 * - does not find networks that are there, in 0.9.18, which Debian 13 has (2a02:6b8::, and
 *   77.88.8.8 in the data of 2025; 0.9.16 finds them in the same file).
 *
 * The signatures are not looked at. Nor does the library, unless it is asked to and given IPFire's
 * key: that is for who downloads. This file was installed by somebody who may write there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/geo/database.h"

#define MAGIC "LOCDBXX\1" /* with the version */
#define HEADER_BYTES 4200
#define CREATED_AT 8
#define AS_BYTES 8
#define NETWORK_BYTES 12
#define NODE_BYTES 12
#define NO_NETWORK UINT32_MAX
#define FLAG_ANONYMOUS_PROXY 1 /* "A1" */
#define ADDRESS_BITS 128
#define IPV4_BEGIN 96 /* bits that all of IPv4 have in common: most of the way */

enum section_name { ASES, NETWORKS, TREE, STRINGS, SECTIONS };

/* Where the header has a section's offset (and, four bytes on, its length), and the bytes of a
 * record in it. */
static const struct {
	size_t at;
	uint32_t record_bytes;
} section_rows[SECTIONS] = {
	[ASES] = { 28, AS_BYTES },
	[NETWORKS] = { 36, NETWORK_BYTES },
	[TREE] = { 44, NODE_BYTES },
	[STRINGS] = { 60, 1 },
};

/* All of it is inside of the file, as long as that has the size that it had. */
struct section {
	const unsigned char *bytes;
	uint32_t count; /* records */
};

/* A place on a way down the tree. NODE is one that is there. */
struct step {
	unsigned int level; /* bits of the address that were gone */
	uint32_t node;
	uint32_t network; /* the most specific one so far */
};

struct location {
	unsigned char *bytes; /* all of the file, mapped; NULL if it is empty */
	size_t size;          /* when it was opened */
	int64_t created_at_sec;
	struct section sections[SECTIONS];
	struct step ipv4; /* where all ways of IPv4 come to; level 0: not known */
};

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
		bytes[3];
}

static int damaged(struct strbuf *why, const char *what)
{
	return strbuf_fail(why, -EIO, "is damaged (%s)", what);
}

/* --- opening --- */

static int refuse(struct strbuf *why, const char *what)
{
	return strbuf_fail(why, -EINVAL, "is a damaged libloc database (%s)", what);
}

static int find_section(struct location *location, enum section_name name)
{
	const unsigned char *row = location->bytes + section_rows[name].at;
	uint32_t offset = big_endian(row);
	uint32_t length = big_endian(row + 4);
	if ((uint64_t)offset + length > location->size)
		return -EINVAL;
	location->sections[name] = (struct section){
		.bytes = location->bytes + offset,
		.count = length / section_rows[name].record_bytes,
	};
	return 0;
}

/* A name ends with its NUL, so there has to be one behind the last. */
static bool strings_end(const struct section *strings)
{
	return !strings->count || strings->bytes[strings->count - 1] == '\0';
}

static int check_layout(struct location *location, struct strbuf *why)
{
	if (location->size < sizeof MAGIC - 1 ||
	    memcmp(location->bytes, MAGIC, sizeof MAGIC - 1) != 0)
		return strbuf_fail(why, -EINVAL, "is no libloc database of version 1");
	if (location->size < HEADER_BYTES)
		return refuse(why, "its header is incomplete");
	for (enum section_name name = 0; name < SECTIONS; name++)
		if (find_section(location, name) < 0)
			return refuse(why, "it is shorter than its header says");
	location->created_at_sec = (int64_t)((uint64_t)big_endian(location->bytes + CREATED_AT)
	                                             << 32 |
	                                     big_endian(location->bytes + CREATED_AT + 4));
	if (!location->sections[TREE].count || !strings_end(&location->sections[STRINGS]))
		return refuse(why, "its sections are inconsistent");
	return 0;
}

static int map_file(struct location *location, int descriptor, struct strbuf *why)
{
	struct stat status;
	if (fstat(descriptor, &status) < 0)
		return strbuf_fail(why, -errno, "can't be examined: %s", strerror(errno));
	if (status.st_size <= 0)
		return 0;
	void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (bytes == MAP_FAILED)
		return strbuf_fail(why, -errno, "can't be mapped: %s", strerror(errno));
	location->bytes = bytes;
	location->size = (size_t)status.st_size;
	return 0;
}

static void close_location(void *database)
{
	struct location *location = database;
	if (location->bytes)
		munmap(location->bytes, location->size);
	free(location);
}

static int open_location(void **ret, const char *path, int descriptor, struct strbuf *why)
{
	(void)path;
	struct location *location = xalloc_zero(1, sizeof *location);
	int error = map_file(location, descriptor, why);
	if (!error)
		error = check_layout(location, why);
	if (error)
		close_location(location);
	else
		*ret = location;
	return error;
}

/* --- the tree --- */

static bool bit_of(const struct ipaddr *address, unsigned int level)
{
	return level < ADDRESS_BITS && address->bytes[level / 8] >> (7 - level % 8) & 1;
}

/* Goes the way of ADDRESS on from AT to its most specific network, NO_NETWORK if there is none, or
 * to the level END. Each node and network must be in its section. > 0: END was reached; 0: the way
 * ended before. */
static int walk(const struct location *location, const struct ipaddr *address, struct step *at,
                unsigned int end, struct strbuf *why)
{
	struct section tree = location->sections[TREE];
	uint32_t networks = location->sections[NETWORKS].count;
	struct step now = *at;
	for (; now.level < end; now.level++) {
		const unsigned char *node = tree.bytes + (size_t)now.node * NODE_BYTES;
		uint32_t network = big_endian(node + 8);
		if (network < networks)
			now.network = network;
		else if (network != NO_NETWORK)
			return damaged(why, "a network is outside of the list of networks");
		uint32_t next = big_endian(node + (bit_of(address, now.level) ? 4 : 0));
		if (next == 0) {
			*at = now;
			return 0;
		}
		if (next >= tree.count)
			return damaged(why, "a branch leads out of the tree");
		now.node = next;
	}
	*at = now;
	return 1;
}

/* The way must end: a node behind the last bit leads nowhere. */
static int find_network(struct location *location, const struct ipaddr *address, uint32_t *ret,
                        struct strbuf *why)
{
	bool is_ipv4 = ipaddr_is_ipv4(address);
	struct step at = { .network = NO_NETWORK };
	int result = 1;
	if (is_ipv4 && location->ipv4.level)
		at = location->ipv4;
	else if (is_ipv4)
		result = walk(location, address, &at, IPV4_BEGIN, why);
	if (is_ipv4 && result > 0)
		location->ipv4 = at;
	if (result > 0)
		result = walk(location, address, &at, ADDRESS_BITS + 1, why);
	if (result > 0)
		return damaged(why, "its tree has no end");
	*ret = at.network;
	return result;
}

/* --- what is known of a network --- */

/* ASN's place in the list, or the list's length. */
static uint32_t find_as(const struct section *ases, uint32_t asn)
{
	uint32_t begin = 0, end = ases->count;
	while (begin < end) {
		uint32_t middle = begin + (end - begin) / 2;
		uint32_t found = big_endian(ases->bytes + (size_t)middle * AS_BYTES);
		if (found == asn)
			return middle;
		if (found < asn)
			begin = middle + 1;
		else
			end = middle;
	}
	return ases->count;
}

/* Not each AS has a name, and in a damaged file it may lie anywhere: the place counts all the same.
 * That the strings end was seen when the file was opened; who writes to it now may change that. */
static void find_as_name(const struct location *location, struct place *place)
{
	const struct section *ases = &location->sections[ASES];
	const struct section *strings = &location->sections[STRINGS];
	uint32_t number = find_as(ases, place->asn);
	if (number == ases->count)
		return;
	uint32_t at = big_endian(ases->bytes + (size_t)number * AS_BYTES + 4);
	if (at >= strings->count)
		return;
	const char *name = (const char *)strings->bytes + at;
	size_t most = strings->count - at < AS_NAME_MAX ? strings->count - at : AS_NAME_MAX;
	place_set_as_name(place, slice_make(name, strnlen(name, most)));
}

/* Of the flags only A1 says something about the place. XD (drop) judges the network's owner, not
 * where it is; A2 (satellite) and A3 (anycast) spoil coordinates, and there are none. */
static void read_network(const struct location *location, uint32_t number, struct place *place)
{
	const unsigned char *record = location->sections[NETWORKS].bytes +
		(size_t)number * NETWORK_BYTES;
	memcpy(place->country, record, 2);
	place->asn = big_endian(record + 4);
	place->is_anonymiser = record[9] & FLAG_ANONYMOUS_PROXY;
	if (place->asn)
		find_as_name(location, place);
}

/* --- the driver --- */

static int lookup_location(void *database, const struct ipaddr *address, struct place *ret,
                           struct strbuf *why)
{
	uint32_t network = NO_NETWORK;
	int error = find_network(database, address, &network, why);
	if (error < 0 || network == NO_NETWORK)
		return error;
	read_network(database, network, ret);
	return 1;
}

static int64_t built_at_sec(const void *database)
{
	const struct location *location = database;
	return location->created_at_sec;
}

/* Where the package `location` keeps it fresh, and where the package `libloc-database` has it. */
static const char *const usual_places[] = {
	"/var/lib/location/database.db",
	"/usr/share/libloc-location/location.db",
	NULL,
};

const struct geo_database geo_database_libloc = {
	.name = "libloc",
	.usual_places = usual_places,
	.advice = "apt-get install libloc-database, or give a database with --geo=libloc:FILE",
	.open = open_location,
	.lookup = lookup_location,
	.built_at_sec = built_at_sec,
	.close = close_location,
};
