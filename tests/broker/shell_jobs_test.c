/* Jobs: submitted once however often it is asked, continued after restarts of the broker, and with partials
 * that stay where they were made. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

enum { SHARDS = 12, SMALL = 100 };

typedef struct fixture {
  talker client;
  sample shards[SHARDS], content;
} fixture;

static void fixture_init(shell *s, fixture *f, size_t shards) {
  memset(f, 0, sizeof *f);
  talker_first_client(s, &f->client);
  dataset_make(&f->client, "survey", f->shards, shards, SMALL, &f->content);
}

/* ---- Lists --------------------------------------------------------------------------------------- */

/* The listing of jobs, as text; LIMIT 0, DATASET or STATE NULL: not asked for. */
static void list_jobs(talker *t, uint64_t limit, const char *name, const char *job_state, char out[8192]) {
  message m = talker_request(t, MESSAGE_LIST);
  message_set_text(&m, FIELD_WHAT, "jobs");
  if (limit > 0) {
    message_set_integer(&m, FIELD_LIMIT, limit);
  }
  if (name != NULL) {
    message_set_text(&m, FIELD_DATASET, name);
  }
  if (job_state != NULL) {
    message_set_text(&m, FIELD_STATE, job_state);
  }
  talker_send(t, &m, NULL, 0);
  talker_expect(t, MESSAGE_LISTING);
  size_t length = 0;
  const void *bytes = wire_payload_bytes(t->in, 0, &length);
  assert_true(length < 8192);
  memcpy(out, bytes, length);
  out[length] = '\0';
}

static size_t count_of(const char *text, const char *words) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, words)) != NULL; at++) {
    count++;
  }
  return count;
}

static void jobs_are_listed_up_to_a_limit_by_dataset_and_by_state(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id jobs[4];
  char text[8192];
  fixture_init(s, &f, 3);
  talker_commit(&f.client, "panel", 0, &f.content);
  talker_submit(&f.client, "survey", "one", "plan", &jobs[0]);
  talker_submit(&f.client, "panel", "two", "plan", &jobs[1]);
  talker_submit(&f.client, "survey", "three", "plan", &jobs[2]);
  talker_submit(&f.client, "panel", "four", "plan", &jobs[3]);
  talker_ask(&f.client, MESSAGE_CANCEL, &jobs[3]);
  talker_expect(&f.client, MESSAGE_ENDED);

  list_jobs(&f.client, 0, NULL, NULL, text);
  assert_int_equal(count_of(text, "\"key\":"), 4);
  assert_null(strstr(text, "in_all"));
  list_jobs(&f.client, 2, NULL, NULL, text);
  assert_int_equal(count_of(text, "\"key\":"), 2);
  assert_true(strstr(text, "\"key\":\"three\"") < strstr(text, "\"key\":\"four\""));
  assert_contains(text, "\"matching\":4");
  assert_contains(text, "\"in_all\":4");
  list_jobs(&f.client, 1, "survey", NULL, text);
  assert_int_equal(count_of(text, "\"key\":"), 1);
  assert_contains(text, "\"key\":\"three\"");
  assert_contains(text, "\"matching\":2");
  list_jobs(&f.client, 9, "panel", "queued", text);
  assert_int_equal(count_of(text, "\"key\":"), 1);
  assert_contains(text, "\"key\":\"two\"");
  list_jobs(&f.client, 0, NULL, "failed", text);
  assert_contains(text, "\"jobs\":[]");
  assert_contains(text, "\"in_all\":4");

  message m = talker_request(&f.client, MESSAGE_LIST);
  message_set_text(&m, FIELD_WHAT, "jobs");
  message_set_text(&m, FIELD_STATE, "merry");
  talker_send(&f.client, &m, NULL, 0);
  talker_expect_refused(&f.client, "usage", "merry");
}

/* ---- Once ---------------------------------------------------------------------------------------- */

