/* Every analysis has its page, its golden, and its name wherever names are listed; and the whole
 * program, from CSV and specification to the JSON report, gives the figures of each golden. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/analyses/analysis.h"
#include "stats/analyses/terms.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/stats/report_reader.h"

enum { PATH_BYTES = 1024 };
#define SOURCE CANVASS_SOURCE_DIR "/"

static char *read_required(const char *analysis, const char *path) {
  size_t length = 0;
  char *text = process_read_file(path, &length);
  if (text == NULL) {
    fail_msg("%s: %s is missing", analysis, path);
  }
  return text;
}

static void every_analysis_has_its_page_and_the_index_links_it(void **state) {
  (void)state;
  char *index = read_required("all", SOURCE "docs/analyses/README.md");
  for (size_t i = 0; i < analysis_count(); i++) {
    const char *name = analysis_at(i)->name;
    char path[PATH_BYTES], link[PATH_BYTES], heading[PATH_BYTES];
    (void)snprintf(path, sizeof path, SOURCE "docs/analyses/%s.md", name);
    (void)snprintf(link, sizeof link, "[%s](%s.md)", name, name);
    (void)snprintf(heading, sizeof heading, "# %s\n", name);
    char *page = read_required(name, path);
    if (strstr(index, link) == NULL) {
      fail_msg("docs/analyses/README.md does not link %s", link);
    }
    if (strncmp(page, heading, strlen(heading)) != 0) {
      fail_msg("%s does not begin with '# %s'", path, name);
    }
    free(page);
  }
  free(index);
}

static void rows_have_the_names_of_their_files(void **state) {
  (void)state;
  static const char *const analyses[] = {
#define ANALYSIS(name) #name,
#include "stats/analyses/analyses.def"
#undef ANALYSIS
  };
  static const struct {
    const char *name;
    uint32_t id;
  } accumulators[] = {
#define ACCUMULATOR(name, constant, id) {#name, ACCUMULATOR_##constant},
#include "stats/accumulators/accumulators.def"
#undef ACCUMULATOR
  };
  assert_int_equal(sizeof analyses / sizeof analyses[0], analysis_count());
  for (size_t i = 0; i < analysis_count(); i++) {
    assert_string_equal(analysis_at(i)->name, analyses[i]);
  }
  assert_int_equal(sizeof accumulators / sizeof accumulators[0], accumulator_count());
  for (size_t i = 0; i < accumulator_count(); i++) {
    assert_string_equal(accumulator_at(i)->name, accumulators[i].name);
    assert_int_equal(accumulator_at(i)->id, accumulators[i].id);
  }
}

static void every_term_is_there_once_in_three_languages(void **state) {
  (void)state;
  for (size_t i = 0; i < term_count(); i++) {
    const term *t = term_at(i);
    if (term_find(t->key) != t) {
      fail_msg("the term '%s' is there twice", t->key);
    }
    for (size_t language = 0; language < 3; language++) {
      assert_true(strlen(t->title[language]) > 0);
    }
  }
  assert_null(term_at(term_count()));
}

/* ---- Goldens ---------------------------------------------------------------------------------------- */

/* The report of the golden's specification over its data, in A. */
static json *report_of(arena *a, const char *directory, const char *name, const json *golden) {
  char specification[PATH_BYTES], data[PATH_BYTES];
  const json *written = json_get(golden, "specification");
  buf text;
  buf_init(&text);
  json_write(written, &text); /* JSON is YAML */
  process_write_file(directory, "specification.yaml", text.data, text.length, specification,
                     sizeof specification);
  buf_fini(&text);
  (void)snprintf(data, sizeof data, SOURCE "%s", json_as_cstring(json_get(golden, "data")));
  process_result r;
  process_run((const char *const[]){CANVASS_PROGRAM, "run", specification, data, "--format", "json", NULL},
              NULL, &r);
  if (r.exit_code != 0) {
    fail_msg("%s: exit code %d: %s", name, r.exit_code, r.err);
  }
  error err = {STATUS_OK, ""};
  json *report = NULL;
  if (json_parse(a, (slice){r.out, r.out_length}, "report", &report, &err) != STATUS_OK) {
    fail_msg("%s: %s", name, err.message);
  }
  process_result_fini(&r);
  return report;
}

/* Whether a figure that can be the headline of KIND has a reference value. */
static bool holds_headline(const json *golden, const analysis_kind *kind) {
  const json *figures = json_get(golden, "figures");
  for (size_t i = 0; i < json_count(figures); i++) {
    const json *entry = json_at(figures, i);
    const presentation_headline *h =
        presentation_headline_of(&kind->presentation, json_as_text(json_get(entry, "table")));
    if (h != NULL && json_get(json_get(entry, "figures"), h->column) != NULL) {
      return true;
    }
  }
  return false;
}

static bool asks_for(const json *golden, const char *name) {
  const json *requests = json_get(json_get(golden, "specification"), "analyses");
  for (size_t i = 0; i < json_count(requests); i++) {
    if (json_get(json_at(requests, i), name) != NULL) {
      return true;
    }
  }
  return false;
}

static void the_program_gives_the_figures_of_every_golden(void **state) {
  (void)state;
  char directory[PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, SOURCE "tests/analyses/%s.json", kind->name);
    free(read_required(kind->name, path));
    arena *a = arena_new();
    assert_non_null(a);
    const json *golden = report_file(a, path);
    assert_true(json_as_text(json_get(golden, "source")).length > 0);
    assert_true(asks_for(golden, kind->name));
    if (kind->presentation.headlines[0].table != NULL && !holds_headline(golden, kind)) {
      fail_msg("%s has no reference value of a headline of %s", path, kind->name);
    }
    const json *report = report_of(a, directory, kind->name, golden);
    assert_int_equal(report_differences(report, json_get(golden, "figures"), 1e-11), 0);
    arena_destroy(a);
  }
  process_directory_remove(directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_analysis_has_its_page_and_the_index_links_it),
      cmocka_unit_test(rows_have_the_names_of_their_files),
      cmocka_unit_test(every_term_is_there_once_in_three_languages),
      cmocka_unit_test(the_program_gives_the_figures_of_every_golden),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
