/* Hostile peers beside peers that do real work: the broker lives, honest jobs end with the right
 * report, every request is answered once, and memory does not grow with what hostile peers sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/allocated.h"
#include "tests/broker/hostile_peer.h"
#include "tests/check.h"

enum {
  PEERS = 6,
  WORKERS = 2,
  ROUNDS = 250,
  SHARDS = 24,
  SOCKETS = 2000,
  WARMED = 20, /* until tables have their size */
  COMERS = 100,
  DEEDS = 30,
  BYTES_OF_A_COMER = 128 << 10,
};

/* ---- Honest work --------------------------------------------------------------------------------- */

typedef struct honest {
  talker client, workers[WORKERS];
  sample shards[SHARDS], content;
  bool keeps;
  bool is_done;
} honest;

static const char report[] = "{\"shards\":24}";

/* As the workers of other tests: partials are names of shards, the report counts them. */
static void work(talker *t) {
  const message task = t->in->header;
  const bool is_step = slice_equal(task.texts[FIELD_WORK], slice_of("step"));
  buf all;
  buf_init(&all);
  for (size_t i = is_step ? 3 : 1; i < t->in->payloads_count; i++) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(t->in, i, &length);
    buf_put(&all, bytes, length);
  }
  if (is_step) {
    const size_t shards = all.length / BLOB_NAME_BYTES;
    buf_clear(&all);
    buf_printf(&all, "{\"shards\":%zu}", shards);
  }
  const wire_payload payload = {.bytes = all.data, .length = all.length};
  worker_answer(t, &task, &payload, 1, 0);
  buf_fini(&all);
}

static void sign_of_life(talker *t, bool is_worker) {
  message alive = message_of(MESSAGE_ALIVE);
  if (is_worker) {
    message_set_integer(&alive, FIELD_CAPACITY, 2);
  }
  talker_send(t, &alive, NULL, 0);
}

static void honest_step(honest *h) {
  for (int i = 0; i < WORKERS; i++) {
    while (talker_receive(&h->workers[i], 0)) {
      if (h->workers[i].in->header.kind == MESSAGE_TASK) {
        work(&h->workers[i]);
      }
    }
  }
  while (talker_receive(&h->client, 0)) {
    const message *m = &h->client.in->header;
    if (m->kind == MESSAGE_STRANGER || m->kind == MESSAGE_REFUSED || m->kind == MESSAGE_ENDED) {
      fail_msg("the honest client got '%s': %.*s", message_kind_name(m->kind),
               SLICE_ARG(m->texts[FIELD_MESSAGE]));
    }
    if (m->kind == MESSAGE_REPORT) {
      size_t length = 0;
      const void *bytes = wire_payload_bytes(h->client.in, 0, &length);
      assert_int_equal(length, sizeof report - 1);
      assert_memory_equal(bytes, report, length);
      h->is_done = true;
    }
  }
}

