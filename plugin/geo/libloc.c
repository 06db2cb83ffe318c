/* libloc.c - geolocation from IPFire's location database, through libloc (0.9.13 or later)
 *
 * libloc trusts what the file says about itself: a damaged one makes it read outside of the
 * mapping, or call itself until the stack is used up. So what it will rely on is checked here
 * first, when a file is opened, and the way through the tree is gone here; libloc knows the names
 * of networks. The offsets are those of version 1 of the format, libloc/format.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#ifdef WITH_LIBLOC

#include <libloc/as.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/geo/database.h"

#define MAGIC "LOCDBXX\1" /* with the version */
#define HEADER_BYTES 4200 /* the magic's 8 too */
#define CREATED_AT 8      /* where the header has its 8 bytes of time */
#define NODE_BYTES 12     /* where 0 leads, where 1 leads, the network */
#define NETWORK_BYTES 12
#define NO_NETWORK UINT32_MAX
#define ADDRESS_BITS 128
#define IPV4_BEGIN 96 /* bits that all of IPv4 have in common: most of the way */
#define AS_NAMES 4096 /* that are remembered */

enum section_name { ASES, NETWORKS, TREE, COUNTRIES, STRINGS, SECTIONS };

/* Where the header has a section's offset (and, four bytes on, its length), and the bytes of a
 * record in it. */
static const struct {
	size_t at;
	uint32_t record_bytes;
} section_rows[SECTIONS] = {
	[ASES] = { 28, 8 },          [NETWORKS] = { 36, NETWORK_BYTES },
	[TREE] = { 44, NODE_BYTES }, [COUNTRIES] = { 52, 8 },
	[STRINGS] = { 60, 1 },
};

struct section {
	uint32_t offset;
	uint32_t count; /* records */
};

/* A place on a way down the tree. */
struct step {
	unsigned int level; /* bits of the address that were gone */
	uint32_t node;
	uint32_t network; /* the most specific one so far */
};

struct as_name {
	uint32_t asn;
	char name[AS_NAME_MAX];
};

struct location {
	FILE *file;
	off_t size;        /* when it was opened */
	const char *bytes; /* all of the file, mapped; NULL if it is empty */
	int64_t created_at_sec;
	struct loc_ctx *context; /* these two: NULL until a name is wanted */
	struct loc_database *database;
	struct section sections[SECTIONS];
	struct step ipv4;               /* where all ways of IPv4 come to; level 0: not known */
	struct as_name names[AS_NAMES]; /* by number, the one that was asked for last */
};

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
		bytes[3];
}

/* From the mapping: a file that is cut short is a SIGBUS, which the façade catches. */
static bool read_at(const struct location *location, void *buffer, size_t length, off_t offset)
{
	if (offset > location->size || (off_t)length > location->size - offset)
		return false;
	memcpy(buffer, location->bytes + offset, length);
	return true;
}

/* --- what libloc does not check --- */

static int check_section(struct location *location, enum section_name name,
                         const unsigned char *header)
{
	uint32_t offset = big_endian(header + section_rows[name].at);
	uint32_t length = big_endian(header + section_rows[name].at + 4);
	if ((off_t)offset + (off_t)length > location->size)
		return -EINVAL;
	uint32_t count = length / section_rows[name].record_bytes;
	location->sections[name] = (struct section){ .offset = offset, .count = count };
	return 0;
}

/* Names are read up to their NUL, so there has to be one. */
static bool strings_end(const struct location *location)
{
	const struct section *strings = &location->sections[STRINGS];
	char last = '\0';
	if (strings->count &&
	    !read_at(location, &last, 1, (off_t)strings->offset + strings->count - 1))
		return false;
	return last == '\0';
}

