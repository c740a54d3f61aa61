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
  FILE_SKIPS
} file_skip;

typedef struct file_skipped {
  uint64_t count;
  uint64_t lines[FILE_PLACES]; /* of the first */
  uint32_t lines_count;        /* the smaller of COUNT and FILE_PLACES */
} file_skipped;

typedef struct file_facts {
  slice name;           /* what reports call it, without .gz or .zst when it is packed; "-": standard input */
  digest sha256;        /* of its bytes, unpacked */
  uint64_t bytes;       /* unpacked */
  uint64_t records;     /* data rows, including those that are left out */
  uint64_t quarantined; /* structurally broken rows */
  file_place places[FILE_PLACES];
  uint32_t places_count;
  file_skipped skipped[FILE_SKIPS];
} file_facts;

/* The lines of FROM follow those of INTO. */
void file_skipped_add(file_skipped *into, const file_skipped *from);
/* Records that are not rows: quarantined or skipped. */
uint64_t file_facts_left_out(const file_facts *f);
/* FROM with its texts in MEMORY. */
file_facts file_facts_copy(const file_facts *from, arena *memory);
void file_facts_encode(const file_facts *f, buf *out);
/* Texts are copied into MEMORY.  No number may be above MOST.  KNOWS_SKIPPED: false for manifests of version
 * 2, which say nothing of what was skipped. */
void file_facts_decode(reader *r, uint64_t most, bool knows_skipped, arena *memory, file_facts *out);

#endif
