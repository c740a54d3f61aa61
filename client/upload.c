/* Sending blobs: a few are offered at once, and the broker requests their chunks.
 *
 * Offered blobs are in a window of slots.  A slot becomes empty with `have`.  After a welcome (the broker
 * was restarted, or we reconnected), and when nothing was requested for a while, all of them are
 * offered again: the broker goes on where it stopped.  It may well request the same bytes more than once;
 * one that makes no progress is at fault, and an upload to it would never end. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"

enum {
  REPEATS_LEAST = 256, /* chunks sent without progress, of any blob, before its upload is given up */
  REPEATS_TIMES = 10,  /* the whole blob again, of a large one */
};

typedef struct slot {
  bool is_taken;
  size_t index;      /* of the blob */
  uint64_t served;   /* how far chunks went */
  uint64_t repeats;  /* chunks since they last went further */
  unsigned lost;     /* how often it arrived altered, or too late */
  bool is_counted;   /* among those that were sent */
  bool is_handed_in; /* as a file */
} slot;

typedef struct sending {
  session *link;
  upload *work;
  slot slots[BLOB_OFFERS];
  size_t taken, next; /* slots in use; the next blob to be offered */
  uint64_t weight_done, weight_all;
  int64_t news_ms;  /* when the broker last sent something about these blobs */
  int64_t asked_ms; /* when they were last offered, or it last sent something */
} sending;

static const session_blob *blob_of(const sending *t, const slot *at) {
  return &t->work->blobs.list[at->index];
}

static slot *find_slot(sending *t, const digest *name) {
  for (size_t i = 0; i < BLOB_OFFERS; i++) {
    slot *at = &t->slots[i];
    if (at->is_taken && digest_equal(&blob_of(t, at)->name, name)) {
      return at;
    }
  }
  return NULL;
}

static void count_sent(sending *t, slot *at, uint64_t bytes) {
  t->work->sent += at->is_counted ? 0 : 1;
  t->work->bytes_sent += bytes;
  at->is_counted = true;
}

/* ---- Offering ------------------------------------------------------------------------------------ */

typedef struct hand_in_source {
  const session_blobs *blobs;
  size_t index;
} hand_in_source;

static bool read_for_hand_in(void *context, uint64_t offset, void *out, size_t length) {
  const hand_in_source *source = context;
  error ignored;
  return source->blobs->read(source->blobs->context, source->index, offset, out, length, &ignored) ==
         STATUS_OK;
}

/* Bypasses the socket, where that works and the broker lacks the blob. */
static void hand_in(sending *t, slot *at) {
  const shared_store *shared = &t->link->shared;
  const session_blob *blob = blob_of(t, at);
  if (!shared->is_writable || at->is_handed_in || at->lost > 0 ||
      shared_store_has(shared, &blob->name, blob->bytes)) {
    return;
  }
  hand_in_source source = {&t->work->blobs, at->index};
  if (shared_store_hand_in(shared, &blob->name, blob->bytes, read_for_hand_in, &source)) {
    at->is_handed_in = true;
    count_sent(t, at, blob->bytes);
  }
}

static status offer(sending *t, slot *at, error *err) {
  const session_blob *blob = blob_of(t, at);
  hand_in(t, at);
  const message m = blob_offer(&blob->name, blob->bytes);
  return session_send(t->link, &m, NULL, 0, err);
}

static status offer_again(sending *t, error *err) {
  t->asked_ms = clock_now_ms();
  for (size_t i = 0; i < BLOB_OFFERS; i++) {
    if (t->slots[i].is_taken) {
      TRY(offer(t, &t->slots[i], err));
    }
  }
  return STATUS_OK;
}

/* A blob that occurs twice in the list waits until the first has arrived. */
static status offer_next(sending *t, error *err) {
  for (size_t i = 0; i < BLOB_OFFERS && t->next < t->work->blobs.count; i++) {
    const session_blob *blob = &t->work->blobs.list[t->next];
    if (t->slots[i].is_taken) {
      continue;
    }
    if (find_slot(t, &blob->name) != NULL) {
      return STATUS_OK;
    }
    t->slots[i] = (slot){.is_taken = true, .index = t->next++};
    t->taken++;
    assert(t->taken <= BLOB_OFFERS);
    TRY(offer(t, &t->slots[i], err));
  }
  return STATUS_OK;
}

/* ---- Answering ----------------------------------------------------------------------------------- */

static status send_chunk(sending *t, slot *at, uint64_t offset, size_t length, error *err) {
  const session_blob *blob = blob_of(t, at);
  void *bytes = malloc(length);
  if (bytes == NULL) {
    return error_no_memory(err, "a chunk");
  }
  const status st = t->work->blobs.read(t->work->blobs.context, at->index, offset, bytes, length, err);
  if (st != STATUS_OK) {
    free(bytes);
    return st;
  }
  const message m = blob_chunk(&blob->name, offset, blob->bytes);
  const wire_payload payload = {.bytes = bytes, .length = length, .release = wire_free};
  at->served = offset + length > at->served ? offset + length : at->served;
  count_sent(t, at, length);
  return session_send(t->link, &m, &payload, 1, err);
}

