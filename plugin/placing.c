/* placing.c - places for the logins that have none yet; see placing.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/addrset.h"
#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/placing.h"
#include "plugin/store/cache.h"

#define ADDRESSES_MOST 20000 /* that are asked for in one run; the rest comes in the next ones */

/* The addresses that neither the databases nor the cache know. */
struct questions {
	struct placing *placing;
	struct ipaddr *addresses;
	size_t count, room;
	struct addrset *distinct; /* the same; a tunnel and the address inside are one question */
	/* unplaced: without an answer, and no database behind it knows them */
	size_t answered, unplaced;
	struct strbuf reason;
};

static bool is_to_be_placed(const struct placing *placing, const struct ipaddr *address)
{
	return ipaddr_is_public(address) && !judgement_trusts(placing->judgement, address);
}

static void add_question(struct questions *questions, const struct ipaddr *address)
{
	if (questions->count == ADDRESSES_MOST || !addrset_add(questions->distinct, address))
		return;
	if (questions->count == questions->room) {
		questions->room = questions->room ? questions->room * 2 : 64;
		questions->addresses = xalloc_resize(questions->addresses, questions->room,
		                                     sizeof *questions->addresses);
	}
	questions->addresses[questions->count++] = *address;
}

/* --- the passes over what is unlocated --- */

static int by_databases(void *context, const struct ipaddr *address, struct place *ret,
                        struct strbuf *why)
{
	struct questions *questions = context;
	struct placing *placing = questions->placing;
	int result = geo_lookup(placing->geo, address, ret, why);
	if (result || !geo_has_remote(placing->geo))
		return result;
	struct ipaddr asked = geo_remote_address(placing->geo, address);
	result = cache_get_place(placing->store, &asked, placing->options->now_sec, ret, why);
	if (result > 0)
		return ret->country[0] ? 1 : 0;
	if (result == 0 && is_to_be_placed(placing, address))
		add_question(questions, &asked);
	return result;
}

/* After the remote source was asked. */
static int by_answers(void *context, const struct ipaddr *address, struct place *ret,
                      struct strbuf *why)
{
	struct questions *questions = context;
	struct placing *placing = questions->placing;
	struct ipaddr asked = geo_remote_address(placing->geo, address);
	int result = cache_get_place(placing->store, &asked, placing->options->now_sec, ret, why);
	bool is_answered = result > 0;
	if (result < 0 || (is_answered && ret->country[0]))
		return result;
	result = geo_lookup_behind(placing->geo, address, ret, why);
	questions->unplaced += result == 0 && !is_answered && is_to_be_placed(placing, address);
	return result;
}

/* --- the remote source --- */

struct answers {
	struct placing *placing;
	int error;
	struct strbuf *why;
};

static void keep_answer(void *context, const struct ipaddr *address, const struct place *place)
{
	struct answers *answers = context;
	const struct options *options = answers->placing->options;
	int64_t lifetime_sec = geo_remote_keep_sec(answers->placing->geo, place,
	                                           options->geo_cache_sec);
	if (answers->error < 0)
		return;
	answers->error = cache_put_place(answers->placing->store, address, place, options->now_sec,
	                                 lifetime_sec, answers->why);
}

static int ask(struct questions *questions, struct strbuf *why)
{
	struct placing *placing = questions->placing;
	struct answers answers = { .placing = placing, .why = why };
	struct geo_outcome outcome;
	placing->budget->finish_ms = store_finish_ms(placing->store);
	struct deadline deadline = budget_deadline(placing->budget, BUDGET_PLACE);
	geo_ask_remote(placing->geo, questions->addresses, questions->count, &deadline, keep_answer,
	               &answers, &outcome);
	questions->answered = outcome.answered;
	strbuf_add_string(&questions->reason,
	                  outcome.why[0] ? outcome.why : "the rest is asked for in the next runs");
	int64_t until_sec = outcome.pause_sec ? placing->options->now_sec + outcome.pause_sec : 0;
	int result = answers.error < 0 ? answers.error
				       : cache_put_pause(placing->store, until_sec, why);
	return result < 0 ? result
			  : cache_forget_places(placing->store, placing->options->now_sec, why);
}

/* > 0: it wants to be left alone. A pause that lies too far ahead is of a clock that was wrong. */
static int is_paused(struct questions *questions, struct strbuf *why)
{
	char until[TIMESTAMP_TEXT_ROOM];
	int64_t until_sec, now_sec = questions->placing->options->now_sec;
	int result = cache_get_pause(questions->placing->store, &until_sec, why);
	if (result < 0 || until_sec <= now_sec || until_sec > now_sec + GEO_PAUSE_MOST_SEC)
		return result;
	strbuf_add_format(&questions->reason,
	                  "its limit was reached, and it is not asked again before %s",
	                  timestamp_format(until_sec, until));
	return 1;
}

static int ask_remote(struct questions *questions, struct strbuf *why)
{
	int result = is_paused(questions, why);
	if (result == 0)
		result = ask(questions, why);
	return result < 0
		? result
		: store_place_unlocated(questions->placing->store, by_answers, questions, why);
}

static void report_unplaced(const struct questions *questions)
{
	struct report *report = questions->placing->report;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct strbuf source CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	if (!questions->unplaced)
		return;
	geo_describe_remote(questions->placing->geo, &source);
	strbuf_add_format(&text, "%zu of %zu addresses could not be placed by %s: %s",
	                  questions->unplaced, questions->count, strbuf_text(&source),
	                  strbuf_text(&questions->reason));
	if (questions->answered)
		report_note(report, strbuf_text(&text));
	else
		report_problem(report, STATE_UNKNOWN, strbuf_text(&text));
}

int placing_run(struct placing *placing, struct strbuf *why)
{
	struct questions questions = { .placing = placing,
		                       .distinct = addrset_new(),
		                       .reason = STRBUF_INIT(WHY_MAX) };
	int result = store_place_unlocated(placing->store, by_databases, &questions, why);
	if (result >= 0 && questions.count > 0) {
		result = ask_remote(&questions, why);
		report_unplaced(&questions);
	}
	if (result >= 0)
		result = geo_check(placing->geo,
		                   why); /* of this run's lookups, those of the lines too */
	strbuf_release(&questions.reason);
	addrset_free(questions.distinct);
	free(questions.addresses);
	return result;
}
