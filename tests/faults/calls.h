/* calls.h - what the shim tells the driver of a run, in memory that both have mapped: it outlives a
 * SIGKILL
 *
 * The shim is told by its environment:
 *   FAULTS_BELOW   only calls on this directory and on what is below it count
 *   FAULTS_CALLS   a file of sizeof(struct calls) zeros, which is mapped
 *   FAULTS_AT      the number of the call that is hit, from 1; 0: none
 *   FAULTS_ACTION  "fail" (with FAULTS_ERRNO, a number), "short", "kill", or "run"
 *   FAULTS_COMMAND what "run" gives to sh(1), before the call
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FAULTS_CALLS_H
#define FAULTS_CALLS_H

#define CALLS_MAX 4096
#define CALL_NAME_ROOM 96

struct calls {
	int count;
	int is_hit;                            /* the action was done */
	int has_failed;                        /* "run": the command did */
	char names[CALLS_MAX][CALL_NAME_ROOM]; /* "pread log/mail.log" */
};

#endif
