/* cyrus.c - Cyrus IMAP's services
 *
 * From imap/imapd.c, pop3d.c, httpd.c and timsieved of Cyrus IMAP 2.4 to 3.12, and lib/logfmt.c of
 * 3.13:
 *
 *	login: (NAME )[ADDRESS] USER MECHANISM(+TLS) User logged in( SESSIONID=<ID>)
 *	event=login.good KEY=VALUE...
 *		r.clienthost="NAME [ADDRESS]", u.username, (login.mech), login.tls
 *
 * from the program (PREFIX/)SERVICE: both are the site's choice (syslog_prefix, cyrus.conf), and
 * the message is anchored at both ends. NAME is the reverse name, which the owner of the address
 * chooses, but without blanks. USER may hold blanks: the mechanism is the last word before "User
 * logged in". The password of an anonymous login is logged where the mechanism stands else, so a
 * user "anonymous" is refused. "badlogin: " begins in another way. With imapmagicplus on, a user
 * may ask for another view of the mailboxes by "+" and more behind the name: that is part of what
 * is logged, and is left as it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define TOKEN_MAX 1000
#define PAIRS_MAX 40

/* What a name in cyrus.conf begins with, and how that service is called here. */
static const struct {
	const char *front, *service;
} services[] = {
	{ "imap", "cyrus/imap" },         { "pop3", "cyrus/pop3" },
	{ "http", "cyrus/http" },         { "nntp", "cyrus/nntp" },
	{ "sieve", "cyrus/sieve" },       { "timsieved", "cyrus/sieve" },
	{ "managesieve", "cyrus/sieve" },
};

/* PREFIX/SERVICE, where SERVICE is whatever the site calls it; without a prefix only letters and
 * digits that begin as one of the usual ones: any program of another kind has a name, too. Of
 * "cyrus/imap" rsyslog leaves "cyrus" in RFC 5424. */
static bool find_service(struct slice *ret, struct slice program)
{
	size_t slash = slice_find_last(program, SLICE_LITERAL("/"));
	bool has_prefix = slash < program.length;
	struct slice name = has_prefix ? slice_skip(program, slash + 1) : program;
	if (!slice_is_all(name, has_prefix ? grammar_is_name : slice_is_alnum))
		return false;
	*ret = SLICE_LITERAL("cyrus");
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (slice_starts_with(name, services[i].front)) {
			*ret = slice_string(services[i].service);
			return true;
		}
	}
	return has_prefix || slice_equals(name, "cyrus");
}

static bool is_name(unsigned char byte)
{
	return slice_is_not_blank(byte) && byte != '[' && byte != ']';
}

/* "NAME [ADDRESS]" or "[ADDRESS]" */
static bool take_client(struct login *ret, struct slice *text)
{
	if (slice_take_while(text, is_name, TOKEN_MAX).length && !slice_take_char(text, ' '))
		return false;
	return grammar_take_address(ret, text);
}

static bool is_anonymous(struct slice user)
{
	return slice_equals(user, "anonymous") || slice_starts_with(user, "anonymous ");
}

/* --- login: --- */

static bool is_mechanism(unsigned char byte)
{
	return grammar_is_mechanism(byte) || byte == '+'; /* "PLAIN+TLS" */
}

static void cut_session(struct slice *text)
{
	size_t begin = slice_find_last(*text, SLICE_LITERAL(" "));
	if (slice_ends_with(*text, ">") &&
	    slice_starts_with(slice_skip(*text, begin), " SESSIONID=<"))
		text->length = begin;
}

/* Behind "login: ". */
static bool read_text(struct login *ret, struct slice text)
{
	if (!take_client(ret, &text) || !slice_take_char(&text, ' '))
		return false;
	cut_session(&text);
	if (!slice_ends_with(text, " User logged in"))
		return false;
	text.length -= sizeof " User logged in" - 1;
	size_t blank = slice_find_last(text, SLICE_LITERAL(" "));
	ret->user = slice_make(text.data, blank);
	return slice_is_all(slice_skip(text, blank + 1), is_mechanism);
}

/* --- event=login.good --- */

/* To the end of a value in quotes. */
static bool take_quoted(struct slice *ret, struct slice *text)
{
	for (size_t i = 0; i < text->length; i++) {
		if (text->data[i] == '"') {
			*ret = slice_make(text->data, i);
			*text = slice_skip(*text, i + 1);
			return true;
		}
		i += text->data[i] == '\\';
	}
	return false;
}

/* VALUE without its backslashes, in ROOM; it may be cut. */
static struct slice unquote(struct strbuf *room, struct slice value)
{
	strbuf_clear(room);
	for (size_t i = 0; i < value.length; i++) {
		i += value.data[i] == '\\' && i + 1 < value.length;
		strbuf_add_char(room, value.data[i]);
	}
	return slice_make(strbuf_text(room), room->length);
}

/* " KEY=VALUE" */
static bool take_pair(struct slice *ret_key, struct slice *ret_value, bool *ret_is_quoted,
                      struct slice *text)
{
	if (!slice_take_char(text, ' ') || !grammar_take_key(ret_key, text))
		return false;
	*ret_is_quoted = slice_take_char(text, '"');
	if (*ret_is_quoted)
		return take_quoted(ret_value, text);
	*ret_value = slice_take_while(text, slice_is_not_blank, TOKEN_MAX);
	return true;
}

/* Behind "event=login.good". The user may be in ROOM. */
static bool read_event(struct login *ret, struct slice text, struct strbuf *room)
{
	struct slice key, value;
	bool is_quoted;
	bool is_whole = false; /* these follow the user, who may be cut off else */
	for (int i = 0; i < PAIRS_MAX && text.length; i++) {
		if (!take_pair(&key, &value, &is_quoted, &text))
			return false;
		if (slice_equals(key, "u.username"))
			ret->user = is_quoted ? unquote(room, value) : value;
		else if (slice_equals(key, "r.clienthost") && !take_client(ret, &value))
			return false;
		else if (slice_equals(key, "login.anonymous"))
			return false;
		is_whole = is_whole || slice_equals(key, "login.mech") ||
			slice_equals(key, "login.tls");
	}
	return ret->has_address && is_whole;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text = line->message;
	bool is_login;
	if (!find_service(&ret->service, line->program))
		return LINE_OTHER;
	if (!slice_equals(ret->service,
	                  "cyrus")) /* then any daemon with a "/" may have written it */
		*ret_why = "a line of a Cyrus service, but neither \"login: \" nor "
			   "\"event=login.good\"";
	if (slice_take_string(&text, "login: "))
		is_login = read_text(ret, text);
	else if (slice_take_string(&text, "event=login.good"))
		is_login = read_event(ret, text, line->room);
	else
		return LINE_OTHER;
	*ret_why = "a success, but without user or address, or anonymous: the words of such a line "
		   "are the client's";
	return is_login && ret->user.length && !is_anonymous(ret->user) &&
			!slice_equals(ret->user, "~null~")
		? LINE_LOGIN
		: LINE_OTHER;
}

const struct logformat logformat_cyrus = {
	.name = "cyrus",
	.programs = { "cyrus", "imap", "pop3", "lmtp", "sasl" },
	.journal_identifiers = { "cyrus/imap", "cyrus/imaps", "cyrus/pop3", "cyrus/pop3s",
	                         "cyrus/sieve", "cyrus/timsieved", "cyrus/http", "cyrus/https",
	                         "imap", "imaps", "pop3", "pop3s", "sieve" },
	.literals = { { " User logged in", 15 }, { "event=login.good", 16 } },
	.telltales = { "User logged in", "event=login.good" },
	.parse = parse,
};
