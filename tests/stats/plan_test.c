/* The plan's bytes: what is written comes back, and everything else is refused.
 *
 * The sample plan asks for every registered analysis, with every argument of its table given.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "stats/analyses/analysis.h"
#include "stats/plan/plan.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/sample_program.h"

static plan_label label(const char *en, const char *zh) {
  return (plan_label){.text = {en, NULL, zh}};
}

static void add_variables(plan *p) {
  uint32_t count = p->program->variables_count;
  p->variables = ARENA_ARRAY(p->memory, plan_variable, count);
  for (uint32_t i = 0; i < count; i++) {
    p->variables[i] = (plan_variable){.name = p->program->variables[i].name,
                                      .variable = i,
                                      .label = label("A question", "\xE9\xA2\x98\xE7\x9B\xAE"),
                                      .in_codebook = i % 2 == 0,
                                      .decimals_declared = (uint8_t)i,
                                      .largest = decimal_magnitude_of(15 * i, i)};
  }
  p->variables_count = count;
  p->variables[0].values = ARENA_ARRAY(p->memory, plan_value_label, 2);
  p->variables[0].values[0] = (plan_value_label){.number = -1, .label = label("low", NULL)};
  p->variables[0].values[1] = (plan_value_label){.is_text = true, .text = slice_of("x")};
  p->variables[0].values_count = 2;
}

static void add_constructs(plan *p) {
  p->constructs = ARENA_ARRAY(p->memory, plan_construct, 2);
  for (uint32_t i = 0; i < 2; i++) {
    plan_construct *c = &p->constructs[i];
    *c =
        (plan_construct){.name = i ? "total" : "service", .variable = 1, .children_count = 1, .valid_min = 1};
    c->children = ARENA_ARRAY(p->memory, uint32_t, 1);
    c->child_is_construct = ARENA_ARRAY(p->memory, bool, 1);
    c->child_is_construct[0] = i == 1;
  }
  p->constructs[1].weights = ARENA_ARRAY(p->memory, decimal, 1);
  p->constructs[1].weights[0] = (decimal){15, 1};
  p->constructs_count = 2;
}

static unsigned form_bit(const program_variable *v) {
  switch (program_variable_form(v)) {
    case FORM_NUMBER:
      return ACCEPT_NUMBER;
    case FORM_SET:
      return ACCEPT_SET;
    case FORM_TEXT:
      return ACCEPT_TEXT;
    default:
      return program_variable_is_numeric_coded(v) ? ACCEPT_NUMERIC_CODED : ACCEPT_TEXT_CODED;
  }
}

static uint32_t suitable(const plan *p, unsigned accepts) {
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (accepts == 0 || (form_bit(&p->program->variables[i]) & accepts)) {
      return i;
    }
  }
  fail_msg("no variable in the sample is accepted");
  return 0;
}

/* A question of one variable, and one that says all there is to say. */
static plan_question *some_questions(plan *p, const analysis_argument *table) {
  plan_question *two = ARENA_ARRAY(p->memory, plan_question, 2);
  for (uint32_t i = 0; i < 2; i++) {
    two[i].variables = ARENA_ARRAY(p->memory, uint32_t, 2);
    two[i].variables[0] = suitable(p, table->accepts & ACCEPT_NUMERIC_CODED);
    two[i].variables[1] = two[i].variables[0];
    two[i].variables_count = 1 + i;
    two[i].base = i == 0 ? PROGRAM_NONE : 0;
    two[i].top = i == 0 ? PLAN_BOXES_AS_ALL : 3;
    two[i].bottom = i == 0 ? 0 : PLAN_BOXES_AS_ALL;
  }
  two[1].label = label("both", NULL);
  two[1].base_text = "satisfaction >= 4";
  two[1].nps = true;
  two[1].nets = ARENA_ARRAY(p->memory, plan_net, 1);
  two[1].nets[0] = (plan_net){.name = "Good", .codes = ARENA_ARRAY(p->memory, int64_t, 2), .count = 2};
  two[1].nets[0].codes[1] = -7;
  two[1].nets_count = 1;
  return two;
}

