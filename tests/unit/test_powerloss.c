/* test_powerloss.c - unit tests of plugin/store.c and plugin/store/: the power fails at every point
 * of a run
 *
 * Runs over store.h are recorded (see recording_vfs.h). For every point at which the power could
 * have failed the state is built again as the disk may have kept it, and opened. What it must be
 * then is known exactly: in SQLite's rollback mode a transaction is committed by the deletion of
 * its journal, so the state is that of after the run if the deletion reached the disk, and that of
 * before if not. Never a mixture, and never damaged.
 *
 * PRAGMA synchronous=FULL syncs the directory when the journal was made, but not after its deletion
 * (EXTRA does). Until the file system does so by itself, a power loss may undo a commit as a whole;
 * the next run reads the lines again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "plugin/store.h"
#include "tests/unit/recording_vfs.h"

#define NOW 1740000000
#define BUDGET_MS 5000
#define USERS 4
#define NUMBERS 8 /* of sessions and of hashes of lines */
#define DUMP_MAX 1000000
#define LINES_MAX 5000

static struct strbuf why = STRBUF_INIT(WHY_MAX);
static char base[PATH_MAX], directory[PATH_MAX + 10], trial[PATH_MAX + 10];
/* Runs are recorded in directory, and what is left of one is opened in trial. */
static const char *workplace = directory;

/* --- files --- */

static const char *state_in(const char *place)
{
	static char path[PATH_MAX + 30];
	snprintf(path, sizeof path, "%s/state.db", place);
	return path;
}

static void empty(const char *place)
{
	char path[PATH_MAX + 300];
	DIR *stream = opendir(place);
	assert_non_null(stream);
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
		unlink(path); /* not those of directories, "." and ".." */
	}
	closedir(stream);
}

/* --- what is in a state --- */

static const char *const sources[] = { "/var/log/mail.log", "/var/log/mail.log.1",
	                               "/var/log/dovecot.log" };

static void must(int result)
{
	if (result != 0)
		fail_msg("%d: %s", result, strbuf_text(&why));
}

static const char *user_name(int number)
{
	static char name[30];
	snprintf(name, sizeof name, "user%d@example.org", number);
	return name;
}

static int dump_positions(struct strbuf *dump, struct store *store, const char *source)
{
	struct log_history seen;
	struct log_position at;
	int result = store_get_history(store, source, &seen, &why);
	if (result > 0)
		strbuf_add_format(dump,
		                  "history %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
		                  source, seen.since_sec, seen.lines, seen.logins,
		                  seen.public_logins);
	if (result >= 0)
		result = store_get_position(store, source, &at, &why);
	if (result > 0)
		strbuf_add_format(dump, "position %s %" PRId64 " %" PRId64 " %.*s\n", source,
		                  at.newest_sec, at.read_sec, (int)at.length, at.text);
	return result;
}

static int dump_session(struct strbuf *dump, struct store *store, uint64_t session)
{
	char text[IPADDR_TEXT_ROOM];
	struct ipaddr address;
	int result = store_get_session(store, session, &address, &why);
	if (result > 0)
		strbuf_add_format(dump, "session %" PRIu64 " %s\n", session,
		                  ipaddr_format(&address, text));
	return result;
}

/* Asking is remembered: so it comes last, and nothing is committed. */
static int dump_seen_line(struct strbuf *dump, struct store *store, uint64_t hash)
{
	int result;
	while ((result = store_is_repeat(store, "another log", hash, NOW + 400, &why)) > 0)
		strbuf_add_format(dump, "seen %" PRIu64 "\n", hash);
	return result;
}

static int dump_visit(void *context, const struct visit *visit)
{
	char text[IPADDR_TEXT_ROOM];
	strbuf_add_format(context, "visit %.*s %s %s %" PRId64 "\n", (int)visit->user.length,
	                  visit->user.data,
	                  visit->has_address ? ipaddr_format(&visit->address, text) : "-",
	                  visit->country, visit->logins);
	return 0;
}

