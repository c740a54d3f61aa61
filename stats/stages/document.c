/* The report document around the analyses' sections: facts of the data, labels, settings.
 * docs/report.md is its reference. */
#include <stdlib.h>
#include <string.h>

#include "stats/stages/run.h"

static const char *variable_kind_name(variable_kind kind) {
  static const struct {
    variable_kind kind;
    const char *name;
  } names[] = {
      {VARIABLE_SCALE, "scale"},       {VARIABLE_NOMINAL, "nominal"},
      {VARIABLE_NUMBER, "number"},     {VARIABLE_DATE, "date"},
      {VARIABLE_TEXT, "text"},         {VARIABLE_MULTI_CELL, "multi"},
      {VARIABLE_MULTI_FLAGS, "multi"}, {VARIABLE_RECODE, "recode"},
      {VARIABLE_PERIOD, "period"},     {VARIABLE_TOP, "flag"},
      {VARIABLE_MEAN, "mean"},         {VARIABLE_OPTION, "flag"},
      {VARIABLE_CLUSTER, "segment"},   {VARIABLE_DIFFERENCE, "difference"},
      {VARIABLE_CROSS, "crossing"},    {VARIABLE_LOOP, "loop"},
      {VARIABLE_COMPUTE, "computed"},  {VARIABLE_CONDITION, "flag"},
      {VARIABLE_RANK, "rank"},         {VARIABLE_REPLICATE, "replicate"},
      {VARIABLE_SCORE, "score"},       {VARIABLE_DISTANCE, "distance"},
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].kind == kind) {
      return names[i].name;
    }
  }
  return "variable";
}

/* Adds the names of what VARIABLE crosses, in the order of its keys' parts; false: one of them has none. */
static bool add_crossed(const plan *p, uint32_t variable, json *names) {
  const program_variable *v = &p->program->variables[variable];
  bool well = true;
  for (uint32_t i = 0; v->kind == VARIABLE_CROSS && well && i < v->inputs_count; i++) {
    well = add_crossed(p, v->inputs[i], names);
  }
  if (v->kind == VARIABLE_CROSS) {
    return well;
  }
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (p->variables[i].variable == variable) {
      json_push(names, json_text(json_arena(names), slice_of(p->variables[i].name)));
      return true;
    }
  }
  return false;
}

static json *variables_json(arena *a, const plan *p) {
  json *all = json_object(a);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const plan_variable *v = &p->variables[i];
    json *o = json_object(a);
    const program_variable *in_program = &p->program->variables[v->variable];
    json_set_text(o, "kind", in_program->is_ranking ? "ranking" : variable_kind_name(in_program->kind));
    json_set(o, "label", plan_label_json(&v->label, a));
    if (in_program->kind == VARIABLE_SCALE) {
      json *range = json_array(a);
      json_push(range, json_integer(a, in_program->low));
      json_push(range, json_integer(a, in_program->high));
      json_set(o, "range", range);
    }
    json *crossed = json_array(a);
    if (in_program->kind == VARIABLE_CROSS && add_crossed(p, v->variable, crossed)) {
      json_set(o, "crosses", crossed);
    }
    json *values = json_array(a);
    for (uint32_t k = 0; k < v->values_count; k++) {
      const plan_value_label *value = &v->values[k];
      json *entry = json_object(a);
      json_set(entry, "key", value->is_text ? json_text(a, value->text) : json_integer(a, value->number));
      json_set(entry, "label", plan_label_json(&value->label, a));
      json_push(values, entry);
    }
    json_set(o, "values", values);
    json_set(all, v->name, o);
  }
  return all;
}

/* A member only where there are any: "blank_rows":{"lines":[3,4],"n":2}. */
static void set_skipped(json *o, const char *key, const file_skipped *s) {
  if (s->count == 0) {
    return;
  }
  json *skipped = json_object(json_arena(o));
  json *lines = json_array(json_arena(o));
  for (uint32_t i = 0; i < s->lines_count; i++) {
    json_push(lines, json_integer(json_arena(o), (int64_t)s->lines[i]));
  }
  json_set_integer(skipped, "n", (int64_t)s->count);
  json_set(skipped, "lines", lines);
  json_set(o, key, skipped);
}

static const char *const skip_keys[FILE_SKIPS] = {
    [FILE_BLANK_ROWS] = "blank_rows", [FILE_REPEATED_HEADERS] = "repeated_headers", [FILE_TOTALS] = "totals"};

static const char *const remark_keys[FILE_REMARKS] = {[FILE_HIDDEN_ROWS] = "hidden_rows",
                                                      [FILE_LONG_NUMBERS] = "long_numbers",
                                                      [FILE_FAR_CELLS] = "far_cells",
                                                      [FILE_MAYBE_TOTALS] = "maybe_totals"};

