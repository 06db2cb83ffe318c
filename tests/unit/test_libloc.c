/* test_libloc.c - does plugin/geo/libloc.c say what the library libloc says of the same file?
 *
 * Skipped without the library's headers, and without IPFire's database. Not with later versions
 * than 0.9.16: 0.9.18 does not find networks that are there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>

#include "plugin/geo/database.h"

#ifdef WITH_LIBLOC

#include <libloc/as.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>

#define DATABASE "/usr/share/libloc-location/location.db"

#define ADDRESSES 30000 /* of each kind; and the ends of their /24 or /48 */

struct library {
	FILE *file;
	struct loc_ctx *context;
	struct loc_database *database;
};

static void open_library(struct library *library)
{
	library->file = fopen(DATABASE, "re");
	assert_non_null(library->file);
	assert_int_equal(loc_new(&library->context), 0);
	loc_set_log_priority(library->context, 0);
	assert_int_equal(loc_database_new(library->context, &library->database, library->file), 0);
}

static void close_library(struct library *library)
{
	loc_database_unref(library->database);
	loc_unref(library->context);
	fclose(library->file);
}

static void ask_library_for_name(struct library *library, struct place *place)
{
	struct loc_as *as = NULL;
	if (!place->asn || loc_database_get_as(library->database, &as, place->asn) != 0)
		return;
	if (loc_as_get_name(as))
		place_set_as_name(place, slice_string(loc_as_get_name(as)));
	loc_as_unref(as);
}

/* False: it knows nothing of ADDRESS. */
static bool ask_library(struct library *library, const struct ipaddr *address, struct place *ret)
{
	struct loc_network *network = NULL;
	struct in6_addr asked;
	memcpy(&asked, address->bytes, sizeof asked);
	*ret = (struct place){ 0 };
	if (loc_database_lookup(library->database, &asked, &network) != 0 || !network)
		return false;
	memcpy(ret->country, loc_network_get_country_code(network), 2);
	ret->asn = loc_network_get_asn(network);
	ret->is_anonymiser = loc_network_has_flag(network, LOC_NETWORK_FLAG_ANONYMOUS_PROXY) != 0;
	ask_library_for_name(library, ret);
	loc_network_unref(network);
	return true;
}

static void compare(void *database, struct library *library, const struct ipaddr *address)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char text[IPADDR_TEXT_ROOM];
	struct place ours = { 0 }, theirs;
	int result = geo_database_libloc.lookup(database, address, &ours, &why);
	bool is_known = ask_library(library, address, &theirs);
	bool is_equal = result == is_known && strcmp(ours.country, theirs.country) == 0 &&
		ours.asn == theirs.asn && strcmp(ours.as_name, theirs.as_name) == 0 &&
		ours.is_anonymiser == theirs.is_anonymiser;
	if (!is_equal)
		fail_msg("%s: %d %s AS%u '%s' %d, but libloc says %d %s AS%u '%s' %d",
		         ipaddr_format(address, text), result, ours.country, ours.asn, ours.as_name,
		         ours.is_anonymiser, is_known, theirs.country, theirs.asn, theirs.as_name,
		         theirs.is_anonymiser);
}

/* Random, but the same each time. */
static uint8_t next_byte(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint8_t)(*seed >> 56);
}

/* The address, and the first and the last of its network of PREFIX bytes. */
static void compare_around(void *database, struct library *library, struct ipaddr address,
                           size_t prefix)
{
	static const int ends[] = { 0x00, 0xff };
	compare(database, library, &address);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		memset(address.bytes + prefix, ends[i], sizeof address.bytes - prefix);
		compare(database, library, &address);
	}
}

static void compare_all(void *database, struct library *library)
{
	static const uint8_t ipv4[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t registries[][2] = { { 0x20, 0x01 }, { 0x24, 0x00 }, { 0x26, 0x00 },
		                                 { 0x28, 0x00 }, { 0x2a, 0x00 }, { 0x2c, 0x0f } };
	uint64_t seed = 1;
	for (size_t i = 0; i < ADDRESSES; i++) {
		struct ipaddr address;
		for (size_t k = 0; k < sizeof address.bytes; k++)
			address.bytes[k] = next_byte(&seed);
		if (i % 16 == 0)
			compare(database, library, &address); /* of all that there are */
		memcpy(address.bytes, registries[i % ARRAY_SIZE(registries)], 2);
		address.bytes[1] = (uint8_t)(address.bytes[1] + i % 13);
		compare_around(database, library, address, 6);
		memcpy(address.bytes, ipv4, sizeof ipv4);
		compare_around(database, library, address, 15);
	}
}

static void addresses_are_placed_as_libloc_places_them(void **state)
{
	(void)state;
	void *database = NULL;
	struct library library;
	int descriptor = open(DATABASE, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0) {
		print_message("skipped: there is no " DATABASE
		              " (apt-get install libloc-database)\n");
		skip();
	}
	open_library(&library);
	assert_int_equal(geo_database_libloc.open(&database, DATABASE, descriptor, NULL), 0);
	compare_all(database, &library);
	geo_database_libloc.close(database);
	close_library(&library);
	close(descriptor);
}

#else

static void addresses_are_placed_as_libloc_places_them(void **state)
{
	(void)state;
	print_message("skipped: built without libloc 0.9.13 to 0.9.16 (Debian: libloc-dev)\n");
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_placed_as_libloc_places_them),
	};
	return cmocka_run_group_tests_name("libloc", tests, NULL, NULL);
}
