#include "stats/analyses/registry.h"
const analysis_kind analysis_describe = {.name = "describe"};
