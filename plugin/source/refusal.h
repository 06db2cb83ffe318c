/* refusal.h - why a log can't be read: what is wrong, and what to do
 *
 * Each answer is a sentence in WHY, and the -errno that the caller hands on.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_REFUSAL_H
#define SOURCE_REFUSAL_H

#include "plugin/source.h"
#include "plugin/source/identity.h"

/* ERROR is what identity_open() said of PATH. Who may read it, if that is the reason, is looked
 * up. */
int refusal_open(const char *path, int error, struct strbuf *why);

/* ERROR is what seek_read() said. */
int refusal_read(const char *path, int error, struct strbuf *why);

/* A file that was never read: is it a log at all? 0; or -errno if no line begins with a time. An
 * empty one can become a log. */
int refusal_examine(const char *path, const struct identity_file *file,
                    const struct source_options *options, struct strbuf *why);

#endif
