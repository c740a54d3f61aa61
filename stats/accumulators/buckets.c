#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_buckets = {.id = ACCUMULATOR_BUCKETS, .name = "buckets", .version = 1};
