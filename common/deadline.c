/* deadline.c - one time budget for everything that waits; see deadline.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/deadline.h"

static int64_t monotonic_ms(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct deadline deadline_in(int64_t budget_ms)
{
	return (struct deadline){ .at_ms = monotonic_ms() + budget_ms };
}

int deadline_left_ms(const struct deadline *deadline)
{
	int64_t left = deadline->at_ms - monotonic_ms();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

bool deadline_is_over(const struct deadline *deadline)
{
	return deadline_left_ms(deadline) == 0;
}

struct deadline deadline_halfway(const struct deadline *end)
{
	return deadline_in(deadline_left_ms(end) / 2);
}
