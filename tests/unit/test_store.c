/* test_store.c - unit tests of plugin/store.c and plugin/store/
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <setjmp.h>

#include <cmocka.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "plugin/store.h"
#include "plugin/store/sqlite.h"

#define NOW 1740000000
#define BUDGET_MS 5000

/* --- helpers --- */

static struct strbuf why = STRBUF_INIT(WHY_MAX);
static char directory[PATH_MAX];
static char state[PATH_MAX + 20]; /* directory/state.db */

static int make_directory(void **unused)
{
	const char *tmp = getenv("TMPDIR");
	(void)unused;
	snprintf(directory, sizeof directory, "%s/test_store.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(directory))
		return -1;
	snprintf(state, sizeof state, "%s/state.db", directory);
	strbuf_clear(&why);
	return 0;
}

static int remove_directory(void **unused)
{
	char command[PATH_MAX + 20];
	(void)unused;
	strbuf_release(&why);
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	return system(command);
}

static const char *below(const char *name)
{
	static char path[2][PATH_MAX + 100];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", directory, name);
	return path[turn];
}

static int try_open(struct store **ret, const char *path, int64_t budget_ms)
{
	struct deadline deadline = deadline_in(budget_ms);
	*ret = NULL;
	return store_open(ret, path, &deadline, &why);
}

static struct store *opened(const char *path)
{
	struct store *store;
	if (try_open(&store, path, BUDGET_MS) != 0)
		fail_msg("%s", strbuf_text(&why));
	return store;
}

static void must(int result)
{
	if (result != 0)
		fail_msg("%d: %s", result, strbuf_text(&why));
}

static void recover(struct store **store, const char *path)
{
	struct deadline deadline = deadline_in(BUDGET_MS);
	assert_true((*store)->is_damaged);
	assert_int_equal(store_recover(store, path, &deadline, &why), 1);
}

static void committed(struct store *store)
{
	must(store_commit(store, &why));
	store_free(store);
}

static void assert_why_has(const char *text)
{
	if (!strstr(strbuf_text(&why), text))
		fail_msg("no \"%s\" in \"%s\"", text, strbuf_text(&why));
}

static void assert_why_has_no(const char *text)
{
	if (strstr(strbuf_text(&why), text))
		fail_msg("\"%s\" in \"%s\"", text, strbuf_text(&why));
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static struct ipaddr address_of(const char *text)
{
	struct ipaddr address;
	assert_true(ipaddr_parse(&address, slice_string(text)));
	return address;
}

static struct login login_of(const char *user, const char *address, int64_t at_sec)
{
	struct login login = { .at_sec = at_sec,
		               .user = slice_string(user),
		               .has_address = address != NULL,
		               .service = SLICE_LITERAL("postfix/submission"),
		               .count = 1 };
	if (address)
		login.address = address_of(address);
	return login;
}

static void add(struct store *store, const char *user, const char *address, const char *country,
                int64_t at_sec)
{
	struct login login = login_of(user, address, at_sec);
	struct place place = { .asn = 64500, .as_name = "Example" };
	memcpy(place.country, country, strlen(country) + 1);
	must(store_add(store, &login, *country ? &place : NULL, at_sec, &why));
}

/* What store_each_visit hands out, summed up. */
struct seen {
	int64_t visits, logins, brazilian, unlocated, without_address;
	int result; /* of the function */
};

static int see_visit(void *context, const struct visit *visit)
{
	struct seen *seen = context;
	assert_true(visit->logins > 0);
	assert_true(visit->has_address || !visit->country[0]);
	assert_true(strnlen(visit->country, sizeof visit->country) < sizeof visit->country);
	seen->visits++;
	seen->logins += visit->logins;
	seen->brazilian += strcmp(visit->country, "BR") == 0 ? visit->logins : 0;
	seen->unlocated += visit->country[0] ? 0 : visit->logins;
	seen->without_address += visit->has_address ? 0 : visit->logins;
	return seen->result;
}

static struct seen seen_in(struct store *store)
{
	struct seen seen = { 0 };
	must(store_each_visit(store, see_visit, &seen, &why));
	return seen;
}

static int64_t number(struct store *store, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* The logins of the state as it is on disk. */
static int64_t logins_on_disk(void)
{
	struct store *store = opened(state);
	int64_t logins = seen_in(store).logins;
	store_free(store);
	return logins;
}

static void make_state(void)
{
	struct store *store = opened(state);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	committed(store);
}

/* The exit status of FUNCTION in a child. */
static int in_child(int (*function)(void))
{
	pid_t child = fork();
	int status;
	assert_true(child >= 0);
	if (child == 0)
		_exit(function());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* --- transactions --- */

static void a_position_survives(void **unused)
{
	const struct log_position position = { .is_known = true,
		                               .newest_sec = -8,
		                               .read_sec = 9,
		                               .length = 7,
		                               .text = "a\0 \xff\n 7" };
	struct log_position found;
	(void)unused;
	struct store *store = opened(state);
	assert_int_equal(store_get_position(store, "a", &found, &why), 0);
	assert_false(found.is_known);
	must(store_put_position(store, "a", &position, &why));
	must(store_put_position(store, "a", &position, &why));
	committed(store);
	store = opened(state);
	assert_int_equal(store_get_position(store, "a", &found, &why), 1);
	assert_memory_equal(&found, &position, sizeof found);
	assert_int_equal(store_get_position(store, "b", &found, &why), 0);
	store_free(store);
}

static void without_commit_nothing_changes(void **unused)
{
	(void)unused;
	make_state();
	struct store *store = opened(state);
	add(store, "bob", "192.0.2.2", "CN", NOW);
	store_free(store);
	assert_int_equal(logins_on_disk(), 1);
}

static int die_in_the_middle(void)
{
	struct store *store = opened(state);
	for (int i = 0; i < 1000; i++)
		add(store, "bob", "192.0.2.2", "CN", NOW + i);
	return 0; /* neither committed nor closed */
}

static void a_killed_run_leaves_what_was_before(void **unused)
{
	(void)unused;
	make_state();
	assert_int_equal(in_child(die_in_the_middle), 0);
	assert_int_equal(logins_on_disk(), 1);
}

static int place_nothing(void *context, const struct ipaddr *address, struct place *ret,
                         struct strbuf *reason)
{
	(void)context, (void)address, (void)ret, (void)reason;
	return 0;
}

static void a_quiet_run_does_not_write(void **unused)
{
	const struct log_position position = { .is_known = true, .length = 1, .text = "7" };
	struct stat before, after;
	(void)unused;
	for (int i = 0; i < 3; i++) {
		struct store *store = opened(state);
		must(store_put_position(store, "a", &position, &why));
		if (i == 0)
			add(store, "ann", "192.0.2.1", "", NOW + 1);
		must(store_place_unlocated(store, place_nothing, NULL, &why));
		must(store_forget(store, NOW, &why));
		assert_int_equal(seen_in(store).logins, 1);
		committed(store);
		assert_int_equal(stat(state, i == 1 ? &before : &after), 0);
	}
	assert_true(before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
	            before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void a_store_in_memory_writes_no_file(void **unused)
{
	(void)unused;
	assert_int_equal(chdir(directory), 0);
	struct store *store = opened(NULL);
	add(store, "ann", "192.0.2.1", "CN", NOW);
	must(store_forget(store, NOW - 1, &why));
	assert_int_equal(seen_in(store).logins, 1);
	committed(store);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(directory), 0);
}

/* --- the file --- */

static void file_and_directories_are_for_the_owner_only(void **unused)
{
	(void)unused;
	mode_t old = umask(0);
	store_free(opened(below("a/b/state.db")));
	umask(0777);
	store_free(opened(below("c/state.db")));
	umask(old);
	assert_int_equal(mode_of(below("a")), 0700);
	assert_int_equal(mode_of(below("a/b")), 0700);
	assert_int_equal(mode_of(below("a/b/state.db")), 0600);
	assert_int_equal(mode_of(below("c")), 0700);
	assert_int_equal(mode_of(below("c/state.db")), 0600);
}

static void the_default_path_follows_the_environment(void **unused)
{
	struct strbuf a CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct strbuf b CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	char start[100];
	(void)unused;
	setenv("NAGIOS_PLUGIN_STATE_DIRECTORY", "/second", 1);
	setenv("MP_STATE_PATH", "/first", 1);
	store_default_path(&a, "key");
	unsetenv("MP_STATE_PATH");
	store_default_path(&b, "other");
	unsetenv("NAGIOS_PLUGIN_STATE_DIRECTORY");
	snprintf(start, sizeof start, "/first/%u/", (unsigned)geteuid());
	assert_memory_equal(strbuf_text(&a), start, strlen(start));
	assert_memory_equal(strbuf_text(&b), "/second/", 8);
	assert_string_not_equal(strrchr(strbuf_text(&a), '/'), strrchr(strbuf_text(&b), '/'));
}

static void a_damaged_state_is_set_aside_and_told(void **unused)
{
	(void)unused;
	write_file(state, "this is no SQLite file", 0600);
	struct store *store = opened(state);
	assert_non_null(strstr(store_notes(store), "state.db.damaged-1"));
	committed(store);
	assert_int_equal(access(below("state.db.damaged-1"), F_OK), 0);
	assert_int_equal(mode_of(state), 0600);
}

static void damage_behind_the_header_is_found(void **unused)
{
	struct store *store;
	char junk[4096];
	(void)unused;
	make_state();
	memset(junk, 0xee, sizeof junk);
	int fd = open(state, O_WRONLY);
	for (off_t page = 1; page < 12; page++)
		assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096), sizeof junk);
	close(fd);
	must(try_open(&store, state, BUDGET_MS));
	if (!*store_notes(store)) { /* not seen yet at the opening: then at the first use */
		struct seen seen = { 0 };
		assert_true(store_forget(store, NOW, &why) < 0 ||
		            store_each_visit(store, see_visit, &seen, &why) < 0);
		recover(&store, state);
		assert_non_null(strstr(store_notes(store), "damaged"));
		assert_int_equal(why.length, 0);
	}
	store_free(store);
	assert_int_equal(access(below("state.db.damaged-1"), F_OK), 0);
	assert_int_equal(logins_on_disk(), 0);
}

static void a_state_that_can_not_be_begun_anew_goes_on_in_memory(void **unused)
{
	struct seen seen = { 0 };
	(void)unused;
	make_state();
	run_sql(state, "UPDATE login SET country = 'de'");
	struct store *store = opened(state);
	assert_true(store_each_visit(store, see_visit, &seen, &why) < 0);
	recover(&store, "/dev/null/state.db");
	assert_why_has("/dev/null");
	assert_non_null(strstr(store_notes(store), "damaged"));
	add(store, "ann", "192.0.2.1", "DE", NOW);
	must(store_each_visit(store, see_visit, &seen, &why));
	assert_int_equal(seen.visits, 1);
	committed(store);
	assert_int_equal(access(state, F_OK), -1);
	assert_int_equal(access(below("state.db.damaged-1"), F_OK), 0);
}

static void what_is_not_damaged_is_not_begun_anew(void **unused)
{
	struct deadline deadline = deadline_in(BUDGET_MS);
	struct seen seen = { .result = -ECANCELED };
	(void)unused;
	make_state();
	struct store *store = opened(state), *before = store;
	assert_true(store_each_visit(store, see_visit, &seen, &why) < 0);
	assert_int_equal(store_recover(&store, state, &deadline, &why), 0);
	assert_ptr_equal(store, before);
	store_free(store);
	assert_true(logins_on_disk() > 0);
}

static void see_no_login(void *context, const struct login *login, const struct place *place)
{
	(void)login, (void)place;
	++*(int *)context;
}

static void a_row_that_can_not_be_is_damage(void **unused)
{
	static const char *const changes[] = {
		"UPDATE login SET country = 'x\x1b[31m'",
		"UPDATE login SET country = 'de'",
		"UPDATE login SET country = X'4445'",
		"UPDATE login SET country = ''",
		"UPDATE login SET address = X''",
		"UPDATE login SET address = X'01'",
		"UPDATE login SET address = zeroblob(17)",
		"UPDATE login SET address = '0123456789abcdef'",
		"UPDATE login SET count = 0",
		"UPDATE login SET count = 1000000001",
		"UPDATE login SET count = 9223372036854775807",
		"UPDATE login SET count = 0.5",
		"UPDATE login SET count = 'x'",
		/* The logins of a user are not asked for after these. */
		"UPDATE login SET user = zeroblob(257)",
		"UPDATE login SET user = 'ann'",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct seen seen = { 0 };
		int logins = 0;
		unlink(state);
		make_state();
		run_sql(state, changes[i]);
		struct store *store = opened(state);
		if (store_each_visit(store, see_visit, &seen, &why) >= 0 || !store->is_damaged)
			fail_msg("no damage to visits: %s", changes[i]);
		assert_why_has("damaged");
		int result = store_each_login(store, slice_string("ann"), see_no_login, &logins,
		                              &why);
		if (logins || (result >= 0 && i < 13))
			fail_msg("no damage to logins: %s", changes[i]);
		store_free(store);
	}
}

/* What a visit doesn't tell isn't read for it. */
static void details_that_can_not_be_are_damage_when_they_are_shown(void **unused)
{
	static const char *const changes[] = {
		"UPDATE login SET service = hex(zeroblob(33))",
		"UPDATE login SET service = X'00'",
		"UPDATE place SET asn = -1",
		"UPDATE place SET asn = 4294967296",
		"UPDATE place SET asn = 'x'",
		"UPDATE place SET as_name = hex(zeroblob(32))",
		"UPDATE place SET as_name = X'00'",
	};
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		int logins = 0;
		unlink(state);
		make_state();
		run_sql(state, changes[i]);
		struct store *store = opened(state);
		if (store_each_login(store, slice_string("ann"), see_no_login, &logins, &why) >=
		            0 ||
		    logins)
			fail_msg("no damage: %s", changes[i]);
		assert_true(store->is_damaged);
		store_free(store);
	}
}

static void the_time_of_a_login_is_a_number(void **unused)
{
	int logins = 0;
	(void)unused;
	make_state();
	run_sql(state, "UPDATE login SET at = 'x'");
	struct store *store = opened(state);
	assert_true(store_each_login(store, slice_string("ann"), see_no_login, &logins, &why) < 0);
	assert_true(store->is_damaged);
	assert_int_equal(logins, 0);
	store_free(store);
}

static void a_foreign_trigger_is_damage(void **unused)
{
	(void)unused;
	make_state();
	run_sql(state, "CREATE TRIGGER t AFTER INSERT ON login BEGIN DELETE FROM login; END");
	struct store *store = opened(state);
	assert_non_null(strstr(store_notes(store), "damaged"));
	store_free(store);
}

static void assert_refused(const char *path, const char *reason)
{
	struct store *store;
	assert_true(try_open(&store, path, BUDGET_MS) < 0);
	assert_null(store);
	assert_why_has(reason);
}

static void garbage_that_others_may_read_is_left_alone(void **unused)
{
	(void)unused;
	write_file(state, "a letter", 0644);
	assert_refused(state, "left alone");
	assert_int_equal(mode_of(state), 0644);
}

static void a_symbolic_link_is_refused(void **unused)
{
	(void)unused;
	assert_int_equal(symlink("elsewhere", state), 0);
	assert_refused(state, "symbolic link");
	assert_int_equal(access(below("elsewhere"), F_OK), -1);
}

static void a_newer_version_is_refused(void **unused)
{
	(void)unused;
	make_state();
	run_sql(state, "UPDATE meta SET schema_version = 73");
	assert_refused(state, "73");
	assert_why_has("knows 7");
}

static void a_version_with_the_tables_of_another_is_set_aside(void **unused)
{
	(void)unused;
	make_state();
	run_sql(state, "UPDATE meta SET schema_version = 1");
	struct store *store CLEANUP(store_freep) = opened(state);
	if (!strstr(store_notes(store), "it is kept as"))
		fail_msg("%s", store_notes(store));
}

static void another_programs_file_is_refused(void **unused)
{
	(void)unused;
	run_sql(state, "CREATE TABLE theirs(a)");
	assert_int_equal(chmod(state, 0600), 0);
	assert_refused(state, "another program");
}

static void a_directory_that_others_may_write_is_refused(void **unused)
{
	(void)unused;
	static const mode_t modes[] = { 0777, 01777, 0770, 01770, 0720, 0702 };
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_int_equal(chmod(directory, modes[i]), 0);
		assert_refused(state, "others may write in the directory");
		assert_why_has("--state=");
		assert_why_has("/check_mail_geo/state.db");
		assert_why_has_no("chmod");
		assert_why_has_no("chown");
	}
}

/* A directory above may be sticky, as /tmp is; then only its own users can put another one in the
 * place of ours. */
static void above_the_state_others_may_write_if_it_is_sticky(void **unused)
{
	(void)unused;
	assert_int_equal(chmod(directory, 01777), 0);
	store_free(opened(below("ours/state.db")));
	assert_int_equal(chmod(directory, 0777), 0);
	assert_refused(below("ours/state.db"), "everybody may write in the directory");
	assert_int_equal(chmod(directory, 0770), 0); /* the group is the admin's choice */
	store_free(opened(below("ours/state.db")));
}

/* The advice is run by a tired person, as root. */
static void no_advice_changes_what_is_not_ours(void **unused)
{
	(void)unused;
	static const char *const places[] = { "/etc/x.db",    "/x.db",     "/root/x.db",
		                              "/root/x/y.db", "/tmp/x.db", "/etc/passwd" };
	if (geteuid() == 0 && seteuid(12345))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct store *store;
		char directory_there[100];
		snprintf(directory_there, sizeof directory_there, "-m 700 %.*s",
		         (int)(strrchr(places[i], '/') - places[i]), places[i]);
		int result = try_open(&store, places[i], BUDGET_MS);
		store_free(store);
		if (result >= 0)
			fail_msg("%s was taken", places[i]);
		if (strstr(strbuf_text(&why), "chown") || strstr(strbuf_text(&why), "chmod") ||
		    (strlen(directory_there) > 7 && strstr(strbuf_text(&why), directory_there)))
			fail_msg("%s", strbuf_text(&why));
		assert_why_has("--state");
	}
	if (geteuid() == 12345)
		assert_int_equal(seteuid(0), 0);
}

