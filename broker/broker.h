/* The broker: the thin shell around its core.  One thread, one ROUTER socket.
 *
 * Each turn of the loop takes all messages that are there, feeds them to the core, and only then carries
 * out what the core wants done.  Blobs are kept as the frames they came in, and go out by reference. */
#ifndef CANVASS_BROKER_BROKER_H
#define CANVASS_BROKER_BROKER_H

#include "base/status.h"

typedef struct broker broker;

/* Binds ENDPOINT (inproc://, ipc://, tcp://) in ZMQ_CONTEXT. */
status broker_new(void *zmq_context, const char *endpoint, broker **out, error *err) MUST_USE;
/* Serves until broker_stop.  From one thread.  A failure (no memory) ends it, and every peer is told. */
status broker_run(broker *b, error *err) MUST_USE;
/* Ends broker_run; from any thread or signal handler. */
void broker_stop(broker *b);
void broker_destroy(broker *b);

#endif
