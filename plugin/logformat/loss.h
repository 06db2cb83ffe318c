/* loss.h - where a logging system says that it dropped lines
 *
 * From rsyslog's plugins/imuxsock and runtime/ratelimit.c, systemd's journald-server.c and
 * journald-manager.c, the syslogds of BSD and Linux, and syslog-ng's lib/logwriter.c:
 *
 *	rsyslogd: imuxsock lost N messages from pid PID due to rate-limiting              up to 7.2
 *	rsyslogd: NAME: N messages lost due to rate-limiting( (M allowed within S seconds))
 *	systemd-journald: Suppressed N messages from UNIT
 *	last message repeated N times
 *		behind a login: N more, of nobody knows whom
 *	Last message 'BEGIN' repeated N times, suppressed by syslog-ng on HOST            likewise
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_LOSS_H
#define LOGFORMAT_LOSS_H

#include "plugin/logformat/header.h"

#define LOSS_LITERALS 3

/* A line of which loss_count() says something has one of these. */
extern const struct slice loss_literals[LOSS_LITERALS];

/* How many lines LINE says are lost; 0: none. WAS_LOGIN: the line before it was a login; what is
 * repeated of others is no loss. */
int64_t loss_count(const struct header *line, bool was_login);

#endif
