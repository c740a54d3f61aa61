/* Blobs that a peer wants and the vault lacks: a partial that stays with its worker, whose chunks are passed
 * on; or a shard that was damaged here, which some worker may still have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/transfer/transfer_inside.h"

static size_t bucket_of(const digest *name) {
  return (name->bytes[0] | (size_t)name->bytes[1] << 8) % TRANSFER_BUCKETS;
}

static search *find(const transfer *t, const digest *name) {
  search *s = t->searches[bucket_of(name)];
  while (s != NULL && !digest_equal(&s->name, name)) {
    s = s->chain;
  }
  return s;
}

static void discard(transfer *t, search *gone) {
  search **link = &t->searches[bucket_of(&gone->name)];
  while (*link != gone) {
    link = &(*link)->chain;
  }
  *link = gone->chain;
  t->searches_count--;
  free(gone->requests);
  free(gone);
}

void search_fini(transfer *t) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    while (t->searches[i] != NULL) {
      discard(t, t->searches[i]);
    }
  }
}

static void send_want(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes) {
  const message m = blob_want(name, offset, bytes);
  peers_send_now(t->peers, to, &m);
}

static void tell_lost(transfer *t, const request *one, const digest *name) {
  const peer *to = peers_at(t->peers, one->peer);
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
  chunks_lost(t, to, name, STATUS_NOT_FOUND, text);
}

/* ---- Beginning ----------------------------------------------------------------------------------- */

/* Asks all other peers that may have the blob for a chunk of one byte, which tells its size.  Those that do
 * not have it answer `lost`. */
static size_t ask_workers(transfer *t, const peer *but, const digest *name) {
  size_t asked = 0;
  for (peer *p = peers_next(t->peers, NULL); p != NULL; p = peers_next(t->peers, p)) {
    if (p->role == WAY_WORKER && p != but && !p->is_gone) {
      send_want(t, p, name, 0, 1);
      asked++;
    }
  }
  return asked;
}

static status begin(transfer *t, peer *to, const digest *name, search **out, error *why) {
  if (t->searches_count >= TRANSFER_SEARCHES_MAX) {
    return error_set(why, STATUS_LIMIT, "%zu blobs are already being sought", t->searches_count);
  }
  search *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(why, "a search for a blob");
  }
  s->name = *name;
  s->holder = blobs_holder(t->blobs, name, to->number);
  search **bucket = &t->searches[bucket_of(name)];
  s->chain = *bucket;
  *bucket = s;
  t->searches_count++;
  s->since_ms = t->host->clock_ms;
  if (!s->holder && t->vault != NULL && to->role == WAY_WORKER) {
    s->asked = ask_workers(t, to, name);
  }
  *out = s;
  return STATUS_OK;
}

static bool is_wanted(const search *s, uint64_t offset, uint64_t bytes) {
  for (size_t i = 0; i < s->requests_count; i++) {
    if (s->requests[i].offset == offset && s->requests[i].bytes == bytes) {
      return true;
    }
  }
  return false;
}

static status add_request(search *s, const request *one, error *why) {
  if (s->requests_count >= TRANSFER_SEARCHES_MAX) {
    return error_set(why, STATUS_LIMIT, "a blob is requested %zu times at once", s->requests_count);
  }
  if (!ARRAY_ROOM(s->requests, s->requests_count, s->requests_capacity)) {
    return error_no_memory(why, "a search for a blob");
  }
  s->requests[s->requests_count++] = *one;
  return STATUS_OK;
}

status search_begin(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes, error *why) {
  search *s = find(t, name);
  if (s == NULL) {
    TRY(begin(t, to, name, &s, why));
  }
  const bool is_asked = is_wanted(s, offset, bytes);
  TRY(add_request(s, &(request){.peer = to->number, .offset = offset, .bytes = bytes}, why));
  peer *holder = s->holder ? peers_at(t->peers, s->holder) : NULL;
  if (holder != NULL && !is_asked) {
    send_want(t, holder, name, offset, bytes);
  }
  if (holder == NULL && s->asked == 0 && arrivals_first(&t->arrivals, name) == NULL) {
    search_end(t, name, true);
  }
  return STATUS_OK;
}

