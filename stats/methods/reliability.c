/* See reliability.h. */
#define MATHLIB_STANDALONE
#include "stats/methods/reliability.h"

#include <Rmath.h>
#include <math.h>

/* Without item OUT; ITEMS: of all. */
static double alpha_without(const double *matrix, uint32_t items, uint32_t out) {
  const uint32_t left = items - (out < items);
  double trace = 0;
  double sum = 0;
  for (uint32_t i = 0; i < items; i++) {
    for (uint32_t j = 0; j < items; j++) {
      const double c = i == out || j == out ? 0 : matrix[(size_t)i * items + j];
      sum += c;
      trace += i == j ? c : 0;
    }
  }
  return left < 2 || !(sum > 0) ? NAN : left / (left - 1.0) * (1 - trace / sum);
}

double reliability_alpha(const double *matrix, uint32_t items) {
  return alpha_without(matrix, items, items);
}

double reliability_alpha_dropped(const double *matrix, uint32_t items, uint32_t i) {
  return alpha_without(matrix, items, i);
}

double reliability_item_rest(const double *matrix, uint32_t items, uint32_t i) {
  double rest = 0;
  double with = 0;
  for (uint32_t j = 0; j < items; j++) {
    for (uint32_t k = 0; k < items; k++) {
      rest += j == i || k == i ? 0 : matrix[(size_t)j * items + k];
    }
    with += j == i ? 0 : matrix[(size_t)i * items + j];
  }
  const double own = matrix[(size_t)i * items + i];
  return items < 2 || !(own > 0 && rest > 0) ? NAN : with / (sqrt(own) * sqrt(rest));
}

double reliability_standardised(const double *correlation, uint32_t items, double *mean_r) {
  double sum = 0;
  for (uint32_t i = 0; i < items; i++) {
    for (uint32_t j = 0; j < i; j++) {
      sum += correlation[(size_t)i * items + j];
    }
  }
  const double r = items < 2 ? NAN : sum / (items * (items - 1.0) / 2);
  const double below = 1 + (items - 1.0) * r;
  if (mean_r != NULL) {
    *mean_r = r;
  }
  return below > 0 ? items * r / below : NAN;
}

/* Spearman-Brown, of halves of FIRST and SECOND items. */
static double lengthened(double r, double first, double second) {
  const double all = first + second;
  const double shares = first * second / (all * all);
  const double square = r * r;
  if (first == second || r <= 0) {
    return r > -1 ? 2 * r / (1 + r) : NAN;
  }
  const double root = sqrt(square * square + 4 * square * (1 - square) * shares);
  return (root - square) / (2 * (1 - square) * shares);
}

double reliability_split_half(const double *matrix, uint32_t items) {
  double sums[2][2] = {{0}};
  for (uint32_t i = 0; i < items; i++) {
    for (uint32_t j = 0; j < items; j++) {
      sums[i % 2][j % 2] += matrix[(size_t)i * items + j];
    }
  }
  if (items < 2 || !(sums[0][0] > 0 && sums[1][1] > 0)) {
    return NAN;
  }
  const double r = sums[0][1] / (sqrt(sums[0][0]) * sqrt(sums[1][1]));
  return lengthened(fmin(1 - 1e-15, r), (items + 1) / 2, items / 2);
}

void reliability_feldt(double alpha, double n, uint32_t items, double confidence, double *low, double *high) {
  const double tail = (1 - confidence) / 2;
  const double between = n - 1;
  const double within = (n - 1) * (items - 1.0);
  *low = *high = NAN;
  if (!isnan(alpha) && within > 0) {
    *low = 1 - (1 - alpha) * qf(1 - tail, between, within, 1, 0);
    *high = 1 - (1 - alpha) * qf(tail, between, within, 1, 0);
  }
}

double reliability_of_factor(const one_factor *f, const double *sd) {
  double common = 0;
  double own = 0;
  for (uint32_t i = 0; i < f->count; i++) {
    const double scale = sd != NULL ? sd[i] : 1;
    common += f->loading[i] * scale;
    own += f->uniqueness[i] * scale * scale;
  }
  return common * common / (common * common + own);
}

double reliability_variance_extracted(const one_factor *f) {
  double sum = 0;
  for (uint32_t i = 0; i < f->count; i++) {
    sum += f->loading[i] * f->loading[i];
  }
  return sum / f->count;
}
