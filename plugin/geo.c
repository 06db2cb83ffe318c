/* geo.c - where an address is: the façade of the geolocation sources; see geo.h
 *
 * Opens what --geo names, asks one database after the other, and judges the country codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/country.h"
#include "common/xalloc.h"
#include "plugin/geo.h"
#include "plugin/geo/choice.h"
#include "plugin/geo/dbfile.h"
#include "plugin/geo/usual.h"

static const struct geo_database *const databases[] = {
	&geo_database_mmdb,
	&geo_database_libloc,
	NULL,
};

static const struct geo_service *const services[] = {
	&geo_service_ipinfo,
	NULL,
};

static const struct geo_kinds kinds = { databases, services };

#define PLACES_BITS 15
#define PLACES_REMEMBERED (1U << PLACES_BITS)

/* What was answered last of the addresses that share a slot: clients log in again and again, and
 * this is ten times as fast as a lookup. Where nearly each address is a new one it makes a lookup
 * half as slow again: so it is given up when, of the first so many, not one in eight was here. */
#define RECALLS_TRIED (2 * PLACES_REMEMBERED)
#define RECALLS_A_HIT 8

struct remembered {
	struct ipaddr address;
	struct place place;
	int result; /* 0 or more */
	bool is_set;
};

struct geo {
	size_t count;
	struct dbfile files[CHOICES_MAX];  /* in the order in which they are asked */
	const struct geo_service *service; /* NULL: there is none */
	void *remote;                      /* the service, open */
	size_t behind;                     /* the first file that stands behind it in the list */
	struct remembered *remembered;     /* of those before it; NULL until one was asked */
	size_t recalls, recalls_known;     /* asked of it; and how many it had */
};

/* --- opening --- */

int geo_check_source(const char *source, struct strbuf *why)
{
	struct choice choices[CHOICES_MAX];
	int count = choice_parse(choices, source, &kinds, why);
	return count < 0 ? count : 0;
}

void geo_add_names(struct strbuf *text)
{
	choice_add_names(text, &kinds);
}

/* What the administrator named is used or is an error, never left out. */
static int add_named(struct geo *geo, const struct choice *choice, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char *path CLEANUP(xalloc_freep) = xalloc_copy(choice->place.data, choice->place.length);
	int error = dbfile_open(&geo->files[geo->count], choice->database, path, &reason);
	if (error)
		return strbuf_fail(why, error, "%s: %s", strbuf_text(&reason),
		                   choice->database->advice);
	geo->count++;
	return 0;
}

/* The advice comes before the reasons: those may be too many to be shown. */
static int nothing_found(const struct choice *choices, int count, const struct strbuf *reasons,
                         struct strbuf *why)
{
	struct strbuf advice CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; databases[i]; i++) {
		bool is_wanted = false;
		for (int k = 0; k < count; k++)
			is_wanted = is_wanted || !choices[k].database ||
				choices[k].database == databases[i];
		if (is_wanted)
			strbuf_add_format(&advice, "%s%s", advice.length ? ", or " : "",
			                  databases[i]->advice);
	}
	return strbuf_fail(why, -ENOENT, "no geolocation database could be opened: %s%s",
	                   strbuf_text(&advice), strbuf_text(reasons));
}

static int open_service(struct geo *geo, const struct geo_service *service, struct slice url,
                        const char *token_file, struct strbuf *why)
{
	int error = service->open(&geo->remote, url, token_file, why);
	if (error < 0)
		return error;
	geo->service = service;
	geo->behind = geo->count;
	return 0;
}

static const struct geo_service *service_for_auto(void)
{
	for (size_t i = 0; services[i]; i++)
		if (services[i]->is_for_auto)
			return services[i];
	return NULL;
}

static int open_all(struct geo *geo, const struct choice *choices, int count, const char *root,
                    const char *token_file, struct strbuf *why)
{
	struct strbuf reasons CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	bool is_auto = count == 1 && !choices[0].database && !choices[0].service;
	for (int i = 0; i < count; i++) {
		int error = 0;
		if (choices[i].service)
			error = open_service(geo, choices[i].service, choices[i].place, token_file,
			                     why);
		else if (choices[i].place.data)
			error = add_named(geo, &choices[i], why);
		else
			geo->count += usual_find_newest(&geo->files[geo->count], databases,
			                                choices[i].database, root, &reasons);
		if (error)
			return error;
	}
	if (is_auto && !geo->count && service_for_auto())
		return open_service(geo, service_for_auto(), slice_make("", 0), token_file, why);
	return geo->count || geo->service ? 0 : nothing_found(choices, count, &reasons, why);
}

int geo_open_in(struct geo **ret, const char *source, const char *root, const char *token_file,
                struct strbuf *why)
{
	struct choice choices[CHOICES_MAX];
	int count = choice_parse(choices, source, &kinds, why);
	if (count < 0)
		return count;
	struct geo *geo = xalloc_zero(1, sizeof *geo);
	int error = open_all(geo, choices, count, root, token_file, why);
	if (error) {
		geo_free(geo);
		return error;
	}
	geo->behind = geo->service ? geo->behind : geo->count;
	*ret = geo;
	return 0;
}

int geo_open(struct geo **ret, const char *source, const char *token_file, struct strbuf *why)
{
	return geo_open_in(ret, source, "", token_file, why);
}

void geo_free(struct geo *geo)
{
	if (!geo)
		return;
	for (size_t i = 0; i < geo->count; i++)
		dbfile_close(&geo->files[i]);
	if (geo->service)
		geo->service->close(geo->remote);
	free(geo->remembered);
	free(geo);
}

void geo_freep(struct geo **geo)
{
	geo_free(*geo);
}

