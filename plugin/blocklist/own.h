/* own.h - which addresses are the server's own: those of the options, names resolved, else what
 * this machine tells
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BLOCKLIST_OWN_H
#define BLOCKLIST_OWN_H

#include "common/deadline.h"
#include "plugin/dnsbl.h"
#include "plugin/options.h"

struct own {
	struct own_address addresses[DNSBL_ADDRESSES_MOST]; /* each once */
	size_t count;        /* may be more than there is room for: the rest is left out */
	struct strbuf fault; /* what is wrong with some, or with all; "" if nothing is */
};

void own_init(struct own *self);
void own_release(struct own *self);

/* Resolving ends with half of what is left of RUN. */
void own_find(struct own *self, const struct options *options, const struct deadline *run);

#endif