static void a_state_that_is_replaced_while_it_is_opened_is_refused(void **unused)
{
	struct store_file file = STORE_FILE_INIT;
	(void)unused;
	make_state();
	must(store_file_prepare(&file, state, &why));
	must(store_file_verify(&file, &why));
	assert_int_equal(rename(state, below("moved.db")), 0);
	assert_int_equal(store_file_verify(&file, &why), -ESTALE);
	make_state();
	assert_int_equal(store_file_verify(&file, &why), -ESTALE);
	store_file_release(&file);
	must(store_file_prepare(&file, below("deeper/state.db"), &why));
	assert_int_equal(rename(below("deeper"), below("moved")), 0);
	assert_int_equal(symlink("moved", below("deeper")), 0); /* the same file, by another way */
	assert_int_equal(store_file_verify(&file, &why), -ESTALE);
	assert_why_has("was replaced while it was opened");
	store_file_release(&file);
}

static void the_directory_may_be_reached_by_a_link(void **unused)
{
	(void)unused;
	make_state();
	assert_int_equal(symlink(directory, below("link")), 0);
	store_free(opened(below("link/state.db")));
}

static void make_damaged(const char *name, int days)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		                           { .tv_sec = time(NULL) - days * 86400 } };
	char journal[100];
	snprintf(journal, sizeof journal, "%s-journal", name);
	write_file(below(name), name, 0600);
	write_file(below(journal), name, 0600);
	assert_int_equal(utimensat(AT_FDCWD, below(name), times, 0), 0);
}

