/* Reading survey files into shards: files in, a manifest and shards in a store out.
 *
 * What a file looks like is its format's matter (reader.h; csv/csv.h and ndjson/ndjson.h say which files are
 * read how). Of all formats holds:
 *
 * 1. What is a record, and which records are rows, depends on the file alone: the manifest and the shards are
 * the same for any number of threads.
 * 2. Files are plain, .gz (several members) or .zst (several frames), told by their first bytes, not by name;
 * "-" is standard input; files larger than memory; several files, of several formats, are one dataset
 * (columns matched by name).
 * 3. Cells are trimmed (slice_trim).  A record that is broken is quarantined: counted, its first ten places
 * named, left out.  Text that is not UTF-8 (after conversion), or has a NUL byte, is STATUS_DATA wherever it
 * stands: line, byte, and what the encoding probably is.
 * 4. Names of columns are not empty, and no two of a file the same.  A dataset without a usable row is
 * STATUS_DATA.
 * 5. Records in which no cell has anything to be seen are nobody's answers: left out and counted, the lines
 * of the first ten named.
 * 6. Ordinals count records from 0 over all files, those left out included; lines count from 1.
 * 7. A shard holds shard_rows records less those left out; fewer at the end of a file, and when they take
 * more than 256 MiB of text.  It never spans files; one without rows is not made.
 * 8. Of several failures the first in the order of the dataset is reported.
 *
 * Memory: the text of threads + 2 shards and the columns of as many shards as threads.
 */
#ifndef CANVASS_READING_READING_H
#define CANVASS_READING_READING_H

#include "base/status.h"
#include "store/manifest.h"
#include "store/store.h"

enum { READING_SHARD_ROWS_DEFAULT = 65536 };

/* How a column is best stored; what it means is the plan's business. */
typedef enum reading_hint { READING_HINT_TEXT_CODES, READING_HINT_NUMBER, READING_HINT_TEXT } reading_hint;

typedef struct reading_column {
  const char *name;
  reading_hint hint;
} reading_column;

enum { READING_HEADER_ROWS_MAX = 8 };

/* What comes before the first respondent, in formats that have a header.  Zeroed: whatever is recognised. */
typedef struct reading_header_rows {
  uint32_t skip;   /* lines that are left out before it */
  uint32_t rows;   /* records, at most READING_HEADER_ROWS_MAX; 0: as many as the platform that the file
                      shows writes, or one */
  uint32_t titles; /* bit I: row I + 1 names columns; 0: all but the labels' */
  uint32_t labels; /* the row, from 1, that says what the columns are about; 0: the platform's, or none */
} reading_header_rows;

typedef struct reading_options {
  /* Parallel to the paths: what the files are called in the manifest (NULL: their base names) and in messages
   * (NULL: their paths), and their absolute paths (NULL: nobody knows). */
  const char *const *names;
  const char *const *titles;
  const char *const *places;
  /* What messages call the dataset that files are appended to; NULL: "the dataset". */
  const char *dataset;
  /* iconv name, or what people say for one ("gbk"); NULL: UTF-8.  A byte-order mark overrules it. */
  const char *encoding;
  /* Of reading_format_name, or a platform (platform.h); NULL: told by each file's name, or by how it
   * begins. */
  const char *format;
  reading_header_rows header;
  char delimiter;    /* of CSV; 0: the one of , ; tab | that stands most often in the header */
  char decimal_mark; /* '.' (also 0) or ',' */
  /* Records without anything in any cell are rows; else they are left out and counted (manifest.h). */
  bool keeps_blank_rows;
  /* Columns wanted; NULL: all, with hints guessed from the first rows.  A wanted column that a file
   * lacks is STATUS_DATA, all of them named at once, with the nearest name of the header. */
  const reading_column *columns;
  size_t columns_count;
  /* Columns that are not wanted are read too, as texts that lose nothing, in the order of the file. */
  bool others_too;
  /* When this is a part of a dataset: how many records and files come before it.  A part may be without a
   * usable row. */
  bool is_part;
  uint64_t records_before;
  uint32_t files_before;
  uint32_t shard_rows; /* records per shard; 0: 65536 */
  unsigned threads;    /* that encode; 0: 1.  Two more read and hash. */
  /* May be NULL.  From the calling thread only, about ten times a second and at the end.  bytes_total is 0
   * when it cannot be told.  Returning false stops the reading: STATUS_INTERRUPTED. */
  bool (*progress)(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total);
  void *context;
} reading_options;

/* The INDEX-th input format, NULL behind the last. */
const char *reading_format_name(size_t index);

status reading_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    manifest **out, error *err) MUST_USE;

/* STATUS_DATA, saying why, when M has no usable row.  TITLES is what messages call its files (NULL: their
 * names) from file FIRST on. */
status reading_check_rows(const manifest *m, const char *const *titles, uint32_t first, error *err) MUST_USE;

/* What a file is without reading it as CSV: name (as reading_read would give it; borrowed from PATH
 * or the options), digest and size unpacked.  Of OPTIONS only the first of `names` and `titles`, `progress`
 * and `context` count. */
typedef struct reading_identity {
  slice name;
  digest sha256;
  uint64_t bytes;
} reading_identity;
status reading_identify(const reading_options *options, const char *path, reading_identity *out,
                        error *err) MUST_USE;

/* The header of the first file alone: column names, in order, in the manifest's columns; what messages call
 * the file as the name of its only file. */
status reading_header(const reading_options *options, const char *path, manifest **out, error *err) MUST_USE;

#endif
