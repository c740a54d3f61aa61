/* The outline: which chapters a report has, what stands in them, and the numbers of figures. */
#include <string.h>

#include "report/outline.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"

#define ITEM(name) "\"" name "\":{\"kind\":\"scale\",\"range\":[1,5],\"values\":[]}"
#define HEAD \
  "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{" ITEM("a") "," ITEM("b") "},\"data\":{" \
  "\"files\":[],\"rows\":1,\"quarantined\":0,\"invalid\":0},"
#define MEANS                                                                                                \
  "{\"name\":\"summary\",\"view\":\"list\",\"columns\":[\"item\",\"mean\",\"ci_low\",\"ci_high\"],\"rows\":" \
  "["                                                                                                        \
  "{\"item\":\"a\",\"mean\":2,\"ci_low\":1,\"ci_high\":3},{\"item\":\"b\",\"mean\":2,\"ci_low\":1,"          \
  "\"ci_high\":3}]}"
#define PLAIN \
  "{\"name\":\"t\",\"view\":\"list\",\"columns\":[\"item\",\"n\"],\"rows\":[{\"item\":\"a\",\"n\":1}]}"
#define SECTION(kind, name, tables) \
  "{\"analysis\":\"" kind "\",\"name\":\"" name "\",\"tables\":[" tables "]}"
#define ANALYSES                                                                                         \
  "\"analyses\":[" SECTION("describe", "x", MEANS "," PLAIN) "," SECTION("nps", "y", PLAIN) "," SECTION( \
      "nobody_knows", "z", MEANS) "]}"

/* What a test expects: names of chapters, each with the names of its analyses behind a colon. */
static const char *expected;

static status check_outline(const layout *l, const report_options *options, slice part, buf *out,
                            error *err) {
  (void)options;
  (void)part;
  (void)err;
  const outline *o = outline_make(l);
  assert_non_null(o);
  for (size_t i = 0; i < o->chapters_count; i++) {
    const outline_chapter *c = &o->chapters[i];
    buf_printf(out, "%s%s", i > 0 ? " " : "", c->name);
    for (size_t k = 0; k < c->sections_count; k++) {
      const outline_section *s = &c->sections[k];
      buf_printf(out, ":%.*s", SLICE_ARG(s->section->name));
      for (size_t f = 0; f < s->figures_count; f++) {
        buf_printf(out, "%s%zu", s->figures[f].chart != NULL ? "f" : "t", s->figures[f].number);
      }
    }
  }
  for (size_t i = 0; i < o->left_out.count; i++) {
    buf_printf(out, " -%.*s", SLICE_ARG(o->left_out.at[i]));
  }
  assert_slice_equal((slice){(const char *)out->data, out->length}, slice_of(expected));
  return STATUS_OK;
}

static void check(const char *text, const char *wanted) {
  buf out;
  error err = {STATUS_OK, ""};
  expected = wanted;
  buf_init(&out);
  const report_options options = {.language = REPORT_EN};
  if (layout_write(slice_of(text), &options, slice_of(""), LAYOUT_LABELS, check_outline, &out, &err) !=
      STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_fini(&out);
}

/* An analysis that this version does not know is among the details; figures are numbered as they are read. */
static void chapters_without_analyses_are_not_there(void **state) {
  (void)state;
  check(HEAD ANALYSES, "summary study quality loyalty:yt1 details:xf1t2:zf2 appendix");
}

static void the_specification_orders_chapters_and_leaves_others_out(void **state) {
  (void)state;
  check(HEAD
        "\"report\":{\"chapters\":[{\"name\":\"details\"},{\"name\":\"summary\"},{\"name\":\"details\"},"
        "{\"name\":\"unknown\"}]}," ANALYSES,
        "details:xf1t1:zf2 summary -y");
}

static void a_chapter_takes_the_analyses_that_it_names(void **state) {
  (void)state;
  check(HEAD
        "\"report\":{\"chapters\":[{\"name\":\"satisfaction\",\"analyses\":[\"z\",\"y\"]},"
        "{\"name\":\"details\"}]}," ANALYSES,
        "satisfaction:yt1:zf1 details:xf2t2");
}

static void a_chapter_with_a_text_alone_is_there(void **state) {
  (void)state;
  check(HEAD "\"report\":{\"texts\":{\"priorities\":{\"en\":\"Do this.\"}}}," ANALYSES,
        "summary study quality loyalty:yt1 priorities details:xf1t2:zf2 appendix");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chapters_without_analyses_are_not_there),
      cmocka_unit_test(the_specification_orders_chapters_and_leaves_others_out),
      cmocka_unit_test(a_chapter_takes_the_analyses_that_it_names),
      cmocka_unit_test(a_chapter_with_a_text_alone_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
