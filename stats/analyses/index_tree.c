/* Trees of constructs. */
#include "stats/analyses/index_tree.h"

#include <assert.h>
#include <stdlib.h>

#include "stats/analyses/levels.h"

void index_tree_fini(index_tree *t) {
  free(t->nodes);
  *t = (index_tree){0};
}

/* ---- Weights ------------------------------------------------------------------------------------- */

static int64_t common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static status weights_do_not_fit(const plan_construct *c, error *err) {
  return error_set(err, STATUS_SPECIFICATION,
                   "construct '%s': weights must be positive and have few digits, as 0.25 or 3", c->name);
}

/* The weights of C's children as whole numbers without a common divisor. */
static status whole_weights(const plan_construct *c, int64_t *out, error *err) {
  unsigned scale = 0;
  for (uint32_t i = 0; i < c->children_count; i++) {
    scale = c->weights[i].scale > scale ? c->weights[i].scale : scale;
  }
  int64_t divisor = 0;
  for (uint32_t i = 0; i < c->children_count; i++) {
    if (!decimal_rescale(c->weights[i], scale, &out[i], NULL) || out[i] <= 0) {
      return weights_do_not_fit(c, err);
    }
    divisor = common_divisor(out[i], divisor);
  }
  int64_t sum = 0;
  for (uint32_t i = 0; i < c->children_count; i++) {
    out[i] /= divisor;
    if (__builtin_add_overflow(sum, out[i], &sum) || sum >= PROGRAM_MEAN_WEIGHT_MAX) {
      return weights_do_not_fit(c, err);
    }
  }
  return STATUS_OK;
}

int64_t index_children_weight(const index_tree *t, uint32_t node) {
  int64_t sum = 0;
  for (uint32_t k = node + 1; k < t->count && t->nodes[k].level > t->nodes[node].level; k++) {
    sum += t->nodes[k].parent == node ? t->nodes[k].weight : 0;
  }
  return sum;
}

/* ---- Building ------------------------------------------------------------------------------------ */

static status item_range(const plan *p, uint32_t item, decimal *low, decimal *high, error *err) {
  const program_variable *v = variable_of(p, item);
  int64_t first = 0, last = 0;
  if (codes_range(p, item, &first, &last) && first < last) {
    *low = (decimal){.mantissa = first};
    *high = (decimal){.mantissa = last};
    return STATUS_OK;
  }
  if (v->kind == VARIABLE_NUMBER && v->has_range && v->low < v->high) {
    *low = (decimal){.mantissa = v->low, .scale = v->decimals};
    *high = (decimal){.mantissa = v->high, .scale = v->decimals};
    return STATUS_OK;
  }
  return error_set(err, STATUS_SPECIFICATION,
                   "construct: item '%s' has no declared range, so its answers cannot be put on 0 to 100; "
                   "declare range: [low, high]",
                   p->variables[item].name);
}

static status add_construct(const plan *p, uint32_t construct, bool equal, index_node node, index_tree *t,
                            error *err);

static status add_child(const plan *p, const plan_construct *c, uint32_t i, bool equal, index_node node,
                        index_tree *t, error *err) {
  if (c->child_is_construct[i]) {
    return add_construct(p, c->children[i], equal, node, t, err);
  }
  node.item = c->children[i];
  TRY(item_range(p, node.item, &node.low, &node.high, err));
  if (t->count == INDEX_NODES_MAX) {
    return error_set(err, STATUS_LIMIT, "construct '%s' has more than %d nodes", c->name,
                     (int)INDEX_NODES_MAX);
  }
  t->nodes[t->count++] = node;
  return STATUS_OK;
}

