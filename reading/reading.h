/* Reading survey files into shards: files in, a manifest and shards in a store out.
 *
 * Each input format says how its files are read (reader.h; csv/csv.h, ndjson/ndjson.h).  For all formats:
 *
 * 1. Which parts of a file are records, and which records are rows, depends on the file alone: the manifest
 * and the shards are the same for any number of threads.
 * 2. Files may be plain, gzip (several members) or zstd (several frames), recognised by their first bytes,
 * not by their names; "-" is standard input.  A file may be larger than memory.  Several files, also of
 * different formats, make one dataset; columns are matched by name.
 * 3. Cells are trimmed (slice_trim).  A malformed record is quarantined: left out and counted, with the
 * places of the first ten.  Text that is not UTF-8 (after conversion) or contains a NUL byte is STATUS_DATA;
 * the message gives line, byte and the probable encoding.
 * 4. Column names are not empty, and unique within a file.  A dataset without a usable row is STATUS_DATA.
 * 5. Blank records (no cell contains a visible character), repeated headers and totals belong to no
 * respondent: they are left out and counted, with the lines of the first ten.  Whether a row is a total may
 * depend on all of its file, which is read again then.
 * 6. Ordinals count records from 0 over all files, those left out included; lines count from 1.
 * 7. A shard covers shard_rows records of one file, or fewer at the end of the file or when they exceed 16
 * MiB of text; records left out are not in it.  A shard without rows is not written.
 * 8. If several parts fail, the failure that comes first in the dataset is reported.
 *
 * Memory: the text of (threads + 1) shards, at most 16 MiB and one record each, and the columns of one shard
 * per thread; whatever the size of a file.
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
  bool optional; /* a file may lack it: the shards of such a file do not have the column */
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

/* What becomes of rows that add up the others, and of remarks below a table (totals.h). */
typedef enum reading_totals {
  READING_TOTALS_CERTAIN,   /* those that certainly are such are left out, and others are told of */
  READING_TOTALS_LEAVE_OUT, /* so are all whose first cell is a word for them */
  READING_TOTALS_KEEP,      /* they are respondents */
} reading_totals;

typedef struct reading_options {
  /* One for each path: the file's name in the manifest (NULL: base names), its name in messages (NULL: the
   * paths), and its absolute path (NULL: unknown). */
  const char *const *names;
  const char *const *titles;
  const char *const *places;
  /* What messages call the dataset that files are appended to; NULL: "the dataset". */
  const char *dataset;
  /* A name that iconv knows, or a common alias ("gbk"); NULL: UTF-8.  A byte-order mark takes precedence. */
  const char *encoding;
  /* A reading_format_name, or a platform (platform.h); NULL: recognised by each file's extension, or first
   * bytes. */
  const char *format;
  /* Workbooks only: the sheet, by its name or its number from 1; NULL: the first that is not hidden. */
  const char *sheet;
  reading_header_rows header;
  char delimiter;    /* CSV only; 0: the one of , ; tab | with which header and first records agree */
  char decimal_mark; /* '.' (also 0) or ',' */
  /* Blank records are rows, instead of being left out and counted (manifest.h). */
  bool keeps_blank_rows;
  reading_totals totals;
  const uint64_t *left_out; /* totals, as ordinals in ascending order; set while files are read again */
  size_t left_out_count;
  /* The wanted columns; NULL: all, with hints guessed from the first rows.  Wanted columns that a file lacks
   * are STATUS_DATA, unless they are optional and it has another one; the message names all of them, each
   * with the most similar name of the header. */
  const reading_column *columns;
  size_t columns_count;
  /* The other columns are read too, in the order of the file, as texts exactly as they are written. */
  bool others_too;
  /* The files are a part of a dataset, after records_before records in files_before files.  A part need not
   * have a usable row. */
  bool is_part;
  uint64_t records_before;
  uint32_t files_before;
  uint32_t shard_rows; /* records per shard; 0: 65536 */
  unsigned threads;    /* for encoding; 0: one.  Two more threads read and hash. */
  /* May be NULL.  Called from the calling thread, about ten times a second and at the end.  bytes_total is 0
   * when it is unknown.  If it returns false, reading ends with STATUS_INTERRUPTED. */
  bool (*progress)(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total);
  void *context;
} reading_options;

/* The name of the INDEX-th input format; NULL after the last. */
const char *reading_format_name(size_t index);

/* Reads PATHS into shards in INTO; the caller destroys the manifest *OUT. */
status reading_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    manifest **out, error *err) MUST_USE;

/* STATUS_DATA when M has no usable row; the message says why.  TITLES: the names of M's files in messages,
 * from file FIRST on (NULL: the manifest's names). */
status reading_check_rows(const manifest *m, const char *const *titles, uint32_t first, error *err) MUST_USE;

/* A file's identity, found without parsing it: its name in the manifest (borrowed from PATH or OPTIONS), and
 * digest and size of its unpacked bytes.  Of OPTIONS only names[0], titles[0], progress and context are
 * used. */
typedef struct reading_identity {
  slice name;
  digest sha256;
  uint64_t bytes;
} reading_identity;
status reading_identify(const reading_options *options, const char *path, reading_identity *out,
                        error *err) MUST_USE;

/* Reads only the header of the file at PATH.  The manifest *OUT has its columns, by name and in order, and
 * one file, whose name is the one used in messages.  Appends to ACCOUNT (may be NULL) how the header was
 * read: a line for messages about what it lacks. */
status reading_header(const reading_options *options, const char *path, manifest **out, buf *account,
                      error *err) MUST_USE;

#endif
