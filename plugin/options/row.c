/* row.c - the options, one by one; see row.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/country.h"
#include "common/numparse.h"
#include "common/printable.h"
#include "common/privilege.h"
#include "common/timestamp.h"
#include "common/timezone.h"
#include "common/xalloc.h"
#include "plugin/geo.h"
#include "plugin/options/list.h"
#include "plugin/options/dnsbl.h"
#include "plugin/options/row.h"
#include "plugin/report.h"
#include "plugin/source.h"

#define TIMEOUT_MAX_SEC 3600
#define HELP_COLUMNS 72          /* of 80, behind the margin and before the edge */
#define FORMAT_NAMES "{formats}" /* stands in a help text for what the formats' table has */

int options_add_log(struct options *options, const char *value, struct strbuf *why)
{
	if (!*value)
		return strbuf_fail(why, -EINVAL, "the name of the log is empty");
	if (options->log_count == OPTIONS_LOGS_MAX)
		return strbuf_fail(why, -EINVAL, "more than %d logs", OPTIONS_LOGS_MAX);
	options->logs = xalloc_resize(options->logs, options->log_count + 1, sizeof *options->logs);
	options->logs[options->log_count++] = xalloc_string(value);
	return 0;
}

static int set_journal(struct options *options, const char *value, struct strbuf *why)
{
	struct strbuf name CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	if (value && !*value)
		return strbuf_fail(why, -EINVAL,
		                   "the name of the directory is empty; --journal alone reads this "
		                   "host's");
	strbuf_add_format(&name, "%s%s", SOURCE_JOURNAL, value ? value : "");
	return options_add_log(options, strbuf_text(&name), why);
}

static int set_window(struct options *options, const char *value, struct strbuf *why)
{
	if (numparse_duration(&options->window_sec, value, 60))
		return 0;
	return strbuf_fail(why, -EINVAL,
	                   "must be a number of minutes, or 90s, 15m, 2h, 3d, 4w, all");
}

static int set_log_timezone(struct options *options, const char *value, struct strbuf *why)
{
	options->log_timezone = value;
	if (timezone_is_known(value))
		return 0;
	return strbuf_fail(why, -EINVAL,
	                   "must be a time zone that this machine knows: a name like Europe/Berlin "
	                   "(package tzdata), or a rule like CET-1CEST,M3.5.0,M10.5.0/3");
}

static int set_olddir(struct options *options, const char *value, struct strbuf *why)
{
	if (value[0] != '/')
		return strbuf_fail(why, -EINVAL,
		                   "must be a whole path, from / on; a directory in the log's own "
		                   "is found without it");
	options->olddir = value;
	return 0;
}

static int set_format(struct options *options, const char *value, struct strbuf *why)
{
	return logformat_choose(&options->formats, value, why);
}

static int set_state(struct options *options, const char *value, struct strbuf *why)
{
	if (!*value)
		return strbuf_fail(why, -EINVAL,
		                   "the file name is empty; --no-state keeps nothing");
	if (privilege_is_lent())
		return strbuf_fail(why, -EPERM,
		                   "a file can't be named in a run with rights that its caller "
		                   "hasn't (setuid, setgid, capabilities of the program, an "
		                   "SELinux domain): leave --state out");
	options->state = value;
	return 0;
}

static int set_no_state(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	options->no_state = true;
	return 0;
}

static int set_at(struct options *options, const char *value, struct strbuf *why)
{
	if (timestamp_parse(&options->now_sec, value))
		return 0;
	return strbuf_fail(why, -EINVAL,
	                   "must be a time like 2014-02-25T10:20:00Z, or @SECONDS since 1970");
}

static int unknown_country(struct slice code, struct strbuf *why)
{
	const char *meant = country_meant(code);
	strbuf_fail(why, 0, "\"");
	printable_add(why, code, 20);
	strbuf_add_string(why, "\" is no country code of ISO 3166-1 (two letters: US, DE, GB)");
	if (why && meant)
		strbuf_add_format(why, "; %s is %s", country_name(meant), meant);
	return -EINVAL;
}

static int add_home(struct options *options, struct slice code, struct strbuf *why)
{
	char upper[3] = "";
	for (size_t i = 0; i < 2 && i < code.length; i++)
		upper[i] = (char)(code.data[i] >= 'a' && code.data[i] <= 'z'
		                          ? code.data[i] - 'a' + 'A'
		                          : code.data[i]);
	if (code.length != 2 || !country_is_code(upper))
		return unknown_country(code, why);
	country_set_add(&options->home, upper);
	return 0;
}

static int add_trusted(struct options *options, struct slice network, struct strbuf *why)
{
	struct ipprefix prefix;
	if (!ipprefix_parse(&prefix, network)) {
		strbuf_fail(why, 0, "\"");
		printable_add(why, network, 60);
		strbuf_add_string(why,
		                  "\" is no network: 192.0.2.0/24, 2001:db8::/32 or an address; no "
		                  "bits set beyond the length");
		return -EINVAL;
	}
	if (options->trusted_count == OPTIONS_TRUST_MAX)
		return strbuf_fail(why, -EINVAL, "more than %d networks", OPTIONS_TRUST_MAX);
	options->trusted = xalloc_resize(options->trusted, options->trusted_count + 1,
	                                 sizeof *options->trusted);
	options->trusted[options->trusted_count++] = prefix;
	return 0;
}

