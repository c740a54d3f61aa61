/* Rendering: a hand-written document in all formats and languages against golden files.
 *
 * After a wanted change of the layout, run the program with CANVASS_GOLDEN_UPDATE=1 and read the
 * difference.  Widths are checked on their own: no line of a text report is wider than the page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/report.h"
#include "tests/check.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/report/golden/"

static void read_file(const char *path, buf *out) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) {
    fail_msg("cannot open %s", path);
  }
  char block[4096];
  for (size_t n = fread(block, 1, sizeof block, f); n > 0; n = fread(block, 1, sizeof block, f)) {
    buf_put(out, block, n);
  }
  assert_int_equal(fclose(f), 0);
}

static void write_file(const char *path, const buf *content) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(content->data, 1, content->length, f), content->length);
  assert_int_equal(fclose(f), 0);
}

typedef status renderer(const void *document, size_t length, const report_options *options, buf *out,
                        error *err);

static buf render_with(renderer *rendered, const report_options *options) {
  buf document;
  buf out;
  buf_init(&document);
  buf_init(&out);
  read_file(GOLDEN "report_document.json", &document);
  error err = {STATUS_OK, ""};
  status st = rendered(document.data, document.length, options, &out, &err);
  if (st != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_fini(&document);
  return out;
}

static buf render(const report_options *options) {
  return render_with(report_render, options);
}

static void check_golden_of(renderer *rendered, const char *name, const report_options *options) {
  char path[512];
  (void)snprintf(path, sizeof path, GOLDEN "%s", name);
  buf got = render_with(rendered, options);
  if (getenv("CANVASS_GOLDEN_UPDATE") != NULL) {
    write_file(path, &got);
  }
  buf want;
  buf_init(&want);
  read_file(path, &want);
  if (want.length != got.length || memcmp(want.data, got.data, got.length) != 0) {
    (void)fwrite(got.data, 1, got.length, stderr);
    fail_msg("differs from %s", path);
  }
  buf_fini(&want);
  buf_fini(&got);
}

static void check_golden(const char *name, const report_options *options) {
  check_golden_of(report_render, name, options);
}

static void english_text_is_as_agreed(void **state) {
  (void)state;
  check_golden("report_en.txt", &(report_options){.format = "text", .language = REPORT_EN});
}

static void narrow_page_splits_tables_into_panels(void **state) {
  (void)state;
  check_golden("report_narrow.txt",
               &(report_options){.format = "text", .language = REPORT_EN, .columns = 64});
}

static void simplified_chinese_text_is_as_agreed(void **state) {
  (void)state;
  check_golden("report_zh_hans.txt", &(report_options){.format = "text", .language = REPORT_ZH_HANS});
}

static void traditional_chinese_text_is_as_agreed(void **state) {
  (void)state;
  check_golden("report_zh_hant.txt", &(report_options){.format = "text", .language = REPORT_ZH_HANT});
}

static void long_table_is_as_agreed(void **state) {
  (void)state;
  check_golden("report.csv", &(report_options){.format = "csv"});
}

static void pictures_are_as_agreed(void **state) {
  (void)state;
  check_golden("bars_en.svg", &(report_options){.format = "svg:describe/mean", .language = REPORT_EN});
  check_golden("shares_zh_hans.svg",
               &(report_options){.format = "svg:describe/percent", .language = REPORT_ZH_HANS});
}

static void findings_are_the_troubles_and_warnings_without_the_figures(void **state) {
  (void)state;
  check_golden_of(report_render_findings, "findings_en.txt",
                  &(report_options){.format = "text", .language = REPORT_EN});
  check_golden_of(report_render_findings, "findings_zh_hant.txt",
                  &(report_options){.format = "json", .language = REPORT_ZH_HANT});
}

static void json_is_the_document_and_a_line_end(void **state) {
  (void)state;
  buf out;
  buf_init(&out);
  error err;
  assert_int_equal(report_render("{}", 2, &(report_options){.format = "json"}, &out, &err), STATUS_OK);
  assert_int_equal(out.length, 3);
  assert_memory_equal(out.data, "{}\n", 3);
  buf_fini(&out);
}

/* The text report of a document whose one section has one table with ROW, and WARNINGS; X is a date.  It
 * ends with a zero. */
