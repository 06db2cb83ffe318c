/* exim.c - Exim's main log
 *
 * From src/receive.c (receive_msg()) and src/smtp_in.c (host_and_ident(), smtp_log_no_mail()) of
 * Exim 4.92 to 4.98. A login is an accepted message whose protocol ends in "a", which Exim adds
 * after a successful AUTH only:
 *
 *	([PID] )MSGID <= SENDER( R=..)( DS) H=HOST( I=..)( TFO)( U=..)( Ci=..)
 *		 P=esmtpsa( L..)( X=..)( CV=..)( DN="..")( SNI=..)
 *		 A=AUTHENTICATOR(:ID(:AUTHSENDER))( PRDR)( PRX=..)( K) S=SIZE ...
 *	no MAIL in (TFO )SMTP connection from HOST( I=..)( U=..)( Ci=..) D=..
 *		 A=AUTHENTICATOR(:ID)( X=..)( CV=..) C=EHLO,AUTH,QUIT
 *	HOST = (NAME )((HELO) )[ADDRESS](:PORT)
 *
 * in its own file behind the time, in syslog behind "exim: " and, unless syslog_timestamp is off, a
 * time of its own.
 *
 * SENDER, NAME and HELO are a stranger's. A quoted sender may hold blanks, so its quotes are
 * followed. NAME is a verified name, of letters, digits and "/_.-" unless dns_check_names_pattern
 * is changed; it holds no blank even then, as glibc's resolver escapes them. HELO can't hold blanks
 * either, unless helo_accept_junk_hosts lets it: then it can imitate all that is behind it, but the
 * true " P=" still follows. So a line with two of them outside of the tail's quotes is ambiguous,
 * and so is one that says a login's " P=" behind a front that can't be read: whoever has a password
 * could hide so. ID may hold blanks; it ends at a colon, or where all the rest is a tail.
 *
 * What is cut, by Exim for syslog (write_syslog() in src/log.c: pieces of 870 bytes, each with
 * "[NUMBER/PIECES] " in front) or by a syslog's own limit, may have lost its " P=...a ", or have it
 * in two halves: whoever has a password chooses where with a long HELO. Then it is ambiguous as
 * well.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/timestamp.h"
#include "plugin/logformat/driver.h"
#include "plugin/logformat/exim_protocol.h"
#include "plugin/logformat/exim_tail.h"
#include "plugin/logformat/grammar.h"

#define TOKEN_MAX EXIM_TOKEN_MAX /* a HELO, an SNI are as long as the client likes */
#define FIELDS_MAX 12
#define CUT_LENGTH_LEAST 800 /* no syslog cuts at less */
/* " log buffer ****" follows, unless <trunc> has taken its place. */
#define OVERFLOW "**** log string overflowed"

static const char overflow_why[] = "Exim has cut it, as it was too long (8 KiB): there may have "
				   "been a login in it";

/* --- the front --- */

/* How many bytes the next piece of an address has: a quoted string, an escaped byte, or any other
 * byte but blanks; 0: none. */
static size_t address_piece(struct slice text)
{
	if (!text.length || text.data[0] == ' ' || text.data[0] == '\t')
		return 0;
	if (text.data[0] == '\\')
		return text.length > 1 ? 2 : 0;
	if (text.data[0] != '"')
		return 1;
	for (size_t i = 1; i < text.length; i++) {
		if (text.data[i] == '"')
			return i + 1;
		i += text.data[i] == '\\';
	}
	return 0;
}

/* 6-6-2 letters and digits, since 4.97 6-11-4. */
static bool take_message_id(struct slice *text)
{
	static const size_t lengths[][3] = { { 6, 6, 2 }, { 6, 11, 4 } };
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct slice rest = *text;
		if (slice_take_while(&rest, slice_is_alnum, lengths[i][0]).length ==
		            lengths[i][0] &&
		    slice_take_char(&rest, '-') &&
		    slice_take_while(&rest, slice_is_alnum, lengths[i][1]).length ==
		            lengths[i][1] &&
		    slice_take_char(&rest, '-') &&
		    slice_take_while(&rest, slice_is_alnum, lengths[i][2]).length ==
		            lengths[i][2] &&
		    slice_take_char(&rest, ' ')) {
			*text = rest;
			return true;
		}
	}
	return false;
}

static bool is_exim(struct slice program)
{
	return slice_equals(program, "exim") || slice_equals(program, "exim4");
}

/* Exim's own time, which is in syslog, too, and its process. */
static struct slice skip_time(struct slice text, bool is_syslog, int64_t at_sec)
{
	struct slice rest = text;
	int64_t ignored;
	if (is_syslog && timestamp_take(&ignored, &rest, at_sec) && slice_take_char(&rest, ' '))
		text = rest;
	rest = text;
	if (slice_take_char(&rest, '[') && slice_take_while(&rest, slice_is_digit, 10).length &&
	    slice_take_string(&rest, "] "))
		text = rest;
	return text;
}