static void damaged_copies_expire(void **unused)
{
	(void)unused;
	make_damaged("state.db.damaged-1", 31);
	make_damaged("state.db.damaged-2", 29);
	make_damaged("state.db.damaged-9", 31);
	make_damaged("other.db.damaged-1", 31);
	make_state();
	assert_int_equal(access(below("state.db.damaged-1"), F_OK), -1);
	assert_int_equal(access(below("state.db.damaged-1-journal"), F_OK), -1);
	assert_int_equal(access(below("state.db.damaged-2"), F_OK), 0);
	assert_int_equal(access(below("state.db.damaged-9"), F_OK), -1);
	assert_int_equal(access(below("other.db.damaged-1"), F_OK), 0);
}

static void three_damaged_copies_are_kept_the_newest(void **unused)
{
	struct stat st;
	(void)unused;
	make_damaged("state.db.damaged-1", 5);
	make_damaged("state.db.damaged-2", 9);
	make_damaged("state.db.damaged-3", 7);
	write_file(state, "this is no SQLite file", 0600);
	store_free(opened(state));
	assert_int_equal(access(below("state.db.damaged-4"), F_OK), -1);
	assert_int_equal(stat(below("state.db.damaged-2"), &st), 0);
	assert_int_equal(st.st_size, strlen("this is no SQLite file"));
	assert_true(st.st_mtime > time(NULL) - 3600);
	/* that of another one */
	assert_int_equal(access(below("state.db.damaged-2-journal"), F_OK), -1);
	assert_int_equal(access(below("state.db.damaged-3-journal"), F_OK), 0);
}

