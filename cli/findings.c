/* Reading the document again as its readers do. */
#include "cli/findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/words.h"
#include "stats/stats.h"

static const json *data_of(const findings *f) {
  return json_get(f->document, "data");
}

/* ---- What is unusable ---------------------------------------------------------------------------- */

static void add_message(json *list, const char *kind, const char *name, const buf *message) {
  arena *memory = json_arena(list);
  json *o = json_object(memory);
  json_set_text(o, kind, name);
  json_set(o, "message", json_text(memory, (slice){(const char *)message->data, message->length}));
  json_push(list, o);
}

/* "q1: none of 2,015 answers is valid; the first is at answers.csv:2" */
static void judge_item(const evaluation *e, findings *f, const json *variable, bool is_used) {
  const int64_t invalid = json_as_integer(json_get(variable, "invalid"));
  if (json_kind_of(variable) != JSON_OBJECT) {
    return; /* a document of unknown form */
  }
  if (json_as_integer(json_get(variable, "answered")) > 0 || (invalid == 0 && !is_used)) {
    return;
  }
  const char *name = json_as_cstring(json_get(variable, "name"));
  char count[WORDS_BYTES];
  buf message;
  buf_init(&message);
  if (invalid > 0) {
    const json *place = json_at(json_get(variable, "places"), 0);
    const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
    words_of_count((uint64_t)invalid, count);
    buf_printf(&message,
               text_plural((uint64_t)invalid, "%s: the %s answer is not valid; it is at %.*s:%" PRId64,
                           "%s: none of %s answers is valid; the first is at %.*s:%" PRId64),
               name, count, SLICE_ARG(file), json_as_integer(json_get(place, "line")));
  } else {
    const uint64_t rows = (uint64_t)json_as_integer(json_get(data_of(f), "rows"));
    words_of_count(rows, count);
    buf_printf(&message, text_plural(rows, "%s: no answer in %s row", "%s: no answer in any of %s rows"),
               name, count);
  }
  add_message(f->unusable, "item", name, &message);
  buf_fini(&message);
}

/* The report has the codebook's variables in the plan's order. */
static status judge_items(const evaluation *e, findings *f, error *err) {
  const plan *p = e->plan;
  bool *used = calloc((size_t)p->variables_count + 1, sizeof *used);
  if (used == NULL) {
    return error_no_memory(err, "the report");
  }
  const status st = plan_uses(p, used, err);
  const json *variables = json_get(data_of(f), "variables");
  size_t at = 0;
  for (uint32_t i = 0; st == STATUS_OK && i < p->variables_count; i++) {
    if (p->variables[i].in_codebook) {
      judge_item(e, f, json_at(variables, at++), used[i]);
    }
  }
  free(used);
  return st;
}

/* "nps: uses none of 2,015 rows: 2,000 do not fit its filter, 15 have no usable weight" */
static void judge_analysis(findings *f, const json *section) {
  const json *base = json_get(json_get(section, "settings"), "base");
  if (json_kind_of(base) != JSON_OBJECT || json_as_integer(json_get(base, "used")) > 0) {
    return;
  }
  static const struct {
    const char *key, *one, *many;
  } causes[] = {{"filtered_out", "does not fit its filter", "do not fit its filter"},
                {"weight_unusable", "has no usable weight", "have no usable weight"},
                {"weight_zero", "has the weight 0", "have the weight 0"}};
  const char *name = json_as_cstring(json_get(section, "name"));
  char count[WORDS_BYTES];
  buf message;
  buf_init(&message);
  const uint64_t rows = (uint64_t)json_as_integer(json_get(base, "rows"));
  words_of_count(rows, count);
  buf_printf(&message, text_plural(rows, "%s: does not use the %s row", "%s: uses none of %s rows"), name,
             count);
  const char *before = ": ";
  for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
    const int64_t n = json_as_integer(json_get(base, causes[i].key));
    if (n > 0) {
      words_of_count((uint64_t)n, count);
      buf_printf(&message, "%s%s %s", before, count, text_plural((uint64_t)n, causes[i].one, causes[i].many));
      before = ", ";
    }
  }
  add_message(f->unusable, "analysis", name, &message);
  buf_fini(&message);
}

