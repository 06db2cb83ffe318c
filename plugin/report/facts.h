/* facts.h - what the run found: the noun that report.c fills and the writers read
 *
 * No words, no escaping and no verbosity are in here: what comes from a log, a file name or a
 * database is kept as it came, hostile or not. All of it is bounded; what is beyond a limit is
 * counted. Sentences of other stages (why something could not be done) are facts, too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/judgement.h"
#include "plugin/listing.h"
#include "plugin/login.h"
#include "plugin/metrics.h"
#include "plugin/place.h"
#include "plugin/user.h"

#define REPORT_PROBLEMS_MOST 200
#define REPORT_TEXTS_MOST 600         /* remarks, lines of notes, logs */
#define REPORT_TEXT_MAX (5 * WHY_MAX) /* bytes of one of them, or of a problem */
#define REPORT_USERS_MOST 20
#define REPORT_LOGINS_MOST 20 /* of one user */
#define REPORT_ABROAD_MOST 20
#define REPORT_LISTINGS_MOST 50       /* of each kind */
#define REPORT_LOGIN_LISTINGS_MOST 24 /* of the address of one login */

/* What could not be done. */
struct report_problem {
	enum state state; /* that it makes, at the least */
	char *text;
};

struct report_texts {
	char **items;
	size_t count; /* of all; may be more than REPORT_TEXTS_MOST, which are kept */
};

/* The value of one metric, judged. All text is borrowed from the options. */
struct finding {
	bool is_counted; /* false: this run has nothing to do with it */
	bool is_known;
	int64_t value;
	enum state state;
	const char *warning, *critical; /* ranges as given, or NULL */
};

struct report_login {
	int64_t at_sec;
	struct ipaddr address; /* if has_address */
	bool has_address;
	struct place place;
	enum standing standing;
	char service[SERVICE_MAX];
	size_t service_length;
	int64_t count; /* logins that it stands for */
	const struct listing *listings[REPORT_LOGIN_LISTINGS_MOST];
	size_t listing_count; /* of all; may be more than there is room for */
};

struct report_user {
	struct user_summary summary;
	struct report_login *logins; /* the newest first; NULL: none were reported */
	size_t login_count;
	/* beyond REPORT_LOGINS_MOST */
	int64_t home_left, others_left;
};

/* A list that has no verdict. */
struct report_silence {
	const char *zone;
	const struct ipaddr *address; /* of which it has none; NULL: of any */
	int64_t since_sec;            /* for so long that it is called dead; 0: it isn't */
	const char *reason;           /* borrowed, like all here */
};

struct report_listings {
	const struct listing *items[REPORT_LISTINGS_MOST];
	size_t count; /* of all; may be more than there is room for */
};

struct report_silences {
	struct report_silence items[REPORT_LISTINGS_MOST];
	size_t count; /* of all; may be more than there is room for */
};

/* What was looked up on blocklists of the server's own. All zero: nothing was. */
struct checked {
	const struct own_address *own; /* borrowed */
	size_t own_count;
	size_t addresses; /* of these that were looked up, the first ones */
	size_t zones;
	size_t unanswered; /* zones without a verdict */
	size_t listed;     /* pairs of an address and a zone */
};

struct report {
	enum state state;
	bool has_logins; /* false: --dnsbl-only */
	int64_t now_sec, window_sec;
	struct finding findings[METRIC_COUNT];
	struct report_problem problems[REPORT_PROBLEMS_MOST];
	size_t problem_count; /* of all; may be more than there is room for */
	struct report_texts remarks, notes;

	struct report_user users[REPORT_USERS_MOST]; /* the worst one first */
	size_t user_count;                           /* of those here */
	int64_t all_users, suspicious_users;         /* of the window */
	struct user_name abroad[REPORT_ABROAD_MOST];
	size_t abroad_count;

	struct report_listings listed, unlisted; /* own addresses */
	/* the first one on a list that isn't one of good senders; NULL: there is none */
	const struct listing *first_listed;
	struct report_silences own_silences, client_silences;
	bool has_checked;
	struct checked checked;

	/* where it comes from */
	char *geo;                /* the databases; NULL: there are none */
	int64_t geo_built_at_sec; /* the oldest of them; 0: unknown */
	struct report_texts logs;
	char *state_path; /* NULL: none is kept */
};

/* How many of COUNT there is room for where there is room for MOST. */
static inline size_t report_kept(size_t count, size_t most)
{
	return count < most ? count : most;
}

#endif
