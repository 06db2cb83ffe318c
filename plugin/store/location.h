/* location.h - where this user's states are, if nobody names a file (internal to the store)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_LOCATION_H
#define STORE_LOCATION_H

#include "common/strbuf.h"

/* Appends the directory in which this user's states are, the first of these:
 *
 * 1. $MP_STATE_PATH/UID, else $NAGIOS_PLUGIN_STATE_DIRECTORY/UID 2. STATE_DIRECTORY/UID, if it is
 *    there or could be made 3. $XDG_STATE_HOME/check_mail_geo, else
 *    $HOME/.local/state/check_mail_geo, if that is there or could be made 4. STATE_DIRECTORY/UID,
 *    which root must make: opening it says how
 *
 * The environment counts only where privilege_is_lent() says no, and the two of 3 only if they are
 * absolute. */
void location_add(struct strbuf *path);

/* Appends STATE_DIRECTORY/UID. */
void location_add_usual(struct strbuf *path);

#endif
