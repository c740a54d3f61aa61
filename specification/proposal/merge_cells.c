/* Cells of newer files that a page does not know. */
#include <stdlib.h>
#include <string.h>

#include "specification/proposal/merging.h"
#include "specification/proposal/words.h"

enum { TEXTS_SHOWN = 4, SHOWN_COLUMNS = 30 };

/* The map that has KEY for ENTRY: itself, or the scale that it names. */
static const node *holder_of(const merging *m, const node *entry, const char *key) {
  const node *name = node_get(entry, "scale");
  const node *scales = node_get(m->root, "scales");
  if (node_get(entry, key) != NULL || name == NULL || name->kind != NODE_TEXT || scales == NULL) {
    return entry;
  }
  for (uint32_t i = 0; scales->kind == NODE_MAP && i < scales->count; i++) {
    if (slice_equal(scales->keys[i]->text, name->text)) {
      return scales->items[i];
    }
  }
  return entry;
}

static const guess *guess_of(const merging *m, const char *column) {
  for (uint32_t i = 0; column != NULL && i < m->g.count; i++) {
    if (slice_equal(m->g.facts.columns[i].title, slice_of(column))) {
      return &m->g.at[i];
    }
  }
  return NULL;
}

/* In no row but those of totals. */
static bool is_of_totals(const merging *m, const guess *at, slice text) {
  bool any = at == NULL || at->facts->many || m->g.facts.totals_count == 0;
  for (uint32_t i = 0; !any && i < at->facts->texts_count; i++) {
    any = slice_equal(at->facts->texts[i].text, text);
  }
  return !any;
}

/* Whether all of TEXTS are answers on L. */
static bool is_ladder_of(const node *texts, const ladder *l) {
  bool all = texts->count > 0;
  for (uint32_t i = 0; all && i < texts->count; i++) {
    all = ladder_rung(l, texts->keys[i]->text) >= 0;
  }
  return all;
}

/* The code that L gives TEXT among TEXTS, all of which are on it: that of another text on its rung. */
static const node *code_on(const node *texts, const ladder *l, slice text) {
  const int rung = ladder_rung(l, text);
  for (uint32_t i = 0; rung >= 0 && i < texts->count; i++) {
    if (ladder_rung(l, texts->keys[i]->text) == rung) {
      return texts->items[i];
    }
  }
  return NULL;
}

/* The code of an answer that the page spells otherwise; NULL: it has none like it. */
static const node *code_of(const node *texts, slice text) {
  char room[WORD_BYTES];
  const slice answer = words_answer(text, room);
  const node *found = NULL;
  if (texts == NULL || texts->kind != NODE_MAP) {
    return NULL;
  }
  for (uint32_t i = 0; i < texts->count; i++) {
    char other[WORD_BYTES];
    if (answer.length > 0 && slice_equal(words_answer(texts->keys[i]->text, other), answer)) {
      return texts->items[i];
    }
  }
  for (uint32_t i = 0; ladder_at(i) != NULL && found == NULL; i++) {
    found = is_ladder_of(texts, ladder_at(i)) ? code_on(texts, ladder_at(i), text) : NULL;
  }
  return found;
}

static const char *reason_of(const guess *at, slice text) {
  for (uint32_t i = 0; at != NULL && i < at->absent_count; i++) {
    if (slice_equal(at->absent[i].text, text)) {
      return at->absent[i].reason;
    }
  }
  return NULL;
}

/* `missing: {TEXT: REASON}`, in the map that is there or a new one. */
static bool add_missing(merging *m, const node *entry, slice text, const char *reason) {
  const node *holder = holder_of(m, entry, "missing");
  const node *missing = node_get(holder, "missing");
  return missing != NULL ? edit_add_pair(m->page, missing, merging_yaml(m, text), slice_of(reason))
                         : edit_add_code(m->page, holder, "missing", merging_yaml(m, text), reason);
}

static bool add_value(merging *m, const node *entry, slice text) {
  const node *values = node_get(holder_of(m, entry, "values"), "values");
  const slice value = merging_yaml(m, text);
  return values != NULL &&
         (edit_add_item(m->page, values, value) || edit_add_pair(m->page, values, value, value));
}

static bool has_value(const node *values, slice text) {
  for (uint32_t i = 0; values != NULL && i < values->count; i++) {
    const node *known = values->kind == NODE_MAP ? values->keys[i] : values->items[i];
    if (slice_equal(known->text, text)) {
      return true;
    }
  }
  return false;
}

/* The options of a ranked cell that are not declared; whether there are any. */
static bool add_ranked(merging *m, const node *key, const node *entry, slice cell) {
  const node *values = node_get(holder_of(m, entry, "values"), "values");
  const node *given = node_get(holder_of(m, entry, "delimiter"), "delimiter");
  const slice delimiter = given != NULL ? given->text : slice_of("→");
  bool any = false;
  while (cell.length > 0) {
    const char *end = memmem(cell.bytes, cell.length, delimiter.bytes, delimiter.length);
    const size_t length = end != NULL ? (size_t)(end - cell.bytes) : cell.length;
    const slice option = slice_trim((slice){cell.bytes, length});
    if (option.length > 0 && !has_value(values, option) && add_value(m, entry, option)) {
      (void)merging_remark(m, key, PHRASE_MERGE_OPTION, guess_slice(&m->g, text_fit(option, SHOWN_COLUMNS)),
                           "");
      any = true;
    }
    const size_t used = end != NULL ? length + delimiter.length : length;
    cell = (slice){cell.bytes + used, cell.length - used};
  }
  return any;
}

