/* listings.c - what blocklists say, in the report; see report.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/printable.h"
#include "plugin/report.h"

#define LINES_MOST 50
#define TOLD_MAX 600

#define LACKING " (it lacks its own test point)"

void report_add_list(struct strbuf *text, const struct listing *listing)
{
	printable_add(text, slice_string(listing->zone), LISTING_KEY_ROOM);
	strbuf_add_string(text, " (");
	printable_add(text, slice_string(listing->detail), LISTING_DETAIL_ROOM);
	if (listing->lacks_test_point && !listing->text[0])
		strbuf_add_string(text, LACKING);
	strbuf_add_char(text, ')');
}

/* "127.0.0.2 SBL: the list's own words" */
static void add_reason(struct strbuf *text, const struct listing *listing)
{
	struct strbuf whole CLEANUP(strbuf_release) = STRBUF_INIT(LISTING_DETAIL_ROOM - 1);
	strbuf_add_format(&whole, "%s%s%s%s", listing->detail, listing->text[0] ? ": " : "",
	                  listing->text, listing->lacks_test_point ? LACKING : "");
	printable_add(text, slice_string(strbuf_text(&whole)), LISTING_DETAIL_ROOM);
}

/* Is there room for one more line? What is beyond the limit is counted. */
static bool begin_line(struct report *report)
{
	if (report->lists_lines++ >= LINES_MOST)
		return false;
	strbuf_add_string(&report->lists, "dnsbl: ");
	return true;
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

void report_listing(struct report *report, const struct listing *listing)
{
	char address[IPADDR_TEXT_ROOM];
	if (begin_line(report))
		add_listing(&report->lists, listing);
	if (listing->verdict != VERDICT_LISTED || listing->weight < 0 ||
	    report->worst_listing.length)
		return;
	strbuf_add_format(&report->worst_listing, "%s is listed on ",
	                  ipaddr_format(&listing->address, address));
	report_add_list(&report->worst_listing, listing);
}

void report_no_verdict(struct report *report, const char *zone, const struct ipaddr *address,
                       const char *reason)
{
	char text[IPADDR_TEXT_ROOM];
	if (!begin_line(report))
		return;
	printable_add(&report->lists, slice_string(zone), LISTING_KEY_ROOM);
	if (address)
		strbuf_add_format(&report->lists,
		                  " gives no verdict of %s: ", ipaddr_format(address, text));
	else
		strbuf_add_string(&report->lists, " gives no verdict: ");
	printable_add_sentence(&report->lists, slice_string(reason), WHY_MAX);
	strbuf_add_char(&report->lists, '\n');
}

void report_checked(struct report *report, const struct checked *checked)
{
	struct strbuf *text = &report->lists;
	report->checked = *checked;
	report->checked.told = NULL;
	if (checked->listed > 1 && report->worst_listing.length)
		strbuf_add_format(&report->worst_listing, " and %zu more", checked->listed - 1);
	if (report->lists_lines > LINES_MOST)
		strbuf_add_format(text, "dnsbl: ... and %zu more lines\n",
		                  report->lists_lines - LINES_MOST);
	if (!checked->told)
		return;
	strbuf_add_string(text, "dnsbl: looked up ");
	printable_add_sentence(text, slice_string(checked->told), TOLD_MAX);
	strbuf_add_format(text, " on %zu list%s", checked->zones, checked->zones == 1 ? "" : "s");
	if (checked->unanswered)
		strbuf_add_format(text, ", %zu without a verdict", checked->unanswered);
	strbuf_add_char(text, '\n');
}
