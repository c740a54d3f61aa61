/* Reading into a store that lasts: the same dataset as reading_read's, and each file is parsed once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "reading/dataset.h"
#include "store/shard.h"
#include "tests/check.h"
#include "tests/process.h"

typedef struct scene {
  char directory[256];
  char january[400], february[400];
  store *kept;
  uint32_t parsed;
} scene;

static const char january[] = "id,score,note\n1,5,a\n2,4.25,b\n3,x,\"c\nd\"\n4,1\n5,2,e\n";
static const char february[] = "score,id,extra,note\n3,6,!,f\n1.125,7,?,g\n";

static const reading_column wanted[] = {{"score", READING_HINT_NUMBER, false},
                                        {"id", READING_HINT_TEXT_CODES, false}};

static reading_options options_of(const reading_column *columns, size_t count) {
  return (reading_options){.columns = columns, .columns_count = count, .shard_rows = 3, .threads = 2};
}

static void open_store(scene *s) {
  char path[300];
  const store_options options = {0};
  error err;
  snprintf(path, sizeof path, "%s/store", s->directory);
  if (store_open(path, &options, &s->kept, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void set_up(scene *s) {
  *s = (scene){0};
  process_directory_new(s->directory, sizeof s->directory);
  process_write_file(s->directory, "january.csv", january, strlen(january), s->january, sizeof s->january);
  process_write_file(s->directory, "february.csv", february, strlen(february), s->february,
                     sizeof s->february);
  open_store(s);
}

static void tear_down(scene *s) {
  store_destroy(s->kept);
  process_directory_remove(s->directory);
}

static manifest *read_kept(scene *s, const reading_options *o, const char *first, const char *second) {
  const char *const paths[] = {first, second};
  manifest *m = NULL;
  error err;
  if (dataset_read(o, paths, second != NULL ? 2 : 1, s->kept, &s->parsed, &m, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return m;
}

static void expect_same_dataset(const manifest *a, const manifest *b) {
  assert_int_equal(a->files_count, b->files_count);
  for (uint32_t i = 0; i < a->files_count; i++) {
    assert_slice_equal(a->files[i].name, b->files[i].name);
    assert_true(digest_equal(&a->files[i].sha256, &b->files[i].sha256));
    assert_int_equal(a->files[i].records, b->files[i].records);
    assert_int_equal(a->files[i].quarantined, b->files[i].quarantined);
    assert_int_equal(a->files[i].places_count, b->files[i].places_count);
  }
  assert_int_equal(a->shards_count, b->shards_count);
  for (uint32_t i = 0; i < a->shards_count; i++) {
    assert_int_equal(a->shards[i].first_ordinal, b->shards[i].first_ordinal);
    assert_int_equal(a->shards[i].rows, b->shards[i].rows);
    assert_int_equal(a->shards[i].file, b->shards[i].file);
  }
}

static void expect_decimals(const manifest *m, const char *column, uint8_t decimals) {
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (slice_equal(m->columns[i].name, slice_of(column))) {
      assert_int_equal(m->columns[i].decimals_max, decimals);
      return;
    }
  }
  fail_msg("no column %s", column);
}

static void kept_files_make_the_dataset_that_reading_makes(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const reading_options o = options_of(wanted, 2);
  const char *const paths[] = {s.january, s.february};
  store *temporary = NULL;
  manifest *plain = NULL;
  error err;
  assert_int_equal(store_new_temporary(NULL, &temporary, &err), STATUS_OK);
  assert_int_equal(reading_read(&o, paths, 2, temporary, &plain, &err), STATUS_OK);
  for (int round = 0; round < 2; round++) {
    manifest *m = read_kept(&s, &o, s.january, s.february);
    assert_int_equal(s.parsed, round == 0 ? 2 : 0);
    expect_same_dataset(m, plain);
    assert_int_equal(m->columns_count, 4); /* the three of January, and one that February has besides */
    expect_decimals(m, "score", 3);
    for (uint32_t i = 0; i < m->shards_count; i++) {
      store_blob blob;
      shard *one = NULL;
      assert_int_equal(store_get(s.kept, &m->shards[i].name, &blob, &err), STATUS_OK);
      assert_int_equal(shard_open(blob.bytes, blob.length, "shard", &one, &err), STATUS_OK);
      assert_int_equal(shard_file(one), m->shards[i].file);
      assert_int_equal(shard_first_ordinal(one), m->shards[i].first_ordinal);
      shard_close(one);
      store_release(&blob);
    }
    manifest_destroy(m);
    store_destroy(s.kept);
    open_store(&s);
  }
  manifest_destroy(plain);
  store_destroy(temporary);
  tear_down(&s);
}