static void dump_login(void *context, const struct login *login, const struct place *place)
{
	char text[IPADDR_TEXT_ROOM];
	strbuf_add_format(context,
	                  "login %.*s %" PRId64 " x%" PRId64 " %.*s %s %s %u %s %d %d %d\n",
	                  (int)login->user.length, login->user.data, login->at_sec, login->count,
	                  (int)login->service.length, login->service.data,
	                  login->has_address ? ipaddr_format(&login->address, text) : "-",
	                  place->country, (unsigned)place->asn, place->as_name,
	                  place->is_anonymiser, place->has_coordinates,
	                  (int)(1e6 * place->latitude + 1e3 * place->longitude + place->radius_km));
}

static int dump_store(struct strbuf *dump, struct store *store)
{
	int result = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sources) && result >= 0; i++)
		result = dump_positions(dump, store, sources[i]);
	if (result >= 0)
		result = store_each_visit(store, dump_visit, dump, &why);
	for (int i = 0; i < USERS && result >= 0; i++)
		result = store_each_login(store, slice_string(user_name(i)), dump_login, dump,
		                          &why);
	for (uint64_t i = 0; i < NUMBERS && result >= 0; i++)
		result = dump_session(dump, store, i);
	for (uint64_t i = 0; i < NUMBERS && result >= 0; i++)
		result = dump_seen_line(dump, store, i);
	return result;
}

