/* The seam between the form of a file and the dataset that is made of it.
 *
 * An input format is a row of formats.def (docs/adding-an-input-format.md).  Reading a file takes these
 * steps:
 *
 *   open    names the columns, and says what the format knows of them.
 *   cut     one thread takes the file apart into pieces of so many records each, in the order of the file.
 *   decode  any thread, any piece: its usable records become rows, given to a sink batch by batch, and what
 * is left out is noted in the sink's places.
 *
 * What must be done in the order of the file is cut's work, and all else decode's: so a format decides itself
 * how much of it runs in parallel.  Whatever the threads, a piece holds the same records, and the rows of a
 * piece depend on the piece alone: then shards and manifest are the same for any number of threads.
 */
#ifndef CANVASS_READING_READER_H
#define CANVASS_READING_READER_H

#include "base/arena.h"
#include "base/decimal.h"
#include "reading/places.h"
#include "reading/reading.h"
#include "reading/source.h"

enum {
  INPUT_RECORD_BYTES_MAX = 16 << 20,
  INPUT_PIECE_BYTES_MAX = 256 << 20, /* a piece ends early with the record that reaches this */
  INPUT_MARGIN = 16,                 /* readable bytes after the text of a cell */
  INPUT_BRIEF_NONE = 0xff,           /* no byte of UTF-8 */
};

/* Between the answers that one cell holds: what a variable of `type: multi, delimiter: "|"` takes apart. */
#define INPUT_LIST_MARK '|'

/* ---- Columns ------------------------------------------------------------------------------------- */

typedef enum input_type { INPUT_UNKNOWN, INPUT_TEXTS, INPUT_NUMBERS, INPUT_LISTS } input_type;

/* The meaning of CODE. */
typedef struct input_label {
  slice code;
  slice label;
} input_label;

/* Codes that are not answers: from LOW to HIGH, or LOW alone when HIGH is empty. */
typedef struct input_missing {
  slice low, high;
} input_missing;

/* A column; what the format does not know stays zero. */
typedef struct input_column {
  slice name; /* trimmed, not empty, of no two columns the same */
  input_type type;
  slice label;
  const input_label *values;
  uint32_t values_count;
  const input_missing *missing;
  uint32_t missing_count;
} input_column;

/* A question with several answers, each a column in which COUNTED is the code for "chosen"; without COUNTED
 * the columns are the first, the second, ... answer. */
typedef struct input_set {
  slice name, label, counted;
  const uint32_t *columns;
  uint32_t columns_count;
} input_set;

typedef struct input_header {
  uint64_t line; /* that has the names; 0: no separate line */
  input_column *columns;
  uint32_t count;
  input_set *sets;
  uint32_t sets_count;
  file_reading reading; /* the title of the platform is static */
} input_header;

/* ---- Rows ---------------------------------------------------------------------------------------- */

typedef enum input_kind { INPUT_MISSING, INPUT_TEXT, INPUT_NUMBER } input_kind;

/* A value.  Zeroed it is missing. */
typedef struct input_cell {
  input_kind kind;
  union {
    slice text;     /* trimmed; lives until the piece is decoded; INPUT_MARGIN bytes after it are readable */
    decimal number; /* at most 16 digits and 16 decimals, as many as were written; others are texts, with the
                       dataset's decimal mark */
  } as;
} input_cell;

/* Cells as stretches of one text, for formats whose cells can be separated faster than parsed: cell I of
 * a row ends before ends[row * cells + I] and begins behind the one before.  What a raw cell says is up to
 * the format's text_of. */
typedef struct input_ranges {
  const uint8_t *text; /* 64 bytes before and after are readable */
  const uint32_t *ends;
  const uint8_t *briefs;  /* the byte of a cell that has one, the byte before an empty one; else
                             INPUT_BRIEF_NONE */
  const uint32_t *begins; /* of the rows */
} input_ranges;

/* Rows of a piece: VALUES, COUNT x CELLS, or ranges. */
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

