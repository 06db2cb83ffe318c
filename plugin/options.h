/* options.h - the command line: one table row an option, from which parser and --help come
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/country.h"
#include "common/ipaddr.h"
#include "common/state.h"
#include "common/strbuf.h"
#include "plugin/dnsbl.h"
#include "plugin/logformat.h"
#include "plugin/policy.h"

struct report_writer; /* plugin/report.h */

#define OPTIONS_LOGS_MAX 10000
#define OPTIONS_TRUST_MAX 10000
#define OPTIONS_GEO_CACHE_LEAST_SEC 86400
#define OPTIONS_TIMEOUT_SEC 10 /* the default; until the options are read, the only one */

#define OPTIONS_DNSBL_MOST 100 /* of what may be given again and again */

/* --dnsbl and its like. */
struct dnsbl_options {
	bool is_only; /* --dnsbl-only: no logins */
	/* for the own addresses, and for clients'; none: not wanted */
	struct dnsbl_zones zones, client_zones;
	/* the own ones: addresses and names, of valid form; none: to be found */
	struct slice targets[OPTIONS_DNSBL_MOST];
	size_t target_count;
	int64_t interval_sec; /* 0: as the lists have it */
	const char *resolver; /* NULL: the system's */
	/* As given, until all options are known: */
	const char *lists[OPTIONS_DNSBL_MOST], *files[OPTIONS_DNSBL_MOST],
		*client_lists[OPTIONS_DNSBL_MOST];
	size_t list_count, file_count, client_list_count;
	const char *key_file;
	bool has_too_many; /* of one of these three */
	bool is_wanted;    /* --dnsbl without a zone */
};

/* What the run was asked to do. Constant once parsed. */
struct options {
	char **logs; /* as given, globs not yet expanded; empty: the usual places */
	size_t log_count;
	int64_t window_sec; /* NUMPARSE_ALL_SEC for "all" */
	/* where rotated files are moved to, if not beside the log; NULL: nowhere else */
	const char *olddir;
	const char *log_timezone; /* of lines that name none; NULL: TZ's */
	logformat_set formats;
	const char *state; /* NULL: the default place */
	bool no_state;
	int64_t now_sec; /* --at, else the clock */
	struct country_set home;
	struct ipprefix *trusted;
	size_t trusted_count;
	struct policy policy;
	const char *geo;
	const char *token_file; /* of ipinfo; NULL: none */
	int64_t geo_cache_sec;
	struct dnsbl_options dnsbl;
	int verbosity;
	int64_t timeout_sec;
	enum state timeout_state;
	bool is_json;                       /* --output */
	const struct report_writer *writer; /* --output; never NULL, also where they are refused */
	bool wants_help, wants_version, wants_explanation;
};

/* From the arguments, --extra-opts included; strings are borrowed from them. 0, or -EINVAL with
 * WHY, in words for the person who typed it. OPTIONS must be released in either case. */
int options_parse(struct options *options, int argc, char **argv, int64_t clock_sec,
                  struct strbuf *why);
void options_release(struct options *options);

/* The last second that is out of the window: a login counts if it is later. INT64_MIN if all are in
 * it. */
int64_t options_window_begin_sec(const struct options *options);

/* What is counted: a set of enum metric_group. */
unsigned options_metric_groups(const struct options *options);

void options_print_help(void);
void options_print_version(bool with_libraries);

#endif
