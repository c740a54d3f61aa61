/* Spearman's rho in stages: against its definition, whatever else is asked, however many pairs and groups
 * there are, and where a pair has no rho. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/analyses/correlate_spearman.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

enum { ROWS = 260, ITEMS = 7, REGIONS = 4, ITEM_BYTES = 16 };

/* Coded items, one of them constant; numbers with ties, some of them with gaps. */
static const char *const names[ITEMS] = {"q1", "q2", "same", "whole", "gappy", "huge", "sparse"};

typedef struct survey {
  double x[ITEMS][ROWS]; /* NAN: no answer */
  int region[ROWS];      /* REGIONS: no answer */
  double weight[ROWS];   /* whole numbers */
  fixture *data;
} survey;

static double draw(seeded *r, int item) {
  switch (item) {
    case 0:
    case 1:
      return seeded_below(r, 12) == 0 ? NAN : (double)(1 + seeded_below(r, 5));
    case 2:
      return 4;
    case 3:
      return (double)seeded_below(r, 60) - 30;
    case 4:
      return seeded_below(r, 5) == 0 ? NAN : (double)seeded_below(r, 1000);
    case 5:
      return (double)(seeded_next(r) >> 12) * (seeded_below(r, 2) ? 1 : -1);
    default:
      return seeded_below(r, 3) > 0 ? NAN : (double)seeded_below(r, 9);
  }
}

static void survey_init(survey *s, uint64_t seed) {
  static const char *const regions[] = {"north", "south", "east", "west", ""};
  seeded r = {seed};
  const char *cells[ROWS];
  s->data = fixture_new(ROWS);
  for (int row = 0; row < ROWS; row++) {
    const double base = (double)seeded_below(&r, 5);
    s->region[row] = (int)seeded_below(&r, 9) % (REGIONS + 1);
    s->weight[row] = (double)(1 + seeded_below(&r, 4));
    cells[row] = regions[s->region[row]];
    for (int item = 0; item < ITEMS; item++) {
      s->x[item][row] = draw(&r, item);
      if ((item == 3 || item == 4) && seeded_below(&r, 2) == 0) {
        s->x[item][row] += 20 * base;
      }
    }
  }
  for (int item = 0; item < ITEMS; item++) {
    fixture_numbers(s->data, names[item], item < 3 ? PACKED_CODES : PACKED_DECIMALS, s->x[item]);
  }
  fixture_numbers(s->data, "weight", PACKED_DECIMALS, s->weight);
  fixture_column(s->data, "region", PACKED_CODES, cells);
}

static plan *plan_of_survey(void) {
  plan *p = build_plan();
  build_scale(p, "q1", 1, 5);
  build_scale(p, "q2", 1, 5);
  build_scale(p, "same", 1, 5);
  for (int item = 3; item < ITEMS; item++) {
    build_number(p, names[item], 0);
  }
  build_number(p, "weight", 0);
  build_nominal(p, "region");
  return p;
}

static plan_analysis *correlate(plan *p, const char *name, const char *items, const char *method) {
  plan_analysis *a = build_analysis(p, "correlate", name, items);
  build_argument(p, a, "method", method);
  return a;
}

static const json *rows_of(const json *report, const char *name) {
  const json *sections = json_get(report, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    const json *tables = json_get(json_at(sections, i), "tables");
    for (size_t k = 0; k < json_count(tables); k++) {
      if (strcmp(json_as_cstring(json_get(json_at(sections, i), "name")), name) == 0 &&
          strcmp(json_as_cstring(json_get(json_at(tables, k), "name")), "spearman_pairs") == 0) {
        return json_get(json_at(tables, k), "rows");
      }
    }
  }
  fail_msg("no rank correlations in %s", name);
  return NULL;
}

