/* Collects records as the pages give them, then sorts them and keeps the best of each key. */
#include "broker/records/stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/records/ledger_inside.h"
#include "store/index_pages.h"

enum { COMMIT_BYTES = 16 << 20, HEX_BYTES = 17 };

/* ---- Names --------------------------------------------------------------------------------------- */

static void put_hex(const void *bytes, size_t length, char out[HEX_BYTES]) {
  const uint8_t *at = bytes;
  out[0] = '\0';
  for (size_t i = 0; i < length && i < (HEX_BYTES - 1) / 2; i++) {
    snprintf(out + 2 * i, 3, "%02x", (unsigned)at[i]);
  }
}

void stock_job_name(const ledger_job *j, char out[STOCK_NAME_BYTES]) {
  char hex[HEX_BYTES];
  put_hex(j->id.bytes, sizeof j->id.bytes, hex);
  snprintf(out, STOCK_NAME_BYTES, "job %s", hex);
}

void stock_dataset_name(const ledger_dataset *d, char out[STOCK_NAME_BYTES]) {
  snprintf(out, STOCK_NAME_BYTES, "dataset %s", d->name);
}

const ledger_job *stock_job_of(const stock_job *j) {
  return &j->record->job;
}

/* ---- Taking -------------------------------------------------------------------------------------- */

typedef struct taking {
  stock *stock;
  store_findings *findings;
  bool out_of_memory;
} taking;

static bool take_dataset(taking *t, slice key, slice value, bool is_stray, error *why) {
  ledger_dataset *d = NULL;
  stock *s = t->stock;
  if (ledger_dataset_decode(value, &d, why) != STATUS_OK) {
    return false;
  }
  if (!slice_equal(slice_of(d->name), key) || ledger_check_name(key, NULL) != STATUS_OK) {
    ledger_dataset_destroy(d);
    error_set(why, STATUS_CORRUPT, "its record belongs to another key");
    return false;
  }
  if (!ARRAY_ROOM(s->datasets, s->datasets_count, s->datasets_capacity)) {
    ledger_dataset_destroy(d);
    t->out_of_memory = true;
    return true;
  }
  s->datasets[s->datasets_count++] = (stock_dataset){d, is_stray};
  return true;
}

static bool take_job(taking *t, slice key, slice value, bool is_stray, error *why) {
  ledger_job_entry *e = NULL;
  stock *s = t->stock;
  if (ledger_job_decode(value, &e, why) != STATUS_OK) {
    return false;
  }
  if (!slice_equal(ledger_job_key(&e->job.id), key)) {
    ledger_job_destroy(e);
    error_set(why, STATUS_CORRUPT, "its record belongs to another key");
    return false;
  }
  if (!ARRAY_ROOM(s->jobs, s->jobs_count, s->jobs_capacity)) {
    ledger_job_destroy(e);
    t->out_of_memory = true;
    return true;
  }
  s->jobs[s->jobs_count++] = (stock_job){e, is_stray};
  return true;
}

static bool take_result(taking *t, slice key, slice value, bool is_stray, error *why) {
  ledger_result r;
  if (is_stray || !ledger_result_decode(key, value, &r)) {
    error_set(why, STATUS_CORRUPT, "its checksum does not match, or another release wrote it");
    return false;
  }
  t->findings->records++;
  return true;
}

typedef struct taker {
  const char *table, *title;
  bool (*take)(taking *t, slice key, slice value, bool is_stray, error *why);
  bool is_text; /* the key */
} taker;

static const taker takers[] = {{"datasets", "dataset", take_dataset, true},
                               {"jobs", "job", take_job, false},
                               {"results", "result of job", take_result, false}};
enum { TAKERS = sizeof takers / sizeof takers[0] };

static void tell_damaged(store_findings *f, const taker *by, slice key, const error *why) {
  char name[STOCK_NAME_BYTES];
  char hex[HEX_BYTES];
  put_hex(key.bytes, key.length, hex);
  if (by->is_text && ledger_check_name(key, NULL) == STATUS_OK) {
    snprintf(name, sizeof name, "%s %.*s", by->title, SLICE_ARG(key));
  } else {
    snprintf(name, sizeof name, "%s %s", by->title, hex);
  }
  store_findings_record(f, name, why->message);
}

