/* index: a weighted hierarchical index on 0 to 100, every level with its error.
 *
 * Person level first: each node is a derived variable (a mean over what the person answered), and its
 * moments give everything.  Means first: item means are combined; the covariances of the items give the
 * error.  Entropy weights take a separate stage: the program of the second stage holds weights that
 * were computed from the first. */
#include <math.h>
#include <stdlib.h>

#include "stats/analyses/groups.h"
#include "stats/analyses/index_entropy.h"
#include "stats/analyses/index_values.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"

enum { WEIGHTS_GIVEN, WEIGHTS_EQUAL, WEIGHTS_ENTROPY };
static const char *const weight_choices[] = {"given", "equal", "entropy", NULL};
enum { METHOD_PERSON, METHOD_MEANS };
static const char *const method_choices[] = {"person", "means", NULL};

static const analysis_argument arguments[] = {
    {.name = "construct",
     .type = ARGUMENT_CONSTRUCT,
     .required = true,
     .help = "the index: a construct of items or of constructs"},
    {.name = "weights",
     .type = ARGUMENT_CHOICE,
     .choices = weight_choices,
     .fallback = "given",
     .help = "given in the codebook, equal, or entropy"},
    {.name = "method",
     .type = ARGUMENT_CHOICE,
     .choices = method_choices,
     .fallback = "person",
     .help = "person: each person's index first, then the mean; means: item means first"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  const int64_t weights = request_argument(a, "weights")->integer;
  index_tree tree;
  TRY(index_tree_make(p, request_argument(a, "construct")->variables[0], weights != WEIGHTS_GIVEN, &tree,
                      err));
  status st = STATUS_OK;
  for (uint32_t k = 0; k < tree.count && st == STATUS_OK; k++) {
    const index_node *node = &tree.nodes[k];
    if (weights == WEIGHTS_ENTROPY && !node->is_construct && !index_is_coded(p, node->item)) {
      st = error_set(err, STATUS_SPECIFICATION, "weights: entropy needs coded items; '%s' is a number",
                     p->variables[node->item].name);
    }
  }
  index_tree_fini(&tree);
  return st;
}

/* ---- Asking -------------------------------------------------------------------------------------- */

static void indexing_fini(indexing *x) {
  index_tree_fini(&x->tree);
  free(x->result);
  free(x->slot);
  free(x->items);
}

static status indexing_init(indexing *x, analysis_run *run, error *err) {
  *x = (indexing){.run = run,
                  .plan = run_plan(run),
                  .means_first = run_argument(run, "method")->integer == METHOD_MEANS,
                  .by_entropy = run_argument(run, "weights")->integer == WEIGHTS_ENTROPY,
                  .weighting = run_weighting(run),
                  .products = UINT32_MAX};
  TRY(index_tree_make(x->plan, run_argument(run, "construct")->variables[0],
                      run_argument(run, "weights")->integer != WEIGHTS_GIVEN, &x->tree, err));
  x->result = calloc(x->tree.count, sizeof *x->result);
  x->slot = calloc(x->tree.count, sizeof *x->slot);
  x->items = calloc(x->tree.count, sizeof *x->items);
  if (x->result == NULL || x->slot == NULL || x->items == NULL) {
    indexing_fini(x);
    return error_no_memory(err, "an index");
  }
  return STATUS_OK;
}

/* Where the results of the value stage are: the same rule when asking and when reading. */
static void lay_out(indexing *x) {
  const uint32_t each = groups_count(x->run);
  uint32_t next = 0;
  x->items_count = 0;
  for (uint32_t k = 0; k < x->tree.count; k++) {
    const index_node *node = &x->tree.nodes[k];
    x->result[k] = UINT32_MAX;
    if (!node->is_construct || !x->means_first) {
      x->result[k] = next;
      next += each;
    }
    for (uint32_t s = 0; !node->is_construct && s <= x->items_count; s++) {
      if (s == x->items_count || x->items[s] == node->item) {
        x->items_count += s == x->items_count ? 1 : 0;
        x->items[s] = node->item;
        x->slot[k] = s;
        break;
      }
    }
  }
  if (x->means_first && x->weighting != WEIGHTING_SAMPLING && x->items_count > 1) {
    x->products = next;
  }
}

static status need_products(indexing *x, error *err) {
  uint32_t *variables = calloc(x->items_count, sizeof *variables);
  if (variables == NULL) {
    return error_no_memory(err, "an index");
  }
  status st = STATUS_OK;
  for (uint32_t s = 0; s < x->items_count && st == STATUS_OK; s++) {
    st = run_variable(x->run, x->items[s], &variables[s], err);
  }
  int64_t split = 0;
  const program_accumulator a = {.kind = ACCUMULATOR_CROSS,
                                 .variables = variables,
                                 .variables_count = x->items_count,
                                 .params = &split,
                                 .params_count = 1};
  if (st == STATUS_OK) {
    st = groups_need(x->run, &a, PROGRAM_NONE, err);
  }
  free(variables);
  return st;
}

static status need_values(indexing *x, error *err) {
  lay_out(x);
  if (!x->means_first) {
    TRY(index_tree_variables(&x->tree, x->run, err));
  }
  for (uint32_t k = 0; k < x->tree.count; k++) {
    const index_node *node = &x->tree.nodes[k];
    if (x->result[k] == UINT32_MAX) {
      continue;
    }
    uint32_t variable = node->variable;
    if (!node->is_construct) {
      TRY(run_variable(x->run, node->item, &variable, err));
    }
    const bool coded = !node->is_construct && index_is_coded(x->plan, node->item);
    const program_accumulator a = {.kind = coded ? ACCUMULATOR_FREQUENCY : ACCUMULATOR_MOMENTS,
                                   .variables = &variable,
                                   .variables_count = 1};
    TRY(groups_need(x->run, &a, PROGRAM_NONE, err));
  }
  return x->products == UINT32_MAX ? STATUS_OK : need_products(x, err);
}

static status need_distributions(indexing *x, error *err) {
  for (uint32_t k = 0; k < x->tree.count; k++) {
    if (!x->tree.nodes[k].is_construct) {
      uint32_t variable = 0;
      TRY(run_variable(x->run, x->tree.nodes[k].item, &variable, err));
      const program_accumulator a = {
          .kind = ACCUMULATOR_FREQUENCY, .variables = &variable, .variables_count = 1};
      TRY(groups_need_one(x->run, &a, PROGRAM_NONE, 0, err));
    }
  }
  return STATUS_OK;
}

static status begin(analysis_run *run, error *err) {
  indexing x;
  TRY(indexing_init(&x, run, err));
  status st = x.by_entropy ? need_distributions(&x, err) : need_values(&x, err);
  indexing_fini(&x);
  return st;
}

/* ---- Weights ------------------------------------------------------------------------------------- */

static void write_weights(indexing *x, const double *entropy) {
  table *t = table_new(x->run, "index_weights",
                       entropy != NULL ? "item parent level weight total_weight entropy"
                                       : "item parent level weight total_weight");
  double *total = ARENA_ARRAY(json_arena(run_section(x->run)), double, x->tree.count);
  for (uint32_t k = 0; total != NULL && k < x->tree.count; k++) {
    const index_node *node = &x->tree.nodes[k];
    if (node->parent == INDEX_NO_PARENT) {
      total[k] = 100;
      continue;
    }
    const double share = percent_of(node->weight, index_children_weight(&x->tree, node->parent));
    total[k] = total[node->parent] * share / 100;
    table_row(t);
    table_item(t, "item", node->item);
    table_item(t, "parent", x->tree.nodes[node->parent].item);
    table_integer(t, "level", node->level);
    table_number(t, "weight", share);
    table_number(t, "total_weight", total[k]);
    if (entropy != NULL && !node->is_construct) {
      table_number(t, "entropy", entropy[k]);
    }
  }
}

static status weigh_by_entropy(indexing *x, error *err) {
  double *entropy = calloc(x->tree.count, sizeof *entropy);
  double *divergence = calloc(x->tree.count, sizeof *divergence);
  if (entropy == NULL || divergence == NULL) {
    free(entropy);
    free(divergence);
    return error_no_memory(err, "entropy weights");
  }
  uint32_t next = 0;
  for (uint32_t k = 0; k < x->tree.count; k++) {
    if (!x->tree.nodes[k].is_construct) {
      entropy[k] = entropy_of(run_result(x->run, next++), x->tree.nodes[k].low.mantissa, x->weighting);
      divergence[k] = isnan(entropy[k]) ? 0 : fmax(0, 1 - entropy[k]);
    }
  }
  entropy_weights(&x->tree, divergence);
  write_weights(x, entropy);
  for (uint32_t k = 0; k < x->tree.count; k++) {
    buf_put_signed(run_carry(x->run), x->tree.nodes[k].weight);
    if (x->tree.nodes[k].weight == 0) {
      json *detail = run_detail(x->run);
      json_set_text(detail, "item", x->plan->variables[x->tree.nodes[k].item].name);
      run_warn(x->run, "weightless_item", detail);
    }
  }
  free(entropy);
  free(divergence);
  return need_values(x, err);
}

static status read_weights(indexing *x, error *err) {
  reader *carried = run_carried(x->run);
  for (uint32_t k = 0; k < x->tree.count; k++) {
    x->tree.nodes[k].weight = reader_signed(carried);
    if (x->tree.nodes[k].weight < 0 || x->tree.nodes[k].weight > ENTROPY_UNIT) {
      reader_fail(carried, "a weight out of range");
    }
  }
  return reader_finish(carried, "the weights of an index", err);
}

/* ---- The section --------------------------------------------------------------------------------- */

static void write_value(indexing *x, table *values, table *matrix, uint32_t node, const group_walk *w,
                        const estimate *e) {
  const uint32_t item = x->tree.nodes[node].item;
  run_warn_base(x->run, item, group_json(w), e->n);
  table_row(values);
  table_item(values, "item", item);
  table_integer(values, "level", x->tree.nodes[node].level);
  group_write(w, values);
  table_integer(values, "n", e->n);
  if (x->weighting != WEIGHTING_NONE) {
    table_number(values, "weighted_n", e->weighted_n);
  }
  table_number(values, "index", e->mean);
  table_number(values, "se", e->se);
  table_number(values, "ci_low", e->ci_low);
  table_number(values, "ci_high", e->ci_high);
  if (matrix != NULL) {
    table_row(matrix);
    table_item(matrix, "item", item);
    group_write(w, matrix);
    table_number(matrix, "index", e->mean);
  }
}

/* Rows of the group at hand, answered or not. */
static int64_t group_rows(const indexing *x, uint32_t node, const group_walk *w) {
  const sums s = index_node_sums(x, node, w);
  int64_t rows = s.at.n;
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    rows += s.at.missing[r];
  }
  return rows;
}

