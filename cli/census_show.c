/* First the findings as data, then their order. */
#include "cli/census_show.h"

#include <stdlib.h>
#include <string.h>

#include "cli/reasons.h"
#include "reading/platform.h"
#include "stats/frame/frame.h"

enum { TEXTS_LISTED = 100, PASTED = 200, REPEATED_LISTED = 10, KEYS_COMPARED = 1000 };

/* One variable while its findings are gathered. */
typedef struct finding {
  const evaluation *e;
  const census_item *item;
  arena *memory;
  json *out;
  json *texts;
  buf missing, meant; /* what to paste: behind `missing:`, and behind `texts:` */
  uint32_t missing_count, meant_count;
  uint32_t declared_missing, declared_meant; /* of them, what the codebook has already */
  uint64_t undeclared;
} finding;

/* ---- What was meant ------------------------------------------------------------------------------ */

/* The rule or the value whose spelling a text is: one of both, or neither. */
typedef struct nearest {
  const program_rule *rule;
  slice value;
} nearest;

/* Options of their own columns are no texts of cells. */
static uint32_t values_of(const program_variable *v) {
  const uint32_t most = v->keys_count < KEYS_COMPARED ? v->keys_count : KEYS_COMPARED;
  return v->kind == VARIABLE_MULTI_FLAGS ? 0 : most;
}

static nearest find_nearest(const finding *f, slice text) {
  const program_variable *v = f->item->variable;
  for (uint32_t i = 0; i < v->rules_count; i++) {
    if (reason_is_spelling(text, v->rules[i].text)) {
      return (nearest){.rule = &v->rules[i]};
    }
  }
  for (uint32_t i = 0; i < values_of(v); i++) {
    if (reason_is_spelling(text, v->keys[i])) {
      return (nearest){.value = v->keys[i]};
    }
  }
  return (nearest){.rule = NULL};
}

/* As YAML and JSON alike write it. */
static void put_quoted(const finding *f, slice text, buf *out) {
  json_write(json_text(f->memory, text), out);
}

static void paste(const finding *f, buf *into, uint32_t *count, slice text, slice meaning, bool is_quoted) {
  if ((*count)++ >= PASTED) {
    return;
  }
  buf_printf(into, "%s", *count > 1 ? ", " : "");
  put_quoted(f, text, into);
  buf_printf(into, ": ");
  if (is_quoted) {
    put_quoted(f, meaning, into);
  } else {
    buf_put(into, meaning.bytes, meaning.length);
  }
}

static void paste_meaning(finding *f, slice text, const program_rule *rule) {
  char number[DECIMAL_TEXT_BYTES];
  if (rule->missing) {
    paste(f, &f->missing, &f->missing_count, text, slice_of(missing_name(rule->reason)), false);
  } else if (rule->key.length > 0) {
    paste(f, &f->meant, &f->meant_count, text, rule->key, true);
  } else {
    (void)decimal_format(decimal_normalise(rule->value), number);
    paste(f, &f->meant, &f->meant_count, text, slice_of(number), false);
  }
}

/* What to write for TEXT, if that is clear; and what it is near to. */
static void propose(finding *f, json *told, slice text) {
  const nearest n = find_nearest(f, text);
  const char *reason = reason_of_text(text);
  if (n.rule != NULL || n.value.length > 0) {
    json_set(told, "near", json_text(f->memory, n.rule != NULL ? n.rule->text : n.value));
  }
  if (n.rule != NULL) {
    paste_meaning(f, text, n.rule);
  } else if (n.value.length > 0) {
    paste(f, &f->meant, &f->meant_count, text, n.value, true);
  } else if (reason != NULL) {
    paste(f, &f->missing, &f->missing_count, text, slice_of(reason), false);
  }
}

/* ---- Texts --------------------------------------------------------------------------------------- */

static void add_text(finding *f, slice text, uint64_t n, const char *is, const char *reason,
                     const census_text *first) {
  json *o = json_object(f->memory);
  json_set(o, "text", json_text(f->memory, text));
  json_set_integer(o, "n", (int64_t)n);
  json_set_text(o, "is", is);
  if (reason != NULL) {
    json_set_text(o, "reason", reason);
  } else {
    propose(f, o, text);
  }
  if (first != NULL) {
    json_set(o, "file", json_text(f->memory, f->e->dataset->files[first->file].name));
    json_set_integer(o, "line", (int64_t)first->line);
  }
  json_push(f->texts, o);
}

static int by_count(const void *left, const void *right) {
  const census_text *a = *(const census_text *const *)left;
  const census_text *b = *(const census_text *const *)right;
  const int order = (a->n < b->n) - (a->n > b->n);
  return order != 0 ? order : slice_compare(a->text, b->text);
}

static const char *kind_of(int reason) {
  return reason == ANSWERED ? NULL : reason == MISSING_INVALID ? "invalid" : "missing";
}

