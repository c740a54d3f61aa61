/* nps: the net promoter score, per cent of promoters less per cent of detractors (Reichheld 2003). */
#include <math.h>
#include <stdio.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/shares.h"
#include "stats/analyses/terms.h"

enum { CODES_BYTES = 64 };
enum { INTERVAL_NORMAL, INTERVAL_ADJUSTED_WALD };
static const char *const interval_choices[] = {"normal", "adjusted_wald", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC_CODED,
     .help = "how likely to recommend, usually 0 to 10"},
    {.name = "promoters",
     .type = ARGUMENT_INTEGERS,
     .low = -1000000,
     .high = 1000000,
     .help = "codes of promoters; 9..10 for a declared range of 0..10"},
    {.name = "detractors",
     .type = ARGUMENT_INTEGERS,
     .low = -1000000,
     .high = 1000000,
     .help = "codes of detractors; 0..6 for a declared range of 0..10"},
    {.name = "interval",
     .type = ARGUMENT_CHOICE,
     .choices = interval_choices,
     .fallback = "normal",
     .help = "normal, or adjusted_wald for small bases"},
};

/* ---- Who is what --------------------------------------------------------------------------------- */

typedef struct cuts {
  const argument_value *promoters;
  const argument_value *detractors;
} cuts;

static bool holds(const argument_value *list, int64_t code) {
  for (uint32_t i = 0; i < list->list_count; i++) {
    if (list->integers[i] == code) {
      return true;
    }
  }
  return false;
}

static int64_t standing(int64_t code, const void *context) {
  const cuts *c = context;
  const bool promoter = c->promoters->given ? holds(c->promoters, code) : code >= 9;
  const bool detractor = c->detractors->given ? holds(c->detractors, code) : code <= 6;
  return promoter ? 100 : detractor ? -100 : 0;
}

static status check_list(const plan *p, uint32_t item, const argument_value *list, const char *name,
                         error *err) {
  int64_t low = 0, high = 0;
  if (!codes_range(p, item, &low, &high)) {
    return STATUS_OK;
  }
  for (uint32_t i = 0; i < list->list_count; i++) {
    if (list->integers[i] < low || list->integers[i] > high) {
      return error_set(
          err, STATUS_SPECIFICATION, "%s: %lld is not a code of '%s', which goes from %lld to %lld", name,
          (long long)list->integers[i], p->variables[item].name, (long long)low, (long long)high);
    }
  }
  return STATUS_OK;
}

/* "[9, 10]", "81..100" */
static void put_codes(int64_t first, int64_t last, char out[CODES_BYTES]) {
  const char *form = first == last ? "[%lld]" : first + 1 == last ? "[%lld, %lld]" : "%lld..%lld";
  (void)snprintf(out, CODES_BYTES, form, (long long)first, (long long)last);
}

/* The cuts of 0..10 where a scale ends with 10, else as large a part of its codes: 2 and 7 of 11. */
static status refuse_range(const char *name, int64_t low, int64_t high, error *err) {
  enum { CODES = 11, PROMOTERS = 2, DETRACTORS = 7 };
  const bool ends_alike = high == 10 && low < 6;
  const int64_t codes = high - low + 1;
  const int64_t top = codes * PROMOTERS / CODES > 1 ? codes * PROMOTERS / CODES : 1;
  const int64_t bottom = (2 * codes * DETRACTORS + CODES) / (2 * CODES);
  const int64_t first = ends_alike ? 9 : high - top + 1;
  const int64_t last = ends_alike ? 6 : low + bottom - 1;
  char promoters[CODES_BYTES];
  char detractors[CODES_BYTES];
  put_codes(first, high, promoters);
  put_codes(low, last < first ? last : first - 1, detractors);
  return error_set(err, STATUS_SPECIFICATION,
                   "items: '%s' goes from %lld to %lld, not from 0 to 10; say which codes are promoters and "
                   "which detractors, such as promoters: %s, detractors: %s",
                   name, (long long)low, (long long)high, promoters, detractors);
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items");
  const argument_value *promoters = request_argument(a, "promoters");
  const argument_value *detractors = request_argument(a, "detractors");
  if (promoters->given != detractors->given) {
    return error_set(err, STATUS_SPECIFICATION,
                     "%s: give both promoters and detractors, or neither for a scale of 0..10",
                     promoters->given ? "detractors" : "promoters");
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const program_variable *v = variable_of(p, items->variables[i]);
    const char *name = p->variables[items->variables[i]].name;
    if (!promoters->given && v->kind == VARIABLE_SCALE && (v->low != 0 || v->high != 10)) {
      return refuse_range(name, v->low, v->high, err);
    }
    if (!promoters->given && v->kind != VARIABLE_SCALE) {
      return error_set(err, STATUS_SPECIFICATION,
                       "items: '%s' has no declared range of 0..10; say which codes are promoters and which "
                       "detractors",
                       name);
    }
    TRY(check_list(p, items->variables[i], promoters, "promoters", err));
    TRY(check_list(p, items->variables[i], detractors, "detractors", err));
  }
  for (uint32_t i = 0; i < promoters->list_count; i++) {
    if (holds(detractors, promoters->integers[i])) {
      return error_set(err, STATUS_SPECIFICATION, "detractors: %lld is also among the promoters",
                       (long long)promoters->integers[i]);
    }
  }
  return STATUS_OK;
}

