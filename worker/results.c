/* Outgoing data: results until they are taken, blobs that are offered before their result, and chunks
 * that the broker requests. */
#include <stdlib.h>
#include <string.h>

#include "proto/handover.h"
#include "worker/talk.h"

/* ---- Results ------------------------------------------------------------------------------------- */

static void add_result(talk *t, assignment *a) {
  assignment **last = &t->results;
  while (*last != NULL) {
    last = &(*last)->next;
  }
  a->next = NULL;
  a->is_sent = false;
  *last = a;
  t->results_count++;
}

/* Partials that stay are needed until their stage is over, which this worker does not learn. */
static void note_staying(talk *t, assignment *a) {
  for (size_t i = 0; i < a->outcome.frames_count && a->outcome.offers_count == 0; i++) {
    if ((a->outcome.by_name >> i & 1) != 0) {
      staying *s = &t->staying[t->staying_next];
      blob_name_read(zmq_msg_data(&a->outcome.frames[i]), &s->name, &s->bytes);
      s->since_ms = t->now_ms;
      t->staying_next = (t->staying_next + 1) % STAYING_MAX;
    }
  }
}

void results_collect(talk *t) {
  worker *w = t->w;
  pthread_mutex_lock(&w->mutex);
  assignment *done = w->done;
  w->done = NULL;
  pthread_mutex_unlock(&w->mutex);
  handover_take();
  while (done != NULL) {
    assignment *a = done;
    done = a->next;
    t->given--;
    note_staying(t, a);
    add_result(t, a);
  }
}

void results_fail(talk *t, assignment *a, status st, const error *why) {
  a->outcome.st = st;
  a->outcome.failure = *why;
  assignment_release_task(a, t->w->supply);
  add_result(t, a);
}

/* The next task that no thread computes yet; NULL when there is none. */
static assignment *take_waiting(talk *t) {
  assignment *a = t->held;
  if (a != NULL) {
    t->held = a->next;
    return a;
  }
  a = queue_take(&t->w->ready);
  t->given -= a != NULL;
  return a;
}

static void drop(talk *t, assignment *a) {
  t->reads -= a->is_read;
  assignment_free(a, t->w->supply);
}

/* Including returned tasks. */
void results_drop_waiting(talk *t) {
  for (assignment *a = NULL; (a = take_waiting(t)) != NULL;) {
    drop(t, a);
  }
  for (assignment **at = &t->results; *at != NULL;) {
    assignment *a = *at;
    if (a->outcome.st == STATUS_INTERRUPTED) {
      *at = a->next;
      t->results_count--;
      drop(t, a);
    } else {
      at = &a->next;
    }
  }
}

void results_give_back_waiting(talk *t) {
  error why;
  error_set(&why, STATUS_INTERRUPTED, "the worker stops");
  for (assignment *a = NULL; (a = take_waiting(t)) != NULL;) {
    results_fail(t, a, STATUS_INTERRUPTED, &why);
  }
}

assignment *results_find(talk *t, const task_name *name) {
  assignment *a = t->results;
  while (a != NULL && !assignment_is(a, name)) {
    a = a->next;
  }
  return a;
}

static void unoffer(talk *t, const offer *o) {
  for (size_t i = 0; i < t->offered_count; i++) {
    if (t->offered[i] == o) {
      t->offered[i] = t->offered[--t->offered_count];
      return;
    }
  }
}

static void forget_offers(talk *t, assignment *a) {
  for (size_t i = 0; i < a->outcome.offers_count; i++) {
    unoffer(t, &a->outcome.offers[i]);
  }
}

void results_on_taken(talk *t, const message *m) {
  task_name name;
  if (task_name_of(m, &name, NULL) != STATUS_OK) {
    return;
  }
  for (assignment **at = &t->results; *at != NULL; at = &(*at)->next) {
    assignment *a = *at;
    if (assignment_is(a, &name)) {
      *at = a->next;
      t->results_count--;
      t->reads -= a->is_read;
      forget_offers(t, a);
      assignment_free(a, t->w->supply);
      return;
    }
  }
}

void results_send_again(talk *t) {
  t->offered_count = 0;
  for (assignment *a = t->results; a != NULL; a = a->next) {
    a->is_sent = false;
    for (size_t i = 0; i < a->outcome.offers_count; i++) {
      offer *o = &a->outcome.offers[i];
      o->state = OFFER_WAITS; /* a restarted broker may no longer have it */
    }
  }
}

static bool send_failure(talk *t, assignment *a) {
  outcome *o = &a->outcome;
  static const digest none;
  message m = message_of(MESSAGE_FAILURE);
  task_name_put(&a->name, &m);
  message_set_text(&m, FIELD_STATUS, status_name(o->st));
  message_set_text(&m, FIELD_MESSAGE, o->failure.message);
  if (!digest_equal(&o->lost, &none)) {
    message_set_bytes(&m, FIELD_BLOB, o->lost.bytes, DIGEST_BYTES);
  }
  if (o->unreadable > 0) {
    message_set_integer(&m, FIELD_UNREADABLE, o->unreadable);
  }
  return connection_send(t, &m, NULL, 0);
}

