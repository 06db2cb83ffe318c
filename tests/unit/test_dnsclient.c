/* test_dnsclient.c - unit tests of common/dnsclient.c against a small server of ours, which
 * misbehaves as its names say
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common/dnsclient.h"

#define HEADER 12
#define MESSAGE_MAX 4000
#define MANY 60

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_SOA = 6, TYPE_TXT = 16, TYPE_AAAA = 28 };

static pid_t server;
static char resolver[30];
static struct strbuf why = STRBUF_INIT(WHY_MAX);

/* --- the server --- */

struct reply {
	uint8_t bytes[MESSAGE_MAX];
	size_t length;
};

static void add(struct reply *reply, const void *bytes, size_t length)
{
	memcpy(reply->bytes + reply->length, bytes, length);
	reply->length += length;
}

/* A record of the name that was asked for. SECTION: 0 for answers, 1 for authorities. */
static void add_record(struct reply *reply, int section, uint16_t type, uint32_t ttl,
                       const void *data, size_t length)
{
	const uint8_t head[] = {
		0xc0,
		HEADER,
		(uint8_t)(type >> 8),
		(uint8_t)type,
		0,
		1,
		(uint8_t)(ttl >> 24),
		(uint8_t)(ttl >> 16),
		(uint8_t)(ttl >> 8),
		(uint8_t)ttl,
		(uint8_t)(length >> 8),
		(uint8_t)length,
	};
	add(reply, head, sizeof head);
	add(reply, data, length);
	reply->bytes[7 + 2 * section]++;
}

static void add_a(struct reply *reply, uint8_t last, uint32_t ttl)
{
	const uint8_t data[] = { 127, 0, 0, last };
	add_record(reply, 0, TYPE_A, ttl, data, sizeof data);
}

/* Of no names; the last of its five numbers is MINIMUM. */
static void add_soa(struct reply *reply, uint32_t ttl, uint8_t minimum)
{
	const uint8_t data[22] = { [21] = minimum };
	add_record(reply, 1, TYPE_SOA, ttl, data, sizeof data);
}

static void add_text(struct reply *reply, size_t pieces, uint8_t length)
{
	uint8_t data[1000];
	for (size_t i = 0; i < pieces; i++) {
		data[i * (length + 1u)] = length;
		memset(data + i * (length + 1u) + 1, (int)('a' + i), length);
	}
	add_record(reply, 0, TYPE_TXT, 60, data, pieces * (length + 1u));
}

static void answer_listed(struct reply *reply, uint16_t type)
{
	if (type == TYPE_A)
		add_a(reply, 2, 300);
}

static void answer_two(struct reply *reply, uint16_t type)
{
	(void)type;
	add_a(reply, 4, 300);
	add_a(reply, 2, 200);
}

static void answer_many(struct reply *reply, uint16_t type)
{
	(void)type;
	for (uint8_t i = 0; i < MANY; i++)
		add_a(reply, i, 300);
}

static void answer_txt(struct reply *reply, uint16_t type)
{
	if (type == TYPE_TXT)
		add_text(reply, 2, 3);
	else
		add_a(reply, 2, 300);
}

static void answer_longtxt(struct reply *reply, uint16_t type)
{
	if (type == TYPE_TXT)
		add_text(reply, 3, 255);
	else
		add_a(reply, 2, 300);
}

static void answer_brokentxt(struct reply *reply, uint16_t type)
{
	const uint8_t data[] = { 200, 'x', 'y' }; /* says that it is longer than it is */
	if (type == TYPE_TXT)
		add_record(reply, 0, TYPE_TXT, 60, data, sizeof data);
	else
		add_a(reply, 2, 300);
}

static void answer_nx(struct reply *reply, uint16_t type)
{
	(void)type;
	reply->bytes[3] |= 3;
	add_soa(reply, 900, 120);
}

static void answer_nodata(struct reply *reply, uint16_t type)
{
	(void)type;
	add_soa(reply, 50, 120);
}

