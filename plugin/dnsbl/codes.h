/* codes.h - what the replies of well-known blocklists mean
 *
 * From the lists' own pages: spamhaus.org/faq, spamcop.net, mailspike.org.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DNSBL_CODES_H
#define DNSBL_CODES_H

#include "common/ipaddr.h"

/* "SBL" for 127.0.0.2 of zen.spamhaus.org and of its like under a key; NULL if it isn't known. */
const char *dnsbl_code(const char *zone, const struct ipaddr *reply);

/* Why a list refuses to answer: 127.255.255.x. Never NULL. */
const char *dnsbl_refusal(const struct ipaddr *reply);

#endif