static status write_node(indexing *x, index_means *m, uint32_t node, table *values, table *matrix,
                         error *err) {
  uint32_t source = node; /* in its results every node has the same groups */
  while (x->result[source] == UINT32_MAX) {
    source++;
  }
  group_walk w = group_walk_begin(x->run, x->result[source], false);
  while (group_walk_next(&w)) {
    if (w.which > 0 && group_rows(x, source, &w) == 0) {
      continue;
    }
    estimate e;
    if (x->means_first) {
      TRY(index_means_estimate(x, m, node, &w, &e, err));
    } else {
      TRY(index_node_estimate(x, node, &w, &e, err));
    }
    write_value(x, values, matrix, node, &w, &e);
  }
  return STATUS_OK;
}

static status write_values(indexing *x, error *err) {
  arena *a = json_arena(run_section(x->run));
  index_means m = {.at = ARENA_ARRAY(a, estimate, x->tree.count),
                   .share = ARENA_ARRAY(a, double, x->tree.count),
                   .coefficient = ARENA_ARRAY(a, double, x->tree.count),
                   .example = ARENA_ARRAY(a, uint32_t, x->tree.count)};
  if (m.at == NULL || m.share == NULL || m.coefficient == NULL || m.example == NULL) {
    return error_no_memory(err, "an index");
  }
  table *values =
      table_new(x->run, "index_values",
                x->weighting == WEIGHTING_NONE ? "item level group n index se ci_low ci_high"
                                               : "item level group n weighted_n index se ci_low ci_high");
  table *matrix = groups_count(x->run) > 1 ? table_new(x->run, "index_by_group", "item group index") : NULL;
  for (uint32_t k = 0; k < x->tree.count; k++) {
    if (x->tree.nodes[k].weight > 0) {
      TRY(write_node(x, &m, k, values, matrix, err));
    }
  }
  run_headline(x->run, "index_values");
  return STATUS_OK;
}

