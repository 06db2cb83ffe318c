/* regularfile.h - opening a file that must be one: no pipe that nobody writes into, no terminal, no
 * device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGULARFILE_H
#define REGULARFILE_H

/* A descriptor for reading PATH, or -errno; -EINVAL if it is no regular file, -EISDIR if a
 * directory. Doesn't wait for a pipe's other end. */
int regularfile_open(const char *path);

/* The reason in words, of what regularfile_open() gave. */
const char *regularfile_reason(int error);

#endif