static void honest_submit(honest *h, const char *key, core_job_id *job) {
  if (h->keeps) {
    talker_submit(&h->client, "survey", key, "plan", job);
  } else {
    message m = talker_request(&h->client, MESSAGE_SUBMIT);
    message_set_text(&m, FIELD_DATASET, "survey");
    message_set_text(&m, FIELD_KEY, key);
    const wire_payload payloads[] = {{.bytes = "plan", .length = 4},
                                     {.bytes = "program", .length = 7},
                                     {.bytes = h->content.bytes, .length = h->content.length}};
    talker_send(&h->client, &m, payloads, 3);
    const message *accepted = talker_expect(&h->client, MESSAGE_ACCEPTED);
    memcpy(job->bytes, accepted->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  }
  h->is_done = false;
  talker_ask(&h->client, MESSAGE_WATCH, job);
}

static void honest_init(honest *h, shell *s, bool keeps) {
  *h = (honest){.keeps = keeps};
  talker_client(s, &h->client);
  if (keeps) {
    dataset_make(&h->client, "survey", h->shards, SHARDS, 100, &h->content);
  } else {
    for (size_t i = 0; i < SHARDS; i++) {
      sample_make(&h->shards[i], 1000 + i, 100);
    }
    manifest_make(&h->content, h->shards, SHARDS, CORE_RUN_ROWS);
  }
  for (int i = 0; i < WORKERS; i++) {
    talker_worker(s, &h->workers[i], 2);
  }
}

static void honest_fini(honest *h) {
  talker_close(&h->client);
  for (int i = 0; i < WORKERS; i++) {
    talker_close(&h->workers[i]);
  }
  for (size_t i = 0; i < SHARDS; i++) {
    sample_fini(&h->shards[i]);
  }
  sample_fini(&h->content);
}

static void honest_live(honest *h) {
  sign_of_life(&h->client, false);
  for (int i = 0; i < WORKERS; i++) {
    sign_of_life(&h->workers[i], true);
  }
}

/* When nothing more comes time passes: tasks may be with hostile peers that have gone without a word. */
static void honest_finish(honest *h) {
  while (!h->is_done) {
    zmq_pollitem_t items[WORKERS + 1] = {{.socket = h->client.socket, .events = ZMQ_POLLIN}};
    for (int i = 0; i < WORKERS; i++) {
      items[i + 1] = (zmq_pollitem_t){.socket = h->workers[i].socket, .events = ZMQ_POLLIN};
    }
    if (zmq_poll(items, WORKERS + 1, SHELL_QUIET_MS) == 0) {
      honest_live(h);
      shell_pass(h->client.owner, 500);
    }
    honest_step(h);
  }
}

/* ---- Beside hostile peers ------------------------------------------------------------------------ */

static void beside_hostile_peers(shell *s, bool keeps, unsigned rounds) {
  honest h;
  hostile_world world;
  hostile_peer peers[PEERS];
  char key[32];
  shell_start(s, NULL, keeps);
  honest_init(&h, s, keeps);
  hostile_world_init(&world, s, seeded_seed() + keeps);
  world.spared = "survey";
  print_message("seed %llu\n", (unsigned long long)seeded_seed());
  for (int i = 0; i < PEERS; i++) {
    hostile_open(&peers[i], &world);
  }
  unsigned jobs = 0;
  honest_submit(&h, "honest-0", &world.job);
  for (unsigned round = 0; round < rounds; round++) {
    for (int i = 0; i < PEERS; i++) {
      hostile_act(&peers[i]);
      hostile_listen(&peers[i]);
    }
    honest_step(&h);
    if (round % 20 == 0) {
      honest_live(&h);
    }
    if (h.is_done) {
      snprintf(key, sizeof key, "honest-%u", ++jobs);
      honest_submit(&h, key, &world.job);
    }
  }
  honest_finish(&h);
  for (int i = 0; i < PEERS; i++) {
    hostile_close(&peers[i]);
  }
  hostile_world_fini(&world);
  honest_fini(&h);
  shell_stop(s);
}

static void honest_jobs_end_beside_hostile_peers(void **state) {
  beside_hostile_peers(*state, true, ROUNDS);
}

static void honest_jobs_end_beside_hostile_peers_of_a_broker_that_keeps_nothing(void **state) {
  beside_hostile_peers(*state, false, ROUNDS);
}

/* Those that are trusted with tasks, datasets and jobs may ruin them, but not the broker: when they have
 * left, everything works. */
static void a_broker_outlives_workers_and_clients_that_ruin_all_they_can(void **state) {
  shell *s = *state;
  honest h;
  hostile_world world;
  hostile_peer peers[PEERS];
  shell_start(s, NULL, true);
  hostile_world_init(&world, s, seeded_seed() + 3);
  world.works = true;
  for (int i = 0; i < PEERS; i++) {
    hostile_open(&peers[i], &world);
  }
  for (unsigned round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < PEERS; i++) {
      hostile_act(&peers[i]);
      hostile_listen(&peers[i]);
    }
    if (round == ROUNDS / 2) { /* what they left in the ledger does no harm either */
      shell_restart(s);
      for (int i = 0; i < PEERS; i++) { /* the old connections may swallow what is sent */
        hostile_reopen(&peers[i]);
      }
    }
  }
  for (int i = 0; i < PEERS; i++) {
    hostile_leave(&peers[i]);
  }
  honest_init(&h, s, true);
  honest_submit(&h, "honest", &world.job);
  honest_finish(&h);
  for (int i = 0; i < PEERS; i++) {
    hostile_close(&peers[i]);
  }
  hostile_world_fini(&world);
  honest_fini(&h);
}

/* ---- Memory -------------------------------------------------------------------------------------- */

/* One that offers, asks, watches and submits, and goes without a word. */
static void come_and_go(hostile_world *w, unsigned deeds) {
  hostile_peer p;
  hostile_open(&p, w);
  for (unsigned i = 0; i < deeds; i++) {
    hostile_act(&p);
    hostile_listen(&p);
  }
  talker_close(&p.line);
  free(p.answers);
}

