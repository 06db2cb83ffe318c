/* driver.h - what a log format has to offer to the façade
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_DRIVER_H
#define LOGFORMAT_DRIVER_H

#include "plugin/logformat.h"
#include "plugin/logformat/header.h"

#define LOGFORMAT_LITERALS_MAX 7

struct logformat {
	const char *name;

	/* Each line that parse() says more of than LINE_OTHER holds one of these, or is long:
	 * others are skipped unseen. 8 bytes at least (the longer the quicker), of letters, digits,
	 * blank and , = : . _ - only: so they are the same in a line of JSON. Unused ones are
	 * empty. */
	struct slice literals[LOGFORMAT_LITERALS_MAX];

	/* A logging system may have cut a literal in two, or off, so lines of LONG_LEAST bytes and
	 * more that hold LONG_WORD (as long as literals are) are shown to parse(), too. 0: none. */
	size_t long_least;
	struct slice long_word;

	/* What LINE is. But for LINE_OTHER, RET (all zero before) gets user, address, has_address,
	 * is_hidden, service, session, twin; at_sec and count are the caller's. The slices borrow
	 * from LINE or are constant. LINE_OTHER: *RET_WHY says why a line of this server's login
	 * program is no login, in words that complete "not a login: ", constant; it is left alone
	 * if the line is none of this format's business. LINE_AMBIGUOUS: *RET_WHY too. Called with
	 * any line, literal or not (--explain does). */
	enum line_kind (*parse)(struct login *ret, const struct header *line, const char **ret_why);
};

extern const struct logformat logformat_courier;
extern const struct logformat logformat_cyrus;
extern const struct logformat logformat_dovecot;
extern const struct logformat logformat_exim;
extern const struct logformat logformat_opensmtpd;
extern const struct logformat logformat_postfix;
extern const struct logformat logformat_postfix_auth;
extern const struct logformat logformat_sendmail;
extern const struct logformat logformat_stalwart;
extern const struct logformat logformat_uw_imap;
extern const struct logformat logformat_vpopmail;
extern const struct logformat logformat_zimbra;

#endif
