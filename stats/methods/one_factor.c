/* See one_factor.h.  With y = u^-1/2 R u^-1/2, t and v its largest eigenvalue and vector, x = log u:
 *
 *   df / dx_i         = 1 - 1 / u_i + (t - 1) v_i^2
 *   d2f / dx_i dx_j   = [i = j] / u_i - t v_i^2 v_j^2 - (t - 1) v_i v_j M_ij
 *   M = 2 t (t I - y)^+ - (I - v v'),  (t I - y)^+ = (t I - y + t v v')^-1 - v v' / t
 *
 * because dt / dx_i = -t v_i^2 and dv / dx_j = -1/2 M e_j v_j.  All of it takes one Cholesky factor. */
#include "stats/methods/one_factor.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

enum { STEPS_MAX = 200, HALVINGS_MAX = 40, POWERS_MAX = 300, MATRICES = 3, VECTORS = 5 };
#define GRADIENT_ENOUGH 1e-13

typedef struct search {
  uint32_t p;
  const double *r;
  double *x, *tried, *gradient, *step; /* of log u */
  double *vector, *product;
  double *scaled, *inverse, *hessian; /* p * p */
  bool *held;
  double value, eigenvalue; /* f without what does not depend on u; t */
  double noise;             /* of f: differences up to this are rounding */
  error *err;
  status st;
} search;

status one_factor_new(arena *a, uint32_t count, one_factor *out, error *err) {
  const size_t p = count;
  *out = (one_factor){.count = count,
                      .loading = ARENA_ARRAY(a, double, p + 1),
                      .uniqueness = ARENA_ARRAY(a, double, p + 1),
                      .vector = ARENA_ARRAY(a, double, p + 1),
                      .held = ARENA_ARRAY(a, bool, p + 1),
                      .room = ARENA_ARRAY(a, double, MATRICES *p *p + VECTORS * p + 1)};
  return arena_failed(a) ? error_no_memory(err, "a factor") : STATUS_OK;
}

void one_factor_copy(const one_factor *from, one_factor *to) {
  const size_t bytes = from->count * sizeof(double);
  memcpy(to->loading, from->loading, bytes);
  memcpy(to->uniqueness, from->uniqueness, bytes);
  memcpy(to->vector, from->vector, bytes);
}

bool one_factor_is_heywood(const one_factor *f, uint32_t i) {
  return f->uniqueness[i] <= ONE_FACTOR_UNIQUENESS_MIN * (1 + 1e-9);
}

static search open_search(const double *correlation, one_factor *f, error *err) {
  const size_t p = f->count;
  double *at = f->room;
  return (search){.p = f->count,
                  .r = correlation,
                  .scaled = at,
                  .inverse = at + p * p,
                  .hessian = at + 2 * p * p,
                  .x = at + 3 * p * p,
                  .tried = at + 3 * p * p + p,
                  .gradient = at + 3 * p * p + 2 * p,
                  .step = at + 3 * p * p + 3 * p,
                  .product = at + 3 * p * p + 4 * p,
                  .vector = f->vector,
                  .held = f->held,
                  .err = err};
}

/* ---- The largest eigenvalue ------------------------------------------------------------------------ */

/* Powers from the vector at hand: items of one scale have one eigenvalue far above the others.  False: they
 * do not settle. */
static bool find_by_powers(search *s) {
  const uint32_t p = s->p;
  double *v = s->vector;
  for (int k = 0; k < POWERS_MAX; k++) {
    double length = 0;
    double change = 0;
    for (uint32_t i = 0; i < p; i++) {
      double sum = 0;
      for (uint32_t j = 0; j < p; j++) {
        sum += s->scaled[(size_t)i * p + j] * v[j];
      }
      s->product[i] = sum;
      length += sum * sum;
    }
    length = sqrt(length);
    for (uint32_t i = 0; i < p; i++) {
      const double next = s->product[i] / length;
      change = fmax(change, fabs(next - v[i]));
      v[i] = next;
    }
    if (!(change > 4 * DBL_EPSILON)) {
      s->eigenvalue = length;
      return isfinite(length) && length > 0;
    }
  }
  return false;
}

