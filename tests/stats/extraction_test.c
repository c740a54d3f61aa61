/* Factors of correlation matrices that textbooks print, and what every extraction and rotation must keep.
 * Figures of factanal and psych are of R 4.2.2 and psych 2.2.9; they end where their searches do, at some
 * 1e-6. */
#include <math.h>
#include <string.h>

#include "stats/methods/adequacy.h"
#include "stats/methods/factor_fit.h"
#include "stats/methods/linear.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { HARMAN = 24, HARMAN_ROWS = 145, ABILITY = 6, ABILITY_ROWS = 112 };

/* 24 psychological tests of 145 children (Holzinger & Swineford 1939; Harman 1976, Modern Factor Analysis,
 * p. 123; Harman74.cor of R), below the diagonal, row by row. */
static const double harman_lower[HARMAN * (HARMAN - 1) / 2] = {
    .318, .403, .317, .468, .23,   .305, .321, .285, .247, .227, .335, .234, .268, .327, .622, .304, .157,
    .223, .335, .656, .722, .332,  .157, .382, .391, .578, .527, .619, .326, .195, .184, .325, .723, .714,
    .685, .532, .116, .057, -.075, .099, .311, .203, .246, .285, .17,  .308, .15,  .091, .11,  .344, .353,
    .232, .3,   .28,  .484, .314,  .145, .14,  .16,  .215, .095, .181, .271, .113, .585, .428, .489, .239,
    .321, .327, .344, .309, .345,  .395, .28,  .408, .535, .512, .125, .103, .177, .066, .28,  .292, .236,
    .252, .26,  .172, .35,  .131,  .195, .238, .131, .065, .127, .229, .251, .172, .175, .248, .154, .24,
    .173, .139, .37,  .414, .272,  .263, .322, .187, .291, .18,  .296, .242, .124, .314, .119, .281, .412,
    .325, .176, .005, .177, .187,  .208, .273, .228, .255, .274, .289, .362, .278, .194, .341, .345, .324,
    .368, .255, .211, .251, .263,  .167, .159, .25,  .208, .317, .35,  .349, .323, .201, .334, .344, .448,
    .27,  .112, .312, .137, .19,   .251, .226, .274, .274, .19,  .29,  .11,  .263, .206, .192, .258, .324,
    .358, .365, .292, .297, .339,  .398, .435, .451, .427, .446, .173, .202, .246, .241, .302, .272, .388,
    .262, .301, .167, .369, .306,  .165, .349, .318, .263, .314, .362, .266, .405, .399, .355, .425, .183,
    .232, .348, .173, .357, .331,  .413, .413, .232, .25,  .38,  .441, .386, .396, .357, .483, .16,  .304,
    .193, .279, .243, .246, .283,  .273, .317, .342, .463, .374, .474, .348, .383, .335, .435, .431, .405,
    .501, .504, .262, .251, .35,   .382, .242, .256, .36,  .287, .272, .303, .509, .451, .503, .282, .211,
    .203, .248, .42,  .433, .437,  .388, .424, .531, .412, .414, .358, .304, .165, .262, .326, .405, .374,
    .366, .448, .375, .434};
/* Six tests of 112 persons (Bartholomew & Knott 1999; ability.cov of R): covariances, the diagonal included.
 */
static const double ability_lower[ABILITY * (ABILITY + 1) / 2] = {
    24.641, 5.991,  6.700, 33.520, 18.137, 149.831, 6.023,  1.782, 19.424, 12.711, 20.755,
    4.936,  31.430, 4.757, 52.604, 29.701, 7.204,   50.753, 9.075, 66.762, 135.292};

typedef struct scene {
  arena *memory;
  double harman[HARMAN * HARMAN], ability[ABILITY * ABILITY];
} scene;

