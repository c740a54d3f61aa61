/* How workers become known to the core.  Each says which shards it holds; long lists wait until messages were
 * answered, one a turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/limits.h"
#include "broker/shell.h"

uint32_t joins_read_capacity(const message *m) {
  const uint64_t capacity = m->integers[FIELD_CAPACITY];
  return capacity < CORE_CAPACITY_MAX ? (uint32_t)capacity : CORE_CAPACITY_MAX;
}

uint32_t joins_capacity(const broker *b, const peer *worker) {
  return jobs_are_restored(b->jobs) ? worker->capacity : 0;
}

static void join_now(broker *b, peer *p, join *j) {
  p->is_joining = false;
  j->joined.capacity = joins_capacity(b, p);
  b->host.turn.records += j->joined.held_count;
  jobs_feed(b->jobs, &(core_event){.kind = CORE_WORKER_JOINED, .peer = p->number, .joined = j->joined});
  host_log(
      &b->host, "worker %s joined: takes %u task%s, running and waiting; %zu shard%s held%s", p->title,
      p->capacity, p->capacity == 1 ? "" : "s", j->named, j->named == 1 ? "" : "s",
      j->named > j->joined.held_count ? ", more than are taken into account when tasks are given out" : "");
}

static void discard(join *j) {
  free((uint64_t *)j->joined.held);
  free(j);
}

/* The first 8 bytes of each shard's name. */
static status read_held(wire_message *m, join *j, error *why) {
  size_t length = 0;
  const void *bytes = m->payloads_count > 0 ? wire_payload_bytes(m, 0, &length) : NULL;
  j->named = length / sizeof(uint64_t);
  const size_t count = j->named < HELLO_SHARDS_MAX ? j->named : HELLO_SHARDS_MAX;
  uint64_t *held = malloc((count + 1) * sizeof *held);
  if (held == NULL) {
    return error_no_memory(why, "a worker's shards");
  }
  reader r;
  reader_init(&r, bytes, length);
  for (size_t i = 0; i < count; i++) {
    held[i] = reader_u64(&r);
  }
  j->joined.held = held;
  j->joined.held_count = count;
  return STATUS_OK;
}

static uint64_t number_of(const char *kind, const void *bytes, size_t length) {
  uint8_t all[KEY_TEXT_BYTES + 32] = {0};
  snprintf((char *)all, sizeof all, "%s", kind);
  const size_t begin = strlen(kind) + 1;
  length = length < sizeof all - begin ? length : sizeof all - begin;
  memcpy(all + begin, bytes, length);
  return digest_xxh3(all, begin + length) | 1; /* 0: none */
}

/* This machine has one number, whichever way its workers come. */
static uint64_t host_of(zmq_msg_t *frame, const connection_peer *end) {
  const char *address = zmq_msg_gets(frame, "Peer-Address");
  if (end->is_known) {
    return number_of("here", "", 0);
  }
  if (address == NULL || address[0] == '\0') {
    return 0;
  }
  const bool is_here = strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
  return is_here ? number_of("here", "", 0) : number_of("address", address, strlen(address));
}

/* What a peer says of itself is not believed beyond its key: a process of one key is none of another key's.
 */
static void identify(const peer *p, wire_message *m, core_joining *joined) {
  const slice instance = m->header.texts[FIELD_INSTANCE];
  const connection_peer end = connection_peer_of(zmq_msg_get(&m->frames[0], ZMQ_SRCFD));
  joined->host = host_of(&m->frames[0], &end);
  if (end.is_known) {
    joined->seat = number_of("process", &end.process, sizeof end.process);
  }
  if (p->key[0] != '\0') {
    joined->trust = number_of("key", p->key, strlen(p->key));
  } else if (end.is_known) {
    joined->trust = number_of("user", &end.user, sizeof end.user);
  }
  if (instance.length == INSTANCE_BYTES) {
    uint8_t mine[INSTANCE_BYTES + sizeof joined->trust];
    memcpy(mine, instance.bytes, INSTANCE_BYTES);
    memcpy(mine + INSTANCE_BYTES, &joined->trust, sizeof joined->trust);
    joined->process = number_of("instance", mine, sizeof mine);
  }
}

static status read_join(const peer *p, wire_message *m, join *j, error *why) {
  memcpy(j->joined.fingerprint.bytes, m->header.texts[FIELD_FINGERPRINT].bytes, DIGEST_BYTES);
  identify(p, m, &j->joined);
  return read_held(m, j, why);
}

static void append(broker *b, peer *p, join *j) {
  join **link = &b->joins;
  while (*link != NULL) {
    link = &(*link)->next;
  }
  *link = j;
  b->joins_count++;
  p->is_joining = true;
}

status joins_take(broker *b, peer *p, wire_message *m, error *why) {
  join *j = calloc(1, sizeof *j);
  if (j == NULL) {
    return error_no_memory(why, "a worker");
  }
  const status st = read_join(p, m, j, why);
  if (st != STATUS_OK) {
    discard(j);
    return st;
  }
  p->capacity = joins_read_capacity(&m->header);
  j->peer = p->number;
  if (j->joined.held_count > HELLO_SHARDS_AT_ONCE && b->joins_count < JOINS_MAX) {
    append(b, p, j);
    return STATUS_OK;
  }
  join_now(b, p, j);
  discard(j);
  return STATUS_OK;
}

static void finish(broker *b, join **link) {
  join *j = *link;
  peer *p = peers_at(b->peers, j->peer);
  *link = j->next;
  b->joins_count--;
  if (p != NULL) {
    join_now(b, p, j);
  }
  discard(j);
}

void joins_finish(broker *b, peer *p) {
  join **link = &b->joins;
  while (*link != NULL && (*link)->peer != p->number) {
    link = &(*link)->next;
  }
  if (*link != NULL) {
    finish(b, link);
  }
}

void joins_do_one(broker *b) {
  if (b->joins != NULL) {
    finish(b, &b->joins);
  }
}

void joins_fini(broker *b) {
  while (b->joins != NULL) {
    join *j = b->joins;
    b->joins = j->next;
    discard(j);
  }
}