/* What was forgotten is not in the file any more, for whoever gets at it later. */
static void what_is_forgotten_is_overwritten(void **unused)
{
	static char bytes[1 << 20];
	(void)unused;
	struct store *store = opened(state);
	for (int i = 0; i < 500; i++)
		add(store, "secret.person@example.com", "192.0.2.1", "DE", NOW + i);
	committed(store);
	store = opened(state);
	must(store_forget(store, NOW + 1000, &why));
	committed(store);
	FILE *file = fopen(state, "r");
	assert_non_null(file);
	size_t length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	assert_true(length > 0);
	assert_null(memmem(bytes, length, "secret.person", 13));
}

static void another_owner_is_refused(void **unused)
{
	(void)unused;
	if (geteuid() != 0)
		skip();
	make_state();
	assert_int_equal(chown(state, 12345, (gid_t)-1), 0);
	assert_refused(state, "another user");
}

static int open_in_unwritable_directory(void)
{
	struct store *store;
	if (geteuid() == 0 && (chown(directory, 12345, (gid_t)-1) || seteuid(12345)))
		return 1;
	if (chmod(directory, 0500))
		return 2;
	int result = try_open(&store, state, BUDGET_MS);
	chmod(directory, 0700);
	return result == -EACCES &&
			strstr(strbuf_text(&why), "name a file in a directory of its own")
		? 0
		: 3;
}

