/* reliability: whether the items of a scale measure one thing, and how exactly.
 *
 * One pass: sums of products by random group for each scale (replicates.h); all figures are made of the
 * covariance matrix that follows from them. */
#include "stats/analyses/registry.h"
#include "stats/analyses/reliability_scale.h"
#include "stats/analyses/terms.h"

typedef enum deletion { DELETION_PAIRWISE, DELETION_LISTWISE } deletion;

static const char *const deletions[] = {"pairwise", "listwise", NULL};
static const char *const intervals[] = {"jackknife", "bootstrap", "bca", NULL}; /* as replicate_method */

enum { RESAMPLES_MIN = 200, RESAMPLES_MAX = 20000 };

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_NUMERIC,
     .help = "the items of one scale; without them every construct of the codebook"},
    {.name = "construct", .type = ARGUMENT_CONSTRUCT, .help = "only this construct"},
    {.name = "missing",
     .type = ARGUMENT_CHOICE,
     .choices = deletions,
     .fallback = "pairwise",
     .help = "which rows count: those that answer both of a pair (as psych), or all items (as SPSS)"},
    {.name = "interval",
     .type = ARGUMENT_CHOICE,
     .choices = intervals,
     .fallback = "jackknife",
     .help = "of alpha and omega, from random groups"},
    {.name = "resamples",
     .type = ARGUMENT_INTEGER,
     .low = RESAMPLES_MIN,
     .high = RESAMPLES_MAX,
     .help = "bootstrap: how many (2000); bca: at least 5000"},
};

static replicate_method method_of(const plan_analysis *a) {
  return (replicate_method)request_argument(a, "interval")->integer;
}

static uint32_t resamples_of(const plan_analysis *a) {
  const argument_value *given = request_argument(a, "resamples");
  return given->given                    ? (uint32_t)given->integer
         : method_of(a) == REPLICATE_BCA ? REPLICATE_RESAMPLES_BCA
                                         : REPLICATE_RESAMPLES;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  arena *memory = arena_new();
  scales all;
  status st = memory != NULL ? scales_make(memory, p, a, &all, err) : error_no_memory(err, "reliability");
  arena_destroy(memory);
  TRY(st);
  if (request_argument(a, "resamples")->given && method_of(a) == REPLICATE_JACKKNIFE) {
    return error_set(err, STATUS_SPECIFICATION,
                     "resamples: the jackknife draws none; add interval: bootstrap, or leave it out");
  }
  if (method_of(a) == REPLICATE_BCA && resamples_of(a) < REPLICATE_RESAMPLES_BCA) {
    return error_set(err, STATUS_SPECIFICATION, "resamples: bca needs at least %d, not %u",
                     (int)REPLICATE_RESAMPLES_BCA, resamples_of(a));
  }
  return STATUS_OK;
}

static status begin(analysis_run *run, error *err) {
  scales all;
  const bool pairwise = run_argument(run, "missing")->integer == DELETION_PAIRWISE;
  TRY(scales_make(json_arena(run_section(run)), run_plan(run), run_request(run), &all, err));
  if (all.count == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "the specification has no constructs; name the items of a scale, or declare constructs");
  }
  for (uint32_t i = 0; i < all.count; i++) {
    TRY(replicates_need(run, all.at[i].items, all.at[i].count, pairwise, err));
  }
  return replicates_need_notes(run, err);
}

/* ---- Step ----------------------------------------------------------------------------------------- */

static status step_group(const reliability_tables *t, const group_walk *w, scale_state *s,
                         const replicates_wanted *wanted, replicates_told *told, arena *room, error *err) {
  replicates_result r;
  TRY(replicates_of_group(w, room, wanted, &r, err));
  if (!r.any) {
    if (w->which == 0) {
      reliability_write_empty(t, w, s->of);
    }
    return STATUS_OK;
  }
  reliability_write(t, w, s, &r);
  replicates_tell(told, &r);
  replicates_warn(w, &r, wanted);
  return STATUS_OK;
}

static status step_scale(analysis_run *run, const reliability_tables *t, const scale *of, uint32_t asked,
                         replicates_wanted *wanted, replicates_told *told, arena *room, error *err) {
  scale_state s;
  TRY(scale_state_new(room, run, of, &s, err));
  wanted->context = &s;
  group_walk w = group_walk_begin(run, asked, false);
  while (group_walk_next(&w)) {
    TRY(step_group(t, &w, &s, wanted, told, room, err));
  }
  return STATUS_OK;
}

static void write_notes(analysis_run *run, const replicates_told *told, const replicates_wanted *wanted,
                        uint32_t asked) {
  const bool pairwise = run_argument(run, "missing")->integer == DELETION_PAIRWISE;
  run_note(run, pairwise ? "note_alpha_pairwise" : "note_alpha_listwise", NULL);
  run_note(run, run_weighting(run) == WEIGHTING_SAMPLING ? "note_feldt_weighted" : "note_feldt", NULL);
  run_note(run, "note_omega", NULL);
  run_note(run, "note_split_half", NULL);
  replicates_note(run, told, wanted, asked);
}

static status step_all(analysis_run *run, arena *room, error *err) {
  static const replicate_scale on[SCALE_FIGURES] = {
      [SCALE_ALPHA] = REPLICATE_REMAINDER, [SCALE_OMEGA] = REPLICATE_REMAINDER};
  replicates_told told = {0};
  replicates_wanted wanted = {.figures = SCALE_FIGURES,
                              .scales = on,
                              .method = method_of(run_request(run)),
                              .resamples = resamples_of(run_request(run)),
                              .evaluate = scale_evaluate};
  scales all;
  TRY(scales_make(json_arena(run_section(run)), run_plan(run), run_request(run), &all, err));
  const reliability_tables t = reliability_tables_open(run);
  for (uint32_t i = 0; i < all.count; i++) {
    TRY(step_scale(run, &t, &all.at[i], i * groups_count(run), &wanted, &told, room, err));
    arena_clear(room);
  }
  write_notes(run, &told, &wanted, all.count * groups_count(run));
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  arena *room = arena_new();
  const status st = room != NULL ? step_all(run, room, err) : error_no_memory(err, "reliability");
  arena_destroy(room);
  return st;
}

static const term terms[] = {
#include "stats/analyses/reliability.terms"
};

const analysis_kind analysis_reliability = {
    .name = "reliability",
    .summary = "Cronbach's alpha, omega and item statistics of scales",
    .about =
        "Raw alpha k/(k-1) (1 - sum of item variances / variance of the sum), with Feldt's interval and one\n"
        "from replicates; standardised alpha; McDonald's omega of one factor by maximum likelihood with an\n"
        "interval from replicates; split half of odd and even items (Spearman-Brown); composite\n"
        "reliability and average variance extracted; for each item its correlation with the rest, and\n"
        "alpha without it.  Every construct of the codebook in one call.  Missing answers: pairwise, as R's\n"
        "psych, or listwise, as SPSS.  See docs/analyses/reliability.md.\n",
    .example =
        "constructs:\n"
        "  service: {items: [staff, speed, price]}\n"
        "analyses:\n"
        "  - reliability: {by: region, missing: listwise}\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .has_replicates = true,
    .presentation =
        {
            .chapter = CHAPTER_DETAILS,
            .headlines = {{"reliability_scales", "alpha", {FIGURE_SCALE_FIXED, 0, 1}}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
};
