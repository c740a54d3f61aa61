/* Broker and workers inside this process, over inproc://: what `canvass run` starts and stops.  The
 * same broker and workers as in a cluster; only here are the two joined. */
#ifndef CANVASS_CLI_EMBEDDED_H
#define CANVASS_CLI_EMBEDDED_H

#include "base/status.h"
#include "store/store.h"

typedef struct embedded embedded;

/* Returns when broker and WORKERS worker threads are ready.  SHARDS is borrowed until embedded_stop. */
status embedded_start(store *shards, unsigned workers, embedded **out, error *err) MUST_USE;
void *embedded_context(const embedded *e);        /* the libzmq context */
const char *embedded_endpoint(const embedded *e); /* inproc://... */
/* Stops and joins all threads; an unfinished job is dropped. */
void embedded_stop(embedded *e);

#endif
