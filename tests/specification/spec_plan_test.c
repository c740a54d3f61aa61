/* What a right page becomes: columns for the reader, variables and filters of the program, constructs and
 * analyses of the plan. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define COLUMNS "Seat Comfort|q1|q2|q3|q10|Satisfaction|Class|ch_web|ch_app|Why|income|age|day|key|w|unused"

static const char page[] =
    "title: {en: Survey, zh-Hans: 调查}\n"
    "data: {encoding: GBK, delimiter: tab, decimal: \",\"}\n"
    "variables:\n"
    "  \"q*\": {type: scale, range: [1, 5], missing: [8, 9]}\n"
    "  \"q1?\": {type: nominal}\n"
    "  seat: {column: Seat Comfort, type: scale, range: [1, 5], missing: {0: not_applicable}, reverse: "
    "true,\n"
    "         label: {en: Seat comfort, zh-Hans: 座椅}, values: {1: Poor, 5: {en: Excellent, zh-Hant: 優}}}\n"
    "  q2: {type: scale, range: [1, 7]}\n"
    "  happy: {column: Satisfaction, type: scale, range: [0, 1], texts: {Satisfied: 1, Not: 0}}\n"
    "  class: {column: Class, type: nominal, values: {Business: , Eco Plus: {en: Plus}, Eco: }, closed: "
    "true,\n"
    "          texts: {B: Business}, label: Cabin}\n"
    "  channel: {type: multi, columns: {web: ch_web, app: ch_app}, values: {app: App}}\n"
    "  why: {type: multi, column: Why, delimiter: \"; \", values: [Price, Service]}\n"
    "  income: {type: number, range: [0.5, 1000], missing: {-1: refused, \"\": not_asked, n/a: other}}\n"
    "  age: {type: number, decimals: 0}\n"
    "  day: {type: date, format: \"%d.%m.%Y\", range: [2025-01-01, 2025-12-31]}\n"
    "  key: {type: id}\n"
    "  w: {type: weight, kind: sampling, decimals: 4}\n"
    "constructs:\n"
    "  all: {items: [service, q3], weights: {q3: 0.5, service: 0.25}}\n"
    "  service: {items: [seat, q1], valid_min: 2, label: Service}\n"
    "derived:\n"
    "  age_band: {bands: age, cuts: [18, 35, 36, 55], values: {\"<18\": {en: minors}}}\n"
    "  rich: {bands: income, cuts: [10.50, 20], names: [low, mid, high]}\n"
    "  score: {bands: all, cuts: [3]}\n"
    "  boxes: {bands: q2, cuts: [2, 4, 5]}\n"
    "  month: {month: day}\n"
    "  weekday: {weekday: day}\n"
    "  top: {top: q2, boxes: 3}\n"
    "  low: {bottom: q2}\n"
    "  cabin: {recode: class, map: {front: Business}, else: keep}\n"
    "  level: {recode: q2, map: {1: \"..3\", 2: [4, \"5..6\"]}, else: 3}\n"
    "  mean: {mean: [q1, \"q3\"], weights: [1.5, 1]}\n"
    "  gap: {difference: [q1, q3]}\n"
    "  web: {chosen: channel, option: web}\n"
    "weight: w\n"
    "confidence: 0.9\n"
    "analyses:\n"
    "  - describe: {items: [seat, \"q*\", all], by: [class, month, \"class * `month`\"]}\n"
    "  - describe: {items: q1, name: describe_2, weight: none, confidence: .99, small_base: 5, seed: 7}\n"
    "  - describe: {items: q1, distribution: false, label: Third}\n";

static const manifest_column *column_of(manifest *m, const char *name) {
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (slice_equal(m->columns[i].name, slice_of(name))) {
      return &m->columns[i];
    }
  }
  return NULL;
}

static void the_reader_gets_each_column_once_with_its_hint(void **state) {
  (void)state;
  static const reading_column expected[] = {
      {"q1", READING_HINT_TEXT_CODES, false},     {"q3", READING_HINT_TEXT_CODES, false},
      {"q10", READING_HINT_TEXT_CODES, false},    {"Seat Comfort", READING_HINT_TEXT_CODES, false},
      {"q2", READING_HINT_TEXT_CODES, false},     {"Satisfaction", READING_HINT_TEXT_CODES, false},
      {"Class", READING_HINT_TEXT_CODES, false},  {"ch_web", READING_HINT_TEXT_CODES, false},
      {"ch_app", READING_HINT_TEXT_CODES, false}, {"Why", READING_HINT_TEXT_CODES, false},
      {"income", READING_HINT_NUMBER, false},     {"age", READING_HINT_NUMBER, false},
      {"day", READING_HINT_TEXT_CODES, false},    {"key", READING_HINT_TEXT, false},
      {"w", READING_HINT_NUMBER, false},
  };
  spec *s = page_parse(page);
  manifest *header = page_columns(COLUMNS);
  reading_options options = {.shard_rows = 77};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_OK);
  assert_string_equal(options.encoding, "gbk");
  assert_int_equal(options.delimiter, '\t');
  assert_int_equal(options.decimal_mark, ',');
  assert_int_equal(options.shard_rows, 77);
  assert_int_equal(options.columns_count, sizeof expected / sizeof expected[0]);
  for (size_t i = 0; i < options.columns_count; i++) {
    assert_string_equal(options.columns[i].name, expected[i].name);
    assert_int_equal(options.columns[i].hint, expected[i].hint);
  }
  assert_int_equal(spec_reading_options(s, NULL, &options, &problems, &err), STATUS_OK);
  assert_string_equal(options.encoding, "gbk");
  assert_null(options.columns);
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void one_column_may_serve_two_variables(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  a: {column: c, type: number}\n  b: {column: c, type: nominal}\n"
      "  e: {column: f, type: number}\n  g: {column: f, type: id}\n"
      "  wide: {type: scale, range: [0, 100]}\n  narrow: {type: scale, range: [1, 100]}\n"
      "analyses: [describe: {items: a}]\n");
  manifest *header = page_columns("c|f|wide|narrow");
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_OK);
  assert_int_equal(options.columns_count, 4);
  assert_int_equal(options.columns[0].hint, READING_HINT_TEXT_CODES);
  assert_int_equal(options.columns[1].hint, READING_HINT_TEXT);
  assert_int_equal(options.columns[2].hint, READING_HINT_NUMBER);
  assert_int_equal(options.columns[3].hint, READING_HINT_TEXT_CODES);
  assert_null(options.encoding);
  assert_int_equal(options.delimiter, 0);
  assert_int_equal(options.decimal_mark, '.');
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void a_pattern_that_loses_every_column_is_told(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  \"q*\": {type: scale, range: [1, 5]}\n  \"*\": {type: nominal}\n"
      "analyses: [describe: {items: \"*\"}]\n");
  manifest *header = page_columns("q1|q2|n");
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_SPECIFICATION);
  assert_string_equal(err.message,
                      "spec.yaml:2:3: every column that matches 'q*' goes to the later pattern '*'; put the "
                      "more general one first");
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void patterns_leave_exact_entries_alone_and_the_later_one_wins(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  assert_string_equal(p->variables[0].name, "q1");
  assert_string_equal(p->variables[1].name, "q3");
  assert_string_equal(p->variables[2].name, "q10");
  assert_int_equal(plan_program_variable(p, "q1")->kind, VARIABLE_SCALE);
  assert_int_equal(plan_program_variable(p, "q10")->kind, VARIABLE_NOMINAL);
  assert_int_equal(plan_program_variable(p, "q2")->high, 7);
  assert_true(plan_find(p, "q3")->in_codebook);
  assert_false(plan_find(p, "month")->in_codebook);
  assert_int_equal(p->variables_count, 14 + 2 + 13);
  plan_destroy(p);
}

static void the_codebook_becomes_program_variables(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  const program_variable *seat = plan_program_variable(p, "seat");
  assert_string_equal(seat->column, "Seat Comfort");
  assert_true(seat->reversed);
  assert_int_equal(seat->rules_count, 1);
  assert_int_equal(seat->rules[0].reason, MISSING_NOT_APPLICABLE);
  const plan_variable *labelled = plan_find(p, "seat");
  assert_string_equal(labelled->label.text[0], "Seat comfort");
  assert_string_equal(labelled->label.text[1], "座椅");
  assert_null(labelled->label.text[2]);
  /* The label of code 1 in the file is that of 5 once the scale is turned round. */
  assert_int_equal(labelled->values_count, 2);
  assert_int_equal(labelled->values[0].number, 1);
  assert_string_equal(labelled->values[0].label.text[0], "Excellent");
  assert_null(labelled->values[0].label.text[1]);
  assert_int_equal(labelled->values[1].number, 5);
  assert_string_equal(labelled->values[1].label.text[2], "Poor");

  const program_variable *happy = plan_program_variable(p, "happy");
  assert_int_equal(happy->rules_count, 2);
  assert_slice_equal(happy->rules[1].text, slice_of("Satisfied"));
  assert_int_equal(happy->rules[1].value.mantissa, 1);

  const program_variable *class = plan_program_variable(p, "class");
  assert_true(class->closed);
  assert_int_equal(class->keys_count, 3);
  assert_slice_equal(class->keys[1], slice_of("Eco Plus"));
  assert_slice_equal(class->rules[0].key, slice_of("Business"));
  assert_string_equal(plan_find(p, "class")->values[1].label.text[0], "Plus");

  const program_variable *channel = plan_program_variable(p, "channel");
  assert_int_equal(channel->kind, VARIABLE_MULTI_FLAGS);
  assert_string_equal(channel->columns[1], "ch_app");
  assert_slice_equal(channel->keys[1], slice_of("app"));
  assert_int_equal(plan_find(p, "channel")->values_count, 2);
  const program_variable *why = plan_program_variable(p, "why");
  assert_int_equal(why->kind, VARIABLE_MULTI_CELL);
  assert_string_equal(why->delimiter, "; ");

  const program_variable *day = plan_program_variable(p, "day");
  assert_string_equal(day->format, "%d.%m.%Y");
  assert_int_equal(day->low, 20089);
  assert_int_equal(day->high, 20453);
  plan_destroy(p);
}

