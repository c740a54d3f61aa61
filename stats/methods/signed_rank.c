/* Ranks of differences; see signed_rank.h. */
#include "stats/methods/signed_rank.h"

#include <math.h>

#include "stats/methods/estimate.h"

/* P(V <= v) for N differences without ties: of the 2^N sets of ranks those whose sum is at most v. */
static double at_most(uint32_t v, uint32_t n) {
  enum { SUMS = (SIGNED_RANK_EXACT_END - 1) * SIGNED_RANK_EXACT_END / 2 + 1 };
  uint64_t sets[SUMS] = {1};
  const uint32_t all = n * (n + 1) / 2;
  for (uint32_t rank = 1; rank <= n; rank++) {
    for (uint32_t sum = all; sum >= rank; sum--) {
      sets[sum] += sets[sum - rank];
    }
  }
  uint64_t below = 0;
  for (uint32_t sum = 0; sum <= v && sum <= all; sum++) {
    below += sets[sum];
  }
  return ldexp((double)below, -(int)n);
}

static double exact_p(double v, double n) {
  const uint32_t all = (uint32_t)(n * (n + 1) / 2), at = (uint32_t)v;
  const uint32_t lower = at < all - at ? at : all - at; /* the distribution is symmetric */
  return fmin(1, 2 * at_most(lower, (uint32_t)n));
}

/* What the walk over the sizes of differences gathers. */
typedef struct gathered {
  double n, above, cubes; /* cubes: S (t^3 - t) */
  bool tied;
} gathered;

/* Adds the differences of one size: BELOW and ABOVE 0. */
static void add_size(gathered *g, double below, double above) {
  const double t = below + above;
  g->above += above * (g->n + (t + 1) / 2);
  g->cubes += t * t * t - t;
  g->tied = g->tied || t > 1 || t < 1;
  g->n += t;
}

static uint64_t size_of(int64_t value) {
  return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* From 0 outwards, on both sides at once. */
static gathered walk(const counted_difference *at, uint32_t count, uint32_t first_above, uint32_t below) {
  gathered g = {0};
  uint32_t up = first_above, down = below;
  while (up < count || down > 0) {
    const bool has_up = up<count, has_down = down> 0;
    const uint64_t high = has_up ? size_of(at[up].value) : UINT64_MAX;
    const uint64_t low = has_down ? size_of(at[down - 1].value) : UINT64_MAX;
    const double above = has_up && high <= low ? at[up].count : 0;
    const double under = has_down && low <= high ? at[down - 1].count : 0;
    up += has_up && high <= low;
    down -= has_down && low <= high;
    add_size(&g, under, above);
  }
  return g;
}

signed_rank signed_rank_of(const counted_difference *at, uint32_t count) {
  signed_rank out = {.v = NAN, .z = NAN, .p = NAN, .rank_biserial = NAN};
  uint32_t below = 0, above = 0;
  for (uint32_t i = 0; i < count; i++) {
    below += at[i].value < 0;
    above += at[i].value <= 0;
    out.zeros += at[i].value == 0 ? at[i].count : 0;
  }
  const gathered g = walk(at, count, above, below);
  out.n = g.n;
  if (!(g.n > 0)) {
    return out;
  }
  const double whole = g.n * (g.n + 1) / 2, middle = whole / 2;
  out.v = g.above;
  out.rank_biserial = (g.above - (whole - g.above)) / whole;
  out.exact = g.n < SIGNED_RANK_EXACT_END && !g.tied && !(out.zeros > 0);
  if (out.exact) {
    out.p = exact_p(g.above, g.n);
    return out;
  }
  const double from_middle = g.above - middle;
  const double step = from_middle > 0 ? 0.5 : from_middle < 0 ? -0.5 : 0;
  out.z = (from_middle - step) / sqrt(g.n * (g.n + 1) * (2 * g.n + 1) / 24 - g.cubes / 48);
  out.p = two_sided_z(out.z);
  return out;
}
