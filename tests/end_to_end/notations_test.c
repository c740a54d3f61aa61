/* Numbers of one column in two notations, and titles that are the same to a reader's eye. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"
#include "tests/reading/sav_by_hand.h"

#define SHARE_SPEC(more) \
  "variables:\n  x: {type: number" more "}\n  y: {type: nominal}\nanalyses:\n  - describe: {items: x}\n"

static const json *first_variable(const json *report) {
  return json_at(json_get(json_get(report, "data"), "variables"), 0);
}

/* ---- Per cent ------------------------------------------------------------------------------------ */

static void a_per_cent_sign_beside_none_is_told_with_its_places(void **state) {
  static const struct {
    const char *spec, *data;
    int64_t percents, line; /* of the first; 0: nothing is told */
  } cases[] = {
      {SHARE_SPEC(""), "x,y\n0.5,1\n50%,1\n25 %,1\n3,1\n", 2, 3},
      {SHARE_SPEC(""), "x,y\n0.5,1\n５０％,1\n", 1, 3},
      {SHARE_SPEC(""), "x,y\n0.5,1\n50%,1\n,1\nnone,1\n", 1, 3},
      {SHARE_SPEC(""), "x,y\n50%,1\n25%,1\n,1\nnone,1\n", 0, 0},                  /* one notation */
      {SHARE_SPEC(""), "x,y\n0.5,1\n%,1\n50%%,1\n", 0, 0},                        /* no numbers */
      {SHARE_SPEC(", suffix: \"%\""), "x,y\n50,1\n50%,1\n", 0, 0},                /* they say the same */
      {SHARE_SPEC(", texts: {\"50%\": 0.5}"), "x,y\n0.5,1\n50%,1\n", 0, 0},       /* it is declared */
      {SHARE_SPEC(", missing: {\"-1%\": refused}"), "x,y\n0.5,1\n-1%,1\n", 0, 0}, /* no answer */
      {SHARE_SPEC(", range: [0, 1]"), "x,y\n0.5,1\n50%,1\n", 0, 0},               /* invalid, and told so */
      {"variables:\n  x: {type: scale, range: [1, 5]}\n  y: {type: nominal}\nanalyses:\n  - describe: "
       "{items: x}\n",
       "x,y\n5,1\n4%,1\n", 1, 3},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *x = first_variable(scene_report(*state, cases[i].spec, cases[i].data));
    const json *place = json_at(json_get(x, "percent_places"), 0);
    if (json_as_integer(json_get(x, "percents")) != cases[i].percents ||
        json_as_integer(json_get(place, "line")) != cases[i].line) {
      fail_msg("case %zu: %lld per cent signs, the first in line %lld", i,
               (long long)json_as_integer(json_get(x, "percents")),
               (long long)json_as_integer(json_get(place, "line")));
    }
  }
}

static void per_cent_in_one_file_alone_is_told_as_well(void **state) {
  scene *s = *state;
  char other[SCENE_PATH_BYTES];
  char told[2 * SCENE_PATH_BYTES];
  scene_write(s, SHARE_SPEC(""), "x,y\n0.5,1\n0.25,1\n");
  process_write_file(s->directory, "other.csv", "x,y\n50%,1\n25%,1\n", 16, other, sizeof other);
  process_result r;
  CANVASS(&r, "run", "--strict", s->spec, s->data, other);
  snprintf(told, sizeof told,
           "canvass: --strict: x: 2 of 4 numbers have a per cent sign and the others have none; 50%% is read "
           "as 50; the first is at %s:2 '50%%'\n",
           other);
  assert_string_equal(r.err, told);
  assert_int_equal(r.exit_code, 4);
  process_result_fini(&r);
  CANVASS(&r, "run", "--strict", s->spec, other); /* by itself it has one notation */
  process_check_success(&r);
  process_result_fini(&r);
}

