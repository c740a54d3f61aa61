/* Datasets: a name, a version, and the manifest in the vault. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/shell.h"

/* ---- Manifests in the vault ---------------------------------------------------------------------- */

status datasets_open(broker *b, const digest *name, manifest **out, error *err) {
  store_blob mapped;
  TRY(vault_get(b->vault, name, &mapped, err));
  const status st = manifest_decode(mapped.bytes, mapped.length, out, err);
  store_release(&mapped);
  return st;
}

static status pin_shards(broker *b, const manifest *m, error *err) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    TRY(vault_refer(b->vault, &m->shards[i].name, err));
  }
  return STATUS_OK;
}

static void unpin_shards(broker *b, const manifest *m) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    vault_release(b->vault, &m->shards[i].name);
  }
}

static status pin_all(broker *b, const digest *name, const manifest *m, error *err) {
  TRY(vault_refer(b->vault, name, err));
  return pin_shards(b, m, err);
}

status datasets_pin(broker *b, const digest *name, error *err) {
  manifest *m = NULL;
  TRY(datasets_open(b, name, &m, err));
  const status st = pin_all(b, name, m, err);
  manifest_destroy(m);
  return st;
}

static status note_unpinned(broker *b, const digest *name, error *err) {
  if (!ARRAY_ROOM(b->unpinned, b->unpinned_count, b->unpinned_capacity)) {
    return error_no_memory(err, "the datasets");
  }
  b->unpinned[b->unpinned_count++] = *name;
  return STATUS_OK;
}

status datasets_restore(broker *b, const ledger_dataset *d, error *err) {
  error why;
  const status st = datasets_pin(b, &d->manifest, &why);
  if (st == STATUS_OK) {
    return STATUS_OK;
  }
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  host_log(&b->host, "dataset %s cannot be read: %s; it can be dropped and put again", d->name, why.message);
  return note_unpinned(b, &d->manifest, err);
}

static size_t find_unpinned(const broker *b, const digest *name) {
  size_t i = 0;
  while (i < b->unpinned_count && !digest_equal(&b->unpinned[i], name)) {
    i++;
  }
  return i;
}

static bool is_unpinned(const broker *b, const digest *name) {
  return find_unpinned(b, name) < b->unpinned_count;
}

static void forget_unpinned(broker *b, const digest *name) {
  const size_t i = find_unpinned(b, name);
  if (i < b->unpinned_count) {
    b->unpinned[i] = b->unpinned[--b->unpinned_count];
  }
}

/* A dataset of that manifest is dropped. */
static void let_go(broker *b, const digest *name) {
  if (is_unpinned(b, name)) {
    forget_unpinned(b, name);
  } else {
    datasets_unpin(b, name);
  }
}

void datasets_unpin(broker *b, const digest *name) {
  manifest *m = NULL;
  error why;
  if (datasets_open(b, name, &m, &why) == STATUS_OK) {
    unpin_shards(b, m);
    manifest_destroy(m);
  } else { /* its shards stay until the next start */
    host_log(&b->host, "%s", why.message);
  }
  vault_release(b->vault, name);
}

status datasets_shards(const manifest *m, core_shard **out, error *err) {
  *out = calloc((size_t)m->shards_count + 1, sizeof **out);
  if (*out == NULL) {
    return error_no_memory(err, "a job's shards");
  }
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const manifest_shard *s = &m->shards[i];
    (*out)[i] = (core_shard){.name = s->name, .bytes = s->bytes, .rows = s->rows};
  }
  return STATUS_OK;
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

/* The broker already has those at the same position of BEFORE (may be NULL).  After a restart the vault
 * would hash each of them, a whole dataset in one turn; damage is found when they are used. */
static status check_shards(broker *b, const manifest *m, const manifest *before, error *err) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    if (before != NULL && i < before->shards_count && is_same_shard(&m->shards[i], &before->shards[i])) {
      continue;
    }
    uint64_t bytes = 0;
    if (!vault_has(b->vault, &m->shards[i].name, &bytes) || bytes != m->shards[i].bytes) {
      char hex[DIGEST_HEX_BYTES];
      digest_hex(&m->shards[i].name, hex);
      return error_set(err, STATUS_NOT_FOUND, "the broker does not have shard %u, %s: offer it first", i,
                       hex);
    }
  }
  return STATUS_OK;
}

