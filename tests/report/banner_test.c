/* Banner tables: as text in panels of whole blocks, as sheets, and what is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/report/chart_document.h"
#include "tests/seeded.h"

#define VARIABLES                                                                                          \
  "\"q\":{\"kind\":\"scale\",\"label\":{\"en\":\"Service\"},\"range\":[1,2],\"values\":[{\"key\":1,"       \
  "\"label\":{\"en\":\"bad\"}},{\"key\":2,\"label\":{\"en\":\"good\"}}]},"                                 \
  "\"sex\":{\"kind\":\"nominal\",\"label\":{\"en\":\"Sex\"},\"values\":[{\"key\":\"f\",\"label\":{\"en\":" \
  "\"women\"}}]}"

#define TOTAL "null"
#define WOMEN "{\"sex\":\"f\"}"
#define MEN   "{\"sex\":\"m\"}"
#define OLD   "{\"age\":\"old, or so\",\"sex\":\"f\"}"
#define YOUNG "{\"age\":\"young\",\"sex\":\"f\"}"

#define COLUMN(group, letter, variables) \
  "{\"group\":" group ",\"letter\":" letter ",\"variables\":[" variables "]}"
#define COLUMNS                                                                                      \
  "{\"name\":\"banner_columns\",\"view\":\"head\",\"columns\":[\"group\",\"letter\",\"variables\"]," \
  "\"rows\":[" COLUMN(TOTAL, "null", "") "," COLUMN(WOMEN, "\"A\"", "\"sex\"") "," COLUMN(           \
      MEN, "\"B\"", "\"sex\"") "," COLUMN(OLD, "\"C\"",                                              \
                                          "\"sex\",\"age\"") "," COLUMN(YOUNG, "\"D\"",              \
                                                                        "\"sex\",\"age\"") "]}"
#define QUESTIONS(label)                                                                           \
  "{\"name\":\"banner_questions\",\"view\":\"head\",\"columns\":[\"question\",\"variables\","      \
  "\"label\",\"base_condition\"],\"rows\":[{\"question\":1,\"variables\":[\"q\"],\"label\":" label \
  ",\"base_condition\":\"x > 1\"}]}"
#define CELL(line, value, group, figure, letters, mark)                                       \
  "{\"question\":1,\"item\":\"q\",\"line\":\"" line "\",\"value\":" value ",\"group\":" group \
  ",\"figure\":" figure ",\"letters\":" letters ",\"mark\":" mark "}"
#define LINE(line, value, total, women, men, old, letters)                                                   \
  CELL(line, value, TOTAL, total, "null", "null")                                                            \
  "," CELL(line, value, WOMEN, women, "null", "\"small\"") "," CELL(                                         \
      line, value, MEN, men, letters, "null") "," CELL(line, value, OLD, old, "null",                        \
                                                       "\"suppressed\"") "," CELL(line, value, YOUNG, women, \
                                                                                  "null", "null")
#define BANNER(rows)                                                                                \
  "{\"name\":\"banner\",\"view\":\"banner\",\"columns\":[\"question\",\"item\",\"line\",\"value\"," \
  "\"group\",\"figure\","                                                                           \
  "\"letters\",\"mark\"],\"rows\":[" rows "]}"
#define LINES                                                                    \
  LINE("base", "null", "1200", "85", "1103", "12", "null")                       \
  "," LINE("answer", "2", "61.26", "52.04", "70.5", "null", "\"A c\"") "," LINE( \
      "net", "\"Any\"", "100", "100", "100", "null",                             \
      "null") "," LINE("top", "1", "61.26", "52", "70.5", "null",                \
                       "\"A\"") "," LINE("mean", "null", "1.61254", "1.5204", "1.705", "null", "\"A\"")
#define WHOLE "[" COLUMNS "," QUESTIONS("null") "," BANNER(LINES) "]"

static buf render(const char *tables, const char *format, unsigned columns) {
  buf document, out;
  error err = {STATUS_OK, ""};
  chart_document(&document, "tables", tables, VARIABLES);
  buf_init(&out);
  const report_options options = {.format = format, .language = REPORT_EN, .columns = columns};
  if (report_render(document.data, document.length, &options, &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_fini(&document);
  buf_put_u8(&out, 0);
  return out;
}

static void assert_rendered(const char *tables, const char *format, unsigned columns, const char *want) {
  buf out = render(tables, format, columns);
  assert_contains((const char *)out.data, want);
  buf_fini(&out);
}

static void a_banner_has_its_blocks_over_its_columns_and_letters_beside_figures(void **state) {
  (void)state;
  assert_rendered(WHOLE, "text", 100,
                  "   Service\n"
                  "   where x > 1\n"
                  "                    Sex                     Sex: women × age\n"
                  "                                            old, or so\n"
                  "             Total  women (A)        m (B)         (C)  young (D)\n"
                  "   ──────────────────────────────────────────────────────────────\n"
                  "   Base   1,200       85°      1,103                12      85\n"
                  "   good      61.3      52.0°      70.5 A c           –      52.0\n"
                  "   Any      100.0     100.0°     100.0               –     100.0\n"
                  "   Top 1     61.3      52.0°      70.5 A             –      52.0\n"
                  "   Mean       1.61      1.52°      1.71 A            –       1.52\n");
}

/* 60 columns: the third block does not fit beside the second, and begins a panel with the total again. */
static void panels_break_between_blocks_and_repeat_the_total(void **state) {
  (void)state;
  buf out = render(WHOLE, "text", 60);
  const char *panel = strstr((const char *)out.data, "   continued\n");
  assert_non_null(panel);
  assert_contains(panel, "Total");
  assert_contains(panel, "old, or so");
  assert_null(strstr(panel, "women (A)"));
  buf_fini(&out);
}