/* False: the page cannot take it. */
static bool add_cell(merging *m, const node *key, const node *entry, const merge_cells *c, const guess *at) {
  const bool is_dictionary = at != NULL && guess_is_labelled(at->facts->codes);
  const node *texts = node_get(holder_of(m, entry, "texts"), "texts");
  const node *code = c->is_invalid ? code_of(texts, c->text) : NULL;
  const char *reason = c->is_invalid && !is_dictionary ? reason_of(at, c->text) : NULL;
  const node *type = node_get(entry, "type");
  bool is_added = false;
  if (type != NULL && slice_equal(type->text, slice_of("ranking"))) {
    return c->is_invalid && add_ranked(m, key, entry, c->text);
  }
  if (code != NULL && code->kind == NODE_TEXT) {
    is_added = edit_add_pair(m->page, texts, merging_yaml(m, c->text), code->text);
  } else if (reason != NULL) {
    is_added = add_missing(m, entry, c->text, reason);
  } else {
    is_added = !c->is_invalid && add_value(m, entry, c->text);
  }
  if (is_added) {
    (void)merging_remark(m, key, PHRASE_MERGE_ADDED, guess_slice(&m->g, text_fit(c->text, SHOWN_COLUMNS)),
                         guess_count(&m->g, c->n));
  }
  return is_added;
}

/* "'a' 3, 'b' 1, …" of the cells that are left, which the page does not take. */
static void tell_left(merging *m, const node *key, const merge_cells *cells, const bool *is_left,
                      size_t count) {
  buf shown;
  buf_init(&shown);
  size_t told = 0;
  uint64_t rows = 0;
  for (size_t i = 0; i < count; i++) {
    if (!is_left[i]) {
      continue;
    }
    char n[TEXT_COUNT_BYTES];
    rows += cells[i].n;
    if (told++ < TEXTS_SHOWN) {
      buf_printf(&shown, "%s'%.*s' %s", told > 1 ? ", " : "",
                 SLICE_ARG(text_fit(cells[i].text, SHOWN_COLUMNS)), text_of_count(cells[i].n, n));
    }
  }
  buf_printf(&shown, "%s", told > TEXTS_SHOWN ? ", …" : "");
  if (told > 0) {
    const char *list = guess_slice(&m->g, (slice){(const char *)shown.data, shown.length});
    m->counts->remarks += merging_remark(m, key, PHRASE_MERGE_INVALID, guess_count(&m->g, rows), list);
  }
  buf_fini(&shown);
}

/* All cells of one variable. */
static status merge_cells_of(merging *m, const merge_cells *cells, size_t count, error *err) {
  const uint32_t entry_at = merging_entry(m, cells->variable, cells->column);
  if (entry_at == m->variables->count) {
    return STATUS_OK;
  }
  const node *key = m->variables->keys[entry_at];
  const node *entry = m->variables->items[entry_at];
  const guess *at = guess_of(m, cells->column);
  bool *is_left = calloc(count, sizeof *is_left);
  if (is_left == NULL) {
    return error_no_memory(err, "the page");
  }
  for (size_t i = 0; i < count; i++) {
    const merge_cells *c = &cells[i];
    if (is_of_totals(m, at, c->text)) {
      continue;
    }
    if (add_cell(m, key, entry, c, at)) {
      m->counts->values++;
    } else {
      is_left[i] = c->is_invalid;
    }
  }
  tell_left(m, key, cells, is_left, count);
  free(is_left);
  return STATUS_OK;
}

status merging_cells(merging *m, error *err) {
  const merge_view *v = m->view;
  for (size_t i = 0, end; i < v->cells_count; i = end) {
    end = i + 1;
    while (end < v->cells_count && strcmp(v->cells[end].variable, v->cells[i].variable) == 0) {
      end++;
    }
    TRY(merge_cells_of(m, v->cells + i, end - i, err));
  }
  return STATUS_OK;
}

void merging_totals(merging *m) {
  for (uint32_t i = 0; i < m->g.facts.totals_count; i++) {
    const total_row *t = &m->g.facts.totals[i];
    const merge_column *c = m->claims[t->column];
    const uint32_t entry_at = c != NULL ? merging_entry(m, c->variable, c->column) : m->variables->count;
    const node *entry = entry_at < m->variables->count ? m->variables->items[entry_at] : NULL;
    const node *missing = entry != NULL ? node_get(holder_of(m, entry, "missing"), "missing") : NULL;
    const bool is_known = missing != NULL && node_get(missing, guess_slice(&m->g, t->word)) != NULL;
    if (entry == NULL || is_known || guess_is_labelled(m->g.facts.columns[t->column].codes)) {
      continue;
    }
    if (add_missing(m, entry, t->word, "other")) {
      (void)merging_remark(m, m->variables->keys[entry_at], PHRASE_MERGE_TOTAL, guess_count(&m->g, t->line),
                           guess_slice(&m->g, text_fit(t->word, SHOWN_COLUMNS)));
      m->counts->values++;
    }
  }
}
