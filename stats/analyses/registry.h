/* The kinds that stats/analyses/ defines, for its registry alone. */
#ifndef CANVASS_STATS_ANALYSES_REGISTRY_H
#define CANVASS_STATS_ANALYSES_REGISTRY_H

#include "stats/analyses/analysis.h"

extern const analysis_kind analysis_describe;
extern const analysis_kind analysis_nps;
extern const analysis_kind analysis_csat;
extern const analysis_kind analysis_ces;
extern const analysis_kind analysis_index;
extern const analysis_kind analysis_correlate;
extern const analysis_kind analysis_crosstab;
extern const analysis_kind analysis_segment;
extern const analysis_kind analysis_compare;

#endif
