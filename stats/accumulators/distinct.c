#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_distinct = {.id = ACCUMULATOR_DISTINCT, .name = "distinct", .version = 1};