/* "[2/3]" in front of a piece, with a blank behind it that is left. After a line's end in Exim's
 * text it is "[2\3]". */
static bool take_piece(struct slice *text, bool *ret_is_first)
{
	struct slice rest = *text;
	if (!slice_take_char(&rest, '['))
		return false;
	struct slice number = slice_take_while(&rest, slice_is_digit, 5);
	if (!number.length || !(slice_take_char(&rest, '/') || slice_take_char(&rest, '\\')) ||
	    !slice_take_while(&rest, slice_is_digit, 5).length || !slice_take_char(&rest, ']') ||
	    !slice_starts_with(rest, " "))
		return false;
	*ret_is_first = slice_equals(number, "1");
	*text = rest;
	return true;
}

static bool take_sender(struct slice *text)
{
	size_t length = 0, piece;
	while ((piece = address_piece(slice_skip(*text, length))))
		length += piece;
	*text = slice_skip(*text, length);
	return length > 0;
}

/* --- fields --- */

/* A field of the table at the front: its name, and a value without blanks, or in quotes if the name
 * ends in one. */
static bool take_field(struct slice *text, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice rest = *text;
		if (!slice_take_string(&rest, names[i]))
			continue;
		if (slice_ends_with(slice_string(names[i]), "\"")) {
			slice_take_until(&rest, '"');
		} else {
			slice_take_while(&rest, slice_is_not_blank, TOKEN_MAX);
		}
		*text = rest;
		return true;
	}
	return false;
}

static void take_fields(struct slice *text, const char *const *names, size_t count)
{
	for (int i = 0; i < FIELDS_MAX && take_field(text, names, count); i++)
		;
}

/* A name or "(HELO)", and the blank behind it. Neither holds one; all other bytes are as the site
 * allows them. */
static bool take_token(struct slice *text)
{
	return slice_take_while(text, slice_is_not_blank, TOKEN_MAX).length &&
		slice_take_char(text, ' ');
}

/* (HELO) */
static bool take_helo(struct slice *text)
{
	struct slice rest = *text;
	if (!slice_take_char(&rest, '('))
		return true;
	struct slice helo = slice_take_while(&rest, slice_is_not_blank, TOKEN_MAX);
	*text = rest;
	return slice_ends_with(helo, ")") && slice_take_char(text, ' ');
}

static bool take_host(struct login *ret, struct slice *text)
{
	struct slice rest = *text;
	bool has_name = rest.length && rest.data[0] != '(' && rest.data[0] != '[';
	if ((has_name && !take_token(&rest)) || !take_helo(&rest) ||
	    !grammar_take_address(ret, &rest))
		return false;
	*text = rest;
	return !slice_take_char(text, ':') || slice_take_while(text, slice_is_digit, 5).length;
}

/* --- the protocol --- */

static bool has_unquoted_protocol(struct slice text, bool of_login)
{
	while (text.length) {
		size_t piece = address_piece(text);
		if (!piece && exim_is_protocol(text, of_login))
			return true;
		text = slice_skip(text, piece ? piece : 1);
	}
	return false;
}

/* Could HELO, or what else a stranger brings, have imitated all that was read before TEXT, the true
 * protocol being behind? It would be before the tail, or among its words: an imitated tail takes
 * all for recipients; or anywhere, if the tail isn't known. An ident (RFC 1413) is a stranger's as
 * well. What the quotes of a tail hold is no imitation, unless a cut has left them open: that must
 * never make a login, and hide none. */
static bool has_protocol_again(struct slice text, bool of_login, bool has_ident)
{
	bool fits;
	size_t end = exim_find_tail(text, &fits);
	if (exim_has_protocol(slice_make(text.data, fits && !has_ident ? end : text.length),
	                      of_login))
		return true;
	if (has_unquoted_protocol(slice_skip(text, end), of_login))
		return true;
	size_t helo_end = slice_find(text, SLICE_LITERAL(") ["));
	return (!of_login || text.length >= CUT_LENGTH_LEAST) &&
		exim_has_protocol(slice_skip(text, helo_end), of_login);
}

/* --- the user --- */

/* Of "ID PRDR PRX=ip K" the ID. */
static void cut_flags(struct slice *id)
{
	if (slice_ends_with(*id, " K"))
		id->length -= 2;
	size_t proxy = slice_find(*id, SLICE_LITERAL(" PRX="));
	id->length = proxy;
	if (slice_ends_with(*id, " PRDR"))
		id->length -= 5;
}

/* AUTHENTICATOR(:ID(:SENDER)), of LENGTH bytes in all. SENDER (+smtp_mailauth) is whatever the
 * client likes, so ID ends at the first colon, or a thief were a new user with each message. */