static buf render_section(const char *columns, const char *row, const char *warnings) {
  char document[2048];
  int length =
      snprintf(document, sizeof document,
               "{\"analyses\":[{\"analysis\":\"describe\",\"label\":{},\"name\":\"describe\",\"notes\":[],"
               "\"settings\":{},"
               "\"tables\":[{\"columns\":%s,\"name\":\"summary\",\"rows\":[%s],\"view\":\"list\"}],"
               "\"warnings\":[%s]}],"
               "\"canvass\":{\"report\":1},\"data\":{\"files\":[],\"invalid\":0,\"quarantined\":0,\"rows\":3,"
               "\"variables\":[]},\"specification\":\"ab\",\"title\":{},"
               "\"variables\":{\"x\":{\"kind\":\"date\",\"label\":{},\"values\":[]}}}",
               columns, row, warnings);
  assert_in_range(length, 1, sizeof document - 1);
  buf out;
  buf_init(&out);
  error err = {STATUS_OK, ""};
  if (report_render(document, (size_t)length, &(report_options){.format = "text"}, &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_put_u8(&out, 0);
  assert_false(out.failed);
  return out;
}

static void assert_row_reads(const char *columns, const char *row, const char *line) {
  buf out = render_section(columns, row, "");
  if (strstr((const char *)out.data, line) == NULL) {
    fail_msg("'%s' is not in\n%s", line, (const char *)out.data);
  }
  buf_fini(&out);
}

/* R 4.2: mean(as.Date(c("2024-02-27", "2024-02-28", "2024-03-02"))) is "2024-02-28". */
static void means_of_dates_are_dates_and_their_spread_is_days(void **state) {
  (void)state;
  assert_row_reads("[\"item\",\"n\",\"mean\",\"sd\"]",
                   "{\"item\":\"x\",\"mean\":19781.666666666668,\"n\":3,\"sd\":2.0816659994661326}",
                   "   x     3  2024-02-28  2.082\n");
}

static void intervals_of_scores_have_the_decimals_of_scores(void **state) {
  (void)state;
  assert_row_reads("[\"item\",\"nps\",\"se\",\"ci_low\",\"ci_high\"]",
                   "{\"item\":\"q\",\"nps\":-15.385,\"se\":8.71414,\"ci_low\":-32.46449,\"ci_high\":1.68549}",
                   "   q     -15.4  8.71   -32.5      1.7\n");
}

/* A section without a label names the item of its one figure; a long name takes a separate line. */
static void one_figure_without_a_label_names_its_item(void **state) {
  (void)state;
  assert_row_reads("[\"item\",\"mean\"]", "{\"item\":\"age\",\"mean\":41.5}",
                   "  Descriptive statistics: age  Mean  41.5\n");
  assert_row_reads("[\"item\",\"mean\"]",
                   "{\"item\":\"a name that leaves no room for the title\",\"mean\":41.5}",
                   "  Descriptive statistics\n  \xC2\xA0\xC2\xA0"
                   "a name that leaves no room for the title  Mean  41.5\n");
}

/* How often PART stands in the report. */
static size_t count_of(const buf *report, const char *part) {
  size_t count = 0;
  const char *at = (const char *)report->data;
  while ((at = strstr(at, part)) != NULL) {
    at += strlen(part);
    count++;
  }
  return count;
}

static void more_than_eight_warnings_alike_are_cut_to_five(void **state) {
  (void)state;
  static const char small[] = "{\"code\":\"small_base\",\"detail\":{\"item\":\"q\",\"n\":9}},";
  static const char other[] = "{\"code\":\"constant_item\",\"detail\":{\"item\":\"q\"}}";
  for (size_t n = 8; n <= 9; n++) {
    char warnings[1024] = "";
    for (size_t i = 0; i < n; i++) {
      (void)strcat(warnings, small);
    }
    (void)strcat(warnings, other);
    buf report = render_section("[\"item\",\"mean\"]", "{\"item\":\"q\",\"mean\":1}", warnings);
    assert_int_equal(count_of(&report, "! Small base, n = 9"), n == 8 ? 8 : 5);
    assert_int_equal(count_of(&report, "! … and 4 more like it (all in the JSON)\n"), n == 8 ? 0 : 1);
    assert_int_equal(count_of(&report, "! All answers are equal: q."), 1);
    buf_fini(&report);
  }
}

static void colour_changes_nothing_but_escapes(void **state) {
  (void)state;
  buf plain = render(&(report_options){.format = "text"});
  buf coloured = render(&(report_options){.format = "text", .color = true});
  buf stripped;
  buf_init(&stripped);
  for (size_t i = 0; i < coloured.length; i++) {
    if (coloured.data[i] == 0x1B) {
      while (coloured.data[i] != 'm') {
        i++;
      }
      continue;
    }
    buf_put_u8(&stripped, coloured.data[i]);
  }
  assert_true(coloured.length > plain.length);
  assert_int_equal(stripped.length, plain.length);
  assert_memory_equal(stripped.data, plain.data, plain.length);
  buf_fini(&plain);
  buf_fini(&coloured);
  buf_fini(&stripped);
}

/* Digests (64 characters) stand after everything else and are never folded. */
static void check_widths(report_language language, unsigned columns) {
  buf out = render(&(report_options){.format = "text", .language = language, .columns = columns});
  const char *at = (const char *)out.data;
  const char *end = at + out.length;
  while (at < end) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    assert_non_null(line_end);
    slice line = {at, (size_t)(line_end - at)};
    assert_int_equal(text_utf8_check(line.bytes, line.length), line.length);
    bool is_digest = line.length >= 64 && (strncmp(at, "   efef", 7) == 0 || strncmp(at, "   abab", 7) == 0);
    if (!is_digest && text_width(line) > columns) {
      fail_msg("language %d, %u columns: %.*s", (int)language, columns, SLICE_ARG(line));
    }
    bool ends_in_blank = line.length > 0 && line.bytes[line.length - 1] == ' ';
    assert_false(ends_in_blank);
    at = line_end + 1;
  }
  buf_fini(&out);
}

static void no_line_is_wider_than_the_page(void **state) {
  (void)state;
  for (unsigned columns = 60; columns <= 140; columns++) {
    check_widths(REPORT_EN, columns);
    check_widths(REPORT_ZH_HANS, columns);
    check_widths(REPORT_ZH_HANT, columns);
  }
}

static void names_of_formats_are_known(void **state) {
  (void)state;
  error err = {STATUS_OK, ""};
  assert_int_equal(report_format_check("csv", &err), STATUS_OK);
  assert_int_equal(report_format_check("xml", &err), STATUS_USAGE);
  assert_contains(err.message, "'xml' is not one of text, html, json, csv");
  assert_int_equal(report_format_check("csv:x", &err), STATUS_USAGE);
  assert_contains(err.message, "nothing may follow 'csv'");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(findings_are_the_troubles_and_warnings_without_the_figures),
      cmocka_unit_test(english_text_is_as_agreed),
      cmocka_unit_test(narrow_page_splits_tables_into_panels),
      cmocka_unit_test(simplified_chinese_text_is_as_agreed),
      cmocka_unit_test(traditional_chinese_text_is_as_agreed),
      cmocka_unit_test(long_table_is_as_agreed),
      cmocka_unit_test(pictures_are_as_agreed),
      cmocka_unit_test(json_is_the_document_and_a_line_end),
      cmocka_unit_test(means_of_dates_are_dates_and_their_spread_is_days),
      cmocka_unit_test(intervals_of_scores_have_the_decimals_of_scores),
      cmocka_unit_test(one_figure_without_a_label_names_its_item),
      cmocka_unit_test(more_than_eight_warnings_alike_are_cut_to_five),
      cmocka_unit_test(colour_changes_nothing_but_escapes),
      cmocka_unit_test(no_line_is_wider_than_the_page),
      cmocka_unit_test(names_of_formats_are_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
