#include "stats/analyses/regressors.h"

#include <math.h>
#include <string.h>

#include "stats/analyses/levels.h"
#include "stats/methods/collinear.h"

bool regressors_is_nominal(const plan *p, uint32_t item) {
  const program_variable *v = variable_of(p, item);
  return program_variable_form(v) == FORM_CODED && !program_variable_is_numeric_coded(v);
}

bool regressors_have_levels(const analysis_run *run) {
  return regressors_levels_count(run) > 0;
}

status regressors_need(analysis_run *run, error *err) {
  const argument_value *predictors = run_argument(run, "predictors");
  for (uint32_t i = 0; i < predictors->variables_count; i++) {
    if (!regressors_is_nominal(run_plan(run), predictors->variables[i])) {
      continue;
    }
    uint32_t variable = 0;
    TRY(run_variable(run, predictors->variables[i], &variable, err));
    const program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY,
                                   .variables = &variable,
                                   .variables_count = 1,
                                   .filter = run_filter(run),
                                   .weight = run_weight(run)};
    TRY(run_need(run, &a, err));
  }
  return STATUS_OK;
}

/* ---- The columns --------------------------------------------------------------------------------- */

/* Whether text I of the references is meant for ITEM. */
static bool is_for(const argument_value *references, uint32_t i, uint32_t item) {
  return references->variables_count == 0 || references->variables[i] == item;
}

/* Whether the request names KEY of ITEM, or its label, as the reference. */
static bool is_reference(const analysis_run *run, uint32_t item, slice key) {
  const argument_value *references = run_argument(run, "reference");
  for (uint32_t i = 0; i < references->list_count; i++) {
    if (is_for(references, i, item) &&
        slice_equal(regressors_key_meant(run_plan(run), item, references->texts[i]), key)) {
      return true;
    }
  }
  return false;
}

static status add_column(regressors *out, regressor column, error *err) {
  if (out->count == REGRESSORS_MAX) {
    return error_set(
        err, STATUS_LIMIT,
        "the predictors have more than %d columns, an indicator for each value of a nominal one; "
        "name fewer predictors, or put values together with a recode",
        REGRESSORS_MAX);
  }
  out->at[out->count++] = column;
  return STATUS_OK;
}

/* WHOLE: without a reference, an indicator for each key. */
static status add_nominal(analysis_run *run, uint32_t predictor, const frequency_state *s, bool whole,
                          regressors *out, error *err) {
  const uint32_t item = run_argument(run, "predictors")->variables[predictor];
  arena *memory = json_arena(run_section(run));
  const axis *keys = &s->keys;
  const uint32_t *order = keys_in_order(memory, run_plan(run), item, keys, false);
  if (order == NULL) {
    return error_no_memory(err, "predictors");
  }
  uint32_t reference = keys->count;
  for (uint32_t i = keys->count; i-- > 0;) {
    const bool named = is_reference(run, item, keys->texts[order[i]]);
    const bool before = reference < keys->count && is_reference(run, item, keys->texts[reference]);
    reference = named || !before ? order[i] : reference;
  }
  if (keys->count < 2) { /* a column that is constant, so that its rows count as the others' do */
    return add_column(
        out, (regressor){predictor, item, true, keys->count == 1 ? keys->texts[0] : slice_of("")}, err);
  }
  for (uint32_t i = 0; i < keys->count; i++) {
    if (order[i] != reference || whole) {
      TRY(add_column(out, (regressor){predictor, item, true, keys->texts[order[i]]}, err));
    }
  }
  out->references[predictor] = whole ? slice_of("") : keys->texts[reference];
  return STATUS_OK;
}

static status make_room(analysis_run *run, regressors *out, error *err) {
  arena *memory = json_arena(run_section(run));
  *out = (regressors){.predictors_count = run_argument(run, "predictors")->variables_count};
  out->references = ARENA_ARRAY(memory, slice, out->predictors_count);
  out->at = ARENA_ARRAY(memory, regressor, REGRESSORS_MAX);
  return out->references != NULL && out->at != NULL ? STATUS_OK : error_no_memory(err, "predictors");
}

/* Whether a column of item ITEM, or its reference, is KEY. */
static bool has_key(const regressors *r, const argument_value *predictors, uint32_t item, slice key) {
  for (uint32_t k = 0; k < r->predictors_count; k++) {
    if (predictors->variables[k] == item && r->references[k].length > 0 &&
        slice_equal(r->references[k], key)) {
      return true;
    }
  }
  for (uint32_t k = 0; k < r->count; k++) {
    if (r->at[k].item == item && r->at[k].is_indicator && slice_equal(r->at[k].key, key)) {
      return true;
    }
  }
  return false;
}