static void write_notes(indexing *x) {
  static const char *const intervals[] = {[WEIGHTING_NONE] = "note_interval_t",
                                          [WEIGHTING_SAMPLING] = "note_interval_linearised",
                                          [WEIGHTING_FREQUENCY] = "note_interval_frequency"};
  static const char *const weights[] = {[WEIGHTS_GIVEN] = "note_weights_given",
                                        [WEIGHTS_EQUAL] = "note_weights_equal",
                                        [WEIGHTS_ENTROPY] = "note_weights_entropy"};
  const plan_construct *c = &x->plan->constructs[run_argument(x->run, "construct")->variables[0]];
  json *detail = run_detail(x->run);
  json_set_integer(detail, "n", c->valid_min);
  run_note(x->run, x->means_first ? "note_index_means" : "note_index_person", x->means_first ? NULL : detail);
  run_note(x->run, weights[run_argument(x->run, "weights")->integer], NULL);
  if (x->means_first && x->weighting == WEIGHTING_SAMPLING) {
    run_note(x->run, "note_index_no_error", NULL);
  }
  run_note(x->run, intervals[x->weighting], NULL);
}

static status value_step(indexing *x, error *err) {
  if (x->by_entropy) {
    TRY(read_weights(x, err));
  } else {
    write_weights(x, NULL);
  }
  lay_out(x);
  TRY(write_values(x, err));
  write_notes(x);
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  indexing x;
  TRY(indexing_init(&x, run, err));
  status st = x.by_entropy && run_stage(run) == 0 ? weigh_by_entropy(&x, err) : value_step(&x, err);
  indexing_fini(&x);
  return st;
}

