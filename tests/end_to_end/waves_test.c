/* Waves whose files have other columns: questions that came later, options that nobody chose.  The figures
 * are those of expected.txt, or follow from the few rows by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define FOLDER CANVASS_SOURCE_DIR "/../shared/data/exports"

/* Whether there is a line that ends with FIGURE after the number of a row. */
static bool has_figure(const char *out, const char *figure) {
  char ending[128];
  (void)snprintf(ending, sizeof ending, ",%s\n", figure);
  return strstr(out, ending) != NULL;
}

static const char waves[] =
    "variables:\n"
    "  sat: {type: scale, range: [1, 5]}\n"
    "  rec: {type: scale, range: [0, 10], optional: true}\n"
    "  used: {type: multi, columns: {web: used_web, app: used_app}, optional: true}\n"
    "  date: {type: date}\n"
    "derived: {month: {month: date}}\n"
    "analyses: [describe: {items: [sat, used], by: month, name: d},\n"
    "           nps: {items: rec, by: month, name: n}]\n";

/* The figures of expected.txt, and the bases that follow from them. */
static const char *const wave_figures[] = {
    "sat,,,,,,n,4",
    "sat,,,,,,mean,4.25",
    "rec,,month=2025-01,,,,n,0",
    "rec,,month=2025-02,,,,n,2",
    "rec,,month=2025-02,,,,nps,100",
    "used,,month=2025-01,,web,,n,1",
    "used,,month=2025-01,,app,,n,1",
    "used,,month=2025-02,,web,,n,2",
    "used,,month=2025-02,,app,,n,0",
    "used,,month=2025-02,,app,,asked,2",
};

static void expect_waves(const scene *s, const char *first, const char *second, const char *store) {
  process_result r;
  CANVASS(&r, "run", "--quiet", "--strict", "--lang", "en", "--store", store, "--format", "csv", s->spec,
          first, second);
  process_check_success(&r);
  for (size_t i = 0; i < sizeof wave_figures / sizeof wave_figures[0]; i++) {
    if (!has_figure(r.out, wave_figures[i])) {
      fail_msg("%s, %s: no figure %s in\n%s", first, second, wave_figures[i], r.out);
    }
  }
  process_result_fini(&r);
  CANVASS(&r, "check", "--quiet", "--lang", "en", s->spec, first, second);
  process_check_success(&r);
  assert_contains(r.out, "Not in jan.csv, and so not asked there: rec\n");
  assert_contains(r.out, "Columns of options that are not in feb.csv, not chosen there");
  process_result_fini(&r);
}

/* Whichever file comes first, and whether or not a store has them. */
static void a_question_that_a_wave_lacks_was_not_asked_there(void **state) {
  scene *s = *state;
  static const char jan[] = FOLDER "/waves-with-other-columns/jan.csv";
  static const char feb[] = FOLDER "/waves-with-other-columns/feb.csv";
  static const char mar[] = FOLDER "/waves-with-other-columns/mar.csv";
  char store[SCENE_PATH_BYTES + 8];
  (void)snprintf(store, sizeof store, "%s/store", s->directory);
  process_skip_without(jan);
  scene_write(s, waves, "");
  expect_waves(s, jan, feb, store);
  expect_waves(s, feb, jan, store);
  process_result r;
  CANVASS(&r, "run", "--quiet", s->spec, jan, feb, mar);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "mar.csv: these columns are not in the header: \"sat\" (did you mean \"Sat\"?)");
  process_result_fini(&r);
}

/* Objects without the key: an optional question was not asked there, another one is blank. */
static void optional_keys_of_objects_are_not_asked_where_a_file_lacks_them(void **state) {
  scene *s = *state;
  static const char *const pages[] = {
      "variables: {id: {type: id}, q: {type: nominal}}\nanalyses: [describe: {items: q}]\n",
      "variables: {id: {type: id}, q: {type: nominal, optional: true}}\nanalyses: [describe: {items: q}]\n"};
  static const char *const missing[] = {"\"missing\":{\"blank\":1}", "\"missing\":{\"not_asked\":1}"};
  static const char first[] = "{\"id\":1,\"q\":\"x\"}\n";
  static const char second[] = "{\"id\":2}\n";
  char path[SCENE_PATH_BYTES + 8];
  char other[SCENE_PATH_BYTES + 8];
  char store[SCENE_PATH_BYTES + 8];
  (void)snprintf(store, sizeof store, "%s/store", s->directory);
  process_write_file(s->directory, "1.ndjson", first, strlen(first), path, sizeof path);
  process_write_file(s->directory, "2.ndjson", second, strlen(second), other, sizeof other);
  for (int i = 0; i < 6; i++) { /* what the store keeps of one page is not taken for the other */
    process_result r;
    scene_write(s, pages[i % 2], "");
    if (i < 2) {
      CANVASS(&r, "run", "--quiet", "--format", "json", s->spec, path, other);
    } else {
      CANVASS(&r, "run", "--quiet", "--format", "json", "--store", store, s->spec, path, other);
    }
    process_check_success(&r);
    assert_contains(r.out, missing[i % 2]);
    process_result_fini(&r);
  }
}

