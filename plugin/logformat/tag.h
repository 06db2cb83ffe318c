/* tag.h - what stands between a line's time and its message: HOST, FACILITY, TAG
 *
 *	[HOST] [FACILITY.LEVEL] TAG[PID]: MESSAGE  syslog; TAG stands first where there is no host
 *	HOST APP PID MSGID SD MESSAGE              RFC 5424
 *	[TAG] MESSAGE                              metalog
 *
 * HOST may be "(none)": a machine that was never given a name. FACILITY.LEVEL may stand in <>
 * (FreeBSD) before the host or behind it; behind it also as FACILITY:LEVEL, in [], or as a bare
 * LEVEL in <> or []. In its place the journal's source puts <uid=N>, the user that the message came
 * from (see sender.h).
 *
 * Positions, never a search: the tag is the first word that can be one, and it must look like one:
 * it has a colon or a pid behind it. Only rsyslog's forwarding, which cuts it at 32 bytes, may take
 * them off. So the second word of a log without tags (Exim's, Zimbra's, Stalwart's own), which may
 * be a stranger's, makes no program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TAG_H
#define TAG_H

#include <stdbool.h>

#include "common/slice.h"

struct tag {
	struct slice program;
	struct slice uid; /* digits; "" if nothing says it */
};

/* Each takes all up to the message from the front of LINE. False if there is no tag; LINE may be
 * anywhere then. */
bool tag_take(struct tag *ret, struct slice *line);
bool tag_take_rfc5424(struct tag *ret, struct slice *line);

/* As these, but LINE is unchanged if it returns false. */
bool tag_take_metalog(struct tag *ret, struct slice *line);

/* "postfix/smtpd" of "postfix/smtpd[220]:": a tag as syslog has it, or as rsyslog cut it. */
bool tag_split(struct slice *ret_program, struct slice tag);

#endif
