/* A job that goes on without a shard: what the broker keeps, and what it tells workers and clients. */
#include <string.h>

#include "tests/broker/shell_fixture.h"
#include "tests/check.h"

static core_job_id submit(talker *client, bool may_lose) {
  message m = talker_request(client, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_text(&m, FIELD_KEY, "key");
  if (may_lose) {
    message_set_integer(&m, FIELD_MAY_LOSE, 1);
  }
  const wire_payload payloads[] = {{.bytes = "plan", .length = 4}, {.bytes = "program", .length = 7}};
  core_job_id job;
  talker_send(client, &m, payloads, 2);
  memcpy(job.bytes, talker_expect(client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  return job;
}

/* Says of the MAP that came last that SHARD is not to be had. */
static void lack(talker *worker, const sample *shard) {
  const message *task = &worker->in->header;
  message m = message_of(MESSAGE_FAILURE);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
  message_set_text(&m, FIELD_STATUS, "not-found");
  message_set_text(&m, FIELD_MESSAGE, "nobody has it");
  message_set_bytes(&m, FIELD_BLOB, shard->name.bytes, DIGEST_BYTES);
  talker_send(worker, &m, NULL, 0);
}

static size_t payload_length(const talker *t, size_t index) {
  size_t length = 0;
  (void)wire_payload_bytes(t->in, index, &length);
  return length;
}

/* The next task is the STEP, which is told of the first shard. */
static void expect_step_without(talker *worker, const sample *content) {
  static const uint8_t told[] = {0, 0, 0, 0, 2, 0, 0, 0}; /* its place; LOST_BYTES */
  const message *task = talker_expect(worker, MESSAGE_TASK);
  size_t length = 0;
  assert_true(slice_equal(task->texts[FIELD_WORK], slice_of("step")));
  assert_int_equal(task->integers[FIELD_SHARDS_LOST], 1);
  assert_int_equal(worker->in->payloads_count, 7); /* plan, state, program, two partials; and these */
  const void *list = wire_payload_bytes(worker->in, 6, &length);
  assert_int_equal(length, sizeof told);
  assert_memory_equal(list, told, sizeof told);
  assert_false(task->integers[FIELD_BY_NAME] >> 6 & 1);
  const uint8_t *manifest = wire_payload_bytes(worker->in, 5, &length);
  if ((task->integers[FIELD_BY_NAME] >> 5 & 1) != 0) {
    assert_memory_equal(manifest, content->name.bytes, DIGEST_BYTES);
  } else {
    assert_int_equal(length, content->length);
    assert_memory_equal(manifest, content->bytes, length);
  }
}

static void a_shard_that_is_lost_stays_so_through_a_restart_and_is_told(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  sample shards[2];
  sample content;
  talker_first_client(s, &client);
  dataset_make(&client, "survey", shards, 2, 100, &content);
  const core_job_id job = submit(&client, true);
  talker_worker(s, &worker, 1);
  talker_expect(&worker, MESSAGE_TASK);
  assert_int_equal(worker.in->header.integers[FIELD_TASK], 0);
  assert_int_equal(payload_length(&worker, 1), BLOB_NAME_BYTES);
  lack(&worker, &shards[0]);
  assert_int_equal(worker_do_one(&worker), WORK_MAP); /* the other one */
  shell_pass(s, CORE_CONFIRM_MS + 2000);              /* no other worker comes */
  talker_expect(&worker, MESSAGE_TASK);
  assert_int_equal(worker.in->header.integers[FIELD_TASK], 0);
  assert_int_equal(payload_length(&worker, 1), 0); /* over no shards */
  assert_true(shell_log_has(s, "goes on without rows 1 to 32768 (map 0 of stage 0): "));
  assert_true(shell_log_has(s, "; the rows are of the file answers.csv"));
  shell_stop(s);
  shell_start(s, NULL, true);
  talker_come_back(&client, "client", 0);
  talker_come_back(&worker, "worker", 1);
  talker_ask(&client, MESSAGE_ASK, &job);
  const message *progress = talker_expect(&client, MESSAGE_PROGRESS);
  assert_int_equal(progress->integers[FIELD_SHARDS_LOST], 1);
  assert_int_equal(progress->integers[FIELD_ROWS_LOST], CORE_RUN_ROWS);
  assert_int_equal(worker_do_one(&worker), WORK_MAP);
  expect_step_without(&worker, &content);
  const wire_payload report = {.bytes = "report", .length = 6};
  talker_ask(&client, MESSAGE_WATCH, &job);
  worker_answer(&worker, &worker.in->header, &report, 1, 0);
  talker_expect(&client, MESSAGE_REPORT);
}

static void a_job_that_may_lose_nothing_ends(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  sample shards[2];
  sample content;
  talker_first_client(s, &client);
  dataset_make(&client, "survey", shards, 2, 100, &content);
  const core_job_id job = submit(&client, false);
  talker_worker(s, &worker, 1);
  talker_expect(&worker, MESSAGE_TASK);
  lack(&worker, &shards[0]);
  assert_int_equal(worker_do_one(&worker), WORK_MAP);
  shell_pass(s, CORE_CONFIRM_MS + 2000);
  talker_ask(&client, MESSAGE_ASK, &job);
  const message *ended = talker_expect(&client, MESSAGE_ENDED);
  assert_true(slice_equal(ended->texts[FIELD_STATUS], slice_of("not-found")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_shard_that_is_lost_stays_so_through_a_restart_and_is_told),
      SHELL_TEST(a_job_that_may_lose_nothing_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
