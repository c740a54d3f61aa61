/* What `check` asks of cells beyond their values: which options they have that the codebook does not declare,
 * and which of its rules decide anything.
 *
 * Cells are read again exactly as for the variable itself, once per entry. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/frame/state.h"

/* The cells of one column, by entry. */
typedef struct survey {
  frame *f;
  const program_variable *v;
  frame_cells cells;
  cell_rules rules;
  choice_reader choices;
  uint32_t *rows;  /* per entry: how many have it */
  uint32_t *first; /* per entry: the first of them */
  text_table known;
  told_option *found; /* by place in KNOWN */
  size_t capacity;
} survey;

static bool has_choices(const program_variable *v) {
  return v->kind == VARIABLE_NOMINAL || v->kind == VARIABLE_MULTI_CELL;
}

static void survey_close(survey *s) {
  free(s->rows);
  free(s->first);
  cell_rules_fini(&s->rules);
  choice_reader_fini(&s->choices);
  s->rows = s->first = NULL;
}

static status count_rows(survey *s, error *err) {
  s->rows = calloc((size_t)s->cells.count + 1, sizeof *s->rows);
  s->first = calloc((size_t)s->cells.count + 1, sizeof *s->first);
  if (s->rows == NULL || s->first == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t row = 0; row < s->f->count; row++) {
    const uint32_t entry = frame_cells_entry(&s->cells, row);
    s->first[entry] = s->rows[entry]++ == 0 ? row : s->first[entry];
  }
  return STATUS_OK;
}

static status survey_open(survey *s, const char *column, error *err) {
  const variable_kind kind = s->v->kind;
  const bool numeric = kind == VARIABLE_SCALE || kind == VARIABLE_NUMBER || kind == VARIABLE_MULTI_FLAGS;
  TRY(frame_open_cells(s->f, s->v, column, numeric, &s->cells, &s->rules, err));
  status st = has_choices(s->v) ? choice_reader_init(&s->choices, s->v, &s->rules, err) : STATUS_OK;
  st = st == STATUS_OK ? count_rows(s, err) : st;
  if (st != STATUS_OK) {
    survey_close(s);
  }
  return st;
}

/* ---- Options ---------------------------------------------------------------------------------------- */

static status add_option(survey *s, slice text, told_option_is is, uint32_t entry, error *err) {
  uint32_t place = text_table_find(&s->known, text);
  if (place == UINT32_MAX) {
    const uint32_t before = s->known.count;
    place = ARRAY_ROOM(s->found, before, s->capacity) ? text_table_add(&s->known, text) : UINT32_MAX;
    if (place == UINT32_MAX) {
      return frame_no_memory(err);
    }
    s->found[place] = (told_option){.text = text, .is = is, .first_row = s->first[entry]};
  }
  told_option *known = &s->found[place];
  known->cells += s->rows[entry];
  known->first_row = s->first[entry] < known->first_row ? s->first[entry] : known->first_row;
  return STATUS_OK;
}

/* An option that a ranking has before: whatever else it is. */
static bool is_repeated(const survey *s, const slice *keys, uint32_t count, slice key) {
  for (uint32_t i = 0; s->v->is_ranking && i < count; i++) {
    if (slice_equal(keys[i], key)) {
      return true;
    }
  }
  return false;
}

enum { KEYS_SEEN = PROGRAM_RANKED_MAX };

