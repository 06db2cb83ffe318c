/* place.c - where an address is; see place.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/place.h"

static bool is_inside_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

void place_set_as_name(struct place *place, struct slice name)
{
	size_t length = name.length;
	if (length >= sizeof place->as_name) {
		length = sizeof place->as_name - 1;
		while (length && is_inside_character(name.data[length]))
			length--;
	}
	if (length)
		memcpy(place->as_name, name.data, length);
	place->as_name[length] = '\0';
}
