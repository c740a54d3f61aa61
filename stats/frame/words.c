/* What the file itself says in one cell: for the places of invalid answers in the report, and for the texts
 * that stand there. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

typedef struct file_cell {
  slice text;
  bool is_number;
  decimal number;
} file_cell;

static bool exception_at(const stats_column *column, uint32_t row, slice *out) {
  uint32_t low = 0;
  uint32_t high = column->exceptions_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (column->exception_rows[middle] < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == column->exceptions_count || column->exception_rows[low] != row) {
    return false;
  }
  *out = column->texts[column->exception_texts[low]];
  return true;
}

static void read_column(const stats_column *column, uint32_t row, file_cell *out) {
  switch (column->kind) {
    case STATS_COLUMN_CODES:
      out->text = column->texts[column->codes[row]];
      break;
    case STATS_COLUMN_WIDE:
      out->text = column->texts[column->wide_codes[row]];
      break;
    case STATS_COLUMN_TEXTS:
      out->text =
          (slice){column->bytes + column->offsets[row], column->offsets[row + 1] - column->offsets[row]};
      break;
    case STATS_COLUMN_DECIMALS:
    case STATS_COLUMN_SCALED:
      if (!exception_at(column, row, &out->text)) {
        out->is_number = true;
        out->number = frame_number_in(column, row);
      }
      break;
  }
}

/* Numbers in canonical form, their text in ROOM, of DECIMAL_SCALED_TEXT_BYTES. */
static void read_canonical(const frame *f, const stats_column *column, uint32_t row, bool numeric, char *room,
                           file_cell *out) {
  *out = (file_cell){.text = {"", 0}};
  read_column(column, row, out);
  if (numeric && !out->is_number) {
    out->is_number = decimal_parse_scaled(out->text, f->rows->decimal_mark, &out->number);
  }
  if (out->is_number) {
    out->number = decimal_normalise(out->number);
    out->text = (slice){room, (size_t)decimal_format(out->number, room)};
  }
}

static slice kept_text(frame *f, slice text) {
  char *copy = frame_memory(f, text.length + 1);
  if (copy != NULL) {
    memcpy(copy, text.bytes, text.length);
  }
  return (slice){copy, text.length};
}

static status read_cell(frame *f, const char *name, uint32_t row, bool numeric, file_cell *out, error *err) {
  char room[DECIMAL_SCALED_TEXT_BYTES];
  stats_column column = {0};
  TRY(f->rows->column(f->rows->context, name, &column, err));
  read_canonical(f, &column, row, numeric, room, out);
  if (out->is_number) {
    out->text = kept_text(f, out->text);
  }
  return out->text.bytes != NULL ? STATUS_OK : frame_no_memory(err);
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
  const char *name = column_of(v, column);
  *out = (slice){"", 0};
  if (name == NULL) {
    return STATUS_OK;
  }
  file_cell read;
  TRY(read_cell(f, name, row, has_numeric_rules(v), &read, err));
  *out = read.text;
  return STATUS_OK;
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
  switch (t->column.kind) {
    case STATS_COLUMN_CODES:
      return &t->of_entry[t->column.codes[row]];
    case STATS_COLUMN_WIDE:
      return &t->of_entry[t->column.wide_codes[row]];
    case STATS_COLUMN_DECIMALS:
    case STATS_COLUMN_SCALED:
    case STATS_COLUMN_TEXTS:
      break;
  }
  return NULL;
}

slice cell_texts_at(cell_texts *t, uint32_t row) {
  file_cell read;
  read_canonical(t->f, &t->column, row, t->numeric, t->room, &read);
  return read.text;
}

status cell_texts_keep(cell_texts *t, slice *text, error *err) {
  if (text->bytes == t->room) {
    *text = kept_text(t->f, *text);
  }
  return text->bytes != NULL ? STATUS_OK : frame_no_memory(err);
}
