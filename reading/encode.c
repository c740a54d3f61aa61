/* The encoder.
 *
 * A block of text gives separators; those of complete records become a matrix of rows and cells, from
 * which bad records have been taken out, and what is left of the last record stays for the next block.
 * Usually every record is one line with the right number of cells, and the matrix is the list of
 * separators as it is; only otherwise are records looked at one by one (records.c).
 */
#include "reading/encode.h"

#include <stdlib.h>

#include "reading/csv/records.h"

enum {
  BLOCK_ROWS = 128,           /* rows that a block is to hold, so that the loops over columns pay */
  BLOCK_BYTES_MIN = 16 << 10, /* small enough for the first cache */
  BLOCK_BYTES_MAX = 8 << 20,
};

struct encoder {
  const encoder_schema *schema;
  const csv_kernels *kernels;
  column_writer *columns;
  shard_column *out;
  arena *memory;
  csv_index index;
  size_t ends_capacity, briefs_capacity, row_ends_capacity, inner_capacity, wrong_capacity;
  csv_records records;
  const encoder_layout *layout;
  const csv_piece *piece;
  uint32_t finding_cell; /* the column that column_finish asks for */
};

encoder *encoder_new(const encoder_schema *schema, const csv_kernels *kernels) {
  encoder *e = calloc(1, sizeof *e);
  if (e == NULL) {
    return NULL;
  }
  e->schema = schema;
  e->kernels = kernels;
  e->memory = arena_new();
  e->columns = calloc(schema->count + 1, sizeof *e->columns);
  e->out = calloc(schema->count + 1, sizeof *e->out);
  bool well = e->memory != NULL && e->columns != NULL && e->out != NULL;
  for (uint32_t i = 0; well && i < schema->count; i++) {
    well = column_init(&e->columns[i], schema->names[i], schema->hints[i], schema->decimal_mark, e->memory);
  }
  if (!well) {
    encoder_destroy(e);
    return NULL;
  }
  return e;
}

void encoder_destroy(encoder *e) {
  if (e == NULL) {
    return;
  }
  for (uint32_t i = 0; e->columns != NULL && i < e->schema->count; i++) {
    column_fini(&e->columns[i]);
  }
  free(e->columns);
  free(e->out);
  free(e->index.ends);
  free(e->index.briefs);
  free(e->index.row_ends);
  free(e->index.inner);
  free(e->index.wrong);
  csv_records_fini(&e->records);
  arena_destroy(e->memory);
  free(e);
}

/* Room for the separators of BYTES more bytes. */
static bool reserve_index(encoder *e, size_t bytes) {
  csv_index *x = &e->index;
  const size_t room = bytes + CSV_MARGIN;
  return csv_array_reserve(&x->ends, &e->ends_capacity, x->count + room, sizeof *x->ends) &&
         csv_array_reserve(&x->briefs, &e->briefs_capacity, x->count + room, sizeof *x->briefs) &&
         csv_array_reserve(&x->row_ends, &e->row_ends_capacity, x->rows_count + room, sizeof *x->row_ends) &&
         csv_array_reserve(&x->inner, &e->inner_capacity, x->inner_count + room, sizeof *x->inner) &&
         csv_array_reserve(&x->wrong, &e->wrong_capacity, x->wrong_count + room, sizeof *x->wrong);
}

static bool append_columns(encoder *e, const csv_rows *rows) {
  bool well = true;
  for (uint32_t i = 0; well && rows->count > 0 && i < e->schema->count; i++) {
    well = column_append(&e->columns[i], rows, e->layout->cells[i], e->piece->records);
  }
  return well;
}

/* Text of about BLOCK_ROWS rows, by what the rows of the piece take on average. */
static size_t block_bytes(const csv_piece *p) {
  const size_t wanted = p->records > 0 ? p->length / p->records * BLOCK_ROWS : 0;
  const size_t bytes = wanted < BLOCK_BYTES_MIN ? BLOCK_BYTES_MIN : wanted;
  return (bytes < BLOCK_BYTES_MAX ? bytes : BLOCK_BYTES_MAX) / 64 * 64;
}

