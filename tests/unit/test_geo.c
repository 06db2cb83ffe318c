/* test_geo.c - unit tests of plugin/geo.c and of the databases in plugin/geo
 *
 * The databases are in tests/fixtures/geo, written by tests/fixtures/make-mmdb.pl. Those of libloc
 * are made here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/geo.h"
#include "plugin/geo/choice.h"
#include "plugin/options/row.h"

#define BUILT 1743000000 /* the fixtures: 2025-03-26 */
#define TEXT_MAX 2000

/* --- helpers --- */

struct text {
	char at[PATH_MAX];
};

static struct text PRINTF_LIKE(1, 2) text(const char *format, ...)
{
	struct text made;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(made.at, sizeof made.at, format, arguments);
	va_end(arguments);
	assert_in_range(length, 0, sizeof made.at - 1);
	return made;
}

static struct text fixture(const char *name)
{
	const char *srcdir = getenv("srcdir");
	return text("%s/tests/fixtures/geo/%s.mmdb", srcdir ? srcdir : ".", name);
}

static struct strbuf why = STRBUF_INIT(WHY_MAX);
static struct text directory; /* the group's own, below $TMPDIR */

static struct text temporary(const char *name)
{
	return text("%s/%s", directory.at, name);
}

static char *read_all(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	struct stat status;
	assert_int_equal(fstat(fileno(file), &status), 0);
	*length = (size_t)status.st_size;
	char *data = xalloc_zero(*length + 1, 1);
	assert_int_equal(fread(data, 1, *length, file), *length);
	fclose(file);
	return data;
}

static void write_all(const char *path, const void *data, size_t length)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void copy(const char *from, const char *to)
{
	size_t length;
	char *data CLEANUP(xalloc_freep) = read_all(from, &length);
	write_all(to, data, length);
}

static struct geo *open_source(const char *source)
{
	struct geo *geo = NULL;
	if (geo_open(&geo, source, NULL, &why) != 0)
		fail_msg("%s: %s", source, strbuf_text(&why));
	return geo;
}

static struct geo *open_fixture(const char *name)
{
	return open_source(text("mmdb:%s", fixture(name).at).at);
}

static void assert_why(const char *part)
{
	if (!strstr(strbuf_text(&why), part))
		fail_msg("'%s' is not in '%s'", part, strbuf_text(&why));
}

static void assert_open_fails(const char *source, int error, const char *part)
{
	struct geo *geo = NULL;
	assert_int_equal(geo_open(&geo, source, NULL, &why), error);
	assert_null(geo);
	assert_why(part);
}

static int look_up(struct geo *geo, const char *address, struct place *ret)
{
	struct ipaddr parsed;
	assert_true(ipaddr_parse(&parsed, slice_string(address)));
	memset(ret, 0x55, sizeof *ret);
	return geo_lookup(geo, &parsed, ret, &why);
}

/* COUNTRY "" is: no database knows it. What is asked for twice is answered alike. */
static struct place assert_country(struct geo *geo, const char *address, const char *country)
{
	static const struct place nowhere;
	struct place place, again;
	int result = look_up(geo, address, &place);
	assert_int_equal(look_up(geo, address, &again), result);
	assert_memory_equal(&again, &place, sizeof place);
	assert_string_equal(place.country, country);
	if (*country)
		assert_true(result > 0);
	else
		assert_true(result == 0 && memcmp(&place, &nowhere, sizeof place) == 0);
	return place;
}

static void assert_near(double is, double should)
{
	assert_true(fabs(is - should) < 0.0001);
}

/* --- the syntax --- */

