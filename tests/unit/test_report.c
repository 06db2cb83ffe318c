/* test_report.c - what the writers make of a report's facts
 *
 * A case is a directory below tests/report: `facts`, and beside it what each writer makes of them:
 * `text`, `text-v` and `text-vv`, `json`. With REPORT_UPDATE=1 in the environment they are written
 * instead.
 *
 * A fact is a line: a word, words that must be there, and NAME=VALUE; a "-" is an empty word, \xNN
 * a byte, "#" begins a comment.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/numparse.h"
#include "common/timestamp.h"
#include "common/xalloc.h"
#include "plugin/report.h"

#define WORDS_MOST 64
#define FILE_MAX (1 << 20)

/* --- a line of facts --- */

struct fact {
	char *words[WORDS_MOST]; /* of the case: they live until it ends */
	size_t lengths[WORDS_MOST];
	size_t count;
};

/* What a case's report borrows. */
static struct {
	void *items[10000];
	size_t count;
} kept;

static void *keep(void *memory)
{
	assert_true(kept.count < ARRAY_SIZE(kept.items));
	return kept.items[kept.count++] = memory;
}

static struct {
	struct own_address addresses[10];
	size_t count;
} own;

static void release_kept(void)
{
	own.count = 0;
	while (kept.count)
		free(kept.items[--kept.count]);
}

static int hex(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static size_t unescape(char *ret, struct slice word)
{
	size_t length = 0;
	for (size_t i = 0; i < word.length; i++) {
		bool is_byte = i + 3 < word.length && word.data[i] == '\\' &&
			word.data[i + 1] == 'x';
		ret[length++] = is_byte ? (char)(hex(word.data[i + 2]) * 16 + hex(word.data[i + 3]))
					: word.data[i];
		i += is_byte ? 3 : 0;
	}
	ret[length] = '\0';
	return length;
}

/* The last of MOST words is the rest of the line. */
static struct fact split(struct slice line, size_t most)
{
	struct fact fact = { .count = 0 };
	while (line.length && fact.count < WORDS_MOST) {
		struct slice word = fact.count + 1 == most ? line : slice_take_until(&line, ' ');
		if (fact.count + 1 == most)
			line.length = 0;
		if (slice_equals(word, "-"))
			word.length = 0;
		char *text = keep(xalloc_zero(word.length + 1, 1));
		fact.lengths[fact.count] = unescape(text, word);
		fact.words[fact.count++] = text;
	}
	return fact;
}

/* The value of NAME=VALUE; "" if there is none. */
static const char *get(const struct fact *fact, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 1; i < fact->count; i++)
		if (strncmp(fact->words[i], name, length) == 0 && fact->words[i][length] == '=')
			return fact->words[i] + length + 1;
	return "";
}

static int64_t number_of(const char *text)
{
	char *end;
	long long number = strtoll(text, &end, 10);
	if (*end)
		fail_msg("\"%s\" is no number", text);
	return number;
}

static int64_t get_number(const struct fact *fact, const char *name)
{
	return number_of(get(fact, name));
}

static int64_t time_of(const char *text)
{
	int64_t at_sec = 0;
	if (*text && !timestamp_parse(&at_sec, text))
		fail_msg("\"%s\" is no time", text);
	return at_sec;
}

static enum state state_of(const char *text)
{
	enum state state = STATE_OK;
	if (!state_parse(&state, text))
		fail_msg("\"%s\" is no state", text);
	return state;
}

static size_t index_of(const char *text, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	fail_msg("\"%s\" is none", text);
	return 0;
}

/* --- the facts --- */

static void add_metric(struct report *report, const struct fact *fact)
{
	const char *names[METRIC_COUNT];
	for (size_t i = 0; i < METRIC_COUNT; i++)
		names[i] = metrics[i].name;
	enum metric_id id = (enum metric_id)index_of(fact->words[1], names, METRIC_COUNT);
	const char *warning = get(fact, "warning"), *critical = get(fact, "critical");
	struct finding finding = {
		.is_known = strcmp(fact->words[2], "unknown") != 0,
		.warning = *warning ? warning : NULL,
		.critical = *critical ? critical : NULL,
	};
	if (finding.is_known) {
		finding.value = number_of(fact->words[2]);
		finding.state = state_of(fact->words[3]);
	}
	report_finding(report, id, &finding);
}

