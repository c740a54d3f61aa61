/* One column of one shard, filled block by block of rows.
 *
 * Every column begins as codes of a dictionary.  When it has more distinct texts than PACKED_CODES_MAX,
 * its hint tells what it becomes: numbers become decimals, coded texts become wide codes and, beyond
 * PACKED_WIDE_MAX, plain texts, and texts plain texts.  What the shard holds depends on the cells alone.
 */
#ifndef CANVASS_READING_COLUMN_H
#define CANVASS_READING_COLUMN_H

#include "base/buf.h"
#include "reading/dictionary.h"
#include "reading/measure.h"
#include "reading/reader.h"
#include "store/shard.h"

typedef struct column_exceptions {
  uint32_t *rows;
  uint32_t *texts;
  uint32_t count;
  size_t rows_capacity, texts_capacity;
} column_exceptions;

typedef struct column_writer {
  slice name;
  reading_hint hint;
  char decimal_mark;
  packed_kind kind;
  bool mostly_long; /* cells of more than a byte are the rule: saves a vain pass */
  uint32_t rows;
  dictionary dictionary; /* of the codes; in decimals, of the exceptions */
  uint8_t *codes;
  size_t codes_capacity;
  uint16_t *wide_codes;
  size_t wide_capacity;
  int64_t *mantissas;
  size_t mantissas_capacity;
  uint8_t *scales; /* of each number as it was written */
  size_t scales_capacity;
  column_exceptions exceptions;
  uint32_t *offsets;
  size_t offsets_capacity;
  buf bytes;
  measure measure; /* of codes: once the shard is finished */
} column_writer;

/* MEMORY: cleared with the piece; holds unquoted texts. */
bool column_init(column_writer *c, slice name, reading_hint hint, char decimal_mark, arena *memory);
void column_fini(column_writer *c);
/* Begins a shard of at most ROWS_MAX rows, given as values, or as ranges of what TEXT_OF reads (reader.h).
 * False: out of memory. */
bool column_start(column_writer *c, uint32_t rows_max, dictionary_text_of text_of);
/* Appends the cells CELL of ROWS.  The text of ranges must outlive the shard.  False: out of memory. */
bool column_append(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t rows_max);
/* Finds the text of an earlier row again.  False: out of memory. */
typedef bool (*column_find)(void *context, uint32_t row, slice *text);
/* Ends the shard: decides the scale of decimals and fills OUT, which borrows from C.  False: out of
 * memory. */
bool column_finish(column_writer *c, column_find find, void *context, packed_column *out);

/* The decimals part of the writer (decimals.c). */
bool decimals_start(column_writer *c, uint32_t rows_max);
bool decimals_append(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from);
bool decimals_finish(column_writer *c, column_find find, void *context, packed_column *out);

#endif