/* The row of the same pair, in either order, and group. */
static const json *same_pair(const json *rows, const json *row) {
  const json *item = json_get(row, "item"), *other = json_get(row, "other_item");
  for (size_t i = 0; i < json_count(rows); i++) {
    const json *at = json_at(rows, i);
    const json *left = json_get(at, "item"), *right = json_get(at, "other_item");
    if (((report_same(left, item) && report_same(right, other)) ||
         (report_same(left, other) && report_same(right, item))) &&
        report_same(json_get(at, "group"), json_get(row, "group"))) {
      return at;
    }
  }
  return NULL;
}

/* ---- The definition --------------------------------------------------------------------------------------
 */

/* The weight of all smaller answers, and half of that of equal ones. */
static long double mid_rank(const double *x, const double *w, int count, double value) {
  long double rank = 0;
  for (int i = 0; i < count; i++) {
    rank += x[i] < value ? (long double)w[i] : x[i] == value ? (long double)w[i] / 2 : 0;
  }
  return rank;
}

/* Pearson's weighted r of the mid-ranks; NAN where there is none. */
static double defined_rho(const double *x, const double *y, const double *w, int count) {
  long double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
  for (int i = 0; i < count; i++) {
    n += (long double)w[i];
    sx += (long double)w[i] * mid_rank(x, w, count, x[i]);
    sy += (long double)w[i] * mid_rank(y, w, count, y[i]);
  }
  for (int i = 0; i < count; i++) {
    const long double a = mid_rank(x, w, count, x[i]) - sx / n, b = mid_rank(y, w, count, y[i]) - sy / n;
    xx += (long double)w[i] * a * a;
    yy += (long double)w[i] * b * b;
    xy += (long double)w[i] * a * b;
  }
  return count < 3 || xx == 0 || yy == 0 ? (double)NAN : (double)(xy / sqrtl(xx * yy));
}

static double rho_of_rows(const survey *s, int i, int j, int region, bool weighted) {
  double x[ROWS], y[ROWS], w[ROWS];
  int count = 0;
  for (int row = 0; row < ROWS; row++) {
    if (!isnan(s->x[i][row]) && !isnan(s->x[j][row]) && (region < 0 || s->region[row] == region)) {
      x[count] = s->x[i][row];
      y[count] = s->x[j][row];
      w[count++] = weighted ? s->weight[row] : 1;
    }
  }
  return defined_rho(x, y, w, count);
}

static int item_of(const json *row, const char *key) {
  for (int i = 0; i < ITEMS; i++) {
    if (strcmp(names[i], json_as_cstring(json_get(row, key))) == 0) {
      return i;
    }
  }
  return -1;
}

static int region_of(const json *row) {
  static const char *const regions[] = {"north", "south", "east", "west"};
  const json *group = json_get(row, "group"), *key = json_get(group, "region");
  for (int i = 0; i < REGIONS; i++) {
    if (strcmp(json_as_cstring(key), regions[i]) == 0) {
      return i;
    }
  }
  return json_kind_of(group) == JSON_NULL ? -1 : REGIONS;
}

static void expect_defined(const survey *s, const json *report, const char *name, bool weighted,
                           uint64_t seed) {
  const json *rows = rows_of(report, name);
  assert_true(json_count(rows) >= 5 * ITEMS * (ITEMS - 1) / 2);
  for (size_t k = 0; k < json_count(rows); k++) {
    const json *row = json_at(rows, k), *figure = json_get(row, "rho");
    const int i = item_of(row, "item"), j = item_of(row, "other_item");
    const double rho = rho_of_rows(s, i, j, region_of(row), weighted);
    if (isnan(rho) ? json_kind_of(figure) != JSON_NULL
                   : json_kind_of(figure) == JSON_NULL || fabs(json_as_number(figure) - rho) > 1e-12) {
      fail_msg("seed %llu: %s: rho of %s and %s in region %d is %.17g, not %.17g", (unsigned long long)seed,
               name, names[i], names[j], region_of(row), json_as_number(figure), rho);
    }
  }
}

