/* input_state.c - the fuzz target of the state: a file that somebody, or a dying disk, has written
 * into; see input.h
 *
 * The bytes are patches to a state with something in each table, or a whole file if they begin as
 * one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>

#include "plugin/source/file_position.h"
#include "plugin/store.h"
#include "plugin/store/cache.h"
#include "tests/fuzz/input.h"

#define NOW_SEC INT64_C(1740000000)
#define STATE_ROOM 400000
#define MAGIC "SQLite format 3"

static const char log_name[] = "/var/log/mail.log";
static struct strbuf why = STRBUF_INIT(WHY_MAX);

static struct ipaddr address_of(const char *text)
{
	struct ipaddr address = { 0 };
	ipaddr_parse(&address, slice_string(text));
	return address;
}

static struct login login_of(const char *user, const char *address)
{
	return (struct login){
		.at_sec = NOW_SEC,
		.user = slice_string(user),
		.address = address_of(address),
		.has_address = *address != '\0',
		.service = slice_string("imap"),
		.count = 1,
		.twin = slice_string(""),
	};
}

/* --- a whole state --- */

static int fill(struct store *store)
{
	static const char *const users[] = { "alice", "bob", "carol" };
	struct place germany = { .country = "DE",
		                 .asn = 64500,
		                 .as_name = "Example Net",
		                 .latitude = 1,
		                 .has_coordinates = true };
	const struct file_positions files = {
		.now = { .is_known = true,
		         .inode = 7,
		         .offset = 1000,
		         .newest_sec = NOW_SEC,
		         .path = "x" },
		.before = { .is_known = true, .inode = 8, .offset = 20, .path = "/y" },
	};
	struct log_position position;
	struct log_history history = {
		.since_sec = NOW_SEC, .lines = 10, .logins = 5, .public_logins = 4
	};
	struct log_rest rest = { .is_known = true, .since_sec = NOW_SEC, .around = 5 };
	struct listing listing = { .key = "zone.example",
		                   .verdict = VERDICT_LISTED,
		                   .lifetime_sec = 600,
		                   .detail = "127.0.0.2" };
	struct ipaddr address = address_of("192.0.2.1");
	int result = 0;
	file_positions_write(&position, &files);
	for (size_t i = 0; result >= 0 && i < 30; i++) {
		char text[46];
		snprintf(text, sizeof text, "192.0.2.%zu", i / 3);
		struct login login = login_of(users[i % ARRAY_SIZE(users)], i % 10 ? text : "");
		result = store_add(store, &login, i % 4 ? &germany : NULL, NOW_SEC - (int64_t)i,
		                   &why);
		if (result >= 0)
			result = store_is_repeat(store, i % 2 ? log_name : "/var/log/other", i / 2,
			                         NOW_SEC, &why);
	}
	listing.address = address;
	if (result >= 0 && (result = store_put_position(store, log_name, &position, &why)) >= 0 &&
	    (result = store_put_history(store, log_name, &history, &why)) >= 0 &&
	    (result = store_put_rest(store, "/var/log/gone", &rest, &why)) >= 0 &&
	    (result = store_put_session(store, 77, &address, NOW_SEC, &why)) >= 0 &&
	    (result = cache_put_place(store, &address, &germany, NOW_SEC, 86400, &why)) >= 0 &&
	    (result = cache_put_pause(store, NOW_SEC + 100, &why)) >= 0 &&
	    (result = store_add_loss(store, 3, NOW_SEC - 30, &why)) >= 0 &&
	    (result = store_add_loss(store, 4, NOW_SEC, &why)) >= 0 &&
	    (result = cache_put_listing(store, &listing, NOW_SEC, &why)) >= 0 &&
	    (result = cache_put_silence(store, "zone.example", NOW_SEC, &why)) >= 0)
		result = store_commit(store, &why);
	return result;
}

static unsigned char whole[STATE_ROOM], changed[STATE_ROOM];
static size_t whole_size;

