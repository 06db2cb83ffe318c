/* perfdata.c - one 'label'=value[UOM];warn;crit;min;max writer; see perfdata.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/perfdata.h"

/* A range that never alerts is the same as none, and some readers of performance data stumble over
 * it. */
static const char *shown(const char *field)
{
	return field && strcmp(field, "~:") != 0 ? field : "";
}

void perfdata_add(struct strbuf *text, const struct perfdata *item)
{
	const char *fields[] = { shown(item->warning), shown(item->critical),
		                 shown(item->minimum) };
	size_t used = ARRAY_SIZE(fields);
	while (used && !*fields[used - 1])
		used--;

	if (text->length)
		strbuf_add_char(text, ' ');
	if (item->is_known)
		strbuf_add_format(text, "%s=%" PRId64 "%s", item->label, item->value, item->uom);
	else
		strbuf_add_format(text, "%s=U", item->label);
	for (size_t i = 0; i < used; i++)
		strbuf_add_format(text, ";%s", fields[i]);
}
