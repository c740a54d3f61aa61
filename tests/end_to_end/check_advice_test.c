/* What `canvass check SPEC DATA` advises works when it is pasted; its counts add up; it names what is
 * swallowed, and what nothing met; and it speaks one language. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { SPEC_BYTES = 4000 };

static int64_t figure(const json *cells, const char *key) {
  return json_as_integer(json_get(cells, key));
}

/* An entry without the lines that can be pasted, those that it has, its cells (one a line), what to write for
 * CODE, NUMBER, VALUE or FLAG, and the cells that remain invalid or undeclared after all is pasted. */
typedef struct advice_case {
  const char *entry, *texts, *missing, *cells, *fill;
  int64_t invalid, undeclared;
} advice_case;

/* LINE, a JSON text of `check`, with FILL in place of its placeholder. */
static void fill_in(const json *question, const char *fill, char out[SPEC_BYTES / 4]) {
  const char *line = json_as_cstring(json_get(question, "line"));
  const char *placeholder = json_as_cstring(json_get(question, "fill"));
  size_t at = 0;
  while (*line != '\0' && at < SPEC_BYTES / 4 - 100) {
    char ending[32];
    (void)snprintf(ending, sizeof ending, ": %s", placeholder);
    if (placeholder[0] != '\0' && strncmp(line, ending, strlen(ending)) == 0) {
      at += (size_t)sprintf(out + at, ": %s", fill);
      line += strlen(ending);
    } else {
      out[at++] = *line++;
    }
  }
  out[at] = '\0';
}

/* What `check` proposes for KEY, questions before lines that are clear; else what is there. */
static void line_for(const json *cells, const char *key, const char *there, const char *fill,
                     char out[SPEC_BYTES / 4]) {
  const json *ask = json_get(cells, "ask");
  const json *clear = json_get(cells, "paste");
  (void)snprintf(out, SPEC_BYTES / 4, "%s", there);
  for (size_t i = 0; i < json_count(clear); i++) {
    if (strncmp(json_as_cstring(json_at(clear, i)), key, strlen(key)) == 0) {
      (void)snprintf(out, SPEC_BYTES / 4, "%s", json_as_cstring(json_at(clear, i)));
    }
  }
  for (size_t i = 0; i < json_count(ask); i++) {
    if (strncmp(json_as_cstring(json_get(json_at(ask, i), "line")), key, strlen(key)) == 0) {
      fill_in(json_at(ask, i), fill, out);
    }
  }
}

static void write_case(scene *s, const advice_case *c, const char *texts, const char *missing) {
  char spec[SPEC_BYTES];
  char cells[SPEC_BYTES];
  (void)snprintf(spec, sizeof spec,
                 "variables:\n  q: {%s%s%s%s%s}\n  id: {type: id}\nanalyses:\n  - describe: {items: id}\n",
                 c->entry, texts[0] != '\0' ? ", " : "", texts, missing[0] != '\0' ? ", " : "", missing);
  size_t at = (size_t)snprintf(cells, sizeof cells, "id,q\n");
  int row = 0;
  for (const char *line = c->cells; *line != '\0'; line = strchr(line, '\n') + 1) {
    at += (size_t)snprintf(cells + at, sizeof cells - at, "%d,%.*s\n", ++row,
                           (int)(strchr(line, '\n') - line), line);
  }
  scene_write(s, spec, cells);
}

