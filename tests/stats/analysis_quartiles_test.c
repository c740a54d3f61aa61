/* Quartiles of numbers with more distinct values than a table may hold: several stages must find the very
 * values that sorting finds. */
#include <stdio.h>
#include <stdlib.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { ROWS = 150000, CELL_BYTES = 32 };

typedef struct answer {
  double value;
  int64_t weight;
} answer;

typedef struct sample {
  fixture *data;
  answer *answers; /* by group: 0 all, 1.. the groups; sorted */
  size_t count[4];
} sample;

static int compare_answers(const void *a, const void *b) {
  const answer *x = a;
  const answer *y = b;
  return (x->value > y->value) - (x->value < y->value);
}

static answer *group_answers(const sample *s, unsigned group) {
  return s->answers + (size_t)group * ROWS;
}

static sample make_sample(uint64_t seed) {
  static const char *const names[] = {"a", "b", "c"};
  sample s = {.data = fixture_new(ROWS), .answers = calloc((size_t)4 * ROWS, sizeof(answer))};
  char(*texts)[CELL_BYTES] = calloc((size_t)2 * ROWS, sizeof *texts);
  const char **cells[3] = {calloc(ROWS, sizeof(char *)), calloc(ROWS, sizeof(char *)),
                           calloc(ROWS, sizeof(char *))};
  assert_true(s.data != NULL && s.answers != NULL && texts != NULL && cells[0] != NULL && cells[1] != NULL &&
              cells[2] != NULL);
  seeded r = {seed};
  for (size_t i = 0; i < ROWS; i++) {
    const int64_t mantissa = (int64_t)seeded_bits(&r, 44) * (seeded_below(&r, 2) ? 1 : -1);
    const int64_t weight = (int64_t)seeded_below(&r, 4);
    const unsigned group = (unsigned)seeded_below(&r, 8) / 3;
    const bool missing = seeded_below(&r, 50) == 0;
    snprintf(texts[2 * i], CELL_BYTES, "%s%lld.%03lld", mantissa < 0 ? "-" : "",
             (long long)llabs(mantissa) / 1000, (long long)llabs(mantissa) % 1000);
    snprintf(texts[2 * i + 1], CELL_BYTES, "%lld", (long long)weight);
    cells[0][i] = missing ? "" : texts[2 * i];
    cells[1][i] = texts[2 * i + 1];
    cells[2][i] = names[group];
    if (!missing) {
      const answer a = {(double)mantissa, weight};
      group_answers(&s, 0)[s.count[0]++] = a;
      group_answers(&s, group + 1)[s.count[group + 1]++] = a;
    }
  }
  for (unsigned g = 0; g < 4; g++) {
    qsort(group_answers(&s, g), s.count[g], sizeof(answer), compare_answers);
  }
  fixture_column(s.data, "x", PACKED_DECIMALS, cells[0]);
  fixture_column(s.data, "w", PACKED_CODES, cells[1]);
  fixture_column(s.data, "g", PACKED_CODES, cells[2]);
  for (int c = 0; c < 3; c++) {
    free(cells[c]);
  }
  free(texts);
  return s;
}

/* The smallest answer whose cumulated count (weights when WEIGHTED) reaches TARGET. */
static double order_statistic(const sample *s, unsigned group, bool weighted, double target) {
  const answer *a = group_answers(s, group);
  double cumulated = 0;
  for (size_t i = 0; i < s->count[group]; i++) {
    cumulated += weighted ? (double)a[i].weight : 1;
    if (cumulated >= target) {
      return a[i].value;
    }
  }
  return a[s->count[group] - 1].value;
}

static double total_of(const sample *s, unsigned group, bool weighted) {
  double total = 0;
  for (size_t i = 0; i < s->count[group]; i++) {
    total += weighted ? (double)group_answers(s, group)[i].weight : 1;
  }
  return total;
}

static double type7(const sample *s, unsigned group, bool weighted, double p) {
  const double h = (total_of(s, group, weighted) - 1) * p;
  const double whole = (double)(int64_t)h;
  const double low = order_statistic(s, group, weighted, whole + 1);
  const double high = order_statistic(s, group, weighted, whole + 2);
  return (low + (high - low) * (h - whole)) / 1000;
}

static double math_rule(const sample *s, unsigned group, double p) {
  return order_statistic(s, group, true, total_of(s, group, true) * p) / 1000;
}

static void check_section(const json *report, const char *name, const sample *s, weight_kind kind) {
  static const char *const rows[] = {"{\"group\":null}", "{\"group\":{\"g\":\"a\"}}",
                                     "{\"group\":{\"g\":\"b\"}}", "{\"group\":{\"g\":\"c\"}}"};
  static const char *const keys[] = {"q1", "median", "q3"};
  for (unsigned g = 0; g < 4; g++) {
    const json *row = report_row(report, name, "quartiles", rows[g]);
    for (unsigned q = 0; q < 3; q++) {
      const double p = (q + 1) / 4.0;
      const double wanted = kind == WEIGHT_SAMPLING ? math_rule(s, g, p) : type7(s, g, kind != 0, p);
      const double got = json_as_number(json_get(row, keys[q]));
      if (log_relative_error(got, wanted) < 13) {
        fail_msg("%s, %s of group %u: %.17g instead of %.17g", name, keys[q], g, got, wanted);
      }
    }
    assert_int_equal(json_kind_of(json_get(row, "mode")), JSON_NULL);
  }
  assert_true(report_says(report, name, "notes", "note_mode_unknown"));
}

static void stages_find_what_sorting_finds(void **state) {
  (void)state;
  const uint64_t seed = seeded_seed();
  print_message("seed %llu\n", (unsigned long long)seed);
  sample s = make_sample(seed);
  plan *p = build_plan();
  build_number(p, "x", 3);
  build_number(p, "w", 0);
  build_nominal(p, "g");
  build_by(p, build_analysis(p, "describe", "plain", "x"), "g");
  plan_analysis *a = build_analysis(p, "describe", "sampling", "x");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_by(p, a, "g");
  a = build_analysis(p, "describe", "frequency", "x");
  a->weight = build_weight(p, "w", WEIGHT_FREQUENCY);
  build_by(p, a, "g");
  arena *memory = arena_new();
  const json *report = build_report(p, s.data, 20011, memory);
  check_section(report, "plain", &s, 0);
  check_section(report, "sampling", &s, WEIGHT_SAMPLING);
  check_section(report, "frequency", &s, WEIGHT_FREQUENCY);
  arena_destroy(memory);
  plan_destroy(p);
  fixture_destroy(s.data);
  free(s.answers);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(stages_find_what_sorting_finds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