/* Those that are no answers; invalid ones first. */
static void add_texts(finding *f) {
  const census_item *item = f->item;
  const census_text **sorted = ARENA_ARRAY(f->memory, const census_text *, (size_t)item->texts_count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; sorted != NULL && i < item->texts_count; i++) {
    if (item->texts[i].reason != ANSWERED) {
      sorted[count++] = &item->texts[i];
    }
  }
  if (count > 1) {
    qsort(sorted, count, sizeof sorted[0], by_count);
  }
  for (int turn = 0; turn < 2; turn++) {
    uint32_t listed = 0;
    for (uint32_t i = 0; i < count; i++) {
      const bool is_invalid = sorted[i]->reason == MISSING_INVALID;
      if (is_invalid == (turn == 0) && listed++ < TEXTS_LISTED) {
        add_text(f, sorted[i]->text, sorted[i]->n, kind_of(sorted[i]->reason),
                 is_invalid ? NULL : missing_name((missing_reason)sorted[i]->reason), sorted[i]);
      }
    }
  }
}

static int by_rows(const void *left, const void *right) {
  const census_value *a = *(const census_value *const *)left;
  const census_value *b = *(const census_value *const *)right;
  const int order = (a->n < b->n) - (a->n > b->n);
  return order != 0 ? order : text_compare_natural(a->value, b->value);
}

/* The values of L but for those that LEFT_OUT marks (NULL: none), the most frequent one first. */
static const census_value **sort_values(const finding *f, const census_list *l, const bool *left_out,
                                        uint32_t *count) {
  const census_value **sorted = ARENA_ARRAY(f->memory, const census_value *, (size_t)l->count + 1);
  *count = 0;
  for (uint32_t i = 0; sorted != NULL && i < l->count; i++) {
    if (left_out == NULL || !left_out[i]) {
      sorted[(*count)++] = &l->list[i];
    }
  }
  if (*count > 1) {
    qsort(sorted, *count, sizeof sorted[0], by_rows);
  }
  return sorted;
}

/* Values of an open list beyond the declared ones. */
static void add_undeclared(finding *f) {
  const program_variable *v = f->item->variable;
  const census_list *values = &f->item->values;
  if (v->keys_count == 0 || v->closed || v->kind == VARIABLE_MULTI_FLAGS) {
    return;
  }
  bool *is_declared = ARENA_ARRAY(f->memory, bool, (size_t)values->count + 1);
  for (uint32_t i = 0; is_declared != NULL && i < v->keys_count; i++) {
    const uint32_t place = census_list_place(values, v->keys[i]);
    is_declared[place != PLACE_NONE ? place : values->count] = true;
  }
  uint32_t count;
  const census_value **sorted = sort_values(f, values, is_declared, &count);
  for (uint32_t i = 0; is_declared != NULL && i < count; i++) {
    f->undeclared += sorted[i]->n;
    if (i < TEXTS_LISTED) {
      add_text(f, sorted[i]->value, sorted[i]->n, "undeclared", NULL, NULL);
    }
  }
  f->undeclared += f->item->values_left_out;
}

/* ---- What no cell met ---------------------------------------------------------------------------- */

static void add_unmet(json *unmet, slice text, const char *is) {
  arena *memory = json_arena(unmet);
  json *o = json_object(memory);
  json_set(o, "text", json_text(memory, text));
  json_set_text(o, "is", is);
  json_push(unmet, o);
}

/* Platforms bring rules that nobody declared. */
static bool is_of_platform(const finding *f, const program_rule *rule) {
  uint32_t first, other;
  const platform *p = platform_of_files(f->e->dataset->files, f->e->dataset->files_count, &first, &other);
  for (size_t i = 0; p != NULL && rule->missing && p->missing[i].code != NULL; i++) {
    if (slice_equal(rule->text, slice_of(p->missing[i].code))) {
      return true;
    }
  }
  return false;
}

static json *unmet_of(const finding *f) {
  const program_variable *v = f->item->variable;
  json *unmet = json_array(f->memory);
  for (uint32_t i = 0; i < v->rules_count; i++) {
    if (!is_of_platform(f, &v->rules[i]) && !census_rule_is_met(f->item, i)) {
      add_unmet(unmet, v->rules[i].text, v->rules[i].missing ? "missing" : "text");
    }
  }
  for (uint32_t i = 0; i < v->keys_count && f->item->values_left_out == 0; i++) {
    if (census_list_place(&f->item->values, v->keys[i]) == PLACE_NONE) {
      add_unmet(unmet, v->keys[i], "value");
    }
  }
  return unmet;
}

/* A line to paste takes the place of the one that is there. */
static void paste_declared(finding *f) {
  const program_variable *v = f->item->variable;
  for (uint32_t i = 0; i < v->rules_count; i++) {
    if (!is_of_platform(f, &v->rules[i])) {
      paste_meaning(f, v->rules[i].text, &v->rules[i]);
    }
  }
  f->declared_missing = f->missing_count;
  f->declared_meant = f->meant_count;
}