static void undeclared_decimals_come_from_the_data_and_the_range(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  a: {type: number}\n  b: {type: number, range: [0.25, 2]}\n"
      "  c: {type: number, decimals: 2}\n  e: {type: number}\n"
      "  w: {type: weight, kind: sampling}\n  f: {type: weight, kind: frequency}\n"
      "analyses: [describe: {items: a}]\n");
  manifest *dataset = page_columns("a|b|c|e|w|f");
  for (uint32_t i = 0; i < dataset->columns_count; i++) {
    dataset->columns[i].decimals_max = 15;
  }
  ((manifest_column *)column_of(dataset, "a"))->decimals_max = 3;
  ((manifest_column *)column_of(dataset, "b"))->decimals_max = 1;
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
  assert_int_equal(plan_program_variable(p, "a")->decimals, 3);
  assert_int_equal(plan_program_variable(p, "b")->decimals, 2);
  assert_int_equal(plan_program_variable(p, "b")->low, 25);
  assert_int_equal(plan_program_variable(p, "b")->high, 200);
  assert_int_equal(plan_program_variable(p, "c")->decimals, 2);
  assert_int_equal(plan_program_variable(p, "e")->decimals, 9);
  assert_int_equal(plan_program_variable(p, "w")->decimals, 9);
  assert_int_equal(plan_program_variable(p, "f")->decimals, 0);
  plan_destroy(p);
  manifest_destroy(dataset);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void check_values(const plan *p, const char *name, const char *const *expected, uint32_t count) {
  const plan_variable *v = plan_find(p, name);
  assert_int_equal(v->values_count, count);
  for (uint32_t i = 0; i < count; i++) {
    assert_true(v->values[i].is_text);
    if (!slice_equal(v->values[i].text, slice_of(expected[i]))) {
      fail_msg("value %u of %s is '%.*s', not '%s'", i, name, SLICE_ARG(v->values[i].text), expected[i]);
    }
  }
}

