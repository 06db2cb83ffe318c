/* holder.h - who holds the state (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_HOLDER_H
#define STORE_HOLDER_H

#include <stdbool.h>

#include "common/strbuf.h"

#define HOLDER_TEXT_MAX 200

/* Appends "process 4711 (check_mail_geo, since 8 s)": who has a lock in the way of writing the
 * SQLite file at PATH, under which name, and how long that process has been running; without /proc
 * only its number. False and nothing appended if that can't be told: the lock is gone, or its owner
 * is on another host or in another PID namespace. Call it only when this process holds no lock on
 * the file: it would lose it. */
bool holder_describe(struct strbuf *text, const char *path);

#endif
