/* How datasets and jobs are written.  docs/store-format.md lists the fields.
 *
 * Texts are used where a number's meaning could change with a release: states and statuses are written by
 * name. */
#include <stdlib.h>
#include <string.h>

#include "broker/records/ledger_inside.h"

enum { CHECKSUM_AT = 1, RECORD_HEADER_BYTES = 9 };

static const char *const state_names[] = {
    [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running",     [JOB_DONE] = "done",
    [JOB_FAILED] = "failed", [JOB_CANCELLED] = "cancelled",
};
enum { STATES = sizeof state_names / sizeof state_names[0] };

const char *ledger_state_name(ledger_state state) {
  return state_names[state];
}

/* ---- Frames of records --------------------------------------------------------------------------- */

void ledger_record_begin(buf *out, uint8_t version) {
  buf_put_u8(out, version);
  buf_put_u64(out, 0);
}

void ledger_record_end(buf *out) {
  if (out->failed) {
    return;
  }
  const uint64_t checksum = digest_xxh3(out->data + RECORD_HEADER_BYTES, out->length - RECORD_HEADER_BYTES);
  for (int i = 0; i < 8; i++) {
    out->data[CHECKSUM_AT + i] = (uint8_t)(checksum >> (8 * i));
  }
}

uint8_t ledger_record_open(reader *in, slice record, uint8_t oldest, uint8_t newest) {
  reader_init(in, record.bytes, record.length);
  const uint8_t said = reader_u8(in);
  const uint64_t checksum = reader_u64(in);
  if (in->problem == NULL && checksum != digest_xxh3(in->at, reader_left(in))) {
    reader_fail(in, "its checksum does not match");
  } else if (in->problem == NULL && said > newest) {
    reader_fail(in, "it was written by a newer version of canvass");
  } else if (in->problem == NULL && said < oldest) {
    reader_fail(in, "it was written by an older version of canvass");
  }
  return said;
}

bool ledger_record_is_newer(slice record, uint8_t newest) {
  reader in;
  const uint8_t version = ledger_record_open(&in, record, 0, UINT8_MAX);
  return in.problem == NULL && version > newest;
}

static const char no_memory[] = "out of memory";

static status finish_record(reader *in, const char *what, error *err) {
  return in->problem == no_memory ? error_no_memory(err, what) : reader_finish(in, what, err);
}

static void put_digest(buf *out, const digest *d) {
  buf_put(out, d->bytes, DIGEST_BYTES);
}

static void read_digest(reader *in, digest *out) {
  const uint8_t *bytes = reader_bytes(in, DIGEST_BYTES);
  if (bytes != NULL) {
    memcpy(out->bytes, bytes, DIGEST_BYTES);
  }
}

static void put_blob(buf *out, const ledger_blob *b) {
  put_digest(out, &b->name);
  buf_put_u64(out, b->bytes);
}

static void read_blob(reader *in, ledger_blob *out) {
  read_digest(in, &out->name);
  out->bytes = reader_u64(in);
}

void ledger_states_put(buf *out, const core_states *s) {
  buf_put_u64(out, s->computed);
  buf_put_u64(out, s->cached);
  buf_put_u64(out, s->tasks_computed);
  buf_put_u64(out, s->tasks_cached);
}

void ledger_states_read(reader *in, core_states *out) {
  out->computed = reader_u64(in);
  out->cached = reader_u64(in);
  out->tasks_computed = reader_u64(in);
  out->tasks_cached = reader_u64(in);
}

/* A fresh text; NULL after a failure. */
static char *read_text(reader *in) {
  const slice s = reader_slice(in, LEDGER_TEXT_BYTES_MAX);
  if (in->problem == NULL && s.length > 0 && memchr(s.bytes, 0, s.length) != NULL) {
    reader_fail(in, "a text with a zero byte");
  }
  char *copy = in->problem == NULL ? slice_copy(s) : NULL;
  if (in->problem == NULL && copy == NULL) {
    reader_fail(in, no_memory);
  }
  return copy;
}

static bool read_bool(reader *in) {
  const uint8_t v = reader_u8(in);
  if (v > 1) {
    reader_fail(in, "neither true nor false");
  }
  return v == 1;
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

void ledger_dataset_encode(const ledger_dataset *d, buf *out) {
  ledger_record_begin(out, LEDGER_DATASET_VERSION);
  buf_put_slice(out, slice_of(d->name));
  buf_put_u64(out, d->version);
  put_digest(out, &d->manifest);
  const uint64_t numbers[] = {d->manifest_bytes, d->rows,      d->shards,   d->bytes,
                              d->files,          d->created_s, d->changed_s};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    buf_put_u64(out, numbers[i]);
  }
  ledger_record_end(out);
}

status ledger_dataset_decode(slice record, ledger_dataset **out, error *err) {
  ledger_dataset *d = calloc(1, sizeof *d);
  if (d == NULL) {
    return error_no_memory(err, "a dataset's record");
  }
  reader in;
  ledger_record_open(&in, record, LEDGER_DATASET_VERSION, LEDGER_DATASET_VERSION);
  d->name = read_text(&in);
  d->version = reader_u64(&in);
  read_digest(&in, &d->manifest);
  uint64_t *const numbers[] = {&d->manifest_bytes, &d->rows,      &d->shards,   &d->bytes,
                               &d->files,          &d->created_s, &d->changed_s};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    *numbers[i] = reader_u64(&in);
  }
  const status st = finish_record(&in, "a dataset's record", err);
  if (st != STATUS_OK) {
    ledger_dataset_destroy(d);
    return st;
  }
  *out = d;
  return STATUS_OK;
}

