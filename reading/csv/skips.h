/* Records to be skipped, because they belong to no respondent: blank ones, headers repeated where files were
 * joined, and totals. */
#ifndef CANVASS_READING_CSV_SKIPS_H
#define CANVASS_READING_CSV_SKIPS_H

#include "reading/csv/header.h"
#include "reading/totals.h"
#include "store/manifest.h"

/* A record of as many cells as the header: cell I ends at text[ends[i]]. */
typedef struct csv_whole_record {
  const uint8_t *text;
  size_t begin;
  const uint32_t *ends;
  uint64_t ordinal;
  bool is_near_end; /* of its piece */
} csv_whole_record;

/* Whether its first cell, which is not empty, may be a word for totals. */
bool csv_skip_may_be_total(const csv_file_header *header, const csv_whole_record *record);
/* Whether RECORD may be one, mostly judged by two bytes: cheap, and false for nearly every record. */
static inline bool csv_skip_possible(const csv_file_header *header, const csv_whole_record *record) {
  const uint8_t first = record->text[record->begin];
  return header->skip_possible[first] ||
         (header->looks_for_totals &&
          total_words_may_be(&header->words, record->text + record->begin, record->text + record->ends[0]) &&
          csv_skip_may_be_total(header, record)) ||
         (header->options->left_out_count > 0 && totals_left_out(header->options, record->ordinal));
}
/* Bytes of the byte-order mark that RECORD begins with, where files were joined; mostly 0. */
size_t csv_skip_mark(const uint8_t *record);
typedef struct csv_first_cell {
  slice text; /* with anything in it; empty: not looked for */
  uint32_t number;
} csv_first_cell;

/* *SKIP: why RECORD is skipped; FILE_SKIPS when it is a respondent's, and then *FIRST is what may make a
 * total of it.  MEMORY holds unquoted texts.  False: out of memory. */
bool csv_skip_decide(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                     file_skip *skip, csv_first_cell *first);

#endif
