/* test_store_cache.c - unit tests of plugin/store/cache.c: what services have answered of places,
 * what blocklists have, and since when they are silent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/store/cache.h"
#include "plugin/store/sqlite.h"
#include "tests/unit/storetest.h"

#define NOW STORETEST_NOW
#define why storetest_why
#define state storetest_state

static struct listing listing_of(const char *key, const char *address)
{
	struct listing listing = { .zone = "zen.test",
		                   .verdict = VERDICT_LISTED,
		                   .lifetime_sec = 60,
		                   .detail = "127.0.0.2",
		                   .text = "\x1b|raw" };
	snprintf(listing.key, sizeof listing.key, "%s", key);
	assert_true(ipaddr_parse(&listing.address, slice_string(address)));
	return listing;
}

static void put(struct store *store, const char *key, const char *address, int64_t now_sec)
{
	struct listing listing = listing_of(key, address);
	storetest_expect(cache_put_listing(store, &listing, now_sec, &why), 0);
}

static int get(struct store *store, const char *key, const char *address, int64_t now_sec)
{
	struct listing listing = listing_of(key, address);
	listing.verdict = VERDICT_NONE;
	listing.detail[0] = listing.text[0] = '\0';
	int result = cache_get_listing(store, &listing, now_sec, &why);
	if (result > 0) {
		assert_true(listing.is_kept);
		assert_int_equal(listing.verdict, VERDICT_LISTED);
		assert_string_equal(listing.detail, "127.0.0.2");
		assert_string_equal(listing.text, "\x1b|raw");
		assert_false(listing.lacks_test_point);
	} else {
		assert_false(listing.is_kept);
		assert_int_equal(listing.verdict, VERDICT_NONE);
	}
	return result;
}

static void an_answer_is_kept_for_its_lifetime(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	put(store, "zen.test", "192.0.2.25", NOW);
	storetest_commit(store);
	store = storetest_open(state);
	storetest_expect(get(store, "zen.test", "192.0.2.25", NOW), 1);
	storetest_expect(get(store, "zen.test", "192.0.2.25", NOW + 59), 1);
	storetest_expect(get(store, "zen.test", "192.0.2.25", NOW + 60), 0);
	storetest_expect(get(store, "zen.test", "192.0.2.26", NOW), 0);
	storetest_expect(get(store, "zen.test=127.0.0.2", "192.0.2.25", NOW), 0);
	store_free(store);
}

static void an_answer_of_the_future_is_of_a_wrong_clock(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(NULL);
	put(store, "zen.test", "192.0.2.25", NOW + 1000000);
	storetest_expect(get(store, "zen.test", "192.0.2.25", NOW), 0);
	storetest_expect(cache_forget_listings(store, NOW, &why), 0);
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM dnsbl_answer"), 0);
	store_free(store);
}

static void a_newer_answer_takes_the_place_of_the_older(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(NULL);
	put(store, "zen.test", "192.0.2.25", NOW);
	put(store, "zen.test", "192.0.2.25", NOW + 50);
	storetest_expect(get(store, "zen.test", "192.0.2.25", NOW + 100), 1);
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM dnsbl_answer"), 1);
	store_free(store);
}

static void old_answers_and_those_beyond_the_limit_are_forgotten(void **unused)
{
	char key[30];
	(void)unused;
	struct store *store = storetest_open(NULL);
	put(store, "old", "192.0.2.25", NOW - 60);
	for (int i = 0; i < CACHE_LISTINGS_MAX + 5; i++) {
		snprintf(key, sizeof key, "n%d", i);
		put(store, key, "192.0.2.25", NOW);
	}
	storetest_expect(cache_forget_listings(store, NOW, &why), 0);
	storetest_expect(get(store, "old", "192.0.2.25", NOW - 60), 0);
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM dnsbl_answer"),
	                 CACHE_LISTINGS_MAX);
	store_free(store);
}

static void codes_text_and_the_missing_test_point_are_kept_apart(void **unused)
{
	static const struct {
		const char *detail, *text;
		bool lacks_test_point;
	} rows[] = {
		{ "127.0.0.2 SBL", "", false },
		{ "127.0.0.2 SBL", "", true },
		{ "127.0.0.2 SBL", "see http://a.test/", true },
		{ "", "words", false },
		{ "no answer in time", "", false },
	};
	(void)unused;
	struct store *store = storetest_open(state);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct listing put = listing_of("zen.test", "192.0.2.25"), got = put;
		snprintf(put.detail, sizeof put.detail, "%s", rows[i].detail);
		snprintf(put.text, sizeof put.text, "%s", rows[i].text);
		put.lacks_test_point = rows[i].lacks_test_point;
		storetest_expect(cache_put_listing(store, &put, NOW, &why), 0);
		storetest_expect(cache_get_listing(store, &got, NOW, &why), 1);
		assert_string_equal(got.detail, rows[i].detail);
		assert_string_equal(got.text, rows[i].text);
		assert_int_equal(got.lacks_test_point, rows[i].lacks_test_point);
	}
	/* as versions before this one kept them */
	put(store, "zen.test", "192.0.2.25", NOW);
	storetest_commit(store);
	storetest_sql("UPDATE dnsbl_answer SET detail = CAST('127.0.0.2: words' AS BLOB)");
	store = storetest_open(state);
	struct listing got = listing_of("zen.test", "192.0.2.25");
	storetest_expect(cache_get_listing(store, &got, NOW, &why), 1);
	assert_string_equal(got.detail, "127.0.0.2: words");
	assert_string_equal(got.text, "");
	store_free(store);
}

