/* blindness.h - a log that is read in vain: the wrong one, or one that a proxy hides the clients from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BLINDNESS_H
#define BLINDNESS_H

#include "common/strbuf.h"
#include "plugin/login.h"

#define BLINDNESS_LINES_LEAST 1000 /* a log that is shorter may have had no login yet */
#define BLINDNESS_LOGINS_LEAST 10  /* an administrator's own tries may all be from inside */

/* Appends a sentence and a newline if the log NAME grows, and never a login was found in it, or never one from a public
 * address. */
void blindness_tell(struct strbuf *text, const char *name, const struct log_history *history);

#endif
