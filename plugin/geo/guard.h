/* guard.h - files that change while they are mapped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_GUARD_H
#define GEO_GUARD_H

#include <sys/stat.h>

#include "common/strbuf.h"

/* What is done under guard: 0 or more, or -errno. It may be left in the middle. */
typedef int guard_fn(void *context);

/* From the first guard_begin() to the last guard_end() SIGBUS is caught; outside of guard_run() it
 * does what it did before. 0, or -errno with WHY. */
int guard_begin(struct strbuf *why);
void guard_end(void);

/* Between these two: what RUN answers; or -EIO with WHY if SIGBUS was raised in it, because the
 * file at PATH was cut short. */
int guard_run(guard_fn *run, void *context, const char *path, struct strbuf *why);

/* OPENED is what fstat(2) said of DESCRIPTOR when it was opened. 0; or -EIO with WHY: an answer
 * that was read from a changing file may be anything, so it is none. */
int guard_check_unchanged(int descriptor, const struct stat *opened, const char *path,
                          struct strbuf *why);

#endif
