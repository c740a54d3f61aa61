/* Is an item well-formed, and does it fit what is in the program already?
 *
 * Callers of program_add_* and bytes from outside pass through the same checks, so nothing further on
 * has to doubt a program: references point backwards, forms fit, texts are UTF-8, ranges are in order,
 * and all arithmetic that is done per row fits the integers it is done in.
 */
#include <string.h>

#include "stats/date.h"
#include "stats/program_item.h"

#define SCALE_CODE_MAX ((int64_t)1000000000000000)

static const char *shown(const program_variable *v) {
  return v->name && v->name[0] ? v->name : "(unnamed)";
}

static status check_text(const program_variable *v, slice s, const char *what, error *err) {
  if (s.length > PROGRAM_TEXT_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': a %s has %zu bytes; at most %d are allowed", shown(v),
                     what, s.length, PROGRAM_TEXT_MAX);
  }
  if (s.length > 0 && text_utf8_check(s.bytes, s.length) != s.length) {
    return error_set(err, STATUS_USAGE, "variable '%s': a %s is not UTF-8", shown(v), what);
  }
  return STATUS_OK;
}

static status check_count(const program_variable *v, uint32_t count, uint32_t max, const char *what,
                          error *err) {
  if (count > max) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %u %s; at most %u are allowed", shown(v), count, what,
                     max);
  }
  return STATUS_OK;
}

static status check_rules(const program_variable *v, bool numbers, error *err) {
  TRY(check_count(v, v->rules_count, PROGRAM_RULES_MAX, "rules for cell texts", err));
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    TRY(check_text(v, rule->text, "cell text", err));
    if (rule->missing && rule->reason >= MISSING_REASONS) {
      return error_set(err, STATUS_USAGE, "variable '%s': unknown reason %d for a missing answer", shown(v),
                       (int)rule->reason);
    }
    if (!rule->missing && !numbers) {
      TRY(check_text(v, rule->key, "key", err));
    }
  }
  return STATUS_OK;
}

static status check_keys(const program_variable *v, error *err) {
  TRY(check_count(v, v->keys_count, PROGRAM_KEYS_MAX, "keys", err));
  for (uint32_t i = 0; i < v->keys_count; i++) {
    TRY(check_text(v, v->keys[i], "key", err));
  }
  return STATUS_OK;
}

static status check_columns(const program_variable *v, error *err) {
  TRY(check_count(v, v->columns_count, PROGRAM_COLUMNS_MAX, "columns", err));
  if (v->columns_count == 0 || v->keys_count != v->columns_count) {
    return error_set(err, STATUS_USAGE, "variable '%s': %u options for %u columns; each column is one option",
                     shown(v), v->keys_count, v->columns_count);
  }
  for (uint32_t i = 0; i < v->columns_count; i++) {
    TRY(check_text(v, slice_of(v->columns[i]), "column name", err));
  }
  return STATUS_OK;
}

static status check_range(const program_variable *v, error *err) {
  int64_t max = v->kind == VARIABLE_SCALE ? SCALE_CODE_MAX : NUMBER_MAX;
  if (v->kind == VARIABLE_SCALE && !v->has_range) {
    return error_set(err, STATUS_USAGE, "variable '%s': a scale needs its range", shown(v));
  }
  if (!v->has_range) {
    return STATUS_OK;
  }
  if (v->low > v->high) {
    return error_set(err, STATUS_USAGE, "variable '%s': the range %lld..%lld is upside down", shown(v),
                     (long long)v->low, (long long)v->high);
  }
  if (v->low < -max || v->high > max) {
    return error_set(err, STATUS_LIMIT, "variable '%s': the range %lld..%lld goes past %lld", shown(v),
                     (long long)v->low, (long long)v->high, (long long)max);
  }
  if (v->kind == VARIABLE_SCALE && v->high - v->low > PROGRAM_SCALE_SPAN_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': a scale spans at most %d; %lld..%lld is a number",
                     shown(v), PROGRAM_SCALE_SPAN_MAX, (long long)v->low, (long long)v->high);
  }
  return STATUS_OK;
}

