/* The texts of invalid cells, against a plain loop over the cells: counts, first places, which are kept of
 * too many; however the survey is cut and encoded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

enum { ROWS = 12000, CELL_BYTES = 320, CASES = 24, SHARDS_MAX = 7 };

typedef char cells[ROWS][CELL_BYTES];

/* ---- What a plain loop finds ----------------------------------------------------------------------- */

typedef struct expected_text {
  const char *text;
  int64_t n;
  uint32_t first;
} expected_text;

static bool has_digit(const char *text) {
  return strpbrk(text, "0123456789") != NULL;
}

/* As accumulator.h describes the order. */
static int compare_expected(const void *left, const void *right) {
  const expected_text *a = left;
  const expected_text *b = right;
  if (has_digit(a->text) != has_digit(b->text)) {
    return has_digit(a->text) ? 1 : -1;
  }
  const size_t lengths[2] = {strlen(a->text), strlen(b->text)};
  if (lengths[0] != lengths[1]) {
    return lengths[0] < lengths[1] ? -1 : 1;
  }
  return strcmp(a->text, b->text);
}

static int compare_texts(const void *left, const void *right) {
  const expected_text *a = left;
  const expected_text *b = right;
  const int order = strcmp(a->text, b->text);
  return order != 0 ? order : (a->first > b->first) - (a->first < b->first);
}

/* An answer from 0 to 10, or nothing: what `score` takes. */
static bool is_valid(const char *cell) {
  char *end = NULL;
  const long v = strtol(cell, &end, 10);
  return cell[0] == '\0' || (*end == '\0' && v >= 0 && v <= 10);
}

static uint32_t expect(const cells *c, expected_text *out, int64_t *n) {
  uint32_t count = 0;
  for (uint32_t r = 0; r < ROWS; r++) {
    if (!is_valid((*c)[r])) {
      out[count++] = (expected_text){(*c)[r], 1, r};
    }
  }
  *n = count;
  qsort(out, count, sizeof *out, compare_texts);
  uint32_t distinct = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (distinct > 0 && strcmp(out[distinct - 1].text, out[i].text) == 0) {
      out[distinct - 1].n++;
    } else {
      out[distinct++] = out[i];
    }
  }
  qsort(out, distinct, sizeof *out, compare_expected);
  return distinct;
}

/* ---- What the accumulator says --------------------------------------------------------------------- */

typedef struct subject {
  program *p;
  const accumulator_kind *kind;
  const program_accumulator *a;
} subject;

static subject subject_new(const char *variable) {
  const accumulator_case c = {.kind = ACCUMULATOR_INVALID, .variables = {variable}};
  subject s = {.p = accumulator_case_program(&c), .kind = accumulator_find(ACCUMULATOR_INVALID)};
  s.a = &s.p->accumulators[0];
  return s;
}

static void *map(const subject *s, const fixture *f) {
  error err = {0};
  frame *from = NULL;
  void *state = NULL;
  assert_int_equal(frame_new(s->p, fixture_rows(f), &from, &err), STATUS_OK);
  assert_int_equal(s->kind->map(from, s->a, &state, &err), STATUS_OK);
  frame_destroy(from);
  return state;
}

static void *through_bytes(const subject *s, void *state) {
  buf bytes;
  reader r;
  void *copy = NULL;
  buf_init(&bytes);
  s->kind->encode(state, &bytes);
  s->kind->destroy(state);
  reader_init(&r, bytes.data, bytes.length);
  assert_int_equal(s->kind->decode(s->p, s->a, &r, &copy, NULL), STATUS_OK);
  assert_int_equal(reader_finish(&r, "state", NULL), STATUS_OK);
  buf_fini(&bytes);
  return copy;
}

/* Cut at random places, encoded at random, merged in any order. */
static invalid_state *map_in_parts(const subject *s, const fixture *whole, seeded *seed) {
  void *states[SHARDS_MAX];
  uint32_t count = 1 + seeded_pick(seed, SHARDS_MAX);
  uint32_t first = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t length = i + 1 == count ? ROWS - first : seeded_pick(seed, (ROWS - first) / 2 + 1);
    fixture *cut = fixture_cut(whole, first, length);
    fixture *recoded = fixture_recoded(cut, (packed_kind)(PACKED_CODES + seeded_pick(seed, PACKED_SCALED)));
    states[i] = through_bytes(s, map(s, recoded));
    fixture_destroy(recoded);
    fixture_destroy(cut);
    first += length;
  }
  while (count > 1) {
    const uint32_t into = seeded_pick(seed, count - 1);
    assert_int_equal(s->kind->merge(states[into], states[count - 1], NULL), STATUS_OK);
    s->kind->destroy(states[--count]);
  }
  return states[0];
}

static fixture *survey_of(const cells *c, packed_kind kind) {
  const char **texts = calloc(ROWS, sizeof *texts);
  fixture *f = fixture_new(ROWS);
  assert_non_null(texts);
  for (uint32_t r = 0; r < ROWS; r++) {
    texts[r] = (*c)[r];
  }
  (void)fixture_column(f, "score", kind, texts);
  free(texts);
  return f;
}

