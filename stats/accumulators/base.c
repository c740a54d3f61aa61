#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_base = {.id = ACCUMULATOR_BASE, .name = "base", .version = 1};