static status check_read_fields(const program_variable *v, unsigned fields, error *err) {
  if (fields & FIELD_COLUMN) {
    if (!v->column) {
      return error_set(err, STATUS_USAGE, "variable '%s': no column", shown(v));
    }
    TRY(check_text(v, slice_of(v->column), "column name", err));
  }
  if (fields & FIELD_RULES) {
    TRY(check_rules(v, fields & FIELD_RULE_NUMBERS, err));
  }
  if (fields & FIELD_RANGE) {
    TRY(check_range(v, err));
  }
  if ((fields & FIELD_DECIMALS) && v->decimals > PROGRAM_DECIMALS_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %d decimals; at most %d are kept", shown(v),
                     v->decimals, PROGRAM_DECIMALS_MAX);
  }
  if (fields & FIELD_KEYS) {
    TRY(check_keys(v, err));
  }
  if (fields & FIELD_COLUMNS) {
    TRY(check_columns(v, err));
  }
  if (fields & FIELD_DELIMITER) {
    size_t length = strnlen(v->delimiter, sizeof v->delimiter);
    if (length == 0 || length == sizeof v->delimiter) {
      return error_set(err, STATUS_USAGE, "variable '%s': a delimiter of 1 to %zu bytes is needed", shown(v),
                       sizeof v->delimiter - 1);
    }
    TRY(check_text(v, slice_of(v->delimiter), "delimiter", err));
  }
  if (fields & FIELD_FORMAT) {
    const char *problem = v->format ? date_format_problem(v->format) : "a date needs its format";
    if (problem) {
      return error_set(err, STATUS_USAGE, "variable '%s': date format '%s': %s", shown(v),
                       v->format ? v->format : "", problem);
    }
    TRY(check_text(v, slice_of(v->format), "date format", err));
  }
  return STATUS_OK;
}

/* ---- Derived kinds -------------------------------------------------------------------------------- */

static status check_inputs(const program *p, const program_variable *v, const variable_traits *traits,
                           uint32_t *depth, error *err) {
  if (v->inputs_count < traits->inputs_min || v->inputs_count > traits->inputs_max) {
    return error_set(err, STATUS_USAGE, "variable '%s': a %s is made from %u to %u variables, not %u",
                     shown(v), traits->name, traits->inputs_min, traits->inputs_max, v->inputs_count);
  }
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    if (v->inputs[i] >= p->variables_count) {
      return error_set(err, STATUS_USAGE, "variable '%s' refers to variable %u, which is not before it",
                       shown(v), v->inputs[i]);
    }
    uint32_t below = program_variable_depth(p, v->inputs[i]) + 1;
    *depth = below > *depth ? below : *depth;
  }
  if (*depth > PROGRAM_DEPTH_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': variables are made from variables at most %d deep",
                     shown(v), PROGRAM_DEPTH_MAX);
  }
  return STATUS_OK;
}

static status refuse_input(const program_variable *v, const variable_traits *traits,
                           const program_variable *input, const char *wanted, error *err) {
  return error_set(err, STATUS_USAGE, "variable '%s': a %s is made from %s; '%s' is a %s", shown(v),
                   traits->name, wanted, shown(input), variable_traits_of((uint32_t)input->kind)->name);
}

static status check_inputs_numeric(const program *p, const program_variable *v, const variable_traits *traits,
                                   error *err) {
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    const program_variable *input = &p->variables[v->inputs[i]];
    if (!program_variable_is_numeric(input)) {
      return refuse_input(v, traits, input, "numbers", err);
    }
  }
  return STATUS_OK;
}

static status check_range_bounds(const program_variable *v, const program_range *g, uint32_t number,
                                 error *err) {
  if (g->has_low && g->has_high && decimal_compare(g->low, g->high) > 0) {
    return error_set(err, STATUS_USAGE, "variable '%s': range %u is upside down", shown(v), number + 1);
  }
  return STATUS_OK;
}

