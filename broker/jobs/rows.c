/* Rows that jobs give back: the kept results of their last stage, each a blob of the vault.
 *
 * While the job runs, the ledger has the name of each as a result.  When it ends, one blob lists the names in
 * the order of the shards, and the job's record names that blob.  Each part is referred to once: by its
 * result, or by the list. */
#include <string.h>

#include "broker/jobs/jobs_inside.h"

/* ---- The parts of an unfinished job ------------------------------------------------------------------ */

bool rows_are_kept(const ledger_job *j, uint32_t stage) {
  return j != NULL && j->keeps && j->stage == stage;
}

bool rows_part_name(slice partial, ledger_blob *out) {
  if (partial.length != BLOB_NAME_BYTES) {
    return false;
  }
  blob_name_read(partial.bytes, &out->name, &out->bytes);
  return true;
}

status rows_keep_part(jobs *all, const ledger_result *r, core_blob part, error *err) {
  uint8_t name[BLOB_NAME_BYTES];
  ledger_result named = *r;
  const ledger_blob where = payload_where(all->blobs, part);
  blob_name_write(&where.name, where.bytes, name);
  named.partial = (slice){(const char *)name, sizeof name};
  TRY(vault_refer(all->vault, &where.name, err));
  return ledger_result_put(all->ledger, &named, err);
}

static status release_part(void *context, const ledger_result *r, error *err) {
  jobs *all = context;
  ledger_blob where;
  (void)err;
  if (rows_part_name(r->partial, &where)) {
    vault_release(all->vault, &where.name);
  }
  return STATUS_OK;
}

static status refer_part(void *context, const ledger_result *r, error *err) {
  jobs *all = context;
  ledger_blob where;
  return rows_part_name(r->partial, &where) ? vault_refer(all->vault, &where.name, err) : STATUS_OK;
}

status rows_drop_part(jobs *all, const core_task_id *id, error *err) {
  return ledger_result_visit(all->ledger, id, release_part, all, err);
}

status rows_drop_parts(jobs *all, const ledger_job *j, error *err) {
  return j->keeps ? ledger_results_each(all->ledger, &j->id, j->stage, release_part, all, err) : STATUS_OK;
}

/* ---- The parts of a job that has ended ------------------------------------------------------------------
 */

status rows_list(jobs *all, const core_end *end, ledger_blob *out, error *err) {
  uint8_t name[BLOB_NAME_BYTES];
  buf list;
  buf_init(&list);
  for (uint32_t i = 0; i < end->parts_count; i++) {
    const ledger_blob where = payload_where(all->blobs, end->parts[i]);
    TRY(vault_refer(all->vault, &where.name, err));
    blob_name_write(&where.name, where.bytes, name);
    buf_put(&list, name, sizeof name);
  }
  status st = buf_status(&list, "the list of a job's rows", err);
  if (st == STATUS_OK) {
    st = vault_put(all->vault, list.data, list.length, &out->name, err);
  }
  out->bytes = list.length;
  buf_fini(&list);
  return st;
}

/* Calls TAKE for each part that J's list names.  A list that is missing or damaged names none: who asks for
 * the rows is told. */
static status each_listed(jobs *all, const ledger_job *j,
                          status (*take)(vault *v, const digest *name, error *err), error *err) {
  store_blob list;
  error ignored;
  if (!ledger_blob_is_set(&j->parts) || vault_get(all->vault, &j->parts.name, &list, &ignored) != STATUS_OK) {
    return STATUS_OK;
  }
  status st = STATUS_OK;
  for (size_t at = 0; at + BLOB_NAME_BYTES <= list.length && st == STATUS_OK; at += BLOB_NAME_BYTES) {
    digest name;
    uint64_t bytes = 0;
    blob_name_read(list.bytes + at, &name, &bytes);
    st = take(all->vault, &name, err);
  }
  store_release(&list);
  return st;
}

static status release_listed(vault *v, const digest *name, error *err) {
  (void)err;
  vault_release(v, name);
  return STATUS_OK;
}

status rows_refer(jobs *all, const ledger_job *j, error *err) {
  if (j->keeps) {
    return ledger_results_each(all->ledger, &j->id, j->stage, refer_part, all, err);
  }
  return each_listed(all, j, vault_refer, err);
}

void rows_release(jobs *all, const ledger_job *j) {
  error never;
  (void)!each_listed(all, j, release_listed, &never);
}

status rows_forget_surplus(jobs *all, error *err) {
  const ledger_job *oldest = NULL;
  while ((oldest = ledger_job_oldest_rows(all->ledger)) != NULL) {
    ledger_job changed = *oldest;
    rows_release(all, oldest);
    vault_release(all->vault, &oldest->parts.name);
    changed.parts = (ledger_blob){0};
    TRY(ledger_job_put(all->ledger, &changed, err));
  }
  return STATUS_OK;
}
