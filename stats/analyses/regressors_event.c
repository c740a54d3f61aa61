/* The event of a regression, and what texts of a specification mean: keys, codes, ranges of codes, labels. */
#include <string.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/regressors.h"

/* ---- What a text means -----------------------------------------------------------------------------------
 */

static bool is_label_of(const plan_value_label *v, slice text) {
  for (int l = 0; l < LANGUAGES; l++) {
    if (v->label.text[l] != NULL && slice_equal(slice_of(v->label.text[l]), text)) {
      return true;
    }
  }
  return false;
}

slice regressors_key_meant(const plan *p, uint32_t item, slice text) {
  const plan_variable *v = &p->variables[item];
  for (uint32_t i = 0; i < v->values_count; i++) {
    if (v->values[i].is_text && slice_equal(v->values[i].text, text)) {
      return text;
    }
  }
  for (uint32_t i = 0; i < v->values_count; i++) {
    if (v->values[i].is_text && is_label_of(&v->values[i], text)) {
      return v->values[i].text;
    }
  }
  return text;
}

static bool parse_code(slice text, int64_t *code) {
  decimal number;
  if (!decimal_parse(text, '.', &number) || number.mantissa % decimal_power10(number.scale) != 0) {
    return false;
  }
  *code = number.mantissa / decimal_power10(number.scale);
  return true;
}

/* The code that a label, or an answer text of a scale, stands for. */
static bool named_code(const plan *p, uint32_t item, slice text, int64_t *code) {
  const plan_variable *v = &p->variables[item];
  const program_variable *in = variable_of(p, item);
  for (uint32_t i = 0; i < v->values_count; i++) {
    if (!v->values[i].is_text && is_label_of(&v->values[i], text)) {
      *code = v->values[i].number;
      return true;
    }
  }
  for (uint32_t i = 0; in->kind == VARIABLE_SCALE && i < in->rules_count; i++) {
    const int64_t written = in->rules[i].value.mantissa;
    if (!in->rules[i].missing && slice_equal(in->rules[i].text, text)) {
      *code = in->reversed ? in->low + in->high - written : written;
      return true;
    }
  }
  return false;
}

/* Codes, from LOW to HIGH where there is one. */
typedef struct code_range {
  bool has_low, has_high;
  int64_t low, high;
} code_range;

/* "4", "4..5", "9..", "..6", "satisfied"; false: none of them. */
static bool codes_meant(const plan *p, uint32_t item, slice text, code_range *out) {
  *out = (code_range){.has_low = true, .has_high = true};
  if (parse_code(text, &out->low) || named_code(p, item, text, &out->low)) {
    out->high = out->low;
    return true;
  }
  size_t dots = 0;
  while (dots + 1 < text.length && memcmp(text.bytes + dots, "..", 2) != 0) {
    dots++;
  }
  if (dots + 1 >= text.length) {
    return false;
  }
  const slice low = slice_trim((slice){text.bytes, dots});
  const slice high = slice_trim((slice){text.bytes + dots + 2, text.length - dots - 2});
  out->has_low = low.length > 0;
  out->has_high = high.length > 0;
  return (out->has_low || out->has_high) && (!out->has_low || parse_code(low, &out->low)) &&
         (!out->has_high || parse_code(high, &out->high)) &&
         !(out->has_low && out->has_high && out->low > out->high);
}

/* ---- Checks ----------------------------------------------------------------------------------------------
 */

/* Flags are 0 and 1 already. */
static bool is_flag(const program_variable *v) {
  switch (v->kind) {
    case VARIABLE_TOP:
    case VARIABLE_OPTION:
    case VARIABLE_CONDITION:
      return true;
    default:
      return v->kind == VARIABLE_SCALE && v->low == 0 && v->high == 1 && !v->reversed;
  }
}

static status check_event_code(const plan *p, uint32_t variable, const char *name, slice text, error *err) {
  code_range range;
  if (!codes_meant(p, variable, text, &range)) {
    return error_set(
        err, STATUS_SPECIFICATION,
        "event: \"%.*s\" is not a code of \"%s\"; codes are whole numbers, also as a range (9..10), "
        "or a declared label",
        (int)text.length, text.bytes, name);
  }
  int64_t low = 0, high = 0;
  const int64_t ends[] = {range.low, range.high};
  const bool has[] = {range.has_low, range.has_high};
  for (int i = 0; i < 2 && codes_range(p, variable, &low, &high); i++) {
    if (has[i] && (ends[i] < low || ends[i] > high)) {
      return error_set(err, STATUS_SPECIFICATION,
                       "event: %lld is not a code of \"%s\", whose codes go from %lld to %lld",
                       (long long)ends[i], name, (long long)low, (long long)high);
    }
  }
  return STATUS_OK;
}

