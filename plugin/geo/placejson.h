/* placejson.h - a place from the JSON of ipinfo.io and its likes; see ipinfo.c for the shapes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GEO_PLACEJSON_H
#define GEO_PLACEJSON_H

#include <jansson.h>

#include "common/ipaddr.h"
#include "plugin/place.h"

/* > 0: ADDRESS is at *RET; 0: the service knows the address, but no country of it; < 0: OBJECT is
 * no such answer, and *RET_WHY says so in constant words. */
int placejson_read(struct place *ret, const json_t *object, const struct ipaddr *address,
                   const char **ret_why);

/* "NL": two capital letters; and those of a country. */
bool placejson_is_code(struct slice code);
bool placejson_is_country(struct slice code);

#endif
