/* dnsclient.c - many DNS questions at once, by c-ares; see dnsclient.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/dnsclient.h"
#include "common/numparse.h"

#define NAME_MOST (DNS_NAME_ROOM - 3) /* 253: RFC 1035 has 255 for the lengths of its labels, too */
#define LABEL_MOST 63

const char *dns_status_name(enum dns_status status)
{
	static const char *const names[] = {
		[DNS_NOT_ASKED] = "not asked",
		[DNS_TIMEOUT] = "no answer in time",
		[DNS_ANSWERED] = "answered",
		[DNS_NXDOMAIN] = "NXDOMAIN",
		[DNS_SERVFAIL] = "SERVFAIL",
		[DNS_REFUSED] = "REFUSED",
		[DNS_UNREACHABLE] = "no resolver there",
		[DNS_BROKEN] = "a broken answer",
	};
	return names[status];
}

static bool is_name_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '-' || byte == '_';
}

bool dns_is_name(struct slice text)
{
	if (!text.length || text.length > NAME_MOST)
		return false;
	while (text.length) {
		struct slice label = slice_take_until(&text, '.'), rest = label;
		if (!label.length ||
		    slice_take_while(&rest, is_name_byte, LABEL_MOST).length != label.length)
			return false;
	}
	return true;
}

bool dns_is_resolver(struct slice text)
{
	struct ipaddr address;
	struct slice host = text;
	int64_t port;
	if (ipaddr_parse(&address, text))
		return true;
	if (slice_take_char(&text, '[')) {
		if (!memchr(text.data, ']', text.length))
			return false;
		host = slice_take_until(&text, ']');
		if (!text.length)
			return ipaddr_parse(&address, host);
		if (!slice_take_char(&text, ':'))
			return false;
	} else {
		host = slice_take_until(&text, ':');
	}
	return ipaddr_parse(&address, host) && numparse_int(&port, text, 1, 65535);
}

#ifndef LIBCARES_SONAME

int dns_ask(struct dns_query *queries, size_t count, const char *resolver,
            const struct deadline *deadline, struct strbuf *why)
{
	(void)queries, (void)count, (void)resolver, (void)deadline;
	return strbuf_fail(why, -ENOTSUP,
	                   "this program was built without c-ares (Debian: package libc-ares-dev)");
}

#else

#include <ares.h>
#include <arpa/nameser.h>
#include <poll.h>

#include "common/dlopennote.h"
#include "common/lazylib.h"
#include "common/xalloc.h"

DLOPEN_NOTE("dnsbl", "asks DNS blocklists", DLOPEN_NOTE_SUGGESTED, LIBCARES_SONAME);

#define UNDER_WAY_MOST 1000
#define SOCKETS_MOST 64

/* No socket's buffer may overflow, ours or the resolver's (some 250 packets): questions go out in
 * bursts, the next one when most of the last were answered, or PACE_MS later. Their retries keep
 * that pace. */
#define BURST_MOST 50
#define FEW 100
#define PACE_MS 10

#define TRY_MS 1000 /* the first try; the second waits twice as long */
#define TRIES 2

/* Of c-ares, what both 1.18 and 1.34 have. */
static struct {
	__typeof__(ares_library_init) *start;
	__typeof__(ares_init_options) *init_options;
	__typeof__(ares_destroy) *destroy;
	__typeof__(ares_set_servers_ports_csv) *set_servers;
	void (*query)(ares_channel, const char *, int, int, ares_callback, void *);
	__typeof__(ares_timeout) *timeout;
	__typeof__(ares_process_fd) *process_fd;
	__typeof__(ares_strerror) *strerror;
} cares;

