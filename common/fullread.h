/* fullread.h - reading at a place until there is no more: a short read is no short file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FULLREAD_H
#define FULLREAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As pread(2), until ROOM is full or the file ends; interrupted calls are repeated. How many bytes;
 * or -errno. */
ssize_t fullread_at(int descriptor, void *bytes, size_t room, int64_t offset);

#endif
