/* driver.h - what a log format has to offer to the façade
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LOGFORMAT_DRIVER_H
#define LOGFORMAT_DRIVER_H

#include "plugin/logformat.h"
#include "plugin/logformat/envelope.h"

struct logformat {
	const char *name;
	struct slice literal; /* what no success line of this format can lack: lines without it are skipped */

	/* > 0: LINE is a login, and RET's user, address, has_address, service and count are filled; 0: it is not. */
	int (*parse)(struct login *ret, const struct envelope *line);
};

extern const struct logformat logformat_postfix;

#endif
