/* The book of chunks against arrays of bool, with requests, losses and arrivals in any order. */
#include "proto/chunks.h"

#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

enum { CHUNKS_MAX = 20, STEPS = 300, ROUNDS = 200 };

typedef struct model {
  uint64_t bytes, count;
  bool asked[CHUNKS_MAX], have[CHUNKS_MAX];
} model;

static uint64_t count_of(const model *m, bool have) {
  uint64_t count = 0;
  for (uint64_t i = 0; i < m->count; i++) {
    count += have ? m->have[i] : m->asked[i] && !m->have[i];
  }
  return count;
}

static uint64_t first_unasked(const model *m) {
  uint64_t i = 0;
  while (i < m->count && m->asked[i]) {
    i++;
  }
  return i;
}

static void check(const model *m, chunks *c) {
  assert_true(c->under_way == count_of(m, false));
  assert_true(chunks_is_whole(c) == (count_of(m, true) == m->count));
  assert_true(chunks_has_more(c) == (first_unasked(m) < m->count));
  for (uint64_t i = 0; i < m->count; i++) {
    const uint64_t offset = i * MESSAGE_FRAME_MAX;
    assert_int_equal(chunks_expects(c, offset), m->asked[i] && !m->have[i]);
    assert_false(chunks_expects(c, offset + 1));
  }
  assert_false(chunks_expects(c, m->count * MESSAGE_FRAME_MAX));
}

static void ask(model *m, chunks *c) {
  const uint64_t expected = first_unasked(m);
  uint64_t offset = 0;
  uint64_t length = 0;
  assert_int_equal(chunks_ask(c, &offset, &length), expected < m->count);
  if (expected < m->count) {
    assert_true(offset == expected * MESSAGE_FRAME_MAX);
    assert_true(length > 0 && length <= MESSAGE_FRAME_MAX);
    assert_true(expected + 1 < m->count ? length == MESSAGE_FRAME_MAX : offset + length == m->bytes);
    m->asked[expected] = true;
  }
}

static void step(model *m, chunks *c, seeded *r) {
  const uint64_t what = seeded_below(r, 40);
  const uint64_t chunk = m->count > 0 ? seeded_below(r, m->count) : 0;
  const bool is_expected = m->count > 0 && m->asked[chunk] && !m->have[chunk];
  if (what < 20) {
    ask(m, c);
  } else if (what < 35 && is_expected) {
    chunks_take(c, chunk * MESSAGE_FRAME_MAX);
    m->have[chunk] = true;
  } else if (what < 38 && is_expected) {
    chunks_not_asked(c, chunk * MESSAGE_FRAME_MAX);
    m->asked[chunk] = false;
  } else if (what == 38) {
    chunks_ask_again(c);
    memcpy(m->asked, m->have, sizeof m->asked);
  } else if (what == 39 && seeded_below(r, 8) == 0) {
    chunks_restart(c);
    memset(m->asked, 0, sizeof m->asked);
    memset(m->have, 0, sizeof m->have);
  }
}

static void a_book_knows_what_was_requested_and_what_arrived(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  print_message("seed %llu\n", (unsigned long long)r.state);
  for (int round = 0; round < ROUNDS; round++) {
    model m = {.bytes = seeded_below(&r, (uint64_t)CHUNKS_MAX * MESSAGE_FRAME_MAX + 1)};
    if (round % 4 == 0) {
      m.bytes -= m.bytes % MESSAGE_FRAME_MAX;
    }
    m.count = (m.bytes + MESSAGE_FRAME_MAX - 1) / MESSAGE_FRAME_MAX;
    chunks c;
    error err;
    assert_int_equal(chunks_init(&c, m.bytes, &err), STATUS_OK);
    check(&m, &c);
    for (int i = 0; i < STEPS; i++) {
      step(&m, &c, &r);
      check(&m, &c);
    }
    chunks_fini(&c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_book_knows_what_was_requested_and_what_arrived)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