static void every_kind_of_advice_works_when_it_is_pasted(void **state) {
  scene *s = *state;
  static const advice_case cases[] = {
      {"type: scale, range: [1, 5]", "texts: {Good: 4}", "missing: {99: refused}",
       "Good\ngood\ngreat\n7\n1e30\n-1.5\nn/a\n99\n3\n", "5", 0, 0},
      {"type: scale, range: [1, 5], reverse: true, values: {1: Poor, 5: {en: Excellent, zh-Hans: 很好}}", "",
       "", "poor\nExcelent\n很好\nso so\n2\n", "3", 0, 0},
      {"type: number, range: [0, 100], suffix: 元", "texts: {none: 0}", "",
       "None\nten\n130\n1e30\n不清楚\n10\n5元\n", "10", 0, 0},
      {"type: number, decimals: 2", "", "", "1\n1e30\n9999999999999999999999\n", "", 0, 0},
      {"type: nominal, values: [Male, Female], closed: true", "", "", "Mle\nfemale\nxx\nMale\nno answer\n",
       "\"Male\"", 0, 0},
      {"type: nominal, values: {n: North, s: South}, closed: true", "texts: {N: n}", "",
       "north\nSoth\ns\nN\n", "", 0, 0},
      {"type: nominal, values: [1, 2]", "", "", "1.0\n01\n2\nnone\n", "", 0, 0},
      {"type: nominal, values: [北京市, 上海市], closed: true", "", "", "北京\n北京市\n保密\n", "\"上海市\"",
       0, 0},
      {"type: nominal, values: [Beijing, Shanghai], other: Other", "", "",
       "Bejing\nShangai\nHefei\nunknown\n", "", 0, 0},
      {"type: multi, delimiter: \";\", values: [web, app, shop], closed: true", "texts: {w: web}",
       "missing: {\"-\": blank}", "web;ap\nweb;Shop\nkiosk\nn/a\nw;app\n-\n", "\"shop\"", 0, 0},
      {"type: multi, delimiter: \" \", values: [yes, no], closed: true", "", "",
       "yes\nprefer not to say\nno yes\n", "\"no\"", 0, 0},
      {"type: multi, delimiter: \";\", values: [web, app, shop]", "", "", "web;Shop\nunknown\nshop;appp\n",
       "", 0, 0},
      {"type: multi, delimiter: \";\", values: [web, app], other: Other", "", "", "Web;x\nappp\n", "", 0, 0},
      {"type: ranking, delimiter: \";\", values: [Price, Speed, Quality]", "", "",
       "Speed\nPrice;Sped\nquality;Price\nPrice;Size\nPrice;Price\nn/a\n", "\"Speed\"", 1, 0},
      {"type: multi, columns: {a: q}", "texts: {X: 1}", "", "1\nyes\nx\n-\n0\n", "1", 0, 0},
      {"type: weight, kind: sampling", "", "", "1\nnone\nto come\n2.5\n", "", 0, 0},
      {"type: date", "", "", "2025-01-01\nn/a\n不详\n01.02.2025\n", "", 1, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char texts[SPEC_BYTES / 4];
    char missing[SPEC_BYTES / 4];
    write_case(s, &cases[i], cases[i].texts, cases[i].missing);
    const json *cells = scene_cells(s, "q");
    line_for(cells, "texts", cases[i].texts, cases[i].fill, texts);
    line_for(cells, "missing", cases[i].missing, cases[i].fill, missing);
    write_case(s, &cases[i], texts, missing);
    cells = scene_cells(s, "q");
    if (figure(cells, "invalid") != cases[i].invalid || figure(cells, "undeclared") != cases[i].undeclared) {
      process_result r = scene_run(s, "check", NULL, NULL);
      fail_msg("%s, %s, %s: %s", cases[i].entry, texts, missing, r.out);
    }
  }
}

/* ---- Counts --------------------------------------------------------------------------------------- */

/* Rows (1,0) (x,) (,) (9,1): eight cells; those of rows that answer count as answered when they are blank. */
static void counts_add_up_to_their_base(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  m: {type: multi, columns: [a, b], missing: {9: refused}}\n"
              "  c: {type: multi, delimiter: \";\", values: [x, y]}\n"
              "analyses:\n  - describe: {items: m}\n",
              "id,a,b,c\n1,1,0,x;z;w\n2,x,,z\n3,,,\n4,9,1,y\n");
  const json *m = scene_cells(s, "m");
  assert_string_equal(json_as_cstring(json_get(m, "unit")), "cells");
  assert_int_equal(figure(m, "answered"), 3);
  assert_int_equal(figure(m, "invalid"), 1);
  assert_int_equal(figure(m, "missing"), 4);
  assert_int_equal(figure(m, "base"), 8);
  const json *c = scene_cells(s, "c"); /* two rows have undeclared options, one of them two */
  assert_string_equal(json_as_cstring(json_get(c, "unit")), "rows");
  assert_int_equal(figure(c, "answered"), 3);
  assert_int_equal(figure(c, "undeclared"), 2);
  assert_int_equal(figure(c, "missing"), 1);
  assert_int_equal(figure(c, "base"), 4);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out,
                  "VARIABLE  ANSWERED  INVALID  MISSING       OF  UNDECLARED\n"
                  "c                3        0        1        4           2\n"
                  "m                3        1        4  8 cells           0\n");
  process_result_fini(&r);
}

