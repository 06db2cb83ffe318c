/* line.c - what the fuzz targets of the log formats check; see line.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/strbuf.h"
#include "common/xalloc.h"
#include "plugin/logformat.h"
#include "tests/fuzz/line.h"

#define NOW_SEC INT64_C(1795521600) /* 2026-11-24 12:00 UTC */
#define LINE_ROOM 100000
#define HOSTILE_MAX 2000

/* What the server makes of a stranger's bytes before it logs them. */
enum filter {
	PRINTABLE,   /* control characters become "?": Postfix, Dovecot, syslog */
	WORD,        /* no blanks either: Exim's HELO, a reverse name */
	QUOTED,      /* in quotes, with quotes and backslashes escaped: a local part */
	XTEXT,       /* Sendmail's authid: blank = < > " ( ) + \ as +HH */
	NO_BRACKETS, /* no blanks, no brackets */
	DOUBLED,     /* ";" as ";;": Zimbra */
};

/* A line with a place for a stranger's text. USER NULL: a failure, never a login; else whoever
 * writes there, it is a login of USER from ADDRESS ("?ADDRESS": or from nowhere), or no login that
 * counts. */
static const struct frame {
	const char *format;
	enum filter filter;
	const char *before, *after;
	const char *user, *address;
} frames[] = {
#define SMTPD "2026-11-23T09:07:43Z mail postfix/smtpd[214]: "
	{ "postfix", PRINTABLE,
	  SMTPD "warning: h[203.0.113.9]: SASL PLAIN authentication failed: x, sasl_username=", "",
	  NULL, NULL },
	{ "postfix", PRINTABLE, SMTPD "NOQUEUE: reject: RCPT from h[203.0.113.9]: 554 5.7.1 <",
	  ">: no; from=<a> to=<b>", NULL, NULL },
	{ "postfix", PRINTABLE, SMTPD "4X: client=h[203.0.113.9], sasl_sender=", "", NULL, NULL },
	{ "postfix", PRINTABLE,
	  SMTPD "4X: client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=alice, sasl_sender=",
	  "", "alice", "203.0.113.9" },
	{ "postfix", NO_BRACKETS, SMTPD "4X: client=",
	  "[203.0.113.9], sasl_method=PLAIN, sasl_username=alice", "alice", "203.0.113.9" },
	{ "postfix", PRINTABLE, "2026-11-23T09:07:43Z mail postfix/cleanup[214]: 4X: message-id=<",
	  ">", NULL, NULL },
	{ "postfix", PRINTABLE,
	  "Nov 23 09:07:43 mail postfix/smtp[214]: 4X: to=<a>, status=bounced (host h[1.2.3.4] "
	  "said: ",
	  ")", NULL, NULL },
#define FAILED \
	"postfix/smtpd[214]: warning: h[203.0.113.9]: SASL PLAIN authentication failed: x, " \
	"sasl_username="
	{ "postfix", PRINTABLE, "Nov 23 09:07:44 host mailserver[9]: Nov 23 09:07:43 mail " FAILED,
	  "", NULL, NULL },
	{ "postfix", PRINTABLE, "Nov 23 09:07:44 host app[9]: ", "", NULL, NULL },
	{ "postfix", PRINTABLE, "Nov 23 09:07:43 [app] ", "", NULL, NULL },
	{ "postfix", PRINTABLE, "2026-11-23T09:07:43Z mail <uid=33> app[9]: ", "", NULL, NULL },
	{ "postfix", PRINTABLE, "/var/log/mail.log:12:Nov 23 09:07:43 mail <info> " FAILED, "",
	  NULL, NULL },
	{ "postfix", PRINTABLE,
	  "mail-0 postfix 2026-11-23T09:07:43Z Nov 23 09:07:43 UTC (none) " FAILED, "", NULL,
	  NULL },
	{ "postfix", PRINTABLE, "2026-11-23_09:07:43.91425 Mon Nov 23 09:07:43 2026 mail " FAILED,
	  "", NULL, NULL },
	{ "postfix", WORD, "login:", "", NULL, NULL },
	{ "postfix", PRINTABLE, "invalid user ", "", NULL, NULL },
	{ "postfix-auth", PRINTABLE,
	  SMTPD "warning: h[203.0.113.9]: SASL PLAIN authentication failed: ", "", NULL, NULL },
	{ "postfix-auth", NO_BRACKETS, SMTPD "disconnect from ",
	  "[203.0.113.9] ehlo=1 auth=1 quit=1 commands=3", "", "203.0.113.9" },
	{ "postfix-auth", NO_BRACKETS, SMTPD "disconnect from ",
	  "[203.0.113.9] ehlo=1 auth=0/1 quit=1 commands=2/3", NULL, NULL },
#define DOVECOT "2026-11-23T09:08:06Z mail dovecot: "
	{ "dovecot", PRINTABLE,
	  DOVECOT "imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<",
	  ">, method=PLAIN, rip=203.0.113.9, lip=1.1.1.1", NULL, NULL },
	{ "dovecot", PRINTABLE,
	  DOVECOT "imap-login: Login aborted: Connection closed (auth failed): user=<",
	  ">, rip=203.0.113.9", NULL, NULL },
	{ "dovecot", PRINTABLE,
	  DOVECOT "imap-login: Pre-login ID sent: ", ": user=<>, rip=203.0.113.9", NULL, NULL },
	{ "dovecot", PRINTABLE, DOVECOT "auth: passwd-file(", ",203.0.113.9): unknown user", NULL,
	  NULL },
	{ "dovecot", PRINTABLE, DOVECOT "lmtp(alice)<3><a>: msgid=<", ">: saved mail to INBOX",
	  NULL, NULL },
	{ "dovecot", PRINTABLE, "Nov 23 09:08:06 imap-login: Info: Disconnected: ",
	  ": user=<a>, rip=203.0.113.9", NULL, NULL },
	{ "dovecot", PRINTABLE, DOVECOT "imap-login: proxy(",
	  ",10.0.0.2:143): Login failed: user=<a>, rip=203.0.113.9", NULL, NULL },
	{ "dovecot", PRINTABLE,
	  DOVECOT "imap-login: Login: user=<alice>, method=PLAIN, rip=203.0.113.9, lip=1.1.1.1, "
	          "TLS: x: /CN=",
	  " (check ssl_ca setting?), session=<a>", "alice", "?203.0.113.9" },
#define EXIM "2026-11-23 09:16:24 1vNabc-00000001AbC-0xYz "
	{ "exim", QUOTED, EXIM "<= ", "@evil.example H=(h) [203.0.113.9] P=esmtp S=7 id=x@y", NULL,
	  NULL },
	{ "exim", QUOTED, EXIM "<= ",
	  "@evil.example H=(h) [203.0.113.9] P=esmtpsa X=TLS1.3:x:256 CV=no A=plain:alice S=7 "
	  "id=x@y",
	  "alice", "203.0.113.9" },
	{ "exim", WORD, EXIM "<= a@evil.example H=(", ") [203.0.113.9] P=esmtp S=7 id=x@y", NULL,
	  NULL },
	{ "exim", WORD, EXIM "<= a@example.com H=(",
	  ") [203.0.113.9] P=esmtpsa X=TLS1.3:x:256 CV=no A=plain:alice S=7", "alice",
	  "203.0.113.9" },
	{ "exim", PRINTABLE, EXIM "<= a@evil.example H=(", ") [203.0.113.9] P=esmtp S=7 id=x@y",
	  NULL, NULL }, /* junk HELO is let in */
	{ "exim", NO_BRACKETS, EXIM "<= a@example.com H=",
	  ".example (h) [203.0.113.9] P=esmtpsa X=TLS1.3:x:256 CV=no A=plain:alice S=7", "alice",
	  "203.0.113.9" },
	{ "exim", NO_BRACKETS, EXIM "<= a@evil.example H=",
	  ".example (h) [203.0.113.9] P=esmtp S=7 id=x@y", NULL, NULL },
	{ "exim", PRINTABLE,
	  EXIM "<= a@example.com H=(h) [203.0.113.9] P=esmtpsa X=TLS1.3:x:256 CV=no A=plain:alice:",
	  " S=7", "alice", "203.0.113.9" },
	{ "exim", QUOTED,
	  EXIM "<= a@example.com H=(h) [203.0.113.9] P=esmtpsa A=plain:alice S=1 S=7 for ",
	  "@example.com b@example.com", "alice S=1", "203.0.113.9" },
	{ "exim", QUOTED, EXIM "<= a@evil.example H=(h) [203.0.113.9] P=esmtp S=7 T=",
	  " for b@example.com", NULL, NULL },
	{ "exim", PRINTABLE, EXIM "<= a@evil.example H=(",
	  ") [203.0.113.9] P=esmtp S=7 for \" for z", NULL, NULL }, /* and cut */
	{ "exim", PRINTABLE, "Nov 23 09:16:24 mx exim[4711]: [2/2] ",
	  ") [203.0.113.9] P=esmtp S=7 id=x@y", NULL, NULL },
	{ "exim", PRINTABLE, EXIM "<= a@evil.example H=(",
	  "**** log string overflowed log buffer ****", NULL, NULL },
	{ "exim", PRINTABLE, EXIM "<= a@evil.example H=(",
	  "**** log string overflowed log buffer<trunc>", NULL, NULL },
	{ "exim", PRINTABLE,
	  "Nov 23 09:16:24 mx exim[4711]: [1/2] 2026-11-23 09:16:24 1vNabc-00000001AbC-0xYz <= "
	  "a@evil.example H=(",
	  "", NULL, NULL }, /* and cut */
	{ "exim", PRINTABLE, "2026-11-23 09:16:24 no MAIL in SMTP connection from (",
	  ") [203.0.113.9] D=0.2s C=EHLO,QUIT", NULL, NULL },
	{ "exim", PRINTABLE,
	  "2026-11-23 09:16:24 plain authenticator failed for (h) [203.0.113.9]: 535 Incorrect "
	  "authentication data (set_id=",
	  ")", NULL, NULL },
	{ "exim", PRINTABLE, "2026-11-23 09:16:24 H=(h) [203.0.113.9] F=<",
	  "> rejected RCPT <x@y>: no", NULL, NULL },
	{ "exim", WORD, EXIM "<= a@example.com H=(h) [203.0.113.9] P=esmtp S=7 id=", "", NULL,
	  NULL },
	{ "exim", PRINTABLE, EXIM "=> b@example.com R=r T=t H=h [1.2.3.4] C=\"250 ", "\"", NULL,
	  NULL },
#define SENDMAIL "Nov 23 09:16:24 mx1 sendmail[12345]: "
	{ "sendmail", PRINTABLE, SENDMAIL "0ANHXHYB005133: from=<",
	  ">, size=1, relay=[203.0.113.9]", NULL, NULL },
	{ "sendmail", PRINTABLE,
	  SENDMAIL "0ANHXHYB005133: AUTH failure (PLAIN): authentication failure (-13), user=",
	  ", relay=[203.0.113.9]", NULL, NULL },
	{ "sendmail", XTEXT, SENDMAIL "AUTH=server, relay=h.example [203.0.113.9], authid=alice",
	  ", mech=PLAIN, bits=0", "alice*", "203.0.113.9" },
	{ "sendmail", NO_BRACKETS, SENDMAIL "AUTH=server, relay=",
	  " [203.0.113.9], authid=alice, mech=PLAIN, bits=0", "alice", "203.0.113.9" },
#define CYRUS "Nov 23 09:16:24 mx1 cyrus/imap[7]: "
	{ "cyrus", PRINTABLE, CYRUS "badlogin: [203.0.113.9] plaintext ", " invalid user", NULL,
	  NULL },
	{ "cyrus", PRINTABLE, CYRUS "login: h.example [203.0.113.9] anonymous ", "", NULL, NULL },
	{ "cyrus", PRINTABLE, CYRUS "client id sessionid=<c>: \"name\" \"", "\"", NULL, NULL },
	{ "cyrus", PRINTABLE,
	  "Nov 23 09:16:24 mx1 site/imapmail[7]: badlogin: [203.0.113.9] plaintext ",
	  " invalid user", NULL, NULL },
	{ "cyrus", NO_BRACKETS, CYRUS "login: ",
	  " [203.0.113.9] bob PLAIN User logged in SESSIONID=<c>", "bob", "203.0.113.9" },
#define COURIER "Nov 23 09:16:24 mx1 imapd: "
	{ "courier", PRINTABLE,
	  COURIER "LOGIN FAILED, user=", ", ip=[::ffff:203.0.113.9], port=[5]", NULL, NULL },
	{ "courier", PRINTABLE,
	  COURIER "ID, user=alice, ip=[::ffff:203.0.113.9], port=[5], name=", "", NULL, NULL },
	{ "courier", PRINTABLE, "Nov 23 09:16:24 mx1 courierd: newmsg,id=00A4B3.5F.12: dns; ",
	  " (h [::ffff:203.0.113.9])", NULL, NULL },
	{ "courier", PRINTABLE,
	  "Nov 23 09:16:24 mx1 courierd: newmsg,id=00A4B3.5F.12, auth=alice: dns; ",
	  " (h [::ffff:203.0.113.9])", "alice", "203.0.113.9" },
	{ "opensmtpd", PRINTABLE,
	  "Mar  4 00:13:55 ix smtpd[22421]: f7a2e6aa567530c9 smtp failed-command command=\"",
	  "\" result=\"503\"", NULL, NULL },
	{ "opensmtpd", NO_BRACKETS,
	  "Mar  4 00:13:55 ix smtpd[22421]: f7a2e6aa567530c9 smtp authentication user=alice "
	  "address=203.0.113.9 host=",
	  " result=ok", "alice", "203.0.113.9" },
	{ "opensmtpd", NO_BRACKETS,
	  "Mar  4 00:13:55 ix smtpd[22421]: f7a2e6aa567530c9 smtp authentication user=",
	  " result=permfail", NULL, NULL },
#define VPOPMAIL "Nov 23 09:16:24 mx1 vpopmail[7]: vchkpw-smtp: "
	{ "vpopmail", PRINTABLE, VPOPMAIL "vpopmail user not found ", "@example.com:203.0.113.9",
	  NULL, NULL },
	{ "vpopmail", PRINTABLE, VPOPMAIL "password fail (pass: '",
	  "') alice@example.com:203.0.113.9", NULL, NULL },
	{ "vpopmail", PRINTABLE, VPOPMAIL "invalid user/domain characters ", ":203.0.113.9", NULL,
	  NULL },
#define UW_IMAP "Nov 23 09:16:24 mx1 imapd[7]: "
	{ "uw-imap", PRINTABLE,
	  UW_IMAP "Login failed user=", " auth=x host=h.example [203.0.113.9]", NULL, NULL },
	{ "uw-imap", PRINTABLE, UW_IMAP "Login anonymous=", " host=h.example [203.0.113.9]", NULL,
	  NULL },
	{ "uw-imap", PRINTABLE, UW_IMAP "AUTHENTICATE ", " invalid host=h.example [203.0.113.9]",
	  NULL, NULL },
	{ "uw-imap", NO_BRACKETS, UW_IMAP "Login user=alice host=", " [203.0.113.9]", "alice",
	  "?203.0.113.9" },
	{ "uw-imap", PRINTABLE, "Nov 23 09:16:24 mx1 ipop3d[7]: ", "", NULL, NULL },
#define ZIMBRA "2015-03-26 21:51:36,505 "
	{ "zimbra", PRINTABLE, ZIMBRA "WARN  [I-1] [ip=203.0.113.9;ua=",
	  ";] security - cmd=Auth; account=a; protocol=imap; error=no;", NULL, NULL },
	{ "zimbra", PRINTABLE, ZIMBRA "INFO  [I-1] [ip=203.0.113.9;ua=",
	  ";] security - cmd=Auth; account=alice; protocol=imap;", "alice", "203.0.113.9" },
	{ "zimbra", PRINTABLE,
	  ZIMBRA "INFO  [I-1] [ip=203.0.113.9;ua=", ";] imap - authentication failed", NULL, NULL },
#define SOAP "INFO  [qtp1-137:https://mail.example.com/service/soap/AuthRequest] "
	{ "zimbra", DOUBLED, ZIMBRA SOAP "[oip=",
	  ", 77.88.8.8;port=5;] security - cmd=Auth; account=alice; protocol=soap;", "alice",
	  "77.88.8.8" },
	{ "zimbra", DOUBLED, ZIMBRA SOAP "[oip=77.88.8.8;ua=",
	  ";] security - cmd=Auth; account=alice; protocol=soap;", "alice", "77.88.8.8" },
	{ "zimbra", DOUBLED, ZIMBRA SOAP "[oip=77.88.8.8;ua=",
	  ";] SoapEngine - handler exception: authentication failed", NULL, NULL },
#define STALWART "2026-11-23T09:16:24Z INFO "
	{ "stalwart", PRINTABLE,
	  STALWART "Authentication failed (auth.failed) remoteIp = 203.0.113.9, accountName = \"",
	  "\"", NULL, NULL },
	{ "stalwart", PRINTABLE,
	  STALWART "SMTP EHLO command (smtp.ehlo) remoteIp = 203.0.113.9, domain = \"", "\"", NULL,
	  NULL },
#define WHITE "\033[37m2026-11-23T09:16:24Z\033[0m \033[32;1mINFO\033[0m \033[37;1m"
	{ "stalwart", PRINTABLE,
	  WHITE "Authentication failed\033[0m (auth.failed) \033[36mremoteIp\033[0m = 203.0.113.9, "
	        "\033[36maccountName\033[0m = \"",
	  "\"", NULL, NULL },
	{ "stalwart", PRINTABLE,
	  WHITE "Authentication failed\033[0m (auth.failed) \033[36maccountName\033[0m = \"",
	  "\", \033[36maccountId\033[0m = 7", NULL, NULL },
};