static void sources_are_checked_without_opening(void **state)
{
	(void)state;
	static const char *const good[] = { "auto",
		                            "mmdb",
		                            "mmdb:/no/such:file.mmdb",
		                            "mmdb:A,mmdb:B",
		                            "mmdb,mmdb:C",
		                            "ipinfo",
		                            "mmdb,ipinfo",
		                            "ipinfo:https://geo.example.org:8443/v1/",
		                            "ipinfo:http://[::1]:80/x,mmdb" };
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(geo_check_source(good[i], &why), 0);
	static const char *const bad[][2] = {
		{ "", "missing" },           { ",", "missing" },    { "mmdb,", "missing" },
		{ ",mmdb", "missing" },      { ":x", "missing" },   { "mmdb:", "file is missing" },
		{ "auto,mmdb", "alone" },    { "auto:x", "alone" }, { "mmdb,auto", "alone" },
		{ "maxmind", "auto, mmdb" }, { "MMDB", "unknown" }, { "mmdb :x", "unknown" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(geo_check_source(bad[i][0], &why), -EINVAL);
		assert_why(bad[i][1]);
	}
}

static void a_list_has_at_most_sixteen_sources(void **state)
{
	(void)state;
	const char *sixteen = "mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,mmdb,"
			      "mmdb,mmdb,mmdb";
	assert_int_equal(geo_check_source(sixteen, &why), 0);
	assert_int_equal(geo_check_source(text("%s,mmdb", sixteen).at, &why), -EINVAL);
	assert_why("more than 16");
}

static void the_help_names_the_kinds_of_the_table(void **state)
{
	(void)state;
	struct strbuf names CLEANUP(strbuf_release) = STRBUF_INIT(TEXT_MAX);
	const char *help = NULL;
	geo_add_names(&names);
	for (size_t i = 0; i < option_row_count; i++)
		if (strcmp(option_rows[i].name, "geo") == 0)
			help = option_rows[i].help;
	assert_non_null(help);
	assert_non_null(strstr(help, strbuf_text(&names)));
}

static int take_any_url(struct slice url, struct strbuf *reason)
{
	(void)url;
	(void)reason;
	return 0;
}

static void another_kind_is_one_more_row(void **state)
{
	(void)state;
	static const struct geo_service one = { .name = "one", .check_url = take_any_url };
	static const struct geo_service two = { .name = "two", .check_url = take_any_url };
	static const struct geo_database file = { .name = "file" };
	static const struct geo_database *const databases[] = { &file, NULL };
	static const struct geo_service *const services[] = { &one, &two, NULL };
	static const struct geo_kinds kinds = { databases, services };
	struct choice choices[CHOICES_MAX];
	assert_int_equal(choice_parse(choices, "file:/a:b,two:https://x", &kinds, &why), 2);
	assert_ptr_equal(choices[0].database, &file);
	assert_true(slice_equals(choices[0].place, "/a:b"));
	assert_ptr_equal(choices[1].service, &two);
	assert_true(slice_equals(choices[1].place, "https://x"));
	static const char *const bad[][2] = {
		{ "mmdb", "the known ones are auto, file[:FILE], one[:URL], two[:URL]" },
		{ "one,file,two", "one and two can't both be in the list" },
		{ "one,file,one:x", "one can be in the list once only" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(choice_parse(choices, bad[i][0], &kinds, &why), -EINVAL);
		assert_why(bad[i][1]);
	}
}

static void the_reason_may_be_null(void **state)
{
	(void)state;
	struct geo *geo = NULL;
	assert_int_equal(geo_check_source("maxmind", NULL), -EINVAL);
	assert_int_equal(geo_open(&geo, "mmdb:/no/such/file", NULL, NULL), -ENOENT);
	geo_free(NULL);
}

/* --- layouts --- */

static void maxmind_country_is_read_in_every_record_size(void **state)
{
	(void)state;
	static const char *const names[] = { "maxmind-country", "maxmind-country-28",
		                             "maxmind-country-32" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct geo *geo CLEANUP(geo_freep) = open_fixture(names[i]);
		assert_country(geo, "192.0.2.1", "DE");
		/* registered_country, as the last resort */
		assert_country(geo, "192.0.2.200", "NL");
		assert_country(geo, "198.51.100.1", "PH"); /* not where the soldiers come from */
		assert_country(geo, "203.0.113.1", "");
		assert_country(geo, "203.0.113.200", "FR");
		assert_country(geo, "2001:db8::1", "JP");
		assert_country(geo, "2001:db9::1", "");
		assert_country(geo, "8.8.8.8", "");
		assert_country(geo, "::ffff:192.0.2.1", "DE");
	}
}

static void maxmind_city_has_coordinates_and_network(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("maxmind-city");
	struct place place = assert_country(geo, "192.0.2.1", "DE");
	assert_true(place.has_coordinates);
	assert_near(place.latitude, 52.5);
	assert_near(place.longitude, 13.25);
	assert_near(place.radius_km, 20);
	assert_int_equal(place.asn, 64500);
	assert_string_equal(place.as_name, "Example Net");
	assert_false(place.is_anonymiser);
}

static void coordinates_that_mean_nothing_are_left_out(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("maxmind-city");
	assert_false(assert_country(geo, "198.51.100.1", "DE").has_coordinates);   /* 0, 0 */
	assert_false(assert_country(geo, "198.51.100.200", "DE").has_coordinates); /* no latitude */
	assert_false(assert_country(geo, "203.0.113.1", "DE").has_coordinates);    /* a satellite */
	/* half of them */
	assert_false(assert_country(geo, "203.0.113.200", "DE").has_coordinates);
}

static void dbip_has_floats(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("dbip-city");
	struct place place = assert_country(geo, "192.0.2.1", "GB");
	assert_true(place.has_coordinates);
	assert_near(place.latitude, 51.5);
	assert_near(place.longitude, -0.125);
	assert_near(place.radius_km, 0);
}

static void ipinfo_lite_has_names_beside_codes(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("ipinfo-lite");
	struct place place = assert_country(geo, "192.0.2.1", "DE");
	assert_int_equal(place.asn, 64500);
	assert_string_equal(place.as_name, "Example Net");
	assert_country(geo, "198.51.100.1", "");
	assert_int_equal(assert_country(geo, "198.51.100.200", "FR").asn, 0);
	place = assert_country(geo, "203.0.113.1", "DE");
	assert_int_equal(place.asn, UINT32_MAX);
	/* 'x' and 31 whole characters of two bytes */
	assert_int_equal(strlen(place.as_name), AS_NAME_MAX - 1);
}

static void ipinfo_of_old_has_texts(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("ipinfo-old");
	struct place place = assert_country(geo, "192.0.2.1", "BR");
	assert_true(place.has_coordinates);
	assert_near(place.latitude, -23.5475);
	assert_near(place.longitude, -46.63611);
	assert_false(assert_country(geo, "198.51.100.1", "BR").has_coordinates);
}

static void anonymisers_are_marked(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("anonymous");
	static const char *const marked[] = { "192.0.2.1", "192.0.2.65", "192.0.2.129",
		                              "192.0.2.193" };
	for (size_t i = 0; i < ARRAY_SIZE(marked); i++)
		assert_true(assert_country(geo, marked[i], "SE").is_anonymiser);
	assert_false(assert_country(geo, "198.51.100.1", "SE").is_anonymiser);
	assert_false(assert_country(geo, "198.51.100.200", "SE").is_anonymiser);
}

static void an_ipv4_database_knows_no_ipv6(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("ipv4-only");
	assert_country(geo, "192.0.2.1", "DE");
	assert_country(geo, "2001:db8::1", "");
}

static void codes_that_are_no_countries_are_unlocated(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("no-countries");
	for (int i = 0; i < 8; i++)
		assert_country(geo, text("192.0.2.%d", i).at, "");
	assert_country(geo, "198.51.100.1", ""); /* A1, and registered in the US */
	assert_country(geo, "203.0.113.1", "");
}

static void the_database_for_command_lines_has_what_it_promises(void **state)
{
	(void)state;
	static const char *const known[][2] = {
		{ "77.88.8.8", "RU" },
		{ "114.114.114.114", "CN" },
		{ "200.160.2.3", "BR" },
		{ "8.8.8.8", "US" },
		{ "193.0.6.139", "NL" },
		{ "2001:4860:4860::8888", "US" },
		{ "2a02:6b8::feed:ff", "RU" },
		{ "9.9.9.9", "" },
		{ "1.1.1.1", "" },
	};
	struct geo *geo CLEANUP(geo_freep) = open_fixture("test-country");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		assert_country(geo, known[i][0], known[i][1]);
}

/* --- lists --- */

static void a_list_is_asked_in_order_until_one_places(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_source(
		text("mmdb:%s,mmdb:%s,mmdb:%s", fixture("no-countries").at,
	             fixture("test-country").at, fixture("ipinfo-old").at)
			.at);
	assert_country(geo, "192.0.2.1", "BR");
	assert_country(geo, "8.8.8.8", "US");
	assert_country(geo, "203.0.113.1", "");
}

static void what_was_named_is_never_left_out(void **state)
{
	(void)state;
	assert_open_fails(text("mmdb:%s,mmdb:/no/such/file.mmdb", fixture("ipinfo-old").at).at,
	                  -ENOENT,
	                  "/no/such/file.mmdb can't be opened: No such file or directory: give");
}

static void each_database_is_described(void **state)
{
	(void)state;
	struct text city = fixture("maxmind-city");
	struct text lite = fixture("ipinfo-lite");
	struct geo *geo CLEANUP(geo_freep) = open_source(
		text("mmdb:%s,mmdb:%s", city.at, lite.at).at);
	struct strbuf is CLEANUP(strbuf_release) = STRBUF_INIT(TEXT_MAX);
	strbuf_add_string(&is, "geo: ");
	geo_describe(geo, &is);
	struct text should = text("geo: mmdb %s of 2025-03-27, mmdb %s of 2025-03-26", city.at,
	                          lite.at);
	assert_string_equal(strbuf_text(&is), should.at);
	assert_int_equal(geo_built_at_sec(geo), BUILT);
}

/* --- usual places --- */

static struct text make_root(const char *name)
{
	struct text root = temporary(name);
	static const char *const parts[] = {
		"",     "/var",       "/var/lib",        "/var/lib/GeoIP", "/var/lib/location",
		"/usr", "/usr/share", "/usr/share/GeoIP"
	};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_int_equal(mkdir(text("%s%s", root.at, parts[i]).at, 0755), 0);
	return root;
}

static void the_newest_at_the_usual_places_is_taken(void **state)
{
	(void)state;
	struct text root = make_root("newest");
	copy(fixture("maxmind-country").at, text("%s/var/lib/GeoIP/a.mmdb", root.at).at);
	/* a day later */
	copy(fixture("maxmind-city").at, text("%s/usr/share/GeoIP/city.mmdb", root.at).at);
	copy(fixture("ipinfo-old").at, text("%s/usr/share/GeoIP/z.mmdb", root.at).at);
	/* has no countries */
	copy(fixture("asn").at, text("%s/var/lib/GeoIP/newest.mmdb", root.at).at);
	write_all(text("%s/var/lib/GeoIP/broken.mmdb", root.at).at, "no database", 11);
	static const char *const sources[] = { "auto", "mmdb" };
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		struct geo *geo CLEANUP(geo_freep) = NULL;
		assert_int_equal(geo_open_in(&geo, sources[i], root.at, NULL, &why), 0);
		struct strbuf is CLEANUP(strbuf_release) = STRBUF_INIT(TEXT_MAX);
		geo_describe(geo, &is);
		struct text should = text("mmdb %s/usr/share/GeoIP/city.mmdb of 2025-03-27",
		                          root.at);
		assert_string_equal(strbuf_text(&is), should.at);
	}
}

static void nothing_at_the_usual_places_is_explained(void **state)
{
	(void)state;
	struct geo *geo = NULL;
	struct text root = make_root("nothing");
	assert_int_equal(geo_open_in(&geo, "mmdb", root.at, NULL, &why), -ENOENT);
	assert_why("--geo=mmdb:FILE; there is no ");
	assert_why("/var/lib/GeoIP/*.mmdb");
	copy(fixture("asn").at, text("%s/var/lib/GeoIP/asn.mmdb", root.at).at);
	assert_int_equal(geo_open_in(&geo, "mmdb", root.at, NULL, &why), -ENOENT);
	assert_why("/asn.mmdb is of the type GeoLite2-ASN, which holds no countries");
	assert_null(geo);
}

static void without_a_database_auto_is_ipinfo(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = NULL;
	struct strbuf description CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	struct text root = make_root("none");
#ifndef LIBCURL_SONAME
	assert_int_equal(geo_open_in(&geo, "auto", root.at, NULL, &why), -ENOENT);
	skip();
#endif
	assert_int_equal(geo_open_in(&geo, "auto", root.at, NULL, &why), 0);
	assert_true(geo_has_remote(geo));
	geo_describe(geo, &description);
	assert_string_equal(strbuf_text(&description), "ipinfo https://ipinfo.io");
	assert_int_equal(geo_lookup(geo, &(struct ipaddr){ 0 }, &(struct place){ 0 }, &why), 0);
}

static void an_item_without_file_may_find_nothing_beside_others(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = NULL;
	struct text source = text("mmdb,mmdb:%s", fixture("test-country").at);
	assert_int_equal(geo_open_in(&geo, source.at, "/no/such/root", NULL, &why), 0);
	assert_country(geo, "8.8.8.8", "US");
}

/* --- bad files --- */

static void what_is_no_database_is_named(void **state)
{
	(void)state;
	write_all(temporary("empty").at, "", 0);
	write_all(temporary("text").at, "country,code\n", 13);
	write_all(temporary("packed").at, "\x1f\x8b\x08 and so on", 13);
	assert_int_equal(mkfifo(temporary("fifo").at, 0600), 0);
	const char *const bad[][2] = {
		{ directory.at, "is a directory" },
		{ "/dev/null", "is a device" },
		{ "/dev/zero", "is a device" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_open_fails(text("mmdb:%s", bad[i][0]).at, -EINVAL,
		                  text("%s %s", bad[i][0], bad[i][1]).at);
	static const char *const made[][2] = {
		{ "empty", "is empty" },
		{ "text", "is no MaxMind database" },
		{ "packed", "is compressed" },
		{ "fifo", "is a FIFO" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		assert_open_fails(text("mmdb:%s", temporary(made[i][0]).at).at, -EINVAL,
		                  made[i][1]);
	assert_open_fails(text("mmdb:%s", fixture("asn").at).at, -EINVAL, "holds no countries");
}

static void a_type_that_says_nothing_is_judged_by_its_records(void **state)
{
	(void)state;
	assert_open_fails(text("mmdb:%s", fixture("score").at).at, -EINVAL,
	                  "is of the type Vendor-Score, which holds no countries");
	assert_open_fails(text("mmdb:%s", fixture("hostile-type").at).at, -EINVAL,
	                  "is of the type Ven?or-Score, which holds no countries");
	struct geo *geo CLEANUP(geo_freep) = open_fixture("score-and-country");
	assert_country(geo, "198.51.100.200", "DE");
}

static void what_may_not_be_read_is_named(void **state)
{
	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may read everything\n");
		skip();
	}
	struct text path = temporary("secret.mmdb");
	copy(fixture("asn").at, path.at);
	assert_int_equal(chmod(path.at, 0), 0);
	assert_open_fails(text("mmdb:%s", path.at).at, -EACCES, "Permission denied");
}

static void assert_sane(const char *source)
{
	static const char *const addresses[] = { "192.0.2.1", "198.51.100.1", "203.0.113.1",
		                                 "8.8.8.8", "2001:db8::1" };
	struct geo *geo CLEANUP(geo_freep) = NULL;
	if (geo_open(&geo, source, NULL, &why) != 0) {
		assert_why(strchr(source, ':') + 1);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct place place;
		int result = look_up(geo, addresses[i], &place);
		assert_int_equal(strlen(place.country), result > 0 ? 2 : 0);
		assert_true(strlen(place.as_name) < AS_NAME_MAX);
	}
}

static void assert_damage_is_survived(const char *driver, const char *path, size_t step)
{
	size_t length;
	char *data CLEANUP(xalloc_freep) = read_all(path, &length);
	struct text damaged = temporary("damaged");
	struct text source = text("%s:%s", driver, damaged.at);
	for (size_t cut = 0; cut < length; cut += step) {
		write_all(damaged.at, data, cut);
		assert_sane(source.at);
	}
	static const unsigned char masks[] = { 0xff, 0x01, 0x80 };
	for (size_t i = 0; i < length * ARRAY_SIZE(masks); i += step) {
		size_t at = i % length;
		char was = data[at];
		data[at] = (char)(data[at] ^ masks[i / length]);
		write_all(damaged.at, data, length);
		assert_sane(source.at);
		data[at] = was;
	}
}

static void damaged_and_truncated_copies_do_no_harm(void **state)
{
	(void)state;
	static const char *const names[] = { "maxmind-city", "ipinfo-lite", "maxmind-country-28",
		                             "maxmind-country-32" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_damage_is_survived("mmdb", fixture(names[i]).at, 3);
}

/* The search tree leads out of the file: that must not read as "in no country". */
static void a_damaged_tree_is_an_error(void **state)
{
	(void)state;
	size_t length;
	char *data CLEANUP(xalloc_freep) = read_all(fixture("ipv4-only").at, &length);
	struct text path = temporary("tree.mmdb");
	memset(data, 0xfe, 24); /* the first nodes */
	write_all(path.at, data, length);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("mmdb:%s", path.at).at);
	struct place place;
	assert_int_equal(look_up(geo, "192.0.2.1", &place), -EIO);
	assert_why("/tree.mmdb is damaged (");
}

/* --- files that change --- */

static volatile sig_atomic_t bus_errors;

static void count_bus_error(int signal_number)
{
	(void)signal_number;
	bus_errors++;
}

static void assert_cut_is_noticed(const char *driver, const char *path, const char *address,
                                  off_t cut)
{
	struct geo *geo CLEANUP(geo_freep) = open_source(text("%s:%s", driver, path).at);
	struct place place;
	assert_true(look_up(geo, address, &place) > 0);
	assert_int_equal(truncate(path, cut), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(look_up(geo, address, &place), -EIO);
		assert_string_equal(place.country, "");
		assert_why(text("%s was cut short while it was read: replace a database by rename",
		                path)
		                   .at);
	}
}

static void a_file_that_is_cut_short_is_an_error(void **state)
{
	(void)state;
	static const off_t cuts[] = { 0, 1, 100, 1468 };
	struct sigaction ours = { .sa_handler = count_bus_error };
	struct sigaction after;
	assert_int_equal(sigaction(SIGBUS, &ours, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		struct text path = temporary("cut.mmdb");
		copy(fixture("maxmind-city").at, path.at);
		assert_cut_is_noticed("mmdb", path.at, "192.0.2.1", cuts[i]);
	}
	assert_int_equal(sigaction(SIGBUS, NULL, &after), 0);
	/* the previous handler is back, and saw none */
	assert_true(after.sa_handler == count_bus_error);
	assert_int_equal(bus_errors, 0);
	signal(SIGBUS, SIG_DFL);
}

static void a_file_that_is_overwritten_is_an_error(void **state)
{
	(void)state;
	struct text path = temporary("over.mmdb");
	copy(fixture("ipinfo-old").at, path.at);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("mmdb:%s", path.at).at);
	assert_country(geo, "192.0.2.1", "BR");
	copy(fixture("test-country").at, path.at);
	struct place place;
	assert_int_equal(look_up(geo, "192.0.2.1", &place), -EIO);
	assert_why("was written to while it was read");
}

/* Not each of so many lookups sees it, but before the answers are kept somebody does. */
static void after_many_lookups_an_overwritten_file_is_an_error(void **state)
{
	(void)state;
	struct text path = temporary("many.mmdb");
	copy(fixture("ipinfo-old").at, path.at);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("mmdb:%s", path.at).at);
	for (int i = 0; i < 2000; i++)
		assert_country(geo, "192.0.2.1", "BR");
	assert_int_equal(geo_check(geo, &why), 0);
	copy(fixture("test-country").at, path.at);
	assert_int_equal(geo_check(geo, &why), 0); /* nothing was asked since */
	struct place place;
	int result = look_up(geo, "192.0.2.1", &place);
	assert_int_equal(result < 0 ? result : geo_check(geo, &why), -EIO);
}

static void a_file_that_is_renamed_over_does_not_matter(void **state)
{
	(void)state;
	struct text path = temporary("renamed.mmdb");
	copy(fixture("ipinfo-old").at, path.at);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("mmdb:%s", path.at).at);
	copy(fixture("test-country").at, temporary("new").at);
	assert_int_equal(rename(temporary("new").at, path.at), 0);
	assert_country(geo, "192.0.2.1", "BR");
}

/* More of them than are remembered, so most would be asked for again: then it is given up. */
static void what_is_recalled_is_what_would_be_looked_up(void **state)
{
	(void)state;
	struct geo *geo CLEANUP(geo_freep) = open_fixture("maxmind-country");
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, slice_string("192.0.0.0")));
	for (unsigned int i = 0; i < 150000; i++) {
		struct place recalled, looked_up;
		/* each address of the first /16 once, and 192.0.2.0/24 in between */
		unsigned int number = i % 2 ? i / 2 : 0x200 + i / 2 % 256;
		address.bytes[14] = (unsigned char)(number >> 8);
		address.bytes[15] = (unsigned char)number;
		int result = geo_recall(geo, &address, &recalled, &why);
		assert_int_equal(geo_lookup(geo, &address, &looked_up, &why), result);
		assert_memory_equal(&recalled, &looked_up, sizeof recalled);
	}
}