/* What has come so far is done with when the broker has answered what came last. */
static size_t allocated_when_idle(honest *h) {
  honest_finish(h);
  for (int turn = 0; turn < 2; turn++) {
    talker_list(&h->client, "jobs");
    talker_expect(&h->client, MESSAGE_LISTING);
  }
  return allocated();
}

/* What the broker keeps of one that is gone is little, even before it finds out: a worker that says it holds
 * many shards is another matter (core_placing_test). */
static void memory_does_not_grow_with_peers_that_come_and_go(void **state) {
  shell *s = *state;
  honest h;
  hostile_world world;
  shell_start(s, NULL, true);
  honest_init(&h, s, true);
  hostile_world_init(&world, s, seeded_seed() + 2);
  world.spared = "survey";
  world.holds_little = true;
  honest_submit(&h, "honest", &world.job);
  for (int i = 0; i < WARMED; i++) {
    come_and_go(&world, DEEDS);
    honest_step(&h);
  }
  const size_t before = allocated_when_idle(&h);
  for (int i = 0; i < COMERS; i++) {
    come_and_go(&world, DEEDS);
    honest_step(&h);
    if (i % 20 == 0) {
      honest_live(&h);
    }
  }
  const size_t after = allocated_when_idle(&h);
  if (after > before && after - before > (size_t)COMERS * BYTES_OF_A_COMER) {
    fail_msg("%zu bytes more after %d peers, at most %d for each are allowed", after - before, COMERS,
             BYTES_OF_A_COMER);
  }
  hostile_world_fini(&world);
  honest_fini(&h);
}

/* The most that one message can bring, and no worker for it. */
static void jobs_that_wait_hold_little_memory(void **state) {
  enum { JOBS = 64, MOST_BYTES = 16 << 20 };
  shell *s = *state;
  talker t;
  sample shards[1];
  sample content;
  sample plan;
  char key[32];
  shell_start(s, NULL, true);
  talker_client(s, &t);
  dataset_make(&t, "survey", shards, 1, 100, &content);
  sample_make(&plan, 3, MESSAGE_FRAME_MAX);
  const size_t before = allocated();
  for (int i = 0; i < JOBS; i++) {
    message m = talker_request(&t, MESSAGE_SUBMIT);
    snprintf(key, sizeof key, "job-%d", i);
    message_set_text(&m, FIELD_DATASET, "survey");
    message_set_text(&m, FIELD_KEY, key);
    const wire_payload payload = {.bytes = plan.bytes, .length = plan.length};
    talker_send(&t, &m, &payload, 1);
    talker_expect(&t, MESSAGE_ACCEPTED);
  }
  const size_t after = allocated();
  if (after > before + MOST_BYTES) {
    fail_msg("%d jobs that wait hold %zu bytes", JOBS, after - before);
  }
  talker_close(&t);
  sample_fini(&plan);
  sample_fini(&content);
  sample_fini(shards);
}

/* Sockets alone, some of which say hello: descriptors come back, and others are served. */
static void sockets_by_the_thousand_leave_nothing(void **state) {
  shell *s = *state;
  honest h;
  core_job_id job;
  shell_start(s, NULL, true);
  honest_init(&h, s, true);
  honest_submit(&h, "honest", &job);
  for (int i = 0; i < SOCKETS; i++) {
    talker t;
    talker_connect(s, &t);
    if (i % 3 == 0) {
      talker_hello(&t, i % 2 ? "client" : "worker", 0);
    }
    if (i % 150 == 0) {
      talker_expect(&t, MESSAGE_WELCOME);
      honest_live(&h);
    }
    talker_close(&t);
    honest_step(&h);
  }
  honest_finish(&h);
  honest_fini(&h);
}

/* ---- Uploads ------------------------------------------------------------------------------------- */

/* Takes wants of BLOB and answers those before SPOILT_FROM; the first behind gets a byte too few. */
static void spoil_upload(talker *t, const sample *blob, uint64_t spoilt_from) {
  for (;;) {
    const message *want = talker_expect(t, MESSAGE_WANT);
    if (want->integers[FIELD_OFFSET] >= spoilt_from) {
      message m = message_of(MESSAGE_CHUNK);
      message_set_bytes(&m, FIELD_BLOB, blob->name.bytes, DIGEST_BYTES);
      message_set_integer(&m, FIELD_OFFSET, want->integers[FIELD_OFFSET]);
      message_set_integer(&m, FIELD_BYTES, blob->length);
      const wire_payload payload = {.bytes = blob->bytes, .length = want->integers[FIELD_BYTES] - 1};
      talker_send(t, &m, &payload, 1);
      return;
    }
    talker_answer_want(t, blob);
  }
}