static void bands_are_named_by_their_ends(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  static const char *const ages[] = {"<18", "18-<35", "35-<36", "36-<55", ">=55"};
  check_values(p, "age_band", ages, 5); /* a number, whose `decimals: 0` changes no name */
  assert_string_equal(plan_find(p, "age_band")->values[0].label.text[0], "minors");
  static const char *const incomes[] = {"low", "mid", "high"};
  check_values(p, "rich", incomes, 3);
  static const char *const scores[] = {"<3", ">=3"};
  check_values(p, "score", scores, 2);
  static const char *const boxes[] = {"<2", "2-3", "4", ">=5"};
  check_values(p, "boxes", boxes, 4);
  const program_variable *rich = plan_program_variable(p, "rich");
  assert_true(rich->keys_are_texts);
  assert_false(rich->ranges[0].has_low);
  assert_true(rich->ranges[0].high_open);
  assert_int_equal(rich->ranges[1].low.mantissa, 105);
  assert_int_equal(rich->ranges[1].low.scale, 1);
  assert_false(rich->ranges[2].has_high);
  plan_destroy(p);
}

static void recodes_keep_place_or_replace(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  static const char *const cabins[] = {"front", "Eco Plus", "Eco"};
  check_values(p, "cabin", cabins, 3);
  const program_variable *cabin = plan_program_variable(p, "cabin");
  assert_int_equal(cabin->ranges_count, 3);
  assert_slice_equal(cabin->ranges[0].text, slice_of("Business"));
  assert_false(cabin->has_else);
  const program_variable *level = plan_program_variable(p, "level");
  assert_false(level->keys_are_texts);
  assert_int_equal(level->ranges_count, 3);
  assert_false(level->ranges[0].has_low);
  assert_int_equal(level->ranges[0].high.mantissa, 3);
  assert_int_equal(level->ranges[2].low.mantissa, 5);
  assert_int_equal(level->ranges[2].code, 2);
  assert_true(level->has_else);
  assert_int_equal(level->else_code, 3);
  plan_destroy(p);
}

