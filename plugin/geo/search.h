/* search.h - finding databases at their usual places
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_SEARCH_H
#define GEO_SEARCH_H

#include <stdbool.h>

#include "plugin/geo/dbfile.h"

/* The database of DRIVER (NULL: of any) below ROOT that was built last: true with *RET, which the
 * caller closes. What could not be used is added to REASONS, each after "; ". */
bool search_newest(struct dbfile *ret, const struct geo_driver *driver, const char *root,
                   struct strbuf *reasons);

#endif