static _Noreturn void broken(const char *promise, struct slice line)
{
	fprintf(stderr, "broken: %s: ", promise);
	fwrite(line.data, 1, line.length, stderr);
	fputc('\n', stderr);
	abort();
}

/* --- the line as it is --- */

static bool is_inside(struct slice part, struct slice whole)
{
	return part.data >= whole.data && part.data + part.length <= whole.data + whole.length;
}

/* A copy of the exact size, so that a sanitizer sees each byte too much. */
static void read_as_line(struct logformat_reader *reader, struct slice given)
{
	char *copy CLEANUP(xalloc_freep) = malloc(given.length ? given.length : 1);
	struct login login;
	struct explanation found;
	int64_t sec;
	if (!copy)
		abort();
	memcpy(copy, given.data, given.length);
	struct slice line = slice_make(copy, given.length);
	logformat_explain(reader, &found, line);
	enum line_kind kind = logformat_read(reader, &login, line);
	if (kind != found.kind && kind != LINE_OTHER)
		broken("--explain and the check read alike", line);
	if (kind == LINE_OTHER && found.kind != LINE_OTHER)
		broken("each line that counts has a literal", line);
	if (kind == LINE_LOGIN && login.user.length > line.length)
		broken("a user is not longer than the line", line);
	if (kind != LINE_OTHER && login.user.length && login.user.data != found.login.user.data &&
	    !is_inside(login.user, line))
		broken("a user is in the line, or in a room of the reader's", line);
	(void)logformat_line_time(reader, &sec, line);
}

