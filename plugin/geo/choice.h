/* choice.h - the syntax of --geo: which databases are asked, in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_CHOICE_H
#define GEO_CHOICE_H

#include "common/slice.h"
#include "plugin/geo/driver.h"

#define CHOICES_MAX 16 /* of one --geo */

#define CHOICE_REMOTE "ipinfo"

/* NAME or NAME:FILE, or "ipinfo" or "ipinfo:URL"; no driver is "auto", no data in `file` is "at the
 * usual places". */
struct choice {
	const struct geo_driver *driver;
	bool is_remote;
	struct slice file; /* or the URL */
};

/* How many choices are in SOURCE, into RET, which has room for CHOICES_MAX; or -EINVAL with WHY.
 * They point into SOURCE. */
int choice_parse(struct choice *ret, const char *source, struct strbuf *why);

#endif
