/* tag.h - what stands between a line's time and its message: HOST, FACILITY, TAG
 *
 *	[HOST] [FACILITY.LEVEL] TAG[PID]: MESSAGE        syslog; TAG stands first where there is no host
 *	HOST APP PID MSGID SD MESSAGE                    RFC 5424
 *
 * Positions, never a search: the tag is the first word that can be one, and it must look like one: it has a colon or a pid
 * behind it. Only rsyslog's forwarding, which cuts it at 32 bytes, may take them off. So the second word of a log without
 * tags (Exim's, Zimbra's, Stalwart's own), which may be a stranger's, makes no program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TAG_H
#define TAG_H

#include <stdbool.h>

#include "common/slice.h"

/* Takes all up to the message from the front of LINE, and the program's name of it. False if there is no tag; LINE may
 * be anywhere then. */
bool tag_take(struct slice *ret_program, struct slice *line);
bool tag_take_rfc5424(struct slice *ret_program, struct slice *line);

#endif