static void run_page(scene *s, const char *page, const char *const *data, process_result *r) {
  char first[SCENE_PATH_BYTES + 8];
  char second[SCENE_PATH_BYTES + 8];
  scene_write(s, page, "");
  process_write_file(s->directory, "1.csv", data[0], strlen(data[0]), first, sizeof first);
  process_write_file(s->directory, "2.csv", data[1], strlen(data[1]), second, sizeof second);
  CANVASS(r, "run", "--quiet", "--format", "json", s->spec, first, second);
}

/* What is optional or not, in which file the column is, and what stands there. */
static void optional_columns_follow_the_rules_for_blank_cells_of_sets(void **state) {
  scene *s = *state;
  static const struct optional_case {
    const char *variable;
    const char *data[2];
    const char *missing; /* of the variable, as the document writes it */
  } of_variables[] = {
      {"{type: scale, range: [1, 5], optional: true}", {"id,q\n1,4\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: nominal, optional: true}", {"id\n1\n", "id,q\n2,x\n"}, "{\"not_asked\":1}"},
      {"{type: number, optional: true}", {"id,q\n1,4.5\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: date, optional: true}", {"id,q\n1,2025-01-01\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: text, optional: true}", {"id,q\n1,x\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: multi, delimiter: \";\", optional: true}", {"id,q\n1,x;y\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: scale, range: [1, 5], optional: true}", {"id\n1\n", "id\n2\n"}, "{\"not_asked\":2}"},
      {"{type: multi, columns: [a, b], optional: true}", {"id,a\n1,1\n", "id,b\n2,1\n"}, "{}"},
      {"{type: multi, columns: [a, b], optional: true}", {"id,a\n1,1\n", "id\n2\n"}, "{\"not_asked\":1}"},
      {"{type: multi, columns: [a, b], optional: true}", {"id,a\n1,1\n2,\n", "id,b\n2,1\n"}, "{\"blank\":1}"},
      {"{type: multi, columns: [a, b], optional: true, missing: {\"\": not_asked}}",
       {"id,a\n1,1\n2,\n", "id,b\n2,1\n"},
       "{\"not_asked\":1}"},
  };
  for (size_t i = 0; i < sizeof of_variables / sizeof of_variables[0]; i++) {
    const struct optional_case *c = &of_variables[i];
    char page[512];
    char wanted[128];
    process_result r;
    (void)snprintf(page, sizeof page,
                   "variables: {id: {type: id}, q: %s}\nanalyses: [describe: {items: q}]\n", c->variable);
    (void)snprintf(wanted, sizeof wanted, "\"invalid\":0,\"missing\":%s,\"name\":\"q\"", c->missing);
    run_page(s, page, c->data, &r);
    process_check_success(&r);
    if (strstr(r.out, wanted) == NULL) {
      fail_msg("%s: no %s in\n%s", c->variable, wanted, r.out);
    }
    process_result_fini(&r);
  }
}

static void a_column_that_only_some_files_have_must_be_optional(void **state) {
  scene *s = *state;
  static const char *const data[] = {"id,q\n1,4\n", "id,Q\n2,5\n"};
  process_result r;
  run_page(s, "variables: {id: {type: id}, q: {type: nominal}}\nanalyses: [describe: {items: q}]\n", data,
           &r);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "2.csv: these columns are not in the header: \"q\"");
  process_result_fini(&r);
  run_page(
      s,
      "variables: {id: {type: id}, q: {type: nominal, optional: maybe}}\nanalyses: [describe: {items: q}]\n",
      data, &r);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "optional: expected true or false, found 'maybe'");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_question_that_a_wave_lacks_was_not_asked_there),
      SCENE_TEST(optional_columns_follow_the_rules_for_blank_cells_of_sets),
      SCENE_TEST(optional_keys_of_objects_are_not_asked_where_a_file_lacks_them),
      SCENE_TEST(a_column_that_only_some_files_have_must_be_optional),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
