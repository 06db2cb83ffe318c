/* regularfile.c - opening a file that must be one; see regularfile.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/regularfile.h"

int regularfile_open(const char *path)
{
	struct stat status;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (descriptor < 0)
		return -errno;
	int error = fstat(descriptor, &status) < 0 ? -errno
		: S_ISDIR(status.st_mode)          ? -EISDIR
						   : -EINVAL;
	if (error == -EINVAL && S_ISREG(status.st_mode))
		return descriptor;
	close(descriptor);
	return error;
}

const char *regularfile_reason(int error)
{
	return error == -EINVAL ? "it is no regular file (but a pipe, a socket or a device)"
				: strerror(-error);
}
