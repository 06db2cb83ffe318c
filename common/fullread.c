/* fullread.c - reading at a place until there is no more; see fullread.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "common/fullread.h"

ssize_t fullread_at(int descriptor, void *bytes, size_t room, int64_t offset)
{
	size_t filled = 0;
	while (filled < room) {
		off_t at = (off_t)(offset + (int64_t)filled);
		ssize_t got = pread(descriptor, (char *)bytes + filled, room - filled, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}
