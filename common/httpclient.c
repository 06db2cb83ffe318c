/* httpclient.c - bounded, parallel HTTPS requests, by libcurl; see httpclient.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/httpclient.h"

#ifndef LIBCURL_SONAME

int http_fetch(const struct http_request *requests, size_t count,
               const struct http_options *options, http_answer_fn *function, void *context,
               struct strbuf *why)
{
	(void)requests, (void)count, (void)options, (void)function, (void)context;
	return strbuf_fail(why, -ENOTSUP,
	                   "this program was built without libcurl (Debian: package "
	                   "libcurl4-openssl-dev)");
}

#else

#include <curl/curl.h>

#include "common/dlopennote.h"
#include "common/lazylib.h"
#include "common/privilege.h"
#include "common/xalloc.h"

DLOPEN_NOTE("ipinfo", "asks ipinfo.io for countries", DLOPEN_NOTE_SUGGESTED, LIBCURL_SONAME);

/* The one-by-one requests of 1,000 addresses at 50 ms each shall take about a second over
 * HTTP/1.1. */
#define CONNECTIONS_MOST 50L
#define UNDER_WAY_MOST 100
#define HEADER_MOST 65536 /* bytes of all header lines of an answer */
#define RETRY_AFTER_MOST 86400

/* Of libcurl, what is used, with the types of its own header (whose macros check types of variadic
 * functions). */
static struct {
	__typeof__(curl_global_init) *global_init;
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_multi_init) *multi_init;
	CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_wait) *multi_wait;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
} curl;

static int load(struct strbuf *why)
{
	static const struct lazylib_symbol symbols[] = {
		{ &curl.global_init, "curl_global_init" },
		{ &curl.easy_init, "curl_easy_init" },
		{ &curl.easy_setopt, "curl_easy_setopt" },
		{ &curl.easy_getinfo, "curl_easy_getinfo" },
		{ &curl.easy_cleanup, "curl_easy_cleanup" },
		{ &curl.easy_strerror, "curl_easy_strerror" },
		{ &curl.multi_init, "curl_multi_init" },
		{ &curl.multi_setopt, "curl_multi_setopt" },
		{ &curl.multi_add_handle, "curl_multi_add_handle" },
		{ &curl.multi_remove_handle, "curl_multi_remove_handle" },
		{ &curl.multi_perform, "curl_multi_perform" },
		{ &curl.multi_wait, "curl_multi_wait" },
		{ &curl.multi_info_read, "curl_multi_info_read" },
		{ &curl.multi_cleanup, "curl_multi_cleanup" },
		{ &curl.slist_append, "curl_slist_append" },
		{ &curl.slist_free_all, "curl_slist_free_all" },
	};
	static bool is_loaded;
	if (is_loaded)
		return 0;
	int error = lazylib_load(LIBCURL_SONAME, "libcurl4", symbols, ARRAY_SIZE(symbols), why);
	if (error < 0)
		return error;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return strbuf_fail(why, -EIO, "libcurl can't be initialised");
	is_loaded = true;
	return 0;
}

/* One that is under way. */
struct transfer {
	CURL *handle;
	size_t number; /* of its request */
	struct strbuf body;
	size_t header_bytes;
	int64_t retry_after_sec;
	bool is_too_large;
};

struct session {
	const struct http_request *requests;
	size_t count, next; /* the next one to be sent */
	const struct http_options *options;
	http_answer_fn *function;
	void *context;
	CURLM *multi;
	struct curl_slist *headers;
	struct transfer transfers[UNDER_WAY_MOST];
	size_t under_way;
};

/* --- what comes in --- */

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	strbuf_add(&transfer->body, bytes, size * count);
	transfer->is_too_large = transfer->body.truncated;
	return transfer->is_too_large ? 0 : size * count;
}

/* "Retry-After: 120"; its other form, a date, is left out: then the caller's own pause counts. */
static void read_retry_after(struct transfer *transfer, const char *bytes, size_t length)
{
	static const char name[] = "retry-after:";
	size_t at = sizeof name - 1;
	int64_t sec = 0;
	if (length < at || strncasecmp(bytes, name, at) != 0)
		return;
	while (at < length && bytes[at] == ' ')
		at++;
	for (; at < length && bytes[at] >= '0' && bytes[at] <= '9' && sec < RETRY_AFTER_MOST; at++)
		sec = sec * 10 + (bytes[at] - '0');
	transfer->retry_after_sec = sec < RETRY_AFTER_MOST ? sec : RETRY_AFTER_MOST;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t length = size * count;
	transfer->header_bytes += length;
	transfer->is_too_large = transfer->header_bytes > HEADER_MOST;
	read_retry_after(transfer, bytes, length);
	return transfer->is_too_large ? 0 : length;
}

/* --- what goes out --- */

