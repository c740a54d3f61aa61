/* A session with a broker: submit a job, follow it, fetch its report.  The beginnings of libcanvass:
 * messages only, no statistics.  One thread per session. */
#ifndef CANVASS_CLIENT_SESSION_H
#define CANVASS_CLIENT_SESSION_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"

typedef struct session session;

/* ZMQ_CONTEXT: a libzmq context (needed for inproc://). */
status session_connect(void *zmq_context, const char *endpoint, session **out, error *err) MUST_USE;
void session_close(session *s);

/* PLAN: an encoded plan; PROGRAM: its stage-0 program, encoded; MANIFEST: an encoded manifest whose shards
 * the workers can reach. The job's id is 32 hex digits. */
status session_submit(session *s, slice plan, slice program, slice manifest, char job[33],
                      error *err) MUST_USE;

typedef struct session_progress {
  uint32_t stage;
  uint64_t rows_done, rows_total; /* of this stage */
  bool finishing;                 /* merging and finishing, no rows left */
  /* Partial statistics (of a shard and an accumulator) of all stages so far: computed for this job, and had
   * already by the workers. */
  uint64_t states_computed, states_cached;
} session_progress;

/* Waits for the end.  CALLBACK (may be NULL) is called at every news and at least four times a second;
 * returning false cancels the job: STATUS_INTERRUPTED.  REPORT gets the document, LAST (may be NULL) how it
 * stood at the end. */
status session_wait(session *s, const char *job, bool (*callback)(void *context, const session_progress *p),
                    void *context, buf *report, session_progress *last, error *err) MUST_USE;

#endif
