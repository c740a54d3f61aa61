/* Datasets and jobs in memory, in their orders; each change is also gathered for the next commit.
 * Opening is in ledger_open.c. */
#include "broker/records/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/records/ledger_inside.h"

bool ledger_blob_is_set(const ledger_blob *b) {
  static const digest none;
  return !digest_equal(&b->name, &none);
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

status ledger_check_name(slice name, error *err) {
  if (name.length == 0 || name.length > LEDGER_NAME_BYTES_MAX) {
    return error_set(err, STATUS_USAGE, "the dataset's name has %zu bytes; 1 to %d are allowed", name.length,
                     (int)LEDGER_NAME_BYTES_MAX);
  }
  const size_t good = text_utf8_check(name.bytes, name.length);
  if (good < name.length) {
    return error_set(err, STATUS_USAGE, "the dataset's name is not UTF-8: byte %zu is 0x%02x", good + 1,
                     (unsigned)(uint8_t)name.bytes[good]);
  }
  for (size_t i = 0; i < name.length; i++) {
    const uint8_t c = (uint8_t)name.bytes[i];
    const bool is_c1 = c == 0xc2 && (uint8_t)name.bytes[i + 1] < 0xa0;
    if (c < 0x20 || c == 0x7f || is_c1) {
      return error_set(err, STATUS_USAGE, "the dataset's name has a control character at byte %zu", i + 1);
    }
    if (c == '/') {
      return error_set(err, STATUS_USAGE, "the dataset's name \"%.*s\" has a '/'", SLICE_ARG(name));
    }
  }
  return STATUS_OK;
}

size_t ledger_datasets(const ledger *l) {
  return l->datasets_count;
}

const ledger_dataset *ledger_dataset_at(const ledger *l, size_t index) {
  return l->datasets[index];
}

/* The position of NAME, or where it belongs. */
static size_t dataset_index(const ledger *l, slice name, bool *found) {
  size_t low = 0;
  size_t high = l->datasets_count;
  *found = false;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = slice_compare(slice_of(l->datasets[middle]->name), name);
    if (order == 0) {
      *found = true;
      return middle;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const ledger_dataset *ledger_dataset_find(const ledger *l, slice name) {
  bool found;
  const size_t i = dataset_index(l, name, &found);
  return found ? l->datasets[i] : NULL;
}

static status dataset_room(ledger *l, error *err) {
  if (l->datasets_count >= LEDGER_DATASETS_MAX) {
    return error_set(err, STATUS_LIMIT, "the broker has %zu datasets, the most that it keeps; drop some",
                     l->datasets_count);
  }
  const bool has_room = ARRAY_ROOM(l->datasets, l->datasets_count, l->datasets_capacity);
  return has_room ? STATUS_OK : error_no_memory(err, "the broker's datasets");
}

static void dataset_insert(ledger *l, size_t at, ledger_dataset *d) {
  memmove(&l->datasets[at + 1], &l->datasets[at], (l->datasets_count - at) * sizeof(ledger_dataset *));
  l->datasets[at] = d;
  l->datasets_count++;
}

status ledger_dataset_append(ledger *l, ledger_dataset *d, error *err) {
  TRY(dataset_room(l, err));
  dataset_insert(l, l->datasets_count, d);
  return STATUS_OK;
}

status ledger_dataset_put(ledger *l, const ledger_dataset *d, error *err) {
  bool found;
  const slice name = slice_of(d->name);
  TRY(ledger_check_name(name, err));
  const size_t at = dataset_index(l, name, &found);
  if (!found) {
    TRY(dataset_room(l, err));
  }
  buf record;
  ledger_dataset *copy = NULL;
  buf_init(&record);
  ledger_dataset_encode(d, &record);
  status st = buf_status(&record, "a dataset's record", err);
  const slice value = {(const char *)record.data, record.length};
  st = st == STATUS_OK ? ledger_dataset_decode(value, &copy, err) : st;
  st = st == STATUS_OK ? ledger_pending_add(&l->pending, LEDGER_TABLE_DATASETS, name, value, err) : st;
  buf_fini(&record);
  if (st != STATUS_OK) {
    ledger_dataset_destroy(copy);
    return st;
  }
  if (found) {
    ledger_dataset_destroy(l->datasets[at]);
    l->datasets[at] = copy;
  } else {
    dataset_insert(l, at, copy);
  }
  return STATUS_OK;
}

status ledger_dataset_drop(ledger *l, slice name, error *err) {
  bool found;
  const size_t at = dataset_index(l, name, &found);
  if (!found) {
    return error_set(err, STATUS_NOT_FOUND, "there is no dataset \"%.*s\"", SLICE_ARG(name));
  }
  TRY(ledger_pending_add(&l->pending, LEDGER_TABLE_DATASETS, name, (slice){NULL, 0}, err));
  ledger_dataset_destroy(l->datasets[at]);
  l->datasets_count--;
  memmove(&l->datasets[at], &l->datasets[at + 1], (l->datasets_count - at) * sizeof(ledger_dataset *));
  return STATUS_OK;
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

slice ledger_job_key(const core_job_id *id) {
  return (slice){(const char *)id->bytes, sizeof id->bytes};
}

static bool has_ended(const ledger_job *j) {
  return j->state != JOB_QUEUED && j->state != JOB_RUNNING;
}

size_t ledger_jobs(const ledger *l) {
  return l->jobs_count;
}

const ledger_job *ledger_job_at(const ledger *l, size_t index) {
  return &l->jobs[index]->job;
}

static size_t id_index(const ledger *l, const core_job_id *id, bool *found) {
  size_t low = 0;
  size_t high = l->jobs_count;
  *found = false;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = memcmp(l->by_id[middle]->job.id.bytes, id->bytes, sizeof id->bytes);
    if (order == 0) {
      *found = true;
      return middle;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static size_t sequence_index(const ledger *l, uint64_t sequence) {
  size_t low = 0;
  size_t high = l->jobs_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (l->jobs[middle]->sequence < sequence) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static ledger_job_entry *find_entry(const ledger *l, const core_job_id *id) {
  bool found;
  const size_t i = id_index(l, id, &found);
  return found ? l->by_id[i] : NULL;
}

const ledger_job *ledger_job_find(const ledger *l, const core_job_id *id) {
  const ledger_job_entry *e = find_entry(l, id);
  return e != NULL ? &e->job : NULL;
}

static status job_room(ledger *l, error *err) {
  const bool has_room = ARRAY_ROOM(l->jobs, l->jobs_count, l->jobs_capacity) &&
                        ARRAY_ROOM(l->by_id, l->jobs_count, l->by_id_capacity);
  return has_room ? STATUS_OK : error_no_memory(err, "the broker's jobs");
}

/* Its sequence is larger than all others, and its id a new one. */
static void append_job(ledger *l, ledger_job_entry *e) {
  bool found;
  const size_t at = id_index(l, &e->job.id, &found);
  memmove(&l->by_id[at + 1], &l->by_id[at], (l->jobs_count - at) * sizeof(ledger_job_entry *));
  l->by_id[at] = e;
  l->jobs[l->jobs_count++] = e;
  l->ended_count += has_ended(&e->job);
}

status ledger_job_append(ledger *l, ledger_job_entry *e, error *err) {
  TRY(job_room(l, err));
  append_job(l, e);
  return STATUS_OK;
}

static void replace_job(ledger *l, ledger_job_entry *old, ledger_job_entry *new) {
  bool found;
  l->ended_count += has_ended(&new->job);
  l->ended_count -= has_ended(&old->job);
  l->by_id[id_index(l, &new->job.id, &found)] = new;
  l->jobs[sequence_index(l, new->sequence)] = new;
  ledger_job_destroy(old);
}

/* Gathers ENTRY's record and returns a copy of it that owns its texts. */
static status gather_job(ledger *l, const ledger_job_entry *entry, ledger_job_entry **copy, error *err) {
  buf record;
  *copy = NULL;
  buf_init(&record);
  ledger_job_encode(entry, &record);
  status st = buf_status(&record, "a job's record", err);
  const slice value = {(const char *)record.data, record.length};
  st = st == STATUS_OK ? ledger_job_decode(value, copy, err) : st;
  if (st == STATUS_OK) {
    (*copy)->job.state = entry->job.state;
    st = ledger_pending_add(&l->pending, LEDGER_TABLE_JOBS, ledger_job_key(&entry->job.id), value, err);
  }
  buf_fini(&record);
  if (st != STATUS_OK) {
    ledger_job_destroy(*copy);
    *copy = NULL;
  }
  return st;
}

status ledger_job_put(ledger *l, const ledger_job *j, error *err) {
  TRY(ledger_job_check(j, err));
  ledger_job_entry *old = find_entry(l, &j->id);
  if (old == NULL) {
    TRY(job_room(l, err));
  }
  const ledger_job_entry entry = {*j, old != NULL ? old->sequence : l->next_sequence};
  ledger_job_entry *copy;
  TRY(gather_job(l, &entry, &copy, err));
  if (old != NULL) {
    replace_job(l, old, copy);
  } else {
    l->next_sequence++;
    append_job(l, copy);
  }
  return STATUS_OK;
}

status ledger_job_note(ledger *l, const core_job_id *id, const char *line, error *err) {
  const ledger_job_entry *e = find_entry(l, id);
  if (e == NULL || e->job.notes_count >= LEDGER_NOTES_MAX) {
    return STATUS_OK;
  }
  char *notes[LEDGER_NOTES_MAX];
  ledger_job changed = e->job;
  for (uint32_t i = 0; i < changed.notes_count; i++) {
    notes[i] = changed.notes[i];
  }
  notes[changed.notes_count++] = (char *)(uintptr_t)line;
  changed.notes = notes;
  return ledger_job_put(l, &changed, err);
}

const ledger_job *ledger_job_oldest_surplus(const ledger *l) {
  const ledger_job *oldest = NULL;
  for (size_t i = 0; i < l->jobs_count && l->ended_count > LEDGER_ENDED_MAX; i++) {
    const ledger_job *j = &l->jobs[i]->job;
    if (has_ended(j) && (oldest == NULL || j->ended_s < oldest->ended_s)) {
      oldest = j;
    }
  }
  return oldest;
}

const ledger_job *ledger_job_oldest_rows(const ledger *l) {
  const ledger_job *oldest = NULL;
  size_t count = 0;
  for (size_t i = 0; i < l->jobs_count; i++) {
    const ledger_job *j = &l->jobs[i]->job;
    if (ledger_blob_is_set(&j->parts)) {
      count++;
      oldest = oldest == NULL || j->ended_s < oldest->ended_s ? j : oldest;
    }
  }
  return count > LEDGER_ROWS_MAX ? oldest : NULL;
}

status ledger_job_forget(ledger *l, const core_job_id *id, error *err) {
  bool found;
  const size_t at = id_index(l, id, &found);
  if (!found) {
    return error_set(err, STATUS_NOT_FOUND, "there is no such job");
  }
  TRY(ledger_pending_add(&l->pending, LEDGER_TABLE_JOBS, ledger_job_key(id), (slice){NULL, 0}, err));
  ledger_job_entry *e = l->by_id[at];
  const size_t place = sequence_index(l, e->sequence);
  l->jobs_count--;
  memmove(&l->by_id[at], &l->by_id[at + 1], (l->jobs_count - at) * sizeof(ledger_job_entry *));
  memmove(&l->jobs[place], &l->jobs[place + 1], (l->jobs_count - place) * sizeof(ledger_job_entry *));
  l->ended_count -= has_ended(&e->job);
  ledger_job_destroy(e);
  return STATUS_OK;
}

/* ---- Committing ---------------------------------------------------------------------------------- */

status ledger_commit(ledger *l, error *err) {
  if (l->pending.count > 0) {
    TRY(ledger_pending_write(&l->pending, l->index, err));
    ledger_pending_clear(&l->pending);
  }
  return STATUS_OK;
}

size_t ledger_pending_records(const ledger *l) {
  return l->pending.count;
}

size_t ledger_pending_bytes(const ledger *l) {
  return l->pending.bytes;
}