static status find_by_lapack(search *s) {
  double *values = s->product;
  double *vectors = s->inverse;
  TRY(linear_eigen(s->scaled, s->p, values, vectors, s->err));
  memcpy(s->vector, vectors, s->p * sizeof *vectors);
  s->eigenvalue = values[0];
  return STATUS_OK;
}

/* f, t and v at log u = X. */
static void evaluate(search *s, const double *x) {
  const uint32_t p = s->p;
  double sum = 0;
  for (uint32_t i = 0; i < p; i++) {
    sum += exp(-x[i]) + x[i];
    for (uint32_t j = 0; j <= i; j++) {
      const double y = s->r[(size_t)i * p + j] * exp(-0.5 * (x[i] + x[j]));
      s->scaled[(size_t)i * p + j] = s->scaled[(size_t)j * p + i] = y;
    }
  }
  if (!find_by_powers(s)) {
    const status st = find_by_lapack(s);
    s->st = s->st == STATUS_OK ? st : s->st;
  }
  s->value = sum - s->eigenvalue + log(s->eigenvalue);
  s->noise = 16 * DBL_EPSILON * (fabs(sum) + s->eigenvalue);
}

/* ---- Steps ---------------------------------------------------------------------------------------- */

/* Items at the bound that f would push further stay there.  So near to it, they are there: a uniqueness that
 * went through exp and log may be a digit off. */
static bool is_at_bound(const search *s, uint32_t i) {
  return s->x[i] <= log(ONE_FACTOR_UNIQUENESS_MIN) + 1e-9 && s->gradient[i] > 0;
}

/* The largest component of the gradient that may still go down. */
static double set_gradient(search *s) {
  double most = 0;
  for (uint32_t i = 0; i < s->p; i++) {
    s->gradient[i] = 1 - exp(-s->x[i]) + (s->eigenvalue - 1) * s->vector[i] * s->vector[i];
    most = is_at_bound(s, i) ? most : fmax(most, fabs(s->gradient[i]));
  }
  return most;
}

static bool set_inverse(search *s) {
  const uint32_t p = s->p;
  const double t = s->eigenvalue;
  const double *v = s->vector;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < p; j++) {
      s->inverse[(size_t)i * p + j] = (i == j ? t : 0) - s->scaled[(size_t)i * p + j] + t * v[i] * v[j];
    }
  }
  if (!linear_cholesky(s->inverse, p, NULL)) {
    return false;
  }
  linear_invert(s->inverse, p);
  return true;
}

/* NEWTON: a second derivative; else its expectation, an element of (I - v v') squared, a matrix that is never
 * indefinite. */
static double second(const search *s, uint32_t i, uint32_t j, bool newton) {
  const double t = s->eigenvalue;
  const double vi = s->vector[i];
  const double vj = s->vector[j];
  const double own = i == j;
  const double apart = own - vi * vj;
  if (!newton) {
    return apart * apart + own * 1e-9;
  }
  const double m = 2 * t * s->inverse[(size_t)i * s->p + j] - 2 * vi * vj - apart;
  return own * exp(-s->x[i]) - t * vi * vi * vj * vj - (t - 1) * vi * vj * m;
}

/* The step of the items that are not held, given the steps of those that are.  False: the matrix is not
 * positive definite. */
static bool solve_free(search *s, bool newton) {
  const uint32_t p = s->p;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < p; j++) {
      s->hessian[(size_t)i * p + j] = s->held[i] || s->held[j] ? i == j : second(s, i, j, newton);
    }
  }
  if (!linear_cholesky(s->hessian, p, NULL)) {
    return false;
  }
  for (uint32_t i = 0; i < p; i++) {
    s->product[i] = s->held[i] ? s->step[i] : -s->gradient[i];
    for (uint32_t j = 0; j < p && !s->held[i]; j++) {
      s->product[i] -= s->held[j] ? second(s, i, j, newton) * s->step[j] : 0;
    }
  }
  linear_solve(s->hessian, p, s->product, 1);
  memcpy(s->step, s->product, p * sizeof *s->step);
  return true;
}

