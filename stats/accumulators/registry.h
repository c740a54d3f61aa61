/* The kinds that stats/accumulators/ defines, for its registry alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_REGISTRY_H
#define CANVASS_STATS_ACCUMULATORS_REGISTRY_H

#include "stats/accumulators/accumulator.h"

#define ACCUMULATOR(name, constant, id) extern const accumulator_kind accumulator_##name;
#include "stats/accumulators/accumulators.def"
#undef ACCUMULATOR

#endif