status datasets_check(broker *b, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                      error *err) {
  const ledger_dataset *d = ledger_dataset_find(b->ledger, name);
  if (is_as_it_is(d, where)) {
    return is_unpinned(b, &where->name) ? check_shards(b, m, NULL, err) : STATUS_OK;
  }
  TRY(check_base(d, name, base, err));
  if (d == NULL && ledger_datasets(b->ledger) >= LEDGER_DATASETS_MAX) {
    return error_set(err, STATUS_LIMIT, "there are already %d datasets: drop some", (int)LEDGER_DATASETS_MAX);
  }
  manifest *before = NULL;
  error ignored; /* a manifest that cannot be read: then all shards are checked */
  if (d != NULL && datasets_open(b, &d->manifest, &before, &ignored) != STATUS_OK) {
    before = NULL;
  }
  const status st = check_shards(b, m, before, err);
  manifest_destroy(before);
  return st;
}

/* It was put again after its manifest was damaged. */
static status pin_again(broker *b, const digest *name, const manifest *m, error *err) {
  if (!is_unpinned(b, name)) {
    return STATUS_OK;
  }
  forget_unpinned(b, name);
  return pin_all(b, name, m, err);
}

/* Sums from outside may have any value: they serve listings only, and saturate. */
static void add_up(uint64_t *sum, uint64_t term) {
  *sum = *sum + term < *sum ? UINT64_MAX : *sum + term;
}

