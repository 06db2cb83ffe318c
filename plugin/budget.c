/* budget.c - who may take how much of a run's time; see budget.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/budget.h"

#define READ_LEAST_PART 4   /* a quarter */
#define ASKING_LEAST_PART 3 /* of what is left */
#define ASKING_PART 6       /* of all is kept back for each stage that asks others */

void budget_start(struct budget *ret, int64_t total_ms)
{
	*ret = (struct budget){
		.end = deadline_in(total_ms),
		.total_ms = total_ms,
		.read_least = deadline_in(total_ms / READ_LEAST_PART),
	};
}

void budget_start_reading(struct budget *budget)
{
	budget->read_least = deadline_in(budget->total_ms / READ_LEAST_PART);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What is kept back for the stages after STAGE. */
static int64_t kept_back_ms(const struct budget *budget, enum budget_stage stage)
{
	int64_t kept_ms = budget->finish_ms;
	for (int after = (int)stage + 1; after < BUDGET_STAGES; after++)
		if (budget->is_wanted[after])
			kept_ms += budget->total_ms / ASKING_PART;
	return kept_ms;
}

struct deadline budget_deadline(const struct budget *budget, enum budget_stage stage)
{
	int64_t at_ms = budget->end.at_ms - kept_back_ms(budget, stage);
	if (stage == BUDGET_READ)
		return (struct deadline){ .at_ms = later(at_ms, budget->read_least.at_ms) };
	int64_t least_ms = deadline_left_ms(&budget->end) / ASKING_LEAST_PART;
	return (struct deadline){ .at_ms = later(at_ms, deadline_in(least_ms).at_ms) };
}

struct deadline budget_share(const struct budget *budget, size_t count)
{
	struct deadline all = budget_deadline(budget, BUDGET_READ);
	return deadline_in(deadline_left_ms(&all) / (int64_t)(count ? count : 1));
}