static void an_unwritable_directory_is_told_with_its_remedy(void **unused)
{
	(void)unused;
	assert_int_equal(in_child(open_in_unwritable_directory), 0);
}

static int open_while_locked(void)
{
	struct store *store;
	struct deadline deadline = deadline_in(120000);
	int result = try_open(&store, state, 200);
	if (result != -EBUSY || deadline_is_over(&deadline))
		return 1;
	return strstr(strbuf_text(&why), "another run holds") ? 0 : 2;
}

static void a_lock_past_the_deadline_is_told(void **unused)
{
	(void)unused;
	struct store *store = opened(state);
	assert_int_equal(in_child(open_while_locked), 0);
	store_free(store);
}

static int fill_the_disk(void)
{
	struct rlimit limit = { 64 * 1024, 64 * 1024 };
	int result = 0;
	struct store *store;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) || try_open(&store, state, BUDGET_MS))
		return 1;
	struct login login = login_of("bob", "192.0.2.2", NOW);
	for (int i = 0; result == 0 && i < 20000; i++)
		result = store_add(store, &login, NULL, NOW + i, &why);
	if (result == 0)
		result = store_commit(store, &why);
	store_free(store);
	if (result == 0 || !strstr(strbuf_text(&why), state) ||
	    !strstr(strbuf_text(&why), strerror(EFBIG)))
		fprintf(stderr, "%d: %s\n", result, strbuf_text(&why));
	return result == -EFBIG && strstr(strbuf_text(&why), state) ? 0 : 2;
}

static void a_full_disk_changes_nothing(void **unused)
{
	(void)unused;
	make_state();
	assert_int_equal(in_child(fill_the_disk), 0);
	assert_int_equal(logins_on_disk(), 1);
}

/* --- logins --- */

static void visits_are_summed_up(void **unused)
{
	(void)unused;
	struct store *store = opened(NULL);
	struct seen none = seen_in(store);
	assert_int_equal(none.visits, 0);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	add(store, "bob", "192.0.2.3", "BR", NOW + 4);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	add(store, "ann", "192.0.2.3", "BR", NOW + 2);
	add(store, "bob", "192.0.2.9", "", NOW + 5);
	add(store, "bob", NULL, "", NOW + 5);
	add(store, "bob", NULL, "", NOW + 6);
	add(store, "ann", "192.0.2.1", "DE", NOW + 7);
	must(store_forget(store, NOW - 1, &why));
	struct seen seen = seen_in(store);
	assert_int_equal(seen.visits, 5);
	assert_int_equal(seen.logins, 8);
	assert_int_equal(seen.brazilian, 2);
	assert_int_equal(seen.unlocated, 3);
	assert_int_equal(seen.without_address, 2);
	store_free(store);
}

