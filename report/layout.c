/* The layout of a report from its document. */
#include "report/layout.h"

#include "base/array.h"
#include "report/layout_build.h"

/* ---- Lists of texts ------------------------------------------------------------------------------ */

void layout_texts_add(const document *d, layout_texts *list, slice text) {
  if (ARRAY_ROOM_IN(d->memory, list->at, list->count, list->capacity)) {
    list->at[list->count++] = text;
  }
}

slice layout_texts_joined(const document *d, const layout_texts *list, slice separator) {
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < list->count; i++) {
    buf_put(&text, separator.bytes, i > 0 ? separator.length : 0);
    buf_put(&text, list->at[i].bytes, list->at[i].length);
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

/* ---- The summary --------------------------------------------------------------------------------- */

enum { FACTS = 5 };

static size_t count_warnings(const document *d) {
  const json *sections = json_get(d->root, "analyses");
  size_t count = 0;
  for (size_t i = 0; i < json_count(sections); i++) {
    count += json_count(json_get(json_at(sections, i), "warnings"));
  }
  return count;
}

static void make_facts(const document *d, layout *l) {
  const json *data = json_get(d->root, "data");
  const struct {
    word title;
    int64_t n;
  } facts[FACTS] = {
      {WORD_ROWS, json_as_integer(json_get(data, "rows"))},
      {WORD_QUARANTINED, json_as_integer(json_get(data, "quarantined"))},
      {WORD_LOST_ROWS, json_as_integer(json_get(data, "lost_rows"))},
      {WORD_INVALID, json_as_integer(json_get(data, "invalid"))},
      {WORD_WARNINGS, (int64_t)count_warnings(d)},
  };
  l->facts = ARENA_ARRAY(d->memory, layout_count, FACTS);
  for (size_t i = 0; l->facts != NULL && i < FACTS; i++) {
    const bool is_rare = facts[i].title == WORD_WARNINGS || facts[i].title == WORD_LOST_ROWS;
    const bool is_shown = !is_rare || facts[i].n > 0;
    if (is_shown) {
      l->facts[l->facts_count++] = (layout_count){document_word(d, facts[i].title), facts[i].n};
    }
  }
}

static slice file_names(const document *d) {
  const json *files = json_get(json_get(d->root, "data"), "files");
  layout_texts names = {.count = 0};
  for (size_t i = 0; i < json_count(files); i++) {
    layout_texts_add(d, &names, document_display(d, json_as_text(json_get(json_at(files, i), "name"))));
  }
  return layout_texts_joined(d, &names, document_word(d, WORD_COMMA));
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static void make(const document *d, layout *l) {
  const json *sections = json_get(d->root, "analyses");
  l->document = d;
  l->title = document_label(d, json_get(d->root, "title"));
  l->title = l->title.length > 0 ? l->title : document_word(d, WORD_REPORT);
  make_facts(d, l);
  l->files = file_names(d);
  l->sections = ARENA_ARRAY(d->memory, layout_section, json_count(sections));
  for (size_t i = 0; l->sections != NULL && i < json_count(sections); i++) {
    layout_section_make(d, json_at(sections, i), &l->sections[l->sections_count++]);
  }
  layout_data_make(d, &l->data);
}

status layout_write(slice bytes, const report_options *options, slice part, layout_naming naming,
                    layout_writer *write, buf *out, error *err) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "report");
  }
  document d;
  status st = document_open(memory, bytes.bytes, bytes.length, options->language, &d, err);
  if (st == STATUS_OK) {
    d.shows_names = naming == LAYOUT_NAMES;
    layout l = {.document = NULL};
    make(&d, &l);
    st = write(&l, options, part, out, err);
  }
  if (st == STATUS_OK) {
    st = arena_failed(memory) ? error_no_memory(err, "report") : buf_status(out, "report", err);
  }
  arena_destroy(memory);
  return st;
}
