/* `canvass init --merge`: what newer files bring stands between the lines of a page, none of which changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/check.h"
#include "tests/end_to_end/scene.h"
#include "tests/seeded.h"

enum { PARTS_MAX = 20, TABLES = 12, TABLE_ROWS = 40 };

/* Written by a person: comments, quotes, both ways of YAML, a scale that two variables share. */
static const char page[] =
    "# Ours\n"
    "title: Survey     # by hand\n"
    "\n"
    "scales:\n"
    "  agree5:\n"
    "    range: [1, 5]\n"
    "    texts:\n"
    "      strongly disagree: 1\n"
    "      disagree: 2\n"
    "      neutral: 3\n"
    "      agree: 4\n"
    "      strongly agree: 5   # best\n"
    "\n"
    "variables:\n"
    "  id: {type: id}\n"
    "  # where\n"
    "  region: {type: nominal, values: [North, 'South',],   # two of them\n"
    "           label: \"Where, do {you} #live?\"}\n"
    "  q1: {scale: agree5, label: A}\n"
    "  q2:\n"
    "    scale: agree5\n"
    "    label: B\n"
    "  overall: {type: scale, range: [1, 5], missing: {9: dont_know}}   # NB\n"
    "\n"
    "  gone: {type: number, optional: false}\n"
    "  used:\n"
    "    type: multi\n"
    "    columns:\n"
    "      web: use_web\n"
    "      app: use_app     # since 2023\n"
    "  rank: {type: ranking, delimiter: \";\", values: [A, B, C]}\n"
    "  why: {type: nominal, values: {P: Price, S: Service}}\n"
    "  # the last comment\n"
    "\n"
    "analyses:\n"
    "  - describe: {items: [region, q1, q2, overall, used]}\n";

/* 40 rows of it, so that codes of no answer are seen. */
#define ROWS(row) row row row row row row row row row row
static const char newer[] =
    "id,region,q1,new score,q2,overall,use_web,use_app,use_phone,rank,why,channel\n" ROWS(
        "1,North,agree,5,disagree,5,1,0,0,A;B;C,P,x;y\n"
        "2,East,Agree.,4,n/a,4,0,1,1,B;C;D,S,y\n"
        "3,South,neutral,3,agree,1,1,1,0,C;A,Q,z;x\n"
        "4,North,odd,2,agree,6,1,0,1,A,P,x;z\n") "5,North,agree,1,agree,99,1,0,1,A,P,x\n";

typedef struct expected {
  const char *has[PARTS_MAX];
} expected;

static const expected merged = {{
    "      strongly agree: 5   # best\n      \"Agree.\": 4\n    missing: {\"n/a\": not_applicable}\n",
    "values: [North, 'South', East],   # two of them\n",
    "  # added from newer.csv: 'East', in 10 rows\n  region: {",
    "  # newer.csv: 10 cells do not fit and are invalid: 'odd' 10\n  q1: {scale: agree5, label: A}\n",
    "  # added from newer.csv; no analysis uses it yet\n  new_score: {column: new score, type: scale",
    "optional: true, label: new score}",
    "missing: {9: dont_know, 99: other}}   # NB\n",
    "  # newer.csv: 10 cells do not fit and are invalid: '6' 10\n",
    "      app: use_app     # since 2023\n      phone: use_phone\n    optional: true\n",
    "  # added from newer.csv: the option 'use_phone'\n  used:\n",
    "values: [A, B, C, D]}\n",
    "values: {P: Price, S: Service, Q: Q}}\n",
    "  channel: {type: multi, delimiter: \";\", optional: true}",
    "  # newer.csv lacks the column 'gone'",
}};

/* Every piece of BEFORE is in AFTER, in the same order: what is new stands between lines or inside them. */
static bool is_kept(const char *before, const char *after) {
  while (*before != '\0' && *after != '\0') {
    before += *before == *after;
    after++;
  }
  return *before == '\0';
}

static char *read_spec(const scene *s) {
  size_t length;
  return process_read_file(s->spec, &length);
}

static void merge(const scene *s, const char *data, const char *says) {
  process_result r;
  CANVASS(&r, "init", "--merge", data, "-o", s->spec);
  process_check_success(&r);
  assert_contains(r.err, says);
  process_result_fini(&r);
}

