/* input_options.c - the fuzz targets of the command line, of ini files, and of files of blocklists;
 * see input.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/nagiosplug.h"
#include "common/xalloc.h"
#include "plugin/dnsbl/verdict.h"
#include "plugin/dnsbl/zone.h"
#include "plugin/options.h"
#include "tests/fuzz/input.h"

#define NOW_SEC INT64_C(1740000000)
#define WORDS_MOST 40
#define KEY "k3yk3yk3yk3yk3yk3yk3yk3yk3"

static struct strbuf why = STRBUF_INIT(WHY_MAX);

/* --- options --- */

static void check_options(const struct options *options)
{
	fuzz_promise(options->wants_help || options->wants_version || options->wants_explanation ||
	                     country_set_count(&options->home) || options->dnsbl.is_only,
	             "without a home there is no run");
	fuzz_promise(options->log_count <= OPTIONS_LOGS_MAX &&
	                     options->trusted_count <= OPTIONS_TRUST_MAX,
	             "lists have an end");
	fuzz_promise(options->window_sec > 0, "a window is longer than nothing");
	fuzz_promise(options_window_begin_sec(options) < options->now_sec,
	             "a window begins before now");
	fuzz_promise(options->timeout_sec > 0 && options->timeout_sec <= 86400, "a run has an end");
	fuzz_promise(options->geo_cache_sec >= OPTIONS_GEO_CACHE_LEAST_SEC,
	             "answers are kept for a day at least");
	fuzz_promise(!options->state || !options->no_state, "what contradicts is refused");
}

static void parse(int argc, char **argv)
{
	struct options options;
	strbuf_clear(&why);
	int result = options_parse(&options, argc, argv, NOW_SEC, &why);
	fuzz_promise_why(result, &why);
	if (result == 0)
		check_options(&options);
	options_release(&options);
}

/* The words of the command line stand in lines; after a first "--home=DE", which most need. */
void fuzz_options(const uint8_t *bytes, size_t length)
{
	char *text CLEANUP(xalloc_freep) = xalloc_copy(bytes, length);
	char *argv[WORDS_MOST + 3] = { (char[]){ "check_mail_geo" }, (char[]){ "--home=DE" } };
	int argc = 2;
	for (char *at = text, *end = text + strlen(text); at < end && argc < WORDS_MOST + 2;
	     at += strlen(at) + 1) {
		at[strcspn(at, "\n")] = '\0';
		if (strncmp(at, "--ex", 4) !=
		    0) /* another target; and what it reads stays for ever */
			argv[argc++] = at;
	}
	parse(argc, argv);
}

/* --- ini files --- */

void fuzz_ini(const uint8_t *bytes, size_t length)
{
	char option[PATH_MAX + 200], program[] = "check_mail_geo";
	char *argv[] = { program, option, NULL }, **made = NULL;
	int count = 0;
	snprintf(option, sizeof option, "--extra-opts=@%s",
	         fuzz_file("plugins.ini", bytes, length));
	strbuf_clear(&why);
	int result = nagiosplug_extra_opts(&count, &made, 2, argv, "check_mail_geo", &why);
	fuzz_promise_why(result, &why);
	if (result < 0)
		return;
	fuzz_promise(count > 1 && count <= 1001 && made[0] == program && !made[count],
	             "there are options, and an end of them");
	for (int i = 1; i < count; i++)
		fuzz_promise(made[i][0] == '-' && made[i][1], "each is an option");
	parse(count, made);
	for (int i = 1; i < count; i++) { /* the array is kept */
		free(made[i]);
		made[i] = NULL;
	}
}

/* --- files of blocklists --- */

static void check_zones(const struct dnsbl_zones *zones)
{
	struct ipaddr address;
	char name[DNS_NAME_ROOM];
	fuzz_promise(zones->count <= DNSBL_ZONES_MOST, "lists have an end");
	for (size_t i = 0; i < zones->count; i++) {
		const struct dnsbl_zone *zone = &zones->zones[i];
		fuzz_promise(dns_is_name(slice_string(zone->name)), "a zone is a name");
		fuzz_promise(!strstr(zone->shown, KEY) && !strstr(zone->key, KEY),
		             "a key is never told");
		fuzz_promise(zone->weight >= -DNSBL_WEIGHT_MOST &&
		                     zone->weight <= DNSBL_WEIGHT_MOST,
		             "a weight has a bound");
		fuzz_promise(ipaddr_parse(&address, slice_string("2001:db8::1")) &&
		                     dnsbl_query_name(name, &address, zone->name) &&
		                     dns_is_name(slice_string(name)),
		             "each zone can be asked of the longest address");
		for (size_t other = 0; other < i; other++)
			fuzz_promise(strcasecmp(zone->name, zones->zones[other].name) != 0,
			             "a zone is there once");
	}
}

void fuzz_zones(const uint8_t *bytes, size_t length)
{
	struct dnsbl_zones zones = { 0 };
	if (memmem(bytes, length, KEY, strlen(KEY)))
		return; /* a file that has the key itself, anywhere, may be told */
	strbuf_clear(&why);
	int result = dnsbl_add_file(&zones, fuzz_file("zones", bytes, length), KEY, &why);
	fuzz_promise_why(result, &why);
	fuzz_promise(!strstr(strbuf_text(&why), KEY), "a key is never told");
	check_zones(&zones);
	dnsbl_zones_release(&zones);
}
