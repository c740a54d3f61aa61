/* Weights in the report: how their cells were read, which cannot be used, and what rounding changed. */
#include <stdio.h>
#include <string.h>

#include "stats/analyses/table.h"
#include "stats/stages/run.h"

const char *document_weight_name(const plan *p, uint32_t w) {
  const uint32_t variable = p->program->weights[w].variable;
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (p->variables[i].variable == variable) {
      return p->variables[i].name;
    }
  }
  const char *name = p->program->variables[variable].name;
  return name != NULL ? name : "";
}

static json *trouble_json(arena *a, const plan *p, weight_trouble t, const trouble_facts *facts) {
  json *o = json_object(a);
  json *places = json_array(a);
  for (uint32_t k = 0; k < facts->places_count; k++) {
    json *place = json_object(a);
    json_set(place, "file", json_text(a, plan_file_name(p, facts->places[k].file)));
    json_set_integer(place, "line", (int64_t)facts->places[k].line);
    json_set(place, "value", json_text(a, facts->places[k].text));
    json_push(places, place);
  }
  json_set_text(o, "cause", weight_trouble_name(t));
  json_set_integer(o, "n", facts->n);
  json_set(o, "places", places);
  return o;
}

static double weight_of(int64_t mantissa, unsigned decimals) {
  exact num = exact_from_i64(mantissa);
  exact den = exact_from_i64(1);
  for (unsigned i = 0; i < decimals; i++) {
    exact next = {0};
    exact_add_scaled(&next, &den, 10);
    den = next;
  }
  return exact_ratio(&num, &den);
}

static json *weight_json(arena *a, const plan *p, uint32_t w, const weights_state *s) {
  const program_weight *weight = &p->program->weights[w];
  const program_variable *v = &p->program->variables[weight->variable];
  const uint8_t decimals = v->kind == VARIABLE_NUMBER ? v->decimals : 0;
  json *o = json_object(a);
  json_set_text(o, "name", document_weight_name(p, w));
  json_set_text(o, "kind", weight->kind == WEIGHT_FREQUENCY ? "frequency" : "sampling");
  json_set_integer(o, "decimals", decimals);
  json_set_integer(o, "above_zero", s->above_zero);
  json_set_integer(o, "zero", s->zero);
  json_set_integer(o, "rounded", s->rounded);
  json_set_number(o, "rounding_error", weight_of(s->error, 18));
  if (s->above_zero > 0) {
    json_set_number(o, "smallest", weight_of(s->smallest, decimals));
    json_set_number(o, "largest", weight_of(s->largest, decimals));
  } else {
    json_set(o, "smallest", json_null(a));
    json_set(o, "largest", json_null(a));
  }
  json *troubles = json_array(a);
  for (int t = 0; t < WEIGHT_TROUBLES; t++) {
    if (s->troubles[t].n > 0) {
      json_push(troubles, trouble_json(a, p, (weight_trouble)t, &s->troubles[t]));
    }
  }
  json_set(o, "troubles", troubles);
  return o;
}

json *document_weights(arena *a, const plan *p, const document_source *source) {
  json *all = json_array(a);
  for (uint32_t w = 0; w < p->program->weights_count; w++) {
    const weights_state *s = source->weight(source->context, w);
    if (s != NULL) {
      json_push(all, weight_json(a, p, w, s));
    }
  }
  return all;
}

status document_check_weight(const plan *p, uint32_t w, const weights_state *s, error *err) {
  enum { SHOWN = 3 };
  const trouble_facts *t = &s->troubles[WEIGHT_FRACTIONAL];
  if (t->n == 0) {
    return STATUS_OK;
  }
  buf cells;
  buf_init(&cells);
  for (uint32_t k = 0; k < t->places_count && k < SHOWN; k++) {
    const slice file = plan_file_name(p, t->places[k].file);
    buf_printf(&cells, "%s%.*s:%llu '%.*s'", k > 0 ? ", " : "", SLICE_ARG(file),
               (unsigned long long)t->places[k].line, SLICE_ARG(t->places[k].text));
  }
  char count[TEXT_COUNT_BYTES];
  status st =
      error_set(err, STATUS_DATA,
                "weight '%s' is a frequency weight, which counts equal rows, and has fractions in %s "
                "%s: %.*s%s; weights that say how many people of the population a row represents are "
                "kind: sampling",
                document_weight_name(p, w), text_of_count((uint64_t)t->n, count), t->n == 1 ? "row" : "rows",
                (int)cells.length, (const char *)cells.data, t->n > SHOWN ? ", ..." : "");
  buf_fini(&cells);
  return st;
}

/* With a member for each trouble from FIRST to LAST; nothing when there is none. */
static void warn(analysis_run *run, const weights_state *s, const char *code, weight_trouble first,
                 weight_trouble last) {
  json *detail = run_detail(run);
  int64_t n = 0;
  for (weight_trouble t = first; t <= last; t++) {
    char key[32];
    snprintf(key, sizeof key, "n_%s", weight_trouble_name(t));
    n += s->troubles[t].n;
    json_set_integer(detail, key, s->troubles[t].n);
  }
  if (n > 0) {
    json_set_text(detail, "item", document_weight_name(run->plan, run->request->weight));
    json_set_integer(detail, "n", n);
    json_set_integer(detail, "rows", run_base(run)->rows);
    run_warn(run, code, detail);
  }
}

void document_warn_weight(analysis_run *run, const weights_state *s) {
  warn(run, s, "weight_unusable", WEIGHT_MISSING, WEIGHT_NEGATIVE);
  warn(run, s, "weight_few_digits", WEIGHT_FEW_DIGITS, WEIGHT_FEW_DIGITS);
}
