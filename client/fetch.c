/* Fetching a blob: a window of requested chunks moves over it; what got lost is requested again. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"

#define FETCH_BYTES_MAX ((uint64_t)1 << 30) /* no manifest and no report is larger */

typedef struct fetching {
  session *link;
  const digest *name;
  chunks book;
  uint8_t *at; /* the blob's place */
  unsigned altered;
  int64_t news_ms, asked_ms; /* when a chunk arrived; when one arrived or all were requested again */
} fetching;

static status want_next(fetching *f, error *err) {
  uint64_t offset = 0;
  uint64_t length = 0;
  while (f->book.under_way < BLOB_CHUNKS && chunks_ask(&f->book, &offset, &length)) {
    const message m = blob_want(f->name, offset, length);
    TRY(session_send(f->link, &m, NULL, 0, err));
  }
  return STATUS_OK;
}

static status check_whole(fetching *f, error *err) {
  digest found;
  TRY(digest_of(f->at, (size_t)f->book.bytes, &found, err));
  if (digest_equal(&found, f->name)) {
    return STATUS_OK;
  }
  if (++f->altered >= BLOB_TRIES) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(f->name, hex);
    return error_set(err, STATUS_CORRUPT, "blob %.16s from the broker at %s arrived altered %d times", hex,
                     f->link->endpoint, (int)BLOB_TRIES);
  }
  chunks_restart(&f->book);
  return STATUS_OK;
}

/* A chunk that was not requested, or differs from the request, is ignored. */
static void take_chunk(fetching *f) {
  const message *m = &f->link->incoming->header;
  const uint64_t offset = m->integers[FIELD_OFFSET];
  size_t length = 0;
  const void *bytes = wire_payload_bytes(f->link->incoming, 0, &length);
  if (m->integers[FIELD_BYTES] != f->book.bytes || !chunks_expects(&f->book, offset) ||
      length != chunks_length_at(&f->book, offset)) {
    return;
  }
  memcpy(f->at + offset, bytes, length);
  chunks_take(&f->book, offset);
  f->news_ms = clock_now_ms();
  f->asked_ms = f->news_ms;
}

static status take_message(fetching *f, error *err) {
  const message *m = &f->link->incoming->header;
  digest name;
  const bool is_about = (m->kind == MESSAGE_CHUNK || m->kind == MESSAGE_LOST) && blob_of_message(m, &name) &&
                        digest_equal(&name, f->name);
  const bool is_refusal = m->kind == MESSAGE_REFUSED && (m->has & FIELD_BIT(FIELD_REQUEST)) == 0;
  status st = STATUS_OK;
  if (is_refusal || (is_about && m->kind == MESSAGE_LOST)) {
    st = message_failure(m, err);
    /* Too much is in flight over a slow connection: what is missing is requested again when nothing
     * arrives. */
    st = st == STATUS_LIMIT && is_about ? STATUS_OK : st;
  } else if (is_about) {
    take_chunk(f);
  } else {
    session_dismiss(f->link);
    return STATUS_OK;
  }
  wire_message_close(f->link->incoming);
  return st;
}

static status fetch_chunks(fetching *f, error *err) {
  session *s = f->link;
  uint64_t welcomes = s->welcomes;
  int64_t checked_ms = clock_now_ms();
  while (!chunks_is_whole(&f->book)) {
    TRY(want_next(f, err));
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received) {
      TRY(take_message(f, err));
    }
    if (s->welcomes != welcomes || clock_now_ms() - f->asked_ms >= s->answer_ms) {
      welcomes = s->welcomes;
      f->asked_ms = clock_now_ms();
      chunks_ask_again(&f->book);
    }
    if (!received || clock_now_ms() - checked_ms >= NEWS_MS) {
      checked_ms = clock_now_ms();
      TRY(session_check(s, f->news_ms, err));
    }
    if (chunks_is_whole(&f->book)) {
      TRY(check_whole(f, err));
    }
  }
  return STATUS_OK;
}

status session_fetch(session *s, const digest *name, uint64_t bytes, buf *out, error *err) {
  if (bytes > FETCH_BYTES_MAX) {
    return error_set(err, STATUS_LIMIT,
                     "the broker at %s names a blob of %" PRIu64 " bytes; %" PRIu64 " are allowed",
                     s->endpoint, bytes, FETCH_BYTES_MAX);
  }
  if (shared_store_read(&s->shared, name, bytes, out)) {
    return STATUS_OK;
  }
  if (!buf_reserve(out, (size_t)bytes)) {
    return error_no_memory(err, "a blob");
  }
  fetching f = {.link = s, .name = name, .at = out->data + out->length, .news_ms = clock_now_ms()};
  f.asked_ms = f.news_ms;
  TRY(chunks_init(&f.book, bytes, err));
  session_begin(s);
  const status st = fetch_chunks(&f, err);
  chunks_fini(&f.book);
  out->length += st == STATUS_OK ? (size_t)bytes : 0;
  return st;
}
