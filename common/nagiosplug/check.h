/* check.h - is a text a threshold range, and if not, what is wrong with it
 *
 * The strict grammar that both backends are protected by:
 *
 *	range  = ["@"] ( ("~" | [number]) ":" [number] | number )
 *	number = ["-"] digits ["." digits]
 *
 * No exponent, hexadecimal, blank, comma, unit or plus sign. Refused too, as surely mistyped:
 * nothing at all and a colon alone (with or without "@"), and a start above its end, where a
 * missing start is 0.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NAGIOSPLUG_CHECK_H
#define NAGIOSPLUG_CHECK_H

#include "common/strbuf.h"

/* The longest text of a range; no number in it can overflow a double. */
#define NAGIOSPLUG_RANGE_TEXT_MAX 100

/* 0 if TEXT is a range, or -EINVAL with WHY: what is wrong, and where. */
int nagiosplug_range_check(const char *text, struct strbuf *why);

/* TEXT for a sentence: bytes that aren't printable ASCII are "?"; what is too long for OUT ends in
 * "...". */
void nagiosplug_quote(struct strbuf *out, const char *text);

#endif
