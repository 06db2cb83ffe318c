/* place.h - where an address is: what databases and services answer, and the store keeps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

#define AS_NAME_MAX 64 /* bytes of a network's name, with the NUL */

/* A value: nothing to free. All zero is "nowhere that is known". */
struct place {
	char country[3];           /* ISO 3166-1 alpha-2 in upper case; "" if unknown: unlocated */
	uint32_t asn;              /* 0 if unknown */
	char as_name[AS_NAME_MAX]; /* "" if unknown; hostile text like all answers */
	bool is_anonymiser;        /* the database marks it as Tor, VPN or proxy */
	bool has_coordinates;
	double latitude, longitude; /* degrees, if has_coordinates */
	double radius_km;           /* accuracy, 0 if unknown */
};

/* NAME into PLACE->as_name, cut between two UTF-8 characters if it does not fit. */
void place_set_as_name(struct place *place, struct slice name);

#endif