static status list_options(survey *s, slice text, bool is_ruled, uint32_t entry, error *err) {
  slice seen[KEYS_SEEN];
  uint32_t count = 0;
  const bool is_cell = s->v->kind == VARIABLE_NOMINAL;
  for (bool more = true; more && (is_cell || text.length > 0); more = !is_cell) {
    const slice option = is_cell ? text : choice_next(&s->choices, &text);
    slice key;
    if (option.length == 0) {
      continue;
    }
    const choice_is is = choice_key(&s->choices, option, is_ruled, &key);
    if (is_repeated(s, seen, count, key)) {
      TRY(add_option(s, option, TOLD_REPEATED, entry, err));
    } else if (is != CHOICE_DECLARED && s->v->keys_count > 0 &&
               !(s->v->has_other && slice_equal(option, s->v->other))) {
      TRY(add_option(s, option, is == CHOICE_WRITE_IN ? TOLD_WRITE_IN : TOLD_UNDECLARED, entry, err));
    }
    if (count < KEYS_SEEN) {
      seen[count++] = key;
    }
  }
  return STATUS_OK;
}

status frame_options(frame *f, uint32_t variable, const told_option **out, uint32_t *count, error *err) {
  static const told_option none;
  const program_variable *v = &f->program->variables[variable];
  *out = &none;
  *count = 0;
  if (!has_choices(v) || v->stacked) {
    return STATUS_OK;
  }
  survey s = {.f = f, .v = v};
  TRY(survey_open(&s, v->column, err));
  status st = STATUS_OK;
  for (uint32_t i = 0; i < s.cells.count && st == STATUS_OK; i++) {
    cell c;
    cell_of_entry(&s.rules, &s.cells, i, &c);
    st = s.rows[i] > 0 && !c.missing ? list_options(&s, c.text, c.is_ruled, i, err) : STATUS_OK;
  }
  told_option *kept = st == STATUS_OK ? frame_array(f, (size_t)s.known.count + 1, sizeof *kept) : NULL;
  st = st == STATUS_OK && kept == NULL ? frame_no_memory(err) : st;
  if (st == STATUS_OK && s.known.count > 0) {
    memcpy(kept, s.found, s.known.count * sizeof *kept);
  }
  *out = st == STATUS_OK ? kept : &none;
  *count = st == STATUS_OK ? s.known.count : 0;
  free(s.found);
  text_table_fini(&s.known);
  survey_close(&s);
  return st;
}

/* ---- Rules ------------------------------------------------------------------------------------------ */

/* Of spans that overlap the first decides, and the others meet the number, too. */
static void see_spans(const survey *s, slice text, uint8_t *met) {
  decimal number;
  if (s->rules.spans_count == 0 ||
      !(decimal_parse_scaled(text, s->rules.mark, &number) || decimal_parse_scaled(text, '.', &number))) {
    return;
  }
  for (uint32_t i = 0; i < s->v->rules_count; i++) {
    met[i] = number_span_has(&s->rules.spans[i], number) ? 1 : met[i];
  }
}

static void see_rules(survey *s, uint8_t *met) {
  s->rules.met = met;
  for (uint32_t i = 0; i < s->cells.count; i++) {
    cell c;
    if (s->rows[i] == 0) {
      continue;
    }
    cell_of_entry(&s->rules, &s->cells, i, &c);
    see_spans(s, s->cells.texts[i], met);
    slice rest = s->v->kind == VARIABLE_MULTI_CELL && !c.missing ? c.text : (slice){"", 0};
    while (rest.length > 0) {
      slice key;
      const slice option = choice_next(&s->choices, &rest);
      (void)choice_key(&s->choices, option, false, &key);
    }
  }
}

status frame_rules_met(frame *f, uint32_t variable, uint8_t *met, error *err) {
  const program_variable *v = &f->program->variables[variable];
  const bool is_several = v->kind == VARIABLE_MULTI_FLAGS;
  if (v->kind >= VARIABLE_RECODE || v->stacked || v->rules_count == 0) {
    return STATUS_OK;
  }
  for (uint32_t k = 0; k < (is_several ? v->columns_count : 1); k++) {
    survey s = {.f = f, .v = v};
    TRY(survey_open(&s, is_several ? v->columns[k] : v->column, err));
    if (!s.cells.is_absent) {
      see_rules(&s, met);
    }
    survey_close(&s);
  }
  return STATUS_OK;
}
