/* segment: groups of respondents who answer alike, by k-means.
 *
 * Stage 0: sums over the complete rows, and a sample of them.  Then k-means++ on the sample gives each
 * model its first centres, and passes over all rows move them, all models in one pass, until they settle.
 * Then silhouettes; then the profile of the chosen model (with the silhouettes when it is known before). */
#include <math.h>
#include <string.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/segment_report.h"
#include "stats/analyses/segment_scores.h"
#include "stats/analyses/segment_stage.h"
#include "stats/analyses/segment_start.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"

enum { SEGMENTS_MOST = 50, MODELS_MOST = 20, SAMPLE_MOST = SAMPLE_ROWS_MAX };

typedef enum scaling { SCALE_Z, SCALE_NONE } scaling;
typedef enum choosing { CHOOSE_SILHOUETTE, CHOOSE_CALINSKI } choosing;

static const char *const scales[] = {"z", "none", NULL};
static const char *const choices[] = {"silhouette", "calinski", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC,
     .help = "what segments are made of: scales and numbers"},
    {.name = "k",
     .type = ARGUMENT_INTEGERS,
     .fallback = "2..6",
     .low = 2,
     .high = SEGMENTS_MOST,
     .help = "how many segments; several: the best is profiled"},
    {.name = "scale",
     .type = ARGUMENT_CHOICE,
     .choices = scales,
     .fallback = "z",
     .help = "z: every item counts by its standard deviation; none: in its own unit"},
    {.name = "starts",
     .type = ARGUMENT_INTEGER,
     .fallback = "10",
     .low = 1,
     .high = 1000,
     .help = "k-means++ starts tried on the sample"},
    {.name = "sample",
     .type = ARGUMENT_INTEGER,
     .fallback = "4096",
     .low = 100,
     .high = SAMPLE_MOST,
     .help = "rows on which starts are tried"},
    {.name = "iterations_max",
     .type = ARGUMENT_INTEGER,
     .fallback = "100",
     .low = 1,
     .high = 10000,
     .help = "passes over all rows before giving up"},
    {.name = "start",
     .type = ARGUMENT_NUMBERS,
     .help = "the first centres instead of k-means++: a row per segment, in the items' units"},
    {.name = "profile",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_CODED | ACCEPT_NUMBER | ACCEPT_SET,
     .help = "other variables to compare the segments on"},
    {.name = "choose",
     .type = ARGUMENT_CHOICE,
     .choices = choices,
     .fallback = "silhouette",
     .help = "what decides between several k"},
};

static status check_items(const plan *p, const argument_value *items, error *err) {
  if (items->variables_count > CLUSTER_ITEMS_MAX) {
    return error_set(err, STATUS_SPECIFICATION, "items: %u are more than the %d that a segmentation takes",
                     items->variables_count, CLUSTER_ITEMS_MAX);
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    for (uint32_t j = 0; j < i; j++) {
      if (items->variables[i] == items->variables[j]) {
        return error_set(err, STATUS_SPECIFICATION, "items: \"%s\" is named twice; name each item once",
                         p->variables[items->variables[i]].name);
      }
    }
  }
  return STATUS_OK;
}

static status check_start(const plan_analysis *a, error *err) {
  const argument_value *start = request_argument(a, "start"), *k = request_argument(a, "k");
  const uint32_t items = request_argument(a, "items")->variables_count;
  if (!start->given) {
    return STATUS_OK;
  }
  const uint64_t rows = start->rows_count;
  if (rows < 2 || rows > SEGMENTS_MOST || start->list_count != rows * items) {
    return error_set(err, STATUS_SPECIFICATION,
                     "start: needs a row of %u numbers (one per item) for each of 2..%d segments, such as "
                     "[[1, 2], [4, 5]]",
                     items, SEGMENTS_MOST);
  }
  if (k->given && (k->list_count != 1 || k->integers[0] != (int64_t)rows)) {
    return error_set(err, STATUS_SPECIFICATION, "k: start has %u rows, so k can only be %u",
                     start->rows_count, start->rows_count);
  }
  return STATUS_OK;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *k = request_argument(a, "k");
  TRY(check_items(p, request_argument(a, "items"), err));
  TRY(check_start(a, err));
  if (k->list_count < 1 || k->list_count > MODELS_MOST) {
    return error_set(err, STATUS_SPECIFICATION, "k: %u numbers of segments; give 1 to %d", k->list_count,
                     MODELS_MOST);
  }
  for (uint32_t i = 0; i < k->list_count; i++) {
    for (uint32_t j = 0; j < i; j++) {
      if (k->integers[i] == k->integers[j]) {
        return error_set(err, STATUS_SPECIFICATION, "k: %lld is named twice", (long long)k->integers[i]);
      }
    }
  }
  return STATUS_OK;
}