/* ---- Ending -------------------------------------------------------------------------------------- */

void search_end(transfer *t, const digest *name, bool is_lost) {
  search *s = find(t, name);
  if (s == NULL) {
    return;
  }
  for (size_t i = 0; i < s->requests_count; i++) {
    peer *to = peers_at(t->peers, s->requests[i].peer);
    if (to != NULL && (is_lost || !chunks_send(t, to, name, s->requests[i].offset, s->requests[i].bytes))) {
      tell_lost(t, &s->requests[i], name);
    }
  }
  discard(t, s);
}

static void pass_to(transfer *t, peer *to, const digest *name, wire_message *m) {
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  if (!chunks_have_room(t, to, name)) {
    return;
  }
  if (zmq_msg_copy(&frame, &m->frames[1]) == 0) {
    chunks_pass(t, to, name, m->header.integers[FIELD_OFFSET], m->header.integers[FIELD_BYTES], &frame);
  } else {
    chunks_lost(t, to, name, STATUS_NO_MEMORY, "the broker has no memory for a chunk");
  }
  zmq_msg_close(&frame);
}

/* Passes the chunk on without copying it. */
static void pass_on(transfer *t, search *s, wire_message *m) {
  size_t length = 0;
  (void)wire_payload_bytes(m, 0, &length);
  const uint64_t offset = m->header.integers[FIELD_OFFSET];
  size_t left = 0;
  for (size_t i = 0; i < s->requests_count; i++) {
    const request one = s->requests[i];
    if (one.offset != offset || length > one.bytes) {
      s->requests[left++] = one;
      continue;
    }
    peer *to = peers_at(t->peers, one.peer);
    if (to != NULL) {
      pass_to(t, to, &s->name, m);
    }
  }
  s->requests_count = left;
  s->since_ms = t->host->clock_ms;
  if (left == 0) {
    discard(t, s);
  }
}

void search_chunk(transfer *t, peer *from, wire_message *m, const digest *name) {
  search *s = find(t, name);
  if (s == NULL) {
    return;
  }
  if (s->holder == from->number) {
    pass_on(t, s, m);
    return;
  }
  if (s->holder || s->asked == 0) {
    return;
  }
  s->asked--;
  error why;
  if (incoming_begin(t, from, name, m->header.integers[FIELD_BYTES], true, &why) != STATUS_OK) {
    host_log(t->host, "%s", why.message);
    if (s->asked == 0 && arrivals_first(&t->arrivals, name) == NULL) {
      search_end(t, name, true);
    }
  }
}

void search_lost(transfer *t, const peer *from, const digest *name) {
  search *s = find(t, name);
  if (s == NULL || (s->holder && s->holder != from->number)) {
    return;
  }
  if (s->holder) {
    search_end(t, name, true);
  } else if (s->asked > 0 && --s->asked == 0 && arrivals_first(&t->arrivals, name) == NULL) {
    search_end(t, name, true);
  }
}

void search_peer_left(transfer *t, const peer *gone) {
  for (size_t i = 0; t->searches_count > 0 && i < TRANSFER_BUCKETS; i++) {
    for (search *s = t->searches[i], *next = NULL; s != NULL; s = next) {
      next = s->chain;
      if (s->holder == gone->number) {
        const digest name = s->name;
        search_end(t, &name, true);
      }
    }
  }
}

/* Ends searches that take too long, except for blobs that have begun to arrive. */
void search_housekeep(transfer *t) {
  for (size_t i = 0; t->searches_count > 0 && i < TRANSFER_BUCKETS; i++) {
    for (search *s = t->searches[i], *next = NULL; s != NULL; s = next) {
      next = s->chain;
      const digest name = s->name;
      if (t->host->clock_ms - s->since_ms >= TRANSFER_SEARCH_MS &&
          arrivals_first(&t->arrivals, &name) == NULL) {
        search_end(t, &name, true);
      }
    }
  }
}