static status check_recode(const program *p, const program_variable *v, const variable_traits *traits,
                           error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  bool texts = program_variable_form(input) == FORM_CODED && !program_variable_is_numeric_coded(input);
  if (!texts && !program_variable_is_numeric(input)) {
    return refuse_input(v, traits, input, "a number, a scale or a nominal variable", err);
  }
  TRY(check_count(v, v->ranges_count, PROGRAM_RANGES_MAX, "ranges", err));
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    const program_range *g = &v->ranges[i];
    if (g->is_text != texts) {
      return error_set(err, STATUS_USAGE, "variable '%s': range %u is a %s, but '%s' has %s", shown(v), i + 1,
                       g->is_text ? "text" : "range of numbers", shown(input), texts ? "texts" : "numbers");
    }
    TRY(check_text(v, g->is_text ? g->text : (slice){"", 0}, "text", err));
    TRY(check_range_bounds(v, g, i, err));
    if (g->missing && g->reason >= MISSING_REASONS) {
      return error_set(err, STATUS_USAGE, "variable '%s': unknown reason %d for a missing answer", shown(v),
                       (int)g->reason);
    }
    if (!g->missing && v->keys_are_texts) {
      TRY(check_text(v, g->key, "key", err));
    }
    if (!g->missing && !v->keys_are_texts && (g->code < -NUMBER_MAX || g->code > NUMBER_MAX)) {
      return error_set(err, STATUS_LIMIT, "variable '%s': the code %lld is too large", shown(v),
                       (long long)g->code);
    }
  }
  if (v->has_else && v->keys_are_texts) {
    return check_text(v, v->else_key, "key", err);
  }
  if (v->has_else && (v->else_code < -NUMBER_MAX || v->else_code > NUMBER_MAX)) {
    return error_set(err, STATUS_LIMIT, "variable '%s': the code %lld is too large", shown(v),
                     (long long)v->else_code);
  }
  return STATUS_OK;
}

static status check_period(const program *p, const program_variable *v, const variable_traits *traits,
                           error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  if (input->kind != VARIABLE_DATE) {
    return refuse_input(v, traits, input, "a date", err);
  }
  if ((unsigned)v->period > PERIOD_WEEKDAY) {
    return error_set(err, STATUS_USAGE, "variable '%s': unknown period %d", shown(v), (int)v->period);
  }
  return STATUS_OK;
}

static status check_option(const program *p, const program_variable *v, const variable_traits *traits,
                           error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  if (program_variable_form(input) != FORM_SET) {
    return refuse_input(v, traits, input, "a multiple choice", err);
  }
  return check_text(v, v->key, "key", err);
}

static status check_mean_weights(const program_variable *v, error *err) {
  int64_t sum = 0;
  for (uint32_t i = 0; v->weights && i < v->inputs_count; i++) {
    int64_t w = v->weights[i];
    if (w <= 0 || w >= PROGRAM_MEAN_WEIGHT_MAX || sum + w >= PROGRAM_MEAN_WEIGHT_MAX) {
      return error_set(err, STATUS_LIMIT,
                       "variable '%s': weight %lld; weights are positive and add up to less than 2^40",
                       shown(v), (long long)w);
    }
    sum += w;
  }
  return STATUS_OK;
}

static status check_mean(const program *p, const program_variable *v, const variable_traits *traits,
                         error *err) {
  TRY(check_inputs_numeric(p, v, traits, err));
  TRY(check_mean_weights(v, err));
  if (v->valid_min < 1 || v->valid_min > v->inputs_count) {
    return error_set(err, STATUS_USAGE, "variable '%s': at least %u of %u answers are asked for", shown(v),
                     v->valid_min, v->inputs_count);
  }
  for (uint32_t i = 0; v->rescaled && i < v->inputs_count; i++) {
    if (v->rescaled[i] && (!v->rescale_low || !v->rescale_high ||
                           decimal_compare(v->rescale_low[i], v->rescale_high[i]) >= 0)) {
      return error_set(err, STATUS_USAGE, "variable '%s': the range to rescale '%s' from is empty", shown(v),
                       shown(&p->variables[v->inputs[i]]));
    }
  }
  return STATUS_OK;
}

