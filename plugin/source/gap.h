/* gap.h - telling which lines were lost
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_GAP_H
#define SOURCE_GAP_H

#include "plugin/source/rotation.h"

/* Adds to SELF's gap: "lines between … and … could not be read: …", with the reason. The parts must
 * be there, as they tell when the gap ends. CURRENT is what was at the log's path (NULL: nothing),
 * NEARBY where its rotated files were looked for (NULL: nowhere). */
void gap_note(struct rotation *self, const struct identity_file *current,
              const struct nearby *nearby);

#endif
