/* ipinfo.c - countries from ipinfo.io, or from a server of the same shape
 *
 * From ipinfo's developer pages and OpenAPI, and observabilitystack/geoip-api:
 *
 *	GET  https://ipinfo.io/ADDRESS/country          "NL\n": without a token (legacy)
 *	GET  https://api.ipinfo.io/lite/ADDRESS
 *		{"asn":"AS1103","as_name":…,"country_code":"NL","country":"The Netherlands",…}
 *	POST https://api.ipinfo.io/batch/lite
 *		["ADDRESS",…], at most 1,000: {"ADDRESS":{…},…}
 *	GET  https://api.ipinfo.io/lookup/ADDRESS
 *		{"ip":…,"geo":{"country_code":…,"latitude":…},"as":{…},"anonymous":{…}}: Core, Plus
 *	GET  URL/ADDRESS
 *		{"country":"NL","latitude":"52.4",…}: self-hosted
 *
 * "country" is a code in some answers and a name in others: only two capital letters are believed.
 * Nothing but addresses is sent.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/httpclient.h"
#include "common/tokenfile.h"
#include "common/xalloc.h"
#include "plugin/geo/placejson.h"
#include "plugin/geo/service.h"

#define URL_MAX 500
#define BATCH_MOST 1000  /* entries; ipinfo.io refuses more */
#define PLACE_BYTES 2000 /* of one address in an answer; Core's have 900 */
#define PAUSE_SEC 300    /* after a 429 that names no time */
#define NOWHERE_SEC 3600 /* after which it may know an address that it didn't */
#define LEGACY_URL "https://ipinfo.io"
#define LITE_URL "https://api.ipinfo.io/lite"
#define LITE_PATH "/lite"

struct ipinfo {
	char *url;       /* without a slash at its end */
	char *batch_url; /* NULL: one by one */
	bool is_legacy;  /* URL/ADDRESS/country, a text */
	struct strbuf token;
};

/* --- the URL --- */

static bool is_url_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || (byte && strchr("-._~/:[]%", byte));
}

/* "127.0.0.1:8080/x" -> "127.0.0.1", "[::1]:80" -> "::1" */
static struct slice host_of(struct slice rest)
{
	if (slice_take_char(&rest, '['))
		return slice_take_until(&rest, ']');
	size_t length = 0;
	while (length < rest.length && rest.data[length] != ':' && rest.data[length] != '/')
		length++;
	return slice_make(rest.data, length);
}

static bool is_near(struct slice host)
{
	struct ipaddr address;
	return slice_equals(host, "localhost") ||
		(ipaddr_parse(&address, host) && !ipaddr_is_public(&address));
}

/* https, or http to a loopback or private address, without user names, "?" and "#". */
static int check_url(struct slice url, struct strbuf *why)
{
	struct slice rest = url, all = url;
	if (!url.length)
		return 0;
	bool is_encrypted = slice_take_string(&rest, "https://");
	if (!is_encrypted && !slice_take_string(&rest, "http://"))
		return strbuf_fail(why, -EINVAL, "the URL of ipinfo must begin with https://");
	bool has_url_bytes = slice_take_while(&all, is_url_byte, URL_MAX).length == url.length;
	if (!has_url_bytes || !host_of(rest).length)
		return strbuf_fail(why, -EINVAL,
		                   "ipinfo can't be asked at such a URL: "
		                   "https://HOST[:PORT][/PATH], and no more");
	if (!is_encrypted && !is_near(host_of(rest)))
		return strbuf_fail(why, -EINVAL,
		                   "http:// is only for localhost and private addresses: use "
		                   "https://");
	return 0;
}

static char *join(const char *a, const char *b)
{
	struct strbuf text = STRBUF_INIT(URL_MAX + 100);
	strbuf_add_format(&text, "%s%s", a, b);
	return strbuf_detach(&text);
}

static void set_url(struct ipinfo *self, struct slice url)
{
	const char *usual = self->token.length ? LITE_URL : LEGACY_URL;
	self->is_legacy = !url.length && !self->token.length;
	while (slice_ends_with(url, "/"))
		url.length--;
	self->url = url.length ? xalloc_copy(url.data, url.length) : xalloc_string(usual);
	struct slice base = slice_string(self->url);
	if (!slice_ends_with(base, LITE_PATH))
		return;
	char *front CLEANUP(xalloc_freep) = xalloc_copy(base.data, base.length - strlen(LITE_PATH));
	self->batch_url = join(front, "/batch" LITE_PATH);
}

/* --- open, close, describe --- */

