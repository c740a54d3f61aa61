/* The interface between input formats and the code that makes a dataset of their files.
 *
 * An input format is a row of formats.def (docs/adding-an-input-format.md).  Reading a file takes these
 * steps:
 *
 *   open    names the columns, with what the format knows of each.
 *   cut     divides the file into pieces of a given number of records; on one thread, in the order of the
 * file. decode  turns a piece into rows, which it passes to a sink in batches, and notes in the sink's places
 * what is left out; on any thread.
 *
 * A format does in cut what must be done in the order of the file, and everything else in decode, and so
 * decides how much of its work runs in parallel.  The pieces, and the rows of each piece, must not depend on
 * the number of threads: then the shards and the manifest do not either.
 */
#ifndef CANVASS_READING_READER_H
#define CANVASS_READING_READER_H

#include "base/arena.h"
#include "base/decimal.h"
#include "reading/places.h"
#include "reading/reading.h"
#include "reading/source.h"
#include "store/column_codes.h"

enum {
  INPUT_RECORD_BYTES_MAX = 16 << 20,
  INPUT_PIECE_BYTES_MAX = 16 << 20, /* a piece ends early with the record that reaches this */
  INPUT_MARGIN = 16,                /* readable bytes after the text of a cell */
  INPUT_BRIEF_NONE = 0xff,          /* no byte of UTF-8 */
};

/* Separates the answers in a cell that holds several: as expected by `type: multi, delimiter: "|"`. */
#define INPUT_LIST_MARK '|'

/* ---- Columns ------------------------------------------------------------------------------------- */

typedef enum input_type { INPUT_UNKNOWN, INPUT_TEXTS, INPUT_NUMBERS, INPUT_LISTS } input_type;

/* A column.  What the format does not know is zero. */
typedef struct input_column {
  slice name; /* trimmed, not empty, unique */
  input_type type;
  slice label;
  column_codes codes;
} input_column;

typedef struct input_header {
  uint64_t line; /* with the names; 0: there is none */
  input_column *columns;
  uint32_t count;
  code_set *sets; /* multiple-response sets */
  uint32_t sets_count;
  file_reading reading; /* the title of the platform is static */
  slice manner;     /* how the names were told apart: "its header, line 1, is cut at ';' (...) into"; may be
                       empty */
  slice first_line; /* with the names, as it stands there, without its end; may be empty */
  const char *encoding; /* in which a format of bytes reads its texts; NULL: UTF-8, or not known */
} input_header;

/* ---- Rows ---------------------------------------------------------------------------------------- */

typedef enum input_kind { INPUT_MISSING, INPUT_TEXT, INPUT_NUMBER } input_kind;

/* A value; all zero: missing. */
typedef struct input_cell {
  input_kind kind;
  union {
    slice text;     /* trimmed; valid until its row is taken, and INPUT_MARGIN bytes after it readable */
    decimal number; /* up to 16 digits and 16 decimals, as many as were written; others are given as texts,
                       with the dataset's decimal mark */
  } as;
} input_cell;

/* Cells as ranges of one text, for formats whose cells can be separated faster than parsed.  Cell I of a row
 * ends before ends[row * cells + I] and begins one byte after the end of the previous cell.  The format's
 * text_of returns the text of such a raw cell. */
typedef struct input_ranges {
  const uint8_t *text; /* 64 bytes before and after are readable */
  const uint32_t *ends;
  const uint8_t *briefs;  /* the byte of a cell that has one, the byte before an empty one; else
                             INPUT_BRIEF_NONE */
  const uint32_t *begins; /* of the rows */
} input_ranges;

/* A batch of rows: either values, COUNT x CELLS of them, or ranges. */
typedef struct input_rows {
  uint32_t count;
  uint32_t cells;
  const input_cell *values; /* NULL: ranges */
  input_ranges ranges;
} input_rows;

static inline slice input_raw_cell(const input_rows *rows, uint32_t row, uint32_t cell) {
  const input_ranges *r = &rows->ranges;
  const size_t at = (size_t)row * rows->cells + cell;
  const uint32_t begin = cell == 0 ? r->begins[row] : r->ends[at - 1] + 1;
  return (slice){(const char *)r->text + begin, r->ends[at] - begin};
}

/* Where decode puts what it finds. */
typedef struct input_sink {
  row_places *places;      /* started for the piece */
  const uint32_t *columns; /* the wanted ones, as numbers in the header; INPUT_ABSENT: the file lacks it */
  uint32_t count;
  char decimal_mark;
  arena *memory; /* of texts; cleared with the piece */
  /* Takes a batch of rows, which must have been noted in PLACES.  Ranges have all cells of the file, values
   * those of the wanted columns, in that order.  False: out of memory. */
  bool (*take)(void *context, const input_rows *rows);
  void *context;
} input_sink;