static bool take_user(struct login *ret, struct slice text, size_t length)
{
	bool is_cut = length == text.length;
	text.length = length;
	if (is_cut || !slice_take_while(&text, grammar_is_mechanism, TOKEN_MAX).length)
		return false;
	cut_flags(&text);
	bool has_id = slice_take_char(&text, ':');
	ret->user = slice_make(text.data, slice_find(text, SLICE_LITERAL(":")));
	return has_id || !text.length;
}

/* --- the two kinds of lines --- */

/* To the protocol's name: "SENDER( R=..)( DS) H=HOST( I=..)( TFO)( U=..)( Ci=..) P=". What was read
 * is taken off TEXT in any case. */
static bool take_front(struct login *ret, bool *ret_has_ident, struct slice *text,
                       const char **ret_why)
{
	static const char *const before_host[] = { " R=", " DS" };
	static const char *const before_ident[] = { " I=", " TFO" };
	static const char *const ident[] = { " U=" };
	static const char *const before_protocol[] = { " Ci=" };

	*ret_why = "a message that was accepted, but its sender can't be read";
	if (!take_sender(text))
		return false;
	take_fields(text, before_host, ARRAY_SIZE(before_host));
	*ret_why = "a message of this host itself, or its host can't be read";
	if (!slice_take_string(text, " H=") || !take_host(ret, text))
		return false;
	take_fields(text, before_ident, ARRAY_SIZE(before_ident));
	*ret_has_ident = take_field(text, ident, ARRAY_SIZE(ident));
	take_fields(text, before_protocol, ARRAY_SIZE(before_protocol));
	*ret_why = "a message that was accepted, but its protocol is not where it should be";
	return slice_take_string(text, " P=");
}

/* Exim's mark stands for the end of what is too long for its buffer, with 4.96 for all behind the
 * message's id. A client with a long HELO can bring that about, also after a login. With 4.98 the
 * end of the mark may be overwritten by "<trunc>". */
static bool is_overflown(struct slice text)
{
	return slice_find(text, SLICE_LITERAL(OVERFLOW)) < text.length;
}

/* Has a syslog cut the protocol off, or in two? Each message has one. Exim's own log isn't cut but
 * by Exim. */
static bool may_be_cut(struct slice text, bool is_syslog, const char **ret_why)
{
	bool may_be = is_syslog && text.length >= CUT_LENGTH_LEAST &&
		(exim_ends_in_protocol(text) || !exim_has_protocol(text, false));
	if (may_be)
		*ret_why = "it was cut before, or within, its P=: that may have been a login's";
	return may_be;
}

/* Behind "MSGID <= ". */
static enum line_kind read_message(struct login *ret, struct slice text, bool is_syslog,
                                   const char **ret_why)
{
	static const char *const before_user[] = { " L", " SPF", " X=", " CV=", " DN=\"", " SNI=" };
	const struct slice all = text;
	bool has_ident = false;

	*ret_why = overflow_why;
	if (is_overflown(text))
		return LINE_AMBIGUOUS;
	if (!take_front(ret, &has_ident, &text, ret_why)) {
		if (!has_protocol_again(text, true, has_ident))
			return may_be_cut(all, is_syslog, ret_why) ? LINE_AMBIGUOUS : LINE_OTHER;
		*ret_why = "it says P=...a, a login's protocol, but what stands before can't be "
			   "read (helo_accept_junk_hosts)";
		return LINE_AMBIGUOUS;
	}
	const char *service = exim_login_service(
		slice_take_while(&text, slice_is_not_blank, TOKEN_MAX));
	*ret_why = "it says P= twice: HELO may have imitated the first one "
		   "(helo_accept_junk_hosts)";
	if (has_protocol_again(text, !service, has_ident))
		return LINE_AMBIGUOUS;
	*ret_why = "a message that was accepted without a login";
	if (!service)
		return may_be_cut(all, is_syslog, ret_why) ? LINE_AMBIGUOUS : LINE_OTHER;
	ret->service = slice_string(service);
	take_fields(&text, before_user, ARRAY_SIZE(before_user));
	*ret_why = "a login, but what stands before or behind its A= can't be read";
	bool ignored;
	if (!slice_take_string(&text, " A=") ||
	    !take_user(ret, text, exim_find_tail(text, &ignored)))
		return LINE_AMBIGUOUS;
	return LINE_LOGIN;
}

/* The first of the fields that can follow a user here. */
static size_t find_end(struct slice text)
{
	static const char *const ends[] = { " X=", " CV=", " DN=\"", " SNI=", " C=" };
	size_t end = text.length;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t at = slice_find(text, slice_string(ends[i]));
		end = at < end ? at : end;
	}
	return end;
}

