/* The findings about the data in the report's document: what `run` warns of, what --strict refuses, and what
 * `check` prints. */
#ifndef CANVASS_CLI_FINDINGS_H
#define CANVASS_CLI_FINDINGS_H

#include "base/json.h"
#include "cli/evaluation.h"

typedef struct findings {
  arena *memory;
  const json *document;
  json *unusable; /* a list of {"item" or "analysis", "message"} */
  json *results;  /* a list of {"item", "message"}: computed values that are invalid */
  json *weights;  /* a list of {"weight", "message"}: weights that rows lack */
  json *
      notations; /* a list of {"item", "message"}: numbers of which some have a per cent sign, and some not */
  json *lost;    /* a list of {"file", "message"}: rows that the job went on without */
} findings;

/* REPORT is the canonical document over the data of E, which has its plan; both borrowed until the end.
 *
 * Unusable is an item of which no answer is valid (an analysis uses it, or its cells are invalid), and
 * an analysis that uses no row. */
status findings_open(const evaluation *e, const buf *report, findings *out, error *err) MUST_USE;
void findings_close(findings *f); /* harmless on a zeroed one */

/* With --strict: STATUS_DATA for invalid answers or computed values, for numbers in two notations, for rows
 * that were lost or have no usable weight and for what is unusable, after the first places were reported. */
status findings_refuse(const evaluation *e, const findings *f, error *err) MUST_USE;
/* STATUS_DATA when anything is unusable: all of it is reported. */
status findings_require_usable(const findings *f, error *err) MUST_USE;
/* Before a report is written: warns of rows that were lost or have no usable weight, of numbers in two
 * notations, of invalid computed values and of what is unusable; with --strict as findings_refuse. */
status findings_judge(const evaluation *e, const buf *report, error *err) MUST_USE;

#endif
