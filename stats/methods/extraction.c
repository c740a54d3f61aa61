/* See extraction.h.  With S = sum_{m > k} v_m v_m', T = sum_{m > k} t_m v_m v_m', and * element by element:
 *
 *   likelihood, x = log u:  df / dx_i = sum_{m > k} (1 - t_m) v_im^2
 *     second: S * T + sum_{l <= k} v_l v_l' * sum_{m > k} (1 - t_m) (t_l + t_m) / (t_l - t_m) v_m v_m'
 *   axes, x = u:            df / dx_i = -sum_{m > k} t_m v_im^2
 *     second: S * S - sum_{l <= k} v_l v_l' * sum_{m > k} 2 t_m / (t_l - t_m) v_m v_m'
 *
 * because dt_m / dx_i = -t_m v_im^2 (axes: -v_im^2) and vectors turn towards v_l as 1 / (t_l - t_m) has it.
 */
#include "stats/methods/extraction.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

enum { STEPS_MAX = 200, HALVINGS_MAX = 40, MATRICES = 5, VECTORS = 7 };
#define GRADIENT_ENOUGH 1e-13
/* So near to a bound is at it: a uniqueness that went through exp and log may be a digit off. */
#define AT_BOUND 1e-9

typedef struct search {
  uint32_t p, k;
  bool likelihood;
  const double *r;
  double low, high;                            /* bounds of x */
  double *x, *tried, *gradient, *step, *right; /* p numbers */
  double *values, *vectors;                    /* t and v, rows of p * p */
  double *matrix, *hessian, *rest, *outer;     /* p * p */
  bool *held;
  double value, noise; /* f, and what of it is rounding */
  error *err;
  status st;
} search;

uint32_t extraction_factors_max(extraction_method method, uint32_t items) {
  uint32_t k = method == EXTRACTION_COMPONENTS ? items : 0;
  while (method != EXTRACTION_COMPONENTS && k + 1 < items && extraction_freedom(items, k + 1) >= 0) {
    k++;
  }
  return k;
}

double extraction_freedom(uint32_t items, uint32_t factors) {
  const double p = items, k = factors;
  return ((p - k) * (p - k) - p - k) / 2;
}

bool extraction_is_heywood(const extraction *x, uint32_t i) {
  return x->method != EXTRACTION_COMPONENTS && x->uniqueness[i] <= EXTRACTION_UNIQUENESS_MIN + AT_BOUND;
}

status extraction_new(arena *a, extraction_method method, uint32_t items, uint32_t factors, extraction *out,
                      error *err) {
  const size_t p = items;
  *out = (extraction){.method = method,
                      .items = items,
                      .factors = factors,
                      .loading = ARENA_ARRAY(a, double, p *factors + 1),
                      .uniqueness = ARENA_ARRAY(a, double, p + 1),
                      .discrepancy = NAN,
                      .held = ARENA_ARRAY(a, bool, p + 1),
                      .room = ARENA_ARRAY(a, double, MATRICES *p *p + VECTORS * p + 1)};
  return arena_failed(a) ? error_no_memory(err, "factors") : STATUS_OK;
}

static search open_search(const double *correlation, extraction *x, error *err) {
  const size_t p = x->items, square = p * p;
  double *at = x->room, *lists = x->room + MATRICES * square;
  const bool likelihood = x->method == EXTRACTION_MAXIMUM_LIKELIHOOD;
  return (search){.p = x->items,
                  .k = x->factors,
                  .likelihood = likelihood,
                  .r = correlation,
                  .low = likelihood ? log(EXTRACTION_UNIQUENESS_MIN) : EXTRACTION_UNIQUENESS_MIN,
                  .high = likelihood ? 0 : 1,
                  .vectors = at,
                  .matrix = at + square,
                  .hessian = at + 2 * square,
                  .rest = at + 3 * square,
                  .outer = at + 4 * square,
                  .x = lists,
                  .tried = lists + p,
                  .gradient = lists + 2 * p,
                  .step = lists + 3 * p,
                  .right = lists + 4 * p,
                  .values = lists + 5 * p,
                  .held = x->held,
                  .err = err};
}

/* ---- f and its derivatives ------------------------------------------------------------------------- */

/* f, t and v at X. */
static void evaluate(search *s, const double *x) {
  const uint32_t p = s->p;
  double sum = 0, size = 0;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < p; j++) {
      const double r = s->r[(size_t)i * p + j];
      s->matrix[(size_t)i * p + j] = s->likelihood ? r * exp(-0.5 * (x[i] + x[j])) : r - (i == j ? x[i] : 0);
    }
  }
  const status st = linear_eigen(s->matrix, p, s->values, s->vectors, s->err);
  s->st = s->st == STATUS_OK ? st : s->st;
  for (uint32_t m = s->k; m < p; m++) {
    const double t = s->values[m];
    sum += s->likelihood ? t - log(t) - 1 : 0.5 * t * t;
    size += s->likelihood ? 1 + fabs(1 - 1 / t) : fabs(t);
  }
  s->value = sum;
  /* Eigenvalues are off by some epsilons of the largest. */
  s->noise = 16 * DBL_EPSILON * size * s->values[0];
}