static argument_value argument_for(plan *p, const analysis_argument *table) {
  argument_value a = {.given = true};
  switch (table->type) {
    case ARGUMENT_VARIABLE:
    case ARGUMENT_VARIABLES:
    case ARGUMENT_CONSTRUCT:
      a.variables = ARENA_ARRAY(p->memory, uint32_t, 1);
      a.variables[0] = table->type == ARGUMENT_CONSTRUCT ? 1 : suitable(p, table->accepts);
      a.variables_count = 1;
      break;
    case ARGUMENT_INTEGER:
      a.integer = table->low;
      break;
    case ARGUMENT_NUMBER:
      a.number = 0.25;
      break;
    case ARGUMENT_BOOLEAN:
      a.integer = 1;
      break;
    case ARGUMENT_CHOICE:
      a.integer = 0;
      break;
    case ARGUMENT_INTEGERS:
      a.integers = ARENA_ARRAY(p->memory, int64_t, 2);
      a.integers[0] = a.integers[1] = table->low < table->high ? table->low : 4;
      a.list_count = 2;
      break;
    case ARGUMENT_NUMBERS:
      a.numbers = ARENA_ARRAY(p->memory, decimal, 4);
      a.numbers[3] = (decimal){-25, 2};
      a.list_count = 4;
      a.rows_count = 2;
      break;
    case ARGUMENT_QUESTIONS:
      a.questions = some_questions(p, table);
      a.list_count = 2;
      break;
    case ARGUMENT_TEXTS:
    case ARGUMENT_TEXT_MAP:
      a.texts = ARENA_ARRAY(p->memory, slice, 2);
      a.texts[0] = slice_of("yes");
      a.texts[1] = slice_of("");
      a.list_count = 2;
      break;
    case ARGUMENT_NUMBER_MAP:
      a.variables = ARENA_ARRAY(p->memory, uint32_t, 1);
      a.variables[0] = suitable(p, table->accepts);
      a.numbers = ARENA_ARRAY(p->memory, decimal, 1);
      a.numbers[0] = (decimal){85, 2};
      a.variables_count = a.list_count = 1;
      break;
  }
  return a;
}

static void add_analyses(plan *p) {
  p->analyses = ARENA_ARRAY(p->memory, plan_analysis, analysis_count());
  p->analyses_count = (uint32_t)analysis_count();
  for (uint32_t i = 0; i < p->analyses_count; i++) {
    const analysis_kind *kind = analysis_at(i);
    plan_analysis *a = &p->analyses[i];
    *a = (plan_analysis){.kind = kind->name,
                         .name = kind->name,
                         .arguments_count = kind->arguments_count,
                         .filter = i % 2 ? PROGRAM_NONE : 0,
                         .filter_text = i % 2 ? NULL : "satisfaction >= 4",
                         .weight = i % 3 ? PROGRAM_NONE : 0,
                         .confidence = 0.95,
                         .small_base = 30,
                         .seed = UINT64_MAX - i};
    a->arguments = ARENA_ARRAY(p->memory, argument_value, kind->arguments_count);
    for (uint32_t k = 0; k < kind->arguments_count; k++) {
      a->arguments[k] = argument_for(p, &kind->arguments[k]);
    }
    a->breakdowns = ARENA_ARRAY(p->memory, plan_breakdown, 2);
    a->breakdowns[0] = (plan_breakdown){.variables = {2}, .count = 1};
    a->breakdowns[1] = (plan_breakdown){.variables = {0, 2}, .count = 2};
    a->breakdowns_count = 2;
  }
}

static void add_files(plan *p) {
  p->files = ARENA_ARRAY(p->memory, file_facts, 1);
  p->files[0] = (file_facts){
      .name = slice_of("survey.csv"), .bytes = 1000, .records = 10, .quarantined = 1, .places_count = 1};
  p->files[0].sha256.bytes[31] = 7;
  p->files[0].places[0] = (file_place){.line = 4, .problem = slice_of("3 cells instead of 9")};
  p->files_count = 1;
}