static void the_same_key_is_the_same_job(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id first;
  core_job_id again;
  fixture_init(s, &f, 3);
  talker_submit(&f.client, "survey", "night-1", "plan", &first);
  talker_submit(&f.client, "survey", "night-1", "plan", &again);
  assert_memory_equal(first.bytes, again.bytes, JOB_ID_BYTES);
  shell_stop(s);
  shell_start(s, NULL, true);
  talker_come_back(&f.client, "client", 0);
  talker_submit(&f.client, "survey", "night-1", "plan", &again);
  assert_memory_equal(first.bytes, again.bytes, JOB_ID_BYTES);
  talker_ask(&f.client, MESSAGE_ASK, &first);
  const message *m = talker_expect(&f.client, MESSAGE_PROGRESS);
  assert_int_equal(m->integers[FIELD_REQUEST], f.client.request);
  assert_true(slice_equal(m->texts[FIELD_STATE], slice_of("queued")));
}

/* The first 16 bytes of the SHA-256 of "canvass job", a zero byte and the key, as any client can compute. */
static void a_jobs_id_is_known_from_its_key(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id job;
  digest expected;
  error err;
  fixture_init(s, &f, 1);
  talker_submit(&f.client, "survey", "night-1", "plan", &job);
  assert_int_equal(digest_of("canvass job\0night-1", 19, &expected, &err), STATUS_OK);
  assert_memory_equal(job.bytes, expected.bytes, JOB_ID_BYTES);
}

static void a_key_that_means_something_else_is_refused(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id job;
  fixture_init(s, &f, 3);
  talker_submit(&f.client, "survey", "night-1", "plan", &job);
  talker_submit(&f.client, "survey", "night-1", "another plan", NULL);
  talker_expect_refused(&f.client, "job", "night-1");
  talker_submit(&f.client, "nothing", "night-2", "plan", NULL);
  talker_expect_refused(&f.client, "not-found", "nothing");
  talker_submit(&f.client, "survey", "", "plan", NULL);
  talker_expect_refused(&f.client, "usage", "key");
}

static void a_program_by_name_must_have_been_offered(void **state) {
  shell *s = *state;
  fixture f;
  sample plan;
  uint8_t name[BLOB_NAME_BYTES];
  fixture_init(s, &f, 1);
  sample_make(&plan, 5, 2000000);
  sample_name(&plan, name);
  for (int round = 0; round < 2; round++) {
    message m = talker_request(&f.client, MESSAGE_SUBMIT);
    message_set_text(&m, FIELD_DATASET, "survey");
    message_set_text(&m, FIELD_KEY, "large");
    message_set_integer(&m, FIELD_BY_NAME, 1);
    const wire_payload payloads[] = {{.bytes = name, .length = sizeof name}, {.bytes = "p", .length = 1}};
    talker_send(&f.client, &m, payloads, 2);
    if (round == 0) {
      talker_expect_refused(&f.client, "not-found", "offer");
      talker_put(&f.client, &plan);
    }
  }
  talker_expect(&f.client, MESSAGE_ACCEPTED);
}

/* ---- Through ------------------------------------------------------------------------------------- */

static void a_job_is_seen_through_and_its_report_stays(void **state) {
  shell *s = *state;
  fixture f;
  talker worker;
  core_job_id job;
  fixture_init(s, &f, SHARDS);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_worker(s, &worker, 2);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_expect(&f.client, MESSAGE_PROGRESS);
  worker_until_report(&worker, &f.client, "{\"shards\":12}");
  assert_int_equal(f.client.in->header.integers[FIELD_STATES_COMPUTED], SHARDS);
  for (int round = 0; round < 2; round++) {
    talker_ask(&f.client, MESSAGE_ASK, &job);
    const message *m = talker_expect(&f.client, MESSAGE_REPORT);
    assert_int_equal(m->integers[FIELD_REQUEST], f.client.request);
    assert_int_equal(m->integers[FIELD_BYTES], strlen("{\"shards\":12}"));
    shell_stop(s);
    shell_start(s, NULL, true);
    talker_come_back(&f.client, "client", 0);
  }
}

/* After each task the broker is restarted: what was taken is not assigned again. */
static void a_job_goes_on_after_each_restart_of_the_broker(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id job;
  fixture_init(s, &f, SHARDS);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  int maps = 0;
  for (core_work work = WORK_MAP; work != WORK_STEP;) {
    talker worker;
    talker_worker(s, &worker, 1);
    work = worker_do_one(&worker);
    maps += work == WORK_MAP;
    talker_expect(&worker, MESSAGE_TAKEN);
    talker_close(&worker);
    shell_stop(s);
    shell_start(s, NULL, true);
  }
  assert_int_equal(maps, SHARDS);
  talker_come_back(&f.client, "client", 0);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_expect(&f.client, MESSAGE_REPORT);
}

