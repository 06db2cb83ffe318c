/* world.c - a directory with logs and a state; see world.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/world.h"

#define HANGS_AFTER_MSEC 60000

const char *plugin_path, *database_path, *shim_path;

void die(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	fputs("tests/faults/drive: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	_exit(2);
}

/* --- users --- */

static struct user *find_user(const struct users *users, const char *name)
{
	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->of[i].name, name) == 0)
			return (struct user *)&users->of[i];
	return NULL;
}

void users_add(struct users *users, const char *name, int logins)
{
	struct user *user = find_user(users, name);
	if (user) {
		user->logins += logins;
		return;
	}
	if (users->count == USERS_MAX)
		die("more than %d users", USERS_MAX);
	user = &users->of[users->count++];
	snprintf(user->name, sizeof user->name, "%s", name);
	user->logins = logins;
}

int users_logins(const struct users *users, const char *name)
{
	const struct user *user = find_user(users, name);
	return user ? user->logins : 0;
}

int users_total(const struct users *users)
{
	int total = 0;
	for (size_t i = 0; i < users->count; i++)
		total += users->of[i].logins;
	return total;
}

/* --- the directory --- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status, (void)type, (void)where;
	return remove(path);
}

static void make_directory(const char *root, const char *name)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s%s%s", root, *name ? "/" : "", name);
	if (mkdir(path, 0700) < 0)
		die("%s: %s", path, strerror(errno));
}

const char *world_path(const struct world *world, const char *name)
{
	static char path[sizeof world->log];
	snprintf(path, sizeof path, "%s/log/%s", world->root, name);
	return path;
}

void world_begin(struct world *world, const char *root, const char *log, const char *given)
{
	if (nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		die("%s: %s", root, strerror(errno));
	make_directory(root, "");
	make_directory(root, "log");
	make_directory(root, "state");
	*world = (struct world){ .clock = (int64_t)time(NULL) - 7200,
		                 .is_verbose = world->is_verbose };
	snprintf(world->root, sizeof world->root, "%s", root);
	snprintf(world->log, sizeof world->log, "%s", world_path(world, log));
	snprintf(world->given, sizeof world->given, "%s", world_path(world, given));
}

/* --- the log --- */

void world_log_text(struct world *world, const char *log, const char *text)
{
	(void)world;
	int descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (descriptor < 0 || write(descriptor, text, strlen(text)) != (ssize_t)strlen(text))
		die("%s: %s", log, strerror(errno));
	close(descriptor);
}

void world_log_user(struct world *world, const char *log, const char *user)
{
	static const char *const addresses[] = { "77.88.8.8", "114.114.114.114", "200.160.2.3",
		                                 "193.0.6.139", "8.8.8.8" };
	char stamp[32], line[256];
	struct tm broken;
	time_t clock = (time_t)world->clock++;
	gmtime_r(&clock, &broken);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &broken);
	unsigned which = (unsigned)strlen(user) + (unsigned char)user[strlen(user) - 1];
	snprintf(line, sizeof line,
	         "%s+00:00 mail postfix/smtpd[1]: 4X%d: client=unknown[%s], sasl_method=PLAIN, "
	         "sasl_username=%s\n",
	         stamp, (int)(clock % 100000), addresses[which % 5], user);
	world_log_text(world, log, line);
	users_add(&world->truth, user, 1);
}

void world_log(struct world *world, const char *log, int count)
{
	for (int i = 0; i < count; i++) {
		char user[USER_ROOM];
		snprintf(user, sizeof user, "u%04d", ++world->next_user);
		world_log_user(world, log, user);
		if (world->next_user % 3 == 0)
			world_log_user(world, log, "often");
	}
}

void world_read_log(const char *log, struct users *ret)
{
	char line[512], user[USER_ROOM];
	FILE *file = fopen(log, "re");
	ret->count = 0;
	while (file && fgets(line, sizeof line, file)) {
		const char *name = strstr(line, "sasl_username=");
		if (name && sscanf(name, "sasl_username=%15s", user) == 1)
			users_add(ret, user, 1);
	}
	if (file)
		fclose(file);
}

/* --- the plugin --- */