static void close_ipinfo(void *service)
{
	struct ipinfo *self = service;
	free(self->url);
	free(self->batch_url);
	strbuf_release(&self->token);
	free(self);
}

static int open_ipinfo(void **ret, struct slice url, const char *token_file, struct strbuf *why)
{
	int error = check_url(url, why);
	if (error < 0)
		return error;
	struct ipinfo *self = xalloc_zero(1, sizeof *self);
	strbuf_init(&self->token, TOKENFILE_MAX);
	error = token_file ? tokenfile_read(&self->token, token_file, why) : 0;
	if (error < 0) {
		close_ipinfo(self);
		return error;
	}
	set_url(self, url);
	*ret = self;
	return 0;
}

static void describe_ipinfo(const void *service, struct strbuf *text)
{
	const struct ipinfo *self = service;
	bool is_plain = slice_starts_with(slice_string(self->url), "http://");
	strbuf_add_format(text, "ipinfo %s%s", self->url, is_plain ? " (not encrypted)" : "");
}

/* --- answers --- */

struct asking {
	const struct ipinfo *ipinfo;
	const struct ipaddr *addresses;
	size_t count;
	bool is_batch;
	geo_answer_fn *function;
	void *context;
	struct geo_outcome *outcome;
};

static void note_failure(struct geo_outcome *outcome, const char *why)
{
	if (!outcome->why[0])
		snprintf(outcome->why, sizeof outcome->why, "%s", why);
}

static void answer(struct asking *asking, const struct ipaddr *address, const struct place *place)
{
	asking->outcome->answered++;
	asking->function(asking->context, address, place);
}

static void take_object(struct asking *asking, const struct ipaddr *address, const json_t *object)
{
	struct place place = { 0 };
	const char *why;
	if (placejson_read(&place, object, address, &why) < 0)
		note_failure(asking->outcome, why);
	else
		answer(asking, address, &place);
}

/* What an answer that is no 200 says. */
static void take_refusal(struct geo_outcome *outcome, const struct http_answer *found)
{
	char text[GEO_OUTCOME_WHY];
	if (found->status == 401 || found->status == 403)
		snprintf(text, sizeof text, "it refuses the token, or wants one (HTTP %ld)",
		         found->status);
	else if (found->status == 429)
		snprintf(text, sizeof text, "its limit of requests is reached (HTTP 429)");
	else if (found->status >= 500)
		snprintf(text, sizeof text, "it fails itself (HTTP %ld)", found->status);
	else if (found->status >= 300 && found->status < 400)
		snprintf(text, sizeof text,
		         "it redirects elsewhere, which is not followed (HTTP %ld)", found->status);
	else
		snprintf(text, sizeof text, "it refuses the request (HTTP %ld)", found->status);
	note_failure(outcome, text);
	if (found->status == 429) {
		int64_t pause_sec = found->retry_after_sec ? found->retry_after_sec : PAUSE_SEC;
		outcome->pause_sec = pause_sec > outcome->pause_sec ? pause_sec
								    : outcome->pause_sec;
	}
}

static json_t *load(const struct http_answer *found)
{
	json_error_t ignored;
	return json_loadb(found->body.data, found->body.length, JSON_REJECT_DUPLICATES, &ignored);
}

static bool is_html(struct slice body)
{
	while (slice_take_char(&body, ' ') || slice_take_char(&body, '\n') ||
	       slice_take_char(&body, '\r'))
		;
	return slice_starts_with(body, "<");
}

static void note_no_json(struct asking *asking, const struct http_answer *found)
{
	note_failure(asking->outcome,
	             is_html(found->body) ? "it answers with a web page" : "its answer is no JSON");
}

static void take_batch(struct asking *asking, size_t number, const struct http_answer *found)
{
	json_t *object CLEANUP(json_decrefp) = load(found);
	size_t begin = number * BATCH_MOST,
	       end = begin + BATCH_MOST < asking->count ? begin + BATCH_MOST : asking->count;
	if (!object) {
		note_no_json(asking, found);
		return;
	}
	for (size_t i = begin; i < end; i++) {
		char text[IPADDR_TEXT_ROOM];
		take_object(asking, &asking->addresses[i],
		            json_object_get(object, ipaddr_format(&asking->addresses[i], text)));
	}
}

/* "NL\n" */
static void take_text(struct asking *asking, const struct ipaddr *address,
                      const struct http_answer *found)
{
	struct slice code = found->body;
	struct place place = { 0 };
	while (slice_ends_with(code, "\n") || slice_ends_with(code, "\r"))
		code.length--;
	if (!code.length || slice_equals(code, "undefined")) {
		answer(asking, address, &place);
	} else if (placejson_is_code(code)) {
		if (placejson_is_country(code))
			memcpy(place.country, code.data, 2);
		answer(asking, address, &place);
	} else {
		note_failure(asking->outcome,
		             is_html(code) ? "it answers with a web page"
		                           : "its answer is no country's code");
	}
}

