/* driver.h - what a log format has to offer to the façade
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_DRIVER_H
#define LOGFORMAT_DRIVER_H

#include "plugin/logformat/header.h"
#include "plugin/logformat/line.h"
#include "plugin/login.h"

#define LOGFORMAT_LITERALS_MAX 7
#define LOGFORMAT_WORDS_MAX 16

/* Every format, once, in the order in which they are told of and asked: a new one is a file with
 * its struct logformat_NAME, and a row here. */
#define LOGFORMATS(ROW) \
	ROW(courier) \
	ROW(cyrus) \
	ROW(dovecot) \
	ROW(exim) \
	ROW(opensmtpd) \
	ROW(postfix) \
	ROW(postfix_auth) \
	ROW(sendmail) \
	ROW(stalwart) \
	ROW(uw_imap) \
	ROW(vpopmail) \
	ROW(zimbra)

/* All that is known of a server's log. What is left out is empty; texts are constant. */
struct logformat {
	/* as --format, the help and the key of the state have it */
	const char *name;

	/* What the names of the server's programs begin with, also of those that log no login: a
	 * line of theirs is one of a mail server, even if it can't be read. */
	const char *programs[LOGFORMAT_WORDS_MAX];

	/* Whole identifiers of those that log logins, and not to the facilities mail and local6, or
	 * not everywhere: the journal is asked for them. */
	const char *journal_identifiers[LOGFORMAT_WORDS_MAX];

	/* What a person would search a log for: --explain calls out a line that has one and is no
	 * login. */
	const char *telltales[LOGFORMAT_WORDS_MAX];

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
	 * from LINE or its room, or are constant. LINE_OTHER: *RET_WHY says why a line of this
	 * server's login program is no login, in words that complete "not a login: ", constant; it
	 * is left alone if the line is none of this format's business. LINE_AMBIGUOUS: *RET_WHY
	 * too. Called with any line, literal or not (--explain does). */
	enum line_kind (*parse)(struct login *ret, const struct header *line, const char **ret_why);
};

#define LOGFORMAT_DECLARE(name) extern const struct logformat logformat_##name;
LOGFORMATS(LOGFORMAT_DECLARE)
#undef LOGFORMAT_DECLARE

#endif
