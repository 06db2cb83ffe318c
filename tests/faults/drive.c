/* drive.c - every call of a run is spoiled once; each login must be counted exactly once all the
 * same
 *
 * A trial: a scenario is set up, a run is spoiled at one call, clean runs follow, and the users
 * that the state has, each with its logins, are compared with what was logged. What it must not do
 * meanwhile: say OK with less than all, crash, hang, or tell of lost lines that are there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/scenarios.h"

#define UNITS_MAX 4000
#define KNOWN_MAX 200
#define WORKERS_MAX 64
#define LINES_MANY 20
#define CLASS_ROOM 16

/* --- what can be done to a call --- */

struct way {
	const char *name;
	const char *action;
	int error_number;
	const struct rotation_kind *kind;
	int lines; /* that are logged after the rotation; -1: none before it either */
};

static const struct way faults[] = {
	{ "EIO", "fail", EIO, NULL, 0 },       { "ENOMEM", "fail", ENOMEM, NULL, 0 },
	{ "EACCES", "fail", EACCES, NULL, 0 }, { "ESTALE", "fail", ESTALE, NULL, 0 },
	{ "short", "short", 0, NULL, 0 },      { "kill", "kill", 0, NULL, 0 },
};

struct unit {
	const struct scenario *scenario;
	struct way way;
	char name[40]; /* of the way */
};

static struct {
	const char *mode; /* "faults" or "rotations" */
	const char *scenario, *action, *self, *directory;
	int call; /* -1: all */
	int every, jobs;
	bool is_verbose, is_listing;
	char below[16]; /* which calls count: "", "/log" */
} options = { .call = -1, .every = 1 };

static struct unit units[UNITS_MAX];
static size_t units_count;

/* --- judging --- */

struct verdict {
	char class[CLASS_ROOM]; /* "": all is right */
	char text[400];
};

/* The worst first. */
static size_t badness(const char *class)
{
	static const char *const classes[] = {
		"set-up",    "crash",        "hang",    "lost", "twice",     "invented", "state",
		"new-state", "ok-with-less", "unclean", "form", "false-gap", "refused",
	};
	size_t i = 0;
	while (i < sizeof classes / sizeof *classes && strcmp(classes[i], class) != 0)
		i++;
	return i;
}

static void blame(struct verdict *verdict, const char *class, const char *text)
{
	if (*verdict->class && badness(verdict->class) <= badness(class))
		return;
	snprintf(verdict->class, sizeof verdict->class, "%s", class);
	snprintf(verdict->text, sizeof verdict->text, "%.*s", (int)strcspn(text, "\n"), text);
}

static void blame_user(struct verdict *verdict, const char *class, const char *name, int have,
                       int logins)
{
	char text[100];
	snprintf(text, sizeof text, "%s has %d of %d", name, have, logins);
	blame(verdict, class, text);
}

/* MAY_LACK: what can be lost; may be NULL. */
static void compare_users(struct verdict *verdict, const struct world *world,
                          const struct users *may_lack)
{
	struct users counted;
	const char *wrong = world_counted(world, &counted);
	if (*wrong)
		blame(verdict, "state", wrong);
	for (size_t i = 0; i < world->truth.count; i++) {
		const struct user *user = &world->truth.of[i];
		int have = users_logins(&counted, user->name);
		int least = user->logins - (may_lack ? users_logins(may_lack, user->name) : 0);
		if (have < least)
			blame_user(verdict, "lost", user->name, have, user->logins);
	}
	for (size_t i = 0; i < counted.count; i++) {
		const struct user *user = &counted.of[i];
		int most = users_logins(&world->truth, user->name);
		if (user->logins > most)
			blame_user(verdict, most ? "twice" : "invented", user->name, user->logins,
			           most);
	}
}