static int set_home(struct options *options, const char *value, struct strbuf *why)
{
	return options_set_list(options, value, why, add_home);
}

static int set_trust(struct options *options, const char *value, struct strbuf *why)
{
	return options_set_list(options, value, why, add_trusted);
}

static int set_warning(struct options *options, const char *value, struct strbuf *why)
{
	return policy_set(&options->policy, false, value, why);
}

static int set_critical(struct options *options, const char *value, struct strbuf *why)
{
	return policy_set(&options->policy, true, value, why);
}

static int set_geo(struct options *options, const char *value, struct strbuf *why)
{
	options->geo = value;
	return geo_check_source(value, why);
}

static int set_token_file(struct options *options, const char *value, struct strbuf *why)
{
	options->token_file = value;
	return *value ? 0 : strbuf_fail(why, -EINVAL, "the file name is empty");
}

static int set_geo_cache(struct options *options, const char *value, struct strbuf *why)
{
	if (numparse_duration(&options->geo_cache_sec, value, 60) &&
	    options->geo_cache_sec >= OPTIONS_GEO_CACHE_LEAST_SEC &&
	    options->geo_cache_sec != NUMPARSE_ALL_SEC)
		return 0;
	return strbuf_fail(why, -EINVAL, "must be a duration of a day or more: 1d, 48h, 4w");
}

static int set_output(struct options *options, const char *value, struct strbuf *why)
{
	const struct report_writer *writer = report_writer_find(value, why);
	if (!writer)
		return -EINVAL;
	options->writer = writer;
	return 0;
}

static int set_explain(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	options->wants_explanation = true;
	return 0;
}

static int set_verbose(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	if (options->verbosity < 3)
		options->verbosity++;
	return 0;
}

static int set_timeout(struct options *options, const char *value, struct strbuf *why)
{
	struct slice number = slice_string(value);
	const char *colon = strchr(value, ':');
	if (colon)
		number.length = (size_t)(colon - value);
	if (numparse_int(&options->timeout_sec, number, 1, TIMEOUT_MAX_SEC) &&
	    (!colon || state_parse(&options->timeout_state, colon + 1)))
		return 0;
	return strbuf_fail(why, -EINVAL,
	                   "must be SECONDS or SECONDS:STATE, 1 to %d, as in 20 or 20:CRITICAL",
	                   TIMEOUT_MAX_SEC);
}

static int set_extra_opts(struct options *options, const char *value, struct strbuf *why)
{
	/* all of them were replaced before; this one follows from an ini file */
	(void)options, (void)value;
	return strbuf_fail(why, -EINVAL, "an ini file can't ask for another one");
}

static int set_help(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	options->wants_help = true;
	return 0;
}

static int set_version(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	options->wants_version = true;
	return 0;
}

