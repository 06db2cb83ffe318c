/* worstline.c - the lines that could cost the most; see worstline.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "tests/bench/worstline.h"

#define SMTPD "2026-11-23T09:07:43Z mail postfix/smtpd[214]: "
#define CLIENT SMTPD "4X: client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=alice"
#define DOVECOT "2026-11-23T09:08:06Z mail dovecot: imap-login: "
#define RIP ">, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, session=<a>"
#define EXIM "2026-11-23 09:16:24 1vNabc-00000001AbC-0xYz <= "
#define FROM_EXIM EXIM "a@b.example H=(h) [203.0.113.9] P=esmtpa A=plain:bob"
#define EXIM_SYSLOG "Nov 23 09:16:24 mx1 exim[7]: 1vNabc-00000001AbC-0xYz <= "
#define EXIM_PIECE "Nov 23 09:16:24 mx1 exim[7]: [2/9] "
#define NO_MAIL "2026-11-23 09:16:24 no MAIL in SMTP connection from "
#define SENDMAIL "Nov 23 09:16:24 mx1 sendmail[12345]: AUTH=server, relay="
#define CYRUS "Nov 23 09:16:24 mx1 cyrus/imap[7]: "
#define COURIER "Nov 23 09:16:24 mx1 imapd: "
#define COURIERD "Nov 23 09:16:24 mx1 courierd: newmsg,id=00A4B3.5F.12, auth="
#define OPENSMTPD "Mar  4 00:13:55 ix smtpd[22421]: "
#define ZIMBRA "2015-03-26 21:51:36,505 INFO  ["
#define ZIMBRA_END "] security - cmd=Auth; account=alice; protocol=imap;"
#define STALWART "2026-11-23T09:16:24Z INFO Authentication successful (auth.success) "
#define STALWART_END "\", accountId = 1, id = 2"
#define UW_IMAP "Nov 23 09:16:24 mx1 imapd[7]: "
#define VPOPMAIL "Nov 23 09:16:24 mx1 vpopmail[7]: vchkpw-smtp: "
#define JOURNAL_END \
	",\"__REALTIME_TIMESTAMP\":\"1795424863000000\",\"SYSLOG_IDENTIFIER\":\"postfix/smtpd\"}"

const struct worstline worstlines[] = {
	/* FORMAT, BEFORE, UNIT, AFTER, KIND */
	{ "postfix", CLIENT, ", sasl_sender=", "", LINE_LOGIN },
	{ "postfix", CLIENT, ", orig_clien", "", LINE_LOGIN },
	{ "postfix", CLIENT, ", sasl_username=", "", LINE_LOGIN },
	{ "postfix", SMTPD "4X: client=", "h.",
	  "[203.0.113.9], sasl_method=PLAIN, sasl_username=alice", LINE_OTHER },
	{ "postfix", SMTPD "4X: client=h[", "]", ", sasl_method=PLAIN, sasl_username=alice",
	  LINE_OTHER },
	{ "postfix", SMTPD "warning: h[203.0.113.9]: SASL PLAIN authentication failed: ",
	  ", sasl_username=", "", LINE_OTHER },

	{ "postfix-auth", SMTPD "disconnect from h[203.0.113.9]", " ehlo=1",
	  " auth=1 quit=1 commands=3", LINE_OTHER },
	{ "postfix-auth", SMTPD "disconnect from h[203.0.113.9] auth=1 commands=1", " commands=1",
	  "", LINE_LOGIN },
	{ "postfix-auth", SMTPD "disconnect from ", "[", "203.0.113.9] auth=1 commands=1",
	  LINE_OTHER },

	{ "dovecot", DOVECOT "Login: user=<a", ">", RIP, LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a", ">, method=PLAIN", RIP, LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a", ">, rip", RIP, LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a", ">, method=PLAIN, rip=1.1.1.1, session=<", RIP,
	  LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a", ", k=v", RIP, LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a", ", method=<", "", LINE_OTHER },
	{ "dovecot", DOVECOT "Login: user=<a" RIP, ", k=<v", ">", LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a" RIP, ", mpid=1, TLS, session=<", ">", LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a>", ", k=v", ", rip=203.0.113.9", LINE_LOGIN },
	{ "dovecot", DOVECOT "Login: user=<a>, rip=203.0.113.9, TLS: ", "rip", "", LINE_LOGIN },
	{ "dovecot", DOVECOT "Disconnected: ", "Login: user=<a>, rip=1.1.1.1", "", LINE_OTHER },
	{ "dovecot", DOVECOT "proxy(bob,192.0.2.1:143): started proxying to h", ": user=<",
	  "bob" RIP, LINE_AMBIGUOUS },
	{ "dovecot", DOVECOT "proxy(", "?,", "): started proxying to h: user=<bob" RIP,
	  LINE_AMBIGUOUS },
	{ "dovecot", DOVECOT "proxy(", "): started proxying to ", "h: user=<bob" RIP,
	  LINE_AMBIGUOUS },

	{ "exim", FROM_EXIM " S=7 for", " \" S=1 for S=1 for\"@y", "", LINE_LOGIN },
	{ "exim", FROM_EXIM " S=7 for", " a@b.example", "", LINE_LOGIN },
	{ "exim", FROM_EXIM, " S=1", "", LINE_LOGIN },
	{ "exim", FROM_EXIM, " S=1 T=\"", " S=7", LINE_LOGIN },
	{ "exim", FROM_EXIM, " S=1 for \"", " S=7", LINE_LOGIN },
	{ "exim", FROM_EXIM, " S=1 for \\\"", " S=7 NEW=1", LINE_LOGIN },
	{ "exim", FROM_EXIM, " S=1 id=", " NEW=1", LINE_LOGIN },
	{ "exim", FROM_EXIM, ":", " S=7", LINE_LOGIN },
	{ "exim", FROM_EXIM, " PRX= PRDR K", " S=7", LINE_LOGIN },
	{ "exim", FROM_EXIM, " P=a@", " S=7", LINE_LOGIN },
	{ "exim", FROM_EXIM, " P=esmtpa", " S=7", LINE_AMBIGUOUS },
	{ "exim", FROM_EXIM " S=7 T=\"", "\\\" P=esmtpa A=", "\"", LINE_LOGIN },
	{ "exim", EXIM "a@b.example H=(h) [203.0.113.9] P=esmtp", " P=esmtpb", " S=7", LINE_OTHER },
	{ "exim", EXIM "a@b.example H=(h) [203.0.113.9] P=esmtpa DN=\"", "\" DN=\"",
	  "\" A=plain:bob S=7", LINE_AMBIGUOUS },
	{ "exim", EXIM, "\"\\\"\"", "@b.example H=(h) [203.0.113.9] P=esmtpa A=plain:bob S=7",
	  LINE_LOGIN },
	{ "exim", EXIM, "\\\"", "\" H=(h) [203.0.113.9] P=esmtpa A=plain:bob S=7", LINE_AMBIGUOUS },
	{ "exim", EXIM "a@b.example H=", "(", " [203.0.113.9] P=esmtpa A=plain:bob S=7",
	  LINE_AMBIGUOUS },
	{ "exim", EXIM "a@b.example H=", "(h) [", "203.0.113.9] P=esmtpa A=plain:bob S=7",
	  LINE_AMBIGUOUS },
	{ "exim", NO_MAIL "(h) [203.0.113.9] D=1s A=plain:bob", " X", " C=QUIT", LINE_LOGIN },
	{ "exim", NO_MAIL "(h) [203.0.113.9]", " D=1s", " A=plain:bob C=QUIT", LINE_AMBIGUOUS },
	{ "exim", "2026-11-23 09:16:24 1vNabc-00000001AbC-0xYz <= a@b ",
	  "*** log string overflowed log buffer -", "", LINE_OTHER },
	{ "exim", EXIM_SYSLOG "a@b.example H=(h) [203.0.113.9] P=esmtp S=7 for", " a@b P=e@c",
	  " P=esmtp", LINE_AMBIGUOUS },
	{ "exim", EXIM_PIECE, " P=esmt", "", LINE_AMBIGUOUS },
	{ "exim", EXIM_PIECE, " P=esmtpb", " exim", LINE_OTHER },
	{ "exim", EXIM_PIECE, "[1/9] no MAIL in ", "", LINE_OTHER },
	{ "exim", "Nov 23 09:16:24 mx1 exim[7]: no MAIL in SMTP connection from ", " C=", "h",
	  LINE_AMBIGUOUS },

	{ "sendmail", SENDMAIL "h [203.0.113.9], authid=", "+41", ", mech=PLAIN, bits=0",
	  LINE_LOGIN },
	{ "sendmail", SENDMAIL "h [203.0.113.9], authid=a", ", mech=", ", bits=0", LINE_LOGIN },
	{ "sendmail", SENDMAIL "h [203.0.113.9], authid=a", ", mech", ", mech=PLAIN, bits=0",
	  LINE_LOGIN },
	{ "sendmail", SENDMAIL, "h@", " [203.0.113.9], authid=a, mech=PLAIN, bits=0", LINE_OTHER },
	{ "sendmail", SENDMAIL, "[", "203.0.113.9], authid=a, mech=PLAIN, bits=0", LINE_OTHER },

	{ "cyrus", CYRUS "login: h [203.0.113.9] ", "a ", "PLAIN User logged in", LINE_LOGIN },
	{ "cyrus", CYRUS "login: h [203.0.113.9] bob PLAIN", " User logged in", " SESSIONID=<c>",
	  LINE_LOGIN },
	{ "cyrus", CYRUS "login: h [203.0.113.9] bob PLAIN User logged in", " SESSIONID=<", ">",
	  LINE_OTHER },
	{ "cyrus", CYRUS "login: ", "[", "203.0.113.9] bob PLAIN User logged in", LINE_OTHER },
	{ "cyrus", CYRUS "event=login.good", " a=\"b\"",
	  " r.clienthost=\"[203.0.113.9]\" u.username=\"b\" login.mech=x", LINE_OTHER },
	{ "cyrus", CYRUS "event=login.good r.clienthost=\"[203.0.113.9]\" u.username=\"", "\\\"",
	  "\" login.mech=x", LINE_LOGIN },

	{ "courier", COURIER "LOGIN, user=a", ", ip=[", "203.0.113.9], port=[5]", LINE_LOGIN },
	{ "courier", COURIER "LOGIN, user=a, ip=[", ", ip=[::ffff:203.0.113.9]", "", LINE_LOGIN },
	{ "courier", COURIER "LOGIN, user=a", ", ip=", "", LINE_OTHER },
	{ "courier", COURIERD "bob", ": dns; ", "h ([203.0.113.9])", LINE_LOGIN },
	{ "courier", COURIERD "bob: dns; ", "(h [", "::ffff:203.0.113.9])", LINE_LOGIN },
	{ "courier", COURIERD "bob", ": dns;", "", LINE_OTHER },

	{ "opensmtpd", OPENSMTPD "f7a2e6aa567530c9 smtp authentication user=", "a",
	  " address=203.0.113.9 host=h result=ok", LINE_OTHER },
	{ "opensmtpd", OPENSMTPD "f7a2e6aa567530c9 smtp authentication user=a",
	  " address=203.0.113.9", " host=h result=ok", LINE_OTHER },
	{ "opensmtpd", OPENSMTPD "smtp-in: New session f7a2e6aa567530c9 from host ", "h ",
	  "[203.0.113.9]", LINE_OTHER },
	{ "opensmtpd", OPENSMTPD, "f", " smtp authentication user=a result=ok", LINE_OTHER },

	{ "zimbra", ZIMBRA "I-1] [", "ip=1.1.1.1;", ZIMBRA_END, LINE_OTHER },
	{ "zimbra", ZIMBRA "I-1] [ip=203.0.113.9;", "oip=", ";" ZIMBRA_END, LINE_LOGIN },
	{ "zimbra", ZIMBRA "I-1] [oip=10.0.0.1", ", 10.0.0.1", ";" ZIMBRA_END, LINE_LOGIN },
	{ "zimbra", ZIMBRA "I-1] [ip=203.0.113.9;ua=", ";;", ";" ZIMBRA_END, LINE_LOGIN },
	{ "zimbra", ZIMBRA, "] [", "ip=203.0.113.9;" ZIMBRA_END, LINE_OTHER },
	{ "zimbra", ZIMBRA "I-1] [ip=203.0.113.9;", ZIMBRA_END, "", LINE_OTHER },
	{ "zimbra", ZIMBRA "I-1] [ip=203.0.113.9;ua=", "[", ZIMBRA_END, LINE_OTHER },
	{ "zimbra", "2015-03-26 21:51:36,505 INFO ", " ", "[I-1] [ip=203.0.113.9;" ZIMBRA_END,
	  LINE_LOGIN },

	{ "stalwart", STALWART "remoteIp = 203.0.113.9, accountName = \"a",
	  "\", accountId = ", STALWART_END, LINE_LOGIN },
	{ "stalwart", STALWART "remoteIp = 203.0.113.9, accountName = \"a", "\", accountId",
	  STALWART_END, LINE_LOGIN },
	{ "stalwart", STALWART, "a = b, ", "remoteIp = 203.0.113.9, accountName = \"a" STALWART_END,
	  LINE_OTHER },
	{ "stalwart", STALWART "remoteIp = 203.0.113.9, ", "accountName = ", "\"a" STALWART_END,
	  LINE_OTHER },
	{ "stalwart", "2026-11-23T09:16:24Z INFO ", "Authentication successful (auth.success) ",
	  "remoteIp = 203.0.113.9", LINE_OTHER },

	{ "uw-imap", UW_IMAP "Login user=a", " host=", "[203.0.113.9]", LINE_LOGIN },
	{ "uw-imap", UW_IMAP "Login user=a host=", "h", " [203.0.113.9]", LINE_LOGIN },
	{ "uw-imap", UW_IMAP "Authenticated user=a host=[203.0.113.9]", " mech=", "PLAIN",
	  LINE_LOGIN },
	{ "uw-imap", UW_IMAP "Login user=a", " host", "", LINE_OTHER },

	{ "vpopmail", VPOPMAIL "(PLAIN) login success ", "a", "@b:203.0.113.9", LINE_OTHER },
	{ "vpopmail", VPOPMAIL "(PLAIN) login success a", ":", "203.0.113.9", LINE_LOGIN },
	{ "vpopmail", VPOPMAIL, "(PLAIN) login success ", "", LINE_OTHER },

	/* What begins like a literal, or is nothing but. */
	{ "header", "Nov 23 09:16:24 mx1 app[7]: ", "sasl_username",
	  ", sasl_username=", LINE_OTHER },
	{ "header", "Nov 23 09:16:24 mx1 app[7]: ", "Logged in: user",
	  "Logged in: user=", LINE_OTHER },
	{ "header", "", "disconnect from ", "", LINE_OTHER },
	{ "header", "", "Nov 23 09:16:24 ", ", sasl_username=", LINE_OTHER },
	{ "header", "", "2026-11-23T09:16:24Z stdout F ", ", sasl_username=", LINE_OTHER },
	{ "header", "", "mail-1 | ", ", sasl_username=", LINE_OTHER },
	{ "header", "Nov 23 09:16:24 ", "a[", ", sasl_username=", LINE_OTHER },
	{ "header", "Nov 23 09:16:24 mx1 ", " ", CLIENT, LINE_OTHER },
	{ "header", "Nov 23 09:16:24 mx1 app[7]: message repeated 3 times: [ ", "[ID 1 mail.info] ",
	  ", sasl_username=]", LINE_OTHER },
	{ "header", "Nov 23 09:16:24 mx1 app[7]: ", "message repeated 3 times: [ ",
	  ", sasl_username=]", LINE_OTHER },
	{ "header", "<22>1 2026-11-23T09:07:43Z mail postfix/smtpd 9 - ", "[a b=\"\\\"\"]",
	  " , sasl_username=", LINE_OTHER },
	{ "header", "<22>1 2026-11-23T09:07:43Z mail postfix/smtpd 9 - [", "\"",
	  " , sasl_username=", LINE_OTHER },
	{ "header", "{\"MESSAGE\":", "[", ", sasl_username=", LINE_OTHER },
	{ "header", "{\"MESSAGE\":", "{\"\":", ", sasl_username=", LINE_OTHER },
	{ "header", "{", "\"MESSAGE\" : ", "[1]}", LINE_OTHER },
	{ "header", "{\"MESSAGE\":[", "52,", "52]" JOURNAL_END, LINE_OTHER },
	{ "header", "{\"MESSAGE\":\"4X: client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=",
	  "\\u0061", "\"" JOURNAL_END, LINE_LOGIN },
	{ "header",
	  "{\"MESSAGE\":\"4X: client=h[203.0.113.9], sasl_method=PLAIN, sasl_username=a\",\"X\":[",
	  "\"\",", "1]" JOURNAL_END, LINE_LOGIN },
	{ "header", "{\"log\":\"" CLIENT, "\\\\",
	  "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T09:07:43Z\"}", LINE_LOGIN },
};

const size_t worstline_count = ARRAY_SIZE(worstlines);

void worstline_write(const struct worstline *line, size_t length, struct strbuf *text)
{
	size_t rest = strlen(line->before) + strlen(line->after), unit = strlen(line->unit);
	strbuf_clear(text);
	strbuf_add_string(text, line->before);
	for (size_t left = length - rest; left >= unit; left -= unit)
		strbuf_add_string(text, line->unit);
	strbuf_add_string(text, line->after);
}
