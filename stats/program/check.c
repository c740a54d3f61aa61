/* Is an item well-formed, and does it fit what is in the program already?
 *
 * Callers of program_add_* and bytes from outside pass through the same checks, so that later code can
 * rely on a program: references point backwards, forms fit, texts are UTF-8, ranges are in order,
 * and all arithmetic that is done per row fits the integers it is done in.
 */
#include <string.h>

#include "stats/program/date.h"
#include "stats/program/item.h"
#include "stats/program/long_score.h"

#define SCALE_CODE_MAX ((int64_t)1000000000000000)

const char *variable_shown(const program_variable *v) {
  return v->name != NULL && v->name[0] ? v->name : "(unnamed)";
}

status variable_check_text(const program_variable *v, slice s, const char *what, error *err) {
  if (s.length > PROGRAM_TEXT_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': a %s has %zu bytes; at most %d are allowed",
                     variable_shown(v), what, s.length, PROGRAM_TEXT_MAX);
  }
  if (s.length > 0 && text_utf8_check(s.bytes, s.length) != s.length) {
    return error_set(err, STATUS_USAGE, "variable '%s': a %s is not UTF-8", variable_shown(v), what);
  }
  return STATUS_OK;
}

status variable_check_decimals(const program_variable *v, error *err) {
  if (program_variable_is_mere_weight(v)) {
    return error_set(err, STATUS_USAGE, "variable '%s': %d decimals are for weights; others keep at most %d",
                     variable_shown(v), v->decimals, PROGRAM_DECIMALS_MAX);
  }
  return STATUS_OK;
}

static status check_count(const program_variable *v, uint32_t count, uint32_t max, const char *what,
                          error *err) {
  if (count > max) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %u %s; at most %u are allowed", variable_shown(v),
                     count, what, max);
  }
  return STATUS_OK;
}

static status check_rules(const program_variable *v, bool numbers, error *err) {
  TRY(check_count(v, v->rules_count, PROGRAM_RULES_MAX, "rules for cell texts", err));
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    TRY(variable_check_text(v, rule->text, "cell text", err));
    if (rule->missing && rule->reason >= MISSING_REASONS) {
      return error_set(err, STATUS_USAGE, "variable '%s': unknown reason %d for a missing answer",
                       variable_shown(v), (int)rule->reason);
    }
    if (!rule->missing && !numbers) {
      TRY(variable_check_text(v, rule->key, "key", err));
    }
  }
  return STATUS_OK;
}

static status check_keys(const program_variable *v, error *err) {
  TRY(check_count(v, v->keys_count, PROGRAM_KEYS_MAX, "keys", err));
  for (uint32_t i = 0; i < v->keys_count; i++) {
    TRY(variable_check_text(v, v->keys[i], "key", err));
  }
  return STATUS_OK;
}

static status check_columns(const program_variable *v, error *err) {
  TRY(check_count(v, v->columns_count, PROGRAM_COLUMNS_MAX, "columns", err));
  if (v->columns_count == 0 || v->keys_count != v->columns_count) {
    return error_set(err, STATUS_USAGE, "variable '%s': %u options for %u columns; each column is one option",
                     variable_shown(v), v->keys_count, v->columns_count);
  }
  for (uint32_t i = 0; i < v->columns_count; i++) {
    TRY(variable_check_text(v, slice_of(v->columns[i]), "column name", err));
  }
  return STATUS_OK;
}

static status check_range(const program_variable *v, error *err) {
  int64_t max = v->kind == VARIABLE_SCALE ? SCALE_CODE_MAX : NUMBER_MAX;
  if (v->kind == VARIABLE_SCALE && !v->has_range) {
    return error_set(err, STATUS_USAGE, "variable '%s': a scale needs its range", variable_shown(v));
  }
  if (!v->has_range) {
    return STATUS_OK;
  }
  if (v->low > v->high) {
    return error_set(err, STATUS_USAGE,
                     "variable '%s': the low end of the range %lld..%lld exceeds the high end",
                     variable_shown(v), (long long)v->low, (long long)v->high);
  }
  if (v->low < -max || v->high > max) {
    return error_set(err, STATUS_LIMIT, "variable '%s': the range %lld..%lld goes past %lld",
                     variable_shown(v), (long long)v->low, (long long)v->high, (long long)max);
  }
  if (v->kind == VARIABLE_SCALE && v->high - v->low > PROGRAM_SCALE_SPAN_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': a scale spans at most %d; %lld..%lld is a number",
                     variable_shown(v), PROGRAM_SCALE_SPAN_MAX, (long long)v->low, (long long)v->high);
  }
  return STATUS_OK;
}