static bool is_at_bound(const search *s, uint32_t i) {
  return (s->x[i] <= s->low + AT_BOUND && s->gradient[i] > 0) ||
         (s->x[i] >= s->high - AT_BOUND && s->gradient[i] < 0);
}

/* The largest component of the gradient that may still go down. */
static double set_gradient(search *s) {
  const uint32_t p = s->p;
  double most = 0;
  for (uint32_t i = 0; i < p; i++) {
    double sum = 0;
    for (uint32_t m = s->k; m < p; m++) {
      const double v = s->vectors[(size_t)m * p + i], t = s->values[m];
      sum += (s->likelihood ? 1 - t : -t) * v * v;
    }
    s->gradient[i] = sum;
    most = is_at_bound(s, i) ? most : fmax(most, fabs(sum));
  }
  return most;
}

/* OUT += C v v' of vector M, below the diagonal and on it. */
static void add_outer(const search *s, uint32_t m, double c, double *out) {
  const uint32_t p = s->p;
  const double *v = s->vectors + (size_t)m * p;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j <= i; j++) {
      out[(size_t)i * p + j] += c * v[i] * v[j];
    }
  }
}

/* What the vectors' turning adds, towards the L-th factor. */
static void add_turning(search *s, uint32_t l) {
  const uint32_t p = s->p;
  const double *v = s->vectors + (size_t)l * p;
  memset(s->outer, 0, (size_t)p * p * sizeof *s->outer);
  for (uint32_t m = s->k; m < p; m++) {
    const double apart = s->values[l] - s->values[m];
    const double c = s->likelihood ? (1 - s->values[m]) * (s->values[l] + s->values[m]) : -2 * s->values[m];
    add_outer(s, m, apart > 0 ? c / apart : 0, s->outer);
  }
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j <= i; j++) {
      s->hessian[(size_t)i * p + j] += v[i] * v[j] * s->outer[(size_t)i * p + j];
    }
  }
}

/* NEWTON: the second derivatives; else S * S, which they are where the factors fit, and which is never
 * indefinite. */
static void set_hessian(search *s, bool newton) {
  const uint32_t p = s->p;
  const size_t bytes = (size_t)p * p * sizeof *s->rest;
  memset(s->rest, 0, bytes);
  memset(s->outer, 0, bytes);
  for (uint32_t m = s->k; m < p; m++) {
    add_outer(s, m, 1, s->rest);
    add_outer(s, m, s->likelihood ? s->values[m] : 1, s->outer);
  }
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j <= i; j++) {
      const size_t at = (size_t)i * p + j;
      s->hessian[at] = s->rest[at] * (newton ? s->outer[at] : s->rest[at]) + (!newton && i == j ? 1e-9 : 0);
    }
  }
  for (uint32_t l = 0; l < s->k && newton; l++) {
    add_turning(s, l);
  }
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < i; j++) {
      s->hessian[(size_t)j * p + i] = s->hessian[(size_t)i * p + j];
    }
  }
}

/* ---- Steps ----------------------------------------------------------------------------------------- */

/* The step of the items that are not held, given the steps of those that are.  False: the matrix is not
 * positive definite. */
static bool solve_free(search *s) {
  const uint32_t p = s->p;
  for (uint32_t i = 0; i < p; i++) {
    s->right[i] = s->held[i] ? s->step[i] : -s->gradient[i];
    for (uint32_t j = 0; j < p; j++) {
      const size_t at = (size_t)i * p + j;
      s->right[i] -= !s->held[i] && s->held[j] ? s->hessian[at] * s->step[j] : 0;
      s->rest[at] = s->held[i] || s->held[j] ? i == j : s->hessian[at];
    }
  }
  if (!linear_cholesky(s->rest, p, NULL)) {
    return false;
  }
  linear_solve(s->rest, p, s->right, 1);
  memcpy(s->step, s->right, p * sizeof *s->step);
  return true;
}

/* A step that stays within the bounds: items that it would take out are held at theirs, and the others go on.
 */
static bool solve_step(search *s, bool newton) {
  bool more = true;
  set_hessian(s, newton);
  for (uint32_t i = 0; i < s->p; i++) {
    s->held[i] = is_at_bound(s, i);
    s->step[i] = s->held[i] ? (s->gradient[i] > 0 ? s->low : s->high) - s->x[i] : 0;
  }
  while (more) {
    if (!solve_free(s)) {
      return false;
    }
    more = false;
    for (uint32_t i = 0; i < s->p; i++) {
      const double to = s->x[i] + s->step[i];
      if (!s->held[i] && (to < s->low || to > s->high)) {
        s->held[i] = more = true;
        s->step[i] = (to < s->low ? s->low : s->high) - s->x[i];
      }
    }
  }
  return true;
}

