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

#endif
