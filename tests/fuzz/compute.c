/* Expressions of `compute` (specification/compute.c): whatever the bytes, they become a variable whose plan
 * can be read again, or are told why not. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/specification/spec_page.h"

static void check_plan(const plan *p) {
  buf b;
  plan *back = NULL;
  error err;
  buf_init(&b);
  plan_encode(p, &b);
  fuzz_require_ok(plan_decode(b.data, b.length, &back, &err), &err, "the plan of an expression can be read");
  buf_fini(&b);
  plan_destroy(back);
}

/* The bytes as a text in single quotes, in which a quote is doubled. */
static void put_page(buf *page, const uint8_t *bytes, size_t length) {
  buf_put_text(page, CODEBOOK "derived: {v: {compute: '");
  for (size_t i = 0; i < length; i++) {
    buf_put(page, &bytes[i], 1);
    if (bytes[i] == '\'') {
      buf_put(page, &bytes[i], 1);
    }
  }
  buf_put_text(page, "'}}\nanalyses: [describe: {items: v}]\n");
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  spec *s = NULL;
  plan *p = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  manifest *dataset = page_columns("s|t|n|a|b|x|d|w|i");
  buf page;
  buf_init(&page);
  put_page(&page, bytes, length);
  status st = spec_parse("fuzz.yaml", (const char *)page.data, page.length, &s, &problems, &err);
  st = st == STATUS_OK ? spec_plan(s, dataset, &p, &problems, &err) : st;
  if (st == STATUS_OK) {
    check_plan(p);
  } else {
    fuzz_require_told(st, &err);
    fuzz_require(st != STATUS_SPECIFICATION || problems.count > 0,
                 "an expression that is refused has mistakes");
  }
  plan_destroy(p);
  spec_problems_fini(&problems);
  spec_destroy(s);
  manifest_destroy(dataset);
  buf_fini(&page);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  fuzz_corpus_add_text(out, "x + 2.5 * s - t / 3");
  fuzz_corpus_add_text(out, "x − 2 × s ÷ -t");
  fuzz_corpus_add_text(out, "if(n == 'alpha' and not missing(x), round(x / 3, 2), missing)");
  fuzz_corpus_add_text(out, "days(d, d) + count(s > 2, has(m, 'web'), d >= '2025-01-31')");
  fuzz_corpus_add_text(out, "sum(s, t, abs(x)) / max(1, mean(s, t), min(x, 4))");
  fuzz_corpus_add_text(out, "s in (1, 2, -3) or n not in ('alpha', \"beta\") or s == 'Good'");
}