static status check_cluster(const program *p, const program_variable *v, const variable_traits *traits,
                            error *err) {
  TRY(check_inputs_numeric(p, v, traits, err));
  TRY(check_count(v, v->clusters, PROGRAM_CLUSTERS_MAX, "clusters", err));
  if (v->clusters == 0 || !v->coefficients) {
    return error_set(err, STATUS_USAGE, "variable '%s': no clusters", shown(v));
  }
  bool coded = true;
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    coded = coded && program_variable_form(&p->variables[v->inputs[i]]) == FORM_CODED;
  }
  i128 bound = 0;
  if (!cluster_bound(p, v, &bound) || (coded && bound > (i128)NUMBER_MAX)) {
    return error_set(err, STATUS_LIMIT, "variable '%s': coefficients too large for exact distances",
                     shown(v));
  }
  return STATUS_OK;
}

static status check_difference(const program *p, const program_variable *v, const variable_traits *traits,
                               error *err) {
  return check_inputs_numeric(p, v, traits, err);
}

static status check_top(const program *p, const program_variable *v, const variable_traits *traits,
                        error *err) {
  return check_inputs_numeric(p, v, traits, err);
}

static const struct derived_check {
  variable_kind kind;
  status (*check)(const program *p, const program_variable *v, const variable_traits *traits, error *err);
} derived_checks[] = {
    {VARIABLE_RECODE, check_recode},
    {VARIABLE_PERIOD, check_period},
    {VARIABLE_TOP, check_top},
    {VARIABLE_MEAN, check_mean},
    {VARIABLE_OPTION, check_option},
    {VARIABLE_CLUSTER, check_cluster},
    {VARIABLE_DIFFERENCE, check_difference},
};

/* ---- What is known of the values ------------------------------------------------------------------ */

static int64_t magnitude(int64_t v) {
  return v < 0 ? -v : v; /* checked to be within +-2^62 */
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static int64_t recode_bound(const program_variable *v) {
  int64_t bound = v->has_else ? magnitude(v->else_code) : 0;
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    bound = larger(bound, v->ranges[i].missing ? 0 : magnitude(v->ranges[i].code));
  }
  return bound;
}

/* |a| + |b| at the larger of the two scales; what does not fit is made invalid row by row. */
static int64_t difference_bound(const program *p, const program_variable *v, uint8_t decimals) {
  i128 bound = 0;
  for (uint32_t i = 0; i < 2; i++) {
    uint8_t own = p->variables[v->inputs[i]].decimals;
    bound += (i128)program_variable_bound(p, v->inputs[i]) * decimal_power10((unsigned)(decimals - own));
  }
  return bound > (i128)NUMBER_MAX ? NUMBER_MAX : (int64_t)bound;
}

static status mean_known(const program *p, const program_variable *v, variable_facts_known *known,
                         error *err) {
  arena *a = arena_new();
  if (!a) {
    return error_no_memory(err, "variable");
  }
  mean_terms terms;
  status result = mean_terms_make(p, v, a, &terms, err);
  known->decimals = PROGRAM_MEAN_DECIMALS;
  known->bound = result == STATUS_OK ? terms.bound : 0;
  arena_destroy(a);
  return result;
}

static status variable_known(const program *p, const program_variable *v, variable_facts_known *known,
                             error *err) {
  switch (v->kind) {
    case VARIABLE_SCALE:
      known->bound = larger(magnitude(v->low), magnitude(v->high));
      break;
    case VARIABLE_NUMBER:
      known->decimals = v->decimals;
      known->bound = v->has_range ? larger(magnitude(v->low), magnitude(v->high)) : NUMBER_MAX;
      break;
    case VARIABLE_DATE:
      known->bound = DATE_DAYS_MAX;
      break;
    case VARIABLE_TOP:
    case VARIABLE_OPTION:
      known->bound = 1;
      break;
    case VARIABLE_CLUSTER:
      known->bound = v->clusters;
      break;
    case VARIABLE_RECODE:
      known->bound = v->keys_are_texts ? 0 : recode_bound(v);
      break;
    case VARIABLE_MEAN:
      return mean_known(p, v, known, err);
    case VARIABLE_DIFFERENCE:
      known->decimals = p->variables[v->inputs[0]].decimals > p->variables[v->inputs[1]].decimals
                            ? p->variables[v->inputs[0]].decimals
                            : p->variables[v->inputs[1]].decimals;
      known->bound = difference_bound(p, v, known->decimals);
      break;
    default:
      break;
  }
  return STATUS_OK;
}

