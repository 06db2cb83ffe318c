/* ipinfo.h - countries from ipinfo.io, or from a server of the same shape
 *
 * From ipinfo's developer pages and OpenAPI, and observabilitystack/geoip-api:
 *
 *	GET  https://ipinfo.io/ADDRESS/country          "NL\n": without a token (legacy)
 *	GET  https://api.ipinfo.io/lite/ADDRESS
 *		{"asn":"AS1103","as_name":…,"country_code":"NL","country":"The Netherlands",…}
 *	POST https://api.ipinfo.io/batch/lite
 *		["ADDRESS",…], at most 1,000: {"ADDRESS":{…},…}
 *	GET  https://api.ipinfo.io/lookup/ADDRESS
 *		{"ip":…,"geo":{"country_code":…,"latitude":…},"as":{…},"anonymous":{…}}: Core, Plus
 *	GET  URL/ADDRESS
 *		{"country":"NL","latitude":"52.4",…}: self-hosted
 *
 * "country" is a code in some answers and a name in others: only two capital letters are believed.
 * Nothing but addresses is sent.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_IPINFO_H
#define GEO_IPINFO_H

#include "common/deadline.h"
#include "common/ipaddr.h"
#include "common/slice.h"
#include "common/strbuf.h"
#include "plugin/geo.h"

struct ipinfo;

/* Is URL ("" or no data: ipinfo.io's) one that may be asked? https, or http to a loopback or
 * private address, without user names, "?" and "#". 0, or -EINVAL with WHY. */
int ipinfo_check_url(struct slice url, struct strbuf *why);

/* TOKEN_FILE (may be NULL) is read now: 0 with *RET, or -errno with WHY; the token itself is in no
 * message. */
int ipinfo_open(struct ipinfo **ret, struct slice url, const char *token_file, struct strbuf *why);
void ipinfo_free(struct ipinfo *ipinfo);

/* Asks for COUNT distinct public addresses; FUNCTION gets each that was answered. */
void ipinfo_ask(const struct ipinfo *ipinfo, const struct ipaddr *addresses, size_t count,
                const struct deadline *deadline, geo_answer_fn *function, void *context,
                struct geo_outcome *ret);

/* "ipinfo https://api.ipinfo.io/lite", and whether that is encrypted. */
void ipinfo_describe(const struct ipinfo *ipinfo, struct strbuf *text);

#endif