static int compare_lines(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Visits come in no order. The caller frees what is returned. */
static char *sorted(const struct strbuf *dump)
{
	static struct slice lines[LINES_MAX];
	struct strbuf text = STRBUF_INIT(DUMP_MAX);
	struct slice rest = slice_string(strbuf_text(dump));
	size_t count = 0;
	assert_false(dump->truncated);
	for (; rest.length > 0; count++) {
		assert_true(count < LINES_MAX);
		lines[count] = slice_take_until(&rest, '\n');
	}
	qsort(lines, count, sizeof lines[0], compare_lines);
	for (size_t i = 0; i < count; i++)
		strbuf_add_format(&text, "%.*s\n", (int)lines[i].length, lines[i].data);
	return text.length ? strbuf_detach(&text) : xalloc_string("");
}

/* All that PATH's state holds, or NULL with the reason in why: it can't be opened, or was set
 * aside. */
static char *dump_of(const char *path)
{
	struct deadline deadline = deadline_in(BUDGET_MS);
	struct strbuf dump CLEANUP(strbuf_release) = STRBUF_INIT(DUMP_MAX);
	struct store *store CLEANUP(store_freep) = NULL;
	strbuf_clear(&why);
	if (store_open(&store, path, &deadline, &why) != 0)
		return NULL;
	if (*store_notes(store)) {
		strbuf_clear(&why);
		strbuf_add_string(&why, store_notes(store));
	}
	if (why.length > 0 || dump_store(&dump, store) < 0)
		return NULL;
	return sorted(&dump);
}

/* --- runs --- */

static struct store *opened(void)
{
	struct deadline deadline = deadline_in(BUDGET_MS);
	struct store *store;
	must(store_open(&store, state_in(workplace), &deadline, &why));
	return store;
}

/* BEFORE: of the file before, 0: there is none. */
static void move_position(struct store *store, size_t source, int64_t offset, int64_t before)
{
	struct log_position position = { .is_known = offset > 0,
		                         .newest_sec = NOW + offset,
		                         .read_sec = NOW };
	const struct log_history history = { NOW, offset, offset / 9, offset / 10 };
	/* as long as a file's */
	position.length = (size_t)snprintf(position.text, sizeof position.text,
	                                   "%0150" PRId64 " /srv/log %0*" PRId64, offset,
	                                   before ? 150 : 1, before);
	must(store_put_position(store, sources[source], &position, &why));
	must(store_put_history(store, sources[source], &history, &why));
}

static void see_lines_and_sessions(struct store *store, size_t source, uint64_t from, uint64_t end)
{
	struct ipaddr address = { { 32, 1, 13, 184 } };
	for (uint64_t i = from; i < end; i++) {
		address.bytes[15] = (uint8_t)(i + source);
		must(store_put_session(store, i, &address, NOW, &why));
		for (uint64_t times = 0; times < 1 + i % 2; times++)
			must(store_is_repeat(store, sources[source], i, NOW + 400, &why));
	}
}

static int place_even(void *context, const struct ipaddr *address, struct place *ret,
                      struct strbuf *reason)
{
	(void)context, (void)reason;
	*ret = (struct place){ .country = "BR", .asn = 64501, .as_name = "Later" };
	return address->bytes[15] % 2 == 0;
}

static int place_none(void *context, const struct ipaddr *address, struct place *ret,
                      struct strbuf *reason)
{
	(void)context, (void)address, (void)ret, (void)reason;
	return 0;
}

static void add_logins(struct store *store, int64_t first_sec, int count)
{
	const struct place place = { .country = "DE",
		                     .asn = 64500,
		                     .as_name = "Example",
		                     .has_coordinates = true,
		                     .latitude = 52.5,
		                     .longitude = 13.4,
		                     .radius_km = 20 };
	for (int i = 0; i < count; i++) {
		char address[IPADDR_TEXT_ROOM];
		struct login login = { .at_sec = first_sec + i,
			               .has_address = i % 7 != 0,
			               .count = 1 + i % 4,
			               .service = SLICE_LITERAL("postfix/submission"),
			               .user = slice_string(user_name(i % USERS)) };
		snprintf(address, sizeof address, i % 2 ? "192.0.2.%d" : "2001:db8::%d", i % 90);
		assert_true(ipaddr_parse(&login.address, slice_string(address)));
		must(store_add(store, &login, i % 3 ? &place : NULL, login.at_sec, &why));
	}
}

static void run_first(void)
{
	struct store *store = opened();
	move_position(store, 0, 100000, 0);
	move_position(store, 1, 5000, 800);
	see_lines_and_sessions(store, 0, 0, 5);
	add_logins(store, NOW, 200);
	must(store_forget(store, INT64_MIN, &why));
	must(store_commit(store, &why));
	store_free(store);
}

static void run_later(void)
{
	struct store *store = opened();
	must(store_place_unlocated(store, place_even, NULL, &why));
	add_logins(store, NOW + 300, 80);
	move_position(store, 0, 120000, 100000);
	move_position(store, 1, 5000, 0);
	move_position(store, 2, 7, 0);
	see_lines_and_sessions(store, 1, 5, NUMBERS);
	must(store_drop_session(store, 3, &why));
	must(store_forget(store, NOW + 100, &why));
	must(store_commit(store, &why));
	store_free(store);
}

/* As if there were more than SQLite's cache holds: pages are written before the commit. */
static void run_later_in_little_memory(void)
{
	sqlite3_soft_heap_limit64(1);
	run_later();
	sqlite3_soft_heap_limit64(0);
}

static void run_quiet(void)
{
	struct store *store = opened();
	must(store_place_unlocated(store, place_none, NULL, &why));
	move_position(store, 0, 120000, 100000);
	must(store_forget(store, NOW + 100, &why));
	must(store_commit(store, &why));
	store_free(store);
}

/* --- scenarios --- */

struct scenario {
	const char *name;
	void (*prepare)(void);
	void (*run)(void);
	/* that are tried with each model; if there are more, these are spread evenly */
	size_t most_cuts;
	char *before, *after;
	struct recording recording;
	size_t commit; /* the operation that deletes the journal */
};

enum { FIRST, LATER, LITTLE_MEMORY };

static struct scenario scenarios[] = {
	[FIRST] = { .name = "the first run", .run = run_first, .most_cuts = 60 },
	[LATER] = { .name = "a later run",
	            .prepare = run_first,
	            .run = run_later,
	            .most_cuts = 60 },
	[LITTLE_MEMORY] = { .name = "a run in little memory",
	                    .prepare = run_first,
	                    .run = run_later_in_little_memory,
	                    .most_cuts = 20 },
};

static const struct disk_model models[] = {
	{ "all arrived in order", 100, 100, TEAR_NONE, false },
	{ "nothing that wasn't synced", 0, 0, TEAR_NONE, false },
	{ "no bytes, but names", 0, 100, TEAR_NONE, true },
	{ "bytes, but no names", 100, 0, TEAR_NONE, false },
	{ "the first half of the last write", 100, 100, TEAR_FRONT, true },
	{ "the second half of the last write", 100, 100, TEAR_BACK, false },
	{ "any of the writes", 50, 50, TEAR_NONE, false },
	{ "most of the writes, garbage for the rest", 90, 90, TEAR_NONE, true },
	{ "any of the sectors", 50, 50, TEAR_SECTORS, false },
	{ "any of the sectors, garbage for the rest", 50, 50, TEAR_SECTORS, true },
};

#define IN_ORDER (&models[0])
#define WITHOUT_NAMES (&models[3])

#define NOWHERE SIZE_MAX

static size_t find_last(const struct recording *recording, enum disk_kind kind)
{
	size_t i = recording->operation_count;
	while (i > 0 && recording->operations[i - 1].kind != kind)
		i--;
	return i > 0 ? i - 1 : NOWHERE;
}

static void record_scenario(struct scenario *scenario)
{
	empty(directory);
	if (scenario->prepare)
		scenario->prepare();
	scenario->before = dump_of(state_in(scenario->prepare ? directory : trial));
	empty(trial);
	recording_begin(&scenario->recording, directory);
	scenario->run();
	recording_end();
	scenario->after = dump_of(state_in(directory));
	scenario->commit = find_last(&scenario->recording, DISK_DELETE);
	assert_true(scenario->before && scenario->after &&
	            strcmp(scenario->before, scenario->after) != 0);
}

static int set_up(void **unused)
{
	const char *tmp = getenv("TMPDIR");
	char template[PATH_MAX - 200];
	(void)unused;
	snprintf(template, sizeof template, "%s/test_powerloss.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(template) || !realpath(template, base))
		return -1;
	snprintf(directory, sizeof directory, "%s/run", base);
	snprintf(trial, sizeof trial, "%s/trial", base);
	if (mkdir(directory, 0700) || mkdir(trial, 0700))
		return -1;
	recording_vfs_register();
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++)
		record_scenario(&scenarios[i]);
	return 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		recording_release(&scenarios[i].recording);
		free(scenarios[i].before);
		free(scenarios[i].after);
	}
	strbuf_release(&why);
	empty(trial);
	empty(directory);
	return rmdir(trial) || rmdir(directory) || rmdir(base);
}

