/* listings.c - what blocklists say, in the text; see listings.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"
#include "common/timestamp.h"
#include "plugin/report/listings.h"
#include "plugin/report/words.h"

#define LINES_MOST 50
#define OWN_MAX 4000
#define OWN_SHOWN_MAX 600

/* What is beyond the limit is counted. */
struct lines {
	struct strbuf *text;
	size_t count;
};

/* Is there room for one more line? */
static bool begin_line(struct lines *lines)
{
	if (lines->count++ >= LINES_MOST)
		return false;
	strbuf_add_string(lines->text, "dnsbl: ");
	return true;
}

/* "127.0.0.2 SBL: the list's own words" */
static void add_reason(struct strbuf *text, const struct listing *listing)
{
	struct strbuf whole CLEANUP(strbuf_release) = STRBUF_INIT(LISTING_DETAIL_ROOM - 1);
	strbuf_add_format(&whole, "%s%s%s%s", listing->detail, listing->text[0] ? ": " : "",
	                  listing->text, listing->lacks_test_point ? WORDS_NO_TEST_POINT : "");
	printable_add(text, slice_string(strbuf_text(&whole)), LISTING_DETAIL_ROOM);
}

static void add_listing(struct strbuf *text, const struct listing *listing)
{
	char address[IPADDR_TEXT_ROOM];
	bool is_listed = listing->verdict == VERDICT_LISTED;
	strbuf_add_format(text, "%s %slisted on ", ipaddr_format(&listing->address, address),
	                  is_listed ? "" : "not ");
	printable_add(text, slice_string(listing->zone), LISTING_KEY_ROOM);
	if (is_listed && listing->detail[0]) {
		strbuf_add_string(text, " (");
		add_reason(text, listing);
		strbuf_add_char(text, ')');
	}
	if (listing->verdict == VERDICT_NOT_COVERED)
		strbuf_add_format(text, ", which has no IPv%c addresses",
		                  ipaddr_is_ipv4(&listing->address) ? '4' : '6');
	strbuf_add_string(text, listing->is_kept ? ", as it answered before\n" : "\n");
}

static void add_listings(struct lines *lines, const struct report_listings *listings)
{
	size_t kept = report_kept(listings->count, REPORT_LISTINGS_MOST);
	for (size_t i = 0; i < kept; i++)
		if (begin_line(lines))
			add_listing(lines->text, listings->items[i]);
	lines->count += listings->count - kept;
}

static void add_silence(struct strbuf *text, const struct report_silence *silence)
{
	char at[TIMESTAMP_TEXT_ROOM], address[IPADDR_TEXT_ROOM];
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	printable_add(text, slice_string(silence->zone), LISTING_KEY_ROOM);
	strbuf_add_string(text, " gives no verdict");
	if (silence->address)
		strbuf_add_format(text, " of %s", ipaddr_format(silence->address, address));
	strbuf_add_string(text, ": ");
	if (silence->since_sec)
		strbuf_add_format(&reason, "it is dead, with no verdict since %s: ",
		                  timestamp_format(silence->since_sec, at));
	strbuf_add_string(&reason, silence->reason);
	printable_add_sentence(text, slice_string(strbuf_text(&reason)), WHY_MAX);
	strbuf_add_char(text, '\n');
}

static void add_silences(struct lines *lines, const struct report_silences *silences)
{
	size_t kept = report_kept(silences->count, REPORT_LISTINGS_MOST);
	for (size_t i = 0; i < kept; i++)
		if (begin_line(lines))
			add_silence(lines->text, &silences->items[i]);
	lines->count += silences->count - kept;
}

/* "192.0.2.25 (eth0), 2001:db8::25" */
static void add_own(struct strbuf *text, const struct checked *checked)
{
	char address[IPADDR_TEXT_ROOM];
	struct strbuf own CLEANUP(strbuf_release) = STRBUF_INIT(OWN_MAX);
	for (size_t i = 0; i < checked->own_count; i++) {
		const char *place = checked->own[i].place;
		strbuf_add_format(&own, "%s%s%s%s%s", i ? ", " : "",
		                  ipaddr_format(&checked->own[i].address, address),
		                  *place ? " (" : "", place, *place ? ")" : "");
	}
	printable_add_sentence(text, slice_string(strbuf_text(&own)), OWN_SHOWN_MAX);
}

static void add_checked(struct strbuf *text, const struct checked *checked)
{
	if (!checked->own_count)
		return;
	strbuf_add_string(text, "dnsbl: looked up ");
	add_own(text, checked);
	strbuf_add_format(text, " on %zu list%s", checked->zones, checked->zones == 1 ? "" : "s");
	if (checked->unanswered)
		strbuf_add_format(text, ", %zu without a verdict", checked->unanswered);
	strbuf_add_char(text, '\n');
}

void listings_tell(const struct report *report, int verbosity, struct strbuf *text)
{
	struct lines lines = { .text = text };
	add_listings(&lines, &report->listed);
	add_silences(&lines, &report->own_silences);
	if (verbosity > 0)
		add_listings(&lines, &report->unlisted);
	if (report->has_checked && lines.count > LINES_MOST)
		strbuf_add_format(text, "dnsbl: ... and %zu more lines\n",
		                  lines.count - LINES_MOST);
	add_checked(text, &report->checked);
	add_silences(&lines, &report->client_silences);
}

void listings_tell_first(const struct report *report, struct strbuf *text)
{
	char address[IPADDR_TEXT_ROOM];
	if (!report->first_listed)
		return;
	strbuf_add_format(text, "%s is listed on ",
	                  ipaddr_format(&report->first_listed->address, address));
	words_add_list(text, report->first_listed);
	if (report->checked.listed > 1)
		strbuf_add_format(text, " and %zu more", report->checked.listed - 1);
}
