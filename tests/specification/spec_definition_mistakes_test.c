/* Mistakes in constructs and derived variables, circles among them. */
#include <string.h>

#include <stdio.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static void constructs_have_items_and_weights(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("constructs: [a]\n"),
       "10:13: constructs: expected a map of names and their definitions, found a list"},
      {PAGE("constructs: {c: [s, t]}\n"),
       "10:17: a construct: expected a map of its properties, such as {items: [a, b]}, found a list"},
      {PAGE("constructs: {c: {item: s}}\n"),
       "10:14: construct 'c' has no items; add items: [..]\n"
       "10:18: a construct: unknown key 'item'; did you mean 'items'?"},
      {PAGE("constructs: {c: {items: []}}\n"),
       "10:25: items: expected a name or a list of names, found an empty list"},
      {PAGE("constructs: {c: {items: [s, tt]}}\n"), "10:29: unknown variable 'tt'; did you mean 't'?"},
      {PAGE("constructs: {c: {items: [s, s]}}\n"), "10:29: items: 's' is named twice"},
      {PAGE("constructs: {c: {items: [s, n, d]}}\n"),
       "10:29: items: 'n' is a nominal variable; expected scales, flags, numbers or constructs\n"
       "10:32: items: 'd' is a date; expected scales, flags, numbers or constructs"},
      {PAGE("constructs: {c: {items: [s, t], weights: [1]}}\n"), "10:42: weights: 1 for 2 items"},
      {PAGE("constructs: {c: {items: [s, t], weights: [1, 0]}}\n"),
       "10:46: weights: expected a number above 0, found '0'"},
      {PAGE("constructs: {c: {items: [s, t], weights: {s: 1, tt: 1}}}\n"),
       "10:49: unknown item 'tt'; did you mean 't'?"},
      {PAGE("constructs: {c: {items: [s, t], weights: {s: 1}}}\n"), "10:42: weights: 't' has none"},
      {PAGE("constructs: {c: {items: [s, t], weights: 1}}\n"),
       "10:42: weights: expected a list with one number per item, or a map of items and numbers, found '1'"},
      {PAGE("constructs: {c: {items: [s, t], weights: [1, 0.0000000000001]}}\n"),
       "10:42: weights: too far apart to be whole numbers below 2^40; give fewer decimals"},
      {PAGE("constructs: {c: {items: [s, t], valid_min: 3}}\n"),
       "10:44: valid_min: expected a whole number from 1 to 2, found '3'"},
      {PAGE("constructs: {s: {items: [t]}}\n"), "10:14: the name 's' is already taken, in line 2"},
      {PAGE("constructs: {c: {items: \"q*\"}}\n"), "10:25: items: no variable matches 'q*'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void circles_are_spelled_out(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("constructs:\n"
            "  a: {items: [b, s]}\n"
            "  b: {items: [c]}\n"
            "  c: {items: [a]}\n"),
       "13:15: circular definitions: 'a' uses 'b' uses 'c' uses 'a'"},
      {PAGE("constructs: {a: {items: [a]}}\n"), "10:26: circular definitions: 'a' uses 'a'"},
      {PAGE("constructs: {a: {items: [f]}}\n"
            "derived: {f: {bands: a, cuts: [1]}}\n"),
       "11:22: circular definitions: 'a' uses 'f' uses 'a'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void a_derived_variable_says_how(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {bnds: s}}\n"),
       "10:15: unknown way to derive a variable 'bnds'; did you mean 'bands'?"},
      {PAGE("derived: {v: {}}\n"),
       "10:11: derived variable 'v' is empty; expected one of: bands, recode, year, quarter, month, "
       "weekday, top, bottom, mean, difference, chosen, cross, compute"},
      {PAGE("derived: {v: s}\n"),
       "10:14: a derived variable: expected a map of its definition, such as {top: q1, boxes: 2}, found 's'"},
      {PAGE("derived: {v: {top: s, box: 2}}\n"),
       "10:23: 'top': unknown key 'box'; expected one of: label, values, top, boxes"},
      {PAGE("derived: {v: {top: ss}}\n"), "10:20: unknown variable 'ss'; did you mean 's'?"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void bands_have_ascending_cuts(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {bands: s}}\n"), "10:11: bands: no cuts; add cuts: [..]"},
      {PAGE("derived: {v: {bands: s, cuts: 3}}\n"),
       "10:31: cuts: expected a list of 1 to 1000 ascending numbers, found '3'"},
      {PAGE("derived: {v: {bands: s, cuts: [3, 2]}}\n"),
       "10:35: cuts: expected ascending numbers, found '2'"},
      {PAGE("derived: {v: {bands: s, cuts: [9]}}\n"),
       "10:32: cuts: 9 leaves a band empty; 's' goes from 1 to 5"},
      {PAGE("derived: {v: {bands: n, cuts: [1]}}\n"),
       "10:22: bands: 'n' is a nominal variable; expected a scale, a number or a construct"},
      {PAGE("derived: {v: {bands: s, cuts: [3], names: [low]}}\n"),
       "10:43: names: expected a list of 2 names, one per band, found a list"},
      {PAGE("derived: {v: {bands: s, cuts: [3], names: [low, low]}}\n"),
       "10:49: names: 'low' is named twice"},
      {PAGE("derived: {v: {bands: s, cuts: [3], values: {\"<4\": low}}}\n"),
       "10:45: values: '<4' is not a value of 'v'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void periods_boxes_and_options_fit_their_input(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {month: s}}\n"), "10:22: month: 's' is a scale; expected a date"},
      {PAGE("derived: {v: {top: x}}\n"), "10:20: top: 'x' is a number; expected a scale"},
      {PAGE("derived: {v: {top: s, boxes: 5}}\n"),
       "10:30: boxes: expected a whole number from 1 to 4, found '5'"},
      {PAGE("derived: {v: {chosen: m, option: wep}}\n"),
       "10:34: 'wep' is not a value of 'm'; did you mean 'web'?"},
      {PAGE("derived: {v: {cross: s}}\n"),
       "10:22: cross: expected a list of two or three variables, found 's'"},
      {PAGE("derived: {v: {cross: [s, x]}}\n"),
       "10:22: cross: 'x' is a number; expected scales, nominal variables, bands, periods or flags"},
      {PAGE("derived: {v: {chosen: m}}\n"), "10:11: chosen: no option; add option: .."},
      {PAGE("derived: {v: {chosen: s, option: web}}\n"),
       "10:23: chosen: 's' is a scale; expected a multiple choice"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void recodes_place_every_value_once(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {recode: n}}\n"), "10:11: recode: no map; add map: {new value: [old values]}"},
      {PAGE("derived: {v: {recode: n, map: [a]}}\n"),
       "10:31: map: expected a map of new values and the old values they replace, found a list"},
      {PAGE("derived: {v: {recode: n, map: {A: [alpa]}}}\n"),
       "10:36: 'alpa' is not a value of 'n'; did you mean 'alpha'?"},
      {PAGE("derived: {v: {recode: n, map: {A: alpha, B: [alpha]}}}\n"),
       "10:46: map: 'alpha' is already in the map"},
      {PAGE("derived: {v: {recode: t, map: {1: \"0..6\", 2: [6]}}}\n"),
       "10:47: map: '6' is already in the map"},
      {PAGE("derived: {v: {recode: t, map: {1: \"6..0\"}}}\n"),
       "10:35: map: expected a number or a range such as \"0..6\", found '6..0'"},
      {PAGE("derived: {v: {recode: t, map: {1: \"11..12\"}}}\n"),
       "10:35: map: '11..12' is outside the range [0, 10] of 't'"},
      {PAGE("derived: {v: {recode: t, map: {1: [[0]]}}}\n"),
       "10:36: map: expected a number or a range such as \"0..6\", found a list"},
      {PAGE("derived: {v: {recode: d, map: {1: 2}}}\n"),
       "10:23: recode: 'd' is a date; expected a nominal variable, a scale or a number"},
      {PAGE("derived: {v: {recode: x, map: {1: 2}, else: keep}}\n"),
       "10:45: else: keep takes a nominal variable or a scale; 'x' is a number"},
      {PAGE("derived: {v: {recode: n, map: {A: alpha}, else: kep}}\n"),
       "10:49: else: 'kep' is not a new value of the map; did you mean keep? A value of that name is written "
       "in "
       "quotes: else: \"kep\""},
      {PAGE("derived: {v: {recode: n, map: {A: alpha}, else: Keep}}\n"),
       "10:49: else: 'Keep' is not a new value of the map; did you mean keep? A value of that name is "
       "written "
       "in quotes: else: \"Keep\""},
      {PAGE("derived: {v: {recode: n, map: {A: alpha}, else: mising}}\n"),
       "10:49: else: 'mising' is not a new value of the map; did you mean missing? A value of that name is "
       "written in quotes: else: \"mising\""},
      {PAGE("derived: {v: {recode: n, map: {A: alpha}, else: [x]}}\n"),
       "10:49: else: expected a name, found a list"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

/* In quotes, as one of the map's, or unlike them. */
static void an_else_that_is_meant_is_a_value(void **state) {
  (void)state;
  static const char *const entries[] = {"map: {A: alpha}, else: \"kep\"", "map: {kep: alpha}, else: kep",
                                        "map: {A: alpha}, else: rest",    "map: {A: alpha}, else: Other",
                                        "map: {A: alpha}, else: keep",    "map: {A: alpha}, else: missing"};
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    char page[2048];
    (void)snprintf(page, sizeof page,
                   CODEBOOK "derived: {v: {recode: n, %s}}\nanalyses: [describe: {items: v}]\n", entries[i]);
    plan_destroy(page_plan(page, "s|t|n|a|b|x|d|w|i"));
  }
}

static void means_and_differences_are_of_quantities(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {mean: [s, n]}}\n"),
       "10:25: mean: 'n' is a nominal variable; expected scales, flags, numbers or constructs"},
      {PAGE("derived: {v: {mean: s, valid_min: 0}}\n"),
       "10:35: valid_min: expected a whole number from 1 to 1, found '0'"},
      {PAGE("derived: {v: {difference: [s]}}\n"), "10:27: difference: expected two variables, found 1"},
      {PAGE("derived: {v: {difference: [s, i]}}\n"),
       "10:31: difference: 'i' is a text; expected scales, flags, numbers or constructs"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constructs_have_items_and_weights),
      cmocka_unit_test(circles_are_spelled_out),
      cmocka_unit_test(a_derived_variable_says_how),
      cmocka_unit_test(bands_have_ascending_cuts),
      cmocka_unit_test(periods_boxes_and_options_fit_their_input),
      cmocka_unit_test(recodes_place_every_value_once),
      cmocka_unit_test(an_else_that_is_meant_is_a_value),
      cmocka_unit_test(means_and_differences_are_of_quantities),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
