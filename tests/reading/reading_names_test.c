/* What data files are called: base names, with directories where they are needed, and never in a way that a
 * report could not show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/names.h"
#include "tests/check.h"

enum { FILES_MAX = 4 };

typedef struct naming {
  const char *paths[FILES_MAX];
  const char *names[FILES_MAX];
} naming;

static size_t count_of(const char *const *list) {
  size_t count = 0;
  while (count < FILES_MAX && list[count] != NULL) {
    count++;
  }
  return count;
}

static void files_are_called_by_as_much_of_their_paths_as_is_needed(void **state) {
  (void)state;
  static const naming cases[] = {
      {{"/data/2026-01.csv"}, {"2026-01.csv"}},
      {{"/data/1.csv", "/data/2.csv.gz"}, {"1.csv", "2.csv.gz"}},
      {{"/d/a/1.csv", "/d/b/1.csv", "/d/b/2.csv"}, {"a/1.csv", "b/1.csv", "2.csv"}},
      {{"/d/a/x/1.csv", "/d/b/x/1.csv", "/d/b/y/1.csv"}, {"a/x/1.csv", "b/x/1.csv", "b/y/1.csv"}},
      {{"/1.csv", "/a/1.csv"}, {"1.csv", "a/1.csv"}},
      {{"/d//a/./1.csv", "/d/a/../b/1.csv"}, {"a/1.csv", "b/1.csv"}},
      {{"/../a/1.csv", "/b/../../c/1.csv"}, {"a/1.csv", "c/1.csv"}},
      /* Packing is not part of a name. */
      {{"/d/a/1.csv", "/d/b/1.csv.gz", "/d/c/1.csv.zst"}, {"a/1.csv", "b/1.csv.gz", "c/1.csv.zst"}},
      {{"-", "/d/a/1.csv"}, {"-", "1.csv"}},
      {{"-", "/d/-"}, {"-", "d/-"}},
      {{"\xe6\x9c\x88.csv"}, {"\xe6\x9c\x88.csv"}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const size_t count = count_of(cases[i].paths);
    reading_names *n = NULL;
    reading_options options = {.threads = 1};
    error err;
    if (reading_names_new(cases[i].paths, count, &n, &err) != STATUS_OK) {
      fail_msg("case %zu: %s", i, err.message);
    }
    reading_names_give(n, &options);
    for (size_t k = 0; k < count; k++) {
      assert_string_equal(options.names[k], cases[i].names[k]);
      assert_ptr_equal(reading_names_path(n, slice_of(options.names[k])), cases[i].paths[k]);
    }
    reading_names_destroy(n);
  }
}

static void relative_paths_count_from_the_current_directory(void **state) {
  (void)state;
  char *here = realpath(".", NULL);
  assert_non_null(here);
  const char *last = strrchr(here, '/');
  char wanted[600], place[5000];
  snprintf(wanted, sizeof wanted, "%s/1.csv", last[1] != '\0' ? last + 1 : "");
  snprintf(place, sizeof place, "%s/1.csv", here);
  const char *const paths[] = {"1.csv", "no/such/1.csv"};
  reading_names *n = NULL;
  reading_options options = {.threads = 1};
  error err;
  assert_int_equal(reading_names_new(paths, 2, &n, &err), STATUS_OK);
  reading_names_give(n, &options);
  assert_string_equal(options.names[0], wanted);
  assert_string_equal(options.names[1], "such/1.csv");
  assert_string_equal(options.places[0], place);
  reading_names_destroy(n);
  free(here);
}

static void a_recorded_name_leads_back_to_the_path_that_was_given(void **state) {
  (void)state;
  const char *const paths[] = {"/d/a/1.csv.gz", "/d/../d/b/1.csv", "-"};
  reading_names *n = NULL;
  error err;
  assert_int_equal(reading_names_new(paths, 3, &n, &err), STATUS_OK);
  assert_string_equal(reading_names_path(n, slice_of("a/1.csv")), "/d/a/1.csv.gz");
  assert_string_equal(reading_names_path(n, slice_of("b/1.csv")), "/d/../d/b/1.csv");
  assert_string_equal(reading_names_path(n, slice_of("-")), "-");
  assert_null(reading_names_path(n, slice_of("1.csv")));
  reading_names_destroy(n);
}

static void what_cannot_be_named_is_refused_by_its_path(void **state) {
  (void)state;
  static const struct {
    const char *paths[FILES_MAX];
    status st;
    const char *message;
  } cases[] = {
      {{"/d/1.csv", "/d/1.csv"}, STATUS_USAGE, "/d/1.csv is named twice; leave one out"},
      {{"-", "/d/1.csv", "-"}, STATUS_USAGE, "- is named twice; leave one out"},
      {{"/d/1.csv", "/d/./1.csv"}, STATUS_USAGE, "/d/1.csv and /d/./1.csv are the same file; leave one out"},
      {{"/d/1.csv", "/d/1.csv.gz"},
       STATUS_USAGE,
       "/d/1.csv and /d/1.csv.gz have the same name apart from .gz or .zst; leave one out or rename it"},
      {{"/d/bad\xff.csv"},
       STATUS_DATA,
       "/d/bad\\xff.csv: the name is not UTF-8 or has control characters; rename the file"},
      {{"/d/\xe6\x9c\x88\n\x1b\x7f\xe6.csv"},
       STATUS_DATA,
       "/d/\xe6\x9c\x88\\x0a\\x1b\\x7f\\xe6.csv: the name is not UTF-8 or has control characters; rename the "
       "file"},
      {{"/a\xff/1.csv", "/b/1.csv"},
       STATUS_DATA,
       "/a\\xff/1.csv: the name is not UTF-8 or has control characters; rename the file, or the directory "
       "that "
       "distinguishes it from others"},
      {{"/d/1.csv", ""}, STATUS_DATA, "a data file has no name"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    reading_names *n = NULL;
    error err;
    assert_int_equal(reading_names_new(cases[i].paths, count_of(cases[i].paths), &n, &err), cases[i].st);
    assert_string_equal(err.message, cases[i].message);
  }
  /* Directories that are not part of a name may be called anything. */
  const char *const path = "/a\xff/1.csv";
  reading_names *n = NULL;
  error err;
  assert_int_equal(reading_names_new(&path, 1, &n, &err), STATUS_OK);
  reading_names_destroy(n);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_are_called_by_as_much_of_their_paths_as_is_needed),
      cmocka_unit_test(relative_paths_count_from_the_current_directory),
      cmocka_unit_test(a_recorded_name_leads_back_to_the_path_that_was_given),
      cmocka_unit_test(what_cannot_be_named_is_refused_by_its_path),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