static void a_late_result_counts_after_a_restart(void **state) {
  shell *s = *state;
  fixture f;
  talker worker;
  core_job_id job;
  fixture_init(s, &f, 1);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_worker(s, &worker, 1);
  message task = *talker_expect(&worker, MESSAGE_TASK);
  uint8_t id[JOB_ID_BYTES];
  memcpy(id, task.texts[FIELD_JOB].bytes, sizeof id);
  task.texts[FIELD_JOB].bytes = (const char *)id;
  task.texts[FIELD_WORK] = slice_of("map");
  shell_stop(s);
  shell_start(s, NULL, true);
  const wire_payload partial = {.bytes = f.shards[0].bytes, .length = BLOB_NAME_BYTES};
  talker_reconnect(&worker);
  worker_answer(&worker, &task, &partial, 1, 0);
  talker_expect(&worker, MESSAGE_STRANGER);
  talker_hello(&worker, "worker", 1);
  talker_expect(&worker, MESSAGE_WELCOME);
  worker_answer(&worker, &task, &partial, 1, 0);
  talker_expect(&worker, MESSAGE_TAKEN);
}

static void a_cancelled_job_has_ended_for_all(void **state) {
  shell *s = *state;
  fixture f;
  talker other;
  core_job_id job;
  fixture_init(s, &f, 3);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_client(s, &other);
  talker_ask(&other, MESSAGE_WATCH, &job);
  talker_expect(&other, MESSAGE_PROGRESS);
  for (int round = 0; round < 2; round++) {
    talker_ask(&f.client, MESSAGE_CANCEL, &job);
    const message *m = talker_expect(&f.client, MESSAGE_ENDED);
    assert_true(slice_equal(m->texts[FIELD_STATUS], slice_of("interrupted")));
    assert_true(slice_equal(m->texts[FIELD_STATE], slice_of("cancelled")));
    assert_int_equal(m->integers[FIELD_REQUEST], f.client.request);
  }
  talker_expect(&other, MESSAGE_ENDED);
  talker_close(&other);
  memset(job.bytes, 0, sizeof job.bytes);
  talker_ask(&f.client, MESSAGE_ASK, &job);
  talker_expect_refused(&f.client, "not-found", "00000000000000000000000000000000");
}

static void a_failure_ends_the_job_with_the_workers_message(void **state) {
  shell *s = *state;
  fixture f;
  talker worker;
  core_job_id job;
  fixture_init(s, &f, 1);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 1);
  const message *task = talker_expect(&worker, MESSAGE_TASK);
  message m = message_of(MESSAGE_FAILURE);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
  message_set_text(&m, FIELD_STATUS, "data");
  message_set_text(&m, FIELD_MESSAGE, "row 5 is odd");
  talker_send(&worker, &m, NULL, 0);
  talker_expect_none(&f.client, MESSAGE_ENDED); /* another worker might find otherwise */
  shell_pass(s, CORE_CONFIRM_MS + 1000);
  const message *ended = talker_expect(&f.client, MESSAGE_ENDED);
  assert_true(slice_equal(ended->texts[FIELD_STATUS], slice_of("data")));
  assert_true(slice_equal(ended->texts[FIELD_STATE], slice_of("failed")));
  talker_expect(&worker, MESSAGE_TAKEN);
}

/* ---- Partials that stay -------------------------------------------------------------------------- */

/* One MAP for each of two workers, each of which keeps its partial; the one that gets the STEP fetches the
 * other's through the broker. */
typedef struct keeper {
  talker talk;
  sample partial;
} keeper;

static void map_and_keep(keeper *k, uint64_t seed) {
  uint8_t name[BLOB_NAME_BYTES];
  const message task = *talker_expect(&k->talk, MESSAGE_TASK);
  assert_true(slice_equal(task.texts[FIELD_WORK], slice_of("map")));
  sample_make(&k->partial, seed, 3 * 1024 * 1024 + 77);
  sample_name(&k->partial, name);
  const wire_payload payload = {.bytes = name, .length = sizeof name};
  worker_answer(&k->talk, &task, &payload, 1, 1);
  talker_expect(&k->talk, MESSAGE_TAKEN);
}