static bool is_declared(const plan_variable *v, slice key) {
  for (uint32_t i = 0; i < v->values_count; i++) {
    if (v->values[i].is_text && slice_equal(v->values[i].text, key)) {
      return true;
    }
  }
  return false;
}

/* Warns of a text of "reference" that no row answers: it is declared, or nobody knows it. */
static void warn_reference(analysis_run *run, const regressors *r, uint32_t at) {
  const plan *p = run_plan(run);
  const argument_value *given = run_argument(run, "reference"), *predictors = run_argument(run, "predictors");
  json *detail = run_detail(run);
  bool declared = false;
  for (uint32_t k = 0; k < predictors->variables_count; k++) {
    const uint32_t item = predictors->variables[k];
    if (!regressors_is_nominal(p, item) || !is_for(given, at, item)) {
      continue;
    }
    const slice key = regressors_key_meant(p, item, given->texts[at]);
    if (has_key(r, predictors, item, key)) {
      return;
    }
    if (!declared && (is_declared(&p->variables[item], key) || given->variables_count > 0)) {
      declared = true;
      json_set_text(detail, "item", p->variables[item].name);
    }
  }
  json_set(detail, "value", json_text(json_arena(run_section(run)), given->texts[at]));
  run_warn(run, declared ? "reference_without_answers" : "reference_unknown", detail);
}

uint32_t regressors_levels_count(const analysis_run *run) {
  const argument_value *predictors = run_argument(run, "predictors");
  uint32_t count = 0;
  for (uint32_t i = 0; i < predictors->variables_count; i++) {
    count += regressors_is_nominal(run_plan(run), predictors->variables[i]);
  }
  return count;
}

status regressors_read(analysis_run *run, uint32_t first, bool constant, regressors *out, error *err) {
  const argument_value *predictors = run_argument(run, "predictors");
  bool whole = !constant;
  TRY(make_room(run, out, err));
  for (uint32_t i = 0; i < out->predictors_count; i++) {
    const uint32_t item = predictors->variables[i];
    if (regressors_is_nominal(run_plan(run), item)) {
      TRY(add_nominal(run, i, run_result(run, first++), whole, out, err));
      whole = false;
    } else {
      TRY(add_column(out, (regressor){.predictor = i, .item = item}, err));
    }
  }
  for (uint32_t i = 0; i < run_argument(run, "reference")->list_count; i++) {
    warn_reference(run, out, i);
  }
  return STATUS_OK;
}

/* ---- Their variables ------------------------------------------------------------------------------ */

status regressors_add_flag(analysis_run *run, const char *name, uint32_t input, program_range *ranges,
                           uint32_t count, uint32_t *index, error *err) {
  const program_variable v = {.kind = VARIABLE_RECODE,
                              .name = name,
                              .inputs = &input,
                              .inputs_count = 1,
                              .ranges = ranges,
                              .ranges_count = count,
                              .has_else = true};
  return run_add_variable(run, &v, index, err);
}

status regressors_add(analysis_run *run, const regressors *r, uint32_t *variables, error *err) {
  for (uint32_t i = 0; i < r->count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(run, r->at[i].item, &variable, err));
    variables[i] = variable;
    if (r->at[i].is_indicator) {
      program_range range = {.is_text = true, .text = r->at[i].key, .code = 1};
      const char *name = run_plan(run)->variables[r->at[i].item].name;
      TRY(regressors_add_flag(run, name, variable, &range, 1, &variables[i], err));
    }
  }
  return STATUS_OK;
}

/* ---- Which of them a model can have -------------------------------------------------------------- */

/* A map of references names nominal predictors. */
static status check_references(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *predictors = request_argument(a, "predictors");
  const argument_value *references = request_argument(a, "reference");
  for (uint32_t i = 0; i < references->variables_count; i++) {
    bool found = false;
    for (uint32_t k = 0; k < predictors->variables_count; k++) {
      found = found || predictors->variables[k] == references->variables[i];
    }
    if (!found) {
      return error_set(err, STATUS_SPECIFICATION, "reference: \"%s\" is not among the predictors",
                       p->variables[references->variables[i]].name);
    }
  }
  return STATUS_OK;
}

status regressors_check(const plan *p, const plan_analysis *a, error *err) {
  TRY(check_references(p, a, err));
  const argument_value *predictors = request_argument(a, "predictors");
  const uint32_t outcome = request_argument(a, "outcome")->variables[0];
  for (uint32_t i = 0; i < a->breakdowns_count; i++) {
    for (uint32_t k = 0; k < a->breakdowns[i].count; k++) {
      if (a->breakdowns[i].variables[k] == outcome) {
        return error_set(err, STATUS_SPECIFICATION,
                         "by: \"%s\" is the outcome, which is the same in all rows of such a group",
                         p->variables[outcome].name);
      }
    }
  }
  for (uint32_t i = 0; i < predictors->variables_count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      if (predictors->variables[i] == predictors->variables[k]) {
        return error_set(err, STATUS_SPECIFICATION, "predictors: \"%s\" is named twice; name each once",
                         p->variables[predictors->variables[i]].name);
      }
    }
    if (predictors->variables[i] == outcome) {
      return error_set(err, STATUS_SPECIFICATION,
                       "predictors: \"%s\" is the outcome; an outcome does not explain itself",
                       p->variables[outcome].name);
    }
  }
  return STATUS_OK;
}

