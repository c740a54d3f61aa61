#include "tests/broker/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/check.h"
#include "tests/process.h"

enum { TEXT_BYTES_MAX = 60, FILES_MAX = 5, NOTES_MAX = 3, LOST_MAX = 4 };

void ledger_setup(ledger_fixture *f) {
  char path[300];
  *f = (ledger_fixture){.open = NULL};
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(path, sizeof path, "%s/index", f->directory);
  assert_int_equal(mkdir(path, 0777), 0);
}

void ledger_fixture_close(ledger_fixture *f) {
  ledger_close(f->open);
  f->open = NULL;
}

void ledger_teardown(ledger_fixture *f) {
  ledger_fixture_close(f);
  process_directory_remove(f->directory);
}

int ledger_setup_state(void **state) {
  ledger_fixture *f = malloc(sizeof *f);
  *state = f;
  if (f != NULL) {
    ledger_setup(f);
  }
  return f != NULL ? 0 : -1;
}

int ledger_teardown_state(void **state) {
  ledger_teardown(*state);
  free(*state);
  return 0;
}

ledger *ledger_fixture_open(ledger_fixture *f) {
  error err;
  ledger_fixture_close(f);
  if (ledger_open(f->directory, &f->open, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return f->open;
}

/* ---- Samples ------------------------------------------------------------------------------------- */

static char *text(seeded *r) {
  const size_t length = seeded_below(r, TEXT_BYTES_MAX);
  char *t = malloc(length + 1);
  assert_non_null(t);
  for (size_t i = 0; i < length; i++) {
    t[i] = (char)(1 + seeded_below(r, 255));
  }
  t[length] = 0;
  return t;
}

static void fill(seeded *r, void *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    ((uint8_t *)bytes)[i] = (uint8_t)seeded_next(r);
  }
}

static ledger_blob blob(seeded *r) {
  ledger_blob b = {.bytes = seeded_bits(r, 64)};
  if (seeded_below(r, 4) != 0) {
    fill(r, b.name.bytes, sizeof b.name.bytes);
  }
  return b;
}

core_job_id sample_job_id(uint64_t number) {
  digest d;
  core_job_id id;
  assert_int_equal(digest_of(&number, sizeof number, &d, NULL), STATUS_OK);
  memcpy(id.bytes, d.bytes, sizeof id.bytes);
  return id;
}

ledger_dataset *sample_dataset(seeded *r, uint64_t number) {
  ledger_dataset *d = calloc(1, sizeof *d);
  assert_non_null(d);
  char name[32];
  snprintf(name, sizeof name, "Umfrage %llu \xc3\xa4", (unsigned long long)number);
  d->name = strdup(name);
  fill(r, d->manifest.bytes, sizeof d->manifest.bytes);
  uint64_t *const numbers[] = {&d->version, &d->manifest_bytes, &d->rows,      &d->shards,
                               &d->bytes,   &d->files,          &d->created_s, &d->changed_s};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    *numbers[i] = seeded_bits(r, 64);
  }
  return d;
}

static void sample_lists(seeded *r, ledger_job *j) {
  j->files_count = (uint32_t)seeded_below(r, FILES_MAX);
  j->files = calloc(FILES_MAX, sizeof *j->files);
  j->files_names = calloc(FILES_MAX, sizeof *j->files_names);
  j->notes_count = (uint32_t)seeded_below(r, NOTES_MAX);
  j->notes = calloc(LEDGER_NOTES_MAX, sizeof *j->notes);
  assert_true(j->files != NULL && j->files_names != NULL && j->notes != NULL);
  for (uint32_t i = 0; i < j->files_count; i++) {
    j->files[i] = blob(r);
    j->files_names[i] = text(r);
  }
  for (uint32_t i = 0; i < j->notes_count; i++) {
    j->notes[i] = text(r);
  }
  j->lost = calloc(LOST_MAX, sizeof *j->lost);
  assert_non_null(j->lost);
  j->lost_count = (uint32_t)seeded_below(r, LOST_MAX);
  for (uint32_t i = 0; i < j->lost_count; i++) {
    j->lost[i].shard = (i > 0 ? j->lost[i - 1].shard + 1 : 0) + (uint32_t)seeded_below(r, 1000);
    j->lost[i].cause = seeded_below(r, 2) == 0 ? LOST_WORKERS : LOST_BYTES;
  }
}

ledger_job *sample_job(seeded *r, uint64_t number) {
  static const status failures[] = {STATUS_OK, STATUS_DATA, STATUS_INTERRUPTED, STATUS_NO_MEMORY};
  ledger_job *j = calloc(1, sizeof *j);
  assert_non_null(j);
  j->id = sample_job_id(number);
  j->state = (ledger_state)seeded_below(r, JOB_CANCELLED + 1);
  j->key = text(r);
  j->dataset = text(r);
  j->title = text(r);
  j->owner = text(r);
  j->message = text(r);
  j->version = seeded_bits(r, 64);
  j->priority = (uint32_t)seeded_bits(r, 32);
  j->submitted_s = seeded_bits(r, 64);
  j->ended_s = seeded_bits(r, 64);
  j->timeout_s = (uint32_t)seeded_bits(r, 32);
  fill(r, j->content.bytes, sizeof j->content.bytes);
  j->read = seeded_below(r, 2) == 0;
  ledger_blob *const blobs[] = {&j->plan,          &j->program,       &j->spec,   &j->manifest,
                                &j->first_program, &j->program_state, &j->report, &j->parts};
  for (size_t i = 0; i < sizeof blobs / sizeof blobs[0]; i++) {
    *blobs[i] = blob(r);
  }
  j->shard_rows = (uint32_t)seeded_bits(r, 32);
  j->stage = (uint32_t)seeded_bits(r, 32);
  fill(r, j->fingerprint.bytes, sizeof j->fingerprint.bytes);
  j->states = (core_states){seeded_bits(r, 64), seeded_bits(r, 64), seeded_bits(r, 32), seeded_bits(r, 32)};
  j->rows = seeded_bits(r, 64);
  j->failure = failures[seeded_below(r, 4)];
  j->may_lose = seeded_below(r, 2) == 0;
  j->lost_late = seeded_below(r, 2) == 0;
  j->keeps = seeded_below(r, 2) == 0;
  j->shards_lost = (uint32_t)seeded_bits(r, 32);
  j->rows_lost = seeded_bits(r, 64);
  sample_lists(r, j);
  return j;
}