static void rho_is_pearsons_r_of_mid_ranks_with_any_weights(void **state) {
  (void)state;
  const uint64_t first = seeded_seed();
  for (uint64_t seed = first; seed < first + 8; seed++) {
    arena *a = arena_new();
    survey s;
    survey_init(&s, seed);
    plan *p = plan_of_survey();
    static const char all[] = "q1 q2 same whole gappy huge sparse";
    build_by(p, correlate(p, "plain", all, "spearman"), "region");
    plan_analysis *sampled = correlate(p, "sampled", all, "both");
    build_by(p, sampled, "region");
    sampled->weight = build_weight(p, "weight", WEIGHT_SAMPLING);
    plan_analysis *repeated = correlate(p, "repeated", all, "spearman");
    build_by(p, repeated, "region");
    repeated->weight = build_weight(p, "weight", WEIGHT_FREQUENCY);
    const json *report = build_report(p, s.data, 61, a);
    expect_defined(&s, report, "plain", false, seed);
    expect_defined(&s, report, "sampled", true, seed);
    expect_defined(&s, report, "repeated", true, seed);
    fixture_destroy(s.data);
    plan_destroy(p);
    arena_destroy(a);
  }
}

/* ---- Whatever else is asked ------------------------------------------------------------------------------
 */

static void expect_same_figures(const json *few, const json *all, uint64_t seed) {
  static const char *const figures[] = {"n", "rho", "t", "df", "p"};
  for (size_t k = 0; k < json_count(few); k++) {
    const json *row = json_at(few, k), *other = same_pair(all, row);
    for (size_t f = 0; other != NULL && f < sizeof figures / sizeof figures[0]; f++) {
      if (!report_same(json_get(row, figures[f]), json_get(other, figures[f]))) {
        fail_msg("seed %llu: %s of %s and %s depends on what else is asked", (unsigned long long)seed,
                 figures[f], json_as_cstring(json_get(row, "item")),
                 json_as_cstring(json_get(row, "other_item")));
      }
    }
    assert_non_null(other);
  }
}

/* Each name goes to one of two lists, or to none. */
static void draw_lists(seeded *r, char lists[2][ITEMS * ITEM_BYTES]) {
  do {
    lists[0][0] = lists[1][0] = 0;
    for (int item = 0; item < ITEMS; item++) {
      const uint64_t at = seeded_below(r, 3);
      if (at < 2) {
        strcat(lists[at], lists[at][0] ? " " : "");
        strcat(lists[at], names[item]);
      }
    }
  } while (strchr(lists[0], ' ') == NULL || !lists[1][0]);
}

static void rho_of_a_pair_is_the_same_whatever_else_is_asked(void **state) {
  (void)state;
  const uint64_t first = seeded_seed() + 100;
  for (uint64_t seed = first; seed < first + 12; seed++) {
    arena *a = arena_new();
    survey s;
    survey_init(&s, seed);
    seeded r = {seed};
    char lists[2][ITEMS * ITEM_BYTES];
    draw_lists(&r, lists);
    plan *all = plan_of_survey(), *few = plan_of_survey();
    build_by(all, correlate(all, "all", "q1 q2 same whole gappy huge sparse", "both"), "region");
    correlate(few, "items", lists[0], "spearman");
    plan_analysis *two = correlate(few, "lists", lists[0], "spearman");
    build_argument(few, two, "with", lists[1]);
    build_by(few, two, "region");
    const json *whole = build_report(all, s.data, ROWS, a);
    const json *part = build_report(few, s.data, (uint32_t)(5 + seeded_below(&r, 90)), a);
    expect_same_figures(rows_of(part, "items"), rows_of(whole, "all"), seed);
    expect_same_figures(rows_of(part, "lists"), rows_of(whole, "all"), seed);
    fixture_destroy(s.data);
    plan_destroy(all);
    plan_destroy(few);
    arena_destroy(a);
  }
}

