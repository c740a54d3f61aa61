/* Gathers references with their owners, then keeps one of each name. */
#include "broker/records/references.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/blob_files.h"
#include "store/manifest.h"

enum { WHAT_BYTES = 240 };

typedef struct gathering {
  int directory;
  store_findings *findings;
  reference_list *list;
} gathering;

static void owner_name(const reference *r, char out[STOCK_NAME_BYTES]) {
  if (r->dataset != NULL) {
    stock_dataset_name(r->dataset, out);
  } else {
    stock_job_name(r->job, out);
  }
}

static void tell(const reference *r, const char *which, const char *advice, store_findings *f) {
  char owner[STOCK_NAME_BYTES];
  char what[WHAT_BYTES];
  char hex[DIGEST_HEX_BYTES];
  owner_name(r, owner);
  digest_hex(&r->name, hex);
  snprintf(what, sizeof what, "its %s %s is missing or damaged; %s", which, hex, advice);
  f->missing++;
  f->tell(f->context, owner, what);
}

void references_tell_missing(const reference *r, store_findings *f) {
  if (r->dataset != NULL) {
    tell(r, "shard", "put the same files again", f);
  } else {
    tell(r, "blob", "submit it again with another key", f);
  }
}

static status add(gathering *g, const reference *r, error *err) {
  reference_list *l = g->list;
  if (!ARRAY_ROOM(l->at, l->count, l->capacity)) {
    return error_no_memory(err, "the blobs that records name");
  }
  l->at[l->count++] = *r;
  return STATUS_OK;
}

static status add_shards(gathering *g, const manifest *m, const reference *owner, error *err) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    reference r = *owner;
    r.name = m->shards[i].name;
    TRY(add(g, &r, err));
  }
  return STATUS_OK;
}

/* The manifest that OWNER names, and its shards.  Its bytes are compared with its name first. */
static status add_manifest(gathering *g, const reference *owner, error *err) {
  uint64_t bytes = 0;
  store_blob mapped = {.bytes = ""};
  manifest *m = NULL;
  bool found = false;
  error why;
  TRY(add(g, owner, err));
  status st = blob_check(g->directory, &owner->name, &bytes, &why);
  st = st == STATUS_OK ? blob_files_map(g->directory, &owner->name, &mapped, &found, &why) : st;
  st = st == STATUS_OK ? manifest_decode(mapped.bytes, mapped.length, &m, &why) : st;
  store_release(&mapped);
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  if (st != STATUS_OK) {
    g->list->count--; /* told here, and once */
    tell(owner, "manifest", "its shards are not known; put the same files again", g->findings);
    return STATUS_OK;
  }
  st = add_shards(g, m, owner, err);
  manifest_destroy(m);
  return st;
}

/* The list of rows that OWNER names, and the parts that it lists. */
static status add_rows(gathering *g, const reference *owner, error *err) {
  store_blob mapped = {.bytes = ""};
  bool found = false;
  error why;
  TRY(add(g, owner, err));
  if (blob_files_map(g->directory, &owner->name, &mapped, &found, &why) != STATUS_OK || !found) {
    return STATUS_OK; /* told as missing */
  }
  status st = STATUS_OK;
  for (size_t at = 0; at + BLOB_NAME_BYTES <= mapped.length && st == STATUS_OK; at += BLOB_NAME_BYTES) {
    reference part = *owner;
    memcpy(part.name.bytes, mapped.bytes + at, DIGEST_BYTES);
    st = add(g, &part, err);
  }
  store_release(&mapped);
  return st;
}

static bool is_unfinished(const ledger_job *j) {
  return j->state == JOB_QUEUED || j->state == JOB_RUNNING;
}

static status add_job(gathering *g, const ledger_job *j, error *err) {
  const ledger_blob *one = NULL;
  for (size_t i = 0; (one = ledger_job_blob(j, i)) != NULL; i++) {
    const reference r = {.name = one->name, .job = j};
    if (one == &j->manifest && is_unfinished(j) && !j->read && ledger_blob_is_set(one)) {
      TRY(add_manifest(g, &r, err));
    } else if (one == &j->parts && ledger_blob_is_set(one)) {
      TRY(add_rows(g, &r, err));
    } else if (ledger_blob_is_set(one)) {
      TRY(add(g, &r, err));
    }
  }
  return STATUS_OK;
}

/* Of equal names a dataset's first: it says what to do. */
static int by_name(const void *left, const void *right) {
  const reference *a = left;
  const reference *b = right;
  const int order = memcmp(a->name.bytes, b->name.bytes, DIGEST_BYTES);
  return order != 0 ? order : (a->dataset == NULL) - (b->dataset == NULL);
}

static void drop_repeated(reference_list *l) {
  size_t kept = 0;
  if (l->count > 0) {
    qsort(l->at, l->count, sizeof *l->at, by_name);
  }
  for (size_t i = 0; i < l->count; i++) {
    if (kept == 0 || !digest_equal(&l->at[kept - 1].name, &l->at[i].name)) {
      l->at[kept++] = l->at[i];
    }
  }
  l->count = kept;
}

static status gather(gathering *g, const stock *s, error *err) {
  for (size_t i = 0; i < s->datasets_count; i++) {
    const ledger_dataset *d = s->datasets[i].record;
    TRY(add_manifest(g, &(reference){.name = d->manifest, .dataset = d}, err));
  }
  for (size_t i = 0; i < s->jobs_count; i++) {
    TRY(add_job(g, stock_job_of(&s->jobs[i]), err));
  }
  return STATUS_OK;
}

status references_read(const stock *s, int directory, store_findings *f, reference_list *out, error *err) {
  *out = (reference_list){.at = NULL};
  gathering g = {directory, f, out};
  const status st = gather(&g, s, err);
  if (st != STATUS_OK) {
    references_fini(out);
    return st;
  }
  drop_repeated(out);
  return STATUS_OK;
}

void references_fini(reference_list *l) {
  free(l->at);
  *l = (reference_list){.at = NULL};
}
