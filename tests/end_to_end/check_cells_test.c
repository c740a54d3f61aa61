/* `canvass check SPEC DATA` tells the cells of each variable by text, the worst variable first, with lines
 * that can be pasted into the codebook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { SPEC_BYTES = 4000 };

/* %s: what is pasted into each. */
static const char spec_form[] =
    "variables:\n"
    "  id: {type: id}\n"
    "  q1: {type: scale, range: [1, 5], %s%s}\n"
    "  city: {type: nominal, values: [Beijing, Shanghai, Guangzhou], %s%s}\n"
    "  sex: {type: nominal, values: [Male, Female], closed: true, %s%s}\n"
    "  used: {type: multi, delimiter: \";\", values: [web, app, shop], %s%s}\n"
    "  age: {type: number, range: [18, 99], %s%s}\n"
    "  same: {type: scale, range: [1, 5]}\n"
    "  well: {type: scale, range: [1, 5]}\n"
    "analyses:\n"
    "  - describe: {items: [q1, same]}\n";

#define Q1_TEXTS   "texts: {\"Good\": 4, \"Very good\": 5}"
#define Q1_MISSING "missing: {\"99\": refused, \"Don't know\": dont_know}"

static const char data[] =
    "id,q1,city,sex,used,age,same,well\n"
    "1,5,Beijing,Male,web;app,20,3,1\n"
    "2,Very good,Bejing,female,web;Shop,n/a,3,2\n"
    "3,不清楚,Bejing,Femal,web,-,3,3\n"
    "3,不清楚,Shanghai,Male,phone,35,3,4\n"
    "4,Don’t know,None,,web,35,3,5\n"
    "A,Good ,不清楚,Male,,130,3,1\n"
    "A,7,beijing,Female,app,40,3,2\n"
    "A,3,Shanghai,Female,app,40,3,2\n";

static void write_survey(scene *s) {
  char spec[SPEC_BYTES];
  snprintf(spec, sizeof spec, spec_form, Q1_TEXTS ", ", Q1_MISSING, "", "", "", "", "", "",
           "missing: {-1: refused}", "");
  scene_write(s, spec, data);
}

static void cells_are_told_by_text_and_the_worst_variable_first(void **state) {
  scene *s = *state;
  write_survey(s);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_int_equal(r.exit_code, 0);
  assert_contains(
      r.out,
      "\nCells that differ from the codebook, the worst variable first (rows; cells where each option has a "
      "column):\n"
      "VARIABLE  ANSWERED  INVALID  MISSING  OF  UNDECLARED\n"
      "city             8        0        0   8           5\n"
      "q1               4        4        0   8           0\n"
      "age              5        3        0   8           0\n"
      "sex              5        2        1   8           0\n"
      "used             7        0        1   8           2\n"
      "id               8        0        0   8           0\n"
      "same             8        0        0   8           0\n"
      "variables without findings: 1\n"
      "city:\n"
      "  undeclared “Bejing” × 2 (near “Beijing”), “beijing” × 1 (near “Beijing”), “None” × 1, “不清楚” × 1\n"
      "  declared, and in no cell: “Guangzhou”\n"
      "  to write in the codebook: missing: {\"None\": blank, \"不清楚\": dont_know}\n"
      "  to write in the codebook: texts: {\"Bejing\": \"Beijing\", \"beijing\": \"Beijing\"}\n"
      "q1:\n"
      "  invalid “不清楚” × 2, “7” × 1, “Don’t know” × 1 (near “Don't know”)\n"
      "  declared, and in no cell: “99”, “Don't know”\n"
      "  to write in the codebook: missing: {\"99\": refused, \"Don't know\": dont_know, \"不清楚\": "
      "dont_know, \"Don’t "
      "know\": dont_know}\n"
      "  codes that are not answers need a reason: missing: {\"99\": refused, \"Don't know\": dont_know, "
      "\"不清楚\": dont_know, \"Don’t know\": dont_know, \"7\": other}; or is the range [1, 5] wrong?\n"
      "age:\n"
      "  invalid “-” × 1, “130” × 1, “n/a” × 1\n"
      "  declared, and in no cell: “-1”\n"
      "  to write in the codebook: missing: {\"-1\": refused, \"-\": blank, \"n/a\": not_applicable}\n"
      "  numbers that are not answers need a reason: missing: {\"-1\": refused, \"-\": blank, \"n/a\": "
      "not_applicable, \"130\": other}; or is the range [18, 99] wrong?\n"
      "sex:\n"
      "  invalid “Femal” × 1 (near “Female”), “female” × 1 (near “Female”)\n"
      "  to write in the codebook: texts: {\"Femal\": \"Female\", \"female\": \"Female\"}\n"
      "used:\n"
      "  undeclared “Shop” × 1 (near “shop”), “phone” × 1\n"
      "  declared, and in no cell: “shop”\n"
      "  to write in the codebook: texts: {\"Shop\": \"shop\"}\n"
      "id:\n"
      "  occurs more than once: “A” × 3, “3” × 2\n"
      "same:\n"
      "  all answers are “3”\n");
  process_result_fini(&r);
}

