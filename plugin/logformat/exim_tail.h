/* exim_tail.h - the end of a line of Exim's main log, from the size of the message on
 *
 *	 S=SIZE( M8S=N)( DKIM=..)( ARC)( RT=..)( Q=..)( id=..)( id*=..)( T="SUBJECT")( from <SENDER>)( for RECIPIENT...)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXIM_TAIL_H
#define EXIM_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/slice.h"

/* How many bytes the next piece of an address has: a quoted string, an escaped byte, or any other byte but blanks; 0: none. */
size_t exim_address_piece(struct slice text);

/* Where in TEXT the tail begins: at the last size that all the rest fits; else (a field that isn't known) at the first
 * size; TEXT.length if there is none. */
size_t exim_find_tail(struct slice text);

/* Is FIELD (" P=") in the tail, or in what looks like one, outside of a subject in its quotes? */
bool exim_tail_has(struct slice tail, struct slice field);

#endif
