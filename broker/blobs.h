/* The shell's blobs: frames under handles.  Handle 0 is none. */
#ifndef CANVASS_BROKER_BLOBS_H
#define CANVASS_BROKER_BLOBS_H

#include <zmq.h>

#include "broker/core.h"

typedef struct blobs {
  zmq_msg_t *at;
  size_t *free_slots;
  size_t count, capacity, free_count;
} blobs;

void blobs_fini(blobs *b);
/* Takes the frame's content; the frame is empty afterwards.  0 when out of memory. */
core_blob blobs_take(blobs *b, zmq_msg_t *frame);
zmq_msg_t *blobs_at(blobs *b, core_blob blob); /* NULL for none */
void blobs_release(blobs *b, core_blob blob);

#endif