static void they_are_told_in_the_language_asked_for(void **state) {
  scene *s = *state;
  write_survey(s);
  process_result r = scene_run(s, "check", "--lang", "zh-CN");
  assert_contains(
      r.out, "与编码本不符的单元格（问题最多的变量在前；按行计数，每个选项各占一列时按单元格计数）：\n变量");
  assert_contains(r.out, "  无效：“不清楚” × 2、“7” × 1、“Don’t know” × 1（近似 “Don't know”）\n");
  process_result_fini(&r);
  r = scene_run(s, "check", "--lang", "zh-HK");
  assert_contains(r.out, "  可寫入編碼簿：missing: {\"99\": refused, ");
  process_result_fini(&r);
}

/* ---- Pasting ------------------------------------------------------------------------------------- */

static const char *pasted(const json *cells, size_t index, const char *otherwise) {
  const json *list = json_get(cells, "paste");
  return index < json_count(list) ? json_as_cstring(json_at(list, index)) : otherwise;
}

static int64_t figure(const json *cells, const char *key) {
  return json_as_integer(json_get(cells, key));
}

static void what_is_proposed_can_be_pasted(void **state) {
  scene *s = *state;
  char spec[SPEC_BYTES];
  write_survey(s);
  const json *q1 = scene_cells(s, "q1"), *city = scene_cells(s, "city"), *sex = scene_cells(s, "sex"),
             *used = scene_cells(s, "used"), *age = scene_cells(s, "age");
  char first[4][600];
  const json *const two[] = {city, sex, used, age};
  for (size_t i = 0; i < 4; i++) {
    snprintf(first[i], sizeof first[i], "%s%s", pasted(two[i], 0, ""),
             json_count(json_get(two[i], "paste")) > 1 ? ", " : "");
  }
  snprintf(spec, sizeof spec, spec_form, Q1_TEXTS ", ", pasted(q1, 0, Q1_MISSING), first[0],
           pasted(city, 1, ""), first[1], pasted(sex, 1, ""), first[2], pasted(used, 1, ""), first[3],
           pasted(age, 1, ""));
  scene_write(s, spec, data);
  q1 = scene_cells(s, "q1");
  assert_int_equal(figure(q1, "invalid"), 1); /* 7 is a code, and nobody knows of what */
  assert_int_equal(figure(q1, "missing"), 3);
  city = scene_cells(s, "city");
  assert_int_equal(figure(city, "undeclared"), 0);
  assert_int_equal(figure(city, "answered"), 6);
  assert_int_equal(figure(city, "missing"), 2);
  assert_int_equal(figure(scene_cells(s, "sex"), "invalid"), 0);
  assert_int_equal(figure(scene_cells(s, "used"), "undeclared"), 1); /* phone */
  age = scene_cells(s, "age");
  assert_int_equal(figure(age, "invalid"), 1); /* 130 */
  assert_int_equal(figure(age, "missing"), 2);
}

