/* exim_protocol.h - the protocols that Exim names in " P=", which tell a login
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXIM_PROTOCOL_H
#define EXIM_PROTOCOL_H

#include "common/slice.h"

#define EXIM_TOKEN_MAX 65536

/* The service of the login that protocol NAME stands for; NULL: of none. */
const char *exim_login_service(struct slice name);

/* Is " P=NAME" at the front of TEXT, with OF_LOGIN one that stands for a login? A recipient
 * "P=x@example.com" is none. */
bool exim_is_protocol(struct slice text, bool of_login);
bool exim_has_protocol(struct slice text, bool of_login); /* anywhere */

/* Could TEXT, cut where it ends, have gone on so that a login's " P=NAME" stood there? */
bool exim_ends_in_protocol(struct slice text);

#endif