static json *column_detail(const group_walk *w, const regressor *column) {
  json *detail = run_detail(w->run);
  arena *memory = json_arena(run_section(w->run));
  json_set_text(detail, "item", run_plan(w->run)->variables[column->item].name);
  json_set(detail, "value", column->is_indicator ? json_text(memory, column->key) : json_null(memory));
  json_set(detail, "group", group_json(w));
  return detail;
}

/* Names the columns of SET, the dropped one AT first. */
static void warn_determined(const regressors *r, const group_walk *w, uint32_t at, const bool *set) {
  const regressor *column = &r->at[at];
  buf names;
  buf_init(&names);
  for (uint32_t i = 0; i < r->count; i++) {
    if (i != at && set[1 + i]) {
      buf_printf(&names, "%s", names.length > 0 ? ", " : "");
      regressors_put_name(w->run, &r->at[i], &names);
    }
  }
  json *detail = column_detail(w, column);
  json_set(detail, "others",
           json_text(json_arena(run_section(w->run)), (slice){(const char *)names.data, names.length}));
  run_warn(w->run, column->is_indicator ? "determined_value" : "determined_column", detail);
  buf_fini(&names);
}

/* Where no row of the group has the reference of a nominal predictor, its first key that rows have takes the
 * place: LOCAL is set for that column, which no longer varies in PART. */
static void take_local_references(const regressors *r, const group_walk *w, const double *mean, double *part,
                                  bool *local) {
  const uint32_t p = 1 + r->count;
  for (uint32_t i = 0; i < r->count; i++) {
    const uint32_t predictor = r->at[i].predictor;
    double sum = 0;
    uint32_t first = r->count;
    for (uint32_t k = i; k < r->count && r->at[k].predictor == predictor; k++) {
      sum += mean[1 + k];
      first = first == r->count && mean[1 + k] > 0 ? k : first;
    }
    const bool begins = i == 0 || r->at[i - 1].predictor != predictor;
    if (!begins || r->references[predictor].length == 0 || !(fabs(sum - 1) < 1e-9) || first == r->count) {
      continue;
    }
    local[1 + first] = true;
    for (uint32_t k = 0; k < p; k++) {
      part[(size_t)(1 + first) * p + k] = part[(size_t)k * p + 1 + first] = 0;
    }
    json *detail = column_detail(w, &r->at[first]);
    json_set(detail, "reference", json_text(json_arena(run_section(w->run)), r->references[predictor]));
    run_warn(w->run, "reference_without_rows", detail);
  }
}

status regressors_choose(const regressors *r, const group_walk *w, const double *matrix, const double *mean,
                         uint32_t *kept, uint32_t *count, error *err) {
  const uint32_t p = 1 + r->count;
  arena *memory = json_arena(run_section(w->run));
  bool *dropped = ARENA_ARRAY(memory, bool, p), *sets = ARENA_ARRAY(memory, bool, (size_t)p *p);
  bool *local = ARENA_ARRAY(memory, bool, p);
  double *part = ARENA_ARRAY(memory, double, (size_t)p *p);
  if (dropped == NULL || sets == NULL || local == NULL || part == NULL) {
    return error_no_memory(err, "predictors");
  }
  for (uint32_t i = 1; i < p; i++) { /* the outcome determines nothing */
    for (uint32_t k = 1; k < p; k++) {
      part[(size_t)i * p + k] = matrix[(size_t)i * p + k];
    }
  }
  if (mean != NULL) {
    take_local_references(r, w, mean, part, local);
  }
  if (collinear_find(memory, part, p, dropped, sets) == UINT32_MAX) {
    return error_no_memory(err, "predictors");
  }
  *count = 0;
  for (uint32_t i = 1; i < p; i++) {
    const regressor *column = &r->at[i - 1];
    if (!dropped[i]) {
      kept[(*count)++] = i - 1;
    } else if (sets[(size_t)i * p + i]) {
      warn_determined(r, w, i - 1, sets + (size_t)i * p);
    } else if (!local[i]) {
      run_warn(w->run, column->is_indicator ? "value_without_rows" : "constant_item",
               column_detail(w, column));
    }
  }
  return STATUS_OK;
}

