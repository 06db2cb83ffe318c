/* exim_tail.h - the end of a line of Exim's main log, from the size of the message on
 *
 *	 S=SIZE( M8S=N)( DKIM=..)( ARC)( DMARC..)( RT=..)( Q=..)( id=..)( id*=..)( T="SUBJECT")
 *		( from <SENDER>)( for RECIPIENT...)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXIM_TAIL_H
#define EXIM_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/slice.h"

/* Where in TEXT the tail begins: at the last size that all the rest fits (*RET_FITS); else (a field
 * that isn't known, a line that was cut) at the first size; TEXT.length if there is none. The
 * quotes of the tail are balanced, so a size in them is none that fits. One pass, whatever TEXT
 * holds. */
size_t exim_find_tail(struct slice text, bool *ret_fits);

#endif