/* --- trials --- */

enum outcome { AS_IT_MUST, OTHER_SIDE, BROKEN, SAME_AGAIN };

/* The power fails after CUT operations. What is wrong then is in why. LAST_HASH, unless NULL, is
 * that of the trial before: one that leaves the same isn't opened again. */
static enum outcome lose_power(const struct scenario *scenario, size_t cut,
                               const struct disk_model *model, uint64_t seed, uint64_t *last_hash)
{
	enum disk_fate *fates = xalloc_zero(cut + 1, sizeof *fates);
	uint64_t random = seed;
	disk_lose(fates, &scenario->recording, cut, model, &random);
	empty(trial);
	uint64_t hash = disk_build(trial, &scenario->recording, cut, fates, model, &random);
	bool is_committed = cut > scenario->commit && fates[scenario->commit] == DISK_WHOLE;
	free(fates);
	if (last_hash && *last_hash == (hash ^ is_committed))
		return SAME_AGAIN;
	if (last_hash)
		*last_hash = hash ^ is_committed;
	char *found CLEANUP(xalloc_freep) = dump_of(state_in(trial));
	if (found && strcmp(found, is_committed ? scenario->after : scenario->before) == 0)
		return AS_IT_MUST;
	bool is_other = found &&
		strcmp(found, is_committed ? scenario->before : scenario->after) == 0;
	strbuf_add_format(&why, "%s(it must be the state of %s the run%s)", why.length ? " " : "",
	                  is_committed ? "after" : "before",
	                  is_other        ? ", but is the other"
	                          : found ? ", but is a mixture"
	                                  : "");
	return is_other ? OTHER_SIDE : BROKEN;
}

static void must_survive(const struct scenario *scenario, size_t cut,
                         const struct disk_model *model)
{
	if (lose_power(scenario, cut, model, 1, NULL) != AS_IT_MUST)
		fail_msg("%s, cut at %zu, %s: %s", scenario->name, cut, model->name,
		         strbuf_text(&why));
}

struct score {
	int trials, different, other_sides, broken;
	struct strbuf first; /* failure, a broken one if there is any */
};