status variable_check(const program *p, const program_variable *v, variable_facts_known *known, error *err) {
  const variable_traits *traits = variable_traits_of((uint32_t)v->kind);
  if (!traits) {
    return error_set(err, STATUS_USAGE, "variable '%s': unknown kind %d", shown(v), (int)v->kind);
  }
  TRY(check_text(v, slice_of(v->name), "name", err));
  TRY(check_read_fields(v, traits->fields, err));
  if (traits->fields & FIELD_INPUTS) {
    TRY(check_inputs(p, v, traits, &known->depth, err));
    for (size_t i = 0; i < sizeof derived_checks / sizeof derived_checks[0]; i++) {
      if (derived_checks[i].kind == v->kind) {
        TRY(derived_checks[i].check(p, v, traits, err));
      }
    }
  }
  return variable_known(p, v, known, err);
}

/* ---- Filters, weights, accumulators --------------------------------------------------------------- */

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
  bool one = node->kind != FILTER_IN;
  if ((one && node->values_count != 1) || node->values_count > PROGRAM_VALUES_MAX) {
    return error_set(err, STATUS_USAGE, "a filter compares '%s' with %u values", shown(v),
                     node->values_count);
  }
  for (uint32_t i = 0; i < node->values_count; i++) {
    const filter_value *value = &node->values[i];
    if (!value_is_wanted(v, node->kind, value->is_text)) {
      return error_set(err, STATUS_USAGE, "a filter compares '%s' (%s) with a %s in a way that does not fit",
                       shown(v), variable_traits_of((uint32_t)v->kind)->name,
                       value->is_text ? "text" : "number");
    }
    if (value->is_text) {
      TRY(check_text(v, value->text, "text in a filter", err));
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
  if (!program_variable_is_numeric(v) || v->decimals > PROGRAM_DECIMALS_MAX || v->kind == VARIABLE_DATE) {
    return error_set(err, STATUS_USAGE,
                     "'%s' (%s) cannot be a weight: it has to be a number with at most %d decimals", shown(v),
                     variable_traits_of((uint32_t)v->kind)->name, PROGRAM_DECIMALS_MAX);
  }
  if (w.kind != WEIGHT_SAMPLING && w.kind != WEIGHT_FREQUENCY) {
    return error_set(err, STATUS_USAGE, "'%s': unknown kind of weight %d", shown(v), (int)w.kind);
  }
  return STATUS_OK;
}

static status check_reference(uint32_t reference, uint32_t count, const char *what, error *err) {
  if (reference != PROGRAM_NONE && reference >= count) {
    return error_set(err, STATUS_USAGE, "an accumulator refers to %s %u of %u", what, reference, count);
  }
  return STATUS_OK;
}

status accumulator_check(const program *p, const program_accumulator *a, error *err) {
  if (a->kind == 0 || a->kind > UINT16_MAX) {
    return error_set(err, STATUS_USAGE, "unknown kind %u of accumulator", a->kind);
  }
  if (a->variables_count > PROGRAM_VARIABLES_MAX || a->params_count > PROGRAM_PARAMS_MAX || a->by_count > 2) {
    return error_set(err, STATUS_LIMIT, "an accumulator of %u variables, %u parameters and %u groupings",
                     a->variables_count, a->params_count, a->by_count);
  }
  for (uint32_t i = 0; i < a->variables_count; i++) {
    if (a->variables[i] >= p->variables_count) {
      return check_reference(a->variables[i], 0, "variable", err);
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
                       "'%s' (%s) cannot group: use bands, or an option of a multiple choice", shown(v),
                       variable_traits_of((uint32_t)v->kind)->name);
    }
  }
  TRY(check_reference(a->filter, p->filters_count, "filter", err));
  return check_reference(a->weight, p->weights_count, "weight", err);
}
