/* A directory with a specification and data in it, and what the program makes of them. */
#ifndef CANVASS_TESTS_END_TO_END_SCENE_H
#define CANVASS_TESTS_END_TO_END_SCENE_H

#include "base/json.h"
#include "tests/process.h"

enum { SCENE_PATH_BYTES = 512 };

typedef struct scene {
  char directory[SCENE_PATH_BYTES];
  char spec[SCENE_PATH_BYTES],
      data[SCENE_PATH_BYTES]; /* spec.yaml and data.csv in it, once they are written */
  arena *memory;              /* of the reports that are read */
} scene;

int scene_set_up(void **state);
int scene_tear_down(void **state);
/* A test whose state is a scene. */
#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

void scene_write(scene *s, const char *spec, const char *data);
/* `canvass SUBCOMMAND --quiet SPEC DATA [OPTION [VALUE]]`. */
process_result scene_run(const scene *s, const char *subcommand, const char *option, const char *value);
/* The cells of VARIABLE in what `canvass check --json` says, without an error. */
const json *scene_cells(scene *s, const char *variable);
/* What `canvass run` says of them, without an error. */
const json *scene_report(scene *s, const char *spec, const char *data);
/* The member `analyses` of the report of SPEC over DATA, both files, as canonical text in the scene's memory.
 */
slice scene_analyses(scene *s, const char *spec, const char *data);

/* The report that R, without an error, printed as JSON; takes R. */
const json *report_printed(arena *memory, process_result *r);
/* The first row of the first table of an analysis. */
const json *report_first_row(const json *report, size_t analysis);

#endif
