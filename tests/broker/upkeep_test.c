/* Looking after a broker's store: damage is found and named, and what is whole is salvaged. */
#include "broker/records/upkeep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/records/ledger.h"
#include "broker/records/vault.h"
#include "store/manifest.h"
#include "tests/broker/ledger_fixture.h"
#include "tests/check.h"
#include "tests/process.h"

enum { DATASETS = 40, JOBS = 60, RESULTS = 30, SHARDS = 3, SHARD_BYTES = 5000, PAGE_BYTES = 4096 };

/* A store whose datasets have shards that are there; its jobs are random, and name blobs that are not. */
typedef struct scene {
  char directory[256], store[300], other[300], data[400];
  ledger_dataset *datasets[DATASETS];
  ledger_job *jobs[JOBS];
  digest shards[DATASETS][SHARDS];
  store_findings found; /* of the last look */
  unsigned told_count;
  char told[1 << 16]; /* what the look has told, as much as has room */
} scene;

static void tell(void *context, const char *where, const char *what) {
  scene *s = context;
  const size_t used = strlen(s->told);
  snprintf(s->told + used, sizeof s->told - used, "%s: %s\n", where, what);
  s->told_count++;
}

/* To be given to the next look, which finds and tells from the beginning. */
static store_findings *look(scene *s) {
  s->found = (store_findings){.tell = tell, .context = s};
  s->told_count = 0;
  s->told[0] = '\0';
  return &s->found;
}

/* ---- Making a store ------------------------------------------------------------------------------ */

