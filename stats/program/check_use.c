/* Are filters, weights and accumulators well-formed, and do they fit the variables they use? */
#include "stats/accumulators/accumulator.h"
#include "stats/program/item.h"

static bool value_is_wanted(const program_variable *v, filter_kind kind, bool is_text) {
  variable_form form = program_variable_form(v);
  if (kind == FILTER_HAS) {
    return form == FORM_SET && is_text;
  }
  if (program_variable_is_numeric(v)) {
    return !is_text;
  }
  bool ordered = kind >= FILTER_LT && kind <= FILTER_GE;
  return is_text && form != FORM_SET && (!ordered || v->kind == VARIABLE_PERIOD);
}

static status check_leaf(const program *p, const filter_node *node, error *err) {
  if (node->variable >= p->variables_count) {
    return error_set(err, STATUS_USAGE, "a filter refers to variable %u of %u", node->variable,
                     p->variables_count);
  }
  const program_variable *v = &p->variables[node->variable];
  if (node->kind == FILTER_MISSING) {
    return STATUS_OK;
  }
  TRY(variable_check_decimals(v, err));
  bool one = node->kind != FILTER_IN;
  if ((one && node->values_count != 1) || node->values_count > PROGRAM_VALUES_MAX) {
    return error_set(err, STATUS_USAGE, "a filter compares '%s' with %u values", variable_shown(v),
                     node->values_count);
  }
  for (uint32_t i = 0; i < node->values_count; i++) {
    const filter_value *value = &node->values[i];
    if (!value_is_wanted(v, node->kind, value->is_text)) {
      return error_set(err, STATUS_USAGE, "a filter compares '%s' (%s) with a %s in a way that does not fit",
                       variable_shown(v), variable_traits_of((uint32_t)v->kind)->name,
                       value->is_text ? "text" : "number");
    }
    if (value->is_text) {
      TRY(variable_check_text(v, value->text, "text in a filter", err));
    }
  }
  return STATUS_OK;
}

/* Every node opens the places of its children; a good tree closes the last place with its last node. */
status filter_check(const program *p, const program_filter *f, error *err) {
  uint32_t open[PROGRAM_DEPTH_MAX + 1];
  uint32_t depth = 0;
  if (f->nodes_count == 0 || f->nodes_count > PROGRAM_NODES_MAX) {
    return error_set(err, STATUS_LIMIT, "a filter has 1 to %d parts, not %u", PROGRAM_NODES_MAX,
                     f->nodes_count);
  }
  open[0] = 1;
  for (uint32_t i = 0; i < f->nodes_count; i++) {
    const filter_node *node = &f->nodes[i];
    bool inner = node->kind >= FILTER_AND && node->kind <= FILTER_NOT;
    if (open[depth] == 0 || node->kind < FILTER_AND || node->kind > FILTER_HAS) {
      return error_set(err, STATUS_USAGE, "a filter is not one tree");
    }
    open[depth]--;
    if (inner) {
      if (node->children == 0 || (node->kind == FILTER_NOT && node->children != 1)) {
        return error_set(err, STATUS_USAGE, "a filter joins %u conditions", node->children);
      }
      if (depth == PROGRAM_DEPTH_MAX) {
        return error_set(err, STATUS_LIMIT, "a filter is more than %d deep", PROGRAM_DEPTH_MAX);
      }
      open[++depth] = node->children;
    } else {
      TRY(check_leaf(p, node, err));
    }
    while (depth > 0 && open[depth] == 0) {
      depth--;
    }
  }
  return depth == 0 && open[0] == 0 ? STATUS_OK : error_set(err, STATUS_USAGE, "a filter is not one tree");
}

