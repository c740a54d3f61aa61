/* Covariances from sums of products, and the linear algebra over them.
 *
 * Goal: the figures of R (tests/stats/golden/covariance.R), for missing answers, weights and numbers with
 * decimals; and matrices that cannot be factored are said to be such, with the column that is too much. */
#include "stats/methods/covariance.h"

#include <math.h>

#include "stats/accumulators/partial.h"
#include "stats/methods/linear.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"

enum { ROWS = 8, ITEMS = 3 };

static const char *const columns[] = {"a", "b", "x", "w", "f"};
static const char *const cells[][ROWS] = {
    {"5", "4", "", "2", "1", "3", "5", "4"},
    {"4", "4", "3", "", "2", "3", "5", "2"},
    {"1.5", "2.25", "-1", "0.5", "", "3.75", "4", "2"},
    {"1", "0.5", "2", "1.25", "1", "3", "0.75", "1.5"},
    {"1", "2", "2", "1", "1", "3", "1", "2"},
};

typedef struct covered {
  arena *memory;
  covariance c;
} covered;

static uint32_t add_variable(program *p, uint32_t i) {
  const bool scale = i < 2;
  const program_variable v = {.kind = scale ? VARIABLE_SCALE : VARIABLE_NUMBER,
                              .name = columns[i],
                              .column = columns[i],
                              .has_range = scale,
                              .low = 1,
                              .high = 5,
                              .decimals = scale || i == 4 ? 0 : 2};
  uint32_t index = 0;
  assert_int_equal(program_add_variable(p, &v, &index, NULL), STATUS_OK);
  return index;
}

/* Of the items a, b and x, or the first COUNT of them. */
static covered cover(uint32_t count, bool pairwise, weighting w) {
  covered out = {.memory = arena_new()};
  uint32_t variables[ITEMS];
  int64_t params[] = {pairwise, 0};
  program *p = program_new();
  fixture *f = fixture_new(ROWS);
  partial *mapped = NULL;
  error err;
  for (uint32_t i = 0; i < 5; i++) {
    fixture_column(f, columns[i], PACKED_TEXTS, cells[i]);
    const uint32_t index = add_variable(p, i);
    if (i < ITEMS) {
      variables[i] = index;
    }
  }
  program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                           .variables = variables,
                           .variables_count = count,
                           .filter = PROGRAM_NONE,
                           .weight = PROGRAM_NONE,
                           .params = params,
                           .params_count = 2};
  if (w != WEIGHTING_NONE) {
    const program_weight weight = w == WEIGHTING_SAMPLING ? (program_weight){3, WEIGHT_SAMPLING}
                                                          : (program_weight){4, WEIGHT_FREQUENCY};
    assert_int_equal(program_add_weight(p, weight, &a.weight, NULL), STATUS_OK);
  }
  assert_int_equal(program_add_accumulator(p, &a, NULL, NULL), STATUS_OK);
  assert_int_equal(partial_map(p, fixture_rows(f), &mapped, &err), STATUS_OK);
  const products_state *s = partial_state(mapped, 0);
  assert_int_equal(s->count, 1);
  assert_int_equal(covariance_new(out.memory, count, &out.c, &err), STATUS_OK);
  assert_int_equal(covariance_fill(s, products_block(s, 0), w, &out.c, &err), STATUS_OK);
  partial_destroy(mapped);
  fixture_destroy(f);
  program_destroy(p);
  return out;
}

static void expect_near(double value, double expected) {
  if (!(fabs(value - expected) <= 1e-14 * fmax(1, fabs(expected)))) {
    fail_msg("%.17g instead of %.17g", value, expected);
  }
}

/* LOWER: the lower triangle, column by column. */
static void expect_matrix(const double *matrix, uint32_t n, const double *lower) {
  for (uint32_t j = 0; j < n; j++) {
    for (uint32_t i = j; i < n; i++) {
      expect_near(matrix[i * n + j], *lower);
      expect_near(matrix[j * n + i], *lower);
      lower++;
    }
  }
}

static void pairwise_figures_are_those_of_r(void **unused) {
  (void)unused;
  covered m = cover(ITEMS, true, WEIGHTING_NONE);
  double r[ITEMS * ITEMS];
  expect_matrix(m.c.matrix, ITEMS,
                (const double[]){2.28571428571428559, 1.33333333333333326, 0.61666666666666670,
                                 1.23809523809523814, 0.69999999999999996, 3.08035714285714279});
  covariance_correlations(&m.c, CORRELATION_OF_PAIRS, r);
  expect_matrix(r, ITEMS,
                (const double[]){1, 0.73127242412713067, 0.39408559985280395, 1, 0.36927447293799820, 1});
  covariance_correlations(&m.c, CORRELATION_OF_MATRIX, r);
  expect_matrix(r, ITEMS,
                (const double[]){1, 0.79259392390121708, 0.23240152105510817, 1, 0.35844330842013294, 1});
  assert_int_equal(m.c.n[0], 7);
  assert_int_equal(m.c.n_min, 6);
  assert_int_equal(m.c.n_max, 6);
  arena_destroy(m.memory);
}

static void listwise_figures_are_those_of_r(void **unused) {
  (void)unused;
  covered m = cover(ITEMS, false, WEIGHTING_NONE);
  expect_matrix(m.c.matrix, ITEMS, (const double[]){0.7, 0.6, -0.2375, 1.3, 0.4125, 1.23125});
  expect_near(m.c.mean[0], 4.2);
  expect_near(m.c.mean[1], 3.6);
  expect_near(m.c.mean[2], 2.7);
  assert_int_equal(m.c.n_min, 5);
  arena_destroy(m.memory);
}