static void an_answer_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = {
		"UPDATE dnsbl_answer SET verdict = 4",
		"UPDATE dnsbl_answer SET verdict = -1",
		"UPDATE dnsbl_answer SET verdict = 'x'",
		"UPDATE dnsbl_answer SET detail = zeroblob(400)",
		"UPDATE dnsbl_answer SET detail = 'text'",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct store *store = storetest_open(state);
		put(store, "zen.test", "192.0.2.25", NOW);
		storetest_commit(store);
		storetest_sql(changes[i]);
		store = storetest_open(state);
		if (get(store, "zen.test", "192.0.2.25", NOW) >= 0 || !store->is_damaged)
			fail_msg("%s", changes[i]);
		store_free(store);
	}
}

static void expect_silence(struct store *store, const char *zone, int64_t since_sec)
{
	int64_t found;
	storetest_expect(cache_get_silence(store, zone, &found, &why), since_sec != 0);
	assert_int_equal(found, since_sec);
}

static void silence_is_remembered_until_it_ends(void **unused)
{
	(void)unused;
	struct store *store = storetest_open(state);
	expect_silence(store, "zen.test", 0);
	storetest_expect(cache_put_silence(store, "zen.test", NOW, &why), 0);
	storetest_commit(store);
	store = storetest_open(state);
	expect_silence(store, "zen.test", NOW);
	expect_silence(store, "one.test", 0);
	storetest_expect(cache_put_silence(store, "zen.test", 0, &why), 0);
	expect_silence(store, "zen.test", 0);
	storetest_expect(cache_put_silence(store, "zen.test", 0, &why), 0);
	store_free(store);
}

static void silences_are_limited(void **unused)
{
	char zone[30];
	(void)unused;
	struct store *store = storetest_open(NULL);
	for (int i = 0; i < CACHE_SILENCES_MAX + 5; i++) {
		snprintf(zone, sizeof zone, "n%d.test", i);
		storetest_expect(cache_put_silence(store, zone, NOW + i, &why), 0);
	}
	assert_int_equal(storetest_number(store, "SELECT count(*) FROM dnsbl_silence"),
	                 CACHE_SILENCES_MAX);
	expect_silence(store, "n0.test", 0);
	expect_silence(store, zone, NOW + CACHE_SILENCES_MAX + 4);
	store_free(store);
}

static const struct place rome = { .country = "IT",
	                           .asn = 64500,
	                           .as_name = "Example Net",
	                           .is_anonymiser = true,
	                           .has_coordinates = true,
	                           .latitude = 41.9,
	                           .longitude = 12.5,
	                           .radius_km = 20 };

static struct ipaddr client(void)
{
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, slice_string("192.0.2.1")));
	return address;
}