static void add_user(struct report *report, const struct fact *fact)
{
	struct user_summary user = {
		.logins = get_number(fact, "logins"),
		.foreign_logins = get_number(fact, "foreign"),
		.hidden_logins = get_number(fact, "hidden"),
		.unlocated_logins = get_number(fact, "unlocated"),
		.addresses = get_number(fact, "addresses"),
		.countries = get_number(fact, "countries"),
	};
	user_name_set(&user.name, slice_make(fact->words[1], fact->lengths[1]));
	for (size_t i = 2; i < fact->count; i++) {
		const char *word = fact->words[i];
		if (strlen(word) < 4 || word[2] != '=' || word[0] < 'A' || word[0] > 'Z')
			continue;
		if (user.from_count < USER_COUNTRIES_MOST) {
			memcpy(user.from[user.from_count].code, word, 2);
			user.from[user.from_count].logins = number_of(word + 3);
		}
		user.from_count++;
	}
	report_user(report, &user);
}

static void add_login(struct report *report, const struct fact *fact)
{
	static const char *const standings[] = { "home", "foreign", "unlocated", "trusted",
		                                 "excused" };
	struct login login = {
		.at_sec = time_of(fact->words[1]),
		.service = slice_string(get(fact, "service")),
		.count = *get(fact, "count") ? get_number(fact, "count") : 1,
	};
	struct place place = { .asn = (uint32_t)get_number(fact, "asn"),
		               .is_anonymiser = *get(fact, "anonymiser") != '\0' };
	login.has_address = ipaddr_parse(&login.address, slice_string(get(fact, "address")));
	snprintf(place.country, sizeof place.country, "%s", get(fact, "country"));
	snprintf(place.as_name, sizeof place.as_name, "%s", get(fact, "as_name"));
	report_login(report, &login, &place,
	             (enum standing)index_of(fact->words[2], standings, ARRAY_SIZE(standings)));
}

static struct listing *make_listing(const struct fact *fact)
{
	struct listing *listing = keep(xalloc_zero(1, sizeof *listing));
	listing->zone = fact->words[1];
	listing->weight = *get(fact, "weight") ? (int)get_number(fact, "weight") : 1;
	listing->verdict = VERDICT_LISTED;
	listing->is_kept = *get(fact, "kept") != '\0';
	listing->lacks_test_point = *get(fact, "lacks_test_point") != '\0';
	(void)ipaddr_parse(&listing->address, slice_string(get(fact, "address")));
	snprintf(listing->detail, sizeof listing->detail, "%s", get(fact, "codes"));
	snprintf(listing->text, sizeof listing->text, "%s", get(fact, "text"));
	return listing;
}

static void add_login_listing(struct report *report, const struct fact *fact)
{
	report_login_listing(report, make_listing(fact));
}

static void add_listed(struct report *report, const struct fact *fact)
{
	report_listing(report, make_listing(fact));
}

static void add_unlisted(struct report *report, const struct fact *fact)
{
	struct listing *listing = make_listing(fact);
	listing->verdict = *get(fact, "covered") ? VERDICT_NOT_COVERED : VERDICT_CLEAN;
	report_listing(report, listing);
}

static void add_silence(struct report *report, const struct fact *fact)
{
	struct ipaddr *address = keep(xalloc_zero(1, sizeof *address));
	bool has_address = ipaddr_parse(address, slice_string(get(fact, "address")));
	report_silence(report, *get(fact, "client") != '\0',
	               &(struct report_silence){
			       .zone = fact->words[1],
			       .address = has_address ? address : NULL,
			       .since_sec = time_of(get(fact, "since")),
			       .reason = get(fact, "reason"),
		       });
}

static void add_checked(struct report *report, const struct fact *fact)
{
	report_checked(report,
	               &(struct checked){
			       .own = own.addresses,
			       .own_count = own.count,
			       .addresses = own.count,
			       .zones = (size_t)get_number(fact, "lists"),
			       .unanswered = (size_t)get_number(fact, "unanswered"),
			       .listed = (size_t)get_number(fact, "listed"),
		       });
}

static void add_own(struct report *report, const struct fact *fact)
{
	(void)report;
	assert_true(own.count < ARRAY_SIZE(own.addresses));
	struct own_address *address = &own.addresses[own.count++];
	assert_true(ipaddr_parse(&address->address, slice_string(fact->words[1])));
	snprintf(address->place, sizeof address->place, "%s", get(fact, "found_in"));
}

static void add_at(struct report *report, const struct fact *fact)
{
	report->now_sec = time_of(fact->words[1]);
}

static void add_window(struct report *report, const struct fact *fact)
{
	if (!numparse_duration(&report->window_sec, fact->words[1], 60))
		fail_msg("\"%s\" is no duration", fact->words[1]);
}

