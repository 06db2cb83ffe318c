/* login.h - the nouns that the stages share: a login
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGIN_H
#define LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/slice.h"

/* bytes of a user name that are kept; servers allow 64 to 255 in practice */
#define USER_MAX 256
#define SERVICE_MAX 64 /* bytes of a service name, "postfix/submission" */

/* A successful authenticated login, as a line of the log has it. The slices borrow from the
 * line. */
struct login {
	int64_t at_sec;        /* the line's own time */
	struct slice user;     /* hostile text: print only through printable */
	struct ipaddr address; /* the client; meaningless if !has_address */
	bool has_address;      /* "client=localhost[unknown]" has none: still a login, not placed */
	/* it has none, or none that is sure, and the client could bring that about */
	bool is_hidden;
	struct slice service; /* "postfix/submission", "" if the line does not say */
	/* how many logins this line stands for: 1, or N of "message repeated N times" */
	int64_t count;
	/* "": none; else another server may have logged the same login with the same text here
	 * (Dovecot's proxy, and the server behind it) */
	struct slice twin;
	bool is_proxied; /* with a twin: it is the proxy's line */
	/* where another line of the same session has the address (OpenSMTPD); 0: there is none */
	uint64_t session;
};

/* All logins of one user from one address by one service, as far as they are remembered. */
struct visit {
	struct slice user;     /* borrowed for the call that hands it out */
	struct ipaddr address; /* if has_address */
	bool has_address;
	bool is_hidden;  /* no address, and the client could bring that about */
	char country[3]; /* "" if unlocated */
	int64_t logins;
	int64_t since_sec; /* the earliest time from which one of them counts */
};

#endif
