/* Outgoing blobs: chunks of what the vault has, for peers that request them. */
#include <string.h>

#include "broker/transfer/transfer_inside.h"

void chunks_lost(transfer *t, const peer *to, const digest *name, status st, const char *text) {
  const message m = blob_lost(name, st, text);
  peers_answer(t->peers, to, &m, NULL, 0);
}

bool chunks_have_room(transfer *t, const peer *to, const digest *name) {
  if (!peer_is_full(to)) {
    return true;
  }
  chunks_lost(t, to, name, STATUS_LIMIT, PEER_IS_FULL_TEXT);
  return false;
}

void chunks_pass(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                 zmq_msg_t *frame) {
  const message m = blob_chunk(name, offset, bytes);
  if (!peers_send_frame(t->peers, to, &m, frame)) {
    chunks_lost(t, to, name, STATUS_NO_MEMORY, "the broker has no memory for a chunk");
  }
}

static void send_mapped(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                        const store_blob *mapped) {
  const uint64_t left = mapped->length - offset;
  const size_t length = (size_t)(left < bytes ? left : bytes);
  zmq_msg_t frame;
  if (zmq_msg_init_size(&frame, length) != 0) {
    chunks_lost(t, to, name, STATUS_NO_MEMORY, "the broker has no memory for a chunk");
    return;
  }
  if (length > 0) {
    memcpy(zmq_msg_data(&frame), (const uint8_t *)mapped->bytes + offset, length);
  }
  t->host->turn.bytes += length;
  chunks_pass(t, to, name, offset, mapped->length, &frame);
  zmq_msg_close(&frame);
}

bool chunks_send(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes) {
  store_blob mapped;
  error why;
  if (!chunks_have_room(t, to, name)) {
    return true;
  }
  if (t->vault == NULL || vault_get(t->vault, name, &mapped, &why) != STATUS_OK) {
    return false;
  }
  if (offset > mapped.length || (offset == mapped.length && mapped.length > 0)) {
    chunks_lost(t, to, name, STATUS_PROTOCOL, "a chunk beyond the end of the blob was requested");
  } else {
    send_mapped(t, to, name, offset, bytes, &mapped);
  }
  store_release(&mapped);
  return true;
}
