/* Wilcoxon's signed rank test of differences around 0 (1945, Biometrics Bulletin 1:80-83), as R's wilcox.test
 * has it.
 *
 * Differences of 0 are left out, the others ranked by size; V is the sum of the ranks of those above 0.  Its
 * exact distribution below 50 differences without ties and zeros; else the normal one with the correction for
 * ties and for continuity:
 *
 *   z = (V - N (N + 1) / 4 -+ 1/2) / sqrt(N (N + 1) (2 N + 1) / 24 - S (t^3 - t) / 48)
 */
#ifndef CANVASS_STATS_METHODS_SIGNED_RANK_H
#define CANVASS_STATS_METHODS_SIGNED_RANK_H

#include <stdbool.h>
#include <stdint.h>

enum { SIGNED_RANK_EXACT_END = 50 };

/* A value and how often it occurs: rows, or the sum of their weights. */
typedef struct counted_difference {
  int64_t value;
  double count;
} counted_difference;

/* NaN where a figure does not exist: there is no difference but 0. */
typedef struct signed_rank {
  double n, zeros; /* differences that are ranked, and those left out */
  double v, z, p;  /* z: NaN for the exact distribution */
  bool exact;
  double rank_biserial; /* ranks above 0 less those below, by all of them (Kerby 2014, Innovative Teaching
                           3:1) */
} signed_rank;

/* AT: COUNT different values, ascending. */
signed_rank signed_rank_of(const counted_difference *at, uint32_t count);

#endif
