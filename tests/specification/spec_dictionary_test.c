/* What a specification takes from the dictionary of the data: an entry's own settings go before it, one by
 * one. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static const code_label agreement[] = {
    {{"1", 1}, {"Disagree", 8}},    {{"2", 1}, {"Agree a bit", 11}}, {{"5", 1}, {"Agree", 5}},
    {{"8", 1}, {"Don't know", 10}}, {{"98", 2}, {"Refused", 7}},     {{"99", 2}, {"Other", 5}},
};
static const code_range nineties[] = {{{"90", 2}, {"", 0}, true}, {{"-1", 2}, {NULL, 0}, false}};
static const code_label regions[] = {
    {{"n", 1}, {"North", 5}}, {{"s", 1}, {"South\nand more", 14}}, {{"x", 1}, {"not asked", 9}}};
static const code_range none[] = {{{"x", 1}, {NULL, 0}, false}};
static const code_label yes_no[] = {{{"1", 1}, {"Yes", 3}}, {{"2", 1}, {"No", 2}}, {{"9", 1}, {"n/a", 3}}};
static const code_range nine[] = {{{"9", 1}, {NULL, 0}, false}};
static const uint32_t media[] = {3, 4};

/* v: an agreement; r: a region; d: a day; a, b: a set; w: the weight. */
static manifest *with_dictionary(void) {
  manifest *m = page_columns("v|r|d|a|b|w|$ranks");
  m->columns[0].codes =
      (column_codes){.values = agreement, .values_count = 6, .missing = nineties, .missing_count = 2};
  m->columns[1].codes =
      (column_codes){.values = regions, .values_count = 3, .missing = none, .missing_count = 1};
  m->columns[2].codes = (column_codes){.date_format = slice_of("%Y-%m")};
  m->columns[3].label = slice_of("Web");
  m->columns[3].codes =
      (column_codes){.values = yes_no, .values_count = 3, .missing = nine, .missing_count = 1};
  m->columns[5].codes = (column_codes){.is_weight = true};
  m->columns[6].codes = (column_codes){
      .values = regions, .values_count = 3, .missing = none, .missing_count = 1, .is_set = true};
  m->sets = ARENA_ARRAY(m->memory, code_set, 3);
  m->sets_count = 3;
  m->sets[0] = (code_set){slice_of("media"), slice_of("Media"), slice_of("1"), media, 2};
  m->sets[1] = (code_set){slice_of("two"), slice_of(""), slice_of("2"), media, 2};
  m->sets[2] = (code_set){slice_of("ranks"), slice_of(""), slice_of(""), media, 2};
  return m;
}

/* The plan of NAME: ENTRY, with an analysis of it, over the dictionary. */
static plan *plan_of(const char *name, const char *entry) {
  char page[1024];
  (void)snprintf(page, sizeof page, "variables:\n  %s: %s\nanalyses: [describe: {items: %s}]\n", name, entry,
                 name);
  spec *s = page_parse(page);
  manifest *m = with_dictionary();
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  if (spec_plan(s, m, &p, &problems, &err) != STATUS_OK) {
    fail_msg("%s: %s", entry, err.message);
  }
  manifest_destroy(m);
  spec_destroy(s);
  return p;
}

/* "[1, 5] | 1=Disagree ... | missing 9=refused ... | texts | taken" */
static void expect(const char *name, const char *entry, const char *expected) {
  plan *p = plan_of(name, entry);
  const plan_variable *planned = plan_find(p, name);
  const program_variable *v = plan_program_variable(p, name);
  buf told;
  buf_init(&told);
  if (v->kind == VARIABLE_SCALE) {
    buf_printf(&told, "[%lld, %lld]", (long long)v->low, (long long)v->high);
  }
  for (uint32_t i = 0; i < planned->values_count; i++) {
    const plan_value_label *value = &planned->values[i];
    if (value->is_text) {
      buf_printf(&told, " %.*s:%s", SLICE_ARG(value->text), value->label.text[0]);
    } else {
      buf_printf(&told, " %lld:%s", (long long)value->number, value->label.text[0]);
    }
  }
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    if (rule->missing) {
      buf_printf(&told, " %.*s=%s", SLICE_ARG(rule->text), missing_name(rule->reason));
    } else {
      buf_printf(&told, " %.*s>%lld", SLICE_ARG(rule->text), (long long)rule->value.mantissa);
    }
  }
  buf_printf(&told, " from:");
  for (int i = 0; i < PLAN_TAKEN; i++) {
    if ((planned->taken >> i & 1) != 0) {
      buf_printf(&told, " %s", plan_taken_name((plan_taken)i));
    }
  }
  buf_put(&told, "", 1);
  if (strcmp((const char *)told.data, expected) != 0) {
    fail_msg("%s: %s\n%s\ninstead of\n%s", name, entry, (const char *)told.data, expected);
  }
  buf_fini(&told);
  plan_destroy(p);
}

