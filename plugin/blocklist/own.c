/* own.c - which addresses are the server's own; see own.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/xalloc.h"
#include "plugin/blocklist/own.h"

/* Those that nobody has, and whoever tries an alert asks for: lists have 127.0.0.2, examples have
 * the others. */
static bool is_for_trying(const struct ipaddr *address)
{
	static const char *const networks[] = { "127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24",
		                                "203.0.113.0/24", "2001:db8::/32" };
	struct ipprefix prefix;
	for (size_t i = 0; i < ARRAY_SIZE(networks); i++)
		if (ipprefix_parse(&prefix, slice_string(networks[i])) &&
		    ipprefix_contains(&prefix, address))
			return true;
	return false;
}

static void add_fault(struct strbuf *fault, const char *text)
{
	strbuf_add_format(fault, "%s%s", fault->length ? "; " : "", text);
}

static void add_own(struct own *self, const struct ipaddr *address, const char *name)
{
	char text[IPADDR_TEXT_ROOM];
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	ipaddr_format(address, text);
	if (!ipaddr_is_public(address) && !is_for_trying(address)) {
		strbuf_add_format(&why,
		                  "%s%s%s%s is a private address, which no blocklist has: "
		                  "--dnsbl-address wants the public one",
		                  name, *name ? " (" : "", text, *name ? ")" : "");
		add_fault(&self->fault, strbuf_text(&why));
		return;
	}
	for (size_t i = 0; i < self->count && i < DNSBL_ADDRESSES_MOST; i++)
		if (ipaddr_equals(&self->addresses[i].address, address))
			return;
	if (self->count++ >= DNSBL_ADDRESSES_MOST)
		return; /* the count tells */
	struct own_address *own = &self->addresses[self->count - 1];
	own->address = *address;
	snprintf(own->place, sizeof own->place, "%s", name);
}

static void take_host(struct own *self, const struct dnsbl_host *host)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (host->fault) {
		strbuf_add_format(&why, "%s can't be resolved%s: %s", host->name,
		                  host->count ? " completely" : "", host->fault);
		add_fault(&self->fault, strbuf_text(&why));
	}
	for (size_t i = 0; i < host->count; i++)
		add_own(self, &host->addresses[i], host->name);
}

static void resolve(struct own *self, struct dnsbl_host *hosts, size_t count, const char *resolver,
                    const struct deadline *run)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct deadline deadline = deadline_halfway(run);
	if (dnsbl_resolve(hosts, count, resolver, &deadline, &why) < 0) {
		add_fault(&self->fault, strbuf_text(&why));
		return;
	}
	for (size_t i = 0; i < count; i++)
		take_host(self, &hosts[i]);
}

static void take_targets(struct own *self, const struct dnsbl_options *dnsbl,
                         const struct deadline *run)
{
	struct dnsbl_host *hosts = xalloc_zero(dnsbl->target_count, sizeof *hosts);
	struct ipaddr address;
	size_t count = 0;
	for (size_t i = 0; i < dnsbl->target_count; i++) {
		struct slice text = dnsbl->targets[i];
		if (ipaddr_parse(&address, text))
			add_own(self, &address, "");
		else
			snprintf(hosts[count++].name, sizeof hosts->name, "%.*s", (int)text.length,
			         text.data);
	}
	if (count)
		resolve(self, hosts, count, dnsbl->resolver, run);
	free(hosts);
}

void own_init(struct own *self)
{
	*self = (struct own){ .fault = STRBUF_INIT(WHY_MAX) };
}

void own_release(struct own *self)
{
	strbuf_release(&self->fault);
}

void own_find(struct own *self, const struct options *options, const struct deadline *run)
{
	if (options->dnsbl.target_count) {
		take_targets(self, &options->dnsbl, run);
		return;
	}
	self->count = dnsbl_own_addresses(self->addresses);
	if (!self->count)
		add_fault(&self->fault,
		          "this machine has only private addresses: tell with --dnsbl-address=IP "
		          "which public one its mail comes from");
}
