/* mmdb.c - geolocation from a MaxMind DB file: GeoLite2, GeoIP2, DB-IP, IPinfo and what has their
 * layouts
 *
 * The vendors agree on the file format and on no field's name, so each field is a list of paths,
 * tried in order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <arpa/inet.h>
#include <math.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include "common/printable.h"
#include "common/slice.h"
#include "common/xalloc.h"
#include "plugin/geo/database.h"

#define TYPE_MOST 60 /* characters of a database's own name for what it holds */

/* A key, and a key in what is below it or NULL. */
struct path {
	const char *outer;
	const char *inner;
};

/* Never represented_country: it makes a US base in the Philippines the US. "country" is a code in
 * old IPinfo files and a name in the new ones, which have country_code too; only a text of two
 * characters counts. */
static const struct path country_paths[] = {
	{ "country_code", NULL },
	{ "country", "iso_code" },
	{ "country", NULL },
	{ "registered_country", "iso_code" },
};

static const struct path latitude_paths[] = { { "location", "latitude" },
	                                      { "latitude", NULL },
	                                      { "lat", NULL } };
static const struct path longitude_paths[] = {
	{ "location", "longitude" },
	{ "longitude", NULL },
	{ "lng", NULL },
	{ "lon", NULL },
};
static const struct path radius_paths[] = { { "location", "accuracy_radius" }, { "radius", NULL } };

static const struct path asn_paths[] = {
	{ "autonomous_system_number", NULL },
	{ "traits", "autonomous_system_number" },
	{ "asn", NULL },
};
static const struct path as_name_paths[] = {
	{ "autonomous_system_organization", NULL },
	{ "traits", "autonomous_system_organization" },
	{ "as_name", NULL },
};

static const struct path anonymiser_paths[] = {
	{ "is_anonymous", NULL },
	{ "is_anonymous_proxy", NULL },
	{ "is_anonymous_vpn", NULL },
	{ "is_public_proxy", NULL },
	{ "is_residential_proxy", NULL },
	{ "is_tor_exit_node", NULL },
	{ "is_proxy", NULL },
	{ "is_relay", NULL },
	{ "is_tor", NULL },
	{ "is_vpn", NULL },
	{ "proxy", NULL },
	{ "relay", NULL },
	{ "tor", NULL },
	{ "vpn", NULL },
	{ "traits", "is_anonymous" },
	{ "traits", "is_anonymous_proxy" },
	{ "traits", "is_anonymous_vpn" },
	{ "traits", "is_public_proxy" },
	{ "traits", "is_residential_proxy" },
	{ "traits", "is_tor_exit_node" },
	{ "anonymous", "is_proxy" },
	{ "anonymous", "is_relay" },
	{ "anonymous", "is_tor" },
	{ "anonymous", "is_vpn" },
	{ "anonymizer", "is_anonymous" },
	{ "anonymizer", "is_anonymous_vpn" },
	{ "anonymizer", "is_public_proxy" },
	{ "anonymizer", "is_residential_proxy" },
	{ "anonymizer", "is_tor_exit_node" },
};

/* Where the address answers is not where the person sits: such coordinates would make travels that
 * nobody did. */
static const struct path nowhere_paths[] = {
	{ "is_anycast", NULL },
	{ "is_satellite", NULL },
	{ "is_hosting", NULL },
	{ "hosting", NULL },
	{ "traits", "is_anycast" },
	{ "traits", "is_satellite_provider" },
	{ "traits", "is_hosting_provider" },
};

/* --- values --- */

/* One that is being read: where it is, and the first error that is more than "no such key". */
struct record {
	MMDB_entry_s entry;
	int error;
};

static bool read_value(struct record *record, const struct path *path, MMDB_entry_data_s *ret)
{
	int error = MMDB_get_value(&record->entry, ret, path->outer, path->inner, NULL);
	if (error == MMDB_SUCCESS)
		return ret->has_data;
	if (error != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR &&
	    error != MMDB_INVALID_LOOKUP_PATH_ERROR)
		record->error = error;
	return false;
}

static struct slice text_of(const MMDB_entry_data_s *value)
{
	if (value->type != MMDB_DATA_TYPE_UTF8_STRING)
		return slice_make("", 0);
	return slice_make(value->utf8_string, value->data_size);
}

/* "-122.08" in any locale, which strtod(3) can't promise. False for anything but sign, digits and
 * one dot. */