static int get_place(struct store *store, int64_t now_sec, struct place *ret)
{
	struct ipaddr address = client();
	return cache_get_place(store, &address, now_sec, ret, &why);
}

static void put_place(struct store *store, const struct place *place)
{
	struct ipaddr address = client();
	storetest_expect(cache_put_place(store, &address, place, NOW, 60, &why), 0);
}

static void expect_place(struct store *store, const struct place *wanted)
{
	struct place found;
	storetest_expect(get_place(store, NOW, &found), 1);
	assert_string_equal(found.country, wanted->country);
	assert_int_equal(found.asn, wanted->asn);
	assert_string_equal(found.as_name, wanted->as_name);
	assert_int_equal(found.is_anonymiser, wanted->is_anonymiser);
	assert_int_equal(found.has_coordinates, wanted->has_coordinates);
	assert_true(found.latitude == wanted->latitude && found.longitude == wanted->longitude &&
	            found.radius_km == wanted->radius_km);
}

static void a_place_is_kept_for_its_lifetime(void **unused)
{
	const struct place nowhere = { .country = "" };
	struct place unwanted;
	(void)unused;
	struct store *store = storetest_open(state);
	put_place(store, &rome);
	storetest_commit(store);
	store = storetest_open(state);
	expect_place(store, &rome);
	storetest_expect(get_place(store, NOW + 59, &unwanted), 1);
	storetest_expect(get_place(store, NOW + 60, &unwanted), 0);
	storetest_expect(get_place(store, NOW - 1, &unwanted), 0);
	put_place(store, &nowhere); /* which is an answer, too */
	expect_place(store, &nowhere);
	store_free(store);
}

static void a_place_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = {
		"UPDATE geo_cache SET country = 'it'",
		"UPDATE geo_cache SET country = 'ITA'",
		"UPDATE geo_cache SET country = X'4954'",
		"UPDATE geo_cache SET country = X''",
		"UPDATE geo_cache SET asn = -1",
		"UPDATE geo_cache SET asn = 4294967296",
		"UPDATE geo_cache SET as_name = hex(zeroblob(32))",
		"UPDATE geo_cache SET as_name = X'00'",
		"UPDATE geo_cache SET is_anonymiser = 2",
		"UPDATE geo_cache SET is_anonymiser = 'x'",
	};
	struct place unwanted;
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct store *store = storetest_open(state);
		put_place(store, &rome);
		storetest_commit(store);
		storetest_sql(changes[i]);
		store = storetest_open(state);
		if (get_place(store, NOW, &unwanted) >= 0 || !store->is_damaged)
			fail_msg("%s", changes[i]);
		store_free(store);
	}
}

static void coordinates_that_can_not_be_are_none(void **unused)
{
	static const char *const changes[] = {
		"UPDATE geo_cache SET latitude = 90.5",  "UPDATE geo_cache SET longitude = -180.5",
		"UPDATE geo_cache SET latitude = 'x'",   "UPDATE geo_cache SET longitude = NULL",
		"UPDATE geo_cache SET latitude = 9e999",
	};
	struct place wanted = rome;
	(void)unused;
	wanted.has_coordinates = false;
	wanted.latitude = wanted.longitude = wanted.radius_km = 0;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct store *store = storetest_open(state);
		put_place(store, &rome);
		storetest_commit(store);
		storetest_sql(changes[i]);
		store = storetest_open(state);
		expect_place(store, &wanted);
		store_free(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORETEST(an_answer_is_kept_for_its_lifetime),
		STORETEST(an_answer_of_the_future_is_of_a_wrong_clock),
		STORETEST(a_newer_answer_takes_the_place_of_the_older),
		STORETEST(old_answers_and_those_beyond_the_limit_are_forgotten),
		STORETEST(codes_text_and_the_missing_test_point_are_kept_apart),
		STORETEST(an_answer_that_can_not_be_is_damage),
		STORETEST(silence_is_remembered_until_it_ends),
		STORETEST(silences_are_limited),
		STORETEST(a_place_is_kept_for_its_lifetime),
		STORETEST(a_place_that_can_not_be_is_damage),
		STORETEST(coordinates_that_can_not_be_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