static void set_up(struct session *session, struct transfer *transfer)
{
	const struct http_request *request = &session->requests[transfer->number];
	const char *certificates = privilege_getenv("SSL_CERT_FILE");
	CURL *handle = transfer->handle;
	curl.easy_setopt(handle, CURLOPT_URL, request->url);
	curl.easy_setopt(handle, CURLOPT_PRIVATE, transfer);
	curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	curl.easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
	curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	curl.easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
	curl.easy_setopt(handle, CURLOPT_HTTPHEADER, session->headers);
	curl.easy_setopt(handle, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(handle, CURLOPT_PIPEWAIT, 1L); /* HTTP/2 has all on the first connection */
	curl.easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
	curl.easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
	if (certificates)
		curl.easy_setopt(handle, CURLOPT_CAINFO, certificates);
	if (request->body) {
		curl.easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
		curl.easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
	}
}

static void send_next(struct session *session)
{
	for (size_t i = 0; i < UNDER_WAY_MOST && session->next < session->count; i++) {
		struct transfer *transfer = &session->transfers[i];
		if (transfer->handle)
			continue;
		*transfer = (struct transfer){ .handle = curl.easy_init(),
			                       .number = session->next };
		if (!transfer->handle)
			return; /* no memory: with those that are under way, or never */
		session->next++;
		strbuf_init(&transfer->body, session->options->body_max);
		set_up(session, transfer);
		curl.multi_add_handle(session->multi, transfer->handle);
		session->under_way++;
	}
}

/* --- the end of each --- */

/* In words for a first line of a monitoring system. */
static void explain(struct strbuf *why, const struct transfer *transfer, CURLcode code)
{
	if (transfer->is_too_large)
		strbuf_add_string(why, "its answer is too large");
	else if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
		strbuf_add_string(why, "its name can't be resolved (DNS)");
	else if (code == CURLE_COULDNT_CONNECT)
		strbuf_add_string(why, "no connection to it can be made");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		strbuf_add_string(why, "it did not answer in time");
	else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
	         code == CURLE_SSL_CACERT_BADFILE)
		strbuf_add_format(why, "TLS fails: %s", curl.easy_strerror(code));
	else
		strbuf_add_string(why, curl.easy_strerror(code));
}

static void hand_out(struct session *session, struct transfer *transfer, CURLcode code)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(HTTP_WHY_MAX);
	struct http_answer answer = { .retry_after_sec = transfer->retry_after_sec };
	if (code == CURLE_OK)
		curl.easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &answer.status);
	else
		explain(&why, transfer, code);
	answer.body = slice_make(strbuf_text(&transfer->body), transfer->body.length);
	answer.why = strbuf_text(&why);
	session->function(session->context, transfer->number, &answer);
	curl.multi_remove_handle(session->multi, transfer->handle);
	curl.easy_cleanup(transfer->handle);
	strbuf_release(&transfer->body);
	*transfer = (struct transfer){ 0 };
	session->under_way--;
}

static void hand_out_finished(struct session *session)
{
	CURLMsg *message;
	int left;
	while ((message = curl.multi_info_read(session->multi, &left))) {
		struct transfer *transfer = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		hand_out(session, transfer, code);
	}
}

static void give_up(struct session *session)
{
	const struct http_answer nothing = { .why = "it did not answer in time",
		                             .body = { .data = "" } };
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (session->transfers[i].handle)
			hand_out(session, &session->transfers[i], CURLE_OPERATION_TIMEDOUT);
	for (; session->next < session->count; session->next++)
		session->function(session->context, session->next, &nothing);
}

/* --- all of them --- */

static void run(struct session *session)
{
	int running;
	for (;;) {
		send_next(session);
		if (!session->under_way) {
			give_up(session); /* what could not be sent */
			return;
		}
		int left_ms = deadline_left_ms(session->options->deadline);
		if (left_ms == 0 || curl.multi_perform(session->multi, &running) != CURLM_OK) {
			give_up(session);
			return;
		}
		size_t before = session->under_way;
		hand_out_finished(session);
		if (session->under_way == before)
			curl.multi_wait(session->multi, NULL, 0, left_ms < 1000 ? left_ms : 1000,
			                NULL);
	}
}

static void add_headers(struct session *session)
{
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(1000);
	session->headers = curl.slist_append(NULL, "Content-Type: application/json");
	if (!session->options->token)
		return;
	strbuf_add_format(&line, "Authorization: Bearer %s", session->options->token);
	session->headers = curl.slist_append(session->headers, strbuf_text(&line));
	memset(line.data, 0, line.length);
}

int http_fetch(const struct http_request *requests, size_t count,
               const struct http_options *options, http_answer_fn *function, void *context,
               struct strbuf *why)
{
	int error = load(why);
	if (error < 0)
		return error;
	struct session *session = xalloc_zero(1, sizeof *session);
	*session = (struct session){
		.requests = requests,
		.count = count,
		.options = options,
		.function = function,
		.context = context,
		.multi = curl.multi_init(),
	};
	if (!session->multi) {
		free(session);
		return strbuf_fail(why, -ENOMEM, "libcurl gets no memory");
	}
	curl.multi_setopt(session->multi, CURLMOPT_MAX_HOST_CONNECTIONS, CONNECTIONS_MOST);
	add_headers(session);
	run(session);
	curl.multi_cleanup(session->multi);
	curl.slist_free_all(session->headers);
	free(session);
	return 0;
}

#endif
