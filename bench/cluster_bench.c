/* How fast the cluster's messages are, without any statistics: a real broker on a thread, pretended workers
 * that answer every task at once, a real client session.
 *
 *   tasks    MAP tasks per second, from the first to the last, by transport, durable or not, and by how many
 * tasks a worker takes at once; and the milliseconds from `submit` to the first task bytes    MB per second
 * of shards from a client to the broker's disk, and from there to a worker
 *
 * Usage: cluster_bench DIRECTORY [TASKS] [MIB].  DIRECTORY must not be there; it holds the broker's stores.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "broker/broker.h"
#include "client/session.h"
#include "proto/wire.h"
#include "store/manifest.h"
#include "store/store.h"

enum { WORKERS = 2, PARTIAL_BYTES = 200, SHARD_ROWS = 32768, WINDOW = 8 };

static void *context;
static char root[512];

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(status st, const error *err) {
  if (st != STATUS_OK) {
    fprintf(stderr, "cluster_bench: %s\n", err->message);
    exit(1);
  }
}

static void *need(void *p) {
  if (p == NULL) {
    fputs("cluster_bench: out of memory\n", stderr);
    exit(1);
  }
  return p;
}

/* ---- The broker ---------------------------------------------------------------------------------- */

typedef struct transport {
  const char *name;
  const char
      *endpoint; /* %s: the directory; %d: a number, because sockets close a while after they are closed */
  bool has_keys;
} transport;

static const transport transports[] = {
    {"inproc", "inproc://%s/broker%d", false},
    {"ipc", "ipc://%s/socket%d", false},
    {"tcp", "tcp://127.0.0.1:*", false},
    {"tcp + CURVE", "tcp://127.0.0.1:*", true},
};
enum { TRANSPORTS = sizeof transports / sizeof transports[0] };

typedef struct service {
  broker *broker;
  pthread_t thread;
  char endpoint[600];
  bool has_keys;
  key_pair own, peer;
  key_list *allowed;
} service;

static void *serve(void *argument) {
  service *s = argument;
  error err;
  must(broker_run(s->broker, &err), &err);
  return NULL;
}

static void make_keys(service *s) {
  char path[600];
  error err;
  must(key_pair_new(&s->own, &err), &err);
  must(key_pair_new(&s->peer, &err), &err);
  snprintf(path, sizeof path, "%s/allowed", root);
  FILE *f = fopen(path, "w");
  if (!f) {
    perror(path);
    exit(1);
  }
  fprintf(f, "worker %s bench\nclient %s bench\n", s->peer.public_key, s->peer.public_key);
  fclose(f);
  must(key_list_read(path, &s->allowed, &err), &err);
}

static void service_start(service *s, const transport *t, bool durable, int number) {
  char endpoint[600];
  char directory[600];
  error err;
  *s = (service){.has_keys = t->has_keys};
  if (t->has_keys) {
    make_keys(s);
  }
  snprintf(endpoint, sizeof endpoint, t->endpoint, root, number);
  snprintf(directory, sizeof directory, "%s/store%d", root, number);
  const char *const endpoints[] = {endpoint};
  const broker_options options = {.zmq_context = context,
                                  .endpoints = endpoints,
                                  .endpoints_count = 1,
                                  .directory = durable ? directory : NULL,
                                  .key = t->has_keys ? &s->own : NULL,
                                  .allowed = s->allowed};
  must(broker_new(&options, &s->broker, &err), &err);
  snprintf(s->endpoint, sizeof s->endpoint, "%s", broker_endpoint(s->broker, 0));
  pthread_create(&s->thread, NULL, serve, s);
}

static void service_stop(service *s) {
  broker_stop(s->broker);
  pthread_join(s->thread, NULL);
  broker_destroy(s->broker);
  key_list_destroy(s->allowed);
}

/* ---- Pretended workers --------------------------------------------------------------------------- */

typedef struct pretender {
  const service *service;
  uint32_t capacity;
  pthread_t thread;
  atomic_bool *stop;
  uint64_t tasks;
  double first_s, last_s; /* MAP tasks */
} pretender;