static void what_newer_files_bring_stands_in_place(void **state) {
  scene *s = *state;
  char data[SCENE_PATH_BYTES];
  scene_write(s, page, "unused\n1\n");
  process_write_file(s->directory, "newer.csv", newer, sizeof newer - 1, data, sizeof data);
  merge(s, data, "variables 2, values and codes");
  char *first = read_spec(s);
  for (size_t i = 0; i < PARTS_MAX && merged.has[i] != NULL; i++) {
    assert_contains(first, merged.has[i]);
  }
  assert_true(is_kept(page, first));
  merge(s, data, "nothing new in");
  char *second = read_spec(s);
  assert_string_equal(second, first);
  free(first);
  free(second);
}

/* Remarks are not added again in the language of somebody else, and answers on one rung have one code however
 * they are called. */
static void another_language_and_other_words_bring_nothing_twice(void **state) {
  scene *s = *state;
  scene_write(
      s,
      "variables:\n  满意度: {type: scale, range: [1, 5], texts: {非常不满意: 1, 一般: 3, 非常满意: 5}}\n"
      "  评分: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: [满意度, 评分]}\n",
      "满意度,评分\n十分满意,5\n随便,6\n一般,4\n中立,6\n");
  merge(s, s->data, "values and codes 2");
  char *first = read_spec(s);
  assert_contains(first, "非常满意: 5, 中立: 3, 十分满意: 5}}");
  assert_contains(first, "# data.csv: 2 cells do not fit and are invalid: '6' 2");
  process_result r;
  CANVASS(&r, "init", "--merge", s->data, "-o", s->spec, "--lang", "zh-TW");
  process_check_success(&r);
  assert_contains(r.err, "沒有新內容");
  process_result_fini(&r);
  char *second = read_spec(s);
  assert_string_equal(second, first);
  free(first);
  free(second);
}

/* The page has a total of its own; the newer file has another word for it. */
static void totals_of_newer_files_are_left_out_too(void **state) {
  scene *s = *state;
  scene_write(s,
              "data: {skip: 1, totals: keep}\nvariables:\n  编号: {type: id, missing: {合计: other}}\n"
              "  分数: {type: scale, range: [1, 5]}\n"
              "analyses:\n  - describe: {items: 分数, where: not missing(编号)}\n",
              "标题,\n编号,分数\n1,5\n2,4\n3,4\n总计,13\n");
  merge(s, s->data, "values and codes 1");
  char *after = read_spec(s);
  assert_contains(after, "missing: {合计: other, 总计: other}}");
  assert_contains(after, "# data.csv, line 6: '总计' names a row of totals");
  assert_null(strstr(after, "invalid"));
  free(after);
  merge(s, s->data, "nothing new");
}

/* The ends of lines and the mark at the start are the page's. */
static void a_page_keeps_its_ends_of_lines(void **state) {
  scene *s = *state;
  scene_write(s,
              "\xEF\xBB\xBFvariables:\r\n  a: {type: nominal, values: [x]}\r\nanalyses:\r\n  - describe: "
              "{items: a}\r\n",
              "a,b\nx,1.5\ny,2\n");
  merge(s, s->data, "variables 1, values and codes 1");
  char *after = read_spec(s);
  assert_contains(after,
                  "\xEF\xBB\xBFvariables:\r\n  # added from data.csv: 'y', in 1 rows\r\n  a: {type: nominal, "
                  "values: [x, y]}\r\n  # added");
  for (const char *at = strchr(after, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
    assert_int_equal(at[-1], '\r');
  }
  free(after);
}

/* A page whose columns a pattern declares, and one that ends without a line break. */
static void patterns_and_ragged_ends_are_merged_into(void **state) {
  scene *s = *state;
  scene_write(
      s,
      "analyses: [{describe: {items: \"q*\"}}]\nvariables:\n  \"q*\":\n    type: scale\n    range: [1, 5]\n"
      "    texts: {\n      good: 5,\n      bad: 1,   # worst\n    }",
      "q1,q2,x\ngood,Good,a\nbad,bad,b\ngood,N/A,a\n");
  merge(s, s->data, "added from 3 rows");
  char *after = read_spec(s);
  assert_contains(after, "      bad: 1, Good: 5   # worst\n    }\n    missing: {\"N/A\": not_applicable}");
  assert_contains(after, "\n  x: {type: nominal, optional: true}");
  free(after);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_int_equal(r.exit_code, 0);
  assert_null(strstr(r.out, "invalid"));
  process_result_fini(&r);
}

static void what_cannot_be_merged_is_refused(void **state) {
  scene *s = *state;
  process_result r;
  static const char flow[] = "variables: {a: {type: nominal}}\nanalyses: [{describe: {items: a}}]\n";
  scene_write(s, flow, "a,b\nx,1\n");
  CANVASS(&r, "init", "--merge", s->data, "-o", s->spec);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "its variables are written in braces");
  process_result_fini(&r);
  char *after = read_spec(s);
  assert_string_equal(after, flow);
  free(after);
  CANVASS(&r, "init", "--merge", s->data);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "--merge needs --output SPEC");
  process_result_fini(&r);
  CANVASS(&r, "init", "--merge", "--skip", "2", s->data, "-o", s->spec);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "--merge reads files as `data:` of");
  process_result_fini(&r);
}