static int set_up(void **state) {
  static scene s;
  s.memory = arena_new();
  for (int i = 0, at = 0; i < HARMAN; i++) {
    for (int j = 0; j <= i; j++) {
      s.harman[i * HARMAN + j] = s.harman[j * HARMAN + i] = i == j ? 1 : harman_lower[at++];
    }
  }
  for (int i = 0; i < ABILITY; i++) {
    for (int j = 0; j <= i; j++) {
      const double own = ability_lower[i * (i + 3) / 2] * ability_lower[j * (j + 3) / 2];
      s.ability[i * ABILITY + j] = s.ability[j * ABILITY + i] =
          i == j ? 1 : ability_lower[i * (i + 1) / 2 + j] / sqrt(own);
    }
  }
  *state = &s;
  return s.memory == NULL;
}

static int tear_down(void **state) {
  scene *s = *state;
  arena_destroy(s->memory);
  return 0;
}

static void near(double a, double expected, double by) {
  if (!(fabs(a - expected) <= by)) {
    fail_msg("%.15g, not %.15g", a, expected);
  }
}

static extraction fitted(arena *a, const double *r, uint32_t p, uint32_t k, extraction_method method) {
  extraction x;
  bool found = false;
  error err = {STATUS_OK, ""};
  assert_int_equal(extraction_new(a, method, p, k, &x, &err), STATUS_OK);
  assert_int_equal(extraction_fit(r, false, &x, &found, &err), STATUS_OK);
  assert_true(found);
  return x;
}

static rotation rotated(arena *a, const extraction *x, rotation_method method) {
  rotation r;
  error err = {STATUS_OK, ""};
  assert_int_equal(rotation_new(a, method, x->items, x->factors, &r, &err), STATUS_OK);
  assert_true(rotation_make(x->loading, &r));
  return r;
}

static double log_determinant(arena *a, const double *r, uint32_t p) {
  double *l = ARENA_ARRAY(a, double, (size_t)p *p);
  memcpy(l, r, (size_t)p * p * sizeof *l);
  assert_true(linear_cholesky(l, p, NULL));
  return linear_log_determinant(l, p);
}

/* ---- Against factanal and psych ---------------------------------------------------------------------- */

/* The help pages of factanal, ability.cov and Harman74.cor print these to the digits in the comments. */
static void likelihood_has_the_chi_squares_that_factanal_prints(void **state) {
  scene *s = *state;
  static const struct {
    uint32_t factors;
    double chi2, df, p;
  } ability[] = {{1, 75.17959136, 9, 1.456384527e-12}, /* 75.18, 1.46e-12 */
                 {2, 6.106616519, 4, .1913263142}},    /* 6.11, 0.191 */
      harman[] = {{1, 622.90652, 252, 2.2813544e-33},  /* 622.91, 2.28e-33 */
                  {4, 226.683844775, 186, .022395591}, /* 226.68, 0.0224 */
                  {5, 186.82030698, 166, .12832637}};  /* 186.82, 0.128 */
  for (size_t i = 0; i < sizeof ability / sizeof ability[0]; i++) {
    const extraction x =
        fitted(s->memory, s->ability, ABILITY, ability[i].factors, EXTRACTION_MAXIMUM_LIKELIHOOD);
    const factor_test t = factor_test_make(&x, log_determinant(s->memory, s->ability, ABILITY), ABILITY_ROWS);
    near(t.chi2, ability[i].chi2, 1e-5);
    near(t.df, ability[i].df, 0);
    near(t.p / ability[i].p, 1, 1e-5);
  }
  for (size_t i = 0; i < sizeof harman / sizeof harman[0]; i++) {
    const extraction x =
        fitted(s->memory, s->harman, HARMAN, harman[i].factors, EXTRACTION_MAXIMUM_LIKELIHOOD);
    const factor_test t = factor_test_make(&x, log_determinant(s->memory, s->harman, HARMAN), HARMAN_ROWS);
    near(t.chi2, harman[i].chi2, 1e-4);
    near(t.df, harman[i].df, 0);
    near(t.p / harman[i].p, 1, 1e-4);
  }
}