static void *open_peer(const service *s) {
  void *socket = zmq_socket(context, ZMQ_DEALER);
  const int linger = 0;
  const int queue = 10000;
  error err;
  zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
  zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof queue);
  zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof queue);
  if (s->has_keys) {
    must(key_use_client(socket, &s->peer, s->own.public_key, &err), &err);
  }
  if (zmq_connect(socket, s->endpoint) != 0) {
    perror(s->endpoint);
    exit(1);
  }
  return socket;
}

static void say_hello(void *socket, uint32_t capacity) {
  static const uint8_t zeros[DIGEST_BYTES];
  message hello = message_of(MESSAGE_HELLO);
  error err;
  message_set_text(&hello, FIELD_ROLE, capacity > 0 ? "worker" : "client");
  message_set_bytes(&hello, FIELD_INSTANCE, zeros, INSTANCE_BYTES);
  if (capacity > 0) {
    message_set_integer(&hello, FIELD_CAPACITY, capacity);
    message_set_bytes(&hello, FIELD_FINGERPRINT, zeros, sizeof zeros);
  }
  must(wire_send(socket, NULL, &hello, NULL, 0, &err), &err);
}

static void answer(void *socket, const message *task) {
  static const char partial[PARTIAL_BYTES];
  message m = message_of(MESSAGE_RESULT);
  error err;
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, task->texts[FIELD_JOB].length);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
  char work[16] = {0};
  const slice name = task->texts[FIELD_WORK];
  memcpy(work, name.bytes, name.length < sizeof work ? name.length : sizeof work - 1);
  message_set_text(&m, FIELD_WORK, work);
  const wire_payload payload = {.bytes = partial, .length = sizeof partial};
  must(wire_send(socket, NULL, &m, &payload, 1, &err), &err);
}

static void *pretend(void *argument) {
  pretender *p = argument;
  void *socket = open_peer(p->service);
  wire_message *in = need(malloc(sizeof *in));
  const message alive = message_of(MESSAGE_ALIVE);
  double said_s = now_s();
  error err;
  say_hello(socket, p->capacity);
  while (!atomic_load(p->stop)) {
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, 100);
    bool received = true;
    while (received) {
      must(wire_receive(socket, false, in, &received, &err), &err);
      if (!received) {
        break;
      }
      if (in->header.kind == MESSAGE_TASK) {
        p->last_s = now_s();
        p->first_s = p->tasks++ == 0 ? p->last_s : p->first_s;
        answer(socket, &in->header);
      }
      wire_message_close(in);
    }
    if (now_s() - said_s > 1) {
      said_s = now_s();
      (void)!wire_send(socket, NULL, &alive, NULL, 0, &err);
    }
  }
  free(in);
  zmq_close(socket);
  return NULL;
}

/* ---- A dataset of COUNT shards ------------------------------------------------------------------- */

static digest put_shard(store *shards, size_t bytes, uint64_t number) {
  uint8_t *filled = need(malloc(bytes));
  digest name;
  error err;
  for (size_t i = 0; i < bytes; i++) { /* as little compressible as packed answers are */
    number = number * 6364136223846793005u + 1442695040888963407u;
    filled[i] = (uint8_t)(number >> 56);
  }
  must(store_put(shards, filled, bytes, &name, &err), &err);
  free(filled);
  return name;
}

/* All with one content where DISTINCT is false: then there is one blob to send. */
static manifest *make_dataset(store *shards, uint32_t count, size_t bytes, bool distinct) {
  manifest *m = need(manifest_new());
  m->files = need(ARENA_NEW(m->memory, manifest_file));
  m->shards = need(arena_array(m->memory, count, sizeof *m->shards));
  m->columns = need(ARENA_NEW(m->memory, manifest_column));
  *m->files =
      (manifest_file){.name = slice_of("bench.csv"), .bytes = 1, .records = (uint64_t)count * SHARD_ROWS};
  *m->columns = (manifest_column){.name = slice_of("q1")};
  m->files_count = 1;
  m->columns_count = 1;
  m->shards_count = count;
  digest name = {{0}};
  for (uint32_t i = 0; i < count; i++) {
    if (i == 0 || distinct) {
      name = put_shard(shards, bytes, i + 1);
    }
    m->shards[i] = (manifest_shard){
        .name = name, .bytes = bytes, .first_ordinal = (uint64_t)i * SHARD_ROWS, .rows = SHARD_ROWS};
  }
  return m;
}

