/* Passes pieces of files from the splitting thread to the encoding threads.
 *
 * One thread splits, others encode, the caller waits and reports progress.  There are THREADS + 1 pieces, one
 * being cut while the others are encoded, so memory is bounded.  Pieces are numbered in the order of the
 * dataset and results are kept by that number; when something fails, what comes before it is still finished,
 * and the first failure in the order of the dataset is the one reported.  So the outcome does not depend on
 * threads.
 */
#ifndef CANVASS_READING_PIPELINE_H
#define CANVASS_READING_PIPELINE_H

#include "reading/encode.h"
#include "store/store.h"

/* The result of one piece. */
typedef struct pipeline_outcome {
  bool done;
  manifest_shard shard; /* rows 0: none was made */
  uint64_t quarantined;
  file_place *places;
  uint32_t places_count;
  file_skipped skipped[FILE_SKIPS];
  uint64_t suspects; /* and the next two: as in row_places */
  file_skipped named;
  bool has_nameless;
} pipeline_outcome;

typedef struct pipeline pipeline;

typedef struct pipeline_options {
  unsigned threads;
  const encoder_schema *schema;
  store *into;
  /* Runs on the splitting thread: calls pipeline_piece and pipeline_push until the end. */
  status (*split)(void *context, pipeline *p, error *err);
  void *context;
  /* Runs on the calling thread about ten times a second; may be NULL.  ROWS are encoded.  False: stop. */
  bool (*progress)(void *context, uint64_t rows);
  atomic_bool *stop; /* set when the splitting thread should give up waiting for input */
} pipeline_options;

/* Runs to the end.  *OUT is set even after a failure; it is NULL only when memory is out. */
status pipeline_run(const pipeline_options *options, pipeline **out, error *err) MUST_USE;
void pipeline_destroy(pipeline *p);
const pipeline_outcome *pipeline_outcomes(const pipeline *p, size_t *count);
/* Facts about a column of the schema. */
typedef struct column_facts {
  uint8_t decimals_max; /* and LARGEST: as in manifest_column */
  decimal_magnitude largest;
  bool as_numbers; /* some shard keeps it as PACKED_DECIMALS or PACKED_SCALED */
} column_facts;
const column_facts *pipeline_columns(const pipeline *p);

/* An unused piece; NULL: stop splitting (another thread failed). */
input_piece *pipeline_piece(pipeline *p);
/* Passes on a piece that pipeline_piece returned.  LAYOUT is borrowed until the end. */
void pipeline_push(pipeline *p, input_piece *piece, const encoder_layout *layout);

#endif
