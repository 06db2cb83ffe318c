/* container.h - what container engines and supervisors of processes put in front of a line
 *
 *	NAME  | LINE
 *		docker compose logs; NAME and bar may be in colour; -t: with a time behind the bar
 *	NAME.1.ID@NODE    | LINE           docker service logs; -t: with a time in front
 *	TIME LINE
 *		docker logs -t; svlogd, multilog and s6-log, whose LINE has a time of its own
 *	TIME stdout|stderr F|P[:…] LINE    Kubernetes: the log files of containerd and CRI-O
 *	[pod/POD/CONTAINER] LINE
 *		kubectl logs --prefix; --timestamps: with a time behind the bracket
 *	[NAMESPACE] POD CONTAINER LINE
 *		stern; the words may be in colour, and there may be a time behind them
 *
 * From cmd/formatter/logs.go of docker/compose, cli/command/service/logs.go of docker/cli,
 * internal/cri/io/logger.go of containerd, ctr_logging.c of conmon, pkg/cmd/logs of kubectl,
 * cmd/cmd.go of stern. For Docker's own files (JSON) see jsonline.h.
 *
 * stern's words are two or three of any line that begins with words. So they must look like names
 * of Kubernetes, the pod's like those that it makes itself (mail-0, mail-6d4cf56db6-x7k2p), and
 * LINE must begin with a time.
 *
 * A fourth way is a container's name in the place of a program's: the syslog and journald drivers
 * of Docker, and Podman's, put a header of their own before LINE ("Nov 23 09:07:43 host
 * mailserver[99]: Nov 23 09:07:43 mail postfix/smtpd[220]: …"). But any program may write what a
 * stranger said at the front of its message. So a name is only taken for a container's if it speaks
 * of mail: a word of it, between "-", "_" and ".", is one of a list. A container that goes by its
 * number may be any. The time that counts is the outer one, the host's: most containers live in
 * UTC, and say it nowhere.
 *
 * Known limit: conmon (Podman) cuts where its read(2) ended and says so in the journal only. In a
 * file that was written from the journal a piece can't be told from a line, and a stranger who
 * floods a server with long names may, by luck, have one begin with his text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "plugin/logformat/headtime.h"

enum container_kind {
	CONTAINER_NONE,
	CONTAINER_COMPOSE,
	CONTAINER_DOCKER_TIME,
	CONTAINER_CRI,
	CONTAINER_DOCKER_JSON,
	CONTAINER_JSON, /* of a log shipper: jsonline.h */
	CONTAINER_SERVICE,
	CONTAINER_KUBECTL,
	CONTAINER_STERN,
	CONTAINER_SUPERVISOR,
	CONTAINER_NAMED,
	CONTAINER_GREP, /* none, but in the same place: grepped.h */
	CONTAINER_KINDS,
};

struct container {
	enum container_kind kind;
	bool has_time; /* at_sec is the engine's */
	int64_t at_sec;
	bool is_stderr;
	bool is_partial; /* of a longer line, and not its last */
};

/* Takes it from the front of LINE. A time alone ("docker logs -t", a supervisor's) is only known by
 * the line's own time behind it: without that, the one time is the line's. Then, and where there is
 * no container's prefix, the line's own time may be taken, too: it is in RET_OWN, whose kind is
 * HEADTIME_NONE otherwise. */
void container_take(struct container *ret, struct headtime *ret_own, struct slice *line,
                    int64_t now_sec);

/* Could LINE be one of CRI? Quick; it may say yes to others. */
bool container_may_be_cri(struct slice line);

enum container_name {
	CONTAINER_NAME_NONE,
	CONTAINER_NAME_NUMBER, /* an ID: of any container */
	CONTAINER_NAME_MAIL,
};

enum container_name container_name_of(struct slice program);

#endif