status datasets_commit(broker *b, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                       uint64_t *version, error *err) {
  TRY(datasets_check(b, name, base, m, where, err));
  const ledger_dataset *old = ledger_dataset_find(b->ledger, name);
  if (is_as_it_is(old, where)) {
    *version = old->version;
    return pin_again(b, &where->name, m, err);
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
  status st = pin_all(b, &where->name, m, err);
  if (st == STATUS_OK && old != NULL) {
    let_go(b, &before);
  }
  if (st == STATUS_OK) {
    st = ledger_dataset_put(b->ledger, &d, err);
  }
  if (st != STATUS_OK) {
    host_fail(&b->host, st, err); /* counts and records may differ now */
  } else {
    host_log(&b->host, "dataset %s, version %llu: %llu rows in %llu shards", copy,
             (unsigned long long)d.version, (unsigned long long)d.rows, (unsigned long long)d.shards);
  }
  *version = d.version;
  free(copy);
  return st;
}

/* ---- Requests ------------------------------------------------------------------------------------ */

static status needs_directory(const broker *b, error *why) {
  return b->ledger != NULL
             ? STATUS_OK
             : error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
}

static status find(broker *b, slice name, const ledger_dataset **out, error *why) {
  TRY(needs_directory(b, why));
  *out = ledger_dataset_find(b->ledger, name);
  const slice shown = text_cut(name, LEDGER_NAME_BYTES_MAX);
  return *out != NULL ? STATUS_OK
                      : error_set(why, STATUS_NOT_FOUND, "there is no dataset '%.*s'", SLICE_ARG(shown));
}

static message answer_of(message_kind kind, const wire_message *m) {
  message answer = message_of(kind);
  message_set_integer(&answer, FIELD_REQUEST, m->header.integers[FIELD_REQUEST]);
  return answer;
}

static void set_dataset(message *m, slice name, uint64_t version) {
  m->texts[FIELD_DATASET] = name;
  m->has |= FIELD_BIT(FIELD_DATASET);
  message_set_integer(m, FIELD_VERSION, version);
}

/* A manifest up to 1 MiB with its bytes, a larger one by name. */
static status frame_of_manifest(broker *b, const ledger_dataset *d, zmq_msg_t *frame, error *why) {
  const bool by_name = d->manifest_bytes > MESSAGE_FRAME_MAX;
  store_blob mapped = {0};
  if (!by_name) {
    TRY(vault_get(b->vault, &d->manifest, &mapped, why));
  }
  const size_t length = by_name ? BLOB_NAME_BYTES : mapped.length;
  status st = zmq_msg_init_size(frame, length) == 0 ? STATUS_OK : error_no_memory(why, "a manifest");
  if (st == STATUS_OK && by_name) {
    blob_name_write(&d->manifest, d->manifest_bytes, zmq_msg_data(frame));
  } else if (st == STATUS_OK && length > 0) {
    memcpy(zmq_msg_data(frame), mapped.bytes, length);
  }
  store_release(&mapped);
  return st;
}

status datasets_get(broker *b, peer *from, wire_message *m, error *why) {
  const ledger_dataset *d = NULL;
  TRY(find(b, m->header.texts[FIELD_DATASET], &d, why));
  zmq_msg_t frame;
  TRY(frame_of_manifest(b, d, &frame, why));
  message answer = answer_of(MESSAGE_MANIFEST, m);
  set_dataset(&answer, slice_of(d->name), d->version);
  message_set_integer(&answer, FIELD_ROWS, d->rows);
  message_set_integer(&answer, FIELD_SHARDS, d->shards);
  message_set_integer(&answer, FIELD_BYTES, d->manifest_bytes);
  if (d->manifest_bytes > MESSAGE_FRAME_MAX) {
    message_set_integer(&answer, FIELD_BY_NAME, 1);
  }
  peers_answer(b->peers, from, &answer, &frame, 1);
  return STATUS_OK;
}

static status commit_blob(broker *b, wire_message *m, core_blob handle, uint64_t *version, error *why) {
  payload_bytes p;
  TRY(payload_open(b->blobs, handle, &p, why));
  manifest *content = NULL;
  status st = manifest_decode(p.bytes.bytes, p.bytes.length, &content, why);
  payload_close(&p);
  if (st == STATUS_OK) {
    const ledger_blob where = payload_where(b->blobs, handle);
    st = datasets_commit(b, m->header.texts[FIELD_DATASET], m->header.integers[FIELD_VERSION], content,
                         &where, version, why);
    manifest_destroy(content);
  }
  return st;
}

status datasets_on_commit(broker *b, peer *from, wire_message *m, error *why) {
  TRY(needs_directory(b, why));
  TRY(ledger_check_name(m->header.texts[FIELD_DATASET], why));
  core_blob handle = 0;
  uint64_t version = 0;
  TRY(payload_take(b->blobs, m, 0, &handle, why));
  const status st = commit_blob(b, m, handle, &version, why);
  blobs_release(b->blobs, handle);
  TRY(st);
  message answer = answer_of(MESSAGE_COMMITTED, m);
  set_dataset(&answer, m->header.texts[FIELD_DATASET], version);
  peers_answer(b->peers, from, &answer, NULL, 0);
  return STATUS_OK;
}

/* Its data stays as long as unfinished jobs pin it. */
status datasets_on_drop(broker *b, peer *from, wire_message *m, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const ledger_dataset *d = NULL;
  TRY(find(b, name, &d, why));
  uint64_t jobs = 0;
  for (size_t i = 0; i < ledger_jobs(b->ledger); i++) {
    const ledger_job *j = ledger_job_at(b->ledger, i);
    jobs += j->state <= JOB_RUNNING && slice_equal(slice_of(j->dataset), name);
  }
  const digest content = d->manifest;
  const status st = ledger_dataset_drop(b->ledger, name, why);
  if (st != STATUS_OK) {
    host_fail(&b->host, st, why);
    return st;
  }
  let_go(b, &content);
  host_log(&b->host, "dataset %.*s was dropped", SLICE_ARG(name));
  message answer = answer_of(MESSAGE_DROPPED, m);
  message_set_integer(&answer, FIELD_JOBS, jobs);
  peers_answer(b->peers, from, &answer, NULL, 0);
  return STATUS_OK;
}
