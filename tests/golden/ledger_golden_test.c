/* Records of the broker, byte by byte: what is in its store outlives releases. */
#include <string.h>

#include "broker/records/ledger_inside.h"
#include "tests/broker/ledger_fixture.h"
#include "tests/check.h"
#include "tests/golden/golden.h"

static const golden_version datasets = {LEDGER_DATASET_VERSION,
                                        "LEDGER_DATASET_VERSION (broker/records/ledger_inside.h)"};
static const golden_version jobs = {LEDGER_JOB_VERSION,
                                    "LEDGER_JOB_VERSION (broker/records/ledger_inside.h)"};
static const golden_version results = {LEDGER_RESULT_VERSION,
                                       "LEDGER_RESULT_VERSION (broker/records/ledger_inside.h)"};

static core_job_id counted_id(uint8_t first) {
  core_job_id id;
  for (size_t i = 0; i < sizeof id.bytes; i++) {
    id.bytes[i] = (uint8_t)(first + i);
  }
  return id;
}

static ledger_blob counted_blob(uint8_t first, uint64_t bytes) {
  return (ledger_blob){.name = golden_digest(first), .bytes = bytes};
}

/* ---- The values of ledger.py --------------------------------------------------------------------- */

static ledger_dataset sample_dataset_fixed(void) {
  static char name[] = "2026 \xe8\xb0\x83\xe6\x9f\xa5";
  return (ledger_dataset){.name = name,
                          .version = 3,
                          .manifest = golden_digest(0x10),
                          .manifest_bytes = 4096,
                          .rows = 1000,
                          .shards = 12,
                          .bytes = UINT64_C(1) << 33,
                          .files = 2,
                          .created_s = 1767225600,
                          .changed_s = 1767225601};
}

static ledger_job_entry sample_job_fixed(void) {
  static char key[] = "nightly", dataset[] = "2026 \xe8\xb0\x83\xe6\x9f\xa5", title[] = "spec.yaml",
              told[] = "column 'q1' is not there", file_name[] = "2026-01.csv", owner[] = "anna's key",
              first_note[] = "a worker was set aside", second_note[] = "started again";
  static char *file_names[] = {file_name}, *notes[] = {first_note, second_note};
  static ledger_blob files[1];
  static lost_shard lost[] = {{.shard = 3, .cause = LOST_WORKERS}, {.shard = 70000, .cause = LOST_BYTES}};
  files[0] = counted_blob(0x07, 700);
  return (ledger_job_entry){.sequence = 42,
                            .job = {.id = counted_id(0x30),
                                    .state = JOB_FAILED,
                                    .key = key,
                                    .dataset = dataset,
                                    .version = 3,
                                    .title = title,
                                    .owner = owner,
                                    .priority = 1,
                                    .submitted_s = 1767225600,
                                    .ended_s = 1767225660,
                                    .timeout_s = 3600,
                                    .content = golden_digest(0x50),
                                    .read = true,
                                    .plan = counted_blob(0x01, 100),
                                    .program = counted_blob(0x02, 200),
                                    .spec = counted_blob(0x03, 300),
                                    .manifest = counted_blob(0x04, 400),
                                    .first_program = counted_blob(0x05, 500),
                                    .program_state = counted_blob(0x06, 600),
                                    .files = files,
                                    .files_names = file_names,
                                    .files_count = 1,
                                    .shard_rows = 65536,
                                    .stage = 2,
                                    .fingerprint = golden_digest(0x70),
                                    .states = {10, 20, 3, 4},
                                    .rows = 1000,
                                    .may_lose = true,
                                    .shards_lost = 2,
                                    .rows_lost = 300,
                                    .lost = lost,
                                    .lost_count = 2,
                                    .lost_late = true,
                                    .keeps = true,
                                    .parts = counted_blob(0x08, 800),
                                    .failure = STATUS_DATA,
                                    .message = told,
                                    .notes = notes,
                                    .notes_count = 2}};
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void bytes_of_a_dataset_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  const ledger_dataset d = sample_dataset_fixed();
  ledger_dataset *back = NULL;
  error err;
  buf b;
  buf_init(&b);
  ledger_dataset_encode(&d, &b);
  golden_expect(g, "dataset", &b, datasets);
  assert_int_equal(ledger_dataset_decode(golden_bytes(g, "dataset"), &back, &err), STATUS_OK);
  assert_same_dataset(back, &d);
  ledger_dataset_destroy(back);
  buf_fini(&b);
  golden_close(g);
}

static void bytes_of_a_job_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  const ledger_job_entry e = sample_job_fixed();
  ledger_job_entry *back = NULL;
  error err;
  buf b;
  buf_init(&b);
  ledger_job_encode(&e, &b);
  golden_expect(g, "job", &b, jobs);
  assert_int_equal(ledger_job_decode(golden_bytes(g, "job"), &back, &err), STATUS_OK);
  assert_same_job(&back->job, &e.job, false);
  assert_int_equal(back->sequence, 42);
  ledger_job_destroy(back);
  buf_fini(&b);
  golden_close(g);
}

static void keep_no_rows(ledger_job *j) {
  j->keeps = false;
  j->parts = (ledger_blob){.bytes = 0};
}

static void a_job_of_version_3_is_read_and_has_no_rows(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  ledger_job_entry e = sample_job_fixed();
  keep_no_rows(&e.job);
  ledger_job_entry *back = NULL;
  error err;
  assert_int_equal(ledger_job_decode(golden_bytes(g, "losing job"), &back, &err), STATUS_OK);
  assert_same_job(&back->job, &e.job, false);
  ledger_job_destroy(back);
  golden_close(g);
}

static void lose_nothing(ledger_job *j) {
  keep_no_rows(j);
  j->may_lose = j->lost_late = false;
  j->shards_lost = j->lost_count = 0;
  j->rows_lost = 0;
}