/* Counts a request for the bytes up to END. */
static status check_repeats(const sending *t, slot *at, uint64_t end, error *err) {
  const session_blob *blob = blob_of(t, at);
  const uint64_t whole = blob->bytes / MESSAGE_FRAME_MAX + 1; /* in chunks */
  const uint64_t most = whole * REPEATS_TIMES > REPEATS_LEAST ? whole * REPEATS_TIMES : REPEATS_LEAST;
  at->repeats = end > at->served ? 0 : at->repeats + 1;
  if (at->repeats <= most) {
    return STATUS_OK;
  }
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&blob->name, hex);
  return error_set(err, STATUS_PROTOCOL,
                   "the broker at %s keeps requesting the same bytes of blob %.16s (%" PRIu64
                   " times without progress): look at its log and restart it, then send again; what "
                   "it has is not sent twice",
                   t->link->endpoint, hex, at->repeats);
}

static status take_want(sending *t, slot *at, error *err) {
  uint64_t offset = 0;
  size_t length = 0;
  if (!blob_wanted(&t->link->incoming->header, blob_of(t, at)->bytes, &offset, &length)) {
    return error_set(err, STATUS_PROTOCOL, "the broker at %s requests bytes beyond the end of the blob",
                     t->link->endpoint);
  }
  if (at->is_handed_in) { /* the broker cannot use it */
    shared_store_take_back(&t->link->shared, &blob_of(t, at)->name);
    t->link->shared.is_writable = false;
    at->is_handed_in = false;
  }
  TRY(check_repeats(t, at, offset + length, err));
  return send_chunk(t, at, offset, length, err);
}

static status take_have(sending *t, slot *at, error *err) {
  (void)err;
  t->weight_done += blob_of(t, at)->weight;
  at->is_taken = false;
  t->taken--;
  return STATUS_OK;
}

/* What arrived altered, or too late, may arrive intact the next time. */
static status take_lost(sending *t, slot *at, error *err) {
  const status st = message_failure(&t->link->incoming->header, err);
  if ((st != STATUS_CORRUPT && st != STATUS_UNREACHABLE) || ++at->lost >= BLOB_TRIES) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&blob_of(t, at)->name, hex);
    return error_context(err, st, "sending blob %.16s", hex);
  }
  at->served = at->repeats = 0;
  at->is_handed_in = false;
  return offer(t, at, err);
}

static status take_message(sending *t, error *err) {
  static status (*const takers[MESSAGES_COUNT])(sending * t, slot * at, error * err) = {
      [MESSAGE_WANT] = take_want, [MESSAGE_HAVE] = take_have, [MESSAGE_LOST] = take_lost};
  const message *m = &t->link->incoming->header;
  if (m->kind == MESSAGE_REFUSED && (m->has & FIELD_BIT(FIELD_REQUEST)) == 0) {
    const status st = message_failure(m, err);
    wire_message_close(t->link->incoming);
    return st;
  }
  digest name;
  slot *at = takers[m->kind] != NULL && blob_of_message(m, &name) ? find_slot(t, &name) : NULL;
  if (at == NULL) {
    session_dismiss(t->link);
    return STATUS_OK;
  }
  t->news_ms = clock_now_ms();
  t->asked_ms = t->news_ms;
  const status st = takers[m->kind](t, at, err);
  wire_message_close(t->link->incoming);
  return st;
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static void tell(sending *t) {
  if (t->work->callback == NULL) {
    return;
  }
  uint64_t done = t->weight_done;
  for (size_t i = 0; i < BLOB_OFFERS; i++) {
    const slot *at = &t->slots[i];
    if (at->is_taken && at->served > 0) {
      const session_blob *blob = blob_of(t, at);
      done += (uint64_t)((double)blob->weight * (double)at->served / (double)blob->bytes);
    }
  }
  t->link->done = done < t->weight_all ? done : t->weight_all;
  t->link->total = t->weight_all;
}

static status send_all(sending *t, error *err) {
  session *s = t->link;
  uint64_t welcomes = s->welcomes;
  int64_t told_ms = 0;
  while (t->next < t->work->blobs.count || t->taken > 0) {
    TRY(offer_next(t, err));
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received) {
      TRY(take_message(t, err));
    }
    if (s->welcomes != welcomes || clock_now_ms() - t->asked_ms >= s->answer_ms) {
      welcomes = s->welcomes;
      TRY(offer_again(t, err));
    }
    if (!received || clock_now_ms() - told_ms >= NEWS_MS) {
      told_ms = clock_now_ms();
      tell(t);
      TRY(session_check(s, t->news_ms, err));
    }
  }
  tell(t);
  return session_check(s, t->news_ms, err);
}

status session_upload(session *s, upload *u, error *err) {
  sending t = {.link = s, .work = u, .news_ms = clock_now_ms()};
  t.asked_ms = t.news_ms;
  for (size_t i = 0; i < u->blobs.count; i++) {
    t.weight_all += u->blobs.list[i].weight;
  }
  const session_callback *before = s->go_on;
  session_begin(s);
  s->go_on = u->callback != NULL ? u->callback : before;
  const status st = send_all(&t, err);
  s->go_on = before;
  return st;
}
