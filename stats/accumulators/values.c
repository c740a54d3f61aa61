#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_values = {.id = ACCUMULATOR_VALUES, .name = "values", .version = 1};
