/* The ledger over records that somebody or something altered: named when they are needed, left out when they
 * can be recomputed, and never more than that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/records/ledger_inside.h"
#include "tests/broker/ledger_fixture.h"
#include "tests/check.h"

enum { CASES = 20000, TASKS = 20 };

/* ---- The decoders by themselves ------------------------------------------------------------------ */

/* Decodes a copy of exactly that many bytes, so that a sanitizer sees reads past them. */
static status decode(const buf *record, bool job) {
  char *bytes = malloc(record->length > 0 ? record->length : 1);
  assert_non_null(bytes);
  memcpy(bytes, record->data, record->length);
  const slice s = {bytes, record->length};
  ledger_job_entry *e = NULL;
  ledger_dataset *d = NULL;
  const status st = job ? ledger_job_decode(s, &e, NULL) : ledger_dataset_decode(s, &d, NULL);
  assert_int_equal(st == STATUS_OK, job ? e != NULL : d != NULL);
  ledger_job_destroy(e);
  ledger_dataset_destroy(d);
  free(bytes);
  return st;
}

static void encode_sample(seeded *r, bool job, buf *out) {
  buf_init(out);
  if (job) {
    ledger_job *j = sample_job(r, seeded_below(r, 100));
    const ledger_job_entry e = {*j, seeded_next(r)};
    ledger_job_encode(&e, out);
    sample_job_free(j);
  } else {
    ledger_dataset *d = sample_dataset(r, seeded_below(r, 100));
    ledger_dataset_encode(d, out);
    sample_dataset_free(d);
  }
  assert_false(out->failed);
}

static void altered_or_cut_off_records_are_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int n = 0; n < CASES; n++) {
    buf record;
    const bool job = n % 2 == 0;
    encode_sample(&r, job, &record);
    assert_int_equal(decode(&record, job), STATUS_OK);
    if (n % 4 < 2) {
      record.length = seeded_below(&r, record.length);
    } else {
      record.data[seeded_below(&r, record.length)] ^= (uint8_t)(1u << seeded_below(&r, 8));
    }
    assert_int_equal(decode(&record, job), STATUS_CORRUPT);
    buf_fini(&record);
  }
}

/* With a good checksum the decoder itself must do. */
static void any_bytes_with_a_good_checksum_do_no_harm(void **state) {
  (void)state;
  seeded r = {seeded_seed() + 1};
  unsigned decoded = 0;
  for (int n = 0; n < CASES; n++) {
    buf record;
    const bool job = n % 2 == 0;
    encode_sample(&r, job, &record);
    const size_t start = 9;
    if (n % 4 < 2) { /* a sample with some bytes changed */
      for (uint64_t k = seeded_below(&r, 4); k-- > 0;) {
        record.data[start + seeded_below(&r, record.length - start)] = (uint8_t)seeded_next(&r);
      }
    } else { /* noise */
      for (size_t i = start; i < record.length; i++) {
        record.data[i] = (uint8_t)seeded_bits(&r, 8);
      }
    }
    record.length -= n % 8 < 4 ? seeded_below(&r, record.length - start) : 0;
    ledger_record_end(&record);
    const status st = decode(&record, job);
    assert_true(st == STATUS_OK || st == STATUS_CORRUPT);
    decoded += st == STATUS_OK;
    buf_fini(&record);
  }
  assert_true(decoded > 0);
}

/* ---- Records on disk ----------------------------------------------------------------------------- */

/* Another hand in the index. */
static void write_record(ledger_fixture *f, index_table table, slice key, slice value) {
  static const char *const names[LEDGER_TABLES] = {"datasets", "jobs", "results"};
  const index_options options = {
      .tables = names, .tables_count = LEDGER_TABLES, .when_damaged = "", .when_full = ""};
  char path[300];
  snprintf(path, sizeof path, "%s/index", f->directory);
  store_index *x = NULL;
  assert_int_equal(store_index_open(path, &options, &x, NULL), STATUS_OK);
  const index_change c = {table, key, value};
  assert_int_equal(store_index_write(x, &c, 1, NULL), STATUS_OK);
  store_index_close(x);
}

static void assert_refused(ledger_fixture *f, const char *named) {
  ledger *l = NULL;
  error err;
  assert_int_equal(ledger_open(f->directory, &l, &err), STATUS_CORRUPT);
  assert_null(l);
  assert_contains(err.message, named);
  assert_contains(err.message, f->directory);
  assert_contains(err.message, "put back a copy");
}

static void a_damaged_dataset_is_named_when_the_ledger_is_opened(void **state) {
  seeded r = {seeded_seed()};
  ledger_fixture *f = *state;
  ledger_fixture_open(f);
  ledger_fixture_close(f);
  write_record(f, LEDGER_TABLE_DATASETS, slice_of("Umfrage"), slice_of("rubbish"));
  assert_refused(f, "Umfrage");
  /* A good record under another's key. */
  buf record;
  encode_sample(&r, false, &record);
  write_record(f, LEDGER_TABLE_DATASETS, slice_of("Umfrage"),
               (slice){(const char *)record.data, record.length});
  assert_refused(f, "Umfrage");
  buf_fini(&record);
}

