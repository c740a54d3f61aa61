#include "tests/stats/plan_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stats/drive.h"
#include "tests/stats/report_reader.h"

enum { BUILT_MAX = 64, LIST_MAX = 64 };

static void fail(const char *what, const char *why) {
  fprintf(stderr, "plan builder: %s: %s\n", what, why);
  abort();
}

static void ok(status st, const char *what, const error *err) {
  if (st != STATUS_OK) {
    fail(what, err->message);
  }
}

plan *build_plan(void) {
  plan *p = plan_new();
  if (p == NULL) {
    fail("plan", "out of memory");
  }
  p->variables = ARENA_ARRAY(p->memory, plan_variable, BUILT_MAX);
  p->constructs = ARENA_ARRAY(p->memory, plan_construct, BUILT_MAX);
  p->analyses = ARENA_ARRAY(p->memory, plan_analysis, BUILT_MAX);
  return p;
}

uint32_t build_find(const plan *p, const char *name) {
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (strcmp(p->variables[i].name, name) == 0) {
      return i;
    }
  }
  fail(name, "no such variable");
  return 0;
}

uint32_t build_variable(plan *p, const char *name, program_variable v) {
  error err;
  plan_variable *built = &p->variables[p->variables_count];
  built->name = arena_copy(p->memory, slice_of(name));
  built->in_codebook = v.kind < VARIABLE_RECODE;
  v.name = built->name;
  v.column = built->in_codebook ? built->name : NULL;
  ok(program_add_variable(p->program, &v, &built->variable, &err), name, &err);
  return p->variables_count++;
}

uint32_t build_scale(plan *p, const char *name, int64_t low, int64_t high) {
  return build_variable(
      p, name, (program_variable){.kind = VARIABLE_SCALE, .has_range = true, .low = low, .high = high});
}

uint32_t build_nominal(plan *p, const char *name) {
  return build_variable(p, name, (program_variable){.kind = VARIABLE_NOMINAL});
}

uint32_t build_number(plan *p, const char *name, uint8_t decimals) {
  return build_variable(p, name, (program_variable){.kind = VARIABLE_NUMBER, .decimals = decimals});
}

uint32_t build_text(plan *p, const char *name) {
  return build_variable(p, name, (program_variable){.kind = VARIABLE_TEXT});
}

uint32_t build_multi(plan *p, const char *name) {
  return build_variable(p, name, (program_variable){.kind = VARIABLE_MULTI_CELL, .delimiter = ";"});
}

uint32_t build_top(plan *p, const char *name, const char *of, int64_t cut) {
  uint32_t input = p->variables[build_find(p, of)].variable;
  return build_variable(
      p, name,
      (program_variable){
          .kind = VARIABLE_TOP, .inputs = &input, .inputs_count = 1, .cut = {.mantissa = cut}});
}

uint32_t build_weight(plan *p, const char *name, weight_kind kind) {
  error err;
  uint32_t index = 0;
  const program_weight w = {.variable = p->variables[build_find(p, name)].variable, .kind = kind};
  ok(program_add_weight(p->program, w, &index, &err), name, &err);
  return index;
}

uint32_t build_equal(plan *p, const char *name, const char *value) {
  error err;
  uint32_t index = 0;
  filter_value wanted = {.is_text = true, .text = slice_of(value)};
  filter_node node = {.kind = FILTER_EQ,
                      .variable = p->variables[build_find(p, name)].variable,
                      .values = &wanted,
                      .values_count = 1};
  ok(program_add_filter(p->program, &(program_filter){.nodes = &node, .nodes_count = 1}, &index, &err), name,
     &err);
  return index;
}

/* The words of TEXT, copied into the plan's arena. */
static uint32_t words(const plan *p, const char *text, const char *out[LIST_MAX]) {
  uint32_t count = 0;
  while (*text) {
    size_t length = strcspn(text, " ");
    out[count++] = arena_copy(p->memory, (slice){text, length});
    text += length + strspn(text + length, " ");
  }
  return count;
}

static uint32_t find_construct(const plan *p, const char *name) {
  uint32_t i = 0;
  while (i < p->constructs_count && strcmp(p->constructs[i].name, name) != 0) {
    i++;
  }
  return i;
}

