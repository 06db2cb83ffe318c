/* pieces.c - lines that a container engine cut into pieces; see pieces.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/container.h"
#include "plugin/logformat/jsonline.h"
#include "plugin/logformat/pieces.h"

static bool follow(struct pieces *pieces, bool is_stderr, bool is_piece)
{
	bool was_inside = pieces->is_inside[is_stderr];
	pieces->is_inside[is_stderr] = is_piece;
	return was_inside;
}

static bool follow_json(struct pieces *pieces, struct strbuf *room, struct slice line)
{
	struct jsonline found;
	const char *ignored;
	if (!jsonline_read(&found, room, line, 0, &ignored))
		return false;
	if (found.is_line)
		return follow(pieces, found.is_stderr, found.is_piece);
	return (found.container.length || found.is_piece) &&
		begun_follow(&pieces->begun, found.container, found.is_piece);
}

static bool follow_cri(struct pieces *pieces, struct slice line)
{
	struct container found;
	struct headtime ignored;
	container_take(&found, &ignored, &line, 0);
	return found.kind == CONTAINER_CRI && follow(pieces, found.is_stderr, found.is_piece);
}

bool pieces_follow(struct pieces *pieces, struct strbuf *room, struct slice line)
{
	bool is_inside = pieces->is_inside[0] || pieces->is_inside[1] || pieces->begun.count;
	if (line.length && line.data[0] == '{')
		return (is_inside || jsonline_may_be_piece(line)) &&
			follow_json(pieces, room, line);
	return container_may_be_cri(line) && follow_cri(pieces, line);
}
