/* state.h - the exit states of the Monitoring Plugins
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>

enum state { STATE_OK = 0, STATE_WARNING = 1, STATE_CRITICAL = 2, STATE_UNKNOWN = 3 };

const char *state_name(enum state state);

/* The worse of the two: CRITICAL > WARNING > UNKNOWN > OK. */
enum state state_worst(enum state a, enum state b);

/* "OK", "warning", … in any case, or 0 to 3. */
bool state_parse(enum state *ret, const char *text);

#endif
