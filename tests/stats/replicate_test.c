/* Errors and intervals from replicates (tests/stats/golden/replicate.R has the figures). */
#include "stats/methods/replicate.h"

#include <math.h>

#include "tests/check.h"

enum { GROUPS = 10, RESAMPLES = 199 };

static const double left_out[GROUPS] = {0.61, 0.58, 0.64, 0.60, 0.59, 0.66, 0.57, 0.62, 0.63, 0.605};
static const double all = 0.6125;

static void expect_near(double value, double expected) {
  if (!(fabs(value - expected) <= 1e-13 * fmax(1, fabs(expected)))) {
    fail_msg("%.17g instead of %.17g", value, expected);
  }
}

static void the_jackknife_has_its_interval_on_the_scale_of_the_figure(void **unused) {
  (void)unused;
  static const struct {
    replicate_scale scale;
    double low, high;
  } expected[] = {
      {REPLICATE_IDENTITY, 0.43394356306571158, 0.79105643693428851},
      {REPLICATE_FISHER, 0.40293749461208178, 0.76103685020868583},
      {REPLICATE_REMAINDER, 0.38568572005259050, 0.75557095952115161},
      {REPLICATE_ROOT, 0.44695678803333139, 0.80406966190190821},
  };
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    const replicate_interval r = replicate_jackknife(all, left_out, GROUPS, 1, expected[i].scale, 0.95);
    assert_int_equal(r.trouble, REPLICATE_FINE);
    assert_int_equal(r.groups, GROUPS);
    expect_near(r.se, 0.078931932701537283);
    expect_near(r.low, expected[i].low);
    expect_near(r.high, expected[i].high);
  }
}

static void fill_drawn(double *drawn) {
  for (int i = 0; i < RESAMPLES; i++) {
    const double k = i / (RESAMPLES - 1.0);
    drawn[(i * 83) % RESAMPLES] = 0.3 + 0.6 * k + 0.1 * k * k; /* in any order */
  }
}

static void the_bootstrap_has_expanded_percentiles_and_bca(void **unused) {
  (void)unused;
  double drawn[RESAMPLES];
  replicate_interval r;
  error err;
  fill_drawn(drawn);
  assert_int_equal(
      replicate_bootstrap(all, left_out, GROUPS, drawn, RESAMPLES, 1, REPLICATE_BOOTSTRAP, 0.95, &r, &err),
      STATUS_OK);
  expect_near(r.low, 0.30215371380472356);
  expect_near(r.high, 0.99713260811364379);
  expect_near(r.se, 0.078931932701537283);
  assert_int_equal(
      replicate_bootstrap(all, left_out, GROUPS, drawn, RESAMPLES, 1, REPLICATE_BCA, 0.95, &r, &err),
      STATUS_OK);
  expect_near(r.low, 0.30758560517792299);
  expect_near(r.high, 0.97632258643256664);
}

static void an_interval_that_cannot_be_has_its_reason(void **unused) {
  (void)unused;
  double some[GROUPS];
  memcpy(some, left_out, sizeof some);
  assert_int_equal(replicate_jackknife((double)NAN, some, GROUPS, 1, REPLICATE_IDENTITY, 0.95).trouble,
                   REPLICATE_NO_FIGURE);
  assert_int_equal(replicate_jackknife(all, some, 7, 1, REPLICATE_IDENTITY, 0.95).trouble,
                   REPLICATE_FEW_GROUPS);
  assert_int_equal(replicate_jackknife(0, some, GROUPS, 1, REPLICATE_ROOT, 0.95).trouble, REPLICATE_AT_BOUND);
  assert_int_equal(replicate_jackknife(1, some, GROUPS, 1, REPLICATE_FISHER, 0.95).trouble,
                   REPLICATE_AT_BOUND);
  some[3] = (double)NAN;
  const replicate_interval r = replicate_jackknife(all, some, GROUPS, 1, REPLICATE_IDENTITY, 0.95);
  assert_int_equal(r.trouble, REPLICATE_FAILED); /* one of ten is more than 5 % */
  assert_int_equal(r.failed, 1);
  assert_true(isnan(r.low) && isnan(r.high) && isnan(r.se));
}

/* One of forty is not more than 5 %: the other 39 have the interval. */
static void few_failed_replicates_are_left_out_and_counted(void **unused) {
  (void)unused;
  double some[40];
  for (int i = 0; i < 40; i++) {
    some[i] = left_out[i % GROUPS];
  }
  some[39] = (double)NAN;
  const replicate_interval with = replicate_jackknife(all, some, 40, 1, REPLICATE_IDENTITY, 0.95);
  const replicate_interval without = replicate_jackknife(all, some, 39, 1, REPLICATE_IDENTITY, 0.95);
  assert_int_equal(with.trouble, REPLICATE_FINE);
  assert_int_equal(with.failed, 1);
  expect_near(with.low, without.low);
  expect_near(with.se, without.se);
}

/* The lower end of a share of variance is never below 0. */
static void shares_are_cut_at_zero(void **unused) {
  (void)unused;
  const replicate_interval r = replicate_jackknife(0.001, left_out, GROUPS, 1, REPLICATE_ROOT, 0.95);
  assert_int_equal(r.trouble, REPLICATE_FINE);
  assert_true(r.low == 0 && r.high > 0.001);
}

static void draws_are_as_many_as_the_groups_and_repeat_themselves(void **unused) {
  (void)unused;
  uint32_t times[1024], again[1024];
  double sum[1024] = {0};
  for (uint32_t r = 0; r < 200; r++) {
    uint32_t drawn = 0;
    replicate_draw(3, r, 1024, times);
    for (uint32_t g = 0; g < 1024; g++) {
      drawn += times[g];
      sum[g] += times[g];
    }
    assert_int_equal(drawn, 1024);
  }
  replicate_draw(3, 199, 1024, again);
  assert_memory_equal(times, again, sizeof times);
  replicate_draw(4, 199, 1024, again);
  assert_true(memcmp(times, again, sizeof times) != 0);
  double squares = 0;
  for (uint32_t g = 0; g < 1024; g++) {
    squares += (sum[g] - 200) * (sum[g] - 200) / 200;
  }
  assert_true(squares > 850 && squares < 1200); /* chi^2 of 1,023 degrees: 800 to 1,260 is 5 sd each way */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_jackknife_has_its_interval_on_the_scale_of_the_figure),
      cmocka_unit_test(the_bootstrap_has_expanded_percentiles_and_bca),
      cmocka_unit_test(an_interval_that_cannot_be_has_its_reason),
      cmocka_unit_test(few_failed_replicates_are_left_out_and_counted),
      cmocka_unit_test(shares_are_cut_at_zero),
      cmocka_unit_test(draws_are_as_many_as_the_groups_and_repeat_themselves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
