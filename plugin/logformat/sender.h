/* sender.h - who sent an entry of the journal
 *
 * Any user of the host can write an entry with any identifier and message (logger -t
 * postfix/smtpd), but not with another _UID: that one journald asks the kernel for. So an entry
 * counts only if a server may have sent it:
 *
 *	0 to 999
 *		root, the system's accounts (postfix, dovecot …), root's daemons for containers
 *	61184 to 65519     systemd's DynamicUser=
 *
 * All others are people's, or the user namespaces that people (subuid(5)) and containers get: who
 * is behind these nobody can tell. The ranges are those of systemd's "Users, Groups, UIDs and
 * GIDs". The transport says no more: logger(1) has its choice of syslog, journal and stdout. An
 * entry without _UID was not sent by a process of this host (the kernel's, or an import).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SENDER_H
#define SENDER_H

#include <stdbool.h>

#include "common/slice.h"

/* Can UID, in decimal digits, be a server's? */
bool sender_is_server(struct slice uid);

#endif
