/* MAP with a cache gives the same bytes as without, whatever the cache holds: nothing, everything, a part, or
 * bytes that are not states. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

enum { ROWS = 300, DAMAGES = 40 };

/* A program's states by accumulator. */
typedef struct memory_cache {
  buf *states;
  bool *present;
  unsigned puts;
} memory_cache;

static memory_cache cache_new(uint32_t count) {
  memory_cache c = {.states = calloc(count + 1, sizeof *c.states),
                    .present = calloc(count + 1, sizeof(bool))};
  assert_non_null(c.states);
  assert_non_null(c.present);
  return c;
}

static void cache_free(memory_cache *c, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    buf_fini(&c->states[i]);
  }
  free(c->states);
  free(c->present);
}

static bool cache_get(void *context, uint32_t accumulator, buf *out) {
  const memory_cache *c = context;
  if (c->present[accumulator]) {
    buf_put(out, c->states[accumulator].data, c->states[accumulator].length);
  }
  return c->present[accumulator];
}

static void cache_put(void *context, uint32_t accumulator, slice state) {
  memory_cache *c = context;
  buf_clear(&c->states[accumulator]);
  buf_put(&c->states[accumulator], state.bytes, state.length);
  c->present[accumulator] = true;
  c->puts++;
}

typedef struct opening {
  const stats_rows *rows;
  unsigned times;
} opening;

static status open_rows(void *context, const stats_rows **rows, error *err) {
  (void)err;
  opening *o = context;
  o->times++;
  *rows = o->rows;
  return STATUS_OK;
}

static buf encoded(const partial *p) {
  buf b;
  buf_init(&b);
  partial_encode(p, &b);
  assert_false(b.failed);
  return b;
}

static buf mapped_plain(const program *p, const fixture *f) {
  partial *one = NULL;
  assert_int_equal(partial_map(p, fixture_rows(f), &one, NULL), STATUS_OK);
  buf b = encoded(one);
  partial_destroy(one);
  return b;
}

/* Maps through the cache; *COMPUTED and *OPENED count what that took. */
static buf mapped_cached(const program *p, const fixture *f, memory_cache *c, uint64_t *computed,
                         unsigned *opened) {
  const partial_cache cache = {cache_get, cache_put, c};
  opening o = {.rows = fixture_rows(f)};
  partial *one = NULL;
  error err;
  *computed = 0;
  if (partial_map_cached(p, open_rows, &o, &cache, computed, &one, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  *opened = o.times;
  buf b = encoded(one);
  partial_destroy(one);
  return b;
}

static void expect_equal(buf *a, buf *b) {
  assert_int_equal(a->length, b->length);
  assert_memory_equal(a->data, b->data, a->length);
  buf_fini(b);
}

static void check_case(const program *p, const fixture *f) {
  const uint32_t count = p->accumulators_count;
  memory_cache c = cache_new(count);
  uint64_t computed;
  unsigned opened;
  buf plain = mapped_plain(p, f);
  buf first = mapped_cached(p, f, &c, &computed, &opened);
  expect_equal(&plain, &first);
  assert_int_equal(computed, count);
  assert_int_equal(c.puts, count);
  assert_int_equal(opened, 1);
  buf second = mapped_cached(p, f, &c, &computed, &opened);
  expect_equal(&plain, &second);
  assert_int_equal(computed, 0);
  assert_int_equal(opened, 0);
  c.states[0].length /= 2;
  buf cut = mapped_cached(p, f, &c, &computed, &opened);
  expect_equal(&plain, &cut);
  assert_int_equal(computed, 1);
  buf_put_u8(&c.states[0], 0);
  buf longer = mapped_cached(p, f, &c, &computed, &opened);
  expect_equal(&plain, &longer);
  assert_int_equal(computed, 1);
  cache_free(&c, count);
  buf_fini(&plain);
}

static void a_cached_map_is_the_plain_one_to_the_bit(void **state) {
  (void)state;
  for (size_t i = 0; i < accumulator_cases_count; i++) {
    for (int flavour = 0; flavour < SURVEY_FLAVOURS; flavour += 2) {
      program *p = accumulator_case_program(&accumulator_cases[i]);
      fixture *f = survey_new((survey_flavour)flavour, ROWS, i + 1);
      check_case(p, f);
      fixture_destroy(f);
      program_destroy(p);
    }
  }
}

/* Whatever is in the cache, it is a state or is recomputed; it never does harm. */
static void damaged_states_do_no_harm(void **state) {
  (void)state;
  seeded random = {4711};
  for (size_t i = 0; i < accumulator_cases_count; i++) {
    program *p = accumulator_case_program(&accumulator_cases[i]);
    fixture *f = survey_new(SURVEY_ORDINARY, ROWS, 5);
    memory_cache c = cache_new(p->accumulators_count);
    uint64_t computed;
    unsigned opened;
    buf first = mapped_cached(p, f, &c, &computed, &opened);
    buf_fini(&first);
    for (int k = 0; k < DAMAGES && c.states[0].length > 0; k++) {
      buf damaged;
      buf_init(&damaged);
      buf_put(&damaged, c.states[0].data, c.states[0].length);
      const buf sound = c.states[0];
      damaged.data[seeded_pick(&random, (uint32_t)damaged.length)] ^=
          (uint8_t)(1 + seeded_pick(&random, 255));
      c.states[0] = damaged;
      buf b = mapped_cached(p, f, &c, &computed, &opened);
      buf_fini(&b);
      buf_fini(&c.states[0]);
      c.states[0] = sound;
    }
    cache_free(&c, p->accumulators_count);
    fixture_destroy(f);
    program_destroy(p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cached_map_is_the_plain_one_to_the_bit),
      cmocka_unit_test(damaged_states_do_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
