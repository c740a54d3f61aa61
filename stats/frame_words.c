/* What the file itself says in one cell: for the places of invalid answers in the report. */
#include "stats/frame_state.h"

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
      if (!exception_at(column, row, &out->text)) {
        out->is_number = true;
        out->number = (decimal){column->mantissas[row], column->scale};
      }
      break;
  }
}

static status read_cell(frame *f, const char *name, uint32_t row, bool numeric, file_cell *out, error *err) {
  enum { TEXT_BYTES = 32 };
  stats_column column = {0};
  *out = (file_cell){.text = {"", 0}};
  TRY(f->rows->column(f->rows->context, name, &column, err));
  read_column(&column, row, out);
  if (numeric && !out->is_number) {
    out->is_number = decimal_parse(out->text, f->rows->decimal_mark, &out->number);
  }
  if (out->is_number) {
    char *text = frame_memory(f, TEXT_BYTES);
    if (!text) {
      return frame_no_memory(err);
    }
    out->number = decimal_normalise(out->number);
    out->text = (slice){text, (size_t)decimal_format(out->number, text)};
  }
  return STATUS_OK;
}

static status flag_text(frame *f, const program_variable *v, uint32_t row, slice *out, error *err) {
  cell_rules rules;
  TRY(cell_rules_init(&rules, f, v, true, err));
  status result = STATUS_OK;
  bool invalid = false;
  for (uint32_t i = 0; i < v->columns_count && result == STATUS_OK && !invalid; i++) {
    file_cell read;
    cell c;
    result = read_cell(f, v->columns[i], row, true, &read, err);
    frame_cells one = {
        .texts = &read.text, .count = 1, .numbers = &read.number, .numbers_count = read.is_number};
    cell_of_entry(&rules, &one, 0, &c);
    invalid = flag_of_cell(&c) == SLOT_MISSING + MISSING_INVALID;
    if (i == 0 || invalid) {
      *out = read.text;
    }
  }
  cell_rules_fini(&rules);
  return result;
}

status frame_cell_text(frame *f, uint32_t variable, uint32_t row, slice *out, error *err) {
  const program_variable *v = &f->program->variables[variable];
  *out = (slice){"", 0};
  if (v->kind == VARIABLE_MULTI_FLAGS) {
    return flag_text(f, v, row, out, err);
  }
  if (!v->column) {
    return STATUS_OK;
  }
  file_cell read;
  TRY(read_cell(f, v->column, row, v->kind == VARIABLE_SCALE || v->kind == VARIABLE_NUMBER, &read, err));
  *out = read.text;
  return STATUS_OK;
}
