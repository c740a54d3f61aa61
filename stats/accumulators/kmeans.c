#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_kmeans = {.id = ACCUMULATOR_KMEANS, .name = "kmeans", .version = 1};