static status ask_again(analysis_run *run, error *err) {
  indexing x;
  TRY(indexing_init(&x, run, err));
  status st = x.by_entropy
                  ? read_weights(&x, err)
                  : error_set(err, STATUS_CORRUPT, "weights that do not come from the data need one stage");
  if (st == STATUS_OK) {
    st = need_values(&x, err);
  }
  indexing_fini(&x);
  return st;
}

static const term terms[] = {
#include "stats/analyses/index.terms"
};

const analysis_kind analysis_index = {
    .name = "index",
    .summary = "weighted hierarchical index on 0 to 100, every level with its error",
    .about =
        "Each item is put on 0..100 by its declared range, (x - low) / (high - low) * 100; a construct is\n"
        "the weighted mean of its items or constructs.  A missing item's weight goes to the answered ones\n"
        "(renormalised); fewer answers than the construct's valid minimum give no value.\n"
        "person (default): each person's index first, then mean, standard error and interval over persons;\n"
        "with sampling weights linearised.  means: item means first, then their weighted mean; its error\n"
        "from the items' covariances, n_ij s_ij / (n_i n_j); none with sampling weights.  The two differ\n"
        "when answers are missing.\n"
        "Entropy weights: e = -S p ln p / ln n, p the persons' shares in the item's total, weight\n"
        "(1 - e) / S (1 - e); a construct weighs the sum of its items.  They are rounded to 1e-9.",
    .example =
        "analyses:\n"
        "  - index:\n"
        "      construct: satisfaction_index\n"
        "      weights: given\n"
        "      by: [region]\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_SATISFACTION,
            .headlines = {{"index_values", "index", {FIGURE_SCALE_FIXED, 0, 100}}},
            .tables = {{"index_by_group", VIEW_MATRIX}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
    .ask_again = ask_again,
};
