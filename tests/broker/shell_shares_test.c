/* What is scarce is shared: one client cannot have all of it. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <string.h>

#include "broker/limits.h"
#include "tests/check.h"

enum {
  PEER_CHUNKS = TRANSFER_PEER_BYTES / MESSAGE_FRAME_MAX,
  CREDIT_CHUNKS = TRANSFER_CREDIT_BYTES / MESSAGE_FRAME_MAX,
  GREEDY = 10, /* more than it takes for all of the credit */
};

/* How many chunks T is asked for before the broker has answered what is sent now. */
static unsigned wants_of(talker *t) {
  unsigned count = 0;
  talker_say(t, MESSAGE_ALIVE);
  for (const message *m = talker_next(t); m->kind != MESSAGE_ALIVE; m = talker_next(t)) {
    count += m->kind == MESSAGE_WANT;
  }
  return count;
}

static unsigned offer_and_send_nothing(talker *t, uint64_t seed) {
  sample blob;
  sample_make(&blob, seed, (size_t)(PEER_CHUNKS + 1) * MESSAGE_FRAME_MAX);
  talker_offer(t, &blob);
  sample_fini(&blob);
  return wants_of(t);
}

static void who_offers_much_and_sends_nothing_delays_nobody(void **state) {
  shell *s = *state;
  talker greedy[GREEDY];
  talker honest;
  sample blob;
  unsigned wanted = 0;
  shell_start(s, NULL, true);
  for (size_t i = 0; i < GREEDY; i++) {
    talker_client(s, &greedy[i]);
    wanted += offer_and_send_nothing(&greedy[i], i + 1);
  }
  assert_in_range(wanted, CREDIT_CHUNKS / 2, CREDIT_CHUNKS + GREEDY);
  sample_make(&blob, 100, (size_t)3 * MESSAGE_FRAME_MAX);
  talker_client(s, &honest);
  talker_put(&honest, &blob); /* while the broker's clock stands still */
}

/* A broker over tcp that allows the two clients with keys 1 and 2. */
static void start_with_keys(shell *s) {
  shell_make_keys(s);
  s->allowed = shell_make_list(s, "client %s a\nclient %s b\n", s->keys[1].public_key, s->keys[2].public_key);
  shell_start(s, "tcp://127.0.0.1:*", true);
}

static void join(shell *s, talker *t, size_t key) {
  talker_connect_with(s, t, key);
  talker_join(t, "client", 0);
}

static void connections_with_one_key_share_what_one_client_gets(void **state) {
  shell *s = *state;
  talker one[GREEDY];
  talker other;
  unsigned wanted = 0;
  start_with_keys(s);
  for (size_t i = 0; i < GREEDY; i++) {
    join(s, &one[i], 1);
    wanted += offer_and_send_nothing(&one[i], i + 1);
  }
  assert_int_equal(wanted, CREDIT_CHUNKS / 2);
  join(s, &other, 2);
  assert_int_equal(offer_and_send_nothing(&other, 100), PEER_CHUNKS);
  for (size_t i = 0; i < GREEDY; i++) {
    assert_int_equal(wants_of(&one[i]), 0);
  }
}

/* ---- Jobs ------------------------------------------------------------------------------------------ */

static void make_dataset(talker *t) {
  sample shard;
  sample content;
  dataset_make(t, "survey", &shard, 1, 100, &content);
}

/* Submits jobs FIRST up to before END; how many were accepted.  The others were refused with `limit`. */
static unsigned submit_many(talker *t, unsigned first, unsigned end) {
  enum { AT_ONCE = 200 };
  unsigned accepted = 0;
  for (unsigned at = first; at < end;) {
    const unsigned stop = end - at < AT_ONCE ? end : at + AT_ONCE;
    for (unsigned i = at; i < stop; i++) {
      char key[32];
      snprintf(key, sizeof key, "job %u", i);
      talker_submit(t, "survey", key, "plan", NULL);
    }
    for (unsigned i = at; i < stop; i++) {
      const message *m = talker_next(t);
      while (m->kind != MESSAGE_ACCEPTED && m->kind != MESSAGE_REFUSED) {
        m = talker_next(t);
      }
      accepted += m->kind == MESSAGE_ACCEPTED;
      assert_true(m->kind == MESSAGE_ACCEPTED || slice_equal(m->texts[FIELD_STATUS], slice_of("limit")));
    }
    at = stop;
  }
  return accepted;
}

