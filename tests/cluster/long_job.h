/* A job that lasts long enough for accidents in its middle, and what its report must be. */
#ifndef CANVASS_TESTS_CLUSTER_LONG_JOB_H
#define CANVASS_TESTS_CLUSTER_LONG_JOB_H

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

typedef struct long_job {
  cluster *c;
  char dataset[16], data[256], spec[256];
  uint32_t rows;
  char id[CLUSTER_JOB_BYTES];
  process_result expected;
} long_job;

/* Starts C's broker, puts the long survey, and starts workers as cluster_start_workers does. */
void long_job_put(long_job *j, cluster *c, unsigned workers);
void long_job_submit(long_job *j);
/* Submits, and holds the workers in the middle of STAGE or soon after.  A job that has ended before it could
 * be held is followed by another one. */
void long_job_submit_held(long_job *j, int64_t stage);
/* Another survey, of twice as many rows and with its own name, in the place of the one before. */
void long_job_double(long_job *j);
/* Lets the workers go on, waits for the job's end and compares the report: the last line of a test. */
void long_job_expect_report(long_job *j, const char *what);

#endif
