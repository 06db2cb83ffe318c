/* privilege.h - does this process have rights that its caller hasn't?
 *
 * The environment and some options are the caller's: where the process was lent rights they must
 * not decide what is read or written with them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>

/* True in a setuid or setgid program, in one with capabilities of its file, and where else the
 * kernel says so (AT_SECURE, getauxval(3): an SELinux domain that was entered with the program). */
bool privilege_is_lent(void);

/* getenv(3), but NULL if privilege_is_lent(), and for an empty value. */
const char *privilege_getenv(const char *name);

#endif