static void answer_servfail(struct reply *reply, uint16_t type)
{
	(void)type;
	reply->bytes[3] |= 2;
}

static void answer_refused(struct reply *reply, uint16_t type)
{
	(void)type;
	reply->bytes[3] |= 5;
}

static void answer_lying(struct reply *reply, uint16_t type)
{
	(void)type;
	reply->bytes[7] = 5; /* answers, of which there is none */
}

static void answer_badlength(struct reply *reply, uint16_t type)
{
	(void)type;
	add_record(reply, 0, TYPE_A, 300, "12345", 5);
}

static void answer_cname(struct reply *reply, uint16_t type)
{
	(void)type;
	add_record(reply, 0, TYPE_CNAME, 20, "\xc0\x0c", 2);
	add_a(reply, 2, 300);
}

static void answer_six(struct reply *reply, uint16_t type)
{
	const uint8_t data[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x25 };
	if (type == TYPE_AAAA)
		add_record(reply, 0, TYPE_AAAA, 300, data, sizeof data);
}

static const struct behaviour {
	const char *label;
	void (*answer)(struct reply *reply, uint16_t type);
} behaviours[] = {
	{ "listed", answer_listed },
	{ "two", answer_two },
	{ "many", answer_many },
	{ "txt", answer_txt },
	{ "longtxt", answer_longtxt },
	{ "brokentxt", answer_brokentxt },
	{ "nx", answer_nx },
	{ "nodata", answer_nodata },
	{ "servfail", answer_servfail },
	{ "refused", answer_refused },
	{ "lying", answer_lying },
	{ "badlength", answer_badlength },
	{ "cname", answer_cname },
	{ "six", answer_six },
	{ "long", answer_listed },
	{ "wrongid", answer_listed },
	{ "garbage", answer_listed },
};

static bool begins_with(const uint8_t *question, const char *label)
{
	return question[HEADER] == strlen(label) &&
		memcmp(question + HEADER + 1, label, strlen(label)) == 0;
}

/* False: there is none. "long" is only for TCP. */
static bool make_reply(struct reply *reply, const uint8_t *question, size_t length, bool is_tcp)
{
	uint16_t type = (uint16_t)(question[length - 4] << 8 | question[length - 3]);
	reply->length = 0;
	add(reply, question, length);
	reply->bytes[2] |= 0x80;
	reply->bytes[3] = 0x80;
	for (size_t i = 0; i < ARRAY_SIZE(behaviours); i++) {
		if (!begins_with(question, behaviours[i].label))
			continue;
		if (!is_tcp && begins_with(question, "long"))
			reply->bytes[2] |= 2; /* truncated */
		else
			behaviours[i].answer(reply, type);
		reply->bytes[0] ^= begins_with(question, "wrongid") ? 1 : 0;
		reply->length = begins_with(question, "garbage") ? 7 : reply->length;
		return true;
	}
	return false; /* "silent" */
}

static void serve_udp(int udp)
{
	struct sockaddr_storage from;
	socklen_t from_length = sizeof from;
	uint8_t question[600];
	struct reply reply;
	ssize_t length = recvfrom(udp, question, sizeof question, 0, (struct sockaddr *)&from,
	                          &from_length);
	if (length > HEADER && make_reply(&reply, question, (size_t)length, false))
		(void)sendto(udp, reply.bytes, reply.length, 0, (struct sockaddr *)&from,
		             from_length);
}

static void serve_tcp(int listener)
{
	uint8_t question[600], head[2];
	struct reply reply;
	int tcp = accept(listener, NULL, NULL);
	ssize_t length = tcp < 0 ? -1 : recv(tcp, question, sizeof question, 0);
	if (length > HEADER + 2 && make_reply(&reply, question + 2, (size_t)length - 2, true)) {
		head[0] = (uint8_t)(reply.length >> 8);
		head[1] = (uint8_t)reply.length;
		(void)send(tcp, head, sizeof head, MSG_MORE | MSG_NOSIGNAL);
		(void)send(tcp, reply.bytes, reply.length, MSG_NOSIGNAL);
	}
	close(tcp);
}

