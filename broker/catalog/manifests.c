/* Manifests: the shards of a job, and the files by which people know them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/catalog/catalog_inside.h"

enum { FILE_SHOWN_BYTES = 100 };

status manifests_open(catalog *c, const digest *name, const manifest **out, error *err) {
  store_blob mapped;
  TRY(vault_get(c->vault, name, &mapped, err));
  status st = STATUS_OK;
  if (c->last == NULL || !digest_equal(&c->last_name, name)) {
    manifest_destroy(c->last);
    c->last = NULL;
    st = manifest_decode(mapped.bytes, mapped.length, &c->last, err);
    c->host->turn.records += st == STATUS_OK ? c->last->shards_count : 0;
  }
  store_release(&mapped);
  c->last_name = *name;
  *out = c->last;
  return st;
}

/* ---- Shards -------------------------------------------------------------------------------------- */

static status take_shards(const manifest *m, catalog_shards *out, error *err) {
  out->at = calloc((size_t)m->shards_count + 1, sizeof *out->at);
  if (out->at == NULL) {
    return error_no_memory(err, "a job's shards");
  }
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const manifest_shard *s = &m->shards[i];
    out->at[i] = (core_shard){.name = s->name, .bytes = s->bytes, .rows = s->rows};
  }
  out->count = m->shards_count;
  out->rows = manifest_rows(m);
  return STATUS_OK;
}

status catalog_shards_in(const void *bytes, size_t length, catalog_shards *out, error *err) {
  manifest *m = NULL;
  TRY(manifest_decode(bytes, length, &m, err));
  const status st = take_shards(m, out, err);
  manifest_destroy(m);
  return st;
}

status catalog_shards_of(catalog *c, const digest *name, catalog_shards *out, error *err) {
  const manifest *m = NULL;
  TRY(manifests_open(c, name, &m, err));
  return take_shards(m, out, err);
}

void catalog_shards_fini(catalog_shards *s) {
  free(s->at);
  *s = (catalog_shards){0};
}

/* ---- Files --------------------------------------------------------------------------------------- */

static bool open_of_job(catalog *c, const ledger_job *j, const manifest **out) {
  error ignored; /* without the manifest the message stays unchanged */
  return ledger_blob_is_set(&j->manifest) && manifests_open(c, &j->manifest.name, out, &ignored) == STATUS_OK;
}

/* Appends the files of the shards from FIRST to LAST: "; the rows are of the files a.csv to c.csv". */
static void append_files(error *why, const manifest *m, const digest *first, const digest *last) {
  const slice *names[2] = {NULL, NULL};
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const slice *name = &m->files[m->shards[i].file].name;
    names[0] = names[0] == NULL && digest_equal(&m->shards[i].name, first) ? name : names[0];
    names[1] = names[0] != NULL && digest_equal(&m->shards[i].name, last) ? name : names[1];
  }
  if (names[0] == NULL || names[1] == NULL) {
    return;
  }
  const bool is_one = slice_equal(*names[0], *names[1]);
  const slice from = text_cut(*names[0], FILE_SHOWN_BYTES);
  const slice to = text_cut(*names[1], FILE_SHOWN_BYTES);
  const size_t length = strlen(why->message);
  if (is_one) {
    snprintf(why->message + length, sizeof why->message - length, "; the rows are of the file %.*s",
             SLICE_ARG(from));
  } else {
    snprintf(why->message + length, sizeof why->message - length, "; the rows are of the files %.*s to %.*s",
             SLICE_ARG(from), SLICE_ARG(to));
  }
}

void catalog_name_files(catalog *c, const ledger_job *j, const digest *first, const digest *last,
                        error *why) {
  const manifest *m = NULL;
  if (open_of_job(c, j, &m)) {
    append_files(why, m, first, last);
  }
}

/* The shard's place in M; false when it is not in M. */
static bool find_shard(const manifest *m, const digest *name, uint32_t *index) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    if (digest_equal(&m->shards[i].name, name)) {
      *index = i;
      return true;
    }
  }
  return false;
}

static void explain(const ledger_job *j, const manifest *m, uint32_t index, const digest *lost, error *why) {
  const uint32_t file = m->shards[index].file;
  const slice name = file < m->files_count ? m->files[file].name : (slice){"?", 1};
  char hex[DIGEST_HEX_BYTES];
  digest_hex(lost, hex);
  error_set(why, why->code,
            "shard %u of %u of dataset %s, rows of %.*s, is damaged or missing in the broker's store, and no "
            "worker "
            "has it: put the same files again (canvass put), which sends what is missing (blob %s)",
            index + 1, m->shards_count, j->dataset, SLICE_ARG(name), hex);
}

void catalog_name_lost(catalog *c, const ledger_job *j, const digest *lost, error *why) {
  const manifest *m = NULL;
  uint32_t index = 0;
  if (open_of_job(c, j, &m) && find_shard(m, lost, &index)) {
    explain(j, m, index, lost, why);
  }
}