static int load(struct strbuf *why)
{
	static const struct lazylib_symbol symbols[] = {
		{ &cares.start, "ares_library_init" },
		{ &cares.init_options, "ares_init_options" },
		{ &cares.destroy, "ares_destroy" },
		{ &cares.set_servers, "ares_set_servers_ports_csv" },
		{ &cares.query, "ares_query" },
		{ &cares.timeout, "ares_timeout" },
		{ &cares.process_fd, "ares_process_fd" },
		{ &cares.strerror, "ares_strerror" },
	};
	static bool is_loaded;
	if (is_loaded)
		return 0;
	int error = lazylib_load(LIBCARES_SONAME, "libc-ares2, or libcares2", symbols,
	                         ARRAY_SIZE(symbols), why);
	if (error < 0)
		return error;
	is_loaded = cares.start(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
	return is_loaded ? 0 : strbuf_fail(why, -EIO, "c-ares can't be initialised");
}

/* --- answers --- */

static bool take_address(struct dns_query *query, const ns_rr *record)
{
	struct ipaddr *address = &query->addresses[query->count];
	bool is_ipv4 = query->type == DNS_A;
	if (ns_rr_rdlen(*record) != (is_ipv4 ? 4 : 16))
		return false;
	if (query->count == DNS_ADDRESSES_MOST)
		return true;
	if (is_ipv4)
		*address = ipaddr_of_ipv4(ns_rr_rdata(*record));
	else
		memcpy(address->bytes, ns_rr_rdata(*record), sizeof address->bytes);
	query->count++;
	return true;
}

/* The pieces of a TXT record, each with its length before it, joined. */
static void take_text(struct dns_query *query, const ns_rr *record)
{
	const unsigned char *bytes = ns_rr_rdata(*record);
	size_t length = ns_rr_rdlen(*record), used = 0;
	for (size_t at = 0; at < length;) {
		size_t piece = bytes[at++];
		piece = piece < length - at ? piece : length - at;
		for (size_t i = 0; i < piece && used + 1 < sizeof query->text; i++)
			if (bytes[at + i])
				query->text[used++] = (char)bytes[at + i];
		at += piece;
	}
	query->text[used] = '\0';
}

static void shorten_life(struct dns_query *query, uint32_t ttl_sec)
{
	int64_t life_sec = ttl_sec ? ttl_sec : 1;
	if (!query->ttl_sec || life_sec < query->ttl_sec)
		query->ttl_sec = life_sec;
}

/* All records of TYPE in the answer; false if it can't be read. */
static bool take_records(struct dns_query *query, ns_msg *message, ns_type type)
{
	ns_rr record;
	for (int i = 0; i < ns_msg_count(*message, ns_s_an); i++) {
		if (ns_parserr(message, ns_s_an, i, &record) < 0)
			return false;
		if (ns_rr_class(record) != ns_c_in || ns_rr_type(record) != type)
			continue;
		if (type == ns_t_txt && !query->text[0])
			take_text(query, &record);
		if (type == ns_t_txt)
			continue;
		if (!take_address(query, &record))
			return false;
		shorten_life(query, ns_rr_ttl(record));
	}
	return true;
}

/* How long it may be remembered that there is nothing: RFC 2308, section 5. MINIMUM is the last of
 * a SOA record's numbers. */
static void take_negative_life(struct dns_query *query, ns_msg *message)
{
	ns_rr record;
	for (int i = 0;
	     i < ns_msg_count(*message, ns_s_ns) && ns_parserr(message, ns_s_ns, i, &record) == 0;
	     i++) {
		if (ns_rr_type(record) != ns_t_soa || ns_rr_rdlen(record) < 4)
			continue;
		shorten_life(query, ns_rr_ttl(record));
		shorten_life(query,
		             (uint32_t)ns_get32(ns_rr_rdata(record) + ns_rr_rdlen(record) - 4));
	}
}

static enum dns_status status_of(int status)
{
	static const struct {
		int cares;
		enum dns_status ours;
	} rows[] = {
		{ ARES_SUCCESS, DNS_ANSWERED },         { ARES_ENODATA, DNS_ANSWERED },
		{ ARES_ENOTFOUND, DNS_NXDOMAIN },       { ARES_ESERVFAIL, DNS_SERVFAIL },
		{ ARES_EREFUSED, DNS_REFUSED },         { ARES_ETIMEOUT, DNS_TIMEOUT },
		{ ARES_ECANCELLED, DNS_TIMEOUT },       { ARES_EDESTRUCTION, DNS_TIMEOUT },
		{ ARES_ECONNREFUSED, DNS_UNREACHABLE },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].cares == status)
			return rows[i].ours;
	return DNS_BROKEN;
}

struct session {
	ares_channel channel;
	struct pollfd sockets[SOCKETS_MOST]; /* as c-ares wants them watched */
	nfds_t socket_count;
	size_t under_way;
	struct deadline pace; /* until the next burst, if many are under way */
};

struct asked {
	struct session *session;
	struct dns_query *query;
	bool is_for_text;
};

static void ask_for(struct session *session, struct dns_query *query, bool is_for_text);

static int compare_addresses(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ipaddr));
}

static void take_answer(void *context, int status, int timeouts, unsigned char *bytes, int length)
{
	struct asked asked = *(struct asked *)context;
	struct dns_query *query = asked.query;
	ns_msg message;
	bool is_readable = bytes && ns_initparse(bytes, length, &message) == 0;
	(void)timeouts;
	free(context);
	asked.session->under_way--;
	if (asked.is_for_text) {
		if (status == ARES_SUCCESS && is_readable)
			(void)take_records(query, &message, ns_t_txt);
		return;
	}
	query->status = status_of(status);
	if (status == ARES_SUCCESS &&
	    !(is_readable &&
	      take_records(query, &message, query->type == DNS_A ? ns_t_a : ns_t_aaaa)))
		query->status = DNS_BROKEN;
	if (is_readable && !query->count &&
	    (query->status == DNS_ANSWERED || query->status == DNS_NXDOMAIN))
		take_negative_life(query, &message);
	qsort(query->addresses, query->count, sizeof *query->addresses, compare_addresses);
	if (query->count && query->wants_text)
		ask_for(asked.session, query, true);
}