static status begin(analysis_run *run, error *err) {
  program_accumulator a;
  TRY(segment_common_need(run, &a, err));
  program_accumulator one = a;
  one.kind = ACCUMULATOR_MOMENTS;
  TRY(segment_complete_filter(run, &a, &one.filter, err));
  one.variables_count = 1;
  for (uint32_t i = 0; i < a.variables_count; i++) {
    one.variables = a.variables + i;
    TRY(run_need(run, &one, err));
  }
  if (run_argument(run, "start")->given) {
    return STATUS_OK;
  }
  int64_t params[] = {run_argument(run, "sample")->integer, (int64_t)run_request(run)->seed};
  a.kind = ACCUMULATOR_SAMPLE;
  a.params = params;
  a.params_count = 2;
  return run_need(run, &a, err);
}

/* ---- Stage 0 ------------------------------------------------------------------------------------- */

static status fill_space(segmentation *g, error *err) {
  const argument_value *items = run_argument(g->run, "items"), *start = run_argument(g->run, "start");
  segment_space *s = &g->space;
  TRY(segment_space_init(s, g->memory, items->variables_count, err));
  s->weighting = run_weighting(g->run);
  s->standardised = run_argument(g->run, "scale")->integer == SCALE_Z;
  for (uint32_t d = 0; d < s->items_count; d++) {
    const moments_state *state = run_result(g->run, d);
    const moments *m = &state->at[0];
    s->decimals[d] = state->decimals;
    s->weight_decimals = state->weight_decimals;
    s->n = m->n;
    s->w = state->weighted ? m->w : m->n;
    s->w2 = state->weighted ? m->w2 : exact_from_i64(m->n);
    s->x[d] = state->weighted ? m->wx : m->x;
    s->xx[d] = state->weighted ? m->wx2 : m->x2;
    int64_t reach = m->n == 0 ? 0 : -m->min > m->max ? -m->min : m->max;
    for (uint32_t j = 0; j < start->rows_count; j++) {
      int64_t given = 0;
      if (!decimal_rescale(start->numbers[(size_t)j * s->items_count + d], s->decimals[d], &given, NULL) ||
          given > NUMBER_MAX || given < -NUMBER_MAX) {
        return error_set(err, STATUS_SPECIFICATION, "start: row %u has a number too large for \"%s\"", j + 1,
                         run_plan(g->run)->variables[items->variables[d]].name);
      }
      given = given < 0 ? -given : given;
      reach = given > reach ? given : reach;
    }
    s->magnitude[d] = reach;
  }
  segment_space_finish(s);
  return STATUS_OK;
}

static void given_centres(const segmentation *g, double *centres) {
  const argument_value *start = run_argument(g->run, "start");
  for (uint32_t i = 0; i < start->list_count; i++) {
    const decimal v = start->numbers[i];
    const exact num = exact_from_i64(v.mantissa), den = exact_from_i64(decimal_power10(v.scale));
    const uint8_t decimals = g->space.decimals[i % g->space.items_count];
    exact scaled = {0};
    exact_add_scaled(&scaled, &num, decimal_power10(decimals));
    centres[i] = exact_ratio(&scaled, &den);
  }
}

static void warn_segments(const segmentation *g, const char *code, uint32_t clusters) {
  json *detail = run_detail(g->run);
  json_set_integer(detail, "segments", clusters);
  run_warn(g->run, code, detail);
}

static status start_model(segmentation *g, segment_model *m, error *err) {
  double *centres = ARENA_ARRAY(g->memory, double, (size_t)m->clusters * g->space.items_count);
  if (centres == NULL) {
    return error_no_memory(err, "segment");
  }
  bool found = true;
  if (run_argument(g->run, "start")->given) {
    given_centres(g, centres);
  } else {
    const start_options options = {.seed = run_request(g->run)->seed,
                                   .starts = (uint32_t)run_argument(g->run, "starts")->integer};
    const sample_state *sample = run_result(g->run, g->space.items_count);
    TRY(segment_start(sample, &g->space, m->clusters, &options, centres, &found, err));
  }
  if (!found) {
    m->phase = MODEL_IMPOSSIBLE;
    warn_segments(g, "too_few_points", m->clusters);
    return STATUS_OK;
  }
  segment_model_place(m, &g->space, centres);
  return STATUS_OK;
}

