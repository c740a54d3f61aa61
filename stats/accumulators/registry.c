/* The list of accumulators: one line each, by id. */
#include "stats/accumulators/registry.h"

static const accumulator_kind *const accumulators[] = {
    &accumulator_facts,   &accumulator_frequency,  &accumulator_moments,  &accumulator_values,
    &accumulator_buckets, &accumulator_cross,      &accumulator_joint,    &accumulator_sample,
    &accumulator_kmeans,  &accumulator_silhouette, &accumulator_distinct, &accumulator_duplicates,
    &accumulator_base,    &accumulator_ranks,      &accumulator_invalid,  &accumulator_weights,
};

size_t accumulator_count(void) {
  return sizeof accumulators / sizeof accumulators[0];
}

const accumulator_kind *accumulator_at(size_t index) {
  return index < accumulator_count() ? accumulators[index] : NULL;
}

const accumulator_kind *accumulator_find(uint32_t id) {
  for (size_t i = 0; i < accumulator_count(); i++) {
    if (accumulators[i]->id == id) {
      return accumulators[i];
    }
  }
  return NULL;
}
