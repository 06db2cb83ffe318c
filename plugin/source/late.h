/* late.h - late lines of the file before the current one
 *
 * A daemon goes on writing into a renamed log until it is told to open it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_LATE_H
#define SOURCE_LATE_H

#include "plugin/source/rotation.h"

/* Makes what the file before got since a part, the first one; or forgets that file, if it is gone.
 * IS_LAST_LOOK: the log was rotated again, so it is not watched any longer. 0; or -errno with WHY:
 * that can't be told. */
int late_add(struct rotation *self, const struct identity_file *current, bool is_last_look,
             struct strbuf *why);

#endif
