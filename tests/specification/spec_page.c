#include "tests/specification/spec_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

static const char *told_of(const spec_problems *problems) {
  return problems->text.length > 0 ? (const char *)problems->text.data : "";
}

/* "10:3: ..\n11:1: .." with the file's name in front of each line. */
static void expected_of(const char *told, buf *out) {
  for (const char *line = told; *line != '\0';) {
    size_t length = strcspn(line, "\n");
    buf_printf(out, "spec.yaml:%.*s\n", (int)length, line);
    line += length + (line[length] == '\n');
  }
  buf_put_u8(out, 0);
}

static void check_mistake(const mistake_case *one) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  buf expected;
  buf_init(&expected);
  expected_of(one->told, &expected);
  status st = spec_parse("spec.yaml", one->page, strlen(one->page), &s, &problems, &err);
  buf_put_u8(&problems.text, 0);
  if (st != STATUS_SPECIFICATION || strcmp(told_of(&problems), (const char *)expected.data) != 0) {
    fail_msg("the page\n%s\nwas told (%s)\n%s\ninstead of\n%s", one->page, status_name(st),
             told_of(&problems), (const char *)expected.data);
  }
  assert_null(s);
  assert_int_equal(strncmp(err.message, told_of(&problems), strlen(err.message)), 0);
  buf_fini(&expected);
  spec_problems_fini(&problems);
}

void check_mistakes(const mistake_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    check_mistake(&cases[i]);
  }
}

spec *page_parse(const char *page) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  if (spec_parse("spec.yaml", page, strlen(page), &s, &problems, &err) != STATUS_OK) {
    buf_put_u8(&problems.text, 0);
    fail_msg("%s: %s", err.message, told_of(&problems));
  }
  assert_int_equal(problems.count, 0);
  spec_problems_fini(&problems);
  return s;
}

manifest *page_columns(const char *names) {
  manifest *m = manifest_new();
  assert_non_null(m);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, strlen(names) + 1);
  assert_non_null(m->columns);
  for (const char *at = names; *at != '\0';) {
    size_t length = strcspn(at, "|");
    m->columns[m->columns_count++].name = arena_slice(m->memory, (slice){at, length});
    at += length + (at[length] == '|');
  }
  return m;
}

plan *page_plan(const char *page, const char *columns) {
  spec *s = page_parse(page);
  manifest *dataset = page_columns(columns);
  plan *p = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  if (spec_plan(s, dataset, &p, &problems, &err) != STATUS_OK) {
    buf_put_u8(&problems.text, 0);
    fail_msg("%s: %s", err.message, told_of(&problems));
  }
  spec_problems_fini(&problems);
  manifest_destroy(dataset);
  spec_destroy(s);
  return p;
}

const plan_variable *plan_find(const plan *p, const char *name) {
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (strcmp(p->variables[i].name, name) == 0) {
      return &p->variables[i];
    }
  }
  fail_msg("no variable '%s' in the plan", name);
  return NULL;
}

const program_variable *plan_program_variable(const plan *p, const char *name) {
  return &p->program->variables[plan_find(p, name)->variable];
}
