/* Computed results of which something is to be told: those that are invalid, being too large or made of an
 * invalid answer, and those that are not 0 and were rounded to 0. */
#include "stats/stages/run.h"

static json *places_json(arena *a, const plan *p, const fact_place *places, uint32_t count) {
  json *all = json_array(a);
  for (uint32_t k = 0; k < count; k++) {
    json *place = json_object(a);
    json_set(place, "file", json_text(a, plan_file_name(p, places[k].file)));
    json_set_integer(place, "line", (int64_t)places[k].line);
    json_push(all, place);
  }
  return all;
}

static json *result_json(arena *a, const plan *p, uint32_t i, const variable_facts *facts) {
  int64_t rows = facts->answered;
  for (int r = 0; r < MISSING_REASONS; r++) {
    rows += facts->missing[r];
  }
  json *o = json_object(a);
  json_set_text(o, "name", p->variables[i].name);
  json_set_integer(o, "rows", rows);
  json_set_integer(o, "answered", facts->answered);
  json_set_integer(o, "invalid", facts->missing[MISSING_INVALID]);
  json_set(o, "places", places_json(a, p, facts->places, facts->places_count));
  json_set_integer(o, "vanished", facts->rounded);
  json_set(o, "vanished_places", places_json(a, p, facts->rounded_places, facts->rounded_places_count));
  json_set_integer(o, "decimals", p->program->variables[p->variables[i].variable].decimals);
  return o;
}

json *document_results(arena *a, const plan *p, const document_source *source) {
  json *results = json_array(a);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const variable_facts *facts =
        plan_variable_is_computed(p, i) ? source->variable(source->context, i).facts : NULL;
    if (facts != NULL && (facts->missing[MISSING_INVALID] > 0 || facts->rounded > 0)) {
      json_push(results, result_json(a, p, i, facts));
    }
  }
  return results;
}
