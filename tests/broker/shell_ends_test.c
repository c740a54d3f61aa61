/* Jobs that do not go on: how they end, and what they say while they wait. */
#include <string.h>

#include "tests/broker/shell_fixture.h"
#include "tests/check.h"

/* A client, and a dataset of one shard. */
typedef struct fixture {
  talker client;
  sample shard, content;
} fixture;

static void fixture_init(shell *s, fixture *f) {
  memset(f, 0, sizeof *f);
  shell_start(s, NULL, true);
  talker_client(s, &f->client);
  dataset_make(&f->client, "survey", &f->shard, 1, 100, &f->content);
}

static void fixture_fini(fixture *f) {
  talker_close(&f->client);
  sample_fini(&f->shard);
  sample_fini(&f->content);
}

static void pass_beside_a_client(shell *s, fixture *f) {
  const message alive = message_of(MESSAGE_ALIVE);
  for (unsigned passed = 0; passed <= CORE_SILENCE_MS; passed += 5000) {
    talker_send(&f->client, &alive, NULL, 0);
    talker_expect(&f->client, MESSAGE_ALIVE);
    shell_pass(s, 5000);
  }
}

/* Workers that get the job's one MAP and are not heard of again: three in turn, and one with nothing else. */
static void a_task_that_loses_its_workers_ends_the_job_and_names_the_file(void **state) {
  shell *s = *state;
  fixture f;
  core_job_id job;
  fixture_init(s, &f);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  for (uint32_t i = 0; i <= CORE_DEATHS_MAX; i++) {
    talker worker;
    talker_worker(s, &worker, 1);
    talker_expect(&worker, MESSAGE_TASK);
    pass_beside_a_client(s, &f);
    talker_close(&worker);
  }
  pass_beside_a_client(s, &f); /* the last one may come back */
  talker_ask(&f.client, MESSAGE_ASK, &job);
  const message *m = talker_expect(&f.client, MESSAGE_ENDED);
  char text[1025] = "";
  memcpy(text, m->texts[FIELD_MESSAGE].bytes, m->texts[FIELD_MESSAGE].length);
  assert_contains(text, "4 workers were lost while they ran one task (map 0 of stage 0, rows 1 to 32768");
  assert_contains(text, "the rows are of the file answers.csv");
  assert_true(shell_log_has(s, "the task runs alone now"));
  fixture_fini(&f);
}

static void a_job_ends_after_its_timeout_also_through_a_restart(void **state) {
  shell *s = *state;
  fixture f;
  fixture_init(s, &f);
  message m = talker_request(&f.client, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_text(&m, FIELD_KEY, "key");
  message_set_integer(&m, FIELD_TIMEOUT, 10);
  const wire_payload payloads[] = {{.bytes = "plan", .length = 4}, {.bytes = "program", .length = 7}};
  talker_send(&f.client, &m, payloads, 2);
  core_job_id job;
  memcpy(job.bytes, talker_expect(&f.client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  shell_stop(s);
  shell_start(s, NULL, true);
  talker_come_back(&f.client, "client", 0);
  talker_ask(&f.client, MESSAGE_ASK, &job);
  const message *asked = talker_expect(&f.client, MESSAGE_PROGRESS);
  assert_true(slice_equal(asked->texts[FIELD_WAITS], slice_of("no worker takes tasks")));
  shell_pass(s, 13000);
  talker_ask(&f.client, MESSAGE_ASK, &job);
  const message *ended = talker_expect(&f.client, MESSAGE_ENDED);
  assert_true(slice_equal(ended->texts[FIELD_STATUS], slice_of("limit")));
  fixture_fini(&f);
}

/* The one worker lives, and does not answer: its task may be long, and nobody else could try. */
static void a_job_names_the_worker_whose_answer_it_waits_for(void **state) {
  shell *s = *state;
  fixture f;
  talker worker;
  core_job_id job;
  const message alive = message_of(MESSAGE_ALIVE);
  fixture_init(s, &f);
  talker_submit(&f.client, "survey", "key", "plan", &job);
  talker_worker(s, &worker, 1);
  talker_expect(&worker, MESSAGE_TASK);
  for (unsigned passed = 0; passed <= CORE_BUDGET_MS; passed += 5000) {
    talker_send(&f.client, &alive, NULL, 0);
    talker_expect(&f.client, MESSAGE_ALIVE);
    talker_send(&worker, &alive, NULL, 0);
    talker_expect(&worker, MESSAGE_ALIVE);
    shell_pass(s, 5000);
  }
  talker_ask(&f.client, MESSAGE_ASK, &job);
  const slice waits = talker_expect(&f.client, MESSAGE_PROGRESS)->texts[FIELD_WAITS];
  char text[257] = "";
  memcpy(text, waits.bytes, waits.length < 256 ? waits.length : 256);
  assert_contains(text, "worker worker has not answered for 12");
  assert_contains(text, "and no other worker is there");
  talker_close(&worker);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_task_that_loses_its_workers_ends_the_job_and_names_the_file),
      SHELL_TEST(a_job_ends_after_its_timeout_also_through_a_restart),
      SHELL_TEST(a_job_names_the_worker_whose_answer_it_waits_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
