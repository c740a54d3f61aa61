/* Rows that a job gives back: their parts are asked for in order, some at a time, and given on one by one, so
 * that no more than one of them is in memory. */
#include <string.h>

#include "client/session_state.h"

enum { PARTS_AT_ONCE = 64 };

/* What one answer gives: the names of parts, or the bytes of one. */
typedef struct answered {
  uint64_t parts; /* of the job */
  uint8_t names[PARTS_AT_ONCE][BLOB_NAME_BYTES];
  size_t names_count;
  buf bytes;
  bool has_bytes;
} answered;

/* Names are as many as are asked for; bytes may be fewer. */
static status read_answer(session *s, answered *a, error *err) {
  const message *m = &s->incoming->header;
  a->parts = m->integers[FIELD_PARTS];
  a->names_count = 0;
  a->has_bytes = false;
  buf_clear(&a->bytes);
  for (size_t i = 0; i < s->incoming->payloads_count; i++) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(s->incoming, i, &length);
    if (!blob_is_by_name(m, i)) {
      buf_put(&a->bytes, bytes, length);
      a->has_bytes = true;
      break; /* what follows is asked for again */
    }
    if (length != BLOB_NAME_BYTES || a->names_count == PARTS_AT_ONCE) {
      return error_set(err, STATUS_PROTOCOL, "the broker at %s names a part of a job's rows by %zu bytes",
                       s->endpoint, length);
    }
    memcpy(a->names[a->names_count++], bytes, length);
  }
  return buf_status(&a->bytes, "a part of a job's rows", err);
}

static status ask_parts(session *s, const uint8_t job[JOB_ID_BYTES], uint64_t first, answered *a,
                        error *err) {
  message m = message_of(MESSAGE_ROWS);
  message_set_bytes(&m, FIELD_JOB, job, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_OFFSET, first);
  TRY(session_ask(s, &m, NULL, 0, ANSWER(MESSAGE_PARTS), err));
  const status st = read_answer(s, a, err);
  wire_message_close(s->incoming);
  TRY(st);
  return first < a->parts && a->names_count == 0 && !a->has_bytes
             ? error_set(err, STATUS_PROTOCOL, "the broker at %s leaves out part %llu of a job's rows",
                         s->endpoint, (unsigned long long)first + 1)
             : STATUS_OK;
}

static status give(const session_rows_taker *to, uint64_t part, const answered *a, const buf *bytes,
                   error *err) {
  return to->take(to->context, part, a->parts, (slice){(const char *)bytes->data, bytes->length}, err);
}

static status fetch_named(session *s, const session_rows_taker *to, uint64_t first, answered *a, error *err) {
  for (size_t i = 0; i < a->names_count; i++) {
    digest name;
    uint64_t bytes = 0;
    blob_name_read(a->names[i], &name, &bytes);
    buf_clear(&a->bytes);
    TRY(session_fetch(s, &name, bytes, &a->bytes, err));
    TRY(give(to, first + i, a, &a->bytes, err));
  }
  return STATUS_OK;
}

static status fetch_all(session *s, const uint8_t job[JOB_ID_BYTES], const session_rows_taker *to,
                        answered *a, error *err) {
  uint64_t next = 0;
  do {
    TRY(ask_parts(s, job, next, a, err));
    if (a->has_bytes && a->names_count == 0) {
      TRY(give(to, next, a, &a->bytes, err));
      next++;
    } else {
      TRY(fetch_named(s, to, next, a, err));
      next += a->names_count;
    }
  } while (next < a->parts);
  return STATUS_OK;
}

status session_rows(session *s, const char *job, const session_rows_taker *to, error *err) {
  uint8_t id[JOB_ID_BYTES];
  answered a = {.parts = 0};
  TRY(session_job_id(job, id, err));
  buf_init(&a.bytes);
  const status st = fetch_all(s, id, to, &a, err);
  buf_fini(&a.bytes);
  return st;
}
