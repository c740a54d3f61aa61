/* Requests: numbered, and sent again until they are answered. */
#include <assert.h>
#include <string.h>

#include "client/session_state.h"

/* The one answer carries the request's number; progress of a watched job may arrive without one. */
static bool is_answer(const message *m, const message *asked, uint64_t answers) {
  if ((m->has & FIELD_BIT(FIELD_REQUEST)) != 0) {
    return m->integers[FIELD_REQUEST] == asked->integers[FIELD_REQUEST];
  }
  if (m->kind == MESSAGE_REFUSED) {
    return true;
  }
  return (ANSWER(m->kind) & answers) != 0 && (asked->has & FIELD_BIT(FIELD_JOB)) != 0 &&
         slice_equal(m->texts[FIELD_JOB], asked->texts[FIELD_JOB]);
}

static status take_answer(session *s, uint64_t answers, error *err) {
  const message *m = &s->incoming->header;
  if ((ANSWER(m->kind) & answers) != 0) {
    return STATUS_OK;
  }
  const status st = m->kind == MESSAGE_REFUSED
                        ? message_failure(m, err)
                        : error_set(err, STATUS_PROTOCOL, "the broker at %s answered with '%s'", s->endpoint,
                                    message_kind_name(m->kind));
  wire_message_close(s->incoming);
  return st;
}

status session_ask(session *s, message *m, const wire_payload *payloads, size_t count, uint64_t answers,
                   error *err) {
  message_set_integer(m, FIELD_REQUEST, ++s->requests);
  session_begin(s);
  const int64_t begun_ms = clock_now_ms();
  int64_t asked_ms = begun_ms - s->answer_ms;
  uint64_t welcomes = s->welcomes;
  for (;;) {
    if (s->welcomes != welcomes || clock_now_ms() - asked_ms >= s->answer_ms) {
      welcomes = s->welcomes;
      asked_ms = clock_now_ms();
      TRY(session_send(s, m, payloads, count, err));
    }
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received && is_answer(&s->incoming->header, m, answers)) {
      return take_answer(s, answers, err);
    }
    if (received) {
      session_dismiss(s);
    }
    TRY(session_check(s, begun_ms, err));
  }
}

/* ---- Blobs in messages --------------------------------------------------------------------------- */

static status read_memory(void *context, size_t index, uint64_t offset, void *out, size_t length,
                          error *err) {
  (void)index;
  (void)err;
  const slice *bytes = context;
  memcpy(out, bytes->bytes + offset, length);
  return STATUS_OK;
}

status session_payload_of(session *s, slice bytes, size_t index, message *m, session_payload *out,
                          error *err) {
  out->wire = (wire_payload){.bytes = bytes.bytes, .length = bytes.length};
  if (s->is_within || bytes.length <= MESSAGE_FRAME_MAX) {
    return STATUS_OK;
  }
  assert(index < 64); /* the bits of "by_name" */
  session_blob blob = {.bytes = bytes.length};
  TRY(digest_of(bytes.bytes, bytes.length, &blob.name, err));
  upload u = {.blobs = {&blob, 1, read_memory, &bytes}};
  TRY(session_upload(s, &u, err));
  blob_name_write(&blob.name, blob.bytes, out->name);
  out->wire = (wire_payload){.bytes = out->name, .length = sizeof out->name};
  const uint64_t names = (m->has & FIELD_BIT(FIELD_BY_NAME)) != 0 ? m->integers[FIELD_BY_NAME] : 0;
  message_set_integer(m, FIELD_BY_NAME, names | (uint64_t)1 << index);
  return STATUS_OK;
}

status session_payload_take(session *s, size_t index, buf *out, error *err) {
  size_t length = 0;
  const void *bytes = wire_payload_bytes(s->incoming, index, &length);
  if (!blob_is_by_name(&s->incoming->header, index)) {
    buf_put(out, bytes, length);
    wire_message_close(s->incoming);
    return buf_status(out, "an answer", err);
  }
  if (length != BLOB_NAME_BYTES) {
    wire_message_close(s->incoming);
    return error_set(err, STATUS_PROTOCOL, "the broker at %s names a blob by %zu bytes instead of %d",
                     s->endpoint, length, BLOB_NAME_BYTES);
  }
  digest name;
  uint64_t size = 0;
  blob_name_read(bytes, &name, &size);
  wire_message_close(s->incoming);
  return session_fetch(s, &name, size, out, err);
}

status session_check_text(const char *what, const char *text, error *err) {
  const size_t length = strlen(text);
  if (length > MESSAGE_TEXT_MAX) {
    return error_set(err, STATUS_USAGE, "%s has %zu bytes; at most %d are allowed", what, length,
                     (int)MESSAGE_TEXT_MAX);
  }
  if (text_utf8_check(text, length) < length) {
    return error_set(err, STATUS_USAGE, "%s is not UTF-8", what);
  }
  return STATUS_OK;
}
