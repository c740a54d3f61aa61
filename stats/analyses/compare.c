#include "stats/analyses/registry.h"
const analysis_kind analysis_compare = {.name = "compare"};
