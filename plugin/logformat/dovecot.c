/* dovecot.c - Dovecot's login processes: imap, pop3, submission, managesieve
 *
 * From src/login-common of Dovecot 1.1 to 2.4: client_destroy_success() and login_proxy_started(),
 * with the settings login_log_format at its default ("%$: %s"):
 *
 *	imap-login: Login: ELEMENTS                                             1.1 to 2.3
 *	imap-login: Logged in: ELEMENTS                                         2.4
 *	imap-login: proxy(USER(,ADDRESS:PORT)): [Ss]tarted proxying to HOST...: ELEMENTS
 *	ELEMENTS = user=<USER>(, method=MECHANISM), rip=ADDRESS(, lip=...)(, ...)
 *		in any order and number behind user=<>
 *
 * behind "dovecot: " in syslog; in a log file of its own behind the time alone, and with "Info: "
 * in between. A stranger's text comes into lines that begin in another way, and into USER of
 * failures only. A user name may hold ">" and ", ". A proxy that the server behind it trusts hands
 * address and session on, so both log one login with the same session. A success whose address
 * can't be told (rip is no element there, or stands behind a client's text) is a login without one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"
#include "plugin/logformat/grammar.h"

#define KEY_MAX 40
#define ELEMENTS_MAX 40

static const struct {
	const char *program, *service;
} processes[] = {
	{ "imap-login: ", "dovecot/imap" },
	{ "pop3-login: ", "dovecot/pop3" },
	{ "submission-login: ", "dovecot/submission" },
	{ "managesieve-login: ", "dovecot/managesieve" },
};

/* The tag in syslog is instance_name: "dovecot", or what several instances on a host are called for
 * short. */
static bool is_instance(struct slice tag)
{
	return slice_take_string(&tag, "dovecot") && (!tag.length || tag.data[0] == '-');
}

/* In syslog the process is the first word of dovecot's message, in a file of its own it is the
 * tag. */
static bool take_process(struct slice *ret_service, struct slice *text, const struct header *line)
{
	struct slice tag = line->program;
	*text = line->message;
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		const char *program = processes[i].program;
		bool is_own_file = tag.length + 2 == strlen(program) &&
			memcmp(tag.data, program, tag.length) == 0;
		if (!is_own_file && !(is_instance(tag) && slice_take_string(text, program)))
			continue;
		*ret_service = slice_string(processes[i].service);
		slice_take_string(text, "Info: ");
		return true;
	}
	return false;
}

static bool is_in_parentheses(unsigned char byte)
{
	return byte != '(' && byte != ')';
}

/* proxy(USER,...): Started proxying to HOST: ELEMENTS. HOST is the server's choice; ELEMENTS begin
 * at the first user=. What is in the parentheses goes into RET_NAME. */
static bool take_proxy(struct slice *ret_name, struct slice *text)
{
	struct slice rest = *text;
	if (!slice_take_string(&rest, "proxy("))
		return false;
	*ret_name = slice_take_while(&rest, is_in_parentheses, SIZE_MAX);
	if (!slice_take_string(&rest, "): started proxying to ") &&
	    !slice_take_string(&rest, "): Started proxying to "))
		return false;
	size_t elements = slice_find(rest, SLICE_LITERAL(": user=<"));
	*text = slice_skip(rest, elements + 2);
	return elements < rest.length;
}

/* The name in proxy(...) is raw, also in a failure, whose text a stranger could shape so; but there
 * the true user= still comes last, and is another one. It is cut at 80 bytes, and "?" stands for
 * what is not printable. */
