/* recording_vfs.c - what SQLite does to a directory, and what a power loss may leave of it; see
 * recording_vfs.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <dirent.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "common/xalloc.h"
#include "tests/unit/recording_vfs.h"

#define SECTOR 512
#define UNKNOWN_FILE SIZE_MAX
#define PATH_ROOM \
	(sizeof((struct recording *)0)->directory + sizeof((struct disk_file *)0)->name + 1)

static struct recording *active; /* NULL: nothing is recorded */

static void must_be(bool is_fine, const char *what)
{
	if (is_fine)
		return;
	fprintf(stderr, "recording_vfs: %s: %s\n", what, strerror(errno));
	abort();
}

/* --- what is recorded --- */

static void record(enum disk_kind kind, size_t file, size_t offset, const void *bytes,
                   size_t length)
{
	if (!active || (kind != DISK_SYNC_DIRECTORY && file == UNKNOWN_FILE))
		return;
	must_be(active->operation_count < DISK_OPERATIONS_MAX, "too many operations");
	if ((active->operation_count & (active->operation_count - 1)) == 0)
		active->operations = xalloc_resize(active->operations,
		                                   active->operation_count * 2 + 1,
		                                   sizeof(*active->operations));
	active->operations[active->operation_count++] = (struct disk_operation){
		.kind = kind,
		.file = file,
		.offset = offset,
		.bytes = bytes ? xalloc_copy(bytes, length) : NULL,
		.length = length
	};
}

/* NULL if PATH is not in the recorded directory itself. */
static const char *name_in_directory(const char *path)
{
	size_t length = active ? strlen(active->directory) : 0;
	if (!active || !path || strncmp(path, active->directory, length) != 0 ||
	    path[length] != '/')
		return NULL;
	return strchr(path + length + 1, '/') ? NULL : path + length + 1;
}

static size_t find_file(const char *name)
{
	for (size_t i = 0; name && i < active->file_count; i++) {
		if (!active->files[i].is_gone && strcmp(active->files[i].name, name) == 0)
			return i;
	}
	return UNKNOWN_FILE;
}

static size_t add_file(const char *name)
{
	must_be(active->file_count < DISK_FILES_MAX, "too many files");
	struct disk_file *file = &active->files[active->file_count];
	*file = (struct disk_file){ .is_old = false };
	int length = snprintf(file->name, sizeof file->name, "%s", name);
	must_be(length > 0 && (size_t)length < sizeof file->name, "the name of a file is too long");
	return active->file_count++;
}

static void load_file(const char *name)
{
	char path[PATH_ROOM];
	struct disk_file *file = &active->files[add_file(name)];
	snprintf(path, sizeof path, "%s/%s", active->directory, name);
	FILE *stream = fopen(path, "rb");
	file->is_old = true;
	file->bytes = xalloc_zero(DISK_FILE_MAX, 1);
	must_be(stream != NULL, path);
	file->length = fread(file->bytes, 1, DISK_FILE_MAX, stream);
	must_be(file->length < DISK_FILE_MAX && fclose(stream) == 0, path);
}

void recording_begin(struct recording *ret, const char *directory)
{
	*ret = (struct recording){ .file_count = 0 };
	snprintf(ret->directory, sizeof ret->directory, "%s", directory);
	active = ret;
	DIR *stream = opendir(directory);
	must_be(stream != NULL, directory);
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			load_file(entry->d_name);
	}
	closedir(stream);
}

void recording_end(void)
{
	active = NULL;
}

void recording_release(struct recording *recording)
{
	for (size_t i = 0; i < recording->operation_count; i++)
		free(recording->operations[i].bytes);
	for (size_t i = 0; i < recording->file_count; i++)
		free(recording->files[i].bytes);
	free(recording->operations);
	*recording = (struct recording){ .file_count = 0 };
}

/* --- an open file --- */

static sqlite3_vfs shim, *real_vfs;

/* An open file is the default VFS's own, but for some of its methods. This lies behind it, in the
 * same memory. */
struct extra {
	sqlite3_io_methods methods;
	const sqlite3_io_methods *real;
	size_t file;
};

static struct extra *extra_of(sqlite3_file *file)
{
	return (struct extra *)((char *)file + ((size_t)real_vfs->szOsFile + 15) / 16 * 16);
}

static int shim_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	record(DISK_WRITE, extra_of(file)->file, (size_t)offset, bytes, (size_t)length);
	return extra_of(file)->real->xWrite(file, bytes, length, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 length)
{
	record(DISK_TRUNCATE, extra_of(file)->file, (size_t)length, NULL, 0);
	return extra_of(file)->real->xTruncate(file, length);
}

/* First the file, then the directory, if the real one thinks that it must: it calls
 * open_directory() then. */
static int shim_sync(sqlite3_file *file, int flags)
{
	if (!active)
		return SQLITE_OK;
	record(DISK_SYNC, extra_of(file)->file, 0, NULL, 0);
	return extra_of(file)->real->xSync(file, flags);
}