static session *open_session(const service *s) {
  const session_options options = {.zmq_context = context,
                                   .endpoint = s->endpoint,
                                   .key = s->has_keys ? &s->peer : NULL,
                                   .broker_key = s->has_keys ? s->own.public_key : NULL};
  session *link = NULL;
  error err;
  must(session_connect(&options, &link, &err), &err);
  return link;
}

/* ---- Tasks --------------------------------------------------------------------------------------- */

static void submit_and_wait(session *link, const manifest *m, bool durable) {
  buf encoded;
  buf report;
  char job[SESSION_JOB_BYTES];
  error err;
  buf_init(&encoded);
  buf_init(&report);
  manifest_encode(m, &encoded);
  const slice blob = {"a plan that nobody reads", 24};
  session_job wanted = {.plan = blob, .program = blob, .dataset = "bench"};
  if (!durable) {
    wanted.manifest = (slice){(const char *)encoded.data, encoded.length};
  }
  must(session_submit(link, &wanted, job, &err), &err);
  must(session_wait(link, job, NULL, NULL, &report, NULL, &err), &err);
  buf_fini(&encoded);
  buf_fini(&report);
}

static void bench_tasks(const transport *t, bool durable, uint32_t tasks, uint32_t capacity, int number) {
  service s;
  store *shards = NULL;
  error err;
  atomic_bool stop = false;
  pretender workers[WORKERS];
  service_start(&s, t, durable, number);
  must(store_new_temporary(root, &shards, &err), &err);
  manifest *m = make_dataset(shards, tasks, 64, false);
  session *link = open_session(&s);
  if (durable) {
    must(session_put(link, "bench", 0, m, shards, NULL, NULL, &err), &err);
  }
  for (int i = 0; i < WORKERS; i++) {
    workers[i] = (pretender){.service = &s, .capacity = capacity, .stop = &stop};
    pthread_create(&workers[i].thread, NULL, pretend, &workers[i]);
  }
  usleep(300000);
  const double begun = now_s();
  submit_and_wait(link, m, durable);
  atomic_store(&stop, true);
  double first = 0;
  double last = 0;
  uint64_t done = 0;
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(workers[i].thread, NULL);
    if (workers[i].tasks > 0) {
      first = first == 0 || workers[i].first_s < first ? workers[i].first_s : first;
      last = workers[i].last_s > last ? workers[i].last_s : last;
      done += workers[i].tasks;
    }
  }
  printf("%-12s %-11s %4u at once %10.0f tasks/s   first task after %6.2f ms\n", t->name,
         durable ? "durable" : "in memory", capacity, (double)done / (last - first), (first - begun) * 1e3);
  fflush(stdout);
  session_close(link);
  manifest_destroy(m);
  store_destroy(shards);
  service_stop(&s);
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void ask(void *socket, const digest *name, uint64_t offset, uint64_t bytes) {
  message want = message_of(MESSAGE_WANT);
  error err;
  message_set_bytes(&want, FIELD_BLOB, name->bytes, DIGEST_BYTES);
  message_set_integer(&want, FIELD_OFFSET, offset);
  message_set_integer(&want, FIELD_BYTES, bytes);
  must(wire_send(socket, NULL, &want, NULL, 0, &err), &err);
}

/* As a worker fetches: WINDOW chunks under way, each byte compared with its name in the end. */
static void fetch_all(const service *s, const manifest *m) {
  void *socket = open_peer(s);
  wire_message *in = need(malloc(sizeof *in));
  error err;
  say_hello(socket, 1);
  uint32_t shard = 0;
  uint64_t offset = 0;
  unsigned under_way = 0;
  uint64_t left = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    left += m->shards[i].bytes;
  }
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
    zmq_poll(&item, 1, 1000);
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
  message m = message_of(MESSAGE_OFFER);
  error err;
  message_set_bytes(&m, FIELD_BLOB, shard->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_BYTES, shard->bytes);
  must(wire_send(socket, NULL, &m, NULL, 0, &err), &err);
}

