/* geo.c - where an address is: the façade of the geolocation sources; see geo.h
 *
 * Reads --geo, finds the files, guards against files that change while they are mapped, and judges the country codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/stat.h>

#include "common/country.h"
#include "common/slice.h"
#include "common/xalloc.h"
#include "plugin/geo.h"
#include "plugin/geo/driver.h"

#define AUTO "auto"
#define MOST_ITEMS 16 /* of one --geo */

static const struct geo_driver *const drivers[] = {
	&geo_driver_mmdb,
#ifdef WITH_LIBLOC
	&geo_driver_libloc,
#endif
};

/* One open database. The descriptor is only there to see what becomes of the file. */
struct geo_file {
	const struct geo_driver *driver;
	void *database;
	char *path;
	int descriptor;
	struct stat status; /* when it was opened */
};

struct geo {
	size_t count;
	struct geo_file files[MOST_ITEMS]; /* in the order in which they are asked */
};

/* --- the syntax of --geo --- */

/* NAME or NAME:FILE; no driver is "auto", no data in `file` is "at the usual places". */
struct item {
	const struct geo_driver *driver;
	struct slice file;
};

static const struct geo_driver *driver_by_name(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (slice_equals(name, drivers[i]->name))
			return drivers[i];
	}
	return NULL;
}

static int unknown_name(struct slice name, struct strbuf *why)
{
	struct strbuf known CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		strbuf_add_format(&known, ", %s[:FILE]", drivers[i]->name);
	return strbuf_fail(why, -EINVAL, "unknown source '%.*s': the known ones are " AUTO "%s",
	                   (int)(name.length < NAME_MAX ? name.length : NAME_MAX), name.data, strbuf_text(&known));
}

static int parse_item(struct item *ret, struct slice text, struct strbuf *why)
{
	/* A file's name may have colons; the first one ends our name. */
	bool has_file = slice_find(text, SLICE_LITERAL(":")) < text.length;
	struct slice name = slice_take_until(&text, ':');
	if (!name.length)
		return strbuf_fail(why, -EINVAL, "a name is missing in the list of sources");
	if (slice_equals(name, AUTO))
		return strbuf_fail(why, -EINVAL, "'" AUTO "' stands alone, without a file or other sources");
	if (has_file && !text.length)
		return strbuf_fail(why, -EINVAL,
		                   "the file is missing after '%.*s:'", (int)name.length, name.data);
	*ret = (struct item){ .driver = driver_by_name(name) };
	if (!ret->driver)
		return unknown_name(name, why);
	if (has_file)
		ret->file = text;
	return 0;
}

/* How many ITEMS, of which there is room for MOST_ITEMS; or -EINVAL. */
static int parse_source(struct item *items, const char *source, struct strbuf *why)
{
	struct slice rest = slice_string(source);
	if (slice_equals(rest, AUTO)) {
		items[0] = (struct item){ 0 };
		return 1;
	}
	int count = 0;
	bool is_last = false;
	while (!is_last) {
		if (count == MOST_ITEMS)
			return strbuf_fail(why, -EINVAL, "more than %d sources", MOST_ITEMS);
		is_last = slice_find(rest, SLICE_LITERAL(",")) == rest.length;
		int error = parse_item(&items[count], slice_take_until(&rest, ','), why);
		if (error)
			return error;
		count++;
	}
	return count;
}

int geo_check_source(const char *source, struct strbuf *why)
{
	struct item items[MOST_ITEMS];
	int count = parse_source(items, source, why);
	return count < 0 ? count : 0;
}

/* --- files that change while they are mapped --- */

/* Both libraries map the file. When someone cuts it short (a copy onto it does), reading behind its new end raises
 * SIGBUS, which would end the check without a word. So SIGBUS is caught while a library reads, and becomes an error.
 *
 * The limits. This is for a single-threaded program: handler and jump buffer are the process's. The jump leaves the
 * library in the middle of a read, so what it had allocated is lost (some hundred bytes; the run is about to end),
 * and is only sound because both libraries read the mapping without holding a lock or half-changed structures:
 * a database may be closed after it. A SIGBUS that is blocked can't be caught. And what stays within the file's last
 * page reads as zeros without any signal, which is why the file's size and time are compared too. */
static sigjmp_buf bus_error_return;

