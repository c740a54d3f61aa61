/* Jobs: submitted once however often it is asked, continued after restarts of the broker, and with partials
 * that stay where they were made. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

enum { SHARDS = SURVEY_SHARDS, SMALL = 100 };

/* ---- Lists --------------------------------------------------------------------------------------- */

/* Asks for a list of jobs; LIMIT 0, DATASET or STATE NULL: not asked for. */
static void ask_for_jobs(talker *t, uint64_t limit, const char *name, const char *job_state) {
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
}

/* The keys in a listing, each with a blank after it. */
static void keys_of(const char *text, char out[256]) {
  static const char before[] = "\"key\":\"";
  *out = '\0';
  for (const char *at = text; (at = strstr(at, before)) != NULL;) {
    at += sizeof before - 1;
    const size_t length = strlen(out);
    snprintf(out + length, 256 - length, "%.*s ", (int)strcspn(at, "\""), at);
  }
}

static void jobs_are_listed_up_to_a_limit_by_dataset_and_by_state(void **state) {
  shell *s = *state;
  survey f;
  core_job_id jobs[4];
  survey_start(s, &f, 3, SMALL);
  talker_commit(&f.client, "panel", 0, &f.content);
  talker_submit(&f.client, "survey", "one", "plan", &jobs[0]);
  talker_submit(&f.client, "panel", "two", "plan", &jobs[1]);
  talker_submit(&f.client, "survey", "three", "plan", &jobs[2]);
  talker_submit(&f.client, "panel", "four", "plan", &jobs[3]);
  talker_ask(&f.client, MESSAGE_CANCEL, &jobs[3]);
  talker_expect(&f.client, MESSAGE_ENDED);

  static const struct {
    uint64_t limit;
    const char *dataset, *state, *keys; /* of the jobs, in their order */
    const char *matching, *in_all;      /* "": not said */
  } lists[] = {
      {0, NULL, NULL, "one two three four ", "", ""},
      {2, NULL, NULL, "three four ", "\"matching\":4", "\"in_all\":4"},
      {1, "survey", NULL, "three ", "\"matching\":2", "\"in_all\":4"},
      {9, "panel", "queued", "two ", "", "\"in_all\":4"},
      {0, NULL, "failed", "", "", "\"in_all\":4"},
  };
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    char text[8192];
    char keys[256];
    ask_for_jobs(&f.client, lists[i].limit, lists[i].dataset, lists[i].state);
    talker_expect(&f.client, MESSAGE_LISTING);
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(talker_payload(&f.client, 0)));
    keys_of(text, keys);
    assert_string_equal(keys, lists[i].keys);
    assert_contains(text, lists[i].matching);
    assert_contains(text, lists[i].in_all);
    assert_true(i > 0 || strstr(text, "in_all") == NULL);
  }
  ask_for_jobs(&f.client, 0, NULL, "merry");
  talker_expect_refused(&f.client, "usage", "merry");
}

/* ---- Once ---------------------------------------------------------------------------------------- */

static void the_same_key_is_the_same_job(void **state) {
  shell *s = *state;
  survey f;
  core_job_id first;
  core_job_id again;
  survey_start(s, &f, 3, SMALL);
  talker_submit(&f.client, "survey", "night-1", "plan", &first);
  talker_submit(&f.client, "survey", "night-1", "plan", &again);
  assert_memory_equal(first.bytes, again.bytes, JOB_ID_BYTES);
  survey_restart(s, &f);
  talker_submit(&f.client, "survey", "night-1", "plan", &again);
  assert_memory_equal(first.bytes, again.bytes, JOB_ID_BYTES);
  talker_ask(&f.client, MESSAGE_ASK, &first);
  const message *m = talker_expect(&f.client, MESSAGE_PROGRESS);
  assert_int_equal(m->integers[FIELD_REQUEST], f.client.request);
  assert_slice_equal(m->texts[FIELD_STATE], slice_of("queued"));
}

