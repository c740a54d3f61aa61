/* Shares of R^2, against R written out over all submodels (tests/stats/golden/importance.R). */
#include "stats/methods/importance.h"

#include <math.h>

#include "tests/check.h"

enum { COLUMNS = 4, WIDTH = COLUMNS + 1 };

static const double correlation[WIDTH * WIDTH] = {1,   .5,  .3,  -.2, .6,  .5, 1,   .4, .1, .5,  .3,  .4, 1,
                                                  .25, .35, -.2, .1,  .25, 1,  -.3, .6, .5, .35, -.3, 1};
static const uint32_t first[] = {0, 1, 2, 4};
static const importance_problem problem = {.columns = COLUMNS, .predictors = 3, .first = first};

static importance_room room_for(arena *a, const importance_problem *p) {
  importance_room room;
  error err;
  assert_int_equal(importance_room_new(a, p, &room, &err), STATUS_OK);
  return room;
}

static void shares_are_those_of_all_submodels(void **state) {
  (void)state;
  static const double weights[] = {0.19795155452925159, 0.13976865302441743, 0.17183602403646031};
  static const double lmg[] = {0.20064679980172195, 0.13511977484382881, 0.17378965694457907};
  double got[3];
  error err;
  arena *a = arena_new();
  importance_room room = room_for(a, &problem);
  assert_int_equal(importance_relative_weights(&problem, correlation, &room, got, &err), STATUS_OK);
  for (int i = 0; i < 3; i++) {
    assert_true(fabs(got[i] - weights[i]) < 1e-14);
  }
  importance_lmg(&problem, correlation, &room, got);
  for (int i = 0; i < 3; i++) {
    assert_true(fabs(got[i] - lmg[i]) < 1e-14);
  }
  arena_destroy(a);
}

/* Equal correlations .3 among 20 columns, and .2 with what they explain: R^2 is 20 * .04 / (1 + 19 * .3). */
static void twenty_alike_share_alike(void **state) {
  (void)state;
  enum { P = IMPORTANCE_LMG_MAX, W = P + 1 };
  double matrix[W * W], lmg[P], weights[P];
  uint32_t columns[P + 1];
  for (uint32_t i = 0; i < W; i++) {
    for (uint32_t k = 0; k < W; k++) {
      matrix[i * W + k] = i == k ? 1 : i == P || k == P ? .2 : .3;
    }
    columns[i] = i;
  }
  const importance_problem p = {.columns = P, .predictors = P, .first = columns};
  const double each = .04 / (1 + 19 * .3);
  error err;
  arena *a = arena_new();
  importance_room room = room_for(a, &p);
  importance_lmg(&p, matrix, &room, lmg);
  assert_int_equal(importance_relative_weights(&p, matrix, &room, weights, &err), STATUS_OK);
  for (int i = 0; i < P; i++) {
    assert_true(fabs(lmg[i] - each) < 1e-13);
    assert_true(fabs(weights[i] - each) < 1e-13);
  }
  arena_destroy(a);
}

static void what_cannot_be_shared_is_no_number(void **state) {
  (void)state;
  double singular[WIDTH * WIDTH], got[3];
  for (int i = 0; i < WIDTH * WIDTH; i++) {
    singular[i] = 1;
  }
  error err;
  arena *a = arena_new();
  importance_room room = room_for(a, &problem);
  for (int once = 0; once < 2; once++) {
    importance_lmg(&problem, singular, &room, got);
    assert_true(isnan(got[0]) && isnan(got[2]));
    assert_int_equal(importance_relative_weights(&problem, singular, &room, got, &err), STATUS_OK);
    assert_true(isnan(got[0]) && isnan(got[2]));
    singular[7] = NAN;
  }
  arena_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_are_those_of_all_submodels),
      cmocka_unit_test(twenty_alike_share_alike),
      cmocka_unit_test(what_cannot_be_shared_is_no_number),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
