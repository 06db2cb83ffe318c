/* placing.h - places for the logins that have none yet: from the databases, and from a remote
 * source
 *
 * Glue between the store and geo. Nothing but public, untrusted client addresses goes to a remote
 * source, each once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PLACING_H
#define PLACING_H

#include "plugin/budget.h"
#include "plugin/geo.h"
#include "plugin/judgement.h"
#include "plugin/options.h"
#include "plugin/report.h"
#include "plugin/store.h"

struct placing {
	const struct options *options;
	const struct judgement *judgement;
	struct store *store;
	struct geo *geo;
	struct report *report;
	struct budget *budget;
};

/* Asks again for every login of the store that is unlocated: the databases, which may be newer by
 * now; then the cache of remote answers, and the remote source for the rest, in one go. What fails
 * is reported: a problem (UNKNOWN) if nothing was answered, else a note. < 0 with WHY if the store
 * fails, or a database was changed. */
int placing_run(struct placing *placing, struct strbuf *why);

#endif
