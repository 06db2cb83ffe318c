/* perfdata.h - one 'label'=value[UOM];warn;crit;min;max writer
 *
 * Monitoring Plugins Development Guidelines, "Performance data". Labels are ours, never from a log.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PERFDATA_H
#define PERFDATA_H

#include <stdbool.h>
#include <stdint.h>

#include "common/strbuf.h"

struct perfdata {
	const char *label; /* letters, digits and _: needs no quotes */
	bool is_known;     /* else the value is U */
	int64_t value;
	const char *uom;     /* "", "s", … */
	const char *warning; /* range as given, or NULL; "~:" is left out, too */
	const char *critical;
	const char *minimum; /* or NULL */
};

/* Appends one item, after a blank if TEXT isn't empty. Empty fields at the end are left out. */
void perfdata_add(struct strbuf *text, const struct perfdata *item);

#endif
