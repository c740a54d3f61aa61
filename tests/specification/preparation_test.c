/* Files appended one by one make the dataset that reading them at once makes, and what a specification asks
 * of a dataset that another one was read with is right or refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/dataset.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/specification/months.h"

static void point_to(const char *paths[MONTHS], char (*list)[PATH_BYTES]) {
  for (unsigned i = 0; i < MONTHS; i++) {
    paths[i] = list[i];
  }
}

static manifest *read_one_by_one(months_scene *s, uint32_t shard_rows, char (*list)[PATH_BYTES],
                                 store *into) {
  (void)s;
  manifest *m = NULL;
  for (unsigned i = 0; i < MONTHS; i++) {
    const char *path = list[i];
    manifest *more = months_read_more(months_page, shard_rows, m, &path, 1, into, 1);
    manifest_destroy(m);
    m = more;
  }
  return m;
}

static const manifest_column *column_of(const manifest *m, const char *name) {
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (slice_equal(m->columns[i].name, slice_of(name))) {
      return &m->columns[i];
    }
  }
  fail_msg("no column %s", name);
  return NULL;
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static void months_one_by_one_make_the_dataset_of_all_at_once(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  static const uint32_t shard_rows[] = {0, 300, 77};
  for (size_t i = 0; i < 3; i++) {
    months_scene s;
    months_set_up(&s, &r);
    const char *paths[MONTHS];
    point_to(paths, s.plain);
    manifest *at_once = months_read_more(months_page, shard_rows[i], NULL, paths, MONTHS, s.blobs, MONTHS);
    assert_int_equal(at_once->files_count, MONTHS);
    assert_int_equal(column_of(at_once, "amount")->decimals_max, 5);
    store *others[2];
    for (int packed = 0; packed < 2; packed++) {
      months_open_temporary(&others[packed]);
      manifest *m = read_one_by_one(&s, shard_rows[i], packed ? s.packed : s.plain, others[packed]);
      months_assert_same(at_once, m);
      for (uint32_t k = 0; k < m->shards_count; k++) {
        assert_true(store_has(others[packed], &m->shards[k].name, m->shards[k].bytes));
      }
      manifest_destroy(m);
      store_destroy(others[packed]);
    }
    manifest_destroy(at_once);
    months_tear_down(&s);
  }
}

static void what_run_reads_into_a_store_is_the_same_dataset(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  months_scene s;
  months_set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.packed);
  spec *specification = months_parse(months_page);
  spec_problems problems = {0};
  reading_options o = {.shard_rows = 500, .threads = 2};
  manifest *header = NULL;
  manifest *run = NULL;
  error err;
  assert_int_equal(reading_header(&o, paths[0], &header, NULL, &err), STATUS_OK);
  assert_int_equal(spec_reading_options(specification, header, &o, &problems, &err), STATUS_OK);
  assert_int_equal(dataset_read(&o, paths, MONTHS, s.blobs, NULL, &run, &err), STATUS_OK);
  manifest *put = months_read_more(months_page, 500, NULL, paths, MONTHS, s.blobs, MONTHS);
  months_assert_same(run, put);
  manifest_destroy(put);
  manifest_destroy(run);
  manifest_destroy(header);
  spec_destroy(specification);
  months_tear_down(&s);
}

static void what_a_store_holds_from_earlier_changes_nothing(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  months_scene s;
  months_set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.plain);
  manifest *expected = months_read_more(months_page, 300, NULL, paths, MONTHS, s.blobs, MONTHS);
  char directory[300];
  snprintf(directory, sizeof directory, "%s/store", s.directory);
  const store_options options = {0};
  store *kept = NULL;
  error err;
  assert_int_equal(store_open(directory, &options, &kept, &err), STATUS_OK);
  /* By another specification first: columns are kept otherwise there. */
  manifest_destroy(months_read_more(months_amount_as_text, 300, NULL, paths, MONTHS, kept, MONTHS));
  for (int round = 0; round < 2; round++) {
    manifest *m = months_read_more(months_page, 300, NULL, paths, MONTHS, kept, MONTHS);
    months_assert_same(expected, m);
    manifest_destroy(m);
  }
  store_destroy(kept);
  manifest_destroy(expected);
  months_tear_down(&s);
}

static void files_that_are_there_are_left_out(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  months_scene s;
  months_set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.plain);
  manifest *six = months_read_more(months_page, 0, NULL, paths, 6, s.blobs, 6);
  manifest *all = months_read_more(months_page, 0, six, paths, MONTHS, s.blobs, 6);
  manifest *at_once = months_read_more(months_page, 0, NULL, paths, MONTHS, s.blobs, MONTHS);
  months_assert_same(at_once, all);
  point_to(paths, s.packed);
  manifest *again = months_read_more(months_page, 0, all, paths, MONTHS, s.blobs, 0);
  months_assert_same(at_once, again);
  const char *twice[] = {s.plain[0], s.packed[0], s.plain[0]};
  manifest *once = months_read_more(months_page, 0, NULL, twice, 3, s.blobs, 1);
  assert_int_equal(once->files_count, 1);
  manifest_destroy(once);
  manifest_destroy(again);
  manifest_destroy(at_once);
  manifest_destroy(all);
  manifest_destroy(six);
  months_tear_down(&s);
}

static void a_file_of_a_name_with_other_content_is_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  months_scene s;
  months_set_up(&s, &r);
  const char *paths[] = {s.plain[0], s.plain[1]};
  const char *const names[] = {"survey.csv", "survey.csv"};
  manifest *one = NULL;
  manifest *m = NULL;
  error err;
  assert_int_equal(months_try_read(months_page, 0, NULL, paths, names, 1, s.blobs, &one, NULL, &err),
                   STATUS_OK);
  assert_slice_equal(one->files[0].name, slice_of("survey.csv"));
  assert_int_equal(months_try_read(months_page, 0, one, paths + 1, names, 1, s.blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "survey.csv: the dataset has a file named survey.csv with different content");
  assert_int_equal(months_try_read(months_page, 0, NULL, paths, names, 2, s.blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "survey.csv: this call has a file named survey.csv with different content");
  manifest_destroy(one);
  months_tear_down(&s);
}

static void a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  months_scene s;
  months_set_up(&s, &r);
  static const char lacking[] = "id,q1,amount\n1,2,3\n";
  char path[PATH_BYTES];
  process_write_file(s.directory, "0badc0de", lacking, strlen(lacking), path, sizeof path);
  const char *first = s.plain[0];
  const char *bad = path;
  const char *const name = "month-13.csv";
  manifest *m = NULL;
  error err;
  manifest *one = months_read_more(months_page, 0, NULL, &first, 1, s.blobs, 1);
  /* The pattern q* stands for the columns of the dataset, not for those of the file. */
  assert_int_equal(months_try_read(months_page, 0, one, &bad, &name, 1, s.blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "month-13.csv");
  assert_contains(err.message, "q2");
  assert_null(strstr(err.message, "0badc0de"));
  manifest_destroy(one);
  months_tear_down(&s);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_one_by_one_make_the_dataset_of_all_at_once),
      cmocka_unit_test(what_run_reads_into_a_store_is_the_same_dataset),
      cmocka_unit_test(what_a_store_holds_from_earlier_changes_nothing),
      cmocka_unit_test(files_that_are_there_are_left_out),
      cmocka_unit_test(a_file_of_a_name_with_other_content_is_refused),
      cmocka_unit_test(a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
