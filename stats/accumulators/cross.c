#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_cross = {.id = ACCUMULATOR_CROSS, .name = "cross", .version = 1};
