/* watchdog.h - the end of a run that hangs where no deadline is asked: a dead NFS server, a
 * database on a sick disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdint.h>

#include "common/state.h"
#include "common/strbuf.h"

/* From TIMEOUT_SEC on it looks once a second whether the process got on: whether it took processor
 * time. If it did not, it hangs: the process says so and exits with STATE, one second after its
 * time at the earliest; an open transaction is undone by the next run. One that works on is left
 * alone until twice its time and ten seconds have passed; then it ends too, and says that it was
 * still at work. What it says are TELL's words, made now: at the end nothing may be asked for them.
 */
typedef void watchdog_tell_fn(enum state state, const char *why, struct strbuf *text);
void watchdog_start(int64_t timeout_sec, enum state state, watchdog_tell_fn *tell);

/* From now on the run is committing, which must not be cut off while it goes on: there is no end to
 * work, and a disk may take as long as the whole run, ten seconds at the least, for one answer (to
 * fsync). */
void watchdog_be_patient(void);

void watchdog_stop(void);

#endif
