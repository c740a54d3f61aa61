/* MB per second of a broker. */
#include "bench/cluster_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "bench/cluster_dataset.h"
#include "cli/remote_dataset.h"
#include "proto/blob.h"

enum { SHARD_MIB = 4, WINDOW = 8 };

/* ---- Chunks -------------------------------------------------------------------------------------- */

static void ask(void *socket, const digest *name, uint64_t offset, uint64_t bytes) {
  const message want = blob_want(name, offset, bytes);
  error err;
  must(wire_send(socket, NULL, &want, NULL, 0, &err), &err);
}

/* As a worker fetches: WINDOW chunks under way, each byte compared with its name in the end. */
static void fetch_all(const service *s, const manifest *m) {
  void *socket = service_peer(s);
  wire_message *in = need(malloc(sizeof *in));
  error err;
  service_hello(socket, 1);
  uint32_t shard = 0;
  uint64_t offset = 0;
  unsigned under_way = 0;
  uint64_t left = dataset_bytes(m);
  while (left > 0) {
    while (under_way < WINDOW && shard < m->shards_count) {
      const uint64_t rest = m->shards[shard].bytes - offset;
      const uint64_t bytes = rest < MESSAGE_FRAME_MAX ? rest : MESSAGE_FRAME_MAX;
      ask(socket, &m->shards[shard].name, offset, bytes);
      under_way++;
      offset += bytes;
      if (offset == m->shards[shard].bytes) {
        shard++;
        offset = 0;
      }
    }
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    must_zmq(zmq_poll(&item, 1, 1000), "waiting for chunks");
    bool received = false;
    must(wire_receive(socket, false, in, &received, &err), &err);
    if (received && in->header.kind == MESSAGE_CHUNK) {
      size_t length = 0;
      (void)wire_payload_bytes(in, 0, &length);
      left -= length;
      under_way--;
    }
    if (received) {
      wire_message_close(in);
    }
  }
  free(in);
  zmq_close(socket);
}

static void offer(void *socket, const manifest_shard *shard) {
  const message m = blob_offer(&shard->name, shard->bytes);
  error err;
  must(wire_send(socket, NULL, &m, NULL, 0, &err), &err);
}

static void give(void *socket, store *shards, const message *want) {
  digest name;
  store_blob blob;
  error err;
  (void)blob_of_message(want, &name);
  must(store_get(shards, &name, &blob, &err), &err);
  const message m = blob_chunk(&name, want->integers[FIELD_OFFSET], blob.length);
  const wire_payload payload = {.bytes = (const char *)blob.bytes + want->integers[FIELD_OFFSET],
                                .length = want->integers[FIELD_BYTES]};
  must(wire_send(socket, NULL, &m, &payload, 1, &err), &err);
  store_release(&blob);
}

/* WINDOW offers at once. */
void bytes_send(const service *s, const manifest *m, uint32_t first, uint32_t end, store *shards) {
  void *socket = service_peer(s);
  wire_message *in = need(malloc(sizeof *in));
  error err;
  service_hello(socket, 0);
  uint32_t offered = first;
  uint32_t done = first;
  while (done < end) {
    while (offered < end && offered < done + WINDOW) {
      offer(socket, &m->shards[offered++]);
    }
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    must_zmq(zmq_poll(&item, 1, 1000), "waiting for chunks");
    bool received = false;
    must(wire_receive(socket, false, in, &received, &err), &err);
    if (!received) {
      continue;
    }
    if (in->header.kind == MESSAGE_WANT) {
      give(socket, shards, &in->header);
    }
    done += in->header.kind == MESSAGE_HAVE;
    wire_message_close(in);
  }
  free(in);
  zmq_close(socket);
}

static double megabytes_per_s(const manifest *m, double begun_s) {
  return (double)dataset_bytes(m) / 1e6 / (now_s() - begun_s);
}

/* ---- Both ways ----------------------------------------------------------------------------------- */

typedef struct shipment {
  service to;
  store *shards;
  manifest *content;
} shipment;

static void shipment_open(shipment *h, place *at, const transport *t, uint32_t mib) {
  error err;
  service_start(&h->to, at, t, true);
  must(store_new_temporary(at->directory, &h->shards, &err), &err);
  h->content = dataset_make(h->shards, mib / SHARD_MIB, (size_t)SHARD_MIB << 20, true);
}

static void shipment_close(shipment *h) {
  manifest_destroy(h->content);
  store_destroy(h->shards);
  service_stop(&h->to);
}

bytes_figures bytes_measure(place *at, const transport *t, uint32_t mib) {
  shipment h;
  bytes_figures figures;
  shipment_open(&h, at, t, mib);
  double begun_s = now_s();
  bytes_send(&h.to, h.content, 0, h.content->shards_count, h.shards);
  figures.to_disk = megabytes_per_s(h.content, begun_s);
  begun_s = now_s();
  fetch_all(&h.to, h.content);
  figures.to_worker = megabytes_per_s(h.content, begun_s);
  shipment_close(&h);
  return figures;
}

bytes_figures bytes_measure_by_path(place *at, const transport *t, uint32_t mib) {
  shipment h;
  bytes_figures figures = {0};
  error err;
  shipment_open(&h, at, t, mib);
  const double begun_s = now_s();
  session *link = service_session(&h.to);
  must(remote_dataset_put(link, "bench", 0, h.content, h.shards, NULL, NULL, &err), &err);
  session_close(link);
  figures.to_disk = megabytes_per_s(h.content, begun_s);
  shipment_close(&h);
  return figures;
}
