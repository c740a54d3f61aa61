/* A worker and the scripted broker that it talks to, and what it computes from.
 *
 * Nothing is asked again and no peer is taken for dead unless a test says after how long.  A worker whose
 * patience is short may lose it at any time on a slow machine: it says hello then, and what was sent to it
 * may be lost. */
#ifndef CANVASS_TESTS_WORKER_SCENE_H
#define CANVASS_TESTS_WORKER_SCENE_H

#include "tests/scripted_broker.h"
#include "tests/sockets.h"
#include "tests/worker/fake_preparation.h"
#include "worker/worker.h"

enum { SCENE_LINES = 256 };

typedef struct scene {
  scripted_broker *broker; /* listens */
  sockets *sockets;        /* the worker's */
  unsigned silence_ms;     /* after which the worker takes the broker for dead */
  unsigned answer_ms;      /* after which it asks again */
  const key_pair *key;     /* the worker's, or NULL */
  const char *broker_key;
  uint8_t instance[INSTANCE_BYTES]; /* of the worker, as it said at last */
  buf program, shard;               /* a test's, from scene_survey */
  store *shards;
  worker *w;
  char log[SCENE_LINES][256];
  unsigned log_count;
  unsigned wants; /* that scene_serve answered */
} scene;

/* Set-up and tear-down of a test. */
int scene_open(void **state);
int scene_close(void **state);
#define WITH_WORKER(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

/* A worker over a fresh durable store, with one thread; THEY (may be NULL) is lent to it. */
void scene_start(scene *s, const fake_preparation *they);
/* The same, and it joins the broker. */
void scene_begin(scene *s, const fake_preparation *they);
/* Takes the worker's hello and answers it. */
void scene_welcome(scene *s);
/* It leaves by itself, or at once. */
void scene_drain(scene *s);
void scene_stop(scene *s);
/* Was there a line in the worker's log with WORDS?  For when it has stopped. */
bool scene_heard(const scene *s, const char *words);

/* ---- Tasks */
/* Of job JOB (all its bytes), stage 0. */
message scene_task(uint8_t job, uint64_t task, const char *work);
/* A MAP of the scene's program over its shard. */
void scene_send_map(scene *s, uint64_t task);
void scene_take(scene *s, const wire_message *result); /* answers `taken` */
bool scene_is_of(const wire_message *m, uint64_t task, uint64_t attempt);
/* The failure of TASK, whose status is CODE; it is not taken yet. */
wire_message *scene_expect_failure(scene *s, uint64_t task, const char *code);
/* M is the result of TASK, in which is what the scene's program and shard give. */
void scene_check_result(scene *s, wire_message *m, uint64_t task);
void scene_expect_result(scene *s, uint64_t task);

/* ---- Blobs */
slice scene_bytes(const buf *b);
/* Answers `want`s for BLOB with its chunks until another message comes, which is returned.  ALTER: the chunk
 * at that number is altered the first time; -1: none. */
wire_message *scene_serve(scene *s, slice blob, int alter);
/* Fetches an offered or staying blob from the worker; its bytes are compared with NAME. */
void scene_fetch(scene *s, const digest *name, uint64_t bytes);

/* ---- What is computed */
/* The scene's program and shard: ROWS rows of column "answer", of few values, and column "id", texts which
 * are all distinct.  The program asks for frequencies of "answer" (small partials); BIG: repeated ids too (16
 * bytes a row). */
void scene_survey(scene *s, bool big, uint32_t rows);
/* The partial of the scene's program over its shard, as it must be. */
void scene_partial(const scene *s, buf *out);
/* Another such shard. */
void scene_shard(uint32_t rows, uint64_t seed, buf *out);

#endif
