/* listings.h - what blocklists say, in the text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_LISTINGS_H
#define REPORT_LISTINGS_H

#include "plugin/report/facts.h"

/* Appends a line a listing, and a list that has no verdict; from verbosity 1 on also the lists that
 * don't have an address. */
void listings_tell(const struct report *report, int verbosity, struct strbuf *text);

/* "192.0.2.25 is listed on zen.spamhaus.org (127.0.0.2 SBL) and 2 more"; nothing if there is no
 * listing that counts. */
void listings_tell_first(const struct report *report, struct strbuf *text);

#endif