static void one_client_cannot_fill_the_broker_with_its_jobs_and_a_restart_forgets_nothing(void **state) {
  shell *s = *state;
  talker greedy;
  talker other;
  core_job_id job;
  start_with_keys(s);
  join(s, &greedy, 1);
  make_dataset(&greedy);
  assert_int_equal(submit_many(&greedy, 0, CORE_JOBS_MAX / 2 + 2), CORE_JOBS_MAX / 2);
  talker_close(&greedy);
  join(s, &greedy, 1); /* another connection, the same client */
  assert_int_equal(submit_many(&greedy, CORE_JOBS_MAX, CORE_JOBS_MAX + 1), 0);
  assert_int_equal(submit_many(&greedy, 0, 1), 1); /* a known one is accepted again */
  join(s, &other, 2);
  talker_submit(&other, "survey", "job 1", "plan", &job);
  talker_close(&greedy);
  talker_close(&other);
  shell_stop(s);
  shell_start(s, "tcp://127.0.0.1:*", true);
  join(s, &greedy, 1);
  assert_int_equal(submit_many(&greedy, CORE_JOBS_MAX, CORE_JOBS_MAX + 1), 0);
  talker_ask(&greedy, MESSAGE_CANCEL, &job); /* the other's */
  talker_expect(&greedy, MESSAGE_ENDED);
  assert_int_equal(submit_many(&greedy, CORE_JOBS_MAX, CORE_JOBS_MAX + 1), 0);
  talker_submit(&greedy, "survey", "job 1", "plan", &job);
  talker_ask(&greedy, MESSAGE_CANCEL, &job);
  talker_expect(&greedy, MESSAGE_ENDED);
  assert_int_equal(submit_many(&greedy, CORE_JOBS_MAX, CORE_JOBS_MAX + 2), 1);
}

/* As docs/protocol.md says: SHA-256 of "canvass job", zero, the job's key, zero, the client's public key. */
static void the_keys_of_jobs_are_each_clients_own(void **state) {
  shell *s = *state;
  talker clients[2];
  core_job_id jobs[2];
  core_job_id again;
  digest expected;
  error err;
  buf text;
  start_with_keys(s);
  for (size_t i = 0; i < 2; i++) {
    join(s, &clients[i], i + 1);
  }
  make_dataset(&clients[0]);
  talker_submit(&clients[0], "survey", "night-1", "another plan", &jobs[0]);
  talker_submit(&clients[1], "survey", "night-1", "plan", &jobs[1]);
  talker_submit(&clients[1], "survey", "night-1", "plan", &again);
  assert_memory_equal(&jobs[1], &again, sizeof again);
  for (size_t i = 0; i < 2; i++) {
    buf_init(&text);
    buf_put(&text, "canvass job\0night-1\0", 20);
    buf_put_text(&text, s->keys[i + 1].public_key);
    assert_int_equal(digest_of(text.data, text.length, &expected, &err), STATUS_OK);
    assert_memory_equal(jobs[i].bytes, expected.bytes, JOB_ID_BYTES);
    buf_fini(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(who_offers_much_and_sends_nothing_delays_nobody),
      SHELL_TEST(connections_with_one_key_share_what_one_client_gets),
      SHELL_TEST(one_client_cannot_fill_the_broker_with_its_jobs_and_a_restart_forgets_nothing),
      SHELL_TEST(the_keys_of_jobs_are_each_clients_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