/* As what the file was read, where that is more than a table below one line of titles. */
static void set_read_as(json *o, const file_reading *r) {
  static const char *const notices[FILE_NOTICES] = {
      [FILE_NOTICE_SEP_LINE] = "sep_line",         [FILE_NOTICE_UTF16] = "utf16",
      [FILE_NOTICE_UTF8_ALREADY] = "utf8_already", [FILE_NOTICE_DELIMITER_TIED] = "delimiter_tied",
      [FILE_NOTICE_OTHER_SHEETS] = "other_sheets", [FILE_NOTICE_MERGED_CELLS] = "merged_cells",
      [FILE_NOTICE_FORMULAS] = "formulas"};
  if (r->format.length == 0 && r->header_rows <= 1 && r->skipped == 0 && r->notices == 0 &&
      r->sheet.length == 0) {
    return;
  }
  arena *a = json_arena(o);
  json *read_as = json_object(a);
  json *list = json_array(a);
  for (int i = 0; i < FILE_NOTICES; i++) {
    if ((r->notices >> i & 1) != 0) {
      json_push(list, json_text(a, slice_of(notices[i])));
    }
  }
  json_set(read_as, "format", r->format.length > 0 ? json_text(a, r->format) : json_null(a));
  json_set_integer(read_as, "header_rows", r->header_rows);
  json_set_integer(read_as, "skipped_lines", (int64_t)r->skipped);
  json_set(read_as, "notices", list);
  if (r->sheet.length > 0) {
    json_set(read_as, "sheet", json_text(a, r->sheet));
  }
  json_set(o, "read_as", read_as);
}

static json *files_json(arena *a, const plan *p, const document_source *source) {
  json *files = json_array(a);
  for (uint32_t i = 0; i < p->files_count; i++) {
    const file_facts *f = &p->files[i];
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&f->sha256, hex);
    json *o = json_object(a);
    json_set(o, "name", json_text(a, f->name));
    json_set_text(o, "sha256", hex);
    json_set_integer(o, "bytes", (int64_t)f->bytes);
    json_set_integer(o, "records", (int64_t)f->records);
    json_set_integer(o, "quarantined", (int64_t)f->quarantined);
    json *places = json_array(a);
    for (uint32_t k = 0; k < f->places_count; k++) {
      json *place = json_object(a);
      json_set_integer(place, "line", (int64_t)f->places[k].line);
      json_set(place, "problem", json_text(a, f->places[k].problem));
      json_push(places, place);
    }
    json_set(o, "places", places);
    set_read_as(o, &f->reading);
    for (int k = 0; k < FILE_SKIPS; k++) {
      set_skipped(o, skip_keys[k], &f->skipped[k]);
    }
    for (int k = 0; k < FILE_REMARKS; k++) {
      set_skipped(o, remark_keys[k], &f->reading.remarks[k]);
    }
    document_lost_of_file(o, i, source->lost, source->lost_count);
    json_push(files, o);
  }
  return files;
}

static json *places_json(arena *a, const plan *p, const program_variable *v, const fact_place *places,
                         uint32_t count) {
  json *all = json_array(a);
  for (uint32_t k = 0; k < count; k++) {
    const fact_place *at = &places[k];
    json *place = json_object(a);
    json_set(place, "file", json_text(a, plan_file_name(p, at->file)));
    json_set_integer(place, "line", (int64_t)at->line);
    if (v->kind == VARIABLE_MULTI_FLAGS) {
      json_set_text(place, "column", v->columns[at->column]);
    }
    json_set(place, "value", json_text(a, at->text));
    json_push(all, place);
  }
  return all;
}

static json *facts_json(arena *a, const plan *p, uint32_t variable, const variable_facts *facts) {
  const program_variable *v = &p->program->variables[p->variables[variable].variable];
  json *o = json_object(a);
  json_set_text(o, "name", p->variables[variable].name);
  json_set_integer(o, "answered", facts->answered);
  json_set_integer(o, "invalid", facts->missing[MISSING_INVALID]);
  json_set_integer(o, "rounded", facts->rounded);
  json *missing = json_object(a);
  for (int r = 0; r < MISSING_REASONS; r++) {
    if (facts->missing[r] > 0 && r != MISSING_INVALID) {
      json_set_integer(missing, missing_name((missing_reason)r), facts->missing[r]);
    }
  }
  json_set(o, "missing", missing);
  json_set(o, "places", places_json(a, p, v, facts->places, facts->places_count));
  if (facts->tidied > 0) {
    json_set_integer(o, "tidied", facts->tidied);
    json_set(o, "tidied_places", places_json(a, p, v, facts->tidied_places, facts->tidied_places_count));
  }
  if (facts->percents > 0 && facts->percents < facts->answered) { /* all of them: one notation */
    json_set_integer(o, "percents", facts->percents);
    json_set(o, "percent_places", places_json(a, p, v, facts->percent_places, facts->percent_places_count));
  }
  return o;
}

