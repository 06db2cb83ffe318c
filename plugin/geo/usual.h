/* usual.h - finding databases at their usual places
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_USUAL_H
#define GEO_USUAL_H

#include <stdbool.h>

#include "plugin/geo/dbfile.h"

/* Of all that are at the usual places of KINDS (NULL ends them), below ROOT, the one that was built
 * last; of ONLY this kind, if it is not NULL: true with *RET, which the caller closes. What could
 * not be used is added to REASONS, each after "; ". */
bool usual_find_newest(struct dbfile *ret, const struct geo_database *const *kinds,
                       const struct geo_database *only, const char *root, struct strbuf *reasons);

#endif