static int see_only_ann(void *context, const struct visit *visit)
{
	const struct ipaddr address = address_of("192.0.2.1");
	assert_true(slice_equals(visit->user, "ann") && visit->has_address &&
	            ipaddr_equals(&visit->address, &address));
	assert_string_equal(visit->country, "DE");
	assert_int_equal(visit->since_sec, NOW);
	*(int64_t *)context = visit->logins;
	return 0;
}

static void a_visit_says_who_where_and_since_when(void **unused)
{
	int64_t logins = 0;
	(void)unused;
	struct store *store = opened(NULL);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	add(store, "ann", "192.0.2.1", "DE", NOW + 1);
	must(store_each_visit(store, see_only_ann, &logins, &why));
	assert_int_equal(logins, 2);
	store_free(store);
}

static void a_negative_result_ends_the_visits(void **unused)
{
	struct seen seen = { .result = -ECANCELED };
	(void)unused;
	struct store *store = opened(NULL);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	add(store, "bob", "192.0.2.2", "DE", NOW);
	assert_int_equal(store_each_visit(store, see_visit, &seen, &why), -ECANCELED);
	assert_int_equal(seen.visits, 1);
	assert_false(store->is_damaged);
	store_free(store);
}

static void nothing_without_address_is_placed(void **unused)
{
	const struct place place = { .country = "BR" };
	struct login login = login_of("ann", NULL, NOW);
	(void)unused;
	struct store *store = opened(NULL);
	must(store_add(store, &login, &place, NOW, &why));
	assert_int_equal(seen_in(store).unlocated, 1);
	store_free(store);
}

static void repeated_lines_count_as_often(void **unused)
{
	struct login login = login_of("ann", "192.0.2.1", NOW);
	(void)unused;
	struct store *store = opened(NULL);
	login.count = 17;
	must(store_add(store, &login, NULL, NOW, &why));
	login.count = INT64_MAX;
	must(store_add(store, &login, NULL, NOW + 1, &why));
	must(store_add(store, &login, NULL, NOW + 1, &why));
	assert_int_equal(seen_in(store).logins, 1000000017);
	store_free(store);
}

static int place_in_brazil(void *context, const struct ipaddr *address, struct place *ret,
                           struct strbuf *reason)
{
	const struct ipaddr unknown = address_of("192.0.2.2");
	(void)reason;
	++*(int *)context;
	if (ipaddr_equals(address, &unknown))
		return 0;
	*ret = (struct place){
		.country = "BR", .has_coordinates = true, .latitude = 1, .longitude = 2
	};
	return 1;
}

static int fail_to_place(void *context, const struct ipaddr *address, struct place *ret,
                         struct strbuf *reason)
{
	(void)context, (void)address, (void)ret, (void)reason;
	return -EAGAIN;
}

static void unlocated_logins_are_placed_later(void **unused)
{
	int asked = 0;
	(void)unused;
	struct store *store = opened(state);
	for (int i = 0; i < 3; i++) {
		add(store, "ann", "192.0.2.1", "", NOW + i);
		add(store, "bob", "192.0.2.1", "", NOW + i);
		add(store, "ann", "192.0.2.2", "", NOW + i);
		add(store, "ann", NULL, "", NOW + i);
	}
	committed(store);
	store = opened(state);
	assert_int_equal(store_place_unlocated(store, fail_to_place, NULL, &why), -EAGAIN);
	must(store_place_unlocated(store, place_in_brazil, &asked, &why));
	assert_int_equal(asked, 2);
	struct seen seen = seen_in(store);
	assert_int_equal(seen.brazilian, 6);
	assert_int_equal(seen.unlocated, 6);
	assert_int_equal(seen.without_address, 3);
	store_free(store);
}

static void old_logins_are_forgotten(void **unused)
{
	(void)unused;
	struct store *store = opened(state);
	add(store, "old", "192.0.2.1", "CN", NOW - 1);
	add(store, "ann", "192.0.2.1", "CN", NOW);
	add(store, "ann", "192.0.2.1", "CN", NOW + 1);
	must(store_forget(store, INT64_MIN, &why));
	assert_int_equal(seen_in(store).logins, 3);
	must(store_forget(store, NOW, &why));
	assert_int_equal(seen_in(store).logins, 1);
	committed(store);
	assert_int_equal(logins_on_disk(), 1);
	store = opened(state);
	assert_int_equal(number(store,
	                        "SELECT count(*) FROM login WHERE user = CAST('ann' AS BLOB)"),
	                 1);
	store_free(store);
}

static void the_oldest_above_the_limit_are_dropped(void **unused)
{
	(void)unused;
	struct store *store = opened(NULL);
	store->logins_max = 10;
	for (int i = 0; i < 25; i++)
		add(store, "ann", "192.0.2.1", "CN", NOW + i);
	must(store_forget(store, INT64_MIN, &why));
	assert_int_equal(seen_in(store).logins, 10);
	assert_int_equal(number(store, "SELECT min(at) FROM login"), NOW + 15);
	assert_non_null(strstr(store_shortage(store), "more than 10 logins in the window"));
	store_free(store);
}

