/* How well a score tells events from other rows: the area under the ROC curve. */
#ifndef CANVASS_STATS_METHODS_RANKING_CURVE_H
#define CANVASS_STATS_METHODS_RANKING_CURVE_H

#include <stdbool.h>
#include <stdint.h>

/* The rows of one score: [0] without the event, [1] with it; each with its rows, their weights and the sum of
 * the weights' squares (of rows without weights all the same number). */
typedef struct ranked_score {
  double n[2], w[2], w2[2];
} ranked_score;

/* NaN where there is none. */
typedef struct ranking_curve {
  double area; /* the chance that a row with the event has the higher score, ties counting half */
  double se;
  double
      ties; /* how far the area may be from that of scores that are not put together: half the tied pairs */
} ranking_curve;

/* SCORES ascend.  Error: DeLong, DeLong & Clarke-Pearson 1988 (Biometrics 44:837-845); with sampling weights
 * (SAMPLING) the linearised one of the same placements. */
ranking_curve ranking_curve_of(const ranked_score *scores, uint32_t count, bool sampling);

#endif
