/* Jobs that do not go on: how they end, and what they say while they wait. */
#include <string.h>

#include "tests/broker/shell_fixture.h"
#include "tests/check.h"

/* MS pass, in which the COUNT talkers give signs of life. */
static void pass_beside(shell *s, talker *const *talkers, size_t count, unsigned ms) {
  for (unsigned passed = 0; passed <= ms; passed += 5000) {
    for (size_t i = 0; i < count; i++) {
      talker_await_alive(talkers[i]);
    }
    shell_pass(s, 5000);
  }
}

/* Workers that get the job's one MAP and are not heard of again: three in turn, and one with nothing else. */
static void a_task_that_loses_its_workers_ends_the_job_and_names_the_file(void **state) {
  shell *s = *state;
  survey v;
  talker *const client = &v.client;
  survey_start(s, &v, 1, 100);
  const core_job_id job = survey_submit(&v);
  for (uint32_t i = 0; i <= CORE_DEATHS_MAX; i++) {
    talker worker;
    talker_worker(s, &worker, 1);
    talker_expect(&worker, MESSAGE_TASK);
    pass_beside(s, &client, 1, CORE_SILENCE_MS);
    talker_close(&worker);
  }
  pass_beside(s, &client, 1, CORE_SILENCE_MS); /* the last one may come back */
  talker_ask(client, MESSAGE_ASK, &job);
  const message *m = talker_expect(client, MESSAGE_ENDED);
  char text[1025] = "";
  memcpy(text, m->texts[FIELD_MESSAGE].bytes, m->texts[FIELD_MESSAGE].length);
  assert_contains(text, "4 workers were lost while they ran one task (map 0 of stage 0, rows 1 to 32768");
  assert_contains(text, "the rows are of the file answers.csv");
  assert_true(shell_log_has(s, "the task runs alone now"));
}

static void a_job_ends_after_its_timeout_also_through_a_restart(void **state) {
  shell *s = *state;
  survey v;
  survey_start(s, &v, 1, 100);
  message m = talker_request(&v.client, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_text(&m, FIELD_KEY, "key");
  message_set_integer(&m, FIELD_TIMEOUT, 10);
  const wire_payload payloads[] = {{.bytes = "plan", .length = 4}, {.bytes = "program", .length = 7}};
  talker_send(&v.client, &m, payloads, 2);
  core_job_id job;
  memcpy(job.bytes, talker_expect(&v.client, MESSAGE_ACCEPTED)->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  survey_restart(s, &v);
  talker_ask(&v.client, MESSAGE_ASK, &job);
  const message *asked = talker_expect(&v.client, MESSAGE_PROGRESS);
  assert_slice_equal(asked->texts[FIELD_WAITS], slice_of("no worker takes tasks"));
  shell_pass(s, 13000);
  talker_ask(&v.client, MESSAGE_ASK, &job);
  const message *ended = talker_expect(&v.client, MESSAGE_ENDED);
  assert_slice_equal(ended->texts[FIELD_STATUS], slice_of("limit"));
}

/* The one worker lives, and does not answer: its task may be long, and nobody else could try. */
static void a_job_names_the_worker_whose_answer_it_waits_for(void **state) {
  shell *s = *state;
  survey v;
  talker worker;
  survey_start(s, &v, 1, 100);
  const core_job_id job = survey_submit(&v);
  talker_worker(s, &worker, 1);
  talker_expect(&worker, MESSAGE_TASK);
  pass_beside(s, (talker *const[]){&v.client, &worker}, 2, CORE_BUDGET_MS);
  talker_ask(&v.client, MESSAGE_ASK, &job);
  const slice waits = talker_expect(&v.client, MESSAGE_PROGRESS)->texts[FIELD_WAITS];
  char text[257] = "";
  memcpy(text, waits.bytes, waits.length < 256 ? waits.length : 256);
  assert_contains(text, "worker worker has not answered for 12");
  assert_contains(text, "and no other worker is there");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_task_that_loses_its_workers_ends_the_job_and_names_the_file),
      SHELL_TEST(a_job_ends_after_its_timeout_also_through_a_restart),
      SHELL_TEST(a_job_names_the_worker_whose_answer_it_waits_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
