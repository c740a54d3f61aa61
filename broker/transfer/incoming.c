/* Incoming blobs: the peers that offer them are asked for their chunks. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/transfer/transfer_inside.h"

enum { SAID_AGAIN_MS = 60000 };

/* ---- Ending an arrival ---------------------------------------------------------------------------- */

/* BYTES that were requested have arrived, or will not arrive. */
static void settle(transfer *t, arrival *a, uint64_t bytes) {
  peer *p = peers_at(t->peers, a->sources[0].peer);
  if (p != NULL) {
    p->outstanding -= bytes;
    p->owner->outstanding -= bytes;
  }
  t->outstanding -= bytes;
}

static void source_gone(transfer *t, const source *s) {
  peer *p = peers_at(t->peers, s->peer);
  if (p != NULL) {
    p->offers--;
  }
}

static void discard(transfer *t, arrival *gone) {
  arrivals_remove(&t->arrivals, gone);
  if (gone->sources_count > 0) {
    settle(t, gone, gone->wanted - gone->next);
  }
  for (size_t i = 0; i < gone->sources_count; i++) {
    source_gone(t, &gone->sources[i]);
  }
  free(gone->sources);
  free(gone);
}

/* ---- Asking -------------------------------------------------------------------------------------- */

/* An owner of whom nothing is outstanding may always be asked for a chunk, so that others, which were asked
 * and send nothing, cannot keep it waiting.  No owner gets all of the credit. */
static bool has_credit(const transfer *t, const owner *w, uint64_t bytes) {
  return w->outstanding == 0
             ? t->outstanding + bytes <= TRANSFER_WORST_BYTES
             : w->outstanding + bytes <= owners_share(TRANSFER_CREDIT_BYTES, t->outstanding - w->outstanding);
}

/* False when its source already has enough to send. */
static bool ask_for_next(transfer *t, arrival *a) {
  const uint64_t left = a->bytes - a->wanted;
  const uint64_t bytes = left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
  peer *p = peers_at(t->peers, a->sources[0].peer);
  if (p == NULL || p->outstanding + bytes > TRANSFER_PEER_BYTES || !has_credit(t, p->owner, bytes)) {
    return false;
  }
  const message m = blob_want(&a->name, a->wanted, bytes);
  peers_send_now(t->peers, p, &m);
  if (a->wanted == a->next) {
    a->heard_ms = t->host->clock_ms; /* the wait for its turn does not count */
  }
  a->wanted += bytes;
  p->outstanding += bytes;
  p->owner->outstanding += bytes;
  t->outstanding += bytes;
  return true;
}

/* Blobs take turns, a chunk at a time, while there is credit. */
static void pump(transfer *t) {
  size_t in_vain = 0; /* consecutive blobs */
  while (in_vain < t->arrivals.queued && t->outstanding + MESSAGE_FRAME_MAX <= TRANSFER_WORST_BYTES) {
    arrival *a = t->arrivals.queue_head;
    arrivals_dequeue(&t->arrivals, a);
    in_vain = ask_for_next(t, a) ? 0 : in_vain + 1;
    arrivals_enqueue(&t->arrivals, a);
  }
}

/* Asks the first of its sources again.  After wrong bytes only the vault knows from where on it needs the
 * blob. */
static void restart(transfer *t, arrival *a) {
  uint64_t next = 0;
  error ignored; /* the next chunk fails in the same way */
  a->heard_ms = t->host->clock_ms;
  if (a->is_compared) {
    return; /* there is nothing to request */
  }
  if (vault_receive(t->vault, &a->name, a->bytes, &next, &ignored) == STATUS_OK) {
    a->next = next;
  }
  a->wanted = a->next;
  if (a->is_queued) {
    arrivals_dequeue(&t->arrivals, a);
  }
  if (a->next < a->bytes) {
    arrivals_enqueue(&t->arrivals, a);
  } else {
    arrivals_compare(&t->arrivals, a);
  }
}

/* ---- Coming in ----------------------------------------------------------------------------------- */

static void send_have(transfer *t, const peer *to, const digest *name) {
  const message m = blob_have(name);
  peers_answer(t->peers, to, &m, NULL, 0);
}

/* A client that lost its connection returns as another peer and offers again.  Sending a message shows
 * whether the old peer still exists. */
static void probe(transfer *t, uint32_t number) {
  peer *p = peers_at(t->peers, number);
  if (p != NULL) {
    const message alive = message_of(MESSAGE_ALIVE);
    peers_send_now(t->peers, p, &alive);
  }
}

static status add_source(transfer *t, peer *from, arrival *a, bool was_asked, error *why) {
  for (size_t i = 0; i < a->sources_count; i++) {
    if (a->sources[i].peer == from->number) {
      a->sources[i].was_asked = a->sources[i].was_asked && was_asked;
      return STATUS_OK; /* offered again: it goes on */
    }
  }
  if (!ARRAY_ROOM(a->sources, a->sources_count, a->sources_capacity)) {
    return error_no_memory(why, "an offered blob");
  }
  if (a->sources_count > 0) {
    probe(t, a->sources[0].peer);
  }
  a->sources[a->sources_count++] = (source){.peer = from->number, .was_asked = was_asked};
  from->offers++;
  return STATUS_OK;
}

