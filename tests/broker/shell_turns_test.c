/* What a turn of the broker does at most, however much it is asked for: counted in messages, bytes, records
 * and removed files, never in time. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "broker/limits.h"
#include "tests/broker/shell_fixture.h"
#include "tests/check.h"

enum {
  SHARDS = 6 * TURN_UNLINKS,
  SMALL = 100,
  JOBS = 400,
  SHARDS_OF_JOBS = 150,
  HELLOS = 8,
  HELD = MESSAGE_FRAME_MAX / 8,
  ASKERS = 8,
  UPLOADERS = 4,
  UPLOAD_BYTES = TRANSFER_PEER_BYTES,
};

static void dataset(talker *t, const char *name, size_t count, uint64_t seed) {
  static sample shards[SHARDS];
  sample content;
  for (size_t i = 0; i < count; i++) {
    sample_make(&shards[i], seed + i, SMALL);
    talker_put(t, &shards[i]);
  }
  manifest_make(&content, shards, count, 1000);
  talker_commit(t, name, 0, &content);
  talker_expect(t, MESSAGE_COMMITTED);
  for (size_t i = 0; i < count; i++) {
    sample_fini(&shards[i]);
  }
  sample_fini(&content);
}

/* ---- Removing ------------------------------------------------------------------------------------ */

static void a_dropped_dataset_is_removed_a_few_files_a_turn(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  dataset(&t, "survey", SHARDS, 1);
  dataset(&t, "other", 3, 5000);
  shell_count_again(s);
  talker_drop(&t, "survey");
  talker_expect(&t, MESSAGE_DROPPED);
  shell_pass(s, 2000);
  shell_await_unlinks(s, SHARDS + 1); /* and the manifest */
  assert_int_equal(shell_most(s).unlinks, TURN_UNLINKS);
  talker_drop(&t, "other");
  talker_expect(&t, MESSAGE_DROPPED);
  shell_pass(s, 2000);
  shell_await_unlinks(s, SHARDS + 1 + 3 + 1);
}

static void what_a_stopped_broker_had_not_removed_is_not_lost_sight_of(void **state) {
  shell *s = *state;
  talker t;
  sample shard;
  talker_first_client(s, &t);
  dataset(&t, "survey", SHARDS, 1);
  talker_drop(&t, "survey");
  talker_expect(&t, MESSAGE_DROPPED);
  shell_stop(s); /* in whatever state of it */
  shell_start(s, NULL, true);
  talker_come_back(&t, "client", 0);
  /* What is still there is offered again and kept; what is gone is sent again. */
  sample_make(&shard, 1, SMALL);
  talker_put(&t, &shard);
  talker_fetch(&t, &shard);
  sample_fini(&shard);
  dataset(&t, "survey", SHARDS, 1);
}

/* ---- Joining ------------------------------------------------------------------------------------- */

static void say_large_hello(talker *t, uint64_t seed) {
  static uint64_t held[HELD];
  static const uint8_t print[DIGEST_BYTES] = {1};
  for (size_t i = 0; i < HELD; i++) {
    held[i] = (seed << 32) + i * 0x9E3779B97F4A7C15ULL;
  }
  message m = message_of(MESSAGE_HELLO);
  message_set_text(&m, FIELD_ROLE, "worker");
  message_set_integer(&m, FIELD_CAPACITY, 1);
  message_set_bytes(&m, FIELD_FINGERPRINT, print, sizeof print);
  const wire_payload payload = {.bytes = held, .length = sizeof held};
  talker_send(t, &m, &payload, 1);
}

static void who_holds_many_shards_and_speaks_on_or_leaves_is_known_in_time(void **state) {
  shell *s = *state;
  talker t;
  talker worker;
  core_job_id job;
  talker_first_client(s, &t);
  dataset(&t, "survey", 3, 1);
  talker_submit(&t, "survey", "job", "plan", &job);
  talker_connect(s, &worker);
  shell_hold(s);
  say_large_hello(&worker, 1);
  talker_say(&worker, MESSAGE_BYE);
  say_large_hello(&worker, 2);
  talker_say(&worker, MESSAGE_ALIVE);
  shell_go_on(s);
  talker_expect(&worker, MESSAGE_ALIVE);
  talker_ask(&t, MESSAGE_WATCH, &job);
  worker_until_report(&worker, &t, "{\"shards\":3}");
}

static void workers_with_many_shards_are_taken_in_turn_by_turn(void **state) {
  shell *s = *state;
  talker t;
  talker workers[HELLOS];
  talker_first_client(s, &t);
  shell_hold(s);
  for (size_t i = 0; i < HELLOS; i++) {
    talker_connect(s, &workers[i]);
    say_large_hello(&workers[i], i);
  }
  shell_go_on(s);
  for (size_t i = 0; i < HELLOS; i++) {
    talker_expect(&workers[i], MESSAGE_WELCOME);
  }
  shell_await_records(s, HELLOS * HELLO_SHARDS_MAX);
  assert_int_equal(shell_most(s).records, HELLO_SHARDS_MAX); /* one a turn */
  assert_true(shell_log_has(s, "131072 shards held, more than are taken into account"));
}

/* ---- Starting ------------------------------------------------------------------------------------ */

static void job_key(unsigned i, char out[32]) {
  snprintf(out, 32, "job-%u", i);
}