/* Those who all count from one second, as after an outage, are no exception. */
static void logins_of_one_second_are_limited_too(void **unused)
{
	(void)unused;
	struct store *store = opened(NULL);
	char user[20];
	store->logins_max = 10;
	for (int i = 0; i < 25; i++) {
		snprintf(user, sizeof user, "user%d", i);
		add(store, user, "192.0.2.1", "CN", NOW);
	}
	must(store_forget(store, INT64_MIN, &why));
	assert_int_equal(seen_in(store).logins, 10);
	assert_true(store_shortage(store)[0]);
	store_free(store);
}

/* As many as a batch holds, and more, with equal ones in it and across two. */
static void more_logins_than_memory_holds_are_all_counted(void **unused)
{
	(void)unused;
	struct store *store = opened(state);
	char user[20];
	for (int i = 0; i < 150000; i++) {
		snprintf(user, sizeof user, "user%d", i % 70000);
		add(store, user, "192.0.2.1", "CN", NOW);
	}
	assert_int_equal(seen_in(store).logins, 150000);
	assert_int_equal(seen_in(store).visits, 70000);
	committed(store);
	store = opened(state);
	assert_int_equal(seen_in(store).logins, 150000);
	assert_int_equal(number(store, "SELECT count(*) FROM login"), 70000);
	assert_int_equal(number(store, "SELECT count(*) FROM place"), 1);
	store_free(store);
}

static void a_window_that_lacks_dropped_logins_says_so_until_it_has_passed_them(void **unused)
{
	static const struct {
		int64_t since_sec;
		bool is_short;
	} runs[] = { { NOW - 1, true }, { NOW + 9, true }, { NOW + 15, false } };
	(void)unused;
	struct store *store = opened(state);
	store->logins_max = 10;
	for (int i = 0; i < 25; i++)
		add(store, "ann", "192.0.2.1", "CN", NOW + i);
	must(store_forget(store, NOW - 1, &why));
	committed(store);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		store = opened(state);
		must(store_forget(store, runs[i].since_sec, &why));
		assert_int_equal(store_shortage(store)[0] != '\0', runs[i].is_short);
		committed(store);
	}
}

struct listed {
	char text[1000];
};

static int list_visit(void *context, const struct visit *visit)
{
	struct listed *listed = context;
	char address[IPADDR_TEXT_ROOM] = "-";
	size_t length = strlen(listed->text);
	if (visit->has_address)
		ipaddr_format(&visit->address, address);
	snprintf(listed->text + length, sizeof listed->text - length, "%.*s %s %s x%d\n",
	         (int)visit->user.length, visit->user.data, address, visit->country,
	         (int)visit->logins);
	return 0;
}

static void users_come_in_order_and_their_addresses_too(void **unused)
{
	struct listed listed = { "" };
	(void)unused;
	struct store *store = opened(NULL);
	add(store, "bob", "192.0.2.2", "BR", NOW);
	add(store, "ann", "192.0.2.3", "", NOW);
	add(store, "bob", "192.0.2.1", "DE", NOW + 2);
	add(store, "an", "192.0.2.9", "DE", NOW);
	add(store, "bob", NULL, "", NOW + 1);
	add(store, "bob", "192.0.2.2", "BR", NOW + 3);
	must(store_each_visit(store, list_visit, &listed, &why));
	assert_string_equal(listed.text,
	                    "an 192.0.2.9 DE x1\nann 192.0.2.3  x1\nbob -  x1\nbob 192.0.2.1 DE "
	                    "x1\n"
	                    "bob 192.0.2.2 BR x2\n");
	store_free(store);
}

static void list_login(void *context, const struct login *login, const struct place *place)
{
	struct listed *listed = context;
	size_t length = strlen(listed->text);
	assert_true(slice_equals(login->service, "postfix/submission"));
	snprintf(listed->text + length, sizeof listed->text - length, "%.*s %d %s%s x%d\n",
	         (int)login->user.length, login->user.data, (int)(login->at_sec - NOW),
	         place->country, login->has_address ? "" : "-", (int)login->count);
}

static void a_users_logins_come_newest_first(void **unused)
{
	struct listed listed = { "" };
	(void)unused;
	struct store *store = opened(NULL);
	add(store, "ann", "192.0.2.1", "DE", NOW);
	add(store, "ann", "192.0.2.2", "BR", NOW + 3);
	add(store, "ann", "192.0.2.2", "BR", NOW + 3);
	add(store, "ann", "192.0.2.1", "DE", NOW + 4);
	add(store, "ann", "192.0.2.4", "", NOW + 2);
	add(store, "ann", NULL, "", NOW + 1);
	add(store, "an", "192.0.2.1", "DE", NOW + 9);
	must(store_each_login(store, slice_string("ann"), list_login, &listed, &why));
	assert_string_equal(listed.text,
	                    "ann 4 DE x1\nann 3 BR x2\nann 2  x1\nann 1 - x1\nann 0 DE x1\n");
	listed.text[0] = '\0';
	must(store_each_login(store, slice_string("nobody"), list_login, &listed, &why));
	assert_string_equal(listed.text, "");
	store_free(store);
}