static bool parse_decimal(double *ret, struct slice text)
{
	bool is_negative = slice_take_char(&text, '-');
	struct slice whole = slice_take_while(&text, slice_is_digit, 15);
	bool has_dot = slice_take_char(&text, '.');
	struct slice part = has_dot ? slice_take_while(&text, slice_is_digit, 15)
				    : slice_make("", 0);
	if (text.length || whole.length + part.length == 0)
		return false;
	double number = 0;
	for (size_t i = 0; i < whole.length; i++)
		number = number * 10 + (whole.data[i] - '0');
	double scale = 1;
	for (size_t i = 0; i < part.length; i++) {
		scale /= 10;
		number += scale * (part.data[i] - '0');
	}
	*ret = is_negative ? -number : number;
	return true;
}

static bool number_of(const MMDB_entry_data_s *value, double *ret)
{
	switch (value->type) {
	case MMDB_DATA_TYPE_DOUBLE: *ret = value->double_value; break;
	case MMDB_DATA_TYPE_FLOAT: *ret = (double)value->float_value; break;
	case MMDB_DATA_TYPE_UINT16: *ret = value->uint16; break;
	case MMDB_DATA_TYPE_UINT32: *ret = value->uint32; break;
	case MMDB_DATA_TYPE_INT32: *ret = value->int32; break;
	case MMDB_DATA_TYPE_UINT64: *ret = (double)value->uint64; break;
	case MMDB_DATA_TYPE_UTF8_STRING: return parse_decimal(ret, text_of(value));
	default: return false;
	}
	return true;
}

/* The first of PATHS that has a number between LEAST and MOST. */
static bool read_number(struct record *record, const struct path *paths, size_t count, double least,
                        double most, double *ret)
{
	MMDB_entry_data_s value;
	double number;
	for (size_t i = 0; i < count; i++) {
		bool is_there = read_value(record, &paths[i], &value) && number_of(&value, &number);
		/* NaN fails both comparisons. */
		if (is_there && number >= least && number <= most) {
			*ret = number;
			return true;
		}
	}
	return false;
}

static bool is_set(const MMDB_entry_data_s *value)
{
	static const char *const yes[] = { "true", "True", "TRUE", "yes", "1" };
	if (value->type == MMDB_DATA_TYPE_BOOLEAN)
		return value->boolean;
	if (value->type == MMDB_DATA_TYPE_UINT16)
		return value->uint16 != 0;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (slice_equals(text_of(value), yes[i]))
			return true;
	}
	return false;
}

static bool read_any_flag(struct record *record, const struct path *paths, size_t count)
{
	MMDB_entry_data_s value;
	for (size_t i = 0; i < count; i++) {
		if (read_value(record, &paths[i], &value) && is_set(&value))
			return true;
	}
	return false;
}

/* --- fields --- */

/* The first code that is there decides, also if it is no country: who is in "A1" is not where A1 is
 * registered. */
static void read_country(struct record *record, struct place *place)
{
	MMDB_entry_data_s value;
	for (size_t i = 0; i < ARRAY_SIZE(country_paths); i++) {
		if (!read_value(record, &country_paths[i], &value) || text_of(&value).length != 2)
			continue;
		memcpy(place->country, value.utf8_string, 2);
		return;
	}
}

static void read_coordinates(struct record *record, struct place *place)
{
	double latitude, longitude;
	if (!read_number(record, latitude_paths, ARRAY_SIZE(latitude_paths), -90, 90, &latitude) ||
	    !read_number(record, longitude_paths, ARRAY_SIZE(longitude_paths), -180, 180,
	                 &longitude))
		return;
	/* Nobody is at 0, 0 in the Atlantic: it is how a database says that it doesn't know. */
	if (fpclassify(latitude) == FP_ZERO && fpclassify(longitude) == FP_ZERO)
		return;
	if (read_any_flag(record, nowhere_paths, ARRAY_SIZE(nowhere_paths)))
		return;
	place->has_coordinates = true;
	place->latitude = latitude;
	place->longitude = longitude;
	/* half the equator */
	read_number(record, radius_paths, ARRAY_SIZE(radius_paths), 0, 20038, &place->radius_km);
}