static void say_what_is_used(const segmentation *g) {
  json *detail = run_detail(g->run);
  json_set_integer(detail, "n", g->space.n);
  json_set_integer(detail, "rows", run_base(g->run)->used);
  run_note(g->run, "note_complete_rows", detail);
  run_note(g->run, g->space.standardised ? "note_scale_z" : "note_scale_none", NULL);
  if (g->space.weighting != WEIGHTING_NONE) {
    run_note(g->run, "note_segment_weighted", NULL);
  }
  for (uint32_t d = 0; d < g->space.items_count && g->space.n > 1; d++) {
    if (ratio_sign(g->space.variance[d]) == 0) {
      json *item = run_detail(g->run);
      json_set_text(item, "item",
                    run_plan(g->run)->variables[run_argument(g->run, "items")->variables[d]].name);
      json_set(item, "group", json_null(g->memory));
      run_warn(g->run, "constant_item", item);
    }
  }
}

static status first_step(segmentation *g, error *err) {
  TRY(fill_space(g, err));
  say_what_is_used(g);
  const argument_value *k = run_argument(g->run, "k"), *start = run_argument(g->run, "start");
  bool any = false;
  for (uint32_t i = 0; i < g->models_count; i++) {
    uint32_t clusters = start->given ? start->rows_count : (uint32_t)k->integers[i];
    TRY(segment_model_init(&g->models[i], g->memory, clusters, g->space.items_count, err));
    if (g->space.n < (int64_t)clusters || g->space.w == 0) {
      g->models[i].phase = MODEL_IMPOSSIBLE;
      warn_segments(g, "too_few_points", clusters);
    } else {
      TRY(start_model(g, &g->models[i], err));
    }
    any = any || segment_model_is_active(&g->models[i]);
  }
  return any ? segment_need_passes(g, err)
             : segment_report_models(g->run, &g->space, g->models, g->models_count, err);
}

/* ---- Further stages ------------------------------------------------------------------------------- */

/* The model with the larger figure; ties go to the one named first. */
static void choose_model(segmentation *g) {
  const bool calinski = run_argument(g->run, "choose")->integer == CHOOSE_CALINSKI;
  double best = -HUGE_VAL;
  for (uint32_t k = 0; k < g->models_count; k++) {
    const segment_model *m = &g->models[k];
    if (!segment_model_is_done(m)) {
      continue;
    }
    double figure =
        calinski ? segment_model_calinski(m, &g->space) : segment_model_silhouette(m, m->clusters);
    if (g->chosen == g->models_count || figure > best) {
      best = figure;
      g->chosen = k;
    }
  }
}

static bool chosen_without_silhouettes(const segmentation *g) {
  uint32_t done = 0;
  for (uint32_t k = 0; k < g->models_count; k++) {
    done += segment_model_is_done(&g->models[k]);
  }
  return done == 1 || run_argument(g->run, "choose")->integer == CHOOSE_CALINSKI;
}

static status passes_step(segmentation *g, error *err) {
  const kmeans_state *pass = run_result(g->run, 0);
  const uint32_t passes_max = (uint32_t)run_argument(g->run, "iterations_max")->integer;
  uint32_t at = 0;
  bool any = false;
  for (uint32_t k = 0; k < g->models_count; k++) {
    segment_model *m = &g->models[k];
    if (!segment_model_is_active(m)) {
      continue;
    }
    if (at >= pass->models_count || pass->models[at].clusters != m->clusters) {
      return error_set(err, STATUS_CORRUPT, "the state of a segmentation does not fit its results");
    }
    TRY(segment_model_advance(m, &g->space, &pass->models[at++], passes_max, g->memory, err));
    any = any || segment_model_is_active(m);
    if (m->phase == MODEL_STOPPED) {
      warn_segments(g, "not_settled", m->clusters);
    }
  }
  if (any) {
    return segment_need_passes(g, err);
  }
  TRY(segment_need_silhouettes(g, err));
  if (chosen_without_silhouettes(g)) {
    choose_model(g);
    TRY(segment_need_profile(g, err));
  }
  return segmentation_carry(g, PHASE_SILHOUETTES, err);
}

static void say_what_was_chosen(const segmentation *g) {
  if (g->models_count > 1) {
    json *detail = run_detail(g->run);
    json_set_integer(detail, "segments", g->models[g->chosen].clusters);
    run_note(g->run,
             run_argument(g->run, "choose")->integer == CHOOSE_CALINSKI ? "note_chosen_calinski"
                                                                        : "note_chosen_silhouette",
             detail);
  }
  run_note(g->run, "note_silhouette", NULL);
}

/* FIRST: which of the results at hand begins the profile. */
static status finish(const segmentation *g, uint32_t first, error *err) {
  TRY(segment_report_segments(g->run, &g->space, &g->models[g->chosen], first, err));
  return segment_scores_give(g, err);
}