/* factanal(factors = 2, covmat = ability.cov, rotation = "promax"), as its help page shows it; reading is
 * close to a Heywood case.  Its varimax ends at 1e-5. */
static void ability_has_the_uniquenesses_and_loadings_of_factanal(void **state) {
  scene *s = *state;
  static const double uniqueness[] = {.4552226, .5893326, .2181789, .7694167, .0524412, .3335897};
  static const double verbal[] = {.36421826, -.05774698, -.09148422, -.05365717, 1.02337231, .81123097};
  static const double spatial[] = {.470407977, .671196536, .931885105, .507997088, -.095493703, .009105393};
  const extraction x = fitted(s->memory, s->ability, ABILITY, 2, EXTRACTION_MAXIMUM_LIKELIHOOD);
  const rotation r = rotated(s->memory, &x, ROTATION_PROMAX);
  for (int i = 0; i < ABILITY; i++) {
    near(x.uniqueness[i], uniqueness[i], 5e-5);
    near(r.pattern[2 * i], verbal[i], 1e-3);
    near(r.pattern[2 * i + 1], spatial[i], 1e-3);
  }
}

/* fa(Harman74.cor$cov, 4, fm = "minres", rotate = "none", n.obs = 145). */
static void principal_axes_are_the_minres_of_psych(void **state) {
  scene *s = *state;
  static const double uniqueness[HARMAN] = {.449820, .770156, .661529, .650204, .361224, .323914,
                                            .271497, .487032, .256105, .256824, .530139, .448284,
                                            .489282, .636002, .692534, .548805, .585624, .585333,
                                            .765281, .583129, .577845, .600496, .488055, .512185};
  const extraction x = fitted(s->memory, s->harman, HARMAN, 4, EXTRACTION_PRINCIPAL_AXIS);
  for (int i = 0; i < HARMAN; i++) {
    near(x.uniqueness[i], uniqueness[i], 5e-5);
  }
  near(factor_residual(s->harman, &x), .040820084, 1e-8);
}

static void adequacy_is_that_of_psych(void **state) {
  scene *s = *state;
  double *inverse = ARENA_ARRAY(s->memory, double, HARMAN *HARMAN);
  double items[HARMAN];
  memcpy(inverse, s->harman, sizeof s->harman);
  assert_true(linear_cholesky(inverse, HARMAN, NULL));
  const double determinant = linear_log_determinant(inverse, HARMAN);
  linear_invert(inverse, HARMAN);
  near(adequacy_kmo(s->harman, inverse, HARMAN, items), .88133350241, 1e-11);
  const sphericity b = adequacy_bartlett(determinant, HARMAN_ROWS, HARMAN);
  near(b.chi2, 1545.86186333, 1e-8);
  near(b.df, 276, 0);
}

/* ---- What must hold ----------------------------------------------------------------------------------- */

/* Communalities of which the matrix has just these factors: one step of iterated principal axes moves
 * nothing. */
static void principal_axes_are_where_iteration_ends(void **state) {
  scene *s = *state;
  double matrix[HARMAN * HARMAN], values[HARMAN], vectors[HARMAN * HARMAN];
  error err = {STATUS_OK, ""};
  const extraction x = fitted(s->memory, s->harman, HARMAN, 4, EXTRACTION_PRINCIPAL_AXIS);
  memcpy(matrix, s->harman, sizeof matrix);
  for (int i = 0; i < HARMAN; i++) {
    matrix[i * HARMAN + i] = 1 - x.uniqueness[i];
  }
  assert_int_equal(linear_eigen(matrix, HARMAN, values, vectors, &err), STATUS_OK);
  for (int i = 0; i < HARMAN; i++) {
    double communality = 0;
    for (int m = 0; m < 4; m++) {
      communality += values[m] * vectors[m * HARMAN + i] * vectors[m * HARMAN + i];
    }
    near(communality, 1 - x.uniqueness[i], 1e-12);
  }
}