static int check_layout(struct location *location, struct strbuf *why)
{
	unsigned char header[HEADER_BYTES];
	if (!read_at(location, header, sizeof MAGIC - 1, 0) ||
	    memcmp(header, MAGIC, sizeof MAGIC - 1) != 0)
		return strbuf_fail(why, -EINVAL, "is no libloc database of version 1");
	if (!read_at(location, header, sizeof header, 0))
		return strbuf_fail(why, -EINVAL,
		                   "is a damaged libloc database (its header is incomplete)");
	for (enum section_name name = 0; name < SECTIONS; name++) {
		if (check_section(location, name, header) < 0)
			return strbuf_fail(why, -EINVAL,
			                   "is a damaged libloc database (it is shorter than its "
			                   "header says)");
	}
	location->created_at_sec = (int64_t)((uint64_t)big_endian(header + CREATED_AT) << 32 |
	                                     big_endian(header + CREATED_AT + 4));
	if (!location->sections[TREE].count || !strings_end(location))
		return strbuf_fail(why, -EINVAL,
		                   "is a damaged libloc database (its sections are inconsistent)");
	return 0;
}

static int damaged(struct strbuf *why, const char *what)
{
	return strbuf_fail(why, -EIO, "is damaged (%s)", what);
}

static bool bit_of(const struct ipaddr *address, unsigned int level)
{
	return level < ADDRESS_BITS && address->bytes[level / 8] >> (7 - level % 8) & 1;
}

/* The façade would catch the SIGBUS, but the network that libloc had just allocated would be lost.
 * So this is asked first, and a SIGBUS is left for a cut in the very moment of the lookup. */
static int check_size(const struct location *location, struct strbuf *why)
{
	struct stat status;
	if (fstat(fileno(location->file), &status) < 0 || status.st_size < location->size)
		return damaged(why, "it was cut short");
	return 0;
}

/* Goes the way of ADDRESS on from AT to its most specific network, NO_NETWORK if there is none, or
 * to the level END. Each node and network must be in its section. > 0: END was reached; 0: the way
 * ended before. */
static int walk(const struct location *location, const struct ipaddr *address, struct step *at,
                unsigned int end, struct strbuf *why)
{
	const struct section *tree = &location->sections[TREE];
	for (; at->level < end; at->level++) {
		unsigned char node[NODE_BYTES];
		if (!read_at(location, node, sizeof node,
		             (off_t)tree->offset + (off_t)at->node * NODE_BYTES))
			return damaged(why, "its tree can't be read");
		uint32_t network = big_endian(node + 8);
		if (network != NO_NETWORK && network >= location->sections[NETWORKS].count)
			return damaged(why, "a network is outside of the list of networks");
		if (network != NO_NETWORK)
			at->network = network;
		at->node = big_endian(node + (bit_of(address, at->level) ? 4 : 0));
		if (at->node == 0)
			return 0;
		if (at->node >= tree->count)
			return damaged(why, "a branch leads out of the tree");
	}
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

/* --- the driver --- */

static void close_location(void *database)
{
	struct location *location = database;
	if (location->database)
		loc_database_unref(location->database);
	if (location->context)
		loc_unref(location->context);
	if (location->bytes)
		munmap((void *)(uintptr_t)location->bytes, (size_t)location->size);
	if (location->file)
		fclose(location->file);
	free(location);
}

/* libloc writes to standard error, which a monitoring system may show in place of our output. Its
 * loc_set_log_fn is a dummy in later versions, so the priority does it; and $LOC_LOG would let
 * loc_new itself speak. */
static int new_silent_context(struct loc_ctx **ret)
{
	unsetenv("LOC_LOG");
	if (loc_new(ret) != 0)
		return -ENOMEM;
	loc_set_log_priority(*ret, 0);
	return 0;
}

static int map_file(struct location *location, struct strbuf *why)
{
	struct stat status;
	if (fstat(fileno(location->file), &status) < 0)
		return strbuf_fail(why, -errno, "can't be examined: %s", strerror(errno));
	if (status.st_size <= 0)
		return 0;
	void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE,
	                   fileno(location->file), 0);
	if (bytes == MAP_FAILED)
		return strbuf_fail(why, -errno, "can't be mapped: %s", strerror(errno));
	location->bytes = bytes;
	location->size = status.st_size;
	return 0;
}

