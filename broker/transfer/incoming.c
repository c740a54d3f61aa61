/* Incoming blobs; arrivals.c has their table, chunks.c outgoing blobs, relay.c those that are
 * passed on. */
#include "broker/transfer/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/shell.h"

enum { SAID_AGAIN_MS = 60000 };

/* ---- Ending an arrival ---------------------------------------------------------------------------- */

/* Requested chunks have arrived, or will not. */
static void settle(broker *b, arrival *a, uint64_t bytes) {
  peer *p = routes_at(&b->routes, a->sources[0].peer);
  if (p != NULL) {
    p->outstanding -= bytes;
    p->owner->outstanding -= bytes;
  }
  b->transfers.outstanding -= bytes;
}

static void source_gone(broker *b, const source *s) {
  peer *p = routes_at(&b->routes, s->peer);
  if (p != NULL) {
    p->offers--;
  }
}

static void discard(broker *b, arrival *gone) {
  arrivals_remove(&b->transfers, gone);
  if (gone->sources_count > 0) {
    settle(b, gone, gone->wanted - gone->next);
  }
  for (size_t i = 0; i < gone->sources_count; i++) {
    source_gone(b, &gone->sources[i]);
  }
  free(gone->sources);
  free(gone);
}

void transfer_fini(transfers *t) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = t->arrivals[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      free(a->sources);
      free(a);
    }
  }
  relay_fini(t);
}

/* ---- Asking -------------------------------------------------------------------------------------- */

/* Whoever has nothing to send is always asked for one chunk: others that were asked and send nothing must not
 * make it wait.  Nobody gets all. */
static bool has_credit(const transfers *t, const owner *w, uint64_t bytes) {
  return w->outstanding == 0
             ? t->outstanding + bytes <= TRANSFER_WORST_BYTES
             : w->outstanding + bytes <= owners_share(TRANSFER_CREDIT_BYTES, t->outstanding - w->outstanding);
}

/* False when its source has enough to send. */
static bool ask_for_next(broker *b, arrival *a) {
  const uint64_t left = a->bytes - a->wanted;
  const uint64_t bytes = left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
  peer *p = routes_at(&b->routes, a->sources[0].peer);
  if (p == NULL || p->outstanding + bytes > TRANSFER_PEER_BYTES ||
      !has_credit(&b->transfers, p->owner, bytes)) {
    return false;
  }
  const message m = blob_want(&a->name, a->wanted, bytes);
  outgoing_now(b, p, &m, NULL, 0);
  if (a->wanted == a->next) {
    a->heard_ms = b->clock_ms; /* however long it waited for its turn */
  }
  a->wanted += bytes;
  p->outstanding += bytes;
  p->owner->outstanding += bytes;
  b->transfers.outstanding += bytes;
  return true;
}

/* Blobs take turns, a chunk each, for as long as there is credit. */
static void pump(broker *b) {
  transfers *t = &b->transfers;
  size_t in_vain = 0; /* one after the other */
  while (in_vain < t->queued && t->outstanding + MESSAGE_FRAME_MAX <= TRANSFER_WORST_BYTES) {
    arrival *a = t->queue_head;
    arrivals_dequeue(t, a);
    in_vain = ask_for_next(b, a) ? 0 : in_vain + 1;
    arrivals_enqueue(t, a);
  }
}

/* From the first of its sources, and from where the vault stopped: after wrong bytes the vault must be asked
 * again what it needs. */
static void restart(broker *b, arrival *a) {
  uint64_t next = 0;
  error ignored; /* the next chunk meets it, too */
  a->heard_ms = b->clock_ms;
  if (a->is_compared) {
    return; /* there is nothing to request */
  }
  if (vault_receive(b->vault, &a->name, a->bytes, &next, &ignored) == STATUS_OK) {
    a->next = next;
  }
  a->wanted = a->next;
  if (a->is_queued) {
    arrivals_dequeue(&b->transfers, a);
  }
  if (a->next < a->bytes) {
    arrivals_enqueue(&b->transfers, a);
  } else {
    arrivals_compare(&b->transfers, a);
  }
}

