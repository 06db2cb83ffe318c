/* httpclient.h - bounded, parallel HTTPS requests, by libcurl
 *
 * libcurl is loaded at the first request (see lazylib.h): most runs need none. Certificates are
 * always verified, no redirect is followed, nothing but HTTP and HTTPS is spoken, and proxies are
 * taken from the environment as libcurl has it (https_proxy, no_proxy). $SSL_CERT_FILE names the
 * certificates to trust, as with curl(1), unless the program runs with rights that its caller
 * doesn't have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef HTTPCLIENT_H
#define HTTPCLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/deadline.h"
#include "common/slice.h"
#include "common/strbuf.h"

#define HTTP_WHY_MAX 200

struct http_request {
	char *url;
	char *body; /* JSON to be posted; NULL: GET */
};

struct http_answer {
	long status;             /* 0: none came, WHY says why */
	const char *why;         /* a few words; "" if there is a status */
	int64_t retry_after_sec; /* of the header Retry-After in seconds, 0 without */
	struct slice body;       /* borrowed for the call */
};

struct http_options {
	const char *token; /* for "Authorization: Bearer", or NULL */
	size_t body_max;   /* bytes of an answer; a longer one is no answer */
	const struct deadline *deadline;
};

/* Called once for each request, in any order; NUMBER is its index. */
typedef void http_answer_fn(void *context, size_t number, const struct http_answer *answer);

/* Sends all COUNT requests, many at a time, over one connection where the server speaks HTTP/2;
 * those that are not answered when the deadline ends get an answer with a reason. 0, or -errno with
 * WHY if none could be sent at all (no libcurl). */
int http_fetch(const struct http_request *requests, size_t count,
               const struct http_options *options, http_answer_fn *function, void *context,
               struct strbuf *why);

#endif
