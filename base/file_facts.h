/* What was found while a file of a dataset was read: part of the dataset's manifest, and of plans, whose
 * reports repeat it.  Both hold it as the same bytes. */
#ifndef CANVASS_BASE_FILE_FACTS_H
#define CANVASS_BASE_FILE_FACTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"

enum { FILE_PLACES = 10 }; /* of each cause, the first ones */

typedef struct file_place {
  uint64_t line;
  slice problem;
} file_place;

/* Records of a file that belong to no respondent, and are left out. */
typedef enum file_skip {
  FILE_BLANK_ROWS,       /* nothing in any cell */
  FILE_REPEATED_HEADERS, /* every cell is that of the header */
  FILE_TOTALS,           /* they add up or average the others, as platforms and spreadsheets do */
  FILE_SKIPS
} file_skip;

/* What is odd about some rows of a file, which are read all the same. */
typedef enum file_remark {
  FILE_HIDDEN_ROWS,  /* the sheet of a workbook does not show them: a filter does that */
  FILE_LONG_NUMBERS, /* they have numbers of more digits than the 15 that spreadsheets show: read with 15 */
  FILE_FAR_CELLS,    /* they have cells far to the right of the table, which are not read */
  FILE_MAYBE_TOTALS, /* they may add up the others, and be no respondents' */
  FILE_REMARKS
} file_remark;

/* Records, and where they are. */
typedef struct file_skipped {
  uint64_t count;
  uint64_t lines[FILE_PLACES]; /* of the first */
  uint32_t lines_count;        /* the smaller of COUNT and FILE_PLACES */
} file_skipped;

/* What the reader decided by itself, or found odd, about a whole file. */
typedef enum file_notice {
  FILE_NOTICE_SEP_LINE,       /* its first line, `sep=;`, was taken for what it says and is no record */
  FILE_NOTICE_UTF16,          /* it is UTF-16, which neither a mark nor the specification says */
  FILE_NOTICE_UTF8_ALREADY,   /* the encoding that the specification or the file states was applied, but the
                                 bytes are valid UTF-8 beyond ASCII */
  FILE_NOTICE_DELIMITER_TIED, /* another delimiter separates its first records as well as the one that was
                                 taken */
  FILE_NOTICE_OTHER_SHEETS,   /* a workbook with other sheets, of which nobody said which one is meant */
  FILE_NOTICE_MERGED_CELLS, /* cells below its header are merged: only the first of each has what they show */
  FILE_NOTICE_FORMULAS,     /* cells have formulas whose results the workbook lacks: they are missing */
  FILE_NOTICES
} file_notice;

/* As what a file was read, where that is more than a table with one line of titles. */
typedef struct file_reading {
  slice format;         /* the platform that writes files like it: "Qualtrics"; empty: none */
  uint32_t header_rows; /* records before the first respondent's; 0: the format has none, or nobody knows */
  uint64_t skipped;     /* lines before them */
  uint32_t notices;     /* bit I: notice I */
  slice sheet;          /* of a workbook; empty: it is none */
  file_skipped remarks[FILE_REMARKS];
} file_reading;

typedef struct file_facts {
  slice name;           /* what reports call it, without .gz or .zst when it is packed; "-": standard input */
  digest sha256;        /* of its bytes, unpacked */
  uint64_t bytes;       /* unpacked */
  uint64_t records;     /* data rows, including those that are left out */
  uint64_t quarantined; /* structurally broken rows */
  file_place places[FILE_PLACES];
  uint32_t places_count;
  file_skipped skipped[FILE_SKIPS];
  file_reading reading;
} file_facts;

/* What bytes say of a file: those of today, and those of manifests that are still read. */
typedef enum file_facts_extent {
  FILE_FACTS_PLACES,  /* nothing of what was skipped; manifests of version 2 */
  FILE_FACTS_SKIPPED, /* nothing of `reading`; version 3 */
  FILE_FACTS_READING, /* nothing of sheets; version 4 */
  FILE_FACTS_SHEETS,  /* neither totals nor remarks; version 5 */
  FILE_FACTS_TOTALS,  /* nothing of rows that may be totals; version 6 */
  FILE_FACTS_ALL,
} file_facts_extent;

/* One more, on LINE, which is not before the others. */
void file_skipped_note(file_skipped *s, uint64_t line);
/* The lines of FROM follow those of INTO. */
void file_skipped_add(file_skipped *into, const file_skipped *from);
/* Records that are not rows: quarantined or skipped. */
uint64_t file_facts_left_out(const file_facts *f);
/* FROM with its texts in MEMORY. */
file_facts file_facts_copy(const file_facts *from, arena *memory);
void file_facts_encode(const file_facts *f, buf *out);
/* Texts are copied into MEMORY.  No number may be above MOST. */
void file_facts_decode(reader *r, uint64_t most, file_facts_extent extent, arena *memory, file_facts *out);

#endif
