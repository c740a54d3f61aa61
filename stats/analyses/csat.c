/* csat: the share of satisfied answers (top boxes), and the mean on 0 to 100 as the second convention. */
#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/shares.h"
#include "stats/analyses/terms.h"

enum { HIGH_IS_GOOD, LOW_IS_GOOD };
static const char *const direction_choices[] = {"high_is_good", "low_is_good", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC_CODED,
     .help = "satisfaction scales"},
    {.name = "boxes",
     .type = ARGUMENT_INTEGER,
     .fallback = "2",
     .low = 1,
     .high = 100,
     .help = "how many codes at the good end count as satisfied"},
    {.name = "direction",
     .type = ARGUMENT_CHOICE,
     .choices = direction_choices,
     .fallback = "high_is_good",
     .help = "which end of the scale is good: high_is_good or low_is_good"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items");
  const int64_t boxes = request_argument(a, "boxes")->integer;
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const char *name = p->variables[items->variables[i]].name;
    int64_t low = 0, high = 0;
    if (!codes_range(p, items->variables[i], &low, &high)) {
      return error_set(err, STATUS_SPECIFICATION, "items: the range of '%s' is not declared", name);
    }
    if (boxes > high - low) {
      return error_set(err, STATUS_SPECIFICATION,
                       "boxes: %lld of the %lld codes of '%s' would be satisfied; give fewer",
                       (long long)boxes, (long long)(high - low + 1), name);
    }
  }
  return STATUS_OK;
}

typedef struct scores {
  table *boxes, *means;
} scores;

static status visit(const share_cell *cell, void *context, error *err) {
  const scores *s = context;
  box_scale scale = {.boxes = run_argument(cell->run, "boxes")->integer,
                     .low_is_good = run_argument(cell->run, "direction")->integer == LOW_IS_GOOD};
  (void)codes_range(run_plan(cell->run), cell->item, &scale.low, &scale.high);
  estimate top, mean;
  TRY(share_estimate(cell, share_top_box, &scale, &top, err));
  share_cell rescaled = *cell;
  rescaled.options.rescaled = true;
  rescaled.options.rescale_low = (decimal){.mantissa = scale.low};
  rescaled.options.rescale_high = (decimal){.mantissa = scale.high};
  TRY(share_estimate(&rescaled, share_mirrored, &scale, &mean, err));
  double low = 0, high = 0;
  share_wilson(top.mean, top.n_effective, cell->options.confidence, &low, &high);
  share_row(cell, s->boxes);
  if (cell->weighting == WEIGHTING_SAMPLING) {
    table_number(s->boxes, "n_effective", top.n_effective);
  }
  table_number(s->boxes, "csat", top.mean);
  table_number(s->boxes, "se", top.se_plain);
  table_number(s->boxes, "ci_low", low);
  table_number(s->boxes, "ci_high", high);
  share_row(cell, s->means);
  table_number(s->means, "score", mean.mean);
  table_number(s->means, "se", mean.se);
  table_number(s->means, "ci_low", mean.ci_low);
  table_number(s->means, "ci_high", mean.ci_high);
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  static const char *const box_columns[] = {
      [WEIGHTING_NONE] = "item group n csat se ci_low ci_high",
      [WEIGHTING_SAMPLING] = "item group n weighted_n n_effective csat se ci_low ci_high",
      [WEIGHTING_FREQUENCY] = "item group n weighted_n csat se ci_low ci_high"};
  static const char *const notes[] = {[WEIGHTING_NONE] = "note_wilson",
                                      [WEIGHTING_SAMPLING] = "note_wilson_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_wilson_frequency"};
  const weighting w = run_weighting(run);
  scores s = {.boxes = table_new(run, "top_boxes", box_columns[w])};
  s.means = table_new(run, "rescaled_means",
                      w == WEIGHTING_NONE ? "item group n score se ci_low ci_high"
                                          : "item group n weighted_n score se ci_low ci_high");
  TRY(shares_each(run, visit, &s, err));
  json *detail = run_detail(run);
  json_set_integer(detail, "boxes", run_argument(run, "boxes")->integer);
  run_note(run, "note_csat_boxes", detail);
  run_note(run, notes[w], NULL);
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/csat.terms"
};

const analysis_kind analysis_csat = {
    .name = "csat",
    .summary = "share of satisfied answers (top boxes), and the mean on 0 to 100",
    .about =
        "CSAT = 100 p, p the share of answers in the best `boxes` codes of the declared range (4-5 of 5 by\n"
        "default).  Standard error 100 sqrt(p (1 - p) / n); with sampling weights linearised.  Interval:\n"
        "Wilson's, with the effective base (S w)^2 / S w^2 when weights are sampling weights, S w when they\n"
        "are frequencies.  Beside it the other convention: (mean - low) / (high - low) * 100 with its\n"
        "standard error and t interval.  Missing answers are left out.",
    .example =
        "analyses:\n"
        "  - csat:\n"
        "      items: [satisfaction, service]\n"
        "      boxes: 2\n"
        "      by: [region]\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_SATISFACTION,
            .is_by_item = true,
            .headlines = {{"top_boxes", "csat", {FIGURE_SCALE_FIXED, 0, 100}}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = shares_begin,
    .step = step,
};
