/* Newline-delimited JSON as an input format: one object per line.
 *
 * 1. A line that is not blank is a record.  One that is not a JSON object is quarantined, with its line, the
 * byte and the problem; reading goes on with the next line.  A line of more than 16 MiB is STATUS_DATA.
 * 2. The columns are the keys of all objects of the file, in the order of their first appearance: so the file
 * is read twice, and cannot be a pipe.  A line that is not an object adds none.  Keys are
 * trimmed; an empty key makes its line malformed.  A member of a nested object is a column of its own: a.b.
 * 3. A key that occurs twice in an object, also as the path of a nested member, is STATUS_DATA.
 * 4. Texts are decoded and trimmed.  A number is as it is written, with the dataset's decimal mark; true and
 * false are texts.  null, blank texts and missing keys are all blank cells.
 * 5. An array of texts, numbers, true and false is one cell, its items joined by INPUT_LIST_MARK; null and
 * blank items are dropped.  An item that contains that mark makes its line malformed.  An array with arrays
 * or objects in it is a text: the JSON as in the file.
 * 6. NUL, as a byte or as \u0000, and text that is not UTF-8 are STATUS_DATA.
 * 7. An object without any visible character in its values is a blank row.
 */
#ifndef CANVASS_READING_NDJSON_NDJSON_H
#define CANVASS_READING_NDJSON_NDJSON_H

#include "reading/dictionary.h"
#include "reading/ndjson/line.h"
#include "reading/values.h"

/* Which key of a file each member of a line is: mostly that of the line before. */
typedef struct ndjson_keys {
  const dictionary *names; /* of all keys, by number */
  uint32_t *order;         /* of the members of the line before */
  size_t order_capacity, order_count;
  uint64_t *seen; /* the last line (counted from 1) that had it, for each key */
  size_t seen_capacity;
  uint64_t lines;
  uint32_t members; /* of the line in hand */
} ndjson_keys;

/* The state of an open file.  Decoders use only the names. */
typedef struct ndjson_file {
  dictionary names;
  size_t names_bytes;
  buf rest; /* text that was read but is in no piece */
  bool ended;
  bool is_second; /* pass */
  uint64_t ordinal;
  uint64_t line; /* of the first byte of the rest */
} ndjson_file;

void ndjson_keys_fini(ndjson_keys *k);
/* A line begins.  False: out of memory. */
bool ndjson_keys_start(ndjson_keys *k, const dictionary *names);
/* The number of the next member's key; DICTIONARY_NONE: it is not among the names.  *TWICE: the
 * line had it already. */
uint32_t ndjson_keys_next(ndjson_keys *k, slice key, bool *twice);

/* Cuts whole lines off into TEXT, including the last newline: at most RECORDS that are not blank.
 * INPUT_MARGIN bytes after them are readable. */
status ndjson_cut(input_file *f, uint32_t records, buf *text, input_piece *out, error *err) MUST_USE;
/* Reads the whole file to find its keys. */
status ndjson_find_keys(input_file *f, const input_watch *watch, error *err) MUST_USE;
/* "file:line: the object has the key ... twice" */
status ndjson_refuse_twice(const input_file *f, uint64_t line, slice key, error *err);
status ndjson_refuse_line(const input_file *f, uint64_t line, const line_reader *r, error *err);
/* The next line of the LENGTH bytes of whole lines at TEXT, from *AT on, which moves past it. */
slice ndjson_next_line(const buf *text, size_t *at);

/* Turns pieces into rows; of one thread (decode.c). */
void *ndjson_decoder_new(void);
void ndjson_decoder_free(void *decoder);
status ndjson_decode(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                     error *err) MUST_USE;
bool ndjson_find(void *decoder, uint32_t row, uint32_t cell, slice *text);

#endif
