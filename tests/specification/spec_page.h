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

/* With something of nearly everything that may stand on a page. */
#define PAGE_OF_EVERYTHING                                                                          \
  CODEBOOK                                                                                          \
  "  \"q*\": {scale: five}\n"                                                                       \
  "  \"z_*\": {column: \"Z*\", type: id}\n"                                                         \
  "constructs:\n"                                                                                   \
  "  c: {items: [s, t, q1], weights: [2, 1, 0.5], valid_min: 2, label: {en: C, zh-Hans: 指标}}\n" \
  "  e: {items: [c, \"q*\"], weights: {c: 1}}\n"                                                    \
  "scales: {five: {range: [1, 5], texts: {Great: 5}}}\n"                                            \
  "derived:\n"                                                                                      \
  "  b: {bands: c, cuts: [2, 3.5], names: [low, mid, high]}\n"                                      \
  "  r: {recode: n, map: {A: [alpha]}, else: keep, values: {A: {en: a}}}\n"                         \
  "  o: {recode: t, map: {1: \"0..6\", 2: [7, 8], 3: \"9..\"}}\n"                                   \
  "  u: {month: d}\n"                                                                               \
  "  v: {top: s, boxes: 2}\n"                                                                       \
  "  g: {difference: [s, t]}\n"                                                                     \
  "  k: {chosen: m, option: web}\n"                                                                 \
  "  l: {compute: \"if(missing(x), mean(s, t), x / 3)\", decimals: 4}\n"                            \
  "  y: {compute: \"s > 3 and n == 'beta'\"}\n"                                                     \
  "title: {en: Title, zh-Hant: 標題}\n"                                                           \
  "data: {encoding: gbk, delimiter: \";\", decimal: \",\"}\n"                                       \
  "weight: w\n"                                                                                     \
  "confidence: 0.9\n"                                                                               \
  "analyses:\n"                                                                                     \
  "  - describe: {items: [s, \"q*\", x, m, i], by: [n, \"n * u\"], name: first}\n"                  \
  "  - describe:\n"                                                                                 \
  "      items: [c, g]\n"                                                                           \
  "      where: >-\n"                                                                               \
  "        s in (1, 2) and not (has(m, 'web') or missing(t))\n"                                     \
  "        or d >= '2025-01-31' and n != \"beta\"\n"                                                \
  "  - correlate: {items: [s, t], with: [x], method: spearman, weight: none}\n"                     \
  "  - segment: {items: [s, t], k: 2..3}\n"                                                         \
  "  - crosstab: {items: [s], by: [n]}\n"

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
