/* What the accumulators of tables and sketches hold, against plain loops: values, buckets, distinct,
 * duplicates; and what partials refuse. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "tests/check.h"
#include "tests/stats/mapped.h"

static fixture *amounts(uint32_t rows, double (*value)(uint32_t row)) {
  double *cells = calloc((size_t)rows + 1, sizeof *cells);
  fixture *f = fixture_new(rows);
  assert_non_null(cells);
  for (uint32_t row = 0; row < rows; row++) {
    cells[row] = value(row);
  }
  fixture_numbers(f, "amount", PACKED_DECIMALS, cells);
  free(cells);
  return f;
}

static double every_quarter(uint32_t row) {
  return row % 10 == 9 ? NAN : (row * 37 % 100) * 0.25 - 5;
}

static void values_are_a_sorted_table_of_what_occurs(void **unused) {
  (void)unused;
  static const int64_t room[] = {1000};
  fixture *f = amounts(1000, every_quarter);
  mapped m = map_case(
      &(accumulator_case){
          .kind = ACCUMULATOR_VALUES, .variables = {"amount"}, .params = room, .params_count = 1},
      f);
  const values_state *s = partial_state(m.s, 0);
  const value_table *t = &s->at[0];
  assert_false(s->overflown);
  assert_int_equal(t->n, 900);
  assert_int_equal(t->count, 90);
  for (uint32_t i = 0; i < t->count; i++) {
    int64_t n = 0;
    for (uint32_t row = 0; row < 1000; row++) {
      n += row % 10 != 9 && (int64_t)(row * 37 % 100) * 25 - 500 == t->entries[i].value;
    }
    assert_int_equal(t->entries[i].n, n);
    assert_true(i == 0 || t->entries[i].value > t->entries[i - 1].value);
  }
  assert_int_equal(t->min, t->entries[0].value);
  assert_int_equal(t->max, t->entries[t->count - 1].value);
  mapped_fini(&m);
  fixture_destroy(f);
}

static void values_overflow_past_their_limit_and_not_before(void **unused) {
  (void)unused;
  fixture *f = amounts(1000, every_quarter);
  for (int64_t room = 89; room <= 90; room++) {
    mapped m = map_case(
        &(accumulator_case){
            .kind = ACCUMULATOR_VALUES, .variables = {"amount"}, .params = &room, .params_count = 1},
        f);
    const values_state *s = partial_state(m.s, 0);
    assert_int_equal(s->overflown, room < 90);
    assert_int_equal(s->at[0].count, room < 90 ? 0 : 90);
    assert_int_equal(s->at[0].n, 900);
    assert_int_equal(s->at[0].min, -500);
    mapped_fini(&m);
  }
  fixture_destroy(f);
}

static void buckets_hold_the_values_of_their_intervals(void **unused) {
  (void)unused;
  static const int64_t params[] = {-500, -26, 50, 0, 0, 1, 100, 1999, 7};
  fixture *f = amounts(1000, every_quarter);
  mapped m = map_case(
      &(accumulator_case){
          .kind = ACCUMULATOR_BUCKETS, .variables = {"amount"}, .params = params, .params_count = 9},
      f);
  const buckets_state *s = partial_state(m.s, 0);
  assert_int_equal(s->buckets_count, 10 + 1 + 272);
  int64_t expected[283] = {0};
  for (uint32_t row = 0; row < 1000; row++) {
    int64_t x = (int64_t)(row * 37 % 100) * 25 - 500;
    if (row % 10 == 9) {
      continue;
    }
    if (x >= -500 && x <= -26) {
      expected[(x + 500) / 50]++;
    } else if (x == 0) {
      expected[10]++;
    } else if (x >= 100 && x <= 1999) {
      expected[11 + (x - 100) / 7]++;
    }
  }
  for (uint32_t i = 0; i < s->buckets_count; i++) {
    assert_int_equal(s->n[i], expected[i]);
  }
  mapped_fini(&m);
  fixture_destroy(f);
}

static double itself(uint32_t row) {
  return row;
}

/* The relative standard error is 1.04 / sqrt(2^14), 0.8 %: four of them are allowed. */
static void distinct_estimates_are_near_at_every_size(void **unused) {
  (void)unused;
  static const uint32_t sizes[] = {0, 1, 10, 300, 5000, 40000, 300000};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture *f = amounts(sizes[i], itself);
    mapped m = map_case(&(accumulator_case){.kind = ACCUMULATOR_DISTINCT, .variables = {"amount"}}, f);
    const distinct_state *s = partial_state(m.s, 0);
    assert_int_equal(s->n, sizes[i]);
    double estimate = distinct_estimate(s);
    if (fabs(estimate - sizes[i]) > 0.0325 * sizes[i]) {
      fail_msg("%u distinct values are estimated as %g", sizes[i], estimate);
    }
    mapped_fini(&m);
    fixture_destroy(f);
  }
}

static void duplicates_count_whole_combinations(void **unused) {
  (void)unused;
  static const char *const items[] = {"1", "1", "2", "1", "", "", "1"};
  static const char *const classes[] = {"Eco", "Eco", "Eco", "x", "", "", "Eco"};
  fixture *f = fixture_new(7);
  fixture_column(f, "item1", PACKED_CODES, items);
  fixture_column(f, "class", PACKED_TEXTS, classes);
  mapped m =
      map_case(&(accumulator_case){.kind = ACCUMULATOR_DUPLICATES, .variables = {"item1", "class"}}, f);
  const duplicates_state *s = partial_state(m.s, 0);
  assert_int_equal(s->n, 5);
  assert_int_equal(s->count, 3);
  for (uint64_t i = 0; i < s->count; i++) {
    assert_int_equal(s->entries[i].n, s->entries[i].first_ordinal == 0 ? 3 : 1);
  }
  mapped_fini(&m);
  fixture_destroy(f);
}

