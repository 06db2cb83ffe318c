/* line.h - what the fuzz targets of the log formats check, also used when the seeds are replayed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FUZZ_LINE_H
#define FUZZ_LINE_H

#include <stddef.h>
#include <stdint.h>

/* Aborts if BYTES break a promise of FORMAT (NULL: all of them, and the header parser). BYTES are a
 * line, and also a text that a stranger brings into each field of each line of the format that a
 * stranger can write into: no failure may become a login by it, and no login may get another user
 * or address. */
void fuzz_line(const char *format, const uint8_t *bytes, size_t length);

#endif