/* ---- Tables at random ---------------------------------------------------------------------------- */

static const char *const titles[] = {"q1",    "q2",    "id",   "满意度", "use_a",
                                     "use_b", "use_c", "x: y", "#",      "note"};
static const char *const cells[] = {"",         "1",    "2",    "5",          "9",   "99",   "满意",
                                    "非常满意", "一般", "Yes",  "No",         "A;B", "B;C;", "n/a",
                                    "k,",       "'s",   "\"\"", "2025-03-01", "#",   "- a",  "{"};

static void put_table(seeded *r, buf *out) {
  const uint64_t columns = 1 + seeded_below(r, 6);
  const uint64_t begin = seeded_below(r, sizeof titles / sizeof titles[0]);
  const uint64_t first = seeded_below(r, sizeof cells / sizeof cells[0]);
  buf_printf(out, "sep=,\nrow");
  for (uint64_t i = 0; i < columns; i++) {
    buf_printf(out, ",%s", titles[(begin + i) % (sizeof titles / sizeof titles[0])]);
  }
  for (uint64_t row = 0; row < TABLE_ROWS; row++) {
    buf_printf(out, "\n%d", (int)row + 1);
    for (uint64_t i = 0; i < columns; i++) {
      buf_printf(out, ",\"%s\"", cells[(first + i + seeded_below(r, 4)) % (sizeof cells / sizeof cells[0])]);
    }
  }
  buf_printf(out, "\n");
}

static void write_table(const scene *s, seeded *r, const char *name, char path[SCENE_PATH_BYTES]) {
  buf table;
  buf_init(&table);
  put_table(r, &table);
  process_write_file(s->directory, name, table.data, table.length, path, SCENE_PATH_BYTES);
  buf_fini(&table);
}

/* The merged page is valid (a page that is not is never written), keeps what was there, and merging again
 * adds nothing. */
static void any_file_can_be_merged_twice(void **state) {
  scene *s = *state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < TABLES; i++) {
    char first[SCENE_PATH_BYTES];
    char second[SCENE_PATH_BYTES];
    process_result done;
    write_table(s, &r, "first.csv", first);
    write_table(s, &r, "second.csv", second);
    scene_write(s, "", "");
    (void)unlink(s->spec);
    CANVASS(&done, "init", "-q", first, "-o", s->spec);
    process_check_success(&done);
    process_result_fini(&done);
    char *before = read_spec(s);
    merge(s, second, " rows");
    char *once = read_spec(s);
    assert_true(is_kept(before, once));
    merge(s, second, "nothing new in");
    char *twice = read_spec(s);
    assert_string_equal(twice, once);
    free(before);
    free(once);
    free(twice);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(what_newer_files_bring_stands_in_place),
      SCENE_TEST(another_language_and_other_words_bring_nothing_twice),
      SCENE_TEST(a_page_keeps_its_ends_of_lines),
      SCENE_TEST(totals_of_newer_files_are_left_out_too),
      SCENE_TEST(patterns_and_ragged_ends_are_merged_into),
      SCENE_TEST(what_cannot_be_merged_is_refused),
      SCENE_TEST(any_file_can_be_merged_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