/* --- the line as a stranger's text --- */

static void add_filtered(struct strbuf *line, enum filter filter, struct slice text)
{
	if (filter == QUOTED)
		strbuf_add_char(line, '"');
	for (size_t i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		bool is_special = byte < ' ' || byte == 0x7f;
		if (filter == XTEXT && (is_special || byte > '~' || strchr(" =<>\"()+\\", byte))) {
			strbuf_add_format(line, "+%02X", byte);
			continue;
		}
		if (filter == DOUBLED && byte == ';')
			strbuf_add_char(line, ';');
		if (filter == QUOTED && (byte == '"' || byte == '\\'))
			strbuf_add_char(line, '\\');
		is_special = is_special || (filter == WORD && strchr(" ()[]", byte)) ||
			(filter == NO_BRACKETS && strchr(" ()[],=\"", byte));
		strbuf_add_char(line, is_special ? '?' : (char)byte);
	}
	if (filter == QUOTED)
		strbuf_add_char(line, '"');
}

/* "alice*": begins with it. */
static bool is_user(struct slice user, const char *wanted)
{
	size_t length = strlen(wanted);
	if (length && wanted[length - 1] == '*')
		return user.length >= length - 1 && memcmp(user.data, wanted, length - 1) == 0;
	return slice_equals(user, wanted);
}