static void on_bus_error(int signal_number)
{
	(void)signal_number;
	siglongjmp(bus_error_return, 1);
}

/* What is done under guard, and with what. */
struct job {
	int (*run)(struct job *job);
	struct geo_file *file;
	const struct ipaddr *address;
	struct place *place;
	struct strbuf *why;
};

static int cut_short(const char *path, struct strbuf *why)
{
	return strbuf_fail(why, -EIO,
	                   "%s was cut short while it was read: replace a database by rename, never in place", path);
}

static int run_catching_bus_error(struct job *job)
{
	struct sigaction ours = { .sa_handler = on_bus_error };
	struct sigaction previous;
	sigemptyset(&ours.sa_mask);
	if (sigaction(SIGBUS, &ours, &previous) < 0)
		return strbuf_fail(job->why, -errno, "can't catch SIGBUS: %s", strerror(errno));
	volatile int result = -EIO;
	if (sigsetjmp(bus_error_return, 1) == 0)
		result = job->run(job);
	else
		cut_short(job->file->path, job->why);
	sigaction(SIGBUS, &previous, NULL);
	return result;
}

/* 0, or -EIO: an answer that was read from a changing file may be anything, so it is none. */
static int check_unchanged(const struct geo_file *file, struct strbuf *why)
{
	struct stat now;
	if (fstat(file->descriptor, &now) < 0)
		return strbuf_fail(why, -errno, "%s can't be watched: %s", file->path, strerror(errno));
	if (now.st_size < file->status.st_size)
		return cut_short(file->path, why);
	if (now.st_size == file->status.st_size && now.st_mtim.tv_sec == file->status.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == file->status.st_mtim.tv_nsec)
		return 0;
	return strbuf_fail(why, -EIO,
	                   "%s was written to while it was read: replace a database by rename, never in place",
	                   file->path);
}

static int run_guarded(struct job *job)
{
	int result = run_catching_bus_error(job);
	/* An error of the library is more often the consequence of the change than the other way round. */
	int changed = check_unchanged(job->file, job->why);
	return changed ? changed : result;
}

/* --- opening one file --- */

static void close_file(struct geo_file *file)
{
	if (file->database)
		file->driver->close(file->database);
	if (file->descriptor >= 0)
		close(file->descriptor);
	free(file->path);
	*file = (struct geo_file){ .descriptor = -1 };
}

