/* The codebook's parts, shared by its files.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_CODEBOOK_H
#define CANVASS_SPECIFICATION_CODEBOOK_H

#include "specification/fields.h"

typedef struct codebook_type {
  const char *name;
  variable_kind kind;
  unsigned keys; /* bits of the keys that go with it */
  bool (*read)(compilation *c, symbol *s);
} codebook_type;

/* Per type (codebook_types.c): its own keys, from s->body. */
bool codebook_scale(compilation *c, symbol *s);
bool codebook_nominal(compilation *c, symbol *s);
bool codebook_multi(compilation *c, symbol *s);
bool codebook_ranking(compilation *c, symbol *s);
bool codebook_number(compilation *c, symbol *s);
bool codebook_date(compilation *c, symbol *s);
bool codebook_weight(compilation *c, symbol *s);
bool codebook_text(compilation *c, symbol *s);

/* The two ends of `range`; NULL, and reported, when it is not a list of two. */
node **codebook_range_ends(compilation *c, const node *n);
/* Reports that the low end is not below the high end; false. */
bool codebook_range_is_empty(compilation *c, const node *n, node *const *ends);

/* Scales (scales.c): gives the entry of S what its `scale` says and itself does not.  False when that scale
 * is unknown (reported) or broken (reported before). */
bool scale_apply(compilation *c, symbol *s);

/* Gives the entry of S what the table says of its name, or of its column, and itself does not.  WITH_VALUES:
 * its type has values.  False: out of memory. */
bool scale_apply_table(compilation *c, symbol *s, bool with_values);

/* What reading found in the column of S (numbers.c); NULL before all of the data are read. */
const manifest_column *codebook_measured(const compilation *c, const symbol *s);

/* How numbers are written (notation.c): `leading_number`; `thousands`, `prefix` and `suffix`. */
bool notation_leading(compilation *c, symbol *s);
bool notation_read(compilation *c, symbol *s);
/* What else than digits may be in a number that is declared: then its decimals are not known beforehand. */
bool notation_is_declared(const program_variable *v);

/* Answers (answers.c): `values`, `texts` and `missing`. */
bool answers_of_scale(compilation *c, symbol *s);
/* Of numbers and 0/1 columns: texts that mean a number from LOW to HIGH. */
bool answers_of_numbers(compilation *c, symbol *s, int64_t low, int64_t high);
/* With `other`, which is one of the values too. */
bool answers_of_texts(compilation *c, symbol *s, const char *what);
bool answers_missing(compilation *c, symbol *s);
/* Of a TEXT of `missing`, at N, that is written like a range, "90..99", "90..", "..-1" (missing_span.c):
 * false, and reported, when it is none. */
bool missing_span_check(compilation *c, const symbol *s, const node *n, slice text);
/* One of the reasons that a codebook can give. */
bool answers_read_reason(compilation *c, const node *n, const char *what, missing_reason *out);
/* What stands for no answer in exports of the platform, unless the page gives it a meaning or it can be an
 * answer: rules like those of `missing`. */
bool answers_of_platform(compilation *c, symbol *s);
/* The order of maps means nothing: rules are sorted by their texts.  False, and reported, when two rules are
 * for one text. */
bool answers_sort(compilation *c, symbol *s);
/* TEXT, of a page, in the form in which the cells of S are compared (base/tidy.h). */
slice answers_tidy(compilation *c, const symbol *s, slice text);
/* Adds a label for a key that is a text. */
bool answers_label_text(compilation *c, symbol *s, slice key, const node *label);

/* ---- Columns (codebook_columns.c) ----------------------------------------------------------------- */

/* The column of the header with that title; NULL: none. */
const manifest_column *codebook_find_column(const compilation *c, slice name);
/* What messages call the data of the header: their file when it is one, otherwise "the data". */
const char *codebook_data(compilation *c);
/* The title that NAME means: itself, or the one title that looks like it (base/tidy.h). */
slice codebook_title(const compilation *c, slice name);
/* The title of the column in place NAME, a number; NAME itself where it is a title, or no such number. */
slice codebook_by_place(const compilation *c, slice name);
/* "T #2" (reading/csv/csv.h); empty: out of memory. */
slice codebook_numbered_title(compilation *c, slice title, int64_t number);
/* The column that N names: its title, empty for the only column without one; a whole number that is no title,
 * its place in the first file; or {title, nth}. */
bool codebook_column_name(compilation *c, const node *n, const char *what, slice *name);
/* True when S may read the column NAME: all files have it, or it is optional, or there is no header.
 * Otherwise reported.  *COLUMN, if not NULL: what is known of it; NULL: nothing. */
bool codebook_column(compilation *c, symbol *s, slice name, place at, const manifest_column **column);

#endif
