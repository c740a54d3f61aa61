/* First the findings as data, then their order. */
#include "cli/census_show.h"

#include <stdlib.h>
#include <string.h>

#include "cli/census_finding.h"
#include "cli/reasons.h"
#include "reading/platform.h"

enum { TEXTS_LISTED = 100, REPEATED_LISTED = 10 };

/* ---- Texts --------------------------------------------------------------------------------------- */

typedef struct place_of_first {
  uint32_t file;
  uint64_t line;
} place_of_first;

static json *add_text(finding *f, slice text, uint64_t n, const char *is, const place_of_first *first) {
  json *o = json_object(f->memory);
  json_set(o, "text", json_text(f->memory, text));
  json_set_integer(o, "n", (int64_t)n);
  json_set_text(o, "is", is);
  if (first != NULL) {
    json_set(o, "file", json_text(f->memory, f->e->dataset->files[first->file].name));
    json_set_integer(o, "line", (int64_t)first->line);
  }
  json_push(f->texts, o);
  return o;
}

/* What is not listed: so many texts, in so many cells (or rows); of NOT_COUNTED it is not known how many. */
static void set_more(const finding *f, const char *is, uint64_t texts, uint64_t cells, uint64_t not_counted) {
  if (texts == 0 && not_counted == 0) {
    return;
  }
  json *all = (json *)(uintptr_t)json_get(f->out, "more");
  if (all == NULL) {
    all = json_object(f->memory);
    json_set(f->out, "more", all);
  }
  json *o = json_object(f->memory);
  json_set_integer(o, "texts", (int64_t)texts);
  json_set_integer(o, "n", (int64_t)(cells + not_counted));
  json_set_bool(o, "complete", not_counted == 0);
  json_set(all, is, o);
}

static int by_count(const void *left, const void *right) {
  const census_text *a = *(const census_text *const *)left;
  const census_text *b = *(const census_text *const *)right;
  const int order = (a->n < b->n) - (a->n > b->n);
  return order != 0 ? order : slice_compare(a->text, b->text);
}

/* Of an invalid text: what to write, or what to ask.  The cells of a multiple choice are judged option by
 * option, but for words that are no answer at all. */
static void judge_invalid(finding *f, json *told, slice text) {
  slice guess;
  if (f->item->variable->kind == VARIABLE_MULTI_CELL) {
    const char *reason = reason_of_text(text);
    if (reason != NULL) {
      finding_paste(f, &f->missing, text, slice_of(reason));
    }
  } else if (!finding_propose(f, told, text, &guess)) {
    finding_ask(f, text, guess);
  }
}

/* Those that are no answers, of one turn: invalid, or missing. */
static void add_turn(finding *f, const census_text **sorted, uint32_t count, bool is_invalid) {
  uint32_t listed = 0;
  uint64_t texts = 0;
  uint64_t cells = 0;
  uint64_t left_out = is_invalid ? f->item->texts_left_out[MISSING_INVALID] : 0;
  const char *is = is_invalid ? "invalid" : "missing";
  for (uint32_t i = 0; i < count; i++) {
    const census_text *t = sorted[i];
    if ((t->reason == MISSING_INVALID) != is_invalid) {
      continue;
    }
    if (listed++ >= TEXTS_LISTED) {
      texts++;
      cells += t->n;
      continue;
    }
    json *told = add_text(f, t->text, t->n, is, &(place_of_first){t->file, t->line});
    if (is_invalid) {
      judge_invalid(f, told, t->text);
    } else {
      json_set_text(told, "reason", missing_name((missing_reason)t->reason));
    }
  }
  for (int r = 0; r < MISSING_REASONS && !is_invalid; r++) {
    left_out += r != MISSING_INVALID ? f->item->texts_left_out[r] : 0;
  }
  set_more(f, is, texts, cells, left_out);
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
  add_turn(f, sorted, count, true);
  add_turn(f, sorted, count, false);
}

/* The cells of a weight that has more digits than a number are told by the report alone. */
static void add_texts_of_weight(finding *f, const json *facts) {
  const json *texts = json_get(facts, "invalid_texts");
  for (size_t i = 0; program_variable_is_mere_weight(f->item->variable) && i < json_count(texts); i++) {
    const json *one = json_at(texts, i);
    const slice text = json_as_text(json_get(one, "value"));
    json *told = add_text(f, text, (uint64_t)json_as_integer(json_get(one, "n")), "invalid", NULL);
    judge_invalid(f, told, text);
  }
}

/* ---- Options ------------------------------------------------------------------------------------- */

/* One text of cells with options that are not declared, and what it is like. */
typedef struct listed_option {
  const census_option *option;
  bool is_near;
} listed_option;

/* What may be a misspelling first: write-ins can be many. */
static int by_nearness(const void *left, const void *right) {
  const listed_option *a = left;
  const listed_option *b = right;
  const int near = (int)b->is_near - (int)a->is_near;
  const int order = near != 0 ? near : (a->option->n < b->option->n) - (a->option->n > b->option->n);
  return order != 0 ? order : slice_compare(a->option->text, b->option->text);
}

