/* Axes: their ticks are those that a person would choose. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/axis.h"
#include "tests/check.h"
#include "tests/seeded.h"

static void ticks_are_round_numbers(void **state) {
  (void)state;
  static const struct {
    double low, high;
    axis_ends ends;
    unsigned wanted;
    const char *ticks; /* by hand: the least step of 1, 2, 2.5, 5 x 10^k that is at least the span / wanted */
  } cases[] = {
      {0, 100, AXIS_EXACT, 5, "0 20 40 60 80 100"},
      {-100, 100, AXIS_EXACT, 5, "−100 −50 0 50 100"},
      {0, 5, AXIS_EXACT, 5, "0 1 2 3 4 5"},
      {0, 7, AXIS_EXACT, 5, "0 2 4 6"},
      {0, 10, AXIS_EXACT, 5, "0 2 4 6 8 10"},
      {0, 1190, AXIS_ROUND, 5, "0 250 500 750 1000 1250"},
      {-0.003, 0.8562, AXIS_ROUND, 5, "−0.2 0.0 0.2 0.4 0.6 0.8 1.0"},
      {0, 0.11, AXIS_ROUND, 5, "0.000 0.025 0.050 0.075 0.100 0.125"},
      {-61, 77, AXIS_ROUND, 6, "−75 −50 −25 0 25 50 75 100"},
      {3, 3, AXIS_ROUND, 5, "3.0 3.2 3.4 3.6 3.8 4.0"},
      {100, 0, AXIS_EXACT, 5, "0 20 40 60 80 100"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const axis a = axis_make(cases[i].low, cases[i].high, cases[i].ends, cases[i].wanted);
    char ticks[AXIS_TICKS_MAX * AXIS_TEXT_BYTES] = "";
    for (size_t t = 0; t < a.ticks_count; t++) {
      char text[AXIS_TEXT_BYTES];
      axis_text(&a, a.ticks[t], text);
      (void)strcat(strcat(ticks, t > 0 ? " " : ""), text);
    }
    if (strcmp(ticks, cases[i].ticks) != 0) {
      fail_msg("%g to %g: %s instead of %s", cases[i].low, cases[i].high, ticks, cases[i].ticks);
    }
  }
}

static void places_are_proportional_and_end_at_the_ends(void **state) {
  (void)state;
  const axis a = axis_make(-100, 100, AXIS_EXACT, 5);
  assert_float_equal(axis_share(&a, -100), 0, 1e-15);
  assert_float_equal(axis_share(&a, -50), 0.25, 1e-15);
  assert_float_equal(axis_share(&a, 100), 1, 1e-15);
  assert_float_equal(axis_share(&a, -1e300), 0, 1e-15);
  assert_float_equal(axis_share(&a, 1e300), 1, 1e-15);
  assert_float_equal(axis_share(&a, NAN), 0, 1e-15);
}

/* Whatever the figures are: few ticks, in order, within an axis that holds them. */
static void any_figures_get_an_axis(void **state) {
  (void)state;
  static const double edges[] = {0, -0.0, 1e-320, 1e-12, 1, 1e9, 1e15, 1e300, INFINITY, NAN};
  enum { EDGES = sizeof edges / sizeof edges[0] };
  const uint64_t seed = seeded_seed();
  seeded random = {seed};
  for (unsigned i = 0; i < 20000; i++) {
    double ends[2];
    for (size_t k = 0; k < 2; k++) {
      const double sign = seeded_below(&random, 2) == 0 ? 1 : -1;
      ends[k] = sign * (seeded_below(&random, 3) == 0 ? edges[seeded_below(&random, EDGES)]
                                                      : ldexp((double)seeded_bits(&random, 40), -20));
    }
    const axis a = axis_make(ends[0], ends[1], seeded_below(&random, 2) == 0 ? AXIS_EXACT : AXIS_ROUND, 5);
    const double slack = (a.high - a.low) * 1e-6;
    bool is_good = a.low < a.high && a.ticks_count <= AXIS_TICKS_MAX;
    for (size_t t = 0; t < a.ticks_count; t++) {
      char text[AXIS_TEXT_BYTES];
      axis_text(&a, a.ticks[t], text);
      const bool is_within = a.ticks[t] >= a.low - slack && a.ticks[t] <= a.high + slack;
      is_good = is_good && is_within && (t == 0 || a.ticks[t] > a.ticks[t - 1]) && text[0] != '\0';
    }
    if (!is_good) {
      fail_msg("seed %llu, case %u: %g to %g", (unsigned long long)seed, i, ends[0], ends[1]);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ticks_are_round_numbers),
      cmocka_unit_test(places_are_proportional_and_end_at_the_ends),
      cmocka_unit_test(any_figures_get_an_axis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