static bool send_result(talk *t, assignment *a) {
  outcome *o = &a->outcome;
  message m = message_of(MESSAGE_RESULT);
  task_name_put(&a->name, &m);
  message_set_text(&m, FIELD_WORK, o->work);
  message_set_integer(&m, FIELD_STATES_COMPUTED, o->computed);
  message_set_integer(&m, FIELD_STATES_CACHED, o->cached);
  if (o->by_name != 0) {
    message_set_integer(&m, FIELD_BY_NAME, o->by_name);
  }
  if (o->keeps) {
    message_set_integer(&m, FIELD_KEEPS, 1);
  }
  if (o->may_lose) {
    message_set_integer(&m, FIELD_MAY_LOSE, 1);
  }
  wire_payload payloads[2];
  for (size_t i = 0; i < o->frames_count; i++) {
    payloads[i] = (wire_payload){.frame = &o->frames[i]};
  }
  return connection_send(t, &m, payloads, o->frames_count);
}

/* Offers what is not offered yet; true when the broker has all of it. */
static bool send_offers(talk *t, assignment *a) {
  bool has_all = true;
  for (size_t i = 0; i < a->outcome.offers_count; i++) {
    offer *o = &a->outcome.offers[i];
    has_all = has_all && o->state == OFFER_DONE;
    if (o->state != OFFER_WAITS || t->offered_count == BLOB_OFFERS) {
      continue;
    }
    const message m = blob_offer(&o->name, o->bytes);
    if (!connection_send(t, &m, NULL, 0)) {
      return false;
    }
    o->state = OFFER_SENT;
    t->offered[t->offered_count++] = o;
  }
  return has_all;
}

void results_send(talk *t) {
  for (assignment *a = t->results; a != NULL && t->phase == TALK_JOINED; a = a->next) {
    if (a->is_sent) {
      continue;
    }
    if (a->outcome.st != STATUS_OK) {
      a->is_sent = send_failure(t, a);
    } else if (send_offers(t, a)) {
      a->is_sent = send_result(t, a);
    }
  }
}

/* ---- Offers -------------------------------------------------------------------------------------- */

static offer *find_offered(talk *t, const digest *name) {
  for (size_t i = 0; i < t->offered_count; i++) {
    if (digest_equal(&t->offered[i]->name, name)) {
      return t->offered[i];
    }
  }
  return NULL;
}

/* Two tasks may offer the same blob: one `have` serves both. */
void results_on_have(talk *t, const digest *name) {
  for (offer *o = NULL; (o = find_offered(t, name)) != NULL;) {
    o->state = OFFER_DONE;
    unoffer(t, o);
  }
}

static void fail_offering(talk *t, const offer *o, const error *why) {
  for (assignment *a = t->results; a != NULL; a = a->next) {
    if (o >= a->outcome.offers && o < a->outcome.offers + a->outcome.offers_count) {
      error told = *why;
      char hex[DIGEST_HEX_BYTES];
      digest_hex(&o->name, hex);
      error_context(&told, why->code, "the broker does not take blob %s of the result", hex);
      forget_offers(t, a);
      outcome_fini(&a->outcome);
      a->outcome.st = told.code;
      a->outcome.failure = told;
      a->is_sent = false;
      return;
    }
  }
}

void results_on_offer_failed(talk *t, const digest *name, const error *why) {
  for (offer *o = NULL; (o = find_offered(t, name)) != NULL;) {
    unoffer(t, o);
    if (why->code == STATUS_CORRUPT && ++o->tries < BLOB_TRIES) {
      o->state = OFFER_WAITS;
    } else {
      fail_offering(t, o, why);
    }
  }
}

/* ---- Chunks -------------------------------------------------------------------------------------- */

static void send_lost(talk *t, const digest *name, const error *why) {
  const message m = blob_lost(name, why->code, why->message);
  (void)connection_send(t, &m, NULL, 0); /* a peer that misses it asks again */
}

static void send_chunk(talk *t, const digest *name, const message *want, slice blob) {
  uint64_t offset = 0;
  size_t length = 0;
  if (!blob_wanted(want, blob.length, &offset, &length)) {
    error why;
    error_set(&why, STATUS_PROTOCOL, "%llu bytes from %llu on are requested of a blob of %zu",
              (unsigned long long)want->integers[FIELD_BYTES], (unsigned long long)offset, blob.length);
    send_lost(t, name, &why);
    return;
  }
  const message m = blob_chunk(name, offset, blob.length);
  const wire_payload payload = {.bytes = blob.bytes + offset, .length = length};
  (void)connection_send(t, &m, &payload, 1);
}

void results_on_want(talk *t, const message *m) {
  digest name;
  if (!blob_of_message(m, &name)) {
    return;
  }
  offer *o = find_offered(t, &name);
  if (o != NULL && o->in_memory) {
    send_chunk(t, &name, m, (slice){zmq_msg_data(&o->content), zmq_msg_size(&o->content)});
    return;
  }
  store_blob blob;
  error err;
  if (store_get(t->w->options.shards, &name, &blob, &err) != STATUS_OK) {
    send_lost(t, &name, &err);
    return;
  }
  send_chunk(t, &name, m, (slice){blob.bytes, blob.length});
  store_release(&blob);
}

/* ---- Partials that stay -------------------------------------------------------------------------- */

void results_keep_staying(talk *t) {
  for (size_t i = 0; i < STAYING_MAX; i++) {
    staying *s = &t->staying[i];
    if (s->bytes > 0 && t->now_ms - s->since_ms < STAYING_MS) {
      (void)store_has(t->w->options.shards, &s->name, s->bytes); /* which counts as a use */
    }
  }
}

void results_free(talk *t) {
  while (t->results != NULL) {
    assignment *a = t->results;
    t->results = a->next;
    assignment_free(a, t->w->supply);
  }
}
