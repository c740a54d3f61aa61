/* Reading survey files into shards: CSV in, a manifest and shards in a store out.
 *
 * RFC 4180 with quotes, embedded delimiters and line breaks, LF or CRLF, BOM; comma, semicolon, tab
 * (or any ASCII delimiter); plain, .gz or .zst (told by magic bytes, not by name); "-" is standard
 * input; files larger than memory; several files as one dataset (columns matched by name).  A quote
 * opens a quoted cell only at the start of a cell.  The whole file is one automaton: what is a record
 * never depends on where parallel readers cut.  Empty lines are no records.  A record with another
 * number of cells than the header, or text after a closing quote, is quarantined: counted, its first
 * ten places named, left out.  A quote that never closes quarantines that record alone where it can
 * be told (see docs/specification.md), never silently the rest of the file.
 */
#ifndef CANVASS_CLIENT_CSV_CSV_H
#define CANVASS_CLIENT_CSV_CSV_H

#include "base/status.h"
#include "store/manifest.h"
#include "store/store.h"

/* How a column is best stored; what it means is the plan's business. */
typedef enum csv_hint { CSV_HINT_TEXT_CODES, CSV_HINT_NUMBER, CSV_HINT_TEXT } csv_hint;

typedef struct csv_column {
  const char *name;
  csv_hint hint;
} csv_column;

typedef struct csv_options {
  const char *encoding; /* iconv name; NULL: UTF-8 */
  char delimiter;       /* 0: the one of , ; tab | that stands most often in the header */
  char decimal_mark;    /* '.' or ',' */
  /* Columns wanted; NULL: all, with hints guessed from the first rows.  A wanted column that a file
   * lacks is STATUS_DATA, all of them named at once, with the nearest name of the header. */
  const csv_column *columns;
  size_t columns_count;
  uint32_t shard_rows; /* records per shard; 65536 */
  unsigned threads;
  /* May be NULL.  From the calling thread only.  bytes_total is 0 when it cannot be told.  Returning
   * false stops the reading: STATUS_INTERRUPTED. */
  bool (*progress)(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total);
  void *context;
} csv_options;

status csv_read(const csv_options *options, const char *const *paths, size_t paths_count, store *into,
                manifest **out, error *err) MUST_USE;

/* The header of the first file alone (column names, in order; in the manifest's columns). */
status csv_header(const csv_options *options, const char *path, manifest **out, error *err) MUST_USE;

#endif