uint32_t build_construct(plan *p, const char *name, const char *children, const char *weights,
                         uint32_t valid_min) {
  const char *names[LIST_MAX], *numbers[LIST_MAX];
  const uint32_t count = words(p, children, names);
  plan_construct c = {
      .name = arena_copy(p->memory, slice_of(name)), .children_count = count, .valid_min = valid_min};
  c.children = ARENA_ARRAY(p->memory, uint32_t, count);
  c.child_is_construct = ARENA_ARRAY(p->memory, bool, count);
  uint32_t inputs[LIST_MAX];
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t construct = find_construct(p, names[i]);
    c.child_is_construct[i] = construct < p->constructs_count;
    c.children[i] = c.child_is_construct[i] ? construct : build_find(p, names[i]);
    inputs[i] =
        p->variables[c.child_is_construct[i] ? p->constructs[construct].variable : c.children[i]].variable;
  }
  if (weights != NULL) {
    c.weights = ARENA_ARRAY(p->memory, decimal, count);
    (void)words(p, weights, numbers);
    for (uint32_t i = 0; i < count; i++) {
      decimal_parse(slice_of(numbers[i]), '.', &c.weights[i]);
    }
  }
  c.variable = build_variable(p, name,
                              (program_variable){.kind = VARIABLE_MEAN,
                                                 .inputs = inputs,
                                                 .inputs_count = count,
                                                 .decimals = PROGRAM_MEAN_DECIMALS,
                                                 .valid_min = valid_min});
  p->constructs[p->constructs_count] = c;
  return p->constructs_count++;
}

/* ---- Analyses ------------------------------------------------------------------------------------ */

static void parse_integers(const plan *p, const char *value, argument_value *out) {
  const char *list[LIST_MAX];
  const uint32_t count = words(p, value, list);
  out->integers = ARENA_ARRAY(p->memory, int64_t, count);
  out->list_count = count;
  for (uint32_t i = 0; i < count; i++) {
    out->integers[i] = strtoll(list[i], NULL, 10);
  }
}

/* "quality=0.8 price=0.75" */
static void parse_map(const plan *p, const char *value, bool numbers, argument_value *out) {
  const char *list[LIST_MAX];
  const uint32_t count = words(p, value, list);
  out->variables = ARENA_ARRAY(p->memory, uint32_t, count);
  out->numbers = numbers ? ARENA_ARRAY(p->memory, decimal, count) : NULL;
  out->texts = numbers ? NULL : ARENA_ARRAY(p->memory, slice, count);
  out->variables_count = out->list_count = count;
  for (uint32_t i = 0; i < count; i++) {
    const slice item = slice_of(list[i]);
    const char *equal = strchr(list[i], '=');
    const slice name = {item.bytes, equal != NULL ? (size_t)(equal - item.bytes) : item.length};
    out->variables[i] = build_find(p, arena_copy(p->memory, name));
    const slice given = slice_of(equal != NULL ? equal + 1 : "");
    if (numbers) {
      decimal_parse(given, '.', &out->numbers[i]);
    } else {
      out->texts[i] = given;
    }
  }
}

/* Questions without anything else; "a+b" is a grid. */
static void parse_questions(const plan *p, const char *value, argument_value *out) {
  const char *list[LIST_MAX];
  out->list_count = words(p, value, list);
  out->questions = ARENA_ARRAY(p->memory, plan_question, out->list_count);
  for (uint32_t i = 0; i < out->list_count; i++) {
    plan_question *q = &out->questions[i];
    *q = (plan_question){.base = PROGRAM_NONE, .top = PLAN_BOXES_AS_ALL, .bottom = PLAN_BOXES_AS_ALL};
    q->variables = ARENA_ARRAY(p->memory, uint32_t, LIST_MAX);
    for (char *name = strtok((char *)list[i], "+"); name != NULL; name = strtok(NULL, "+")) {
      q->variables[q->variables_count++] = build_find(p, name);
    }
  }
}

static void parse(const plan *p, const analysis_argument *argument, const char *value, argument_value *out) {
  const char *list[LIST_MAX];
  switch (argument->type) {
    case ARGUMENT_VARIABLE:
    case ARGUMENT_VARIABLES:
      out->variables_count = words(p, value, list);
      out->variables = ARENA_ARRAY(p->memory, uint32_t, out->variables_count);
      for (uint32_t i = 0; i < out->variables_count; i++) {
        out->variables[i] = build_find(p, list[i]);
      }
      break;
    case ARGUMENT_CONSTRUCT:
      out->variables_count = 1;
      out->variables = ARENA_NEW(p->memory, uint32_t);
      out->variables[0] = find_construct(p, value);
      break;
    case ARGUMENT_INTEGER:
      out->integer = strtoll(value, NULL, 10);
      break;
    case ARGUMENT_BOOLEAN:
      out->integer = strcmp(value, "true") == 0;
      break;
    case ARGUMENT_CHOICE:
      while (argument->choices[out->integer] != NULL && strcmp(argument->choices[out->integer], value) != 0) {
        out->integer++;
      }
      break;
    case ARGUMENT_INTEGERS:
      parse_integers(p, value, out);
      break;
    case ARGUMENT_TEXT_MAP:
      if (strchr(value, '=') != NULL) {
        parse_map(p, value, false, out);
        break;
      }
      /* fall through */
    case ARGUMENT_TEXTS:
      out->list_count = words(p, value, list);
      out->texts = ARENA_ARRAY(p->memory, slice, out->list_count);
      for (uint32_t i = 0; i < out->list_count; i++) {
        out->texts[i] = slice_of(list[i]);
      }
      break;
    case ARGUMENT_QUESTIONS:
      parse_questions(p, value, out);
      break;
    case ARGUMENT_NUMBER:
      out->number = strtod(value, NULL);
      break;
    case ARGUMENT_NUMBER_MAP:
      parse_map(p, value, true, out);
      break;
    case ARGUMENT_NUMBERS:
      fail(argument->name, "the builder does not know lists of numbers");
  }
}

