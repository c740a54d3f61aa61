#include "stats/analyses/registry.h"
const analysis_kind analysis_nps = {.name = "nps"};
const analysis_kind analysis_csat = {.name = "csat"};
const analysis_kind analysis_ces = {.name = "ces"};
