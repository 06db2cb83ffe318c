/* siphash.h - SipHash-2-4: a hash of 64 bits that nobody can predict without its key
 *
 * For tables and numbers whose input a stranger chooses: without the key he can't find two inputs
 * with the same hash, nor many that fall together in a table. Jean-Philippe Aumasson, Daniel J.
 * Bernstein: "SipHash: a fast short-input PRF" (2012), whose parameters c=2, d=4 and little-endian
 * words these are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPHASH_H
#define SIPHASH_H

#include <stdint.h>

#include "common/slice.h"

#define SIPHASH_KEY_LENGTH 16

struct siphash_key {
	unsigned char bytes[SIPHASH_KEY_LENGTH];
};

/* A key from the kernel's generator. */
void siphash_make_key(struct siphash_key *ret);

uint64_t siphash(const struct siphash_key *key, struct slice text);

#endif