void build_argument(plan *p, plan_analysis *a, const char *argument, const char *value) {
  const analysis_kind *kind = analysis_find(a->kind);
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    if (strcmp(kind->arguments[i].name, argument) == 0) {
      a->arguments[i] = (argument_value){.given = true};
      parse(p, &kind->arguments[i], value, &a->arguments[i]);
      return;
    }
  }
  fail(argument, "no such argument");
}

plan_analysis *build_analysis(plan *p, const char *kind_name, const char *name, const char *items) {
  const analysis_kind *kind = analysis_find(kind_name);
  plan_analysis *a = &p->analyses[p->analyses_count++];
  *a = (plan_analysis){.kind = kind_name,
                       .name = name,
                       .arguments_count = kind->arguments_count,
                       .filter = PROGRAM_NONE,
                       .weight = PROGRAM_NONE,
                       .confidence = 0.95,
                       .small_base = 30};
  a->arguments = ARENA_ARRAY(p->memory, argument_value, kind->arguments_count);
  a->breakdowns = ARENA_ARRAY(p->memory, plan_breakdown, LIST_MAX);
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    if (kind->arguments[i].fallback != NULL) {
      parse(p, &kind->arguments[i], kind->arguments[i].fallback, &a->arguments[i]);
    }
  }
  if (items != NULL) {
    build_argument(p, a, kind->arguments[0].name, items);
  }
  return a;
}

void build_by(plan *p, plan_analysis *a, const char *variables) {
  const char *list[LIST_MAX];
  plan_breakdown *b = &a->breakdowns[a->breakdowns_count++];
  b->count = words(p, variables, list);
  for (uint32_t i = 0; i < b->count; i++) {
    b->variables[i] = build_find(p, list[i]);
  }
}

void build_survey(plan *p) {
  build_text(p, "id");
  build_nominal(p, "region");
  build_nominal(p, "sex");
  build_scale(p, "q1", 1, 5);
  build_scale(p, "q2", 1, 5);
  build_scale(p, "q3", 1, 7);
  build_scale(p, "q4", 1, 10);
  build_scale(p, "recommend", 0, 10);
  build_scale(p, "effort", 1, 7);
  build_number(p, "age", 0);
  build_number(p, "spend", 2);
  build_multi(p, "channels");
  build_number(p, "w", 4);
  build_number(p, "f", 0);
}

void build_finish(plan *p) {
  error err = {0};
  ok(plan_finish(p, &err), "finishing the plan", &err);
}

json *build_report(plan *p, const fixture *data, uint32_t shard_rows, arena *a) {
  build_finish(p);
  return drive_report(p, data, shard_rows, a);
}

/* ---- Scenes -------------------------------------------------------------------------------------- */

const json *build_survey_report(build_scene *s) {
  const error no_file = {.message = "it cannot be read"};
  s->data = fixture_from_csv(CANVASS_SOURCE_DIR "/tests/stats/golden/weighted_survey.csv");
  ok(s->data != NULL ? STATUS_OK : STATUS_IO, "the survey", &no_file);
  return drive_report(s->plan, s->data, 97, s->memory);
}

int build_scene_setup(void **state) {
  build_scene *s = calloc(1, sizeof *s);
  *state = s;
  if (s == NULL) {
    return -1;
  }
  s->memory = arena_new();
  s->plan = build_plan();
  return 0;
}

int build_scene_teardown(void **state) {
  build_scene *s = *state;
  fixture_destroy(s->data);
  plan_destroy(s->plan);
  arena_destroy(s->memory);
  free(s);
  return 0;
}