/* Behind the last " C=" there are only names of commands: nothing was cut before it. */
static bool ends_in_commands(struct slice text)
{
	static const struct slice commands = { " C=", 3 };
	size_t at;
	bool has_any = false;
	while ((at = slice_find(text, commands)) < text.length) {
		text = slice_skip(text, at + commands.length);
		has_any = true;
	}
	while (text.length &&
	       ((text.data[0] >= 'A' && text.data[0] <= 'Z') || text.data[0] == ',' ||
	        text.data[0] == '.'))
		text = slice_skip(text, 1);
	return has_any && !text.length;
}

/* Behind "no MAIL in SMTP connection from ": written with log_selector +smtp_no_mail. */
static enum line_kind read_no_mail(struct login *ret, struct slice text, bool is_syslog,
                                   const char **ret_why)
{
	static const char *const before_time[] = { " I=", " U=", " Ci=" };
	static const char *const time[] = { " D=" };
	*ret_why = overflow_why;
	if (is_overflown(text))
		return LINE_AMBIGUOUS;
	*ret_why = "a connection without a login";
	bool may_be_cut_off = is_syslog && text.length >= CUT_LENGTH_LEAST &&
		!ends_in_commands(text);
	if (slice_find(text, SLICE_LITERAL(" A=")) == text.length && !may_be_cut_off)
		return LINE_OTHER;
	*ret_why = "a login perhaps, but what stands before its A= can't be read "
		   "(helo_accept_junk_hosts)";
	if (!take_host(ret, &text))
		return LINE_AMBIGUOUS;
	take_fields(&text, before_time, ARRAY_SIZE(before_time));
	if (!take_field(&text, time, ARRAY_SIZE(time)))
		return LINE_AMBIGUOUS;
	*ret_why = "it says D= twice: HELO may have imitated the first one "
		   "(helo_accept_junk_hosts)";
	if (slice_find(text, SLICE_LITERAL(" D=")) < text.length)
		return LINE_AMBIGUOUS;
	*ret_why = "a login perhaps, but what stands before or behind its A= can't be read";
	ret->service = SLICE_LITERAL("exim/no MAIL");
	return slice_take_string(&text, " A=") && take_user(ret, text, find_end(text))
		? LINE_LOGIN
		: LINE_AMBIGUOUS;
}

/* A piece says nothing surely: its front may be a stranger's. TEXT begins with a blank, so that a
 * protocol is seen there, too. */
static enum line_kind read_piece(struct slice text, bool is_first, int64_t at_sec,
                                 const char **ret_why)
{
	*ret_why = overflow_why;
	if (is_overflown(text))
		return LINE_AMBIGUOUS;
	*ret_why = "a piece of a line that Exim cut for syslog (870 bytes)";
	struct slice begin = skip_time(slice_skip(text, 1), true, at_sec);
	bool is_no_mail = is_first && slice_starts_with(begin, "no MAIL in ");
	if (is_no_mail || exim_has_protocol(text, true) || exim_ends_in_protocol(text))
		return LINE_AMBIGUOUS;
	return LINE_OTHER;
}

static enum line_kind parse(struct login *ret, const struct header *line, const char **ret_why)
{
	bool is_syslog = is_exim(line->program), is_first;
	struct slice text = is_syslog ? line->message : line->text;
	if (is_syslog && take_piece(&text, &is_first))
		return read_piece(text, is_first, line->at_sec, ret_why);
	text = skip_time(text, is_syslog, line->at_sec);
	if (slice_take_string(&text, "no MAIL in ")) {
		slice_take_string(&text, "TFO* ");
		slice_take_string(&text, "TFO ");
		return slice_take_string(&text, "SMTP connection from ")
			? read_no_mail(ret, text, is_syslog, ret_why)
			: LINE_OTHER;
	}
	bool is_message = take_message_id(&text);
	if (slice_starts_with(text, OVERFLOW)) {
		*ret_why = overflow_why;
		return LINE_AMBIGUOUS;
	}
	if (is_syslog || is_message)
		*ret_why = "a line of Exim, but no message that was accepted";
	if (!is_message || (!slice_take_string(&text, "<= ") && !slice_take_string(&text, "(= ")))
		return LINE_OTHER;
	return read_message(ret, text, is_syslog, ret_why);
}

const struct logformat logformat_exim = {
	.name = "exim",
	.programs = { "exim" },
	.journal_identifiers = { "exim", "exim4" },
	.literals = {
		{ " P=esmtpa", 9 },
		{ " P=esmtpsa", 10 },
		{ " P=essmtpa", 10 },
		{ " P=utf8es", 9 },
		{ "no MAIL in ", 11 },
		{ " log string overflowed", 22 },
	},
	.long_least = CUT_LENGTH_LEAST,
	.long_word = { "exim", 4 },
	.telltales = { " P=esmtpa", " P=esmtpsa" },
	.parse = parse,
};
