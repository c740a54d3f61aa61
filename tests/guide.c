/* See guide.h. */
#include "tests/guide.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/check.h"
#include "tests/process.h"

/* ---- The copy --------------------------------------------------------------------------------------- */

static void run(const char *const *arguments) {
  process_result r;
  process_run(arguments, NULL, &r);
  if (r.exit_code != 0) {
    fail_msg("%s %s: exit code %d: %s%s", arguments[0], arguments[1] == NULL ? "" : arguments[1], r.exit_code,
             r.out, r.err);
  }
  process_result_fini(&r);
}

void guide_path(const char *directory, const char *name, char path[GUIDE_PATH_BYTES]) {
  const int length = snprintf(path, GUIDE_PATH_BYTES, "%s/%s", directory, name);
  assert_in_range(length, 1, GUIDE_PATH_BYTES - 1);
}

/* Sources, not what was built from them: whatever the folder is called, CMake leaves its cache in it. */
static bool is_source(const char *name) {
  char cache[GUIDE_PATH_BYTES];
  (void)snprintf(cache, sizeof cache, CANVASS_SOURCE_DIR "/%s/CMakeCache.txt", name);
  return name[0] != '.' && access(cache, F_OK) != 0;
}

static void copy_sources(const char *to) {
  DIR *top = opendir(CANVASS_SOURCE_DIR);
  assert_non_null(top);
  for (const struct dirent *e; (e = readdir(top)) != NULL;) {
    char from[GUIDE_PATH_BYTES];
    guide_path(CANVASS_SOURCE_DIR, e->d_name, from);
    if (is_source(e->d_name)) {
      run((const char *const[]){"/bin/cp", "-R", from, to, NULL});
    }
  }
  assert_int_equal(closedir(top), 0);
}

void guide_open(guide *g, const char *tests) {
  char from[GUIDE_PATH_BYTES], to[GUIDE_PATH_BYTES];
  process_directory_new(g->directory, sizeof g->directory);
  guide_path(g->directory, "build", g->build);
  copy_sources(g->directory);
  guide_path(g->directory, tests, from);
  guide_path(g->directory, "tests/CMakeLists.txt", to);
  assert_int_equal(rename(from, to), 0);
  /* A cache of the compiler, where there is one, then knows the copy of another run. */
  assert_int_equal(setenv("CCACHE_BASEDIR", g->directory, 1), 0);
  run((const char *const[]){
      CANVASS_CMAKE, "-S", g->directory, "-B", g->build, "-G", CANVASS_GENERATOR,
      "-DCMAKE_C_COMPILER=" CANVASS_C_COMPILER, "-DCMAKE_C_COMPILER_LAUNCHER=" CANVASS_C_COMPILER_LAUNCHER,
      "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O0", "-DCANVASS_WERROR=ON", NULL});
}

void guide_close(guide *g) {
  process_directory_remove(g->directory);
}

void guide_build(const guide *g, const char *target) {
  run((const char *const[]){CANVASS_CMAKE, "--build", g->build, "--target", target, "--parallel", "2", NULL});
}

void guide_run(const guide *g, const char *target, const char *argument) {
  char folder[GUIDE_PATH_BYTES], program[GUIDE_PATH_BYTES];
  guide_path(g->build, "tests", folder);
  guide_path(folder, target, program);
  run((const char *const[]){program, argument, NULL});
}

/* ---- The page --------------------------------------------------------------------------------------- */

/* A file as it is shown: all empty for a line of another form. */
typedef struct shown {
  slice path;
  bool is_more; /* at the end */
  slice above;  /* or above the line that has this; empty: a new file */
} shown;

static slice next_line(const char **at) {
  const char *end = strchr(*at, '\n');
  assert_non_null(end);
  const slice line = {*at, (size_t)(end - *at)};
  *at = end + 1;
  return line;
}

static shown shown_by(slice line) {
  static const char above[] = ", above `";
  shown s = {.path = slice_of("")};
  const char *end =
      line.length > 1 && line.bytes[0] == '`' ? memchr(line.bytes + 1, '`', line.length - 1) : NULL;
  if (end == NULL || line.bytes[line.length - 1] != ':') {
    return s;
  }
  const slice path = {line.bytes + 1, (size_t)(end - line.bytes) - 1};
  const slice rest = {end + 1, line.length - path.length - 3}; /* without the colon */
  s.is_more = slice_equal(rest, slice_of(", one line more"));
  if (rest.length > sizeof above && memcmp(rest.bytes, above, sizeof above - 1) == 0) {
    s.above = (slice){rest.bytes + sizeof above - 1, rest.length - sizeof above};
  }
  s.path = rest.length == 0 || s.is_more || s.above.length > 0 ? path : s.path;
  return s;
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

static void write_file(const char *path, const char *mode, slice content) {
  FILE *f = fopen(path, mode);
  if (f == NULL) {
    fail_msg("%s cannot be written", path);
  }
  assert_int_equal(fwrite(content.bytes, 1, content.length, f), content.length);
  assert_int_equal(fclose(f), 0);
}

static void put_above(const char *path, slice text, slice content) {
  size_t length = 0;
  char *whole = process_read_file(path, &length);
  assert_non_null(whole);
  const char *at = memmem(whole, length, text.bytes, text.length);
  if (at == NULL) {
    fail_msg("%s does not have %.*s", path, SLICE_ARG(text));
  }
  while (at > whole && at[-1] != '\n') {
    at--;
  }
  buf mended;
  buf_init(&mended);
  buf_put(&mended, whole, (size_t)(at - whole));
  buf_put(&mended, content.bytes, content.length);
  buf_put(&mended, at, length - (size_t)(at - whole));
  assert_false(mended.failed);
  write_file(path, "w", (slice){(const char *)mended.data, mended.length});
  buf_fini(&mended);
  free(whole);
}

static void write_shown(const guide *g, const shown *s, slice content) {
  char name[GUIDE_PATH_BYTES], path[GUIDE_PATH_BYTES];
  (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(s->path));
  guide_path(g->directory, name, path);
  if (s->above.length > 0) {
    put_above(path, s->above, content);
    return;
  }
  char *folder = strdup(path);
  assert_non_null(folder);
  *strrchr(folder, '/') = '\0';
  run((const char *const[]){"/bin/mkdir", "-p", folder, NULL});
  free(folder);
  write_file(path, s->is_more ? "a" : "wx", content);
}

void guide_follow(const guide *g, const char *page, const char *const *files, size_t count) {
  char path[GUIDE_PATH_BYTES];
  size_t length = 0, written = 0;
  guide_path(CANVASS_SOURCE_DIR, page, path);
  char *text = process_read_file(path, &length);
  assert_non_null(text);
  for (const char *at = text; *at != '\0';) {
    const shown s = shown_by(next_line(&at));
    if (s.path.length > 0) {
      if (written == count || !slice_equal(s.path, slice_of(files[written]))) {
        fail_msg("%s: file %zu is %.*s", page, written + 1, SLICE_ARG(s.path));
      }
      write_shown(g, &s, fenced(&at));
      written++;
    }
  }
  assert_int_equal(written, count);
  free(text);
}
