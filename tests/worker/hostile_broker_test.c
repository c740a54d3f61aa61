/* A broker that sends what it should not: the worker neither crashes nor hangs, and still does honest tasks.
 *
 * Tasks are made from valid ones, whose payloads are altered, cut off, exchanged, or named without being
 * there; wants are answered with something else; and what was never sent is taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/worker/scene.h"

enum {
  ROUNDS = 400,
  ROUNDS_EACH = 40 /* for an honest task at most */,
  ROWS = 500,
  LARGE_ROWS = 120000 /* some 3 MiB of ids */,
  PAYLOADS = 5,
  HONEST_JOB = 7
};

/* Under the address sanitizer: libzmq 4.3.4 now and then forgets a queue of a connection that breaks while
 * its socket is closed, which happens here all the time. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:libzmq.so\n";
}

typedef struct hostile {
  scene *scene; /* its program and shard are the honest ones */
  seeded random;
  buf partial;
  uint64_t tasks; /* the number of the last hostile one */
  uint64_t sent, answered;
  uint64_t honest; /* the number of the last honest one */
  bool honest_done;
} hostile;

static uint64_t below(hostile *h, uint64_t count) {
  return seeded_below(&h->random, count);
}

static bool one_in(hostile *h, uint64_t count) {
  return below(h, count) == 0;
}

static uint64_t any_number(hostile *h) {
  return one_in(h, 2) ? below(h, 4) : seeded_bits(&h->random, 64);
}

/* ---- Honest work --------------------------------------------------------------------------------- */

static void begin_honest(hostile *h) {
  h->honest_done = false;
  scene_send_map(h->scene, ++h->honest);
}

static bool is_honest(const message *m) {
  uint8_t id[JOB_ID_BYTES];
  memset(id, HONEST_JOB, sizeof id);
  return m->texts[FIELD_JOB].length == sizeof id && memcmp(m->texts[FIELD_JOB].bytes, id, sizeof id) == 0;
}

/* ---- What is sent -------------------------------------------------------------------------------- */

static void alter(hostile *h, buf *b) {
  for (uint64_t i = below(h, 4); i > 0 && b->length > 0; i--) {
    b->data[below(h, b->length)] ^= (uint8_t)(1U << below(h, 8));
  }
  if (one_in(h, 6)) {
    b->length = b->length > 0 ? below(h, b->length) : 0;
  }
}

/* A program, a partial, a name of something that is there, nearly there or of an absurd size, or anything. */
static void put_payload(hostile *h, buf *out, bool *by_name) {
  uint8_t name[BLOB_NAME_BYTES];
  const buf *const samples[] = {&h->scene->program, &h->partial, &h->scene->shard};
  const buf *sample = samples[below(h, 3)];
  buf_init(out);
  switch (below(h, 5)) {
    case 0:
      scripted_blob_name(scene_bytes(sample), name);
      if (one_in(h, 2)) {
        name[below(h, sizeof name)] ^= (uint8_t)(1U << below(h, 8));
      }
      buf_put(out, name, sizeof name);
      *by_name = !one_in(h, 4);
      break;
    case 1:
      for (uint64_t i = below(h, 100); i > 0; i--) {
        buf_put_u8(out, (uint8_t)below(h, 256));
      }
      *by_name = one_in(h, 10);
      break;
    default:
      buf_put(out, sample->data, sample->length);
      alter(h, out);
  }
}

static void send_task(hostile *h) {
  static const char *const works[] = {"map", "reduce", "step", "plan", "read", "sing"};
  buf payloads[PAYLOADS];
  wire_payload wires[PAYLOADS];
  message m = scene_task((uint8_t)(100 + below(h, 3)), ++h->tasks, works[below(h, 6)]);
  message_set_integer(&m, FIELD_STAGE, below(h, 3));
  message_set_integer(&m, FIELD_ATTEMPT, seeded_bits(&h->random, 32));
  uint64_t by_name = 0;
  const size_t count = 1 + below(h, PAYLOADS);
  for (size_t i = 0; i < count; i++) {
    bool is_name = false;
    put_payload(h, &payloads[i], &is_name);
    if (i == 0 && !one_in(h, 4)) { /* else nothing else of the task is looked at */
      payloads[i].length = 0;
      buf_put(&payloads[i], h->scene->program.data, h->scene->program.length);
      is_name = false;
    }
    by_name |= (uint64_t)is_name << i;
    wires[i] = (wire_payload){.bytes = payloads[i].data, .length = payloads[i].length};
  }
  message_set_integer(&m, FIELD_BY_NAME, one_in(h, 8) ? any_number(h) : by_name);
  if (one_in(h, 4)) {
    message_set_integer(&m, FIELD_SHARD_ROWS, any_number(h));
  }
  scripted_send(h->scene->broker, &m, wires, count);
  for (size_t i = 0; i < count; i++) {
    buf_fini(&payloads[i]);
  }
  h->sent++;
}