static const uint32_t INPUT_ABSENT = UINT32_MAX;

/* ---- Files and their formats --------------------------------------------------------------------- */

typedef struct input_format input_format;

typedef struct input_file {
  const input_format *format;
  const reading_options *options;
  const char *title;   /* what messages call it */
  text_source *source; /* NULL after input_end */
  arena *memory;       /* for the header; lives until the dataset is read */
  input_header header;
  uint64_t first_ordinal;
  void *self; /* the format's */
} input_file;

/* Consecutive records, passed from cut to decode. */
typedef struct input_piece {
  const input_format *format; /* of CONTENT; NULL: no content yet */
  void *content;
  uint64_t first_ordinal;
  uint64_t first_line;
  uint32_t records; /* including those that decode leaves out */
  bool is_end;      /* the piece is empty: the file has ended */
} input_piece;

/* Called now and then by an open that reads the whole file.  False: stop, with STATUS_INTERRUPTED. */
typedef struct input_watch {
  bool (*go_on)(void *context, const input_file *f);
  void *context;
} input_watch;

struct input_format {
  const char *name; /* data: {format: NAME} */
  /* Extensions of its files, such as ".csv"; NULL after the last. */
  const char *const *endings;
  /* Whether a text that begins with HEAD is of this format.  NULL: unknown, so false. */
  bool (*recognise)(slice head);
  /* Its files are not text: HEAD and what source_read gives are the unpacked bytes, which show the format
   * whatever the file is called, and encodings are the format's business. */
  bool of_bytes;
  /* Completes the message "these columns are not ...", such as "in the header". */
  const char *names_stand;
  /* Wanted columns that a file lacks are missing cells, instead of an error. */
  bool may_lack_columns;

  /* SOURCE is at the start of the file.  Sets the header and SELF; close is called even if open fails. */
  status (*open)(input_file *f, const input_watch *watch, error *err);
  void (*close)(input_file *f);
  /* Progress, in bytes of the file on disk: at most its size, even if it is read twice. */
  uint64_t (*position)(const input_file *f);
  /* When all of the file is decoded: notices (base/file_facts.h) beside the header's, as bits.  NULL: none.
   */
  uint32_t (*notices)(const input_file *f);

  void *(*piece_new)(void); /* NULL: out of memory */
  void (*piece_free)(void *content);
  status (*cut)(input_file *f, uint32_t records, input_piece *piece, error *err);
  /* Puts the last piece back, so that cut returns it again.  NULL: open knows the types of all columns. */
  status (*undo)(input_file *f, const input_piece *piece, error *err);

  void *(*decoder_new)(void); /* for one thread; NULL: out of memory */
  void (*decoder_free)(void *decoder);
  status (*decode)(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                   error *err);
  /* The text of a raw cell, within RAW or in MEMORY.  False: out of memory.  NULL: decode gives values. */
  bool (*text_of)(slice raw, arena *memory, slice *text);
  /* The text of a cell of the piece that was decoded last, valid until the next; CELL as in its rows.  False:
   * out of memory. */
  bool (*find)(void *decoder, uint32_t row, uint32_t cell, slice *text);
};

/* The INDEX-th format, NULL after the last. */
const input_format *input_format_at(size_t index);
/* The format of a file: that of OPTIONS, else by the first bytes of SOURCE where they are not text, else by
 * the extension of NAME, else by the first bytes of the text, else the first of the list. */
status input_format_of(const reading_options *options, slice name, text_source *source,
                       const input_format **out, error *err) MUST_USE;

/* Opens PATH and reads its header.  The caller sets F's memory, options and first_ordinal, zeroes the rest,
 * and closes F in any case.  NAME: the file's name in the dataset; CALLED: its name in messages.  WATCH may
 * be NULL. */
status input_open(input_file *f, const char *path, const char *name, const char *called,
                  const atomic_bool *stop, const input_watch *watch, error *err) MUST_USE;
/* After the last piece was cut: closes the source and sets the digest and the size of the unpacked file.
 * Pieces may still be decoded. */
void input_end(input_file *f, digest *sha256, uint64_t *bytes);
void input_close(input_file *f);
/* Gives PIECE a content of F's format.  False: out of memory. */
bool input_piece_prepare(input_piece *piece, const input_file *f);
void input_piece_fini(input_piece *piece);
/* For how many bytes a piece makes room that is to hold BYTES: when it is not small, for the most that it may
 * come to. So it is never moved, and what it does not use is address space and no memory. */
size_t input_piece_room(size_t bytes);

#endif