/* The first 16 bytes of the SHA-256 of "canvass job", a zero byte and the key, as any client can compute. */
static void a_jobs_id_is_known_from_its_key(void **state) {
  shell *s = *state;
  survey f;
  core_job_id job;
  digest expected;
  error err;
  survey_start(s, &f, 1, SMALL);
  talker_submit(&f.client, "survey", "night-1", "plan", &job);
  assert_int_equal(digest_of("canvass job\0night-1", 19, &expected, &err), STATUS_OK);
  assert_memory_equal(job.bytes, expected.bytes, JOB_ID_BYTES);
}

static void a_key_that_means_something_else_is_refused(void **state) {
  shell *s = *state;
  survey f;
  core_job_id job;
  survey_start(s, &f, 3, SMALL);
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
  survey f;
  sample plan;
  uint8_t name[BLOB_NAME_BYTES];
  survey_start(s, &f, 1, SMALL);
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
  survey f;
  talker worker;
  survey_start(s, &f, SHARDS, SMALL);
  const core_job_id job = survey_submit(&f);
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
    survey_restart(s, &f);
  }
}

/* After each task the broker is restarted: what was taken is not assigned again. */
static void a_job_goes_on_after_each_restart_of_the_broker(void **state) {
  shell *s = *state;
  survey f;
  survey_start(s, &f, SHARDS, SMALL);
  const core_job_id job = survey_submit(&f);
  int maps = 0;
  for (core_work work = WORK_MAP; work != WORK_STEP;) {
    talker worker;
    talker_worker(s, &worker, 1);
    work = worker_do_one(&worker);
    maps += work == WORK_MAP;
    talker_expect(&worker, MESSAGE_TAKEN);
    talker_close(&worker);
    shell_restart(s);
  }
  assert_int_equal(maps, SHARDS);
  talker_come_back(&f.client, "client", 0);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_expect(&f.client, MESSAGE_REPORT);
}

static void a_late_result_counts_after_a_restart(void **state) {
  shell *s = *state;
  survey f;
  talker worker;
  survey_start(s, &f, 1, SMALL);
  (void)survey_submit(&f);
  talker_worker(s, &worker, 1);
  message task = *talker_expect(&worker, MESSAGE_TASK);
  uint8_t id[JOB_ID_BYTES];
  memcpy(id, task.texts[FIELD_JOB].bytes, sizeof id);
  task.texts[FIELD_JOB].bytes = (const char *)id;
  task.texts[FIELD_WORK] = slice_of("map");
  shell_restart(s);
  const wire_payload partial = {.bytes = f.shards[0].bytes, .length = BLOB_NAME_BYTES};
  talker_reconnect(&worker);
  worker_answer(&worker, &task, &partial, 1, 0);
  talker_expect(&worker, MESSAGE_STRANGER);
  talker_join(&worker, "worker", 1);
  worker_answer(&worker, &task, &partial, 1, 0);
  talker_expect(&worker, MESSAGE_TAKEN);
}

