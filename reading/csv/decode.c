/* From a piece of text to rows of cells.
 *
 * A block of text gives separators; those of complete records become a matrix of rows and cells, from
 * which bad records have been taken out, and what is left of the last record stays for the next block.
 * Usually every record is one line with the right number of cells, and the matrix is the list of
 * separators as it is; only otherwise are records examined one by one (records.c).
 */
#include <stdlib.h>

#include "base/array.h"
#include "reading/csv/cell.h"
#include "reading/csv/csv.h"
#include "reading/plain_text.h"

enum {
  BLOCK_ROWS = 128,           /* rows that a block is to hold, so that the loops over columns pay */
  BLOCK_BYTES_MIN = 16 << 10, /* small enough for the first cache */
  BLOCK_BYTES_MAX = 8 << 20,
};

struct csv_decoder {
  csv_index index;
  size_t ends_capacity, briefs_capacity, row_ends_capacity, inner_capacity, wrong_capacity;
  csv_records records;
  /* Of the piece in hand. */
  const csv_file *file;
  const csv_piece *piece;
  const char *title;
  const input_sink *sink;
};

csv_decoder *csv_decoder_new(void) {
  return calloc(1, sizeof(csv_decoder));
}

void csv_decoder_destroy(csv_decoder *d) {
  if (d == NULL) {
    return;
  }
  free(d->index.ends);
  free(d->index.briefs);
  free(d->index.row_ends);
  free(d->index.inner);
  free(d->index.wrong);
  csv_records_fini(&d->records);
  free(d);
}

/* Room for the separators of BYTES more bytes. */
static bool reserve_index(csv_decoder *d, size_t bytes) {
  csv_index *x = &d->index;
  const size_t room = bytes + CSV_MARGIN;
  return ARRAY_ROOM_FOR(x->ends, x->count + room, d->ends_capacity) &&
         ARRAY_ROOM_FOR(x->briefs, x->count + room, d->briefs_capacity) &&
         ARRAY_ROOM_FOR(x->row_ends, x->rows_count + room, d->row_ends_capacity) &&
         ARRAY_ROOM_FOR(x->inner, x->inner_count + room, d->inner_capacity) &&
         ARRAY_ROOM_FOR(x->wrong, x->wrong_count + room, d->wrong_capacity);
}

/* Text of about BLOCK_ROWS rows, by what the rows of the piece take on average. */
static size_t block_bytes(const csv_piece *p) {
  const size_t wanted = p->records > 0 ? p->length / p->records * BLOCK_ROWS : 0;
  const size_t bytes = wanted < BLOCK_BYTES_MIN ? BLOCK_BYTES_MIN : wanted;
  return (bytes < BLOCK_BYTES_MAX ? bytes : BLOCK_BYTES_MAX) / 64 * 64;
}

static status no_memory(const csv_decoder *d, error *err) {
  return error_no_memory(err, d->title);
}

static status check_text(const csv_decoder *d, error *err) {
  return plain_text_check(d->piece->text, d->piece->length, d->piece->first_line, d->title, err);
}

/* Gives the complete records of the index to the sink. */
static bool give_rows(csv_decoder *d) {
  input_rows rows;
  if (!csv_records_take(&d->records, &d->index, d->piece, &d->file->header, &rows)) {
    return false;
  }
  const bool taken = rows.count == 0 || d->sink->take(d->sink->context, &rows);
  csv_records_drop_taken(&d->index);
  return taken;
}

/* The text between two records that were given up. */
static status run_stretch(csv_decoder *d, size_t from, size_t to, error *err) {
  const csv_piece *p = d->piece;
  const size_t block = block_bytes(p);
  csv_index_start(&d->index);
  csv_records_start_stretch(&d->records, from);
  while (from < to) {
    const size_t end = to - from > block ? from + block : to;
    if (!reserve_index(d, end - from)) {
      return no_memory(d, err);
    }
    d->file->splitter.kernels->index(&d->index, p->text, from, end);
    if (d->index.unfit) {
      TRY(check_text(d, err));
      d->index.unfit = false;
    }
    if (!give_rows(d)) {
      return no_memory(d, err);
    }
    from = end;
  }
  return STATUS_OK;
}

status csv_decoder_run(csv_decoder *d, const csv_file *file, const char *title, const csv_piece *piece,
                       const input_sink *sink, error *err) {
  d->file = file;
  d->title = title;
  d->piece = piece;
  d->sink = sink;
  d->index.delimiter = file->header.delimiter;
  d->index.count = d->index.rows_count = d->index.inner_count = d->index.wrong_count = 0;
  d->index.unfit = false;
  if (!csv_records_start(&d->records, piece, sink->places)) {
    return no_memory(d, err);
  }
  if (!file->splitter.kernels->checks_utf8 || piece->given_up_count > 0) {
    TRY(check_text(d, err));
  }
  size_t from = 0;
  for (size_t i = 0; i < piece->given_up_count; i++) {
    TRY(run_stretch(d, from, piece->given_up[i].begin, err));
    if (!csv_records_leave_out_given_up(&d->records, &piece->given_up[i], &file->header)) {
      return no_memory(d, err);
    }
    from = piece->given_up[i].end;
  }
  return run_stretch(d, from, piece->length, err);
}

bool csv_decoder_find(csv_decoder *d, uint32_t row, uint32_t cell, slice *text) {
  const slice raw = csv_records_find_cell(&d->records, d->piece, d->file->header.delimiter, row, cell);
  return csv_cell_text(raw, d->sink->memory, text);
}
