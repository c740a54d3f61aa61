#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_duplicates = {.id = ACCUMULATOR_DUPLICATES, .name = "duplicates", .version = 1};
