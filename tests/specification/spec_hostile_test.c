/* Hostile pages, and pages that were spoiled by accident: refused or read, in bounded time and
 * memory, never a crash.  Run under the sanitizers this is the test of everything that reads the page.
 * CANVASS_SEED chooses other damage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/specification/spec_page.h"

static const char valid[] = PAGE_OF_EVERYTHING;

/* All three calls; a page that is read must also make a plan or say why not. */
static status read_page(const char *bytes, size_t length) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  status st = spec_parse("spec.yaml", bytes, length, &s, &problems, &err);
  if (st == STATUS_OK) {
    manifest *dataset = page_columns("s|t|n|a|b|x|d|w|i|q1|q2");
    reading_options options = {0};
    plan *p = NULL;
    st = spec_reading_options(s, dataset, &options, &problems, &err);
    if (st == STATUS_OK) {
      st = spec_plan(s, dataset, &p, &problems, &err);
    }
    plan_destroy(p);
    manifest_destroy(dataset);
  }
  assert_true(st == STATUS_OK || err.message[0] != '\0');
  spec_problems_fini(&problems);
  spec_destroy(s);
  return st;
}

static void the_undamaged_page_is_read(void **state) {
  (void)state;
  /* The weight of q2 is missing: only the header can show it. */
  assert_int_equal(read_page(valid, sizeof valid - 1), STATUS_SPECIFICATION);
  static const char whole[] = PAGE("constructs: {c: {items: [s, t]}}\n");
  assert_int_equal(read_page(whole, sizeof whole - 1), STATUS_OK);
}

static void damage(seeded *r, char *page, size_t *length) {
  static const char signs[] = "{}[]:,-'\"#&*!|>%@`~?\n\t \\0azé\x80\xff";
  size_t at = seeded_below(r, *length);
  size_t span = 1 + seeded_below(r, 12);
  span = span > *length - at ? *length - at : span;
  size_t from = seeded_below(r, *length - span + 1);
  switch (seeded_below(r, 5)) {
    case 0:
      page[at] = (char)seeded_next(r);
      break;
    case 1:
      page[at] = signs[seeded_below(r, sizeof signs)];
      break;
    case 2: /* leave out */
      memmove(page + at, page + at + span, *length - at - span);
      *length -= span;
      break;
    case 3: /* copy over */
      memmove(page + at, page + from, span);
      break;
    default: /* a line goes elsewhere */
      page[at] = '\n';
      break;
  }
}

static void damaged_pages_never_crash(void **state) {
  (void)state;
  uint64_t seed = seeded_seed();
  seeded r = {seed};
  size_t refused = 0;
  enum { CASES = 3000 };
  for (int i = 0; i < CASES; i++) {
    /* On the heap and of the exact size, so that a sanitizer sees every step past the end. */
    size_t length = sizeof valid - 1;
    char *page = malloc(length);
    assert_non_null(page);
    memcpy(page, valid, length);
    for (uint64_t hits = 1 + seeded_below(&r, 3); hits > 0; hits--) {
      damage(&r, page, &length);
    }
    char *fitted = malloc(length);
    assert_non_null(fitted);
    memcpy(fitted, page, length);
    refused += read_page(fitted, length) != STATUS_OK;
    free(fitted);
    free(page);
  }
  if (refused < CASES / 2) {
    fail_msg("only %zu of %d damaged pages were refused; seed %llu", refused, CASES,
             (unsigned long long)seed);
  }
}

static void every_beginning_of_a_page_is_refused_or_read(void **state) {
  (void)state;
  for (size_t length = 0; length < sizeof valid - 1; length++) {
    char *page = malloc(length + 1);
    assert_non_null(page);
    memcpy(page, valid, length);
    (void)read_page(page, length);
    free(page);
  }
}

static void told(const char *page, size_t length, const char *expected) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  assert_int_equal(spec_parse("spec.yaml", page, length, &s, &problems, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, expected);
  spec_problems_fini(&problems);
}