/* What only some file systems promise (F2FS writes pages atomically) isn't made use of: others
 * don't. */
static int shim_characteristics(sqlite3_file *file)
{
	return extra_of(file)->real->xDeviceCharacteristics(file) &
		SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static void replace_methods(sqlite3_file *file, size_t id)
{
	struct extra *extra = extra_of(file);
	*extra = (struct extra){ .methods = *file->pMethods, .real = file->pMethods, .file = id };
	/* no shared memory (WAL) and no mapped pages, whose writes couldn't be seen */
	extra->methods.iVersion = 1;
	extra->methods.xWrite = shim_write;
	extra->methods.xTruncate = shim_truncate;
	extra->methods.xSync = shim_sync;
	extra->methods.xDeviceCharacteristics = shim_characteristics;
	file->pMethods = &extra->methods;
}

/* --- the file system --- */

static int (*real_open_directory)(const char *path, int *ret);

/* The system call of that name in the default VFS: nothing but a sync of the directory needs it. */
static int open_directory(const char *path, int *ret)
{
	record(DISK_SYNC_DIRECTORY, 0, 0, NULL, 0);
	return real_open_directory(path, ret);
}

static int shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
	const char *name = name_in_directory(path);
	size_t id = find_file(name);
	(void)vfs;
	int rc = real_vfs->xOpen(real_vfs, path, file, flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	/* made by SQLite or, the state itself, just before by the store */
	if (name && id == UNKNOWN_FILE) {
		id = add_file(name);
		record(DISK_CREATE, id, 0, NULL, 0);
	}
	replace_methods(file, id);
	return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *path, int has_sync)
{
	size_t file = find_file(name_in_directory(path));
	(void)vfs;
	record(DISK_DELETE, file, 0, NULL, 0);
	if (file != UNKNOWN_FILE)
		active->files[file].is_gone = true;
	return real_vfs->xDelete(real_vfs, path, active ? has_sync : 0);
}

static int shim_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
	(void)vfs;
	return real_vfs->xAccess(real_vfs, path, flags, ret);
}

static int shim_full_path(sqlite3_vfs *vfs, const char *path, int room, char *ret)
{
	(void)vfs;
	return real_vfs->xFullPathname(real_vfs, path, room, ret);
}

static int shim_randomness(sqlite3_vfs *vfs, int length, char *ret)
{
	(void)vfs;
	for (int i = 0; i < length; i++)
		ret[i] = (char)(i * 37 + 11);
	return length;
}

void recording_vfs_register(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	must_be(real_vfs && real_vfs->iVersion >= 3 && real_vfs->xSetSystemCall,
	        "the default VFS is not that of Unix");
	real_open_directory = (int (*)(const char *,
	                               int *))real_vfs->xGetSystemCall(real_vfs, "openDirectory");
	must_be(real_open_directory &&
	                real_vfs->xSetSystemCall(real_vfs, "openDirectory",
	                                         (sqlite3_syscall_ptr)open_directory) == SQLITE_OK,
	        "no openDirectory in the default VFS");
	shim = *real_vfs;
	shim.zName = "recording";
	shim.szOsFile = (shim.szOsFile + 15) / 16 * 16 + (int)sizeof(struct extra);
	shim.xOpen = shim_open;
	shim.xDelete = shim_delete;
	shim.xAccess = shim_access;
	shim.xFullPathname = shim_full_path;
	shim.xRandomness = shim_randomness;
	must_be(sqlite3_vfs_register(&shim, 1) == SQLITE_OK, "can't register");
}

/* --- a loss of power --- */

/* xorshift64*: the same everywhere, unlike random(). */
static uint64_t next_random(uint64_t *random)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return *random * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}

static bool happens(unsigned percent, uint64_t *random)
{
	return next_random(random) % 100 < percent;
}

static enum disk_fate fate_of_write(const struct disk_operation *operation, bool is_last,
                                    const struct disk_model *model, uint64_t *random)
{
	if (operation->kind == DISK_WRITE &&
	    (model->tear == TEAR_SECTORS || (model->tear != TEAR_NONE && is_last)))
		return DISK_TORN;
	return happens(model->writes_percent, random) ? DISK_WHOLE : DISK_LOST;
}

void disk_lose(enum disk_fate *fates, const struct recording *recording, size_t cut,
               const struct disk_model *model, uint64_t *random)
{
	bool is_synced[DISK_FILES_MAX] = { false }, is_directory_synced = false;
	for (size_t i = cut; i-- > 0;) {
		const struct disk_operation *operation = &recording->operations[i];
		fates[i] = DISK_WHOLE;
		if (operation->kind == DISK_SYNC_DIRECTORY)
			is_directory_synced = true;
		else if (operation->kind == DISK_SYNC)
			is_synced[operation->file] = true;
		else if (operation->kind >= DISK_WRITE && !is_synced[operation->file])
			fates[i] = fate_of_write(operation, i == cut - 1, model, random);
		else if (operation->kind < DISK_WRITE && !is_directory_synced &&
		         !happens(model->names_percent, random))
			fates[i] = DISK_LOST;
	}
}