static void an_upload_that_one_spoils_goes_on_with_another(void **state) {
  enum { MIB = 1 << 20, CHUNKS = 20, SPOILT = 12 };
  shell *s = *state;
  talker hostile;
  talker client;
  sample blob;
  unsigned wants = 0;
  shell_start(s, NULL, true);
  sample_make(&blob, 1, (size_t)CHUNKS * MIB);
  talker_client(s, &hostile);
  talker_client(s, &client);
  talker_offer(&hostile, &blob);
  (void)talker_next(&hostile);
  talker_answer_want(&hostile, &blob);
  talker_offer(&client, &blob);
  talker_expect_none(&client, MESSAGE_WANT); /* it stands by */
  spoil_upload(&hostile, &blob, (uint64_t)SPOILT * MIB);
  for (;;) {
    (void)talker_next(&client);
    if (client.in->header.kind == MESSAGE_HAVE) {
      break;
    }
    if (client.in->header.kind == MESSAGE_WANT) {
      assert_true(++wants <= CHUNKS - SPOILT);
      talker_answer_want(&client, &blob);
    }
  }
  talker_close(&hostile);
  talker_close(&client);
  sample_fini(&blob);
}

/* All of the size that was said, and other bytes: what came is of no use to anybody else. */
static void an_upload_of_wrong_bytes_goes_on_with_another(void **state) {
  shell *s = *state;
  talker hostile;
  talker client;
  sample blob;
  sample wrong;
  shell_start(s, NULL, true);
  sample_make(&blob, 1, 2 << 20);
  sample_make(&wrong, 2, blob.length);
  wrong.name = blob.name;
  talker_client(s, &hostile);
  talker_client(s, &client);
  talker_offer(&hostile, &wrong);
  talker_expect(&hostile, MESSAGE_WANT);
  talker_answer_want(&hostile, &wrong);
  talker_expect(&hostile, MESSAGE_WANT);
  talker_offer(&client, &blob);
  talker_expect_none(&client, MESSAGE_WANT); /* it stands by */
  talker_answer_want(&hostile, &wrong);
  for (bool has_ended = false; !has_ended;) {
    (void)talker_next(&client);
    const message *m = &client.in->header;
    has_ended = m->kind == MESSAGE_HAVE;
    if (m->kind == MESSAGE_LOST) { /* it was asked for the end, as the other took long */
      assert_slice_equal(m->texts[FIELD_STATUS], slice_of("corrupt"));
      talker_offer(&client, &blob);
    } else if (m->kind == MESSAGE_WANT) {
      talker_answer_want(&client, &blob);
    }
  }
  talker_fetch(&client, &blob);
  talker_close(&hostile);
  talker_close(&client);
  sample_fini(&wrong);
  sample_fini(&blob);
}

/* ---- Hello --------------------------------------------------------------------------------------- */

/* One answer: a refused peer remains unknown. */
static void a_worker_that_is_refused_was_not_welcome(void **state) {
  shell *s = *state;
  talker t;
  shell_start(s, NULL, true);
  talker_connect(s, &t);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  talker_send(&t, &hello, NULL, 0);
  (void)talker_next(&t);
  assert_int_equal(t.in->header.kind, MESSAGE_REFUSED);
  talker_say(&t, MESSAGE_ALIVE);
  (void)talker_next(&t);
  assert_int_equal(t.in->header.kind, MESSAGE_STRANGER);
  talker_close(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(honest_jobs_end_beside_hostile_peers),
      SHELL_TEST(honest_jobs_end_beside_hostile_peers_of_a_broker_that_keeps_nothing),
      SHELL_TEST(a_broker_outlives_workers_and_clients_that_ruin_all_they_can),
      SHELL_TEST(an_upload_that_one_spoils_goes_on_with_another),
      SHELL_TEST(an_upload_of_wrong_bytes_goes_on_with_another),
      SHELL_TEST(a_worker_that_is_refused_was_not_welcome),
      SHELL_TEST(memory_does_not_grow_with_peers_that_come_and_go),
      SHELL_TEST(jobs_that_wait_hold_little_memory),
      SHELL_TEST(sockets_by_the_thousand_leave_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