void sample_dataset_free(ledger_dataset *d) {
  if (d != NULL) {
    free(d->name);
    free(d);
  }
}

void sample_job_free(ledger_job *j) {
  if (j == NULL) {
    return;
  }
  for (uint32_t i = 0; i < j->files_count; i++) {
    free(j->files_names[i]);
  }
  for (uint32_t i = 0; i < j->notes_count; i++) {
    free(j->notes[i]);
  }
  free(j->files);
  free(j->files_names);
  free(j->notes);
  free(j->lost);
  free(j->key);
  free(j->dataset);
  free(j->title);
  free(j->owner);
  free(j->message);
  free(j);
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

void assert_same_dataset(const ledger_dataset *a, const ledger_dataset *b) {
  assert_non_null(a);
  assert_non_null(b);
  assert_string_equal(a->name, b->name);
  assert_true(digest_equal(&a->manifest, &b->manifest));
  assert_int_equal(a->version, b->version);
  assert_int_equal(a->manifest_bytes, b->manifest_bytes);
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->shards, b->shards);
  assert_int_equal(a->bytes, b->bytes);
  assert_int_equal(a->files, b->files);
  assert_int_equal(a->created_s, b->created_s);
  assert_int_equal(a->changed_s, b->changed_s);
}

static void assert_same_blob(const ledger_blob *a, const ledger_blob *b) {
  assert_true(digest_equal(&a->name, &b->name));
  assert_int_equal(a->bytes, b->bytes);
  assert_int_equal(ledger_blob_is_set(a), ledger_blob_is_set(b));
}

static void assert_same_lists(const ledger_job *a, const ledger_job *b) {
  assert_int_equal(a->files_count, b->files_count);
  for (uint32_t i = 0; i < a->files_count; i++) {
    assert_same_blob(&a->files[i], &b->files[i]);
    assert_string_equal(a->files_names[i], b->files_names[i]);
  }
  assert_int_equal(a->notes_count, b->notes_count);
  for (uint32_t i = 0; i < a->notes_count; i++) {
    assert_string_equal(a->notes[i], b->notes[i]);
  }
  assert_int_equal(a->lost_count, b->lost_count);
  for (uint32_t i = 0; i < a->lost_count; i++) {
    assert_int_equal(a->lost[i].shard, b->lost[i].shard);
    assert_int_equal(a->lost[i].cause, b->lost[i].cause);
  }
}

static ledger_state state_of(const ledger_job *j, bool ignore_running) {
  return ignore_running && j->state == JOB_RUNNING ? JOB_QUEUED : j->state;
}

void assert_same_job(const ledger_job *a, const ledger_job *b, bool ignore_running) {
  assert_non_null(a);
  assert_non_null(b);
  assert_memory_equal(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
  assert_int_equal(state_of(a, ignore_running), state_of(b, ignore_running));
  assert_string_equal(a->key, b->key);
  assert_string_equal(a->dataset, b->dataset);
  assert_string_equal(a->title, b->title);
  assert_string_equal(a->owner, b->owner);
  assert_string_equal(a->message, b->message);
  assert_int_equal(a->failure, b->failure);
  assert_int_equal(a->version, b->version);
  assert_int_equal(a->priority, b->priority);
  assert_int_equal(a->submitted_s, b->submitted_s);
  assert_int_equal(a->ended_s, b->ended_s);
  assert_int_equal(a->timeout_s, b->timeout_s);
  assert_int_equal(a->may_lose, b->may_lose);
  assert_int_equal(a->lost_late, b->lost_late);
  assert_int_equal(a->keeps, b->keeps);
  assert_int_equal(a->shards_lost, b->shards_lost);
  assert_int_equal(a->rows_lost, b->rows_lost);
  assert_true(digest_equal(&a->content, &b->content));
  assert_int_equal(a->read, b->read);
  assert_same_blob(&a->plan, &b->plan);
  assert_same_blob(&a->program, &b->program);
  assert_same_blob(&a->spec, &b->spec);
  assert_same_blob(&a->manifest, &b->manifest);
  assert_same_blob(&a->first_program, &b->first_program);
  assert_same_blob(&a->program_state, &b->program_state);
  assert_same_blob(&a->report, &b->report);
  assert_same_blob(&a->parts, &b->parts);
  assert_int_equal(a->shard_rows, b->shard_rows);
  assert_int_equal(a->stage, b->stage);
  assert_true(digest_equal(&a->fingerprint, &b->fingerprint));
  assert_int_equal(a->states.computed, b->states.computed);
  assert_int_equal(a->states.cached, b->states.cached);
  assert_int_equal(a->states.tasks_computed, b->states.tasks_computed);
  assert_int_equal(a->states.tasks_cached, b->states.tasks_cached);
  assert_int_equal(a->rows, b->rows);
  assert_same_lists(a, b);
}
