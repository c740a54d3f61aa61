/* Pages of YAML (specification/spec.h), with the expressions in them; a page that is read makes a plan, or is
 * told why not. */
#include "specification/spec.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/specification/spec_page.h"

/* A plan's bytes are read, and are its own. */
static void check_plan(const plan *p) {
  buf b, again;
  plan *back = NULL;
  error err;
  buf_init(&b);
  buf_init(&again);
  plan_encode(p, &b);
  fuzz_require_ok(plan_decode(b.data, b.length, &back, &err), &err, "the plan of a page can be read");
  plan_encode(back, &again);
  fuzz_require_same(fuzz_slice(&b), fuzz_slice(&again), "equal plans have equal bytes");
  buf_fini(&b);
  buf_fini(&again);
  plan_destroy(back);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  spec *s = NULL;
  plan *p = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  manifest *dataset = page_columns("s|t|n|a|b|x|d|w|i|q1|q2|Z3");
  status st = spec_parse("fuzz.yaml", (const char *)bytes, length, &s, &problems, &err);
  if (st == STATUS_OK) {
    reading_options options = {0};
    st = spec_reading_options(s, dataset, &options, &problems, &err);
  }
  st = st == STATUS_OK ? spec_plan(s, dataset, &p, &problems, &err) : st;
  if (st == STATUS_OK) {
    check_plan(p);
  } else {
    fuzz_require_told(st, &err);
    fuzz_require(st != STATUS_SPECIFICATION || problems.count > 0, "a page that is refused has mistakes");
  }
  plan_destroy(p);
  spec_problems_fini(&problems);
  spec_destroy(s);
  manifest_destroy(dataset);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  fuzz_corpus_add_text(out, PAGE(""));
  fuzz_corpus_add_text(out, PAGE_OF_EVERYTHING);
  fuzz_corpus_add_file(out, "examples/airline/spec.yaml");
  fuzz_corpus_add_file(out, "examples/customersat/spec.yaml");
  fuzz_corpus_add_file(out, "tests/end_to_end/kano.yaml");
  fuzz_corpus_add_file(out, "tests/end_to_end/kiosk.yaml");
}
