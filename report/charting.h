/* Builds a chart: takes rows in the order of the table, and groups them by item. */
#ifndef CANVASS_REPORT_CHARTING_H
#define CANVASS_REPORT_CHARTING_H

#include "report/layout.h"

enum {
  CHARTING_ROWS_MAX = 200,
  CHARTING_GATHERED_MAX = 4000,
  CHARTING_KEYS_MAX = 24,
  CHARTING_GROUPINGS_MAX = 16
};

/* What a figure is about: an item or answer, and a group of respondents. */
typedef struct charting_subject {
  slice of, label;          /* the item or answer: as identified, and as shown */
  slice group, group_label; /* the same for the group */
  slice group_value;        /* the group without its variable: "economy" */
  slice by, by_title;       /* the variables that it is a group of; empty when there is none */
  bool is_total;            /* of all groups */
} charting_subject;

typedef struct charting_row {
  charting_subject subject;
  chart_row row;
  int64_t n;      /* SHARES: answers so far */
  double *shares; /* SHARES: in the order of the chart's keys */
} charting_row;

typedef struct charting {
  const document *d;
  slice unit;   /* what its figures have in common: a scale, an item */
  slice suffix; /* the same for people */
  layout_chart chart;
  bool is_placed;               /* its rows are complete and in order as they are */
  chart_kind drawn_as;          /* of CHART_BARS: once its rows are gathered */
  double scale_low, scale_high; /* BARS: what its figures were declared to lie in; equal: nothing */
  bool is_off_scale;            /* but some do not, such as differences: the scale is not theirs */
  charting_row *rows;
  size_t rows_count, rows_capacity;
  const json *keys[CHARTING_KEYS_MAX]; /* SHARES: in the order in which they came */
  size_t keys_count;
  slice keys_item; /* whose labels they have */
} charting;

/* The figure KEY of ROW; NAN when it is none. */
double charting_number(const json *row, const char *key);
/* The column KEY of T; NULL when there is none. */
const figure_column *charting_column(const document *d, const layout_table *t, const char *key);
/* Adds a row of CHART_BARS about SUBJECT.  NULL: there are too many; the row is counted as left out. */
chart_row *charting_add(charting *c, const charting_subject *subject);
/* The answers of ITEM go from LOW to HIGH. */
void charting_scale(charting *c, slice item, double low, double high);
/* PERCENT of the N respondents of SUBJECT have answered KEY.  For CHART_SHARES. */
void charting_share(charting *c, const charting_subject *subject, const json *key, double percent, int64_t n);
/* Puts into OUT what is drawn of a chart whose rows are complete: itself, or a chart of the totals and one
 * for each variable by which its items are divided.  Returns how many; NULL where memory is used up. */
size_t charting_divide(charting *c, charting *out[CHARTING_GROUPINGS_MAX + 1]);
/* A, BETWEEN and B as one text. */
slice charting_joined(const document *d, slice a, const char *between, slice b);
/* Puts into OUT the charts of T that TOLD describes: of quadrants one for each group, of profiles one.
 * Returns how many. */
size_t charting_quadrants(const document *d, const layout_table *t, const presentation_drawing *told,
                          charting *out[CHARTING_GROUPINGS_MAX]);
size_t charting_profiles(const document *d, const layout_table *t, const presentation_drawing *told,
                         charting *out[CHARTING_GROUPINGS_MAX]);
/* "1-5" */
slice charting_range(const document *d, double low, double high);
/* Orders rows and keys, and fills `chart`. */
void charting_finish(charting *c);

#endif
