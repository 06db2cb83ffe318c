/* login.h - the nouns that the stages share: a login, the position in a log
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

/* at most so many bytes at the head, and before the offset, make the identity */
#define LOG_HASHED_BYTES 256

#define LOG_CURSOR_MAX 1024 /* bytes, with the NUL */

/* Where a log was read up to, and which file that was. A value; all zero means "never read". */
struct log_position {
	uint64_t device, inode;
	uint64_t head_hash;  /* of the first head_length bytes */
	int64_t head_length; /* 0 to LOG_HASHED_BYTES; all zero if the file was empty */
	uint64_t tail_hash;  /* of the tail_length bytes before offset */
	int64_t tail_length;
	int64_t offset; /* the first byte that wasn't read: always the start of a line */
	/* the time of the newest line seen, 0 if none ever; it may be behind OFFSET */
	int64_t newest_sec;
	/* the time of the last line before OFFSET, 0 if none: where a gap begins */
	int64_t read_sec;
	/* a journal's cursor; of a file its path with all links resolved; "" if unknown */
	char cursor[LOG_CURSOR_MAX];
	bool is_known; /* false: never read */
};

/* Of a log two positions are kept: of the file that is read now, and of the one before it, into
 * which a daemon may go on writing for a while after it was renamed. */
enum log_age { LOG_CURRENT, LOG_BEFORE, LOG_AGES };

/* A log without a file of its name that isn't looked at any more, until something changes around
 * it: all of it was read, or none of it is there. A value; all zero means "it is looked at". */
struct log_rest {
	bool is_known;
	bool is_gone; /* its file was found nowhere, which was told */
	int64_t since_sec;
	uint64_t around; /* stands for what was around it then */
};

/* What a log has shown since it was first read: blindness (a wrong log, a proxy in front) is told
 * from it. */
struct log_history {
	int64_t since_sec; /* the time of the first run, 0: never */
	int64_t lines;
	int64_t logins;
	int64_t public_logins; /* those from public addresses */
};

#endif