static void serve(int udp, int tcp)
{
	struct pollfd polled[] = { { .fd = udp, .events = POLLIN },
		                   { .fd = tcp, .events = POLLIN } };
	while (poll(polled, 2, -1) > 0) {
		if (polled[0].revents)
			serve_udp(udp);
		if (polled[1].revents)
			serve_tcp(tcp);
	}
}

/* Both on one port; false if that was not free. */
static bool listen_both(int *udp, int *tcp)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	*udp = socket(AF_INET, SOCK_DGRAM, 0);
	*tcp = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(*udp, (struct sockaddr *)&address, length) == 0 &&
	    getsockname(*udp, (struct sockaddr *)&address, &length) == 0 &&
	    bind(*tcp, (struct sockaddr *)&address, length) == 0 && listen(*tcp, 10) == 0) {
		snprintf(resolver, sizeof resolver, "127.0.0.1:%d", ntohs(address.sin_port));
		return true;
	}
	close(*udp);
	close(*tcp);
	return false;
}

static int start_server(void **state)
{
	int udp, tcp, tries = 20;
	(void)state;
	while (!listen_both(&udp, &tcp))
		if (--tries == 0)
			return -1;
	server = fork();
	if (server == 0) {
		alarm(100);
		serve(udp, tcp);
		_exit(0);
	}
	close(udp);
	close(tcp);
	return server < 0 ? -1 : 0;
}

static int stop_server(void **state)
{
	(void)state;
	strbuf_release(&why);
	kill(server, SIGKILL);
	return waitpid(server, NULL, 0) == server ? 0 : -1;
}

/* --- the client --- */

static void ask_all(struct dns_query *queries, size_t count, int most_ms)
{
	struct deadline deadline = deadline_in(most_ms);
	int result = dns_ask(queries, count, resolver, &deadline, &why);
	if (result == -ENOTSUP)
		skip(); /* built without c-ares */
	if (result != 0)
		fail_msg("%s", strbuf_text(&why));
}

static struct dns_query ask(const char *label, enum dns_type type, bool wants_text)
{
	struct dns_query query = { .type = type, .wants_text = wants_text };
	snprintf(query.name, sizeof query.name, "%s.example", label);
	ask_all(&query, 1, 5000);
	return query;
}