static void boxes_count_from_the_ends_of_the_scale(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  const program_variable *top = plan_program_variable(p, "top");
  assert_int_equal(top->cut.mantissa, 5);
  assert_false(top->below);
  const program_variable *low = plan_program_variable(p, "low");
  assert_int_equal(low->cut.mantissa, 2);
  assert_true(low->below);
  assert_int_equal(plan_program_variable(p, "month")->period, PERIOD_MONTH);
  assert_string_equal(plan_find(p, "weekday")->values[6].label.text[1], "星期日");
  assert_slice_equal(plan_program_variable(p, "web")->key, slice_of("web"));
  plan_destroy(p);
}

static void weights_of_means_become_whole_numbers(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  const program_variable *mean = plan_program_variable(p, "mean");
  assert_int_equal(mean->inputs_count, 2);
  assert_int_equal(mean->weights[0], 3);
  assert_int_equal(mean->weights[1], 2);
  assert_int_equal(mean->valid_min, 1);
  assert_int_equal(plan_program_variable(p, "gap")->inputs_count, 2);
  plan_destroy(p);
}

static void constructs_stand_behind_their_parts(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  assert_int_equal(p->constructs_count, 2);
  const plan_construct *service = &p->constructs[0];
  const plan_construct *all = &p->constructs[1];
  assert_string_equal(service->name, "service");
  assert_string_equal(service->label.text[0], "Service");
  assert_int_equal(service->valid_min, 2);
  assert_null(service->weights);
  assert_false(service->child_is_construct[0]);
  assert_string_equal(p->variables[service->children[0]].name, "seat");
  assert_string_equal(all->name, "all");
  assert_true(all->child_is_construct[0]);
  assert_int_equal(all->children[0], 0);
  assert_string_equal(p->variables[all->children[1]].name, "q3");
  assert_int_equal(all->weights[0].mantissa, 25);
  assert_int_equal(all->weights[1].mantissa, 5);
  const program_variable *mean = plan_program_variable(p, "all");
  assert_int_equal(mean->kind, VARIABLE_MEAN);
  assert_int_equal(mean->weights[0], 1);
  assert_int_equal(mean->weights[1], 2);
  assert_int_equal(mean->inputs[0], plan_find(p, "service")->variable);
  plan_destroy(p);
}