static void a_damaged_job_is_named_when_the_ledger_is_opened(void **state) {
  seeded r = {seeded_seed()};
  ledger_fixture *f = *state;
  ledger_fixture_open(f);
  ledger_fixture_close(f);
  const char id[JOB_ID_BYTES] = {0x12, 0x34, 0x56};
  write_record(f, LEDGER_TABLE_JOBS, (slice){id, sizeof id}, slice_of("rubbish"));
  assert_refused(f, "123456");
  buf record;
  encode_sample(&r, true, &record);
  write_record(f, LEDGER_TABLE_JOBS, (slice){id, sizeof id},
               (slice){(const char *)record.data, record.length});
  assert_refused(f, "123456");
  /* A key of another length. */
  write_record(f, LEDGER_TABLE_JOBS, (slice){id, sizeof id}, (slice){NULL, 0});
  write_record(f, LEDGER_TABLE_JOBS, (slice){id, 2}, (slice){(const char *)record.data, record.length});
  assert_refused(f, "1234");
  buf_fini(&record);
}

/* What another version wrote is not damage: putting a copy back would lose the newer records. */
static void the_record_of_a_newer_version_asks_for_that_version(void **state) {
  ledger_fixture *f = *state;
  ledger *l = NULL;
  error err;
  buf record;
  ledger_fixture_open(f);
  ledger_fixture_close(f);
  buf_init(&record);
  ledger_record_begin(&record, LEDGER_DATASET_VERSION + 1);
  buf_put(&record, "whatever it has", 15);
  ledger_record_end(&record);
  assert_false(record.failed);
  write_record(f, LEDGER_TABLE_DATASETS, slice_of("Umfrage"),
               (slice){(const char *)record.data, record.length});
  assert_int_equal(ledger_open(f->directory, &l, &err), STATUS_CORRUPT);
  assert_contains(err.message,
                  "dataset Umfrage: a dataset's record: it was written by a newer version of "
                  "canvass; start the broker of that version, or of a later one");
  /* Unless it is damaged as well. */
  record.data[record.length - 1] ^= 1;
  write_record(f, LEDGER_TABLE_DATASETS, slice_of("Umfrage"),
               (slice){(const char *)record.data, record.length});
  assert_refused(f, "its checksum does not match");
  buf_fini(&record);
}

static status mark(void *context, const ledger_result *r, error *err) {
  (void)err;
  assert_true(r->id.task < TASKS);
  assert_int_equal(r->partial.length, 1);
  ((bool *)context)[r->id.task] = true;
  return STATUS_OK;
}

/* As an earlier release wrote it: version 1, without counts. */
static void write_result_of_version_1(ledger_fixture *f, slice key) {
  const digest content = {{1}};
  buf record;
  buf_init(&record);
  ledger_record_begin(&record, 1);
  buf_put(&record, key.bytes, key.length);
  buf_put(&record, content.bytes, DIGEST_BYTES);
  for (int i = 0; i < 40; i++) {
    buf_put_u8(&record, 'x');
  }
  ledger_record_end(&record);
  assert_false(record.failed);
  write_record(f, LEDGER_TABLE_RESULTS, key, (slice){(const char *)record.data, record.length});
  buf_fini(&record);
}

static void damaged_results_and_those_of_an_earlier_release_are_left_out(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  ledger_result r = {.id = {.job = sample_job_id(1), .stage = 2}, .content = {{1}}, .partial = slice_of("x")};
  for (; r.id.task < TASKS; r.id.task++) {
    assert_int_equal(ledger_result_put(l, &r, NULL), STATUS_OK);
  }
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  ledger_fixture_close(f);
  char key[JOB_ID_BYTES + 12] = {0};
  memcpy(key, r.id.job.bytes, JOB_ID_BYTES);
  key[JOB_ID_BYTES + 3] = 2;
  key[JOB_ID_BYTES + 11] = 7;
  write_record(f, LEDGER_TABLE_RESULTS, (slice){key, sizeof key}, slice_of("rubbish"));
  key[JOB_ID_BYTES + 11] = 9;
  write_record(f, LEDGER_TABLE_RESULTS, (slice){key, sizeof key}, slice_of(""));
  write_record(f, LEDGER_TABLE_RESULTS, (slice){key, sizeof key - 1}, slice_of("rubbish"));
  key[JOB_ID_BYTES + 11] = 11;
  write_result_of_version_1(f, (slice){key, sizeof key});
  l = ledger_fixture_open(f);
  bool seen[TASKS] = {false};
  assert_int_equal(ledger_results_each(l, &r.id.job, 2, mark, seen, NULL), STATUS_OK);
  for (int i = 0; i < TASKS; i++) {
    assert_int_equal(seen[i], i != 7 && i != 9 && i != 11);
  }
  /* And they are dropped like any. */
  assert_int_equal(ledger_results_drop(l, &r.id.job, NULL), STATUS_OK);
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  memset(seen, 0, sizeof seen);
  assert_int_equal(ledger_results_each(l, &r.id.job, 2, mark, seen, NULL), STATUS_OK);
  for (int i = 0; i < TASKS; i++) {
    assert_false(seen[i]);
  }
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(altered_or_cut_off_records_are_refused),
      cmocka_unit_test(any_bytes_with_a_good_checksum_do_no_harm),
      ledger_unit_test(a_damaged_dataset_is_named_when_the_ledger_is_opened),
      ledger_unit_test(a_damaged_job_is_named_when_the_ledger_is_opened),
      ledger_unit_test(the_record_of_a_newer_version_asks_for_that_version),
      ledger_unit_test(damaged_results_and_those_of_an_earlier_release_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