static void add_only(struct report *report, const struct fact *fact)
{
	(void)fact;
	report->has_logins = false;
}

static void add_problem(struct report *report, const struct fact *fact)
{
	report_problem(report, state_of(fact->words[1]), fact->words[2]);
}

static void add_remark(struct report *report, const struct fact *fact)
{
	report_remark(report, fact->words[1]);
}

static void add_note(struct report *report, const struct fact *fact)
{
	report_note(report, fact->words[1]);
}

static void add_totals(struct report *report, const struct fact *fact)
{
	report_users(report, get_number(fact, "all"), get_number(fact, "suspicious"));
}

static void add_abroad(struct report *report, const struct fact *fact)
{
	report_abroad(report, slice_make(fact->words[1], fact->lengths[1]));
}

static void add_geo(struct report *report, const struct fact *fact)
{
	report_geo(report, fact->words[2], time_of(fact->words[1]));
}

static void add_log(struct report *report, const struct fact *fact)
{
	report_log(report, fact->words[1]);
}

static void add_state(struct report *report, const struct fact *fact)
{
	report_state_path(report, fact->words[1]);
}

static const struct {
	const char *word;
	size_t least, most; /* words; the last of most is the rest of the line */
	void (*add)(struct report *report, const struct fact *fact);
} facts[] = {
	{ "at", 2, 2, add_at },
	{ "window", 2, 2, add_window },
	{ "dnsbl-only", 1, 1, add_only },
	{ "problem", 3, 3, add_problem },
	{ "remark", 2, 2, add_remark },
	{ "note", 2, 2, add_note },
	{ "metric", 3, WORDS_MOST, add_metric },
	{ "users", 1, WORDS_MOST, add_totals },
	{ "user", 2, WORDS_MOST, add_user },
	{ "login", 3, WORDS_MOST, add_login },
	{ "login-listed", 2, WORDS_MOST, add_login_listing },
	{ "abroad", 2, 2, add_abroad },
	{ "listed", 2, WORDS_MOST, add_listed },
	{ "unlisted", 2, WORDS_MOST, add_unlisted },
	{ "silence", 2, WORDS_MOST, add_silence },
	{ "own", 2, WORDS_MOST, add_own },
	{ "checked", 1, WORDS_MOST, add_checked },
	{ "geo", 3, 3, add_geo },
	{ "log", 2, 2, add_log },
	{ "state", 2, 2, add_state },
};

/* "repeat 30 LINE" is LINE so often, "@" in it being the number of the repetition. */
static void add_line(struct report *report, struct slice line)
{
	struct slice rest = line;
	struct slice word = slice_take_until(&rest, ' ');
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (!slice_equals(word, facts[i].word))
			continue;
		struct fact fact = split(line, facts[i].most);
		assert_true(fact.count >= facts[i].least);
		facts[i].add(report, &fact);
		return;
	}
	fail_msg("no fact: %.*s", (int)line.length, line.data);
}

static void add_repeated(struct report *report, struct slice line)
{
	int64_t count = 0;
	slice_take_string(&line, "repeat ");
	assert_true(numparse_int(&count, slice_take_until(&line, ' '), 1, 2000));
	for (int64_t i = 1; i <= count; i++) {
		struct strbuf one CLEANUP(strbuf_release) = STRBUF_INIT(FILE_MAX);
		for (size_t j = 0; j < line.length; j++)
			if (line.data[j] == '@')
				strbuf_add_format(&one, "%" PRId64, i);
			else
				strbuf_add_char(&one, line.data[j]);
		add_line(report, slice_string(strbuf_text(&one)));
	}
}

/* --- files --- */

static void path_of(struct strbuf *path, const char *test_case, const char *name)
{
	const char *top = getenv("srcdir");
	strbuf_add_format(path, "%s/tests/report/%s/%s", top ? top : ".", test_case, name);
}

static void read_file(struct strbuf *text, const char *test_case, const char *name)
{
	char bytes[4096];
	size_t length;
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	path_of(&path, test_case, name);
	FILE *file = fopen(strbuf_text(&path), "r");
	if (!file)
		fail_msg("%s: %s", strbuf_text(&path), strerror(errno));
	while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
		strbuf_add(text, bytes, length);
	fclose(file);
}

static void update_file(const struct strbuf *text, const char *test_case, const char *name)
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	path_of(&path, test_case, name);
	FILE *file = fopen(strbuf_text(&path), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(strbuf_text(text), 1, text->length, file), text->length);
	assert_int_equal(fclose(file), 0);
}

