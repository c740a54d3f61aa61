/* Reading survey files into shards: CSV in, a manifest and shards in a store out.
 *
 * RFC 4180 with quotes, embedded delimiters and line breaks, LF or CRLF; comma, semicolon, tab, bar or
 * any other ASCII delimiter; plain, .gz (several members) or .zst (several frames), told by the first
 * bytes, not by name; "-" is standard input; files larger than memory; several files as one dataset
 * (columns matched by name).  Exactly:
 *
 * 1. The whole file is one automaton: what is a record never depends on where parallel readers cut, and
 *    the manifest and the shards are the same for any number of threads.
 * 2. A quote opens a quoted cell as the first byte of a cell, and behind blanks when its closing quote stands
 *    on the same line with nothing but blanks up to the end of the cell; elsewhere it is a letter.
 * 3. Empty lines are no records.  Cells are unquoted, then trimmed (slice_trim).
 * 4. A record of one line with another number of cells than the header, or with text after a closing quote,
 * is quarantined: counted, its first ten places named, left out.
 * 5. A record that spans lines is given up when (i) a closing quote is followed by anything but blanks and
 * the end of its cell; (ii) its number of cells is not the header's; (iii) the header has at least three
 * columns and every line after the first looks like a record with a first cell of the same kind (see
 * spans.h); or when it does not end before the file does, or within 16 MiB of its first byte, its newline
 * included.  Given up, it is quarantined as the line on which its first quoted cell with a newline opens;
 * reading goes on with the next line.  A record of more than 16 MiB that is not inside a quoted cell there,
 * or whose quote opened on a line that is itself longer, is STATUS_DATA.  The header is not looked at in this
 * way.
 * 6. Text that is not UTF-8 (after conversion), or has a NUL byte, is STATUS_DATA wherever it stands: line,
 *    byte, and what the encoding probably is.
 * 7. A header's empty names become "column_N" (N from 1); names that stand twice are STATUS_DATA.  So are
 *    a file without a header, and a dataset without a usable row.
 * 8. Ordinals count records from 0 over all files, those left out included; lines count from 1.
 * 9. A shard holds shard_rows records less those left out; fewer at the end of a file, and when
 *    they take more than 256 MiB of text.  It never spans files; one without rows is not made.
 * 10. Records in which no cell has anything to be seen, and records that repeat the file's header cell by
 * cell (with or without a byte-order mark), are nobody's answers: left out and counted, the lines of the
 * first ten named.
 * 11. Of several failures the first in the order of the dataset is reported.
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
  const char *format; /* of reading_format_name; NULL: told by each file's name, or by how it begins */
  char delimiter;     /* of CSV; 0: the one of , ; tab | that stands most often in the header */
  char decimal_mark;  /* '.' (also 0) or ',' */
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
