/* hash.h - a hash of a name that no outsider chooses: nothing is protected by it; see siphash.h for
 * what strangers write
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

/* FNV-1a, 64 bits, of TEXT without its NUL. */
uint64_t hash_name(const char *text);

#endif