static void read_facts(struct report *report, const char *test_case)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(FILE_MAX);
	read_file(&text, test_case, "facts");
	struct slice rest = slice_string(strbuf_text(&text));
	report_init(report, 0, 900);
	while (rest.length) {
		struct slice line = slice_take_until(&rest, '\n');
		if (!line.length || line.data[0] == '#')
			continue;
		if (line.length > 7 && memcmp(line.data, "repeat ", 7) == 0)
			add_repeated(report, line);
		else
			add_line(report, line);
	}
}

/* --- the tests --- */

/* Calls CHECK for each case, in the order of their names. */
static void each_case(void (*check)(const char *test_case, const struct report *report))
{
	struct strbuf path CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	struct dirent **entries = NULL;
	path_of(&path, "", "");
	int count = scandir(strbuf_text(&path), &entries, NULL, alphasort), seen = 0;
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			struct report report CLEANUP(report_release);
			read_facts(&report, entries[i]->d_name);
			check(entries[i]->d_name, &report);
			seen++;
		}
		release_kept();
		free(entries[i]);
	}
	free(entries);
	assert_true(seen > 0);
}

static void compare(const struct strbuf *found, const char *test_case, const char *name)
{
	struct strbuf expected CLEANUP(strbuf_release) = STRBUF_INIT(FILE_MAX);
	if (getenv("REPORT_UPDATE")) {
		update_file(found, test_case, name);
		return;
	}
	read_file(&expected, test_case, name);
	if (found->length != expected.length ||
	    memcmp(strbuf_text(found), strbuf_text(&expected), found->length) != 0)
		fail_msg("%s/%s is now:\n%s", test_case, name, strbuf_text(found));
}

static void check_text(const char *test_case, const struct report *report)
{
	static const char *const names[] = { "text", "text-v", "text-vv" };
	for (int verbosity = 0; verbosity < 3; verbosity++) {
		struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(
			report_writer_text.text_most);
		report_writer_text.write(report, verbosity, &text);
		compare(&text, test_case, names[verbosity]);
		assert_false(text.truncated);
	}
}

static void check_json(const char *test_case, const struct report *report)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(report_writer_json.text_most);
	report_writer_json.write(report, 0, &text);
	compare(&text, test_case, "json");
	json_t *root = json_loads(strbuf_text(&text), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	                          NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "exit")), report->state);
	json_decref(root);
}

static void each_case_is_told_in_text(void **state)
{
	(void)state;
	each_case(check_text);
}

static void each_case_is_told_in_json(void **state)
{
	(void)state;
	each_case(check_json);
}

/* No byte of what others wrote may end the text's line, or be no UTF-8. */
static void check_harmless(const char *test_case, const struct report *report)
{
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(report_writer_text.text_most);
	report_writer_text.write(report, 3, &text);
	for (size_t i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)strbuf_text(&text)[i];
		if ((byte < 0x20 && byte != '\n') || byte == 0x7f || strchr("<>`$&\\", byte))
			fail_msg("%s: byte %#x at %zu", test_case, byte, i);
	}
	json_t *value = json_stringn(strbuf_text(&text), text.length);
	assert_non_null(value); /* else it is no UTF-8 */
	json_decref(value);
}

static void nothing_that_others_wrote_is_shown_raw(void **state)
{
	(void)state;
	each_case(check_harmless);
}

static void a_failure_is_told_in_each_form(void **state)
{
	(void)state;
	struct strbuf text CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	report_writer_text.write_failure(STATE_CRITICAL, "no\x1b[2J answer", &text);
	assert_string_equal(strbuf_text(&text), "MAIL GEO CRITICAL - no?[2J answer\n");
	strbuf_clear(&text);
	report_writer_json.write_failure(STATE_CRITICAL, "no\x1b\xff answer", &text);
	json_t *root = json_loads(strbuf_text(&text), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "state")), "CRITICAL");
	assert_int_equal(json_integer_value(json_object_get(root, "exit")), 2);
	json_decref(root);
}

static void writers_are_found_by_name(void **state)
{
	(void)state;
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	assert_ptr_equal(report_writer_find("text", &why), &report_writer_text);
	assert_ptr_equal(report_writer_find("json", &why), &report_writer_json);
	assert_null(report_writer_find("", &why));
	assert_string_equal(strbuf_text(&why), "must be text or json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_told_in_text),
		cmocka_unit_test(each_case_is_told_in_json),
		cmocka_unit_test(nothing_that_others_wrote_is_shown_raw),
		cmocka_unit_test(a_failure_is_told_in_each_form),
		cmocka_unit_test(writers_are_found_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
