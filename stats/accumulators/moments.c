#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_moments = {.id = ACCUMULATOR_MOMENTS, .name = "moments", .version = 1};
