/* list.h - values of an option that are separated by commas
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef OPTIONS_LIST_H
#define OPTIONS_LIST_H

#include "common/slice.h"
#include "common/strbuf.h"

struct options;

/* Calls ADD for each item of a comma-separated VALUE, until it fails: 0, or its error. */
int options_set_list(struct options *options, const char *value, struct strbuf *why,
                     int (*add)(struct options *, struct slice, struct strbuf *));

#endif
