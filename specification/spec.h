/* The specification: a page of YAML that says what the columns mean and what to evaluate
 * (docs/specification.md).  Parsing collects all mistakes, each with its line and column. */
#ifndef CANVASS_SPECIFICATION_SPEC_H
#define CANVASS_SPECIFICATION_SPEC_H

#include "base/buf.h"
#include "base/status.h"
#include "reading/reading.h"
#include "stats/plan/plan.h"

typedef struct spec spec;

/* A list of mistakes, ordered by line and column, such as
 * "spec.yaml:12:9: unknown analysis 'npss'; did you mean 'nps'?".  Zeroed, it is empty.  The functions below
 * append to it. */
typedef struct spec_problems {
  buf text; /* one problem per line */
  size_t count;
  size_t data_count; /* of these: what the data lack */
  buf account;       /* lines that explain those; may be empty */
} spec_problems;
void spec_problems_fini(spec_problems *p);

/* Parses the LENGTH bytes at BYTES; messages call the file NAME.  The caller destroys *OUT.
 * STATUS_SPECIFICATION: PROBLEMS lists all mistakes, ERR holds the first. */
status spec_parse(const char *name, const char *bytes, size_t length, spec **out, spec_problems *problems,
                  error *err) MUST_USE;
void spec_destroy(spec *s);
/* The first entry of the codebook that lacks what only the dictionary of the data can give (a scale's range,
 * the columns of a multiple choice): its key; empty: there is none. */
slice spec_waits_for(const spec *s);

/* A file of text, by the name that messages give it. */
typedef struct spec_text {
  const char *name;
  slice bytes;
} spec_text;
/* The same with a codebook as a table (CSV), which says what the page does not: labels, values and missing
 * answers of variables.  CODEBOOK may be NULL. */
status spec_parse_with(spec_text page, const spec_text *codebook, spec **out, spec_problems *problems,
                       error *err) MUST_USE;
/* Whether the codebook declares NAME, itself or by a pattern, as `type: id`. */
bool spec_is_id(const spec *s, const char *name);

/* Sets in OUT what a reader takes from the specification: format, encoding, delimiter, decimal mark, blank
 * rows, and the columns with their hints; other fields are not changed.  Patterns (q*) are matched against
 * the columns of HEADER; if HEADER is NULL (when the header is yet to be read) no columns are set.  OUT
 * borrows from S until the next call or spec_destroy.  Columns that HEADER lacks are added to PROBLEMS:
 * STATUS_DATA when these are the only mistakes, otherwise STATUS_SPECIFICATION. */
status spec_reading_options(spec *s, const manifest *header, reading_options *out, spec_problems *problems,
                            error *err) MUST_USE;

/* Compiles S to a plan over DATASET, whose manifest provides the columns, and the decimals of numbers that
 * declare none.  The caller destroys *OUT.  Fails as spec_reading_options does. */
status spec_plan(spec *s, const manifest *dataset, plan **out, spec_problems *problems, error *err) MUST_USE;

#endif
