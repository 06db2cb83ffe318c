/* numparse.h - checked numbers and durations from what a person typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NUMPARSE_H
#define NUMPARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* All of TEXT as a decimal number of LOWEST to HIGHEST, digits only. */
bool numparse_int(int64_t *ret, struct slice text, int64_t lowest, int64_t highest);

#define NUMPARSE_ALL_SEC INT64_MAX /* what "all" means */

/* A duration in seconds: a number and one of s m h d w (seconds to weeks), or "all". A bare number
 * counts in BARE_UNIT_SEC. More than zero and at most ten years, else false. */
bool numparse_duration(int64_t *ret_sec, const char *text, int64_t bare_unit_sec);

#define DURATION_TEXT_ROOM 32

/* "90s", "15m", "2h", "3d": the largest unit that is exact; "all". Into TEXT; returns TEXT. */
const char *numparse_format_duration(int64_t duration_sec, char *text);

#endif