/* --- libloc --- */

#define REAL_DATABASE "/usr/share/libloc-location/location.db"
#define HEADER 4200
#define LEVELS 121 /* nodes on the way to a /24 of IPv4 */

static void put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

struct section {
	size_t header_at, offset, length;
};

static const struct section ases = { 28, HEADER, 8 };
static const struct section networks = { 36, HEADER + 8, 12 };
static const struct section countries = { 52, HEADER + 20, 0 };
static const struct section strings = { 60, HEADER + 20, 13 };
static const struct section tree = { 44, HEADER + 33, LEVELS * 12 };

#define WHOLE (HEADER + 33 + LEVELS * 12)

/* A database of one network, 192.0.2.0/24, with COUNTRY and FLAGS; of AS64500. */
static void make_location(unsigned char data[WHOLE], const char *country, uint8_t flags)
{
	const struct section *const sections[] = { &ases, &networks, &countries, &strings, &tree };
	memset(data, 0, WHOLE);
	memcpy(data, "LOCDBXX\1", 8);
	put32(data + 12, BUILT);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		put32(data + sections[i]->header_at, (uint32_t)sections[i]->offset);
		put32(data + sections[i]->header_at + 4, (uint32_t)sections[i]->length);
	}
	put32(data + ases.offset, 64500);
	put32(data + ases.offset + 4, 1);
	memcpy(data + networks.offset, country, 2);
	put32(data + networks.offset + 4, 64500);
	data[networks.offset + 9] = flags;
	memcpy(data + strings.offset, "\0Example Net", 13);
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, slice_string("192.0.2.0")));
	for (size_t level = 0; level < LEVELS; level++) {
		unsigned char *node = data + tree.offset + level * 12;
		bool bit = address.bytes[level / 8] >> (7 - level % 8) & 1;
		put32(node + (bit ? 4 : 0), level + 1 < LEVELS ? (uint32_t)level + 1 : 0);
		put32(node + 8, level + 1 < LEVELS ? UINT32_MAX : 0);
	}
}

