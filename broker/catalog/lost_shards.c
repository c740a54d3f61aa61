/* Says of a lost shard what people know it by: its dataset and its file. */
#include "broker/shell.h"

/* The shard's place in M; false: it is none of them. */
static bool find_shard(const manifest *m, const digest *name, uint32_t *index) {
  for (uint32_t i = 0; i < m->shards_count; i++) {
    if (digest_equal(&m->shards[i].name, name)) {
      *index = i;
      return true;
    }
  }
  return false;
}

static void explain(const ledger_job *j, const manifest *m, uint32_t index, core_failure *e) {
  const uint32_t file = m->shards[index].file;
  const slice name = file < m->files_count ? m->files[file].name : (slice){"?", 1};
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&e->lost, hex);
  error_set(&e->why, e->why.code,
            "shard %u of %u of dataset %s, rows of %.*s, is damaged or missing in the broker's store, and no "
            "worker "
            "has it: put the same files again (canvass put), which sends what is missing (blob %s)",
            index + 1, m->shards_count, j->dataset, SLICE_ARG(name), hex);
}

void lost_shards_explain(broker *b, const peer *from, core_failure *e) {
  manifest *m = NULL;
  error ignored; /* then the worker's words are all that is known */
  uint32_t index = 0;
  if (b->ledger == NULL || e->why.code != STATUS_NOT_FOUND ||
      !core_is_leased(b->core, from->number, &e->id, e->attempt) || vault_has(b->vault, &e->lost, NULL)) {
    return;
  }
  const ledger_job *j = ledger_job_find(b->ledger, &e->id.job);
  if (j == NULL || !ledger_blob_is_set(&j->manifest) ||
      datasets_open(b, &j->manifest.name, &m, &ignored) != STATUS_OK) {
    return;
  }
  if (find_shard(m, &e->lost, &index)) {
    explain(j, m, index, e);
  }
  manifest_destroy(m);
}