static const char *name_of_option(const finding *f, told_option_is is) {
  const bool is_closed = f->item->variable->closed;
  return is == TOLD_WRITE_IN   ? "write_in"
         : is == TOLD_REPEATED ? "repeated_option"
         : is_closed           ? "unknown_option"
                               : "undeclared";
}

static void add_option(finding *f, const census_option *o, const char *is) {
  slice guess;
  json *told = add_text(f, o->text, o->n, is, &(place_of_first){o->file, o->line});
  if (o->is == TOLD_REPEATED) {
    return;
  }
  const bool is_clear = finding_propose(f, told, o->text, &guess);
  if (!is_clear && f->item->variable->closed) {
    finding_ask(f, o->text, guess);
  }
}

/* A closed nominal variable has them as invalid cells. */
static void add_options(finding *f, told_option_is which) {
  const census_item *item = f->item;
  listed_option *list = ARENA_ARRAY(f->memory, listed_option, (size_t)item->options_count + 1);
  uint32_t count = 0;
  uint64_t texts = 0;
  uint64_t cells = 0;
  if (list == NULL || (item->variable->closed && item->variable->kind == VARIABLE_NOMINAL)) {
    return;
  }
  for (uint32_t i = 0; i < item->options_count; i++) {
    const census_option *o = &item->options[i];
    if (o->is == which) {
      list[count++] = (listed_option){o, finding_is_near(f, o->text)};
    }
  }
  if (count > 1) {
    qsort(list, count, sizeof list[0], by_nearness);
  }
  f->has_repeated = f->has_repeated || (which == TOLD_REPEATED && count > 0);
  const char *is = name_of_option(f, which);
  for (uint32_t i = 0; i < count; i++) {
    if (i < TEXTS_LISTED) {
      add_option(f, list[i].option, is);
    } else {
      texts++;
      cells += list[i].option->n;
    }
  }
  set_more(f, is, texts, cells, which != TOLD_REPEATED && count > 0 ? item->options_left_out : 0);
}

static int by_rows(const void *left, const void *right) {
  const census_value *a = *(const census_value *const *)left;
  const census_value *b = *(const census_value *const *)right;
  const int order = (a->n < b->n) - (a->n > b->n);
  return order != 0 ? order : text_compare_natural(a->value, b->value);
}

/* The values of L, the most frequent one first. */
static const census_value **sort_values(const finding *f, const census_list *l, uint32_t *count) {
  const census_value **sorted = ARENA_ARRAY(f->memory, const census_value *, (size_t)l->count + 1);
  *count = 0;
  for (uint32_t i = 0; sorted != NULL && i < l->count; i++) {
    sorted[(*count)++] = &l->list[i];
  }
  if (*count > 1) {
    qsort(sorted, *count, sizeof sorted[0], by_rows);
  }
  return sorted;
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
    /* What blank cells are is said in case there are any, and a mere weight is told by the report. */
    const bool is_told = v->rules[i].text.length > 0 && !program_variable_is_mere_weight(v);
    if (is_told && !is_of_platform(f, &v->rules[i]) && f->item->rules_met[i] == 0) {
      add_unmet(unmet, v->rules[i].text, v->rules[i].missing ? "missing" : "text");
    }
  }
  for (uint32_t i = 0; i < v->keys_count && f->item->values_left_out == 0; i++) {
    const bool is_other = v->has_other && slice_equal(v->keys[i], v->other); /* nobody has to write one */
    if (!is_other && census_list_place(&f->item->values, v->keys[i]) == PLACE_NONE) {
      add_unmet(unmet, v->keys[i], "value");
    }
  }
  return unmet;
}