/* --- questions --- */

static void ask_for(struct session *session, struct dns_query *query, bool is_for_text)
{
	struct asked *asked = xalloc_zero(1, sizeof *asked);
	ns_type type = is_for_text ? ns_t_txt : query->type == DNS_A ? ns_t_a : ns_t_aaaa;
	*asked = (struct asked){ .session = session, .query = query, .is_for_text = is_for_text };
	session->under_way++;
	cares.query(session->channel, query->name, ns_c_in, (int)type, take_answer, asked);
}

static void forget_answer(struct dns_query *query)
{
	query->status = query->name[0] ? DNS_TIMEOUT : DNS_NOT_ASKED;
	query->count = 0;
	query->ttl_sec = 0;
	query->text[0] = '\0';
}

/* Tells that FD is to be watched, or no longer. */
static void watch(void *context, ares_socket_t fd, int is_read, int is_written)
{
	struct session *session = context;
	nfds_t i = 0;
	while (i < session->socket_count && session->sockets[i].fd != fd)
		i++;
	if (!is_read && !is_written && i < session->socket_count)
		session->sockets[i] = session->sockets[--session->socket_count];
	if ((!is_read && !is_written) || i == SOCKETS_MOST)
		return; /* one too many: its questions run into their time-out */
	session->sockets[i] = (struct pollfd){
		.fd = fd, .events = (short)((is_read ? POLLIN : 0) | (is_written ? POLLOUT : 0))
	};
	session->socket_count += i == session->socket_count;
}

/* One look at the sockets, until something comes, it is time for a retry, or MOST_MS are over. */
static void wait_and_read(struct session *session, int most_ms)
{
	struct pollfd polled[SOCKETS_MOST];
	struct timeval most = { .tv_sec = most_ms / 1000, .tv_usec = most_ms % 1000 * 1000 }, wait,
		       *next;
	nfds_t count = session->socket_count;
	memcpy(polled, session->sockets, sizeof polled); /* they change while answers are read */
	next = cares.timeout(session->channel, &most, &wait);
	(void)poll(polled, count, (int)(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000));
	for (nfds_t i = 0; i < count; i++)
		if (polled[i].revents)
			cares.process_fd(session->channel,
			                 polled[i].revents & ~POLLOUT ? polled[i].fd
			                                              : ARES_SOCKET_BAD,
			                 polled[i].revents & POLLOUT ? polled[i].fd
			                                             : ARES_SOCKET_BAD);
	cares.process_fd(session->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* retries */
}

static int open_channel(struct session *session, const char *resolver, struct strbuf *why)
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOCHECKRESP,
		.timeout = TRY_MS,
		.tries = TRIES,
		.sock_state_cb = watch,
		.sock_state_cb_data = session,
	};
	int status = cares.init_options(&session->channel, &options,
	                                ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	                                        ARES_OPT_SOCK_STATE_CB);
	if (status != ARES_SUCCESS)
		return strbuf_fail(why, -EIO, "DNS can't be asked: %s", cares.strerror(status));
	status = resolver ? cares.set_servers(session->channel, resolver) : ARES_SUCCESS;
	if (status == ARES_SUCCESS)
		return 0;
	cares.destroy(session->channel);
	return strbuf_fail(why, -EINVAL, "%s is no resolver that can be asked: %s", resolver,
	                   cares.strerror(status));
}

/* Sends some more; returns the index of the first that wasn't sent. */
static size_t send_burst(struct session *session, struct dns_query *queries, size_t next,
                         size_t count)
{
	session->pace = deadline_in(PACE_MS);
	for (size_t sent = 0;
	     next < count && sent < BURST_MOST && session->under_way < UNDER_WAY_MOST; next++) {
		if (!queries[next].name[0])
			continue;
		ask_for(session, &queries[next], false);
		sent++;
	}
	return next;
}

static int send_in_ms(const struct session *session)
{
	if (session->under_way >= UNDER_WAY_MOST)
		return INT_MAX;
	return session->under_way < FEW ? 0 : deadline_left_ms(&session->pace);
}

int dns_ask(struct dns_query *queries, size_t count, const char *resolver,
            const struct deadline *deadline, struct strbuf *why)
{
	struct session session = { 0 };
	size_t next = 0;
	int left_ms, error = load(why);
	if (error == 0)
		error = open_channel(&session, resolver, why);
	if (error < 0)
		return error;
	for (size_t i = 0; i < count; i++)
		forget_answer(&queries[i]);
	while ((next < count || session.under_way) && (left_ms = deadline_left_ms(deadline)) > 0) {
		int wait_ms = next < count ? send_in_ms(&session) : left_ms;
		if (wait_ms == 0)
			next = send_burst(&session, queries, next, count);
		if (session.under_way)
			wait_and_read(&session, wait_ms < left_ms ? wait_ms : left_ms);
	}
	cares.destroy(session.channel); /* whoever waits yet is told so */
	return 0;
}

#endif
