/* The title of an analysis: its label, else its own name, else its kind, with its items where others of the
 * kind have neither. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "report/layout_build.h"

enum { TERM_BYTES = 128, ITEMS_SHOWN = 3 };

/* The title of an analysis' kind: the term "analysis_KIND", else KIND itself. */
static slice kind_title(const document *d, const json *section, slice kind) {
  char key[TERM_BYTES];
  (void)snprintf(key, sizeof key, "analysis_%.*s", SLICE_ARG(kind));
  return term_find(key) != NULL ? figure_title_in(d, section, key) : document_display(d, kind);
}

/* "csat" or "csat_2": what a csat is called that was given no name. */
static bool has_given_name(const json *section) {
  const slice kind = json_as_text(json_get(section, "analysis"));
  const slice name = json_as_text(json_get(section, "name"));
  if (name.length < kind.length || memcmp(name.bytes, kind.bytes, kind.length) != 0) {
    return name.length > 0;
  }
  size_t at = kind.length;
  at += at < name.length && name.bytes[at] == '_' ? 1 : 0;
  while (at < name.length && at > kind.length && isdigit((unsigned char)name.bytes[at])) {
    at++;
  }
  return at < name.length;
}

static bool is_nameless(const document *d, const json *section) {
  return document_label(d, json_get(section, "label")).length == 0 && !has_given_name(section);
}

static bool has_twin(const document *d, const json *section) {
  const json *sections = json_get(d->root, "analyses");
  const slice kind = json_as_text(json_get(section, "analysis"));
  size_t count = 0;
  for (size_t i = 0; i < json_count(sections); i++) {
    const json *other = json_at(sections, i);
    count += slice_equal(json_as_text(json_get(other, "analysis")), kind) && is_nameless(d, other) ? 1 : 0;
  }
  return count > 1;
}

static bool is_in(const layout_texts *list, slice text) {
  bool is_there = false;
  for (size_t i = 0; i < list->count; i++) {
    is_there = is_there || slice_equal(list->at[i], text);
  }
  return is_there;
}

/* The labels in COLUMN of the tables, each once, as long as they are few. */
static layout_texts items_of(const document *d, const json *section, const char *column) {
  layout_texts items = {.count = 0};
  const json *tables = json_get(section, "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    const json *rows = json_get(json_at(tables, i), "rows");
    for (size_t r = 0; r < json_count(rows) && items.count <= ITEMS_SHOWN; r++) {
      const slice name = json_as_text(json_get(json_at(rows, r), column));
      const slice item = name.length > 0 ? document_item(d, name) : name;
      if (item.length > 0 && !is_in(&items, item)) {
        layout_texts_add(d, &items, item);
      }
    }
  }
  return items;
}

static slice joined(const document *d, layout_texts *items) {
  if (items->count > ITEMS_SHOWN) {
    items->at[ITEMS_SHOWN] = slice_of("…");
  }
  return layout_texts_joined(d, items, document_word(d, WORD_COMMA));
}

/* "Satisfaction (CSAT): Delivery, Price"; of a cross table also its columns. */
static slice with_items(const document *d, const json *section, slice kind) {
  layout_texts items = items_of(d, section, "item"), others = items_of(d, section, "other_item");
  if (items.count == 0) {
    return kind;
  }
  layout_texts sides = {.count = 0};
  layout_texts_add(d, &sides, joined(d, &items));
  if (others.count == 1) {
    layout_texts_add(d, &sides, others.at[0]);
  }
  layout_texts parts = {.count = 0};
  layout_texts_add(d, &parts, kind);
  layout_texts_add(d, &parts, layout_texts_joined(d, &sides, slice_of(" × ")));
  return layout_texts_joined(d, &parts, document_word(d, WORD_COLON));
}

void layout_title_make(const document *d, const json *section, layout_section *out) {
  const slice label = document_label(d, json_get(section, "label"));
  out->kind_title = kind_title(d, section, out->analysis);
  if (is_nameless(d, section)) {
    out->title = has_twin(d, section) ? with_items(d, section, out->kind_title) : out->kind_title;
    out->names_items = !slice_equal(out->title, out->kind_title);
    out->kind_title = out->title;
  } else {
    out->names_items = label.length > 0;
    out->title = label.length > 0 ? label : document_display(d, out->name);
  }
}