/* ---- Coming in ----------------------------------------------------------------------------------- */

static void send_have(broker *b, const peer *to, const digest *name) {
  const message m = blob_have(name);
  outgoing_answer(b, to, &m, NULL, 0);
}

/* A client that lost its connection returns as another peer and offers again.  Sending shows whether the old
 * one still exists. */
static void probe(broker *b, uint32_t number) {
  peer *p = routes_at(&b->routes, number);
  if (p != NULL) {
    const message alive = message_of(MESSAGE_ALIVE);
    outgoing_now(b, p, &alive, NULL, 0);
  }
}

static status add_source(broker *b, peer *from, arrival *a, bool was_asked, error *why) {
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
    probe(b, a->sources[0].peer);
  }
  a->sources[a->sources_count++] = (source){.peer = from->number, .was_asked = was_asked};
  from->offers++;
  return STATUS_OK;
}

static status begin_arriving(broker *b, peer *from, const digest *name, uint64_t bytes, uint64_t offset,
                             bool was_asked, error *why) {
  arrival *a = calloc(1, sizeof *a);
  if (a == NULL) {
    return error_no_memory(why, "an offered blob");
  }
  a->name = *name;
  a->bytes = bytes;
  a->next = a->wanted = offset;
  a->heard_ms = b->clock_ms;
  a->patience_ms = TRANSFER_SWITCH_MS;
  const status st = add_source(b, from, a, was_asked, why);
  if (st != STATUS_OK) {
    free(a);
    return st;
  }
  arrivals_add(&b->transfers, a);
  if (offset < bytes) {
    arrivals_enqueue(&b->transfers, a);
    pump(b);
  } else {
    arrivals_compare(&b->transfers, a);
  }
  return STATUS_OK;
}

/* It is complete: no peer need send it any longer, whatever size it gave. */
static void finish(broker *b, const digest *name) {
  b->must_sync = true;
  for (arrival *a = NULL; (a = arrivals_first(&b->transfers, name)) != NULL;) {
    for (size_t i = 0; i < a->sources_count; i++) {
      const peer *p = routes_at(&b->routes, a->sources[i].peer);
      if (p != NULL && !a->sources[i].was_asked) {
        send_have(b, p, name);
      }
    }
    discard(b, a);
  }
  relay_end(b, name, false);
}

/* Uploads leave room for what running jobs will need. */
static status check_upload(const broker *b, const peer *from, uint64_t bytes, error *why) {
  return from->role & WAY_CLIENT ? vault_check_room(b->vault, bytes, VAULT_UPLOAD_RESERVE_BYTES, why)
                                 : STATUS_OK;
}

status transfer_begin(broker *b, peer *from, const digest *name, uint64_t bytes, bool was_asked, error *why) {
  arrival *a = arrivals_find_from(&b->transfers, name, from);
  if (a != NULL && a->bytes != bytes) {
    return error_set(why, STATUS_PROTOCOL, "a blob of %llu bytes that was offered with %llu before",
                     (unsigned long long)bytes, (unsigned long long)a->bytes);
  }
  a = arrivals_find(&b->transfers, name, bytes);
  if (a != NULL) {
    return add_source(b, from, a, was_asked, why);
  }
  if (from->offers >= TRANSFER_OFFERS_MAX) {
    return error_set(why, STATUS_LIMIT, "%d blobs are offered at once: wait for a 'have'",
                     (int)TRANSFER_OFFERS_MAX);
  }
  uint64_t offset = 0;
  TRY(vault_receive(b->vault, name, bytes, &offset, why));
  if (offset < bytes) {
    TRY(check_upload(b, from, bytes - offset, why));
  }
  if (!vault_has(b->vault, name, NULL)) {
    return begin_arriving(b, from, name, bytes, offset, was_asked, why);
  }
  if (!was_asked) {
    send_have(b, from, name);
  }
  finish(b, name); /* it may just have come from hand-in/ */
  return STATUS_OK;
}

