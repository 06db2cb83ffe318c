/* test_tally.c - what the window's logins count for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/keyset.h"
#include "plugin/tally.h"

/* Home is the US and Canada; TRUSTED (NULL: none) is borrowed. */
static const struct judgement *judgement(const struct ipprefix *trusted)
{
	static struct judgement made;
	made = (struct judgement){ .trusted = trusted, .trusted_count = trusted != NULL };
	country_set_add(&made.home, "US");
	country_set_add(&made.home, "CA");
	return &made;
}

static struct visit visit(const char *user, const char *address, const char *country,
                          int64_t logins)
{
	struct visit made = { .user = slice_string(user), .logins = logins };
	made.has_address = ipaddr_parse(&made.address, slice_string(address));
	memcpy(made.country, country, strlen(country));
	return made;
}

static void add(struct tally *tally, const char *user, const char *address, const char *country,
                int64_t logins)
{
	struct visit made = visit(user, address, country, logins);
	tally_add(tally, &made);
}

static struct tally *stolen_account(void)
{
	struct tally *tally = tally_new(judgement(NULL));
	add(tally, "bob", "8.8.8.8", "US", 3);
	add(tally, "bob", "8.8.4.4", "CA", 1);
	add(tally, "bob", "77.88.8.8", "RU", 6);
	add(tally, "bob", "77.88.8.9", "RU", 1);
	add(tally, "bob", "114.114.114.114", "CN", 4);
	add(tally, "eve", "77.88.8.8", "RU", 2);
	add(tally, "alice", "8.8.8.8", "US", 5);
	add(tally, "alice", "9.9.9.9", "", 7);
	return tally;
}

static void each_metric_has_its_own_count(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = stolen_account();
	struct counts counts = { 0 };
	tally_counts(tally, &counts);
	const int64_t expected[] = {
		[METRIC_LOGINS] = 29,           [METRIC_FOREIGN_LOGINS] = 13,
		[METRIC_FOREIGN_USERS] = 2,     [METRIC_FOREIGN_ADDRESSES] = 3,
		[METRIC_FOREIGN_COUNTRIES] = 2, [METRIC_USER_COUNTRIES] = 3,
		[METRIC_UNLOCATED] = 7,         [METRIC_HIDDEN_ADDRESSES] = 0,
	};
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		assert_int_equal(counts.of[i].is_known, i < ARRAY_SIZE(expected));
		if (i < ARRAY_SIZE(expected) && counts.of[i].value != expected[i])
			fail_msg("%s is %" PRId64 ", not %" PRId64, metrics[i].name,
			         counts.of[i].value, expected[i]);
	}
}

static void all_of_home_is_one_country_and_unlocated_is_none(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	struct counts counts = { 0 };
	add(tally, "bob", "9.9.9.9", "", 1);
	tally_counts(tally, &counts);
	assert_int_equal(counts.of[METRIC_USER_COUNTRIES].value, 0);
	add(tally, "bob", "8.8.8.8", "US", 1);
	add(tally, "bob", "8.8.4.4", "CA", 1);
	tally_counts(tally, &counts);
	assert_int_equal(counts.of[METRIC_USER_COUNTRIES].value, 1);
	assert_int_equal(counts.of[METRIC_FOREIGN_LOGINS].value, 0);
}

static void the_addresses_of_foreign_logins_are_handed_out_once(void **state)
{
	(void)state;
	struct ipaddr found[2];
	char text[IPADDR_TEXT_ROOM];
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	add(tally, "ann", "77.88.8.8", "RU", 1);
	add(tally, "bob", "77.88.8.8", "RU", 1);
	add(tally, "bob", "8.8.8.8", "US", 1);
	add(tally, "bob", "9.9.9.9", "", 1);
	assert_int_equal(tally_foreign_addresses(tally, found, 2), 1);
	assert_string_equal(ipaddr_format(&found[0], text), "77.88.8.8");
	add(tally, "bob", "200.160.2.3", "BR", 1);
	add(tally, "bob", "114.114.114.114", "CN", 1);
	assert_int_equal(tally_foreign_addresses(tally, found, 2), 3);
	assert_string_equal(ipaddr_format(&found[1], text), "200.160.2.3");
}

