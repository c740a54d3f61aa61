/* The page: well-formed, complete in itself, harmless whatever its labels hold, with the figures of the
 * document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "report/html.h"
#include "report/report.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"
#include "tests/report/svg_overlap.h"
#include "tests/report/xml_check.h"

static const char golden[] = CANVASS_SOURCE_DIR "/tests/report/golden/report_document.json";

static void read_document(buf *out) {
  FILE *f = fopen(golden, "rb");
  assert_non_null(f);
  char block[4096];
  buf_init(out);
  for (size_t n = fread(block, 1, sizeof block, f); n > 0; n = fread(block, 1, sizeof block, f)) {
    buf_put(out, block, n);
  }
  assert_int_equal(fclose(f), 0);
}

/* The page of DOCUMENT, terminated. */
static char *page_of(const buf *document, report_language language) {
  buf page;
  error err = {STATUS_OK, ""};
  buf_init(&page);
  const report_options options = {.format = "html", .language = language};
  if (report_render(document->data, document->length, &options, &page, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_put_u8(&page, 0);
  return (char *)page.data;
}

static char *golden_page(report_language language) {
  buf document;
  read_document(&document);
  char *page = page_of(&document, language);
  buf_fini(&document);
  return page;
}

static slice between(const char *page, const char *begin, const char *end) {
  const char *from = strstr(page, begin);
  assert_non_null(from);
  from += strlen(begin);
  const char *to = strstr(from, end);
  assert_non_null(to);
  return (slice){from, (size_t)(to - from)};
}

/* The page without its first line and the content of style and script, which are not XML. */
static void check_well_formed(const char *page) {
  const slice style = between(page, "<style>", "</style>");
  const slice script = between(page, "<script>", "</script>");
  buf rest;
  buf_init(&rest);
  const char *begin = strchr(page, '\n') + 1;
  buf_put(&rest, begin, (size_t)(style.bytes - begin));
  buf_put(&rest, style.bytes + style.length, (size_t)(script.bytes - style.bytes - (ptrdiff_t)style.length));
  const char *after = script.bytes + script.length;
  buf_put(&rest, after, strlen(after));
  const char *wrong = xml_check((const char *)rest.data, rest.length);
  if (wrong != NULL) {
    fail_msg("not well-formed at %.120s", wrong);
  }
  buf_fini(&rest);
}

static size_t count_of(const char *page, const char *part) {
  size_t count = 0;
  for (const char *at = strstr(page, part); at != NULL; at = strstr(at + 1, part)) {
    count++;
  }
  return count;
}

/* ---- The page ------------------------------------------------------------------------------------ */

static void the_page_is_well_formed_in_every_language(void **state) {
  (void)state;
  static const char *const roots[] = {"<!DOCTYPE html>\n<html lang=\"en\"",
                                      "<!DOCTYPE html>\n<html lang=\"zh-Hans\"",
                                      "<!DOCTYPE html>\n<html lang=\"zh-Hant\""};
  for (report_language language = REPORT_EN; language <= REPORT_ZH_HANT; language++) {
    char *page = golden_page(language);
    check_well_formed(page);
    assert_int_equal(strncmp(page, roots[language], strlen(roots[language])), 0);
    assert_int_equal(count_of(page, "<h1>"), 1);
    free(page);
  }
}

/* The browser takes a style or a script only if its digest is in the policy. */
static void check_source(const char *page, const char *directive, slice content) {
  digest d;
  error err;
  buf source;
  buf_init(&source);
  assert_int_equal(digest_of(content.bytes, content.length, &d, &err), STATUS_OK);
  buf_printf(&source, "; %s 'sha256-", directive);
  html_base64(&source, d.bytes, sizeof d.bytes);
  buf_printf(&source, "'");
  buf_put_u8(&source, 0);
  assert_contains(page, (const char *)source.data);
  buf_fini(&source);
}

static void the_policy_admits_the_style_and_the_script_of_the_page_and_nothing_else(void **state) {
  (void)state;
  char *page = golden_page(REPORT_EN);
  assert_contains(page, "content=\"default-src 'none'; style-src 'sha256-");
  check_source(page, "style-src", between(page, "<style>", "</style>"));
  check_source(page, "script-src", between(page, "<script>", "</script>"));
  assert_int_equal(count_of(page, "<style"), 1);
  assert_int_equal(count_of(page, "<script"), 1);
  assert_int_equal(count_of(page, " style=\""), 0); /* the policy would refuse it */
  assert_int_equal(count_of(page, "unsafe-inline"), 0);
  free(page);
}

/* From RFC 4648, section 10. */
static void base64_is_that_of_the_standard(void **state) {
  (void)state;
  static const char *const vectors[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    buf out;
    buf_init(&out);
    html_base64(&out, vectors[i][0], strlen(vectors[i][0]));
    assert_slice_equal((slice){(const char *)out.data, out.length}, slice_of(vectors[i][1]));
    buf_fini(&out);
  }
}

static void every_link_leads_to_one_place_in_the_page(void **state) {
  (void)state;
  char *page = golden_page(REPORT_ZH_HANS);
  size_t links = 0;
  for (const char *at = strstr(page, "href=\""); at != NULL; at = strstr(at + 1, "href=\"")) {
    char id[128];
    const char *target = at + strlen("href=\"");
    assert_int_equal(target[0], '#');
    (void)snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(target + 1, "\""), target + 1);
    if (count_of(page, id) != 1) {
      fail_msg("%s is there %zu times", id, count_of(page, id));
    }
    links++;
  }
  assert_true(links >= 6);
  assert_int_equal(count_of(page, " src="), 0);
  assert_int_equal(count_of(page, "http:"), 0); /* nor is anything fetched from elsewhere */
  assert_int_equal(count_of(page, "https:"), 0);
  free(page);
}

/* ---- Figures ------------------------------------------------------------------------------------- */

/* A figure is in a cell with ten digits, or it is shown with as many as it has. */
static void check_figure(const char *page, const json *cell) {
  char digits[32];
  char rounded[64];
  char whole[64];
  (void)snprintf(digits, sizeof digits, "%.10g", json_as_number(cell));
  const int length = json_format_number(strtod(digits, NULL), digits);
  (void)snprintf(rounded, sizeof rounded, " data-v=\"%.*s\"", length, digits);
  (void)snprintf(whole, sizeof whole, "<td>%.*s</td>", length, digits);
  if (strstr(page, rounded) == NULL && strstr(page, whole) == NULL) {
    fail_msg("%.*s is not in the page", length, digits);
  }
}

static void figures_are_those_of_the_document_with_ten_digits(void **state) {
  (void)state;
  buf document;
  read_document(&document);
  char *page = page_of(&document, REPORT_EN);
  arena *memory = arena_new();
  json *root = NULL;
  error err;
  size_t figures = 0;
  assert_int_equal(
      json_parse(memory, (slice){(const char *)document.data, document.length}, "golden", &root, &err),
      STATUS_OK);
  const json *analyses = json_get(root, "analyses");
  for (size_t i = 0; i < json_count(analyses); i++) {
    const json *tables = json_get(json_at(analyses, i), "tables");
    for (size_t t = 0; t < json_count(tables); t++) {
      const json *table = json_at(tables, t);
      const json *rows = json_get(table, "rows");
      const bool is_list = !slice_equal(json_as_text(json_get(table, "view")), slice_of("matrix"));
      for (size_t r = 0; is_list && r < json_count(rows); r++) {
        for (size_t c = 0; c < json_count(json_at(rows, r)); c++) {
          const json *cell = json_member(json_at(rows, r), c, NULL);
          if (json_kind_of(cell) == JSON_NUMBER) {
            check_figure(page, cell);
            figures++;
          }
        }
      }
    }
  }
  assert_true(figures > 20);
  arena_destroy(memory);
  buf_fini(&document);
  free(page);
}

static void every_chart_is_drawn_for_a_wide_and_for_a_narrow_screen_and_names_itself(void **state) {
  (void)state;
  char *page = golden_page(REPORT_EN);
  const size_t charts = count_of(page, "<figure id=\"f");
  assert_true(charts >= 2);
  assert_int_equal(count_of(page, "<div class=\"wide\"><svg class=\"cv\" role=\"img\" aria-label=\""),
                   charts);
  assert_int_equal(count_of(page, "<div class=\"slim\"><svg class=\"cv\" role=\"img\" aria-label=\""),
                   charts);
  assert_int_equal(count_of(page, "viewBox=\"0 0 344 "), charts);
  free(page);
}

static void no_text_in_a_chart_stands_on_another(void **state) {
  (void)state;
  for (report_language language = REPORT_EN; language <= REPORT_ZH_HANT; language++) {
    char *page = golden_page(language);
    assert_true(svg_overlap_check(page) > 40);
    free(page);
  }
}

/* ---- Hostile labels ------------------------------------------------------------------------------ */

#define HOSTILE_ITEM(label) \
  "\"a\":{\"kind\":\"scale\",\"label\":{\"en\":\"" label "\"},\"range\":[1,5],\"values\":[]}"
#define HOSTILE_TABLE                                                                                      \
  "[{\"name\":\"summary\",\"view\":\"list\",\"columns\":[\"item\",\"n\",\"mean\",\"ci_low\",\"ci_high\"]," \
  "\"rows\":[{\"item\":\"a\",\"n\":7,\"mean\":2,\"ci_low\":1,\"ci_high\":3}]}]"

static char *page_with_label(const char *variables) {
  buf document;
  chart_document(&document, "describe", HOSTILE_TABLE, variables);
  char *page = page_of(&document, REPORT_EN);
  buf_fini(&document);
  check_well_formed(page);
  (void)svg_overlap_check(page);
  return page;
}

static void labels_that_look_like_a_page_are_texts(void **state) {
  (void)state;
  char *page = page_with_label(
      HOSTILE_ITEM("<script>alert(1)</script> \\\" onload=x ]]> </svg></style> & \\u0001 \\ufffe"));
  assert_int_equal(count_of(page, "<script"), 1);
  assert_int_equal(count_of(page, "</style>"), 1);
  assert_null(strstr(page, "alert(1)</script>"));
  assert_contains(
      page, "&lt;script&gt;alert(1)&lt;/script&gt; &quot; onload=x ]]&gt; &lt;/svg&gt;&lt;/style&gt; &amp;");
  free(page);
}

/* U+202E turns round what follows it, U+2069 ends an isolate: within <bdi> both concern the label alone.  The
 * U+2069 that has no beginning in the label would end the element's own isolate. */
static void a_label_that_turns_text_round_turns_nothing_but_itself(void **state) {
  (void)state;
  char *page = page_with_label(HOSTILE_ITEM("a\\u2069\\u202eb \\u2067c"));
  assert_contains(page,
                  "<bdi>a\xE2\x80\xAE"
                  "b \xE2\x81\xA7"
                  "c\xE2\x81\xA9</bdi>");
  assert_int_equal(count_of(page, "<bdi>"), count_of(page, "</bdi>"));
  free(page);
  page = page_with_label(HOSTILE_ITEM("\\u05e9\\u05dc\\u05d5\\u05dd"));
  assert_contains(page, "<bdi>\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D</bdi>");
  free(page);
  page = page_with_label(HOSTILE_ITEM("plain 满意 é 😀"));
  assert_null(strstr(page, "<bdi>"));
  free(page);
}

static void a_very_long_label_is_cut_in_tables_and_whole_in_the_codebook(void **state) {
  (void)state;
  buf label;
  buf variables;
  buf_init(&label);
  buf_init(&variables);
  for (size_t i = 0; i < 10000; i++) {
    buf_put_u8(&label, (uint8_t)('a' + i % 26));
  }
  buf_printf(&variables,
             "\"a\":{\"kind\":\"scale\",\"label\":{\"en\":\"%.*s\"},\"range\":[1,5],\"values\":[]}",
             (int)label.length, (const char *)label.data);
  buf_put_u8(&variables, 0);
  buf_put_u8(&label, 0);
  char *page = page_with_label((const char *)variables.data);
  char cut[HTML_LABEL_COLUMNS + 64];
  (void)snprintf(cut, sizeof cut, "<th scope=\"row\">%.*s…</th>", HTML_LABEL_COLUMNS,
                 (const char *)label.data);
  assert_contains(page, cut);
  buf whole;
  buf_init(&whole);
  buf_printf(&whole, "<dd>%s</dd>", (const char *)label.data);
  buf_put_u8(&whole, 0);
  assert_int_equal(count_of(page, (const char *)whole.data), 1);
  buf_fini(&whole);
  buf_fini(&label);
  buf_fini(&variables);
  free(page);
}

static void emoji_and_line_breaks_stay_in_their_cell(void **state) {
  (void)state;
  char *page = page_with_label(HOSTILE_ITEM("one\\ntwo\\r\\n👩‍👩‍👧 three"));
  assert_contains(page, "<th scope=\"row\">one two  👩‍👩‍👧 three</th>");
  free(page);
}

/* ---- The summary --------------------------------------------------------------------------------- */

#define NODE(item, level, index)                                                          \
  "{\"item\":\"" item "\",\"level\":" #level ",\"group\":null,\"n\":90,\"index\":" #index \
  ",\"ci_low\":1,\"ci_high\":99}"

/* 16 px at both sides of 498; the axis goes from 40 to 70 in steps of 5: 40 at 16, 70 at 482. */
static void all_items_stand_on_one_axis_beside_the_level(void **state) {
  (void)state;
  buf document;
  chart_document(&document, "index",
                 "[{\"name\":\"index_values\",\"view\":\"list\",\"columns\":[\"item\",\"level\",\"group\","
                 "\"n\",\"index\",\"ci_low\","
                 "\"ci_high\"],\"rows\":[" NODE("whole", 0, 55) "," NODE("p", 1, 50) "," NODE(
                     "a", 2, 40) "," NODE("b", 2, 58) "," NODE("q", 1, 60) "," NODE("c", 2, 70) "]}]",
                 "");
  char *page = page_of(&document, REPORT_EN);
  check_well_formed(page);
  const char *summary = strstr(page, "<section class=\"chapter\" id=\"summary\"");
  assert_non_null(summary);
  assert_contains(summary, "viewBox=\"0 0 498 102\"");
  assert_contains(summary, "<path class=\"tk\" d=\"M16 40V56\"/>");
  assert_contains(summary, "<path class=\"tk\" d=\"M295.6 40V56\"/>"); /* 16 + 466 x 18 / 30 */
  assert_contains(summary, "<path class=\"tk\" d=\"M482 40V56\"/>");
  assert_contains(summary, "<path class=\"ref\" d=\"M249 ");
  assert_int_equal(count_of(page, "class=\"tk\""), 6); /* three leaves, in two widths */
  (void)svg_overlap_check(page);
  buf_fini(&document);
  free(page);
}

/* ---- A person's text ----------------------------------------------------------------------------- */

#define WRITTEN(text)                                                                                        \
  "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{},\"data\":{\"files\":[],\"rows\":1," \
  "\"quarantined\":0,"                                                                                       \
  "\"invalid\":0},\"analyses\":[],\"report\":{\"texts\":{\"priorities\":{\"en\":\"" text "\"}}}}"

static void check_written(const char *document, const char *expected) {
  buf bytes;
  buf_init(&bytes);
  buf_put(&bytes, document, strlen(document));
  char *page = page_of(&bytes, REPORT_EN);
  check_well_formed(page);
  const slice text = between(page, "<div class=\"text\">\n", "</div>\n");
  assert_slice_equal(text, slice_of(expected));
  buf_fini(&bytes);
  free(page);
}

static void a_text_of_the_specification_is_markdown_without_html(void **state) {
  (void)state;
  check_written(WRITTEN("Do *this* **first**:\\n\\n1. one\\n2. `two`"),
                "<p>Do <em>this</em> "
                "<strong>first</strong>:</p>\n<ol><li>one</li>\n<li><code>two</code></li>\n</ol>\n");
  check_written(WRITTEN("# High\\n\\n## Low\\n\\n> said"),
                "<h3>High</h3>\n<h4>Low</h4>\n<blockquote><p>said</p>\n</blockquote>\n");
  check_written(WRITTEN("<b>x</b> <script>y</script> &lt; a&b"),
                "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt; &amp;lt; a&amp;b</p>\n");
}

static void a_text_links_to_pages_and_fetches_nothing(void **state) {
  (void)state;
  check_written(WRITTEN("[a](https://e.org/?x=1&y=\\u0022) [b](#summary) [c](javascript:alert(1)) "
                        "![d](https://e.org/p.png)"),
                "<p><a rel=\"noreferrer\" href=\"https://e.org/?x=1&amp;y=&quot;\">a</a> "
                "<a rel=\"noreferrer\" href=\"#summary\">b</a> c d</p>\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_page_is_well_formed_in_every_language),
      cmocka_unit_test(the_policy_admits_the_style_and_the_script_of_the_page_and_nothing_else),
      cmocka_unit_test(base64_is_that_of_the_standard),
      cmocka_unit_test(every_link_leads_to_one_place_in_the_page),
      cmocka_unit_test(figures_are_those_of_the_document_with_ten_digits),
      cmocka_unit_test(every_chart_is_drawn_for_a_wide_and_for_a_narrow_screen_and_names_itself),
      cmocka_unit_test(no_text_in_a_chart_stands_on_another),
      cmocka_unit_test(labels_that_look_like_a_page_are_texts),
      cmocka_unit_test(a_label_that_turns_text_round_turns_nothing_but_itself),
      cmocka_unit_test(a_very_long_label_is_cut_in_tables_and_whole_in_the_codebook),
      cmocka_unit_test(emoji_and_line_breaks_stay_in_their_cell),
      cmocka_unit_test(all_items_stand_on_one_axis_beside_the_level),
      cmocka_unit_test(a_text_of_the_specification_is_markdown_without_html),
      cmocka_unit_test(a_text_links_to_pages_and_fetches_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
