/* writer.c - the forms of output; see writer.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/report/writer.h"

static const struct report_writer *const writers[] = {
	&report_writer_text,
	&report_writer_json,
};

const struct report_writer *report_writer_find(const char *name, struct strbuf *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		if (strcmp(writers[i]->name, name) == 0)
			return writers[i];
	strbuf_fail(why, 0, "must be");
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		strbuf_add_format(why, "%s %s", i ? " or" : "", writers[i]->name);
	return NULL;
}
