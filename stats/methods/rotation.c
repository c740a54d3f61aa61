#include "stats/methods/rotation.h"

#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

enum { TURNS_MAX = 1000 };
/* For each item: what the criterion's slope and curvature have below half of this unit is rounding. */
#define SLOPE_UNIT 0x1p-46

status rotation_new(arena *a, rotation_method method, uint32_t items, uint32_t factors, rotation *out,
                    error *err) {
  const size_t entries = (size_t)items * factors, square = (size_t)factors * factors;
  *out = (rotation){.method = method,
                    .items = items,
                    .factors = factors,
                    .pattern = ARENA_ARRAY(a, double, entries + 1),
                    .structure = ARENA_ARRAY(a, double, entries + 1),
                    .phi = ARENA_ARRAY(a, double, square + 1),
                    .explained = ARENA_ARRAY(a, double, (size_t)factors + 1),
                    .room = ARENA_ARRAY(a, double, entries + 4 * square + 1)};
  return arena_failed(a) ? error_no_memory(err, "a rotation") : STATUS_OK;
}

static double communality(const double *row, uint32_t k) {
  double sum = 0;
  for (uint32_t m = 0; m < k; m++) {
    sum += row[m] * row[m];
  }
  return sum;
}

/* ---- Varimax --------------------------------------------------------------------------------------- */

/* The angle by which factors A and B are to be turned; false: they are where they should be. */
static bool find_angle(const double *x, uint32_t p, uint32_t k, uint32_t a, uint32_t b, double *angle) {
  double u_sum = 0, v_sum = 0, difference = 0, product = 0;
  for (uint32_t i = 0; i < p; i++) {
    const double one = x[(size_t)i * k + a], two = x[(size_t)i * k + b];
    const double u = one * one - two * two, v = 2 * one * two;
    u_sum += u;
    v_sum += v;
    difference += u * u - v * v;
    product += 2 * u * v;
  }
  const double slope = product - 2 * u_sum * v_sum / p;
  const double curvature = difference - (u_sum * u_sum - v_sum * v_sum) / p;
  *angle = atan2(slope, curvature) / 4;
  return llrint(slope / (p * SLOPE_UNIT)) != 0 || llrint(curvature / (p * SLOPE_UNIT)) < 0;
}

static void turn(double *x, uint32_t p, uint32_t k, uint32_t a, uint32_t b, double angle) {
  const double c = cos(angle), s = sin(angle);
  for (uint32_t i = 0; i < p; i++) {
    const double one = x[(size_t)i * k + a], two = x[(size_t)i * k + b];
    x[(size_t)i * k + a] = c * one + s * two;
    x[(size_t)i * k + b] = c * two - s * one;
  }
}

/* False: there is still something to turn. */
static bool turn_pairs(double *x, uint32_t p, uint32_t k) {
  for (int sweep = 0; sweep < TURNS_MAX; sweep++) {
    bool turned = false;
    for (uint32_t a = 0; a < k; a++) {
      for (uint32_t b = a + 1; b < k; b++) {
        double angle;
        if (find_angle(x, p, k, a, b, &angle)) {
          turn(x, p, k, a, b, angle);
          turned = true;
        }
      }
    }
    if (!turned) {
      return true;
    }
  }
  return false;
}

static bool make_varimax(double *x, uint32_t p, uint32_t k, double *length) {
  for (uint32_t i = 0; i < p; i++) {
    length[i] = sqrt(communality(x + (size_t)i * k, k));
    for (uint32_t m = 0; m < k && length[i] > 0; m++) {
      x[(size_t)i * k + m] /= length[i];
    }
  }
  const bool settled = turn_pairs(x, p, k);
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t m = 0; m < k; m++) {
      x[(size_t)i * k + m] *= length[i];
    }
  }
  return settled;
}

/* ---- Promax ---------------------------------------------------------------------------------------- */

/* OUT = X' Y, both p * k, by columns: what linear_solve takes. */
static void cross(const double *x, const double *y, uint32_t p, uint32_t k, double *out) {
  for (uint32_t a = 0; a < k; a++) {
    for (uint32_t b = 0; b < k; b++) {
      double sum = 0;
      for (uint32_t i = 0; i < p; i++) {
        sum += x[(size_t)i * k + a] * y[(size_t)i * k + b];
      }
      out[(size_t)b * k + a] = sum;
    }
  }
}

/* X becomes X U, with U by columns. */
static void multiply(double *x, uint32_t p, uint32_t k, const double *u, double *row) {
  for (uint32_t i = 0; i < p; i++) {
    memcpy(row, x + (size_t)i * k, k * sizeof *row);
    for (uint32_t b = 0; b < k; b++) {
      double sum = 0;
      for (uint32_t a = 0; a < k; a++) {
        sum += row[a] * u[(size_t)b * k + a];
      }
      x[(size_t)i * k + b] = sum;
    }
  }
}

/* U = (X'X)^-1 X' X^4 with the signs of X, of such lengths that factors have variance 1; their correlations
 * are then (U'U)^-1. */
