/* The kinds that stats/analyses/ defines, for its registry alone. */
#ifndef CANVASS_STATS_ANALYSES_REGISTRY_H
#define CANVASS_STATS_ANALYSES_REGISTRY_H

#include "stats/analyses/analysis.h"

#define ANALYSIS(name) extern const analysis_kind analysis_##name;
#include "stats/analyses/analyses.def"
#undef ANALYSIS

#endif
