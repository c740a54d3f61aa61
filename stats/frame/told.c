/* Counts the cells of one variable by text, with what each text is: an answer, or a reason for missing.
 *
 * A text that the column stores once for many rows is looked up once.  Numbers in a column of numbers are
 * passed over where answers are not told, without making texts of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/frame/state.h"

static const uint32_t UNTOLD = UINT32_MAX;

typedef struct telling {
  cell_texts texts;
  answers_view answers;
  bool tells_answers; /* false: only those that are not written as numbers */
  text_table known;
  told_cells *found; /* by place in KNOWN */
  size_t capacity;
  uint32_t exception; /* in a column of numbers: the next one */
} telling;

static bool is_number(const telling *t, slice text) {
  decimal ignored;
  return decimal_parse(text, t->texts.f->rows->decimal_mark, &ignored) || decimal_parse(text, '.', &ignored);
}

/* Whether the cell of ROW in a column of numbers is a number.  Rows must be asked for in ascending order. */
static bool is_plain_number(telling *t, uint32_t row) {
  const packed_column *c = &t->texts.column;
  if (!packed_column_is_numeric(c)) {
    return false;
  }
  while (t->exception < c->exceptions_count && c->exception_rows[t->exception] < row) {
    t->exception++;
  }
  return t->exception == c->exceptions_count || c->exception_rows[t->exception] != row;
}

static status add_text(telling *t, slice text, uint32_t row, int reason, uint32_t *place, error *err) {
  *place = text_table_find(&t->known, text);
  if (*place != UINT32_MAX) {
    told_cells *known = &t->found[*place]; /* it may come from another column */
    known->first_row = row < known->first_row ? row : known->first_row;
    return STATUS_OK;
  }
  const uint32_t before = t->known.count;
  if (!ARRAY_ROOM(t->found, before, t->capacity)) {
    return frame_no_memory(err);
  }
  TRY(cell_texts_keep(&t->texts, &text, err));
  *place = text_table_add(&t->known, text);
  if (*place == UINT32_MAX) {
    return frame_no_memory(err);
  }
  t->found[before] = (told_cells){.text = text, .reason = reason, .first_row = row};
  return STATUS_OK;
}

static status tell_row(telling *t, uint32_t row, error *err) {
  const int reason = answers_reason(&t->answers, row);
  if (reason == ANSWERED && !t->tells_answers && is_plain_number(t, row)) {
    return STATUS_OK;
  }
  uint32_t *known = cell_texts_entry(&t->texts, row);
  if (known != NULL && *known != 0) {
    if (*known != UNTOLD) {
      t->found[*known - 1].cells++;
    }
    return STATUS_OK;
  }
  const slice text = cell_texts_at(&t->texts, row);
  uint32_t place = UNTOLD - 1;
  if (text.length > 0 && (reason != ANSWERED || t->tells_answers || !is_number(t, text))) {
    TRY(add_text(t, text, row, reason, &place, err));
    t->found[place].cells++;
  }
  if (known != NULL) {
    *known = place + 1;
  }
  return STATUS_OK;
}

/* What each cell of a column of flags says by itself: a row that chooses none may be missing as a whole, and
 * a 0 in it is a 0 all the same. */
static status answers_of_flags(frame *f, const program_variable *v, const char *column, answers_view *out,
                               error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(frame_open_cells(f, v, column, true, &cells, &rules, err));
  uint8_t *slots = frame_memory(f, f->padded);
  uint8_t *of_entry = malloc((size_t)cells.count + 1);
  const status st = slots != NULL && of_entry != NULL ? STATUS_OK : frame_no_memory(err);
  for (uint32_t i = 0; st == STATUS_OK && i < cells.count; i++) {
    cell c;
    cell_of_entry(&rules, &cells, i, &c);
    of_entry[i] = choice_flag(v, &c);
  }
  if (st == STATUS_OK) {
    frame_spread_bytes(f, &cells, of_entry, slots);
    *out = (answers_view){.slots = slots, .slots_count = 2};
  }
  free(of_entry);
  cell_rules_fini(&rules);
  return st;
}

static status tell_column(frame *f, uint32_t variable, uint32_t column, telling *t, error *err) {
  const program_variable *v = &f->program->variables[variable];
  const char *name = v->kind == VARIABLE_MULTI_FLAGS ? v->columns[column] : v->column;
  packed_column there;
  bool is_absent = false;
  TRY(frame_column(f, v, name, &there, &is_absent, err));
  if (is_absent) {
    return STATUS_OK; /* the column of an optional variable, which this file lacks */
  }
  TRY(v->kind == VARIABLE_MULTI_FLAGS ? answers_of_flags(f, v, name, &t->answers, err)
                                      : frame_column_answers(f, variable, column, &t->answers, err));
  TRY(cell_texts_open(f, variable, column, &t->texts, err));
  t->exception = 0;
  status st = STATUS_OK;
  const bool is_text = v->kind == VARIABLE_TEXT || v->kind == VARIABLE_DATE;
  for (uint32_t row = 0; row < f->count && st == STATUS_OK; row++) {
    if (!is_text || answers_reason(&t->answers, row) != ANSWERED) {
      st = tell_row(t, row, err);
    }
  }
  cell_texts_close(&t->texts);
  return st;
}

static status keep_found(frame *f, const telling *t, const told_cells **out, uint32_t *count, error *err) {
  told_cells *kept = frame_array(f, (size_t)t->known.count + 1, sizeof *kept);
  if (kept == NULL) {
    return frame_no_memory(err);
  }
  if (t->known.count > 0) {
    memcpy(kept, t->found, t->known.count * sizeof *kept);
  }
  *out = kept;
  *count = t->known.count;
  return STATUS_OK;
}

status frame_told(frame *f, uint32_t variable, const told_cells **out, uint32_t *count, error *err) {
  static const told_cells none;
  const program_variable *v = &f->program->variables[variable];
  *out = &none;
  *count = 0;
  if (v->kind >= VARIABLE_RECODE || v->stacked) {
    return STATUS_OK; /* for stacked variables the report lists invalid cells */
  }
  const uint32_t columns = v->kind == VARIABLE_MULTI_FLAGS ? v->columns_count : 1;
  telling t = {.tells_answers = v->kind != VARIABLE_NUMBER};
  status st = STATUS_OK;
  for (uint32_t k = 0; k < columns && st == STATUS_OK; k++) {
    st = tell_column(f, variable, k, &t, err);
  }
  st = st == STATUS_OK ? keep_found(f, &t, out, count, err) : st;
  free(t.found);
  text_table_fini(&t.known);
  return st;
}