static void two_notations_are_warned_of_and_check_asks_what_they_mean(void **state) {
  scene *s = *state;
  scene_write(s, SHARE_SPEC(""), "x,y\n0.5,1\n50%,1\n3,1\n");
  process_result r = scene_run(s, "run", NULL, NULL);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.err, "canvass: warning: x: 1 of 3 numbers has a per cent sign");
  assert_contains(r.out,
                  "1 number of x has a per cent sign and 2 have none: 50% is read as 50 (data.csv:3 “50%”)");
  process_result_fini(&r);
  const json *ask = json_at(json_get(scene_cells(s, "x"), "ask"), 0);
  assert_string_equal(json_as_cstring(json_get(ask, "why")), "percents_beside_numbers");
  assert_string_equal(json_as_cstring(json_get(ask, "line")), "suffix: \"%\"");
  r = scene_run(s, "check", NULL, NULL);
  assert_contains(r.out, "or say that all are per cent: suffix: \"%\"\n");
  process_result_fini(&r);
  scene_write(s, SHARE_SPEC(", suffix: \"%\""), "x,y\n0.5,1\n50%,1\n3,1\n"); /* the advice works */
  r = scene_run(s, "run", "--strict", NULL);
  process_check_success(&r);
  process_result_fini(&r);
}

static void what_stands_around_digits_is_named_with_the_line_that_reads_it(void **state) {
  scene *s = *state;
  static const struct {
    const char *data, *line, *texts; /* NULL: no such advice */
  } cases[] = {
      {"x,y\n\"¥1,200\",1\n\"¥3,400.50\",1\n¥80,1\n5,1\n", "prefix: \"¥\", thousands: \",\"", NULL},
      {"x,y\n1200元,1\n80 元,1\n7,1\n", "suffix: \"元\"", NULL},
      {"x,y\n-$5,1\n$7,1\n7,1\n", "prefix: \"$\"", NULL},
      {"x,y\n(12),1\n1.2k,1\n3.5万,1\n7,1\n", NULL,
       "texts: {\"(12)\": -12, \"1.2k\": 1200, \"3.5万\": 35000}"},
      {"x,y\n¥5,1\n¥6,1\n$1.2k,1\n7,1\n", "prefix: \"¥\"", "texts: {\"$1.2k\": NUMBER}"}, /* not in yuan */
      {"x,y\n3分15秒,1\n2分0秒,1\n8,1\n", NULL, "texts: {\"2分0秒\": NUMBER, \"3分15秒\": NUMBER}"},
      {"x,y\nmany,1\n8,1\n", NULL, "texts: {\"many\": NUMBER}"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *found[2] = {NULL, NULL};
    scene_write(s, SHARE_SPEC(""), cases[i].data);
    const json *ask = json_get(scene_cells(s, "x"), "ask");
    for (size_t k = 0; k < json_count(ask); k++) {
      const char *why = json_as_cstring(json_get(json_at(ask, k), "why"));
      found[strcmp(why, "numbers_are_dressed") != 0] = json_as_cstring(json_get(json_at(ask, k), "line"));
    }
    if ((cases[i].line == NULL) != (found[0] == NULL) || (cases[i].texts == NULL) != (found[1] == NULL) ||
        (found[0] != NULL && strcmp(found[0], cases[i].line) != 0) ||
        (found[1] != NULL && strcmp(found[1], cases[i].texts) != 0)) {
      fail_msg("case %zu: %s; %s", i, found[0], found[1]);
    }
    char spec[500];
    snprintf(spec, sizeof spec, SHARE_SPEC(", %s"), found[0] != NULL ? found[0] : "decimals: 2");
    scene_write(s, spec, cases[i].data);
    const json *x = first_variable(scene_report(s, spec, cases[i].data));
    if (cases[i].texts == NULL && json_as_integer(json_get(x, "invalid")) != 0) {
      fail_msg("case %zu: with %s there are invalid cells", i, found[0]);
    }
  }
}

static void columns_of_loops_are_mended_in_one_entry(void **state) {
  scene *s = *state;
  static const char form[] =
      "variables:\n  id: {type: id}\n  b3_sat: {type: scale, range: [1, 5]}\n"
      "stack:\n  brand:\n    loops: [b1, b2]\n    variables:\n"
      "      satisfied: {column: \"*_sat\", type: scale, range: [1, 5]%s%s}\n"
      "analyses:\n  - describe: {items: satisfied, by: brand, stack: brand}\n";
  static const char data[] = "id,b1_sat,b2_sat,b3_sat\n1,5,不清楚,n/a\n2,4,3,4\n3,n/a,2,3\n";
  char spec[1000];
  snprintf(spec, sizeof spec, form, "", "");
  scene_write(s, spec, data);
  static const char *const names[] = {"b1_sat", "b2_sat"};
  static const char *const lines[] = {"missing: {\"n/a\": not_applicable, \"不清楚\": dont_know}",
                                      "missing: {\"不清楚\": dont_know, \"n/a\": not_applicable}"};
  for (size_t i = 0; i < 2; i++) {
    const json *cells = scene_cells(s, names[i]);
    assert_string_equal(json_as_cstring(json_get(cells, "entry")), "stack: brand: variables: satisfied");
    assert_string_equal(json_as_cstring(json_at(json_get(cells, "paste"), 0)), lines[i]);
  }
  assert_null(json_get(scene_cells(s, "b3_sat"), "entry")); /* a variable of its own */
  snprintf(spec, sizeof spec, form, ", ", lines[0]);
  const json *variables = json_get(json_get(scene_report(s, spec, data), "data"), "variables");
  for (size_t i = 0; i < json_count(variables); i++) {
    const char *name = json_as_cstring(json_get(json_at(variables, i), "name"));
    const int64_t invalid = json_as_integer(json_get(json_at(variables, i), "invalid"));
    assert_int_equal(invalid, strcmp(name, "b3_sat") == 0);
  }
}

static void crossings_show_the_labels_that_there_are(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  region: {type: nominal, values: {North: Norden, South: Süden}}\n"
              "  class: {type: nominal}\n  sat: {type: scale, range: [1, 5]}\n"
              "derived: {both: {cross: [region, class]}}\n"
              "analyses:\n  - describe: {items: sat, by: both}\n",
              "region,class,sat\nNorth,10,5\nSouth,2,4\nEast,1,3\nNorth,2,5\nZoo,Q10,4\nZoo,Q2,1\n");
  process_result r = scene_run(s, "run", NULL, NULL);
  process_check_success(&r);
  static const char *const rows[] = {"Norden × 2 ", "Norden × 10 ", "Süden × 2 ",
                                     "East × 1 ",   "Zoo × Q2 ",    "Zoo × Q10 "};
  const char *at = r.out;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) { /* in natural order, undeclared values last */
    at = strstr(at, rows[i]);
    if (at == NULL) {
      fail_msg("no '%s' behind those before it", rows[i]);
    }
  }
  process_result_fini(&r);
}

