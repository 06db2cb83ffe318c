/* siphash.c - SipHash-2-4; see siphash.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <sys/auxv.h>
#include <sys/random.h>

#include "common/siphash.h"

#define WORD sizeof(uint64_t)
#define ROUNDS_OF_A_WORD 2  /* c */
#define ROUNDS_AT_THE_END 4 /* d */

void siphash_make_key(struct siphash_key *ret)
{
	ssize_t got;
	do
		got = getrandom(ret->bytes, sizeof ret->bytes, 0);
	while (got < 0 && errno == EINTR);
	if (got == (ssize_t)sizeof ret->bytes)
		return;
	/* A sandbox without that call: then what the kernel gave this process when it started. */
	const void *given = (const void *)(uintptr_t)getauxval(AT_RANDOM);
	if (!given)
		abort();
	memcpy(ret->bytes, given, sizeof ret->bytes);
}

static uint64_t little_endian(const unsigned char *bytes, size_t length)
{
	uint64_t word = 0;
	for (size_t i = 0; i < length; i++)
		word |= (uint64_t)bytes[i] << 8 * i;
	return word;
}

/* The same of a whole word: written out, compilers make one load of it. */
static uint64_t whole_word(const unsigned char *bytes)
{
	return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
		(uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
		(uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static uint64_t rotated(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

/* SipRound, figure 2.1 of the paper: two halves that then change their partners. */
static void mix(uint64_t v[4], int rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotated(v[1], 13) ^ v[0];
		v[3] = rotated(v[3], 16) ^ v[2];
		v[0] = rotated(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotated(v[1], 17) ^ v[2];
		v[3] = rotated(v[3], 21) ^ v[0];
		v[2] = rotated(v[2], 32);
	}
}

static void take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v, ROUNDS_OF_A_WORD);
	v[0] ^= word;
}

uint64_t siphash(const struct siphash_key *key, struct slice text)
{
	const unsigned char *data = (const unsigned char *)text.data;
	size_t left = text.length;
	uint64_t k0 = whole_word(key->bytes), k1 = whole_word(key->bytes + WORD);
	/* "somepseudorandomlygeneratedbytes" */
	uint64_t v[4] = { k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
		          k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573) };
	for (; left >= WORD; left -= WORD, data += WORD)
		take_word(v, whole_word(data));
	/* What is left, and the length's lowest byte: so no two lengths end alike. */
	take_word(v, little_endian(data, left) | (uint64_t)text.length << 56);
	v[2] ^= 0xff;
	mix(v, ROUNDS_AT_THE_END);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
