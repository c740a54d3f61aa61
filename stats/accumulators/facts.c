#include "stats/accumulators/registry.h"
const accumulator_kind accumulator_facts = {.id = ACCUMULATOR_FACTS, .name = "facts", .version = 1};