static void give(void *socket, store *shards, const message *want) {
  message m = message_of(MESSAGE_CHUNK);
  digest name;
  store_blob blob;
  error err;
  memcpy(name.bytes, want->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  must(store_get(shards, &name, &blob, &err), &err);
  message_set_bytes(&m, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, want->integers[FIELD_OFFSET]);
  message_set_integer(&m, FIELD_BYTES, blob.length);
  const wire_payload payload = {.bytes = (const char *)blob.bytes + want->integers[FIELD_OFFSET],
                                .length = want->integers[FIELD_BYTES]};
  must(wire_send(socket, NULL, &m, &payload, 1, &err), &err);
  store_release(&blob);
}

/* As a client sends that does not share the broker's file system: WINDOW offers at once. */
static void send_all(const service *s, const manifest *m, store *shards) {
  void *socket = open_peer(s);
  wire_message *in = need(malloc(sizeof *in));
  error err;
  say_hello(socket, 0);
  uint32_t offered = 0;
  uint32_t done = 0;
  while (done < m->shards_count) {
    while (offered < m->shards_count && offered < done + WINDOW) {
      offer(socket, &m->shards[offered++]);
    }
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, 1000);
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
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    bytes += m->shards[i].bytes;
  }
  return (double)bytes / 1e6 / (now_s() - begun_s);
}

/* BY_PATH: as a client of the program does on the broker's machine. */
static void bench_bytes(const transport *t, bool by_path, uint32_t mib, int number) {
  enum { SHARD_MIB = 4 };
  service s;
  store *shards = NULL;
  error err;
  service_start(&s, t, true, number);
  must(store_new_temporary(root, &shards, &err), &err);
  manifest *m = make_dataset(shards, mib / SHARD_MIB, (size_t)SHARD_MIB << 20, true);
  double begun = now_s();
  if (by_path) {
    session *link = open_session(&s);
    must(session_put(link, "bench", 0, m, shards, NULL, NULL, &err), &err);
    session_close(link);
    printf("%-24s %8.0f MB/s to the broker's disk\n", "by path and hash", megabytes_per_s(m, begun));
  } else {
    send_all(&s, m, shards);
    printf("%-24s %8.0f MB/s to the broker's disk", t->name, megabytes_per_s(m, begun));
    begun = now_s();
    fetch_all(&s, m);
    printf(" %8.0f MB/s to a worker\n", megabytes_per_s(m, begun));
  }
  fflush(stdout);
  manifest_destroy(m);
  store_destroy(shards);
  service_stop(&s);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: cluster_bench DIRECTORY [TASKS] [MIB]\n");
    return 2;
  }
  snprintf(root, sizeof root, "%s", argv[1]);
  if (mkdir(root, 0700) != 0) {
    perror(root);
    return 1;
  }
  const uint32_t tasks = argc > 2 ? (uint32_t)atoi(argv[2]) : 20000;
  const uint32_t mib = argc > 3 ? (uint32_t)atoi(argv[3]) : 256;
  context = need(zmq_ctx_new());
  int number = 0;
  static const uint32_t capacities[] = {1, 8, 64};
  for (size_t i = 0; i < TRANSPORTS; i++) {
    for (int durable = 0; durable < 2; durable++) {
      for (size_t k = 0; k < sizeof capacities / sizeof capacities[0]; k++) {
        bench_tasks(&transports[i], durable, tasks, capacities[k], number++);
      }
    }
  }
  bench_bytes(&transports[1], true, mib, number++);
  for (size_t i = 1; i < TRANSPORTS; i++) {
    bench_bytes(&transports[i], false, mib, number++);
  }
  zmq_ctx_term(context);
  return 0;
}
