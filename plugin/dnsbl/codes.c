/* codes.c - what the replies of well-known blocklists mean; see codes.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/slice.h"
#include "plugin/dnsbl/codes.h"

static const struct code {
	const char *zone; /* or the end of it */
	uint8_t octet;    /* of 127.0.0.x */
	const char *words;
} codes[] = {
	{ "zen.spamhaus.org", 2, "SBL" },
	{ "zen.spamhaus.org", 3, "CSS" },
	{ "zen.spamhaus.org", 4, "XBL" },
	{ "zen.spamhaus.org", 9, "DROP" },
	{ "zen.spamhaus.org", 10, "PBL" },
	{ "zen.spamhaus.org", 11, "PBL" },
	{ "zen.spamhaus.org", 30, "BCL" },
	{ "zen.dq.spamhaus.net", 2, "SBL" },
	{ "zen.dq.spamhaus.net", 3, "CSS" },
	{ "zen.dq.spamhaus.net", 4, "XBL" },
	{ "zen.dq.spamhaus.net", 9, "DROP" },
	{ "zen.dq.spamhaus.net", 10, "PBL" },
	{ "zen.dq.spamhaus.net", 11, "PBL" },
	{ "bl.spamcop.net", 2, "spam was reported" },
	{ "bl.mailspike.net", 10, "worst reputation" },
	{ "bl.mailspike.net", 11, "very bad reputation" },
	{ "bl.mailspike.net", 12, "bad reputation" },
	{ "psbl.surriel.com", 2, "spam was trapped" },
};

const char *dnsbl_code(const char *zone, const struct ipaddr *reply)
{
	bool is_usual = reply->bytes[13] == 0 && reply->bytes[14] == 0;
	for (size_t i = 0; is_usual && i < ARRAY_SIZE(codes); i++)
		if (reply->bytes[15] == codes[i].octet &&
		    slice_ends_with(slice_string(zone), codes[i].zone))
			return codes[i].words;
	return NULL;
}

const char *dnsbl_refusal(const struct ipaddr *reply)
{
	switch (reply->bytes[15]) {
	case 252: return "it says that the zone's name is mistyped (127.255.255.252)";
	case 254:
		return "it answers no public resolver, and none without a name of its own "
		       "(127.255.255.254): use a resolver of your own";
	case 255: return "it says that it is asked too often (127.255.255.255)";
	default: return "it answers with an error (127.255.255.x)";
	}
}