static void a_second_fit_from_where_the_first_ended_stays_there(void **state) {
  scene *s = *state;
  static const extraction_method methods[] = {EXTRACTION_PRINCIPAL_AXIS, EXTRACTION_MAXIMUM_LIKELIHOOD};
  for (int k = 0; k < 2; k++) {
    extraction x = fitted(s->memory, s->harman, HARMAN, 4, methods[k]);
    double before[4 * HARMAN];
    bool found = false;
    error err = {STATUS_OK, ""};
    memcpy(before, x.loading, sizeof before);
    assert_int_equal(extraction_fit(s->harman, true, &x, &found, &err), STATUS_OK);
    assert_true(found);
    for (int i = 0; i < 4 * HARMAN; i++) {
      near(x.loading[i], before[i], 1e-11);
    }
  }
}

static double varimax_of(const rotation *r) {
  double all = 0;
  for (uint32_t m = 0; m < r->factors; m++) {
    double fourths = 0, squares = 0;
    for (uint32_t i = 0; i < r->items; i++) {
      double h = 0;
      for (uint32_t c = 0; c < r->factors; c++) {
        h += r->pattern[i * r->factors + c] * r->pattern[i * r->factors + c];
      }
      const double square = r->pattern[i * r->factors + m] * r->pattern[i * r->factors + m] / h;
      squares += square;
      fourths += square * square;
    }
    all += fourths - squares * squares / r->items;
  }
  return all;
}

/* Orthogonal rotation keeps what factors explain of each item and of all, and the matrix that they make. */
static void rotation_leaves_communalities_and_the_model(void **state) {
  scene *s = *state;
  static const rotation_method methods[] = {ROTATION_VARIMAX, ROTATION_PROMAX};
  const extraction x = fitted(s->memory, s->harman, HARMAN, 5, EXTRACTION_PRINCIPAL_AXIS);
  for (int k = 0; k < 2; k++) {
    const rotation r = rotated(s->memory, &x, methods[k]);
    double explained = 0, communalities = 0;
    for (int i = 0; i < HARMAN; i++) {
      for (int j = 0; j < HARMAN; j++) {
        double before = 0, after = 0;
        for (int m = 0; m < 5; m++) {
          before += x.loading[i * 5 + m] * x.loading[j * 5 + m];
          after += r.pattern[i * 5 + m] * r.structure[j * 5 + m];
        }
        near(after, before, 1e-12);
        communalities += i == j ? before : 0;
      }
    }
    for (int m = 0; m < 5; m++) {
      explained += r.explained[m];
      assert_true(m == 0 || r.explained[m] <= r.explained[m - 1]);
    }
    near(explained, communalities, 1e-12);
  }
}

/* No small turn of any two factors makes the criterion larger. */
static void varimax_is_at_its_top(void **state) {
  scene *s = *state;
  const extraction x = fitted(s->memory, s->harman, HARMAN, 4, EXTRACTION_PRINCIPAL_AXIS);
  rotation r = rotated(s->memory, &x, ROTATION_VARIMAX);
  const double top = varimax_of(&r);
  for (int a = 0; a < 4; a++) {
    for (int b = 0; b < 4; b++) {
      rotation turned = r;
      double pattern[4 * HARMAN];
      turned.pattern = pattern;
      memcpy(pattern, r.pattern, sizeof pattern);
      for (int i = 0; i < HARMAN && a != b; i++) {
        pattern[i * 4 + a] = cos(1e-3) * r.pattern[i * 4 + a] + sin(1e-3) * r.pattern[i * 4 + b];
        pattern[i * 4 + b] = cos(1e-3) * r.pattern[i * 4 + b] - sin(1e-3) * r.pattern[i * 4 + a];
      }
      assert_true(varimax_of(&turned) <= top);
    }
  }
}

