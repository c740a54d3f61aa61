/* A broker of which a test decides every word: a ROUTER socket, what came over it, and what a worker computes
 * from.
 *
 * Everything waits for messages, as long as it takes; nothing is asked again and no peer is taken for dead
 * unless a test says after how long.  A worker whose patience is short may lose it at any time on a slow
 * machine: it says hello then, and what was sent to it may be lost. */
#ifndef CANVASS_TESTS_WORKER_FAKE_BROKER_H
#define CANVASS_TESTS_WORKER_FAKE_BROKER_H

#include "proto/wire.h"
#include "tests/worker/fake_preparation.h"
#include "worker/worker.h"

enum { FAKE_EVER_MS = 24 * 3600 * 1000, FAKE_LINES = 256 };

typedef struct fake_broker {
  void *context;
  void *router;
  char directory[256]; /* fresh; for sockets and stores */
  char endpoint[300];
  uint8_t instance;    /* of the broker: all its bytes */
  unsigned silence_ms; /* after which the worker takes the broker for dead */
  unsigned answer_ms;  /* after which it asks again */
  bool knows;          /* the worker has said hello */
  wire_route worker;
  uint8_t worker_instance[INSTANCE_BYTES];
  uint64_t capacity;  /* as last announced */
  unsigned wants;     /* that fake_serve answered */
  wire_message *last; /* the last message that fake_expect gave */
  char log[FAKE_LINES][256];
  unsigned log_count;
  store *shards;
  worker *w;
} fake_broker;

void fake_setup(fake_broker *f);
void fake_teardown(fake_broker *f);
/* The socket goes, and another one is bound in its place: a restart. */
void fake_unbind(fake_broker *f);
void fake_bind(fake_broker *f);
/* A worker over a fresh durable store, with one thread; THEY (may be NULL) is lent to it. */
void fake_start_worker(fake_broker *f, const fake_preparation *they);
/* Takes hello and answers welcome; DIRECTORY and PROBE may be NULL. */
void fake_welcome(fake_broker *f, const char *directory, const uint8_t *probe);
/* The same for a hello that came already. */
void fake_answer_hello(fake_broker *f, const wire_message *hello);
/* The next message, which must be of KIND; signs of life are answered, and counted as nothing. */
wire_message *fake_expect(fake_broker *f, message_kind kind);
/* The next message of any kind but a sign of life. */
wire_message *fake_next(fake_broker *f);
/* The same; NULL when none came within MS: for the silence between messages alone. */
wire_message *fake_look(fake_broker *f, unsigned ms);
void fake_send(fake_broker *f, const message *m, const wire_payload *payloads, size_t count);

/* A task of job JOB (all its bytes), stage 0. */
message fake_task(uint8_t job, uint64_t task, const char *work);
void fake_take(fake_broker *f, const wire_message *result); /* answers `taken` */
bool fake_is_of(const wire_message *m, uint64_t task, uint64_t attempt);
slice fake_payload(wire_message *m, size_t index);
/* Answers `want`s for BLOB with its chunks until another message comes, which is returned.  ALTER: the chunk
 * at that number is altered the first time; -1: none. */
wire_message *fake_serve(fake_broker *f, slice blob, int alter);
/* Was there a line in the worker's log with WORDS? */
bool fake_heard(const fake_broker *f, const char *words);
/* Fetches an offered or staying blob from the worker, OUT's bytes are compared with NAME. */
void fake_fetch(fake_broker *f, const digest *name, uint64_t bytes, buf *out);

/* A broker's directory that the worker can see, with BLOB and fake_probe in it. */
void fake_share(fake_broker *f, char *path, size_t capacity, slice blob);
extern const uint8_t fake_probe[16];

/* BLOB_NAME_BYTES of BYTES. */
void fake_name(slice bytes, uint8_t out[BLOB_NAME_BYTES]);
digest fake_digest(slice bytes);

/* A shard of ROWS rows: column "answer" of few values, column "id" of texts, all distinct; SEED makes it
 * another one. */
void fake_shard(uint32_t rows, uint64_t seed, buf *out);
/* A program over such shards: frequencies of "answer" (small partials); BIG: repeated ids too (16 bytes a
 * row). */
void fake_program(bool big, buf *out);
/* The partial of PROGRAM over SHARDS, as it must be. */
void fake_partial(slice program, const buf *shards, size_t count, buf *out);

#endif