/* ---- Titles -------------------------------------------------------------------------------------- */

static void any_white_space_in_a_title_is_as_good_as_a_blank(void **state) {
  static const struct {
    const char *column, *title;
  } cases[] = {
      {"How satisfied are you?", "\"How satisfied\nare you?\""},
      {"How satisfied are you?", "\"How  satisfied\r\n are you? \""},
      {"\"How satisfied\\nare you?\"", "How satisfied are you?"},
      {"\"How satisfied\\r\\nare you?\"", "\"How satisfied\nare you?\""},
      {"\"1、您对服务 的满意度\"", "\"1、您对服务\n的满意度\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char spec[500];
    char data[500];
    snprintf(
        spec, sizeof spec,
        "variables:\n  q: {column: %s, type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: q}\n",
        cases[i].column);
    snprintf(data, sizeof data, "id,%s,z\n1,5,0\n2,3,0\n", cases[i].title);
    const json *row = report_first_row(scene_report(*state, spec, data), 0);
    assert_int_equal(json_as_integer(json_get(row, "n")), 2);
  }
}

static void of_titles_that_look_the_same_the_exact_one_is_taken_or_all_are_listed(void **state) {
  scene *s = *state;
  static const char data[] = "\"Are you\nwell?\",\"Are  you well?\",z\n5,1,0\n";
  scene_write(s,
              "variables:\n  q: {column: \"Are you\\nwell?\", type: scale, range: [1, 5]}\nanalyses:\n"
              "  - describe: {items: q}\n",
              data);
  process_result r = scene_run(s, "run", NULL, NULL);
  process_check_success(&r);
  process_result_fini(&r);
  scene_write(s,
              "variables:\n  q: {column: \"Are you well?\", type: scale, range: [1, 5]}\nanalyses:\n"
              "  - describe: {items: q}\n",
              data);
  r = scene_run(s, "run", NULL, NULL);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err,
                  "have a title that looks like 'Are you well?', in the places 1, 2; name one by its place, "
                  "column: 1\n");
  process_result_fini(&r);
}

