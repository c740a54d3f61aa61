/* Blobs that a peer wants and the vault does not have: a partial that stays with its worker, whose chunks
 * are passed on; or a shard that was damaged here, which some worker may still hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/shell.h"

static sought **bucket_of(transfers *t, const digest *name) {
  return &t->sought[(name->bytes[0] | (size_t)name->bytes[1] << 8) % TRANSFER_BUCKETS];
}

static sought *find(transfers *t, const digest *name) {
  sought *s = *bucket_of(t, name);
  while (s != NULL && !digest_equal(&s->name, name)) {
    s = s->chain;
  }
  return s;
}

static void discard(transfers *t, sought *gone) {
  sought **link = bucket_of(t, &gone->name);
  while (*link != gone) {
    link = &(*link)->chain;
  }
  *link = gone->chain;
  t->sought_count--;
  free(gone->seekers);
  free(gone);
}

void relay_fini(transfers *t) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    while (t->sought[i] != NULL) {
      discard(t, t->sought[i]);
    }
  }
}

static void send_want(broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes) {
  const message m = blob_want(name, offset, bytes);
  outgoing_now(b, to, &m, NULL, 0);
}

static void tell_lost(broker *b, const seeker *one, const digest *name) {
  const peer *to = routes_at(&b->routes, one->peer);
  if (to == NULL) {
    return;
  }
  char hex[DIGEST_HEX_BYTES];
  char text[256];
  digest_hex(name, hex);
  snprintf(text, sizeof text,
           "the blob %s is lost: if it is a shard, put the same files again, which sends what is "
           "missing",
           hex);
  transfer_send_lost(b, to, name, STATUS_NOT_FOUND, text);
}

/* ---- Beginning ----------------------------------------------------------------------------------- */

/* All other peers that may have it are asked for a chunk of one byte, which gives its size, or answer that it
 * is lost. */
static size_t ask_workers(broker *b, const peer *but, const digest *name) {
  size_t asked = 0;
  for (peer *p = routes_next(&b->routes, NULL); p != NULL; p = routes_next(&b->routes, p)) {
    if (p->role == WAY_WORKER && p != but && !p->is_gone) {
      send_want(b, p, name, 0, 1);
      asked++;
    }
  }
  return asked;
}

static status begin(broker *b, peer *to, const digest *name, sought **out, error *why) {
  transfers *t = &b->transfers;
  if (t->sought_count >= TRANSFER_SOUGHT_MAX) {
    return error_set(why, STATUS_LIMIT, "%zu blobs are already being sought", t->sought_count);
  }
  sought *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(why, "a sought blob");
  }
  s->name = *name;
  s->holder = blobs_holder(&b->blobs, name, to->number);
  s->chain = *bucket_of(t, name);
  *bucket_of(t, name) = s;
  t->sought_count++;
  s->since_ms = b->clock_ms;
  if (!s->holder && b->vault != NULL && to->role == WAY_WORKER) {
    s->asked = ask_workers(b, to, name);
  }
  *out = s;
  return STATUS_OK;
}

static bool is_wanted(const sought *s, uint64_t offset, uint64_t bytes) {
  for (size_t i = 0; i < s->seekers_count; i++) {
    if (s->seekers[i].offset == offset && s->seekers[i].bytes == bytes) {
      return true;
    }
  }
  return false;
}

static status add_seeker(sought *s, const seeker *one, error *why) {
  if (s->seekers_count >= TRANSFER_SOUGHT_MAX) {
    return error_set(why, STATUS_LIMIT, "a blob is requested %zu times at once", s->seekers_count);
  }
  if (!ARRAY_ROOM(s->seekers, s->seekers_count, s->seekers_capacity)) {
    return error_no_memory(why, "a sought blob");
  }
  s->seekers[s->seekers_count++] = *one;
  return STATUS_OK;
}

status relay_begin(broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes, error *why) {
  sought *s = find(&b->transfers, name);
  if (s == NULL) {
    TRY(begin(b, to, name, &s, why));
  }
  const bool is_asked = is_wanted(s, offset, bytes);
  TRY(add_seeker(s, &(seeker){.peer = to->number, .offset = offset, .bytes = bytes}, why));
  peer *holder = s->holder ? routes_at(&b->routes, s->holder) : NULL;
  if (holder != NULL && !is_asked) {
    send_want(b, holder, name, offset, bytes);
  }
  if (holder == NULL && s->asked == 0 && !transfer_is_arriving(&b->transfers, name)) {
    relay_end(b, name, true);
  }
  return STATUS_OK;
}

