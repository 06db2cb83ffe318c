/* test_siphash.c - unit tests of common/siphash.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "common/siphash.h"

/* The paper's test key, 00 01 02 … 0f, and its messages: so many bytes 00 01 02 …; that of 15 bytes
 * is its appendix A, the others were computed with OpenSSL's SipHash. */
static void the_papers_vectors_are_met(void **state)
{
	(void)state;
	static const struct {
		size_t length;
		uint64_t hash;
	} rows[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },  { 1, UINT64_C(0x74f839c593dc67fd) },
		{ 7, UINT64_C(0xab0200f58b01d137) },  { 8, UINT64_C(0x93f5f5799a932462) },
		{ 15, UINT64_C(0xa129ca6149be45e5) }, { 16, UINT64_C(0x3f2acc7f57c29bdb) },
		{ 63, UINT64_C(0x958a324ceb064572) },
	};
	struct siphash_key key;
	char message[64];
	for (size_t i = 0; i < sizeof key.bytes; i++)
		key.bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (char)i;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t hash = siphash(&key, slice_make(message, rows[i].length));
		if (hash != rows[i].hash)
			fail_msg("%zu bytes: %016" PRIx64 " and not %016" PRIx64, rows[i].length,
			         hash, rows[i].hash);
	}
	assert_true(siphash(&key, (struct slice){ NULL, 0 }) == rows[0].hash);
}

static void every_key_makes_another_hash(void **state)
{
	(void)state;
	struct siphash_key one, other;
	siphash_make_key(&one);
	siphash_make_key(&other);
	assert_memory_not_equal(&one, &other, sizeof one);
	assert_true(siphash(&one, SLICE_LITERAL("bob")) != siphash(&other, SLICE_LITERAL("bob")));
}

static uint64_t fnv_1a(struct slice text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* Two texts of the same FNV-1a hash (a pair that is well known): with that hash one line would have
 * hidden the other. */
static void what_falls_together_without_a_key_does_not_with_one(void **state)
{
	(void)state;
	const struct slice one = SLICE_LITERAL("8yn0iYCKYHlIj4-BwPqk"),
			   other = SLICE_LITERAL("GReLUrM4wMqfg9yzV3KQ");
	struct siphash_key key;
	assert_true(fnv_1a(one) == fnv_1a(other));
	for (int i = 0; i < 100; i++) {
		siphash_make_key(&key);
		assert_true(siphash(&key, one) != siphash(&key, other));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_papers_vectors_are_met),
		cmocka_unit_test(every_key_makes_another_hash),
		cmocka_unit_test(what_falls_together_without_a_key_does_not_with_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