/* A number, or "AS13335". */
static uint32_t asn_of(const MMDB_entry_data_s *value)
{
	double number = 0;
	struct slice text = text_of(value);
	if (!slice_take_string(&text, "AS") || !parse_decimal(&number, text))
		number_of(value, &number);
	return number >= 1 && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static void read_network(struct record *record, struct place *place)
{
	MMDB_entry_data_s value;
	for (size_t i = 0; i < ARRAY_SIZE(asn_paths) && !place->asn; i++) {
		if (read_value(record, &asn_paths[i], &value))
			place->asn = asn_of(&value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(as_name_paths) && !place->as_name[0]; i++) {
		if (read_value(record, &as_name_paths[i], &value))
			place_set_as_name(place, text_of(&value));
	}
}

/* --- what it holds --- */

/* Types that hold no country, by a word in them, and the words that say that it is there all the
 * same: "ipinfo generic_country_asn", "DBIP-Location-ISP". Of what is neither, records are looked
 * at. */
enum content { CONTENT_COUNTRIES, CONTENT_OTHER, CONTENT_UNKNOWN };

static enum content content_of_type(const char *type)
{
	static const char *const with[] = { "country",  "city",     "enterprise",
		                            "insights", "location", "precision" };
	static const char *const without[] = { "asn", "anonymous", "connection-type", "domain",
		                               "isp", "privacy",   "user-count",      "static-ip" };
	for (size_t i = 0; i < ARRAY_SIZE(with); i++) {
		if (strcasestr(type, with[i]))
			return CONTENT_COUNTRIES;
	}
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		if (strcasestr(type, without[i]))
			return CONTENT_OTHER;
	}
	return CONTENT_UNKNOWN;
}

#define PROBED_RECORDS 1000 /* the first ones; a database of countries has few without one */
#define PROBED_NODES 100000 /* damaged trees may be circles */
#define TREE_DEPTH 129      /* 128 bits, and the root */

/* A walk over the tree of addresses, by its nodes, from the lowest address on. */
struct probe {
	uint64_t nodes[TREE_DEPTH + 1]; /* that are to be read */
	size_t depth;
	int read, records;
	bool has_country, is_damaged;
};

static void probe_record(struct probe *probe, MMDB_entry_s entry)
{
	struct record record = { .entry = entry };
	struct place place = { 0 };
	read_country(&record, &place);
	probe->records++;
	probe->has_country = probe->has_country || place.country[0];
	probe->is_damaged = probe->is_damaged || record.error;
}

static void probe_branch(struct probe *probe, uint8_t type, uint64_t record,
                         const MMDB_entry_s *entry)
{
	if (type == MMDB_RECORD_TYPE_DATA)
		probe_record(probe, *entry);
	else if (type == MMDB_RECORD_TYPE_SEARCH_NODE && probe->depth <= TREE_DEPTH)
		probe->nodes[probe->depth++] = record;
	else if (type != MMDB_RECORD_TYPE_EMPTY)
		probe->is_damaged = true;
}

/* False if there are records, and none of the first has a country. A damaged file is told when it
 * is asked. */
static bool holds_countries(const MMDB_s *database)
{
	struct probe probe = { .depth = 1 };
	MMDB_search_node_s node;
	while (probe.depth && probe.read++ < PROBED_NODES && probe.records < PROBED_RECORDS) {
		uint64_t number = probe.nodes[--probe.depth];
		if (number > UINT32_MAX ||
		    MMDB_read_node(database, (uint32_t)number, &node) != MMDB_SUCCESS)
			return true;
		probe_branch(&probe, node.right_record_type, node.right_record,
		             &node.right_record_entry);
		probe_branch(&probe, node.left_record_type, node.left_record,
		             &node.left_record_entry);
		if (probe.has_country || probe.is_damaged)
			return true;
	}
	return !probe.records;
}

/* --- the driver --- */

/* What a record says is found by its keys' names, some fifty of them: 6 to 12 µs, twenty times the
 * way to it. Of countries there are 250, and neighbours share a city's. */
#define KNOWN_BITS 12

struct known_record {
	uint32_t offset; /* its place in the file */
	bool is_known;
	struct place place;
};

struct mmdb {
	MMDB_s file;
	struct known_record known[1 << KNOWN_BITS]; /* the last of those that share a slot */
};

static int explain_open(int error, int system_error, struct strbuf *why)
{
	if (error == MMDB_OUT_OF_MEMORY_ERROR)
		return strbuf_fail(why, -ENOMEM, "can't be opened: %s", MMDB_strerror(error));
	if (error == MMDB_FILE_OPEN_ERROR || error == MMDB_IO_ERROR)
		return strbuf_fail(why, system_error ? -system_error : -EIO,
		                   "can't be opened: %s (%s)", strerror(system_error),
		                   MMDB_strerror(error));
	return strbuf_fail(why, -EINVAL, "is no MaxMind database, or a damaged one (%s)",
	                   MMDB_strerror(error));
}

static void close_mmdb(void *database)
{
	struct mmdb *self = database;
	MMDB_close(&self->file);
	free(self);
}

/* The library opens PATH itself. */
static int open_mmdb(void **ret, const char *path, int descriptor, struct strbuf *why)
{
	(void)descriptor;
	struct mmdb *self = xalloc_zero(1, sizeof *self);
	errno = 0;
	int error = MMDB_open(path, MMDB_MODE_MMAP, &self->file);
	if (error != MMDB_SUCCESS) {
		int system_error = errno;
		free(self);
		return explain_open(error, system_error, why);
	}
	const char *type = self->file.metadata.database_type;
	enum content content = content_of_type(type);
	if (content == CONTENT_OTHER ||
	    (content == CONTENT_UNKNOWN && !holds_countries(&self->file))) {
		strbuf_fail(why, -EINVAL, "is of the type ");
		printable_add(why, slice_string(type), TYPE_MOST);
		strbuf_add_string(why, ", which holds no countries");
		close_mmdb(self);
		return -EINVAL;
	}
	*ret = self;
	return 0;
}

/* IPv4 is asked as IPv4: the mapped form is only there if the file's writer thought of it. */
static MMDB_lookup_result_s find(const MMDB_s *database, const struct ipaddr *address, int *error)
{
	if (ipaddr_is_ipv4(address)) {
		struct sockaddr_in ipv4 = { .sin_family = AF_INET };
		memcpy(&ipv4.sin_addr, address->bytes + 12, sizeof ipv4.sin_addr);
		return MMDB_lookup_sockaddr(database, (const struct sockaddr *)&ipv4, error);
	}
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
	memcpy(&ipv6.sin6_addr, address->bytes, sizeof ipv6.sin6_addr);
	return MMDB_lookup_sockaddr(database, (const struct sockaddr *)&ipv6, error);
}

static int damaged(struct strbuf *why, int error)
{
	return strbuf_fail(why, -EIO, "is damaged (%s)", MMDB_strerror(error));
}

static int read_record(struct place *ret, MMDB_entry_s entry, struct strbuf *why)
{
	struct record record = { .entry = entry };
	read_country(&record, ret);
	read_coordinates(&record, ret);
	read_network(&record, ret);
	ret->is_anonymiser = read_any_flag(&record, anonymiser_paths, ARRAY_SIZE(anonymiser_paths));
	return record.error ? damaged(why, record.error) : 0;
}

static struct known_record *slot_of(struct mmdb *self, uint32_t offset)
{
	return &self->known[offset * UINT32_C(0x9e3779b1) >> (32 - KNOWN_BITS)];
}

static int lookup_mmdb(void *database, const struct ipaddr *address, struct place *ret,
                       struct strbuf *why)
{
	struct mmdb *self = database;
	int error = MMDB_SUCCESS;
	MMDB_lookup_result_s found = find(&self->file, address, &error);
	if (error == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR)
		return 0;
	if (error)
		return damaged(why, error);
	if (!found.found_entry)
		return 0;
	struct known_record *slot = slot_of(self, found.entry.offset);
	if (slot->is_known && slot->offset == found.entry.offset) {
		*ret = slot->place;
		return 1;
	}
	error = read_record(ret, found.entry, why);
	if (error)
		return error;
	*slot = (struct known_record){ .offset = found.entry.offset, .place = *ret };
	slot->is_known = true;
	return 1;
}

static int64_t built_at_sec(const void *database)
{
	uint64_t built = ((const struct mmdb *)database)->file.metadata.build_epoch;
	return built <= INT64_MAX ? (int64_t)built : 0;
}

/* geoipupdate of Debian, of packages elsewhere, and two of its own defaults when built from
 * source. */
static const char *const usual_places[] = {
	"/var/lib/GeoIP/*.mmdb",
	"/usr/share/GeoIP/*.mmdb",
	"/usr/local/share/GeoIP/*.mmdb",
	"/usr/local/var/GeoIP/*.mmdb",
	NULL,
};

const struct geo_database geo_database_mmdb = {
	.name = "mmdb",
	.usual_places = usual_places,
	.advice = "give a country or city database of MaxMind, DB-IP or IPinfo with "
		  "--geo=mmdb:FILE",
	.open = open_mmdb,
	.lookup = lookup_mmdb,
	.built_at_sec = built_at_sec,
	.close = close_mmdb,
};
