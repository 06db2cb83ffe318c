/* report.h - what the run found, as a monitoring system wants to read it
 *
 * Filled while the run goes on, printed once at its end. Everything that comes from a log, a file
 * name or a database passes printable here. The long output is bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/listing.h"
#include "plugin/login.h"
#include "plugin/metrics.h"
#include "plugin/place.h"
#include "plugin/user.h"

#define REPORT_BODY_MAX 32768 /* NRPE v3 carries 64 KiB in all */
#define REPORT_LISTS_MAX 8192
#define REPORT_ABROAD_MOST 20 /* names */

/* The value of one metric, judged. All text is borrowed from the options. */
struct finding {
	bool is_counted; /* false: this run has nothing to do with it */
	bool is_known;
	int64_t value;
	enum state state;
	const char *warning, *critical; /* ranges as given, or NULL */
};

/* What was looked up on blocklists of the server's own. */
struct checked {
	/* the addresses and where each was found; borrowed for the call, hostile; NULL: there is
	 * none */
	const char *told;
	size_t addresses;
	struct ipaddr first; /* of the addresses */
	size_t zones;
	size_t unanswered; /* zones without a verdict */
	size_t listed;     /* pairs of an address and a zone */
};

struct report {
	enum state state;
	bool has_logins; /* false: --dnsbl-only */
	int64_t window_sec;
	struct finding findings[METRIC_COUNT];
	struct strbuf problems;    /* what could not be done, joined by "; " */
	struct strbuf remarks;     /* joined by "; " */
	struct strbuf worst_user;  /* "bob logged in from 4 countries (BR CN RU US)" */
	struct strbuf worst_name;  /* "bob" */
	struct strbuf hidden_name; /* of the first user given who hid an address */
	struct strbuf abroad;      /* names, a newline behind each */
	size_t abroad_count;
	struct strbuf body, notes;
	/* "192.0.2.25 is listed on zen.spamhaus.org (127.0.0.2 SBL)" */
	struct strbuf worst_listing;
	struct strbuf lists; /* lines about blocklists */
	size_t lists_lines;
	struct checked checked; /* told is NULL here */
};

/* A report about logins, and about blocklists when those are given; clear has_logins for one about
 * blocklists only. */
void report_init(struct report *report, int64_t window_sec);
void report_release(struct report *report);

/* Something could not be done: STATE at the least, and the sentence WHY in the first line. */
void report_problem(struct report *report, enum state state, const char *why);

/* Something a person should know that changes no state; TEXT may be several lines. */
void report_note(struct report *report, const char *text);

/* Why there may be no login: for the first line of a report that has none from abroad; changes no
 * state. */
void report_remark(struct report *report, const char *why);

/* A metric, once each. An unknown value that has a threshold must be told by report_problem too. */
void report_finding(struct report *report, enum metric_id metric, const struct finding *finding);

/* A paragraph for USER; the first one given is the one that the first line names. */
void report_user(struct report *report, const struct user_summary *user);

/* A user with foreign logins, in the order in which the first line names them; those beyond
 * REPORT_ABROAD_MOST are only counted. */
void report_abroad(struct report *report, struct slice user);

void report_users_left(struct report *report, int64_t count);

/* "DATE USER from IP ADDRESS came from COUNTRY"; REMARKS ("" for none, hostile) stand behind it. */
void report_login(struct report *report, const struct login *login, const struct place *place,
                  bool is_home, const char *remarks);
void report_logins_left(struct report *report, int64_t count);

/* An own address that is listed (the first one given is the one that the first line names), or that
 * isn't. */
void report_listing(struct report *report, const struct listing *listing);

/* ZONE has no verdict of ADDRESS (NULL: of any). */
void report_no_verdict(struct report *report, const char *zone, const struct ipaddr *address,
                       const char *reason);

/* After the listings, once. */
void report_checked(struct report *report, const struct checked *checked);

/* "zen.spamhaus.org (127.0.0.2 SBL)", fit for the screen. */
void report_add_list(struct strbuf *text, const struct listing *listing);

/* The whole output: first line, perfdata, long output. */
void report_text(const struct report *report, struct strbuf *text);

#endif