static void analyses_get_names_defaults_and_breakdowns(void **state) {
  (void)state;
  plan *p = page_plan(page, COLUMNS);
  assert_int_equal(p->analyses_count, 3);
  const plan_analysis *first = &p->analyses[0];
  assert_string_equal(first->name, "describe");
  assert_string_equal(p->analyses[1].name, "describe_2");
  assert_string_equal(p->analyses[2].name, "describe_3");
  /* seat, then q1 q3 q10 and the exact q2 by the pattern, then the construct */
  assert_int_equal(first->arguments[0].variables_count, 6);
  assert_string_equal(p->variables[first->arguments[0].variables[3]].name, "q10");
  assert_string_equal(p->variables[first->arguments[0].variables[4]].name, "q2");
  assert_true(first->arguments[0].given);
  assert_false(first->arguments[1].given);
  assert_int_equal(first->arguments[1].integer, 1);
  assert_int_equal(p->analyses[2].arguments[1].integer, 0);
  assert_int_equal(first->breakdowns_count, 3);
  assert_int_equal(first->breakdowns[2].count, 2);
  assert_string_equal(p->variables[first->breakdowns[2].variables[1]].name, "month");
  assert_int_equal(first->weight, 0);
  assert_int_equal(p->program->weights[0].kind, WEIGHT_SAMPLING);
  assert_true(first->confidence == 0.9);
  assert_int_equal(first->small_base, 30);
  assert_int_equal(first->seed, 1);
  assert_int_equal(first->filter, PROGRAM_NONE);
  const plan_analysis *second = &p->analyses[1];
  assert_int_equal(second->weight, PROGRAM_NONE);
  assert_true(second->confidence == 0.99);
  assert_int_equal(second->small_base, 5);
  assert_int_equal(second->seed, 7);
  assert_string_equal(p->analyses[2].label.text[1], "Third");
  assert_string_equal(p->title.text[1], "调查");
  plan_destroy(p);
}

static const program_filter *filter_of(plan **p, const char *where) {
  char text[2000];
  (void)snprintf(text, sizeof text, ANALYSES("  - describe:\n      items: s\n      where: %s\n"), where);
  *p = page_plan(text, "s|t|n|a|b|x|d|w|i");
  assert_int_equal((*p)->analyses[0].filter, 0);
  assert_string_equal((*p)->analyses[0].filter_text, where);
  return &(*p)->program->filters[0];
}

static void where_becomes_a_tree_in_prefix_order(void **state) {
  (void)state;
  plan *p;
  const program_filter *f =
      filter_of(&p, "s >= 3 and not (n == 'alpha' or x < -1.50 or missing(t)) and has(m, 'web')");
  static const filter_kind kinds[] = {FILTER_AND, FILTER_GE, FILTER_NOT,     FILTER_OR,
                                      FILTER_EQ,  FILTER_LT, FILTER_MISSING, FILTER_HAS};
  assert_int_equal(f->nodes_count, sizeof kinds / sizeof kinds[0]);
  for (size_t i = 0; i < f->nodes_count; i++) {
    assert_int_equal(f->nodes[i].kind, kinds[i]);
  }
  assert_int_equal(f->nodes[0].children, 3);
  assert_int_equal(f->nodes[2].children, 1);
  assert_int_equal(f->nodes[3].children, 3);
  assert_int_equal(f->nodes[1].variable, plan_find(p, "s")->variable);
  assert_slice_equal(f->nodes[4].values[0].text, slice_of("alpha"));
  assert_int_equal(f->nodes[5].values[0].number.mantissa, -15);
  assert_int_equal(f->nodes[5].values[0].number.scale, 1);
  assert_slice_equal(f->nodes[7].values[0].text, slice_of("web"));
  plan_destroy(p);
}