static void judge_form(struct verdict *verdict, const struct run *run, bool may_be_killed)
{
	bool is_ok = run->exit_state == 0 && strncmp(run->output, "MAIL GEO OK - ", 14) == 0;
	bool is_unknown = run->exit_state == 3 &&
		strncmp(run->output, "MAIL GEO UNKNOWN - ", 19) == 0;
	if (run->has_hung)
		blame(verdict, "hang", "it did not end");
	else if (run->signal && !(may_be_killed && run->signal == SIGKILL))
		blame(verdict, "crash", strsignal(run->signal));
	else if (!run->signal && !is_ok && !is_unknown)
		blame(verdict, "form", run->output);
	if (strstr(run->output, "a new one was begun"))
		blame(verdict, "new-state",
		      "a state that could not be read for once is taken for damaged");
}

static bool may_lose(const struct unit *unit)
{
	return unit->way.kind && (unit->way.kind->flags & LOSES);
}

/* Where no log is a first run can't read one, nor where the only one is emptied under it. */
static bool may_refuse(const struct unit *unit)
{
	return !unit->way.kind || unit->way.kind->flags & LEAVES_NONE ||
		unit->scenario->knowledge == IS_FIRST;
}

/* What is rotated away in the middle of a run may wait for the next one. */
static void judge_spoiled(struct verdict *verdict, const struct unit *unit,
                          const struct world *world, const struct run *run)
{
	judge_form(verdict, run, strcmp(unit->way.action, "kill") == 0);
	if (run->exit_state == 0 && run->logins < users_total(&world->truth) && !unit->way.kind)
		blame(verdict, "ok-with-less", run->output);
	if (run->says_gap && !may_lose(unit))
		blame(verdict, "false-gap", strstr(run->output, "lines"));
	if (run->exit_state == 3 && !may_refuse(unit))
		blame(verdict, "refused", run->output);
}

static void judge_clean(struct verdict *verdict, const struct run *run, bool may_say_gap)
{
	judge_form(verdict, run, false);
	if (run->exit_state != 0)
		blame(verdict, "unclean", run->output);
	if (run->says_gap && !may_say_gap)
		blame(verdict, "false-gap", strstr(run->output, "lines"));
}

/* --- a trial --- */

static void clean_runs(struct verdict *verdict, struct world *world, const struct unit *unit,
                       bool has_said_gap, const struct users *in_log)
{
	struct run run;
	for (int round = 0; round < 2; round++) {
		if (unit->way.kind || round > 0)
			world_log(world, world->log, 2);
		world_run(world, &run, NULL);
		judge_clean(verdict, &run, may_lose(unit));
		has_said_gap = has_said_gap || run.says_gap || unit->scenario->knowledge != IS_READ;
		compare_users(verdict, world, may_lose(unit) && has_said_gap ? in_log : NULL);
	}
}

/* What the rotation's command logs, too. */
static void add_logged(struct world *world, struct users *in_log, int lines)
{
	for (int i = 0; i <= lines; i++) {
		char user[USER_ROOM];
		snprintf(user, sizeof user, "r%04d", i);
		users_add(&world->truth, user, 1);
		if (i == 0)
			users_add(in_log, user, 1);
	}
	world->clock += lines + 1;
}

