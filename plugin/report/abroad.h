/* abroad.h - who logged in from abroad, in the first line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_ABROAD_H
#define REPORT_ABROAD_H

#include "plugin/report/facts.h"

#define REPORT_LINE_WIDTH 80 /* before the "|", where it can be: what a pager or a phone shows */

/* Appends the sentence about foreign logins to TEXT, which is to be ROOM characters long where that
 * can be; a user alone may take more, and two are named in any case:
 *
 *	bob@example.com logged in from abroad (BR); 3 foreign logins by 1 user in 15m
 *	eve@example.com, bob@example.com and 3 more from abroad: 14 logins in 15m
 *	bob@example.com logged in from 4 countries (BR CN RU US); also eve@example.com and 3 more:
 *		14 foreign logins in 15m
 *
 * The names are in the order of report_abroad(), but for the user with the most countries, who
 * leads where they make it CRITICAL. In a report that is OK nobody is named. */
void abroad_tell(const struct report *report, int64_t logins, int64_t users, size_t room,
                 struct strbuf *text);

#endif
