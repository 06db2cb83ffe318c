/* budget.h - who may take how much of a run's time
 *
 * --timeout is one budget: reading comes first and would take all of it, so what comes behind has
 * its part kept back. How much judging and committing need is no fixed number: the store knows, by
 * its own speed (store_finish_ms), and whoever deals out the time is told.
 *
 * What was dealt out wrongly loses nothing: a run that takes longer than it should still commits,
 * see common/watchdog.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BUDGET_H
#define BUDGET_H

#include "common/deadline.h"

/* The stages that wait for others or read, in their order. Judging, committing and telling have
 * what is left. */
enum budget_stage { BUDGET_READ, BUDGET_PLACE, BUDGET_LISTS, BUDGET_STAGES };

struct budget {
	struct deadline end; /* of the run */
	int64_t total_ms;
	/* what judging and committing need, as far as is known */
	int64_t finish_ms;
	struct deadline read_least;    /* until then reading may go on in any case */
	bool is_wanted[BUDGET_STAGES]; /* has that stage anything to do? set by the caller */
};

/* From now on, TOTAL_MS. */
void budget_start(struct budget *ret, int64_t total_ms);

/* The quarter of all that reading has in any case begins now, and not with the run: opening what is
 * to be read may have taken its time. */
void budget_start_reading(struct budget *budget);

/* When STAGE must have ended. Never later than what follows allows; but reading has a quarter of
 * all in any case, so that each run gets on, and a stage that asks others a third of what is left.
 * It moves with finish_ms: ask again. */
struct deadline budget_deadline(const struct budget *budget, enum budget_stage stage);

/* The part of READ's time that one of COUNT logs has which are still to be read: what one leaves
 * the next ones have. */
struct deadline budget_share(const struct budget *budget, size_t count);

#endif
