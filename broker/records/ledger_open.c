/* Opening the ledger: loads the records from disk, or reports the one that cannot be loaded. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "broker/records/ledger_inside.h"

static const char when_damaged[] =
    "do not delete it: put back a copy of the whole store (canvass store backup), or give back what is whole "
    "in it (canvass store salvage)";

static const index_options options = {
    .tables = (const char *const[LEDGER_TABLES]){[LEDGER_TABLE_DATASETS] = "datasets",
                                                 [LEDGER_TABLE_JOBS] = "jobs",
                                                 [LEDGER_TABLE_RESULTS] = "results"},
    .tables_count = LEDGER_TABLES,
    .durable = true,
    .when_damaged = when_damaged,
    .when_full = "nothing that was acknowledged is lost; make room there and start the broker again",
};

typedef struct loading {
  ledger *ledger;
  status st;
  error *err;
} loading;

/* What to do with RECORD, which could not be loaded. */
static const char *advice_for(slice record, uint8_t newest) {
  return ledger_record_is_newer(record, newest) ? "start the broker of that version, or of a later one"
                                                : when_damaged;
}

static status unusable(const ledger *l, const char *what, slice name, slice record, uint8_t newest,
                       const error *why, error *err) {
  return why->code == STATUS_NO_MEMORY
             ? error_set(err, why->code, "%s", why->message)
             : error_set(err, STATUS_CORRUPT, "the index %s: %s %.*s: %s; %s", l->path, what, SLICE_ARG(name),
                         why->message, advice_for(record, newest));
}

static bool load_dataset(void *context, slice key, slice value) {
  loading *in = context;
  ledger *l = in->ledger;
  ledger_dataset *d = NULL;
  error why;
  in->st = ledger_dataset_decode(value, &d, &why);
  if (in->st == STATUS_OK && !slice_equal(slice_of(d->name), key)) {
    in->st = error_set(&why, STATUS_CORRUPT, "its record belongs to another key");
  }
  in->st = in->st == STATUS_OK ? ledger_check_name(key, &why) : in->st;
  /* Keys come in the order of names. */
  in->st = in->st == STATUS_OK ? ledger_dataset_append(l, d, &why) : in->st;
  if (in->st != STATUS_OK) {
    ledger_dataset_destroy(d);
    in->st = unusable(l, "dataset", key, value, LEDGER_DATASET_VERSION, &why, in->err);
    return false;
  }
  return true;
}

static bool load_job(void *context, slice key, slice value) {
  loading *in = context;
  ledger *l = in->ledger;
  ledger_job_entry *e = NULL;
  error why;
  in->st = ledger_job_decode(value, &e, &why);
  if (in->st == STATUS_OK && !slice_equal(ledger_job_key(&e->job.id), key)) {
    in->st = error_set(&why, STATUS_CORRUPT, "its record belongs to another key");
  }
  in->st = in->st == STATUS_OK ? ledger_job_append(l, e, &why) : in->st;
  if (in->st != STATUS_OK) {
    char hex[2 * JOB_ID_BYTES + 1] = "";
    for (size_t i = 0; i < key.length && i < JOB_ID_BYTES; i++) {
      snprintf(hex + 2 * i, 3, "%02x", (unsigned)(uint8_t)key.bytes[i]);
    }
    ledger_job_destroy(e);
    in->st = unusable(l, "job", slice_of(hex), value, LEDGER_JOB_VERSION, &why, in->err);
    return false;
  }
  return true;
}

static int compare_sequences(const void *a, const void *b) {
  const ledger_job_entry *const *x = a;
  const ledger_job_entry *const *y = b;
  return ((*x)->sequence > (*y)->sequence) - ((*x)->sequence < (*y)->sequence);
}

static status load(ledger *l, error *err) {
  loading in = {.ledger = l, .st = STATUS_OK, .err = err};
  TRY(store_index_scan(l->index, LEDGER_TABLE_DATASETS, load_dataset, &in, err));
  TRY(in.st);
  TRY(store_index_scan(l->index, LEDGER_TABLE_JOBS, load_job, &in, err));
  TRY(in.st);
  if (l->jobs_count > 0) {
    qsort(l->jobs, l->jobs_count, sizeof(ledger_job_entry *), compare_sequences);
    l->next_sequence = l->jobs[l->jobs_count - 1]->sequence + 1;
  }
  return STATUS_OK;
}

/* Whether DIRECTORY/blobs has any file: each was once recorded. */
static bool has_blobs(const char *directory) {
  char path[PATH_MAX];
  const int length = snprintf(path, sizeof path, "%s/blobs", directory);
  DIR *listing = length > 0 && (size_t)length < sizeof path ? opendir(path) : NULL;
  bool has = false;
  for (const struct dirent *e; listing != NULL && !has && (e = readdir(listing)) != NULL;) {
    has = e->d_name[0] != '.';
  }
  if (listing != NULL) {
    closedir(listing);
  }
  return has;
}

/* An empty index is made where there is none; where there are blobs it was lost, and an empty one would let
 * them be tidied away. */
static status check_not_lost(const ledger *l, const char *directory, error *err) {
  char path[PATH_MAX];
  struct stat info;
  const int length = snprintf(path, sizeof path, "%s/data.mdb", l->path);
  if (length > 0 && (size_t)length < sizeof path && (stat(path, &info) != 0 || info.st_size == 0) &&
      has_blobs(directory)) {
    return error_set(err, STATUS_CORRUPT, "the index %s is missing, but there are blobs; %s", l->path,
                     when_damaged);
  }
  return STATUS_OK;
}

status ledger_open(const char *directory, ledger **out, error *err) {
  *out = NULL;
  ledger *l = calloc(1, sizeof *l);
  buf path;
  buf_init(&path);
  buf_printf(&path, "%s/index%c", directory, 0);
  if (l == NULL || path.failed) {
    free(l);
    buf_fini(&path);
    return error_no_memory(err, "the broker's records");
  }
  size_t length;
  l->path = (char *)buf_take(&path, &length);
  status st = check_not_lost(l, directory, err);
  st = st == STATUS_OK ? store_index_open(l->path, &options, &l->index, err) : st;
  st = st == STATUS_OK ? load(l, err) : st;
  if (st != STATUS_OK) {
    ledger_close(l);
    return st;
  }
  *out = l;
  return STATUS_OK;
}

void ledger_close(ledger *l) {
  if (l == NULL) {
    return;
  }
  for (size_t i = 0; i < l->datasets_count; i++) {
    ledger_dataset_destroy(l->datasets[i]);
  }
  for (size_t i = 0; i < l->jobs_count; i++) {
    ledger_job_destroy(l->jobs[i]);
  }
  free(l->datasets);
  free(l->jobs);
  free(l->by_id);
  ledger_pending_fini(&l->pending);
  store_index_close(l->index);
  free(l->path);
  free(l);
}