/* Only a weight: what rounding changed in it is reported with the weights. */
static const weights_state *weight_alone(const plan *p, uint32_t variable, bool used,
                                         const document_source *source) {
  for (uint32_t w = 0; w < p->program->weights_count && !used; w++) {
    if (strcmp(document_weight_name(p, w), p->variables[variable].name) == 0) {
      return source->weight(source->context, w);
    }
  }
  return NULL;
}

static double magnitude_value(decimal_magnitude m) {
  char text[DECIMAL_MAGNITUDE_TEXT_BYTES];
  (void)decimal_magnitude_format(m, text);
  return strtod(text, NULL);
}

/* Members only where there are any: the first rounded cells, and the decimals that a large number displaced.
 */
static void set_rounding(json *o, const plan *p, uint32_t variable, const variable_facts *facts) {
  arena *a = json_arena(o);
  const plan_variable *planned = &p->variables[variable];
  const program_variable *v = &p->program->variables[planned->variable];
  if (facts->rounded_places_count > 0) {
    json_set(o, "rounded_places", places_json(a, p, v, facts->rounded_places, facts->rounded_places_count));
  }
  if (v->kind == VARIABLE_NUMBER && planned->decimals_declared > v->decimals) {
    json *decimals = json_object(a);
    json_set_integer(decimals, "declared", planned->decimals_declared);
    json_set_integer(decimals, "kept", v->decimals);
    json_set_number(decimals, "largest", magnitude_value(planned->largest));
    json_set(o, "decimals", decimals);
  }
}

/* The columns that some files do not have; a member only where there are any. */
static void set_absences(json *o, const plan *p, const plan_variable *planned) {
  arena *a = json_arena(o);
  json *all = json_array(a);
  const bool is_set = p->program->variables[planned->variable].kind == VARIABLE_MULTI_FLAGS;
  for (uint32_t i = 0; i < planned->absences_count; i++) {
    const plan_absence *absence = &planned->absences[i];
    json *entry = json_object(a);
    json *files = json_array(a);
    for (uint32_t k = 0; k < absence->files_count && k < PLAN_ABSENCE_FILES; k++) {
      json_push(files, json_text(a, plan_file_name(p, absence->files[k])));
    }
    json_set_text(entry, "column", absence->column);
    json_set_integer(entry, "n", absence->files_count);
    json_set_text(entry, "as", is_set ? "not_chosen" : "not_asked");
    json_set(entry, "files", files);
    json_push(all, entry);
  }
  if (planned->absences_count > 0) {
    json_set(o, "absent", all);
  }
}

/* What the codebook left to the dictionary of the data; members only where there is something. */
static void set_taken(json *o, const plan *p, const plan_variable *planned) {
  arena *a = json_arena(o);
  json *taken = json_array(a);
  for (int i = 0; i < PLAN_TAKEN; i++) {
    if ((planned->taken >> i & 1) != 0) {
      json_push(taken, json_text(a, slice_of(plan_taken_name((plan_taken)i))));
    }
  }
  if (planned->taken != 0) {
    json_set(o, "from_dictionary", taken);
  }
  if (planned->codes_differ > 0) {
    json_set(o, "other_dictionary", json_text(a, plan_file_name(p, planned->codes_differ - 1)));
  }
}

static json *variables_facts(arena *a, const plan *p, const bool *used, const document_source *source,
                             int64_t *invalid) {
  json *variables = json_array(a);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const variable_told v = source->variable(source->context, i);
    if (v.facts != NULL && p->variables[i].in_codebook) {
      json *facts = facts_json(a, p, i, v.facts);
      const weights_state *weight = weight_alone(p, i, used[i], source);
      if (weight != NULL) {
        json_set_integer(facts, "rounded", weight->rounded);
      } else {
        set_rounding(facts, p, i, v.facts);
      }
      document_invalid_texts(facts, p, v.invalid);
      set_absences(facts, p, &p->variables[i]);
      set_taken(facts, p, &p->variables[i]);
      json_push(variables, facts);
      *invalid += v.facts->missing[MISSING_INVALID];
    }
  }
  return variables;
}

