/* The layout of a report: its parts and their order, as a value made from the document.  Output formats draw
 * it and decide only how things look.
 *
 * Texts are in the language of the document and safe to show (document_display).  Figures are texts, rounded
 * for reading, and where something is drawn also numbers; NAN if a figure does not exist.  Everything lives
 * in the document's arena. */
#ifndef CANVASS_REPORT_LAYOUT_H
#define CANVASS_REPORT_LAYOUT_H

#include "report/figure.h"
#include "stats/analyses/presentation.h"

/* ---- Tables -------------------------------------------------------------------------------------- */

typedef struct layout_table {
  const json *section; /* of the document */
  const char *name;    /* its term */
  slice title;
  table_view view;
  const char *const *keys; /* of all columns, in the order of the document */
  size_t columns_count;
  const json *rows;
  size_t rows_count;
  slice whole;            /* MATRIX: the title of the column for all columns together */
  const char *shade;      /* MATRIX: the column by whose figures cells are shaded; NULL: none */
  double darkest;         /* its size at the darkest shade */
  bool has_totals;        /* null among the values of an item is called so too */
  figure_column *columns; /* the result of layout_columns */
} layout_table;

/* How the columns are shown.  The first call looks at every cell. */
const figure_column *layout_columns(const document *d, const layout_table *table);

/* A matrix: one part of a table whose view is a matrix. */
typedef struct layout_matrix {
  const json *first; /* a row of the part; its cells in `others` name the part */
  const figure_column *others;
  size_t others_count;
  const figure_column *cell;
  slice corner; /* the title of the lines */
  const slice *lines, *columns;
  size_t lines_count, columns_count;
  const json **cells; /* rows of the table, line after line; NULL: empty */
  bool is_square;     /* lines and columns are the same items */
  bool is_triangle;   /* each pair occurs once, below the diagonal */
} layout_matrix;

/* The matrices that TABLE is divided into.  *COUNT is 0 if it cannot be shown as matrices, because it is too
 * large or has too few columns. */
const layout_matrix *layout_matrices(const document *d, const layout_table *table, size_t *count);
/* The row of the cell that is shown at LINE and COLUMN; NULL: the cell is empty. */
const json *layout_matrix_row(const layout_matrix *m, size_t line, size_t column);

/* ---- Banner tables ------------------------------------------------------------------------------- */

/* A column of the banner.  Neighbours with the same OVER are of one block, which it names ("Region",
 * "Sex: female × Age"); that of the total is empty, as is the letter of a column that is not compared. */
typedef struct layout_banner_column {
  slice over, title, letter;
} layout_banner_column;

typedef struct layout_banner_line {
  slice kind;    /* as the document has it: "answer", "mean" */
  slice heading; /* GRID: of the lines of one kind, "Top 2"; else empty */
  slice label;   /* "Very good", "Mean"; of a grid the item */
  figure_column figure;
  const json **cells; /* rows of the table, one for each column; NULL: there is none */
} layout_banner_line;

typedef struct layout_banner_question {
  slice title;
  slice base; /* its condition, as written; may be empty */
  layout_banner_line *lines;
  size_t lines_count;
} layout_banner_question;

typedef struct layout_banner {
  layout_banner_column *columns; /* the total first */
  size_t columns_count;
  layout_banner_question *questions;
  size_t questions_count;
} layout_banner;

/* TABLE, whose view is a banner, in lines and columns; NULL if it is not what a banner is, or memory is out.
 */
const layout_banner *layout_banner_of(const document *d, const layout_table *table);
/* The cell for readers: "45.2", "45.2 B d", "45.2°", "–"; empty where there is none. */
slice layout_banner_cell(const document *d, const layout_banner_line *line, size_t column);
/* Its letters and mark alone: "B d °". */
slice layout_banner_marks(const document *d, const layout_banner_line *line, size_t column);

/* ---- Charts -------------------------------------------------------------------------------------- */

typedef enum chart_kind {
  CHART_BARS,   /* a figure per row, from zero, with its interval */
  CHART_SHARES, /* the answers on one scale, as segments that add up to 100 */
  CHART_DOTS,   /* a figure per row and group, with their intervals: a few groups side by side */
  CHART_FOREST, /* a figure per row, with its interval, beside a reference */
  CHART_NET,    /* shares to the left and right of zero, and what is left of them */
  CHART_RANKS,  /* a figure per row, from zero, and whether its rank is certain */
  CHART_POINTS, /* a point per row, in one of four corners */
  CHART_KINDS,
} chart_kind;

enum { CHART_SERIES_MAX = 4, CHART_NO_LEVEL = -1 };

typedef struct chart_dot {
  double value, low, high; /* NAN: the group has none */
  slice text;
} chart_dot;

