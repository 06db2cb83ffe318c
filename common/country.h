/* country.h - the names of the countries that a geo database can answer
 *
 * The 249 codes that ISO 3166-1 assigns officially, and XK for Kosovo: user-assigned, but every
 * database has it. What a database answers besides them is no country and not in here: EU, AP, A1,
 * A2, A3, XX, ZZ, ??.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COUNTRY_H
#define COUNTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

/* The everyday English name in plain ASCII ("Russia", "Ivory Coast") of an alpha-2 CODE in upper
 * case, with its NUL; static. NULL if it is none. */
const char *country_name(const char code[3]);

/* True if CODE, a text of any length or NULL, is one that country_name() knows. */
bool country_is_code(const char *code);

/* The code of the country that TEXT, which is no code, likely means: its three letters (USA), its
 * name in English (Germany), or a habit (UK); in any case of letters. Static; NULL if it means
 * none. */
const char *country_meant(struct slice text);

/* --- what databases answer: any two upper-case letters --- */

#define COUNTRY_NUMBERS (26 * 26)
#define COUNTRY_NONE COUNTRY_NUMBERS

/* CODE's number, from 0 on in the order of the codes; COUNTRY_NONE for what isn't two upper-case
 * letters ("": unlocated). */
size_t country_number(const char code[3]);

/* The code with NUMBER, which isn't COUNTRY_NONE. */
void country_code(char ret[3], size_t number);

/* A set of codes. A value; all zero: the empty one. */
struct country_set {
	uint64_t bits[(COUNTRY_NUMBERS + 63) / 64];
};

/* False if CODE is in it already, or is none. */
bool country_set_add(struct country_set *set, const char code[3]);
bool country_set_has(const struct country_set *set, const char code[3]);
size_t country_set_count(const struct country_set *set);

#endif