/* --- what is left --- */

/* A file while it is built. */
struct remains {
	char *bytes;
	size_t length;
	bool has_name;
};

static void set_length(struct remains *remains, size_t length, bool has_garbage, uint64_t *random)
{
	must_be(length < DISK_FILE_MAX, "a file is too long");
	remains->bytes = xalloc_resize(remains->bytes, length + 1, 1);
	for (size_t i = remains->length; i < length; i++)
		remains->bytes[i] = has_garbage ? (char)next_random(random) : '\0';
	remains->length = length;
}

static void put(struct remains *remains, const struct disk_operation *operation, size_t from,
                size_t end)
{
	if (from < end)
		memcpy(remains->bytes + operation->offset + from, operation->bytes + from,
		       end - from);
}

/* The sectors are those of the file, whatever part of them the write is. */
static void put_sectors(struct remains *remains, const struct disk_operation *operation,
                        uint64_t *random)
{
	for (size_t from = 0, end; from < operation->length; from = end) {
		end = from + SECTOR - (operation->offset + from) % SECTOR;
		if (happens(50, random))
			put(remains, operation, from,
			    end < operation->length ? end : operation->length);
	}
}

static void apply_write(struct remains *remains, const struct disk_operation *operation,
                        enum disk_fate fate, const struct disk_model *model, uint64_t *random)
{
	size_t end = operation->offset + operation->length, half = operation->length / 2;
	if (fate == DISK_LOST && !model->has_garbage)
		return;
	if (end > remains->length)
		set_length(remains, end, model->has_garbage, random);
	if (fate == DISK_TORN && model->tear == TEAR_SECTORS)
		put_sectors(remains, operation, random);
	else if (fate != DISK_LOST)
		put(remains, operation, fate == DISK_TORN && model->tear == TEAR_BACK ? half : 0,
		    fate == DISK_TORN && model->tear == TEAR_FRONT ? half : operation->length);
}

static void apply_name(struct remains *remains, const struct recording *recording, size_t file,
                       bool is_there)
{
	for (size_t i = 0; i < recording->file_count; i++) {
		if (strcmp(recording->files[i].name, recording->files[file].name) == 0)
			remains[i].has_name = false;
	}
	remains[file].has_name = is_there;
}

static void apply(struct remains *remains, const struct recording *recording, size_t index,
                  enum disk_fate fate, const struct disk_model *model, uint64_t *random)
{
	const struct disk_operation *operation = &recording->operations[index];
	if (operation->kind == DISK_WRITE)
		apply_write(&remains[operation->file], operation, fate, model, random);
	else if (fate == DISK_LOST)
		return;
	else if (operation->kind == DISK_TRUNCATE)
		set_length(&remains[operation->file], operation->offset, model->has_garbage,
		           random);
	else if (operation->kind <= DISK_DELETE)
		apply_name(remains, recording, operation->file, operation->kind == DISK_CREATE);
}

/* As FNV-1a, but of eight bytes at once. */
static uint64_t add_to_hash(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
		uint64_t word = length;
		memcpy(&word, bytes + i, length - i < sizeof word ? length - i : sizeof word);
		hash = (hash ^ word) * UINT64_C(0x100000001b3);
		hash ^= hash >> 32;
	}
	return hash;
}

static void write_file(const char *directory, const char *name, const struct remains *remains)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *stream = fopen(path, "wbx");
	must_be(stream && fchmod(fileno(stream), 0600) == 0, path);
	must_be(remains->length == 0 ||
	                fwrite(remains->bytes, 1, remains->length, stream) == remains->length,
	        path);
	must_be(fclose(stream) == 0, path);
}

uint64_t disk_build(const char *directory, const struct recording *recording, size_t cut,
                    const enum disk_fate *fates, const struct disk_model *model, uint64_t *random)
{
	struct remains remains[DISK_FILES_MAX] = { { .bytes = NULL } };
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < recording->file_count; i++) {
		set_length(&remains[i], recording->files[i].length, false, random);
		if (recording->files[i].length)
			memcpy(remains[i].bytes, recording->files[i].bytes,
			       recording->files[i].length);
		remains[i].has_name = recording->files[i].is_old;
	}
	for (size_t i = 0; i < cut; i++)
		apply(remains, recording, i, fates[i], model, random);
	for (size_t i = 0; i < recording->file_count; i++) {
		if (remains[i].has_name)
			write_file(directory, recording->files[i].name, &remains[i]);
		if (remains[i].has_name)
			hash = add_to_hash(hash, remains[i].bytes, remains[i].length) + i;
		free(remains[i].bytes);
	}
	return hash;
}