static void keep_score(struct score *score, enum outcome outcome, const struct scenario *scenario,
                       size_t cut, const struct disk_model *model)
{
	score->trials++;
	score->different += outcome != SAME_AGAIN;
	if (outcome == AS_IT_MUST || outcome == SAME_AGAIN)
		return;
	if (!score->broken && (outcome == BROKEN || !score->other_sides)) {
		strbuf_clear(&score->first);
		strbuf_add_format(&score->first, "%s, cut at %zu of %zu, %s: %s", scenario->name,
		                  cut, scenario->recording.operation_count, model->name,
		                  strbuf_text(&why));
	}
	score->other_sides += outcome == OTHER_SIDE;
	score->broken += outcome == BROKEN;
}

/* The last cut, after all operations, is always among them. */
static void try_model(struct score *score, const struct scenario *scenario,
                      const struct disk_model *model)
{
	size_t most = scenario->recording.operation_count;
	size_t steps = most < scenario->most_cuts ? most : scenario->most_cuts;
	uint64_t last_hash = 0;
	for (size_t step = 0; step <= steps; step++) {
		size_t cut = most * step / steps;
		uint64_t seed = (uint64_t)(step + 1) * UINT64_C(0x9e3779b97f4a7c15);
		keep_score(score, lose_power(scenario, cut, model, seed, &last_hash), scenario, cut,
		           model);
	}
}

static void try_models(struct score *ret, const struct scenario *scenario)
{
	*ret = (struct score){ .first = STRBUF_INIT(2 * WHY_MAX) };
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		try_model(ret, scenario, &models[i]);
	print_message("# %s: %zu operations, %d losses of power (%d different), %d on the wrong "
	              "side, %d broken\n",
	              scenario->name, scenario->recording.operation_count, ret->trials,
	              ret->different, ret->other_sides, ret->broken);
}

static void survives_all(const struct scenario *scenario)
{
	struct score score;
	try_models(&score, scenario);
	if (score.other_sides || score.broken)
		fail_msg("%s", strbuf_text(&score.first));
	strbuf_release(&score.first);
}

static void a_first_run_leaves_nothing_or_all(void **unused)
{
	(void)unused;
	survives_all(&scenarios[FIRST]);
}

static void a_later_run_leaves_the_state_of_before_or_of_after(void **unused)
{
	(void)unused;
	survives_all(&scenarios[LATER]);
}

/* What last happened to the bytes of the file NAME before operation END; DISK_CREATE if nothing
 * did. */
static enum disk_kind last_touch(const struct recording *recording, size_t end, const char *name)
{
	for (size_t i = end; i-- > 0;) {
		const struct disk_operation *operation = &recording->operations[i];
		if (operation->kind >= DISK_WRITE &&
		    strcmp(recording->files[operation->file].name, name) == 0)
			return operation->kind;
	}
	return DISK_CREATE;
}

static bool is_write_to(const struct recording *recording, size_t index, const char *name)
{
	const struct disk_operation *operation = &recording->operations[index];
	return operation->kind == DISK_WRITE &&
		strcmp(recording->files[operation->file].name, name) == 0;
}

static void a_run_that_writes_before_its_commit_leaves_before_or_after(void **unused)
{
	const struct recording *recording = &scenarios[LITTLE_MEMORY].recording;
	size_t i = 0;
	(void)unused;
	while (i < recording->operation_count && !is_write_to(recording, i, "state.db"))
		i++;
	while (i < recording->operation_count && !is_write_to(recording, i, "state.db-journal"))
		i++;
	if (i == recording->operation_count) {
		print_message("# this SQLite has no soft limit of its memory\n");
		skip();
	}
	survives_all(&scenarios[LITTLE_MEMORY]);
}

/* The same trials find what goes wrong if nothing is synced: or they would prove nothing. */
static void without_syncs_the_trials_find_damage(void **unused)
{
	const struct scenario *careful = &scenarios[LATER];
	struct scenario careless = *careful;
	struct score score;
	size_t count = 0;
	(void)unused;
	careless.recording.operations = xalloc_zero(careful->recording.operation_count,
	                                            sizeof *careful->recording.operations);
	for (size_t i = 0; i < careful->recording.operation_count; i++) {
		const struct disk_operation *operation = &careful->recording.operations[i];
		if (operation->kind != DISK_SYNC && operation->kind != DISK_SYNC_DIRECTORY)
			careless.recording.operations[count++] = *operation;
		if (i == careful->commit)
			careless.commit = count - 1;
	}
	careless.recording.operation_count = count;
	careless.name = "a run without syncs";
	careless.most_cuts = 16;
	try_models(&score, &careless);
	print_message("# as it should: %s\n", strbuf_text(&score.first));
	assert_true(score.broken > 0);
	free(careless.recording.operations);
	strbuf_release(&score.first);
}