/* CALL 0: nothing is spoiled. False: the run has no such call. */
static bool try_call(struct verdict *verdict, struct world *world, const struct unit *unit,
                     const char *root, int call, struct calls *calls, const char *calls_path)
{
	char below[PATH_MAX], command[3 * PATH_MAX];
	struct spoiling spoiling = {
		.action = unit->way.action,
		.error_number = unit->way.error_number,
		.at = call,
		.below = below,
		.command = command,
		.calls = calls,
		.calls_path = calls_path,
	};
	const struct scenario *scenario = unit->scenario;
	const char *log = scenario->log ? scenario->log : "mail.log";
	struct users in_log;
	struct run run;
	*verdict = (struct verdict){ "", "" };
	world->is_verbose = options.is_verbose;
	world_begin(world, root, log, scenario->given ? scenario->given : log);
	scenario->set_up(world);
	if (world->wrong)
		blame(verdict, "set-up", world->wrong);
	snprintf(below, sizeof below, "%s%s", world->root, options.below);
	snprintf(command, sizeof command, "'%s' --rotate=%s --log='%s' --clock=%jd --lines=%d",
	         options.self, unit->way.kind ? unit->way.kind->name : "", world->log,
	         (intmax_t)world->clock, unit->way.lines);
	world_read_log(world->log, &in_log);
	world_run(world, &run, &spoiling);
	judge_spoiled(verdict, unit, world, &run);
	if (call > 0 && !calls->is_hit)
		return false;
	if (unit->way.kind && calls->is_hit)
		add_logged(world, &in_log, unit->way.lines);
	clean_runs(verdict, world, unit, run.says_gap, &in_log);
	return true;
}

/* The shim's command. */
static int rotate_now(const char *kind, const char *log, int64_t clock, int lines)
{
	static struct world world;
	world.clock = clock;
	snprintf(world.log, sizeof world.log, "%s", log);
	for (int i = 0; i <= lines || i == 0; i++) {
		char user[USER_ROOM];
		snprintf(user, sizeof user, "r%04d", i);
		if (lines >= 0)
			world_log_user(&world, log, user);
		if (i == 0)
			world_rotate(&world, kind);
	}
	return 0;
}

/* --- many trials --- */

struct result {
	int unit, call;
	bool is_known;
	struct verdict verdict;
	char name[CALL_NAME_ROOM];
};

static struct shared {
	atomic_int next_unit, trials;
} * shared;

static void list_calls(const struct unit *unit, const struct calls *calls)
{
	printf("%s: %d calls\n", unit->scenario->name, calls->count);
	for (int i = 0; i < calls->count && i < CALLS_MAX; i++)
		printf("%5d %s\n", i + 1, calls->names[i]);
}

static void send_result(int output, int unit, int call, const struct verdict *verdict,
                        const struct calls *calls)
{
	struct result result = { .unit = unit, .call = call, .verdict = *verdict };
	if (call > 0 && call <= CALLS_MAX)
		memcpy(result.name, calls->names[call - 1], sizeof result.name);
	if (write(output, &result, sizeof result) != (ssize_t)sizeof result)
		die("pipe: %s", strerror(errno));
}

/* What is wrong without a fault is told once, and spoils all that comes after. */
static void try_unit(int number, const char *root, struct calls *calls, const char *calls_path,
                     int output)
{
	static struct world world;
	const struct unit *unit = &units[number];
	struct verdict verdict;
	bool has_call = try_call(&verdict, &world, unit, root, 0, calls, calls_path);
	if (options.is_listing)
		list_calls(unit, calls);
	if (*verdict.class)
		send_result(output, number, 0, &verdict, calls);
	if (*verdict.class || options.is_listing)
		return;
	for (int call = options.call > 0 ? options.call : 1; has_call; call += options.every) {
		has_call = try_call(&verdict, &world, unit, root, call, calls, calls_path);
		atomic_fetch_add(&shared->trials, has_call);
		if (has_call && *verdict.class)
			send_result(output, number, call, &verdict, calls);
		if (options.call > 0)
			break;
	}
}

static struct calls *map_calls(const char *path)
{
	int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (descriptor < 0 || ftruncate(descriptor, sizeof(struct calls)) < 0)
		die("%s: %s", path, strerror(errno));
	struct calls *calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED,
	                           descriptor, 0);
	if (calls == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	close(descriptor);
	return calls;
}

static _Noreturn void work(int worker, int output)
{
	char root[PATH_MAX - 256], calls_path[PATH_MAX - 128];
	snprintf(root, sizeof root, "%s/%d", options.directory, worker);
	snprintf(calls_path, sizeof calls_path, "%s/%d.calls", options.directory, worker);
	struct calls *calls = map_calls(calls_path);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int unit; (unit = atomic_fetch_add(&shared->next_unit, 1)) < (int)units_count;)
		try_unit(unit, root, calls, calls_path, output);
	fflush(stdout);
	_exit(0);
}