static status check_format(const program_variable *v, const char *format, error *err) {
  const char *problem = format != NULL ? date_format_problem(format) : "a date needs its format";
  if (problem != NULL) {
    return error_set(err, STATUS_USAGE, "variable '%s': date format '%s': %s", variable_shown(v),
                     format != NULL ? format : "", problem);
  }
  return variable_check_text(v, slice_of(format), "date format", err);
}

static status check_read_fields(const program_variable *v, unsigned fields, error *err) {
  if (v->stacked) {
    TRY(variable_check_stacked(v, err));
  } else if (fields & FIELD_COLUMN) {
    if (v->column == NULL) {
      return error_set(err, STATUS_USAGE, "variable '%s': no column", variable_shown(v));
    }
    TRY(variable_check_text(v, slice_of(v->column), "column name", err));
  }
  if (fields & FIELD_RULES) {
    TRY(check_rules(v, fields & FIELD_RULE_NUMBERS, err));
  }
  if (fields & FIELD_RANGE) {
    TRY(check_range(v, err));
  }
  if ((fields & FIELD_DECIMALS) && v->decimals > PROGRAM_WEIGHT_DECIMALS_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %d decimals; at most %d are kept", variable_shown(v),
                     v->decimals, PROGRAM_WEIGHT_DECIMALS_MAX);
  }
  if (v->is_ranking && (fields & FIELD_RANKING)) {
    TRY(check_count(v, v->keys_count, PROGRAM_RANKED_MAX, "options to rank", err));
    if (v->keys_count == 0 || !(v->closed || v->has_other)) {
      return error_set(err, STATUS_USAGE, "variable '%s': the options of a ranking must all be declared",
                       variable_shown(v));
    }
  }
  if (fields & FIELD_OTHER) {
    TRY(variable_check_text(v, v->other, "key", err));
  }
  if (fields & FIELD_NOTATION) {
    TRY(variable_check_text(v, v->thousands, "mark between thousands", err));
    TRY(variable_check_text(v, v->prefix, "prefix", err));
    TRY(variable_check_text(v, v->suffix, "suffix", err));
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
      return error_set(err, STATUS_USAGE, "variable '%s': a delimiter of 1 to %zu bytes is needed",
                       variable_shown(v), sizeof v->delimiter - 1);
    }
    TRY(variable_check_text(v, slice_of(v->delimiter), "delimiter", err));
  }
  if (fields & FIELD_FORMAT) {
    TRY(check_format(v, v->format, err));
    TRY(check_count(v, v->other_formats_count, PROGRAM_FORMATS_MAX, "further date formats", err));
    for (uint32_t i = 0; i < v->other_formats_count; i++) {
      TRY(check_format(v, v->other_formats[i], err));
    }
  }
  return STATUS_OK;
}

/* ---- Derived kinds -------------------------------------------------------------------------------- */

static status check_inputs(const program *p, const program_variable *v, const variable_traits *traits,
                           uint32_t *depth, error *err) {
  if (v->inputs_count < traits->inputs_min || v->inputs_count > traits->inputs_max) {
    return error_set(err, STATUS_USAGE, "variable '%s': a %s is made from %u to %u variables, not %u",
                     variable_shown(v), traits->name, traits->inputs_min, traits->inputs_max,
                     v->inputs_count);
  }
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    if (v->inputs[i] >= p->variables_count) {
      return error_set(err, STATUS_USAGE, "variable '%s' refers to variable %u, which is not before it",
                       variable_shown(v), v->inputs[i]);
    }
    TRY(variable_check_decimals(&p->variables[v->inputs[i]], err));
    uint32_t below = program_variable_depth(p, v->inputs[i]) + 1;
    *depth = below > *depth ? below : *depth;
  }
  if (*depth > PROGRAM_DEPTH_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': variables are made from variables at most %d deep",
                     variable_shown(v), PROGRAM_DEPTH_MAX);
  }
  return STATUS_OK;
}