static keeper *find_step(keeper *keepers, const message **task) {
  for (int i = 0;; i = 1 - i) {
    if (talker_receive(&keepers[i].talk, 50) && keepers[i].talk.in->header.kind == MESSAGE_TASK) {
      *task = &keepers[i].talk.in->header;
      return &keepers[i];
    }
  }
}

static void partials_that_stay_are_passed_on_between_workers(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id job;
  keeper keepers[2];
  fixture_init(s, &f, 2);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  for (uint64_t i = 0; i < 2; i++) {
    talker_worker(s, &keepers[i].talk, 1);
  }
  for (uint64_t i = 0; i < 2; i++) {
    map_and_keep(&keepers[i], i);
  }
  const message *found = NULL;
  keeper *stepper = find_step(keepers, &found);
  keeper *other = stepper == &keepers[0] ? &keepers[1] : &keepers[0];
  const message task = *found;
  uint8_t id[JOB_ID_BYTES];
  memcpy(id, task.texts[FIELD_JOB].bytes, sizeof id);
  assert_true(slice_equal(task.texts[FIELD_WORK], slice_of("step")));
  assert_int_equal(task.integers[FIELD_BY_NAME],
                   0x18); /* plan, state, program inline; both partials by name */
  for (uint64_t at = 0; at < other->partial.length; at += MESSAGE_FRAME_MAX) {
    talker_want(&stepper->talk, &other->partial, at);
    talker_expect(&other->talk, MESSAGE_WANT);
    talker_answer_want(&other->talk, &other->partial);
    const message *chunk = talker_expect(&stepper->talk, MESSAGE_CHUNK);
    size_t length = 0;
    const void *bytes = wire_payload_bytes(stepper->talk.in, 0, &length);
    assert_int_equal(chunk->integers[FIELD_OFFSET], at);
    assert_int_equal(chunk->integers[FIELD_BYTES], other->partial.length);
    assert_memory_equal(bytes, other->partial.bytes + at, length);
  }
  /* The keeper leaves in the middle of another fetch: what it kept is lost, and recomputed. */
  talker_want(&stepper->talk, &other->partial, 0);
  talker_expect(&other->talk, MESSAGE_WANT);
  const message bye = message_of(MESSAGE_BYE);
  talker_send(&other->talk, &bye, NULL, 0);
  talker_expect_lost(&stepper->talk);
}

/* ---- Loading ------------------------------------------------------------------------------------- */

static void send_load(talker *t, const sample *file, uint64_t base, const char *key) {
  message m = talker_request(t, MESSAGE_LOAD);
  message_set_text(&m, FIELD_DATASET, "loaded");
  message_set_integer(&m, FIELD_VERSION, base);
  message_set_text(&m, FIELD_KEY, key);
  message_set_integer(&m, FIELD_SHARD_ROWS, 777);
  uint8_t frame[BLOB_NAME_BYTES + 5];
  sample_name(file, frame);
  memcpy(frame + BLOB_NAME_BYTES, "a.csv", 5);
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4}, {.bytes = frame, .length = sizeof frame}};
  talker_send(t, &m, payloads, 2);
}