/* --- what is known to be wrong --- */

static char *known[KNOWN_MAX];
static bool is_seen[KNOWN_MAX];
static size_t known_count;

static void read_known(const char *path)
{
	char line[200];
	FILE *file = path ? fopen(path, "re") : NULL;
	if (path && !file)
		die("%s: %s", path, strerror(errno));
	while (file && fgets(line, sizeof line, file)) {
		line[strcspn(line, "#\n")] = '\0';
		for (size_t length = strlen(line); length && line[length - 1] == ' '; length--)
			line[length - 1] = '\0';
		if (*line && known_count < KNOWN_MAX)
			known[known_count++] = strdup(line);
	}
	if (file)
		fclose(file);
}

static bool is_known(const struct result *result)
{
	char key[300];
	bool is_found = false;
	snprintf(key, sizeof key, "%s %s %s %s: %s", options.mode,
	         units[result->unit].scenario->name, units[result->unit].name,
	         result->verdict.class, result->name);
	for (size_t i = 0; i < known_count; i++) {
		if (fnmatch(known[i], key, 0) != 0)
			continue;
		is_seen[i] = true;
		is_found = true;
	}
	return is_found;
}

/* --- all of it --- */

static void add_unit(const struct scenario *scenario, const struct way *way, const char *name)
{
	if (options.action && fnmatch(options.action, name, FNM_EXTMATCH) != 0)
		return;
	if (units_count == UNITS_MAX)
		die("more than %d scenarios and actions", UNITS_MAX);
	struct unit *unit = &units[units_count++];
	*unit = (struct unit){ .scenario = scenario, .way = *way };
	snprintf(unit->name, sizeof unit->name, "%s", name);
}

static void add_rotations(const struct scenario *scenario)
{
	static const int lines[] = { -1, 1, LINES_MANY };
	for (size_t i = 0; i < rotation_kinds_count; i++) {
		const struct rotation_kind *kind = &rotation_kinds[i];
		for (size_t j = 0;
		     j < sizeof lines / sizeof *lines && (kind->flags & scenario->rotated); j++) {
			char name[40];
			struct way way = { .action = "run", .kind = kind, .lines = lines[j] };
			snprintf(name, sizeof name, "%s%s", kind->name,
			         lines[j] < 0            ? ""
			                 : lines[j] == 1 ? "+line"
			                                 : "+lines");
			add_unit(scenario, &way, name);
		}
	}
}

static void choose_units(void)
{
	bool is_rotations = strcmp(options.mode, "rotations") == 0;
	for (size_t i = 0; i < scenarios_count; i++) {
		const struct scenario *scenario = &scenarios[i];
		if (options.scenario &&
		    fnmatch(options.scenario, scenario->name, FNM_EXTMATCH) != 0)
			continue;
		if (scenario->needs && !has_program(scenario->needs)) {
			printf("# %s: skipped: %s is not installed\n", scenario->name,
			       scenario->needs);
			continue;
		}
		if (is_rotations)
			add_rotations(scenario);
		for (size_t j = 0; j < sizeof faults / sizeof *faults && !is_rotations; j++)
			add_unit(scenario, &faults[j], faults[j].name);
	}
	if (is_rotations)
		snprintf(options.below, sizeof options.below, "/log");
}

static void print_result(const struct result *result)
{
	const struct unit *unit = &units[result->unit];
	printf("%s %s, %s%s%s: %s\n  %s --%s --scenario=%s --action=%s --call=%d --verbose\n",
	       result->verdict.class, unit->scenario->name, unit->name, *result->name ? " at " : "",
	       result->name, result->verdict.text, options.self, options.mode, unit->scenario->name,
	       unit->name, result->call);
	fflush(stdout);
}

