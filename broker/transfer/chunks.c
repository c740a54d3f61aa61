/* Outgoing blobs: chunks of what the vault has, for peers that request them. */
#include <string.h>

#include "broker/shell.h"

void transfer_send_lost(broker *b, const peer *to, const digest *name, status st, const char *text) {
  const message m = blob_lost(name, st, text);
  outgoing_answer(b, to, &m, NULL, 0);
}

static void serve_chunk(broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                        const store_blob *mapped) {
  const uint64_t left = mapped->length - offset;
  const size_t length = (size_t)(left < bytes ? left : bytes);
  zmq_msg_t frame;
  if (zmq_msg_init_size(&frame, length) != 0) {
    transfer_send_lost(b, to, name, STATUS_NO_MEMORY, "the broker has no memory for a chunk");
    return;
  }
  if (length > 0) {
    memcpy(zmq_msg_data(&frame), (const uint8_t *)mapped->bytes + offset, length);
  }
  b->turn_bytes += length;
  outgoing_chunk(b, to, name, offset, mapped->length, &frame);
  zmq_msg_close(&frame);
}

bool transfer_serve(broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes) {
  store_blob mapped;
  error why;
  if (!outgoing_has_room(b, to, name)) {
    return true;
  }
  if (b->vault == NULL || vault_get(b->vault, name, &mapped, &why) != STATUS_OK) {
    return false;
  }
  if (offset > mapped.length || (offset == mapped.length && mapped.length > 0)) {
    transfer_send_lost(b, to, name, STATUS_PROTOCOL, "a chunk beyond the end of the blob was requested");
  } else {
    serve_chunk(b, to, name, offset, bytes, &mapped);
  }
  store_release(&mapped);
  return true;
}

status transfer_on_want(broker *b, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(transfer_read_blob(m, &name, why));
  const uint64_t bytes = m->header.integers[FIELD_BYTES];
  if (bytes == 0 || bytes > MESSAGE_FRAME_MAX) {
    return error_set(why, STATUS_PROTOCOL, "%llu bytes of a blob were requested; 1 to %d are allowed",
                     (unsigned long long)bytes, (int)MESSAGE_FRAME_MAX);
  }
  if (transfer_serve(b, from, &name, m->header.integers[FIELD_OFFSET], bytes)) {
    return STATUS_OK;
  }
  return relay_begin(b, from, &name, m->header.integers[FIELD_OFFSET], bytes, why);
}