static void make_whole(void)
{
	struct deadline deadline = deadline_in(60000);
	struct store *store = NULL;
	int result = store_open(&store, fuzz_path("whole"), &deadline, &why);
	if (result == 0)
		result = fill(store);
	store_free(store);
	fuzz_promise(result == 0, strbuf_text(&why));
	int descriptor = open(fuzz_path("whole"), O_RDONLY);
	ssize_t size = read(descriptor, whole, sizeof whole);
	close(descriptor);
	fuzz_promise(size > 0 && size < STATE_ROOM, "a state can be read");
	whole_size = (size_t)size;
}

/* --- what is read of one --- */

struct seen {
	int64_t of_zoe;
	char user[USER_MAX];
	size_t user_length;
};

static bool is_country(const char *code)
{
	return !code[0] ||
		(code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z' && !code[2]);
}

static void check_place(const struct place *place)
{
	fuzz_promise(is_country(place->country), "a country is two letters");
	fuzz_promise(memchr(place->as_name, '\0', sizeof place->as_name) != NULL,
	             "a network's name has an end");
}

static int see_visit(void *context, const struct visit *visit)
{
	struct seen *seen = context;
	size_t shorter = visit->user.length < seen->user_length ? visit->user.length
								: seen->user_length;
	fuzz_promise(visit->user.length <= USER_MAX, "a user's name is no longer than it may be");
	fuzz_promise(visit->logins > 0, "a visit is a login at least");
	fuzz_promise(is_country(visit->country), "a country is two letters");
	int order = memcmp(seen->user, visit->user.data, shorter);
	fuzz_promise(order < 0 || (order == 0 && seen->user_length <= visit->user.length),
	             "users come in order");
	memcpy(seen->user, visit->user.data, visit->user.length);
	seen->user_length = visit->user.length;
	if (slice_equals(visit->user, "zoe"))
		seen->of_zoe += visit->logins;
	return 0;
}

static void see_login(void *context, const struct login *login, const struct place *place)
{
	(void)context;
	fuzz_promise(login->count > 0, "a login is one at least");
	fuzz_promise(login->service.length <= SERVICE_MAX,
	             "a service's name is no longer than it may be");
	if (place)
		check_place(place);
}

/* What the driver of files takes for a position is one, to the letter. */
static void check_file_position(const struct log_position *position)
{
	struct file_positions files;
	struct log_position again;
	if (file_positions_read(&files, position) <= 0)
		return;
	fuzz_promise(files.now.head_length <= FILE_HASHED_BYTES &&
	                     files.now.tail_length <= FILE_HASHED_BYTES && files.now.offset >= 0,
	             "a position is within bounds");
	fuzz_promise(memchr(files.now.path, '\0', sizeof files.now.path) != NULL &&
	                     memchr(files.before.path, '\0', sizeof files.before.path) != NULL,
	             "a path has an end");
	file_positions_write(&again, &files);
	fuzz_promise(again.length == position->length &&
	                     memcmp(again.text, position->text, again.length) == 0,
	             "a position is written as it was read");
}

static int see_source(void *context, const char *name, const struct log_position *position,
                      const struct log_rest *rest, struct strbuf *reason)
{
	(void)context, (void)rest, (void)reason;
	fuzz_promise(name[0] || !name[0], "a source has a name");
	fuzz_promise(position->length <= sizeof position->text, "a position has room");
	check_file_position(position);
	return 0;
}

static int place_odd(void *context, const struct ipaddr *address, struct place *ret,
                     struct strbuf *reason)
{
	size_t *asked = context;
	(void)reason;
	fuzz_promise(++*asked < STATE_ROOM, "placing has an end");
	snprintf(ret->country, sizeof ret->country, "BR");
	return address->bytes[15] & 1;
}

static int read_small_things(struct store *store)
{
	struct log_position position;
	struct log_history history;
	struct log_rest rest;
	struct place place = { 0 };
	struct ipaddr address = address_of("192.0.2.1");
	struct listing listing = { .key = "zone.example", .address = address };
	int64_t number;
	int result;
	if ((result = store_get_position(store, log_name, &position, &why)) < 0 ||
	    (result = store_get_history(store, log_name, &history, &why)) < 0 ||
	    (result = store_get_rest(store, "/var/log/gone", &rest, &why)) < 0 ||
	    (result = store_get_session(store, 77, &address, &why)) < 0 ||
	    (result = cache_get_place(store, &listing.address, NOW_SEC, &place, &why)) < 0 ||
	    (result = cache_get_pause(store, &number, &why)) < 0 ||
	    (result = cache_get_listing(store, &listing, NOW_SEC, &why)) < 0 ||
	    (result = cache_get_silence(store, "zone.example", &number, &why)) < 0)
		return result;
	check_place(&place);
	fuzz_promise(memchr(listing.detail, '\0', sizeof listing.detail) != NULL,
	             "a detail has an end");
	fuzz_promise(memchr(listing.text, '\0', sizeof listing.text) != NULL, "a text has an end");
	return store_each_source(store, see_source, NULL, &why);
}

/* As a run does it. */
static int run(struct store *store, struct seen *seen)
{
	struct login login = login_of("zoe", "192.0.2.99");
	uint64_t hash;
	size_t asked = 0;
	int64_t lost;
	int result = read_small_things(store);
	if (result < 0 ||
	    (result = store_hash_line(store, slice_string("a line"), &hash, &why)) < 0 ||
	    (result = store_is_repeat(store, log_name, hash, NOW_SEC, &why)) < 0 ||
	    (result = store_put_session(store, 78, &login.address, NOW_SEC, &why)) < 0 ||
	    (result = store_add(store, &login, NULL, NOW_SEC, &why)) < 0 ||
	    (result = store_place_unlocated(store, place_odd, &asked, &why)) < 0 ||
	    (result = store_add_loss(store, 5, NOW_SEC, &why)) < 0 ||
	    (result = store_forget(store, NOW_SEC - 20, &why)) < 0 ||
	    (result = store_count_losses(store, &lost, &why)) < 0 ||
	    (result = store_each_visit(store, see_visit, seen, &why)) < 0 ||
	    (result = store_each_login(store, slice_string("alice"), see_login, NULL, &why)) < 0)
		return result;
	fuzz_promise(lost >= 5, "what was lost is counted");
	return store_commit(store, &why);
}

/* What a run adds is counted in it and in the next one, or the run says that it could not. */
static int open_and_run(const char *path, bool is_first)
{
	struct deadline deadline = deadline_in(60000);
	struct store *store = NULL;
	struct seen seen = { .of_zoe = 0 };
	strbuf_clear(&why);
	int result = store_open(&store, path, &deadline, &why);
	fuzz_promise_why(result, &why);
	if (result < 0)
		return result;
	bool is_new = *store_notes(store) != '\0';
	result = is_first ? run(store, &seen) : store_each_visit(store, see_visit, &seen, &why);
	fuzz_promise_why(result, &why);
	fuzz_promise(result < 0 || seen.of_zoe > 0 || (!is_first && is_new),
	             "a login that was added is found");
	if (result < 0) {
		int anew = store_recover(&store, path, &deadline, &why);
		fuzz_promise_why(anew, &why);
		fuzz_promise(anew <= 0 || !why.length, "in place of a damaged state is a new one");
	}
	store_free(store);
	return result;
}

void fuzz_state(const uint8_t *bytes, size_t length)
{
	char path[PATH_MAX + 100];
	if (!whole_size)
		make_whole();
	fuzz_remove_all();
	if (slice_starts_with(slice_make((const char *)bytes, length), MAGIC)) {
		snprintf(path, sizeof path, "%s", fuzz_file("state", bytes, length));
	} else {
		memcpy(changed, whole, whole_size);
		fuzz_patch(changed, whole_size, bytes, length);
		snprintf(path, sizeof path, "%s", fuzz_file("state", changed, whole_size));
	}
	if (open_and_run(path, true) >= 0)
		open_and_run(path, false);
}