/* "spent: 3 of 8 results are invalid (too large, or made of an invalid answer) and are not used; the first is
 * that of a.csv:4" */
static void judge_results(const evaluation *e, findings *f) {
  const json *results = json_get(data_of(f), "results");
  for (size_t i = 0; i < json_count(results); i++) {
    const json *result = json_at(results, i);
    const int64_t invalid = json_as_integer(json_get(result, "invalid"));
    if (invalid == 0) {
      continue;
    }
    const json *place = json_at(json_get(result, "places"), 0);
    const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
    const char *name = json_as_cstring(json_get(result, "name"));
    char count[WORDS_BYTES];
    char rows[WORDS_BYTES];
    buf message;
    buf_init(&message);
    const uint64_t all = (uint64_t)json_as_integer(json_get(result, "rows"));
    const char *is = text_plural((uint64_t)invalid, "is", "are");
    words_of_count((uint64_t)invalid, count);
    words_of_count(all, rows);
    buf_printf(&message,
               "%s: %s of %s %s %s invalid (too large, or made of an invalid answer) and %s not used; "
               "the first is that of %.*s:%" PRId64,
               name, count, rows, text_plural(all, "result", "results"), is, is, SLICE_ARG(file),
               json_as_integer(json_get(place, "line")));
    add_message(f->results, "item", name, &message);
    buf_fini(&message);
  }
}

/* "spent: 3 of 8 numbers have a per cent sign and the others have none; 50% is read as 50; the first is at
 * a.csv:4 '50%'" */
static void judge_notation(const evaluation *e, findings *f, const json *variable) {
  const int64_t percents = json_as_integer(json_get(variable, "percents"));
  if (percents <= 0) {
    return;
  }
  const json *place = json_at(json_get(variable, "percent_places"), 0);
  const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
  const char *name = json_as_cstring(json_get(variable, "name"));
  const uint64_t answered = (uint64_t)json_as_integer(json_get(variable, "answered"));
  char count[WORDS_BYTES];
  char all[WORDS_BYTES];
  buf message;
  buf_init(&message);
  words_of_count((uint64_t)percents, count);
  words_of_count(answered, all);
  buf_printf(&message,
             "%s: %s of %s numbers %s a per cent sign and %s none; 50%% is read as 50; the first is at "
             "%.*s:%" PRId64 " '%s'",
             name, count, all, text_plural((uint64_t)percents, "has", "have"),
             text_plural(answered - (uint64_t)percents, "the other has", "the others have"), SLICE_ARG(file),
             json_as_integer(json_get(place, "line")), json_as_cstring(json_get(place, "value")));
  add_message(f->notations, "item", name, &message);
  buf_fini(&message);
}

/* ---- Weights ------------------------------------------------------------------------------------- */

static bool is_used(const findings *f, const char *weight) {
  const json *sections = json_get(f->document, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    const json *given = json_get(json_get(json_at(sections, i), "settings"), "weight");
    if (strcmp(json_as_cstring(given), weight) == 0) {
      return true;
    }
  }
  return false;
}

static const json *trouble_named(const json *weight, const char *cause) {
  const json *troubles = json_get(weight, "troubles");
  for (size_t i = 0; i < json_count(troubles); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(troubles, i), "cause")), cause) == 0) {
      return json_at(troubles, i);
    }
  }
  return NULL;
}

static const struct {
  const char *cause, *why;
} unusable_weights[] = {{"missing", "missing"},
                        {"no_number", "not a number"},
                        {"too_large", "too large"},
                        {"negative", "negative"}};
enum { UNUSABLE_WEIGHTS = sizeof unusable_weights / sizeof unusable_weights[0] };

/* "1 missing (a.csv:3), 1 not a number (a.csv:5 'none')": each cause with its first place. */
static void put_causes(const evaluation *e, const json *weight, buf *message) {
  const char *before = ": ";
  for (size_t i = 0; i < UNUSABLE_WEIGHTS; i++) {
    const json *trouble = trouble_named(weight, unusable_weights[i].cause);
    if (trouble == NULL) {
      continue;
    }
    char count[WORDS_BYTES];
    const json *place = json_at(json_get(trouble, "places"), 0);
    const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
    const char *value = json_as_cstring(json_get(place, "value"));
    words_of_count((uint64_t)json_as_integer(json_get(trouble, "n")), count);
    buf_printf(message, "%s%s %s (%.*s:%" PRId64, before, count, unusable_weights[i].why, SLICE_ARG(file),
               json_as_integer(json_get(place, "line")));
    if (value[0] != '\0') {
      buf_printf(message, " '%s'", value);
    }
    buf_printf(message, ")");
    before = ", ";
  }
}

