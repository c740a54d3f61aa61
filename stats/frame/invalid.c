/* The invalid cells of one variable, by text.
 *
 * Nearly always there are none, which a scan of the slots shows.  A text that the column holds once for
 * many rows is looked up once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/frame/state.h"

/* ---- Which rows ------------------------------------------------------------------------------------ */

status frame_column_answers(frame *f, uint32_t variable, uint32_t column, answers_view *out, error *err) {
  TRY(frame_answers(f, variable, out, err));
  if (program_variable_form(&f->program->variables[variable]) == FORM_SET) {
    set_view v;
    TRY(frame_set(f, variable, &v, err));
    out->slots = v.own_bases ? v.flags[column] : v.answered;
  }
  return STATUS_OK;
}

/* The first invalid row from ROW on; COUNT when there is none. */
static uint32_t next_invalid(const answers_view *a, uint32_t row, uint32_t count) {
  if (a->slots != NULL && row < count) {
    const uint8_t *at = memchr(a->slots + row, SLOT_MISSING + MISSING_INVALID, count - row);
    return at != NULL ? (uint32_t)(at - a->slots) : count;
  }
  while (row < count && answers_reason(a, row) != MISSING_INVALID) {
    row++;
  }
  return row;
}

/* ---- By text --------------------------------------------------------------------------------------- */

typedef struct collecting {
  cell_texts texts;
  text_table known;
  invalid_cells *found; /* by place in KNOWN */
  size_t capacity;
} collecting;

static status add_text(collecting *c, uint32_t row, uint32_t *place, error *err) {
  const uint32_t before = c->known.count;
  slice text = cell_texts_at(&c->texts, row);
  *place = text_table_find(&c->known, text);
  if (*place != UINT32_MAX) {
    invalid_cells *known = &c->found[*place]; /* perhaps from another column */
    known->first_row = row < known->first_row ? row : known->first_row;
    return STATUS_OK;
  }
  if (!ARRAY_ROOM(c->found, before, c->capacity)) {
    return frame_no_memory(err);
  }
  TRY(cell_texts_keep(&c->texts, &text, err));
  *place = text_table_add(&c->known, text);
  if (*place == UINT32_MAX) {
    return frame_no_memory(err);
  }
  c->found[before] = (invalid_cells){.text = text, .first_row = row};
  return STATUS_OK;
}

static status collect(collecting *c, const answers_view *a, error *err) {
  const uint32_t count = c->texts.f->count;
  for (uint32_t row = next_invalid(a, 0, count); row < count; row = next_invalid(a, row + 1, count)) {
    uint32_t *known = cell_texts_entry(&c->texts, row);
    if (known != NULL && *known) {
      c->found[*known - 1].cells++;
      continue;
    }
    uint32_t place;
    TRY(add_text(c, row, &place, err));
    c->found[place].cells++;
    if (known != NULL) {
      *known = place + 1;
    }
  }
  return STATUS_OK;
}

static status keep_found(frame *f, const collecting *c, const invalid_cells **out, uint32_t *count,
                         error *err) {
  *count = c->known.count;
  invalid_cells *kept = frame_array(f, (size_t)*count + 1, sizeof *kept);
  if (kept == NULL) {
    return frame_no_memory(err);
  }
  if (*count > 0) {
    memcpy(kept, c->found, *count * sizeof *kept);
  }
  *out = kept;
  return STATUS_OK;
}

static status collect_column(frame *f, uint32_t variable, uint32_t column, collecting *c, error *err) {
  answers_view a;
  TRY(frame_column_answers(f, variable, column, &a, err));
  if (next_invalid(&a, 0, f->count) == f->count) {
    return STATUS_OK;
  }
  status st = cell_texts_open(f, variable, column, &c->texts, err);
  if (st == STATUS_OK) {
    st = collect(c, &a, err);
  }
  cell_texts_close(&c->texts);
  return st;
}

status frame_invalid(frame *f, uint32_t variable, const invalid_cells **out, uint32_t *count, error *err) {
  static const invalid_cells none;
  const program_variable *v = &f->program->variables[variable];
  *out = &none;
  *count = 0;
  if (v->kind >= VARIABLE_RECODE) {
    return STATUS_OK;
  }
  const uint32_t columns = v->kind == VARIABLE_MULTI_FLAGS ? v->columns_count : 1;
  collecting c = {0};
  status st = STATUS_OK;
  for (uint32_t k = 0; k < columns && st == STATUS_OK; k++) {
    st = collect_column(f, variable, k, &c, err);
  }
  if (st == STATUS_OK && c.known.count > 0) {
    st = keep_found(f, &c, out, count, err);
  }
  free(c.found);
  text_table_fini(&c.known);
  return st;
}