static int fill_location(struct location *location, const char *path, struct strbuf *why)
{
	location->file = fopen(path, "re");
	if (!location->file)
		return strbuf_fail(why, -errno, "can't be opened: %s", strerror(errno));
	int error = map_file(location, why);
	if (!error)
		error = check_layout(location, why);
	return error;
}

static int open_location(void **ret, const char *path, int descriptor, struct strbuf *why)
{
	(void)descriptor;
	struct location *location = xalloc_zero(1, sizeof *location);
	int error = fill_location(location, path, why);
	if (error)
		close_location(location);
	else
		*ret = location;
	return error;
}

/* libloc itself only when a name is wanted: its opening takes longer than all else of a run with
 * nothing new. A database that it refuses, though its sections and tree are sound, has no names,
 * but still its places. */
static bool open_names(struct location *location)
{
	if (location->context)
		return location->database != NULL;
	if (new_silent_context(&location->context) == 0 &&
	    loc_database_new(location->context, &location->database, location->file) != 0)
		location->database = NULL;
	return location->database != NULL;
}

/* libloc makes an object of each answer, which costs more than all else of a lookup. */
static void ask_for_name(struct location *location, struct as_name *ret, uint32_t asn)
{
	struct loc_as *as = NULL;
	struct place place = { .asn = asn };
	*ret = (struct as_name){ .asn = asn };
	if (loc_database_get_as(location->database, &as, asn) != 0)
		return;
	const char *name = loc_as_get_name(as);
	if (name)
		place_set_as_name(&place, slice_string(name));
	memcpy(ret->name, place.as_name, sizeof ret->name);
	loc_as_unref(as);
}

static int read_as_name(struct location *location, struct place *place, struct strbuf *why)
{
	if (!place->asn || !open_names(location))
		return 0;
	struct as_name *known = &location->names[place->asn % AS_NAMES];
	int error = known->asn == place->asn ? 0 : check_size(location, why);
	if (error)
		return error;
	if (known->asn != place->asn)
		ask_for_name(location, known, place->asn);
	memcpy(place->as_name, known->name, sizeof place->as_name);
	return 0;
}

/* A record: country (2 bytes, 2 unused), ASN (4), flags (2, 2 unused). Of the flags only A1 says
 * something about the place. XD (drop) judges the network's owner, not where it is; A2 (satellite)
 * and A3 (anycast) spoil coordinates, and there are none. */
static int read_network(struct location *location, const unsigned char *record, struct place *place,
                        struct strbuf *why)
{
	memcpy(place->country, record, 2);
	place->asn = big_endian(record + 4);
	place->is_anonymiser = (record[8] << 8 | record[9]) & LOC_NETWORK_FLAG_ANONYMOUS_PROXY;
	return read_as_name(location, place, why);
}

/* Not by loc_database_lookup: in libloc 0.9.18, which Debian 13 has, it does not find networks that
 * are there (2a02:6b8::, and 77.88.8.8 in the data of 2025; 0.9.16 finds them in the same file),
 * and the way to them has to be checked anyway. */
static int lookup_location(void *database, const struct ipaddr *address, struct place *ret,
                           struct strbuf *why)
{
	struct location *location = database;
	unsigned char record[NETWORK_BYTES];
	uint32_t network = NO_NETWORK;
	int error = find_network(location, address, &network, why);
	if (error < 0)
		return error;
	if (network == NO_NETWORK)
		return 0;
	if (!read_at(location, record, sizeof record,
	             (off_t)location->sections[NETWORKS].offset + (off_t)network * NETWORK_BYTES))
		return damaged(why, "a network's record can't be read");
	error = read_network(location, record, ret, why);
	return error ? error : 1;
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

#endif
