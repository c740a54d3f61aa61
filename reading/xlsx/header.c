/* Finds the header in the first rows of a sheet, and how many columns the sheet has. */
#include <stdlib.h>
#include <string.h>

#include "reading/xlsx/xlsx.h"

enum {
  ROWS_MAX = READING_HEADER_ROWS_MAX,
  LOOK_ROWS = 1000,  /* a column without a title counts when one of these rows has a cell in it */
  FAR_COLUMNS = 256, /* a table ends where so many columns follow that have no cell in these rows */
};

typedef struct first_rows {
  input_file *f;
  xlsx_file *x;
  const merges *merged;
  size_t skip; /* rows before the header */
  uint32_t cells;
  slice *texts[ROWS_MAX];
  uint32_t count; /* of the texts' rows */
} first_rows;

static status no_memory(const first_rows *r, error *err) {
  return error_no_memory(err, r->f->title);
}

/* The number of columns up to the last cell in the rows from FROM on, stray cells aside. */
static uint32_t find_width(const sheet_rows *rows, size_t from) {
  bool is_used[SHEET_COLUMNS_MAX] = {false};
  uint32_t width = 0;
  for (size_t row = from; row < rows->count; row++) {
    sheet_cells cells = sheet_rows_cells(rows, row);
    for (sheet_cell cell; sheet_cells_next(&cells, &cell);) {
      is_used[cell.column] = true;
    }
  }
  for (uint32_t column = 0; column < SHEET_COLUMNS_MAX; column++) {
    if (width > 0 && column - width >= FAR_COLUMNS) {
      break;
    }
    width = is_used[column] ? column + 1 : width;
  }
  return width;
}

static void take_cells(const first_rows *r, size_t row, slice *texts) {
  sheet_cells cells = sheet_rows_cells(&r->x->ahead, row);
  for (sheet_cell cell; sheet_cells_next(&cells, &cell);) {
    if (cell.column < r->cells) {
      texts[cell.column] = arena_slice(r->f->memory, cell.text);
    }
  }
}

/* Copies the text of a merged cell to every cell of its range that is in the header. */
static void fill_merged(const first_rows *r) {
  for (size_t i = 0; i < r->merged->count; i++) {
    const sheet_range *m = &r->merged->list[i];
    if (m->first_row <= r->skip || m->first_row > r->skip + r->count || m->first_column >= r->cells) {
      continue;
    }
    const slice text = r->texts[m->first_row - r->skip - 1][m->first_column];
    for (uint64_t row = m->first_row; row <= m->last_row && row <= r->skip + r->count; row++) {
      for (uint32_t column = m->first_column; column <= m->last_column && column < r->cells; column++) {
        slice *cell = &r->texts[row - r->skip - 1][column];
        *cell = cell->length > 0 ? *cell : text;
      }
    }
  }
}

static status take_rows(first_rows *r, error *err) {
  sheet_rows *ahead = &r->x->ahead;
  r->cells = find_width(ahead, r->skip);
  sheet_end_columns(r->x->sheet, r->cells + FAR_COLUMNS, ahead);
  const size_t left = ahead->count - r->skip;
  r->count = left < ROWS_MAX ? (uint32_t)left : ROWS_MAX;
  for (uint32_t i = 0; i < r->count; i++) {
    r->texts[i] = ARENA_ARRAY(r->f->memory, slice, (size_t)r->cells + 1);
    if (r->texts[i] == NULL) {
      return no_memory(r, err);
    }
    take_cells(r, r->skip + i, r->texts[i]);
  }
  fill_merged(r);
  return arena_failed(r->f->memory) ? no_memory(r, err) : STATUS_OK;
}