static void a_load_becomes_a_dataset_with_the_end_of_its_job(void **state) {
  shell *s = *state;
  fixture f;
  talker worker;
  sample file;
  core_job_id job;
  fixture_init(s, &f, 2);
  sample_make(&file, 3, 5000);
  send_load(&f.client, &file, 0, "load-1");
  talker_expect_refused(&f.client, "not-found", "a.csv");
  talker_put(&f.client, &file);
  send_load(&f.client, &file, 0, "load-1");
  memcpy(job.bytes, talker_expect(&f.client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  shell_stop(s);
  shell_start(s, NULL, true);
  talker_come_back(&f.client, "client", 0);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 1);
  const message task = *talker_expect(&worker, MESSAGE_TASK);
  assert_true(slice_equal(task.texts[FIELD_WORK], slice_of("read")));
  assert_int_equal(task.integers[FIELD_SHARD_ROWS], 777);
  assert_int_equal(worker.in->payloads_count, 3); /* specification, no manifest, one file */
  size_t length = 0;
  (void)wire_payload_bytes(worker.in, 1, &length);
  assert_int_equal(length, 0);
  const char *frame = wire_payload_bytes(worker.in, 2, &length);
  assert_int_equal(length, BLOB_NAME_BYTES + 5);
  assert_memory_equal(frame + BLOB_NAME_BYTES, "a.csv", 5);
  const wire_payload payload = {.bytes = f.content.bytes, .length = f.content.length};
  worker_answer(&worker, &task, &payload, 1, 0);
  talker_expect(&worker, MESSAGE_TAKEN);
  talker_expect(&f.client, MESSAGE_REPORT);
  static const char expected[] = "{\"dataset\":\"loaded\",\"rows\":65536,\"version\":1}";
  const char *report = wire_payload_bytes(f.client.in, 0, &length);
  assert_int_equal(length, sizeof expected - 1);
  assert_memory_equal(report, expected, length);
  message get = talker_request(&f.client, MESSAGE_DATASET);
  message_set_text(&get, FIELD_DATASET, "loaded");
  talker_send(&f.client, &get, NULL, 0);
  assert_int_equal(talker_expect(&f.client, MESSAGE_MANIFEST)->integers[FIELD_VERSION], 1);
  message list = talker_request(&f.client, MESSAGE_LIST);
  message_set_text(&list, FIELD_WHAT, "jobs");
  talker_send(&f.client, &list, NULL, 0);
  talker_expect(&f.client, MESSAGE_LISTING);
  const char *jobs = wire_payload_bytes(f.client.in, 0, &length);
  static const char title[] = "\"title\":\"put a.csv\"";
  assert_non_null(memmem(jobs, length, title, sizeof title - 1));
  send_load(&f.client, &file, 0, "load-1"); /* again: the same job */
  talker_expect(&f.client, MESSAGE_ACCEPTED);
  send_load(&f.client, &file, 0, "load-2");
  talker_expect_refused(&f.client, "job", "version 1");
}

/* ---- Without a store ----------------------------------------------------------------------------- */

static void a_broker_that_keeps_nothing_evaluates_what_is_in_the_message(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  sample shards[SHARDS];
  sample content;
  core_job_id job;
  shell_start(s, "inproc://embedded", false);
  talker_client(s, &client);
  for (size_t i = 0; i < SHARDS; i++) {
    sample_make(&shards[i], i, SMALL);
  }
  manifest_make(&content, shards, SHARDS, CORE_RUN_ROWS);
  const size_t large = (size_t)5 << 20; /* inline in any size */
  char *plan = calloc(1, large);
  assert_non_null(plan);
  message m = talker_request(&client, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_KEY, "key");
  const wire_payload payloads[] = {{.bytes = plan, .length = large},
                                   {.bytes = "program", .length = 7},
                                   {.bytes = content.bytes, .length = content.length}};
  talker_send(&client, &m, payloads, 3);
  memcpy(job.bytes, talker_expect(&client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  talker_ask(&client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 3);
  worker_until_report(&worker, &client, "{\"shards\":12}");
  talker_ask(&client, MESSAGE_ASK, &job);
  talker_expect(&client, MESSAGE_REPORT);
  talker_commit(&client, "survey", 0, &content);
  talker_expect_refused(&client, "usage", "--store");
  free(plan);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(jobs_are_listed_up_to_a_limit_by_dataset_and_by_state),
      SHELL_TEST(the_same_key_is_the_same_job),
      SHELL_TEST(a_jobs_id_is_known_from_its_key),
      SHELL_TEST(a_key_that_means_something_else_is_refused),
      SHELL_TEST(a_program_by_name_must_have_been_offered),
      SHELL_TEST(a_job_is_seen_through_and_its_report_stays),
      SHELL_TEST(a_job_goes_on_after_each_restart_of_the_broker),
      SHELL_TEST(a_late_result_counts_after_a_restart),
      SHELL_TEST(a_cancelled_job_has_ended_for_all),
      SHELL_TEST(a_failure_ends_the_job_with_the_workers_message),
      SHELL_TEST(partials_that_stay_are_passed_on_between_workers),
      SHELL_TEST(a_load_becomes_a_dataset_with_the_end_of_its_job),
      SHELL_TEST(a_broker_that_keeps_nothing_evaluates_what_is_in_the_message),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
