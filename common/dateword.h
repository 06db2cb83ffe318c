/* dateword.h - the words in the time of a log line: months, weekdays, zones
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DATEWORD_H
#define DATEWORD_H

#include <stdbool.h>

#include "common/slice.h"

/* Takes the short name of a month from the front of LINE, as strftime(3) has it for "%b": in
 * English, or in one of the European languages of the C library (journalctl -o short writes the
 * names of LC_TIME). Returns the months that it can be, bit 1 for January to bit 12 for December;
 * 0, and LINE unchanged, if there is none. In one language a name is one month, but "lip" is July
 * in Polish and June in Croatian. */
unsigned dateword_take_month(struct slice *line);

/* Takes "Mon" to "Sun" and the blank behind it from the front of LINE. English only: who writes
 * weekdays into logs does not translate them. */
bool dateword_take_weekday(struct slice *line);

/* Takes the name of a zone ("UTC", "CEST") from the front of LINE. It must be one of a list: a word
 * in capitals may as well be a host, a program or a level. *RET_IS_UTC: it is UTC; else it is the
 * local zone's own name for itself, as far as anyone can tell ("IST" is three zones). Does not look
 * at what is behind it. */
bool dateword_take_zone(bool *ret_is_utc, struct slice *line);

#endif