static void each_answer_is_told_apart(void **state)
{
	static const struct {
		const char *label;
		enum dns_status status;
		size_t count;
		int64_t ttl_sec;
	} rows[] = {
		{ "listed", DNS_ANSWERED, 1, 300 },
		{ "two", DNS_ANSWERED, 2, 200 },
		{ "many", DNS_ANSWERED, DNS_ADDRESSES_MOST, 300 },
		{ "cname", DNS_ANSWERED, 1, 300 },
		{ "nx", DNS_NXDOMAIN, 0, 120 },
		{ "nodata", DNS_ANSWERED, 0, 50 },
		{ "six", DNS_ANSWERED, 0, 0 },
		{ "long", DNS_ANSWERED, 1, 300 },
		{ "servfail", DNS_SERVFAIL, 0, 0 },
		{ "refused", DNS_REFUSED, 0, 0 },
		{ "lying", DNS_BROKEN, 0, 0 },
		{ "wrongid", DNS_TIMEOUT, 0, 0 },
		{ "silent", DNS_TIMEOUT, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_query query = ask(rows[i].label, DNS_A, false);
		if (query.status != rows[i].status || query.count != rows[i].count ||
		    query.ttl_sec != rows[i].ttl_sec)
			fail_msg("%s: %s, %zu addresses for %" PRId64 " s", rows[i].label,
			         dns_status_name(query.status), query.count, query.ttl_sec);
	}
}

/* Older versions of c-ares wait for a better one. */
static void garbage_is_no_answer(void **state)
{
	(void)state;
	struct dns_query query = ask("garbage", DNS_A, false);
	assert_true(query.status == DNS_BROKEN || query.status == DNS_TIMEOUT);
}

/* c-ares 1.34 makes four bytes of the five, which are then no reply of a list. */
static void an_address_of_another_length_is_never_an_answer_without_one(void **state)
{
	(void)state;
	struct dns_query query = ask("badlength", DNS_A, false);
	assert_true(query.status == DNS_BROKEN || query.count == 1);
}

static void addresses_come_in_their_order(void **state)
{
	(void)state;
	struct dns_query query = ask("two", DNS_A, false);
	char text[IPADDR_TEXT_ROOM];
	assert_string_equal(ipaddr_format(&query.addresses[0], text), "127.0.0.2");
	assert_string_equal(ipaddr_format(&query.addresses[1], text), "127.0.0.4");
}

static void an_ipv6_address_is_asked_for_by_its_type(void **state)
{
	(void)state;
	struct dns_query query = ask("six", DNS_AAAA, false);
	char text[IPADDR_TEXT_ROOM];
	assert_int_equal(query.count, 1);
	assert_string_equal(ipaddr_format(&query.addresses[0], text), "2001:db8::25");
}

static void the_text_is_asked_for_only_where_there_is_an_address(void **state)
{
	(void)state;
	assert_string_equal(ask("txt", DNS_A, true).text, "aaabbb");
	assert_string_equal(ask("txt", DNS_A, false).text, "");
	assert_string_equal(ask("nx", DNS_A, true).text, "");
}

static void a_text_is_cut_at_its_limit_and_read_no_further_than_it_goes(void **state)
{
	(void)state;
	struct dns_query query = ask("longtxt", DNS_A, true);
	assert_int_equal(strlen(query.text), DNS_TEXT_ROOM - 1);
	query = ask("brokentxt", DNS_A, true);
	assert_int_equal(query.count, 1);
	/* newer versions of c-ares drop it */
	assert_true(strcmp(query.text, "xy") == 0 || strcmp(query.text, "") == 0);
}

static void an_empty_name_is_not_asked(void **state)
{
	struct dns_query query = { .type = DNS_A, .status = DNS_SERVFAIL };
	(void)state;
	ask_all(&query, 1, 5000);
	assert_int_equal(query.status, DNS_NOT_ASKED);
}

static void silence_ends_with_the_deadline_and_leaves_the_answers(void **state)
{
	struct dns_query queries[40] = { 0 };
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		snprintf(queries[i].name, sizeof queries[i].name, "%s.n%zu.example",
		         i % 2 ? "silent" : "listed", i);
	ask_all(queries, ARRAY_SIZE(queries), 3000);
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		assert_int_equal(queries[i].status, i % 2 ? DNS_TIMEOUT : DNS_ANSWERED);
}

static void nobody_there_is_not_silence(void **state)
{
	struct dns_query query = { .name = "listed.example", .type = DNS_A };
	struct deadline deadline = deadline_in(3000);
	(void)state;
	if (dns_ask(&query, 1, "127.0.0.1:9", &deadline, &why) == -ENOTSUP)
		skip();
	assert_int_equal(query.status, DNS_UNREACHABLE);
}

static size_t open_files(void)
{
	size_t count = 0;
	for (int i = 0; i < 1000; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

/* malloc keeps some freed pieces at hand and counts them as used; 10,000 leaks would be at least
 * 320,000 bytes. */
#define FREED_BUT_COUNTED 64000

/* With AddressSanitizer mallinfo2 knows nothing, and its LeakSanitizer looks itself. */
static void ten_thousand_questions_leave_nothing_behind(void **state)
{
	enum { COUNT = 10000 };
	struct dns_query *queries = calloc(COUNT, sizeof *queries);
	(void)state;
	assert_non_null(queries);
	(void)ask("listed", DNS_A, true); /* what is loaded once */
	size_t before = mallinfo2().uordblks, files = open_files(), answered = 0;
	for (size_t i = 0; i < COUNT; i++) {
		queries[i] = (struct dns_query){ .type = DNS_A, .wants_text = i % 3 == 0 };
		snprintf(queries[i].name, sizeof queries[i].name, "%s.n%zu.example",
		         i % 2 ? "txt" : "nx", i);
	}
	ask_all(queries, COUNT, 20000);
	size_t after = mallinfo2().uordblks;
	for (size_t i = 0; i < COUNT; i++)
		answered += queries[i].status == (i % 2 ? DNS_ANSWERED : DNS_NXDOMAIN);
	free(queries);
	assert_int_equal(answered, COUNT);
	assert_int_equal(open_files(), files);
	if (after > before + FREED_BUT_COUNTED)
		fail_msg("%zu bytes are left", after - before);
}

static void a_name_is_as_long_as_the_rfc_lets_it_be(void **state)
{
	static const struct {
		const char *text;
		bool is_name;
	} rows[] = {
		{ "mail.example.com", true },
		{ "mail", true },
		{ "a_b-c.example", true },
		{ "example.com.", true },
		{ "1.2", true },
		{ "", false },
		{ ".", false },
		{ ".example", false },
		{ "a..example", false },
		{ "a b.example", false },
		{ "m\xc3\xbcller.example", false },
		{ "a/b.example", false },
	};
	char label[66], name[DNS_NAME_ROOM + 10] = "";
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (dns_is_name(slice_string(rows[i].text)) != rows[i].is_name)
			fail_msg("%s", rows[i].text);
	memset(label, 'a', sizeof label);
	assert_true(dns_is_name(slice_make(label, 63)));
	assert_false(dns_is_name(slice_make(label, 64)));
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = i % 2 ? '.' : 'a';
	assert_true(dns_is_name(slice_make(name, 253)));
	assert_false(dns_is_name(slice_make(name, 255)));
}

static void a_resolver_is_an_address_maybe_with_a_port(void **state)
{
	static const struct {
		const char *text;
		bool is_resolver;
	} rows[] = {
		{ "127.0.0.1", true },
		{ "127.0.0.1:5353", true },
		{ "::1", true },
		{ "[::1]", true },
		{ "[::1]:53", true },
		{ "2001:db8::1", true },
		{ "127.0.0.1:0", false },
		{ "127.0.0.1:65536", false },
		{ "127.0.0.1:", false },
		{ "[::1", false },
		{ "[::1]53", false },
		{ "::1:", false },
		{ "dns.example", false },
		{ "dns.example:53", false },
		{ "", false },
		{ "127.0.0.1,127.0.0.2", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (dns_is_resolver(slice_string(rows[i].text)) != rows[i].is_resolver)
			fail_msg("%s", rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_is_told_apart),
		cmocka_unit_test(garbage_is_no_answer),
		cmocka_unit_test(an_address_of_another_length_is_never_an_answer_without_one),
		cmocka_unit_test(addresses_come_in_their_order),
		cmocka_unit_test(an_ipv6_address_is_asked_for_by_its_type),
		cmocka_unit_test(the_text_is_asked_for_only_where_there_is_an_address),
		cmocka_unit_test(a_text_is_cut_at_its_limit_and_read_no_further_than_it_goes),
		cmocka_unit_test(an_empty_name_is_not_asked),
		cmocka_unit_test(silence_ends_with_the_deadline_and_leaves_the_answers),
		cmocka_unit_test(nobody_there_is_not_silence),
		cmocka_unit_test(ten_thousand_questions_leave_nothing_behind),
		cmocka_unit_test(a_name_is_as_long_as_the_rfc_lets_it_be),
		cmocka_unit_test(a_resolver_is_an_address_maybe_with_a_port),
	};
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
