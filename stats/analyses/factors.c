/* factors: what do the items have in common, and are these the constructs of the codebook?
 *
 * One pass: sums of products, by random groups where intervals are requested; everything is made of the
 * correlations that follow from them. */
#include "stats/analyses/factors_intervals.h"
#include "stats/analyses/factors_scores.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"

static const char *const missing_rules[] = {"listwise", "pairwise", NULL};
enum { MISSING_LISTWISE, MISSING_PAIRWISE };
/* In the order of their enumerations. */
static const char *const rules[] = {"parallel", "kaiser", NULL};
static const char *const extractions[] = {"principal_axis", "ml", "components", NULL};
static const char *const rotations[] = {"promax", "varimax", "none", NULL};
static const char *const scorings[] = {"regression", "bartlett", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_NUMERIC,
     .help = "scales and numbers; without them the items of all constructs of the codebook"},
    {.name = "factors",
     .type = ARGUMENT_INTEGER,
     .low = 1,
     .high = FACTORS_MAX,
     .help = "how many; without it by the rule"},
    {.name = "rule",
     .type = ARGUMENT_CHOICE,
     .choices = rules,
     .fallback = "parallel",
     .help = "how many: eigenvalues above the 95 % of random ones, or (kaiser) above 1"},
    {.name = "extraction",
     .type = ARGUMENT_CHOICE,
     .choices = extractions,
     .fallback = "principal_axis",
     .help = "common factors by iterated principal axes or maximum likelihood; or principal components"},
    {.name = "rotation",
     .type = ARGUMENT_CHOICE,
     .choices = rotations,
     .fallback = "promax",
     .help = "promax: factors may go together; varimax: they do not"},
    {.name = "cut",
     .type = ARGUMENT_NUMBER,
     .fallback = "0.3",
     .help = "loadings smaller than this are marked as small"},
    {.name = "missing",
     .type = ARGUMENT_CHOICE,
     .choices = missing_rules,
     .fallback = "listwise",
     .help = "pairwise: each correlation from the rows that answer both"},
    {.name = "scores",
     .type = ARGUMENT_CHOICE,
     .choices = scorings,
     .fallback = "regression",
     .help = "how the weights for factor scores are made"},
    {.name = "matrices",
     .type = ARGUMENT_INTEGER,
     .low = PARALLEL_MATRICES_MIN,
     .high = PARALLEL_MATRICES_MAX,
     .fallback = "100",
     .help = "random matrices of the parallel analysis"},
    {.name = "intervals",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "true: intervals of loadings, from random groups of rows"},
};

static factors_form form_of(const plan_analysis *a) {
  const argument_value *factors = request_argument(a, "factors");
  return (factors_form){.extraction = (extraction_method)request_argument(a, "extraction")->integer,
                        .rotation = (rotation_method)request_argument(a, "rotation")->integer,
                        .scoring = (factor_scoring)request_argument(a, "scores")->integer,
                        .rule = (factors_rule)request_argument(a, "rule")->integer,
                        .factors = factors->given ? (uint32_t)factors->integer : 0,
                        .matrices = (uint32_t)request_argument(a, "matrices")->integer,
                        .seed = a->seed,
                        .pairwise = request_argument(a, "missing")->integer == MISSING_PAIRWISE};
}

static status check_arguments(const plan_analysis *a, error *err) {
  const factors_form form = form_of(a);
  const double cut = request_argument(a, "cut")->number;
  if (!(cut >= 0 && cut < 1)) {
    return error_set(err, STATUS_SPECIFICATION, "cut: %g is not from 0 to below 1", cut);
  }
  if (form.factors > 0 && request_argument(a, "rule")->given) {
    return error_set(err, STATUS_SPECIFICATION,
                     "rule: the number of factors is given; leave out either \"factors\" or \"rule\"");
  }
  if (form.extraction == EXTRACTION_COMPONENTS && form.scoring == FACTOR_BARTLETT) {
    return error_set(err, STATUS_SPECIFICATION,
                     "scores: Bartlett's weights are those of common factors; leave out \"scores\" with "
                     "\"extraction: components\"");
  }
  return STATUS_OK;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  arena *memory = arena_new();
  factors_items items;
  status st = memory != NULL ? factors_items_make(memory, p, request_argument(a, "items"), &items, err)
                             : error_no_memory(err, "factors");
  arena_destroy(memory);
  return st == STATUS_OK ? check_arguments(a, err) : st;
}

/* ---- Sums ------------------------------------------------------------------------------------------ */

/* Sums of all rows together, of which there are no replicates. */
static status need_sums(analysis_run *run, const factors_items *items, bool pairwise, error *err) {
  uint32_t *variables = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, items->count);
  int64_t params[PRODUCTS_PARAMS] = {pairwise, 0};
  if (variables == NULL) {
    return error_no_memory(err, "factors");
  }
  for (uint32_t i = 0; i < items->count; i++) {
    TRY(run_variable(run, items->items[i], &variables[i], err));
  }
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = variables,
                                 .variables_count = items->count,
                                 .params = params,
                                 .params_count = PRODUCTS_PARAMS};
  return groups_need(run, &a, PROGRAM_NONE, err);
}

