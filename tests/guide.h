/* A page of docs/ that says how something is added, followed to the letter in a copy of the sources: its
 * files are written as it shows them, and a target of the copy is built and run.
 *
 * A file is shown by its path alone on a line, and a fenced block below an empty line:
 *
 *   `PATH`:                  the file is new
 *   `PATH`, one line more:   added at the end
 *   `PATH`, above `TEXT`:    put in above the first line that has TEXT
 *
 * All functions fail the running test when something does not work. */
#ifndef CANVASS_TESTS_GUIDE_H
#define CANVASS_TESTS_GUIDE_H

#include <stddef.h>

enum { GUIDE_PATH_BYTES = 1024 };

typedef struct guide {
  char directory[GUIDE_PATH_BYTES]; /* the copy */
  char build[GUIDE_PATH_BYTES];
} guide;

/* Copies the sources, with the CMake file TESTS in place of tests/CMakeLists.txt, and configures the copy:
 * before files are added, so that the build has to notice new lines without help. */
void guide_open(guide *g, const char *tests);
void guide_close(guide *g);
/* Writes what PAGE shows, which must be FILES, one for each block. */
void guide_follow(const guide *g, const char *page, const char *const *files, size_t count);
void guide_build(const guide *g, const char *target);
/* Runs TARGET, built of TESTS, with ARGUMENT (may be NULL). */
void guide_run(const guide *g, const char *target, const char *argument);
void guide_path(const char *directory, const char *name, char path[GUIDE_PATH_BYTES]);

#endif
