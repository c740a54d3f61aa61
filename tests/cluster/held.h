/* Jobs held in their middle: what a test does to a cluster then cannot come too late, however slow it is.
 *
 * A worker that is held (SIGSTOP) computes nothing; a broker may forget it after a while, and knows it again
 * when it goes on.  How far a worker gets between two checks is unknown: a job may have ended before it
 * could be held, and then the test has to begin again with more rows. */
#ifndef CANVASS_TESTS_CLUSTER_HELD_H
#define CANVASS_TESTS_CLUSTER_HELD_H

#include "tests/cluster/cluster.h"

/* All workers that run. */
void held_stop(cluster *c);
void held_go_on(cluster *c);
/* Lets the workers go on for a moment at a time until JOB has begun STAGE (from 0) and has done some of its
 * rows, and holds them there.  False when the job has ended; the workers go on then. */
bool held_at_stage(cluster *c, const char *job, int64_t stage);

#endif