/* A damaged page may show the records of one table in another: each record says what it is. */
static void take_record(void *context, slice table, slice key, slice value) {
  taking *t = context;
  const taker *by = NULL;
  error why = {STATUS_OK, ""};
  error other;
  for (size_t i = 0; i < TAKERS && by == NULL; i++) {
    by = slice_equal(table, slice_of(takers[i].table)) ? &takers[i] : NULL;
  }
  if (by != NULL && by->take(t, key, value, false, &why)) {
    return;
  }
  for (size_t i = 0; i < TAKERS; i++) {
    if (&takers[i] != by && takers[i].take(t, key, value, true, &other)) {
      return;
    }
  }
  if (by != NULL) {
    tell_damaged(t->findings, by, key, &why);
  }
}

static void take_damage(void *context, uint64_t page, const char *what) {
  store_findings_page(((taking *)context)->findings, page, what);
}

/* ---- The best of each key ------------------------------------------------------------------------ */

static int compare_datasets(const void *left, const void *right) {
  const stock_dataset *a = left;
  const stock_dataset *b = right;
  const int order = slice_compare(slice_of(a->record->name), slice_of(b->record->name));
  if (order != 0 || a->is_stray != b->is_stray) {
    return order != 0 ? order : a->is_stray - b->is_stray;
  }
  return (a->record->version < b->record->version) - (a->record->version > b->record->version);
}

static bool has_ended(const ledger_job *j) {
  return j->state != JOB_QUEUED && j->state != JOB_RUNNING;
}

static int compare_jobs(const void *left, const void *right) {
  const stock_job *a = left;
  const stock_job *b = right;
  const ledger_job *x = &a->record->job;
  const ledger_job *y = &b->record->job;
  const int order = memcmp(x->id.bytes, y->id.bytes, sizeof x->id.bytes);
  if (order != 0 || a->is_stray != b->is_stray) {
    return order != 0 ? order : a->is_stray - b->is_stray;
  }
  const int ended = has_ended(y) - has_ended(x);
  return ended != 0 ? ended : (x->stage < y->stage) - (x->stage > y->stage);
}

static void drop_repeated_datasets(stock *s) {
  size_t kept = 0;
  if (s->datasets_count > 0) {
    qsort(s->datasets, s->datasets_count, sizeof *s->datasets, compare_datasets);
  }
  for (size_t i = 0; i < s->datasets_count; i++) {
    if (kept > 0 && strcmp(s->datasets[kept - 1].record->name, s->datasets[i].record->name) == 0) {
      ledger_dataset_destroy(s->datasets[i].record);
    } else {
      s->datasets[kept++] = s->datasets[i];
    }
  }
  s->datasets_count = kept;
}

static void drop_repeated_jobs(stock *s) {
  size_t kept = 0;
  if (s->jobs_count > 0) {
    qsort(s->jobs, s->jobs_count, sizeof *s->jobs, compare_jobs);
  }
  for (size_t i = 0; i < s->jobs_count; i++) {
    const core_job_id *id = &s->jobs[i].record->job.id;
    if (kept > 0 && memcmp(s->jobs[kept - 1].record->job.id.bytes, id->bytes, sizeof id->bytes) == 0) {
      ledger_job_destroy(s->jobs[i].record);
    } else {
      s->jobs[kept++] = s->jobs[i];
    }
  }
  s->jobs_count = kept;
}

static void tell_strays(const stock *s, store_findings *f) {
  static const char what[] =
      "its record was found where a damaged page no longer leads: it may be older than what was lost, or of "
      "what was dropped";
  char name[STOCK_NAME_BYTES];
  for (size_t i = 0; i < s->datasets_count; i++) {
    if (s->datasets[i].is_stray) {
      stock_dataset_name(s->datasets[i].record, name);
      store_findings_record(f, name, what);
    }
  }
  for (size_t i = 0; i < s->jobs_count; i++) {
    if (s->jobs[i].is_stray) {
      stock_job_name(stock_job_of(&s->jobs[i]), name);
      store_findings_record(f, name, what);
    }
  }
}