static void report_has_the_same_bytes_in_any_shards(void **state) {
  (void)state;
  survey s;
  survey_init(&s, seeded_seed() + 200);
  buf reports[2];
  for (int i = 0; i < 2; i++) {
    plan *p = plan_of_survey();
    plan_analysis *a = correlate(p, "c", "q1 q2 same whole gappy huge sparse", "both");
    build_by(p, a, "region");
    build_by(p, a, "q1 region");
    a->weight = build_weight(p, "weight", WEIGHT_SAMPLING);
    build_finish(p);
    reports[i] = drive_bytes(p, s.data, i == 0 ? ROWS : 13);
    plan_destroy(p);
  }
  assert_int_equal(reports[0].length, reports[1].length);
  assert_memory_equal(reports[0].data, reports[1].data, reports[0].length);
  buf_fini(&reports[0]);
  buf_fini(&reports[1]);
  fixture_destroy(s.data);
}

/* ---- Many pairs and groups -------------------------------------------------------------------------------
 */

/* 741 pairs of ten-point items in 60 groups: some three million entries of joint tables, which are more than
 * one stage holds. */
static void many_items_in_many_groups_come_in_batches(void **state) {
  (void)state;
  enum { MANY = 39, MANY_ROWS = 9000, GROUPS = 60 };
  static double cells[MANY_ROWS];
  char list[MANY * 4] = "", name[ITEM_BYTES];
  seeded r = {seeded_seed() + 300};
  arena *a = arena_new();
  plan *p = build_plan();
  fixture *f = fixture_new(MANY_ROWS);
  for (int item = 0; item < MANY; item++) {
    for (int row = 0; row < MANY_ROWS; row++) {
      cells[row] = seeded_below(&r, 30) == 0 ? (double)NAN : (double)(1 + seeded_below(&r, 10));
    }
    snprintf(name, sizeof name, "i%d", item);
    strcat(strcat(list, item > 0 ? " " : ""), name);
    build_scale(p, name, 1, 10);
    fixture_numbers(f, name, PACKED_CODES, cells);
  }
  for (int row = 0; row < MANY_ROWS; row++) {
    cells[row] = row % GROUPS;
  }
  build_nominal(p, "group");
  fixture_numbers(f, "group", PACKED_CODES, cells);
  build_by(p, correlate(p, "many", list, "spearman"), "group");
  build_by(p, correlate(p, "three", "i5 i21 i38", "spearman"), "group");
  const json *report = build_report(p, f, 3000, a), *rows = rows_of(report, "many");
  assert_int_equal(json_count(rows), MANY * (MANY - 1) / 2 * (GROUPS + 1));
  for (size_t i = 0; i < json_count(rows); i++) {
    assert_int_not_equal(json_kind_of(json_get(json_at(rows, i), "rho")), JSON_NULL);
  }
  const json *three = rows_of(report, "three");
  for (size_t i = 0; i < 6; i++) { /* of the total and the first group */
    assert_true(
        report_same(json_get(json_at(three, i), "rho"), json_get(same_pair(rows, json_at(three, i)), "rho")));
  }
  fixture_destroy(f);
  plan_destroy(p);
  arena_destroy(a);
}

/* ---- No rho ----------------------------------------------------------------------------------------------
 */

static double figure(const json *report, const char *item, const char *other, const char *column) {
  char match[128];
  snprintf(match, sizeof match, "{\"item\":\"%s\",\"other_item\":\"%s\",\"group\":null}", item, other);
  const json *at = json_get(report_row(report, "c", "spearman_pairs", match), column);
  return json_kind_of(at) == JSON_NULL ? (double)NAN : json_as_number(at);
}

