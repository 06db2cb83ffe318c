/* test_keyset.c - unit tests of common/keyset.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/keyset.h"

#define CHOICES 16 /* so many pairs of words in a crafted key, of two shapes each */
#define CRAFTED ((size_t)1 << CHOICES)
#define CPU_SEC_MOST 3 /* a hundred times of what it takes; what is quadratic takes longer */

static void keys_are_numbered_as_they_come(void **state)
{
	(void)state;
	static const struct {
		struct slice key;
		size_t number;
		bool is_new;
	} rows[] = {
		{ { "bob", 3 }, 0, true },   { { "alice", 5 }, 1, true },
		{ { "bob", 3 }, 0, false },  { { "bo", 2 }, 2, true },
		{ { "", 0 }, 3, true },      { { NULL, 0 }, 3, false },
		{ { "a\0b", 3 }, 4, true },  { { "a\0c", 3 }, 5, true },
		{ { "a\0b", 3 }, 4, false },
	};
	struct keyset *set = keyset_new();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_new;
		assert_int_equal(keyset_add(set, rows[i].key, &is_new), rows[i].number);
		assert_int_equal(is_new, rows[i].is_new);
		assert_int_equal(keyset_get(set, rows[i].number).length, rows[i].key.length);
	}
	assert_int_equal(keyset_count(set), 6);
	keyset_free(set);
}

/* The N-th of keys that differ in pairs of words only, of which the second one takes back what the
 * first one did to a hash that multiplies and shifts: whatever such a hash begins with, all of them
 * have the same. */
static void craft(uint64_t words[2 * CHOICES], size_t n)
{
	for (size_t i = 0; i < CHOICES; i++) {
		bool is_other = n >> i & 1;
		words[2 * i] = is_other ? UINT64_C(1) << 63 : 0;
		words[2 * i + 1] = is_other ? UINT64_C(1) << 63 | UINT64_C(1) << 31 : 0;
	}
}

static uint64_t multiplied(const uint64_t words[2 * CHOICES], uint64_t hash)
{
	for (size_t i = 0; i < (size_t)2 * CHOICES; i++) {
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return hash;
}

static void crafted_keys_cost_no_more_than_others(void **state)
{
	(void)state;
	uint64_t words[2 * CHOICES], first[2 * CHOICES];
	struct keyset *set = keyset_new();
	clock_t begin = clock();
	craft(first, 0);
	for (size_t i = 0; i < CRAFTED; i++) {
		bool is_new;
		craft(words, i);
		assert_true(multiplied(words, 1234567) == multiplied(first, 1234567));
		assert_int_equal(keyset_add(set, slice_make((const char *)words, sizeof words),
		                            &is_new),
		                 i);
		assert_true(is_new);
	}
	if ((clock() - begin) / CLOCKS_PER_SEC >= CPU_SEC_MOST)
		fail_msg("%zu keys took more than %d s", CRAFTED, CPU_SEC_MOST);
	keyset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_numbered_as_they_come),
		cmocka_unit_test(crafted_keys_cost_no_more_than_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