static status begin(transfer *t, peer *from, const digest *name, uint64_t bytes, uint64_t offset,
                    bool was_asked, error *why) {
  arrival *a = calloc(1, sizeof *a);
  if (a == NULL) {
    return error_no_memory(why, "an offered blob");
  }
  a->name = *name;
  a->bytes = bytes;
  a->next = a->wanted = offset;
  a->heard_ms = t->host->clock_ms;
  a->patience_ms = TRANSFER_SWITCH_MS;
  const status st = add_source(t, from, a, was_asked, why);
  if (st != STATUS_OK) {
    free(a);
    return st;
  }
  arrivals_add(&t->arrivals, a);
  if (offset < bytes) {
    arrivals_enqueue(&t->arrivals, a);
    pump(t);
  } else {
    arrivals_compare(&t->arrivals, a);
  }
  return STATUS_OK;
}

/* The blob is complete: no peer need send it any longer, whatever size it stated. */
static void finish(transfer *t, const digest *name) {
  for (arrival *a = NULL; (a = arrivals_first(&t->arrivals, name)) != NULL;) {
    for (size_t i = 0; i < a->sources_count; i++) {
      const peer *p = peers_at(t->peers, a->sources[i].peer);
      if (p != NULL && !a->sources[i].was_asked) {
        send_have(t, p, name);
      }
    }
    discard(t, a);
  }
  search_end(t, name, false);
}

/* Uploads must leave room for what running jobs will need. */
static status check_upload(const transfer *t, const peer *from, uint64_t bytes, error *why) {
  return from->role & WAY_CLIENT ? vault_check_room(t->vault, bytes, VAULT_UPLOAD_RESERVE_BYTES, why)
                                 : STATUS_OK;
}

status incoming_begin(transfer *t, peer *from, const digest *name, uint64_t bytes, bool was_asked,
                      error *why) {
  arrival *a = arrivals_find_from(&t->arrivals, name, from);
  if (a != NULL && a->bytes != bytes) {
    return error_set(why, STATUS_PROTOCOL, "a blob of %llu bytes that was offered with %llu before",
                     (unsigned long long)bytes, (unsigned long long)a->bytes);
  }
  a = arrivals_find(&t->arrivals, name, bytes);
  if (a != NULL) {
    return add_source(t, from, a, was_asked, why);
  }
  if (from->offers >= TRANSFER_OFFERS_MAX) {
    return error_set(why, STATUS_LIMIT, "%d blobs are offered at once: wait for a 'have'",
                     (int)TRANSFER_OFFERS_MAX);
  }
  uint64_t offset = 0;
  TRY(vault_receive(t->vault, name, bytes, &offset, why));
  if (offset < bytes) {
    TRY(check_upload(t, from, bytes - offset, why));
  }
  if (!vault_has(t->vault, name, NULL)) {
    return begin(t, from, name, bytes, offset, was_asked, why);
  }
  if (!was_asked) {
    send_have(t, from, name);
  }
  finish(t, name); /* it may have just been handed in as a file */
  return STATUS_OK;
}

/* The log need not have a line for every offer that a full disk refuses. */
static void say_full(transfer *t, const error *why) {
  if (t->logged_full_ms == 0 || t->host->clock_ms - t->logged_full_ms >= SAID_AGAIN_MS) {
    t->logged_full_ms = t->host->clock_ms;
    host_log(t->host, "an offered blob cannot be taken: %s", why->message);
  }
}

void incoming_refuse(transfer *t, const peer *from, const digest *name, const error *why) {
  say_full(t, why);
  chunks_lost(t, from, name, why->code, why->message);
}

void incoming_drop_source(transfer *t, arrival *a) {
  settle(t, a, a->wanted - a->next);
  a->wanted = a->next;
  source_gone(t, &a->sources[0]);
  a->sources_count--;
  memmove(a->sources, a->sources + 1, a->sources_count * sizeof *a->sources);
  if (a->sources_count > 0) {
    restart(t, a);
    pump(t);
    return;
  }
  const digest name = a->name;
  discard(t, a);
  if (arrivals_first(&t->arrivals, &name) == NULL) {
    search_end(t, &name, true);
  }
  pump(t);
}

static void reject_source(transfer *t, arrival *a, const error *why) {
  const peer *p = peers_at(t->peers, a->sources[0].peer);
  if (p != NULL && !a->sources[0].was_asked) {
    chunks_lost(t, p, &a->name, why->code, why->message);
  }
  incoming_drop_source(t, a);
}

/* The vault has the blob up to NEXT.  If that is not the expected position, the chunks that were requested
 * are of no use. */
