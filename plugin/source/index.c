/* index.c - logs by the files that they were read from; see plugin/source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/keyset.h"
#include "common/xalloc.h"
#include "plugin/source.h"
#include "plugin/source/identity.h"

/* What the words of a mark are. */
enum mark_word { DEVICE, INODE, HEAD_HASH, HEAD_LENGTH };

/* Keys, and of each the number of its log; none as long as nothing was added. */
struct keyed {
	struct keyset *keys;
	size_t *numbers;
};

struct source_index {
	struct keyed files, heads; /* by device and inode; by the hash of the head and its length */
	bool has_length[FILE_HASHED_BYTES + 1]; /* there is a head of this length */
};

/* --- the index --- */

bool source_mark(struct source_mark *ret, const struct log_position *position)
{
	struct file_positions found;
	if (file_positions_read(&found, position) <= 0)
		return false;
	ret->words[DEVICE] = found.now.device;
	ret->words[INODE] = found.now.inode;
	ret->words[HEAD_HASH] = found.now.head_hash;
	ret->words[HEAD_LENGTH] = (uint64_t)found.now.head_length;
	return true;
}

struct source_index *source_index_new(void)
{
	return xalloc_zero(1, sizeof(struct source_index));
}

void source_index_free(struct source_index *index)
{
	if (!index)
		return;
	keyset_free(index->files.keys);
	keyset_free(index->heads.keys);
	free(index->files.numbers);
	free(index->heads.numbers);
	free(index);
}

void source_index_freep(struct source_index **index)
{
	source_index_free(*index);
	*index = NULL;
}

static struct slice key_of(const uint64_t words[2])
{
	return slice_make((const char *)words, 2 * sizeof *words);
}

static void add(struct keyed *keyed, const uint64_t words[2], size_t number)
{
	bool is_new;
	if (!keyed->keys)
		keyed->keys = keyset_new();
	size_t count = keyset_count(keyed->keys);
	size_t at = keyset_add(keyed->keys, key_of(words), &is_new);
	if (!is_new)
		return;
	if ((count & (count - 1)) == 0) /* a power of two, or none: all is taken */
		keyed->numbers = xalloc_resize(keyed->numbers, count ? 2 * count : 1,
		                               sizeof *keyed->numbers);
	keyed->numbers[at] = number;
}

void source_index_add(struct source_index *index, const struct source_mark *mark, size_t number)
{
	uint64_t length = mark->words[HEAD_LENGTH];
	add(&index->files, &mark->words[DEVICE], number);
	if (!length || length > FILE_HASHED_BYTES)
		return;
	add(&index->heads, &mark->words[HEAD_HASH], number);
	index->has_length[length] = true;
}

/* --- finding --- */

/* One file that may be a log's. */
struct candidate {
	const char *path;
	struct identity_file file;
	const struct deadline *deadline;
	source_fetch_fn *fetch;
	void *context;
};

static void release_candidate(struct candidate *candidate)
{
	identity_close(&candidate->file);
}

/* Asks first: opening a device can do things. 1; 0: nothing is there, or it can't be told. */
static int open_candidate(struct candidate *candidate)
{
	struct stat status;
	if (lstat(candidate->path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	return identity_open(&candidate->file, candidate->path, O_NOFOLLOW, candidate->deadline,
	                     NULL) == 0;
}

/* > 0: log NUMBER was read from the file; 0: it wasn't, or that can't be told: then the file is a
 * log of its own, whose errors are told when it is followed; < 0 with WHY. */
static int is_of(struct candidate *candidate, size_t number, struct strbuf *why)
{
	struct log_position position;
	struct file_positions positions;
	int result = candidate->fetch(candidate->context, number, &position, why);
	if (result <= 0)
		return result;
	return file_positions_read(&positions, &position) > 0 &&
		identity_compare(&candidate->file, &positions.now) >= IDENTITY_COPY;
}

static int find_in(const struct keyed *keyed, const uint64_t words[2], struct candidate *candidate,
                   size_t *ret_number, struct strbuf *why)
{
	size_t at;
	if (!keyed->keys || !keyset_find(keyed->keys, key_of(words), &at))
		return 0;
	int result = is_of(candidate, keyed->numbers[at], why);
	if (result > 0)
		*ret_number = keyed->numbers[at];
	return result;
}

int source_index_find(const struct source_index *index, const char *path,
                      const struct deadline *deadline, source_fetch_fn *fetch, void *context,
                      size_t *ret_number, struct strbuf *why)
{
	struct candidate candidate CLEANUP(release_candidate) = {
		.path = path, .deadline = deadline, .fetch = fetch, .context = context
	};
	if (!index->files.keys || !open_candidate(&candidate))
		return 0;
	const struct identity_file *file = &candidate.file;
	int result = find_in(&index->files, (const uint64_t[]){ file->device, file->inode },
	                     &candidate, ret_number, why);
	for (size_t length = file->head_length; length > 0 && result == 0; length--) {
		if (!index->has_length[length])
			continue;
		const uint64_t head[] = { identity_hash(file->head, length), length };
		result = find_in(&index->heads, head, &candidate, ret_number, why);
	}
	return result;
}
