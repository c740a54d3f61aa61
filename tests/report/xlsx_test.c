/* The workbook of a report: numbers (a workbook keeps 16 digits), charts of Excel's own, the same bytes each
 * time; and no formula, link or name of a sheet that a label could make. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"
#include "tests/report/workbook_members.h"

#define MEANS                                                                                              \
  "[{\"name\":\"mean\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"mean\",\"ci_low\",\"ci_"  \
  "high\"],"                                                                                               \
  "\"rows\":["                                                                                             \
  "{\"item\":\"a\",\"group\":null,\"n\":1200,\"mean\":3.1234567890123456,\"ci_low\":3.1,\"ci_high\":3.2}," \
  "{\"item\":\"b\",\"group\":null,\"n\":1100,\"mean\":2.5,\"ci_low\":2.25,\"ci_high\":2.75}]}]"
#define VARIABLES(label)                                                 \
  "\"a\":{\"kind\":\"scale\",\"range\":[1,5],\"label\":{\"en\":\"" label \
  "\"},\"values\":[]},\"b\":{\"kind\":\"scale\",\"range\":[1,5],\"label\":{\"en\":\"Food\"},\"values\":[]}"

static buf render(const buf *document, report_language language) {
  buf out;
  error err = {STATUS_OK, ""};
  const report_options options = {.format = "xlsx", .language = language};
  buf_init(&out);
  if (report_render(document->data, document->length, &options, &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return out;
}

static buf book_of(const char *tables, const char *variables, report_language language) {
  buf document;
  chart_document(&document, "describe", tables, variables);
  buf book = render(&document, language);
  buf_fini(&document);
  return book;
}

static void figures_are_numbers_with_the_digits_that_a_workbook_keeps(void **state) {
  (void)state;
  buf book = book_of(MEANS, VARIABLES("Seats"), REPORT_EN);
  buf cells;
  buf_init(&cells);
  workbook_cells(&book, 2, &cells);
  assert_contains((const char *)cells.data, "|Item|n|Mean|CI low|CI high|\n");
  assert_contains((const char *)cells.data, "|Seats|1200|3.123456789012346|3.1|3.2|\n");
  assert_contains((const char *)cells.data, "|Food|1100|2.5|2.25|2.75|\n");
  buf_fini(&cells);
  buf_fini(&book);
}

static void the_same_report_gives_the_same_bytes(void **state) {
  (void)state;
  buf first = book_of(MEANS, VARIABLES("Seats"), REPORT_ZH_HANS);
  buf second = book_of(MEANS, VARIABLES("Seats"), REPORT_ZH_HANS);
  assert_int_equal(first.length, second.length);
  assert_memory_equal(first.data, second.data, first.length);
  buf_fini(&first);
  buf_fini(&second);
}

static void sheets_are_called_by_chapters_in_three_languages(void **state) {
  (void)state;
  static const char *const names[] = {"name=\"Contents\"", "name=\"目录\"", "name=\"目錄\""};
  for (int language = REPORT_EN; language <= REPORT_ZH_HANT; language++) {
    buf book = book_of(MEANS, VARIABLES("Seats"), (report_language)language);
    buf text;
    buf_init(&text);
    assert_true(workbook_member(&book, "xl/workbook.xml", &text));
    assert_contains((const char *)text.data, names[language]);
    buf_fini(&text);
    buf_fini(&book);
  }
}

/* A chart has no text of its own: whatever it shows it takes from cells of the sheet of figures. */
static void a_chart_takes_its_texts_and_figures_from_cells(void **state) {
  (void)state;
  buf book = book_of(MEANS, VARIABLES("=1+1"), REPORT_EN);
  buf charts;
  buf_init(&charts);
  assert_int_equal(workbook_members(&book, "xl/charts/chart", &charts), 1);
  size_t formulas = 0;
  for (const char *at = strstr((const char *)charts.data, "<c:f>"); at != NULL;
       at = strstr(at + 1, "<c:f>")) {
    static const char sheet[] = "<c:f>'Chart data'!$";
    if (strncmp(at, sheet, sizeof sheet - 1) != 0) {
      fail_msg("a formula of a chart: %.60s", at);
    }
    formulas++;
  }
  assert_int_equal(formulas, 1 + 3 * 3);
  assert_contains((const char *)charts.data, "<c:hiLowLines>");
  buf_fini(&charts);
  buf_fini(&book);
}

