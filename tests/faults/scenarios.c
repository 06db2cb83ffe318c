/* scenarios.c - what happened to a log before the run that is spoiled; see scenarios.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/scenarios.h"

/* --- what they are made of --- */

static void lines(struct world *world, int count)
{
	world_log(world, world->log, count);
}

/* A run that nothing disturbs. */
static void run(struct world *world)
{
	struct run run;
	world_run(world, &run, NULL);
	if (run.exit_state != 0 && !world->wrong)
		world->wrong = "a run before it was not OK";
}

/* The first run, and lines that it didn't see. */
static void known(struct world *world)
{
	lines(world, 6);
	run(world);
	lines(world, 4);
}

static void rotate(struct world *world, const char *kind, int lines_after)
{
	world_rotate(world, kind);
	lines(world, lines_after);
}

/* --- scenarios --- */

static void first(struct world *world)
{
	lines(world, 6);
}

static void first_archives(struct world *world)
{
	lines(world, 3);
	rotate(world, "packed", 3);
	rotate(world, "rename", 3);
}

static void first_empty(struct world *world)
{
	lines(world, 3);
	rotate(world, "rename", 0);
}

static void quiet(struct world *world)
{
	lines(world, 6);
	run(world);
}

static void renamed(struct world *world)
{
	known(world);
	rotate(world, "rename", 3);
}

static void renamed_twice(struct world *world)
{
	renamed(world);
	rotate(world, "rename", 3);
}

static void renamed_three_times(struct world *world)
{
	renamed_twice(world);
	rotate(world, "rename", 3);
}

static void renamed_late(struct world *world)
{
	char old[PATH_MAX];
	renamed(world);
	run(world);
	snprintf(old, sizeof old, "%s.1", world->log);
	world_log(world, old, 2);
	lines(world, 2);
}

static void renamed_empty(struct world *world)
{
	known(world);
	rotate(world, "rename", 0);
}

static void nocreate(struct world *world)
{
	known(world);
	rotate(world, "nocreate", 0);
}

static void copied(struct world *world)
{
	known(world);
	rotate(world, "copytruncate", 3);
}

static void copied_and_grown(struct world *world)
{
	known(world);
	rotate(world, "copytruncate", 14);
}

static void copied_twice(struct world *world)
{
	known(world);
	rotate(world, "copytruncate", 3);
	rotate(world, "copytruncate", 3);
}

static void copied_and_packed(struct world *world)
{
	known(world);
	rotate(world, "copytruncate-packed", 3);
}

/* The run after the truncation saw the empty log. */
static void truncated_and_seen(struct world *world)
{
	known(world);
	rotate(world, "copytruncate", 0);
	run(world);
	lines(world, 3);
}

static void packed(struct world *world)
{
	known(world);
	rotate(world, "packed", 3);
}

static void packed_twice(struct world *world)
{
	packed(world);
	rotate(world, "packed", 3);
}

static void packed_when_read(struct world *world)
{
	renamed(world);
	run(world);
	lines(world, 2);
	rotate(world, "delayed", 2);
}

static void packed_xz(struct world *world)
{
	known(world);
	rotate(world, "xz", 3);
}

static void packed_bzip2(struct world *world)
{
	known(world);
	rotate(world, "bzip2", 3);
}

static void packed_zstd(struct world *world)
{
	known(world);
	rotate(world, "zstd", 3);
}

static void dated(struct world *world)
{
	known(world);
	rotate(world, "dateext", 3);
}

static void dated_twice(struct world *world)
{
	known(world);
	rotate(world, "dateext-packed", 3);
	rotate(world, "dateext", 3);
}

static void link_read(struct world *world)
{
	rotate(world, "link", 0);
	known(world);
}

static void link_first(struct world *world)
{
	rotate(world, "link", 5);
}

static void link_moved(struct world *world)
{
	link_read(world);
	rotate(world, "link", 3);
}

static void link_moved_twice(struct world *world)
{
	link_moved(world);
	rotate(world, "link", 3);
}

static void link_packed_twice(struct world *world)
{
	link_read(world);
	rotate(world, "link-packed", 3);
	rotate(world, "link-packed", 3);
}

static void empty_before(struct world *world)
{
	lines(world, 3);
	rotate(world, "rename", 0);
	run(world);
	lines(world, 3);
}

/* It was empty in a run, and was rotated since. */
static void empty_and_rotated(struct world *world)
{
	empty_before(world);
	rotate(world, "rename", 3);
}

static void empty_and_copied(struct world *world)
{
	empty_before(world);
	rotate(world, "copytruncate", 3);
}

static void unfinished(struct world *world)
{
	known(world);
	world_log_text(world, world->log,
	               "2026-01-01T10:00:00+00:00 mail postfix/smtpd[1]: 4X1: "
	               "client=unknown[77.88.8.8], sasl_");
	run(world);
	world_log_text(world, world->log, "method=none\n");
	lines(world, 2);
}

/* Three logs; mail-b.log is the one that is rotated. */
static void several_read(struct world *world)
{
	for (int round = 0; round < 2; round++) {
		world_log(world, world_path(world, "mail-a.log"), 2);
		world_log(world, world_path(world, "mail-b.log"), 3);
		world_log(world, world_path(world, "mail-c.log"), 2);
		if (round == 0)
			run(world);
	}
}

