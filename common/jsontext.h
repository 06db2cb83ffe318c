/* jsontext.h - text that may be hostile, as a string of JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JSONTEXT_H
#define JSONTEXT_H

#include <jansson.h>

#include "common/slice.h"

/* TEXT as it is, where it is UTF-8 (control bytes and NULs can stand in JSON); else as on the
 * screen (see printable.h), at most MOST bytes of it. NULL only if jansson has no memory. */
json_t *jsontext(struct slice text, size_t most);

#endif