/* "w: 3 of 8 rows have no usable weight and are not used: 1 missing (a.csv:3), ..." */
static void judge_weight(const evaluation *e, findings *f, const json *weight) {
  const char *name = json_as_cstring(json_get(weight, "name"));
  int64_t unusable = 0;
  for (size_t i = 0; i < UNUSABLE_WEIGHTS; i++) {
    unusable += json_as_integer(json_get(trouble_named(weight, unusable_weights[i].cause), "n"));
  }
  if (unusable <= 0 || !is_used(f, name)) {
    return;
  }
  char count[WORDS_BYTES];
  char rows[WORDS_BYTES];
  buf message;
  buf_init(&message);
  const uint64_t all = (uint64_t)json_as_integer(json_get(data_of(f), "rows"));
  words_of_count((uint64_t)unusable, count);
  words_of_count(all, rows);
  buf_printf(&message,
             text_plural((uint64_t)unusable, "%s: %s of %s %s has no usable weight and is not used",
                         "%s: %s of %s %s have no usable weight and are not used"),
             name, count, rows, text_plural(all, "row", "rows"));
  put_causes(e, weight, &message);
  add_message(f->weights, "weight", name, &message);
  buf_fini(&message);
}

/* ---- What is lost ---------------------------------------------------------------------------------- */

/* "a.csv: 65,536 rows are lost and in no figure, from row 65,537 on (workers_lost)" */
static void judge_lost(const evaluation *e, findings *f, const json *file) {
  const json *lost = json_get(file, "lost_rows");
  const json *place = json_at(json_get(lost, "places"), 0);
  if (json_kind_of(lost) != JSON_OBJECT) {
    return;
  }
  const char *name = json_as_cstring(json_get(file, "name"));
  char rows[WORDS_BYTES];
  char first[WORDS_BYTES];
  buf message;
  buf_init(&message);
  const uint64_t n = (uint64_t)json_as_integer(json_get(lost, "n"));
  words_of_count(n, rows);
  words_of_count((uint64_t)json_as_integer(json_get(place, "row")), first);
  buf_printf(&message, "%.*s: %s %s lost and in no figure, from row %s on (%s)",
             SLICE_ARG(evaluation_title(e, slice_of(name))), rows, text_plural(n, "row is", "rows are"),
             first, json_as_cstring(json_get(place, "cause")));
  add_message(f->lost, "file", name, &message);
  buf_fini(&message);
}

/* ---- Opening ------------------------------------------------------------------------------------- */

static status judge(const evaluation *e, findings *f, error *err) {
  f->unusable = json_array(f->memory);
  f->weights = json_array(f->memory);
  f->results = json_array(f->memory);
  f->notations = json_array(f->memory);
  f->lost = json_array(f->memory);
  TRY(judge_items(e, f, err));
  const json *sections = json_get(f->document, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    judge_analysis(f, json_at(sections, i));
  }
  judge_results(e, f);
  const json *variables = json_get(data_of(f), "variables");
  for (size_t i = 0; i < json_count(variables); i++) {
    judge_notation(e, f, json_at(variables, i));
  }
  const json *files = json_get(data_of(f), "files");
  for (size_t i = 0; i < json_count(files); i++) {
    judge_lost(e, f, json_at(files, i));
  }
  const json *weights = json_get(data_of(f), "weights");
  for (size_t i = 0; i < json_count(weights); i++) {
    judge_weight(e, f, json_at(weights, i));
  }
  return arena_failed(f->memory) ? error_no_memory(err, "the report") : STATUS_OK;
}

