/* options.c - the command line; see options.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <getopt.h>

#include "common/likely.h"
#include "common/numparse.h"
#include "common/printable.h"
#include "plugin/options.h"
#include "plugin/options/dnsbl.h"
#include "plugin/options/row.h"
#include "plugin/report.h"

#define DEFAULT_WINDOW_SEC (15 * 60)
#define HELP_MAX 2000 /* of one option */

#define LONG_BASE 256 /* getopt's value of a row is LONG_BASE + its index, or its letter */

static int argument_kind(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return row->argument[0] == '[' && row->argument[1] == '=' ? optional_argument
								  : required_argument;
}

/* getopt_long's two tables, made from ours. */
static void make_tables(struct option *longs, struct strbuf *letters)
{
	strbuf_add_char(letters, ':');
	for (size_t i = 0; i < option_row_count; i++) {
		longs[i] = (struct option){ .name = option_rows[i].name,
			                    .has_arg = argument_kind(&option_rows[i]),
			                    .val = LONG_BASE + (int)i };
		if (!option_rows[i].letter)
			continue;
		strbuf_add_char(letters, option_rows[i].letter);
		if (option_rows[i].argument)
			strbuf_add_string(letters,
			                  argument_kind(&option_rows[i]) == optional_argument
			                          ? "::"
			                          : ":");
	}
	longs[option_row_count] = (struct option){ 0 };
}

static const struct option_row *find_row(int value)
{
	if (value >= LONG_BASE && value < LONG_BASE + (int)option_row_count)
		return &option_rows[value - LONG_BASE];
	for (size_t i = 0; i < option_row_count; i++)
		if (value && option_rows[i].letter == value)
			return &option_rows[i];
	return NULL;
}

/* "--GIVEN" or "--GIVEN=VALUE" is no option, or the front of several. */
static int refuse_name(const char *given, struct strbuf *why)
{
	struct slice rest = slice_string(given);
	slice_take_string(&rest, "--");
	struct slice name = slice_take_until(&rest, '=');
	struct likely likely = likely_begin(name);
	struct strbuf longer CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; i < option_row_count; i++) {
		likely_try(&likely, option_rows[i].name);
		if (strncmp(option_rows[i].name, name.data, name.length) == 0)
			strbuf_add_format(&longer, "%s--%s", longer.length ? ", " : "",
			                  option_rows[i].name);
	}
	strbuf_fail(why, 0,
	            longer.length ? "there is more than one option that begins with \""
	                          : "there is no option \"");
	printable_add(why, slice_string(given), 60);
	strbuf_add_format(why, "\"%s%s", longer.length ? ": " : "", strbuf_text(&longer));
	if (!longer.length)
		likely_tell(&likely, why, "--");
	return -EINVAL;
}

/* What getopt_long didn't like: an unknown option, one without its argument, or with one that it
 * doesn't take. */
static int refuse(int found, char **argv, struct strbuf *why)
{
	const struct option_row *row = find_row(optopt);
	if (row) {
		const char *fault = found == ':' ? "needs a value" : "takes no value";
		return strbuf_fail(why, -EINVAL, "--%s %s", row->name, fault);
	}
	char letter[] = { '-', (char)optopt, '\0' };
	if (!optopt)
		return refuse_name(argv[optind - 1], why);
	strbuf_fail(why, 0, "there is no option \"");
	printable_add(why, slice_string(letter), 2);
	strbuf_add_string(why, "\"");
	return -EINVAL;
}

/* "--window=x: REASON" from REASON alone. */
static int blame(const char *option, const char *value, int error, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	strbuf_add_string(&reason, strbuf_text(why));
	strbuf_fail(why, error, "--%s=", option);
	printable_add(why, slice_string(value ? value : ""), 60);
	strbuf_add_string(why, ": ");
	/* others quote what was typed as it is */
	printable_add_sentence(why, slice_string(strbuf_text(&reason)), WHY_MAX);
	return error;
}

/* A fault is told in the form that --output asks for, wherever that stands. */
static void find_output(struct options *options, int argc, char **argv)
{
	struct option longs[OPTION_ROWS_MAX + 1];
	struct strbuf letters CLEANUP(strbuf_release) = STRBUF_INIT(100);
	struct strbuf unwanted CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	int found;
	make_tables(longs, &letters);
	optind = 0;
	while ((found = getopt_long(argc, argv, strbuf_text(&letters), longs, NULL)) != -1) {
		const struct option_row *row = find_row(found);
		if (row && optarg && strcmp(row->name, "output") == 0)
			(void)row->set(options, optarg, &unwanted);
	}
}

static int parse_all(struct options *options, int argc, char **argv, struct strbuf *why)
{
	struct option longs[OPTION_ROWS_MAX + 1];
	struct strbuf letters CLEANUP(strbuf_release) = STRBUF_INIT(100);
	make_tables(longs, &letters);
	optind = 0; /* glibc: start anew, also in tests */
	opterr = 0;
	int found;
	while ((found = getopt_long(argc, argv, strbuf_text(&letters), longs, NULL)) != -1) {
		const struct option_row *row = found == '?' || found == ':' ? NULL
									    : find_row(found);
		if (!row)
			return refuse(found, argv, why);
		int result = row->set(options, optarg, why);
		if (result < 0)
			return blame(row->name, optarg, result, why);
	}
	for (int i = optind; i < argc; i++) {
		int result = options_add_log(options, argv[i], why);
		if (result < 0)
			return result;
	}
	return 0;
}