static void one_more_file_is_the_only_one_parsed(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const reading_options o = options_of(wanted, 2);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 1);
  manifest_destroy(read_kept(&s, &o, s.january, s.february));
  assert_int_equal(s.parsed, 1);
  /* In another place its rows have other numbers. */
  manifest_destroy(read_kept(&s, &o, s.february, s.january));
  assert_int_equal(s.parsed, 2);
  tear_down(&s);
}

static void packing_a_file_makes_it_no_other(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const reading_options o = options_of(wanted, 2);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  char packed[400];
  snprintf(packed, sizeof packed, "%s/january.csv.gz", s.directory);
  gzFile file = gzopen(packed, "wb");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, january, (unsigned)strlen(january)), (int)strlen(january));
  assert_int_equal(gzclose(file), Z_OK);
  manifest *m = read_kept(&s, &o, packed, NULL);
  assert_int_equal(s.parsed, 0);
  assert_slice_equal(m->files[0].name, slice_of("january.csv"));
  manifest_destroy(m);
  tear_down(&s);
}

static void another_codebook_needs_no_parsing_unless_numbers_become_texts(void **state) {
  (void)state;
  static const reading_column more[] = {{"score", READING_HINT_NUMBER, false},
                                        {"id", READING_HINT_NUMBER, false},
                                        {"note", READING_HINT_TEXT, false}};
  static const reading_column as_text[] = {{"score", READING_HINT_TEXT_CODES, false}};
  scene s;
  set_up(&s);
  reading_options o = options_of(wanted, 2);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  o = options_of(more, 3);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 0);
  o = options_of(as_text, 1);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 1);
  o = options_of(wanted, 2);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 0);
  tear_down(&s);
}

static void rules_of_reading_and_changed_content_count(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  reading_options o = options_of(wanted, 2);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  o.shard_rows = 2;
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 1);
  o.decimal_mark = ',';
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 1);
  o = options_of(wanted, 2);
  process_write_file(s.directory, "january.csv", "id,score\n1,6\n", 13, s.january, sizeof s.january);
  manifest *m = read_kept(&s, &o, s.january, NULL);
  assert_int_equal(s.parsed, 1);
  assert_int_equal(m->files[0].records, 1);
  manifest_destroy(m);
  tear_down(&s);
}

static void a_lost_shard_is_made_anew(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const reading_options o = options_of(wanted, 2);
  manifest *m = read_kept(&s, &o, s.january, NULL);
  char hex[DIGEST_HEX_BYTES];
  char path[600];
  digest_hex(&m->shards[0].name, hex);
  snprintf(path, sizeof path, "%s/store/blobs/%.2s/%s", s.directory, hex, hex);
  manifest_destroy(m);
  store_destroy(s.kept);
  assert_int_equal(unlink(path), 0);
  open_store(&s);
  manifest_destroy(read_kept(&s, &o, s.january, NULL));
  assert_int_equal(s.parsed, 1);
  assert_int_equal(access(path, F_OK), 0);
  tear_down(&s);
}

static void missing_columns_and_empty_datasets_are_told_as_ever(void **state) {
  (void)state;
  static const reading_column absent[] = {{"scores", READING_HINT_NUMBER, false}};
  scene s;
  set_up(&s);
  reading_options o = options_of(absent, 1);
  const char *paths[] = {s.january, s.february};
  manifest *m = NULL;
  error err;
  assert_int_equal(dataset_read(&o, paths, 2, s.kept, NULL, &m, &err), STATUS_DATA);
  assert_contains(err.message, "\"scores\" (did you mean \"score\"?)");
  o = options_of(wanted, 2);
  process_write_file(s.directory, "january.csv", "id,score\n", 9, s.january, sizeof s.january);
  assert_int_equal(dataset_read(&o, paths, 1, s.kept, NULL, &m, &err), STATUS_DATA);
  char told[500];
  snprintf(told, sizeof told, "%s: has a header but no rows", s.january);
  assert_string_equal(err.message, told);
  /* Beside a file with rows it may be empty. */
  m = read_kept(&s, &o, s.january, s.february);
  assert_int_equal(manifest_rows(m), 2);
  manifest_destroy(m);
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kept_files_make_the_dataset_that_reading_makes),
      cmocka_unit_test(one_more_file_is_the_only_one_parsed),
      cmocka_unit_test(packing_a_file_makes_it_no_other),
      cmocka_unit_test(another_codebook_needs_no_parsing_unless_numbers_become_texts),
      cmocka_unit_test(rules_of_reading_and_changed_content_count),
      cmocka_unit_test(a_lost_shard_is_made_anew),
      cmocka_unit_test(missing_columns_and_empty_datasets_are_told_as_ever),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