static status begin(analysis_run *run, error *err) {
  factors_items items;
  const bool pairwise = run_argument(run, "missing")->integer == MISSING_PAIRWISE;
  TRY(factors_items_make(json_arena(run_section(run)), run_plan(run), run_argument(run, "items"), &items,
                         err));
  if (items.count == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "the specification has no constructs; name the items of factors, or declare constructs");
  }
  if (!run_argument(run, "intervals")->integer) {
    return need_sums(run, &items, pairwise, err);
  }
  TRY(replicates_need(run, items.items, items.count, pairwise, err));
  return replicates_need_notes(run, err);
}

/* All rows of the group at hand, in A; NULL: there are none. */
static status add_blocks(arena *a, const group_walk *w, const products_state *s, uint64_t **total,
                         error *err) {
  uint32_t first = 0;
  const uint32_t blocks = products_blocks(s, w->place, &first);
  *total = NULL;
  if (blocks == 0) {
    return STATUS_OK;
  }
  *total = ARENA_ARRAY(a, uint64_t, (size_t)s->sums_count * s->limbs);
  for (uint32_t i = 0; i < blocks && *total != NULL; i++) {
    products_add(s, *total, products_block(s, first + i));
  }
  return *total != NULL ? STATUS_OK : error_no_memory(err, "factors");
}

/* ---- Step ------------------------------------------------------------------------------------------ */

static status step_group(const factors_report *f, const group_walk *w, replicates_told *told, arena *room,
                         error *err) {
  const products_state *s = run_result(f->run, group_walk_result(w));
  const replicate_interval *intervals = NULL;
  factors_agreement agreement = {0};
  factors_model m;
  uint64_t *total;
  TRY(add_blocks(room, w, s, &total, err));
  if (total == NULL) {
    if (w->which == 0) {
      factors_report_write_empty(f, w);
      factors_report_warn_empty(f, w);
    }
    return STATUS_OK;
  }
  TRY(factors_model_make(room, f->form, s, total, f->items.count, &m, err));
  if (m.trouble == FACTORS_FINE) {
    TRY(factors_agreement_make(room, run_plan(f->run), &f->items, &m, &agreement, err));
  }
  if (m.trouble == FACTORS_FINE && f->has_intervals) {
    TRY(factors_intervals_make(room, w, &m, told, &intervals, err));
  }
  factors_report_write(f, w, &m, &agreement, intervals);
  factors_report_warn(f, w, &m, &agreement);
  return m.trouble == FACTORS_FINE && w->breakdown == NULL ? factors_scores_give(f->run, &f->items, &m, err)
                                                           : STATUS_OK;
}

static status step_all(analysis_run *run, arena *room, error *err) {
  factors_form form = form_of(run_request(run));
  form.weighting = run_weighting(run);
  replicates_told told = {0};
  factors_report f = {.run = run,
                      .form = &form,
                      .cut = run_argument(run, "cut")->number,
                      .has_intervals = run_argument(run, "intervals")->integer != 0};
  TRY(factors_items_make(json_arena(run_section(run)), run_plan(run), run_argument(run, "items"), &f.items,
                         err));
  factors_report_open(&f);
  group_walk w = group_walk_begin(run, 0, false);
  while (group_walk_next(&w)) {
    TRY(step_group(&f, &w, &told, room, err));
    arena_clear(room);
  }
  factors_report_note(&f);
  if (f.has_intervals) {
    factors_intervals_note(run, &told, groups_count(run));
  }
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  arena *room = arena_new();
  const status st = room != NULL ? step_all(run, room, err) : error_no_memory(err, "factors");
  arena_destroy(room);
  return st;
}

static const term terms[] = {
#include "stats/analyses/factors.terms"
};

const analysis_kind analysis_factors = {
    .name = "factors",
    .summary = "what items have in common: factors, loadings, and whether they are the constructs",
    .about =
        "Kaiser-Meyer-Olkin and Bartlett's test; eigenvalues beside those of random answers (parallel\n"
        "analysis: mean and 95 % of matrices drawn from the Wishart distribution by the seed), for\n"
        "components and for common factors; the factors by principal axes, maximum likelihood (with test\n"
        "of fit, RMSEA, TLI) or as principal components; promax (power 4) or varimax; sorted loadings,\n"
        "structure, correlations of factors, communalities, complexity, variance explained; weights for\n"
        "factor scores; and agreement with the codebook: which items load elsewhere than the others of\n"
        "their construct.  Complete rows, unless missing is pairwise.  See docs/analyses/factors.md.\n",
    .example =
        "constructs:\n"
        "  service: {items: [staff, speed, price]}\n"
        "  product: {items: [quality, satisfaction, recommend]}\n"
        "analyses:\n"
        "  - factors: {extraction: ml, by: region}\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .has_replicates = true,
    .scores = factors_scores,
    .scores_count = FACTORS_SCORES,
    .presentation =
        {
            .chapter = CHAPTER_DETAILS,
            .headlines =
                {{"factors_variance", "percent", {FIGURE_SCALE_FIXED, 0, 100}, .numbered = "factor"}},
            .tables = {{"factors_loadings", VIEW_MATRIX, .shade = "salient", .darkest = 1},
                       {"factors_correlations", VIEW_MATRIX, .shade = "r", .darkest = 1},
                       {"factors_constructs", VIEW_MATRIX, .shade = "congruence", .darkest = 1},
                       {"factors_weights", VIEW_MATRIX}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
};
