/* world.h - a directory with logs and a state, what was logged there, and what the plugin made of
 * it
 *
 * Everything dies on what can't go wrong here (a full disk, say): the driver is no part of what is
 * tested.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FAULTS_WORLD_H
#define FAULTS_WORLD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/faults/calls.h"

#define USERS_MAX 400
#define USER_ROOM 16
#define OUTPUT_MAX 16384

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Who logged in how often. */
struct users {
	size_t count;
	struct user {
		char name[USER_ROOM];
		int logins;
	} of[USERS_MAX];
};

void users_add(struct users *users, const char *name, int logins);
int users_logins(const struct users *users, const char *name);
int users_total(const struct users *users);

struct world {
	char root[PATH_MAX - 256];  /* with log/ and state/ */
	char log[PATH_MAX - 128];   /* the log that is written, and rotated */
	char given[PATH_MAX - 128]; /* to the plugin: LOG, or a glob */
	int64_t clock;              /* of the next line */
	int next_user;
	struct users truth;
	const char *wrong; /* static; of a run while the scenario was set up */
	bool is_verbose;
};

/* Where its files are; everything that is there goes. */
void world_begin(struct world *world, const char *root, const char *log, const char *given);

/* The path of a log by its name; valid until the next call. */
const char *world_path(const struct world *world, const char *name);

/* --- the log --- */

/* COUNT logins, into LOG: each of a user of its own; and one of "often" after each third. */
void world_log(struct world *world, const char *log, int count);
void world_log_user(struct world *world, const char *log, const char *user);
void world_log_text(struct world *world, const char *log, const char *text);

/* --- rotations --- */

/* Of which logs: that are numbered when they are rotated, that get a date, or a link to a dated
 * one. */
enum rotation_flags {
	OF_NUMBERED = 1,
	OF_DATED = 2,
	OF_LINK = 4,
	OF_ANY = 7,
	LOSES = 8,
	LEAVES_NONE = 16
};

struct rotation_kind {
	const char *name;
	unsigned flags;
	void (*rotate)(const char *log);
};

extern const struct rotation_kind rotation_kinds[];
extern const size_t rotation_kinds_count;

const struct rotation_kind *rotation_kind_find(const char *name); /* dies if there is none */
void world_rotate(struct world *world, const char *kind);
bool has_program(const char *name);

/* The logins that LOG has now. */
void world_read_log(const char *log, struct users *ret);

/* --- the plugin --- */

struct run {
	int exit_state, signal; /* signal: 0 if it exited */
	bool has_hung;
	int logins;    /* the metric; -1 if there is none */
	bool says_gap; /* that lines were lost */
	char output[OUTPUT_MAX];
};

/* What the shim does in a run; NULL: nothing. */
struct spoiling {
	const char *action; /* as FAULTS_ACTION */
	int error_number;
	int at;
	const char *below; /* which calls count */
	const char *command;
	struct calls *calls; /* mapped; of the file calls_path */
	const char *calls_path;
};

extern const char *plugin_path, *database_path, *shim_path;

void world_run(const struct world *world, struct run *ret, const struct spoiling *spoiling);

/* From the state; returns "" or what is wrong with it. */
const char *world_counted(const struct world *world, struct users *ret);

#endif