static const char *kind_of_file(mode_t mode)
{
	static const struct {
		mode_t type;
		const char *name;
	} kinds[] = {
		{ S_IFDIR, "a directory" }, { S_IFIFO, "a FIFO" }, { S_IFCHR, "a device" },
		{ S_IFBLK, "a device" },    { S_IFSOCK, "a socket" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if ((mode & S_IFMT) == kinds[i].type)
			return kinds[i].name;
	}
	return "not a regular file";
}

/* GeoLite2 and DB-IP are downloaded compressed; the libraries would only say that it is no database. */
static bool is_compressed(int descriptor)
{
	unsigned char start[2];
	ssize_t length = pread(descriptor, start, sizeof start, 0);
	return length == (ssize_t)sizeof start && start[0] == 0x1f && start[1] == 0x8b;
}

/* Only a regular file with something in it is given to a library: the open of a FIFO would never return, and that of
 * a device may do anything. stat(2) goes first for the device's sake, O_NONBLOCK for who swaps the file in between. */
static int open_regular(struct geo_file *file, struct strbuf *why)
{
	if (stat(file->path, &file->status) < 0)
		return strbuf_fail(why, -errno, "can't be opened: %s", strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return strbuf_fail(why, -EINVAL, "is %s, no database file", kind_of_file(file->status.st_mode));
	file->descriptor = open(file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->descriptor < 0 || fstat(file->descriptor, &file->status) < 0)
		return strbuf_fail(why, -errno, "can't be opened: %s", strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return strbuf_fail(why, -EINVAL, "is %s, no database file", kind_of_file(file->status.st_mode));
	if (file->status.st_size == 0)
		return strbuf_fail(why, -EINVAL, "is empty");
	if (is_compressed(file->descriptor))
		return strbuf_fail(why, -EINVAL, "is compressed: unpack it first");
	return 0;
}

static int run_open(struct job *job)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct geo_file *file = job->file;
	int error = open_regular(file, &reason);
	if (!error)
		error = file->driver->open(&file->database, file->path, &reason);
	if (error)
		strbuf_fail(job->why, error, "%s %s", file->path, strbuf_text(&reason));
	return error;
}

/* 0 with *RET, or -errno and WHY begins with the path. */
static int open_file(struct geo_file *ret, const struct geo_driver *driver, const char *path, struct strbuf *why)
{
	struct geo_file file = { .driver = driver, .path = xalloc_string(path), .descriptor = -1 };
	struct job job = { .run = run_open, .file = &file, .why = why };
	int error = run_catching_bus_error(&job);
	if (!error)
		error = check_unchanged(&file, why);
	if (error) {
		close_file(&file);
		return error;
	}
	*ret = file;
	return 0;
}

/* --- finding files at the usual places --- */

struct search {
	const char *root;
	struct geo_file newest;
	bool found;
	struct strbuf *reasons; /* why what is there could not be used */
};

static int64_t built_at_sec(const struct geo_file *file)
{
	return file->driver->built_at_sec(file->database);
}

static void add_reason(struct search *search, const char *reason)
{
	strbuf_add_format(search->reasons, "; %s", reason);
}

/* Keeps the newest. Of two equal ones (a link to the other place) the first stays. */
static void search_file(struct search *search, const struct geo_driver *driver, const char *path)
{
	struct strbuf why CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct geo_file file;
	if (open_file(&file, driver, path, &why) < 0) {
		add_reason(search, strbuf_text(&why));
	} else if (search->found && built_at_sec(&file) <= built_at_sec(&search->newest)) {
		close_file(&file);
	} else {
		if (search->found)
			close_file(&search->newest);
		search->newest = file;
		search->found = true;
	}
}

/* glob(3) is silent about a directory that can't be read, and a check runs as a user who may read little. */
static void explain_no_match(struct search *search, const char *pattern)
{
	char *directory CLEANUP(xalloc_freep) = xalloc_copy(pattern, (size_t)(strrchr(pattern, '/') - pattern));
	if (access(directory, R_OK | X_OK) == 0 || errno == ENOENT || errno == ENOTDIR)
		strbuf_add_format(search->reasons, "; there is no %s", pattern);
	else
		strbuf_add_format(search->reasons, "; %s can't be read: %s", directory, strerror(errno));
}

static void search_place(struct search *search, const struct geo_driver *driver, const char *place)
{
	struct strbuf pattern CLEANUP(strbuf_release) = STRBUF_INIT(PATH_MAX);
	strbuf_add_format(&pattern, "%s%s", search->root, place);
	glob_t matches = { 0 };
	if (glob(strbuf_text(&pattern), 0, NULL, &matches) != 0)
		explain_no_match(search, strbuf_text(&pattern));
	for (size_t i = 0; i < matches.gl_pathc; i++)
		search_file(search, driver, matches.gl_pathv[i]);
	globfree(&matches);
}

static void search_driver(struct search *search, const struct geo_driver *driver)
{
	for (const char *const *place = driver->usual_places; *place; place++)
		search_place(search, driver, *place);
}

/* The newest database of ITEM at the usual places is added, if there is any; else REASONS grow. */
static void add_usual(struct geo *geo, const struct item *item, const char *root, struct strbuf *reasons)
{
	struct search search = { .root = root, .reasons = reasons };
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (!item->driver || item->driver == drivers[i])
			search_driver(&search, drivers[i]);
	}
	if (search.found)
		geo->files[geo->count++] = search.newest;
}

/* What the administrator named is used or is an error, never left out. */
static int add_named(struct geo *geo, const struct item *item, struct strbuf *why)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	char *path CLEANUP(xalloc_freep) = xalloc_copy(item->file.data, item->file.length);
	int error = open_file(&geo->files[geo->count], item->driver, path, &reason);
	if (error)
		return strbuf_fail(why, error, "%s: %s", strbuf_text(&reason), item->driver->advice);
	geo->count++;
	return 0;
}

