#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_frequency = {.id = ACCUMULATOR_FREQUENCY, .name = "frequency", .version = 1};
