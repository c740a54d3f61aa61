/* The layout of a report: what stands where, as a value made from the document.  Every form draws from it and
 * decides nothing but how things look.
 *
 * Texts are in the document's language and safe to show (document_display).  Figures are there as text,
 * rounded for reading, and where something is drawn also as numbers, NAN for one that does not exist.
 * Everything lives in the document's arena. */
#ifndef CANVASS_REPORT_LAYOUT_H
#define CANVASS_REPORT_LAYOUT_H

#include "report/figure.h"
#include "stats/analyses/presentation.h"

/* ---- Tables -------------------------------------------------------------------------------------- */

typedef struct layout_table {
  const json *section; /* that it is in */
  const char *name;    /* its term */
  slice title;
  table_view view;
  const char *const *keys; /* of the columns, in the document's order, those that say nothing too */
  size_t columns_count;
  const json *rows;
  size_t rows_count;
  slice whole;            /* MATRIX: the name of the column of all others together */
  figure_column *columns; /* what layout_columns has found */
} layout_table;

/* How the columns are shown: found at the first call, since it takes a look at every cell. */
const figure_column *layout_columns(const document *d, const layout_table *table);

/* A matrix: one part of a table of that view. */
typedef struct layout_matrix {
  const json *first; /* a row of the part: its cells in `others` name the part */
  const figure_column *others;
  size_t others_count;
  const figure_column *cell;
  slice corner; /* the title of the lines */
  const slice *lines, *columns;
  size_t lines_count, columns_count;
  const json **cells; /* rows of the table, line after line; NULL: empty */
  bool is_square;     /* lines and columns are the same items */
  bool is_triangle;   /* each pair stands once, below the diagonal */
} layout_matrix;

/* What TABLE is divided into.  *COUNT is 0 when it cannot be drawn so: too large, too few columns. */
const layout_matrix *layout_matrices(const document *d, const layout_table *table, size_t *count);
/* The row at LINE and COLUMN as it is shown; NULL: nothing is. */
const json *layout_matrix_row(const layout_matrix *m, size_t line, size_t column);

/* ---- Charts -------------------------------------------------------------------------------------- */

typedef enum chart_kind {
  CHART_BARS,   /* a figure a row, from zero, with its interval */
  CHART_SHARES, /* the answers on one scale, a row of parts that make up 100 */
} chart_kind;

typedef struct chart_row {
  slice label;
  bool is_part; /* of the row before it that is none: a group below its item */
  slice base;   /* "1,811"; empty when there is none */
  double value; /* BARS */
  double low, high;
  slice value_text, low_text, high_text;
  const double *shares; /* SHARES: one for each key, 0..100 */
} chart_row;

typedef struct layout_chart {
  const char *name; /* within its section; terminated */
  chart_kind kind;
  slice title;      /* of the table that it shows */
  slice subject;    /* the one subject of all rows, where they do not name it; else empty */
  slice measure;    /* BARS: what the figure is, "Index" */
  double low, high; /* BARS: what the axis shows at least; low <= 0 <= high */
  bool is_percent;  /* BARS: the figure is a share of 100 */
  bool has_intervals;
  const slice *keys; /* SHARES: the answers, from the lowest to the highest, then those beside the scale */
  size_t keys_count, scale_count;
  chart_row *rows;
  size_t rows_count;
  size_t more; /* rows of the table that are left out */
} layout_chart;

/* ---- Sections ------------------------------------------------------------------------------------ */

typedef struct layout_texts {
  slice *at;
  size_t count, capacity;
} layout_texts;

/* Remarks of one code are cut after some; `more` says then how many there are. */
typedef struct layout_remark {
  slice text;
  bool is_more;
} layout_remark;

typedef struct layout_remarks {
  layout_remark *at;
  size_t count;
} layout_remarks;

typedef struct headline_figure {
  slice name;  /* what it belongs to: "Seat comfort"; may be empty */
  slice title; /* what it is: "Index" */
  slice value, interval;
  double at, from, to;
  bool has_scale;
  double scale_low, scale_high;
} headline_figure;

/* The figures of a headline that are of the total: those that the summary shows, and how many it leaves out.
 */
typedef struct layout_headline {
  headline_figure *at;
  size_t count, more;
} layout_headline;

typedef struct layout_section {
  const json *json;
  slice analysis, name; /* as the document has them */
  slice title, kind_title;
  bool is_labelled;       /* the title is a separate label */
  report_chapter chapter; /* CHAPTER_DETAILS when this version does not know the analysis */
  layout_texts settings;
  slice confidence; /* among the settings: "95% confidence"; may be empty */
  layout_table *tables;
  size_t tables_count;
  const layout_table *headline_table; /* NULL: it has no headline */
  const char *headline_column;
  presentation_headline told; /* how the analysis presents it; empty when unknown */
  layout_remarks warnings, notes;
} layout_section;

layout_headline layout_headline_of(const document *d, const layout_section *section);
/* The charts of SECTION, those of its headline first; *COUNT may be 0.  At most 1,024, of tables of at most
 * 20,000 rows. */
const layout_chart *layout_charts(const document *d, const layout_section *section, size_t *count);

/* What the figures of ROW belong to: "Seat comfort", "Reasons: price", "Seat comfort × Satisfied"; NUMBERED
 * as in presentation_headline. */
slice layout_row_name(const document *d, const char *numbered, const json *row);

/* ---- The report ---------------------------------------------------------------------------------- */

typedef struct layout_count {
  slice title;
  int64_t n;
} layout_count;

/* A table of counts about the data: a name a row, columns in which some row has any. */
typedef struct layout_counts {
  slice corner;
  layout_texts titles, names;
  const int64_t *cells; /* row after row */
} layout_counts;

typedef struct layout_digest {
  slice sha256, name;
} layout_digest;

typedef struct layout_data {
  layout_counts files, variables;
  layout_texts troubles; /* sentences about what could not be read or used, with counts and places */
  layout_digest *digests;
  size_t digests_count;
} layout_data;

typedef struct layout {
  const document *document;
  slice title;
  layout_count *facts; /* of the summary */
  size_t facts_count;
  slice files; /* "survey.csv, more.csv" */
  layout_section *sections;
  size_t sections_count;
  layout_data data;
} layout;

/* Variables are shown by their labels, or, for authors of specifications, by their names. */
typedef enum layout_naming { LAYOUT_LABELS, LAYOUT_NAMES } layout_naming;

/* Draws a layout to OUT. */
typedef status layout_writer(const layout *l, const report_options *options, slice part, buf *out,
                             error *err);
/* Opens BYTES, a report's JSON text, lays it out in OPTIONS' language, has WRITE draw it, and closes it. PART
 * is handed on.  STATUS_CORRUPT when BYTES are not a report. */
status layout_write(slice bytes, const report_options *options, slice part, layout_naming naming,
                    layout_writer *write, buf *out, error *err) MUST_USE;

#endif
