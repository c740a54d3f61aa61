/* How the last jobs ended, for a broker that keeps nothing: their reports can still be fetched. */
#ifndef CANVASS_BROKER_JOBS_ENDINGS_H
#define CANVASS_BROKER_JOBS_ENDINGS_H

#include "broker/blobs/blobs.h"

enum { ENDINGS_MAX = 64 };

typedef struct ending {
  core_job_id job;
  core_states states;
  zmq_msg_t report; /* always initialised */
  zmq_msg_t *parts; /* its rows */
  uint32_t parts_count;
  bool is_done;
  error failure;
} ending;

typedef struct endings {
  ending at[ENDINGS_MAX]; /* a ring */
  size_t count;           /* of all endings that were ever put */
} endings;

void endings_fini(endings *e);
/* Of report and rows, if there are any, it keeps copies. */
void endings_put(endings *e, const core_end *end, blobs *b);
ending *endings_find(endings *e, const core_job_id *job); /* NULL: it is not there (any longer) */

#endif
