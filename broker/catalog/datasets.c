/* Datasets: their versions, and the references that the vault counts for them. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "broker/catalog/catalog_inside.h"

/* ---- References ---------------------------------------------------------------------------------- */

static status refer_shards(catalog *c, const manifest *m, error *err) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    TRY(vault_refer(c->vault, &m->shards[i].name, err));
  }
  c->host->turn.records += m->shards_count;
  return STATUS_OK;
}

static void release_shards(catalog *c, const manifest *m) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    vault_release(c->vault, &m->shards[i].name);
  }
  c->host->turn.records += m->shards_count;
}

static status refer_all(catalog *c, const digest *name, const manifest *m, error *err) {
  pin *one = pins_find(&c->pins, name);
  one = one != NULL ? one : pins_add(&c->pins, name);
  if (one == NULL) {
    return error_no_memory(err, "the datasets");
  }
  TRY(vault_refer(c->vault, name, err));
  return one->count++ == 0 ? refer_shards(c, m, err) : STATUS_OK;
}

status catalog_refer(catalog *c, const digest *name, error *err) {
  const manifest *m = NULL;
  TRY(manifests_open(c, name, &m, err));
  return refer_all(c, name, m, err);
}

static status note_unread(catalog *c, const digest *name, error *err) {
  if (!ARRAY_ROOM(c->unread, c->unread_count, c->unread_capacity)) {
    return error_no_memory(err, "the datasets");
  }
  c->unread[c->unread_count++] = *name;
  return STATUS_OK;
}

static status restore(catalog *c, const ledger_dataset *d, error *err) {
  error why;
  const status st = catalog_refer(c, &d->manifest, &why);
  if (st == STATUS_OK) {
    return STATUS_OK;
  }
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  host_log(c->host, "dataset %s cannot be read: %s; it can be dropped and put again", d->name, why.message);
  return note_unread(c, &d->manifest, err);
}

status catalog_restore(catalog *c, error *err) {
  for (size_t i = 0; i < ledger_datasets(c->ledger); i++) {
    TRY(restore(c, ledger_dataset_at(c->ledger, i), err));
  }
  return STATUS_OK;
}

static size_t find_unread(const catalog *c, const digest *name) {
  size_t i = 0;
  while (i < c->unread_count && !digest_equal(&c->unread[i], name)) {
    i++;
  }
  return i;
}

static bool is_unread(const catalog *c, const digest *name) {
  return find_unread(c, name) < c->unread_count;
}

static void forget_unread(catalog *c, const digest *name) {
  const size_t i = find_unread(c, name);
  if (i < c->unread_count) {
    c->unread[i] = c->unread[--c->unread_count];
  }
}

/* A dataset with that manifest is dropped. */
static void let_go(catalog *c, const digest *name) {
  if (is_unread(c, name)) {
    forget_unread(c, name);
  } else {
    catalog_release(c, name);
  }
}

void catalog_release(catalog *c, const digest *name) {
  pin *one = pins_find(&c->pins, name);
  const manifest *m = NULL;
  error why;
  vault_release(c->vault, name);
  if (one == NULL || --one->count > 0) {
    return;
  }
  pins_remove(&c->pins, one);
  if (manifests_open(c, name, &m, &why) == STATUS_OK) {
    release_shards(c, m);
  } else { /* its shards remain until the next start */
    host_log(c->host, "%s", why.message);
  }
}

/* ---- Versions ------------------------------------------------------------------------------------ */

static bool is_as_it_is(const ledger_dataset *d, const ledger_blob *where) {
  return d != NULL && digest_equal(&d->manifest, &where->name);
}

static status check_base(const ledger_dataset *d, slice name, uint64_t base, error *err) {
  if ((d != NULL ? d->version : 0) == base) {
    return STATUS_OK;
  }
  if (d == NULL) {
    return error_set(err, STATUS_JOB, "there is no dataset '%.*s' to append to", SLICE_ARG(name));
  }
  if (base == 0) {
    return error_set(
        err, STATUS_JOB,
        "a dataset '%.*s' already exists (version %llu): choose another name, append, or drop it",
        SLICE_ARG(name), (unsigned long long)d->version);
  }
  return error_set(err, STATUS_JOB,
                   "dataset '%.*s' is now at version %llu, not %llu: get the newest and begin again",
                   SLICE_ARG(name), (unsigned long long)d->version, (unsigned long long)base);
}

static bool is_same_shard(const manifest_shard *a, const manifest_shard *b) {
  return digest_equal(&a->name, &b->name) && a->bytes == b->bytes;
}

/* The broker already has shards that are at the same position of BEFORE (may be NULL).  They are not looked
 * up: after a restart the vault would hash each of them, a whole dataset in one turn.  Damage is found when
 * they are used. */
static status check_shards(catalog *c, const manifest *m, const manifest *before, error *err) {
  c->host->turn.records += m->shards_count;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    if (before != NULL && i < before->shards_count && is_same_shard(&m->shards[i], &before->shards[i])) {
      continue;
    }
    uint64_t bytes = 0;
    if (!vault_has(c->vault, &m->shards[i].name, &bytes) || bytes != m->shards[i].bytes) {
      char hex[DIGEST_HEX_BYTES];
      digest_hex(&m->shards[i].name, hex);
      return error_set(err, STATUS_NOT_FOUND, "the broker does not have shard %u, %s: offer it first", i,
                       hex);
    }
  }
  return STATUS_OK;
}

