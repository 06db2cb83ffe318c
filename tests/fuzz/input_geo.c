/* input_geo.c - the fuzz targets of databases and of ipinfo's answers; see input.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <jansson.h>

#include "common/country.h"
#include "plugin/geo.h"
#include "plugin/geo/placejson.h"
#include "tests/fuzz/input.h"

static struct strbuf why = STRBUF_INIT(WHY_MAX);

static const char *const addresses[] = {
	"0.0.0.0",
	"1.1.1.1",
	"8.8.8.8",
	"77.88.8.8",
	"81.2.69.142",
	"192.0.2.1",
	"216.160.83.56",
	"255.255.255.255",
	"::",
	"2001:db8::1",
	"2001:218::1",
	"2a02:6b8::1",
	"2002:5102:458e::1",
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

static bool is_finite_within(double value, double most)
{
	return value >= -most && value <= most;
}

static void check_place(const struct place *place)
{
	fuzz_promise(!place->country[0] || country_name(place->country) != NULL,
	             "a country is one");
	fuzz_promise(memchr(place->as_name, '\0', sizeof place->as_name) != NULL,
	             "a network's name has an end");
	fuzz_promise(!place->has_coordinates ||
	                     (is_finite_within(place->latitude, 90) &&
	                      is_finite_within(place->longitude, 180)),
	             "coordinates are on Earth");
	fuzz_promise(place->radius_km >= 0 && place->radius_km <= 50000, "a radius is on Earth");
}

static void look_up_all(struct geo *geo)
{
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct ipaddr address;
		struct place place = { 0 };
		fuzz_promise(ipaddr_parse(&address, slice_string(addresses[i])),
		             "an address can be read");
		strbuf_clear(&why);
		int result = geo_lookup(geo, &address, &place, &why);
		fuzz_promise_why(result, &why);
		fuzz_promise(result <= 0 || place.country[0], "who is placed has a country");
		if (result >= 0)
			check_place(&place);
	}
	struct strbuf told = STRBUF_INIT(WHY_MAX);
	geo_describe(geo, &told);
	fuzz_promise(geo_built_at_sec(geo) >= 0, "a database was built at some time");
	strbuf_release(&told);
}

static void check_database(const char *driver, const uint8_t *bytes, size_t length)
{
	char source[PATH_MAX + 200];
	struct geo *geo = NULL;
	snprintf(source, sizeof source, "%s:%s", driver, fuzz_file("database", bytes, length));
	strbuf_clear(&why);
	int result = geo_open(&geo, source, NULL, &why);
	fuzz_promise_why(result, &why);
	if (result == 0)
		look_up_all(geo);
	geo_free(geo);
}

void fuzz_mmdb(const uint8_t *bytes, size_t length)
{
	check_database("mmdb", bytes, length);
}

void fuzz_libloc(const uint8_t *bytes, size_t length)
{
	check_database("libloc", bytes, length);
}

void fuzz_json(const uint8_t *bytes, size_t length)
{
	json_t *object = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
	struct place place = { 0 };
	struct ipaddr address;
	const char *reason = NULL;
	fuzz_promise(ipaddr_parse(&address, slice_string("8.8.8.8")), "an address can be read");
	int result = placejson_read(&place, object, &address, &reason);
	fuzz_promise(result >= 0 || (reason && *reason), "a failure says why");
	fuzz_promise(result <= 0 || place.country[0], "who is placed has a country");
	if (result > 0)
		check_place(&place);
	json_decref(object);
}
