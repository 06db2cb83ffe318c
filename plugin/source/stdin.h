/* stdin.h - log lines from standard input: what a person pipes in by hand
 *
 * The contract is that of plugin/source.h, but for this: nothing is remembered (the position is
 * always unknown, and tells newest_sec only), an unfinished last line is given out at the end,
 * reading waits for more until the deadline, and of a pipe nobody knows how much is left (0).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOURCE_STDIN_H
#define SOURCE_STDIN_H

#include "plugin/source.h"

/* source_driver_stdin's open, of any DESCRIPTOR, which is borrowed. -EINVAL with WHY: a terminal,
 * or compressed bytes. */
int stdin_source_open_on(void **ret, int descriptor, const struct source_options *options,
                         struct strbuf *why);

#endif
