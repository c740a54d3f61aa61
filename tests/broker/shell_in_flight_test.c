/* What a peer that asks and does not read costs the broker. */
#include "tests/broker/shell_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

enum { WANTS = 100, MIB = 1 << 20, LIMIT_MIB = 32, ELSEWHERE_MIB = 8, MARK = 77 };

/* A client whose socket takes one message, and then waits to be read. */
static void connect_narrow(shell *s, talker *t) {
  const int one = 1;
  talker_connect(s, t);
  assert_int_equal(zmq_disconnect(t->socket, s->endpoint), 0);
  assert_int_equal(zmq_setsockopt(t->socket, ZMQ_RCVHWM, &one, sizeof one), 0);
  assert_int_equal(zmq_connect(t->socket, s->endpoint), 0);
  talker_join(t, "client", 0);
}

/* The broker takes a peer's messages in order, and its log reports workers. */
static void wait_until_taken(shell *s, talker *t, talker *other) {
  talker_hello(t, "worker", MARK);
  while (!shell_log_has(s, "77 tasks")) {
    (void)talker_receive(other, SHELL_QUIET_MS);
  }
}

typedef struct answers {
  size_t chunks, lost, refused;
} answers;

/* Until the next welcome. */
static answers read_answers(talker *t) {
  answers a = {0};
  for (;;) {
    const message *m = talker_next(t);
    if (m->kind == MESSAGE_WELCOME) {
      return a;
    }
    a.chunks += m->kind == MESSAGE_CHUNK;
    a.lost += m->kind == MESSAGE_LOST;
    a.refused += m->kind == MESSAGE_REFUSED;
    if (m->kind == MESSAGE_LOST || m->kind == MESSAGE_REFUSED) {
      assert_slice_equal(m->texts[FIELD_STATUS], slice_of("limit"));
    }
  }
}

/* NARROW has asked for the blob WANTS times and reads nothing; OTHER has put it. */
static void ask_without_reading(shell *s, talker *narrow, talker *other, sample *blob) {
  talker_first_client(s, other);
  sample_make(blob, 3, MIB);
  talker_put(other, blob);
  connect_narrow(s, narrow);
  for (int i = 0; i < WANTS; i++) {
    talker_want(narrow, blob, 0);
  }
}

static void who_does_not_read_is_sent_32_mib_and_no_more(void **state) {
  shell *s = *state;
  talker other;
  talker narrow;
  sample blob;
  ask_without_reading(s, &narrow, &other, &blob);
  talker_list(&narrow, "jobs");
  talker_say(&narrow, MESSAGE_BYE);
  talker_hello(&narrow, "worker", 1);
  talker_want(&narrow, &blob, 0);
  wait_until_taken(s, &narrow, &other);
  talker_fetch(&other, &blob); /* no other peer is delayed */
  answers a = read_answers(&narrow);
  assert_int_equal(a.chunks + a.lost, WANTS);
  assert_true(a.chunks >= LIMIT_MIB && a.chunks <= LIMIT_MIB + ELSEWHERE_MIB);
  assert_int_equal(a.refused, 1);
  a = read_answers(&narrow); /* saying hello again does not help */
  assert_int_equal(a.chunks, 0);
  assert_int_equal(a.lost, 1);
  talker_fetch(&narrow, &blob); /* reading does */
}

static void manifests_that_are_not_read_are_counted_too(void **state) {
  enum { SHARDS = 16000 };
  shell *s = *state;
  shell_start(s, NULL, true);
  talker other;
  talker narrow;
  sample shard;
  sample content;
  sample_make(&shard, 3, 100);
  sample *shards = calloc(SHARDS, sizeof *shards);
  assert_non_null(shards);
  for (size_t i = 0; i < SHARDS; i++) {
    shards[i] = shard;
  }
  manifest_make(&content, shards, SHARDS, 10);
  assert_true(content.length > MIB / 2 && content.length <= MESSAGE_FRAME_MAX);
  talker_client(s, &other);
  talker_put(&other, &shard);
  talker_commit(&other, "survey", 0, &content);
  talker_expect(&other, MESSAGE_COMMITTED);
  connect_narrow(s, &narrow);
  for (int i = 0; i < WANTS; i++) {
    message m = talker_request(&narrow, MESSAGE_DATASET);
    message_set_text(&m, FIELD_DATASET, "survey");
    talker_send(&narrow, &m, NULL, 0);
  }
  wait_until_taken(s, &narrow, &other);
  const answers a = read_answers(&narrow);
  assert_true(a.refused > WANTS - (size_t)(LIMIT_MIB + ELSEWHERE_MIB) * MIB / content.length);
  assert_true(a.refused < WANTS - (size_t)LIMIT_MIB * MIB / content.length + 2);
  free(shards);
}

/* The counts are then let go by libzmq's threads. */
static void a_broker_ends_well_with_much_on_its_way(void **state) {
  shell *s = *state;
  talker other;
  talker narrow;
  sample blob;
  ask_without_reading(s, &narrow, &other, &blob);
  wait_until_taken(s, &narrow, &other);
  shell_restart(s);
  talker_come_back(&other, "client", 0);
  talker_fetch(&other, &blob);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(who_does_not_read_is_sent_32_mib_and_no_more),
      SHELL_TEST(manifests_that_are_not_read_are_counted_too),
      SHELL_TEST(a_broker_ends_well_with_much_on_its_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
