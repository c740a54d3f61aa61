/* Records of the broker's ledger.  The first byte says of which kind; besides the record as it is, a copy
 * with its checksum made good. */
#include <stdlib.h>
#include <string.h>

#include "broker/records/ledger_inside.h"
#include "tests/broker/ledger_fixture.h"
#include "tests/fuzz/fuzz.h"

enum { RECORD_HEADER_BYTES = 9, SEEDS = 40 };

static void check_job(slice record) {
  ledger_job_entry *e = NULL, *back = NULL;
  error err = {STATUS_OK, ""};
  const status st = ledger_job_decode(record, &e, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT && e == NULL, "what is no job is corrupt");
    fuzz_require_told(st, &err);
    return;
  }
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  fuzz_require_ok(ledger_job_check(&e->job, &err), &err, "what was kept may be kept");
  ledger_job_encode(e, &first);
  fuzz_require_ok(ledger_job_decode(fuzz_slice(&first), &back, &err), &err, "what is encoded is decoded");
  ledger_job_encode(back, &second);
  fuzz_require_same(fuzz_slice(&first), fuzz_slice(&second), "equal jobs have equal bytes");
  buf_fini(&first);
  buf_fini(&second);
  ledger_job_destroy(e);
  ledger_job_destroy(back);
}

static void check_dataset(slice record) {
  ledger_dataset *d = NULL;
  error err = {STATUS_OK, ""};
  const status st = ledger_dataset_decode(record, &d, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT && d == NULL, "what is no dataset is corrupt");
    fuzz_require_told(st, &err);
    return;
  }
  buf again;
  buf_init(&again);
  ledger_dataset_encode(d, &again);
  fuzz_require_same(record, fuzz_slice(&again), "a dataset writes the bytes that it was read from");
  buf_fini(&again);
  ledger_dataset_destroy(d);
}

static void check(bool is_job, const uint8_t *bytes, size_t length) {
  const slice record = {(const char *)bytes, length};
  if (is_job) {
    check_job(record);
  } else {
    check_dataset(record);
  }
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length == 0) {
    return 0;
  }
  const bool is_job = bytes[0] % 2 == 1;
  check(is_job, bytes + 1, length - 1);
  if (length - 1 >= RECORD_HEADER_BYTES) {
    buf repaired;
    buf_init(&repaired);
    buf_put(&repaired, bytes + 1, length - 1);
    ledger_record_end(&repaired);
    check(is_job, repaired.data, repaired.length);
    buf_fini(&repaired);
  }
  return 0;
}

static void add(fuzz_corpus *out, bool is_job, const buf *record) {
  buf b;
  buf_init(&b);
  buf_put_u8(&b, is_job);
  buf_put(&b, record->data, record->length);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

void fuzz_seeds(fuzz_corpus *out) {
  seeded r = {1};
  for (uint64_t i = 0; i < SEEDS; i++) {
    ledger_job *j = sample_job(&r, i);
    ledger_dataset *d = sample_dataset(&r, i);
    const ledger_job_entry e = {*j, i};
    buf job, dataset;
    buf_init(&job);
    buf_init(&dataset);
    ledger_job_encode(&e, &job);
    ledger_dataset_encode(d, &dataset);
    add(out, true, &job);
    add(out, false, &dataset);
    buf_fini(&job);
    buf_fini(&dataset);
    sample_job_free(j);
    sample_dataset_free(d);
  }
}
