/* Answers that wait for the commit of their turn, so that whatever is acknowledged is on disk. */
#ifndef CANVASS_BROKER_PEERS_OUTBOX_H
#define CANVASS_BROKER_PEERS_OUTBOX_H

#include "broker/listener.h"
#include "proto/wire.h"

typedef struct letter {
  line_kind line;
  wire_route to;
  uint32_t peer;  /* the peer's number; 0: unknown */
  message header; /* borrows from texts */
  char *texts;
  zmq_msg_t *frames;
  size_t frames_count;
} letter;

typedef struct outbox {
  letter *at;
  size_t count, capacity;
  size_t bytes; /* of all frames */
} outbox;

void outbox_fini(outbox *o);
/* Copies HEADER with its texts, and takes the content of FRAMES, which are then empty.  STATUS_NO_MEMORY
 * leaves them unchanged. */
status outbox_put(outbox *o, line_kind line, const wire_route *to, uint32_t peer, const message *header,
                  zmq_msg_t *frames, size_t frames_count, error *err) MUST_USE;
void outbox_clear(outbox *o);

#endif
