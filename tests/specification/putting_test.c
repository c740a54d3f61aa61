/* Files put by their paths, in one call or in several: which are there already, which are others, and what
 * they are called. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "reading/names.h"
#include "specification/preparation.h"
#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 400 };

static const char page[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 5]}\n"
    "analyses: [describe: {items: q1}]\n";
static const char small[] = "id,q1\n1,2\n";
static const char other[] = "id,q1\n7,5\n";

typedef struct scene {
  char directory[256];
  store *blobs;
} scene;

static void set_up(scene *s) {
  *s = (scene){0};
  error err;
  process_directory_new(s->directory, sizeof s->directory);
  assert_int_equal(store_new_temporary(NULL, &s->blobs, &err), STATUS_OK);
}

static void tear_down(scene *s) {
  store_destroy(s->blobs);
  process_directory_remove(s->directory);
}

/* TEXT as CITY/NAME below the scene's directory. */
static void write_branch(const scene *s, const char *city, const char *name, const char *text, char *path) {
  char directory[PATH_BYTES];
  snprintf(directory, sizeof directory, "%s/%s", s->directory, city);
  assert_true(mkdir(directory, 0700) == 0 || errno == EEXIST);
  process_write_file(directory, name, text, strlen(text), path, PATH_BYTES);
}

/* What `put --append` does with PATHS. */
static status put_files(scene *s, const manifest *before, const char *const *paths, size_t count,
                        manifest **out, uint32_t *added, error *err) {
  reading_names *names = NULL;
  TRY(reading_names_new(paths, count, &names, err));
  reading_options options = {.threads = 1, .dataset = "dataset shops (version 3)"};
  reading_names_give(names, &options);
  spec *specification = NULL;
  spec_problems problems = {0};
  status st = spec_parse("page", page, strlen(page), &specification, &problems, err);
  assert_int_equal(st, STATUS_OK);
  st =
      preparation_append(specification, &options, before, paths, count, s->blobs, out, added, &problems, err);
  spec_problems_fini(&problems);
  spec_destroy(specification);
  reading_names_destroy(names);
  return st;
}

/* Appends PATHS to *DATASET, of which WANTED were not there yet. */
static void append_files(scene *s, manifest **dataset, const char *const *paths, size_t count,
                         uint32_t wanted) {
  manifest *m = NULL;
  uint32_t added = 0;
  error err;
  if (put_files(s, *dataset, paths, count, &m, &added, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(added, wanted);
  manifest_destroy(*dataset);
  *dataset = m;
}

static void assert_named(const manifest *m, uint32_t file, const char *name) {
  assert_true(file < m->files_count);
  assert_int_equal(m->files[file].name.length, strlen(name));
  assert_memory_equal(m->files[file].name.bytes, name, strlen(name));
}

static void branches_of_equal_content_are_two_files_in_one_call_and_in_two(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  char a[PATH_BYTES], b[PATH_BYTES];
  write_branch(&s, "a", "1.csv", small, a);
  write_branch(&s, "b", "1.csv", small, b);
  const char *const both[] = {a, b};
  const char *const turned[] = {b, a};
  manifest *at_once = NULL;
  append_files(&s, &at_once, both, 2, 2);
  assert_named(at_once, 0, "a/1.csv");
  assert_named(at_once, 1, "b/1.csv");
  append_files(&s, &at_once, turned, 2, 0);
  append_files(&s, &at_once, &both[1], 1, 0);
  assert_int_equal(at_once->files_count, 2);
  manifest_destroy(at_once);
  /* The first was put alone; the second is not a repetition of it. */
  for (int turn = 0; turn < 2; turn++) {
    manifest *m = NULL;
    append_files(&s, &m, &both[0], 1, 1);
    assert_named(m, 0, "1.csv");
    append_files(&s, &m, turn == 0 ? both : turned, 2, 1);
    append_files(&s, &m, both, 2, 0);
    append_files(&s, &m, turned, 2, 0);
    assert_int_equal(m->files_count, 2);
    manifest_destroy(m);
  }
  tear_down(&s);
}

static void a_renamed_copy_is_another_file(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  char a[PATH_BYTES], renamed[PATH_BYTES], ending[PATH_BYTES];
  write_branch(&s, "a", "1.csv", small, a);
  write_branch(&s, "a", "renamed.csv", small, renamed);
  write_branch(&s, "a", "x1.csv", small, ending);
  const char *const first = a;
  const char *const others[] = {renamed, ending};
  manifest *m = NULL;
  append_files(&s, &m, &first, 1, 1);
  append_files(&s, &m, others, 2, 2);
  append_files(&s, &m, others, 2, 0);
  assert_named(m, 1, "renamed.csv");
  assert_named(m, 2, "x1.csv");
  manifest_destroy(m);
  tear_down(&s);
}

static void the_name_with_other_content_names_path_dataset_and_way_out(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  char a[PATH_BYTES], b[PATH_BYTES], wanted[2 * PATH_BYTES];
  write_branch(&s, "a", "1.csv", small, a);
  write_branch(&s, "b", "1.csv", other, b);
  const char *const both[] = {a, b};
  manifest *m = NULL;
  manifest *none = NULL;
  uint32_t added = 0;
  error err;
  append_files(&s, &m, &both[0], 1, 1);
  assert_int_equal(put_files(&s, m, &both[1], 1, &none, &added, &err), STATUS_DATA);
  snprintf(wanted, sizeof wanted,
           "%s: dataset shops (version 3) has a file named 1.csv with different content; rename this one, or "
           "put it into another dataset",
           b);
  assert_string_equal(err.message, wanted);
  /* In one call they can be distinguished. */
  append_files(&s, &m, both, 2, 1);
  assert_named(m, 1, "b/1.csv");
  /* And what is recorded under a longer name is found, whatever has the shorter one. */
  append_files(&s, &m, &both[1], 1, 0);
  manifest_destroy(m);
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(branches_of_equal_content_are_two_files_in_one_call_and_in_two),
      cmocka_unit_test(a_renamed_copy_is_another_file),
      cmocka_unit_test(the_name_with_other_content_names_path_dataset_and_way_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