static bool is_same_user(struct slice user, struct slice proxy)
{
	bool is_cut = slice_ends_with(user, "...");
	size_t length = is_cut ? user.length - 3 : user.length;
	if (proxy.length < length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (user.data[i] != proxy.data[i] && user.data[i] != '?')
			return false;
	return is_cut || proxy.length == length || proxy.data[length] == ',';
}

static bool take_success(struct slice *ret_proxy, struct slice *text)
{
	return slice_take_string(text, "Login: ") || slice_take_string(text, "Logged in: ") ||
		take_proxy(ret_proxy, text);
}

/* --- the elements --- */

/* What is behind user=<USER>. */
struct elements {
	struct slice method, rip, lip, session;
	struct slice open; /* the text of an error of TLS, and all behind it */
	bool is_secured;
};

/* Commas and colons may be in it, and with ssl_verify_client_cert what a client wrote into its
 * certificate: all behind it is open. */
static bool is_tls_error(struct slice text)
{
	return slice_starts_with(text, "TLS: ") || slice_starts_with(text, "TLS handshaking: ");
}

static bool is_key(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || slice_is_digit(byte) || byte == '_';
}

static bool has_bracket(struct slice text)
{
	return memchr(text.data, '<', text.length) || memchr(text.data, '>', text.length);
}

/* Where the value of KEY belongs; NULL: nothing depends on it. */
static struct slice *find_field(struct elements *elements, struct slice key)
{
	return slice_equals(key, "method")     ? &elements->method
		: slice_equals(key, "rip")     ? &elements->rip
		: slice_equals(key, "lip")     ? &elements->lip
		: slice_equals(key, "session") ? &elements->session
					       : NULL;
}

/* KEY=VALUE, KEY=<VALUE> or words. No angle bracket but these two: it would be a part of USER. */
static bool add_element(struct elements *ret, struct slice element)
{
	struct slice value = element;
	struct slice key = slice_take_while(&value, is_key, KEY_MAX);
	if (!key.length || !slice_take_char(&value, '=')) {
		ret->is_secured = ret->is_secured || slice_equals(element, "secured");
		return element.length && !has_bracket(element);
	}
	if (slice_ends_with(value, ">") && slice_take_char(&value, '<'))
		value.length--;
	struct slice *field = find_field(ret, key);
	if (has_bracket(value) || (field && field->data))
		return false;
	if (field)
		*field = value;
	return true;
}

static bool read_elements(struct elements *ret, struct slice text)
{
	static const struct slice separator = { ", ", 2 };
	*ret = (struct elements){ 0 };
	for (int i = 0; text.length; i++) {
		if (i == ELEMENTS_MAX || !slice_take_string(&text, ", "))
			return false;
		if (is_tls_error(text)) {
			ret->open = text;
			return true;
		}
		size_t end = slice_find(text, separator);
		if (!add_element(ret, slice_make(text.data, end)))
			return false;
		text = slice_skip(text, end);
	}
	return true;
}

/* user=<USER>ELEMENTS. USER ends at the first ">" from which on all is elements, each at most once:
 * so a name that imitates some of them is seen through by what the server wrote behind it. */
static bool take_user(struct slice *ret_user, struct elements *ret, struct slice text)
{
	if (!slice_take_string(&text, "user=<"))
		return false;
	bool is_first = true;
	for (size_t end = 0; end < text.length && end <= USER_MAX; end++) {
		struct slice rest = slice_skip(text, end + 1);
		if (text.data[end] != '>')
			continue;
		if ((rest.length || is_first) && read_elements(ret, rest)) {
			*ret_user = slice_make(text.data, end);
			return true;
		}
		is_first = false;
	}
	return false;
}

/* Of a success whose elements can't be told apart, but for the begin of the user. */
static bool take_user_alone(struct slice *ret_user, struct elements *ret, struct slice text)
{
	*ret = (struct elements){ 0 };
	if (!slice_take_string(&text, "user=<") ||
	    slice_find(text, SLICE_LITERAL(">")) == text.length)
		return false;
	*ret_user = slice_take_until(&text, '>');
	return true;
}

/* Is it open, and could an address in there be the server's? */
static bool has_open_address(const struct elements *elements)
{
	return slice_find(elements->open, SLICE_LITERAL("rip=")) < elements->open.length;
}

/* Without either address and yet "secured": over a unix socket, from this host. */
static void find_address(struct login *ret, const struct elements *elements)
{
	bool is_local = !elements->rip.length && !elements->lip.length && elements->is_secured;
	struct slice address = is_local ? SLICE_LITERAL("127.0.0.1") : elements->rip;
	/* Without rip it is the configuration; in the text of an error of TLS it is the client's
	 * certificate. */
	ret->is_hidden = has_open_address(elements);
	ret->has_address = !ret->is_hidden && ipaddr_parse(&ret->address, address);
}

/* auth_anonymous_username is "anonymous"; where neither mechanism nor address is told it is taken
 * for that. */
static bool is_anonymous(const struct login *login, struct slice method)
{
	return grammar_is_anonymous(method) ||
		(!login->has_address && slice_equals(login->user, "anonymous"));
}

/* A failure that was shaped as a proxy's success still has the true user= in it. */
static bool is_proxys(const struct slice *user, struct slice proxy, const struct elements *elements)
{
	return is_same_user(*user, proxy) &&
		slice_find(elements->open, SLICE_LITERAL("user=<")) == elements->open.length;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	struct slice text, proxy = { 0 };
	struct elements elements;
	if (!take_process(&ret->service, &text, line))
		return LINE_OTHER;
	*ret_why = "a login process' line that begins neither with \"Login: \" nor \"Logged in: "
		   "\": no success";
	if (!take_success(&proxy, &text))
		return LINE_OTHER;
	*ret_why = "the user in proxy(...) is not the one in user=<...>: a failure can be shaped "
		   "so";
	bool has_elements = take_user(&ret->user, &elements, text);
	if (proxy.data && !(has_elements && is_proxys(&ret->user, proxy, &elements)))
		return LINE_AMBIGUOUS;
	*ret_why = "a success, but not with \"user=<...>\" first: is login_log_format_elements "
		   "changed?";
	if (!has_elements && !take_user_alone(&ret->user, &elements, text))
		return LINE_OTHER;
	find_address(ret, &elements);
	*ret_why = grammar_anonymous;
	if (is_anonymous(ret, elements.method))
		return LINE_OTHER;
	ret->twin = elements.session;
	ret->is_proxied = proxy.data != NULL;
	*ret_why = "a success that names no user";
	return ret->user.length ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_dovecot = {
	.name = "dovecot",
	.programs = { "dovecot", "auth" },
	.journal_identifiers = { "dovecot" },
	.literals = { { "Login: user=", 12 },
	              { "Logged in: user=", 16 },
	              { "tarted proxying to ", 19 } },
	.telltales = { "Login: user=", "Logged in: user=", "roxying to " },
	.parse = parse,
};