/* Goes along the step, as far as f becomes smaller.  False: nowhere. */
static bool descend(search *s) {
  const double before = s->value, longest = s->likelihood ? 2 : 0.5;
  double share = 1;
  for (int k = 0; k < HALVINGS_MAX && s->st == STATUS_OK; k++, share /= 2) {
    for (uint32_t i = 0; i < s->p; i++) {
      const double step = fmax(-longest, fmin(longest, share * s->step[i]));
      s->tried[i] = fmax(s->low, fmin(s->high, s->x[i] + step));
    }
    evaluate(s, s->tried);
    if (s->value <= before + s->noise) {
      memcpy(s->x, s->tried, s->p * sizeof *s->x);
      return true;
    }
  }
  return false;
}

/* Newton's step led nowhere: f and what follows from it are those of where it was tried last. */
static bool solve_step_again(search *s) {
  evaluate(s, s->x);
  (void)set_gradient(s);
  return s->st == STATUS_OK && solve_step(s, false);
}

static bool find_least(search *s) {
  double last = INFINITY;
  evaluate(s, s->x);
  for (int k = 0; k < STEPS_MAX && s->st == STATUS_OK; k++) {
    const double gradient = set_gradient(s);
    /* Rounding has the last word: a small gradient that no longer falls is as small as it gets. */
    if (gradient < GRADIENT_ENOUGH || (gradient < 1e-11 && gradient >= last / 2)) {
      return true;
    }
    last = gradient;
    const bool stepped = solve_step(s, true) && descend(s);
    if (!stepped && !(solve_step_again(s) && descend(s))) {
      evaluate(s, s->x);
      return gradient < 1e-7 && s->st == STATUS_OK;
    }
  }
  return false;
}

/* ---- Loadings -------------------------------------------------------------------------------------- */

/* Of factor M: vector times LENGTH, times what U is to the power 1/2 where it is scaled by that. */
static void set_loadings(const double *vectors, uint32_t m, double length, bool scaled, extraction *x) {
  const uint32_t p = x->items, k = x->factors;
  double sum = 0;
  for (uint32_t i = 0; i < p; i++) {
    const double by = scaled ? sqrt(x->uniqueness[i]) : 1;
    x->loading[(size_t)i * k + m] = vectors[(size_t)m * p + i] * length * by;
    sum += x->loading[(size_t)i * k + m];
  }
  for (uint32_t i = 0; i < p && sum < 0; i++) {
    x->loading[(size_t)i * k + m] = -x->loading[(size_t)i * k + m];
  }
}

static status fit_components(const double *correlation, extraction *x, bool *found, error *err) {
  const uint32_t p = x->items, k = x->factors;
  double *vectors = x->room, *values = x->room + (size_t)p * p;
  TRY(linear_eigen(correlation, p, values, vectors, err));
  for (uint32_t m = 0; m < k; m++) {
    set_loadings(vectors, m, sqrt(fmax(values[m], 0)), false, x);
  }
  for (uint32_t i = 0; i < p; i++) {
    x->uniqueness[i] = 1;
    for (uint32_t m = 0; m < k; m++) {
      x->uniqueness[i] -= x->loading[(size_t)i * k + m] * x->loading[(size_t)i * k + m];
    }
  }
  *found = true;
  return STATUS_OK;
}

/* False: not positive definite. */
static bool set_start(search *s, const extraction *x, bool started) {
  const uint32_t p = s->p;
  const double part = 1 - 0.5 * s->k / p;
  memcpy(s->rest, s->r, (size_t)p * p * sizeof *s->rest);
  if (!linear_cholesky(s->rest, p, NULL)) {
    return false;
  }
  linear_invert(s->rest, p);
  for (uint32_t i = 0; i < p; i++) {
    const double usual = fmax(part / s->rest[(size_t)i * p + i], 2 * EXTRACTION_UNIQUENESS_MIN);
    const double u = started ? x->uniqueness[i] : usual;
    s->x[i] = s->likelihood ? log(u) : u;
  }
  return true;
}

status extraction_fit(const double *correlation, bool started, extraction *out, bool *found, error *err) {
  if (out->method == EXTRACTION_COMPONENTS) {
    return fit_components(correlation, out, found, err);
  }
  search s = open_search(correlation, out, err);
  *found = set_start(&s, out, started) && find_least(&s);
  for (uint32_t i = 0; i < s.p && *found; i++) {
    out->uniqueness[i] = s.likelihood ? exp(s.x[i]) : s.x[i];
  }
  for (uint32_t m = 0; m < s.k && *found; m++) {
    const double length = sqrt(fmax(s.likelihood ? s.values[m] - 1 : s.values[m], 0));
    set_loadings(s.vectors, m, length, s.likelihood, out);
  }
  out->discrepancy = s.value;
  return s.st == STATUS_DATA ? STATUS_OK : s.st;
}