static status silhouettes_step(segmentation *g, error *err) {
  const silhouette_state *s = run_result(g->run, 0);
  uint32_t at = 0;
  for (uint32_t k = 0; k < g->models_count; k++) {
    segment_model *m = &g->models[k];
    if (!segment_model_is_done(m)) {
      continue;
    }
    if (at >= s->models_count || s->models[at].clusters != m->clusters) {
      return error_set(err, STATUS_CORRUPT, "the state of a segmentation does not fit its results");
    }
    memcpy(m->silhouettes, s->models[at++].at, m->clusters * sizeof *m->silhouettes);
  }
  TRY(segment_report_models(g->run, &g->space, g->models, g->models_count, err));
  const bool profiled = g->chosen < g->models_count;
  choose_model(g);
  say_what_was_chosen(g);
  if (!profiled && run_argument(g->run, "profile")->variables_count > 0) {
    TRY(segment_need_profile(g, err));
    return segmentation_carry(g, PHASE_PROFILE, err);
  }
  return finish(g, 1, err);
}

static status further_step(segmentation *g, error *err) {
  TRY(segmentation_read(g, err));
  switch (g->phase) {
    case PHASE_PASSES:
      return passes_step(g, err);
    case PHASE_SILHOUETTES:
      return silhouettes_step(g, err);
    case PHASE_PROFILE:
      if (g->chosen < g->models_count) {
        return finish(g, 0, err);
      }
      break;
  }
  return error_set(err, STATUS_CORRUPT, "the state of a segmentation has an unknown phase");
}

static status need_again(segmentation *g, error *err) {
  TRY(segmentation_read(g, err));
  if (g->phase == PHASE_PASSES) {
    return segment_need_passes(g, err);
  }
  if (g->phase == PHASE_SILHOUETTES) {
    TRY(segment_need_silhouettes(g, err));
  }
  return g->chosen < g->models_count ? segment_need_profile(g, err) : STATUS_OK;
}

static status with_segmentation(analysis_run *run, status (*act)(segmentation *g, error *err), error *err) {
  segmentation g = {
      .run = run,
      .memory = json_arena(run_section(run)),
      .models_count = run_argument(run, "start")->given ? 1 : run_argument(run, "k")->list_count};
  g.chosen = g.models_count;
  g.models = ARENA_ARRAY(g.memory, segment_model, g.models_count);
  const status st = g.models != NULL ? act(&g, err) : error_no_memory(err, "segment");
  segment_space_fini(&g.space);
  return st;
}

static status step(analysis_run *run, error *err) {
  return with_segmentation(run, run_stage(run) == 0 ? first_step : further_step, err);
}

static status ask_again(analysis_run *run, error *err) {
  return with_segmentation(run, need_again, err);
}

static const term terms[] = {
#include "stats/analyses/segment.terms"
};

const analysis_kind analysis_segment = {
    .name = "segment",
    .summary = "groups of respondents who answer alike (k-means), with their profiles",
    .about =
        "k-means over the rows that answer every item: k-means++ starts (Arthur & Vassilvitskii 2007) tried\n"
        "on a random sample, then Lloyd's passes over all rows until no centre moves.  Items are\n"
        "standardised first unless scale is none.  Several k: within sum of squares, Calinski-Harabasz\n"
        "(1974) and the mean simplified silhouette on squared distances (Rousseeuw 1987) of each; the best\n"
        "is profiled.  Segments are numbered by size.\n"
        "\n"
        "The same seed gives the same segments.  Weights count in sizes, centres and all sums.",
    .example =
        "analyses:\n"
        "  - segment:\n"
        "      items: [quality, service, price]\n"
        "      k: 2..6\n"
        "      profile: [region, age]\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = false,
    .takes_weight = true,
    .scores = segment_scores,
    .scores_count = SEGMENT_SCORES,
    .presentation =
        {
            .chapter = CHAPTER_CUSTOMERS,
            .headlines = {{"segment_sizes", "percent", {FIGURE_SCALE_FIXED, 0, 100}, .numbered = "segment"}},
            .tables = {{"segment_sizes", VIEW_BARS},
                       {"segment_centres", VIEW_MATRIX, .whole = "overall", .shade = "difference_sd",
                        .darkest = 1},
                       {"segment_profile", VIEW_MATRIX, .whole = "overall", .shade = "difference_sd",
                        .darkest = 1}},
            .drawings = {{"segment_centres", DRAWING_PROFILE, "difference_sd"},
                         {"segment_profile", DRAWING_PROFILE, "difference_sd"}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
    .ask_again = ask_again,
};
