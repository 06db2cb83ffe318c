/* tally.h - counting the window's logins
 *
 * Each login is judged once, and then goes through a table of counters (tally/counter.h), of which
 * each counts some metrics and keeps some evidence.
 *
 * In C and not by the store's SQL: with 10,000 logins of as many origins eight queries took 490
 * million instructions, and a run with nothing new may take 15 ms in all. A million users take no
 * more memory than twenty: only their foreign addresses are all remembered.
 *
 * "Unlocated" is neither home nor foreign: it is its own number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TALLY_H
#define TALLY_H

#include "plugin/judgement.h"
#include "plugin/login.h"
#include "plugin/tally/result.h"

void tally_result_release(struct tally_result *result);

struct tally;

/* JUDGEMENT is borrowed until tally_end. */
struct tally *tally_new(const struct judgement *judgement);

/* Counts VISIT, unless its address is trusted. The visits of a user come one after the other, and
 * in them those from one address, as store_each_visit() has them. */
void tally_add(struct tally *tally, const struct visit *visit);

/* Frees TALLY. RET must be released. */
void tally_end(struct tally *tally, struct tally_result *ret);

#endif
