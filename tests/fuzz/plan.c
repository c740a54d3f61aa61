/* Plans (stats/plan/plan.h): only canonical bytes are read. */
#include "stats/plan/plan.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/specification/spec_page.h"

int fuzz_one(const uint8_t *bytes, size_t length) {
  plan *p = NULL;
  error err = {STATUS_OK, ""};
  const status st = plan_decode(bytes, length, &p, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT, "what is no plan is corrupt");
    fuzz_require_told(st, &err);
    return 0;
  }
  buf again;
  buf_init(&again);
  plan_encode(p, &again);
  fuzz_require_same((slice){(const char *)bytes, length}, fuzz_slice(&again),
                    "a plan writes the bytes that it was read from");
  buf_fini(&again);
  bool *used = calloc((size_t)p->variables_count + 1, sizeof *used);
  fuzz_require(used != NULL, "there is memory");
  const status uses = plan_uses(p, used, &err);
  if (uses != STATUS_OK) {
    fuzz_require_told(uses, &err);
  }
  free(used);
  plan_destroy(p);
  return 0;
}

static void add(fuzz_corpus *out, const char *page) {
  plan *p = page_plan(page, "s|t|n|a|b|x|d|w|i");
  buf b;
  buf_init(&b);
  plan_encode(p, &b);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
  plan_destroy(p);
}

void fuzz_seeds(fuzz_corpus *out) {
  add(out, PAGE(""));
  add(out, PAGE("constructs: {c: {items: [s, t], weights: [2, 1], label: {en: C, zh-Hans: 指标}}}\n"
                "derived: {b: {bands: c, cuts: [2, 3.5], names: [low, mid, high]}, u: {month: d}}\n"
                "weight: w\n"));
  add(out, ANALYSES("  - describe: {items: [s, x, m, i], by: [n, \"n * s\"], name: first}\n"
                    "  - correlate: {items: [s, t], with: [x], method: spearman}\n"
                    "  - segment: {items: [s, t], k: 2..3}\n"
                    "  - describe: {items: s, where: \"s in (1, 2) and not missing(t)\"}\n"));
}
