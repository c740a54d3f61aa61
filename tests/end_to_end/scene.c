#include "tests/end_to_end/scene.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

int scene_set_up(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  s->memory = arena_new();
  *state = s;
  return 0;
}

int scene_tear_down(void **state) {
  scene *s = *state;
  process_directory_remove(s->directory);
  arena_destroy(s->memory);
  free(s);
  return 0;
}

void scene_write(scene *s, const char *spec, const char *data) {
  process_write_file(s->directory, "spec.yaml", spec, strlen(spec), s->spec, sizeof s->spec);
  process_write_file(s->directory, "data.csv", data, strlen(data), s->data, sizeof s->data);
}

process_result scene_run(const scene *s, const char *subcommand, const char *option, const char *value) {
  process_result r;
  CANVASS(&r, subcommand, "--quiet", s->spec, s->data, option, value);
  return r;
}

const json *scene_report(scene *s, const char *spec, const char *data) {
  scene_write(s, spec, data);
  process_result r = scene_run(s, "run", "--format", "json");
  return report_printed(s->memory, &r);
}

const json *report_printed(arena *memory, process_result *r) {
  process_check_success(r);
  error err;
  json *report = NULL;
  assert_int_equal(json_parse(memory, (slice){r->out, r->out_length}, "report", &report, &err), STATUS_OK);
  process_result_fini(r);
  return report;
}

slice scene_analyses(scene *s, const char *spec, const char *data) {
  process_result r;
  CANVASS(&r, "run", "--quiet", "--strict", "--format", "json", spec, data);
  process_check_success(&r);
  const json *report = report_printed(s->memory, &r);
  buf text;
  buf_init(&text);
  json_write(json_get(report, "analyses"), &text);
  const slice copy = arena_slice(s->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  assert_true(copy.length > 100);
  return copy;
}

const json *report_first_row(const json *report, size_t analysis) {
  const json *table = json_at(json_get(json_at(json_get(report, "analyses"), analysis), "tables"), 0);
  return json_at(json_get(table, "rows"), 0);
}

const json *scene_cells(scene *s, const char *variable) {
  process_result r = scene_run(s, "check", "--json", NULL);
  process_check_success(&r);
  error err;
  json *answer = NULL;
  assert_int_equal(json_parse(s->memory, (slice){r.out, r.out_length}, "check", &answer, &err), STATUS_OK);
  process_result_fini(&r);
  const json *cells = json_get(answer, "cells");
  const json *found = NULL;
  for (size_t i = 0; i < json_count(cells); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(cells, i), "variable")), variable) == 0) {
      found = json_at(cells, i);
    }
  }
  assert_non_null(found);
  return found;
}
