/* Which records of a piece are rows, where they are in the file, and what was left out. */
#ifndef CANVASS_READING_PLACES_H
#define CANVASS_READING_PLACES_H

#include "base/arena.h"
#include "store/manifest.h"

typedef struct row_places {
  uint32_t rows;             /* usable so far */
  uint64_t ordinal;          /* of the next record */
  uint64_t line;             /* on which it starts */
  uint64_t expected_ordinal; /* of the next row, if nothing is left out */
  uint64_t expected_line;
  uint64_t first_ordinal; /* of row 0 */
  uint64_t first_line;
  uint32_t *gap_rows, *gap_records, *gap_lines; /* as in shard_content */
  uint32_t gaps_count;
  size_t gap_rows_capacity, gap_records_capacity, gap_lines_capacity;
  uint64_t quarantined;
  file_place list[FILE_PLACES]; /* of the first quarantined records */
  uint32_t list_count;
  file_skipped skipped[FILE_SKIPS];
  uint64_t suspects;  /* rows whose first cell is a word for totals or remarks (totals.h) */
  file_skipped named; /* of them those that usually are such */
  bool has_nameless;  /* one of the last rows lacks its first cell */
  arena *memory;      /* of the problems' texts */
} row_places;

/* Zeroed is empty.  The functions return false when memory is out. */
bool places_start(row_places *p, uint64_t first_ordinal, uint64_t first_line);
void places_fini(row_places *p);
/* The next COUNT records are rows of one line each. */
bool places_take_rows(row_places *p, uint32_t count);
/* The next record is a row of LINES lines; */
bool places_take_row(row_places *p, uint32_t lines);
/* or is left out, for what is wrong with it, */
bool places_quarantine(row_places *p, uint32_t lines, const char *problem);
/* or because it belongs to no respondent. */
void places_skip(row_places *p, uint32_t lines, file_skip which);
/* Lines that are not records. */
void places_pass_lines(row_places *p, uint64_t lines);

#endif
