/* test_tally.c - what the window's logins count for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/keyset.h"
#include "common/strbuf.h"
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
	struct tally *tally = stolen_account();
	struct tally_result result CLEANUP(tally_result_release);
	tally_end(tally, &result);
	const int64_t expected[] = {
		[METRIC_LOGINS] = 29,           [METRIC_FOREIGN_LOGINS] = 13,
		[METRIC_FOREIGN_USERS] = 2,     [METRIC_FOREIGN_ADDRESSES] = 3,
		[METRIC_FOREIGN_COUNTRIES] = 2, [METRIC_USER_COUNTRIES] = 3,
		[METRIC_UNLOCATED] = 7,         [METRIC_HIDDEN_ADDRESSES] = 0,
	};
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		assert_int_equal(result.counts.of[i].is_known, i < ARRAY_SIZE(expected));
		if (i < ARRAY_SIZE(expected) && result.counts.of[i].value != expected[i])
			fail_msg("%s is %" PRId64 ", not %" PRId64, metrics[i].name,
			         result.counts.of[i].value, expected[i]);
	}
}

static void all_of_home_is_one_country_and_unlocated_is_none(void **state)
{
	(void)state;
	for (int64_t has_home = 0; has_home < 2; has_home++) {
		struct tally *tally = tally_new(judgement(NULL));
		struct tally_result result CLEANUP(tally_result_release);
		add(tally, "bob", "9.9.9.9", "", 1);
		if (has_home) {
			add(tally, "bob", "8.8.8.8", "US", 1);
			add(tally, "bob", "8.8.4.4", "CA", 1);
		}
		tally_end(tally, &result);
		assert_int_equal(result.counts.of[METRIC_USER_COUNTRIES].value, has_home);
		assert_int_equal(result.counts.of[METRIC_FOREIGN_LOGINS].value, 0);
	}
}

static void the_addresses_of_foreign_logins_are_handed_out_once(void **state)
{
	(void)state;
	char text[IPADDR_TEXT_ROOM];
	struct tally *tally = tally_new(judgement(NULL));
	struct tally_result result CLEANUP(tally_result_release);
	add(tally, "ann", "77.88.8.8", "RU", 1);
	add(tally, "bob", "77.88.8.8", "RU", 1);
	add(tally, "bob", "8.8.8.8", "US", 1);
	add(tally, "bob", "9.9.9.9", "", 1);
	add(tally, "bob", "200.160.2.3", "BR", 1);
	tally_end(tally, &result);
	assert_int_equal(result.counts.of[METRIC_FOREIGN_ADDRESSES].value, 2);
	assert_string_equal(ipaddr_format(&result.foreign_addresses[0], text), "77.88.8.8");
	assert_string_equal(ipaddr_format(&result.foreign_addresses[1], text), "200.160.2.3");
}

static void of_many_foreign_addresses_the_first_are_handed_out_and_all_are_counted(void **state)
{
	(void)state;
	char text[IPADDR_TEXT_ROOM];
	struct tally *tally = tally_new(judgement(NULL));
	struct tally_result result CLEANUP(tally_result_release);
	for (int i = 0; i < TALLY_ADDRESSES_MOST + 1; i++) {
		snprintf(text, sizeof text, "77.88.%d.%d", i / 250, i % 250);
		add(tally, "bob", text, "RU", 1);
	}
	tally_end(tally, &result);
	assert_int_equal(result.counts.of[METRIC_FOREIGN_ADDRESSES].value,
	                 TALLY_ADDRESSES_MOST + 1);
	assert_string_equal(ipaddr_format(&result.foreign_addresses[TALLY_ADDRESSES_MOST - 1],
	                                  text),
	                    "77.88.1.249");
}

static void trusted_networks_count_nothing(void **state)
{
	(void)state;
	struct ipprefix trusted;
	assert_true(ipprefix_parse(&trusted, slice_string("77.88.8.0/24")));
	struct tally *tally = tally_new(judgement(&trusted));
	add(tally, "bob", "77.88.8.8", "RU", 1);
	add(tally, "bob", "77.88.9.8", "RU", 1);
	struct tally_result result CLEANUP(tally_result_release);
	tally_end(tally, &result);
	assert_int_equal(result.counts.of[METRIC_LOGINS].value, 1);
}

static void a_login_without_an_address_is_unlocated(void **state)
{
	(void)state;
	struct tally *tally = tally_new(judgement(NULL));
	add(tally, "bob", "unknown", "", 2);
	struct tally_result result CLEANUP(tally_result_release);
	tally_end(tally, &result);
	assert_int_equal(result.counts.of[METRIC_LOGINS].value, 2);
	assert_int_equal(result.counts.of[METRIC_UNLOCATED].value, 2);
}

static void it_is_blind_if_none_of_several_addresses_has_a_place(void **state)
{
	(void)state;
	static const bool expected[] = { false, true, false };
	struct ipprefix trusted;
	assert_true(ipprefix_parse(&trusted, slice_string("1.1.1.0/24")));
	for (int i = 0; i < 3; i++) {
		struct tally *tally = tally_new(judgement(&trusted));
		struct tally_result result CLEANUP(tally_result_release);
		add(tally, "ann", "9.9.9.9", "", 1);
		add(tally, "bob", "9.9.9.9", "", 1);
		add(tally, "bob", "1.1.1.1", "", 1); /* trusted */
		add(tally, "bob", "none", "", 1);
		if (i >= 1)
			add(tally, "bob", "9.9.9.10", "", 1);
		if (i >= 2)
			add(tally, "bob", "8.8.8.8", "US", 1);
		tally_end(tally, &result);
		assert_int_equal(result.is_blind, expected[i]);
	}
}