void ledger_dataset_destroy(ledger_dataset *d) {
  if (d != NULL) {
    free(d->name);
    free(d);
  }
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

enum { JOB_BLOBS = 7 }; /* of the first version; PARTS came later, and stands at the end */

typedef struct job_blobs {
  ledger_blob *at[JOB_BLOBS];
} job_blobs;

/* In the order of the record. */
static job_blobs blobs_of(ledger_job *j) {
  return (job_blobs){
      {&j->plan, &j->program, &j->spec, &j->manifest, &j->first_program, &j->program_state, &j->report}};
}

const ledger_blob *ledger_job_blob(const ledger_job *j, size_t index) {
  const ledger_blob *const fixed[] = {&j->plan,          &j->program,       &j->spec,   &j->manifest,
                                      &j->first_program, &j->program_state, &j->report, &j->parts};
  enum { FIXED = sizeof fixed / sizeof fixed[0] };
  if (index < FIXED) {
    return fixed[index];
  }
  return index - FIXED < j->files_count ? &j->files[index - FIXED] : NULL;
}

static const char *text_of(const char *text) {
  return text != NULL ? text : "";
}

static status check_text(const char *text, const char *what, error *err) {
  const size_t length = strlen(text_of(text));
  return length <= LEDGER_TEXT_BYTES_MAX
             ? STATUS_OK
             : error_set(err, STATUS_LIMIT, "the %s of a job has %zu bytes; at most %d are kept", what,
                         length, (int)LEDGER_TEXT_BYTES_MAX);
}

status ledger_job_check(const ledger_job *j, error *err) {
  TRY(check_text(j->key, "key", err));
  TRY(check_text(j->dataset, "dataset's name", err));
  TRY(check_text(j->title, "title", err));
  TRY(check_text(j->owner, "owner", err));
  TRY(check_text(j->message, "message", err));
  if (j->lost_count > LOST_SHARDS_MAX) {
    return error_set(err, STATUS_LIMIT, "a job that lost %u shards; at most %d are kept", j->lost_count,
                     (int)LOST_SHARDS_MAX);
  }
  if (j->notes_count > LEDGER_NOTES_MAX || j->files_count > LEDGER_FILES_MAX) {
    return error_set(err, STATUS_LIMIT, "a job with %u notes and %u files; at most %d and %d are kept",
                     j->notes_count, j->files_count, (int)LEDGER_NOTES_MAX, (int)LEDGER_FILES_MAX);
  }
  for (uint32_t i = 0; i < j->notes_count; i++) {
    TRY(check_text(j->notes[i], "note", err));
  }
  for (uint32_t i = 0; i < j->files_count; i++) {
    TRY(check_text(j->files_names[i], "file's name", err));
  }
  return STATUS_OK;
}

static void put_lost(buf *out, const ledger_job *j) {
  buf_put_u8(out, j->may_lose);
  buf_put_u32(out, j->shards_lost);
  buf_put_u64(out, j->rows_lost);
  buf_put_u8(out, j->lost_late);
  buf_put_varint(out, j->lost_count);
  for (uint32_t i = 0; i < j->lost_count; i++) {
    buf_put_u32(out, j->lost[i].shard);
    buf_put_slice(out, slice_of(lost_cause_name(j->lost[i].cause)));
  }
}

void ledger_job_encode(const ledger_job_entry *e, buf *out) {
  const ledger_job *j = &e->job;
  ledger_job shallow = *j;
  ledger_record_begin(out, LEDGER_JOB_VERSION);
  buf_put(out, j->id.bytes, sizeof j->id.bytes);
  buf_put_u64(out, e->sequence);
  buf_put_slice(out, slice_of(ledger_state_name(j->state == JOB_RUNNING ? JOB_QUEUED : j->state)));
  buf_put_slice(out, slice_of(text_of(j->key)));
  buf_put_slice(out, slice_of(text_of(j->dataset)));
  buf_put_slice(out, slice_of(text_of(j->title)));
  buf_put_slice(out, slice_of(text_of(j->message)));
  buf_put_slice(out, slice_of(status_name(j->failure)));
  buf_put_u64(out, j->version);
  buf_put_u32(out, j->priority);
  buf_put_u64(out, j->submitted_s);
  buf_put_u64(out, j->ended_s);
  put_digest(out, &j->content);
  buf_put_u8(out, j->read);
  const job_blobs blobs = blobs_of(&shallow);
  for (int i = 0; i < JOB_BLOBS; i++) {
    put_blob(out, blobs.at[i]);
  }
  buf_put_u32(out, j->shard_rows);
  buf_put_u32(out, j->stage);
  put_digest(out, &j->fingerprint);
  ledger_states_put(out, &j->states);
  buf_put_u64(out, j->rows);
  buf_put_varint(out, j->files_count);
  for (uint32_t i = 0; i < j->files_count; i++) {
    put_blob(out, &j->files[i]);
    buf_put_slice(out, slice_of(text_of(j->files_names[i])));
  }
  buf_put_varint(out, j->notes_count);
  for (uint32_t i = 0; i < j->notes_count; i++) {
    buf_put_slice(out, slice_of(text_of(j->notes[i])));
  }
  buf_put_u32(out, j->timeout_s);
  buf_put_slice(out, slice_of(text_of(j->owner)));
  put_lost(out, j);
  buf_put_u8(out, j->keeps);
  put_blob(out, &j->parts);
  ledger_record_end(out);
}

static ledger_state read_state(reader *in) {
  const slice name = reader_slice(in, LEDGER_TEXT_BYTES_MAX);
  for (int i = 0; i < STATES; i++) {
    if (i != JOB_RUNNING && slice_equal(name, slice_of(state_names[i]))) {
      return (ledger_state)i;
    }
  }
  reader_fail(in, "an unknown state");
  return JOB_FAILED;
}

static status read_failure(reader *in) {
  char *name = read_text(in);
  const status st = name != NULL ? status_from_name(name) : STATUS_OK;
  free(name);
  return st;
}

/* COUNT items of at least BYTES_EACH follow; the arrays for them are made by the caller. */
static void *read_array(reader *in, uint64_t max, size_t bytes_each, size_t item_bytes, uint32_t *count) {
  const uint64_t n = reader_count_of(in, max, bytes_each);
  void *array = in->problem == NULL ? calloc((size_t)n + 1, item_bytes) : NULL;
  if (in->problem == NULL && array == NULL) {
    reader_fail(in, no_memory);
  }
  *count = array != NULL ? (uint32_t)n : 0;
  return array;
}

static void read_files(reader *in, ledger_job *j) {
  j->files = read_array(in, LEDGER_FILES_MAX, DIGEST_BYTES + 9, sizeof *j->files, &j->files_count);
  j->files_names = j->files != NULL ? calloc((size_t)j->files_count + 1, sizeof *j->files_names) : NULL;
  if (in->problem == NULL && j->files_names == NULL) {
    reader_fail(in, no_memory);
  }
  for (uint32_t i = 0; i < j->files_count && in->problem == NULL; i++) {
    read_blob(in, &j->files[i]);
    j->files_names[i] = read_text(in);
  }
}

static void read_notes(reader *in, ledger_job *j) {
  j->notes = read_array(in, LEDGER_NOTES_MAX, 1, sizeof *j->notes, &j->notes_count);
  for (uint32_t i = 0; i < j->notes_count && in->problem == NULL; i++) {
    j->notes[i] = read_text(in);
  }
}

static void read_lost(reader *in, ledger_job *j) {
  j->may_lose = read_bool(in);
  j->shards_lost = reader_u32(in);
  j->rows_lost = reader_u64(in);
  j->lost_late = read_bool(in);
  j->lost = read_array(in, LOST_SHARDS_MAX, 5, sizeof *j->lost, &j->lost_count);
  for (uint32_t i = 0; i < j->lost_count && in->problem == NULL; i++) {
    j->lost[i].shard = reader_u32(in);
    if (!lost_cause_of(reader_slice(in, LEDGER_TEXT_BYTES_MAX), &j->lost[i].cause)) {
      reader_fail(in, "a shard that is lost for an unknown cause");
    }
    if (i > 0 && j->lost[i].shard <= j->lost[i - 1].shard) {
      reader_fail(in, "lost shards that are not in order");
    }
  }
}

static void read_job(reader *in, uint8_t version, ledger_job_entry *e) {
  ledger_job *j = &e->job;
  const uint8_t *id = reader_bytes(in, sizeof j->id.bytes);
  if (id != NULL) {
    memcpy(j->id.bytes, id, sizeof j->id.bytes);
  }
  e->sequence = reader_u64(in);
  j->state = read_state(in);
  j->key = read_text(in);
  j->dataset = read_text(in);
  j->title = read_text(in);
  j->message = read_text(in);
  j->failure = read_failure(in);
  j->version = reader_u64(in);
  j->priority = reader_u32(in);
  j->submitted_s = reader_u64(in);
  j->ended_s = reader_u64(in);
  read_digest(in, &j->content);
  j->read = read_bool(in);
  const job_blobs blobs = blobs_of(j);
  for (int i = 0; i < JOB_BLOBS; i++) {
    read_blob(in, blobs.at[i]);
  }
  j->shard_rows = reader_u32(in);
  j->stage = reader_u32(in);
  read_digest(in, &j->fingerprint);
  ledger_states_read(in, &j->states);
  j->rows = reader_u64(in);
  read_files(in, j);
  read_notes(in, j);
  if (version > 1) {
    j->timeout_s = reader_u32(in);
    j->owner = read_text(in);
  } else if (in->problem == NULL && (j->owner = slice_copy(slice_of(""))) == NULL) {
    reader_fail(in, no_memory);
  }
  if (version > 2) {
    read_lost(in, j);
  }
  if (version > 3) {
    j->keeps = read_bool(in);
    read_blob(in, &j->parts);
  }
}

status ledger_job_decode(slice record, ledger_job_entry **out, error *err) {
  ledger_job_entry *e = calloc(1, sizeof *e);
  if (e == NULL) {
    return error_no_memory(err, "a job's record");
  }
  reader in;
  const uint8_t version = ledger_record_open(&in, record, 1, LEDGER_JOB_VERSION);
  read_job(&in, version, e);
  const status st = finish_record(&in, "a job's record", err);
  if (st != STATUS_OK) {
    ledger_job_destroy(e);
    return st;
  }
  *out = e;
  return STATUS_OK;
}

void ledger_job_destroy(ledger_job_entry *e) {
  if (e == NULL) {
    return;
  }
  ledger_job *j = &e->job;
  for (uint32_t i = 0; i < j->files_count && j->files_names != NULL; i++) {
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
  free(e);
}