status transfer_read_blob(const wire_message *m, digest *name, error *why) {
  const slice bytes = m->header.texts[FIELD_BLOB];
  if (bytes.length != DIGEST_BYTES) {
    return error_set(why, STATUS_PROTOCOL, "a blob's digest of %zu bytes; it has %d", bytes.length,
                     (int)DIGEST_BYTES);
  }
  memcpy(name->bytes, bytes.bytes, DIGEST_BYTES);
  return STATUS_OK;
}

/* Not for every offer that a full disk refuses. */
static void say_full(broker *b, const error *why) {
  if (b->logged_full_ms == 0 || b->clock_ms - b->logged_full_ms >= SAID_AGAIN_MS) {
    b->logged_full_ms = b->clock_ms;
    broker_log(b, "an offered blob cannot be taken: %s", why->message);
  }
}

status transfer_on_offer(broker *b, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(transfer_read_blob(m, &name, why));
  if (b->vault == NULL) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  const status st = transfer_begin(b, from, &name, m->header.integers[FIELD_BYTES], false, why);
  if (st == STATUS_IO || st == STATUS_LIMIT) {
    say_full(b, why);
    transfer_send_lost(b, from, &name, st, why->message);
    return STATUS_OK;
  }
  return st;
}

/* The first source cannot be used: the next one is asked, if there is one. */
static void drop_source(broker *b, arrival *a) {
  settle(b, a, a->wanted - a->next);
  a->wanted = a->next;
  source_gone(b, &a->sources[0]);
  a->sources_count--;
  memmove(a->sources, a->sources + 1, a->sources_count * sizeof *a->sources);
  if (a->sources_count > 0) {
    restart(b, a);
    pump(b);
    return;
  }
  const digest name = a->name;
  discard(b, a);
  if (!transfer_is_arriving(&b->transfers, &name)) {
    relay_end(b, &name, true);
  }
  pump(b);
}

static void reject_source(broker *b, arrival *a, const error *why) {
  const peer *p = routes_at(&b->routes, a->sources[0].peer);
  if (p != NULL && !a->sources[0].was_asked) {
    transfer_send_lost(b, p, &a->name, why->code, why->message);
  }
  drop_source(b, a);
}

/* The vault has received up to NEXT.  When that is not the expected position, the requested chunks are
 * useless. */
static void go_to(broker *b, arrival *a, uint64_t next) {
  const bool is_onward = next > a->next && next <= a->wanted;
  settle(b, a, is_onward ? next - a->next : a->wanted - a->next);
  if (!is_onward) {
    a->wanted = next < a->bytes ? next : a->next;
  }
  a->next = is_onward ? next : a->wanted;
}

/* MAY_BE_WHOLE: it may have arrived in another way. */
static void go_on(broker *b, arrival *a, bool may_be_whole) {
  if ((may_be_whole || a->next == a->bytes) && vault_has(b->vault, &a->name, NULL)) {
    const digest name = a->name;
    finish(b, &name);
  } else if (a->next < a->bytes) {
    arrivals_enqueue(&b->transfers, a);
  } else {
    arrivals_compare(&b->transfers, a);
  }
  pump(b);
}

static status arrive(broker *b, peer *from, arrival *a, wire_message *m, error *why) {
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, 0, &length);
  const uint64_t offset = m->header.integers[FIELD_OFFSET];
  const uint64_t left = a->bytes - a->next;
  const uint64_t expected = left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
  if (offset != a->next || a->next == a->wanted) {
    return STATUS_OK; /* of an older request */
  }
  uint64_t next = a->next;
  status st = length == expected && m->header.integers[FIELD_BYTES] == a->bytes
                  ? vault_chunk(b->vault, &a->name, a->bytes, offset, bytes, length, &next, why)
                  : error_set(why, STATUS_CORRUPT, "a chunk of %zu bytes where %llu were requested", length,
                              (unsigned long long)expected);
  go_to(b, a, st == STATUS_OK || st == STATUS_CORRUPT ? next : a->next);
  if (st != STATUS_OK) {
    reject_source(b, a, why);
    return STATUS_OK;
  }
  a->heard_ms = from->chunk_ms = b->clock_ms;
  go_on(b, a, next != offset + length);
  return STATUS_OK;
}