static json *data_json(arena *a, const plan *p, const bool *used, const document_source *source) {
  int64_t rows = 0;
  int64_t quarantined = 0;
  int64_t skipped[FILE_SKIPS] = {0};
  int64_t invalid = 0;
  for (uint32_t i = 0; i < p->files_count; i++) {
    rows += (int64_t)(p->files[i].records - file_facts_left_out(&p->files[i]));
    quarantined += (int64_t)p->files[i].quarantined;
    for (int k = 0; k < FILE_SKIPS; k++) {
      skipped[k] += (int64_t)p->files[i].skipped[k].count;
    }
  }
  json *variables = variables_facts(a, p, used, source, &invalid);
  json *data = json_object(a);
  json_set(data, "files", files_json(a, p, source));
  const int64_t lost = (int64_t)document_lost(data, source->lost, source->lost_count);
  if (p->weight_offered != NULL) {
    json_set_text(data, "weight_offered", p->weight_offered);
  }
  json_set_integer(data, "rows", rows - lost);
  json_set_integer(data, "quarantined", quarantined);
  for (int k = 0; k < FILE_SKIPS; k++) {
    if (skipped[k] > 0) {
      json_set_integer(data, skip_keys[k], skipped[k]);
    }
  }
  json_set_integer(data, "invalid", invalid);
  json_set(data, "variables", variables);
  json *results = document_results(a, p, source);
  if (json_count(results) > 0) {
    json_set(data, "results", results);
  }
  json_set(data, "weights", document_weights(a, p, source));
  return data;
}

/* A copy that lives as long as the document. */
static json *report_json(arena *a, const json *report) {
  json *copy = NULL;
  buf text;
  buf_init(&text);
  json_write(report, &text);
  if (text.failed ||
      json_parse(a, (slice){(const char *)text.data, text.length}, "report", &copy, NULL) != STATUS_OK) {
    copy = NULL; /* memory is used up, which the arena says */
  }
  buf_fini(&text);
  return copy;
}

status document_head(arena *a, const plan *p, const document_source *source, json **out, error *err) {
  bool *used = calloc((size_t)p->variables_count + 1, sizeof *used);
  if (used == NULL) {
    return error_no_memory(err, "the report");
  }
  status st = plan_uses(p, used, err);
  if (st == STATUS_OK) {
    json *canvass = json_object(a);
    json_set_integer(canvass, "report", 1);
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&p->specification, hex);
    *out = json_object(a);
    json_set(*out, "canvass", canvass);
    json_set_text(*out, "specification", hex);
    json_set(*out, "title", plan_label_json(&p->title, a));
    json_set(*out, "data", data_json(a, p, used, source));
    if (p->report != NULL) {
      json_set(*out, "report", report_json(a, p->report));
    }
    json_set(*out, "variables", variables_json(a, p));
  }
  free(used);
  return st;
}

json *document_section(arena *a, const plan *p, const plan_analysis *request) {
  json *settings = json_object(a);
  json_set_number(settings, "confidence", request->confidence);
  json_set_integer(settings, "seed", (int64_t)request->seed);
  json_set(settings, "weight", json_null(a));
  json_set(settings, "weight_kind", json_null(a));
  json_set(settings, "where", json_null(a));
  if (request->weight != PROGRAM_NONE) {
    const program_weight *w = &p->program->weights[request->weight];
    json_set_text(settings, "weight", document_weight_name(p, request->weight));
    json_set_text(settings, "weight_kind", w->kind == WEIGHT_FREQUENCY ? "frequency" : "sampling");
  }
  if (request->loops > 0) {
    json_set_text(settings, "stack", request->stack);
    json_set_integer(settings, "loops", request->loops);
  }
  if (request->filter_text != NULL) {
    json_set_text(settings, "where", request->filter_text);
  }
  json *section = json_object(a);
  json_set_text(section, "analysis", request->kind);
  json_set_text(section, "name", request->name);
  json_set(section, "label", plan_label_json(&request->label, a));
  json_set(section, "settings", settings);
  json_set(section, "tables", json_array(a));
  json_set(section, "warnings", json_array(a));
  json_set(section, "notes", json_array(a));
  return section;
}

void document_base(json *section, const base_state *base) {
  json *settings = (json *)json_get(section, "settings");
  json *o = json_object(json_arena(section));
  json_set_integer(o, "rows", base->rows);
  json_set_integer(o, "used", base->used);
  json_set_integer(o, "weight_unusable", base->weight_unusable);
  json_set_integer(o, "weight_zero", base->weight_zero);
  json_set_integer(o, "filtered_out", base->filtered_out);
  json_set_integer(o, "filter_unknown", base->filter_unknown);
  if (json_get(settings, "loops") != NULL) {
    json_set_integer(o, "respondents", base->respondents);
  }
  json_set(settings, "base", o);
}