/* The advice comes before the reasons: those may be too many to be shown. */
static int nothing_found(const struct item *items, int count, const struct strbuf *reasons, struct strbuf *why)
{
	struct strbuf advice CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		bool is_wanted = false;
		for (int k = 0; k < count; k++)
			is_wanted = is_wanted || !items[k].driver || items[k].driver == drivers[i];
		if (is_wanted)
			strbuf_add_format(&advice, "%s%s", advice.length ? ", or " : "", drivers[i]->advice);
	}
	return strbuf_fail(why, -ENOENT, "no geolocation database could be opened: %s%s", strbuf_text(&advice),
	                   strbuf_text(reasons));
}

static int open_items(struct geo *geo, const struct item *items, int count, const char *root, struct strbuf *why)
{
	struct strbuf reasons CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	for (int i = 0; i < count; i++) {
		int error = 0;
		if (items[i].file.data)
			error = add_named(geo, &items[i], why);
		else
			add_usual(geo, &items[i], root, &reasons);
		if (error)
			return error;
	}
	return geo->count ? 0 : nothing_found(items, count, &reasons, why);
}

int geo_open_in(struct geo **ret, const char *source, const char *root, struct strbuf *why)
{
	struct item items[MOST_ITEMS];
	int count = parse_source(items, source, why);
	if (count < 0)
		return count;
	struct geo *geo = xalloc_zero(1, sizeof *geo);
	int error = open_items(geo, items, count, root, why);
	if (error)
		geo_free(geo);
	else
		*ret = geo;
	return error;
}

int geo_open(struct geo **ret, const char *source, struct strbuf *why)
{
	return geo_open_in(ret, source, "", why);
}

void geo_free(struct geo *geo)
{
	if (!geo)
		return;
	for (size_t i = 0; i < geo->count; i++)
		close_file(&geo->files[i]);
	free(geo);
}

void geo_freep(struct geo **geo)
{
	geo_free(*geo);
}

/* --- asking --- */

static int run_lookup(struct job *job)
{
	struct strbuf reason CLEANUP(strbuf_release) = STRBUF_INIT(WHY_MAX);
	struct geo_file *file = job->file;
	int result = file->driver->lookup(file->database, job->address, job->place, &reason);
	if (result < 0)
		strbuf_fail(job->why, result, "%s %s: fetch it again", file->path, strbuf_text(&reason));
	return result;
}

static char upper(char byte)
{
	return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

/* "EU", "AP", "A1", "XX", "ZZ", "??" are answers of databases, and no countries. */
static bool has_country(struct place *place)
{
	place->country[0] = upper(place->country[0]);
	place->country[1] = upper(place->country[1]);
	place->country[2] = '\0';
	return country_name(place->country) != NULL;
}

int geo_lookup(struct geo *geo, const struct ipaddr *address, struct place *ret, struct strbuf *why)
{
	for (size_t i = 0; i < geo->count; i++) {
		*ret = (struct place){ 0 };
		struct job job = {
			.run = run_lookup, .file = &geo->files[i], .address = address, .place = ret, .why = why
		};
		int result = run_guarded(&job);
		if (result > 0 && has_country(ret))
			return result;
		*ret = (struct place){ 0 };
		if (result < 0)
			return result;
	}
	return 0;
}

void geo_set_as_name(struct place *place, const char *name, size_t length)
{
	if (length >= sizeof place->as_name) {
		length = sizeof place->as_name - 1;
		while (length && ((unsigned char)name[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(place->as_name, name, length);
	place->as_name[length] = '\0';
}

/* --- telling --- */

static void add_date(struct strbuf *text, int64_t at_sec)
{
	time_t at = (time_t)at_sec;
	struct tm utc;
	char date[32];
	if (at_sec > 0 && gmtime_r(&at, &utc) && strftime(date, sizeof date, "%Y-%m-%d", &utc))
		strbuf_add_format(text, " of %s", date);
}

void geo_describe(const struct geo *geo, struct strbuf *text)
{
	for (size_t i = 0; i < geo->count; i++) {
		const struct geo_file *file = &geo->files[i];
		strbuf_add_format(text, "%s%s %s", i ? ", " : "", file->driver->name, file->path);
		add_date(text, built_at_sec(file));
	}
}

int64_t geo_built_at_sec(const struct geo *geo)
{
	int64_t oldest = 0;
	for (size_t i = 0; i < geo->count; i++) {
		int64_t built = built_at_sec(&geo->files[i]);
		if (built > 0 && (!oldest || built < oldest))
			oldest = built;
	}
	return oldest;
}
