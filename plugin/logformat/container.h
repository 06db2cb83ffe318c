/* container.h - what container engines put in front of a line
 *
 *	NAME  | LINE                       docker compose logs; NAME and bar may be in colour; -t: with a time behind the bar
 *	TIME LINE                          docker logs -t
 *	TIME stdout|stderr F|P[:…] LINE    Kubernetes: the log files of containerd and CRI-O
 *
 * From cmd/formatter/logs.go of docker/compose, internal/cri/io/logger.go of containerd, ctr_logging.c of conmon. For
 * Docker's own files (JSON) see jsonline.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

enum container_kind {
	CONTAINER_NONE,
	CONTAINER_COMPOSE,
	CONTAINER_DOCKER_TIME,
	CONTAINER_CRI,
	CONTAINER_DOCKER_JSON,
	CONTAINER_KINDS,
};

struct container {
	enum container_kind kind;
	bool has_time; /* at_sec is the engine's */
	int64_t at_sec;
	bool is_stderr;
	bool is_piece; /* of a longer line, and not its last */
};

/* Takes it from the front of LINE. "docker logs -t" is only known by the line's own time behind the engine's: without that,
 * the one time is the line's. */
void container_take(struct container *ret, struct slice *line, int64_t now_sec);

/* Could LINE be one of CRI? Quick; it may say yes to others. */
bool container_may_be_cri(struct slice line);

#endif