/* --- what follows it --- */

static void must_be_left(const char *dump)
{
	char *found CLEANUP(xalloc_freep) = dump_of(state_in(trial));
	assert_non_null(found);
	assert_string_equal(found, dump);
}

static void the_next_run_gets_to_the_same_end(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];
		assert_true(scenario->commit < scenario->recording.operation_count);
		for (size_t cut = 0; cut <= scenario->commit; cut += 1 + scenario->commit / 10) {
			must_survive(scenario, cut, IN_ORDER);
			workplace = trial;
			scenario->run();
			workplace = directory;
			must_be_left(scenario->after);
		}
	}
}

/* With synchronous=FULL nothing syncs the directory after the deletion: then, and only then, it may
 * come back. */
static void a_commit_lasts_once_its_deletion_is_on_the_disk(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];
		size_t end = scenario->recording.operation_count;
		size_t synced = find_last(&scenario->recording, DISK_SYNC_DIRECTORY);
		bool is_synced = synced != NOWHERE && synced > scenario->commit;
		must_survive(scenario, end, IN_ORDER);
		must_be_left(scenario->after);
		must_survive(scenario, end, WITHOUT_NAMES);
		must_be_left(is_synced ? scenario->after : scenario->before);
	}
}

/* --- the order of syncs --- */

static void check_write(const struct recording *recording, size_t index)
{
	bool has_name = false;
	int syncs = 0;
	for (size_t i = 0; i < index; i++) {
		enum disk_kind kind = recording->operations[i].kind;
		syncs += kind == DISK_SYNC;
		has_name = kind == DISK_SYNC_DIRECTORY || (has_name && kind != DISK_CREATE);
	}
	assert_int_equal(last_touch(recording, index, "state.db-journal"), DISK_SYNC);
	assert_true(has_name);
	/* first the pages, then how many they are: synchronous=NORMAL does both at once */
	assert_true(syncs >= 2);
}

/* In little memory it is not so simple: pages that are new to the file need no journal, and may
 * come at any time. */
static void the_journal_is_synced_before_the_state_is_written(void **unused)
{
	(void)unused;
	for (size_t i = FIRST; i <= LATER; i++) {
		const struct recording *recording = &scenarios[i].recording;
		int writes = 0;
		for (size_t j = 0; j < recording->operation_count; j++) {
			if (!is_write_to(recording, j, "state.db"))
				continue;
			check_write(recording, j);
			writes++;
		}
		assert_true(writes > 0);
	}
}

static void the_state_is_synced_before_the_journal_is_deleted(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct recording *recording = &scenarios[i].recording;
		size_t end = recording->operation_count;
		assert_true(scenarios[i].commit < end);
		assert_int_equal(last_touch(recording, scenarios[i].commit, "state.db"), DISK_SYNC);
		for (size_t j = scenarios[i].commit + 1; j < end; j++)
			assert_int_equal(recording->operations[j].kind, DISK_SYNC_DIRECTORY);
	}
}

static void a_quiet_run_writes_and_syncs_nothing(void **unused)
{
	struct recording recording;
	(void)unused;
	empty(directory);
	run_first();
	run_later();
	recording_begin(&recording, directory);
	run_quiet();
	recording_end();
	assert_int_equal(recording.file_count, 1);
	assert_int_equal(recording.operation_count, 0);
	recording_release(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_run_leaves_nothing_or_all),
		cmocka_unit_test(a_later_run_leaves_the_state_of_before_or_of_after),
		cmocka_unit_test(a_run_that_writes_before_its_commit_leaves_before_or_after),
		cmocka_unit_test(without_syncs_the_trials_find_damage),
		cmocka_unit_test(the_next_run_gets_to_the_same_end),
		cmocka_unit_test(a_commit_lasts_once_its_deletion_is_on_the_disk),
		cmocka_unit_test(the_journal_is_synced_before_the_state_is_written),
		cmocka_unit_test(the_state_is_synced_before_the_journal_is_deleted),
		cmocka_unit_test(a_quiet_run_writes_and_syncs_nothing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
