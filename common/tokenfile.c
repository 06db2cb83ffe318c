/* tokenfile.c - the token of a service; see tokenfile.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/shellquote.h"
#include "common/slice.h"
#include "common/tokenfile.h"

static int fail_with_command(const char *who, const char *mode, const char *path,
                             struct strbuf *why)
{
	strbuf_fail(why, 0, "the token file %s may be read by %s: chmod %s ", path, who, mode);
	if (why)
		shellquote_add(why, path);
	return -EPERM;
}

static int check(int descriptor, const char *path, struct strbuf *why)
{
	struct stat status;
	if (fstat(descriptor, &status) < 0)
		return strbuf_fail(why, -errno, "can't look at the token file %s: %s", path,
		                   strerror(errno));
	if (!S_ISREG(status.st_mode))
		return strbuf_fail(why, -EINVAL, "the token file %s is no regular file", path);
	if (status.st_mode & 007)
		return fail_with_command("everybody", "o=", path, why);
	if (status.st_uid == geteuid() && (status.st_mode & 077))
		return fail_with_command("others", "600", path, why);
	return 0;
}

static bool is_token_byte(unsigned char byte)
{
	return slice_is_alnum(byte) || byte == '.' || byte == '_' || byte == '-';
}

static int take(struct strbuf *ret, const char *bytes, size_t length, const char *path,
                struct strbuf *why)
{
	struct slice rest = slice_make(bytes, length);
	struct slice token = slice_take_while(&rest, is_token_byte, TOKENFILE_MAX);
	while (slice_take_char(&rest, '\n') || slice_take_char(&rest, '\r') ||
	       slice_take_char(&rest, ' '))
		;
	if (!token.length || rest.length)
		return strbuf_fail(why, -EINVAL,
		                   "the token file %s must hold one token (letters, digits, . _ "
		                   "-), no more",
		                   path);
	strbuf_add(ret, token.data, token.length);
	return 0;
}

int tokenfile_read(struct strbuf *ret, const char *path, struct strbuf *why)
{
	char bytes[TOKENFILE_MAX + 10];
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (descriptor < 0)
		return strbuf_fail(why, -errno, "can't read the token file %s: %s", path,
		                   strerror(errno));
	int error = check(descriptor, path, why);
	ssize_t length = error < 0 ? 0 : read(descriptor, bytes, sizeof bytes);
	if (error == 0 && length < 0)
		error = strbuf_fail(why, -errno, "can't read the token file %s: %s", path,
		                    strerror(errno));
	close(descriptor);
	return error < 0 ? error : take(ret, bytes, (size_t)length, path, why);
}
