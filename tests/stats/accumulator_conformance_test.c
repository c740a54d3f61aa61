/* The conformance battery: what every kind of accumulator promises, over every case of the table.
 *
 * Method: the whole survey mapped at once is the reference; everything else (shards cut at random,
 * merged in random trees, in any encoding of the columns, by any form of the kernels) must give the same
 * bytes.  The seed of a failure is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

enum {
  ROWS = 400,
  SHARDINGS = SEEDED_CASES(6),
  TRUNCATIONS_MAX = SEEDED_CASES(400),
  FLIPS = SEEDED_CASES(300)
};

static const char *const kernel_forms[] = {"portable", "avx2", "avx512"};
enum { KERNEL_FORMS = 3 };

typedef struct subject {
  const accumulator_case *c;
  const accumulator_kind *kind;
  program *p;
  const program_accumulator *a;
  uint64_t seed;
} subject;

static void fail_with(const subject *s, const char *what, const error *err) {
  fail_msg("%s of %s (case %d, seed %llu): %s: %s", s->kind->name,
           s->c->variables[0] != NULL ? s->c->variables[0] : "-", (int)(s->c - accumulator_cases),
           (unsigned long long)s->seed, what, err != NULL ? err->message : "");
}

/* A state made of bytes, in any of the ways there are; each helper owns nothing else. */
static void *map(const subject *s, const fixture *f) {
  error err = {0};
  frame *from;
  void *state = NULL;
  if (frame_new(s->p, fixture_rows(f), &from, &err) != STATUS_OK) {
    fail_with(s, "frame", &err);
  }
  if (s->kind->map(from, s->a, &state, &err) != STATUS_OK) {
    fail_with(s, "map", &err);
  }
  frame_destroy(from);
  return state;
}

static void *empty(const subject *s) {
  error err = {0};
  void *state = NULL;
  if (s->kind->empty(s->p, s->a, &state, &err) != STATUS_OK) {
    fail_with(s, "empty", &err);
  }
  return state;
}

static void merge(const subject *s, void *into, const void *from) {
  error err = {0};
  if (s->kind->merge(into, from, &err) != STATUS_OK) {
    fail_with(s, "merge", &err);
  }
}

static buf encode(const subject *s, const void *state) {
  buf b;
  buf_init(&b);
  s->kind->encode(state, &b);
  assert_false(b.failed);
  return b;
}

static status decode(const subject *s, const void *bytes, size_t length, void **state, error *err) {
  reader r;
  reader_init(&r, bytes, length);
  TRY(s->kind->decode(s->p, s->a, &r, state, err));
  status st = reader_finish(&r, s->kind->name, err);
  if (st != STATUS_OK) {
    s->kind->destroy(*state);
  }
  return st;
}

static void *pass_through_bytes(const subject *s, void *state) {
  error err = {0};
  void *copy = NULL;
  buf bytes = encode(s, state);
  if (decode(s, bytes.data, bytes.length, &copy, &err) != STATUS_OK) {
    fail_with(s, "decode of its own bytes", &err);
  }
  s->kind->destroy(state);
  buf_fini(&bytes);
  return copy;
}

static void expect_bytes(const subject *s, const void *state, const buf *expected, const char *what) {
  buf got = encode(s, state);
  if (got.length != expected->length || memcmp(got.data, expected->data, got.length) != 0) {
    fail_with(s, what, NULL);
  }
  buf_fini(&got);
}

static void check_neutral(const subject *s, const fixture *whole, const buf *expected) {
  void *left = empty(s), *right = map(s, whole), *none = empty(s);
  merge(s, left, right);
  expect_bytes(s, left, expected, "empty + x");
  merge(s, right, none);
  expect_bytes(s, right, expected, "x + empty");
  s->kind->destroy(left);
  s->kind->destroy(right);
  s->kind->destroy(none);
}