static void values_in_where_take_the_form_of_their_variable(void **state) {
  (void)state;
  plan *p;
  const program_filter *f = filter_of(
      &p, "s == 'Good' or s == '2' or d > '2025-01-01' or i == 17 or `n` not in ('alpha', \"beta\")");
  assert_int_equal(f->nodes[1].values[0].number.mantissa, 5);
  assert_int_equal(f->nodes[2].values[0].number.mantissa, 2);
  assert_int_equal(f->nodes[3].values[0].number.mantissa, 20089);
  assert_true(f->nodes[4].values[0].is_text);
  assert_int_equal(f->nodes[5].kind, FILTER_NOT);
  assert_int_equal(f->nodes[6].kind, FILTER_IN);
  assert_int_equal(f->nodes[6].values_count, 2);
  plan_destroy(p);
}

static void and_binds_more_than_or(void **state) {
  (void)state;
  plan *p;
  const program_filter *f = filter_of(&p, "s == 1 or s == 2 and t == 3");
  assert_int_equal(f->nodes[0].kind, FILTER_OR);
  assert_int_equal(f->nodes[1].kind, FILTER_EQ);
  assert_int_equal(f->nodes[2].kind, FILTER_AND);
  plan_destroy(p);
}

static void facts_of_the_files_are_copied(void **state) {
  (void)state;
  spec *s = page_parse(PAGE(""));
  manifest *dataset = page_columns("s|t|n|a|b|x|d|w|i");
  file_facts file = {.name = slice_of("wave1.csv"), .bytes = 10, .records = 5, .quarantined = 1};
  file.places[file.places_count++] = (file_place){4, slice_of("3 cells instead of 9")};
  dataset->files = &file;
  dataset->files_count = 1;
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
  assert_int_equal(p->files_count, 1);
  assert_slice_equal(p->files[0].name, slice_of("wave1.csv"));
  assert_int_equal(p->files[0].quarantined, 1);
  assert_int_equal(p->files[0].places[0].line, 4);
  assert_slice_equal(p->files[0].places[0].problem, slice_of("3 cells instead of 9"));
  plan_destroy(p);
  manifest_destroy(dataset);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_reader_gets_each_column_once_with_its_hint),
      cmocka_unit_test(one_column_may_serve_two_variables),
      cmocka_unit_test(a_pattern_that_loses_every_column_is_told),
      cmocka_unit_test(patterns_leave_exact_entries_alone_and_the_later_one_wins),
      cmocka_unit_test(the_codebook_becomes_program_variables),
      cmocka_unit_test(undeclared_decimals_come_from_the_data_and_the_range),
      cmocka_unit_test(bands_are_named_by_their_ends),
      cmocka_unit_test(recodes_keep_place_or_replace),
      cmocka_unit_test(boxes_count_from_the_ends_of_the_scale),
      cmocka_unit_test(weights_of_means_become_whole_numbers),
      cmocka_unit_test(constructs_stand_behind_their_parts),
      cmocka_unit_test(analyses_get_names_defaults_and_breakdowns),
      cmocka_unit_test(where_becomes_a_tree_in_prefix_order),
      cmocka_unit_test(values_in_where_take_the_form_of_their_variable),
      cmocka_unit_test(and_binds_more_than_or),
      cmocka_unit_test(facts_of_the_files_are_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
