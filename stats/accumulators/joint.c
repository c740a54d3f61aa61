#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_joint = {.id = ACCUMULATOR_JOINT, .name = "joint", .version = 1};