static struct text write_location(const char *name, const char *country, uint8_t flags)
{
	unsigned char data[WHOLE];
	struct text path = temporary(name);
	make_location(data, country, flags);
	write_all(path.at, data, sizeof data);
	return path;
}

static void libloc_places(void **state)
{
	(void)state;
	struct text path = write_location("location.db", "DE", 0);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
	struct place place = assert_country(geo, "192.0.2.77", "DE");
	assert_int_equal(place.asn, 64500);
	assert_string_equal(place.as_name, "Example Net");
	assert_false(place.is_anonymiser || place.has_coordinates);
	assert_country(geo, "192.0.3.1", "");
	assert_country(geo, "2001:db8::1", "");
	struct strbuf is CLEANUP(strbuf_release) = STRBUF_INIT(TEXT_MAX);
	geo_describe(geo, &is);
	assert_string_equal(strbuf_text(&is), text("libloc %s of 2025-03-26", path.at).at);
	assert_int_equal(geo_built_at_sec(geo), BUILT);
}

static void libloc_flags(void **state)
{
	(void)state;
	for (uint8_t flags = 0; flags < 16; flags++) {
		struct text path = write_location("flags.db", "DE", flags);
		struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
		assert_int_equal(assert_country(geo, "192.0.2.1", "DE").is_anonymiser, flags & 1);
	}
	static const char *const codes[] = { "EU", "AP", "A1", "XX", "ZZ" };
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct text path = write_location("code.db", codes[i], 0);
		struct place place;
		struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
		assert_int_equal(look_up(geo, "192.0.2.1", &place), 0);
	}
}