/* Cuts the survey into COUNT shards at random places; some are empty. */
static void map_shards(const subject *s, const fixture *whole, seeded *seed, void **states, uint32_t count) {
  uint32_t rows = fixture_rows(whole)->count, first = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t length = i + 1 == count ? rows - first : seeded_pick(seed, (rows - first) / 2 + 1);
    fixture *cut = fixture_cut(whole, first, length);
    fixture *recoded = fixture_recoded(cut, (packed_kind)(PACKED_CODES + seeded_pick(seed, PACKED_SCALED)));
    status ignored = stats_kernels_choose(kernel_forms[seeded_pick(seed, KERNEL_FORMS)], NULL);
    (void)ignored;
    states[i] = map(s, recoded);
    fixture_destroy(recoded);
    fixture_destroy(cut);
    first += length;
  }
}

/* Any two of the states, in any order, become one, until one is left. */
static void check_sharding(subject *s, const fixture *whole, const buf *expected) {
  enum { SHARDS_MAX = 9 };
  seeded random = {s->seed};
  void *states[SHARDS_MAX];
  uint32_t count = 1 + seeded_pick(&random, SHARDS_MAX);
  map_shards(s, whole, &random, states, count);
  while (count > 1) {
    uint32_t into = seeded_pick(&random, count), from = seeded_pick(&random, count - 1);
    from += from >= into;
    if (seeded_pick(&random, 2) == 0) {
      states[from] = pass_through_bytes(s, states[from]);
    }
    buf before = encode(s, states[from]);
    merge(s, states[into], states[from]);
    expect_bytes(s, states[from], &before, "merge changed its source");
    buf_fini(&before);
    s->kind->destroy(states[from]);
    states[from] = states[--count];
  }
  expect_bytes(s, states[0], expected, "shards, merged");
  s->kind->destroy(states[0]);
}

static void check_forms(const subject *s, const fixture *whole, const buf *expected) {
  for (int form = 0; form < KERNEL_FORMS; form++) {
    if (stats_kernels_choose(kernel_forms[form], NULL) != STATUS_OK) {
      continue;
    }
    for (int kind = PACKED_CODES; kind <= PACKED_SCALED; kind++) {
      fixture *recoded = fixture_recoded(whole, (packed_kind)kind);
      void *state = map(s, recoded);
      expect_bytes(s, state, expected, kernel_forms[form]);
      s->kind->destroy(state);
      fixture_destroy(recoded);
    }
  }
}

static void check_truncations(const subject *s, const buf *bytes) {
  size_t step = bytes->length / TRUNCATIONS_MAX + 1;
  for (size_t length = 0; length < bytes->length; length += step) {
    void *state = NULL;
    uint8_t *exact_room = malloc(length + (length == 0)); /* so that a sanitizer sees any step past it */
    assert_non_null(exact_room);
    memcpy(exact_room, bytes->data, length);
    if (decode(s, exact_room, length, &state, NULL) == STATUS_OK) {
      fail_with(s, "a truncated state was accepted", NULL);
    }
    free(exact_room);
  }
}

/* Altered bytes are refused, or they are the canonical bytes of another state that merges. */
static void check_flips(const subject *s, const buf *bytes) {
  seeded random = {s->seed};
  for (int i = 0; i < FLIPS && bytes->length > 0; i++) {
    uint8_t *altered = malloc(bytes->length);
    assert_non_null(altered);
    memcpy(altered, bytes->data, bytes->length);
    for (uint32_t flips = 1 + seeded_pick(&random, 3); flips > 0; flips--) {
      altered[seeded_next(&random) % bytes->length] ^= (uint8_t)(1u << seeded_pick(&random, 8));
    }
    void *state = NULL;
    if (decode(s, altered, bytes->length, &state, NULL) == STATUS_OK) {
      expect_bytes(s, state, &(buf){.data = altered, .length = bytes->length}, "not canonical, yet accepted");
      void *other = empty(s);
      status ignored = s->kind->merge(other, state, NULL);
      ignored = s->kind->merge(other, state, NULL);
      (void)ignored;
      s->kind->destroy(other);
      s->kind->destroy(state);
    }
    free(altered);
  }
}