/* ---- Figures ------------------------------------------------------------------------------------- */

/* Three pseudo-answers, 0.75 promoters, 1.5 passives and 0.75 detractors, are added to the effective
 * base before the normal interval is taken (R package NPS, nps.test(test = "adjusted.wald")). */
static void adjusted_wald(const estimate *e, double promoters, double detractors, double confidence,
                          double *low, double *high) {
  const double n = e->n_effective + 3;
  const double p = (promoters / 100 * e->n_effective + 0.75) / n;
  const double d = (detractors / 100 * e->n_effective + 0.75) / n;
  const double half = critical_z(confidence) * sqrt((p + d - (p - d) * (p - d)) / n);
  *low = 100 * (p - d - half);
  *high = 100 * (p - d + half);
}

typedef struct scores {
  table *table;
  cuts cuts;
  bool adjusted;
} scores;

static status visit(const share_cell *cell, void *context, error *err) {
  const scores *s = context;
  estimate e;
  TRY(share_estimate(cell, standing, &s->cuts, &e, err));
  const double promoters = share_percent(cell, standing, &s->cuts, 100);
  const double detractors = share_percent(cell, standing, &s->cuts, -100);
  const double half = critical_z(cell->options.confidence) * e.se_plain;
  double low = e.mean - half, high = e.mean + half;
  if (s->adjusted) {
    adjusted_wald(&e, promoters, detractors, cell->options.confidence, &low, &high);
  }
  share_clip_net(&low, &high);
  share_row(cell, s->table);
  table_number(s->table, "nps", e.mean);
  table_number(s->table, "se", e.se_plain);
  table_number(s->table, "ci_low", low);
  table_number(s->table, "ci_high", high);
  table_number(s->table, "promoters", promoters);
  table_number(s->table, "passives", share_percent(cell, standing, &s->cuts, 0));
  table_number(s->table, "detractors", detractors);
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  static const char *const notes[] = {[WEIGHTING_NONE] = "note_nps",
                                      [WEIGHTING_SAMPLING] = "note_nps_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_nps_frequency"};
  const weighting w = run_weighting(run);
  scores s = {.table = table_new(run, "nps_scores",
                                 w == WEIGHTING_NONE ? "item group n nps se ci_low ci_high promoters "
                                                       "passives detractors"
                                                     : "item group n weighted_n nps se ci_low ci_high "
                                                       "promoters passives detractors"),
              .cuts = {run_argument(run, "promoters"), run_argument(run, "detractors")},
              .adjusted = run_argument(run, "interval")->integer == INTERVAL_ADJUSTED_WALD};
  TRY(shares_each(run, visit, &s, err));
  run_note(run, notes[w], NULL);
  run_note(run, s.adjusted ? "note_nps_adjusted" : "note_interval_z", NULL);
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/nps.terms"
};

const analysis_kind analysis_nps = {
    .name = "nps",
    .summary = "net promoter score with its error and interval",
    .about =
        "NPS = 100 (p - d), p and d the shares of promoters and detractors among all answers.\n"
        "Standard error 100 sqrt((p + d - (p - d)^2) / n), with n and not n - 1 (R package NPS); with\n"
        "sampling weights the linearised error of the mean of +100, 0 and -100; with frequency weights\n"
        "n is their sum.  Interval: NPS -+ z * SE, or adjusted_wald, which adds 0.75 promoters, 1.5\n"
        "passives and 0.75 detractors (to the effective base when weighted); it ends at -100 and at 100.\n"
        "Promoters 9..10 and detractors 0..6 hold for a declared range of 0..10 only; for any other scale\n"
        "they are declared, never guessed.  Missing answers are left out.",
    .example =
        "analyses:\n"
        "  - nps:\n"
        "      items: [recommend]\n"
        "      by: [channel, month]\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_LOYALTY,
            .headlines = {{"nps_scores", "nps", {FIGURE_SCALE_FIXED, -100, 100}}},
            .drawings = {{"nps_scores", DRAWING_NET, "nps", .left = "detractors", .right = "promoters"}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = shares_begin,
    .step = step,
};
