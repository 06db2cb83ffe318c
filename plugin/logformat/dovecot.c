/* dovecot.c - Dovecot's login processes: imap, pop3, submission, managesieve
 *
 * From src/login-common of Dovecot 2.2.36 to 2.4: client_destroy_success() and login_proxy_started(), with the settings
 * login_log_format ("%$: %s") and login_log_format_elements at their defaults:
 *
 *	imap-login: Login: ELEMENTS                                             2.2, 2.3
 *	imap-login: Logged in: ELEMENTS                                         2.4
 *	imap-login: proxy(USER(,ADDRESS:PORT)): [Ss]tarted proxying to HOST...: ELEMENTS
 *	ELEMENTS = user=<USER>(, method=MECHANISM), rip=ADDRESS(, lip=...)(, ...)
 *
 * behind "dovecot: " in syslog; in a log file of its own behind the time alone, and with "Info: " in between. A stranger's
 * text comes into lines that begin in another way, and into USER of failures only. A user name may hold ">" and ", ": all
 * behind it is the server's text, so it ends at the last ">" that the address follows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/driver.h"

#define METHOD_MAX 64

static const struct {
	const char *program, *service;
} processes[] = {
	{ "imap-login: ", "dovecot/imap" },
	{ "pop3-login: ", "dovecot/pop3" },
	{ "submission-login: ", "dovecot/submission" },
	{ "managesieve-login: ", "dovecot/managesieve" },
};

static bool is_mechanism(unsigned char byte)
{
	return (byte >= 'A' && byte <= 'Z') || slice_is_digit(byte) || byte == '-' || byte == '_';
}

/* In syslog the process is the first word of dovecot's message, in a file of its own it is the tag. */
static bool take_process(struct slice *ret_service, struct slice *text, const struct envelope *line)
{
	struct slice tag = line->program;
	*text = line->message;
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		const char *program = processes[i].program;
		bool is_own_file = tag.length + 2 == strlen(program) && memcmp(tag.data, program, tag.length) == 0;
		if (!is_own_file && !(slice_equals(tag, "dovecot") && slice_take_string(text, program)))
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

/* proxy(USER,...): Started proxying to HOST: ELEMENTS. HOST is the server's choice; ELEMENTS begin at the first user=. What is in
 * the parentheses goes into RET_NAME. */
static bool take_proxy(struct slice *ret_name, struct slice *text)
{
	struct slice rest = *text;
	if (!slice_take_string(&rest, "proxy("))
		return false;
	*ret_name = slice_take_while(&rest, is_in_parentheses, SIZE_MAX);
	if (!slice_take_string(&rest, "): started proxying to ") && !slice_take_string(&rest, "): Started proxying to "))
		return false;
	size_t elements = slice_find(rest, SLICE_LITERAL(": user=<"));
	*text = slice_skip(rest, elements + 2);
	return elements < rest.length;
}

/* The name in proxy(...) is raw, also in a failure, whose text a stranger could shape so; but there the true user= still comes
 * last, and is another one. It is cut at 80 bytes, and "?" stands for what is not printable. */
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
	return slice_take_string(text, "Login: ") || slice_take_string(text, "Logged in: ") || take_proxy(ret_proxy, text);
}

/* TEXT is behind a ">": the rest of a line may stand there. */
static bool take_address(struct slice *ret_address, struct slice *ret_method, struct slice text)
{
	*ret_method = SLICE_LITERAL("");
	if (slice_take_string(&text, ", method=")) {
		*ret_method = slice_take_while(&text, is_mechanism, METHOD_MAX);
		if (!ret_method->length)
			return false;
	}
	if (!slice_take_string(&text, ", rip="))
		return false;
	*ret_address = slice_take_until(&text, ',');
	return true;
}

/* user=<USER>..., from the right. */
static bool take_elements(struct login *ret, struct slice *ret_method, struct slice text)
{
	struct slice address;
	if (!slice_take_string(&text, "user=<"))
		return false;
	for (size_t end = text.length; end-- > 0;) {
		if (text.data[end] != '>' || !take_address(&address, ret_method, slice_skip(text, end + 1)))
			continue;
		ret->user = slice_make(text.data, end);
		ret->has_address = ipaddr_parse(&ret->address, address);
		return true;
	}
	return false;
}

static enum line_kind parse(struct login *ret, const struct envelope *line, const char **ret_why)
{
	struct slice text, method, proxy = { 0 };
	if (!take_process(&ret->service, &text, line))
		return LINE_OTHER;
	*ret_why = "a login process' line that begins neither with \"Login: \" nor \"Logged in: \": no success";
	if (!take_success(&proxy, &text))
		return LINE_OTHER;
	*ret_why = "a success, but not with \"user=<...>, method=..., rip=...\": is login_log_format_elements changed?";
	if (!take_elements(ret, &method, text))
		return LINE_OTHER;
	*ret_why = "the user in proxy(...) is not the one in user=<...>: a failure can be shaped so";
	if (proxy.data && !is_same_user(ret->user, proxy))
		return LINE_AMBIGUOUS;
	*ret_why = "the mechanism ANONYMOUS proves nobody";
	if (slice_equals(method, "ANONYMOUS"))
		return LINE_OTHER;
	*ret_why = "what stands behind rip= is no address";
	return ret->user.length && ret->has_address ? LINE_LOGIN : LINE_OTHER;
}

const struct logformat logformat_dovecot = {
	.name = "dovecot",
	.literals = { { "Login: user=", 12 }, { "Logged in: user=", 16 }, { "tarted proxying to ", 19 } },
	.parse = parse,
};
