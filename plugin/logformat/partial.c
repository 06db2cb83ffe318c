/* partial.c - lines that a container engine logged in parts; see partial.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "common/compat.h"

#include "plugin/logformat/container.h"
#include "plugin/logformat/jsonline.h"
#include "plugin/logformat/partial.h"

static bool follow(struct partial *partial, bool is_stderr, bool is_partial)
{
	bool was_inside = partial->is_inside[is_stderr];
	partial->is_inside[is_stderr] = is_partial;
	return was_inside;
}

static bool follow_json(struct partial *partial, struct strbuf *room, struct slice line)
{
	struct jsonline found;
	const char *ignored;
	if (!jsonline_read(&found, room, line, 0, &ignored))
		return false;
	if (found.is_line)
		return follow(partial, found.is_stderr, found.is_partial);
	return (found.container.length || found.is_partial) &&
		begun_follow(&partial->begun, found.container, found.is_partial);
}

static bool follow_cri(struct partial *partial, struct slice line)
{
	struct container found;
	struct headtime ignored;
	container_take(&found, &ignored, &line, 0);
	return found.kind == CONTAINER_CRI && follow(partial, found.is_stderr, found.is_partial);
}

bool partial_follow(struct partial *partial, struct strbuf *room, struct slice line)
{
	bool is_inside = partial->is_inside[0] || partial->is_inside[1] || partial->begun.count;
	if (line.length && line.data[0] == '{')
		return (is_inside || jsonline_may_be_partial(line)) &&
			follow_json(partial, room, line);
	return container_may_be_cri(line) && follow_cri(partial, line);
}