static void no_label_becomes_a_formula_or_an_escape(void **state) {
  (void)state;
  static const char *const labels[][2] = {
      {"=cmd|' /C calc'!A0", "|=cmd|' /C calc'!A0|"},
      {"@SUM(1)", "|@SUM(1)|"},
      {"<script>alert(1)</script>]]>", "|<script>alert(1)</script>]]>|"},
      {"http://example.org", "|http://example.org|"},
      {"_x0041_", "|_x005F_x0041_|"},
      {"\\ud83d\\ude00", "|\xF0\x9F\x98\x80|"},
      {"one\\ntwo", "|one"},
  };
  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
    char variables[512];
    (void)snprintf(variables, sizeof variables,
                   "\"a\":{\"kind\":\"scale\",\"range\":[1,5],\"label\":{\"en\":\"%s\"},\"values\":[]},"
                   "\"b\":{\"kind\":\"scale\",\"range\":[1,5],\"label\":{\"en\":\"Food\"},\"values\":[]}",
                   labels[i][0]);
    buf book = book_of(MEANS, variables, REPORT_EN);
    buf text;
    buf_init(&text);
    workbook_cells(&book, 2, &text);
    assert_contains((const char *)text.data, labels[i][1]);
    (void)workbook_members(&book, "xl/worksheets/sheet", &text);
    assert_null(strstr((const char *)text.data, "<f>"));
    (void)workbook_members(&book, "xl/worksheets/_rels", &text);
    assert_null(strstr((const char *)text.data, "External"));
    buf_fini(&text);
    buf_fini(&book);
  }
}

/* Excel refuses a workbook with more than 32,767 characters in a cell. */
static void a_label_that_no_cell_can_hold_is_cut_and_shows_it(void **state) {
  (void)state;
  buf variables;
  buf text;
  buf_init(&variables);
  buf_init(&text);
  buf_printf(&variables, "\"a\":{\"kind\":\"scale\",\"range\":[1,5],\"label\":{\"en\":\"");
  for (size_t i = 0; i < 40000; i++) {
    buf_printf(&variables, "中");
  }
  buf_printf(&variables, "\"},\"values\":[]},\"b\":{\"kind\":\"number\",\"label\":{},\"values\":[]}%c", '\0');
  buf book = book_of(MEANS, (const char *)variables.data, REPORT_EN);
  workbook_cells(&book, 2, &text);
  const char *from = strstr((const char *)text.data, "|中");
  assert_non_null(from);
  const char *until = strstr(from + 1, "|");
  assert_int_equal(until - from - 1, 32000 * strlen("中") + strlen("…"));
  assert_memory_equal(until - strlen("…"), "…", strlen("…"));
  buf_fini(&book);
  buf_fini(&variables);
  buf_fini(&text);
}

/* 500,000 cells and more are written as they come, without filters. */
static void long_tables_keep_all_their_rows(void **state) {
  (void)state;
  buf tables;
  buf text;
  buf_init(&tables);
  buf_init(&text);
  enum { ROWS = 210000 };
  buf_printf(&tables, "[{\"name\":\"mean\",\"view\":\"list\",\"columns\":[\"item\",\"n\"],\"rows\":[");
  for (size_t i = 0; i < ROWS; i++) {
    buf_printf(&tables, "%s{\"item\":\"a\",\"n\":%zu}", i > 0 ? "," : "", i + 1);
  }
  buf_printf(&tables, "]}]%c", '\0');
  buf book = book_of((const char *)tables.data, VARIABLES("Seats"), REPORT_EN);
  workbook_cells(&book, 2, &text);
  assert_contains((const char *)text.data, "|Seats|1|\n");
  assert_contains((const char *)text.data, "|Seats|210000|\n");
  assert_int_equal(workbook_members(&book, "xl/tables/", &text), 0);
  buf_fini(&book);
  buf_fini(&tables);
  buf_fini(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_numbers_with_the_digits_that_a_workbook_keeps),
      cmocka_unit_test(the_same_report_gives_the_same_bytes),
      cmocka_unit_test(sheets_are_called_by_chapters_in_three_languages),
      cmocka_unit_test(a_chart_takes_its_texts_and_figures_from_cells),
      cmocka_unit_test(no_label_becomes_a_formula_or_an_escape),
      cmocka_unit_test(a_label_that_no_cell_can_hold_is_cut_and_shows_it),
      cmocka_unit_test(long_tables_keep_all_their_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