/* "many" has more values than a table may have, and only few of them beside "few". */
static void a_pair_that_is_refused_is_named_and_counts_for_holm(void **state) {
  (void)state;
  enum { LONG = SPEARMAN_VALUES_MAX + 1, FEW = 40 };
  double *many = calloc(LONG, sizeof *many), *whole = calloc(LONG, sizeof *whole),
         *few = calloc(LONG, sizeof *few), *same = calloc(LONG, sizeof *same);
  assert_true(many != NULL && whole != NULL && few != NULL && same != NULL);
  for (int row = 0; row < LONG; row++) {
    many[row] = row;
    whole[row] = row % 5 + 1;
    few[row] = row < FEW ? (row * 7 + row % 3) % 5 + 1 : (double)NAN;
    same[row] = 3;
  }
  fixture *f = fixture_new(LONG);
  fixture_numbers(f, "many", PACKED_DECIMALS, many);
  fixture_numbers(f, "whole", PACKED_CODES, whole);
  fixture_numbers(f, "few", PACKED_CODES, few);
  fixture_numbers(f, "same", PACKED_CODES, same);
  arena *a = arena_new();
  plan *p = build_plan();
  build_number(p, "many", 0);
  build_scale(p, "whole", 1, 5);
  build_scale(p, "few", 1, 5);
  build_scale(p, "same", 1, 5);
  correlate(p, "c", "many whole few same", "spearman");
  const json *report = build_report(p, f, 1 << 18, a);
  assert_true(isnan(figure(report, "many", "whole", "rho")));
  assert_true(report_says(report, "c", "warnings", "ranks_too_many"));
  assert_true(!isnan(figure(report, "many", "few", "rho"))); /* its own cases are few */
  const double p1 = figure(report, "many", "few", "p"), p2 = figure(report, "whole", "few", "p");
  const char *item = p1 < p2 ? "many" : "whole";
  assert_float_equal(figure(report, item, "few", "p_adjusted"), fmin(1, 3 * fmin(p1, p2)), 1e-15);
  assert_true(isnan(figure(report, "whole", "same", "p_adjusted")));
  free(many);
  free(whole);
  free(few);
  free(same);
  fixture_destroy(f);
  plan_destroy(p);
  arena_destroy(a);
}

/* "c" is constant and "d" has two answers. */
static void pairs_without_a_p_by_nature_do_not_count_for_holm(void **state) {
  (void)state;
  fixture *f = fixture_new(6);
  fixture_column(f, "a", PACKED_DECIMALS, (const char *[]){"1", "2", "3", "4", "5", "6"});
  fixture_column(f, "b", PACKED_DECIMALS, (const char *[]){"2.5", "1", "4", "3", "9", "7"});
  fixture_column(f, "c", PACKED_DECIMALS, (const char *[]){"7", "7", "7", "7", "7", "7"});
  fixture_column(f, "d", PACKED_DECIMALS, (const char *[]){"1", "2", "", "", "", ""});
  arena *a = arena_new();
  plan *p = build_plan();
  build_number(p, "a", 0);
  build_number(p, "b", 1);
  build_number(p, "c", 0);
  build_number(p, "d", 0);
  correlate(p, "c", "a b c d", "spearman");
  const json *report = build_report(p, f, 4, a);
  /* R: cor(1:6, c(2.5, 1, 4, 3, 9, 7), method = "spearman") */
  assert_float_equal(figure(report, "a", "b", "rho"), 29.0 / 35, 1e-15);
  assert_true(figure(report, "a", "b", "p_adjusted") == figure(report, "a", "b", "p"));
  assert_true(isnan(figure(report, "a", "c", "p")) && isnan(figure(report, "a", "d", "p")));
  assert_true(report_says(report, "c", "warnings", "constant_item"));
  fixture_destroy(f);
  plan_destroy(p);
  arena_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rho_is_pearsons_r_of_mid_ranks_with_any_weights),
      cmocka_unit_test(rho_of_a_pair_is_the_same_whatever_else_is_asked),
      cmocka_unit_test(report_has_the_same_bytes_in_any_shards),
      cmocka_unit_test(many_items_in_many_groups_come_in_batches),
      cmocka_unit_test(a_pair_that_is_refused_is_named_and_counts_for_holm),
      cmocka_unit_test(pairs_without_a_p_by_nature_do_not_count_for_holm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