static void set_any_blob(hostile *h, message *m) {
  static digest d;
  d = scripted_digest(scene_bytes(one_in(h, 2) ? &h->scene->shard : &h->partial));
  d.bytes[0] ^= (uint8_t)one_in(h, 3);
  message_set_bytes(m, FIELD_BLOB, d.bytes, one_in(h, 10) ? below(h, DIGEST_BYTES) : DIGEST_BYTES);
}

/* All that concerns no task. */
static void send_other(hostile *h) {
  static const message_kind kinds[] = {MESSAGE_TAKEN, MESSAGE_HAVE,    MESSAGE_WANT,  MESSAGE_CHUNK,
                                       MESSAGE_LOST,  MESSAGE_REFUSED, MESSAGE_ALIVE, MESSAGE_PROGRESS};
  message m = message_of(kinds[below(h, sizeof kinds / sizeof kinds[0])]);
  if (m.kind == MESSAGE_TAKEN) {
    m = scene_task((uint8_t)(100 + below(h, 3)), h->tasks + 1 + below(h, 10), "map");
    m.kind = MESSAGE_TAKEN; /* of one that was not sent yet */
  }
  set_any_blob(h, &m);
  message_set_integer(&m, FIELD_OFFSET, any_number(h));
  message_set_integer(&m, FIELD_BYTES, any_number(h));
  message_set_text(&m, FIELD_STATUS, one_in(h, 2) ? "io" : "ok");
  message_set_text(&m, FIELD_STATE, "queued");
  if (m.kind == MESSAGE_PROGRESS) {
    message_set_bytes(&m, FIELD_JOB, h->scene->shard.data, JOB_ID_BYTES);
  }
  const wire_payload payload = {.bytes = h->scene->shard.data, .length = below(h, h->scene->shard.length)};
  scripted_send(h->scene->broker, &m, &payload, m.kind == MESSAGE_CHUNK ? 1 : 0);
}

/* ---- What comes back ----------------------------------------------------------------------------- */

/* The honest shard comes whole, sooner or later: a worker that gets it altered asks again. */
static void answer_want(hostile *h, const message *want) {
  const digest shard = scripted_digest(scene_bytes(&h->scene->shard));
  const slice name = want->texts[FIELD_BLOB];
  const bool is_shard = memcmp(name.bytes, shard.bytes, DIGEST_BYTES) == 0;
  const uint64_t offset = want->integers[FIELD_OFFSET];
  const uint64_t bytes = want->integers[FIELD_BYTES];
  assert_in_range(bytes, 1, MESSAGE_FRAME_MAX);
  message m = message_of(is_shard || one_in(h, 2) ? MESSAGE_CHUNK : MESSAGE_LOST);
  message_set_bytes(&m, FIELD_BLOB, name.bytes, name.length);
  if (m.kind == MESSAGE_LOST) {
    message_set_text(&m, FIELD_STATUS, "not-found");
    scripted_send(h->scene->broker, &m, NULL, 0);
    return;
  }
  const bool fits = is_shard && offset + bytes <= h->scene->shard.length;
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, fits ? h->scene->shard.length : any_number(h));
  uint8_t *lie = calloc(1, bytes);
  assert_non_null(lie);
  const wire_payload payload = {.bytes = fits ? h->scene->shard.data + offset : lie,
                                .length = (size_t)(fits || one_in(h, 2) ? bytes : below(h, bytes))};
  scripted_send(h->scene->broker, &m, &payload, 1);
  free(lie);
}