static void assert_found(const invalid_state *s, const expected_text *expected, uint32_t count, int64_t n) {
  assert_int_equal(s->n, n);
  assert_int_equal(s->count, count < INVALID_TEXTS_MAX ? count : INVALID_TEXTS_MAX);
  for (uint32_t i = 0; i < s->count; i++) {
    const invalid_text *t = &s->texts[i];
    if (!slice_equal(t->first.text, slice_of(expected[i].text)) || t->n != expected[i].n) {
      fail_msg("text %u: '%.*s' %lld times, expected '%s' %lld times", i, SLICE_ARG(t->first.text),
               (long long)t->n, expected[i].text, (long long)expected[i].n);
    }
    assert_int_equal(t->first.ordinal, expected[i].first);
    assert_int_equal(t->first.line, expected[i].first + 2); /* behind the header */
    assert_int_equal(t->length, strlen(expected[i].text));
  }
}

/* Words of letters, and numbers that the scale does not have: MANY or few different ones. */
static void write_cell(seeded *seed, uint32_t many, char *out) {
  const uint32_t which = seeded_pick(seed, many);
  switch (seeded_pick(seed, 4)) {
    case 0:
      (void)snprintf(out, CELL_BYTES, "%u", seeded_pick(seed, 11));
      break;
    case 1:
      (void)snprintf(out, CELL_BYTES, "%u", 11 + which);
      break;
    case 2:
      (void)snprintf(out, CELL_BYTES, "w%c%c%c", 'a' + which % 23, 'a' + which / 23 % 23,
                     'a' + which / 529 % 23);
      break;
    default:
      (void)snprintf(out, CELL_BYTES, "答案 %c", 'a' + which % 3);
      break;
  }
}

static void check_random(uint64_t seed, uint32_t many) {
  seeded random = {seed};
  cells *c = calloc(1, sizeof *c);
  expected_text *expected = calloc(ROWS, sizeof *expected);
  assert_non_null(c);
  assert_non_null(expected);
  for (uint32_t r = 0; r < ROWS; r++) {
    write_cell(&random, many, (*c)[r]);
  }
  int64_t n = 0;
  const uint32_t count = expect(c, expected, &n);
  fixture *f = survey_of(c, PACKED_TEXTS);
  const subject s = subject_new("score");
  invalid_state *found = map_in_parts(&s, f, &random);
  assert_found(found, expected, count, n);
  s.kind->destroy(found);
  program_destroy(s.p);
  fixture_destroy(f);
  free(expected);
  free(c);
}

static void every_text_has_its_count_and_first_place_however_the_survey_is_cut(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    check_random(1000 + i, 1 + (uint32_t)i * 20);
  }
}

/* Up to 10,000 different words and numbers in 12,000 rows: many more than are kept. */
static void of_too_many_texts_those_without_digits_and_short_ones_are_kept_with_exact_counts(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    check_random(2000 + i, 600 + (uint32_t)i * 400);
  }
}

/* ---- Long texts ------------------------------------------------------------------------------------ */

/* 250 bytes of which 200 are the same; the last distinguishes them.  100 characters of two bytes each would
 * end on byte 200; one byte before them, and the cut is before a character. */
static void long_texts_are_told_apart_by_what_is_not_kept_of_them(void **state) {
  (void)state;
  cells *c = calloc(1, sizeof *c);
  assert_non_null(c);
  for (uint32_t r = 0; r < ROWS; r++) {
    char *at = (*c)[r];
    *at++ = 'x';
    for (int i = 0; i < 124; i++, at += 2) {
      memcpy(at, "é", 2);
    }
    *at = (char)('a' + r % 3);
  }
  const subject s = subject_new("score");
  fixture *f = survey_of(c, PACKED_TEXTS);
  seeded random = {77};
  for (int round = 0; round < 5; round++) {
    invalid_state *found = map_in_parts(&s, f, &random);
    bool seen[3] = {false};
    assert_int_equal(found->n, ROWS);
    assert_int_equal(found->count, 3);
    for (int i = 0; i < 3; i++) {
      assert_int_equal(found->texts[i].n, ROWS / 3);
      assert_int_equal(found->texts[i].length, 250);
      assert_int_equal(found->texts[i].first.text.length, 199);
      assert_memory_equal(found->texts[i].first.text.bytes, (*c)[0], 199);
      seen[found->texts[i].first.ordinal] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
    s.kind->destroy(found);
  }
  fixture_destroy(f);
  program_destroy(s.p);
  free(c);
}

/* ---- What it is of --------------------------------------------------------------------------------- */

static void it_is_of_all_cells_of_a_variable_read_from_a_file(void **state) {
  (void)state;
  static const accumulator_case refused[] = {
      {.kind = ACCUMULATOR_INVALID, .variables = {"mean"}},
      {.kind = ACCUMULATOR_INVALID, .variables = {"score"}, .filtered = true},
      {.kind = ACCUMULATOR_INVALID, .variables = {"score"}, .weighted = true},
      {.kind = ACCUMULATOR_INVALID, .variables = {"score", "item1"}},
  };
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    program *p = accumulator_case_program(&refused[i]);
    uint64_t bytes = 0;
    error err = {0};
    assert_int_equal(accumulator_find(ACCUMULATOR_INVALID)->check(p, &p->accumulators[0], &bytes, &err),
                     STATUS_USAGE);
    assert_contains(err.message, "invalid of");
    program_destroy(p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_text_has_its_count_and_first_place_however_the_survey_is_cut),
      cmocka_unit_test(of_too_many_texts_those_without_digits_and_short_ones_are_kept_with_exact_counts),
      cmocka_unit_test(long_texts_are_told_apart_by_what_is_not_kept_of_them),
      cmocka_unit_test(it_is_of_all_cells_of_a_variable_read_from_a_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
