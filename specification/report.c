/* `report`: the chapters of the report, their order, titles and analyses, and what a person writes in them
 * (docs/specification.md).  It changes no figure; it is kept as the document has it. */
#include <string.h>

#include "specification/fields.h"

static const char *const keys[] = {"chapters", "texts"};
static const char *const chapter_keys[] = {"title", "analyses"};

static const char *const names[] = {
#define CHAPTER(name, part, of, en, hans, hant) #name,
#include "stats/analyses/chapters.def"
#undef CHAPTER
};
enum { NAMES = sizeof names / sizeof names[0] };

/* ---- Chapters ------------------------------------------------------------------------------------ */

static bool is_analysis(const compilation *c, slice name) {
  for (uint32_t i = 0; i < c->plan->analyses_count; i++) {
    if (slice_equal(name, slice_of(c->plan->analyses[i].name))) {
      return true;
    }
  }
  return false;
}

static void unknown_analysis(compilation *c, const node *n, slice name) {
  const char **known = ARENA_ARRAY(c->memory, const char *, c->plan->analyses_count);
  for (uint32_t i = 0; known != NULL && i < c->plan->analyses_count; i++) {
    known[i] = c->plan->analyses[i].name;
  }
  const char *near = known == NULL ? NULL : text_nearest(name, known, c->plan->analyses_count);
  problem_at(c->problems, n->at, "analyses: there is no analysis named '%s'%s%s%s",
             problem_quote(c->problems, name), near != NULL ? "; did you mean '" : "",
             near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* Names of analyses, each in one chapter. */
static json *read_analyses(compilation *c, const node *n, json *taken) {
  json *list = json_array(c->memory);
  if (n->kind != NODE_LIST) {
    field_expected(c, n, "analyses", "a list of names of analyses");
    return list;
  }
  for (uint32_t i = 0; i < n->count; i++) {
    slice name;
    if (!field_name(c, n->items[i], "analyses", &name)) {
      continue;
    }
    const char *key = arena_copy(c->memory, name);
    if (key == NULL) {
      return list;
    }
    if (!is_analysis(c, name)) {
      unknown_analysis(c, n->items[i], name);
    } else if (json_get(taken, key) != NULL) {
      problem_at(c->problems, n->items[i]->at, "analyses: '%s' is already in a chapter",
                 problem_quote(c->problems, name));
    } else {
      json_set_bool(taken, key, true);
      json_push(list, normal_slice(c, name));
    }
  }
  return list;
}

/* "drivers", or {drivers: {title: .., analyses: ..}}. */
static json *read_chapter(compilation *c, const node *n, bool seen[NAMES], json *taken) {
  const bool is_map = n->kind == NODE_MAP && n->count == 1;
  const node *name = is_map ? n->keys[0] : n;
  const node *body = is_map ? n->items[0] : NULL;
  size_t which = 0;
  if (n->kind == NODE_MAP && !is_map) {
    field_expected(c, n, "chapters", "one name before the colon");
    return NULL;
  }
  if (!field_choice(c, name, "chapter", names, NAMES, &which)) {
    return NULL;
  }
  if (seen[which]) {
    problem_at(c->problems, name->at, "chapters: '%s' is there twice", names[which]);
    return NULL;
  }
  seen[which] = true;
  json *out = json_object(c->memory);
  json_set_text(out, "name", names[which]);
  if (body == NULL || !field_is_map(c, body, "a chapter", "title, analyses")) {
    return out;
  }
  field_check_keys(c, body, "a chapter", chapter_keys, sizeof chapter_keys / sizeof chapter_keys[0]);
  plan_label title = {{NULL}};
  if (node_get(body, "title") != NULL && field_label(c, node_get(body, "title"), "title", &title)) {
    json_set(out, "title", plan_label_json(&title, c->memory));
  }
  if (node_get(body, "analyses") != NULL) {
    json_set(out, "analyses", read_analyses(c, node_get(body, "analyses"), taken));
  }
  return out;
}

static void read_chapters(compilation *c, const node *n, json *report) {
  bool seen[NAMES] = {false};
  json *taken = json_object(c->memory);
  json *list = json_array(c->memory);
  if (n->kind != NODE_LIST || n->count == 0) {
    field_expected(c, n, "chapters", "a list of chapters");
    return;
  }
  for (uint32_t i = 0; i < n->count; i++) {
    json_push(list, read_chapter(c, n->items[i], seen, taken));
  }
  json_set(report, "chapters", list);
}

/* ---- Texts --------------------------------------------------------------------------------------- */

/* Markdown by chapter and language; its lines stay as they are. */
static void read_texts(compilation *c, const node *n, json *report) {
  json *texts = json_object(c->memory);
  if (!field_is_map(c, n, "texts", "names of chapters")) {
    return;
  }
  field_check_keys(c, n, "texts", names, NAMES);
  for (uint32_t i = 0; i < n->count; i++) {
    const char *key = arena_copy(c->memory, n->keys[i]->text);
    plan_label text = {{NULL}};
    if (key != NULL && field_label(c, n->items[i], key, &text)) {
      json_set(texts, key, plan_label_json(&text, c->memory));
    }
  }
  json_set(report, "texts", texts);
}

void report_read(compilation *c, const node *root) {
  const node *section = node_get(root, "report");
  if (section == NULL || !field_is_map(c, section, "report", "chapters, texts")) {
    return;
  }
  json *report = json_object(c->memory);
  field_check_keys(c, section, "report", keys, sizeof keys / sizeof keys[0]);
  if (node_get(section, "chapters") != NULL) {
    read_chapters(c, node_get(section, "chapters"), report);
  }
  if (node_get(section, "texts") != NULL) {
    read_texts(c, node_get(section, "texts"), report);
  }
  c->plan->report = report;
  json_set(c->normal, "report", report);
}
