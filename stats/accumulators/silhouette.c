#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_silhouette = {.id = ACCUMULATOR_SILHOUETTE, .name = "silhouette", .version = 1};