static plan *sample_plan(void) {
  plan *p = plan_new();
  assert_non_null(p);
  program_destroy(p->program);
  p->program = sample_program_new(SAMPLE_PLAIN).program;
  p->title = label("A survey", NULL);
  p->specification.bytes[0] = 1;
  add_variables(p);
  add_constructs(p);
  add_analyses(p);
  add_files(p);
  return p;
}

static void encoded(const plan *p, buf *out) {
  buf_init(out);
  plan_encode(p, out);
  assert_false(out->failed);
}

static void decoded_plan_has_the_same_bytes(void **state) {
  (void)state;
  plan *p = sample_plan();
  plan *again = NULL;
  buf first;
  buf second;
  error err = {0};
  encoded(p, &first);
  if (plan_decode(first.data, first.length, &again, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  encoded(again, &second);
  assert_int_equal(first.length, second.length);
  assert_memory_equal(first.data, second.data, first.length);
  assert_string_equal(again->title.text[0], "A survey");
  assert_null(again->title.text[1]);
  assert_int_equal(again->analyses_count, analysis_count());
  assert_int_equal(again->analyses[0].seed, UINT64_MAX);
  assert_slice_equal(again->files[0].places[0].problem, slice_of("3 cells instead of 9"));
  assert_int_equal(again->constructs[1].weights[0].mantissa, 15);
  buf_fini(&first);
  buf_fini(&second);
  plan_destroy(p);
  plan_destroy(again);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  plan *p = sample_plan();
  buf bytes;
  encoded(p, &bytes);
  for (size_t length = 0; length < bytes.length; length++) {
    plan *again = NULL;
    error err = {0};
    uint8_t *cut = malloc(length + 1);
    assert_non_null(cut);
    memcpy(cut, bytes.data, length);
    assert_int_equal(plan_decode(cut, length, &again, &err), STATUS_CORRUPT);
    free(cut);
  }
  buf_fini(&bytes);
  plan_destroy(p);
}

static void altered_bytes_are_refused_or_canonical(void **state) {
  (void)state;
  plan *p = sample_plan();
  buf bytes;
  encoded(p, &bytes);
  seeded r = {20260102};
  for (int round = 0; round < 10000; round++) {
    uint8_t *altered = malloc(bytes.length);
    plan *again = NULL;
    error err = {0};
    assert_non_null(altered);
    memcpy(altered, bytes.data, bytes.length);
    altered[seeded_next(&r) % bytes.length] ^= (uint8_t)(1U << seeded_next(&r) % 8);
    if (plan_decode(altered, bytes.length, &again, &err) == STATUS_OK) {
      buf second;
      encoded(again, &second);
      assert_int_equal(second.length, bytes.length);
      assert_memory_equal(second.data, altered, bytes.length);
      buf_fini(&second);
      plan_destroy(again);
    }
    free(altered);
  }
  buf_fini(&bytes);
  plan_destroy(p);
}

static void refused(plan *p, const char *word) {
  plan *again = NULL;
  buf bytes;
  error err = {0};
  encoded(p, &bytes);
  assert_int_equal(plan_decode(bytes.data, bytes.length, &again, &err), STATUS_CORRUPT);
  if (strstr(err.message, word) == NULL) {
    fail_msg("'%s' has no '%s'", err.message, word);
  }
  buf_fini(&bytes);
  plan_destroy(p);
}

static void plans_that_refer_to_nothing_are_refused(void **state) {
  (void)state;
  plan *p = sample_plan();
  p->variables[1].variable = p->program->variables_count;
  refused(p, "does not exist");
  p = sample_plan();
  p->constructs[1].children[0] = 1; /* itself */
  refused(p, "does not exist");
  p = sample_plan();
  p->analyses[0].filter = 5;
  refused(p, "does not exist");
  p = sample_plan();
  p->analyses[0].kind = "astrology";
  refused(p, "does not have");
  p = sample_plan();
  p->analyses[0].confidence = 1;
  refused(p, "between 0 and 1");
  p = sample_plan();
  p->analyses[0].breakdowns[0].variables[0] = 1000;
  refused(p, "does not exist");
}

static void arguments_that_do_not_fit_their_analysis_are_refused(void **state) {
  (void)state;
  for (uint32_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    for (uint32_t k = 0; k < kind->arguments_count; k++) {
      const analysis_argument *table = &kind->arguments[k];
      plan *p = sample_plan();
      argument_value *a = &p->analyses[i].arguments[k];
      if (table->type == ARGUMENT_CHOICE) {
        a->integer = 100;
        refused(p, "value");
      } else if (table->type == ARGUMENT_INTEGER && table->low < table->high) {
        a->integer = table->high + 1;
        refused(p, "value");
      } else if (table->type == ARGUMENT_BOOLEAN) {
        a->integer = 2;
        refused(p, "value");
      } else if (table->type == ARGUMENT_VARIABLE && table->accepts && !(table->accepts & ACCEPT_TEXT)) {
        a->variables[0] = suitable(p, ACCEPT_TEXT);
        refused(p, "form");
      } else if (table->required) {
        *a = (argument_value){0};
        refused(p, "value");
      } else {
        plan_destroy(p);
      }
    }
  }
}

/* Each takes one thing of the second question, which has all, out of its bounds. */
static void questions_that_do_not_hold_together_are_refused(void **state) {
  (void)state;
  for (int k = 0; k < 6; k++) {
    plan *p = sample_plan();
    plan_question *q = NULL;
    for (uint32_t i = 0; i < p->analyses_count; i++) {
      const plan_analysis *a = &p->analyses[i];
      for (uint32_t j = 0; j < a->arguments_count; j++) {
        q = a->arguments[j].questions != NULL ? &a->arguments[j].questions[1] : q;
      }
    }
    assert_non_null(q);
    q->variables[0] = k == 0 ? 1000 : k == 1 ? suitable(p, ACCEPT_TEXT) : q->variables[0];
    q->base = k == 2 ? 1000 : q->base;
    q->top = k == 3 ? PLAN_BOXES_MAX + 1 : q->top;
    q->variables_count = k == 4 ? 0 : q->variables_count;
    q->variables[0] = k == 5 ? suitable(p, ACCEPT_SET) : q->variables[0]; /* whose nets are of texts */
    refused(p, k == 0 || k == 2 ? "does not exist" : k == 1 || k == 5 ? "form" : "too many boxes");
  }
}

/* A plan that plan_finish has never seen: its program holds no accumulator. */
static void steps_refuse_plans_that_lack_what_is_asked_for(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    plan *p = sample_plan();
    p->analyses = &p->analyses[i];
    p->analyses_count = 1;
    p->program->accumulators_count = 0;
    buf bytes, nothing;
    encoded(p, &bytes);
    buf_init(&nothing);
    partial *empty = NULL;
    error err;
    assert_int_equal(partial_empty(p->program, &empty, &err), STATUS_OK);
    partial_encode(empty, &nothing);
    stats_outcome outcome;
    assert_int_not_equal(
        stats_step(bytes.data, bytes.length, NULL, 0, nothing.data, nothing.length, &outcome, &err),
        STATUS_OK);
    partial_destroy(empty);
    buf_fini(&nothing);
    buf_fini(&bytes);
    plan_destroy(p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decoded_plan_has_the_same_bytes),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(altered_bytes_are_refused_or_canonical),
      cmocka_unit_test(plans_that_refer_to_nothing_are_refused),
      cmocka_unit_test(arguments_that_do_not_fit_their_analysis_are_refused),
      cmocka_unit_test(questions_that_do_not_hold_together_are_refused),
      cmocka_unit_test(steps_refuse_plans_that_lack_what_is_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