static void put_blob(vault *v, const void *bytes, size_t length, digest *name) {
  error err;
  if (vault_put(v, bytes, length, name, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

/* Dataset NUMBER names shards of its own. */
static void put_dataset(scene *s, vault *v, ledger *l, seeded *r, unsigned number) {
  uint8_t bytes[SHARD_BYTES];
  manifest *m = manifest_new();
  error err;
  assert_non_null(m);
  manifest_shard shards[SHARDS] = {0};
  file_facts file = {.name = {"answers.csv", 11}, .records = SHARDS};
  for (unsigned i = 0; i < SHARDS; i++) {
    memset(bytes, (int)(number * SHARDS + i), sizeof bytes);
    put_blob(v, bytes, sizeof bytes, &s->shards[number][i]);
    shards[i] =
        (manifest_shard){.name = s->shards[number][i], .bytes = sizeof bytes, .rows = 1, .first_ordinal = i};
  }
  m->shards = shards;
  m->shards_count = SHARDS;
  m->files = &file;
  m->files_count = 1;
  buf encoded;
  buf_init(&encoded);
  manifest_encode(m, &encoded);
  ledger_dataset *d = sample_dataset(r, number);
  put_blob(v, encoded.data, encoded.length, &d->manifest);
  d->manifest_bytes = encoded.length;
  assert_int_equal(ledger_dataset_put(l, d, &err), STATUS_OK);
  s->datasets[number] = d;
  buf_fini(&encoded);
  manifest_destroy(m);
}

static void put_results(const scene *s, ledger *l) {
  error err;
  for (uint64_t i = 0; i < RESULTS; i++) {
    const ledger_job *j = s->jobs[i];
    const ledger_result r = {.id = {.job = j->id, .stage = j->stage, .task = i}, .partial = {"partial", 7}};
    assert_int_equal(ledger_result_put(l, &r, &err), STATUS_OK);
  }
}

static int set_up(void **state) {
  scene *s = test_calloc(1, sizeof *s);
  vault *v = NULL;
  ledger *l = NULL;
  seeded r = {seeded_seed()};
  const vault_options options = {0};
  error err;
  process_directory_new(s->directory, sizeof s->directory);
  snprintf(s->store, sizeof s->store, "%s/store", s->directory);
  snprintf(s->other, sizeof s->other, "%s/other", s->directory);
  snprintf(s->data, sizeof s->data, "%s/index/data.mdb", s->store);
  assert_int_equal(vault_open(s->store, &options, &v, &err), STATUS_OK);
  assert_int_equal(ledger_open(s->store, &l, &err), STATUS_OK);
  for (unsigned i = 0; i < DATASETS; i++) {
    put_dataset(s, v, l, &r, i);
  }
  for (unsigned i = 0; i < JOBS; i++) {
    s->jobs[i] = sample_job(&r, i);
    assert_int_equal(ledger_job_put(l, s->jobs[i], &err), STATUS_OK);
    assert_int_equal(ledger_commit(l, &err), STATUS_OK); /* so that older pages are free */
  }
  put_results(s, l);
  assert_int_equal(vault_sync(v, &err), STATUS_OK);
  assert_int_equal(ledger_commit(l, &err), STATUS_OK);
  ledger_close(l);
  vault_close(v);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  for (unsigned i = 0; i < DATASETS; i++) {
    sample_dataset_free(s->datasets[i]);
  }
  for (unsigned i = 0; i < JOBS; i++) {
    sample_job_free(s->jobs[i]);
  }
  process_directory_remove(s->directory);
  test_free(s);
  return 0;
}

/* ---- What the code under test calls (-Wl,--wrap) -------------------------------------------------- */

static uint64_t bytes_read;
static const digest *is_tidied; /* the blob that goes just before it is linked */

ssize_t __real_read(int file, void *bytes, size_t length);
ssize_t __wrap_read(int file, void *bytes, size_t length);
ssize_t __wrap_read(int file, void *bytes, size_t length) {
  const ssize_t got = __real_read(file, bytes, length);
  bytes_read += got > 0 ? (uint64_t)got : 0;
  return got;
}

int __real_linkat(int from_directory, const char *from, int to_directory, const char *to, int flags);
int __wrap_linkat(int from_directory, const char *from, int to_directory, const char *to, int flags);
int __wrap_linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
  char hex[DIGEST_HEX_BYTES];
  if (is_tidied != NULL) {
    digest_hex(is_tidied, hex);
    if (strstr(from, hex) != NULL) {
      is_tidied = NULL;
      assert_int_equal(unlinkat(from_directory, from, 0), 0);
    }
  }
  return __real_linkat(from_directory, from, to_directory, to, flags);
}

/* ---- Damaging it --------------------------------------------------------------------------------- */

static void flip(const char *path, off_t at, unsigned bit) {
  uint8_t byte = 0;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  assert_true(file >= 0);
  assert_int_equal(pread(file, &byte, 1, at), 1);
  byte ^= (uint8_t)(1U << bit);
  assert_int_equal(pwrite(file, &byte, 1, at), 1);
  assert_int_equal(close(file), 0);
}

static size_t data_bytes(const scene *s) {
  struct stat info;
  assert_int_equal(stat(s->data, &info), 0);
  return (size_t)info.st_size;
}

static void blob_path(const scene *s, const digest *name, char *path, size_t capacity) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  snprintf(path, capacity, "%s/blobs/%.2s/%s", s->store, hex, hex);
}

/* ---- Looking at what was given back -------------------------------------------------------------- */

/* Every record of the store in DIRECTORY is one that was put; returns how many there are. */
static size_t count_given_back(const scene *s, const char *directory) {
  ledger *l = NULL;
  error err;
  if (ledger_open(directory, &l, &err) != STATUS_OK) {
    fail_msg("a salvaged store cannot be opened: %s", err.message);
  }
  for (size_t i = 0; i < ledger_datasets(l); i++) {
    const ledger_dataset *d = ledger_dataset_at(l, i);
    unsigned number = 0;
    while (number < DATASETS && strcmp(s->datasets[number]->name, d->name) != 0) {
      number++;
    }
    assert_true(number < DATASETS);
    assert_same_dataset(s->datasets[number], d);
  }
  for (size_t i = 0; i < ledger_jobs(l); i++) {
    const ledger_job *j = ledger_job_at(l, i);
    unsigned number = 0;
    while (number < JOBS && memcmp(s->jobs[number]->id.bytes, j->id.bytes, sizeof j->id.bytes) != 0) {
      number++;
    }
    assert_true(number < JOBS);
    assert_same_job(s->jobs[number], j, true);
  }
  const size_t count = ledger_datasets(l) + ledger_jobs(l);
  ledger_close(l);
  return count;
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static void a_whole_store_is_verified_without_a_finding_but_blobs_that_its_jobs_lack(void **state) {
  scene *s = *state;
  error err;
  assert_int_equal(upkeep_verify(s->store, look(s), &err), STATUS_OK);
  assert_int_equal(s->found.datasets, DATASETS);
  assert_int_equal(s->found.jobs, JOBS);
  assert_int_equal(s->found.records, RESULTS);
  assert_int_equal(s->found.damaged_records, 0);
  assert_int_equal(s->found.blobs, DATASETS * (SHARDS + 1));
  assert_int_equal(s->found.damaged_blobs, 0);
  assert_null(strstr(s->told, "dataset"));
}

static void a_damaged_shard_is_named_with_its_dataset_and_what_to_do(void **state) {
  scene *s = *state;
  char path[500];
  char hex[DIGEST_HEX_BYTES];
  char wanted[600];
  error err;
  digest_hex(&s->shards[7][1], hex);
  blob_path(s, &s->shards[7][1], path, sizeof path);
  flip(path, SHARD_BYTES / 2, 3);
  blob_path(s, &s->shards[8][2], path, sizeof path);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(upkeep_verify(s->store, look(s), &err), STATUS_OK);
  assert_int_equal(s->found.damaged_blobs, 1);
  snprintf(wanted, sizeof wanted, "blob %s: was altered or cut off", hex);
  assert_contains(s->told, wanted);
  snprintf(wanted, sizeof wanted, "dataset %s: its shard %s is missing or damaged; put the same files again",
           s->datasets[7]->name, hex);
  assert_contains(s->told, wanted);
  snprintf(wanted, sizeof wanted, "dataset %s: its shard", s->datasets[8]->name);
  assert_contains(s->told, wanted);
}

/* The damage that a disk does: single bits, anywhere in the index.  Nothing that is given back differs from
 * what was put, and a bit costs at most the record that it is in, or two of which it is between. */
static void of_an_index_with_a_flipped_bit_all_but_a_record_or_two_is_given_back(void **state) {
  enum { FLIPS = 60, LOST_MAX = 2 };
  scene *s = *state;
  seeded r = {seeded_seed()};
  const size_t bytes = data_bytes(s);
  unsigned damages = 0;
  for (unsigned i = 0; i < FLIPS; i++) {
    error err;
    /* Heads of pages and places are rare and matter most. */
    const off_t page = (off_t)(seeded_below(&r, bytes / PAGE_BYTES) * PAGE_BYTES);
    const off_t at = page + (off_t)seeded_below(&r, i % 2 == 0 ? 64 : PAGE_BYTES);
    const unsigned bit = (unsigned)seeded_below(&r, 8);
    flip(s->data, at, bit);
    if (upkeep_salvage(s->store, s->other, look(s), &err) != STATUS_OK) {
      fail_msg("bit %u of byte %lld: %s", bit, (long long)at, err.message);
    }
    const size_t count = count_given_back(s, s->other);
    if (count + LOST_MAX < DATASETS + JOBS) {
      fail_msg("bit %u of byte %lld: %zu of %d records are given back\n%s", bit, (long long)at, count,
               DATASETS + JOBS, s->told);
    }
    if (count < DATASETS + JOBS && s->found.damaged_records == 0) {
      fail_msg("bit %u of byte %lld: %zu records, and nothing was said", bit, (long long)at, count);
    }
    damages += s->found.damaged_records > 0;
    process_directory_remove(s->other);
    flip(s->data, at, bit);
  }
  assert_true(damages > 0);
}

static void of_an_index_without_its_first_pages_all_is_given_back(void **state) {
  scene *s = *state;
  error err;
  const int file = open(s->data, O_WRONLY | O_CLOEXEC);
  static const uint8_t zeros[2 * PAGE_BYTES];
  assert_true(file >= 0);
  assert_int_equal(pwrite(file, zeros, sizeof zeros, 0), sizeof zeros);
  assert_int_equal(close(file), 0);
  assert_int_equal(upkeep_salvage(s->store, s->other, look(s), &err), STATUS_OK);
  assert_int_equal(count_given_back(s, s->other), DATASETS + JOBS);
  assert_true(s->found.damaged_records > 0);
}

static void a_salvaged_store_has_whole_blobs_and_lacks_damaged_ones(void **state) {
  scene *s = *state;
  char path[500];
  error err;
  blob_path(s, &s->shards[3][0], path, sizeof path);
  flip(path, 1, 1);
  assert_int_equal(upkeep_salvage(s->store, s->other, look(s), &err), STATUS_OK);
  vault *v = NULL;
  const vault_options options = {0};
  assert_int_equal(vault_open(s->other, &options, &v, &err), STATUS_OK);
  for (unsigned i = 0; i < DATASETS; i++) {
    for (unsigned j = 0; j < SHARDS; j++) {
      assert_int_equal(vault_has(v, &s->shards[i][j], NULL), i != 3 || j != 0);
    }
  }
  vault_close(v);
  assert_contains(s->told, s->datasets[3]->name);
}

/* Where links are not possible blobs are copied. */
static void a_copy_on_another_file_system_is_whole(void **state) {
  scene *s = *state;
  char elsewhere[] = "/dev/shm/canvass-test-XXXXXX";
  struct stat here;
  struct stat there;
  error err;
  if (mkdtemp(elsewhere) == NULL) {
    print_message("skipped: needs to write in /dev/shm\n");
    skip();
  }
  const bool is_other =
      stat(s->directory, &here) == 0 && stat(elsewhere, &there) == 0 && here.st_dev != there.st_dev;
  if (is_other) {
    assert_int_equal(upkeep_backup(s->store, elsewhere, look(s), &err), STATUS_OK);
    assert_int_equal(s->found.blobs, DATASETS * (SHARDS + 1));
    assert_int_equal(upkeep_verify(elsewhere, look(s), &err), STATUS_OK);
    assert_int_equal(s->found.blobs, DATASETS * (SHARDS + 1));
    assert_int_equal(s->found.damaged_blobs + s->found.damaged_records, 0);
    assert_int_equal(count_given_back(s, elsewhere), DATASETS + JOBS);
  }
  process_directory_remove(elsewhere);
  if (!is_other) {
    print_message("skipped: /dev/shm is the same file system\n");
    skip();
  }
}

static uint64_t all_blob_bytes(const scene *s) {
  uint64_t sum = (uint64_t)DATASETS * SHARDS * SHARD_BYTES;
  for (unsigned i = 0; i < DATASETS; i++) {
    sum += s->datasets[i]->manifest_bytes;
  }
  return sum;
}

/* Its jobs lack blobs, too.  Manifests are read for each copy of the index, shards are not. */
static void a_backup_reads_blobs_once_also_when_some_are_damaged_or_missing(void **state) {
  scene *s = *state;
  char path[500];
  error err;
  blob_path(s, &s->shards[3][0], path, sizeof path);
  flip(path, 1, 1);
  bytes_read = 0;
  assert_int_equal(upkeep_backup(s->store, s->other, look(s), &err), STATUS_OK);
  assert_true(bytes_read < 2 * all_blob_bytes(s));
  assert_int_equal(s->found.blobs, DATASETS * (SHARDS + 1) - 1);
  assert_int_equal(s->found.missing, s->told_count);
  assert_contains(s->told, s->datasets[3]->name);
}

/* As when a dataset is dropped, or as here lost: the records still name it. */
static void a_blob_that_goes_between_check_and_copy_is_told_and_ends_no_backup(void **state) {
  scene *s = *state;
  error err;
  is_tidied = &s->shards[5][1];
  assert_int_equal(upkeep_backup(s->store, s->other, look(s), &err), STATUS_OK);
  assert_null(is_tidied);
  assert_int_equal(s->found.blobs, DATASETS * (SHARDS + 1) - 1);
  assert_contains(s->told, s->datasets[5]->name);
  assert_int_equal(count_given_back(s, s->other), DATASETS + JOBS);
}

/* In the order of their submission, which a listing shows. */
static void salvaged_jobs_are_in_their_order(void **state) {
  scene *s = *state;
  ledger *l = NULL;
  error err;
  assert_int_equal(upkeep_salvage(s->store, s->other, look(s), &err), STATUS_OK);
  assert_int_equal(ledger_open(s->other, &l, &err), STATUS_OK);
  assert_int_equal(ledger_jobs(l), JOBS);
  for (size_t i = 0; i < JOBS; i++) {
    assert_memory_equal(ledger_job_at(l, i)->id.bytes, s->jobs[i]->id.bytes, sizeof s->jobs[i]->id.bytes);
  }
  ledger_close(l);
}

static void what_holds_something_is_not_written_to(void **state) {
  scene *s = *state;
  char path[400];
  error err;
  process_write_file(s->directory, "note", "", 0, path, sizeof path);
  assert_int_equal(upkeep_salvage(s->store, s->directory, look(s), &err), STATUS_USAGE);
  assert_contains(err.message, "new or empty");
  assert_int_equal(upkeep_backup(s->store, s->directory, look(s), &err), STATUS_USAGE);
}

#define UPKEEP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      UPKEEP_TEST(a_whole_store_is_verified_without_a_finding_but_blobs_that_its_jobs_lack),
      UPKEEP_TEST(a_damaged_shard_is_named_with_its_dataset_and_what_to_do),
      UPKEEP_TEST(of_an_index_with_a_flipped_bit_all_but_a_record_or_two_is_given_back),
      UPKEEP_TEST(of_an_index_without_its_first_pages_all_is_given_back),
      UPKEEP_TEST(a_salvaged_store_has_whole_blobs_and_lacks_damaged_ones),
      UPKEEP_TEST(salvaged_jobs_are_in_their_order),
      UPKEEP_TEST(a_copy_on_another_file_system_is_whole),
      UPKEEP_TEST(a_backup_reads_blobs_once_also_when_some_are_damaged_or_missing),
      UPKEEP_TEST(a_blob_that_goes_between_check_and_copy_is_told_and_ends_no_backup),
      UPKEEP_TEST(what_holds_something_is_not_written_to),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