/* --- asking --- */

static char upper(char byte)
{
	return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

/* "EU", "AP", "A1", "XX", "ZZ", "??" are answers of databases, and no countries. */
static bool has_country(struct place *place)
{
	place->country[0] = upper(place->country[0]);
	place->country[1] = upper(place->country[1]);
	place->country[2] = '\0';
	return country_name(place->country) != NULL;
}

/* In the files from FIRST on, before END. */
static int look_up_one(struct geo *geo, size_t first, size_t end, const struct ipaddr *address,
                       struct place *ret, struct strbuf *why)
{
	*ret = (struct place){ 0 };
	for (size_t i = first; i < end; i++) {
		int result = dbfile_lookup(&geo->files[i], address, ret, why);
		if (result > 0 && has_country(ret))
			return result;
		*ret = (struct place){ 0 };
		if (result < 0)
			return result;
	}
	return 0;
}

/* A database may know tunnels, and what it says of one counts; else the host behind it is where its
 * IPv4 address is. */
static int look_up(struct geo *geo, size_t first, size_t end, const struct ipaddr *address,
                   struct place *ret, struct strbuf *why)
{
	struct ipaddr embedded;
	int result = look_up_one(geo, first, end, address, ret, why);
	if (result == 0 && ipaddr_get_embedded(address, &embedded) && ipaddr_is_public(&embedded))
		result = look_up_one(geo, first, end, &embedded, ret, why);
	return result;
}

int geo_lookup(struct geo *geo, const struct ipaddr *address, struct place *ret, struct strbuf *why)
{
	return look_up(geo, 0, geo->behind, address, ret, why);
}

/* By the product's upper bits: the lower ones know nothing of an address' last bytes. Strangers may
 * make their addresses share a slot: it costs a lookup, as if there were none. */
static struct remembered *slot_of(struct geo *geo, const struct ipaddr *address)
{
	uint64_t words[2];
	if (!geo->remembered)
		geo->remembered = xalloc_zero(PLACES_REMEMBERED, sizeof *geo->remembered);
	memcpy(words, address->bytes, sizeof words);
	return &geo->remembered[(words[0] ^ words[1]) * UINT64_C(0x9e3779b97f4a7c15) >>
	                        (64 - PLACES_BITS)];
}

int geo_recall(struct geo *geo, const struct ipaddr *address, struct place *ret, struct strbuf *why)
{
	if (geo->recalls >= RECALLS_TRIED && geo->recalls_known < geo->recalls / RECALLS_A_HIT)
		return geo_lookup(geo, address, ret, why);
	struct remembered *slot = slot_of(geo, address);
	bool is_known = slot->is_set && ipaddr_equals(&slot->address, address);
	geo->recalls++;
	geo->recalls_known += is_known;
	if (!is_known) {
		slot->is_set = false;
		slot->result = geo_lookup(geo, address, &slot->place, why);
		slot->address = *address;
		slot->is_set = slot->result >= 0;
	}
	*ret = slot->place;
	return slot->result;
}

int geo_lookup_behind(struct geo *geo, const struct ipaddr *address, struct place *ret,
                      struct strbuf *why)
{
	return look_up(geo, geo->behind, geo->count, address, ret, why);
}

int geo_check(struct geo *geo, struct strbuf *why)
{
	int error = 0;
	for (size_t i = 0; i < geo->count && !error; i++)
		error = dbfile_check(&geo->files[i], why);
	return error;
}

/* --- the service --- */

bool geo_has_remote(const struct geo *geo)
{
	return geo->service != NULL;
}

struct ipaddr geo_remote_address(const struct geo *geo, const struct ipaddr *address)
{
	struct ipaddr embedded;
	bool is_tunnel = !geo->service->knows_tunnels && ipaddr_get_embedded(address, &embedded);
	return is_tunnel ? embedded : *address;
}

int64_t geo_remote_keep_sec(const struct geo *geo, const struct place *answer, int64_t usual_sec)
{
	return answer->country[0] ? usual_sec : geo->service->nowhere_sec;
}

void geo_ask_remote(struct geo *geo, const struct ipaddr *addresses, size_t count,
                    const struct deadline *deadline, geo_answer_fn *function, void *context,
                    struct geo_outcome *ret)
{
	geo->service->ask(geo->remote, addresses, count, deadline, function, context, ret);
}

/* --- telling --- */

static void add_date(struct strbuf *text, int64_t at_sec)
{
	time_t at = (time_t)at_sec;
	struct tm utc;
	char date[32];
	if (at_sec > 0 && gmtime_r(&at, &utc) && strftime(date, sizeof date, "%Y-%m-%d", &utc))
		strbuf_add_format(text, " of %s", date);
}

void geo_describe(const struct geo *geo, struct strbuf *text)
{
	for (size_t i = 0; i < geo->count; i++) {
		const struct dbfile *file = &geo->files[i];
		strbuf_add_format(text, "%s%s %s", i ? ", " : "", file->kind->name, file->path);
		add_date(text, dbfile_built_at_sec(file));
	}
	if (geo->count && geo->service)
		strbuf_add_string(text, ", ");
	if (geo->service)
		geo->service->describe(geo->remote, text);
}

void geo_describe_remote(const struct geo *geo, struct strbuf *text)
{
	geo->service->describe(geo->remote, text);
}

int64_t geo_built_at_sec(const struct geo *geo)
{
	int64_t oldest = 0;
	for (size_t i = 0; i < geo->count; i++) {
		int64_t built = dbfile_built_at_sec(&geo->files[i]);
		if (built > 0 && (!oldest || built < oldest))
			oldest = built;
	}
	return oldest;
}
