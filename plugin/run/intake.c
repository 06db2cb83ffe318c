/* intake.c - the way of a line: log format, place, store; see intake.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/run/intake.h"

/* bytes of a session that a proxy hands on; Dovecot's have 16 or 32 */
#define TWIN_MAX 100

/* When LOGIN, or what else LOGIN's line tells, starts to count. A login of the window counts from
 * its own time. One that is seen late, after an outage, counts from now, so that no outage hides
 * it; one of the future (a clock is wrong) too, so that it can't count for ever. Before the first
 * run nothing was missed: what is old is old. A name that is new among known ones was missed since
 * those were read. False if it doesn't count. */
static bool effective_at(const struct intake *intake, const struct login *login, int64_t *ret_sec)
{
	int64_t now_sec = intake->reading->now_sec;
	bool is_old = login->at_sec <= intake->reading->window_start_sec;
	if (intake->is_first_run && login->at_sec <= intake->start_sec)
		return false;
	*ret_sec = is_old || login->at_sec > now_sec ? now_sec : login->at_sec;
	return true;
}

/* > 0: it was counted when it was read from SOURCE_NAME's counterpart. */
static int is_repeat(struct intake *intake, const char *source_name, struct slice bytes,
                     int64_t effective_sec, struct strbuf *why)
{
	uint64_t hash;
	int result = store_hash_line(intake->reading->store, bytes, &hash, why);
	return result < 0
		? result
		: store_is_repeat(intake->reading->store, source_name, hash, effective_sec, why);
}

/* What a proxy and the server behind it have in common. They play the parts of two logs with the
 * same line: whichever is read first counts, and two logins of one of them never fall together. */
static int is_repeated_login(struct intake *intake, const struct login *login,
                             int64_t effective_sec, struct strbuf *why)
{
	char bytes[TWIN_MAX + sizeof login->address.bytes] = { 0 };
	if (!login->twin.length || login->twin.length > TWIN_MAX)
		return 0;
	memcpy(bytes, login->twin.data, login->twin.length);
	if (login->has_address)
		memcpy(bytes + TWIN_MAX, login->address.bytes, sizeof login->address.bytes);
	return is_repeat(intake, login->is_proxied ? "proxy" : "behind a proxy",
	                 slice_make(bytes, sizeof bytes), effective_sec, why);
}

/* --trust is left to the counting: so a network that is added to it or taken out counts so at
 * once. */
static int keep_login(struct intake *intake, const struct login *login, struct slice line,
                      struct strbuf *why)
{
	struct place place = { 0 };
	int64_t effective_sec;
	if (!effective_at(intake, login, &effective_sec))
		return 0;
	if (login->has_address && !ipaddr_is_public(&login->address))
		return 0;
	int repeat = intake->has_many_logs
		? is_repeat(intake, intake->name, line, effective_sec, why)
		: 0;
	if (repeat == 0)
		repeat = is_repeated_login(intake, login, effective_sec, why);
	if (repeat)
		return repeat < 0 ? repeat : 0;
	int found = login->has_address
		? geo_recall(intake->reading->geo, &login->address, &place, why)
		: 0;
	return found < 0 ? found
			 : store_add(intake->reading->store, login, &place, effective_sec, why);
}

static int add_login(struct intake *intake, struct login *login, struct slice line,
                     struct strbuf *why)
{
	if (login->session && !login->has_address) {
		int found = store_get_session(intake->reading->store, login->session,
		                              &login->address, why);
		if (found < 0)
			return found;
		login->has_address = found > 0;
	}
	intake->history.logins += login->count;
	if (!login->has_address || ipaddr_is_public(&login->address))
		intake->history.public_logins += login->count;
	return keep_login(intake, login, line, why);
}

static int note_session(struct intake *intake, const struct login *login, struct strbuf *why)
{
	if (!login->has_address)
		return store_drop_session(intake->reading->store, login->session, why);
	return store_put_session(intake->reading->store, login->session, &login->address,
	                         login->at_sec, why);
}

int intake_loss(struct intake *intake, int64_t count, int64_t effective_sec, struct strbuf *why)
{
	intake->lost_lines += count;
	return store_add_loss(intake->reading->store, count, effective_sec, why);
}

static int add_dropped(struct intake *intake, const struct login *loss, struct strbuf *why)
{
	int64_t effective_sec;
	intake->dropped_lines += loss->count;
	return effective_at(intake, loss, &effective_sec)
		? intake_loss(intake, loss->count, effective_sec, why)
		: 0;
}

int intake_line(struct intake *intake, struct slice line, struct strbuf *why)
{
	struct login login;
	intake->history.lines++;
	switch (logformat_read(intake->reader, &login, line)) {
	case LINE_LOGIN: return add_login(intake, &login, line, why);
	case LINE_SESSION: return note_session(intake, &login, why);
	case LINE_AMBIGUOUS: intake->ambiguous_lines++; return 0;
	case LINE_LOST: return add_dropped(intake, &login, why);
	default: return 0;
	}
}
