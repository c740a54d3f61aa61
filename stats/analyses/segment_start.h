/* Where k-means begins: the best of several k-means++ starts on a sample of the rows. */
#ifndef CANVASS_STATS_ANALYSES_SEGMENT_START_H
#define CANVASS_STATS_ANALYSES_SEGMENT_START_H

#include "stats/analyses/segment_model.h"

typedef struct start_options {
  uint64_t seed;
  uint32_t starts;
} start_options;

/* CLUSTERS centres (mantissas) into CENTRES: k-means++ (Arthur & Vassilvitskii 2007, SODA '07), Lloyd's
 * iterations on the sample from each start, and from the one with the smallest sum of squares (ties: the
 * first) until they settle.  *FOUND is false when the sample has fewer than CLUSTERS different rows. */
status segment_start(const sample_state *sample, const segment_space *space, uint32_t clusters,
                     const start_options *options, double *centres, bool *found, error *err) MUST_USE;

#endif