static const char *name_of(const regressors *r, const group_walk *w, uint32_t column) {
  const uint32_t outcome = run_argument(w->run, "outcome")->variables[0];
  return run_plan(w->run)->variables[column > 0 ? r->at[column - 1].item : outcome].name;
}

void regressors_warn_apart(const regressors *r, const group_walk *w, const covariance *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    for (uint32_t j = i + 1; j < c->count; j++) {
      if (c->n[(size_t)i * c->count + j] < 2) {
        json *detail = run_detail(w->run);
        json_set_text(detail, "item", name_of(r, w, i));
        json_set_text(detail, "other_item", name_of(r, w, j));
        json_set(detail, "group", group_json(w));
        json_set_integer(detail, "n", c->n[(size_t)i * c->count + j]);
        run_warn(w->run, "no_common_rows", detail);
        return;
      }
    }
  }
}

/* ---- In the report, and as bytes ------------------------------------------------------------------ */

void regressors_put_name(const analysis_run *run, const regressor *column, buf *out) {
  buf_printf(out, "%s", run_plan(run)->variables[column->item].name);
  if (column->is_indicator) {
    buf_printf(out, " = %.*s", (int)column->key.length, column->key.bytes);
  }
}

double regressors_unit(const analysis_run *run, const regressor *column) {
  const program_variable *v = variable_of(run_plan(run), column->item);
  const bool is_number = !column->is_indicator && program_variable_form(v) == FORM_NUMBER;
  return (double)decimal_power10(is_number ? v->decimals : 0);
}

void regressors_name(const regressors *r, uint32_t column, table *t) {
  table_item(t, "item", r->at[column].item);
  const axis keys = {.is_text = true, .count = 1, .texts = &r->at[column].key};
  table_key(t, "value", &keys, 0);
}

json *regressors_outcome_detail(analysis_run *run) {
  json *detail = run_detail(run);
  json_set_text(detail, "item", run_plan(run)->variables[run_argument(run, "outcome")->variables[0]].name);
  return detail;
}

void regressors_note_outcome(analysis_run *run) {
  run_note(run, "note_outcome", regressors_outcome_detail(run));
}

/* Whether the predictor has an indicator for each of its values, several, and no reference. */
static bool has_all_values(const regressors *r, uint32_t predictor) {
  uint32_t indicators = 0;
  for (uint32_t k = 0; k < r->count; k++) {
    indicators += r->at[k].predictor == predictor && r->at[k].is_indicator;
  }
  return indicators > 1 && r->references[predictor].length == 0;
}

void regressors_note(analysis_run *run, const regressors *r) {
  const argument_value *predictors = run_argument(run, "predictors");
  for (uint32_t i = 0; i < r->predictors_count; i++) {
    if (r->references[i].length > 0) {
      json *detail = run_detail(run);
      json_set_text(detail, "item", run_plan(run)->variables[predictors->variables[i]].name);
      json_set(detail, "value", json_text(json_arena(run_section(run)), r->references[i]));
      run_note(run, "note_reference", detail);
    } else if (has_all_values(r, i)) {
      json *detail = run_detail(run);
      json_set_text(detail, "item", run_plan(run)->variables[predictors->variables[i]].name);
      run_note(run, "note_all_values", detail);
    }
  }
}

void regressors_encode(const regressors *r, buf *out) {
  for (uint32_t i = 0; i < r->predictors_count; i++) {
    buf_put_slice(out, r->references[i]);
  }
  buf_put_varint(out, r->count);
  for (uint32_t i = 0; i < r->count; i++) {
    buf_put_varint(out, r->at[i].predictor);
    buf_put_u8(out, r->at[i].is_indicator);
    buf_put_slice(out, r->at[i].key);
  }
}

status regressors_decode(analysis_run *run, reader *r, regressors *out, error *err) {
  arena *memory = json_arena(run_section(run));
  const argument_value *predictors = run_argument(run, "predictors");
  TRY(make_room(run, out, err));
  for (uint32_t i = 0; i < out->predictors_count; i++) {
    out->references[i] = reader_text(r, PROGRAM_TEXT_MAX, memory);
  }
  out->count = (uint32_t)reader_count(r, REGRESSORS_MAX);
  for (uint32_t i = 0; i < out->count && r->problem == NULL; i++) {
    regressor *at = &out->at[i];
    at->predictor = (uint32_t)reader_count(r, out->predictors_count - 1);
    at->is_indicator = reader_flag(r);
    at->key = reader_text(r, PROGRAM_TEXT_MAX, memory);
    at->item = predictors->variables[at->predictor];
    if (at->is_indicator != regressors_is_nominal(run_plan(run), at->item)) {
      reader_fail(r, "a column of another kind than its predictor");
    }
  }
  return reader_status(r, "the state of a regression", err);
}