static void trusted_networks_count_nothing(void **state)
{
	(void)state;
	struct ipprefix trusted;
	assert_true(ipprefix_parse(&trusted, slice_string("77.88.8.0/24")));
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(&trusted));
	struct counts counts = { 0 };
	add(tally, "bob", "77.88.8.8", "RU", 1);
	add(tally, "bob", "77.88.9.8", "RU", 1);
	tally_counts(tally, &counts);
	assert_int_equal(counts.of[METRIC_LOGINS].value, 1);
}

static void a_login_without_an_address_is_unlocated(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	struct counts counts = { 0 };
	add(tally, "bob", "unknown", "", 2);
	tally_counts(tally, &counts);
	assert_int_equal(counts.of[METRIC_LOGINS].value, 2);
	assert_int_equal(counts.of[METRIC_UNLOCATED].value, 2);
}

static void it_is_blind_if_none_of_several_addresses_has_a_place(void **state)
{
	(void)state;
	struct ipprefix trusted;
	assert_true(ipprefix_parse(&trusted, slice_string("1.1.1.0/24")));
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(&trusted));
	add(tally, "ann", "9.9.9.9", "", 1);
	add(tally, "bob", "9.9.9.9", "", 1);
	add(tally, "bob", "1.1.1.1", "", 1); /* trusted */
	add(tally, "bob", "none", "", 1);
	assert_false(tally_is_blind(tally));
	add(tally, "bob", "9.9.9.10", "", 1);
	assert_true(tally_is_blind(tally));
	add(tally, "bob", "8.8.8.8", "US", 1);
	assert_false(tally_is_blind(tally));
}

struct seen {
	int count;
	char text[1000];
};

static void logins_without_a_name_are_not_one_travelling_user(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	struct counts counts = { 0 };
	add(tally, "", "77.88.8.8", "RU", 1);
	add(tally, "", "114.114.114.114", "CN", 1);
	add(tally, "", "200.160.2.3", "BR", 1);
	add(tally, "", "8.8.8.8", "US", 1);
	tally_counts(tally, &counts);
	assert_int_equal(counts.of[METRIC_USER_COUNTRIES].value, 1);
	assert_int_equal(counts.of[METRIC_FOREIGN_LOGINS].value, 3);
	assert_int_equal(counts.of[METRIC_FOREIGN_USERS].value, 1);
	assert_int_equal(counts.of[METRIC_FOREIGN_COUNTRIES].value, 3);
}

static void see(void *context, const struct user_summary *user)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);
	seen->count++;
	snprintf(seen->text + used, sizeof seen->text - used, "%.*s %" PRId64 "/%" PRId64 " (%s);",
	         (int)user->user.length, user->user.data, user->logins, user->addresses,
	         user->country_list);
}

static void the_worst_user_comes_first(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = stolen_account();
	struct seen seen = { 0 };
	assert_int_equal(tally_each_user(tally, false, 10, see, &seen), 0);
	assert_string_equal(seen.text,
	                    "bob 15/5 (CA 1, CN 4, RU 7, US 3);eve 2/1 (RU 2);alice 12/2 (US 5, "
	                    "unlocated 7);");
}

static void add_since(struct tally *tally, const char *user, const char *country, int64_t since_sec)
{
	struct visit made = visit(user, "77.88.8.8", country, 1);
	made.since_sec = since_sec;
	tally_add(tally, &made);
}

static void name(void *context, struct slice user)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);
	seen->count++;
	snprintf(seen->text + used, sizeof seen->text - used, "%.*s;", (int)user.length, user.data);
}

