/* What tests of the specification share: a codebook to build pages on, and short ways through the three
 * calls.  Whatever is expected to work and does not ends the test with the mistakes that were reported. */
#ifndef CANVASS_TESTS_SPECIFICATION_SPEC_PAGE_H
#define CANVASS_TESTS_SPECIFICATION_SPEC_PAGE_H

#include "specification/spec.h"

/* Nine lines; what is added stands from line 10 on, analyses from line 11. */
#define CODEBOOK                                                                 \
  "variables:\n"                                                                 \
  "  s: {type: scale, range: [1, 5], missing: {9: refused}, texts: {Good: 5}}\n" \
  "  t: {type: scale, range: [0, 10]}\n"                                         \
  "  n: {type: nominal, values: [alpha, beta], closed: true}\n"                  \
  "  m: {type: multi, columns: {web: a, app: b}}\n"                              \
  "  x: {type: number, decimals: 1}\n"                                           \
  "  d: {type: date}\n"                                                          \
  "  w: {type: weight, kind: sampling}\n"                                        \
  "  i: {type: id}\n"
#define PAGE(added)     CODEBOOK added "analyses: [describe: {items: s}]\n"
#define ANALYSES(added) CODEBOOK "analyses:\n" added

typedef struct mistake_case {
  const char *page;
  const char *told; /* lines of "line:column: message" */
} mistake_case;

/* Every page is refused with exactly the case's messages. */
void check_mistakes(const mistake_case *cases, size_t count);

spec *page_parse(const char *page);
/* A header or dataset; NAMES are divided by '|', as in "q1|q2|Seat Comfort".  Decimals are 0. */
manifest *page_columns(const char *names);
/* The plan of PAGE over these columns. */
plan *page_plan(const char *page, const char *columns);
const plan_variable *plan_find(const plan *p, const char *name);
const program_variable *plan_program_variable(const plan *p, const char *name);

#endif
