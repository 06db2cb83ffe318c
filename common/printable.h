/* printable.h - makes bytes from a log, a file name or an answer safe for a monitoring system's
 * screen
 *
 * What comes out is valid UTF-8 without control characters (C0, DEL, C1), without invisible or
 * direction-changing characters (bidi controls, zero width, line and paragraph separators, BOM),
 * and without the bytes that Nagios, Icinga, NRPE, a shell or a browser give a meaning to: | < > `
 * $ & " ' and ; at the end of a line. Each of these becomes "?". So do backslashes, which Nagios'
 * logs take for escapes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stddef.h>

#include "common/slice.h"
#include "common/strbuf.h"

/* Appends at most MOST bytes of TEXT made safe, and "..." if there was more. */
void printable_add(struct strbuf *buf, struct slice text, size_t most);

/* The same for a sentence of ours that may hold such bytes (a path, a name): quotes stay, since we
 * write them ourselves and a command in them must be fit for copying. */
void printable_add_sentence(struct strbuf *buf, struct slice text, size_t most);

#endif
