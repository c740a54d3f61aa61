/* What a durable store keeps in its index, byte by byte. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reading/dataset.h"
#include "store/kept.h"
#include "store/manifest.h"
#include "store/store_index.h"
#include "tests/check.h"
#include "tests/golden/golden.h"
#include "tests/process.h"
#include "tests/store/durable_store.h"

enum { BOOK_VERSION = 1, READING_VERSION = 7 };

static const golden_version index_format = {BOOK_VERSION, "BOOK_VERSION (store/uses.c)"};
static const golden_version reading = {READING_VERSION, "READING_VERSION (reading/dataset.c)"};

static void expect_kept(const golden *g, store_index *x, index_table table, slice key, const char *entry) {
  buf value;
  bool found = false;
  error err;
  buf_init(&value);
  assert_int_equal(store_index_get(x, table, key, &value, &found, &err), STATUS_OK);
  assert_true(found);
  golden_expect(g, entry, &value, index_format);
  buf_fini(&value);
}

static void keep_samples(durable_fixture *f) {
  const store_partial partial = {
      .shard = golden_digest(0x10), .accumulator = golden_digest(0x40), .state = slice_of("a state")};
  const digest name = golden_digest(0x70);
  store *s = durable_open(f, 0);
  store_partials_put(s, &partial, 1);
  store_record_put(s, &name, "a record", strlen("a record"));
  durable_close(f);
}

static void open_index(const durable_fixture *f, store_index **out) {
  static const char *const tables[INDEX_TABLES] = {
      [INDEX_STATE] = "state", [INDEX_USES] = "uses", [INDEX_VALUES] = "values"};
  static const index_options options = {
      .tables = tables, .tables_count = INDEX_TABLES, .when_damaged = "", .when_full = ""};
  char path[400];
  error err;
  snprintf(path, sizeof path, "%s/index", f->path);
  if (store_index_open(path, &options, out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void keys_and_values_of_the_index_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("store");
  durable_fixture f;
  store_index *x = NULL;
  durable_setup(&f);
  keep_samples(&f);
  open_index(&f, &x);
  expect_kept(g, x, INDEX_STATE, slice_of("turn"), "turn");
  expect_kept(g, x, INDEX_VALUES, golden_bytes(g, "key of a partial"), "partial");
  expect_kept(g, x, INDEX_VALUES, golden_bytes(g, "key of a record"), "record");
  store_index_close(x);
  durable_teardown(&f);
  golden_close(g);
}

static void an_index_of_another_version_says_which_and_what_to_do(void **state) {
  (void)state;
  static const struct {
    const char *bytes; /* a later one may hold more */
    const char *message;
  } cases[] = {
      {"\2and what it has",
       "/index was written by a newer version of canvass (format version 2; this one reads "
       "1); use that version, or delete the index: results are recomputed"},
      {"\0", "/index was written by an older version of canvass (format version 0; this one reads 1)"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    durable_fixture f;
    store_index *x = NULL;
    store *s = NULL;
    error err;
    durable_setup(&f);
    keep_samples(&f);
    open_index(&f, &x);
    const index_change change = {INDEX_STATE, slice_of("turn"), {cases[i].bytes, i == 0 ? 16 : 1}};
    assert_int_equal(store_index_write(x, &change, 1, &err), STATUS_OK);
    store_index_close(x);
    const store_options options = durable_options(&f, 0);
    assert_int_equal(store_open(f.path, &options, &s, &err), STATUS_CORRUPT);
    assert_contains(err.message, cases[i].message);
    assert_contains(err.message, f.path);
    durable_teardown(&f);
  }
}

/* The record of a file is found under the digest of all that it was read by. */
static void what_a_file_was_read_by_has_one_digest(void **state) {
  (void)state;
  static const char text[] = "a,b\n1,x\n2,y\n";
  static const reading_column columns[] = {{"a", READING_HINT_NUMBER, false},
                                           {"b", READING_HINT_TEXT_CODES, false}};
  const reading_options options = {.delimiter = ',', .columns = columns, .columns_count = 2};
  golden *g = golden_open("store");
  durable_fixture f;
  char path[400];
  manifest *m = NULL, *kept = NULL;
  error err;
  buf record;
  durable_setup(&f);
  buf_init(&record);
  process_write_file(f.directory, "a.csv", text, sizeof text - 1, path, sizeof path);
  const char *paths[] = {path};
  store *s = durable_open(&f, 0);
  assert_int_equal(dataset_read(&options, paths, 1, s, NULL, &m, &err), STATUS_OK);
  digest key;
  memcpy(key.bytes, golden_bytes(g, "digest of a file's reading").bytes, DIGEST_BYTES);
  if (!store_record_get(s, &key, &record)) {
    fail_msg("what a file was read by is digested otherwise: raise %s, and tell tests/golden/store.py",
             reading.where);
  }
  golden_expect_slice(g, "digest of a file's reading", (slice){(const char *)key.bytes, DIGEST_BYTES},
                      reading);
  /* The hints of the columns, and the file's manifest. */
  reader r;
  reader_init(&r, record.data, record.length);
  const slice hints = reader_slice(&r, 2);
  const slice bytes = reader_slice(&r, record.length);
  assert_int_equal(reader_finish(&r, "record", &err), STATUS_OK);
  assert_slice_equal(hints, (slice){"\1\0", 2});
  assert_int_equal(manifest_decode(bytes.bytes, bytes.length, &kept, &err), STATUS_OK);
  assert_true(manifest_same_shards(kept, m));
  manifest_destroy(kept);
  manifest_destroy(m);
  buf_fini(&record);
  durable_teardown(&f);
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_and_values_of_the_index_are_fixed),
      cmocka_unit_test(an_index_of_another_version_says_which_and_what_to_do),
      cmocka_unit_test(what_a_file_was_read_by_has_one_digest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