static void a_cancelled_job_has_ended_for_all(void **state) {
  shell *s = *state;
  survey f;
  talker other;
  survey_start(s, &f, 3, SMALL);
  core_job_id job = survey_submit(&f);
  talker_client(s, &other);
  talker_ask(&other, MESSAGE_WATCH, &job);
  talker_expect(&other, MESSAGE_PROGRESS);
  for (int round = 0; round < 2; round++) {
    talker_ask(&f.client, MESSAGE_CANCEL, &job);
    const message *m = talker_expect(&f.client, MESSAGE_ENDED);
    assert_slice_equal(m->texts[FIELD_STATUS], slice_of("interrupted"));
    assert_slice_equal(m->texts[FIELD_STATE], slice_of("cancelled"));
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
  survey f;
  talker worker;
  survey_start(s, &f, 1, SMALL);
  const core_job_id job = survey_submit(&f);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 1);
  message m = worker_message(MESSAGE_FAILURE, talker_expect(&worker, MESSAGE_TASK));
  message_set_text(&m, FIELD_STATUS, "data");
  message_set_text(&m, FIELD_MESSAGE, "row 5 is odd");
  talker_send(&worker, &m, NULL, 0);
  talker_expect_none(&f.client, MESSAGE_ENDED); /* another worker might find otherwise */
  shell_pass(s, CORE_CONFIRM_MS + 1000);
  const message *ended = talker_expect(&f.client, MESSAGE_ENDED);
  assert_slice_equal(ended->texts[FIELD_STATUS], slice_of("data"));
  assert_slice_equal(ended->texts[FIELD_STATE], slice_of("failed"));
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
  assert_slice_equal(task.texts[FIELD_WORK], slice_of("map"));
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
  survey f;
  keeper keepers[2];
  survey_start(s, &f, 2, SMALL);
  const core_job_id job = survey_submit(&f);
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
  assert_slice_equal(task.texts[FIELD_WORK], slice_of("step"));
  assert_int_equal(task.integers[FIELD_BY_NAME],
                   0x18); /* plan, state, program inline; both partials by name */
  for (uint64_t at = 0; at < other->partial.length; at += MESSAGE_FRAME_MAX) {
    talker_want(&stepper->talk, &other->partial, at);
    talker_expect(&other->talk, MESSAGE_WANT);
    talker_answer_want(&other->talk, &other->partial);
    (void)talker_expect_chunk(&stepper->talk, &other->partial, at);
  }
  /* The keeper leaves in the middle of another fetch: what it kept is lost, and recomputed. */
  talker_want(&stepper->talk, &other->partial, 0);
  talker_expect(&other->talk, MESSAGE_WANT);
  talker_say(&other->talk, MESSAGE_BYE);
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
  survey f;
  talker worker;
  sample file;
  core_job_id job;
  survey_start(s, &f, 2, SMALL);
  sample_make(&file, 3, 5000);
  send_load(&f.client, &file, 0, "load-1");
  talker_expect_refused(&f.client, "not-found", "a.csv");
  talker_put(&f.client, &file);
  send_load(&f.client, &file, 0, "load-1");
  memcpy(job.bytes, talker_expect(&f.client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  survey_restart(s, &f);
  talker_ask(&f.client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 1);
  const message task = *talker_expect(&worker, MESSAGE_TASK);
  assert_slice_equal(task.texts[FIELD_WORK], slice_of("read"));
  assert_int_equal(task.integers[FIELD_SHARD_ROWS], 777);
  assert_int_equal(worker.in->payloads_count, 3); /* specification, no manifest, one file */
  assert_int_equal(talker_payload(&worker, 1).length, 0);
  const slice frame = talker_payload(&worker, 2);
  assert_int_equal(frame.length, BLOB_NAME_BYTES + 5);
  assert_memory_equal(frame.bytes + BLOB_NAME_BYTES, "a.csv", 5);
  const wire_payload payload = {.bytes = f.content.bytes, .length = f.content.length};
  worker_answer(&worker, &task, &payload, 1, 0);
  talker_expect(&worker, MESSAGE_TAKEN);
  talker_expect(&f.client, MESSAGE_REPORT);
  assert_slice_equal(talker_payload(&f.client, 0),
                     slice_of("{\"dataset\":\"loaded\",\"rows\":65536,\"version\":1}"));
  message get = talker_request(&f.client, MESSAGE_DATASET);
  message_set_text(&get, FIELD_DATASET, "loaded");
  talker_send(&f.client, &get, NULL, 0);
  assert_int_equal(talker_expect(&f.client, MESSAGE_MANIFEST)->integers[FIELD_VERSION], 1);
  talker_list(&f.client, "jobs");
  talker_expect(&f.client, MESSAGE_LISTING);
  const slice jobs = talker_payload(&f.client, 0);
  static const char title[] = "\"title\":\"put a.csv\"";
  assert_non_null(memmem(jobs.bytes, jobs.length, title, sizeof title - 1));
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