static void a_pattern_matches_titles_with_line_breaks(void **state) {
  const json *report =
      scene_report(*state,
                   "variables:\n  \"q_*\": {column: \"Rate our * now\", type: scale, range: [1, "
                   "5]}\nanalyses:\n  - describe: {items: [q_price, q_staff]}\n",
                   "\"Rate our\nprice now\",\"Rate our staff\nnow\"\n5,1\n");
  assert_int_equal(json_as_integer(json_get(report_first_row(report, 0), "n")), 1);
}

/* ---- Names in another encoding than stated ------------------------------------------------------- */

static void names_that_a_wrong_encoding_spoils_are_told_with_what_reads_them(void **state) {
  scene *s = *state;
  static const struct {
    const char *stated, *name, *told, *mend;
  } cases[] = {
      {"windows-1252",
       "s\xc3\xbc"
       "d", /* süd in UTF-8 */
       "; its texts are valid UTF-8, and the encoding that is stated (windows-1252) makes other letters of "
       "them: "
       "`data: {encoding: utf-8}` reads its own",
       "utf-8"},
      {"windows-1252", "\xc2\xfa\xd2\xe2", /* 满意 in GBK */
       "; its texts are read as windows-1252: if these names look wrong, `data: {encoding: gb18030}`",
       "gb18030"},
  };
  static const char *const names[] = {
      "s\xc3\xbc"
      "d",
      "\xe6\xbb\xa1\xe6\x84\x8f"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char path[SCENE_PATH_BYTES];
    char spec[500];
    by_hand h = begin_by_hand(false, 0, -1);
    put_variable(&h, cases[i].name, 0);
    put_information(&h, 20, cases[i].stated);
    end_dictionary(&h);
    put_double(&h, 4);
    process_write_file(s->directory, "names.sav", (const char *)h.file.data, h.file.length, path,
                       sizeof path);
    buf_fini(&h.file);
    for (int mended = 0; mended < 2; mended++) {
      snprintf(spec, sizeof spec,
               "%s%s%svariables:\n  \"%s\": {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: "
               "\"%s\"}\n",
               mended ? "data: {encoding: " : "", mended ? cases[i].mend : "", mended ? "}\n" : "", names[i],
               names[i]);
      scene_write(s, spec, "");
      process_result r;
      CANVASS(&r, "run", s->spec, path);
      assert_int_equal(r.exit_code, mended ? 0 : 4);
      if (!mended) {
        assert_contains(r.err, cases[i].told);
      }
      process_result_fini(&r);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_per_cent_sign_beside_none_is_told_with_its_places),
      SCENE_TEST(per_cent_in_one_file_alone_is_told_as_well),
      SCENE_TEST(two_notations_are_warned_of_and_check_asks_what_they_mean),
      SCENE_TEST(what_stands_around_digits_is_named_with_the_line_that_reads_it),
      SCENE_TEST(columns_of_loops_are_mended_in_one_entry),
      SCENE_TEST(crossings_show_the_labels_that_there_are),
      SCENE_TEST(any_white_space_in_a_title_is_as_good_as_a_blank),
      SCENE_TEST(of_titles_that_look_the_same_the_exact_one_is_taken_or_all_are_listed),
      SCENE_TEST(a_pattern_matches_titles_with_line_breaks),
      SCENE_TEST(names_that_a_wrong_encoding_spoils_are_told_with_what_reads_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