static void a_scale_takes_range_labels_and_what_is_missing(void **state) {
  (void)state;
  expect("v", "{type: scale}",
         "[1, 5] 1:Disagree 2:Agree a bit 5:Agree -1=other 8=dont_know 90..=other 98=refused 99=other "
         "from: range values missing");
}

static void what_the_page_declares_goes_before_the_dictionary_setting_by_setting(void **state) {
  (void)state;
  expect("v", "{type: scale, range: [1, 9]}",
         "[1, 9] 1:Disagree 2:Agree a bit 5:Agree 8:Don't know -1=other 90..=other 98=refused 99=other "
         "from: values missing");
  expect("v", "{type: scale, missing: {99: refused}}",
         "[1, 5] 1:Disagree 2:Agree a bit 5:Agree 99=refused from: range values");
  expect("v", "{type: scale, values: {1: no}}",
         "[1, 5] 1:no -1=other 8=dont_know 90..=other 98=refused 99=other from: range missing");
  expect("v", "{type: scale, range: [1, 5], values: {1: no}, missing: [9]}", "[1, 5] 1:no 9=other from:");
}

static void other_types_take_what_goes_with_them(void **state) {
  (void)state;
  expect("r", "{type: nominal}", " n:North s:South and more x=not_asked from: values missing");
  expect("r", "{type: text}", " x=not_asked from: missing");
  expect("v", "{type: number}", " -1=other 90..=other 98=refused 99=other from: missing");
  expect("d", "{type: date}", " from: format");
  expect("d", "{type: date, format: \"%Y\"}", " from:");
  expect("w", "{type: number}", " from:");
}

static void a_multiple_choice_is_a_set_of_its_name(void **state) {
  (void)state;
  expect("media", "{type: multi}", " a:Web b:(null) 2>0 9=not_applicable from: values missing columns texts");
  expect("ranks", "{type: multi}", " n:North s:South and more from: values columns");
  expect("two", "{type: multi}",
         " a:Web b:(null) 1>0 2>1 9=not_applicable from: values missing columns texts");
}

static void expect_mistake(const char *name, const char *entry, const char *part) {
  char page[1024];
  (void)snprintf(page, sizeof page, "variables:\n  %s: %s\nanalyses: [describe: {items: %s}]\n", name, entry,
                 name);
  spec *s = page_parse(page); /* without data nobody knows */
  assert_slice_equal(spec_waits_for(s), slice_of(name));
  manifest *m = with_dictionary();
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_not_equal(spec_plan(s, m, &p, &problems, &err), STATUS_OK);
  assert_contains(err.message, part);
  spec_problems_fini(&problems);
  manifest_destroy(m);
  spec_destroy(s);
}

static void what_no_dictionary_has_is_a_mistake_once_the_data_are_known(void **state) {
  (void)state;
  expect_mistake("w", "{type: scale}", "2:3: scale 'w' has no range; add range: [low, high]");
  expect_mistake("r", "{type: scale}", "scale 'r' has no range");
  expect_mistake("a", "{type: multi}", "multi 'a' needs `columns`");
}

static void a_weight_is_offered_unless_it_is_used(void **state) {
  (void)state;
  plan *p = plan_of("v", "{type: scale}");
  assert_string_equal(p->weight_offered, "w");
  plan_destroy(p);
  p = plan_of("v", "{type: scale}\n  w: {type: weight, kind: sampling}");
  assert_null(p->weight_offered);
  plan_destroy(p);
}

/* Its first file is plain: what the second one's dictionary says of 9 changes nothing, and is told of. */
static void a_dictionary_that_only_a_later_file_has_is_told_of(void **state) {
  (void)state;
  static const struct {
    const char *entry;
    uint32_t differs;
  } entries[] = {{"{type: scale, range: [1, 9]}", 2},
                 {"{type: scale, range: [1, 9], missing: {9: refused}}", 0}};
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    char page[256];
    (void)snprintf(page, sizeof page, "variables:\n  q: %s\nanalyses: [describe: {items: q}]\n",
                   entries[i].entry);
    spec *s = page_parse(page);
    manifest *m = page_columns("q");
    m->columns[0].codes_differ = 2;
    plan *p = NULL;
    spec_problems problems = {0};
    error err;
    assert_int_equal(spec_plan(s, m, &p, &problems, &err), STATUS_OK);
    assert_int_equal(p->variables[0].codes_differ, entries[i].differs);
    plan_destroy(p);
    manifest_destroy(m);
    spec_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scale_takes_range_labels_and_what_is_missing),
      cmocka_unit_test(what_the_page_declares_goes_before_the_dictionary_setting_by_setting),
      cmocka_unit_test(other_types_take_what_goes_with_them),
      cmocka_unit_test(a_multiple_choice_is_a_set_of_its_name),
      cmocka_unit_test(what_no_dictionary_has_is_a_mistake_once_the_data_are_known),
      cmocka_unit_test(a_weight_is_offered_unless_it_is_used),
      cmocka_unit_test(a_dictionary_that_only_a_later_file_has_is_told_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