static void a_bomb_of_aliases_does_not_go_off(void **state) {
  (void)state;
  buf page;
  buf_init(&page);
  buf_printf(&page, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
  for (int i = 1; i < 20; i++) {
    buf_printf(&page, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
               i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  }
  told((const char *)page.data, page.length, "spec.yaml:1:5: anchors (&a0) are not supported");
  static const char circle[] = "a: &a [*a]\n";
  told(circle, sizeof circle - 1, "spec.yaml:1:4: anchors (&a) are not supported");
  buf_fini(&page);
}

static char *repeated(const char *unit, size_t count, size_t *length) {
  size_t bytes = strlen(unit);
  char *text = malloc(bytes * count + 1);
  assert_non_null(text);
  for (size_t i = 0; i < count; i++) {
    memcpy(text + i * bytes, unit, bytes);
  }
  *length = bytes * count;
  return text;
}

static void depth_number_and_size_are_bounded(void **state) {
  (void)state;
  static const struct bound_case {
    const char *unit;
    size_t count;
    const char *expected;
  } cases[] = {
      {"[", 1000000, "spec.yaml:1:33: lists and maps are nested more than 32 deep"},
      {"{a: ", 500000, "more than 32 deep"},
      {"- ", 1000000, "more than 32 deep"},
      {"- a\n", 300000, "spec.yaml:200000:3: more than 200000 values in one specification"},
      {"# comment\n", 500000, "spec.yaml:1:1: the specification has 5000000 bytes; at most 4194304 are read"},
      {"a", 4000000, "expected a map"},
      {"? ", 1000000, "spec.yaml"},
      {"\xe5\xba\xa7\n", 100000, "spec.yaml"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    size_t length;
    char *page = repeated(cases[i].unit, cases[i].count, &length);
    told(page, length, cases[i].expected);
    free(page);
  }
}

static void bytes_that_are_no_utf8_are_named(void **state) {
  (void)state;
  static const char gbk[] = "title: \xe5\xba\xa7 ok\nlabel: \xd7\xf9\n";
  told(gbk, sizeof gbk - 1, "spec.yaml:2:8: byte 0xD7 is not UTF-8; save the specification as UTF-8");
  static const char marked[] = "\xEF\xBB\xBF" PAGE("");
  assert_int_equal(read_page(marked, sizeof marked - 1), STATUS_OK);
}

static void a_thousand_mistakes_are_counted_and_the_first_are_listed(void **state) {
  (void)state;
  buf page;
  buf_init(&page);
  buf_printf(&page, "%s", CODEBOOK "analyses:\n");
  for (int i = 0; i < 900; i++) {
    buf_printf(&page, "  - nothing%d: {}\n", i);
  }
  spec *s = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_parse("spec.yaml", (const char *)page.data, page.length, &s, &problems, &err),
                   STATUS_SPECIFICATION);
  buf_put_u8(&problems.text, 0);
  assert_int_equal(problems.count, 900);
  assert_non_null(
      strstr((const char *)problems.text.data, "spec.yaml: 400 further mistakes are not listed\n"));
  spec_problems_fini(&problems);
  buf_fini(&page);
}

static void a_long_chain_of_definitions_is_refused_not_followed(void **state) {
  (void)state;
  buf page;
  buf_init(&page);
  buf_printf(&page, "%s", CODEBOOK "derived:\n");
  for (int i = 0; i < 20000; i++) {
    buf_printf(&page, "  v%d: {mean: v%d}\n", i, i + 1);
  }
  buf_printf(&page, "  v20000: {mean: s}\nanalyses: [describe: {items: v0}]\n");
  told((const char *)page.data, page.length, "more than 64 deep");
  buf_fini(&page);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_undamaged_page_is_read),
      cmocka_unit_test(damaged_pages_never_crash),
      cmocka_unit_test(every_beginning_of_a_page_is_refused_or_read),
      cmocka_unit_test(a_bomb_of_aliases_does_not_go_off),
      cmocka_unit_test(depth_number_and_size_are_bounded),
      cmocka_unit_test(bytes_that_are_no_utf8_are_named),
      cmocka_unit_test(a_thousand_mistakes_are_counted_and_the_first_are_listed),
      cmocka_unit_test(a_long_chain_of_definitions_is_refused_not_followed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
