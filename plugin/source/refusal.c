/* refusal.c - why a log can't be read; see refusal.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "common/shellquote.h"
#include "plugin/source/refusal.h"
#include "plugin/source/seek.h"

#define NAME_ROOM 64
#define ACCOUNT_ROOM 4096

/* --- files that can't be opened --- */

static const char *user_name(uid_t user, char *text)
{
	struct passwd record, *found = NULL;
	char room[ACCOUNT_ROOM];
	if (getpwuid_r(user, &record, room, sizeof room, &found) == 0 && found)
		snprintf(text, NAME_ROOM, "%s", found->pw_name);
	else
		snprintf(text, NAME_ROOM, "%ju", (uintmax_t)user);
	return text;
}

static const char *group_name(gid_t group, char *text)
{
	struct group record, *found = NULL;
	char room[ACCOUNT_ROOM];
	if (getgrgid_r(group, &record, room, sizeof room, &found) == 0 && found)
		snprintf(text, NAME_ROOM, "%s", found->gr_name);
	else
		snprintf(text, NAME_ROOM, "%ju", (uintmax_t)group);
	return text;
}

static int refuse_access(const char *path, struct strbuf *why)
{
	char me[NAME_ROOM], owner[NAME_ROOM], group[NAME_ROOM];
	struct stat status;
	user_name(geteuid(), me);
	if (stat(path, &status) < 0) {
		strbuf_fail(why, 0,
		            "%s can't be reached by user %s: a directory on the way is closed to "
		            "it, and namei shows which: namei -l ",
		            path, me);
		if (why)
			shellquote_add(why, path);
		return -EACCES;
	}
	user_name(status.st_uid, owner);
	group_name(status.st_gid, group);
	/* Nobody should join group root to read a log. */
	bool is_group_enough = (status.st_mode & S_IRGRP) && status.st_gid != 0;
	strbuf_fail(why, 0, "%s can't be read by user %s: it belongs to %s:%s with mode %04o; ",
	            path, me, owner, group, (unsigned)(status.st_mode & 07777));
	if (why && is_group_enough)
		strbuf_add_format(why,
		                  "add the monitoring user to group %s (usermod -a -G %s %s) and "
		                  "restart the agent",
		                  group, group, me);
	else if (why) {
		strbuf_add_format(why, "allow it (setfacl -m u:%s:r ", me);
		shellquote_add(why, path);
		strbuf_add_string(why, "), also for the files that rotation creates");
	}
	return -EACCES;
}

int refusal_open(const char *path, int error, struct strbuf *why)
{
	switch (error) {
	case -EACCES:
	case -EPERM: return refuse_access(path, why);
	case -ENOENT:
	case -ENOTDIR:
		return strbuf_fail(why, -ENOENT,
		                   "%s does not exist: which file does the mail server log to?",
		                   path);
	case -EISDIR:
		return strbuf_fail(why, error, "%s is a directory: name the log file in it", path);
	case -EINVAL:
		return strbuf_fail(why, error,
		                   "%s is a device, pipe or socket: name a regular file", path);
	case -ENOTSUP: {
		struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
		strbuf_add_string(&reason, why ? strbuf_text(why) : "");
		return strbuf_fail(why, error, "%s is compressed, and can't be unpacked: %s", path,
		                   strbuf_text(&reason));
	}
	default: return strbuf_fail(why, error, "%s can't be opened: %s", path, strerror(-error));
	}
}

int refusal_read(const char *path, int error, struct strbuf *why)
{
	if (error == -EBADMSG)
		return strbuf_fail(why, error, "%s can't be unpacked: it is damaged or cut off",
		                   path);
	if (error == -ETIMEDOUT)
		return strbuf_fail(why, error,
		                   "the time was not enough to read %s to its end: the next run "
		                   "goes on; see --timeout",
		                   path);
	return strbuf_fail(why, error, "%s can't be read: %s", path, strerror(-error));
}

/* --- files that are no logs --- */

int refusal_examine(const char *path, const struct identity_file *file,
                    const struct source_options *options, struct strbuf *why)
{
	int64_t sec;
	struct stream *stream = file->stream;
	bool is_compressed = stream_is_compressed(stream);
	if (!is_compressed && stream_size(stream) == 0)
		return 0;
	int result = seek_start_time(&sec, stream, options);
	if (result == 0 && !is_compressed)
		result = seek_last_time(&sec, stream, stream_size(stream), options);
	if (result < 0)
		return refusal_read(path, result, why);
	if (result == 0)
		return strbuf_fail(why, -EINVAL,
		                   "%s has no line that begins with a time I know: is it a mail "
		                   "log?",
		                   path);
	return 0;
}