static void logins_without_a_name_are_not_one_travelling_user(void **state)
{
	(void)state;
	struct tally *tally = tally_new(judgement(NULL));
	add(tally, "", "77.88.8.8", "RU", 1);
	add(tally, "", "114.114.114.114", "CN", 1);
	add(tally, "", "200.160.2.3", "BR", 1);
	add(tally, "", "8.8.8.8", "US", 1);
	struct tally_result result CLEANUP(tally_result_release);
	tally_end(tally, &result);
	assert_int_equal(result.counts.of[METRIC_USER_COUNTRIES].value, 1);
	assert_int_equal(result.counts.of[METRIC_FOREIGN_LOGINS].value, 3);
	assert_int_equal(result.counts.of[METRIC_FOREIGN_USERS].value, 1);
	assert_int_equal(result.counts.of[METRIC_FOREIGN_COUNTRIES].value, 3);
}

/* "bob 15/5 (CA 1 RU 7);" for each: logins, addresses, countries. */
static void tell(const struct ranking *ranking, struct strbuf *text)
{
	for (size_t i = 0; i < ranking->count; i++) {
		const struct user_summary *user = ranking->users[i];
		strbuf_add(text, user->name.bytes, user->name.length);
		strbuf_add_format(text, " %" PRId64 "/%" PRId64 " (", user->logins,
		                  user->addresses);
		for (size_t j = 0; j < user->from_count && j < USER_COUNTRIES_MOST; j++)
			strbuf_add_format(text, "%s%s %" PRId64, j ? " " : "", user->from[j].code,
			                  user->from[j].logins);
		if (user->unlocated_logins)
			strbuf_add_format(text, " unlocated %" PRId64, user->unlocated_logins);
		strbuf_add_string(text, ");");
	}
}

static void the_worst_user_comes_first(void **state)
{
	(void)state;
	struct tally_result result CLEANUP(tally_result_release);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	tally_end(stolen_account(), &result);
	tell(&result.users, &text);
	assert_string_equal(strbuf_text(&text),
	                    "bob 15/5 (CA 1 CN 4 RU 7 US 3);eve 2/1 (RU 2);alice 12/2 (US 5 "
	                    "unlocated 7);");
	assert_int_equal(result.users.all, 3);
}

static void add_since(struct tally *tally, const char *user, const char *country, int64_t since_sec)
{
	struct visit made = visit(user, "77.88.8.8", country, 1);
	made.since_sec = since_sec;
	tally_add(tally, &made);
}

/* "bob;dan;" */
static void tell_newcomers(const struct newcomers *newcomers, struct strbuf *text)
{
	for (size_t i = 0; i < newcomers->count; i++)
		strbuf_add_format(text, "%.*s;", (int)newcomers->users[i].name.length,
		                  newcomers->users[i].name.bytes);
}

static void whose_foreign_logins_began_last_is_the_first_newcomer(void **state)
{
	(void)state;
	struct tally *tally = tally_new(judgement(NULL));
	struct tally_result result CLEANUP(tally_result_release);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	add_since(tally, "ann", "RU", 20); /* again at 90 from elsewhere */
	add_since(tally, "ann", "CN", 90);
	add_since(tally, "bob", "US", 10); /* at home first */
	add_since(tally, "bob", "RU", 40);
	add_since(tally, "carol", "RU", 30);
	add_since(tally, "dan", "RU", 40);
	add_since(tally, "eve", "US", 99);
	tally_end(tally, &result);
	tell_newcomers(&result.newcomers, &text);
	assert_string_equal(strbuf_text(&text), "bob;dan;carol;ann;");
}