status findings_open(const evaluation *e, const buf *report, findings *out, error *err) {
  *out = (findings){.memory = arena_new()};
  if (out->memory == NULL) {
    return error_no_memory(err, "the report");
  }
  json *document = NULL;
  status st =
      json_parse(out->memory, (slice){(const char *)report->data, report->length}, "report", &document, err);
  out->document = document;
  st = st == STATUS_OK ? judge(e, out, err) : st;
  if (st != STATUS_OK) {
    findings_close(out);
  }
  return st;
}

void findings_close(findings *f) {
  arena_destroy(f->memory);
  *f = (findings){0};
}

/* ---- Reporting and refusing ------------------------------------------------------------------------- */

static const char *message_at(const json *list, size_t i) {
  return json_as_cstring(json_get(json_at(list, i), "message"));
}

static void warn(const json *list) {
  for (size_t i = 0; i < json_count(list); i++) {
    output_complain("warning: %s", message_at(list, i));
  }
}

/* "a.csv:3: q1: '9' is not an answer that the codebook allows (the first of 1,204)" */
static void say_invalid(const evaluation *e, const json *variable) {
  const json *place = json_at(json_get(variable, "places"), 0);
  const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
  const slice column = json_as_text(json_get(place, "column")); /* of several */
  const int64_t invalid = json_as_integer(json_get(variable, "invalid"));
  char count[TEXT_COUNT_BYTES];
  buf more;
  buf_init(&more);
  if (invalid > 1) {
    buf_printf(&more, " (the first of %s)", text_of_count((uint64_t)invalid, count));
  }
  output_complain("%.*s:%lld: %s%s%.*s: '%s' is not an answer that the codebook allows%.*s", SLICE_ARG(file),
                  (long long)json_as_integer(json_get(place, "line")),
                  json_as_cstring(json_get(variable, "name")), column.length > 0 ? ", column " : "",
                  SLICE_ARG(column), json_as_cstring(json_get(place, "value")), (int)more.length,
                  more.length > 0 ? (const char *)more.data : "");
  buf_fini(&more);
}

/* Every variable with its first place: who mends one finds no other the next time. */
static status refuse_invalid(const evaluation *e, const findings *f, int64_t invalid, error *err) {
  const json *variables = json_get(data_of(f), "variables");
  uint64_t concerned = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    if (json_as_integer(json_get(json_at(variables, i), "invalid")) > 0) {
      say_invalid(e, json_at(variables, i));
      concerned++;
    }
  }
  char answers[TEXT_COUNT_BYTES];
  char count[TEXT_COUNT_BYTES];
  return error_set(err, STATUS_DATA, "--strict: invalid answers: %s, of %s variable%s",
                   text_of_count((uint64_t)invalid, answers), text_of_count(concerned, count),
                   concerned == 1 ? "" : "s");
}

status findings_refuse(const evaluation *e, const findings *f, error *err) {
  const int64_t invalid = json_as_integer(json_get(data_of(f), "invalid"));
  if (invalid > 0) {
    return refuse_invalid(e, f, invalid, err);
  }
  const json *lists[] = {f->lost, f->weights, f->notations, f->results, f->unusable};
  const char *first = "";
  size_t refused = 0;
  for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
    for (size_t i = 0; i < json_count(lists[k]); i++) {
      if (refused++ > 0) {
        output_complain("--strict: %s", message_at(lists[k], i));
      } else {
        first = message_at(lists[k], i);
      }
    }
  }
  return refused == 0 ? STATUS_OK : error_set(err, STATUS_DATA, "--strict: %s", first);
}

status findings_require_usable(const findings *f, error *err) {
  const size_t count = json_count(f->unusable);
  if (count == 0) {
    return STATUS_OK;
  }
  for (size_t i = 0; i + 1 < count; i++) {
    output_complain("%s", message_at(f->unusable, i));
  }
  return error_set(err, STATUS_DATA, "%s", message_at(f->unusable, count - 1));
}

status findings_judge(const evaluation *e, const buf *report, error *err) {
  findings f;
  TRY(findings_open(e, report, &f, err));
  status st = STATUS_OK;
  if (e->settings->strict) {
    st = findings_refuse(e, &f, err);
  } else {
    warn(f.lost);
    warn(f.weights);
    warn(f.notations);
    warn(f.results);
    warn(f.unusable);
  }
  findings_close(&f);
  return st;
}