/* 150 different texts, each twice but for the one that is there ten times. */
static void texts_that_are_not_listed_are_counted(void **state) {
  scene *s = *state;
  enum { TEXTS = 150 };
  char data[TEXTS * 40];
  size_t at = (size_t)sprintf(data, "q\n3\n");
  for (int i = 0; i < TEXTS; i++) {
    for (int k = 0; k < (i == 0 ? 10 : 2); k++) {
      at += (size_t)sprintf(data + at, "word %03d\n", i);
    }
  }
  scene_write(s,
              "variables:\n  q: {type: scale, range: [1, 5], optional: true}\n  id: {column: q, type: id}\n"
              "analyses:\n  - describe: {items: id}\n",
              data);
  const json *q = scene_cells(s, "q");
  const json *more = json_get(json_get(q, "more"), "invalid");
  assert_int_equal(json_count(json_get(q, "texts")), 100);
  assert_int_equal(figure(more, "texts"), TEXTS - 100);
  assert_int_equal(figure(more, "n"), 2 * (TEXTS - 100));
  assert_true(json_as_bool(json_get(more, "complete")));
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "invalid “word 000” × 10, “word 001” × 2, ");
  assert_contains(r.out, "“word 004” × 2, and 145 more texts in 290 cells\n");
  process_result_fini(&r);
}

/* Among a hundred and more that people wrote, two that are misspelt options. */
static void misspellings_that_count_as_write_ins_are_named(void **state) {
  scene *s = *state;
  enum { TEXTS = 150 };
  char data[TEXTS * 40];
  size_t at = (size_t)sprintf(data, "q,m\nBejing,web;ap\nbeijing,web\nOther,Web\n");
  for (int i = 0; i < TEXTS; i++) {
    at += (size_t)sprintf(data + at, "place %03d,x%03d\nplace %03d,\n", i, i, i);
  }
  scene_write(s,
              "variables:\n  q: {type: nominal, values: [Beijing, Shanghai], other: Other}\n"
              "  m: {type: multi, delimiter: \";\", values: [web, app], other: Other}\n"
              "analyses:\n  - describe: {items: q}\n",
              data);
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(
      r.out,
      "q:\n  counted as written instead of an option, but near one: “Bejing” × 1 (near “Beijing”), "
      "“beijing” × 1 (near “Beijing”)\n"
      "  declared, and in no cell: “Beijing”, “Shanghai”\n"
      "  all answers are “Other”\n"
      "  to write in the codebook: texts: {\"Bejing\": \"Beijing\", \"beijing\": \"Beijing\"}\n");
  assert_contains(
      r.out,
      "m:\n  counted as written instead of an option, but near one: “Web” × 1 (near “web”), “ap” × 1 "
      "(near “app”)\n");
  process_result_fini(&r);
  const json *more = json_get(json_get(scene_cells(s, "q"), "more"), "write_in");
  assert_int_equal(figure(more, "texts"), TEXTS + 2 - 100);
  assert_int_equal(figure(more, "n"), 2 * (TEXTS + 2 - 100));
}

