/* Turns a piece of a file into the content of a shard.
 *
 * An encoder belongs to one thread and keeps its memory from piece to piece.  The file's format decodes the
 * piece, batch of rows by batch; the encoder fills column after column from each.
 */
#ifndef CANVASS_READING_ENCODE_H
#define CANVASS_READING_ENCODE_H

#include "reading/column.h"
#include "reading/reader.h"

/* What an encoder needs to know about a file. */
typedef struct encoder_layout {
  const input_file *input;
  const uint32_t *cells; /* the number of each wanted column in the file; INPUT_ABSENT: none */
  uint32_t file;         /* its number in the dataset */
} encoder_layout;

/* The columns of the dataset, in order. */
typedef struct encoder_schema {
  const slice *names;
  const reading_hint *hints;
  uint32_t count;
  char decimal_mark;
  const bool *optional; /* the shards of a file that lacks such a column do not have it; NULL: none is */
} encoder_schema;

/* Whether the shards of a file with that layout have column INDEX of SCHEMA. */
static inline bool encoder_has(const encoder_schema *schema, const encoder_layout *layout, uint32_t index) {
  return layout->cells[index] != INPUT_ABSENT || schema->optional == NULL || !schema->optional[index];
}

typedef struct encoder encoder;

/* SCHEMA is borrowed.  NULL: out of memory. */
encoder *encoder_new(const encoder_schema *schema);
void encoder_destroy(encoder *e);

/* Encodes PIECE; *OUT borrows from E and PIECE until the next piece.  A content without rows is not a shard.
 * STATUS_DATA for what makes the whole file unusable, such as text that is not UTF-8. */
status encoder_run(encoder *e, const encoder_layout *layout, const input_piece *piece, shard_content *out,
                   error *err) MUST_USE;

/* The measurements of a column of the last piece. */
const measure *encoder_measure(const encoder *e, uint32_t column);
/* The positions of its rows, and the records that were left out. */
const row_places *encoder_places(const encoder *e);

#endif