/* Factors in another order and with other signs come out the same. */
static void order_and_signs_do_not_depend_on_the_start(void **state) {
  scene *s = *state;
  extraction x = fitted(s->memory, s->harman, HARMAN, 4, EXTRACTION_MAXIMUM_LIKELIHOOD);
  const rotation before = rotated(s->memory, &x, ROTATION_PROMAX);
  for (int i = 0; i < HARMAN; i++) {
    double *row = x.loading + i * 4;
    const double first = row[0];
    row[0] = -row[3];
    row[3] = row[1];
    row[1] = -first;
  }
  const rotation after = rotated(s->memory, &x, ROTATION_PROMAX);
  for (int i = 0; i < 4 * HARMAN; i++) {
    near(after.pattern[i], before.pattern[i], 1e-10);
  }
  for (int m = 0; m < 4; m++) {
    double sum = 0;
    for (int i = 0; i < HARMAN; i++) {
      sum += after.pattern[i * 4 + m];
    }
    assert_true(sum > 0);
    near(after.phi[m * 5], 1, 0);
  }
}

static void aligned_factors_are_those_of_the_other_solution(void **state) {
  scene *s = *state;
  const extraction x = fitted(s->memory, s->harman, HARMAN, 4, EXTRACTION_PRINCIPAL_AXIS);
  const rotation to = rotated(s->memory, &x, ROTATION_PROMAX);
  rotation other = rotated(s->memory, &x, ROTATION_PROMAX);
  for (int i = 0; i < HARMAN; i++) {
    for (int k = 0; k < 2; k++) {
      double *row = (k == 0 ? other.pattern : other.structure) + i * 4;
      const double first = row[0];
      row[0] = row[2];
      row[2] = -first;
    }
  }
  rotation_align(&to, &other);
  for (int i = 0; i < 4 * HARMAN; i++) {
    near(other.pattern[i], to.pattern[i], 1e-15);
  }
}

/* All components give back the matrix, and each item all of its variance. */
static void all_components_are_the_matrix(void **state) {
  scene *s = *state;
  const extraction x = fitted(s->memory, s->ability, ABILITY, ABILITY, EXTRACTION_COMPONENTS);
  for (int i = 0; i < ABILITY; i++) {
    near(x.uniqueness[i], 0, 1e-14);
    for (int j = 0; j < ABILITY; j++) {
      double sum = 0;
      for (int m = 0; m < ABILITY; m++) {
        sum += x.loading[i * ABILITY + m] * x.loading[j * ABILITY + m];
      }
      near(sum, s->ability[i * ABILITY + j], 1e-14);
    }
  }
}

/* Scores by Bartlett are right on average: W' P = I.  Those by regression have W = R^-1 S. */
static void weights_are_those_of_their_definition(void **state) {
  scene *s = *state;
  double inverse[ABILITY * ABILITY], weights[2 * ABILITY], validity[2];
  const extraction x = fitted(s->memory, s->ability, ABILITY, 2, EXTRACTION_MAXIMUM_LIKELIHOOD);
  const rotation r = rotated(s->memory, &x, ROTATION_PROMAX);
  memcpy(inverse, s->ability, sizeof inverse);
  assert_true(linear_cholesky(inverse, ABILITY, NULL));
  linear_invert(inverse, ABILITY);
  assert_true(factor_weights(inverse, s->ability, &x, &r, FACTOR_BARTLETT, weights, validity));
  for (int a = 0; a < 2; a++) {
    for (int b = 0; b < 2; b++) {
      double sum = 0;
      for (int i = 0; i < ABILITY; i++) {
        sum += weights[2 * i + a] * r.pattern[2 * i + b];
      }
      near(sum, a == b, 1e-12);
    }
  }
  assert_true(factor_weights(inverse, s->ability, &x, &r, FACTOR_REGRESSION, weights, validity));
  for (int i = 0; i < ABILITY; i++) {
    for (int m = 0; m < 2; m++) {
      double sum = 0;
      for (int j = 0; j < ABILITY; j++) {
        sum += s->ability[i * ABILITY + j] * weights[2 * j + m];
      }
      near(sum, r.structure[2 * i + m], 1e-12);
    }
  }
  assert_true(validity[0] > .5 && validity[0] <= 1);
}