/* Passes over the rows before the header: those that the options skip, and blank ones. */
static status pass_rows(first_rows *r, error *err) {
  const sheet_rows *ahead = &r->x->ahead;
  r->skip = r->f->options->header.skip;
  if (r->skip > 0 && r->skip >= ahead->count) {
    return error_set(err, STATUS_DATA, "%s: has %zu rows, and `data: {skip: %zu}` leaves out as many or more",
                     r->f->title, ahead->count, r->skip);
  }
  while (r->skip < ahead->count) {
    if (!sheet_rows_is_blank(ahead, r->skip)) {
      return STATUS_OK;
    }
    r->skip++;
  }
  return error_set(err, STATUS_DATA, "%s: the sheet '%.*s' is empty; `data: {sheet: ...}` names another",
                   r->f->title, SLICE_ARG(text_cut(r->f->header.reading.sheet, 100)));
}

static status give_columns(first_rows *r, const header_use *u, error *err) {
  input_header *h = &r->f->header;
  titles t = {.rows = r->texts, .rows_count = u->rows, .count = r->cells};
  if (!titles_make(&t, u->titles, u->labels, header_use_cleans(u), r->f->memory)) {
    return no_memory(r, err);
  }
  h->columns = ARENA_ARRAY(r->f->memory, input_column, (size_t)r->cells + 1);
  if (h->columns == NULL) {
    return no_memory(r, err);
  }
  for (uint32_t i = 0; i < r->cells; i++) {
    h->columns[i].name = t.names[i];
    h->columns[i].label = t.labels != NULL ? t.labels[i] : (slice){NULL, 0};
  }
  h->count = r->cells;
  h->line = r->skip + 1;
  h->reading.format = slice_of(u->platform != NULL ? u->platform->title : NULL);
  h->reading.header_rows = u->rows;
  h->reading.skipped = r->f->options->header.skip;
  return STATUS_OK;
}

/* The rows that were read to find the header, and are not part of it, are the first to be cut. */
static status leave_rest(first_rows *r, uint32_t rows, error *err) {
  xlsx_file *x = r->x;
  sheet_rows rest = {0};
  const size_t first = r->skip + rows;
  sheet_rows_clear(&rest, first + 1);
  const bool well = sheet_rows_append(&rest, &x->ahead, first, x->ahead.count - first);
  sheet_rows_fini(&x->ahead);
  x->ahead = rest;
  return well ? STATUS_OK : no_memory(r, err);
}

static platform_sample sample_of(const first_rows *r) {
  platform_sample sample = {.rows = 0};
  for (uint32_t i = 0; i < r->count && i < PLATFORM_ROWS_MAX; i++) {
    sample.cells[i] = r->texts[i];
    sample.counts[i] = r->cells;
    sample.rows++;
  }
  return sample;
}

status xlsx_header_read(input_file *f, const merges *merged, error *err) {
  xlsx_file *x = f->self;
  first_rows r = {.f = f, .x = x, .merged = merged};
  header_use u;
  sheet_rows_clear(&x->ahead, 1);
  TRY(sheet_next(x->sheet, (size_t)f->options->header.skip + ROWS_MAX, SIZE_MAX, &x->ahead, err));
  TRY(sheet_next(x->sheet, LOOK_ROWS - ROWS_MAX, INPUT_PIECE_BYTES_MAX, &x->ahead, err));
  TRY(pass_rows(&r, err));
  TRY(take_rows(&r, err));
  const platform_sample sample = sample_of(&r);
  TRY(header_use_find(f->options, &sample, f->title, &u, err));
  if (u.rows > r.count) {
    return error_set(err, STATUS_DATA, "%s: the header is to have %u rows, and the sheet has %u", f->title,
                     u.rows, r.count);
  }
  TRY(give_columns(&r, &u, err));
  x->rows_count = u.rows;
  x->telling = header_use_telling(&u);
  x->totals_of = u.has_totals ? u.platform : NULL;
  total_words_init(&x->words);
  x->rows = ARENA_ARRAY(f->memory, slice *, u.rows);
  if (x->rows == NULL) {
    return no_memory(&r, err);
  }
  memcpy(x->rows, r.texts, u.rows * sizeof x->rows[0]);
  return leave_rest(&r, u.rows, err);
}
