/* How large eigenvalues of random answers are, and how many of real ones are larger. */
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/parallel.h"
#include "tests/check.h"

enum { BFI = 25, BFI_ROWS = 2800 };

/* 25 items of five scales of personality, 2,800 persons (bfi of R's psych): pairwise correlations below the
 * diagonal, row by row. */
static const double bfi_lower[BFI * (BFI - 1) / 2] = {
    -.34019, -.26525, .48510,  -.14642, .33509,  .36043,  -.18144, .39008,  .50414,  .30754,  .02780,
    .09237,  .09678,  .08947,  .12068,  .01636,  .13628,  .14148,  .23208,  .11388,  .42782,  -.01934,
    .19249,  .13154,  .13222,  .13427,  .30773,  .35570,  .12967,  -.14589, -.12134, -.15184, -.12527,
    -.34017, -.37935, -.33672, .05009,  -.12203, -.15637, -.24221, -.16959, -.24974, -.29774, -.34011,
    .47637,  .10620,  -.20831, -.21297, -.11166, -.24583, -.02426, .01745,  -.00292, .09379,  .06393,
    .09257,  -.23188, -.28609, -.18784, -.33261, -.09209, -.06012, -.07728, .20118,  .26240,  .46716,
    -.04650, .25103,  .38854,  .19008,  .41612,  .11628,  .15200,  .08713,  -.07912, -.16081, -.32526,
    -.37997, -.05865, .28049,  .37781,  .29770,  .47007,  .14035,  .12323,  .09217,  -.10799, -.19813,
    -.41856, -.51412, .41902,  -.02185, .29390,  .25234,  .15993,  .26910,  .24685,  .24642,  .21223,
    -.23591, -.23391, -.30170, -.37385, .38318,  .31584,  .16648,  -.08767, -.08411, -.09894, -.19573,
    -.06746, -.02066, -.07086, .21998,  .21137,  .01721,  .16614,  -.05045, -.13521, .03805,  .13932,
    -.05050, -.08830, -.14379, -.18808, -.04031, -.00897, -.06053, .16297,  .24880,  .01497,  .19345,
    -.06697, -.13924, .03570,  .70698,  .10270,  -.03549, -.04147, -.07029, -.13550, -.02933, .00348,
    -.06640, .20953,  .24462,  .05093,  .19678,  -.02072, -.09994, -.06209, .55643,  .54910,  .05220,
    -.08971, -.12824, -.16631, -.20227, -.09744, -.04504, -.11126, .26266,  .34302,  .22979,  .34512,
    -.14552, -.28809, -.21169, .39781,  .39157,  .51950,  .01668,  .01917,  -.03693, -.00708, -.07613,
    -.05336, .05115,  -.01218, .19658,  .17402,  .05087,  .25438,  -.07444, -.09239, -.13432, .37813,
    .35061,  .42842,  .39770,  .01258,  .13067,  .14597,  .06113,  .16483,  .16729,  .16480,  .08831,
    -.08641, -.08238, -.10037, -.15929, .32663,  .13658,  .29799,  -.05051, -.04809, -.03429, -.04901,
    -.11608, .07906,  .01602,  .00129,  .03832,  .00076,  -.11371, -.04121, -.02857, .21129,  .13750,
    .04462,  .08124,  -.06681, .05693,  -.08287, .13008,  .12697,  .10722,  .08278,  .19850,  -.21373,
    -.06331, .16364,  .22299,  .07208,  .23716,  .19082,  .19024,  .06281,  -.07812, -.07994, -.21786,
    -.22876, .39334,  .20729,  .29280,  -.05186, -.03464, -.02965, -.06390, -.07602, .39534,  -.26156,
    -.07769, .08794,  .03571,  -.03863, .01665,  .10945,  .05652,  .01710,  .05004,  .13884,  .07785,
    .17428,  .05206,  -.09711, -.00498, .07883,  .13081,  .17650,  .21022,  .11387,  .17838,  -.06832,
    .19450,  .11449,  -.08846, -.04955, .02077,  -.04852, -.11755, -.05487, -.00571, .19780,  .05541,
    .10091,  .07911,  -.11204, .05388,  -.11479, .10989,  .03987,  .06009,  .04421,  .13508,  -.23899,
    .32487,  -.31064, -.17905};

