/* Records that belong to no respondent: blank ones, and repeated headers where files were joined. */
#ifndef CANVASS_READING_CSV_NOBODY_H
#define CANVASS_READING_CSV_NOBODY_H

#include "reading/csv/header.h"
#include "store/manifest.h"

/* A record of as many cells as the header: cell I ends at text[ends[i]]. */
typedef struct csv_whole_record {
  const uint8_t *text;
  size_t begin;
  const uint32_t *ends;
} csv_whole_record;

/* May RECORD be one, by its first byte?  Answers nearly always no, and at once. */
bool csv_nobody_possible(const csv_file_header *header, const uint8_t *record);
/* Bytes of the byte-order mark that RECORD begins with, where files were joined; mostly 0. */
size_t csv_nobody_mark(const uint8_t *record);
/* *SKIP: which one it is; MANIFEST_SKIPS: somebody's.  MEMORY holds unquoted texts.  False: out of memory. */
bool csv_nobody_judge(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                      manifest_skip *skip);

#endif
