/* Tables of the page that are not lists: banners with blocks and letters, shaded matrices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/report/chart_document.h"
#include "tests/report/xml_check.h"

/* The page of a document of one section; its <main> is well-formed. */
static char *page_of(const char *kind, const char *tables, const char *variables) {
  buf document;
  buf page;
  error err = {STATUS_OK, ""};
  chart_document(&document, kind, tables, variables);
  buf_init(&page);
  const report_options options = {.format = "html", .language = REPORT_EN};
  if (report_render(document.data, document.length, &options, &page, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_put_u8(&page, 0);
  char *copy = strdup((const char *)page.data);
  const char *begin = strstr(copy, "<main");
  const char *end = strstr(copy, "</main>");
  assert_non_null(begin);
  assert_non_null(end);
  assert_null(xml_check(begin, (size_t)(end - begin) + strlen("</main>")));
  buf_fini(&page);
  buf_fini(&document);
  return copy;
}

static void assert_has(const char *page, const char *part) {
  if (strstr(page, part) == NULL) {
    const char *table = strstr(page, "<table class=\"banner");
    table = table != NULL ? table : strstr(page, "<table class=\"matrix");
    fail_msg("'%s' is not in\n%.3000s", part, table != NULL ? table : "a page without such a table");
  }
}

static size_t count_of(const char *page, const char *part) {
  size_t count = 0;
  for (const char *at = strstr(page, part); at != NULL; at = strstr(at + 1, part)) {
    count++;
  }
  return count;
}

/* ---- Banners ------------------------------------------------------------------------------------- */

#define COLUMN(group, letter, variables) \
  "{\"group\":" group ",\"letter\":" letter ",\"variables\":[" variables "]}"
#define CELL(group, figure, letters, mark)                                                                 \
  "{\"question\":1,\"item\":\"q\",\"line\":\"mean\",\"value\":null,\"group\":" group ",\"figure\":" figure \
  ",\"letters\":" letters ",\"mark\":" mark "}"
#define WOMEN "{\"sex\":\"f\"}"
#define MEN   "{\"sex\":\"m\"}"
#define BANNER_OF(columns, cells)                                                                          \
  "[{\"name\":\"banner_columns\",\"view\":\"head\",\"columns\":[\"group\",\"letter\",\"variables\"],"      \
  "\"rows\":[" columns                                                                                     \
  "]},{\"name\":\"banner_questions\",\"view\":\"head\",\"columns\":[\"question\",\"variables\",\"label\"," \
  "\"base_condition\"],\"rows\":[{\"question\":1,\"variables\":[\"q\"],\"label\":null,\"base_condition\":" \
  "\"x > 1\"}]},{\"name\":\"banner\",\"view\":\"banner\",\"columns\":[\"question\",\"item\",\"line\","     \
  "\"value\",\"group\",\"figure\",\"letters\",\"mark\"],\"rows\":[" cells "]}]"
#define BANNER(cells)                                                                                       \
  BANNER_OF(                                                                                                \
      COLUMN("null", "null", "") "," COLUMN(WOMEN, "\"A\"", "\"sex\"") "," COLUMN(MEN, "\"B\"", "\"sex\""), \
      cells)
#define LABELS                                                                                               \
  "\"q\":{\"kind\":\"scale\",\"label\":{\"en\":\"Service\"},\"range\":[1,5],\"values\":[]},\"sex\":{"        \
  "\"kind\":\"nominal\",\"label\":{\"en\":\"Sex\"},\"values\":[{\"key\":\"f\",\"label\":{\"en\":\"women\"}}" \
  "]}"

static void a_banner_has_its_blocks_and_letters_above_its_columns(void **state) {
  (void)state;
  char *page = page_of("tables",
                       BANNER(CELL("null", "3.25", "null", "null") "," CELL(
                           WOMEN, "4.126", "\"B\"", "null") "," CELL(MEN, "2", "null", "\"small\"")),
                       LABELS);
  /* Two columns of figures, each with one of letters, are of the block. */
  assert_has(page, "<th scope=\"colgroup\" class=\"over\" colspan=\"4\">Sex</th>");
  assert_has(page,
             "<th scope=\"col\" class=\"n\">Total</th><th scope=\"col\" class=\"n\" colspan=\"2\">women<br/>"
             "<b>A</b></th><th scope=\"col\" class=\"n\" colspan=\"2\">m<br/><b>B</b></th></tr>");
  assert_has(page,
             "<td>3.25</td><td data-v=\"4.126\">4.13</td><td class=\"l\">B</td><td>2.00</td>"
             "<td class=\"l\">°</td></tr>");
  assert_has(page,
             "<tr class=\"q\"><th scope=\"rowgroup\" colspan=\"6\"><span>Service · where x &gt; 1</span>");
  assert_int_equal(count_of(page, "<figure id=\"t"), 1); /* columns and questions are in its head */
  free(page);
}

static void what_is_not_a_banner_is_a_list(void **state) {
  (void)state;
  char *page = page_of("tables", BANNER(CELL("{\"sex\":\"nobody\"}", "3", "null", "null")), LABELS);
  assert_int_equal(count_of(page, "<table class=\"banner\">"), 0);
  assert_has(page, "<table class=\"sortable\">");
  free(page);
}

/* Fifteen columns in blocks of eight and seven do not fit: each block has a table, with the total. */
static void a_wide_banner_is_tables_of_whole_blocks_each_with_the_total(void **state) {
  (void)state;
  buf columns;
  buf cells;
  buf tables;
  buf_init(&columns);
  buf_init(&cells);
  buf_init(&tables);
  buf_printf(&columns, COLUMN("null", "null", ""));
  buf_printf(&cells, CELL("null", "1", "null", "null"));
  for (unsigned i = 0; i < 15; i++) {
    const char *name = i < 8 ? "age" : "region";
    char group[64];
    char letter[16];
    char variables[32];
    (void)snprintf(group, sizeof group, "{\"%s\":%u}", name, i);
    (void)snprintf(letter, sizeof letter, "\"%c\"", (char)('A' + (int)i));
    (void)snprintf(variables, sizeof variables, "\"%s\"", name);
    buf_printf(&columns, "," COLUMN("%s", "%s", "%s"), group, letter, variables);
    buf_printf(&cells, "," CELL("%s", "1", "null", "null"), group);
  }
  buf_put_u8(&columns, 0);
  buf_put_u8(&cells, 0);
  buf_printf(&tables, BANNER_OF("%s", "%s"), (const char *)columns.data, (const char *)cells.data);
  buf_put_u8(&tables, 0);
  char *page = page_of("tables", (const char *)tables.data, LABELS);
  assert_int_equal(count_of(page, "<table class=\"banner\">"), 2);
  assert_int_equal(count_of(page, "<th scope=\"col\" class=\"n\">Total</th>"), 2);
  assert_has(page, "class=\"over\" colspan=\"16\">age</th></tr>");
  assert_has(page, "class=\"over\" colspan=\"14\">region</th></tr>");
  assert_has(page, " · I–O</caption>");
  free(page);
  buf_fini(&columns);
  buf_fini(&cells);
  buf_fini(&tables);
}

/* ---- Matrices ------------------------------------------------------------------------------------ */

#define R(item, other, r) "{\"item\":\"" item "\",\"other_item\":\"" other "\",\"r\":" r ",\"n\":9}"
#define MATRIX(rows)                                                                                     \
  "[{\"name\":\"pearson_matrix\",\"view\":\"matrix\",\"columns\":[\"item\",\"other_item\",\"r\",\"n\"]," \
  "\"rows\":[" rows "]}]"

static void correlations_are_a_triangle_shaded_by_their_size(void **state) {
  (void)state;
  char *page =
      page_of("correlate", MATRIX(R("a", "b", "0.44") "," R("a", "c", "-0.96") "," R("b", "c", "0.02")), "");
  assert_has(page, "<table class=\"matrix heat\">");
  assert_has(
      page,
      "<td class=\"h4\" data-v=\"0.44\">0.440<"); /* 0.44 and -0.96 in tenths, rounded; 0.02 has no shade */
  assert_has(page, "<td class=\"m10\" data-v=\"-0.96\">−0.960<");
  assert_has(page, "<td data-v=\"0.02\">0.020<");
  assert_int_equal(count_of(page, "<th scope=\"row\">a</th>"), 0); /* the first item has no pairs before it */
  free(page);
}

static void columns_of_eight_items_have_numbers(void **state) {
  (void)state;
  for (unsigned items = 7; items <= 8; items++) {
    buf rows;
    buf_init(&rows);
    for (unsigned i = 1; i < items; i++) {
      for (unsigned j = 0; j < i; j++) {
        buf_printf(&rows, "%s" R("i%u", "i%u", "0.5"), i + j > 1 ? "," : "", j, i);
      }
    }
    buf_put_u8(&rows, 0);
    buf tables;
    buf_init(&tables);
    buf_printf(&tables, MATRIX("%s"), (const char *)rows.data);
    buf_put_u8(&tables, 0);
    char *page = page_of("correlate", (const char *)tables.data, "");
    assert_int_equal(count_of(page, "<th scope=\"col\" class=\"n\"><abbr"), items == 8 ? 7 : 0);
    assert_int_equal(count_of(page, "<th scope=\"row\">8 i7</th>"), items == 8 ? 1 : 0);
    free(page);
    buf_fini(&rows);
    buf_fini(&tables);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_banner_has_its_blocks_and_letters_above_its_columns),
      cmocka_unit_test(a_wide_banner_is_tables_of_whole_blocks_each_with_the_total),
      cmocka_unit_test(what_is_not_a_banner_is_a_list),
      cmocka_unit_test(correlations_are_a_triangle_shaded_by_their_size),
      cmocka_unit_test(columns_of_eight_items_have_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
