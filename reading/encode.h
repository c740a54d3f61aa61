/* From a piece of text to the content of a shard.
 *
 * An encoder belongs to one thread and keeps its memory from piece to piece.  It indexes a block of text,
 * checks the records in it, and then fills column after column from the block's rows.
 */
#ifndef CANVASS_READING_ENCODE_H
#define CANVASS_READING_ENCODE_H

#include "reading/column.h"
#include "reading/csv/header.h"
#include "reading/csv/piece.h"
#include "store/manifest.h"

/* What an encoder must know of a file. */
typedef struct encoder_layout {
  const char *title;
  const csv_file_header *header;
  const uint32_t *cells; /* where each wanted column stands */
  uint32_t file;         /* its number in the dataset */
} encoder_layout;

/* The columns of the dataset, in order. */
typedef struct encoder_schema {
  const slice *names;
  const reading_hint *hints;
  uint32_t count;
  char decimal_mark;
} encoder_schema;

typedef struct encoder encoder;

/* SCHEMA is borrowed.  NULL: out of memory. */
encoder *encoder_new(const encoder_schema *schema, const csv_kernels *kernels);
void encoder_destroy(encoder *e);

/* Encodes PIECE; *OUT borrows from E and PIECE until the next piece.  A content without rows is no shard.
 * STATUS_DATA for text that is not UTF-8. */
status encoder_run(encoder *e, const encoder_layout *layout, const csv_piece *piece, shard_content *out,
                   error *err) MUST_USE;

/* What was measured in a column of the last piece. */
const measure *encoder_measure(const encoder *e, uint32_t column);
/* The records of the last piece that were quarantined. */
uint64_t encoder_quarantined(const encoder *e);
/* The first of them, at most MANIFEST_PLACES; the texts live until the next piece. */
const manifest_place *encoder_places(const encoder *e, uint32_t *count);
/* What was left out as nobody's: MANIFEST_SKIPS of them. */
const manifest_skipped *encoder_skipped(const encoder *e);

#endif
