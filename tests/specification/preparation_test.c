/* Files appended one by one make the dataset that reading them at once makes, and what a specification asks
 * of a dataset that another one was read with is right or refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/dataset.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/specification/months.h"

static const manifest *read_one_by_one(months_scene *s, uint32_t shard_rows, const char *const *paths,
                                       store *into) {
  const manifest *m = NULL;
  for (unsigned i = 0; i < MONTHS; i++) {
    m = months_read(s, months_page, shard_rows, m, &paths[i], 1, into, 1);
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
  months_scene *s = *state;
  static const uint32_t shard_rows[] = {0, 300, 77};
  for (size_t i = 0; i < 3; i++) {
    const manifest *at_once =
        months_read(s, months_page, shard_rows[i], NULL, s->plain, MONTHS, s->blobs, MONTHS);
    assert_int_equal(at_once->files_count, MONTHS);
    assert_int_equal(column_of(at_once, "amount")->decimals_max, 5);
    for (int packed = 0; packed < 2; packed++) {
      store *other = NULL;
      months_open_temporary(&other);
      const manifest *m = read_one_by_one(s, shard_rows[i], packed ? s->packed : s->plain, other);
      months_assert_same(at_once, m);
      for (uint32_t k = 0; k < m->shards_count; k++) {
        assert_true(store_has(other, &m->shards[k].name, m->shards[k].bytes));
      }
      store_destroy(other);
    }
  }
}

static void what_run_reads_into_a_store_is_the_same_dataset(void **state) {
  months_scene *s = *state;
  spec *specification = months_parse(months_page);
  spec_problems problems = {0};
  reading_options o = {.shard_rows = 500, .threads = 2};
  manifest *header = NULL;
  manifest *run = NULL;
  error err;
  assert_int_equal(reading_header(&o, s->packed[0], &header, NULL, &err), STATUS_OK);
  assert_int_equal(spec_reading_options(specification, header, &o, &problems, &err), STATUS_OK);
  assert_int_equal(dataset_read(&o, s->packed, MONTHS, s->blobs, NULL, &run, &err), STATUS_OK);
  months_assert_same(run, months_read(s, months_page, 500, NULL, s->packed, MONTHS, s->blobs, MONTHS));
  manifest_destroy(run);
  manifest_destroy(header);
  spec_destroy(specification);
}

static void what_a_store_holds_from_earlier_changes_nothing(void **state) {
  months_scene *s = *state;
  const manifest *expected = months_read(s, months_page, 300, NULL, s->plain, MONTHS, s->blobs, MONTHS);
  char directory[300];
  snprintf(directory, sizeof directory, "%s/store", s->directory);
  const store_options options = {0};
  store *kept = NULL;
  error err;
  assert_int_equal(store_open(directory, &options, &kept, &err), STATUS_OK);
  /* By another specification first: columns are kept otherwise there. */
  months_read(s, months_amount_as_text, 300, NULL, s->plain, MONTHS, kept, MONTHS);
  for (int round = 0; round < 2; round++) {
    months_assert_same(expected, months_read(s, months_page, 300, NULL, s->plain, MONTHS, kept, MONTHS));
  }
  store_destroy(kept);
}

static void files_that_are_there_are_left_out(void **state) {
  months_scene *s = *state;
  const manifest *six = months_read(s, months_page, 0, NULL, s->plain, 6, s->blobs, 6);
  const manifest *all = months_read(s, months_page, 0, six, s->plain, MONTHS, s->blobs, 6);
  const manifest *at_once = months_read(s, months_page, 0, NULL, s->plain, MONTHS, s->blobs, MONTHS);
  months_assert_same(at_once, all);
  months_assert_same(at_once, months_read(s, months_page, 0, all, s->packed, MONTHS, s->blobs, 0));
  const char *twice[] = {s->plain[0], s->packed[0], s->plain[0]};
  assert_int_equal(months_read(s, months_page, 0, NULL, twice, 3, s->blobs, 1)->files_count, 1);
}

static void a_file_of_a_name_with_other_content_is_refused(void **state) {
  months_scene *s = *state;
  const char *const names[] = {"survey.csv", "survey.csv"};
  manifest *one = NULL;
  manifest *m = NULL;
  error err;
  assert_int_equal(months_try_read(months_page, 0, NULL, s->plain, names, 1, s->blobs, &one, NULL, &err),
                   STATUS_OK);
  assert_slice_equal(one->files[0].name, slice_of("survey.csv"));
  assert_int_equal(months_try_read(months_page, 0, one, s->plain + 1, names, 1, s->blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "survey.csv: the dataset has a file named survey.csv with different content");
  assert_int_equal(months_try_read(months_page, 0, NULL, s->plain, names, 2, s->blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "survey.csv: this call has a file named survey.csv with different content");
  manifest_destroy(one);
}

static void a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name(void **state) {
  months_scene *s = *state;
  static const char lacking[] = "id,q1,amount\n1,2,3\n";
  char path[PATH_BYTES];
  process_write_file(s->directory, "0badc0de", lacking, strlen(lacking), path, sizeof path);
  const char *bad = path;
  const char *const name = "month-13.csv";
  manifest *m = NULL;
  error err;
  const manifest *one = months_read(s, months_page, 0, NULL, s->plain, 1, s->blobs, 1);
  /* The pattern q* stands for the columns of the dataset, not for those of the file. */
  assert_int_equal(months_try_read(months_page, 0, one, &bad, &name, 1, s->blobs, &m, NULL, &err),
                   STATUS_DATA);
  assert_contains(err.message, "month-13.csv");
  assert_contains(err.message, "q2");
  assert_null(strstr(err.message, "0badc0de"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      MONTHS_TEST(months_one_by_one_make_the_dataset_of_all_at_once),
      MONTHS_TEST(what_run_reads_into_a_store_is_the_same_dataset),
      MONTHS_TEST(what_a_store_holds_from_earlier_changes_nothing),
      MONTHS_TEST(files_that_are_there_are_left_out),
      MONTHS_TEST(a_file_of_a_name_with_other_content_is_refused),
      MONTHS_TEST(a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