static void of_many_newcomers_the_newest_are_kept_in_whatever_order_they_come(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct tally *tally = tally_new(judgement(NULL));
		struct tally_result result CLEANUP(tally_result_release);
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
		char user[16];
		for (int i = 0; i < 1000; i++) {
			snprintf(user, sizeof user, "u%03d", i);
			add_since(tally, user, "RU", turn ? i : 1000 - i);
		}
		tally_end(tally, &result);
		tell_newcomers(&result.newcomers, &text);
		assert_int_equal(result.newcomers.count, NEWCOMERS_MOST);
		assert_memory_equal(strbuf_text(&text), turn ? "u999;u998;" : "u000;u001;", 10);
		assert_string_equal(strbuf_text(&text) + text.length - 5, turn ? "u980;" : "u019;");
	}
}

static void those_from_abroad_and_those_who_hid_are_told_apart_from_all(void **state)
{
	(void)state;
	struct tally *tally = stolen_account();
	struct tally_result result CLEANUP(tally_result_release);
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	struct visit hidden = visit("zoe", "none", "", 3);
	add(tally, "dan", "9.9.9.9", "", 9);
	hidden.is_hidden = true;
	tally_add(tally, &hidden);
	tally_end(tally, &result);
	tell(&result.suspicious, &text);
	assert_string_equal(strbuf_text(&text),
	                    "bob 15/5 (CA 1 CN 4 RU 7 US 3);eve 2/1 (RU 2);zoe 3/0 ( unlocated "
	                    "3);");
	assert_int_equal(result.suspicious.all, 3);
	assert_int_equal(result.users.all, 5);
	assert_int_equal(result.counts.of[METRIC_HIDDEN_ADDRESSES].value, 3);
}

static void of_many_users_the_worst_are_kept_in_whatever_order_they_come(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct tally *tally = tally_new(judgement(NULL));
		struct tally_result result CLEANUP(tally_result_release);
		char user[16];
		for (int i = 0; i < 1000; i++) {
			snprintf(user, sizeof user, "u%03d", i);
			add(tally, user, "77.88.8.8", i % 2 ? "RU" : "US", turn ? i + 1 : 1000 - i);
		}
		tally_end(tally, &result);
		assert_int_equal(result.users.count, RANKING_USERS_MOST);
		assert_int_equal(result.users.all, 1000);
		assert_int_equal(result.suspicious.all, 500);
		for (int i = 0; i < RANKING_USERS_MOST; i++) {
			const struct user_summary *found = result.users.users[i];
			snprintf(user, sizeof user, "u%03d", turn ? 999 - 2 * i : 1 + 2 * i);
			assert_true(slice_equals(user_name_slice(&found->name), user));
			assert_string_equal(found->from[0].code, "RU");
		}
	}
}

static void forty_countries_are_listed_and_all_are_counted(void **state)
{
	(void)state;
	struct tally *tally = tally_new(judgement(NULL));
	struct tally_result result CLEANUP(tally_result_release);
	for (char first = 'D'; first < 'F'; first++)
		for (char second = 'A'; second <= 'Z'; second++)
			add(tally, "bob", "77.88.8.8", (char[]){ first, second, '\0' }, 1);
	tally_end(tally, &result);
	const struct user_summary *bob = result.users.users[0];
	assert_int_equal(bob->from_count, 52);
	assert_string_equal(bob->from[USER_COUNTRIES_MOST - 1].code, "EN");
	assert_int_equal(bob->countries, 52);
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
		cmocka_unit_test(
			of_many_foreign_addresses_the_first_are_handed_out_and_all_are_counted),
		cmocka_unit_test(trusted_networks_count_nothing),
		cmocka_unit_test(a_login_without_an_address_is_unlocated),
		cmocka_unit_test(logins_without_a_name_are_not_one_travelling_user),
		cmocka_unit_test(it_is_blind_if_none_of_several_addresses_has_a_place),
		cmocka_unit_test(the_worst_user_comes_first),
		cmocka_unit_test(whose_foreign_logins_began_last_is_the_first_newcomer),
		cmocka_unit_test(of_many_newcomers_the_newest_are_kept_in_whatever_order_they_come),
		cmocka_unit_test(those_from_abroad_and_those_who_hid_are_told_apart_from_all),
		cmocka_unit_test(of_many_users_the_worst_are_kept_in_whatever_order_they_come),
		cmocka_unit_test(forty_countries_are_listed_and_all_are_counted),
		cmocka_unit_test(a_keyset_numbers_many_keys_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
