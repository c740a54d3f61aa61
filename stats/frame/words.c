/* What the file itself says in one cell: for the places of invalid answers in the report, and for the texts
 * that stand there. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* Numbers in canonical form, their text in ROOM, of DECIMAL_SCALED_TEXT_BYTES. */
static packed_cell read_canonical(const frame *f, const packed_column *column, uint32_t row, bool numeric,
                                  char *room) {
  packed_cell read = packed_column_cell(column, row);
  if (numeric && !read.is_number) {
    read.is_number = decimal_parse_scaled(read.text, f->rows->decimal_mark, &read.number);
  }
  if (read.is_number) {
    read.number = decimal_normalise(read.number);
    read.text = (slice){room, (size_t)decimal_format(read.number, room)};
  }
  return read;
}

static slice kept_text(frame *f, slice text) {
  char *copy = frame_memory(f, text.length + 1);
  if (copy != NULL) {
    memcpy(copy, text.bytes, text.length);
  }
  return (slice){copy, text.length};
}

static status read_cell(frame *f, const char *name, uint32_t row, bool numeric, slice *out, error *err) {
  char room[DECIMAL_SCALED_TEXT_BYTES];
  packed_column column = {0};
  TRY(f->rows->column(f->rows->context, name, &column, err));
  const packed_cell read = read_canonical(f, &column, row, numeric, room);
  *out = read.is_number ? kept_text(f, read.text) : read.text;
  return out->bytes != NULL ? STATUS_OK : frame_no_memory(err);
}

static bool has_numeric_rules(const program_variable *v) {
  return v->kind == VARIABLE_SCALE || v->kind == VARIABLE_NUMBER || v->kind == VARIABLE_MULTI_FLAGS;
}

/* The name of the column; NULL for derived variables. */
static const char *column_of(const program_variable *v, uint32_t column) {
  const bool several = v->kind == VARIABLE_MULTI_FLAGS;
  assert(several ? column < v->columns_count : column == 0);
  return several ? v->columns[column] : v->column;
}

status frame_cell_text(frame *f, uint32_t variable, uint32_t column, uint32_t row, slice *out, error *err) {
  const program_variable *v = &f->program->variables[variable];
  if (f->whole != NULL && !v->stacked) {
    return frame_cell_text(f->whole, variable, column, row / f->loops, out, err);
  }
  const char *name = v->stacked ? v->columns[row % f->loops] : column_of(v, column);
  row = v->stacked ? row / f->loops : row;
  *out = (slice){"", 0};
  return name == NULL ? STATUS_OK : read_cell(f, name, row, has_numeric_rules(v), out, err);
}

/* ---- Of many rows ---------------------------------------------------------------------------------- */

status cell_texts_open(frame *f, uint32_t variable, uint32_t column, cell_texts *out, error *err) {
  const program_variable *v = &f->program->variables[variable];
  *out = (cell_texts){.f = f, .numeric = has_numeric_rules(v)};
  TRY(f->rows->column(f->rows->context, column_of(v, column), &out->column, err));
  out->of_entry = calloc((size_t)out->column.texts_count + 1, sizeof *out->of_entry);
  return out->of_entry != NULL ? STATUS_OK : frame_no_memory(err);
}

void cell_texts_close(cell_texts *t) {
  free(t->of_entry);
  *t = (cell_texts){0};
}

uint32_t *cell_texts_entry(const cell_texts *t, uint32_t row) {
  return packed_column_is_coded(&t->column) ? &t->of_entry[packed_column_code(&t->column, row)] : NULL;
}

slice cell_texts_at(cell_texts *t, uint32_t row) {
  return read_canonical(t->f, &t->column, row, t->numeric, t->room).text;
}

status cell_texts_keep(cell_texts *t, slice *text, error *err) {
  if (text->bytes == t->room) {
    *text = kept_text(t->f, *text);
  }
  return text->bytes != NULL ? STATUS_OK : frame_no_memory(err);
}