static void json_has_texts_reasons_places_and_what_no_cell_met(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  q1: {type: scale, range: [1, 5], texts: {Good: 4}, missing: {n/a: refused, 99: "
              "dont_know, "
              "98: other}}\nanalyses:\n  - describe: {items: q1}\n",
              "q1\n1\nGood\nn/a\n99\n99.0\nx\n\n");
  const json *cells = scene_cells(s, "q1");
  buf out;
  buf_init(&out);
  json_write(cells, &out);
  buf_put_u8(&out, 0);
  assert_string_equal(
      (const char *)out.data,
      "{\"answered\":2,\"ask\":[{\"fill\":\"CODE\",\"line\":\"texts: {\\\"Good\\\": 4, \\\"x\\\": "
      "CODE}\",\"why\":"
      "\"words_are_codes\"}],\"base\":6,\"invalid\":1,\"missing\":3,\"paste\":[],\"texts\":["
      "{\"file\":\"data.csv\",\"is\":\"invalid\",\"line\":7,\"n\":1,\"text\":\"x\"},"
      "{\"file\":\"data.csv\",\"is\":\"missing\",\"line\":5,\"n\":2,\"reason\":\"dont_know\",\"text\":"
      "\"99\"},"
      "{\"file\":\"data.csv\",\"is\":\"missing\",\"line\":4,\"n\":1,\"reason\":\"refused\",\"text\":"
      "\"n/a\"}],"
      "\"undeclared\":0,\"unit\":\"rows\",\"unmet\":[{\"is\":\"missing\",\"text\":\"98\"}],\"variable\":"
      "\"q1\"}");
  buf_fini(&out);
}

/* A span is met by any number in it, and a text by what looks like it. */
static void spans_and_full_width_texts_are_met(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  q1: {type: scale, range: [1, 5], texts: {好5: 5}, missing: {97..99: "
              "dont_know, -9..-1: "
              "refused, 90..: other}}\nanalyses:\n  - describe: {items: q1}\n",
              "q1\n1\n98\n好５\n2\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "q1:\n  missing “98” × 1\n  declared, and in no cell: “-9..-1”\n");
  process_result_fini(&r);
}

/* More rows than a shard has: what is in several is counted once. */
static void cells_are_counted_over_all_shards(void **state) {
  scene *s = *state;
  enum { ROWS = 150000, LINE_BYTES = 40 };
  char *text = malloc((size_t)(ROWS + 1) * LINE_BYTES);
  assert_non_null(text);
  size_t at = (size_t)sprintf(text, "id,q1,city\n");
  for (int i = 0; i < ROWS; i++) { /* ids 0 and 1 occur three times, 2 twice: in different shards */
    const int id = i == 70000 || i == 140000 ? 0 : i == 70001 || i == 140001 ? 1 : i == 149999 ? 2 : i;
    at += (size_t)sprintf(text + at, "r%d,%s,%s\n", id, i % 1000 == 7 ? "不清楚" : "3",
                          i % 3 == 0 ? "Bejing" : "Beijing");
  }
  scene_write(s,
              "variables:\n  id: {type: id}\n  q1: {type: scale, range: [1, 5]}\n"
              "  city: {type: nominal, values: [Beijing]}\nanalyses:\n  - describe: {items: q1}\n",
              text);
  free(text);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out,
                  "city       150,000        0        0  150,000      50,000\n"
                  "q1         149,850      150        0  150,000           0\n"
                  "id         150,000        0        0  150,000           0\n");
  assert_contains(r.out, "  invalid “不清楚” × 150\n");
  assert_contains(r.out, "  all answers are “3”\n");
  assert_contains(r.out, "  occurs more than once: “r0” × 3, “r1” × 3, “r2” × 2\n");
  process_result_fini(&r);
}

static void an_only_date_is_told_as_a_date(void **state) {
  scene *s = *state;
  scene_write(s, "variables:\n  day: {type: date}\nanalyses:\n  - describe: {items: day}\n",
              "day\n2025-07-31\n2025-07-31\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "  all answers are “2025-07-31”\n");
  process_result_fini(&r);
}

/* U+200B inside, which a terminal does not show. */
static void characters_that_show_nothing_are_told_by_number(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  q1: {type: nominal, values: [good, bad], closed: true}\n"
              "analyses:\n  - describe: {items: q1}\n",
              "q1\ngood\nbad\n\"so\u200Bso\"\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "  invalid “so<U+200B>so” × 1");
  process_result_fini(&r);
}

static void a_clean_survey_has_no_table(void **state) {
  scene *s = *state;
  scene_write(
      s,
      "variables:\n  q1: {type: scale, range: [1, 5]}\n  n: {type: nominal, values: [a, b], other: c}\n"
      "analyses:\n  - describe: {items: q1}\n",
      "q1,n\n,a\n2,b\n3,what I wrote\n");
  process_result written = scene_run(s, "check", NULL, NULL);
  assert_contains(written.out, "variables without findings: 1\n\nanalyses: 1, over 3 rows\n");
  process_result_fini(&written);
  scene_write(s, "variables:\n  q1: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: q1}\n",
              "q1\n1\n2\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_null(strstr(r.out, "codebook"));
  process_result_fini(&r);
}

/* The counts are those of Python's csv module and collections.Counter over the same file. */
static void a_real_survey_is_told_by_text(void **state) {
  scene *s = *state;
  static const char survey[] =
      CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz";
  process_skip_without(survey);
  scene_write(s,
              "variables:\n"
              "  ID: {type: id}\n"
              "  Satisfaction: {type: nominal, values: [satisfied, Neutral or Dissatisfied]}\n"
              "analyses:\n  - describe: {items: Satisfaction}\n",
              "");
  (void)snprintf(s->data, sizeof s->data, "%s", survey);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "Satisfaction   129,880        0        0  129,880      56,428\n");
  assert_contains(r.out,
                  "  undeclared “Satisfied” × 56,428 (near “satisfied”)\n"
                  "  declared, and in no cell: “satisfied”\n"
                  "  to write in the codebook: texts: {\"Satisfied\": \"satisfied\"}\n");
  assert_null(strstr(r.out, "more than once"));
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(cells_are_told_by_text_and_the_worst_variable_first),
      SCENE_TEST(they_are_told_in_the_language_asked_for),
      SCENE_TEST(what_is_proposed_can_be_pasted),
      SCENE_TEST(json_has_texts_reasons_places_and_what_no_cell_met),
      SCENE_TEST(spans_and_full_width_texts_are_met),
      SCENE_TEST(cells_are_counted_over_all_shards),
      SCENE_TEST(an_only_date_is_told_as_a_date),
      SCENE_TEST(characters_that_show_nothing_are_told_by_number),
      SCENE_TEST(a_clean_survey_has_no_table),
      SCENE_TEST(a_real_survey_is_told_by_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
