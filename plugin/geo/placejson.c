/* placejson.c - a place from the JSON of ipinfo.io and its likes; see placejson.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <math.h>

#include "common/country.h"
#include "common/numparse.h"
#include "plugin/geo/placejson.h"

#define RADIUS_MOST_KM 20000

/* OBJECT.NAME, or OBJECT.GROUP.NAME; NULL without. */
static const json_t *value_of(const json_t *object, const char *group, const char *name)
{
	return json_object_get(group ? json_object_get(object, group) : object, name);
}

static struct slice text_of(const json_t *object, const char *group, const char *name)
{
	const json_t *value = value_of(object, group, name);
	return json_is_string(value)
		? slice_make(json_string_value(value), json_string_length(value))
		: slice_make("", 0);
}

/* --- the country --- */

bool placejson_is_code(struct slice code)
{
	return code.length == 2 && code.data[0] >= 'A' && code.data[0] <= 'Z' &&
		code.data[1] >= 'A' && code.data[1] <= 'Z';
}

bool placejson_is_country(struct slice code)
{
	return placejson_is_code(code) &&
		country_name((const char[]){ code.data[0], code.data[1], '\0' }) != NULL;
}

static const struct member {
	const char *group, *name;
} country_keys[] = {
	{ NULL, "country_code" },
	{ "geo", "country_code" },
	{ NULL, "country_iso" },
	{ NULL, "country" },
};

/* > 0: a code; 0: the keys are not there; < 0: there is something else at them. */
static int find_code(struct slice *ret, const json_t *object)
{
	int found = 0;
	for (size_t i = 0; i < ARRAY_SIZE(country_keys); i++) {
		const json_t *value = value_of(object, country_keys[i].group, country_keys[i].name);
		*ret = text_of(object, country_keys[i].group, country_keys[i].name);
		if (placejson_is_code(*ret))
			return 1;
		if (value && !json_is_null(value) && !(json_is_string(value) && !ret->length))
			found = -1;
	}
	return found;
}

/* --- the rest --- */

static bool number_of(double *ret, const json_t *object, const char *group, const char *name)
{
	const json_t *value = value_of(object, group, name);
	if (json_is_number(value)) {
		*ret = json_number_value(value);
		return isfinite(*ret);
	}
	struct slice text = text_of(object, group, name); /* geoip-api has them as strings */
	char *end, copy[32] = "";
	if (!text.length || text.length >= sizeof copy ||
	    strspn(text.data, "-.0123456789") < text.length)
		return false;
	memcpy(copy, text.data, text.length);
	*ret = strtod(copy, &end);
	return !*end;
}

static void find_coordinates(struct place *ret, const json_t *object)
{
	static const char *const groups[] = { "geo", NULL };
	for (size_t i = 0; i < ARRAY_SIZE(groups) && !ret->has_coordinates; i++) {
		double latitude, longitude, radius_km;
		bool is_there = number_of(&latitude, object, groups[i], "latitude") &&
			number_of(&longitude, object, groups[i], "longitude");
		if (!is_there)
			continue;
		ret->has_coordinates = fabs(latitude) <= 90 && fabs(longitude) <= 180;
		ret->latitude = latitude;
		ret->longitude = longitude;
		if (number_of(&radius_km, object, groups[i], "radius") && radius_km >= 0 &&
		    radius_km <= RADIUS_MOST_KM)
			ret->radius_km = radius_km;
	}
}

/* "AS1103", with or without " SURF B.V." behind it. */
static void find_network(struct place *ret, const json_t *object)
{
	static const struct member asn_keys[] = { { NULL, "asn" },
		                                  { "as", "asn" },
		                                  { NULL, "org" } };
	static const struct member name_keys[] = { { NULL, "as_name" }, { "as", "name" } };
	for (size_t i = 0; i < ARRAY_SIZE(asn_keys) && !ret->asn; i++) {
		struct slice text = text_of(object, asn_keys[i].group, asn_keys[i].name);
		int64_t asn;
		bool is_number = slice_take_string(&text, "AS");
		struct slice digits = slice_take_while(&text, slice_is_digit, 10);
		if (!is_number || !numparse_int(&asn, digits, 1, UINT32_MAX))
			continue;
		ret->asn = (uint32_t)asn;
		if (slice_take_char(&text, ' '))
			place_set_as_name(ret, text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(name_keys) && !ret->as_name[0]; i++) {
		struct slice text = text_of(object, name_keys[i].group, name_keys[i].name);
		place_set_as_name(ret, text);
	}
}

static bool is_anonymiser(const json_t *object)
{
	static const struct member keys[] = {
		{ NULL, "is_anonymous" },  { "anonymous", "is_proxy" }, { "anonymous", "is_relay" },
		{ "anonymous", "is_tor" }, { "anonymous", "is_vpn" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (json_is_true(value_of(object, keys[i].group, keys[i].name)))
			return true;
	return false;
}

/* --- the whole --- */

int placejson_read(struct place *ret, const json_t *object, const struct ipaddr *address,
                   const char **ret_why)
{
	struct ipaddr named;
	struct slice code, ip = text_of(object, NULL, "ip");
	struct place place = { 0 };
	*ret_why = "its JSON has another shape than ipinfo.io's";
	if (!json_is_object(object) || json_object_get(object, "error"))
		return -EINVAL;
	*ret_why = "it answered for another address";
	if (ip.length && (!ipaddr_parse(&named, ip) || !ipaddr_equals(&named, address)))
		return -EINVAL;
	*ret_why = "where a country's code belongs it has something else";
	int found = find_code(&code, object);
	if (found < 0)
		return -EINVAL;
	*ret_why = "its JSON has another shape than ipinfo.io's";
	if (found == 0)
		return ip.length ? 0 : -EINVAL;
	if (!placejson_is_country(code))
		return 0;
	memcpy(place.country, code.data, 2);
	place.is_anonymiser = is_anonymiser(object);
	find_network(&place, object);
	find_coordinates(&place, object);
	*ret = place;
	return 1;
}
