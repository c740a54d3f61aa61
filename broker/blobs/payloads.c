/* Payload frames of messages as blobs, and blobs as bytes. */
#include <string.h>

#include "broker/blobs/blobs_inside.h"

/* Reads inline bytes, or the name that stands for them. */
static status read_payload(blobs *b, wire_message *m, size_t index, const void **bytes, size_t *length,
                           digest *name, uint64_t *name_bytes, error *err) {
  *bytes = wire_payload_bytes(m, index, length);
  if (blob_is_by_name(&m->header, index)) {
    if (*length != BLOB_NAME_BYTES) {
      return error_set(err, STATUS_PROTOCOL, "a blob's name of %zu bytes; it has %d", *length,
                       (int)BLOB_NAME_BYTES);
    }
    blob_name_read(*bytes, name, name_bytes);
    *bytes = NULL;
  } else if (b->vault != NULL && *length > MESSAGE_FRAME_MAX) {
    return error_set(err, STATUS_PROTOCOL, "a payload of %zu bytes; above %d a blob is sent by its name",
                     *length, (int)MESSAGE_FRAME_MAX);
  }
  return STATUS_OK;
}

static status not_offered(const digest *name, error *err) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  return error_set(err, STATUS_NOT_FOUND, "the broker does not have the blob %s: offer it first", hex);
}

status payload_take(blobs *b, wire_message *m, size_t index, core_blob *out, error *err) {
  const void *bytes = NULL;
  size_t length = 0;
  ledger_blob named = {0};
  TRY(read_payload(b, m, index, &bytes, &length, &named.name, &named.bytes, err));
  if (bytes != NULL || length == 0) {
    if (b->vault != NULL) {
      return payload_make(b, bytes, length, out, err);
    }
    *out = blobs_take(b, &m->frames[index + 1]);
    return *out ? STATUS_OK : error_no_memory(err, "a blob");
  }
  uint64_t there = 0;
  if (b->vault == NULL || !vault_has(b->vault, &named.name, &there) || there != named.bytes) {
    return not_offered(&named.name, err);
  }
  return payload_of_vault(b, &named, out, err);
}

status payload_take_partial(blobs *b, wire_message *m, uint32_t from, core_blob *out, bool *stays,
                            error *err) {
  const void *bytes = NULL;
  size_t length = 0;
  digest name;
  uint64_t name_bytes = 0;
  TRY(read_payload(b, m, 0, &bytes, &length, &name, &name_bytes, err));
  *stays = blob_is_by_name(&m->header, 0);
  *out = *stays ? blobs_take_name(b, &name, name_bytes, from) : blobs_take(b, &m->frames[1]);
  return *out ? STATUS_OK : error_no_memory(err, "a partial");
}

status payload_name(wire_message *m, size_t index, uint8_t *out, error *err) {
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, index, &length);
  if (blob_is_by_name(&m->header, index)) {
    if (length != BLOB_NAME_BYTES) {
      return error_set(err, STATUS_PROTOCOL, "a blob's name of %zu bytes; it has %d", length,
                       (int)BLOB_NAME_BYTES);
    }
    memcpy(out, bytes, BLOB_NAME_BYTES);
    return STATUS_OK;
  }
  digest name;
  TRY(digest_of(bytes, length, &name, err));
  blob_name_write(&name, length, out);
  return STATUS_OK;
}

status payload_of_vault(blobs *b, const ledger_blob *where, core_blob *out, error *err) {
  if (where->bytes > BLOB_INLINE_MAX) {
    *out = blobs_take_name(b, &where->name, where->bytes, 0);
    return *out ? STATUS_OK : error_no_memory(err, "a blob");
  }
  store_blob mapped;
  TRY(vault_get(b->vault, &where->name, &mapped, err));
  *out = blobs_take_bytes(b, mapped.bytes, mapped.length);
  store_release(&mapped);
  if (!*out) {
    return error_no_memory(err, "a blob");
  }
  blobs_set_name(b, *out, &where->name);
  return STATUS_OK;
}

status payload_make(blobs *b, const void *bytes, size_t length, core_blob *out, error *err) {
  digest name;
  if (b->vault != NULL) {
    TRY(vault_put(b->vault, bytes, length, &name, err));
  }
  /* A blob that is sent by name is not kept in memory: thousands of jobs may wait. */
  const bool by_name = b->vault != NULL && length > BLOB_INLINE_MAX;
  *out = by_name ? blobs_take_name(b, &name, length, 0) : blobs_take_bytes(b, bytes, length);
  if (!*out) {
    return error_no_memory(err, "a blob");
  }
  if (b->vault != NULL) {
    blobs_set_name(b, *out, &name);
  }
  return STATUS_OK;
}

ledger_blob payload_where(blobs *b, core_blob handle) {
  const blob *one = blobs_at(b, handle);
  return one != NULL && one->is_named && !one->holder ? (ledger_blob){.name = one->name, .bytes = one->bytes}
                                                      : (ledger_blob){0};
}

status payload_open(blobs *b, core_blob handle, payload_bytes *out, error *err) {
  *out = (payload_bytes){.bytes = {"", 0}};
  blob *one = blobs_at(b, handle);
  if (one == NULL) {
    return STATUS_OK;
  }
  if (one->has_frame) {
    out->bytes = (slice){zmq_msg_data(&one->frame), zmq_msg_size(&one->frame)};
    return STATUS_OK;
  }
  if (b->vault == NULL || one->holder) {
    return not_offered(&one->name, err);
  }
  TRY(vault_get(b->vault, &one->name, &out->mapped, err));
  out->is_mapped = true;
  out->bytes = (slice){out->mapped.bytes, out->mapped.length};
  return STATUS_OK;
}

void payload_close(payload_bytes *p) {
  if (p->is_mapped) {
    store_release(&p->mapped);
    p->is_mapped = false;
  }
}
