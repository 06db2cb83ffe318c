/* dnsbl.c - the options about blocklists; see dnsbl.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dnsclient.h"
#include "common/numparse.h"
#include "common/printable.h"
#include "common/tokenfile.h"
#include "plugin/options/list.h"
#include "plugin/options/dnsbl.h"
#include "plugin/options/row.h"

#define INTERVAL_MOST_SEC (7 * 86400)

/* --- one by one --- */

/* Too many are told at the end: an error here would be told with VALUE. */
static int add(struct dnsbl_options *dnsbl, const char **texts, size_t *count, const char *value,
               struct strbuf *why)
{
	if (!*value)
		return strbuf_fail(why, -EINVAL, "it is empty");
	if (*count < OPTIONS_DNSBL_MOST)
		texts[(*count)++] = value;
	else
		dnsbl->has_too_many = true;
	return 0;
}

int options_set_dnsbl(struct options *options, const char *value, struct strbuf *why)
{
	options->dnsbl.is_wanted = true;
	return value
		? add(&options->dnsbl, options->dnsbl.lists, &options->dnsbl.list_count, value, why)
		: 0;
}

int options_set_dnsbl_only(struct options *options, const char *value, struct strbuf *why)
{
	(void)value, (void)why;
	options->dnsbl.is_only = options->dnsbl.is_wanted = true;
	return 0;
}

int options_set_dnsbl_file(struct options *options, const char *value, struct strbuf *why)
{
	options->dnsbl.is_wanted = true;
	return add(&options->dnsbl, options->dnsbl.files, &options->dnsbl.file_count, value, why);
}

int options_set_dnsbl_clients(struct options *options, const char *value, struct strbuf *why)
{
	return add(&options->dnsbl, options->dnsbl.client_lists, &options->dnsbl.client_list_count,
	           value, why);
}

int options_set_dnsbl_key_file(struct options *options, const char *value, struct strbuf *why)
{
	options->dnsbl.key_file = value;
	return *value ? 0 : strbuf_fail(why, -EINVAL, "the file name is empty");
}

/* Names end with a letter: what doesn't is a mistyped address. */
static bool is_target(struct slice text)
{
	struct ipaddr address;
	return ipaddr_parse(&address, text) ||
		(dns_is_name(text) && !slice_is_digit((unsigned char)text.data[text.length - 1]));
}

static int add_target(struct options *options, struct slice text, struct strbuf *why)
{
	struct dnsbl_options *dnsbl = &options->dnsbl;
	if (!is_target(text))
		return strbuf_fail(why, -EINVAL,
		                   "must be an address or the name of a mail server, or several "
		                   "with commas between them");
	if (dnsbl->target_count == OPTIONS_DNSBL_MOST)
		return strbuf_fail(why, -EINVAL, "more than %d addresses", OPTIONS_DNSBL_MOST);
	dnsbl->targets[dnsbl->target_count++] = text;
	return 0;
}

int options_set_dnsbl_address(struct options *options, const char *value, struct strbuf *why)
{
	return options_set_list(options, value, why, add_target);
}

int options_set_dnsbl_interval(struct options *options, const char *value, struct strbuf *why)
{
	int64_t *interval_sec = &options->dnsbl.interval_sec;
	if (numparse_duration(interval_sec, value, 60) && *interval_sec > 0 &&
	    *interval_sec <= INTERVAL_MOST_SEC)
		return 0;
	return strbuf_fail(why, -EINVAL, "must be a duration of a week at the most: 30m, 2h, 1d");
}

int options_set_resolver(struct options *options, const char *value, struct strbuf *why)
{
	options->dnsbl.resolver = value;
	if (dns_is_resolver(slice_string(value)))
		return 0;
	return strbuf_fail(why, -EINVAL,
	                   "must be an address, maybe with a port: 127.0.0.1, 127.0.0.1:5353, "
	                   "[::1]:53");
}

/* --- together --- */

/* "--dnsbl: REASON" from REASON alone. */
static int blame(const char *option, int error, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	strbuf_add_string(&reason, strbuf_text(why));
	return strbuf_fail(why, error, "--%s: %s", option, strbuf_text(&reason));
}

static int add_lists(struct dnsbl_zones *zones, const char *const *texts, size_t count,
                     const char *key, const char *option, struct strbuf *why)
{
	for (size_t i = 0; i < count; i++) {
		int error = dnsbl_add_zones(zones, slice_string(texts[i]), key, why);
		if (error < 0)
			return blame(option, error, why);
	}
	return 0;
}

