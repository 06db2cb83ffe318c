/* test_dnsbl.c - unit tests of plugin/dnsbl/: zones, names, verdicts, and Postfix's main.cf
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "plugin/dnsbl.h"
#include "plugin/dnsbl/codes.h"
#include "plugin/dnsbl/postfixconf.h"
#include "plugin/dnsbl/verdict.h"
#include "plugin/dnsbl/zone.h"

static struct ipaddr address(const char *text)
{
	struct ipaddr ret;
	assert_true(ipaddr_parse(&ret, slice_string(text)));
	return ret;
}

/* --- zones --- */

static void a_zone_has_a_name_a_filter_and_a_weight(void **state)
{
	static const struct {
		const char *text;
		const char *name, *key;
		int weight;
		const char *matches, *misses; /* replies, "" for none */
	} rows[] = {
		{ "zen.example", "zen.example", "zen.example", 1, "127.0.0.2 127.9.9.9", "" },
		{ "zen.example*3", "zen.example", "zen.example", 3, "127.0.0.2", "" },
		{ "zen.example*-2", "zen.example", "zen.example", -2, "127.0.0.2", "" },
		{ "zen.example*0", "zen.example", "zen.example", 0, "127.0.0.2", "" },
		{ "zen.example=127.0.0.2", "zen.example", "zen.example=127.0.0.2", 1, "127.0.0.2",
		  "127.0.0.3 127.0.1.2 127.1.0.2" },
		{ "zen.example=127.0.0.[2..11]*2", "zen.example", "zen.example=127.0.0.[2..11]", 2,
		  "127.0.0.2 127.0.0.11", "127.0.0.1 127.0.0.12" },
		{ "zen.example=127.0.[1;3].[4;6..8]", "zen.example",
		  "zen.example=127.0.[1;3].[4;6..8]", 1, "127.0.1.4 127.0.3.7",
		  "127.0.2.4 127.0.1.5 127.0.0.4" },
		{ "zen.example=127.0.0.[0..255]", "zen.example", "zen.example=127.0.0.[0..255]", 1,
		  "127.0.0.0 127.0.0.64 127.0.0.255", "" },
		{ "a-b_c.Example", "a-b_c.Example", "a-b_c.Example", 1, "127.0.0.2", "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct dnsbl_zone zone;
		if (dnsbl_zone_parse(&zone, slice_string(rows[i].text), NULL, &why) < 0)
			fail_msg("%s", strbuf_text(&why));
		assert_string_equal(zone.name, rows[i].name);
		assert_string_equal(zone.key, rows[i].key);
		assert_int_equal(zone.weight, rows[i].weight);
		for (int hit = 0; hit < 2; hit++) {
			struct slice rest = slice_string(hit ? rows[i].matches : rows[i].misses);
			while (rest.length) {
				struct ipaddr reply;
				struct slice word = slice_take_until(&rest, ' ');
				assert_true(ipaddr_parse(&reply, word));
				if (dnsbl_zone_matches(&zone, &reply) != (hit == 1))
					fail_msg("%s, %.*s", rows[i].text, (int)word.length,
					         word.data);
			}
		}
	}
}

static void what_is_no_zone_is_refused(void **state)
{
	static const char label64[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				      "aaaa.example";
	static const char *const texts[] = {
		"",
		"=127.0.0.2",
		"*2",
		"zen",
		".zen.example",
		"zen..example",
		"zen.exa mple",
		"zen.example=",
		"zen.example=127",
		"zen.example=127.0.0",
		"zen.example=127.0.0.256",
		"zen.example=127.0.0.[2",
		"zen.example=127.0.0.[11..2]",
		"zen.example=127.0.0.[]",
		"zen.example=127.0.0.2;3",
		"zen.example=127.0.0.2.3",
		"zen.example=127.0.0.2x",
		"zen.example*",
		"zen.example*1001",
		"zen.example*x",
		"zen.example*2x",
		"zen.example*--2",
		"zen.ex\xc3\xa4mple",
		"zen.example=127.0.0.02222",
		"$DQS.zen.example",
		"$KEY.zen.example",
		label64,
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct dnsbl_zone zone;
		if (dnsbl_zone_parse(&zone, slice_string(texts[i]), NULL, &why) != -EINVAL ||
		    !why.length)
			fail_msg("%s", texts[i]);
	}
}

static void a_key_is_in_the_question_and_nowhere_else(void **state)
{
	static const struct {
		const char *text, *key, *name, *shown;
	} rows[] = {
		{ "$DQS.zen.dq.spamhaus.net", "s3cret", "s3cret.zen.dq.spamhaus.net",
		  "$DQS.zen.dq.spamhaus.net" },
		{ "$DQS.list.example", "s3cret", "s3cret.list.example", "$DQS.list.example" },
		{ "s3cret.zen.dq.spamhaus.net", NULL, "s3cret.zen.dq.spamhaus.net",
		  "***.zen.dq.spamhaus.net" },
		{ "s3cret.zen.DQ.Spamhaus.net", NULL, "s3cret.zen.DQ.Spamhaus.net",
		  "***.zen.DQ.Spamhaus.net" },
		{ "s3cret.combined.mail.abusix.zone", NULL, "s3cret.combined.mail.abusix.zone",
		  "***.combined.mail.abusix.zone" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dnsbl_zone zone;
		char text[] = "see https://x.example/S3CRET/192.0.2.1 s3cret";
		assert_int_equal(dnsbl_zone_parse(&zone, slice_string(rows[i].text), rows[i].key,
		                                  NULL),
		                 0);
		assert_string_equal(zone.name, rows[i].name);
		assert_string_equal(zone.shown, rows[i].shown);
		assert_null(strstr(zone.key, "s3cret"));
		dnsbl_zone_hide_key(&zone, text);
		assert_string_equal(text, "see https://x.example/******/192.0.2.1 ******");
	}
}

static void an_error_never_has_the_key(void **state)
{
	static const char *const texts[] = {
		"s3cret.zen.dq.spamhaus.net=127",
		"s3cret.zen.dq.spamhaus.net*x",
		"s3cret..dq.spamhaus.net",
		"$DQS.zen.dq.spamhaus.net=x",
		"$DQS.zen..net",
		"s3cret.zen.dq.spamhaus.ne|t",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		struct dnsbl_zone zone;
		assert_int_equal(dnsbl_zone_parse(&zone, slice_string(texts[i]), "s3cret", &why),
		                 -EINVAL);
		if (strstr(strbuf_text(&why), "s3cret"))
			fail_msg("%s: %s", texts[i], strbuf_text(&why));
	}
}

static void there_are_not_more_lists_than_the_limit_and_each_is_there_once(void **state)
{
	struct dnsbl_zones zones = { 0 };
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char text[40];
	(void)state;
	for (int i = 0; i < DNSBL_ZONES_MOST; i++) {
		snprintf(text, sizeof text, "n%d.example,N%d.example*2 ", i, i);
		assert_int_equal(dnsbl_add_zones(&zones, slice_string(text), NULL, &why), 0);
		assert_int_equal(zones.count, i + 1);
	}
	assert_int_equal(dnsbl_add_zones(&zones, slice_string("one.more.example"), NULL, &why),
	                 -EINVAL);
	dnsbl_zones_release(&zones);
}

/* --- names --- */

static void an_address_is_asked_for_backwards(void **state)
{
	static const struct {
		const char *address, *name;
	} rows[] = {
		{ "192.0.2.25", "25.2.0.192.zen.example" },
		{ "2001:db8::25",
		  "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example" },
	};
	char long_zone[DNS_NAME_ROOM], name[DNS_NAME_ROOM];
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipaddr asked = address(rows[i].address);
		assert_true(dnsbl_query_name(name, &asked, "zen.example"));
		assert_string_equal(name, rows[i].name);
	}
	struct ipaddr six = address("2001:db8::25");
	memset(long_zone, 'a', sizeof long_zone);
	long_zone[190] = '\0';
	assert_false(dnsbl_query_name(name, &six, long_zone));
}

/* --- verdicts --- */

static struct dns_query answer(const char *text)
{
	struct dns_query query = { .status = DNS_ANSWERED };
	struct slice rest = slice_string(text);
	static const struct {
		const char *word;
		enum dns_status status;
	} words[] = {
		{ "nx", DNS_NXDOMAIN },       { "time-out", DNS_TIMEOUT },
		{ "servfail", DNS_SERVFAIL }, { "refused", DNS_REFUSED },
		{ "none", DNS_ANSWERED },     { "-", DNS_NOT_ASKED },
		{ "down", DNS_UNREACHABLE },  { "broken", DNS_BROKEN },
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i].word) == 0) {
			query.status = words[i].status;
			return query;
		}
	}
	while (rest.length)
		assert_true(ipaddr_parse(&query.addresses[query.count++],
		                         slice_take_until(&rest, ' ')));
	return query;
}