static status add_construct(const plan *p, uint32_t construct, bool equal, index_node node, index_tree *t,
                            error *err) {
  const plan_construct *c = &p->constructs[construct];
  if (t->count == INDEX_NODES_MAX || node.level > INDEX_DEPTH_MAX) {
    return error_set(err, STATUS_LIMIT, "construct '%s': more than %d nodes or %d levels", c->name,
                     (int)INDEX_NODES_MAX, (int)INDEX_DEPTH_MAX);
  }
  int64_t *weights = calloc((size_t)c->children_count + 1, sizeof *weights);
  if (weights == NULL) {
    return error_no_memory(err, "the tree of a construct");
  }
  for (uint32_t i = 0; i < c->children_count; i++) {
    weights[i] = 1;
  }
  status st = c->weights != NULL && !equal ? whole_weights(c, weights, err) : STATUS_OK;
  const uint32_t self = t->count;
  node.is_construct = true;
  node.construct = construct;
  node.item = c->variable;
  t->nodes[t->count++] = node;
  for (uint32_t i = 0; i < c->children_count && st == STATUS_OK; i++) {
    const index_node child = {.parent = self, .level = node.level + 1, .weight = weights[i]};
    st = add_child(p, c, i, equal, child, t, err);
  }
  free(weights);
  return st;
}

status index_tree_make(const plan *p, uint32_t construct, bool equal, index_tree *out, error *err) {
  *out = (index_tree){.nodes = calloc(INDEX_NODES_MAX, sizeof *out->nodes)};
  if (out->nodes == NULL) {
    return error_no_memory(err, "the tree of a construct");
  }
  status st =
      add_construct(p, construct, equal, (index_node){.parent = INDEX_NO_PARENT, .weight = 1}, out, err);
  if (st != STATUS_OK) {
    index_tree_fini(out);
  }
  return st;
}

/* ---- Variables ----------------------------------------------------------------------------------- */

typedef struct mean_inputs {
  uint32_t *inputs;
  int64_t *weights;
  bool *rescaled;
  decimal *low, *high;
} mean_inputs;

static status add_mean(index_tree *t, uint32_t node, analysis_run *run, mean_inputs *in, error *err) {
  const plan_construct *c = &run_plan(run)->constructs[t->nodes[node].construct];
  uint32_t count = 0;
  for (uint32_t k = node + 1; k < t->count && t->nodes[k].level > t->nodes[node].level; k++) {
    const index_node *child = &t->nodes[k];
    if (child->parent == node && child->weight > 0) {
      in->inputs[count] = child->variable;
      in->weights[count] = child->weight;
      in->rescaled[count] = !child->is_construct;
      in->low[count] = child->low;
      in->high[count] = child->high;
      count++;
    }
  }
  program_variable mean = {.kind = VARIABLE_MEAN,
                           .name = c->name,
                           .inputs = in->inputs,
                           .inputs_count = count,
                           .weights = in->weights,
                           .rescaled = in->rescaled,
                           .rescale_low = in->low,
                           .rescale_high = in->high,
                           .decimals = PROGRAM_MEAN_DECIMALS,
                           .valid_min = c->valid_min < count ? c->valid_min : count};
  mean.valid_min = mean.valid_min > 0 ? mean.valid_min : 1;
  return run_add_variable(run, &mean, &t->nodes[node].variable, err);
}

status index_tree_variables(index_tree *t, analysis_run *run, error *err) {
  mean_inputs in = {.inputs = calloc(t->count, sizeof *in.inputs),
                    .weights = calloc(t->count, sizeof *in.weights),
                    .rescaled = calloc(t->count, sizeof *in.rescaled),
                    .low = calloc(t->count, sizeof *in.low),
                    .high = calloc(t->count, sizeof *in.high)};
  status st =
      in.inputs != NULL && in.weights != NULL && in.rescaled != NULL && in.low != NULL && in.high != NULL
          ? STATUS_OK
          : error_no_memory(err, "the variables of a construct");
  for (uint32_t k = t->count; k-- > 0 && st == STATUS_OK;) {
    st = t->nodes[k].is_construct ? add_mean(t, k, run, &in, err)
                                  : run_variable(run, t->nodes[k].item, &t->nodes[k].variable, err);
  }
  free(in.inputs);
  free(in.weights);
  free(in.rescaled);
  free(in.low);
  free(in.high);
  return st;
}
