/* watchdog.h - the end of a run that hangs where no deadline is asked: a dead NFS server, a database on a sick disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdint.h>

#include "common/state.h"

/* After TIMEOUT_SEC and a second of grace (what keeps the deadline answers better) the process says so and exits with
 * STATE; an open transaction is undone by the next run. */
void watchdog_start(int64_t timeout_sec, enum state state);
void watchdog_stop(void);

#endif