static void whose_foreign_logins_began_last_is_the_first_newcomer(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	struct seen seen = { 0 };
	add_since(tally, "ann", "RU", 20); /* again at 90 from elsewhere */
	add_since(tally, "ann", "CN", 90);
	add_since(tally, "bob", "US", 10); /* at home first */
	add_since(tally, "bob", "RU", 40);
	add_since(tally, "carol", "RU", 30);
	add_since(tally, "dan", "RU", 40);
	add_since(tally, "eve", "US", 99);
	tally_each_newcomer(tally, name, &seen);
	assert_string_equal(seen.text, "bob;dan;carol;ann;");
}

static void of_many_newcomers_the_newest_are_kept_in_whatever_order_they_come(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
		struct seen seen = { 0 };
		char user[16];
		for (int i = 0; i < 1000; i++) {
			snprintf(user, sizeof user, "u%03d", i);
			add_since(tally, user, "RU", turn ? i : 1000 - i);
		}
		tally_each_newcomer(tally, name, &seen);
		assert_int_equal(seen.count, TALLY_USERS_MOST);
		assert_memory_equal(seen.text, turn ? "u999;u998;" : "u000;u001;", 10);
		assert_string_equal(seen.text + strlen(seen.text) - 5, turn ? "u980;" : "u019;");
	}
}

static void home_users_can_be_left_out_and_the_rest_is_counted(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = stolen_account();
	struct seen seen = { 0 };
	assert_int_equal(tally_each_user(tally, true, 1, see, &seen), 1);
	assert_int_equal(seen.count, 1);
	assert_int_equal(tally_each_user(tally, true, 10, see, &seen), 0);
	assert_int_equal(seen.count, 3);
}

static void forty_countries_are_listed_and_no_more(void **state)
{
	(void)state;
	struct tally *tally CLEANUP(tally_freep) = tally_new(judgement(NULL));
	struct seen seen = { 0 };
	for (char first = 'D'; first < 'F'; first++)
		for (char second = 'A'; second <= 'Z'; second++)
			add(tally, "bob", "77.88.8.8", (char[]){ first, second, '\0' }, 1);
	tally_each_user(tally, true, 1, see, &seen);
	assert_non_null(strstr(seen.text, "EN 1, ..."));
	assert_null(strstr(seen.text, "EO 1"));
}

static void a_keyset_numbers_many_keys_each_once(void **state)
{
	(void)state;
	struct keyset *set = keyset_new();
	bool is_new;
	char text[16];
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 20000; i++) {
			snprintf(text, sizeof text, "key %zu", i);
			assert_int_equal(keyset_add(set, slice_string(text), &is_new), i);
			assert_int_equal(is_new, round == 0);
		}
	assert_int_equal(keyset_count(set), 20000);
	assert_true(slice_equals(keyset_get(set, 4711), "key 4711"));
	assert_int_equal(keyset_add(set, slice_make("key\0001", 5), &is_new), 20000);
	assert_true(is_new);
	size_t number = 0;
	assert_true(keyset_find(set, slice_string("key 4711"), &number));
	assert_int_equal(number, 4711);
	assert_false(keyset_find(set, slice_string("key 20000"), &number));
	assert_int_equal(number, 4711);
	keyset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_metric_has_its_own_count),
		cmocka_unit_test(all_of_home_is_one_country_and_unlocated_is_none),
		cmocka_unit_test(the_addresses_of_foreign_logins_are_handed_out_once),
		cmocka_unit_test(trusted_networks_count_nothing),
		cmocka_unit_test(a_login_without_an_address_is_unlocated),
		cmocka_unit_test(logins_without_a_name_are_not_one_travelling_user),
		cmocka_unit_test(it_is_blind_if_none_of_several_addresses_has_a_place),
		cmocka_unit_test(the_worst_user_comes_first),
		cmocka_unit_test(whose_foreign_logins_began_last_is_the_first_newcomer),
		cmocka_unit_test(of_many_newcomers_the_newest_are_kept_in_whatever_order_they_come),
		cmocka_unit_test(home_users_can_be_left_out_and_the_rest_is_counted),
		cmocka_unit_test(forty_countries_are_listed_and_no_more),
		cmocka_unit_test(a_keyset_numbers_many_keys_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
