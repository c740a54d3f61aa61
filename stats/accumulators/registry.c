/* The list of accumulators, and what is looked up in it. */
#include "stats/accumulators/registry.h"

static const accumulator_kind *const accumulators[] = {
#define ACCUMULATOR(name, constant, id) &accumulator_##name,
#include "stats/accumulators/accumulators.def"
#undef ACCUMULATOR
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
