/* Makes rows of separators: which records of a piece are usable, and where they are in the file. */
#ifndef CANVASS_READING_CSV_RECORDS_H
#define CANVASS_READING_CSV_RECORDS_H

#include "reading/csv/header.h"
#include "reading/csv/piece.h"
#include "reading/reader.h"

typedef struct csv_records {
  row_places *places; /* borrowed */
  uint32_t *begins;   /* where each row starts in the text */
  size_t begins_capacity;
  size_t position; /* of the next record in the text */
  arena *memory;   /* of cells while records are judged */
} csv_records;

/* Zeroed is empty.  The functions return false when memory is out. */
bool csv_records_start(csv_records *r, const csv_piece *piece, row_places *places);
void csv_records_fini(csv_records *r);
void csv_records_start_stretch(csv_records *r, size_t position);
/* Takes the complete records of X, moving its separators so that those of usable records are a matrix,
 * which OUT borrows. */
bool csv_records_take(csv_records *r, csv_index *x, const csv_piece *piece, const csv_file_header *header,
                      input_rows *out);
/* Moves what is left of an incomplete record to the front of X. */
void csv_records_drop_taken(csv_index *x);
bool csv_records_leave_out_given_up(csv_records *r, const csv_given_up *record,
                                    const csv_file_header *header);
/* The raw cell of a usable row. */
slice csv_records_find_cell(const csv_records *r, const csv_piece *piece, char delimiter, uint32_t row,
                            uint32_t cell);

#endif
