/* Several peers that offer the same blob over slow connections. */
#include "tests/broker/shell_fixture.h"

#include "broker/limits.h"
#include "tests/check.h"

enum {
  CHUNKS = 4,
  CHUNK_MS = TRANSFER_SWITCH_MS + 1000,
  WANTS_MAX = 3 * CHUNKS, /* of one talker: the whole blob again each second time that the other is asked */
  TALKERS = 2,
  LOOK_MS = 500,
  MOST_MS = 120000, /* of the broker's clock */
};

/* Answers wants in the order in which they came, one each CHUNK_MS. */
typedef struct slow {
  talker talker;
  uint64_t wanted[WANTS_MAX]; /* offsets */
  size_t head, tail;
  unsigned due_ms; /* for the chunk at HEAD */
  bool has;
} slow;

static void send_chunk(slow *from, const sample *blob) {
  const uint64_t offset = from->wanted[from->head++];
  message m = message_of(MESSAGE_CHUNK);
  message_set_bytes(&m, FIELD_BLOB, blob->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, blob->length);
  const wire_payload payload = {.bytes = blob->bytes + offset, .length = MESSAGE_FRAME_MAX};
  talker_send(&from->talker, &m, &payload, 1);
}

/* All that has come, and the chunk that is due at NOW_MS. */
static void look(slow *at, const sample *blob, unsigned now_ms) {
  talker_say(&at->talker, MESSAGE_ALIVE);
  for (const message *m = talker_next(&at->talker); m->kind != MESSAGE_ALIVE; m = talker_next(&at->talker)) {
    assert_int_not_equal(m->kind, MESSAGE_LOST);
    at->has = at->has || m->kind == MESSAGE_HAVE;
    if (m->kind == MESSAGE_WANT) {
      at->due_ms = at->head == at->tail ? now_ms + CHUNK_MS : at->due_ms;
      assert_true(at->tail < WANTS_MAX);
      at->wanted[at->tail++] = m->integers[FIELD_OFFSET];
    }
  }
  if (at->head < at->tail && now_ms >= at->due_ms) {
    send_chunk(at, blob);
    at->due_ms = now_ms + CHUNK_MS;
  }
}

/* A chunk takes longer than the broker waits at first before it asks somebody else. */
static void slow_ones_that_offer_the_same_do_not_keep_each_other_from_sending_it(void **state) {
  shell *s = *state;
  slow all[TALKERS] = {0};
  sample blob;
  shell_start(s, NULL, true);
  sample_make(&blob, 1, (size_t)CHUNKS * MESSAGE_FRAME_MAX);
  for (size_t i = 0; i < TALKERS; i++) {
    talker_client(s, &all[i].talker);
    talker_offer(&all[i].talker, &blob);
  }
  for (unsigned now_ms = 0; !all[0].has || !all[1].has; now_ms += LOOK_MS) {
    assert_true(now_ms < MOST_MS);
    for (size_t i = 0; i < TALKERS; i++) {
      look(&all[i], &blob, now_ms);
    }
    shell_pass(s, LOOK_MS);
  }
  for (size_t i = 0; i < TALKERS; i++) {
    talker_close(&all[i].talker);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(slow_ones_that_offer_the_same_do_not_keep_each_other_from_sending_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
