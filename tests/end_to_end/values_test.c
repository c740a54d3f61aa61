/* Answers as people give them, from the cell to the figures: a table of cases, each with a codebook entry of
 * a line, its column and the figures that follow from its cells by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { FIGURES_MAX = 12, LINE_BYTES = 256, PAGE_BYTES = 2048, NUMBERED_MAX = 64 };

typedef struct value_case {
  const char *entry; /* of the variable q */
  const char *data;  /* the whole file; q is one of its columns */
  const char
      *figures[FIGURES_MAX]; /* of the long table: what stands after "describe,d,TABLE,", in that order */
} value_case;

/* Whether the long table has the lines with FIGURES, one after the other. */
static void expect_figures(const char *out, const value_case *c) {
  const char *at = out;
  for (size_t k = 0; k < FIGURES_MAX && c->figures[k] != NULL; k++) {
    char ending[LINE_BYTES];
    (void)snprintf(ending, sizeof ending, ",%s\n", c->figures[k]);
    const char *found = strstr(at, ending);
    if (found == NULL) {
      fail_msg("%s: no figure %s, or not there, in\n%s", c->entry, c->figures[k], out);
    }
    at = found != NULL ? found + 1 : at;
  }
}

static void check(scene *s, const value_case *c) {
  char page[PAGE_BYTES];
  (void)snprintf(page, sizeof page, "variables: {q: %s}\nanalyses: [describe: {items: q, name: d}]\n",
                 c->entry);
  scene_write(s, page, c->data);
  process_result r = scene_run(s, "run", "--format", "csv");
  process_check_success(&r);
  expect_figures(r.out, c);
  process_result_fini(&r);
}

static void check_all(scene *s, const value_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    check(s, &cases[i]);
  }
}

