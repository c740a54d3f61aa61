/* ces: the customer effort score.  There is no single standard: scale, direction and variant are stated. */
#include <math.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/shares.h"
#include "stats/analyses/terms.h"

enum { VARIANT_CES2, VARIANT_CES1, VARIANT_OWN };
static const char *const variant_choices[] = {"ces2", "ces1", "own", NULL};
enum { DIRECTION_BY_VARIANT, DIRECTION_HIGH_IS_EASY, DIRECTION_LOW_IS_EASY };
static const char *const direction_choices[] = {"by_variant", "high_is_easy", "low_is_easy", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC_CODED,
     .help = "effort scales"},
    {.name = "variant",
     .type = ARGUMENT_CHOICE,
     .choices = variant_choices,
     .fallback = "ces2",
     .help = "ces2 (1..7 agreement, high is easy), ces1 (1..5 effort, low is easy), or own"},
    {.name = "direction",
     .type = ARGUMENT_CHOICE,
     .choices = direction_choices,
     .fallback = "by_variant",
     .help = "high_is_easy or low_is_easy; needed for own"},
    {.name = "boxes",
     .type = ARGUMENT_INTEGER,
     .low = 1,
     .high = 100,
     .help = "codes at the easy end that count as easy; 3 for ces2, else 2"},
    {.name = "net",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also the share of easy minus the share of hard answers"},
    {.name = "hard_boxes",
     .type = ARGUMENT_INTEGER,
     .low = 1,
     .high = 100,
     .help = "codes at the hard end for net; as many as boxes when not given"},
};

/* What each variant fixes. */
static const struct {
  int64_t low, high, boxes;
  bool low_is_easy;
} variants[] = {
    [VARIANT_CES2] = {1, 7, 3, false}, [VARIANT_CES1] = {1, 5, 2, true}, [VARIANT_OWN] = {0, 0, 2, false}};

typedef struct effort {
  box_scale easy, hard;
} effort;

static void effort_of(const plan *p, const plan_analysis *a, uint32_t item, effort *out) {
  const int64_t variant = request_argument(a, "variant")->integer;
  const int64_t direction = request_argument(a, "direction")->integer;
  const argument_value *boxes = request_argument(a, "boxes");
  const argument_value *hard_boxes = request_argument(a, "hard_boxes");
  box_scale s = {.boxes = variants[variant].boxes, .low_is_good = variants[variant].low_is_easy};
  (void)codes_range(p, item, &s.low, &s.high);
  if (direction != DIRECTION_BY_VARIANT) {
    s.low_is_good = direction == DIRECTION_LOW_IS_EASY;
  }
  if (boxes->given) {
    s.boxes = boxes->integer;
  }
  *out = (effort){.easy = s, .hard = s};
  out->hard.low_is_good = !s.low_is_good;
  if (hard_boxes->given) {
    out->hard.boxes = hard_boxes->integer;
  }
}

static status check_boxes(const plan *p, const plan_analysis *a, uint32_t item, bool is_net, error *err) {
  const char *name = p->variables[item].name;
  effort e;
  effort_of(p, a, item, &e);
  const int64_t codes = e.easy.high - e.easy.low + 1;
  if (e.easy.boxes >= codes) {
    return error_set(err, STATUS_SPECIFICATION,
                     "boxes: %lld of the %lld codes of '%s' would be easy; give %lld at most",
                     (long long)e.easy.boxes, (long long)codes, name, (long long)(codes - 1));
  }
  if (!is_net || e.easy.boxes + e.hard.boxes <= codes) {
    return STATUS_OK;
  }
  const bool is_given = request_argument(a, "hard_boxes")->given;
  return error_set(err, STATUS_SPECIFICATION,
                   "%s: with net: true boxes: %lld at the easy end and %lld at the hard end%s are more than "
                   "the %lld codes of '%s'; say hard_boxes: %lld",
                   is_given ? "hard_boxes" : "net", (long long)e.easy.boxes, (long long)e.hard.boxes,
                   is_given ? "" : " (as many where hard_boxes is not given)", (long long)codes, name,
                   (long long)(codes - e.easy.boxes));
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items");
  const int64_t variant = request_argument(a, "variant")->integer;
  const bool is_net = request_argument(a, "net")->integer != 0;
  if (variant == VARIANT_OWN && request_argument(a, "direction")->integer == DIRECTION_BY_VARIANT) {
    return error_set(err, STATUS_SPECIFICATION, "direction: variant own needs high_is_easy or low_is_easy");
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const uint32_t item = items->variables[i];
    const char *name = p->variables[item].name;
    int64_t low = 0, high = 0;
    if (!codes_range(p, item, &low, &high)) {
      return error_set(err, STATUS_SPECIFICATION, "items: the range of '%s' is not declared", name);
    }
    if (variant != VARIANT_OWN && (low != variants[variant].low || high != variants[variant].high)) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "variant: %s is for a scale of %lld to %lld, '%s' goes from %lld to %lld; say variant: "
          "own, and direction: high_is_easy or low_is_easy",
          variant_choices[variant], (long long)variants[variant].low, (long long)variants[variant].high, name,
          (long long)low, (long long)high);
    }
    TRY(check_boxes(p, a, item, is_net, err));
  }
  return STATUS_OK;
}

