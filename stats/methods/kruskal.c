/* Rank sums from counts. */
#include "stats/methods/kruskal.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

static double in_units(i128 count, i128 unit) {
  const exact up = exact_from_i128(count), down = exact_from_i128(unit);
  return exact_ratio(&up, &down);
}

/* Deviation of group G's mean rank from (N + 1) / 2, in units; its count in *BASE.  A mid-rank less that
 * middle is half of (what is below) less half of (what is above), which are exact. */
static double deviation(const ranked_groups *g, const i128 *all, uint32_t group, i128 n, i128 *base) {
  exact twice = {0};
  i128 below = 0;
  *base = 0;
  for (uint32_t k = 0; k < g->answers; k++) {
    const i128 count = g->counts[(size_t)group * g->answers + k];
    exact_add_product(&twice, count, below - (n - below - all[k]));
    below += all[k];
    *base += count;
  }
  const exact under = exact_from_i128(*base);
  return exact_ratio(&twice, &under) / 2;
}

static void fill(const ranked_groups *g, const i128 *all, i128 n, i128 unit, kruskal *out, double *ranks,
                 double *bases) {
  const double size = in_units(n, unit);
  double ties = 0, between = 0;
  for (uint32_t k = 0; k < g->answers; k++) {
    const double t = in_units(all[k], unit);
    ties += t * t * t - t;
  }
  for (uint32_t i = 0; i < g->groups; i++) {
    i128 base = 0;
    const double from_middle = deviation(g, all, i, n, &base) / (double)unit;
    bases[i] = in_units(base, unit);
    ranks[i] = from_middle + (size + 1) / 2;
    between += bases[i] * from_middle * from_middle;
  }
  const double untied = 1 - ties / (size * size * size - size);
  if (g->groups >= 2 && size > 1 && untied > 0) {
    out->h = 12 / (size * (size + 1)) * between / untied;
    out->df = g->groups - 1;
    out->p = pchisq(out->h, out->df, 0, 0);
    out->epsilon2 = out->h / (size - 1);
    out->spread = size * (size + 1) / 12 - ties / (12 * (size - 1));
  }
}

status kruskal_make(const ranked_groups *g, kruskal *out, double *ranks, double *bases, error *err) {
  *out = (kruskal){NAN, NAN, NAN, NAN, NAN};
  i128 *all = calloc((size_t)g->answers + 1, sizeof *all);
  if (all == NULL) {
    return error_no_memory(err, "ranks of groups");
  }
  i128 n = 0, unit = 1;
  for (unsigned d = 0; d < g->decimals; d++) {
    unit *= 10;
  }
  for (size_t k = 0; k < (size_t)g->groups * g->answers; k++) {
    all[k % g->answers] += g->counts[k];
    n += g->counts[k];
  }
  fill(g, all, n, unit, out, ranks, bases);
  free(all);
  return STATUS_OK;
}

double dunn_z(const kruskal *k, const double *ranks, const double *bases, uint32_t a, uint32_t b) {
  return (ranks[a] - ranks[b]) / sqrt(k->spread * (1 / bases[a] + 1 / bases[b]));
}
