#include "stats/methods/ranking_curve.h"

#include <math.h>

typedef struct totals {
  double n[2], w[2];
} totals;

static totals totals_of(const ranked_score *scores, uint32_t count) {
  totals all = {0};
  for (uint32_t i = 0; i < count; i++) {
    for (int y = 0; y < 2; y++) {
      all.n[y] += scores[i].n[y];
      all.w[y] += scores[i].w[y];
    }
  }
  return all;
}

/* Sums of the squared distances of placements from the area: a row with the event is placed at the share of
 * the others below it, one without at the share of the events above it. */
static void add_distances(const ranked_score *scores, uint32_t count, const totals *all, double area,
                          bool sampling, double sums[2]) {
  double below[2] = {0};
  for (uint32_t i = 0; i < count; i++) {
    const double place_event = (below[0] + scores[i].w[0] / 2) / all->w[0] - area;
    const double place_other = 1 - (below[1] + scores[i].w[1] / 2) / all->w[1] - area;
    sums[1] += (sampling ? scores[i].w2[1] : scores[i].w[1]) * place_event * place_event;
    sums[0] += (sampling ? scores[i].w2[0] : scores[i].w[0]) * place_other * place_other;
    below[0] += scores[i].w[0];
    below[1] += scores[i].w[1];
  }
}

ranking_curve ranking_curve_of(const ranked_score *scores, uint32_t count, bool sampling) {
  const totals all = totals_of(scores, count);
  ranking_curve out = {NAN, NAN, NAN};
  if (!(all.w[0] > 0 && all.w[1] > 0)) {
    return out;
  }
  double below = 0, ahead = 0, tied = 0;
  for (uint32_t i = 0; i < count; i++) {
    ahead += scores[i].w[1] * (below + scores[i].w[0] / 2);
    tied += scores[i].w[1] * scores[i].w[0];
    below += scores[i].w[0];
  }
  out.area = ahead / (all.w[0] * all.w[1]);
  out.ties = tied / (2 * all.w[0] * all.w[1]);
  double sums[2] = {0};
  add_distances(scores, count, &all, out.area, sampling, sums);
  if (sampling) {
    out.se = sqrt(sums[1] / (all.w[1] * all.w[1]) + sums[0] / (all.w[0] * all.w[0]));
  } else if (all.w[0] > 1 && all.w[1] > 1) {
    out.se = sqrt(sums[1] / (all.w[1] * (all.w[1] - 1)) + sums[0] / (all.w[0] * (all.w[0] - 1)));
  }
  return out;
}