static int check_together(const struct options *options, struct strbuf *why)
{
	if (options->wants_help || options->wants_version)
		return 0;
	if (options->wants_explanation)
		return options->log_count
			? strbuf_fail(why, -EINVAL,
		                      "--explain reads standard input: give the log with \"<\"")
			: 0;
	if (!country_set_count(&options->home) && !options->dnsbl.is_only)
		return strbuf_fail(why, -EINVAL,
		                   "--home is missing: which countries are home? For example "
		                   "--home=US, or --home=DE,AT");
	if (options->state && options->no_state)
		return strbuf_fail(why, -EINVAL,
		                   "--state and --no-state contradict each other: give one of "
		                   "them");
	return 0;
}

static int parse_arguments(struct options *options, int argc, char **argv, struct strbuf *why)
{
	int result = parse_all(options, argc, argv, why);
	if (result == 0)
		result = check_together(options, why);
	return result < 0 || options->wants_help || options->wants_version ||
			options->wants_explanation
		? result
		: options_finish_dnsbl(options, why);
}

int options_parse(struct options *options, int argc, char **argv, int64_t clock_sec,
                  struct strbuf *why)
{
	*options = (struct options){
		.window_sec = DEFAULT_WINDOW_SEC,
		.formats = LOGFORMAT_ALL,
		.now_sec = clock_sec,
		.geo = "auto",
		.geo_cache_sec = OPTIONS_GEO_CACHE_LEAST_SEC,
		.timeout_sec = OPTIONS_TIMEOUT_SEC,
		.timeout_state = STATE_UNKNOWN,
		.writer = &report_writer_text,
	};
	policy_init(&options->policy);
	int result = nagiosplug_extra_opts(&argc, &argv, argc, argv, PACKAGE_NAME, why);
	result = result < 0 ? blame("extra-opts", "", result, why)
			    : parse_arguments(options, argc, argv, why);
	if (result < 0)
		find_output(options, argc, argv);
	return result;
}

void options_release(struct options *options)
{
	for (size_t i = 0; i < options->log_count; i++)
		free(options->logs[i]);
	free(options->logs);
	free(options->trusted);
	policy_release(&options->policy);
	dnsbl_zones_release(&options->dnsbl.zones);
	dnsbl_zones_release(&options->dnsbl.client_zones);
	*options = (struct options){ 0 };
}

int64_t options_window_begin_sec(const struct options *options)
{
	return options->window_sec == NUMPARSE_ALL_SEC ? INT64_MIN
						       : options->now_sec - options->window_sec;
}

static void print_row(const struct option_row *row)
{
	if (row->letter)
		printf(" -%c, --%s", row->letter, row->name);
	else
		printf(" --%s", row->name);
	if (row->argument)
		printf("%s%s", argument_kind(row) == optional_argument ? "" : "=", row->argument);
	printf("\n    ");
	struct strbuf help CLEANUP(strbuf_release) = STRBUF_INIT(HELP_MAX);
	option_row_help(&help, row);
	for (const char *at = strbuf_text(&help); *at; at++) {
		putchar(*at);
		if (*at == '\n')
			printf("    ");
	}
	putchar('\n');
}

static void print_metrics(void)
{
	printf("\nMetrics, and their default thresholds:\n");
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		printf(" %s", metrics[i].name);
		if (metrics[i].default_warning)
			printf(" (warning %s)", metrics[i].default_warning);
		if (metrics[i].default_critical)
			printf(" (critical %s)", metrics[i].default_critical);
		printf("\n    %s\n", metrics[i].help);
	}
}

void options_print_help(void)
{
	options_print_version(false);
	printf("Places the client addresses of authenticated mail logins; alerts on foreign ones\n"
	       "\nUsage: check_mail_geo --home=CC[,CC...] [OPTION...] [LOG...]\n"
	       "       check_mail_geo --dnsbl-only [OPTION...]\n\n");
	for (size_t i = 0; i < option_row_count; i++)
		print_row(&option_rows[i]);
	print_metrics();
	printf("\nA RANGE alerts outside start:end, both included: 5 is 0:5, 5: is 5 and more,\n"
	       "~:5 is anything up to 5, @1:5 alerts inside, ~: never alerts.\n"
	       "\nExit states: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (it could not be told).\n"
	       "\nExample:\n check_mail_geo --home=US -m 15 -w 0 -c user_countries=2 "
	       "/var/log/mail.log\n");
}

/* What can be left out when the program is built. */
static const struct {
	const char *name;
	bool is_built_in;
} libraries[] = {
#ifdef LIBCURL_SONAME
	{ "ipinfo.io (libcurl)", true },
#else
	{ "ipinfo.io (libcurl)", false },
#endif
#ifdef LIBCARES_SONAME
	{ "DNS blocklists (libcares)", true },
#else
	{ "DNS blocklists (libcares)", false },
#endif
#ifdef LIBARCHIVE_SONAME
	{ "compressed logs (libarchive)", true },
#else
	{ "compressed logs (libarchive)", false },
#endif
#ifdef LIBSYSTEMD_SONAME
	{ "the journal (libsystemd)", true },
#else
	{ "the journal (libsystemd)", false },
#endif
	/* its files are read without it, always */
	{ "libloc", true },
};

void options_print_version(bool with_libraries)
{
	printf("%s v%s (%s %s)\n", PACKAGE_NAME, PACKAGE_VERSION, PACKAGE_NAME, PACKAGE_VERSION);
	if (!with_libraries)
		return;
	printf("ranges and extra-opts: %s\n", nagiosplug_backend());
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		printf("%s: %s\n", libraries[i].name, libraries[i].is_built_in ? "yes" : "no");
}
