#include "stats/analyses/registry.h"
const analysis_kind analysis_crosstab = {.name = "crosstab"};