static void a_job_of_version_2_is_read_and_loses_nothing(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  ledger_job_entry e = sample_job_fixed();
  lose_nothing(&e.job);
  ledger_job_entry *back = NULL;
  error err;
  assert_int_equal(ledger_job_decode(golden_bytes(g, "owned job"), &back, &err), STATUS_OK);
  assert_same_job(&back->job, &e.job, false);
  ledger_job_destroy(back);
  golden_close(g);
}

/* Of a store that an earlier release wrote. */
static void a_job_of_version_1_is_read_and_has_neither_timeout_nor_owner(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  ledger_job_entry e = sample_job_fixed();
  static char nobody[] = "";
  e.job.timeout_s = 0;
  lose_nothing(&e.job);
  e.job.owner = nobody;
  ledger_job_entry *back = NULL;
  error err;
  assert_int_equal(ledger_job_decode(golden_bytes(g, "old job"), &back, &err), STATUS_OK);
  assert_same_job(&back->job, &e.job, false);
  ledger_job_destroy(back);
  golden_close(g);
}

/* As it is gathered for the next commit; its key is the record's beginning. */
static void bytes_of_a_result_are_fixed(void **state) {
  enum { HEADER_BYTES = 9, KEY_BYTES = 28 };
  golden *g = golden_open("ledger");
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  error err;
  const ledger_result r = {.id = {.job = counted_id(0x30), .stage = 2, .task = 300},
                           .content = golden_digest(0x90),
                           .states = {1, 2, 3, 4},
                           .partial = {"partial", 7}};
  assert_int_equal(ledger_result_put(l, &r, &err), STATUS_OK);
  const slice key = {golden_bytes(g, "result").bytes + HEADER_BYTES, KEY_BYTES};
  const ledger_change *c = ledger_pending_find(&l->pending, LEDGER_TABLE_RESULTS, key);
  assert_non_null(c);
  golden_expect_slice(g, "result", ledger_change_value(c), results);
  ledger_fixture_close(f);
  golden_close(g);
}

/* ---- Refusals ------------------------------------------------------------------------------------ */

static status decode(const char *entry, slice bytes, error *err) {
  if (strcmp(entry, "dataset") != 0) {
    ledger_job_entry *e = NULL;
    const status st = ledger_job_decode(bytes, &e, err);
    ledger_job_destroy(e);
    return st;
  }
  ledger_dataset *d = NULL;
  const status st = ledger_dataset_decode(bytes, &d, err);
  ledger_dataset_destroy(d);
  return st;
}

static void repair(const char *entry, buf *b) {
  enum { HEADER_BYTES = 9 };
  (void)entry;
  if (b->length >= HEADER_BYTES) {
    ledger_record_end(b);
  }
}

static const golden_refusal as_they_are[] = {
    {"dataset", GOLDEN_BYTE, 0, LEDGER_DATASET_VERSION + 1, STATUS_CORRUPT,
     "a dataset's record: it was written by a newer version of canvass"},
    {"dataset", GOLDEN_BYTE, 20, 0, STATUS_CORRUPT, "a dataset's record: its checksum does not match"},
    {"dataset", GOLDEN_CUT, 8, 0, STATUS_CORRUPT, "a dataset's record: ends too early"},
    {"job", GOLDEN_BYTE, 0, 0, STATUS_CORRUPT,
     "a job's record: it was written by an older version of canvass"},
    {"job", GOLDEN_BYTE, 0, LEDGER_JOB_VERSION + 1, STATUS_CORRUPT,
     "a job's record: it was written by a newer version of canvass"},
    {"job", GOLDEN_BYTE, 9, 0, STATUS_CORRUPT, "a job's record: its checksum does not match"},
};

/* A dataset's name has its length at 9.  A job's state has it at 33, its text from 34 on; the key's text
 * begins at 41.  The first lost shard has its place at 642; the last cause ends with the record. */
static const golden_refusal repaired[] = {
    {"dataset", GOLDEN_BYTE, 10, 0, STATUS_CORRUPT, "a dataset's record: a text with a zero byte"},
    {"dataset", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "a dataset's record: bytes are left over at the end"},
    {"job", GOLDEN_BYTE, 34, 'm', STATUS_CORRUPT, "a job's record: an unknown state"},
    {"job", GOLDEN_BYTE, 41, 0, STATUS_CORRUPT, "a job's record: a text with a zero byte"},
    {"job", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "a job's record: bytes are left over at the end"},
    {"job", GOLDEN_BYTE, 673, 'f', STATUS_CORRUPT,
     "a job's record: a shard that is lost for an unknown cause"},
    {"job", GOLDEN_BYTE, 644, 2, STATUS_CORRUPT, "a job's record: lost shards that are not in order"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("ledger");
  golden_refuse(g, as_they_are, sizeof as_they_are / sizeof as_they_are[0], decode, NULL);
  golden_refuse(g, repaired, sizeof repaired / sizeof repaired[0], decode, repair);
  golden_refuse_beginnings(g, "dataset", decode, repair);
  golden_refuse_beginnings(g, "job", decode, repair);
  golden_refuse_beginnings(g, "old job", decode, repair);
  golden_refuse_beginnings(g, "owned job", decode, repair);
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_a_dataset_are_fixed),
      cmocka_unit_test(bytes_of_a_job_are_fixed),
      cmocka_unit_test(a_job_of_version_3_is_read_and_has_no_rows),
      cmocka_unit_test(a_job_of_version_2_is_read_and_loses_nothing),
      cmocka_unit_test(a_job_of_version_1_is_read_and_has_neither_timeout_nor_owner),
      ledger_unit_test(bytes_of_a_result_are_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
