/* One place for the bytes of a name and the fields of each message. */
#include "proto/blob.h"

#include <string.h>

/* ---- Names --------------------------------------------------------------------------------------- */

void blob_name_write(const digest *name, uint64_t bytes, void *out) {
  uint8_t *to = out;
  memcpy(to, name->bytes, DIGEST_BYTES);
  for (size_t i = 0; i < 8; i++) {
    to[DIGEST_BYTES + i] = (uint8_t)(bytes >> (8 * i));
  }
}

void blob_name_read(const void *from, digest *name, uint64_t *bytes) {
  const uint8_t *at = from;
  memcpy(name->bytes, at, DIGEST_BYTES);
  *bytes = 0;
  for (size_t i = 0; i < 8; i++) {
    *bytes |= (uint64_t)at[DIGEST_BYTES + i] << (8 * i);
  }
}

bool blob_is_by_name(const message *m, size_t index) {
  return index < 64 && (m->has & FIELD_BIT(FIELD_BY_NAME)) != 0 &&
         (m->integers[FIELD_BY_NAME] >> index & 1) != 0;
}

/* ---- Messages ------------------------------------------------------------------------------------ */

bool blob_of_message(const message *m, digest *name) {
  if (m->texts[FIELD_BLOB].length != DIGEST_BYTES) {
    return false;
  }
  memcpy(name->bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  return true;
}

static message about(message_kind kind, const digest *name) {
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_BLOB, name->bytes, DIGEST_BYTES);
  return m;
}

message blob_offer(const digest *name, uint64_t bytes) {
  message m = about(MESSAGE_OFFER, name);
  message_set_integer(&m, FIELD_BYTES, bytes);
  return m;
}

message blob_have(const digest *name) {
  return about(MESSAGE_HAVE, name);
}

message blob_want(const digest *name, uint64_t offset, uint64_t length) {
  message m = about(MESSAGE_WANT, name);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, length);
  return m;
}

message blob_chunk(const digest *name, uint64_t offset, uint64_t bytes) {
  message m = about(MESSAGE_CHUNK, name);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, bytes);
  return m;
}

message blob_lost(const digest *name, status st, const char *why) {
  message m = about(MESSAGE_LOST, name);
  message_set_text(&m, FIELD_STATUS, status_name(st));
  message_set_text(&m, FIELD_MESSAGE, why);
  return m;
}

bool blob_wanted(const message *want, uint64_t bytes, uint64_t *offset, size_t *length) {
  const uint64_t most = want->integers[FIELD_BYTES];
  *offset = want->integers[FIELD_OFFSET];
  if (most == 0 || most > MESSAGE_FRAME_MAX || *offset >= bytes) {
    return false;
  }
  *length = (size_t)(most < bytes - *offset ? most : bytes - *offset);
  return true;
}