static status check_event_text(const plan *p, uint32_t variable, slice text, error *err) {
  const program_variable *v = variable_of(p, variable);
  const slice key = regressors_key_meant(p, variable, text);
  bool declared = v->kind != VARIABLE_NOMINAL || !v->closed;
  for (uint32_t i = 0; i < v->keys_count && !declared; i++) {
    declared = slice_equal(v->keys[i], key);
  }
  if (!declared) {
    return error_set(err, STATUS_SPECIFICATION,
                     "event: \"%.*s\" is not a declared value of \"%s\", which takes no others",
                     (int)text.length, text.bytes, p->variables[variable].name);
  }
  return STATUS_OK;
}

status regressors_check_event(const plan *p, uint32_t variable, const argument_value *events, error *err) {
  const char *name = p->variables[variable].name;
  if (events->list_count == 0 && !is_flag(variable_of(p, variable))) {
    return error_set(
        err, STATUS_SPECIFICATION,
        "event: say which values of \"%s\" are the event, as in \"event: [yes]\" or \"event: [9, 10]\"",
        name);
  }
  for (uint32_t i = 0; i < events->list_count; i++) {
    TRY(regressors_is_nominal(p, variable) ? check_event_text(p, variable, events->texts[i], err)
                                           : check_event_code(p, variable, name, events->texts[i], err));
  }
  return STATUS_OK;
}

/* ---- In the program --------------------------------------------------------------------------------------
 */

static program_range range_of(const plan *p, uint32_t variable, slice text) {
  program_range out = {.code = 1};
  code_range codes;
  if (regressors_is_nominal(p, variable)) {
    out.is_text = true;
    out.text = regressors_key_meant(p, variable, text);
  } else if (codes_meant(p, variable, text, &codes)) {
    out.has_low = codes.has_low;
    out.has_high = codes.has_high;
    out.low = (decimal){.mantissa = codes.low};
    out.high = (decimal){.mantissa = codes.high};
  }
  return out;
}

status regressors_add_event(analysis_run *run, uint32_t variable, const argument_value *events,
                            uint32_t *index, error *err) {
  const plan *p = run_plan(run);
  TRY(run_variable(run, variable, index, err));
  if (events->list_count == 0) {
    return STATUS_OK;
  }
  program_range *ranges = ARENA_ARRAY(json_arena(run_section(run)), program_range, events->list_count);
  if (ranges == NULL) {
    return error_no_memory(err, "event");
  }
  for (uint32_t i = 0; i < events->list_count; i++) {
    ranges[i] = range_of(p, variable, events->texts[i]);
  }
  return regressors_add_flag(run, p->variables[variable].name, *index, ranges, events->list_count, index,
                             err);
}

/* ---- Told ------------------------------------------------------------------------------------------------
 */

bool regressors_event_is_open(const analysis_run *run) {
  const uint32_t outcome = run_argument(run, "outcome")->variables[0];
  const program_variable *v = variable_of(run_plan(run), outcome);
  return regressors_is_nominal(run_plan(run), outcome) && !(v->kind == VARIABLE_NOMINAL && v->closed);
}

status regressors_need_event(analysis_run *run, error *err) {
  uint32_t variable = 0;
  TRY(run_variable(run, run_argument(run, "outcome")->variables[0], &variable, err));
  const program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY,
                                 .variables = &variable,
                                 .variables_count = 1,
                                 .filter = run_filter(run),
                                 .weight = run_weight(run)};
  return run_need(run, &a, err);
}

void regressors_warn_event(analysis_run *run, uint32_t asked) {
  const plan *p = run_plan(run);
  const uint32_t outcome = run_argument(run, "outcome")->variables[0];
  const argument_value *events = run_argument(run, "event");
  const frequency_state *s = run_result(run, asked);
  for (uint32_t i = 0; i < events->list_count; i++) {
    const slice key = regressors_key_meant(p, outcome, events->texts[i]);
    if (axis_find(&s->keys, true, 0, key) >= s->keys.count) {
      json *detail = regressors_outcome_detail(run);
      json_set(detail, "value", json_text(json_arena(run_section(run)), events->texts[i]));
      run_warn(run, "event_without_answers", detail);
    }
  }
}

void regressors_note_event(analysis_run *run) {
  const argument_value *events = run_argument(run, "event");
  buf values;
  buf_init(&values);
  for (uint32_t i = 0; i < events->list_count; i++) {
    buf_printf(&values, "%s%.*s", i > 0 ? ", " : "", (int)events->texts[i].length, events->texts[i].bytes);
  }
  json *detail = regressors_outcome_detail(run);
  json_set(
      detail, "values",
      json_text(json_arena(run_section(run)),
                events->list_count > 0 ? (slice){(const char *)values.data, values.length} : slice_of("1")));
  run_note(run, "note_event", detail);
  buf_fini(&values);
}