static status refuse_input(const program_variable *v, const variable_traits *traits,
                           const program_variable *input, const char *wanted, error *err) {
  return error_set(err, STATUS_USAGE, "variable '%s': a %s is made from %s; '%s' is a %s", variable_shown(v),
                   traits->name, wanted, variable_shown(input),
                   variable_traits_of((uint32_t)input->kind)->name);
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
    return error_set(err, STATUS_USAGE, "variable '%s': range %u has a low end that exceeds its high end",
                     variable_shown(v), number + 1);
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
      return error_set(err, STATUS_USAGE, "variable '%s': range %u is a %s, but '%s' has %s",
                       variable_shown(v), i + 1, g->is_text ? "text" : "range of numbers",
                       variable_shown(input), texts ? "texts" : "numbers");
    }
    TRY(variable_check_text(v, g->is_text ? g->text : (slice){"", 0}, "text", err));
    TRY(check_range_bounds(v, g, i, err));
    if (g->missing && g->reason >= MISSING_REASONS) {
      return error_set(err, STATUS_USAGE, "variable '%s': unknown reason %d for a missing answer",
                       variable_shown(v), (int)g->reason);
    }
    if (!g->missing && v->keys_are_texts) {
      TRY(variable_check_text(v, g->key, "key", err));
    }
    if (!g->missing && !v->keys_are_texts && (g->code < -NUMBER_MAX || g->code > NUMBER_MAX)) {
      return error_set(err, STATUS_LIMIT, "variable '%s': the code %lld is too large", variable_shown(v),
                       (long long)g->code);
    }
  }
  if (v->keeps_others && (!texts || !v->keys_are_texts || v->has_else)) {
    return error_set(err, STATUS_USAGE, "variable '%s': only texts can be kept among texts",
                     variable_shown(v));
  }
  if (v->has_else && v->keys_are_texts) {
    return variable_check_text(v, v->else_key, "key", err);
  }
  if (v->has_else && (v->else_code < -NUMBER_MAX || v->else_code > NUMBER_MAX)) {
    return error_set(err, STATUS_LIMIT, "variable '%s': the code %lld is too large", variable_shown(v),
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
    return error_set(err, STATUS_USAGE, "variable '%s': unknown period %d", variable_shown(v),
                     (int)v->period);
  }
  return STATUS_OK;
}

static status check_rank(const program *p, const program_variable *v, const variable_traits *traits,
                         error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  if (input->kind != VARIABLE_MULTI_CELL || !input->is_ranking) {
    return refuse_input(v, traits, input, "a ranking", err);
  }
  return variable_check_text(v, v->key, "key", err);
}

static status check_option(const program *p, const program_variable *v, const variable_traits *traits,
                           error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  if (program_variable_form(input) != FORM_SET) {
    return refuse_input(v, traits, input, "a multiple choice", err);
  }
  return variable_check_text(v, v->key, "key", err);
}

