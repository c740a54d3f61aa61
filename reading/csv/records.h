/* From separators to rows: which records of a piece are usable, and where they stand in the file. */
#ifndef CANVASS_READING_CSV_RECORDS_H
#define CANVASS_READING_CSV_RECORDS_H

#include "base/arena.h"
#include "reading/column.h"
#include "reading/csv/header.h"
#include "reading/csv/piece.h"
#include "store/manifest.h"

typedef struct csv_records {
  uint32_t rows;    /* usable so far */
  uint32_t *begins; /* where each starts in the text */
  size_t begins_capacity;
  uint64_t ordinal;          /* of the next record */
  uint64_t line;             /* on which it starts */
  size_t position;           /* in the text */
  uint64_t expected_ordinal; /* of the next row, if nothing is skipped */
  uint64_t expected_line;
  uint64_t first_ordinal; /* of row 0 */
  uint64_t first_line;
  uint32_t *gap_rows, *gap_records, *gap_lines; /* as in shard_content */
  uint32_t gaps_count;
  uint32_t gaps_capacity;
  uint64_t quarantined;
  manifest_place places[MANIFEST_PLACES];
  uint32_t places_count;
  manifest_skipped skipped[MANIFEST_SKIPS];
  arena *memory; /* of the problems' texts, and of cells while records are judged */
} csv_records;

/* Zeroed is empty.  The functions return false when memory is out. */
bool csv_records_start(csv_records *r, const csv_piece *piece);
void csv_records_fini(csv_records *r);
void csv_records_start_stretch(csv_records *r, size_t position);
/* Takes the complete records of X, moving its separators so that those of usable records are a matrix,
 * which OUT borrows. */
bool csv_records_take(csv_records *r, csv_index *x, const csv_piece *piece, const csv_file_header *header,
                      csv_rows *out);
/* Moves what is left of an incomplete record to the front of X. */
void csv_records_drop_taken(csv_index *x);
bool csv_records_leave_out_given_up(csv_records *r, const csv_given_up *record,
                                    const csv_file_header *header);
/* The raw cell of a usable row. */
slice csv_records_find_cell(const csv_records *r, const csv_piece *piece, char delimiter, uint32_t row,
                            uint32_t cell);

#endif
