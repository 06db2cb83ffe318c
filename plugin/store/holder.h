/* holder.h - who holds the state (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_HOLDER_H
#define STORE_HOLDER_H

#include "common/strbuf.h"

/* Appends "process 4711 (check_mail_geo, since 8 s)" or "another process": who has a lock in the way of writing the SQLite file
 * at PATH. Only when this process holds none on it: it would lose it. */
void holder_describe(struct strbuf *text, const char *path);

#endif