/* The way without rationals: items alone, unweighted. */
static void coded_items_have_the_figures_of_any_others(void **unused) {
  (void)unused;
  covered m = cover(2, true, WEIGHTING_NONE);
  expect_matrix(m.c.matrix, 2,
                (const double[]){2.28571428571428559, 1.33333333333333326, 1.23809523809523814});
  arena_destroy(m.memory);
}

static void weighted_figures_are_those_of_survey_and_of_repeated_rows(void **unused) {
  (void)unused;
  covered m = cover(ITEMS, false, WEIGHTING_SAMPLING);
  expect_matrix(m.c.matrix, ITEMS,
                (const double[]){0.83676268861454062, 0.51440329218106995, -0.56841563786008220,
                                 1.04938271604938271, 0.22376543209876529, 1.19405864197530853});
  expect_near(m.c.mean[0], 3.8148148148148149);
  expect_near(m.c.mean[2], 2.9444444444444446);
  expect_near(m.c.n_effective, 3.4880382775119618);
  expect_near(m.c.weighted_n[0], 6.75);
  arena_destroy(m.memory);
  m = cover(ITEMS, false, WEIGHTING_FREQUENCY);
  expect_matrix(m.c.matrix, ITEMS,
                (const double[]){0.61111111111111116, 0.41666666666666669, -0.36805555555555558, 1,
                                 0.19791666666666666, 0.96527777777777779});
  arena_destroy(m.memory);
}

/* ---- Linear algebra ------------------------------------------------------------------------------- */

enum { N = 4 };

static void hilbert(double *h) {
  for (uint32_t i = 0; i < N; i++) {
    for (uint32_t j = 0; j < N; j++) {
      h[i * N + j] = 1.0 / (i + j + 1);
    }
  }
}

static void eigenvalues_are_those_of_r_and_vectors_satisfy_their_equation(void **unused) {
  (void)unused;
  static const double expected[] = {1.5002142800592426, 0.1691412202214494, 6.7382736057605861e-03,
                                    9.6702304022592756e-05};
  double h[N * N], values[N], vectors[N * N];
  error err;
  hilbert(h);
  assert_int_equal(linear_eigen(h, N, values, vectors, &err), STATUS_OK);
  for (uint32_t k = 0; k < N; k++) {
    expect_near(values[k], expected[k]);
    for (uint32_t i = 0; i < N; i++) {
      double sum = 0;
      for (uint32_t j = 0; j < N; j++) {
        sum += h[i * N + j] * vectors[k * N + j];
      }
      assert_true(fabs(sum - values[k] * vectors[k * N + i]) < 1e-15);
    }
  }
}

/* The inverse of a Hilbert matrix is of whole numbers, its determinant 1 / 6048000. */
static void cholesky_solves_inverts_and_gives_determinants(void **unused) {
  (void)unused;
  static const double first_row[] = {16, -120, 240, -140};
  double h[N * N], b[N] = {1, 0, 0, 0}, general[N] = {1, 0, 0, 0};
  bool solved = false;
  error err;
  hilbert(h);
  assert_int_equal(linear_solve_general(h, N, general, &solved, &err), STATUS_OK);
  assert_true(solved);
  hilbert(h);
  assert_true(linear_cholesky(h, N, NULL));
  assert_true(fabs(linear_log_determinant(h, N) + log(6048000)) < 1e-11);
  linear_solve(h, N, b, 1);
  linear_invert(h, N);
  for (uint32_t i = 0; i < N; i++) {
    assert_true(fabs(b[i] - first_row[i]) < 1e-9);
    assert_true(fabs(general[i] - first_row[i]) < 1e-9);
    assert_true(fabs(h[i] - first_row[i]) < 1e-9);
    assert_true(fabs(h[i * N] - first_row[i]) < 1e-9);
  }
}

/* The third of three variables is the sum of the first two. */
static void the_column_that_depends_on_others_is_named(void **unused) {
  (void)unused;
  double a[] = {2, 0.5, 2.5, 0.5, 1, 1.5, 2.5, 1.5, 4};
  uint32_t at = 0;
  assert_false(linear_cholesky(a, 3, &at));
  assert_int_equal(at, 2);
}

static void singular_equations_and_gaps_are_told(void **unused) {
  (void)unused;
  double a[] = {1, 2, 2, 4}, b[] = {1, 1}, values[2];
  bool solved = true;
  error err;
  assert_int_equal(linear_solve_general(a, 2, b, &solved, &err), STATUS_OK);
  assert_false(solved);
  a[1] = a[2] = (double)NAN;
  assert_int_equal(linear_eigen(a, 2, values, NULL, &err), STATUS_DATA);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pairwise_figures_are_those_of_r),
      cmocka_unit_test(listwise_figures_are_those_of_r),
      cmocka_unit_test(coded_items_have_the_figures_of_any_others),
      cmocka_unit_test(weighted_figures_are_those_of_survey_and_of_repeated_rows),
      cmocka_unit_test(eigenvalues_are_those_of_r_and_vectors_satisfy_their_equation),
      cmocka_unit_test(cholesky_solves_inverts_and_gives_determinants),
      cmocka_unit_test(the_column_that_depends_on_others_is_named),
      cmocka_unit_test(singular_equations_and_gaps_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