static int64_t net_value(int64_t code, const void *context) {
  const effort *e = context;
  return share_top_box(code, &e->easy) - share_top_box(code, &e->hard);
}

typedef struct scores {
  table *means, *shares, *nets;
} scores;

static status visit(const share_cell *cell, void *context, error *err) {
  const scores *s = context;
  effort e;
  effort_of(run_plan(cell->run), run_request(cell->run), cell->item, &e);
  estimate mean, easy, net;
  TRY(share_estimate(cell, share_code, NULL, &mean, err));
  TRY(share_estimate(cell, share_top_box, &e.easy, &easy, err));
  share_row(cell, s->means);
  table_number(s->means, "ces", mean.mean);
  table_number(s->means, "se", mean.se);
  table_number(s->means, "ci_low", mean.ci_low);
  table_number(s->means, "ci_high", mean.ci_high);
  double low = 0, high = 0;
  share_wilson(easy.mean, easy.n_effective, cell->options.confidence, &low, &high);
  share_row(cell, s->shares);
  table_number(s->shares, "easy", easy.mean);
  table_number(s->shares, "se", easy.se_plain);
  table_number(s->shares, "ci_low", low);
  table_number(s->shares, "ci_high", high);
  if (s->nets != NULL) {
    TRY(share_estimate(cell, net_value, &e, &net, err));
    const double half = critical_z(cell->options.confidence) * net.se_plain;
    low = net.mean - half;
    high = net.mean + half;
    share_clip_net(&low, &high);
    share_row(cell, s->nets);
    table_number(s->nets, "net_easy", net.mean);
    table_number(s->nets, "se", net.se_plain);
    table_number(s->nets, "ci_low", low);
    table_number(s->nets, "ci_high", high);
  }
  return STATUS_OK;
}

static void write_notes(analysis_run *run) {
  static const char *const intervals[] = {[WEIGHTING_NONE] = "note_interval_t",
                                          [WEIGHTING_SAMPLING] = "note_interval_linearised",
                                          [WEIGHTING_FREQUENCY] = "note_interval_frequency"};
  static const char *const wilson[] = {[WEIGHTING_NONE] = "note_wilson",
                                       [WEIGHTING_SAMPLING] = "note_wilson_sampling",
                                       [WEIGHTING_FREQUENCY] = "note_wilson_frequency"};
  effort e;
  effort_of(run_plan(run), run_request(run), run_argument(run, "items")->variables[0], &e);
  json *detail = run_detail(run);
  json_set_integer(detail, "boxes", e.easy.boxes);
  run_note(run, e.easy.low_is_good ? "note_ces_low" : "note_ces_high", detail);
  run_note(run, intervals[run_weighting(run)], NULL);
  run_note(run, wilson[run_weighting(run)], NULL);
}

static status step(analysis_run *run, error *err) {
  const bool weighted = run_weighting(run) != WEIGHTING_NONE;
  scores s = {0};
  s.means = table_new(
      run, "ces_scores",
      weighted ? "item group n weighted_n ces se ci_low ci_high" : "item group n ces se ci_low ci_high");
  s.shares = table_new(
      run, "easy_shares",
      weighted ? "item group n weighted_n easy se ci_low ci_high" : "item group n easy se ci_low ci_high");
  if (run_argument(run, "net")->integer) {
    s.nets = table_new(run, "easy_nets",
                       weighted ? "item group n weighted_n net_easy se ci_low ci_high"
                                : "item group n net_easy se ci_low ci_high");
  }
  TRY(shares_each(run, visit, &s, err));
  if (run_argument(run, "items")->variables_count > 0) {
    write_notes(run);
  }
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/ces.terms"
};

const analysis_kind analysis_ces = {
    .name = "ces",
    .summary = "customer effort score: mean, share of easy answers, net",
    .about =
        "Mean effort on its own scale with standard error and t interval, and the share of answers at the\n"
        "easy end with Wilson's interval.  CES 2.0 (2013): agreement 1..7 that it was made easy, high is\n"
        "easy, 5..7 count; CES 1.0 (CEB 2010): effort 1..5, low is easy, 1..2 count; own: any declared\n"
        "range, with direction and boxes said.  net: per cent easy minus per cent hard, with the error of\n"
        "the mean of +100, 0 and -100 and a z interval within -100 and 100.  Missing answers are left out.",
    .example =
        "analyses:\n"
        "  - ces:\n"
        "      items: [effort]\n"
        "      variant: ces2\n"
        "      net: true\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_SATISFACTION,
            .is_by_item = true,
            .headlines = {{"ces_scores", "ces", {FIGURE_SCALE_OF_ITEM}}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = shares_begin,
    .step = step,
};
