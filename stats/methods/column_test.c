/* z and t tests of two columns. */
#include "stats/methods/column_test.h"

#include <math.h>

#include "stats/methods/estimate.h"

static bool is_compared(double share, double base) {
  return base > 0 && share > 0 && share < 1;
}

double column_test_shares(double a, double base_a, double b, double base_b) {
  if (!is_compared(a, base_a) || !is_compared(b, base_b)) {
    return NAN;
  }
  const double both = (a * base_a + b * base_b) / (base_a + base_b);
  return two_sided_z((a - b) / sqrt(both * (1 - both) * (1 / base_a + 1 / base_b)));
}

double column_test_means(const column_mean *a, const column_mean *b) {
  if (!(a->base > 1) || !(b->base > 1)) {
    return NAN;
  }
  const double df = a->base + b->base - 2;
  const double pooled = ((a->base - 1) * a->variance + (b->base - 1) * b->variance) / df;
  return pooled > 0 ? two_sided_t((a->mean - b->mean) / sqrt(pooled * (1 / a->base + 1 / b->base)), df) : NAN;
}
