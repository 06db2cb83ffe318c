/* state.c - the exit states of the Monitoring Plugins; see state.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/state.h"

static const struct {
	const char *name;
	int badness; /* which of two states is shown */
} states[] = {
	[STATE_OK] = { "OK", 0 },
	[STATE_WARNING] = { "WARNING", 2 },
	[STATE_CRITICAL] = { "CRITICAL", 3 },
	[STATE_UNKNOWN] = { "UNKNOWN", 1 },
};

const char *state_name(enum state state)
{
	return states[state].name;
}

enum state state_worst(enum state a, enum state b)
{
	return states[a].badness >= states[b].badness ? a : b;
}

bool state_parse(enum state *ret, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcasecmp(text, states[i].name) != 0 &&
		    !(text[0] == (char)('0' + i) && !text[1]))
			continue;
		*ret = (enum state)i;
		return true;
	}
	return false;
}