static void become_plugin(const struct world *world, const struct spoiling *spoiling, int output)
{
	char at[32], geo[PATH_MAX], state[PATH_MAX], number[16], error_number[16];
	snprintf(at, sizeof at, "--at=@%jd", (intmax_t)world->clock + 10);
	snprintf(geo, sizeof geo, "--geo=mmdb:%s", database_path);
	snprintf(state, sizeof state, "--state=%s/state/s.db", world->root);
	if (spoiling) {
		snprintf(number, sizeof number, "%d", spoiling->at);
		snprintf(error_number, sizeof error_number, "%d", spoiling->error_number);
		setenv("FAULTS_ACTION", spoiling->action, 1);
		setenv("FAULTS_ERRNO", error_number, 1);
		setenv("FAULTS_AT", number, 1);
		setenv("FAULTS_BELOW", spoiling->below, 1);
		setenv("FAULTS_COMMAND", spoiling->command ? spoiling->command : "", 1);
		setenv("FAULTS_CALLS", spoiling->calls_path, 1);
	}
	setenv("LD_PRELOAD", shim_path, 1); /* without FAULTS_CALLS it only saves time */
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* Thresholds that nothing exceeds: so the state is OK, or UNKNOWN where something could not
	 * be done. */
	execl(plugin_path, plugin_path, "--window=all", "--home=US", geo, state, "-t", "50", at,
	      "-w", "foreign_logins=0:999999", "-c", "user_countries=0:999", world->given,
	      (char *)NULL);
	_exit(126);
}

static void read_output(int descriptor, pid_t child, struct run *run)
{
	size_t filled = 0;
	char rest[4096];
	for (;;) {
		struct pollfd poll_for = { .fd = descriptor, .events = POLLIN };
		if (poll(&poll_for, 1, HANGS_AFTER_MSEC) == 0) {
			run->has_hung = true;
			kill(child, SIGKILL);
		}
		size_t room = OUTPUT_MAX - 1 - filled;
		ssize_t got = room ? read(descriptor, run->output + filled, room)
				   : read(descriptor, rest, sizeof rest);
		if (got <= 0)
			break;
		filled += room ? (size_t)got : 0;
	}
	run->output[filled] = '\0';
}

/* "lines between A and B could not be read: ...", at the begin of a line or behind a comma of the
 * first. */
static bool says_gap(const char *output)
{
	for (const char *found = output; (found = strstr(found, " could not be read: ")); found++) {
		const char *line = found;
		while (line > output && line[-1] != '\n')
			line--;
		const char *word = strstr(line, "lines");
		if (word && word < found)
			return true;
	}
	return false;
}

static int metric(const char *output, const char *name)
{
	const char *perfdata = strchr(output, '|');
	const char *newline = strchr(output, '\n');
	const char *found = perfdata && (!newline || perfdata < newline) ? strstr(perfdata, name)
									 : NULL;
	return found ? atoi(found + strlen(name)) : -1;
}

void world_run(const struct world *world, struct run *ret, const struct spoiling *spoiling)
{
	int ends[2], status = 0;
	*ret = (struct run){ 0 };
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe: %s", strerror(errno));
	if (spoiling)
		spoiling->calls->count = spoiling->calls->is_hit = spoiling->calls->has_failed = 0;
	pid_t child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (child == 0)
		become_plugin(world, spoiling, ends[1]);
	close(ends[1]);
	read_output(ends[0], child, ret);
	close(ends[0]);
	waitpid(child, &status, 0);
	ret->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	ret->exit_state = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (spoiling && spoiling->calls->has_failed)
		die("failed: %s", spoiling->command);
	if (ret->exit_state == 126)
		die("%s can't be run", plugin_path);
	ret->logins = metric(ret->output, "|logins=");
	ret->says_gap = says_gap(ret->output);
	if (world->is_verbose)
		printf("  %s: exit state %d, signal %d\n%s", spoiling ? "spoiled run" : "clean run",
		       ret->exit_state, ret->signal, ret->output);
}

const char *world_counted(const struct world *world, struct users *ret)
{
	static const char sql[] = "SELECT CAST(user AS TEXT), sum(count) FROM login GROUP BY user";
	static char wrong[200];
	char path[PATH_MAX];
	sqlite3 *database = NULL;
	sqlite3_stmt *statement = NULL;
	int result;
	ret->count = 0;
	snprintf(path, sizeof path, "%s/state/s.db", world->root);
	result = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
	while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		users_add(ret, (const char *)sqlite3_column_text(statement, 0),
		          sqlite3_column_int(statement, 1));
		result = SQLITE_OK;
	}
	snprintf(wrong, sizeof wrong, "%s", result == SQLITE_DONE ? "" : sqlite3_errmsg(database));
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return wrong;
}