/* A class of what is wrong, and how often it is. */
static struct {
	char class[CLASS_ROOM];
	int count;
} classes[32];

static void count_class(const char *class)
{
	size_t i = 0;
	while (*classes[i].class && strcmp(classes[i].class, class) != 0)
		i++;
	snprintf(classes[i].class, CLASS_ROOM, "%s", class);
	classes[i].count++;
}

/* In a whole sweep, what is known and was not seen is mended. */
static void tell_mended(void)
{
	bool is_whole = !options.scenario && !options.action && options.call < 0 &&
		options.every == 1;
	for (size_t i = 0; i < known_count && is_whole; i++)
		if (!is_seen[i] && strncmp(known[i], options.mode, strlen(options.mode)) == 0)
			printf("known to be wrong, but is right now: %s\n", known[i]);
}

static int collect(int input)
{
	struct result result;
	int wrong = 0, wrong_known = 0;
	while (read(input, &result, sizeof result) == (ssize_t)sizeof result) {
		if (is_known(&result)) {
			wrong_known++;
			continue;
		}
		wrong++;
		count_class(result.verdict.class);
		print_result(&result);
	}
	tell_mended();
	for (size_t i = 0; *classes[i].class; i++)
		printf("%s: %d\n", classes[i].class, classes[i].count);
	printf("%zu scenarios and actions, %d calls, %d wrong", units_count,
	       atomic_load(&shared->trials), wrong);
	printf(wrong_known ? ", and %d that are known\n" : "\n", wrong_known);
	return wrong;
}

static int sweep(void)
{
	int ends[2], status, failed = 0;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (shared == MAP_FAILED || pipe2(ends, O_CLOEXEC) < 0)
		die("%s", strerror(errno));
	fflush(stdout);
	for (int i = 0; i < options.jobs; i++) {
		pid_t child = fork();
		if (child < 0)
			die("fork: %s", strerror(errno));
		if (child == 0)
			work(i, ends[1]);
	}
	close(ends[1]);
	int wrong = collect(ends[0]);
	while (wait(&status) > 0)
		failed += status != 0;
	if (failed)
		printf("%d workers ended before their work did\n", failed);
	return wrong || failed ? 1 : 0;
}

/* --- the command line --- */

static const char usage[] = "usage: drive --faults|--rotations [OPTION...]\n"
			    "  --scenario=PATTERN   only those, as fnmatch(3) and @(a|b) have it\n"
			    "  --action=PATTERN     only those: EIO, ENOMEM, EACCES, ESTALE, "
			    "short, kill; or a rotation, +line, +lines\n"
			    "  --call=NUMBER        only that call; 0: no call\n"
			    "  --every=NUMBER       only each so manieth call\n"
			    "  --jobs=NUMBER        at a time; as many as there are processors\n"
			    "  --directory=DIR      is used, and kept\n"
			    "  --known=FILE         what is known to be wrong\n"
			    "  --list               the calls of each scenario\n"
			    "  --verbose            what the plugin prints\n"
			    "in the environment: CHECK_MAIL_GEO (the plugin), srcdir, builddir, "
			    "TMPDIR\n";

static const char *directory_of_build(char *path)
{
	char *slash = strstr(path, "/tests/faults/");
	if (slash)
		*slash = '\0';
	return path;
}

