/* Rotation of factors to simple structure, and their order.
 *
 * Varimax (Kaiser 1958, Psychometrika 23:187-200): the variance of squared loadings, each item's divided by
 * its communality first, summed over factors, is made as large as it gets by turning pairs of factors. Promax
 * (Hendrickson & White 1964, Br J Stat Psychol 17:65-70) with power 4: factors may correlate; the varimax
 * loadings are turned towards their own fourth powers, as stats::promax of R has it (and psych's Promax; its
 * "promax", and that of SPSS, divide by communalities here too).
 */
#ifndef CANVASS_STATS_METHODS_ROTATION_H
#define CANVASS_STATS_METHODS_ROTATION_H

#include "base/arena.h"

typedef enum rotation_method { ROTATION_PROMAX, ROTATION_VARIMAX, ROTATION_NONE } rotation_method;

/* Of P items on K factors. */
typedef struct rotation {
  rotation_method method;
  uint32_t items, factors;
  double *pattern;   /* items * factors, item by item: how much an item changes with a factor */
  double *structure; /* the same: correlations of items with factors; with unrelated factors the pattern */
  double *phi;       /* factors * factors: correlations of factors */
  double *explained; /* of each factor: its part of the items' variance, phi counted half to each */
  double *room;
} rotation;

status rotation_new(arena *a, rotation_method method, uint32_t items, uint32_t factors, rotation *out,
                    error *err) MUST_USE;
/* Rotates LOADING (items * factors).  Factors come out by what they explain, the most first, each with a sum
 * of its pattern that is not negative.  False, and OUT lost: turning does not come to rest, or loadings do
 * not determine promax' target. */
bool rotation_make(const double *loading, rotation *out) MUST_USE;
/* Gives ROTATED's factors the order and the signs in which they go best with those of TO. */
void rotation_align(const rotation *to, rotation *rotated);

#endif