static void a_verdict_comes_of_three_answers(void **state)
{
	static const struct {
		const char *zone, *address, *listed, *unlisted, *other;
		enum verdict verdict;
		const char *reason;
	} rows[] = {
		{ "a.test", "nx", "127.0.0.2", "nx", "-", VERDICT_CLEAN, "" },
		{ "a.test", "none", "127.0.0.2", "none", "-", VERDICT_CLEAN, "" },
		{ "a.test", "127.0.0.2", "127.0.0.2", "nx", "-", VERDICT_LISTED, "127.0.0.2" },
		{ "a.test", "127.0.0.2 127.0.0.4", "127.0.0.2", "nx", "-", VERDICT_LISTED,
		  "127.0.0.2, 127.0.0.4" },
		{ "a.test=127.0.0.4", "127.0.0.2 127.0.0.4", "127.0.0.2", "nx", "-", VERDICT_LISTED,
		  "127.0.0.4" },
		{ "a.test=127.0.0.4", "127.0.0.2", "127.0.0.2", "nx", "-", VERDICT_CLEAN, "" },
		{ "zen.spamhaus.org", "127.0.0.2 127.0.0.11", "127.0.0.2", "nx", "-",
		  VERDICT_LISTED, "127.0.0.2 SBL, 127.0.0.11 PBL" },
		{ "a.test", "127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5", "127.0.0.2", "nx",
		  "-", VERDICT_LISTED, "127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4, ..." },
		/* elsewhere, wherever it shows */
		{ "a.test", "203.0.113.80", "127.0.0.2", "nx", "-", VERDICT_NONE,
		  "it is answered from elsewhere (203.0.113.80)" },
		{ "a.test", "127.0.0.2 203.0.113.80", "127.0.0.2", "nx", "-", VERDICT_NONE,
		  "it is answered from elsewhere" },
		{ "a.test", "127.0.0.2", "127.0.0.2", "203.0.113.80", "-", VERDICT_NONE,
		  "it is answered from elsewhere" },
		{ "a.test", "127.0.0.2", "203.0.113.80", "nx", "-", VERDICT_NONE,
		  "it is answered from elsewhere" },
		/* refusals, wherever they show */
		{ "a.test", "127.255.255.254", "127.255.255.254", "127.255.255.254", "-",
		  VERDICT_NONE, "it answers no public resolver" },
		{ "a.test", "127.0.0.2", "127.0.0.2", "127.255.255.255", "-", VERDICT_NONE,
		  "it says that it is asked too often" },
		{ "a.test", "127.255.255.252", "nx", "nx", "-", VERDICT_NONE,
		  "it says that the zone's name is mistyped" },
		{ "a.test", "127.255.255.7", "127.0.0.2", "nx", "-", VERDICT_NONE,
		  "it answers with an error" },
		{ "a.test=127.255.255.[0..255]", "127.255.255.7", "127.0.0.2", "nx", "-",
		  VERDICT_NONE, "it answers with an error" },
		/* the world */
		{ "a.test", "127.0.0.2", "127.0.0.2", "127.0.0.2", "-", VERDICT_NONE,
		  "it lists the whole world" },
		{ "a.test", "nx", "127.0.0.2", "127.0.0.2", "-", VERDICT_NONE,
		  "it lists the whole world" },
		/* no test point */
		{ "a.test", "nx", "nx", "nx", "-", VERDICT_NONE,
		  "it doesn't list its own test point" },
		{ "a.test", "127.0.0.2", "nx", "nx", "-", VERDICT_LISTED, "127.0.0.2" },
		{ "a.test", "nx", "nx", "nx", "127.0.0.2", VERDICT_NOT_COVERED,
		  "it has no addresses of this family" },
		{ "a.test", "nx", "nx", "nx", "nx", VERDICT_NONE,
		  "it doesn't list its own test point" },
		/* failures */
		{ "a.test", "servfail", "127.0.0.2", "nx", "-", VERDICT_NONE, "SERVFAIL" },
		{ "a.test", "refused", "127.0.0.2", "nx", "-", VERDICT_NONE, "REFUSED" },
		{ "a.test", "time-out", "127.0.0.2", "nx", "-", VERDICT_NONE, "no answer in time" },
		{ "a.test", "down", "down", "down", "-", VERDICT_NONE, "no resolver there" },
		{ "a.test", "broken", "127.0.0.2", "nx", "-", VERDICT_NONE, "a broken answer" },
		{ "a.test", "nx", "time-out", "nx", "-", VERDICT_NONE,
		  "its test point: no answer in time" },
		{ "a.test", "127.0.0.2", "127.0.0.2", "servfail", "-", VERDICT_NONE,
		  "its test point: SERVFAIL" },
		{ "a.test", "nx", "127.0.0.2", "time-out", "-", VERDICT_CLEAN,
		  "" }, /* a world that isn't listed */
		{ "a.test", "127.0.0.2", "time-out", "nx", "-", VERDICT_LISTED, "127.0.0.2" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct listing listing = { .zone = "a.test" };
		struct dnsbl_zone zone;
		struct dns_query all[] = { answer(rows[i].address), answer(rows[i].listed),
			                   answer(rows[i].unlisted), answer(rows[i].other) };
		struct dnsbl_probe probe = { &all[0], &all[1], &all[2], &all[3] };
		assert_int_equal(dnsbl_zone_parse(&zone, slice_string(rows[i].zone), NULL, NULL),
		                 0);
		dnsbl_judge(&zone, &probe, &listing);
		bool is_whole = listing.verdict != VERDICT_NONE;
		const char *text = listing.detail;
		bool has_test_point = strcmp(rows[i].listed, "nx") != 0;
		assert_int_equal(listing.lacks_test_point,
		                 listing.verdict == VERDICT_LISTED && !has_test_point);
		if (listing.verdict != rows[i].verdict ||
		    (is_whole ? strcmp(text, rows[i].reason)
		              : strncmp(text, rows[i].reason, strlen(rows[i].reason))))
			fail_msg("row %zu: %d \"%s\"", i, (int)listing.verdict, text);
	}
}

static void the_text_of_a_list_stands_beside_its_codes(void **state)
{
	struct listing listing = { .zone = "a.test" };
	struct dnsbl_zone zone;
	struct dns_query all[] = { answer("127.0.0.2"), answer("127.0.0.2"), answer("nx"),
		                   answer("-") };
	struct dnsbl_probe probe = { &all[0], &all[1], &all[2], &all[3] };
	(void)state;
	assert_int_equal(dnsbl_zone_parse(&zone, slice_string("a.test"), NULL, NULL), 0);
	snprintf(all[0].text, sizeof all[0].text, "see http://a.test/");
	dnsbl_judge(&zone, &probe, &listing);
	assert_int_equal(listing.verdict, VERDICT_LISTED);
	assert_string_equal(listing.detail, "127.0.0.2");
	assert_string_equal(listing.text, "see http://a.test/");
}

static void codes_are_words_for_the_lists_that_publish_them(void **state)
{
	static const struct {
		const char *zone, *reply, *words;
	} rows[] = {
		{ "zen.spamhaus.org", "127.0.0.3", "CSS" },
		{ "s3cret.zen.dq.spamhaus.net", "127.0.0.10", "PBL" },
		{ "zen.spamhaus.org", "127.0.0.99", NULL },
		{ "zen.spamhaus.org", "127.0.1.2", NULL },
		{ "bl.spamcop.net", "127.0.0.2", "spam was reported" },
		{ "bl.mailspike.net", "127.0.0.12", "bad reputation" },
		{ "else.example", "127.0.0.2", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipaddr reply = address(rows[i].reply);
		const char *words = dnsbl_code(rows[i].zone, &reply);
		if (!rows[i].words)
			assert_null(words);
		else
			assert_string_equal(words, rows[i].words);
	}
}

/* --- counting --- */

static void lists_and_weights_are_counted(void **state)
{
	struct dnsbl_zones zones = { 0 };
	struct dnsbl_result result;
	struct dnsbl_totals totals;
	const struct ipaddr addresses[] = { address("192.0.2.1"), address("2001:db8::1") };
	const enum verdict verdicts[] = { VERDICT_LISTED,      VERDICT_LISTED, VERDICT_LISTED,
		                          VERDICT_NOT_COVERED, VERDICT_NONE,   VERDICT_CLEAN,
		                          VERDICT_NONE,        VERDICT_NONE,   VERDICT_NONE,
		                          VERDICT_NOT_COVERED, VERDICT_CLEAN,  VERDICT_LISTED };
	(void)state;
	assert_int_equal(dnsbl_add_zones(&zones,
	                                 slice_string("a.test*2,b.test*3,c.test,d.test,e.test,good."
	                                              "test*-1"),
	                                 NULL, NULL),
	                 0);
	dnsbl_result_init(&result, &zones, addresses, 2, NULL);
	assert_int_equal(result.count, ARRAY_SIZE(verdicts));
	for (size_t i = 0; i < result.count; i++)
		result.listings[i].verdict = verdicts[i];
	dnsbl_count(&result, &totals);
	assert_int_equal(totals.listed, 3);
	/* of the first address; the other one has a 2 and a -1 */
	assert_int_equal(totals.weight, 5);
	assert_int_equal(totals.unanswered, 3);
	assert_int_equal(totals.silent, 2);
	dnsbl_result_release(&result);
	dnsbl_zones_release(&zones);
}

static void pairs_of_addresses_and_lists_are_limited(void **state)
{
	static struct ipaddr addresses[DNSBL_ADDRESSES_MOST + 1];
	struct dnsbl_zones zones = { 0 };
	struct dnsbl_result result;
	char text[30];
	(void)state;
	assert_int_equal(dnsbl_add_zones(&zones, slice_string("a.test"), NULL, NULL), 0);
	dnsbl_result_init(&result, &zones, addresses, ARRAY_SIZE(addresses), NULL);
	assert_int_equal(result.addresses, DNSBL_ADDRESSES_MOST);
	dnsbl_result_release(&result);
	for (int i = 1; i < DNSBL_ZONES_MOST; i++) {
		snprintf(text, sizeof text, "n%d.test", i);
		assert_int_equal(dnsbl_add_zones(&zones, slice_string(text), NULL, NULL), 0);
	}
	dnsbl_result_init(&result, &zones, addresses, ARRAY_SIZE(addresses), NULL);
	assert_true(result.count <= DNSBL_PAIRS_MOST &&
	            result.count > DNSBL_PAIRS_MOST - 2 * DNSBL_ZONES_MOST);
	dnsbl_result_release(&result);
	dnsbl_zones_release(&zones);
}

/* --- Postfix --- */

static void a_parameter_is_read_as_postfix_reads_it(void **state)
{
	static const struct {
		const char *file, *value;
	} rows[] = {
		/* NULL: not set */
		{ "name = value\n", "value" },
		{ "name=value", "value" },
		{ "name =\n", "" },
		{ "name = a\nname = b\n", "b" },
		{ "name = a,\n  b,\n\tc\n", "a, b, c" },
		{ "name = a,\n# no\n\n  b\n", "a, b" },
		{ "#name = a\n", NULL },
		{ " name = a\n", NULL },
		{ "other = a\n name = b\n", NULL },
		{ "names = a\n", NULL },
		{ "name2 = a\nname = b\nother = c\n  d\n", "b" },
		{ "", NULL },
	};
	char path[] = "/tmp/test_dnsbl.XXXXXX";
	int descriptor = mkstemp(path);
	(void)state;
	assert_true(descriptor >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf value CLEANUP(strbuf_release) = STRBUF_INIT(POSTFIXCONF_VALUE_MOST);
		assert_int_equal(ftruncate(descriptor, 0), 0);
		assert_int_equal(pwrite(descriptor, rows[i].file, strlen(rows[i].file), 0),
		                 (int)strlen(rows[i].file));
		bool is_set = postfixconf_get(&value, path, "name");
		if (is_set != (rows[i].value != NULL) ||
		    (is_set && strcmp(strbuf_text(&value), rows[i].value) != 0))
			fail_msg("row %zu: %s", i, strbuf_text(&value));
	}
	close(descriptor);
	unlink(path);
}

static void what_is_no_file_sets_nothing(void **state)
{
	struct strbuf value CLEANUP(strbuf_release) = STRBUF_INIT(POSTFIXCONF_VALUE_MOST);
	(void)state;
	assert_false(postfixconf_get(&value, "/nonexistent/main.cf", "name"));
	assert_false(postfixconf_get(&value, "/", "name"));
	assert_false(postfixconf_get(&value, "/dev/zero", "name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_has_a_name_a_filter_and_a_weight),
		cmocka_unit_test(what_is_no_zone_is_refused),
		cmocka_unit_test(a_key_is_in_the_question_and_nowhere_else),
		cmocka_unit_test(an_error_never_has_the_key),
		cmocka_unit_test(there_are_not_more_lists_than_the_limit_and_each_is_there_once),
		cmocka_unit_test(an_address_is_asked_for_backwards),
		cmocka_unit_test(a_verdict_comes_of_three_answers),
		cmocka_unit_test(the_text_of_a_list_stands_beside_its_codes),
		cmocka_unit_test(codes_are_words_for_the_lists_that_publish_them),
		cmocka_unit_test(lists_and_weights_are_counted),
		cmocka_unit_test(pairs_of_addresses_and_lists_are_limited),
		cmocka_unit_test(a_parameter_is_read_as_postfix_reads_it),
		cmocka_unit_test(what_is_no_file_sets_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
