/* Fetching a blob: a window of requested chunks moves over it; what got lost is requested again. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"

#define FETCH_BYTES_MAX ((uint64_t)1 << 30) /* no manifest and no report is larger */

enum { CHUNK_BYTES = MESSAGE_FRAME_MAX };

typedef struct fetching {
  session *link;
  const digest *name;
  uint64_t bytes, chunks;
  uint8_t *at;                   /* the blob's place */
  bool *has;                     /* of each chunk: whether it has arrived */
  uint64_t wanted, first, count; /* requested up to; the first that is missing; number received */
  unsigned altered;
  int64_t news_ms, asked_ms; /* when a chunk arrived; when one arrived or all were requested again */
} fetching;

static status want(fetching *f, uint64_t chunk, error *err) {
  assert(chunk < f->chunks);
  const uint64_t offset = chunk * CHUNK_BYTES;
  const uint64_t left = f->bytes - offset;
  const message m = blob_want(f->name, offset, left < CHUNK_BYTES ? left : CHUNK_BYTES);
  return session_send(f->link, &m, NULL, 0, err);
}

static status want_next(fetching *f, error *err) {
  while (f->wanted < f->chunks && f->wanted < f->first + WINDOW_CHUNKS) {
    if (!f->has[f->wanted]) {
      TRY(want(f, f->wanted, err));
    }
    f->wanted++;
  }
  return STATUS_OK;
}

static void begin_again(fetching *f) {
  memset(f->has, 0, (size_t)f->chunks * sizeof *f->has);
  f->wanted = 0;
  f->first = 0;
  f->count = 0;
}

static status check_whole(fetching *f, error *err) {
  assert(f->first == f->chunks && f->wanted <= f->chunks);
  digest found;
  TRY(digest_of(f->at, (size_t)f->bytes, &found, err));
  if (digest_equal(&found, f->name)) {
    return STATUS_OK;
  }
  if (++f->altered >= CORRUPT_TRIES) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(f->name, hex);
    return error_set(err, STATUS_CORRUPT, "blob %.16s from the broker at %s arrived altered %d times", hex,
                     f->link->endpoint, (int)CORRUPT_TRIES);
  }
  begin_again(f);
  return STATUS_OK;
}

/* A chunk that was not requested, or differs from the request, is ignored. */
static void take_chunk(fetching *f) {
  const message *m = &f->link->incoming->header;
  const uint64_t chunk = m->integers[FIELD_OFFSET] / CHUNK_BYTES;
  size_t length = 0;
  const void *bytes = wire_payload_bytes(f->link->incoming, 0, &length);
  if (m->integers[FIELD_OFFSET] % CHUNK_BYTES != 0 || m->integers[FIELD_BYTES] != f->bytes ||
      chunk >= f->wanted || f->has[chunk]) {
    return;
  }
  const uint64_t left = f->bytes - chunk * CHUNK_BYTES;
  if (length != (left < CHUNK_BYTES ? left : CHUNK_BYTES)) {
    return;
  }
  memcpy(f->at + chunk * CHUNK_BYTES, bytes, length);
  f->has[chunk] = true;
  f->count++;
  f->news_ms = session_now();
  f->asked_ms = f->news_ms;
  while (f->first < f->chunks && f->has[f->first]) {
    f->first++;
  }
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
  int64_t checked_ms = session_now();
  while (f->count < f->chunks) {
    TRY(want_next(f, err));
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received) {
      TRY(take_message(f, err));
    }
    if (s->welcomes != welcomes || session_now() - f->asked_ms >= s->answer_ms) {
      welcomes = s->welcomes;
      f->asked_ms = session_now();
      f->wanted = f->first;
    }
    if (!received || session_now() - checked_ms >= NEWS_MS) {
      checked_ms = session_now();
      TRY(session_check(s, f->news_ms, err));
    }
    if (f->count == f->chunks) {
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
  fetching f = {.link = s, .name = name, .bytes = bytes, .news_ms = session_now()};
  f.asked_ms = f.news_ms;
  f.chunks = (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
  f.has = calloc((size_t)f.chunks + 1, sizeof *f.has);
  if (f.has == NULL || !buf_reserve(out, (size_t)bytes)) {
    free(f.has);
    return error_no_memory(err, "a blob");
  }
  f.at = out->data + out->length;
  session_begin(s);
  const status st = fetch_chunks(&f, err);
  free(f.has);
  out->length += st == STATUS_OK ? (size_t)bytes : 0;
  return st;
}
