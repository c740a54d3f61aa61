/* Codebooks as tables (specification/table.c): whatever the bytes, the page is read with them or told why
 * not. */
#include "tests/fuzz/fuzz.h"
#include "tests/specification/spec_page.h"

int fuzz_one(const uint8_t *bytes, size_t length) {
  static const char page[] = PAGE("");
  spec *s = NULL;
  plan *p = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  manifest *dataset = page_columns("s|t|n|a|b|x|d|w|i");
  const spec_text codebook = {"codebook.csv", {(const char *)bytes, length}};
  status st = spec_parse_with((spec_text){"fuzz.yaml", slice_of(page)}, &codebook, &s, &problems, &err);
  st = st == STATUS_OK ? spec_plan(s, dataset, &p, &problems, &err) : st;
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    fuzz_require(st != STATUS_SPECIFICATION || problems.count > 0, "a table that is refused has mistakes");
  }
  plan_destroy(p);
  spec_problems_fini(&problems);
  spec_destroy(s);
  manifest_destroy(dataset);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  fuzz_corpus_add_text(
      out,
      "variable,label,value,value label,missing\ns,Satisfied,1,Bad,\n,,4,\"so \"\"so\"\"\",\n,,8,,refused\n");
  fuzz_corpus_add_text(out, "Name;Code;Value_Label\r\nn;alpha;A\r\nn;beta;B\r\nx;;\r\n");
}