static int set_up(void **state) {
  *state = arena_new();
  return *state == NULL;
}

static int tear_down(void **state) {
  arena_destroy(*state);
  return 0;
}

static parallel_analysis drawn(arena *a, uint64_t seed, double n, uint32_t p, uint32_t matrices) {
  parallel_analysis out;
  error err = {STATUS_OK, ""};
  assert_int_equal(parallel_analysis_make(a, seed, n, p, matrices, &out, &err), STATUS_OK);
  return out;
}

/* psych's help and vignette print of fa.parallel(bfi[1:25]): six factors and six components. */
static void the_personality_items_have_six_factors_and_six_components(void **state) {
  double r[BFI * BFI], components[BFI], common[BFI];
  error err = {STATUS_OK, ""};
  for (int i = 0, at = 0; i < BFI; i++) {
    for (int j = 0; j <= i; j++) {
      r[i * BFI + j] = r[j * BFI + i] = i == j ? 1 : bfi_lower[at++];
    }
  }
  const parallel_analysis random = drawn(*state, 1, BFI_ROWS, BFI, PARALLEL_MATRICES);
  assert_int_equal(parallel_eigenvalues(r, BFI, components, common, &err), STATUS_OK);
  assert_int_equal(parallel_count(components, random.high, BFI), 6);
  assert_int_equal(parallel_count(common, random.common_high, BFI), 6);
}

/* Eigenvalues of correlations add up to the number of items, and those of two are 1 + |r| and 1 - |r|. */
static void random_eigenvalues_add_up_to_the_items(void **state) {
  const parallel_analysis random = drawn(*state, 5, 200, 12, 50);
  double sum = 0;
  for (int k = 0; k < 12; k++) {
    sum += random.mean[k];
    assert_true(k == 0 || random.mean[k] <= random.mean[k - 1]);
    assert_true(random.high[k] > random.mean[k]);
  }
  assert_true(fabs(sum - 12) < 1e-12);
}

/* Of two unrelated items of n rows, r sqrt(n - 2) / sqrt(1 - r^2) is t with n - 2 degrees of freedom.  The
 * 95th percentile of 1 + |r| from 1,000 matrices is off by .0035 or so. */
static void the_largest_of_two_has_the_distribution_of_a_correlation(void **state) {
  enum { ROWS = 60 };
  const parallel_analysis random = drawn(*state, 9, ROWS, 2, 1000);
  const double t = qt(.975, ROWS - 2, 1, 0), r = t / sqrt(t * t + ROWS - 2);
  assert_true(fabs(random.high[0] - (1 + r)) < 0.018);
  assert_true(fabs(random.mean[0] + random.mean[1] - 2) < 1e-12);
  assert_true(isnan(random.common_mean[0]));
}

static void the_same_seed_draws_the_same_and_another_does_not(void **state) {
  const parallel_analysis one = drawn(*state, 3, 100.5, 5, 20), same = drawn(*state, 3, 100.5, 5, 20);
  const parallel_analysis other = drawn(*state, 4, 100.5, 5, 20);
  for (int k = 0; k < 5; k++) {
    assert_true(one.mean[k] == same.mean[k] && one.common_high[k] == same.common_high[k]);
    assert_true(one.mean[k] != other.mean[k]);
  }
}

static void counting_stops_at_the_first_that_is_not_above(void **state) {
  (void)state;
  static const double values[] = {3, 2, 1, 4}, high[] = {2, 1.5, 1, 1};
  assert_int_equal(parallel_count(values, high, 4), 2);
  assert_int_equal(parallel_count(values, high, 1), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_personality_items_have_six_factors_and_six_components),
      TEST(random_eigenvalues_add_up_to_the_items),
      TEST(the_largest_of_two_has_the_distribution_of_a_correlation),
      TEST(the_same_seed_draws_the_same_and_another_does_not),
      TEST(counting_stops_at_the_first_that_is_not_above),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
