/* grammar.h - what the messages of several servers are made of
 *
 * A format's parser reads a message from its front, by position. What each "take" takes stands at
 * the front of TEXT, which begins behind it afterwards; if it isn't there they return false, and
 * TEXT may be anywhere: a message is given up then. Nothing is copied: slices borrow from TEXT.
 *
 * Here is what more than one server writes. What is one server's own stays in its file, also where
 * it looks alike: a set of bytes that is wider than what the server writes is one that a stranger
 * may use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_GRAMMAR_H
#define LOGFORMAT_GRAMMAR_H

#include <stdbool.h>

#include "common/ipaddr.h"
#include "common/slice.h"
#include "plugin/login.h"

/* --- names --- */

/* What a host's name, a key or a service's name consists of: no byte that could end it. */
static inline bool grammar_is_name(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '.' || byte == '_' || byte == '-';
}

/* What a SASL mechanism's name consists of (RFC 4422, section 3.1), and the names that sites give
 * to theirs. */
static inline bool grammar_is_mechanism(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '_' || byte == '-';
}

/* RFC 4505's ANONYMOUS proves nobody, so it makes no login: what stands where the user does is the
 * client's word. */
bool grammar_is_anonymous(struct slice mechanism);
extern const char grammar_anonymous[]; /* why such a line is no login */

/* "KEY=", of at most 40 bytes. */
bool grammar_take_key(struct slice *ret, struct slice *text);

/* What a program, a protocol is called here; a table of them ends with { NULL }. */
struct grammar_service {
	const char *name, *service; /* "imapd", "courier/imap" */
};

/* The service of NAME, constant. */
bool grammar_find_service(struct slice *ret, const struct grammar_service *services,
                          struct slice name);

/* --- the client --- */

/* Puts ADDRESS into LOGIN. False if it is none: then the login has none. */
bool grammar_set_address(struct login *login, struct slice address);

/* "[TEXT]", up to the first "]". */
bool grammar_take_brackets(struct slice *ret, struct slice *text);

/* "[ADDRESS]", into LOGIN; anything else in the brackets is no address. */
bool grammar_take_address(struct login *login, struct slice *text);

/* "NAME[ADDRESS](:PORT)" of Postfix, into LOGIN. NAME is a verified host name or "unknown", so it
 * can't hold a bracket. Where ADDRESS is "unknown", too, the client was gone before it could be
 * asked for: the login has none, and is hidden. PORT may be "unknown". */
bool grammar_take_postfix_client(struct login *login, struct slice *text);

#endif