static void take_one(struct asking *asking, size_t number, const struct http_answer *found)
{
	const struct ipaddr *address = &asking->addresses[number];
	json_t *object CLEANUP(json_decrefp) = NULL;
	if (asking->ipinfo->is_legacy) {
		take_text(asking, address, found);
		return;
	}
	object = load(found);
	if (object)
		take_object(asking, address, object);
	else
		note_no_json(asking, found);
}

static void take(void *context, size_t number, const struct http_answer *found)
{
	struct asking *asking = context;
	if (!found->status)
		note_failure(asking->outcome, found->why);
	else if (found->status != 200)
		take_refusal(asking->outcome, found);
	else
		(asking->is_batch ? take_batch : take_one)(asking, number, found);
}

/* --- questions --- */

/* ["ADDRESS",…] */
static char *batch_body(const struct ipaddr *addresses, size_t count)
{
	struct strbuf body = STRBUF_INIT(BATCH_MOST * (IPADDR_TEXT_ROOM + 3) + 3);
	char text[IPADDR_TEXT_ROOM];
	for (size_t i = 0; i < count; i++)
		strbuf_add_format(&body, "%c\"%s\"", i ? ',' : '[',
		                  ipaddr_format(&addresses[i], text));
	strbuf_add_char(&body, ']');
	return strbuf_detach(&body);
}

static struct http_request *make_batches(const struct asking *asking, size_t count)
{
	struct http_request *requests = xalloc_zero(count, sizeof *requests);
	for (size_t i = 0; i < count; i++) {
		size_t begin = i * BATCH_MOST, left = asking->count - begin;
		requests[i].url = xalloc_string(asking->ipinfo->batch_url);
		requests[i].body = batch_body(asking->addresses + begin,
		                              left < BATCH_MOST ? left : BATCH_MOST);
	}
	return requests;
}

static struct http_request *make_single(const struct asking *asking)
{
	struct http_request *requests = xalloc_zero(asking->count, sizeof *requests);
	for (size_t i = 0; i < asking->count; i++) {
		struct strbuf url = STRBUF_INIT(URL_MAX + 100);
		char text[IPADDR_TEXT_ROOM];
		strbuf_add_format(&url, "%s/%s%s", asking->ipinfo->url,
		                  ipaddr_format(&asking->addresses[i], text),
		                  asking->ipinfo->is_legacy ? "/country" : "");
		requests[i].url = strbuf_detach(&url);
	}
	return requests;
}

static void ask_ipinfo(void *service, const struct ipaddr *addresses, size_t count,
                       const struct deadline *deadline, geo_answer_fn *function, void *context,
                       struct geo_outcome *ret)
{
	const struct ipinfo *ipinfo = service;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(GEO_OUTCOME_WHY - 1);
	struct asking asking = {
		.ipinfo = ipinfo,
		.addresses = addresses,
		.count = count,
		.is_batch = ipinfo->batch_url && count > 1,
		.function = function,
		.context = context,
		.outcome = ret,
	};
	size_t request_count = asking.is_batch ? (count + BATCH_MOST - 1) / BATCH_MOST : count;
	struct http_request *requests = asking.is_batch ? make_batches(&asking, request_count)
							: make_single(&asking);
	struct http_options options = {
		.token = ipinfo->token.length ? strbuf_text(&ipinfo->token) : NULL,
		.body_max = asking.is_batch ? BATCH_MOST * PLACE_BYTES : 16 * PLACE_BYTES,
		.deadline = deadline,
	};
	*ret = (struct geo_outcome){ .asked = count };
	if (http_fetch(requests, request_count, &options, take, &asking, &why) < 0)
		note_failure(ret, strbuf_text(&why));
	for (size_t i = 0; i < request_count; i++) {
		free(requests[i].url);
		free(requests[i].body);
	}
	free(requests);
}

#ifdef LIBCURL_SONAME
#define HAS_LIBCURL true
#else
#define HAS_LIBCURL false
#endif

const struct geo_service geo_service_ipinfo = {
	.name = "ipinfo",
	.is_for_auto = HAS_LIBCURL,
	.knows_tunnels = false,
	.nowhere_sec = NOWHERE_SEC,
	.check_url = check_url,
	.open = open_ipinfo,
	.ask = ask_ipinfo,
	.describe = describe_ipinfo,
	.close = close_ipinfo,
};