static int read_zones(struct dnsbl_options *dnsbl, const char *key, struct strbuf *why)
{
	static const char *const usual[] = { DNSBL_DEFAULT };
	int error = add_lists(&dnsbl->zones, dnsbl->lists, dnsbl->list_count, key, "dnsbl", why);
	for (size_t i = 0; error == 0 && i < dnsbl->file_count; i++) {
		error = dnsbl_add_file(&dnsbl->zones, dnsbl->files[i], key, why);
		error = error < 0 ? blame("dnsbl-file", error, why) : 0;
	}
	if (error == 0 && dnsbl->is_wanted && !dnsbl->list_count && !dnsbl->file_count)
		error = add_lists(&dnsbl->zones, usual, 1, key, "dnsbl", why);
	if (error == 0)
		error = add_lists(&dnsbl->client_zones, dnsbl->client_lists,
		                  dnsbl->client_list_count, key, "dnsbl-clients", why);
	if (error == 0 && dnsbl->is_wanted && !dnsbl->zones.count)
		error = strbuf_fail(why, -EINVAL, "--dnsbl: no blocklist is named");
	if (error == 0 && dnsbl->client_list_count && !dnsbl->client_zones.count)
		error = strbuf_fail(why, -EINVAL, "--dnsbl-clients: no blocklist is named");
	return error;
}

static int check_together(const struct options *options, struct strbuf *why)
{
	const struct dnsbl_options *dnsbl = &options->dnsbl;
	if (dnsbl->has_too_many)
		return strbuf_fail(why, -EINVAL,
		                   "--dnsbl, --dnsbl-file or --dnsbl-clients is given more than %d "
		                   "times: put the zones into a file, or commas between them",
		                   OPTIONS_DNSBL_MOST);
	if (dnsbl->is_only && options->log_count)
		return strbuf_fail(why, -EINVAL,
		                   "--dnsbl-only reads no log: take --dnsbl to have both");
	if (dnsbl->is_only && dnsbl->client_list_count)
		return strbuf_fail(why, -EINVAL,
		                   "--dnsbl-only looks at no logins, so --dnsbl-clients has "
		                   "nothing to look up");
	if (!dnsbl->is_wanted && dnsbl->target_count)
		return strbuf_fail(why, -EINVAL, "--dnsbl-address does nothing without --dnsbl");
	if (!dnsbl->is_wanted && !dnsbl->client_list_count && dnsbl->interval_sec)
		return strbuf_fail(why, -EINVAL,
		                   "--dnsbl-interval does nothing without --dnsbl or "
		                   "--dnsbl-clients");
	return 0;
}

static int check_thresholds(const struct options *options, struct strbuf *why)
{
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		if (!policy_was_set(&options->policy, i) ||
		    (metrics[i].group & options_metric_groups(options)))
			continue;
		if (metrics[i].group == METRIC_OF_LOGINS)
			return strbuf_fail(why, -EINVAL,
			                   "there is a threshold for %s, which --dnsbl-only "
			                   "doesn't count",
			                   metrics[i].name);
		return strbuf_fail(why, -EINVAL,
		                   "there is a threshold for %s, which is counted with --dnsbl%s "
		                   "only",
		                   metrics[i].name,
		                   metrics[i].group == METRIC_OF_CLIENTS ? "-clients" : "");
	}
	return 0;
}

int options_finish_dnsbl(struct options *options, struct strbuf *why)
{
	struct strbuf key CLEANUP(strbuf_release) = STRBUF_INIT(TOKENFILE_MAX);
	struct dnsbl_options *dnsbl = &options->dnsbl;
	int error = check_together(options, why);
	if (error == 0 && dnsbl->key_file) {
		error = tokenfile_read(&key, dnsbl->key_file, why);
		error = error < 0 ? blame("dnsbl-key-file", error, why) : 0;
	}
	if (error == 0)
		error = read_zones(dnsbl, dnsbl->key_file ? strbuf_text(&key) : NULL, why);
	if (key.data)
		explicit_bzero(key.data, key.length);
	return error < 0 ? error : check_thresholds(options, why);
}

unsigned options_metric_groups(const struct options *options)
{
	return (options->dnsbl.is_only ? 0u : METRIC_OF_LOGINS) |
		(options->dnsbl.zones.count ? METRIC_OF_DNSBL : 0u) |
		(options->dnsbl.client_zones.count ? METRIC_OF_CLIENTS : 0u);
}