static void a_grid_past_the_byte_limit_is_refused_by_name(void **unused) {
  (void)unused;
  enum { ROWS = 30000 };
  char(*cells)[16] = calloc(ROWS, sizeof *cells);
  const char **texts = calloc(ROWS, sizeof *texts);
  fixture *f = fixture_new(ROWS);
  assert_non_null(cells);
  assert_non_null(texts);
  for (int row = 0; row < ROWS; row++) {
    snprintf(cells[row], sizeof cells[row], "%d", row);
    texts[row] = cells[row];
  }
  fixture_column(f, "branch", PACKED_WIDE, texts);
  fixture_column(f, "class", PACKED_WIDE, texts);
  static const accumulator_case cases[] = {
      {.kind = ACCUMULATOR_FREQUENCY, .variables = {"branch"}, .by = {"class"}},
      {.kind = ACCUMULATOR_FREQUENCY, .variables = {"item1"}, .by = {"class", "branch"}},
      {.kind = ACCUMULATOR_MOMENTS, .variables = {"item1"}, .by = {"branch", "class"}},
  };
  fixture_column(f, "item1", PACKED_TEXTS, texts);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    program *p = accumulator_case_program(&cases[i]);
    partial *s = NULL;
    error err;
    assert_int_equal(partial_map(p, fixture_rows(f), &s, &err), STATUS_LIMIT);
    assert_non_null(strstr(err.message, cases[i].variables[0]));
    assert_contains(err.message, "branch");
    assert_contains(err.message, "class");
    program_destroy(p);
  }
  fixture_destroy(f);
  free(cells);
  free(texts);
}

/* Each shard has 8,000 other groups: only together are they too many. */
static void a_merge_past_the_byte_limit_is_refused_by_name(void **unused) {
  (void)unused;
  enum { ROWS = 8000 };
  program *p = accumulator_case_program(
      &(accumulator_case){.kind = ACCUMULATOR_MOMENTS, .variables = {"item1"}, .by = {"branch"}});
  partial *parts[20];
  char(*cells)[16] = calloc(ROWS, sizeof *cells);
  const char **texts = calloc(ROWS, sizeof *texts);
  error err = {0};
  status merged = STATUS_OK;
  assert_non_null(cells);
  assert_non_null(texts);
  for (int part = 0; part < 20; part++) {
    fixture *f = fixture_new(ROWS);
    for (int row = 0; row < ROWS; row++) {
      snprintf(cells[row], sizeof cells[row], "%d", part * ROWS + row);
      texts[row] = cells[row];
    }
    fixture_column(f, "branch", PACKED_WIDE, texts);
    fixture_column(f, "item1", PACKED_TEXTS, texts);
    assert_int_equal(partial_map(p, fixture_rows(f), &parts[part], &err), STATUS_OK);
    fixture_destroy(f);
  }
  for (int part = 1; part < 20 && merged == STATUS_OK; part++) {
    merged = partial_merge(parts[0], parts[part], &err);
  }
  assert_int_equal(merged, STATUS_LIMIT);
  assert_contains(err.message, "branch");
  for (int part = 0; part < 20; part++) {
    partial_destroy(parts[part]);
  }
  program_destroy(p);
  free(cells);
  free(texts);
}

static void partials_pass_through_bytes_and_refuse_those_of_others(void **unused) {
  (void)unused;
  static const accumulator_case own = {.kind = ACCUMULATOR_FREQUENCY, .variables = {"item1"}};
  static const accumulator_case other = {.kind = ACCUMULATOR_MOMENTS, .variables = {"item1"}};
  fixture *f = survey_new(SURVEY_ORDINARY, 100, 1);
  mapped m = map_case(&own, f);
  program *foreign = accumulator_case_program(&other);
  buf bytes, again;
  reader r;
  partial *copy = NULL;
  error err;
  buf_init(&bytes);
  buf_init(&again);
  partial_encode(m.s, &bytes);
  reader_init(&r, bytes.data, bytes.length);
  assert_int_equal(partial_decode(m.p, &r, &copy, &err), STATUS_OK);
  assert_int_equal(reader_finish(&r, "partial", &err), STATUS_OK);
  partial_encode(copy, &again);
  assert_int_equal(again.length, bytes.length);
  assert_memory_equal(again.data, bytes.data, bytes.length);
  partial_destroy(copy);
  reader_init(&r, bytes.data, bytes.length);
  assert_int_equal(partial_decode(foreign, &r, &copy, &err), STATUS_CORRUPT);
  for (size_t length = 0; length < bytes.length; length++) {
    reader_init(&r, bytes.data, length);
    assert_int_equal(partial_decode(m.p, &r, &copy, &err), STATUS_CORRUPT);
  }
  buf_fini(&bytes);
  buf_fini(&again);
  program_destroy(foreign);
  mapped_fini(&m);
  fixture_destroy(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_a_sorted_table_of_what_occurs),
      cmocka_unit_test(values_overflow_past_their_limit_and_not_before),
      cmocka_unit_test(buckets_hold_the_values_of_their_intervals),
      cmocka_unit_test(distinct_estimates_are_near_at_every_size),
      cmocka_unit_test(duplicates_count_whole_combinations),
      cmocka_unit_test(a_grid_past_the_byte_limit_is_refused_by_name),
      cmocka_unit_test(a_merge_past_the_byte_limit_is_refused_by_name),
      cmocka_unit_test(partials_pass_through_bytes_and_refuse_those_of_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
