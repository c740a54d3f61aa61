/* docs/adding-an-analysis.md followed to the letter, in a copy of the sources: its files are written as it
 * shows them, its line is added to the list, stats alone is built, and a program finds the analysis and its
 * figures.
 *
 * The copy is configured before the files are added: the build must notice the line without help. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 1024 };
#define GUIDE CANVASS_SOURCE_DIR "/docs/adding-an-analysis.md"

static void run(const char *const *arguments) {
  process_result r;
  process_run(arguments, NULL, &r);
  if (r.exit_code != 0) {
    fail_msg("%s %s: exit code %d: %s%s", arguments[0], arguments[1], r.exit_code, r.out, r.err);
  }
  process_result_fini(&r);
}

/* ---- The copy --------------------------------------------------------------------------------------- */

/* Sources, not what was built from them: whatever the folder is called, CMake leaves its cache in it. */
static bool is_source(const char *name) {
  char cache[PATH_BYTES];
  (void)snprintf(cache, sizeof cache, CANVASS_SOURCE_DIR "/%s/CMakeCache.txt", name);
  return name[0] != '.' && access(cache, F_OK) != 0;
}

static void copy_sources(const char *to) {
  DIR *top = opendir(CANVASS_SOURCE_DIR);
  assert_non_null(top);
  for (const struct dirent *e; (e = readdir(top)) != NULL;) {
    char from[PATH_BYTES];
    (void)snprintf(from, sizeof from, CANVASS_SOURCE_DIR "/%s", e->d_name);
    if (is_source(e->d_name)) {
      run((const char *const[]){"/bin/cp", "-R", from, to, NULL});
    }
  }
  assert_int_equal(closedir(top), 0);
}

static void path_in(const char *directory, slice name, char path[PATH_BYTES]) {
  const int length = snprintf(path, PATH_BYTES, "%s/%.*s", directory, SLICE_ARG(name));
  assert_in_range(length, 1, PATH_BYTES - 1);
}

static void write_file(const char *directory, slice name, const char *mode, slice content) {
  char path[PATH_BYTES];
  path_in(directory, name, path);
  FILE *f = fopen(path, mode);
  if (f == NULL) {
    fail_msg("%s cannot be written", path);
  }
  assert_int_equal(fwrite(content.bytes, 1, content.length, f), content.length);
  assert_int_equal(fclose(f), 0);
}

/* The tests of the copy are one program. */
static void replace_tests(const char *directory) {
  char probe[PATH_BYTES], tests[PATH_BYTES];
  path_in(directory, slice_of("tests/analyses/adding_probe.cmake"), probe);
  path_in(directory, slice_of("tests/CMakeLists.txt"), tests);
  assert_int_equal(rename(probe, tests), 0);
}

/* ---- The guide -------------------------------------------------------------------------------------- */

static slice next_line(const char **at) {
  const char *end = strchr(*at, '\n');
  assert_non_null(end);
  const slice line = {*at, (size_t)(end - *at)};
  *at = end + 1;
  return line;
}

/* "`stats/analyses/x.c`:" gives the path; empty for a line of another form.  ADDED: to be added at the end.
 */
static slice path_of(slice line, bool *added) {
  static const char file[] = "`:", more[] = "`, one line more:";
  for (int i = 0; i < 2; i++) {
    const slice end = slice_of(i == 0 ? file : more);
    const bool ends = line.length > end.length + 1 && line.bytes[0] == '`' &&
                      memcmp(line.bytes + line.length - end.length, end.bytes, end.length) == 0;
    if (ends) {
      *added = i == 1;
      return (slice){line.bytes + 1, line.length - end.length - 1};
    }
  }
  return slice_of("");
}

/* What stands between the fences below AT. */
static slice fenced(const char **at) {
  assert_int_equal(next_line(at).length, 0);
  assert_memory_equal(*at, "```", 3);
  (void)next_line(at);
  const char *end = strstr(*at, "\n```\n");
  assert_non_null(end);
  const slice content = {*at, (size_t)(end + 1 - *at)};
  *at = end + 5;
  return content;
}

static bool is_one_of(slice path, const char *const *wanted, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(path, slice_of(wanted[i]))) {
      return true;
    }
  }
  return false;
}

static void follow_the_guide(const char *directory) {
  static const char *const files[] = {"docs/analyses/nonresponse.md", "stats/analyses/nonresponse.c",
                                      "stats/analyses/nonresponse.terms", "stats/analyses/analyses.def",
                                      "tests/analyses/nonresponse.json"};
  size_t length = 0, written = 0;
  char *guide = process_read_file(GUIDE, &length);
  assert_non_null(guide);
  for (const char *at = guide; *at != '\0';) {
    bool added = false;
    const slice path = path_of(next_line(&at), &added);
    if (path.length > 0) {
      assert_true(is_one_of(path, files, sizeof files / sizeof files[0]));
      write_file(directory, path, added ? "a" : "wx", fenced(&at));
      written++;
    }
  }
  assert_int_equal(written, sizeof files / sizeof files[0]);
  free(guide);
}

/* ---- The build -------------------------------------------------------------------------------------- */

static void configure(const char *sources, const char *build) {
  run((const char *const[]){
      CANVASS_CMAKE, "-S", sources, "-B", build, "-G", CANVASS_GENERATOR,
      "-DCMAKE_C_COMPILER=" CANVASS_C_COMPILER, "-DCMAKE_C_COMPILER_LAUNCHER=" CANVASS_C_COMPILER_LAUNCHER,
      "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O0", "-DCANVASS_WERROR=ON", NULL});
}

static void an_analysis_is_added_as_the_guide_says(void **state) {
  (void)state;
  char directory[PATH_BYTES], build[PATH_BYTES], probe[PATH_BYTES], golden[PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  path_in(directory, slice_of("build"), build);
  path_in(directory, slice_of("build/tests/adding_probe"), probe);
  path_in(directory, slice_of("tests/analyses/nonresponse.json"), golden);
  copy_sources(directory);
  replace_tests(directory);
  /* A cache of the compiler, where there is one, then knows the copy of another run. */
  assert_int_equal(setenv("CCACHE_BASEDIR", directory, 1), 0);
  configure(directory, build);
  follow_the_guide(directory);
  run((const char *const[]){CANVASS_CMAKE, "--build", build, "--target", "adding_probe", "--parallel", "2",
                            NULL});
  run((const char *const[]){probe, golden, NULL});
  process_directory_remove(directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_analysis_is_added_as_the_guide_says)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