typedef struct chart_row {
  slice label;
  bool is_part; /* a group, below the row of its item */
  slice base;   /* "1,811"; may be empty */
  double value; /* BARS, FOREST, NET; POINTS: to the right; DOTS: of all groups together, or NAN */
  double low, high;
  slice value_text, low_text, high_text;
  double left, right; /* NET: the shares, 0..100; RANKS: the best rank and the worst */
  double up;          /* POINTS */
  slice up_text;
  const double *shares; /* SHARES: one for each key, 0..100 */
  chart_dot *dots;      /* DOTS: one for each series */
  int level;            /* of a tree: 0 is the whole; CHART_NO_LEVEL: it is not one */
  slice weight;         /* of a tree: "25.0", of the whole in per cent; may be empty */
} chart_row;

/* POINTS: what the directions are, and where the corners part.  A line that does not exist is NAN. */
typedef struct chart_plane {
  slice right, up;
  double cut_right, cut_up;
  slice cut_right_text, cut_up_text;
  slice corners[4]; /* top left, which matters most, top right, and below them */
} chart_plane;

typedef struct layout_chart {
  const char *name; /* within its section; terminated */
  const layout_table *table;
  chart_kind kind;
  slice title;      /* of the table that it shows */
  slice subject;    /* of all rows, if they do not name it; else empty */
  slice measure;    /* BARS: what the figure is, "Index" */
  double low, high; /* BARS: the range that the axis must show; low <= 0 <= high */
  bool is_percent;  /* BARS: the figure is a share of 100 */
  bool has_intervals;
  slice by;            /* what the groups are of: "Class"; may be empty */
  const slice *series; /* DOTS: the groups */
  size_t series_count;
  slice whole;       /* DOTS: all groups together, which have a tick; may be empty */
  double reference;  /* FOREST */
  bool is_ratio;     /* FOREST: twice is as far from the reference as half */
  chart_plane plane; /* POINTS */
  slice sides[2];    /* NET: the shares to the left and to the right */
  bool is_tree;      /* BARS: rows are levels of a whole, which is the first */
  const slice *keys; /* SHARES: the answers, from the lowest to the highest, then those not on the scale */
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

/* A warning or note.  Of many with the same code some are shown, then one that states the number of others.
 */
typedef struct layout_remark {
  slice text;
  bool is_more;
} layout_remark;

typedef struct layout_remarks {
  layout_remark *at;
  size_t count;
} layout_remarks;

typedef struct headline_figure {
  slice name;  /* of what: "Seat comfort"; may be empty */
  slice title; /* of the figure: "Index" */
  slice value, interval;
  double at, from, to;
  bool has_scale;
  double scale_low, scale_high;
} headline_figure;

/* The figures of a headline for the total: those that the summary shows, and the number of others. */
typedef struct layout_headline {
  headline_figure *at;
  size_t count, more;
} layout_headline;

typedef struct layout_section {
  const json *json;
  slice analysis, name; /* as the document has them */
  slice title, kind_title;
  bool names_items;       /* the title says what it is about: the request's own label, or its items */
  report_chapter chapter; /* CHAPTER_DETAILS when this version does not know the analysis */
  layout_texts settings;
  slice confidence; /* among the settings: "95% confidence"; may be empty */
  layout_table *tables;
  size_t tables_count;
  const layout_table *headline_table; /* NULL: it has no headline */
  const char *headline_column;
  presentation_headline told; /* the analysis' own description of it; empty when unknown */
  layout_remarks warnings, notes;
} layout_section;

/* The figure of one row of the headline's table. */
headline_figure layout_headline_figure(const document *d, const layout_section *section, const json *row);
layout_headline layout_headline_of(const document *d, const layout_section *section);
/* The charts of SECTION, those of its headline first; *COUNT may be 0.  At most 1,024 charts, of tables with
 * at most 20,000 rows. */
const layout_chart *layout_charts(const document *d, const layout_section *section, size_t *count);

/* The name of ROW: "Seat comfort", "Reasons: price", "Seat comfort × Satisfied".  NUMBERED as in
 * presentation_headline. */
slice layout_row_name(const document *d, const char *numbered, const json *row);

/* ---- The report ---------------------------------------------------------------------------------- */

typedef struct layout_count {
  slice title;
  int64_t n;
} layout_count;

/* A table of counts about the data: a row per name; columns that are 0 in all rows are left out. */
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
  layout_texts troubles; /* sentences: what could not be read or used, with counts and places */
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

/* Writes a layout to OUT. */
typedef status layout_writer(const layout *l, const report_options *options, slice part, buf *out,
                             error *err);
/* Opens BYTES, the JSON text of a report, lays it out in the language of OPTIONS, and passes the layout and
 * PART to WRITE.  STATUS_CORRUPT when BYTES are not a report. */
status layout_write(slice bytes, const report_options *options, slice part, layout_naming naming,
                    layout_writer *write, buf *out, error *err) MUST_USE;

#endif