void transfer_compare(broker *b) {
  arrival *a = b->transfers.comparing;
  if (a == NULL) {
    return;
  }
  uint64_t next = 0;
  error why;
  arrivals_compare_end(&b->transfers, a);
  if (vault_receive(b->vault, &a->name, a->bytes, &next, &why) == STATUS_OK) {
    a->next = a->wanted = next;
    a->heard_ms = b->clock_ms;
    go_on(b, a, false);
    return;
  }
  for (size_t left = a->sources_count; left > 0; left--) { /* another one could not help */
    reject_source(b, a, &why);
  }
}

status transfer_on_chunk(broker *b, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(transfer_read_blob(m, &name, why));
  arrival *a = arrivals_find_from(&b->transfers, &name, from);
  if (a != NULL && a->sources[0].peer == from->number) {
    return arrive(b, from, a, m, why);
  }
  (void)relay_chunk(b, from, m, &name); /* otherwise no peer waits for it any longer */
  return STATUS_OK;
}

status transfer_on_lost(broker *b, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(transfer_read_blob(m, &name, why));
  arrival *a = arrivals_find_from(&b->transfers, &name, from);
  if (a != NULL && a->sources[0].peer == from->number) {
    drop_source(b, a);
  } else {
    (void)relay_lost(b, from, &m->header, &name);
  }
  return STATUS_OK;
}

/* ---- Losing peers -------------------------------------------------------------------------------- */

static void forget_source(broker *b, arrival *a, uint32_t peer_number) {
  for (size_t i = 1; i < a->sources_count; i++) {
    if (a->sources[i].peer == peer_number) {
      source_gone(b, &a->sources[i]);
      a->sources_count--;
      memmove(&a->sources[i], &a->sources[i + 1], (a->sources_count - i) * sizeof *a->sources);
      return;
    }
  }
  if (a->sources[0].peer == peer_number) {
    drop_source(b, a);
  }
}

void transfer_peer_left(broker *b, const peer *gone) {
  for (size_t i = 0; gone->offers > 0 && i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = b->transfers.arrivals[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      forget_source(b, a, gone->number);
    }
  }
  relay_peer_left(b, gone);
}

/* The first source becomes the last.  The next one is given twice as long: when all of them are slow
 * each must have time for a chunk, or none ever makes progress. */
static void switch_source(broker *b, arrival *a) {
  a->patience_ms = a->patience_ms < TRANSFER_STALL_MS / 2 ? a->patience_ms * 2 : TRANSFER_STALL_MS / 2;
  settle(b, a, a->wanted - a->next);
  const source first = a->sources[0];
  memmove(a->sources, a->sources + 1, (a->sources_count - 1) * sizeof *a->sources);
  a->sources[a->sources_count - 1] = first;
  restart(b, a);
  pump(b);
}

/* Over a slow connection what was requested before arrives first: a source that sends chunks of another blob
 * will get to this one. */
static bool is_stalled(const broker *b, const arrival *a) {
  const source *first = &a->sources[0];
  const peer *p = routes_at(&b->routes, first->peer);
  const bool has_sent_others = p != NULL && !first->was_asked && p->chunk_ms > a->heard_ms;
  return b->clock_ms - (has_sent_others ? p->chunk_ms : a->heard_ms) >= TRANSFER_STALL_MS;
}

void transfer_housekeep(broker *b) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = b->transfers.arrivals[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      if (a->wanted == a->next) {
        continue;
      }
      if (is_stalled(b, a)) {
        error why;
        error_set(&why, STATUS_UNREACHABLE, "no chunk came for %d s: offer the blob again",
                  TRANSFER_STALL_MS / 1000);
        reject_source(b, a, &why);
      } else if (a->sources_count > 1 && b->clock_ms - a->heard_ms >= a->patience_ms) {
        switch_source(b, a);
      }
    }
  }
  relay_housekeep(b);
}
