/* Receives the messages about blobs and gives each to the file beside this one that handles it. */
#include "broker/transfer/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "broker/transfer/transfer_inside.h"

transfer *transfer_new(host *h, peers *p, blobs *b, vault *v) {
  transfer *t = calloc(1, sizeof *t);
  if (t != NULL) {
    t->host = h;
    t->peers = p;
    t->blobs = b;
    t->vault = v;
  }
  return t;
}

void transfer_destroy(transfer *t) {
  if (t == NULL) {
    return;
  }
  arrivals_fini(&t->arrivals);
  search_fini(t);
  free(t);
}

/* ---- Messages ------------------------------------------------------------------------------------ */

/* Reads the name of the blob that M is about. */
static status read_blob(const wire_message *m, digest *name, error *why) {
  const slice bytes = m->header.texts[FIELD_BLOB];
  if (bytes.length != DIGEST_BYTES) {
    return error_set(why, STATUS_PROTOCOL, "a blob's digest of %zu bytes; it has %d", bytes.length,
                     (int)DIGEST_BYTES);
  }
  memcpy(name->bytes, bytes.bytes, DIGEST_BYTES);
  return STATUS_OK;
}

status transfer_on_offer(transfer *t, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(read_blob(m, &name, why));
  if (t->vault == NULL) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  const status st = incoming_begin(t, from, &name, m->header.integers[FIELD_BYTES], false, why);
  if (st == STATUS_IO || st == STATUS_LIMIT) {
    incoming_refuse(t, from, &name, why);
    return STATUS_OK;
  }
  return st;
}

status transfer_on_want(transfer *t, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(read_blob(m, &name, why));
  const uint64_t bytes = m->header.integers[FIELD_BYTES];
  if (bytes == 0 || bytes > MESSAGE_FRAME_MAX) {
    return error_set(why, STATUS_PROTOCOL, "%llu bytes of a blob were requested; 1 to %d are allowed",
                     (unsigned long long)bytes, (int)MESSAGE_FRAME_MAX);
  }
  if (chunks_send(t, from, &name, m->header.integers[FIELD_OFFSET], bytes)) {
    return STATUS_OK;
  }
  return search_begin(t, from, &name, m->header.integers[FIELD_OFFSET], bytes, why);
}

/* The arrival of the blob of which FROM is the first source; NULL: none. */
static arrival *find_arrival(const transfer *t, const peer *from, const digest *name) {
  arrival *a = arrivals_find_from(&t->arrivals, name, from);
  return a != NULL && a->sources[0].peer == from->number ? a : NULL;
}

status transfer_on_chunk(transfer *t, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(read_blob(m, &name, why));
  arrival *a = find_arrival(t, from, &name);
  if (a != NULL) {
    incoming_chunk(t, from, a, m);
  } else {
    search_chunk(t, from, m, &name);
  }
  return STATUS_OK;
}

status transfer_on_lost(transfer *t, peer *from, wire_message *m, error *why) {
  digest name;
  TRY(read_blob(m, &name, why));
  arrival *a = find_arrival(t, from, &name);
  if (a != NULL) {
    incoming_drop_source(t, a);
  } else {
    search_lost(t, from, &name);
  }
  return STATUS_OK;
}

/* ---- Peers and time ------------------------------------------------------------------------------ */

void transfer_peer_left(transfer *t, const peer *gone) {
  incoming_peer_left(t, gone);
  search_peer_left(t, gone);
}

bool transfer_is_comparing(const transfer *t) {
  return t->arrivals.comparing != NULL;
}

void transfer_housekeep(transfer *t) {
  incoming_housekeep(t);
  search_housekeep(t);
}
