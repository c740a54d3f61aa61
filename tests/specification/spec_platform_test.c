/* What a specification takes from the platform that exported the files: the cells that mean "no answer". */
#include <stdio.h>
#include <string.h>

#include "reading/platform.h"
#include "tests/check.h"
#include "tests/specification/spec_page.h"

static manifest *columns_of(const char *names, const char *const *formats, uint32_t files) {
  manifest *m = page_columns(names);
  m->files = ARENA_ARRAY(m->memory, file_facts, files);
  assert_non_null(m->files);
  m->files_count = files;
  for (uint32_t i = 0; i < files; i++) {
    m->files[i].name = slice_of("a.csv");
    m->files[i].reading.format = slice_of(formats[i]);
  }
  return m;
}

/* The missing rules of the variable v, "code=reason " each. */
static void expect_missing(const char *entry, const char *const *formats, uint32_t files,
                           const char *expected) {
  char page[1024];
  char found[256] = "";
  (void)snprintf(page, sizeof page, "variables:\n  v: %s\nanalyses: [describe: {items: v}]\n", entry);
  spec *s = page_parse(page);
  manifest *m = columns_of("v|w", formats, files);
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  if (spec_plan(s, m, &p, &problems, &err) != STATUS_OK) {
    fail_msg("%s: %s", entry, err.message);
  }
  const program_variable *v = plan_program_variable(p, "v");
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const size_t used = strlen(found);
    if (v->rules[i].missing) {
      (void)snprintf(found + used, sizeof found - used, "%.*s=%s ", SLICE_ARG(v->rules[i].text),
                     missing_name(v->rules[i].reason));
    }
  }
  if (strcmp(found, expected) != 0) {
    fail_msg("%s: %s", entry, found);
  }
  plan_destroy(p);
  manifest_destroy(m);
  spec_destroy(s);
}

static const char *const wenjuanxing[] = {"问卷星", "问卷星"};
static const char *const qualtrics[] = {"Qualtrics"};

static void cells_without_an_answer_are_those_of_the_platform(void **state) {
  (void)state;
  const char *all = "(空)=blank (跳过)=not_asked -2=blank -3=not_asked ";
  expect_missing("{type: scale, range: [1, 5]}", wenjuanxing, 2, all);
  expect_missing("{type: nominal}", wenjuanxing, 2, all);
  expect_missing("{type: number}", wenjuanxing, 1, all);
  expect_missing("{type: date}", wenjuanxing, 1, all);
  expect_missing("{type: multi, delimiter: ┋}", wenjuanxing, 1, all);
  expect_missing("{type: multi, columns: {a: v, b: w}}", wenjuanxing, 1, all);
  expect_missing("{type: scale, range: [1, 5]}", qualtrics, 1, "-99=refused ");
}

static void what_the_page_declares_goes_before_the_platform(void **state) {
  (void)state;
  expect_missing("{type: scale, range: [1, 5], missing: {-99: not_asked}}", qualtrics, 1, "-99=not_asked ");
  expect_missing("{type: scale, range: [1, 5], missing: {\"-99.0\": not_asked}}", qualtrics, 1,
                 "-99.0=not_asked ");
  expect_missing("{type: scale, range: [1, 5], texts: {-99: 5}}", qualtrics, 1, "");
  expect_missing("{type: scale, range: [-100, 100]}", qualtrics, 1, "");
  expect_missing("{type: number, range: [-100, 100]}", qualtrics, 1, "");
  expect_missing("{type: number, range: [0, 100]}", qualtrics, 1, "-99=refused ");
  expect_missing("{type: nominal, values: [a, -99]}", qualtrics, 1, "");
  expect_missing("{type: multi, delimiter: \",\", values: [1, -99]}", qualtrics, 1, "");
}

static void texts_ids_and_weights_keep_every_cell(void **state) {
  (void)state;
  expect_missing("{type: text}", qualtrics, 1, "");
  expect_missing("{type: id}", qualtrics, 1, "");
  expect_missing("{type: weight, kind: sampling}", qualtrics, 1, "");
}

static void files_beside_those_of_a_platform_change_nothing(void **state) {
  (void)state;
  static const char *const plain_after[] = {"Qualtrics", ""};
  static const char *const plain_before[] = {"", "Qualtrics"};
  static const char *const without_codes[] = {"SurveyMonkey", "Qualtrics"};
  expect_missing("{type: scale, range: [1, 5]}", plain_after, 2, "-99=refused ");
  expect_missing("{type: scale, range: [1, 5]}", plain_before, 2, "-99=refused ");
  expect_missing("{type: scale, range: [1, 5]}", without_codes, 2, "-99=refused ");
}

static void platforms_that_contradict_each_other_have_no_such_cells(void **state) {
  (void)state;
  static const char *const mixed[] = {"Qualtrics", "", "问卷星"};
  static const char *const none[] = {"", ""};
  static const char *const unknown[] = {"Sondage 3000"};
  expect_missing("{type: scale, range: [1, 5]}", mixed, 3, "");
  expect_missing("{type: scale, range: [1, 5]}", none, 2, "");
  expect_missing("{type: scale, range: [1, 5]}", unknown, 1, "");
}

static void every_platform_gives_reasons_that_are_known(void **state) {
  (void)state;
  for (size_t i = 0; platform_at(i) != NULL; i++) {
    for (const platform_missing *m = platform_at(i)->missing; m->code != NULL; m++) {
      int reason = 0;
      while (reason < MISSING_REASONS && strcmp(missing_name((missing_reason)reason), m->reason) != 0) {
        reason++;
      }
      assert_true(reason <= MISSING_OTHER);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_without_an_answer_are_those_of_the_platform),
      cmocka_unit_test(what_the_page_declares_goes_before_the_platform),
      cmocka_unit_test(texts_ids_and_weights_keep_every_cell),
      cmocka_unit_test(every_platform_gives_reasons_that_are_known),
      cmocka_unit_test(files_beside_those_of_a_platform_change_nothing),
      cmocka_unit_test(platforms_that_contradict_each_other_have_no_such_cells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