static bool make_promax(rotation *out) {
  const uint32_t p = out->items, k = out->factors;
  const size_t square = (size_t)k * k;
  double *x = out->pattern, *target = out->structure, *u = out->room, *own = u + square;
  double *row = own + square;
  for (size_t i = 0; i < (size_t)p * k; i++) {
    target[i] = x[i] * fabs(x[i] * x[i] * x[i]);
  }
  cross(x, target, p, k, u);
  cross(x, x, p, k, own);
  if (!linear_cholesky(own, k, NULL)) {
    return false;
  }
  linear_solve(own, k, u, k);
  for (uint32_t a = 0; a < k; a++) {
    for (uint32_t b = 0; b < k; b++) {
      double sum = 0;
      for (uint32_t c = 0; c < k; c++) {
        sum += u[(size_t)a * k + c] * u[(size_t)b * k + c];
      }
      out->phi[(size_t)a * k + b] = sum;
    }
  }
  if (!linear_cholesky(out->phi, k, NULL)) {
    return false;
  }
  linear_invert(out->phi, k);
  for (uint32_t b = 0; b < k; b++) {
    row[b] = sqrt(out->phi[(size_t)b * k + b]);
    for (uint32_t a = 0; a < k; a++) {
      u[(size_t)b * k + a] *= row[b];
    }
  }
  for (uint32_t a = 0; a < k; a++) {
    for (uint32_t b = 0; b < k; b++) {
      const size_t at = (size_t)a * k + b;
      own[at] = a == b ? 1 : out->phi[at] / (row[a] * row[b]);
    }
  }
  memcpy(out->phi, own, square * sizeof *own);
  multiply(x, p, k, u, row);
  return true;
}

/* ---- Order ----------------------------------------------------------------------------------------- */

/* The diagonal of phi P'P. */
static void set_explained(rotation *r) {
  const uint32_t k = r->factors;
  for (uint32_t m = 0; m < k; m++) {
    double sum = 0;
    for (uint32_t i = 0; i < r->items; i++) {
      sum += r->pattern[(size_t)i * k + m] * r->structure[(size_t)i * k + m];
    }
    r->explained[m] = sum;
  }
}

static void set_structure(rotation *r) {
  const uint32_t k = r->factors;
  for (uint32_t i = 0; i < r->items; i++) {
    for (uint32_t m = 0; m < k; m++) {
      double sum = 0;
      for (uint32_t c = 0; c < k; c++) {
        sum += r->pattern[(size_t)i * k + c] * r->phi[(size_t)c * k + m];
      }
      r->structure[(size_t)i * k + m] = sum;
    }
  }
}

static void swap(double *a, double *b) {
  const double kept = *a;
  *a = *b;
  *b = kept;
}

static void swap_factors(rotation *r, uint32_t a, uint32_t b) {
  const uint32_t k = r->factors;
  for (uint32_t i = 0; i < r->items; i++) {
    swap(&r->pattern[(size_t)i * k + a], &r->pattern[(size_t)i * k + b]);
    swap(&r->structure[(size_t)i * k + a], &r->structure[(size_t)i * k + b]);
  }
  for (uint32_t m = 0; m < k; m++) {
    swap(&r->phi[(size_t)m * k + a], &r->phi[(size_t)m * k + b]);
  }
  for (uint32_t m = 0; m < k; m++) {
    swap(&r->phi[(size_t)a * k + m], &r->phi[(size_t)b * k + m]);
  }
  swap(&r->explained[a], &r->explained[b]);
}

static void reverse_factor(rotation *r, uint32_t m) {
  const uint32_t k = r->factors;
  for (uint32_t i = 0; i < r->items; i++) {
    r->pattern[(size_t)i * k + m] *= -1;
    r->structure[(size_t)i * k + m] *= -1;
  }
  for (uint32_t c = 0; c < k; c++) {
    if (c != m) {
      r->phi[(size_t)c * k + m] *= -1;
      r->phi[(size_t)m * k + c] *= -1;
    }
  }
}

static void order_factors(rotation *r) {
  for (uint32_t m = 0; m < r->factors; m++) {
    uint32_t most = m;
    double sum = 0;
    for (uint32_t c = m + 1; c < r->factors; c++) {
      most = r->explained[c] > r->explained[most] ? c : most;
    }
    if (most != m) {
      swap_factors(r, m, most);
    }
    for (uint32_t i = 0; i < r->items; i++) {
      sum += r->pattern[(size_t)i * r->factors + m];
    }
    if (sum < 0) {
      reverse_factor(r, m);
    }
  }
}

/* Tucker's congruence of a factor of each. */
static double congruence(const rotation *x, uint32_t a, const rotation *y, uint32_t b) {
  const uint32_t k = x->factors;
  double sum = 0, xx = 0, yy = 0;
  for (uint32_t i = 0; i < x->items; i++) {
    const double one = x->pattern[(size_t)i * k + a], two = y->pattern[(size_t)i * k + b];
    sum += one * two;
    xx += one * one;
    yy += two * two;
  }
  return xx > 0 && yy > 0 ? sum / sqrt(xx * yy) : 0;
}

void rotation_align(const rotation *to, rotation *rotated) {
  for (uint32_t m = 0; m < to->factors; m++) {
    uint32_t best = m;
    for (uint32_t c = m + 1; c < to->factors; c++) {
      best = fabs(congruence(to, m, rotated, c)) > fabs(congruence(to, m, rotated, best)) ? c : best;
    }
    if (best != m) {
      swap_factors(rotated, m, best);
    }
    if (congruence(to, m, rotated, m) < 0) {
      reverse_factor(rotated, m);
    }
  }
}

bool rotation_make(const double *loading, rotation *out) {
  const uint32_t p = out->items, k = out->factors;
  memcpy(out->pattern, loading, (size_t)p * k * sizeof *loading);
  for (uint32_t a = 0; a < k; a++) {
    for (uint32_t b = 0; b < k; b++) {
      out->phi[(size_t)a * k + b] = a == b;
    }
  }
  if (out->method != ROTATION_NONE && k > 1) {
    if (!make_varimax(out->pattern, p, k, out->room) ||
        (out->method == ROTATION_PROMAX && !make_promax(out))) {
      return false;
    }
  }
  set_structure(out);
  set_explained(out);
  order_factors(out);
  return true;
}