static void undeclared_values_come_in_natural_order(void **state) {
  static const value_case cases[] = {
      {"{type: nominal}",
       "q\n10\n2\nb\n1\n-1\na\n10\n",
       {"q,,,,-1,,n,1", "q,,,,1,,n,1", "q,,,,2,,n,1", "q,,,,10,,n,2", "q,,,,a,,n,1", "q,,,,b,,n,1"}},
      {"{type: nominal, values: [b, 10]}",
       "q\n10\n2\nb\n1\na\n",
       {"q,,,,b,,n,1", "q,,,,10,,n,1", "q,,,,1,,n,1", "q,,,,2,,n,1", "q,,,,a,,n,1"}},
      /* Decimals and negative numbers by value, and numbers within texts. */
      {"{type: nominal}",
       "q\n10\nQ10\n1.5\nQ2\n-2.5\n2\n1.05\n-10\n",
       {"q,,,,-10,,n,1", "q,,,,-2.5,,n,1", "q,,,,1.05,,n,1", "q,,,,1.5,,n,1", "q,,,,2,,n,1", "q,,,,10,,n,1",
        "q,,,,Q2,,n,1", "q,,,,Q10,,n,1"}},
      {"{type: multi, delimiter: \",\"}",
       "q\n\"10,2\"\n\"1,10\"\n",
       {"q,,,,1,,n,1", "q,,,,2,,n,1", "q,,,,10,,n,2"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Each text twice: with letters and accents as one character, and as two. */
static void letters_with_accents_are_one_letter_however_they_are_written(void **state) {
  static const value_case cases[] = {
      {"{type: nominal}",
       "q\nM\u00e1laga\nMa\u0301laga\nM\u00fcnchen\nMu\u0308nchen\n",
       {"q,,,,M\u00e1laga,,n,2", "q,,,,M\u00fcnchen,,n,2"}},
      {"{type: scale, range: [1, 2], texts: {\"bien\": 1, \"tr\u00e8s bien\": 2}}",
       "q\ntre\u0300s bien\nbien\n",
       {"q,,,,,,mean,1.5"}},
      {"{type: scale, range: [1, 2], texts: {\"bien\": 1, \"tre\u0300s bien\": 2}}",
       "q\ntr\u00e8s bien\nbien\n",
       {"q,,,,,,mean,1.5"}},
      {"{type: multi, delimiter: \";\"}",
       "q\nca\u0300 phe\u0302;tra\u0300\nc\u00e0 ph\u00ea\n",
       {"q,,,,c\u00e0 ph\u00ea,,n,2", "q,,,,tr\u00e0,,n,1"}},
      {"{type: nominal}", "q\n\u1112\u1161\u11ab\n\ud55c\n", {"q,,,,\ud55c,,n,2"}},
      {"{type: nominal, missing: {\"ne sait pas, pr\u00e9f\u00e8re\": dont_know}}",
       "q\n\"ne sait pas, pre\u0301fe\u0300re\"\na\n",
       {"q,,,,a,,n,1", "q,,,,,,answered,1"}},
      {"{type: number, suffix: \" \u00e9\"}", "q\n5 e\u0301\n", {"q,,,,,,mean,5"}},
      {"{type: nominal, column: \"Qualit\u00e9\"}", "Qualite\u0301\na\n", {"q,,,,a,,n,1"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

static void patterns_match_titles_as_they_look(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n"
              "  \"Qualit\u00e9 *\": {type: nominal}\n"
              "  \"v_*\": {column: \"Ville * \u00e9t\u00e9\", type: nominal}\n"
              "analyses: [describe: {items: [\"Qualit\u00e9 a\", v_b], name: d}]\n",
              "Qualite\u0301 a,Ville b e\u0301te\u0301\nx,y\n");
  process_result r = scene_run(s, "run", "--format", "csv");
  process_check_success(&r);
  assert_contains(r.out, "v_b,,,,y,,n,1\n");
  assert_contains(r.out, " a,,,,x,,n,1\n");
  process_result_fini(&r);
}

/* Means of what the cells look like. */
static void numbers_are_read_as_people_write_them(void **state) {
  static const value_case cases[] = {
      {"{type: number}",
       "q\n\xef\xbc\x91\xef\xbc\x92.5\n\xe2\x88\x92"
       "2.5\n5%\n",
       {"q,,,,,,mean,5"}},
      {"{type: number, thousands: \",\", suffix: \xe5\x85\x83}",
       "q\n\"1,234.50\xe5\x85\x83\"\n800\xe5\x85\x83\n\xef\xbc\x93\xef\xbc\x90\xef\xbc\x90\n",
       {"q,,,,,,mean,778.1666666666666", "q,,,,,,max,1234.5"}},
      {"{type: number, thousands: \" \", prefix: \"\xe2\x82\xac\"}",
       "q\n\xe2\x82\xac 1\xe2\x80\xaf"
       "000.25\n\xe2\x82\xac"
       "2\n",
       {"q,,,,,,mean,501.125"}},
      {"{type: number, missing: {\"..\": not_asked, \"90..\": refused}}",
       "q\n..\n4\n99\n6\n..\n",
       {"q,,,,,,n,2", "q,,,,,,mean,5", "q,,,,,,max,6"}},
      {"{type: scale, range: [0, 10], leading_number: true}",
       "q\n10 - Extremely likely\n0 - Not at all likely\n5\n",
       {"q,,,,,,mean,5"}},
      {"{type: scale, range: [1, 5], texts: {\"\xef\xbc\xa1 - good\": 5}}",
       "q\nA - good\n\xef\xbc\xa1\xc2\xa0- good\n1.0\n",
       {"q,,,,,,n,3", "q,,,,,,mean,3.6666666666666665"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

/* By hand: of four who answer, A is first of two, second of one and not ranked by one. */
static void rankings_have_first_choices_and_mean_ranks(void **state) {
  static const value_case cases[] = {
      {"{type: ranking, values: [A, B, C]}",
       "q,x\nA\xe2\x86\x92"
       "B\xe2\x86\x92"
       "C,\nA \xe2\x86\x92 C,\nB\xe2\x86\x92"
       "A\xe2\x86\x92"
       "C,\nB,\n,x\n",
       {"q,,,,A,,n,3", "q,,,,A,,answered,4", "q,,,,A,,first,50", "q,,,,A,,top_2,75", "q,,,,A,,top_3,75",
        "q,,,,A,,mean_rank,1.3333333333333333", "q,,,,B,,first,50", "q,,,,B,,mean_rank,1.3333333333333333",
        "q,,,,C,,first,0", "q,,,,C,,top_2,25", "q,,,,C,,top_3,75", "q,,,,C,,mean_rank,2.6666666666666665"}},
      {"{type: ranking, delimiter: \";\", values: [Price, Speed, Quality]}",
       "q,x\nPrice;Speed;Quality;,\nSpeed;Price;Quality;,\n,x\nQuality;Speed;Price;,\n",
       {"q,,,,Price,,n,3", "q,,,,Price,,first,33.333333333333336", "q,,,,Price,,mean_rank,2",
        "q,,,,Speed,,mean_rank,1.6666666666666667", "q,,,,Quality,,mean_rank,2.3333333333333335"}},
      {"{type: ranking, delimiter: \",\", values: [A], other: Else, texts: {a: A}}",
       "q\n\"x,a\"\n\"A\"\n",
       {"q,,,,A,,first,50", "q,,,,A,,mean_rank,1.5", "q,,,,Else,,first,50"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

/* An order must not have an option twice, or one that is not declared. */
static void cells_that_are_no_ranking_are_invalid(void **state) {
  scene *s = *state;
  scene_write(
      s,
      "variables: {q: {type: ranking, delimiter: \">\", values: [A, B]}}\nanalyses: [describe: {items: q}]\n",
      "q\nA>B\nA>A\nA>C\nB\n");
  process_result r = scene_run(s, "check", "--lang", "en");
  process_check_success(&r);
  assert_contains(r.out, "2 of 4 answers to q are invalid");
  process_result_fini(&r);
}

static void titles_are_compared_as_they_look(void **state) {
  static const value_case cases[] = {
      {"{type: number}", "\xef\xbb\xbf\xe2\x80\x8bq\xc2\xad\n2\n", {"q,,,,,,mean,2"}},
      {"{type: number, column: \"A\\u00a0B\"}", "A B\n2\n", {"q,,,,,,mean,2"}},
      {"{type: number, column: Q1}", "\xef\xbc\xb1\xef\xbc\x91\n2\n", {"q,,,,,,mean,2"}},
      {"{type: number}", "q,q\xe2\x80\x8b\n2,3\n", {"q,,,,,,mean,2"}}, /* the text that is exactly the same */
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

static void a_column_named_by_its_place_keeps_its_decimals(void **state) {
  static const value_case cases[] = {
      {"{type: number, column: 2}", "a,b\n1,0.25\n2,0.5\n", {"q,,,,,,mean,0.375"}},
      {"{type: number, column: \"\"}", "a,,b\n1,0.25,x\n2,0.5,y\n", {"q,,,,,,mean,0.375"}},
      {"{type: number, column: {title: \"\", nth: 2}}", "a,,\n1,x,0.25\n2,y,0.5\n", {"q,,,,,,mean,0.375"}},
      {"{type: number, column: {title: b, nth: 2}}", "b,b\n1,0.25\n2,0.5\n", {"q,,,,,,mean,0.375"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Options that hold the delimiter, what is written instead of one, and questions that nobody was shown. */
static void multiple_choices_are_read_as_people_give_them(void **state) {
  static const value_case cases[] = {
      /* The longest option first: "Price, and fees" is one, and so is "Price" alone. */
      {"{type: multi, delimiter: \", \", values: [\"Price, and fees\", Price, Service]}",
       "q\n\"Price, and fees, Service\"\n\"Service, Price, and fees\"\n\"Price, Service\"\n",
       {"q,,,,\"Price, and fees\",,n,2", "q,,,,Price,,n,1", "q,,,,Service,,n,3", "q,,,,,,answered,3"}},
      /* It must end where an option ends. */
      {"{type: multi, delimiter: \",\", values: [\"A, B\", A]}",
       "q\n\"A, B side\"\n\"A, B , A\"\n\"A,B\"\n",
       {"q,,,,\"A, B\",,n,1", "q,,,,A,,n,3", "q,,,,B,,n,1", "q,,,,B side,,n,1"}},
      /* A delimiter behind the last option, whose blank is gone; an option may end like it. */
      {"{type: multi, delimiter: \", \"}",
       "q\n\"Web, App, \"\n\"App,\"\n\"Web\"\n\",\"\n",
       {"q,,,,App,,n,2", "q,,,,Web,,n,2", "q,,,,,,answered,3"}},
      {"{type: multi, delimiter: \", \", values: [\"Price, and fees\", \"Else,\", Else]}",
       "q\n\"Price, and fees, \"\n\"Price, and fees, Else,\"\n\"Else, Price, and fees\"\n",
       {"q,,,,\"Price, and fees\",,n,3", "q,,,,\"Else,\",,n,1", "q,,,,Else,,n,1", "q,,,,,,answered,3"}},
      {"{type: ranking, delimiter: \" > \", values: [A, B]}",
       "q\nA > B >\nA > B > \n",
       {"q,,,,A,,first,100", "q,,,,B,,n,2"}},
      {"{type: multi, delimiter: \",\", texts: {\"yes, often\": often}}",
       "q\n\"yes, often,no\"\n",
       {"q,,,,no,,n,1", "q,,,,often,,n,1"}},
      /* What is written instead, however it is cut, is one choice of a person. */
      {"{type: multi, delimiter: \";\", values: [Web shop, App], other: Other}",
       "q\nWeb shop;App;\nApp;\nWeb shop;a kiosk; really;\n",
       {"q,,,,Web shop,,n,2", "q,,,,App,,n,2", "q,,,,Other,,n,1", "q,,,,,,answered,3"}},
      {"{type: multi, delimiter: \"\xe2\x94\x8b\", other: \xe5\x85\xb6\xe4\xbb\x96}",
       "q\n"
       "APP\xe2\x94\x8b\xe5\x85\xb6\xe4\xbb\x96\xe3\x80\x96\xe7\x94\xb5\xe8\xaf\x9d\xe3\x80\x97\n"
       "\xe5\x85\xb6\xe4\xbb\x96\n",
       {"q,,,,APP,,n,1", "q,,,,\xe5\x85\xb6\xe4\xbb\x96,,n,2"}},
      {"{type: multi, delimiter: \"|\", values: [Web, Else], other: Else}",
       "q\nWeb\xe3\x80\x96x\xe3\x80\x97|y\n",
       {"q,,,,Web,,n,1", "q,,,,Else,,n,1"}},
      {"{type: nominal, values: [Web, App], other: Other}",
       "q\nWeb\nby phone\nby post\n",
       {"q,,,,Web,,n,1", "q,,,,App,,n,0", "q,,,,Other,,n,2"}},
      /* A delimiter that looks like a blank. */
      {"{type: multi, delimiter: \"\\u3000\"}",
       "q\na\xe3\x80\x80"
       "b\n",
       {"q,,,,a,,n,1", "q,,,,b,,n,1"}},
      /* All 0: never shown, as REDCap writes it. */
      {"{type: multi, columns: {x: q___1, y: q___2}, none_is: not_asked}",
       "q___1,q___2\n1,0\n0,0\n0,\n,1\n",
       {"q,,,,x,,n,1", "q,,,,x,,asked,2", "q,,,,y,,n,1", "q,,,,y,,asked,2", "q,,,,,,answered,2",
        "q,,,,,,not_asked,2"}},
      /* Of rows without a choice: who has an invalid cell chose nobody knows what; a 0 beside it is still
         none. */
      {"{type: multi, columns: {x: q___1, y: q___2}, none_is: not_asked}",
       "q___1,q___2\n1,0\n0,0\n0,7\n8,9\n1,7\n",
       {"q,,,,x,,n,2", "q,,,,x,,asked,2", "q,,,,y,,n,0", "q,,,,y,,asked,1", "q,,,,,,answered,2",
        "q,,,,,,not_asked,1", "q,,,,,,invalid,2"}},
      {"{type: multi, columns: {x: a, y: b}, chosen: any, texts: {No: 0}}",
       "a,b\nX,a kiosk\nNo,\n",
       {"q,,,,x,,n,1", "q,,,,y,,n,1", "q,,,,,,answered,2"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

/* A text means one value, and that is the end of it: the labels may be exchanged. */
static void a_text_leads_to_its_value_in_one_step(void **state) {
  static const value_case cases[] = {
      {"{type: nominal, values: [A, B], texts: {A: B, B: A}}",
       "q\nA\nA\nB\n",
       {"q,,,,A,,n,1", "q,,,,B,,n,2"}},
      {"{type: nominal, values: [A, B], closed: true, texts: {x: A, A: B}}",
       "q\nx\nx\nA\n",
       {"q,,,,A,,n,2", "q,,,,B,,n,1"}},
      {"{type: multi, delimiter: \";\", values: [A, B], texts: {A: B, B: A}}",
       "q\nA\nA;A\nB\n",
       {"q,,,,A,,n,1", "q,,,,B,,n,2"}},
  };
  check_all(*state, cases, sizeof cases / sizeof cases[0]);
}

static void columns_without_a_title_are_listed_where_none_is_meant(void **state) {
  scene *s = *state;
  scene_write(s, "variables: {q: {type: number, column: \"\"}}\nanalyses: [describe: {items: q}]\n",
              ",a,,\n1,2,3,4\n");
  process_result r = scene_run(s, "check", NULL, NULL);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "1:39: 3 columns of ");
  assert_contains(r.err,
                  "data.csv have no title, in the places 1, 3, 4; name one by its place, column: 12, or by "
                  "{title: \"\", nth: 1}");
  process_result_fini(&r);
}

typedef struct mistake_case {
  const char *entry, *message;
} mistake_case;

static void entries_that_cannot_be_meant_are_refused(void **state) {
  scene *s = *state;
  static const mistake_case cases[] = {
      {"{type: number, thousands: \".\"}",
       "thousands: expected one character other than digits, signs and the decimal mark '.', found '.'"},
      {"{type: number, thousands: \"ab\"}", "thousands: expected one character"},
      {"{type: number, suffix: \"2x\"}",
       "suffix: expected a text without a digit beside the number, found '2x'"},
      {"{type: number, prefix: \"x2\"}",
       "prefix: expected a text without a digit beside the number, found 'x2'"},
      {"{type: nominal, values: [a], closed: true, other: b}",
       "other: with `closed: true` there are no other answers"},
      {"{type: multi, columns: [q], other: b}", "'other' goes with one delimited column, not with `columns`"},
      {"{type: multi, delimiter: \",\", none_is: blank}",
       "'none_is' goes with `columns`, not with one delimited column"},
      {"{type: multi, columns: [q], none_is: never}", "unknown none_is 'never'"},
      {"{type: ranking}", "ranking 'q' has no values; add the options that are ranked"},
      {"{type: ranking, values: [a], closed: true}", "'closed' does not go with type ranking"},
      {"{type: nominal, suffix: x}", "'suffix' does not go with type nominal"},
      {"{type: nominal, texts: {\"A\": x, \"\xef\xbc\xa1\": y}}",
       "two texts that look the same, 'A', have different meanings"},
      {"{type: nominal, values: {A: x, \"\xef\xbc\xa1\": y}}", "values: 'A' is named twice"},
      {"{type: nominal, values: [\"x\\u200By\"], closed: true, texts: {m: \"z\\u200B\"}}",
       "unknown value 'z<U+200B>'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char page[PAGE_BYTES];
    (void)snprintf(page, sizeof page, "variables: {q: %s}\nanalyses: [describe: {items: q}]\n",
                   cases[i].entry);
    scene_write(s, page, "q\n1\n");
    process_result r = scene_run(s, "check", NULL, NULL);
    assert_int_equal(r.exit_code, 2);
    assert_contains(r.err, cases[i].message);
    process_result_fini(&r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(undeclared_values_come_in_natural_order),
      SCENE_TEST(letters_with_accents_are_one_letter_however_they_are_written),
      SCENE_TEST(patterns_match_titles_as_they_look),
      SCENE_TEST(numbers_are_read_as_people_write_them),
      SCENE_TEST(multiple_choices_are_read_as_people_give_them),
      SCENE_TEST(rankings_have_first_choices_and_mean_ranks),
      SCENE_TEST(cells_that_are_no_ranking_are_invalid),
      SCENE_TEST(titles_are_compared_as_they_look),
      SCENE_TEST(a_text_leads_to_its_value_in_one_step),
      SCENE_TEST(columns_without_a_title_are_listed_where_none_is_meant),
      SCENE_TEST(a_column_named_by_its_place_keeps_its_decimals),
      SCENE_TEST(entries_that_cannot_be_meant_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