/* By what decides each cell, however it is written. */
static void what_is_declared_is_met_by_value(void **state) {
  scene *s = *state;
  scene_write(
      s,
      "data: {decimal: \",\"}\n"
      "variables:\n  q: {type: scale, range: [1, 5], missing: {9: refused, 8: other, 7: other}, texts: {6: "
      "5}}\n"
      "  n: {type: number, thousands: \".\", suffix: €, missing: {1000: refused, 999: other}, texts: "
      "{\"10\": "
      "11, \"12\": 13}}\n"
      "  k: {type: nominal, missing: {\"5..6\": other, \"8\": other}}\n"
      "  m: {type: multi, delimiter: \"; \", values: [a, \"b; c\"], missing: {n: refused, o: other}, texts: "
      "{A: a, \"d; e\": a}}\n"
      "analyses:\n  - describe: {items: q}\n",
      "q;n;k;m\n9,0;1.000 €;5,50;\"b; c; d; e\"\n06;10,0;;\"n\"\n1,0;3;;\"o; a\"\n08;12;;\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "q:\n  missing “8” × 1, “9” × 1\n  declared, and in no cell: “7”\n");
  assert_contains(r.out, "  declared, and in no cell: “999”\n");
  assert_contains(r.out, "  declared, and in no cell: “8”\n");
  assert_contains(r.out, "  declared, and in no cell: “A”, “o”\n");
  process_result_fini(&r);
}

/* Nothing but names, cells and what is pasted is English. */
static void all_of_it_is_told_in_one_language(void **state) {
  scene *s = *state;
  static const char *const languages[] = {"zh-Hans", "zh-Hant"};
  static const char *const english[] = {" the ",   " of ",     " and ",      "records", "rows",    "analyses",
                                        "invalid", "declared", "undeclared", "near",    "answers", "CELLS",
                                        "MISSING", "further",  "more texts", "is not",  "wrong",   "correct"};
  scene_write(
      s,
      "variables:\n  q: {type: scale, range: [1, 5]}\n  n: {type: nominal, values: [Alpha, Beta], closed: "
      "true}\n"
      "  o: {type: nominal, values: [Alpha, Beta], other: Rest}\n  d: {type: date, range: [2025-01-01, "
      "2025-12-31]}\n"
      "  m: {type: multi, columns: [a, b]}\n  r: {type: ranking, delimiter: \";\", values: [U, V]}\n"
      "  x: {type: number, range: [0, 9]}\n  w: {type: weight, kind: sampling}\n  i: {type: id}\n"
      "derived: {c: {compute: \"x / 3000\", decimals: 2}}\n"
      "analyses:\n  - describe: {items: [q, c]}\n",
      "i,q,n,o,d,a,b,r,x,w\n1,7,Alfa,Alpa,05.06.2025,x,1,U;U,1,-1\n1,bad,Q,Alpha,2024-01-01,1,0,U;Z,x,z\n"
      "2,3,Beta,Beta,2025-02-02,0,0,U;V,12,1\n");
  for (size_t k = 0; k < 2; k++) {
    process_result r = scene_run(s, "check", "--lang", languages[k]);
    for (size_t i = 0; i < sizeof english / sizeof english[0]; i++) {
      if (strstr(r.out, english[i]) != NULL) {
        fail_msg("'%s' in %s: %s", english[i], languages[k], r.out);
      }
    }
    assert_contains(r.out, "missing: {\"7\": other}");
    process_result_fini(&r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(every_kind_of_advice_works_when_it_is_pasted),
      SCENE_TEST(counts_add_up_to_their_base),
      SCENE_TEST(texts_that_are_not_listed_are_counted),
      SCENE_TEST(misspellings_that_count_as_write_ins_are_named),
      SCENE_TEST(what_is_declared_is_met_by_value),
      SCENE_TEST(all_of_it_is_told_in_one_language),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
