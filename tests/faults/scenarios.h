/* scenarios.h - what happened to a log before the run that is spoiled
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FAULTS_SCENARIOS_H
#define FAULTS_SCENARIOS_H

#include "tests/faults/world.h"

enum knowledge {
	UNREAD,   /* no run saw the log as it is now: if it goes, nobody can know what was in it */
	IS_READ,  /* one left its position in it: what is lost must be said */
	IS_FIRST, /* no run was before */
};

struct scenario {
	const char *name;
	/* enum rotation_flags: by which kinds it can be rotated during the run; 0: not at all */
	unsigned rotated;
	enum knowledge knowledge;
	void (*set_up)(struct world *world);
	const char *log;   /* NULL: mail.log */
	const char *given; /* NULL: the log */
	const char *needs; /* a program; may be NULL */
};

extern const struct scenario scenarios[];
extern const size_t scenarios_count;

#endif
