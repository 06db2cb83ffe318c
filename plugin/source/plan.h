/* plan.h - what of which files is to be read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_PLAN_H
#define SOURCE_PLAN_H

#include "plugin/source/rotation.h"

/* Makes the parts of SELF, from its positions and what is there now. 0; -EAGAIN: files moved
 * meanwhile; or another -errno with WHY. Parts that were made before a failure stay, and are to be
 * closed. */
int plan_parts(struct rotation *self, struct strbuf *why);

#endif