static status check_mean_weights(const program_variable *v, error *err) {
  int64_t sum = 0;
  for (uint32_t i = 0; v->weights != NULL && i < v->inputs_count; i++) {
    int64_t w = v->weights[i];
    if (w <= 0 || w >= PROGRAM_MEAN_WEIGHT_MAX || sum + w >= PROGRAM_MEAN_WEIGHT_MAX) {
      return error_set(err, STATUS_LIMIT,
                       "variable '%s': weight %lld; weights are positive and add up to less than 2^40",
                       variable_shown(v), (long long)w);
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
    return error_set(err, STATUS_USAGE, "variable '%s': at least %u of %u answers are asked for",
                     variable_shown(v), v->valid_min, v->inputs_count);
  }
  for (uint32_t i = 0; v->rescaled != NULL && i < v->inputs_count; i++) {
    if (v->rescaled[i] && (v->rescale_low == NULL || v->rescale_high == NULL ||
                           decimal_compare(v->rescale_low[i], v->rescale_high[i]) >= 0)) {
      return error_set(err, STATUS_USAGE, "variable '%s': the range to rescale '%s' from is empty",
                       variable_shown(v), variable_shown(&p->variables[v->inputs[i]]));
    }
  }
  return STATUS_OK;
}

static status check_shifts(const program_variable *v, error *err) {
  for (uint32_t d = 0; v->shifts != NULL && d <= v->inputs_count; d++) {
    if (v->shifts[d] > SCORE_SHIFT_MAX) {
      return error_set(err, STATUS_USAGE, "variable '%s': a shift of %u; at most %d is allowed",
                       variable_shown(v), v->shifts[d], SCORE_SHIFT_MAX);
    }
  }
  return STATUS_OK;
}

static status check_cluster(const program *p, const program_variable *v, const variable_traits *traits,
                            error *err) {
  TRY(check_inputs_numeric(p, v, traits, err));
  TRY(check_count(v, v->clusters, PROGRAM_CLUSTERS_MAX, "clusters", err));
  if (v->clusters == 0 || v->coefficients == NULL) {
    return error_set(err, STATUS_USAGE, "variable '%s': no clusters", variable_shown(v));
  }
  TRY(check_shifts(v, err));
  for (uint32_t j = 0; j < v->clusters; j++) {
    const int64_t *row = v->coefficients + (size_t)j * (1 + (size_t)v->inputs_count);
    if (!long_score_fits(row, v->shifts, v->inputs_count)) {
      return error_set(err, STATUS_LIMIT,
                       "variable '%s': coefficients of cluster %u too large for exact distances",
                       variable_shown(v), j + 1);
    }
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

static status check_cross(const program *p, const program_variable *v, const variable_traits *traits,
                          error *err) {
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    if (program_variable_form(&p->variables[v->inputs[i]]) != FORM_CODED) {
      return refuse_input(v, traits, &p->variables[v->inputs[i]], "scales, categories or bands", err);
    }
  }
  return STATUS_OK;
}

static status check_replicate(const program *p, const program_variable *v, const variable_traits *traits,
                              error *err) {
  if (v->groups < PROGRAM_REPLICATES_MIN || v->groups > PROGRAM_REPLICATES_MAX ||
      (v->groups & (v->groups - 1)) != 0) {
    return error_set(err, STATUS_USAGE, "variable '%s': %u random groups; there may be 256, 512 or 1024",
                     variable_shown(v), v->groups);
  }
  if (v->inputs_count > 0 && program_variable_form(&p->variables[v->inputs[0]]) == FORM_SET) {
    return refuse_input(v, traits, &p->variables[v->inputs[0]], "an id, a number or a category", err);
  }
  return STATUS_OK;
}

static status check_nodes(const program *p, const program_variable *v, const variable_traits *traits,
                          error *err) {
  (void)traits;
  return compute_check(p, v, err);
}

static status check_score(const program *p, const program_variable *v, const variable_traits *traits,
                          error *err) {
  TRY(check_inputs_numeric(p, v, traits, err));
  TRY(check_shifts(v, err));
  return score_check(p, v, err);
}

static status check_distance(const program *p, const program_variable *v, const variable_traits *traits,
                             error *err) {
  const program_variable *input = &p->variables[v->inputs[0]];
  if (input->kind != VARIABLE_CLUSTER) {
    return refuse_input(v, traits, input, "a cluster", err);
  }
  return distance_check(p, v, err);
}

static const struct derived_check {
  variable_kind kind;
  status (*check)(const program *p, const program_variable *v, const variable_traits *traits, error *err);
} derived_checks[] = {
    {VARIABLE_RECODE, check_recode},   {VARIABLE_PERIOD, check_period},
    {VARIABLE_TOP, check_top},         {VARIABLE_MEAN, check_mean},
    {VARIABLE_OPTION, check_option},   {VARIABLE_RANK, check_rank},
    {VARIABLE_CLUSTER, check_cluster}, {VARIABLE_DIFFERENCE, check_difference},
    {VARIABLE_COMPUTE, check_nodes},   {VARIABLE_CONDITION, check_nodes},
    {VARIABLE_CROSS, check_cross},     {VARIABLE_REPLICATE, check_replicate},
    {VARIABLE_SCORE, check_score},     {VARIABLE_DISTANCE, check_distance},
};

status variable_check(const program *p, const program_variable *v, variable_facts_known *known, error *err) {
  const variable_traits *traits = variable_traits_of((uint32_t)v->kind);
  if (traits == NULL) {
    return error_set(err, STATUS_USAGE, "variable '%s': unknown kind %d", variable_shown(v), (int)v->kind);
  }
  TRY(variable_check_text(v, slice_of(v->name), "name", err));
  TRY(check_read_fields(v, traits->fields, err));
  if (traits->fields & FIELD_INPUTS) {
    TRY(check_inputs(p, v, traits, &known->depth, err));
    for (size_t i = 0; i < sizeof derived_checks / sizeof derived_checks[0]; i++) {
      if (derived_checks[i].kind == v->kind) {
        TRY(derived_checks[i].check(p, v, traits, err));
      }
    }
  }
  TRY(variable_known_loops(p, v, &known->loops, err));
  return variable_known(p, v, known, err);
}