struct kept {
	char user[USER_MAX], service[SERVICE_MAX];
	size_t user_length, service_length;
	struct login login;
	struct place place;
};

static void keep(void *context, const struct login *login, const struct place *place)
{
	struct kept *kept = context;
	assert_true(login->user.length <= USER_MAX && login->service.length <= SERVICE_MAX);
	memcpy(kept->user, login->user.data, kept->user_length = login->user.length);
	memcpy(kept->service, login->service.data, kept->service_length = login->service.length);
	kept->login = *login;
	kept->place = *place;
}

static void hostile_bytes_survive(void **unused)
{
	char user[USER_MAX + 50], service[SERVICE_MAX + 5];
	const struct place place = { .country = "CN",
		                     .asn = UINT32_MAX,
		                     .as_name = "\xff'; DROP",
		                     .is_anonymiser = true,
		                     .has_coordinates = true,
		                     .latitude = -90,
		                     .longitude = 180,
		                     .radius_km = 5 };
	struct kept kept = { .user_length = 0 };
	(void)unused;
	memset(user, 0xff, sizeof user);
	memset(service, 0, sizeof service);
	user[1] = '\0';
	struct login login = login_of("", "2001:db8::1", NOW);
	login.user = slice_make(user, sizeof user);
	login.service = slice_make(service, sizeof service);
	struct store *store = opened(state);
	must(store_add(store, &login, &place, NOW, &why));
	committed(store);
	store = opened(state);
	assert_int_equal(seen_in(store).logins, 1);
	must(store_each_login(store, slice_make(user, USER_MAX), keep, &kept, &why));
	assert_int_equal(kept.user_length, USER_MAX);
	assert_memory_equal(kept.user, user, USER_MAX);
	assert_int_equal(kept.service_length, SERVICE_MAX);
	assert_memory_equal(kept.service, service, SERVICE_MAX);
	assert_true(ipaddr_equals(&kept.login.address, &login.address) && kept.login.count == 1);
	assert_string_equal(kept.place.country, "CN");
	assert_string_equal(kept.place.as_name, place.as_name);
	assert_true(kept.place.asn == UINT32_MAX && kept.place.is_anonymiser &&
	            kept.place.has_coordinates);
	store_free(store);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_position_survives),
		TEST(without_commit_nothing_changes),
		TEST(a_killed_run_leaves_what_was_before),
		TEST(a_quiet_run_does_not_write),
		TEST(a_store_in_memory_writes_no_file),
		TEST(file_and_directories_are_for_the_owner_only),
		TEST(the_default_path_follows_the_environment),
		TEST(a_damaged_state_is_set_aside_and_told),
		TEST(damage_behind_the_header_is_found),
		TEST(a_state_that_can_not_be_begun_anew_goes_on_in_memory),
		TEST(what_is_not_damaged_is_not_begun_anew),
		TEST(a_row_that_can_not_be_is_damage),
		TEST(details_that_can_not_be_are_damage_when_they_are_shown),
		TEST(the_time_of_a_login_is_a_number),
		TEST(a_foreign_trigger_is_damage),
		TEST(garbage_that_others_may_read_is_left_alone),
		TEST(a_symbolic_link_is_refused),
		TEST(a_newer_version_is_refused),
		TEST(a_version_with_the_tables_of_another_is_set_aside),
		TEST(another_programs_file_is_refused),
		TEST(a_directory_that_others_may_write_is_refused),
		TEST(above_the_state_others_may_write_if_it_is_sticky),
		TEST(no_advice_changes_what_is_not_ours),
		TEST(a_state_that_is_replaced_while_it_is_opened_is_refused),
		TEST(the_directory_may_be_reached_by_a_link),
		TEST(damaged_copies_expire),
		TEST(three_damaged_copies_are_kept_the_newest),
		TEST(what_is_forgotten_is_overwritten),
		TEST(another_owner_is_refused),
		TEST(an_unwritable_directory_is_told_with_its_remedy),
		TEST(a_lock_past_the_deadline_is_told),
		TEST(a_full_disk_changes_nothing),
		TEST(visits_are_summed_up),
		TEST(a_visit_says_who_where_and_since_when),
		TEST(a_negative_result_ends_the_visits),
		TEST(nothing_without_address_is_placed),
		TEST(repeated_lines_count_as_often),
		TEST(unlocated_logins_are_placed_later),
		TEST(old_logins_are_forgotten),
		TEST(the_oldest_above_the_limit_are_dropped),
		TEST(logins_of_one_second_are_limited_too),
		TEST(more_logins_than_memory_holds_are_all_counted),
		TEST(a_window_that_lacks_dropped_logins_says_so_until_it_has_passed_them),
		TEST(users_come_in_order_and_their_addresses_too),
		TEST(a_users_logins_come_newest_first),
		TEST(hostile_bytes_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