static void read_as_text(struct logformat_reader *reader, const struct frame *frame,
                         struct slice text)
{
	struct strbuf line CLEANUP(strbuf_release) = STRBUF_INIT(LINE_ROOM);
	struct login login = { 0 };
	struct ipaddr wanted;
	strbuf_add_string(&line, frame->before);
	add_filtered(&line, frame->filter, text);
	strbuf_add_string(&line, frame->after);
	struct slice whole = slice_make(strbuf_text(&line), line.length);
	if (logformat_read(reader, &login, whole) != LINE_LOGIN)
		return;
	if (!frame->user)
		broken("a stranger's text makes no login", whole);
	if (!is_user(login.user, frame->user))
		broken("a stranger's text changes no user", whole);
	struct slice address = slice_string(frame->address);
	if (slice_take_char(&address, '?') && !login.has_address)
		return;
	if (!login.has_address || !ipaddr_parse(&wanted, address) ||
	    !ipaddr_equals(&wanted, &login.address))
		broken("a stranger's text changes no address", whole);
}

void fuzz_line(const char *format, const uint8_t *bytes, size_t length)
{
	struct slice text = slice_make((const char *)bytes, length);
	logformat_set set = LOGFORMAT_ALL;
	if (format && logformat_choose(&set, format, NULL) < 0)
		abort();
	struct logformat_reader *reader = logformat_open(set, NOW_SEC);
	read_as_line(reader, text);
	text.length = text.length < HOSTILE_MAX ? text.length : HOSTILE_MAX;
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		if (!format || strcmp(format, frames[i].format) == 0)
			read_as_text(reader, &frames[i], text);
	logformat_close(reader);
}