/* A step that stays within the bounds: items that it would take out are held at theirs, and the others go on.
 */
static bool solve_step(search *s, bool newton) {
  const double floor = log(ONE_FACTOR_UNIQUENESS_MIN);
  bool more = true;
  for (uint32_t i = 0; i < s->p; i++) {
    s->held[i] = is_at_bound(s, i);
    s->step[i] = s->held[i] ? floor - s->x[i] : 0;
  }
  while (more) {
    if (!solve_free(s, newton)) {
      return false;
    }
    more = false;
    for (uint32_t i = 0; i < s->p; i++) {
      if (!s->held[i] && s->x[i] + s->step[i] < floor) {
        s->held[i] = more = true;
        s->step[i] = floor - s->x[i];
      }
    }
  }
  return true;
}

/* Goes along the step, as far as f becomes smaller.  False: nowhere. */
static bool descend(search *s) {
  const double floor = log(ONE_FACTOR_UNIQUENESS_MIN);
  const double before = s->value;
  double share = 1;
  for (int k = 0; k < HALVINGS_MAX && s->st == STATUS_OK; k++, share /= 2) {
    for (uint32_t i = 0; i < s->p; i++) {
      s->tried[i] = fmax(floor, s->x[i] + fmax(-2, fmin(2, share * s->step[i])));
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
    if (!set_inverse(s)) {
      return false;
    }
    const bool stepped = solve_step(s, true) && descend(s);
    if (!stepped && !(solve_step_again(s) && descend(s))) {
      return gradient < 1e-7;
    }
  }
  return false;
}

/* ---- The fit --------------------------------------------------------------------------------------- */

/* (1 - 1/(2p)) / diagonal of the inverse, as factanal starts.  False: not positive definite. */
static bool usual_start(search *s) {
  const uint32_t p = s->p;
  memcpy(s->inverse, s->r, (size_t)p * p * sizeof *s->inverse);
  if (!linear_cholesky(s->inverse, p, NULL)) {
    return false;
  }
  linear_invert(s->inverse, p);
  for (uint32_t i = 0; i < p; i++) {
    const double u = (1 - 0.5 / p) / s->inverse[(size_t)i * p + i];
    s->x[i] = log(fmax(u, 2 * ONE_FACTOR_UNIQUENESS_MIN));
    s->vector[i] = 1 / sqrt(p);
  }
  return true;
}

static bool is_definite(search *s) {
  memcpy(s->inverse, s->r, (size_t)s->p * s->p * sizeof *s->inverse);
  return linear_cholesky(s->inverse, s->p, NULL);
}

status one_factor_fit(const double *correlation, bool started, one_factor *out, bool *fitted, error *err) {
  search s = open_search(correlation, out, err);
  *fitted = started ? is_definite(&s) : usual_start(&s);
  for (uint32_t i = 0; started && i < s.p; i++) {
    s.x[i] = log(out->uniqueness[i]);
  }
  *fitted = *fitted && find_least(&s);
  double sum = 0;
  for (uint32_t i = 0; *fitted && i < s.p; i++) {
    out->uniqueness[i] = exp(s.x[i]);
    out->loading[i] = sqrt(out->uniqueness[i] * fmax(0, s.eigenvalue - 1)) * s.vector[i];
    sum += out->loading[i];
  }
  for (uint32_t i = 0; *fitted && sum < 0 && i < s.p; i++) {
    out->loading[i] = -out->loading[i];
  }
  return s.st == STATUS_DATA ? STATUS_OK : s.st;
}
