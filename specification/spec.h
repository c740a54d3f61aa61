/* The specification: a page of YAML that says what the columns mean and what to evaluate.
 * docs/specification.md is its reference.  All mistakes are collected, each with its place. */
#ifndef CANVASS_SPECIFICATION_SPEC_H
#define CANVASS_SPECIFICATION_SPEC_H

#include "base/buf.h"
#include "base/status.h"
#include "reading/reading.h"
#include "stats/plan/plan.h"

typedef struct spec spec;

/* Mistakes, in the order of their places: "spec.yaml:12:9: unknown analysis 'npss'; did you mean 'nps'?"
 * A zeroed one is empty; every call below adds to it. */
typedef struct spec_problems {
  buf text; /* one problem per line */
  size_t count;
} spec_problems;
void spec_problems_fini(spec_problems *p);

/* BYTES of the file called NAME.  STATUS_SPECIFICATION when there are problems: PROBLEMS has them all
 * and ERR the first.  */
status spec_parse(const char *name, const char *bytes, size_t length, spec **out, spec_problems *problems,
                  error *err) MUST_USE;
void spec_destroy(spec *s);

/* What the reader needs: encoding, delimiter, decimal mark, and the columns with hints; the other
 * options stay as they are.  Patterns (q*) are matched against HEADER; without one (NULL: to read the
 * header) no columns are named.  Borrowed until spec_destroy or the next call.  What the header lacks
 * are problems too: STATUS_DATA when the page is valid but columns are missing. */
status spec_reading_options(spec *s, const manifest *header, reading_options *out, spec_problems *problems,
                            error *err) MUST_USE;

/* The plan over a dataset.  DATASET gives the columns and the decimals where none are declared. */
status spec_plan(spec *s, const manifest *dataset, plan **out, spec_problems *problems, error *err) MUST_USE;

#endif