status weight_check(const program *p, program_weight w, error *err) {
  if (w.variable >= p->variables_count) {
    return error_set(err, STATUS_USAGE, "a weight refers to variable %u of %u", w.variable,
                     p->variables_count);
  }
  const program_variable *v = &p->variables[w.variable];
  const int most = v->kind == VARIABLE_NUMBER ? PROGRAM_WEIGHT_DECIMALS_MAX : PROGRAM_DECIMALS_MAX;
  if (!program_variable_is_numeric(v) || v->decimals > most || v->kind == VARIABLE_DATE) {
    return error_set(err, STATUS_USAGE,
                     "'%s' (%s) cannot be a weight: it has to be a number with at most %d decimals",
                     variable_shown(v), variable_traits_of((uint32_t)v->kind)->name, most);
  }
  if (w.kind == WEIGHT_FREQUENCY && v->decimals > PROGRAM_DECIMALS_MAX) {
    return error_set(err, STATUS_USAGE, "'%s' has %d decimals, but counts rows as a frequency weight",
                     variable_shown(v), v->decimals);
  }
  if (w.kind != WEIGHT_SAMPLING && w.kind != WEIGHT_FREQUENCY) {
    return error_set(err, STATUS_USAGE, "'%s': unknown kind of weight %d", variable_shown(v), (int)w.kind);
  }
  return STATUS_OK;
}

static status check_reference(uint32_t reference, uint32_t count, const char *what, error *err) {
  if (reference != PROGRAM_NONE && reference >= count) {
    return error_set(err, STATUS_USAGE, "an accumulator refers to %s %u of %u", what, reference, count);
  }
  return STATUS_OK;
}

static status check_variable_loops(const program *p, uint32_t variable, uint32_t loops, error *err) {
  return variable_check_loops(&p->variables[variable], loops, program_variable_loops(p, variable), err);
}

/* All that the accumulator looks at is of its stack, or of whole records. */
static status check_loops(const program *p, const program_accumulator *a, error *err) {
  if (a->loops > PROGRAM_LOOPS_MAX ||
      (a->loops > 0 && (a->kind == ACCUMULATOR_INVALID || a->kind == ACCUMULATOR_WEIGHTS))) {
    return error_set(err, STATUS_USAGE, "an accumulator of kind %u over %u loops", a->kind, a->loops);
  }
  for (uint32_t i = 0; i < a->variables_count; i++) {
    TRY(check_variable_loops(p, a->variables[i], a->loops, err));
  }
  for (uint32_t i = 0; i < a->by_count; i++) {
    TRY(check_variable_loops(p, a->by[i], a->loops, err));
  }
  for (uint32_t i = 0; a->filter != PROGRAM_NONE && i < p->filters[a->filter].nodes_count; i++) {
    const filter_node *n = &p->filters[a->filter].nodes[i];
    if (n->kind >= FILTER_EQ) {
      TRY(check_variable_loops(p, n->variable, a->loops, err));
    }
  }
  return a->weight == PROGRAM_NONE ? STATUS_OK
                                   : check_variable_loops(p, p->weights[a->weight].variable, a->loops, err);
}

status accumulator_check(const program *p, const program_accumulator *a, error *err) {
  if (a->kind == 0 || a->kind > UINT16_MAX) {
    return error_set(err, STATUS_USAGE, "unknown kind %u of accumulator", a->kind);
  }
  if (a->variables_count > PROGRAM_VARIABLES_MAX || a->params_count > PROGRAM_PARAMS_MAX ||
      a->by_count > PROGRAM_BY_MAX) {
    return error_set(err, STATUS_LIMIT, "an accumulator of %u variables, %u parameters and %u groupings",
                     a->variables_count, a->params_count, a->by_count);
  }
  for (uint32_t i = 0; i < a->variables_count; i++) {
    if (a->variables[i] >= p->variables_count) {
      return error_set(err, STATUS_USAGE, "an accumulator refers to variable %u of %u", a->variables[i],
                       p->variables_count);
    }
    if (a->kind != ACCUMULATOR_FACTS) {
      TRY(variable_check_decimals(&p->variables[a->variables[i]], err));
    }
  }
  for (uint32_t i = 0; i < a->by_count; i++) {
    if (a->by[i] >= p->variables_count) {
      return error_set(err, STATUS_USAGE, "an accumulator is grouped by variable %u of %u", a->by[i],
                       p->variables_count);
    }
    const program_variable *v = &p->variables[a->by[i]];
    if (program_variable_form(v) != FORM_CODED) {
      return error_set(err, STATUS_USAGE,
                       "'%s' (%s) cannot group: use bands, or an option of a multiple choice",
                       variable_shown(v), variable_traits_of((uint32_t)v->kind)->name);
    }
  }
  TRY(check_reference(a->filter, p->filters_count, "filter", err));
  TRY(check_reference(a->weight, p->weights_count, "weight", err));
  return check_loops(p, a, err);
}