/* All COUNT jobs wait and say what for, whether or not the broker has taken them up. */
static void expect_waits(talker *t, size_t count) {
  arena *memory = arena_new();
  json *list = NULL;
  error err;
  talker_list(t, "jobs");
  talker_expect(t, MESSAGE_LISTING);
  assert_int_equal(json_parse(memory, talker_payload(t, 0), "the list", &list, &err), STATUS_OK);
  const json *jobs = json_get(list, "jobs");
  assert_int_equal(json_count(jobs), count);
  for (size_t i = 0; i < count; i++) {
    assert_non_null(json_get(json_at(jobs, i), "waits"));
  }
  arena_destroy(memory);
}

static void jobs_are_taken_up_turn_by_turn_and_each_is_there_when_it_is_asked_for(void **state) {
  shell *s = *state;
  talker t;
  core_job_id jobs[JOBS];
  talker_first_client(s, &t);
  dataset(&t, "survey", SHARDS_OF_JOBS, 1);
  for (unsigned i = 0; i < JOBS; i++) {
    char key[32];
    job_key(i, key);
    talker_submit(&t, "survey", key, "plan", &jobs[i]);
  }
  shell_stop(s);
  shell_count_again(s);
  shell_start(s, NULL, true);
  talker_come_back(&t, "client", 0);
  expect_waits(&t, JOBS);
  talker_ask(&t, MESSAGE_ASK, &jobs[JOBS - 1]);
  const message *m = talker_expect(&t, MESSAGE_PROGRESS);
  assert_slice_equal(m->texts[FIELD_STATE], slice_of("queued"));
  talker worker;
  talker_worker(s, &worker, 1);
  talker_ask(&t, MESSAGE_WATCH, &jobs[JOBS / 2]);
  talker_ask(&t, MESSAGE_CANCEL, &jobs[JOBS - 2]);
  talker_expect(&t, MESSAGE_ENDED);
  worker_until_report(&worker, &t, "{\"shards\":150}");
  assert_true(shell_log_has(s, "jobs resumed: "));
  assert_true(shell_sum(s).records > JOBS * SHARDS_OF_JOBS);
  /* One job past the half, and what messages need. */
  assert_true(shell_most(s).records < TURN_RECORDS);
}

/* ---- Messages and bytes -------------------------------------------------------------------------- */

static void so_many_messages_and_bytes_are_taken_in_a_turn(void **state) {
  shell *s = *state;
  talker askers[ASKERS];
  shell_start(s, NULL, true);
  for (size_t i = 0; i < ASKERS; i++) {
    talker_client(s, &askers[i]);
  }
  shell_hold(s);
  for (size_t i = 0; i < ASKERS; i++) {
    for (int k = 0; k < TURN_MESSAGES / 2; k++) {
      talker_say(&askers[i], MESSAGE_ALIVE);
    }
  }
  shell_go_on(s);
  for (size_t i = 0; i < ASKERS; i++) {
    for (int k = 0; k < TURN_MESSAGES / 2; k++) {
      talker_expect(&askers[i], MESSAGE_ALIVE);
    }
  }
  assert_true(shell_most(s).messages <= TURN_MESSAGES + 1); /* one of each line */
  assert_true(shell_most(s).bytes < TURN_BYTES);
}

static void what_several_clients_upload_at_once_takes_several_turns(void **state) {
  shell *s = *state;
  talker clients[UPLOADERS];
  sample blobs[UPLOADERS];
  shell_start(s, NULL, true);
  for (size_t i = 0; i < UPLOADERS; i++) {
    talker_client(s, &clients[i]);
    sample_make(&blobs[i], i, UPLOAD_BYTES);
    talker_offer(&clients[i], &blobs[i]);
    talker_expect(&clients[i], MESSAGE_WANT);
  }
  shell_pass(s, 500);
  shell_count_again(s);
  shell_hold(s);
  for (size_t i = 0; i < UPLOADERS; i++) {
    for (size_t chunk = 0; chunk < UPLOAD_BYTES / MESSAGE_FRAME_MAX; chunk++) {
      if (chunk > 0) {
        talker_expect(&clients[i], MESSAGE_WANT);
      }
      talker_answer_want(&clients[i], &blobs[i]);
    }
  }
  shell_go_on(s);
  for (size_t i = 0; i < UPLOADERS; i++) {
    talker_expect(&clients[i], MESSAGE_HAVE);
  }
  shell_pass(s, 500);
  /* Received, and compared with their names. */
  assert_true(shell_sum(s).bytes >= 2ULL * UPLOADERS * UPLOAD_BYTES);
  assert_true(shell_most(s).bytes < TURN_BYTES + 4 * MESSAGE_FRAME_MAX);
  for (size_t i = 0; i < UPLOADERS; i++) {
    sample_fini(&blobs[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_dropped_dataset_is_removed_a_few_files_a_turn),
      SHELL_TEST(what_a_stopped_broker_had_not_removed_is_not_lost_sight_of),
      SHELL_TEST(who_holds_many_shards_and_speaks_on_or_leaves_is_known_in_time),
      SHELL_TEST(workers_with_many_shards_are_taken_in_turn_by_turn),
      SHELL_TEST(jobs_are_taken_up_turn_by_turn_and_each_is_there_when_it_is_asked_for),
      SHELL_TEST(so_many_messages_and_bytes_are_taken_in_a_turn),
      SHELL_TEST(what_several_clients_upload_at_once_takes_several_turns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
