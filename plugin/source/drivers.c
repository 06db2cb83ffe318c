/* drivers.c - the table of the kinds of sources; see driver.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/source/driver.h"

/* The last one takes any name. */
static const struct source_driver *const drivers[] = { &source_driver_stdin, &source_driver_journal,
	                                               &source_driver_file };

const struct source_driver *source_driver_of(const char *name)
{
	size_t i = 0;
	for (; i + 1 < ARRAY_SIZE(drivers); i++) {
		size_t length = strlen(drivers[i]->prefix);
		if (strncmp(name, drivers[i]->prefix, length) == 0 &&
		    !(drivers[i]->is_whole_name && name[length]))
			break;
	}
	return drivers[i];
}
