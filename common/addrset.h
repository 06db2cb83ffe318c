/* addrset.h - distinct addresses, packed: a million of IPv4 take 8 MiB, of IPv6 32 MiB
 *
 * A hash table with a secret of its own for each run, since strangers choose the addresses.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADDRSET_H
#define ADDRSET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ipaddr.h"

struct addrset;

struct addrset *addrset_new(void);
void addrset_free(struct addrset *set); /* NULL is fine */

/* True if ADDRESS is new. */
bool addrset_add(struct addrset *set, const struct ipaddr *address);

size_t addrset_count(const struct addrset *set);

#endif