#define MANY_ASES 5

/* By number, as the format has them; the last two have names that are not in the strings, and one
 * that goes on behind them. */
static void libloc_names_networks(void **state)
{
	(void)state;
	static const struct {
		uint32_t asn, name;
	} rows[MANY_ASES] = {
		{ 10, 1 }, { 20, 0 }, { 30, 9 }, { 64500, 13 }, { UINT32_MAX, UINT32_MAX }
	};
	static const struct {
		uint32_t asn;
		const char *name;
	} cases[] = {
		{ 0, "" },          { 9, "" },     { 10, "Example Net" }, { 11, "" },
		{ 20, "" },         { 30, "Net" }, { 64500, "" },         { UINT32_MAX - 1, "" },
		{ UINT32_MAX, "" },
	};
	unsigned char data[WHOLE + MANY_ASES * 8];
	make_location(data, "DE", 0);
	put32(data + ases.header_at, WHOLE);
	put32(data + ases.header_at + 4, MANY_ASES * 8);
	for (size_t i = 0; i < MANY_ASES; i++) {
		put32(data + WHOLE + i * 8, rows[i].asn);
		put32(data + WHOLE + i * 8 + 4, rows[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text path = temporary("names.db");
		put32(data + networks.offset + 4, cases[i].asn);
		write_all(path.at, data, sizeof data);
		struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
		struct place place = assert_country(geo, "192.0.2.77", "DE");
		assert_int_equal(place.asn, cases[i].asn);
		assert_string_equal(place.as_name, cases[i].name);
	}
}

/* Whoever writes to a file while it is mapped may take the strings' end away. */
static void libloc_names_end_with_the_file(void **state)
{
	(void)state;
	struct text path = write_location("endless.db", "DE", 0);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
	struct place place;
	FILE *file = fopen(path.at, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, (long)strings.offset + 12, SEEK_SET), 0);
	for (size_t i = strings.offset + 12; i < WHOLE; i++)
		assert_int_equal(fputc('x', file), 'x');
	assert_int_equal(fclose(file), 0);
	assert_int_equal(look_up(geo, "192.0.2.1", &place), -EIO);
}

static void libloc_refuses_what_is_no_database(void **state)
{
	(void)state;
	write_all(temporary("text.db").at, "country,code\n", 13);
	assert_open_fails(text("libloc:%s", temporary("text.db").at).at, -EINVAL,
	                  "is no libloc database of version 1: apt-get");
	assert_open_fails(text("libloc:%s", fixture("test-country").at).at, -EINVAL,
	                  "is no libloc database");
	assert_open_fails("libloc:/no/such/location.db", -ENOENT,
	                  "apt-get install libloc-database");
	unsigned char data[WHOLE];
	make_location(data, "DE", 0);
	data[7] = 2;
	write_all(temporary("version2.db").at, data, sizeof data);
	assert_open_fails(text("libloc:%s", temporary("version2.db").at).at, -EINVAL,
	                  "of version 1");
}

static void assert_way_is_refused(size_t at, uint32_t value, const char *part)
{
	unsigned char data[WHOLE];
	struct text path = temporary("way.db");
	make_location(data, "DE", 0);
	put32(data + at, value);
	write_all(path.at, data, sizeof data);
	struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
	struct place place;
	assert_int_equal(look_up(geo, "192.0.2.0", &place), -EIO);
	assert_why(part);
}

/* The library calls itself without end on the first, and says "not found" to the others. */
static void libloc_is_kept_from_damaged_trees(void **state)
{
	(void)state;
	assert_way_is_refused(tree.offset + 120 * 12, 120, "its tree has no end");
	assert_way_is_refused(tree.offset, LEVELS, "leads out of the tree");
	assert_way_is_refused(tree.offset + 8, 1, "outside of the list of networks");
}

static void libloc_survives_damage(void **state)
{
	(void)state;
	assert_damage_is_survived("libloc", write_location("whole.db", "DE", 0).at, 3);
}

static void libloc_file_that_is_cut_short_is_an_error(void **state)
{
	(void)state;
	static const off_t cuts[] = { 0, 1, 4200, 4300, WHOLE - 1 };
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++)
		assert_cut_is_noticed("libloc", write_location("cut.db", "DE", 0).at, "192.0.2.1",
		                      cuts[i]);
}