static void take_answer(hostile *h, wire_message *m) {
  if (!is_honest(&m->header)) {
    h->answered++;
  } else if (m->header.integers[FIELD_TASK] == h->honest) {
    if (m->header.kind != MESSAGE_RESULT) {
      fail_msg("the honest task failed: %.*s", SLICE_ARG(m->header.texts[FIELD_MESSAGE]));
    }
    const slice got = scripted_payload(m, 0);
    assert_int_equal(got.length, h->partial.length);
    assert_memory_equal(got.bytes, h->partial.data, got.length);
    h->honest_done = true;
  }
  scene_take(h->scene, m);
}

/* Takes what comes, for at most MS; false when nothing came. */
static bool listen(hostile *h, unsigned ms) {
  wire_message *m = scripted_look(h->scene->broker, ms);
  if (m == NULL) {
    return false;
  }
  if (m->header.kind == MESSAGE_WANT) {
    answer_want(h, &m->header);
  } else if (m->header.kind == MESSAGE_RESULT || m->header.kind == MESSAGE_FAILURE) {
    take_answer(h, m);
  } else if (m->header.kind == MESSAGE_HELLO) {
    fail_msg("the worker said hello again");
  } else if (m->header.kind == MESSAGE_OFFER) {
    message have = message_of(MESSAGE_HAVE);
    message_set_bytes(&have, FIELD_BLOB, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
    scripted_send(h->scene->broker, &have, NULL, 0);
  }
  return true;
}

static int hostile_open(void **state) {
  hostile *h = calloc(1, sizeof *h);
  void *opened = NULL;
  assert_non_null(h);
  h->random = (seeded){seeded_seed()};
  print_message("seed %llu\n", (unsigned long long)seeded_seed());
  buf_init(&h->partial);
  scene_open(&opened);
  h->scene = opened;
  *state = h;
  return 0;
}

static int hostile_close(void **state) {
  hostile *h = *state;
  void *opened = h->scene;
  scene_close(&opened);
  buf_fini(&h->partial);
  free(h);
  return 0;
}

/* The worker has joined and has an honest task. */
static void begin(hostile *h, uint32_t rows) {
  scene_survey(h->scene, false, rows);
  scene_partial(h->scene, &h->partial);
  scene_begin(h->scene, NULL);
  begin_honest(h);
}

/* Every task is answered, whatever it is; honest ones rightly. */
static void tasks_of_any_kind_are_answered_and_honest_ones_rightly(void **state) {
  hostile *h = *state;
  begin(h, ROWS);
  for (int round = 0; round < ROUNDS; round++) {
    if (one_in(h, 2)) {
      send_task(h);
    }
    send_other(h);
    while (listen(h, 1)) {
    }
    while (!h->honest_done && round % ROUNDS_EACH == 0) { /* else a slow worker would do hardly any of them */
      (void)listen(h, SCRIPTED_EVER_MS);
    }
    if (h->honest_done) {
      begin_honest(h);
    }
  }
  while (!h->honest_done || h->answered < h->sent) {
    assert_true(listen(h, SCRIPTED_EVER_MS));
  }
  assert_true(h->honest > ROUNDS / ROUNDS_EACH);
}

/* ---- The largest frame --------------------------------------------------------------------------- */

/* What encryption adds to a chunk must not make it too large for the worker's socket. */
static void whole_chunks_come_through_encryption(void **state) {
  hostile *h = *state;
  key_pair own;
  key_pair peer;
  assert_int_equal(key_pair_new(&own, NULL), STATUS_OK);
  assert_int_equal(key_pair_new(&peer, NULL), STATUS_OK);
  scripted_use_keys(h->scene->broker, &own, NULL);
  h->scene->key = &peer;
  h->scene->broker_key = own.public_key;
  begin(h, LARGE_ROWS);
  while (!h->honest_done) {
    assert_true(listen(h, SCRIPTED_EVER_MS));
  }
}

#define WITH_HOSTILE(test) cmocka_unit_test_setup_teardown(test, hostile_open, hostile_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_HOSTILE(tasks_of_any_kind_are_answered_and_honest_ones_rightly),
      WITH_HOSTILE(whole_chunks_come_through_encryption),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
