/* Weights of runs. */
#include "stats/analyses/weighting.h"

weighting run_weighting(const analysis_run *run) {
  const uint32_t weight = run_request(run)->weight;
  if (weight == PROGRAM_NONE) {
    return WEIGHTING_NONE;
  }
  return run_plan(run)->program->weights[weight].kind == WEIGHT_FREQUENCY ? WEIGHTING_FREQUENCY
                                                                          : WEIGHTING_SAMPLING;
}

estimate_options run_estimate_options(const analysis_run *run) {
  const base_state *base = run_base(run);
  return (estimate_options){.design_rows = base->rows - base->weight_unusable,
                            .confidence = run_request(run)->confidence};
}