const struct option_row option_rows[] = {
	{ "home", 0, "CC[,CC...]", set_home,
	  "countries that are home (ISO 3166-1 alpha-2), may be repeated. Needed:\nthere is no "
	  "silent default" },
	{ "log", 'l', "FILE", options_add_log,
	  "mail log to follow; may be repeated, may be a quoted glob, may be given\nwithout --log; "
	  "- is standard input. Default: the first of\n"
	  "/var/log/mail.log, /var/log/maillog and /var/log/mail that exists; later\nruns keep to "
	  "it" },
	{ "journal", 'J', "[=DIR]", set_journal,
	  "read the systemd journal, of this host or in DIR, instead of a log file.\nThe default "
	  "where no log file is at the usual places" },
	{ "olddir", 0, "DIR", set_olddir,
	  "where rotated files are moved to, if that is another directory than the\nlog's own and "
	  "none in that (logrotate's olddir)" },
	{ "window", 'm', "DURATION", set_window,
	  "judge the last so many minutes (or 90s, 2h, 3d, all). Default: 15" },
	{ "log-timezone", 0, "ZONE", set_log_timezone,
	  "time zone of log lines that name none, where it isn't this machine's:\nEurope/Berlin, "
	  "or CET-1CEST,M3.5.0,M10.5.0/3" },
	{ "format", 'f', "NAME[,...]", set_format,
	  "log formats to look for. Default: all. Known:" FORMAT_NAMES },
	{ "geo", 'g', "SOURCE", set_geo,
	  "where countries come from: auto, mmdb[:FILE], libloc[:FILE], ipinfo[:URL];\na list is "
	  "tried in order. Default: auto, the newest database on this\n"
	  "machine, else ipinfo.io" },
	{ "ipinfo-token-file", 0, "FILE", set_token_file,
	  "file with the token for ipinfo.io; only its owner, or a group of another\nowner's, may "
	  "read it" },
	{ "geo-cache", 0, "DURATION", set_geo_cache,
	  "how long ipinfo's answers are kept, a day at the least. Default: 1d" },
	{ "trust", 0, "CIDR[,...]", set_trust,
	  "networks never judged, beside the addresses that are not public; may be\nrepeated" },
	{ "dnsbl", 0, "[=ZONE[,...]]", options_set_dnsbl,
	  "also check this server's own addresses against DNS blocklists:\nzone[=FILTER][*WEIGHT] "
	  "as postscreen(8) has them, may be repeated; $DQS is\n"
	  "where a key goes. Default: four lists that anybody may ask a little" },
	{ "dnsbl-only", 0, NULL, options_set_dnsbl_only,
	  "only that: no log, no logins, no --home" },
	{ "dnsbl-file", 0, "FILE", options_set_dnsbl_file,
	  "zones from a file, in lines; # begins a comment" },
	{ "dnsbl-key-file", 0, "FILE", options_set_dnsbl_key_file,
	  "file with the key for $DQS, protected like a token" },
	{ "dnsbl-address", 0, "IP|NAME[,...]", options_set_dnsbl_address,
	  "the addresses to check, or names to resolve; may be repeated. Default:\nfound on this "
	  "machine, and told" },
	{ "dnsbl-interval", 0, "DURATION", options_set_dnsbl_interval,
	  "keep the answers so long. Default: as the lists say, a minute to an hour" },
	{ "dnsbl-clients", 0, "ZONE[,...]", options_set_dnsbl_clients,
	  "look up the addresses of foreign logins, too, on these lists" },
	{ "resolver", 0, "IP[:PORT]", options_set_resolver,
	  "DNS server to ask instead of the system's" },
	{ "warning", 'w', "[METRIC=]RANGE", set_warning,
	  "WARNING if METRIC (default: foreign_logins) is outside RANGE; may be\nrepeated. RANGE "
	  "is [@]start:end, see below" },
	{ "critical", 'c', "[METRIC=]RANGE", set_critical, "CRITICAL likewise" },
	{ "state", 's', "FILE", set_state,
	  "where the position and the window are kept. Default: a file for these logs\nbelow "
	  "$MP_STATE_PATH, $NAGIOS_PLUGIN_STATE_DIRECTORY or\n" STATE_DIRECTORY
	  "\nor, without a place there, below your home" },
	{ "no-state", 0, NULL, set_no_state,
	  "keep nothing, write nothing: read the whole window each time" },
	{ "at", 0, "TIME", set_at,
	  "judge as if it were TIME: 2014-02-25T10:20:00Z, or @SECONDS since 1970" },
	{ "timeout", 't', "SECONDS[:STATE]", set_timeout,
	  "one budget for the whole run, and its state. Default: 10:UNKNOWN" },
	{ "verbose", 'v', NULL, set_verbose,
	  "-v: also each foreign login; -vv: also those from home, the logs and the\nstate" },
	{ "explain", 0, NULL, set_explain,
	  "read lines from standard input and say how each is understood, and why.\nNothing else "
	  "is done" },
	{ "output", 'o', "text|json", set_output,
	  "the form of the answer, and of --explain's: text, or JSON (see doc/json.md).\nDefault: "
	  "text" },
	{ "extra-opts", 0, "[=[SECTION][@FILE]]", set_extra_opts,
	  "options from an ini file, as in every Monitoring Plugin" },
	{ "help", 'h', NULL, set_help, "this text" },
	{ "version", 'V', NULL, set_version, "the version; with -v also the libraries" },
};

const size_t option_row_count = ARRAY_SIZE(option_rows);

_Static_assert(ARRAY_SIZE(option_rows) <= OPTION_ROWS_MAX, "getopt_long's table has room for all");

/* " A, B, C", each in a new line where the old one is full. */
static void add_names(struct strbuf *text, const char *(*name_of)(size_t number))
{
	const char *name, *newline = strrchr(strbuf_text(text), '\n');
	size_t column = strlen(newline ? newline + 1 : strbuf_text(text));
	for (size_t i = 0; (name = name_of(i)); i++) {
		const char *comma = name_of(i + 1) ? "," : "";
		size_t length = strlen(name) + strlen(comma);
		bool fits = column + 1 + length <= HELP_COLUMNS;
		strbuf_add_format(text, "%s%s%s", fits ? " " : "\n", name, comma);
		column = fits ? column + 1 + length : length;
	}
}

void option_row_help(struct strbuf *text, const struct option_row *row)
{
	struct slice rest = slice_string(row->help);
	size_t mark = slice_find(rest, SLICE_LITERAL(FORMAT_NAMES));
	strbuf_add(text, rest.data, mark);
	if (mark == rest.length)
		return;
	add_names(text, logformat_name);
	strbuf_add_string(text, row->help + mark + strlen(FORMAT_NAMES));
}
