/* Several who offer the same blob over slow connections. */
#include "tests/broker/shell_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "broker/transfer.h"

enum {
  CHUNKS = 4,
  CHUNK_MS = TRANSFER_SWITCH_MS + 1000,
  WANTS_MAX = 3 * CHUNKS, /* of one talker: the whole blob again each second time that the other is asked */
  TALKERS = 2,
  LOOK_MS = 20,
  ALIVE_EACH = 50,
};

/* Answers wants in the order in which they came, one each CHUNK_MS. */
typedef struct slow {
  talker talker;
  uint64_t wanted[WANTS_MAX]; /* offsets */
  size_t head, tail;
  int64_t due_ms; /* for the chunk at HEAD */
  bool has;
} slow;

static int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void send_chunk(slow *from, const sample *blob) {
  const uint64_t offset = from->wanted[from->head++];
  message m = message_of(MESSAGE_CHUNK);
  message_set_bytes(&m, FIELD_BLOB, blob->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, blob->length);
  const wire_payload payload = {.bytes = blob->bytes + offset, .length = MESSAGE_FRAME_MAX};
  talker_send(&from->talker, &m, &payload, 1);
}

static void look(slow *at, const sample *blob) {
  while (talker_receive(&at->talker, LOOK_MS)) {
    const message *m = &at->talker.in->header;
    assert_int_not_equal(m->kind, MESSAGE_LOST);
    at->has = at->has || m->kind == MESSAGE_HAVE;
    if (m->kind == MESSAGE_WANT) {
      at->due_ms = at->head == at->tail ? clock_ms() + CHUNK_MS : at->due_ms;
      assert_true(at->tail < WANTS_MAX);
      at->wanted[at->tail++] = m->integers[FIELD_OFFSET];
    }
  }
  if (at->head < at->tail && clock_ms() >= at->due_ms) {
    send_chunk(at, blob);
    at->due_ms = clock_ms() + CHUNK_MS;
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
  const int64_t until_ms = clock_ms() + 2 * SHELL_DEADLINE_MS;
  for (unsigned looks = 0; !all[0].has || !all[1].has; looks++) {
    assert_true(clock_ms() < until_ms);
    for (size_t i = 0; i < TALKERS; i++) {
      const message alive = message_of(MESSAGE_ALIVE);
      if (looks % ALIVE_EACH == 0) {
        talker_send(&all[i].talker, &alive, NULL, 0);
      }
      look(&all[i], &blob);
    }
  }
  for (size_t i = 0; i < TALKERS; i++) {
    talker_close(&all[i].talker);
  }
  sample_fini(&blob);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(slow_ones_that_offer_the_same_do_not_keep_each_other_from_sending_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