static void several_rotated(struct world *world)
{
	several_read(world);
	rotate(world, "rename", 2);
}

static void several_packed(struct world *world)
{
	several_read(world);
	rotate(world, "packed", 2);
}

const struct scenario scenarios[] = {
	{ "first", OF_NUMBERED | OF_DATED, IS_FIRST, first, NULL, NULL, NULL },
	{ "first-archives", OF_NUMBERED, IS_FIRST, first_archives, NULL, NULL, NULL },
	{ "first-empty", OF_NUMBERED, IS_FIRST, first_empty, NULL, NULL, NULL },
	{ "goes-on", OF_NUMBERED | OF_DATED, IS_READ, known, NULL, NULL, NULL },
	{ "quiet", OF_NUMBERED | OF_DATED, IS_READ, quiet, NULL, NULL, NULL },
	{ "renamed", OF_NUMBERED, UNREAD, renamed, NULL, NULL, NULL },
	{ "renamed-twice", OF_NUMBERED, UNREAD, renamed_twice, NULL, NULL, NULL },
	{ "renamed-three-times", OF_NUMBERED, UNREAD, renamed_three_times, NULL, NULL, NULL },
	{ "renamed-late", OF_NUMBERED, IS_READ, renamed_late, NULL, NULL, NULL },
	{ "renamed-empty", OF_NUMBERED, UNREAD, renamed_empty, NULL, NULL, NULL },
	{ "nocreate", 0, UNREAD, nocreate, NULL, NULL, NULL },
	{ "copied", OF_NUMBERED, UNREAD, copied, NULL, NULL, NULL },
	{ "copied-and-grown", OF_NUMBERED, UNREAD, copied_and_grown, NULL, NULL, NULL },
	{ "copied-twice", OF_NUMBERED, UNREAD, copied_twice, NULL, NULL, NULL },
	{ "copied-and-packed", OF_NUMBERED, UNREAD, copied_and_packed, NULL, NULL, NULL },
	{ "truncated-and-seen", OF_NUMBERED, UNREAD, truncated_and_seen, NULL, NULL, NULL },
	{ "packed", OF_NUMBERED, UNREAD, packed, NULL, NULL, "gzip" },
	{ "packed-twice", OF_NUMBERED, UNREAD, packed_twice, NULL, NULL, "gzip" },
	{ "packed-when-read", OF_NUMBERED, UNREAD, packed_when_read, NULL, NULL, "gzip" },
	{ "packed-xz", OF_NUMBERED, UNREAD, packed_xz, NULL, NULL, "xz" },
	{ "packed-bzip2", OF_NUMBERED, UNREAD, packed_bzip2, NULL, NULL, "bzip2" },
	{ "packed-zstd", OF_NUMBERED, UNREAD, packed_zstd, NULL, NULL, "zstd" },
	{ "dated", OF_DATED, UNREAD, dated, NULL, NULL, NULL },
	{ "dated-twice", OF_DATED, UNREAD, dated_twice, NULL, NULL, "gzip" },
	{ "link-first", OF_LINK, IS_FIRST, link_first, NULL, NULL, NULL },
	{ "link-goes-on", OF_LINK, IS_READ, link_read, NULL, NULL, NULL },
	{ "link-moved", OF_LINK, UNREAD, link_moved, NULL, NULL, NULL },
	{ "link-moved-twice", OF_LINK, UNREAD, link_moved_twice, NULL, NULL, NULL },
	{ "link-packed-twice", OF_LINK, UNREAD, link_packed_twice, NULL, NULL, "gzip" },
	{ "empty-before", OF_NUMBERED, UNREAD, empty_before, NULL, NULL, NULL },
	{ "empty-and-rotated", OF_NUMBERED, UNREAD, empty_and_rotated, NULL, NULL, NULL },
	{ "empty-and-copied", OF_NUMBERED, UNREAD, empty_and_copied, NULL, NULL, NULL },
	{ "unfinished", OF_NUMBERED, IS_READ, unfinished, NULL, NULL, NULL },
	{ "glob", OF_NUMBERED, IS_READ, several_read, "mail-b.log", "mail-*.log", NULL },
	{ "glob-rotated", OF_NUMBERED, UNREAD, several_rotated, "mail-b.log", "mail-*.log", NULL },
	{ "glob-of-all-rotated", OF_NUMBERED, UNREAD, several_rotated, "mail-b.log", "mail-*.log*",
	  NULL },
	{ "glob-of-all-packed", OF_NUMBERED, UNREAD, several_packed, "mail-b.log", "mail-*.log*",
	  "gzip" },
	{ "glob-of-one-rotated", OF_NUMBERED, UNREAD, renamed, NULL, "mail.log*", NULL },
	{ "glob-of-one-nocreate", 0, UNREAD, nocreate, NULL, "mail.log*", NULL },
	{ "glob-of-one-packed", OF_NUMBERED, UNREAD, packed, NULL, "mail.log*", "gzip" },
};
const size_t scenarios_count = sizeof scenarios / sizeof *scenarios;
