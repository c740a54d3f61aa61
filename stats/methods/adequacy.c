#include "stats/methods/adequacy.h"

#include <math.h>
#include <stddef.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

double adequacy_kmo(const double *correlation, const double *inverse, uint32_t p, double *items) {
  double all = 0, all_partial = 0;
  for (uint32_t i = 0; i < p; i++) {
    double sum = 0, partial = 0;
    for (uint32_t j = 0; j < p; j++) {
      if (i != j) {
        const size_t at = (size_t)i * p + j;
        const double own = inverse[(size_t)i * p + i] * inverse[(size_t)j * p + j];
        sum += correlation[at] * correlation[at];
        partial += inverse[at] * inverse[at] / own;
      }
    }
    items[i] = sum / (sum + partial);
    all += sum;
    all_partial += partial;
  }
  return all / (all + all_partial);
}

sphericity adequacy_bartlett(double log_determinant, double n, uint32_t items) {
  sphericity s = {.chi2 = NAN, .df = NAN, .p = NAN};
  const double factor = n - 1 - (2.0 * items + 5) / 6;
  if (items >= 2 && factor > 0) {
    s.chi2 = -log_determinant * factor;
    s.df = items * (items - 1.0) / 2;
    s.p = pchisq(s.chi2, s.df, 0, 0);
  }
  return s;
}
