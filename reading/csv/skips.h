/* Records to be skipped, because they belong to no respondent: blank ones, headers repeated where files were
 * joined, and totals. */
#ifndef CANVASS_READING_CSV_SKIPS_H
#define CANVASS_READING_CSV_SKIPS_H

#include "reading/csv/header.h"
#include "store/manifest.h"

/* A record of as many cells as the header: cell I ends at text[ends[i]]. */
typedef struct csv_whole_record {
  const uint8_t *text;
  size_t begin;
  const uint32_t *ends;
} csv_whole_record;

/* Whether RECORD may be one, judged by its first byte: cheap, and false for nearly every record. */
bool csv_skip_possible(const csv_file_header *header, const uint8_t *record);
/* Bytes of the byte-order mark that RECORD begins with, where files were joined; mostly 0. */
size_t csv_skip_mark(const uint8_t *record);
/* *SKIP: why RECORD is skipped; FILE_SKIPS when it is a respondent's.  MEMORY holds unquoted texts.
 * False: out of memory. */
bool csv_skip_decide(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                     file_skip *skip);

#endif