/* ---- Trouble ------------------------------------------------------------------------------------------- */

/* Two items that agree too well for the third: the one factor takes all of the first. */
static void a_heywood_case_is_held_at_its_bound(void **state) {
  scene *s = *state;
  static const double r[] = {1, .9, .8, .9, 1, .5, .8, .5, 1};
  static const extraction_method methods[] = {EXTRACTION_PRINCIPAL_AXIS, EXTRACTION_MAXIMUM_LIKELIHOOD};
  for (int k = 0; k < 2; k++) {
    const extraction x = fitted(s->memory, r, 3, 1, methods[k]);
    near(x.uniqueness[0], EXTRACTION_UNIQUENESS_MIN, 1e-12);
    assert_true(extraction_is_heywood(&x, 0) && !extraction_is_heywood(&x, 1));
  }
}

static void dependent_and_indefinite_matrices_have_no_common_factors(void **state) {
  scene *s = *state;
  static const double matrices[][9] = {{1, 1, .5, 1, 1, .5, .5, .5, 1}, {1, .9, .9, .9, 1, -.9, .9, -.9, 1}};
  for (int k = 0; k < 2; k++) {
    extraction x;
    bool found = true;
    error err = {STATUS_OK, ""};
    assert_int_equal(extraction_new(s->memory, EXTRACTION_PRINCIPAL_AXIS, 3, 1, &x, &err), STATUS_OK);
    assert_int_equal(extraction_fit(matrices[k], false, &x, &found, &err), STATUS_OK);
    assert_false(found);
  }
}

static void items_determine_so_many_factors_and_no_more(void **state) {
  (void)state;
  static const struct {
    uint32_t items, most;
  } expected[] = {{1, 0}, {2, 0}, {3, 1}, {4, 1}, {5, 2}, {6, 3}, {8, 4}, {9, 5}, {24, 17}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    assert_int_equal(extraction_factors_max(EXTRACTION_MAXIMUM_LIKELIHOOD, expected[i].items),
                     expected[i].most);
    assert_int_equal(extraction_factors_max(EXTRACTION_COMPONENTS, expected[i].items), expected[i].items);
  }
}

/* Loadings of any size and sign, some zero, come to rest. */
static void any_loadings_are_turned_to_rest(void **state) {
  scene *s = *state;
  seeded random = {11};
  error err = {STATUS_OK, ""};
  for (int k = 0; k < 200; k++) {
    const uint32_t p = 4 + seeded_pick(&random, 8), factors = 2 + seeded_pick(&random, 2);
    double loading[12 * 4];
    rotation r;
    for (uint32_t i = 0; i < p * factors; i++) {
      loading[i] =
          k % 4 == 0 && seeded_below(&random, 2) == 0 ? 0 : (double)seeded_below(&random, 1999) / 1000 - 1;
    }
    assert_int_equal(rotation_new(s->memory, ROTATION_VARIMAX, p, factors, &r, &err), STATUS_OK);
    assert_true(rotation_make(loading, &r));
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(likelihood_has_the_chi_squares_that_factanal_prints),
      TEST(ability_has_the_uniquenesses_and_loadings_of_factanal),
      TEST(principal_axes_are_the_minres_of_psych),
      TEST(adequacy_is_that_of_psych),
      TEST(principal_axes_are_where_iteration_ends),
      TEST(a_second_fit_from_where_the_first_ended_stays_there),
      TEST(rotation_leaves_communalities_and_the_model),
      TEST(varimax_is_at_its_top),
      TEST(order_and_signs_do_not_depend_on_the_start),
      TEST(aligned_factors_are_those_of_the_other_solution),
      TEST(all_components_are_the_matrix),
      TEST(weights_are_those_of_their_definition),
      TEST(a_heywood_case_is_held_at_its_bound),
      TEST(dependent_and_indefinite_matrices_have_no_common_factors),
      TEST(items_determine_so_many_factors_and_no_more),
      TEST(any_loadings_are_turned_to_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