/* ---- One variable -------------------------------------------------------------------------------- */

static void set_repeated(const finding *f) {
  const census_item *item = f->item;
  if (item->twice.count == 0) {
    return;
  }
  json *repeated = json_object(f->memory);
  json *first = json_array(f->memory);
  uint32_t count;
  const census_value **sorted = sort_values(f, &item->twice, NULL, &count);
  for (uint32_t i = 0; i < count && i < REPEATED_LISTED; i++) {
    json *o = json_object(f->memory);
    json_set(o, "value", json_text(f->memory, sorted[i]->value));
    json_set_integer(o, "n", (int64_t)sorted[i]->n);
    json_push(first, o);
  }
  json_set_integer(repeated, "values", item->twice.count);
  json_set_integer(repeated, "rows", (int64_t)item->twice_rows);
  json_set(repeated, "first", first);
  json_set(f->out, "repeated", repeated);
}

static void set_paste(const finding *f) {
  const struct {
    const char *key;
    const buf *pairs;
    uint32_t count, declared;
  } lines[] = {{"missing", &f->missing, f->missing_count, f->declared_missing},
               {"texts", &f->meant, f->meant_count, f->declared_meant}};
  json *list = json_array(f->memory);
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    if (lines[i].count > lines[i].declared) {
      buf line;
      buf_init(&line);
      buf_printf(&line, "%s: {%.*s}", lines[i].key, (int)lines[i].pairs->length,
                 (const char *)lines[i].pairs->data);
      json_push(list, json_text(f->memory, (slice){(const char *)line.data, line.failed ? 0 : line.length}));
      buf_fini(&line);
    }
  }
  json_set(f->out, "paste", list);
}

static int64_t total_of(const json *missing) {
  int64_t total = 0;
  for (size_t i = 0; i < json_count(missing); i++) {
    const char *key;
    total += json_as_integer(json_member(missing, i, &key));
  }
  return total;
}

static json *item_json(const evaluation *e, const census_item *item, const json *facts, arena *memory) {
  finding f = {
      .e = e, .item = item, .memory = memory, .out = json_object(memory), .texts = json_array(memory)};
  const int64_t answered = json_as_integer(json_get(facts, "answered"));
  buf_init(&f.missing);
  buf_init(&f.meant);
  paste_declared(&f);
  add_texts(&f);
  add_undeclared(&f);
  json_set_text(f.out, "variable", item->planned->name);
  json_set_integer(f.out, "answered", answered);
  json_set_integer(f.out, "invalid", json_as_integer(json_get(facts, "invalid")));
  json_set_integer(f.out, "undeclared", (int64_t)f.undeclared);
  json_set_integer(f.out, "missing", total_of(json_get(facts, "missing")));
  json_set(f.out, "texts", f.texts);
  json_set(f.out, "unmet", unmet_of(&f));
  if (item->has_answer && !item->varies && answered > 1) {
    json_set(f.out, "constant", json_text(memory, item->constant));
  }
  set_repeated(&f);
  set_paste(&f);
  buf_fini(&f.missing);
  buf_fini(&f.meant);
  return f.out;
}

/* ---- All of them --------------------------------------------------------------------------------- */

typedef struct ranked {
  const json *item;
  int64_t badness[6]; /* compared one after the other, larger ones first */
  size_t order;
} ranked;

static int by_badness(const void *left, const void *right) {
  const ranked *a = left;
  const ranked *b = right;
  for (size_t i = 0; i < sizeof a->badness / sizeof a->badness[0]; i++) {
    if (a->badness[i] != b->badness[i]) {
      return a->badness[i] > b->badness[i] ? -1 : 1;
    }
  }
  return (a->order > b->order) - (a->order < b->order);
}

static ranked rank_of(const json *item, size_t order) {
  const int64_t invalid = json_as_integer(json_get(item, "invalid"));
  return (ranked){
      .item = item,
      .badness = {invalid + json_as_integer(json_get(item, "undeclared")), invalid,
                  json_as_integer(json_get(json_get(item, "repeated"), "rows")),
                  json_get(item, "constant") != NULL, (int64_t)json_count(json_get(item, "unmet")),
                  json_as_integer(json_get(item, "missing"))},
      .order = order};
}

json *census_json(const evaluation *e, const census *c, const json *document, arena *memory) {
  const json *variables = json_get(json_get(document, "data"), "variables");
  json *list = json_array(memory);
  ranked *all = ARENA_ARRAY(memory, ranked, (size_t)c->count + 1);
  for (uint32_t i = 0; all != NULL && i < c->count; i++) {
    all[i] = rank_of(item_json(e, &c->items[i], json_at(variables, i), memory), i);
  }
  if (all != NULL && c->count > 1) {
    qsort(all, c->count, sizeof all[0], by_badness);
  }
  for (uint32_t i = 0; all != NULL && i < c->count; i++) {
    json_push(list, (json *)(uintptr_t)all[i].item);
  }
  return arena_failed(memory) ? NULL : list;
}