static void go_to(transfer *t, arrival *a, uint64_t next) {
  const bool is_onward = next > a->next && next <= a->wanted;
  settle(t, a, is_onward ? next - a->next : a->wanted - a->next);
  if (!is_onward) {
    a->wanted = next < a->bytes ? next : a->next;
  }
  a->next = is_onward ? next : a->wanted;
}

/* MAY_BE_WHOLE: the blob may have arrived in another way. */
static void go_on(transfer *t, arrival *a, bool may_be_whole) {
  if ((may_be_whole || a->next == a->bytes) && vault_has(t->vault, &a->name, NULL)) {
    const digest name = a->name;
    finish(t, &name);
  } else if (a->next < a->bytes) {
    arrivals_enqueue(&t->arrivals, a);
  } else {
    arrivals_compare(&t->arrivals, a);
  }
  pump(t);
}

void incoming_chunk(transfer *t, peer *from, arrival *a, wire_message *m) {
  error why;
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, 0, &length);
  const uint64_t offset = m->header.integers[FIELD_OFFSET];
  const uint64_t left = a->bytes - a->next;
  const uint64_t expected = left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
  if (offset != a->next || a->next == a->wanted) {
    return; /* it answers an older request */
  }
  uint64_t next = a->next;
  status st = length == expected && m->header.integers[FIELD_BYTES] == a->bytes
                  ? vault_chunk(t->vault, &a->name, a->bytes, offset, bytes, length, &next, &why)
                  : error_set(&why, STATUS_CORRUPT, "a chunk of %zu bytes where %llu were requested", length,
                              (unsigned long long)expected);
  go_to(t, a, st == STATUS_OK || st == STATUS_CORRUPT ? next : a->next);
  if (st != STATUS_OK) {
    reject_source(t, a, &why);
    return;
  }
  a->heard_ms = from->chunk_ms = t->host->clock_ms;
  go_on(t, a, next != offset + length);
}

void transfer_compare(transfer *t) {
  arrival *a = t->arrivals.comparing;
  if (a == NULL) {
    return;
  }
  uint64_t next = 0;
  error why;
  arrivals_compare_end(&t->arrivals, a);
  if (vault_receive(t->vault, &a->name, a->bytes, &next, &why) == STATUS_OK) {
    a->next = a->wanted = next;
    a->heard_ms = t->host->clock_ms;
    go_on(t, a, false);
    return;
  }
  for (size_t left = a->sources_count; left > 0; left--) { /* each source once */
    reject_source(t, a, &why);
  }
}

/* ---- Losing peers -------------------------------------------------------------------------------- */

static void forget_source(transfer *t, arrival *a, uint32_t peer_number) {
  for (size_t i = 1; i < a->sources_count; i++) {
    if (a->sources[i].peer == peer_number) {
      source_gone(t, &a->sources[i]);
      a->sources_count--;
      memmove(&a->sources[i], &a->sources[i + 1], (a->sources_count - i) * sizeof *a->sources);
      return;
    }
  }
  if (a->sources[0].peer == peer_number) {
    incoming_drop_source(t, a);
  }
}

void incoming_peer_left(transfer *t, const peer *gone) {
  for (size_t i = 0; gone->offers > 0 && i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = t->arrivals.buckets[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      forget_source(t, a, gone->number);
    }
  }
}

/* The first source becomes the last.  The next one is given twice as much time: if all of them are slow, each
 * must have time for a chunk, or none ever makes progress. */
static void switch_source(transfer *t, arrival *a) {
  a->patience_ms = a->patience_ms < TRANSFER_STALL_MS / 2 ? a->patience_ms * 2 : TRANSFER_STALL_MS / 2;
  settle(t, a, a->wanted - a->next);
  const source first = a->sources[0];
  memmove(a->sources, a->sources + 1, (a->sources_count - 1) * sizeof *a->sources);
  a->sources[a->sources_count - 1] = first;
  restart(t, a);
  pump(t);
}

/* Over a slow connection, what was requested earlier arrives first: a source that still sends chunks of
 * another blob has not stalled. */
static bool is_stalled(const transfer *t, const arrival *a) {
  const source *first = &a->sources[0];
  const peer *p = peers_at(t->peers, first->peer);
  const bool has_sent_others = p != NULL && !first->was_asked && p->chunk_ms > a->heard_ms;
  return t->host->clock_ms - (has_sent_others ? p->chunk_ms : a->heard_ms) >= TRANSFER_STALL_MS;
}

void incoming_housekeep(transfer *t) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = t->arrivals.buckets[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      if (a->wanted == a->next) {
        continue;
      }
      if (is_stalled(t, a)) {
        error why;
        error_set(&why, STATUS_UNREACHABLE, "no chunk came for %d s: offer the blob again",
                  TRANSFER_STALL_MS / 1000);
        reject_source(t, a, &why);
      } else if (a->sources_count > 1 && t->host->clock_ms - a->heard_ms >= a->patience_ms) {
        switch_source(t, a);
      }
    }
  }
}