static status no_memory(const encoder *e, error *err) {
  return error_no_memory(err, e->layout->title);
}

/* The text between two records that were given up. */
static status run_stretch(encoder *e, size_t from, size_t to, error *err) {
  const csv_piece *p = e->piece;
  const size_t block = block_bytes(p);
  csv_index_start(&e->index);
  csv_records_start_stretch(&e->records, from);
  while (from < to) {
    const size_t end = to - from > block ? from + block : to;
    if (!reserve_index(e, end - from)) {
      return no_memory(e, err);
    }
    e->kernels->index(&e->index, p->text, from, end);
    if (e->index.unfit) {
      TRY(csv_check_text(p->text, p->length, p->first_line, e->layout->title, err));
      e->index.unfit = false;
    }
    csv_rows rows;
    if (!csv_records_take(&e->records, &e->index, p, e->layout->header, &rows) || !append_columns(e, &rows)) {
      return no_memory(e, err);
    }
    csv_records_drop_taken(&e->index);
    from = end;
  }
  return STATUS_OK;
}

static slice find_cell(void *context, uint32_t row) {
  const encoder *e = context;
  return csv_records_find_cell(&e->records, e->piece, e->layout->header->delimiter, row, e->finding_cell);
}

static status finish(encoder *e, shard_content *out, error *err) {
  for (uint32_t i = 0; i < e->schema->count; i++) {
    e->finding_cell = e->layout->cells[i];
    if (!column_finish(&e->columns[i], find_cell, e, &e->out[i])) {
      return no_memory(e, err);
    }
  }
  *out = (shard_content){
      .rows = e->records.rows,
      .first_ordinal = e->records.first_ordinal,
      .file = e->layout->file,
      .first_line = e->records.first_line,
      .decimal_mark = e->schema->decimal_mark,
      .gap_rows = e->records.gap_rows,
      .gap_records = e->records.gap_records,
      .gap_lines = e->records.gap_lines,
      .gaps_count = e->records.gaps_count,
      .columns = e->out,
      .columns_count = e->schema->count,
  };
  return STATUS_OK;
}

status encoder_run(encoder *e, const encoder_layout *layout, const csv_piece *piece, shard_content *out,
                   error *err) {
  e->layout = layout;
  e->piece = piece;
  arena_clear(e->memory);
  e->index.delimiter = layout->header->delimiter;
  e->index.count = e->index.rows_count = e->index.inner_count = e->index.wrong_count = 0;
  e->index.unfit = false;
  bool well = csv_records_start(&e->records, piece);
  for (uint32_t i = 0; well && i < e->schema->count; i++) {
    well = column_start(&e->columns[i], piece->records);
  }
  if (!well) {
    return no_memory(e, err);
  }
  if (!e->kernels->checks_utf8 || piece->given_up_count > 0) {
    TRY(csv_check_text(piece->text, piece->length, piece->first_line, layout->title, err));
  }
  size_t from = 0;
  for (size_t i = 0; i < piece->given_up_count; i++) {
    TRY(run_stretch(e, from, piece->given_up[i].begin, err));
    if (!csv_records_leave_out_given_up(&e->records, &piece->given_up[i], layout->header)) {
      return no_memory(e, err);
    }
    from = piece->given_up[i].end;
  }
  TRY(run_stretch(e, from, piece->length, err));
  return finish(e, out, err);
}

const measure *encoder_measure(const encoder *e, uint32_t column) {
  return &e->columns[column].measure;
}

uint64_t encoder_quarantined(const encoder *e) {
  return e->records.quarantined;
}

const manifest_place *encoder_places(const encoder *e, uint32_t *count) {
  *count = e->records.places_count;
  return e->records.places;
}

const manifest_skipped *encoder_skipped(const encoder *e) {
  return e->records.skipped;
}