static void a_sheet_is_a_rectangle_with_letters_in_columns_of_their_own(void **state) {
  (void)state;
  buf out = render(WHOLE, "sheet:x", 0);
  assert_string_equal((const char *)out.data,
                      ",,,,,Sex,,Sex,,Sex: women × age,,Sex: women × age,\n"
                      "Question,Item,Line,Total,,women,,m,,\"old, or so\",,young,\n"
                      ",,,,,A,,B,,C,,D,\n"
                      "Service [x > 1],,Base,1200,,85,°,1103,,12,,85,\n"
                      "Service [x > 1],,good,61.26,,52.04,°,70.5,A c,–,,52.04,\n"
                      "Service [x > 1],,Any,100,,100,°,100,,–,,100,\n"
                      "Service [x > 1],,Top 1,61.26,,52,°,70.5,A,–,,52,\n"
                      "Service [x > 1],,Mean,1.61254,,1.5204,°,1.705,A,–,,1.5204,\n");
  buf_fini(&out);
}

static void a_sheet_for_reading_has_letters_in_the_cell(void **state) {
  (void)state;
  assert_rendered(WHOLE, "sheet:x/beside", 0,
                  ",,,,A,B,C,D\n"
                  "Service [x > 1],,Base,\"1,200\",85°,\"1,103\",12,85\n"
                  "Service [x > 1],,good,61.3,52.0°,70.5 A c,–,52.0\n");
}

static void a_label_is_the_name_of_its_question(void **state) {
  (void)state;
  assert_rendered("[" COLUMNS "," QUESTIONS("{\"en\":\"How was it?\"}") "," BANNER(LINES) "]", "sheet:x", 0,
                  "How was it? [x > 1],,Base,1200");
}

/* No columns, a group that is no column, a cell that is none: shown as a list, and no sheet. */
static void what_does_not_fit_its_columns_is_shown_as_a_list(void **state) {
  (void)state;
  static const char *const wrong[] = {
      "[" QUESTIONS("null") "," BANNER(LINES) "]",
      "[" COLUMNS "," BANNER(CELL("base", "null", "{\"sex\":\"x\"}", "7654", "null", "null")) "]",
  };
  for (size_t i = 0; i < 2; i++) {
    assert_rendered(wrong[i], "text", 200, i == 0 ? "1,200" : "7,654");
    buf document, out;
    error err = {STATUS_OK, ""};
    chart_document(&document, "tables", wrong[i], VARIABLES);
    buf_init(&out);
    assert_int_equal(
        report_render(document.data, document.length, &(report_options){.format = "sheet:x"}, &out, &err),
        STATUS_CORRUPT);
    assert_string_equal(err.message, "report: the columns and lines of 'x' are not those of a banner table");
    buf_fini(&document);
    buf_fini(&out);
  }
}

static void an_unknown_sheet_names_those_there_are(void **state) {
  (void)state;
  static const char *const cases[][3] = {
      {WHOLE, "sheet:y",
       "there is no sheet 'y'; the report has x (or NAME/beside: letters beside the figures)"},
      {WHOLE, "sheet:x/besides", "there is no sheet 'x/besides'; the report has x"},
      {"[]", "sheet:x", "there is no sheet 'x': the report has no analysis `tables`"},
  };
  for (size_t i = 0; i < 3; i++) {
    buf document, out;
    error err = {STATUS_OK, ""};
    chart_document(&document, "tables", cases[i][0], VARIABLES);
    buf_init(&out);
    assert_int_equal(
        report_render(document.data, document.length, &(report_options){.format = cases[i][1]}, &out, &err),
        STATUS_USAGE);
    assert_contains(err.message, cases[i][2]);
    buf_fini(&document);
    buf_fini(&out);
  }
}

/* Bytes of the document are exchanged at random, in text and in both sheets. */
static void damaged_banners_never_crash(void **state) {
  (void)state;
  static const char *const formats[] = {"text", "sheet:x", "sheet:x/beside"};
  static const char *const by[] = {"null", "[]", "{}", "-1", "\"sex\"", "1e308", "base", "line"};
  buf document;
  chart_document(&document, "tables", WHOLE, VARIABLES);
  for (uint64_t seed = 1; seed <= 2000; seed++) {
    seeded random = {seed};
    buf text;
    buf_init(&text);
    const size_t at = seeded_below(&random, document.length), skip = seeded_below(&random, 12);
    const size_t rest = at + skip < document.length ? at + skip : document.length;
    const char *other = by[seeded_below(&random, sizeof by / sizeof by[0])];
    buf_put(&text, document.data, at);
    buf_put(&text, other, strlen(other));
    buf_put(&text, document.data + rest, document.length - rest);
    for (size_t f = 0; f < 3; f++) {
      buf out;
      error err = {STATUS_OK, ""};
      buf_init(&out);
      const status st =
          report_render(text.data, text.length, &(report_options){.format = formats[f]}, &out, &err);
      assert_true(st == STATUS_OK || err.message[0] != '\0');
      buf_fini(&out);
    }
    buf_fini(&text);
  }
  buf_fini(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_banner_has_its_blocks_over_its_columns_and_letters_beside_figures),
      cmocka_unit_test(panels_break_between_blocks_and_repeat_the_total),
      cmocka_unit_test(a_sheet_is_a_rectangle_with_letters_in_columns_of_their_own),
      cmocka_unit_test(a_sheet_for_reading_has_letters_in_the_cell),
      cmocka_unit_test(a_label_is_the_name_of_its_question),
      cmocka_unit_test(what_does_not_fit_its_columns_is_shown_as_a_list),
      cmocka_unit_test(an_unknown_sheet_names_those_there_are),
      cmocka_unit_test(damaged_banners_never_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