/* Where things are, unless the environment says it: beside this program. */
static void find_paths(void)
{
	static char self[PATH_MAX], build[PATH_MAX], shim[PATH_MAX], plugin[PATH_MAX],
		database[PATH_MAX];
	const char *source = getenv("srcdir");
	if (!realpath("/proc/self/exe", self))
		die("/proc/self/exe: %s", strerror(errno));
	options.self = self;
	snprintf(build, sizeof build, "%s", self);
	directory_of_build(build);
	snprintf(shim, sizeof shim, "%.4000s/tests/faults/shim.so", build);
	snprintf(plugin, sizeof plugin, "%.4000s/check_mail_geo", build);
	snprintf(database, sizeof database, "%.4000s/tests/fixtures/geo/test-country.mmdb",
	         source ? source : FAULTS_SOURCE);
	shim_path = shim;
	plugin_path = getenv("CHECK_MAIL_GEO") ? getenv("CHECK_MAIL_GEO") : plugin;
	database_path = database;
	if (access(shim_path, R_OK) < 0 || access(plugin_path, X_OK) < 0 ||
	    access(database_path, R_OK) < 0)
		die("%s, %s or %s is missing", shim_path, plugin_path, database_path);
}

static int remove_directory(void)
{
	char command[PATH_MAX + 20];
	snprintf(command, sizeof command, "rm -rf '%s'", options.directory);
	return system(command);
}

int main(int argc, char **argv)
{
	enum {
		SCENARIO = 1,
		ACTION,
		CALL,
		EVERY,
		JOBS,
		DIRECTORY,
		KNOWN,
		ROTATE,
		LOG,
		CLOCK,
		LINES
	};
	static const struct option names[] = {
		{ "faults", no_argument, NULL, 'f' },
		{ "rotations", no_argument, NULL, 'r' },
		{ "scenario", required_argument, NULL, SCENARIO },
		{ "action", required_argument, NULL, ACTION },
		{ "call", required_argument, NULL, CALL },
		{ "every", required_argument, NULL, EVERY },
		{ "jobs", required_argument, NULL, JOBS },
		{ "directory", required_argument, NULL, DIRECTORY },
		{ "known", required_argument, NULL, KNOWN },
		{ "list", no_argument, NULL, 'l' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "rotate", required_argument, NULL, ROTATE },
		{ "log", required_argument, NULL, LOG },
		{ "clock", required_argument, NULL, CLOCK },
		{ "lines", required_argument, NULL, LINES },
		{ NULL, 0, NULL, 0 },
	};
	const char *given[LINES + 1] = { NULL };
	for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
		if (option == 'f' || option == 'r')
			options.mode = option == 'f' ? "faults" : "rotations";
		else if (option == 'l')
			options.is_listing = true;
		else if (option == 'v')
			options.is_verbose = true;
		else if (option >= SCENARIO && option <= LINES)
			given[option] = optarg;
		else
			return fputs(usage, stderr), 2;
	}
	if (given[ROTATE])
		return rotate_now(given[ROTATE], given[LOG], atoll(given[CLOCK]),
		                  atoi(given[LINES]));
	if (!options.mode)
		return fputs(usage, stderr), 2;
	char directory[PATH_MAX];
	const char *temporary = getenv("TMPDIR");
	snprintf(directory, sizeof directory, "%s/check_mail_geo-faults-XXXXXX",
	         temporary ? temporary : "/tmp");
	options.scenario = given[SCENARIO];
	options.action = given[ACTION];
	options.call = given[CALL] ? atoi(given[CALL]) : -1;
	options.every = given[EVERY] && atoi(given[EVERY]) > 0 ? atoi(given[EVERY]) : 1;
	options.jobs = given[JOBS] ? atoi(given[JOBS]) : (int)sysconf(_SC_NPROCESSORS_ONLN);
	options.jobs = options.jobs < 1 || options.is_verbose || options.is_listing ? 1
		: options.jobs > WORKERS_MAX                                        ? WORKERS_MAX
										    : options.jobs;
	options.directory = given[DIRECTORY] ? given[DIRECTORY] : mkdtemp(directory);
	if (!options.directory ||
	    (given[DIRECTORY] && mkdir(given[DIRECTORY], 0700) < 0 && errno != EEXIST))
		die("no directory: %s", strerror(errno));
	find_paths();
	read_known(given[KNOWN]);
	choose_units();
	int result = sweep();
	return given[DIRECTORY] || remove_directory() == 0 ? result : 2;
}
