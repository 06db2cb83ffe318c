/* users.h - users and their logins, in the text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_USERS_H
#define REPORT_USERS_H

#include "plugin/report/facts.h"

/* Appends a paragraph a user: those with foreign logins or hidden addresses, from verbosity 2 on
 * all of them; from 1 on with their logins, those from home from 2 on. */
void users_tell(const struct report *report, int verbosity, struct strbuf *text);

#endif