static void the_newest_is_taken_from_all_drivers(void **state)
{
	(void)state;
	struct text root = make_root("all");
	copy(write_location("newest.db", "DE", 0).at,
	     text("%s/var/lib/location/database.db", root.at).at);
	copy(fixture("maxmind-city").at, text("%s/var/lib/GeoIP/city.mmdb", root.at).at);
	static const char *const expected[][2] = {
		{ "auto", "mmdb" },
		{ "libloc", "libloc" },
		{ "libloc,mmdb", "libloc" },
		{ "mmdb,libloc", "mmdb" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		struct geo *geo CLEANUP(geo_freep) = NULL;
		assert_int_equal(geo_open_in(&geo, expected[i][0], root.at, NULL, &why), 0);
		struct strbuf is CLEANUP(strbuf_release) = STRBUF_INIT(TEXT_MAX);
		geo_describe(geo, &is);
		assert_int_equal(strncmp(strbuf_text(&is), expected[i][1], strlen(expected[i][1])),
		                 0);
	}
}

static struct text copy_of_real_database(const char *name)
{
	if (access(REAL_DATABASE, R_OK) != 0) {
		print_message("skipped: there is no " REAL_DATABASE
		              " (apt-get install libloc-database)\n");
		skip();
	}
	struct text path = temporary(name);
	copy(REAL_DATABASE, path.at);
	return path;
}

static void the_real_libloc_database_places(void **state)
{
	(void)state;
	struct text path = copy_of_real_database("real.db");
	struct geo *geo CLEANUP(geo_freep) = open_source(text("libloc:%s", path.at).at);
	struct place place = assert_country(geo, "8.8.8.8", "US");
	assert_int_equal(place.asn, 15169);
	assert_string_not_equal(place.as_name, "");
	assert_country(geo, "2a02:6b8::feed:ff", "RU");
	assert_country(geo, "77.88.8.8", "RU");
	unlink(path.at);
}

/* Big enough for real page faults: the cut parts raise SIGBUS. */
static void the_real_libloc_database_cut_short_is_an_error(void **state)
{
	(void)state;
	static const int percents[] = { 90, 50, 2, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++) {
		struct text path = copy_of_real_database("real-cut.db");
		struct stat status;
		assert_int_equal(stat(path.at, &status), 0);
		assert_cut_is_noticed("libloc", path.at, "8.8.8.8",
		                      status.st_size / 100 * percents[i]);
		struct geo *geo = NULL;
		assert_int_equal(geo_open(&geo, text("libloc:%s", path.at).at, NULL, &why),
		                 -EINVAL);
		unlink(path.at);
	}
}

/* --- the group --- */

static int make_directory(void **state)
{
	(void)state;
	const char *base = getenv("TMPDIR");
	directory = text("%s/test_geo.XXXXXX", base ? base : "/tmp");
	return mkdtemp(directory.at) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	strbuf_release(&why);
	return system(text("rm -rf '%s'", directory.at).at);
}

/* libmaxminddb 1.7 itself loses memory when it refuses a file whose metadata's descriptions are
 * damaged. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb.so\n";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_checked_without_opening),
		cmocka_unit_test(a_list_has_at_most_sixteen_sources),
		cmocka_unit_test(the_help_names_the_kinds_of_the_table),
		cmocka_unit_test(another_kind_is_one_more_row),
		cmocka_unit_test(the_reason_may_be_null),
		cmocka_unit_test(maxmind_country_is_read_in_every_record_size),
		cmocka_unit_test(maxmind_city_has_coordinates_and_network),
		cmocka_unit_test(coordinates_that_mean_nothing_are_left_out),
		cmocka_unit_test(dbip_has_floats),
		cmocka_unit_test(ipinfo_lite_has_names_beside_codes),
		cmocka_unit_test(ipinfo_of_old_has_texts),
		cmocka_unit_test(anonymisers_are_marked),
		cmocka_unit_test(an_ipv4_database_knows_no_ipv6),
		cmocka_unit_test(codes_that_are_no_countries_are_unlocated),
		cmocka_unit_test(the_database_for_command_lines_has_what_it_promises),
		cmocka_unit_test(a_list_is_asked_in_order_until_one_places),
		cmocka_unit_test(what_was_named_is_never_left_out),
		cmocka_unit_test(each_database_is_described),
		cmocka_unit_test(the_newest_at_the_usual_places_is_taken),
		cmocka_unit_test(nothing_at_the_usual_places_is_explained),
		cmocka_unit_test(without_a_database_auto_is_ipinfo),
		cmocka_unit_test(an_item_without_file_may_find_nothing_beside_others),
		cmocka_unit_test(what_is_no_database_is_named),
		cmocka_unit_test(a_type_that_says_nothing_is_judged_by_its_records),
		cmocka_unit_test(what_may_not_be_read_is_named),
		cmocka_unit_test(damaged_and_truncated_copies_do_no_harm),
		cmocka_unit_test(a_damaged_tree_is_an_error),
		cmocka_unit_test(a_file_that_is_cut_short_is_an_error),
		cmocka_unit_test(a_file_that_is_overwritten_is_an_error),
		cmocka_unit_test(after_many_lookups_an_overwritten_file_is_an_error),
		cmocka_unit_test(a_file_that_is_renamed_over_does_not_matter),
		cmocka_unit_test(what_is_recalled_is_what_would_be_looked_up),
		cmocka_unit_test(libloc_places),
		cmocka_unit_test(libloc_names_networks),
		cmocka_unit_test(libloc_names_end_with_the_file),
		cmocka_unit_test(libloc_flags),
		cmocka_unit_test(libloc_refuses_what_is_no_database),
		cmocka_unit_test(libloc_is_kept_from_damaged_trees),
		cmocka_unit_test(libloc_survives_damage),
		cmocka_unit_test(libloc_file_that_is_cut_short_is_an_error),
		cmocka_unit_test(the_newest_is_taken_from_all_drivers),
		cmocka_unit_test(the_real_libloc_database_places),
		cmocka_unit_test(the_real_libloc_database_cut_short_is_an_error),
	};
	return cmocka_run_group_tests_name("geo", tests, make_directory, remove_directory);
}