status datasets_check(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                      error *err) {
  const ledger_dataset *d = ledger_dataset_find(c->ledger, name);
  if (is_as_it_is(d, where)) {
    return is_unread(c, &where->name) ? check_shards(c, m, NULL, err) : STATUS_OK;
  }
  TRY(check_base(d, name, base, err));
  if (d == NULL && ledger_datasets(c->ledger) >= LEDGER_DATASETS_MAX) {
    return error_set(err, STATUS_LIMIT, "there are already %d datasets: drop some", (int)LEDGER_DATASETS_MAX);
  }
  const manifest *before = NULL;
  error ignored; /* if the earlier manifest cannot be read, all shards are checked */
  if (d != NULL && manifests_open(c, &d->manifest, &before, &ignored) != STATUS_OK) {
    before = NULL;
  }
  return check_shards(c, m, before, err);
}

/* The dataset was put again after its manifest was damaged. */
static status refer_again(catalog *c, const digest *name, const manifest *m, error *err) {
  if (!is_unread(c, name)) {
    return STATUS_OK;
  }
  forget_unread(c, name);
  return refer_all(c, name, m, err);
}

/* Sums of numbers from outside saturate, since these may have any value; they are only shown in listings. */
static void add_up(uint64_t *sum, uint64_t term) {
  *sum = *sum + term < *sum ? UINT64_MAX : *sum + term;
}

status datasets_commit(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                       uint64_t *version, error *err) {
  TRY(datasets_check(c, name, base, m, where, err));
  const ledger_dataset *old = ledger_dataset_find(c->ledger, name);
  if (is_as_it_is(old, where)) {
    *version = old->version;
    return refer_again(c, &where->name, m, err);
  }
  char *copy = slice_copy(name);
  if (copy == NULL) {
    return error_no_memory(err, "a dataset");
  }
  ledger_dataset d = {.name = copy,
                      .version = base + 1,
                      .manifest = where->name,
                      .manifest_bytes = where->bytes,
                      .rows = manifest_rows(m),
                      .shards = m->shards_count,
                      .files = m->files_count,
                      .changed_s = host_wall_s()};
  d.created_s = old != NULL ? old->created_s : d.changed_s;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    add_up(&d.bytes, m->shards[i].bytes);
  }
  const digest before = old != NULL ? old->manifest : (digest){0};
  status st = refer_all(c, &where->name, m, err);
  if (st == STATUS_OK && old != NULL) {
    let_go(c, &before);
  }
  if (st == STATUS_OK) {
    st = ledger_dataset_put(c->ledger, &d, err);
  }
  if (st != STATUS_OK) {
    host_fail(c->host, st, err); /* counts and records may disagree now */
  } else {
    host_log(c->host, "dataset %s, version %llu: %llu %s in %llu %s", copy, (unsigned long long)d.version,
             (unsigned long long)d.rows, text_plural(d.rows, "row", "rows"), (unsigned long long)d.shards,
             text_plural(d.shards, "shard", "shards"));
  }
  *version = d.version;
  free(copy);
  return st;
}

status datasets_drop(catalog *c, const ledger_dataset *d, error *err) {
  const digest content = d->manifest;
  const status st = ledger_dataset_drop(c->ledger, slice_of(d->name), err);
  if (st != STATUS_OK) {
    host_fail(c->host, st, err);
    return st;
  }
  let_go(c, &content);
  return STATUS_OK;
}

/* ---- Drafts -------------------------------------------------------------------------------------- */

struct catalog_draft {
  ledger_blob where;
  manifest *content;
};

/* Writes the report of a READ, which is made by the broker: the dataset as it is now. */
static status report(catalog *c, const ledger_job *j, const catalog_draft *d, core_blob *out, error *err) {
  const ledger_dataset *now = ledger_dataset_find(c->ledger, slice_of(j->dataset));
  const uint64_t version = is_as_it_is(now, &d->where) ? now->version : j->version + 1;
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "a report");
  }
  json *all = json_object(memory);
  json_set_text(all, "dataset", j->dataset);
  json_set_integer(all, "version", (int64_t)version);
  json_set_integer(all, "rows", (int64_t)manifest_rows(d->content));
  buf text;
  buf_init(&text);
  json_write(all, &text);
  status st = arena_failed(memory) ? error_no_memory(err, "a report") : buf_status(&text, "a report", err);
  arena_destroy(memory);
  if (st == STATUS_OK) {
    st = payload_make(c->blobs, text.data, text.length, out, err);
  }
  buf_fini(&text);
  return st;
}

static status decode(catalog *c, core_blob handle, manifest **out, error *err) {
  payload_bytes p;
  TRY(payload_open(c->blobs, handle, &p, err));
  const status st = manifest_decode(p.bytes.bytes, p.bytes.length, out, err);
  payload_close(&p);
  return st;
}

static status fill_draft(catalog *c, const ledger_job *j, core_blob handle, catalog_draft *d, core_blob *made,
                         error *err) {
  TRY(decode(c, handle, &d->content, err));
  d->where = payload_where(c->blobs, handle);
  TRY(datasets_check(c, slice_of(j->dataset), j->version, d->content, &d->where, err));
  return report(c, j, d, made, err);
}

status catalog_draft_open(catalog *c, const ledger_job *j, core_blob handle, catalog_draft **out,
                          core_blob *report_made, error *err) {
  catalog_draft *d = calloc(1, sizeof *d);
  if (d == NULL) {
    return error_no_memory(err, "a dataset");
  }
  const status st = fill_draft(c, j, handle, d, report_made, err);
  if (st != STATUS_OK) {
    catalog_draft_close(d);
    return st;
  }
  *out = d;
  return STATUS_OK;
}

status catalog_draft_commit(catalog *c, const ledger_job *j, const catalog_draft *d, error *err) {
  uint64_t version = 0;
  return datasets_commit(c, slice_of(j->dataset), j->version, d->content, &d->where, &version, err);
}

void catalog_draft_close(catalog_draft *d) {
  if (d != NULL) {
    manifest_destroy(d->content);
    free(d);
  }
}
