/* zone.c - DNS blocklists as postscreen(8) writes them; see zone.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dnsclient.h"
#include "common/numparse.h"
#include "common/printable.h"
#include "plugin/dnsbl/zone.h"

#define KEY_MARK "$DQS"
#define HIDDEN "***"

/* The services that want a key as the first label of a zone's name. */
static const char *const keyed[] = { ".dq.spamhaus.", ".mail.abusix." };

/* --- the name --- */

static bool has(struct slice text, const char *word)
{
	for (; text.length >= strlen(word); text = slice_skip(text, 1))
		if (strncasecmp(text.data, word, strlen(word)) == 0)
			return true;
	return false;
}

/* How many characters at the begin of NAME, which may be mistyped, are a key:
 * "KEY.zen.dq.spamhaus.net". */
static size_t key_length(struct slice name)
{
	struct slice rest = name;
	struct slice first = slice_take_until(&rest, '.');
	for (size_t i = 0; i < ARRAY_SIZE(keyed); i++)
		if (has(rest, keyed[i]))
			return first.length;
	return 0;
}

/* Everything up to the filter or the weight. */
static struct slice name_of(struct slice text)
{
	size_t length = 0;
	while (length < text.length && text.data[length] != '=' && text.data[length] != '*')
		length++;
	return slice_make(text.data, length);
}

/* NAME without a key that was spelled out. */
static void add_shown(struct strbuf *shown, struct slice name)
{
	size_t hidden = slice_starts_with(name, KEY_MARK) ? 0 : key_length(name);
	strbuf_add_string(shown, hidden ? HIDDEN : "");
	strbuf_add(shown, name.data + hidden, name.length - hidden);
}

static int fail(struct slice text, const char *reason, struct strbuf *why)
{
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct slice name = name_of(text), rest = slice_skip(text, name.length);
	add_shown(&shown, name);
	strbuf_add(&shown, rest.data, rest.length);
	strbuf_fail(why, 0, "\"");
	printable_add(why, slice_string(strbuf_text(&shown)), 80);
	strbuf_add_format(why, "\" %s", reason);
	return -EINVAL;
}

static int set_name(struct dnsbl_zone *zone, struct slice name, const char *key, struct slice whole,
                    struct strbuf *why)
{
	struct strbuf asked CLEANUP(strbuf_release) = STRBUF_INIT(DNSBL_ZONE_ROOM - 1);
	struct strbuf shown CLEANUP(strbuf_release) = STRBUF_INIT(DNSBL_ZONE_ROOM - 1);
	struct slice rest = name;
	add_shown(&shown, name);
	if (slice_take_string(&rest, KEY_MARK)) {
		if (!key)
			return fail(whole, "wants a key: --dnsbl-key-file", why);
		strbuf_add_string(&asked, key);
	}
	strbuf_add(&asked, rest.data, rest.length);
	if (asked.truncated || shown.truncated || !dns_is_name(slice_string(strbuf_text(&asked))) ||
	    !strchr(strbuf_text(&asked), '.'))
		return fail(whole,
		            "is no zone: a name like zen.spamhaus.org, then =FILTER, then *WEIGHT",
		            why);
	snprintf(zone->name, sizeof zone->name, "%s", strbuf_text(&asked));
	snprintf(zone->shown, sizeof zone->shown, "%s", strbuf_text(&shown));
	return 0;
}

void dnsbl_zone_hide_key(const struct dnsbl_zone *zone, char *text)
{
	size_t length = zone->shown[0] == '$' || zone->shown[0] == '*' ? strcspn(zone->name, ".")
								       : 0;
	for (char *at = text; length && *at; at++)
		if (strncasecmp(at, zone->name, length) == 0)
			memset(at, '*', length);
}

/* --- the filter --- */

static bool take_octet(struct slice *text, int *ret)
{
	int64_t value;
	struct slice digits = slice_take_while(text, slice_is_digit, 3);
	if (!numparse_int(&value, digits, 0, 255))
		return false;
	*ret = (int)value;
	return true;
}

/* "2" or "2..11" */
static bool take_range(uint64_t set[4], struct slice *text)
{
	int low, high;
	if (!take_octet(text, &low))
		return false;
	high = low;
	if (slice_take_string(text, "..") && (!take_octet(text, &high) || high < low))
		return false;
	for (int value = low; value <= high; value++)
		set[value / 64] |= UINT64_C(1) << (value % 64);
	return true;
}

/* "2" or "[2;4..11]" */
static bool take_set(uint64_t set[4], struct slice *text)
{
	if (!slice_take_char(text, '['))
		return take_range(set, text);
	do {
		if (!take_range(set, text))
			return false;
	} while (slice_take_char(text, ';'));
	return slice_take_char(text, ']');
}

static bool take_filter(struct dnsbl_zone *zone, struct slice *text)
{
	struct slice whole = *text;
	zone->has_filter = true;
	for (int i = 0; i < 4; i++)
		if ((i && !slice_take_char(text, '.')) || !take_set(zone->filter[i], text))
			return false;
	whole.length -= text->length;
	if (whole.length > DNSBL_FILTER_MOST)
		return false;
	size_t used = strlen(zone->key);
	snprintf(zone->key + used, sizeof zone->key - used, "=%.*s", (int)whole.length, whole.data);
	return true;
}

static bool take_weight(struct dnsbl_zone *zone, struct slice text)
{
	int64_t weight;
	bool is_negative = slice_take_char(&text, '-');
	if (!numparse_int(&weight, text, 0, DNSBL_WEIGHT_MOST))
		return false;
	zone->weight = (int)(is_negative ? -weight : weight);
	return true;
}

/* --- the whole --- */

int dnsbl_zone_parse(struct dnsbl_zone *ret, struct slice text, const char *key, struct strbuf *why)
{
	struct dnsbl_zone zone = { .weight = 1 };
	struct slice name = name_of(text), rest = slice_skip(text, name.length);
	int error = set_name(&zone, name, key, text, why);
	if (error < 0)
		return error;
	snprintf(zone.key, sizeof zone.key, "%s", zone.shown);
	if (slice_take_char(&rest, '=') && !take_filter(&zone, &rest))
		return fail(text, "has no filter like 127.0.0.[2..11] or 127.0.0.[2;4;10..12]",
		            why);
	if (slice_take_char(&rest, '*') ? !take_weight(&zone, rest) : rest.length > 0)
		return fail(text, "has no weight like *2 at its end", why);
	*ret = zone;
	return 0;
}

bool dnsbl_zone_matches(const struct dnsbl_zone *zone, const struct ipaddr *reply)
{
	for (int i = 0; i < 4 && zone->has_filter; i++) {
		uint8_t octet = reply->bytes[12 + i];
		if (!(zone->filter[i][octet / 64] >> (octet % 64) & 1))
			return false;
	}
	return true;
}