/* What decode fills. */
typedef struct input_sink {
  row_places *places;      /* started for the piece */
  const uint32_t *columns; /* those that are wanted, by their numbers in the header; INPUT_ABSENT: missing */
  uint32_t count;
  char decimal_mark;
  arena *memory; /* of texts; cleared with the piece */
  /* Takes rows that were noted in PLACES before.  Ranges have all cells of the file, values those of the
   * wanted columns, in their order.  False: out of memory. */
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
  text_source *source; /* until everything was cut */
  arena *memory;       /* of the header, as long as the dataset is read */
  input_header header;
  uint64_t first_ordinal;
  void *self; /* the format's */
} input_file;

/* Some records on their way from cut to decode. */
typedef struct input_piece {
  const input_format *format; /* of CONTENT; NULL: there is none yet */
  void *content;
  uint64_t first_ordinal;
  uint64_t first_line;
  uint32_t records; /* those that decode will leave out counted */
  bool is_end;      /* nothing is in it and nothing follows */
} input_piece;

/* Asked while a file is opened that must be read through first.  False: stop. */
typedef struct input_watch {
  bool (*go_on)(void *context, const input_file *f);
  void *context;
} input_watch;

struct input_format {
  const char *name; /* data: {format: NAME} */
  /* Names of files end like these, which tell the format; NULL after the last. */
  const char *const *endings;
  /* Whether the first bytes of a text show it. NULL: never. */
  bool (*recognise)(slice head);
  /* "these columns are not ...": where names of columns stand. */
  const char *names_stand;
  /* Some of the wanted columns may be in no record: they are missing cells then. */
  bool may_lack_columns;

  /* SOURCE is at the start of the file.  Fills the header and SELF, which close frees in any case. */
  status (*open)(input_file *f, const input_watch *watch, error *err);
  void (*close)(input_file *f);
  /* Bytes on disk that are done with, of those that the file has, whatever it is read how many times. */
  uint64_t (*position)(const input_file *f);

  void *(*piece_new)(void); /* NULL: out of memory */
  void (*piece_free)(void *content);
  status (*cut)(input_file *f, uint32_t records, input_piece *piece, error *err);
  /* Puts back what cut gave last; NULL: the types of all columns are known, so it is never called. */
  status (*undo)(input_file *f, const input_piece *piece, error *err);

  void *(*decoder_new)(void); /* for one thread; NULL: out of memory */
  void (*decoder_free)(void *decoder);
  status (*decode)(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                   error *err);
  /* What a raw cell of ranges says: in RAW, or in MEMORY.  False: out of memory.  NULL: it gives values. */
  bool (*text_of)(slice raw, arena *memory, slice *text);
  /* The text of a cell of the piece that was decoded last; CELL counts like those of its rows. */
  bool (*find)(void *decoder, uint32_t row, uint32_t cell, slice *text);
};

/* The INDEX-th format, NULL after the last. */
const input_format *input_format_at(size_t index);
/* By the options, else by the ending of NAME, else by the first bytes of SOURCE. */
status input_format_of(const reading_options *options, slice name, text_source *source,
                       const input_format **out, error *err) MUST_USE;

/* Opens PATH and finds its header.  F is given zeroed but for `memory`, `options` and `first_ordinal`, and is
 * to be closed in any case.  NAME: what a dataset calls it; CALLED: what messages do.  WATCH may be NULL. */
status input_open(input_file *f, const char *path, const char *name, const char *called,
                  const atomic_bool *stop, const input_watch *watch, error *err) MUST_USE;
/* When everything was cut: the source is closed, and what it was goes to SHA256 and BYTES.  Pieces may still
 * be decoded. */
void input_end(input_file *f, digest *sha256, uint64_t *bytes);
void input_close(input_file *f);
/* Makes PIECE one of F's format. */
bool input_piece_prepare(input_piece *piece, const input_file *f);
void input_piece_fini(input_piece *piece);

#endif
