#include "stats/methods/collinear.h"

#include <math.h>
#include <string.h>

/* A coefficient below this part of the largest, of columns of spread 1, is none: what rounding leaves. */
#define PART_OF_LARGEST 1e-6

/* L, of which KEPT rows are known, takes correlations R of a column with those kept: its new row into ROW and
 * what is left of its variance of 1. */
static double next_row(const double *l, uint32_t p, uint32_t kept, const double *r, double *row) {
  double left = 1;
  for (uint32_t i = 0; i < kept; i++) {
    double rest = r[i];
    for (uint32_t k = 0; k < i; k++) {
      rest -= l[(size_t)i * p + k] * row[k];
    }
    row[i] = rest / l[(size_t)i * p + i];
    left -= row[i] * row[i];
  }
  return left;
}

/* ROW becomes the coefficients on the kept columns: L' b = row. */
static void coefficients_of(const double *l, uint32_t p, uint32_t kept, double *row) {
  for (uint32_t i = kept; i-- > 0;) {
    for (uint32_t k = i + 1; k < kept; k++) {
      row[i] -= l[(size_t)k * p + i] * row[k];
    }
    row[i] /= l[(size_t)i * p + i];
  }
}

static void mark_set(const double *b, const uint32_t *columns, uint32_t kept, uint32_t at, bool *set) {
  double largest = 0;
  for (uint32_t i = 0; i < kept; i++) {
    largest = fmax(largest, fabs(b[i]));
  }
  for (uint32_t i = 0; i < kept; i++) {
    set[columns[i]] = fabs(b[i]) > largest * PART_OF_LARGEST;
  }
  set[at] = true;
}

uint32_t collinear_find(arena *a, const double *covariance, uint32_t p, bool *dropped, bool *sets) {
  double *l = ARENA_ARRAY(a, double, (size_t)p *p + 1), *r = ARENA_ARRAY(a, double, (size_t)p + 1);
  uint32_t *columns = ARENA_ARRAY(a, uint32_t, (size_t)p + 1);
  if (l == NULL || r == NULL || columns == NULL) {
    return UINT32_MAX;
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < p; i++) {
    const double variance = covariance[(size_t)i * p + i];
    dropped[i] = !(variance > 0);
    if (dropped[i]) {
      continue;
    }
    for (uint32_t k = 0; k < kept; k++) {
      const uint32_t other = columns[k];
      r[k] = covariance[(size_t)i * p + other] / sqrt(variance * covariance[(size_t)other * p + other]);
    }
    double *row = l + (size_t)kept * p;
    const double left = next_row(l, p, kept, r, row);
    dropped[i] = !(left > COLLINEAR_TOLERANCE);
    if (!dropped[i]) {
      row[kept] = sqrt(left);
      columns[kept++] = i;
    } else if (sets != NULL) {
      coefficients_of(l, p, kept, row);
      mark_set(row, columns, kept, i, sets + (size_t)i * p);
    }
  }
  return kept;
}