/* A line to paste takes the place of the one that is there. */
static void paste_declared(finding *f) {
  const program_variable *v = f->item->variable;
  f->missing.declared = f->meant.declared = UINT32_MAX;
  for (uint32_t i = 0; i < v->rules_count; i++) {
    if (!is_of_platform(f, &v->rules[i])) {
      finding_paste_rule(f, v->rules[i].text, &v->rules[i]);
    }
  }
  f->missing.declared = f->missing.count;
  f->meant.declared = f->meant.count;
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
  const census_value **sorted = sort_values(f, &item->twice, &count);
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
    const paste_line *of;
  } lines[] = {{"missing", &f->missing}, {"texts", &f->meant}};
  json *list = json_array(f->memory);
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    if (lines[i].of->count > lines[i].of->declared) {
      buf line;
      buf_init(&line);
      buf_printf(&line, "%s: {%.*s}", lines[i].key, (int)lines[i].of->pairs.length,
                 (const char *)lines[i].of->pairs.data);
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

/* Of a column per option cells are counted, else rows: `answered`, `invalid` and `missing` add up to `base`.
 */
static void set_counts(const finding *f, const json *facts) {
  const census_item *item = f->item;
  const bool has_columns = item->variable->kind == VARIABLE_MULTI_FLAGS;
  const int64_t of_rows[] = {json_as_integer(json_get(facts, "answered")),
                             json_as_integer(json_get(facts, "invalid")),
                             total_of(json_get(facts, "missing"))};
  int64_t counts[3];
  for (size_t i = 0; i < 3; i++) {
    counts[i] = has_columns ? (int64_t)item->cells[i] : of_rows[i];
  }
  json_set_integer(f->out, "answered", counts[0]);
  json_set_integer(f->out, "invalid", counts[1]);
  json_set_integer(f->out, "missing", counts[2]);
  json_set_integer(f->out, "base", counts[0] + counts[1] + counts[2]);
  json_set_text(f->out, "unit", has_columns ? "cells" : "rows");
  json_set_integer(f->out, "undeclared", (int64_t)item->undeclared);
}

/* What is told of F's variable. */
static void add_all(finding *f, const json *facts) {
  add_texts(f);
  add_texts_of_weight(f, facts);
  add_options(f, TOLD_UNDECLARED);
  add_options(f, TOLD_REPEATED);
  add_options(f, TOLD_WRITE_IN);
}

/* The lines serve all columns of a stack's loops: nothing is told of the others here but what to write. */
static void add_of_entry(finding *f, const census *c, const json *facts) {
  const finding own = *f;
  f->out = json_object(f->memory);
  f->texts = json_array(f->memory);
  for (uint32_t i = 0; i < c->count; i++) {
    f->item = own.item;
    if (finding_is_of_entry(f, &c->items[i])) {
      f->item = &c->items[i];
      add_all(f, facts);
    }
  }
  f->item = own.item;
  f->out = own.out;
  f->texts = own.texts;
  const slice entry = finding_entry(f);
  if (entry.length > 0) {
    json_set(f->out, "entry", json_text(f->memory, entry));
  }
}

static json *item_json(const evaluation *e, const census *c, const census_item *item, const json *facts,
                       arena *memory) {
  finding f = {
      .e = e, .item = item, .memory = memory, .out = json_object(memory), .texts = json_array(memory)};
  buf_init(&f.missing.pairs);
  buf_init(&f.meant.pairs);
  json_set_text(f.out, "variable", item->planned->name);
  set_counts(&f, facts);
  f.percents = json_as_integer(json_get(facts, "percents"));
  f.mark = c->mark;
  finding_undress(&f);
  paste_declared(&f);
  add_all(&f, facts);
  add_of_entry(&f, c, facts);
  if (f.percents > 0) {
    json_set_integer(f.out, "percents", f.percents);
  }
  json_set(f.out, "texts", f.texts);
  json_set(f.out, "unmet", unmet_of(&f));
  if (item->has_answer && !item->varies && json_as_integer(json_get(facts, "answered")) > 1) {
    json_set(f.out, "constant", json_text(memory, item->constant));
  }
  set_repeated(&f);
  set_paste(&f);
  finding_set_questions(&f);
  buf_fini(&f.missing.pairs);
  buf_fini(&f.meant.pairs);
  return f.out;
}

/* ---- All of them --------------------------------------------------------------------------------- */

typedef struct ranked {
  const json *item;
  int64_t badness[7]; /* compared one after the other, larger ones first */
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

/* Cells with write-ins that may be misspellings. */
static int64_t near_write_ins(const json *item) {
  const json *texts = json_get(item, "texts");
  int64_t cells = 0;
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *one = json_at(texts, i);
    const bool is_write_in = strcmp(json_as_cstring(json_get(one, "is")), "write_in") == 0;
    cells += is_write_in && json_get(one, "near") != NULL ? json_as_integer(json_get(one, "n")) : 0;
  }
  return cells;
}

static ranked rank_of(const json *item, size_t order) {
  const int64_t invalid = json_as_integer(json_get(item, "invalid"));
  return (ranked){
      .item = item,
      .badness = {invalid + json_as_integer(json_get(item, "undeclared")), invalid,
                  json_as_integer(json_get(json_get(item, "repeated"), "rows")),
                  json_get(item, "constant") != NULL, near_write_ins(item),
                  (int64_t)json_count(json_get(item, "unmet")), json_as_integer(json_get(item, "missing"))},
      .order = order};
}

json *census_json(const evaluation *e, const census *c, const json *document, arena *memory) {
  const json *variables = json_get(json_get(document, "data"), "variables");
  json *list = json_array(memory);
  ranked *all = ARENA_ARRAY(memory, ranked, (size_t)c->count + 1);
  for (uint32_t i = 0; all != NULL && i < c->count; i++) {
    all[i] = rank_of(item_json(e, c, &c->items[i], json_at(variables, i), memory), i);
  }
  if (all != NULL && c->count > 1) {
    qsort(all, c->count, sizeof all[0], by_badness);
  }
  for (uint32_t i = 0; all != NULL && i < c->count; i++) {
    json_push(list, (json *)(uintptr_t)all[i].item);
  }
  return arena_failed(memory) ? NULL : list;
}
