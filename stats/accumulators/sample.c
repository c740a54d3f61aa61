#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_sample = {.id = ACCUMULATOR_SAMPLE, .name = "sample", .version = 1};