static void run(const accumulator_case *c, survey_flavour flavour, uint32_t rows) {
  subject s = {.c = c, .kind = accumulator_find(c->kind), .p = accumulator_case_program(c)};
  error err = {0};
  uint64_t bytes_max;
  s.a = &s.p->accumulators[0];
  s.seed = (uint64_t)(c - accumulator_cases) * 1000 + (uint64_t)flavour * 100 + rows;
  if (s.kind->check(s.p, s.a, &bytes_max, &err) != STATUS_OK) {
    fail_with(&s, "check", &err);
  }
  fixture *whole = survey_new(flavour, rows, s.seed);
  void *state = map(&s, whole);
  buf bytes = encode(&s, state);
  assert_true(bytes_max == 0 || bytes.length <= bytes_max);
  s.kind->destroy(pass_through_bytes(&s, state));
  check_neutral(&s, whole, &bytes);
  check_forms(&s, whole, &bytes);
  for (int i = 0; i < SHARDINGS; i++, s.seed += 7) {
    check_sharding(&s, whole, &bytes);
  }
  check_truncations(&s, &bytes);
  check_flips(&s, &bytes);
  buf_fini(&bytes);
  fixture_destroy(whole);
  program_destroy(s.p);
}

static void run_all(survey_flavour flavour, uint32_t rows) {
  for (size_t i = 0; i < accumulator_cases_count; i++) {
    if (accumulator_find(accumulator_cases[i].kind)->map != NULL) {
      run(&accumulator_cases[i], flavour, rows);
    }
  }
}

static void every_kind_is_in_the_battery(void **unused) {
  (void)unused;
  for (size_t i = 0; i < accumulator_count(); i++) {
    const accumulator_kind *kind = accumulator_at(i);
    size_t cases = 0;
    for (size_t k = 0; k < accumulator_cases_count; k++) {
      cases += accumulator_cases[k].kind == kind->id;
    }
    if (cases == 0) {
      fail_msg("%s has no case in accumulator_cases.c", kind->name);
    }
  }
}

static void an_ordinary_survey_gives_the_same_bytes_however_it_is_cut(void **unused) {
  (void)unused;
  run_all(SURVEY_ORDINARY, ROWS);
}

static void a_survey_without_rows_is_the_neutral_element(void **unused) {
  (void)unused;
  run_all(SURVEY_ORDINARY, 0);
}

static void one_row_is_enough(void **unused) {
  (void)unused;
  run_all(SURVEY_ORDINARY, 1);
}

static void a_survey_without_answers_merges(void **unused) {
  (void)unused;
  run_all(SURVEY_MISSING, 70);
}

static void a_constant_survey_merges(void **unused) {
  (void)unused;
  run_all(SURVEY_CONSTANT, 200);
}

static void the_largest_numbers_merge(void **unused) {
  (void)unused;
  run_all(SURVEY_HUGE, 150);
}

static void the_largest_weights_merge(void **unused) {
  (void)unused;
  run_all(SURVEY_HEAVY, 150);
}

static void narrow_and_wide_weights_give_the_same_bytes(void **unused) {
  (void)unused;
  run_all(SURVEY_UNEVEN, ROWS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_is_in_the_battery),
      cmocka_unit_test(an_ordinary_survey_gives_the_same_bytes_however_it_is_cut),
      cmocka_unit_test(a_survey_without_rows_is_the_neutral_element),
      cmocka_unit_test(one_row_is_enough),
      cmocka_unit_test(a_survey_without_answers_merges),
      cmocka_unit_test(a_constant_survey_merges),
      cmocka_unit_test(the_largest_numbers_merge),
      cmocka_unit_test(the_largest_weights_merge),
      cmocka_unit_test(narrow_and_wide_weights_give_the_same_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
