/* The kinds that stats/accumulators/ defines, for its registry alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_REGISTRY_H
#define CANVASS_STATS_ACCUMULATORS_REGISTRY_H

#include "stats/accumulators/accumulator.h"

extern const accumulator_kind accumulator_facts;
extern const accumulator_kind accumulator_frequency;
extern const accumulator_kind accumulator_moments;
extern const accumulator_kind accumulator_values;
extern const accumulator_kind accumulator_buckets;
extern const accumulator_kind accumulator_cross;
extern const accumulator_kind accumulator_joint;
extern const accumulator_kind accumulator_sample;
extern const accumulator_kind accumulator_kmeans;
extern const accumulator_kind accumulator_silhouette;
extern const accumulator_kind accumulator_distinct;
extern const accumulator_kind accumulator_duplicates;
extern const accumulator_kind accumulator_base;
extern const accumulator_kind accumulator_invalid;
extern const accumulator_kind accumulator_weights;
extern const accumulator_kind accumulator_ranks;

#endif
