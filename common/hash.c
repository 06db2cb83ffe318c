/* hash.c - FNV-1a; see hash.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/hash.h"

uint64_t hash_name(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}