status stock_read(const char *index, store_findings *f, stock *out, bool *found, error *err) {
  *out = (stock){.index = slice_copy(slice_of(index))};
  taking t = {.stock = out, .findings = f};
  const pages_visitor visitor = {take_record, take_damage, &t};
  status st = out->index != NULL ? index_pages_salvage(index, &visitor, found, err)
                                 : error_no_memory(err, "the broker's records");
  if (st == STATUS_OK && t.out_of_memory) {
    st = error_no_memory(err, "the broker's records");
  }
  if (st != STATUS_OK) {
    stock_fini(out);
    return st;
  }
  drop_repeated_datasets(out);
  drop_repeated_jobs(out);
  tell_strays(out, f);
  f->datasets += out->datasets_count;
  f->jobs += out->jobs_count;
  return STATUS_OK;
}

void stock_fini(stock *s) {
  for (size_t i = 0; i < s->datasets_count; i++) {
    ledger_dataset_destroy(s->datasets[i].record);
  }
  for (size_t i = 0; i < s->jobs_count; i++) {
    ledger_job_destroy(s->jobs[i].record);
  }
  free(s->datasets);
  free(s->jobs);
  free(s->index);
  *s = (stock){.index = NULL};
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static status commit_if_many(ledger *to, error *err) {
  return ledger_pending_bytes(to) > COMMIT_BYTES ? ledger_commit(to, err) : STATUS_OK;
}

static int by_sequence(const void *left, const void *right) {
  const ledger_job_entry *const *a = left;
  const ledger_job_entry *const *b = right;
  return ((*a)->sequence > (*b)->sequence) - ((*a)->sequence < (*b)->sequence);
}

static status write_jobs(const stock *s, ledger *to, error *err) {
  const ledger_job_entry **sorted = calloc(s->jobs_count + 1, sizeof(ledger_job_entry *));
  if (sorted == NULL) {
    return error_no_memory(err, "the broker's jobs");
  }
  for (size_t i = 0; i < s->jobs_count; i++) {
    sorted[i] = s->jobs[i].record;
  }
  qsort(sorted, s->jobs_count, sizeof(ledger_job_entry *), by_sequence);
  status st = STATUS_OK;
  for (size_t i = 0; i < s->jobs_count && st == STATUS_OK; i++) {
    st = ledger_job_put(to, &sorted[i]->job, err);
    st = st == STATUS_OK ? commit_if_many(to, err) : st;
  }
  free(sorted);
  return st;
}

typedef struct results {
  const stock *stock;
  ledger *to;
  uint64_t count;
  status st;
  error *err;
} results;

static int compare_id(const void *key, const void *item) {
  const core_job_id *id = key;
  const stock_job *j = item;
  return memcmp(id->bytes, j->record->job.id.bytes, sizeof id->bytes);
}

/* Of what is not in the stage of an unfinished job nothing would ever be asked. */
static void write_result(void *context, slice table, slice key, slice value) {
  results *r = context;
  ledger_result result;
  const stock *s = r->stock;
  if (r->st != STATUS_OK || table.length == 0 || !ledger_result_decode(key, value, &result)) {
    return;
  }
  const stock_job *j =
      s->jobs_count > 0 ? bsearch(&result.id.job, s->jobs, s->jobs_count, sizeof *s->jobs, compare_id) : NULL;
  if (j == NULL || has_ended(&j->record->job) || j->record->job.stage != result.id.stage) {
    return;
  }
  r->st = ledger_result_put(r->to, &result, r->err);
  r->st = r->st == STATUS_OK ? commit_if_many(r->to, r->err) : r->st;
  r->count++;
}

static void pass_over(void *context, uint64_t page, const char *what) {
  (void)context; /* it was told before */
  (void)page;
  (void)what;
}

status stock_write(const stock *s, ledger *to, uint64_t *written, error *err) {
  for (size_t i = 0; i < s->datasets_count; i++) {
    TRY(ledger_dataset_put(to, s->datasets[i].record, err));
    TRY(commit_if_many(to, err));
  }
  TRY(write_jobs(s, to, err));
  results r = {.stock = s, .to = to, .st = STATUS_OK, .err = err};
  const pages_visitor visitor = {write_result, pass_over, &r};
  bool found = false;
  TRY(index_pages_salvage(s->index, &visitor, &found, err));
  TRY(r.st);
  *written = r.count;
  return ledger_commit(to, err);
}