/* ---- Ending -------------------------------------------------------------------------------------- */

void relay_end(broker *b, const digest *name, bool is_lost) {
  sought *s = find(&b->transfers, name);
  if (s == NULL) {
    return;
  }
  for (size_t i = 0; i < s->seekers_count; i++) {
    peer *to = routes_at(&b->routes, s->seekers[i].peer);
    if (to != NULL && (is_lost || !transfer_serve(b, to, name, s->seekers[i].offset, s->seekers[i].bytes))) {
      tell_lost(b, &s->seekers[i], name);
    }
  }
  discard(&b->transfers, s);
}

static void pass_to(broker *b, peer *to, const digest *name, wire_message *m) {
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  if (!outgoing_has_room(b, to, name)) {
    return;
  }
  if (zmq_msg_copy(&frame, &m->frames[1]) == 0) {
    outgoing_chunk(b, to, name, m->header.integers[FIELD_OFFSET], m->header.integers[FIELD_BYTES], &frame);
  } else {
    transfer_send_lost(b, to, name, STATUS_NO_MEMORY, "the broker has no memory for a chunk");
  }
  zmq_msg_close(&frame);
}

/* Passed on as it came, without copying. */
static void pass_on(broker *b, sought *s, wire_message *m) {
  size_t length = 0;
  (void)wire_payload_bytes(m, 0, &length);
  const uint64_t offset = m->header.integers[FIELD_OFFSET];
  size_t left = 0;
  for (size_t i = 0; i < s->seekers_count; i++) {
    const seeker one = s->seekers[i];
    if (one.offset != offset || length > one.bytes) {
      s->seekers[left++] = one;
      continue;
    }
    peer *to = routes_at(&b->routes, one.peer);
    if (to != NULL) {
      pass_to(b, to, &s->name, m);
    }
  }
  s->seekers_count = left;
  s->since_ms = b->clock_ms;
  if (left == 0) {
    discard(&b->transfers, s);
  }
}

bool relay_chunk(broker *b, peer *from, wire_message *m, const digest *name) {
  sought *s = find(&b->transfers, name);
  if (s == NULL) {
    return false;
  }
  if (s->holder == from->number) {
    pass_on(b, s, m);
    return true;
  }
  if (s->holder || s->asked == 0) {
    return false;
  }
  s->asked--;
  error why;
  if (transfer_begin(b, from, name, m->header.integers[FIELD_BYTES], true, &why) != STATUS_OK) {
    broker_log(b, "%s", why.message);
    if (s->asked == 0 && !transfer_is_arriving(&b->transfers, name)) {
      relay_end(b, name, true);
    }
  }
  return true;
}

bool relay_lost(broker *b, const peer *from, const message *m, const digest *name) {
  (void)m;
  sought *s = find(&b->transfers, name);
  if (s == NULL || (s->holder && s->holder != from->number)) {
    return false;
  }
  if (s->holder) {
    relay_end(b, name, true);
  } else if (s->asked > 0 && --s->asked == 0 && !transfer_is_arriving(&b->transfers, name)) {
    relay_end(b, name, true);
  }
  return true;
}

void relay_peer_left(broker *b, const peer *gone) {
  for (size_t i = 0; b->transfers.sought_count > 0 && i < TRANSFER_BUCKETS; i++) {
    for (sought *s = b->transfers.sought[i], *next = NULL; s != NULL; s = next) {
      next = s->chain;
      if (s->holder == gone->number) {
        const digest name = s->name;
        relay_end(b, &name, true);
      }
    }
  }
}

/* As long as chunks keep arriving, the blob is in transfer. */
void relay_housekeep(broker *b) {
  for (size_t i = 0; b->transfers.sought_count > 0 && i < TRANSFER_BUCKETS; i++) {
    for (sought *s = b->transfers.sought[i], *next = NULL; s != NULL; s = next) {
      next = s->chain;
      const digest name = s->name;
      if (b->clock_ms - s->since_ms >= TRANSFER_SOUGHT_MS && !transfer_is_arriving(&b->transfers, &name)) {
        relay_end(b, &name, true);
      }
    }
  }
}
