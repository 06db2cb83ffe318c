/* sender.c - who sent an entry of the journal; see sender.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/numparse.h"
#include "plugin/logformat/sender.h"

static const struct {
	int64_t first, last;
} servers[] = {
	{ 0, 999 },
	{ 61184, 65519 },
};

bool sender_is_server(struct slice uid)
{
	int64_t number;
	if (!numparse_int(&number, uid, 0, UINT32_MAX))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		if (number >= servers[i].first && number <= servers[i].last)
			return true;
	return false;
}
