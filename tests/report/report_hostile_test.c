/* Hostile documents: whatever is wrong is an error with its place, never a crash.
 *
 * Besides named cases, the golden document is damaged at random from seeds: bytes changed, cut, and
 * subtrees replaced by another kind.  Run under the sanitizers this is the test of every reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "tests/check.h"
#include "tests/report/xml_check.h"
#include "tests/seeded.h"

static status render(const char *text, size_t length, const char *format, error *err) {
  buf out;
  buf_init(&out);
  const report_options options = {.format = format, .language = REPORT_ZH_HANS, .columns = 80};
  status st = report_render(text, length, &options, &out, err);
  const bool is_picture = st == STATUS_OK && strncmp(format, "svg:", 4) == 0;
  const char *wrong = is_picture ? xml_check((const char *)out.data, out.length) : NULL;
  if (wrong != NULL) {
    fail_msg("%s: not well-formed at %.80s", format, wrong);
  }
  buf_fini(&out);
  return st;
}

static void check_refused(const char *text, const char *expected) {
  error err = {STATUS_OK, ""};
  status st = render(text, strlen(text), "text", &err);
  assert_int_not_equal(st, STATUS_OK);
  assert_contains(err.message, expected);
}

#define DATA "\"data\":{\"files\":[],\"rows\":1,\"quarantined\":0,\"invalid\":0}"
#define HEAD "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{}," DATA

static void refusals_name_the_place(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"", "report"},
      {"[]", "must be an object"},
      {"{}", "canvass must be an object"},
      {"{\"canvass\":{\"report\":2},\"specification\":\"\",\"variables\":{}," DATA ",\"analyses\":[]}",
       "report: made by a newer version of canvass (document version 2; this one reads 1); update this one"},
      {"{\"canvass\":{\"report\":0},\"specification\":\"\",\"variables\":{}," DATA ",\"analyses\":[]}",
       "made by an older version of canvass (document version 0; this one reads 1); use that version, or "
       "evaluate the survey again"},
      {HEAD "}", "analyses must be a list"},
      {HEAD ",\"analyses\":[1]}", "analyses[0] must be an object"},
      {HEAD ",\"analyses\":[{\"analysis\":\"nps\"}]}", "analyses[0].name must be a text"},
      {HEAD
       ",\"analyses\":[{\"analysis\":\"nps\",\"name\":\"x\",\"tables\":[{\"name\":\"t\",\"view\":\"list\","
       "\"columns\":[3],\"rows\":[]}]}]}",
       "analyses[0].tables[0].columns[0] must be a text"},
      {HEAD
       ",\"analyses\":[{\"analysis\":\"nps\",\"name\":\"x\",\"tables\":[{\"name\":\"t\",\"view\":\"list\","
       "\"columns\":[\"n\"],\"rows\":[[]]}]}]}",
       "analyses[0].tables[0].rows[0] must be an object"},
      {HEAD ",\"title\":{\"en\":[]},\"analyses\":[]}", "title.en must be a text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    check_refused(cases[i][0], cases[i][1]);
  }
}

static void control_characters_never_reach_the_terminal(void **state) {
  (void)state;
  static const char text[] = HEAD ",\"title\":{\"en\":\"a\\u001b[31mred\\u0007\\u009b\"},\"analyses\":[]}";
  buf out;
  buf_init(&out);
  error err = {STATUS_OK, ""};
  assert_int_equal(report_render(text, sizeof text - 1, &(report_options){.format = "text"}, &out, &err),
                   STATUS_OK);
  for (size_t i = 0; i < out.length; i++) {
    assert_true(out.data[i] >= 0x20 || out.data[i] == '\n');
  }
  assert_null(memmem(out.data, out.length, "\xC2\x9B", 2));
  buf_fini(&out);
}

static void grids_of_absurd_size_are_refused(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "%s",
             HEAD
             ",\"analyses\":[{\"analysis\":\"nps\",\"name\":\"x\",\"tables\":[{\"name\":\"t\","
             "\"view\":\"list\",\"columns\":[");
  for (int i = 0; i < 20000; i++) {
    buf_printf(&text, "%s\"n\"", i > 0 ? "," : "");
  }
  buf_printf(&text, "],\"rows\":[");
  for (int i = 0; i < 20000; i++) {
    buf_printf(&text, "%s{\"n\":1}", i > 0 ? "," : "");
  }
  buf_printf(&text, "]}]}]}");
  error err = {STATUS_OK, ""};
  assert_int_equal(render((const char *)text.data, text.length, "text", &err), STATUS_CORRUPT);
  assert_contains(err.message, "columns");
  buf_fini(&text);
}

/* A workbook is a dozen files and takes as long as all other formats together. */
enum { WORKBOOK_EVERY = 10 };

/* ---- Damage at random ---------------------------------------------------------------------------- */

static char *read_golden(size_t *length) {
  FILE *f = fopen(CANVASS_SOURCE_DIR "/tests/report/golden/report_document.json", "rb");
  assert_non_null(f);
  char *text = malloc(1 << 16);
  assert_non_null(text);
  *length = fread(text, 1, 1 << 16, f);
  assert_int_equal(fclose(f), 0);
  return text;
}

static void damaged_documents_never_crash(void **state) {
  (void)state;
  static const char *const replacements[] = {"null", "[]",   "{}",     "1",   "-1e308",
                                             "\"\"", "true", "\"q1\"", "[[]]"};
  static const char *const formats[] = {
#define FORMAT(name, part, extension, is_document, about) #name,
#include "report/formats.def"
#undef FORMAT
      "svg:describe",
      "svg:describe/mean",
      "svg:describe/percent",
      "svg:links",
  };
  size_t length = 0;
  char *golden = read_golden(&length);
  for (uint64_t seed = 1; seed <= SEEDED_CASES(1500); seed++) {
    seeded random = {seed};
    buf text;
    buf_init(&text);
    size_t at = seeded_next(&random) % length;
    size_t skip = seeded_next(&random) % 3 == 0 ? 0 : seeded_next(&random) % 40;
    /* Values stand after ": " in the golden document: replace one, or some bytes anywhere. */
    const char *value = seeded_next(&random) % 2 == 0 ? memmem(golden + at, length - at, ": ", 2) : NULL;
    if (value != NULL) {
      const char *line_end = memchr(value, '\n', (size_t)(golden + length - value));
      at = (size_t)(value + 2 - golden);
      skip = line_end == NULL || line_end[-1] != ',' ? 0 : (size_t)(line_end - 1 - golden) - at;
    }
    const char *by = replacements[seeded_next(&random) % (sizeof replacements / sizeof replacements[0])];
    skip = at + skip > length ? length - at : skip;
    buf_put(&text, golden, at);
    buf_put(&text, by, strlen(by));
    buf_put(&text, golden + at + skip, length - at - skip);
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
      if (strcmp(formats[f], "xlsx") == 0 && seed % WORKBOOK_EVERY != 0) {
        continue;
      }
      error err = {STATUS_OK, ""};
      status st = render((const char *)text.data, text.length, formats[f], &err);
      if (st != STATUS_OK && err.message[0] == '\0') {
        fail_msg("seed %llu: failed without a message", (unsigned long long)seed);
      }
    }
    buf_fini(&text);
  }
  free(golden);
}

int main(void) {
  (void)setenv("CANVASS_BROWSER", "/nonexistent", 1); /* a page is as far as a PDF goes here */
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refusals_name_the_place),
      cmocka_unit_test(control_characters_never_reach_the_terminal),
      cmocka_unit_test(grids_of_absurd_size_are_refused),
      cmocka_unit_test(damaged_documents_never_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
