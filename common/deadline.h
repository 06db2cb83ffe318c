/* deadline.h - one time budget for everything that waits
 *
 * On the monotonic clock, so a clock that is set does not matter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
	int64_t at_ms; /* on CLOCK_MONOTONIC */
};

struct deadline deadline_in(int64_t budget_ms);

/* What is left of it, 0 when it is over. */
int deadline_left_ms(const struct deadline *deadline);
bool deadline_is_over(const struct deadline *deadline);

/* In the middle of what is left until END: for what has to leave as much as it may take. */
struct deadline deadline_halfway(const struct deadline *end);

#endif
