/* line.h - what a line of the log is
 *
 * A noun of the log formats: what each of them answers, and what is handed on of a line that is a
 * login (plugin/login.h) or something about one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_LINE_H
#define LOGFORMAT_LINE_H

enum line_kind {
	LINE_OTHER,
	LINE_LOGIN,
	/* no login, but it tells the address of session, or its end (!has_address) */
	LINE_SESSION,
	/* no login, but the logging system says in it that COUNT lines were dropped */
	LINE_LOST,
	/* it may be a login, but a stranger could have shaped it: never counted, but told */
	LINE_AMBIGUOUS,
};

#endif
