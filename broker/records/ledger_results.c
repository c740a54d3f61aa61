/* Results of tasks.  They are not in memory: gathered ones take precedence over those on disk.
 *
 * A result's key is job, stage and task, the numbers big-endian, so that those of a job and of a stage
 * are adjacent. */
#include <stdlib.h>
#include <string.h>

#include "broker/records/ledger_inside.h"

enum { STAGE_BYTES = 4, TASK_BYTES = 8, KEY_BYTES = JOB_ID_BYTES + STAGE_BYTES + TASK_BYTES };

typedef struct result_key {
  char bytes[KEY_BYTES];
} result_key;

static void put_big_endian(char *to, uint64_t value, int bytes) {
  for (int i = bytes; i-- > 0; value >>= 8) {
    to[i] = (char)(value & 0xff);
  }
}

static uint64_t read_big_endian(const char *from, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) {
    value = value << 8 | (uint8_t)from[i];
  }
  return value;
}

static result_key key_of(const core_task_id *id) {
  result_key key;
  memcpy(key.bytes, id->job.bytes, JOB_ID_BYTES);
  put_big_endian(key.bytes + JOB_ID_BYTES, id->stage, STAGE_BYTES);
  put_big_endian(key.bytes + JOB_ID_BYTES + STAGE_BYTES, id->task, TASK_BYTES);
  return key;
}

static core_task_id id_of(slice key) {
  core_task_id id;
  memcpy(id.job.bytes, key.bytes, JOB_ID_BYTES);
  id.stage = (uint32_t)read_big_endian(key.bytes + JOB_ID_BYTES, STAGE_BYTES);
  id.task = read_big_endian(key.bytes + JOB_ID_BYTES + STAGE_BYTES, TASK_BYTES);
  return id;
}

static bool begins_with(slice key, slice prefix) {
  return key.length >= prefix.length && memcmp(key.bytes, prefix.bytes, prefix.length) == 0;
}

/* ---- Putting and dropping ------------------------------------------------------------------------ */

status ledger_result_put(ledger *l, const ledger_result *r, error *err) {
  const result_key key = key_of(&r->id);
  const slice key_bytes = {key.bytes, sizeof key.bytes};
  buf record;
  buf_init(&record);
  ledger_record_begin(&record, LEDGER_RESULT_VERSION);
  buf_put(&record, key.bytes, sizeof key.bytes);
  buf_put(&record, r->content.bytes, DIGEST_BYTES);
  ledger_states_put(&record, &r->states);
  buf_put(&record, r->partial.bytes, r->partial.length);
  ledger_record_end(&record);
  status st = buf_status(&record, "a result's record", err);
  if (st == STATUS_OK) {
    const slice value = {(const char *)record.data, record.length};
    st = ledger_pending_add(&l->pending, LEDGER_TABLE_RESULTS, key_bytes, value, err);
  }
  buf_fini(&record);
  return st;
}

status ledger_result_drop(ledger *l, const core_task_id *id, error *err) {
  const result_key key = key_of(id);
  return ledger_pending_add(&l->pending, LEDGER_TABLE_RESULTS, (slice){key.bytes, sizeof key.bytes},
                            (slice){NULL, 0}, err);
}

static bool collect_key(void *context, slice key, slice value) {
  (void)value;
  buf *keys = context;
  if (key.length == KEY_BYTES) {
    buf_put(keys, key.bytes, key.length);
  }
  return !keys->failed;
}

status ledger_results_drop(ledger *l, const core_job_id *job, error *err) {
  const slice prefix = {(const char *)job->bytes, sizeof job->bytes};
  buf keys;
  buf_init(&keys);
  for (size_t i = 0; i < l->pending.count; i++) {
    const ledger_change *c = &l->pending.at[i];
    if (c->table == LEDGER_TABLE_RESULTS && begins_with(ledger_change_key(c), prefix)) {
      buf_put(&keys, c->key, KEY_BYTES);
    }
  }
  status st = store_index_scan_prefix(l->index, LEDGER_TABLE_RESULTS, prefix, collect_key, &keys, err);
  st = st == STATUS_OK ? buf_status(&keys, "the results of a job", err) : st;
  for (size_t at = 0; at < keys.length && st == STATUS_OK; at += KEY_BYTES) {
    const slice key = {(const char *)keys.data + at, KEY_BYTES};
    st = ledger_pending_add(&l->pending, LEDGER_TABLE_RESULTS, key, (slice){NULL, 0}, err);
  }
  buf_fini(&keys);
  return st;
}

/* ---- Reading ------------------------------------------------------------------------------------- */

typedef struct walk {
  const ledger *ledger;
  status (*visit)(void *context, const ledger_result *r, error *err);
  void *context;
  status st;
  error *err;
} walk;

bool ledger_result_decode(slice key, slice record, ledger_result *out) {
  reader in;
  ledger_record_open(&in, record, LEDGER_RESULT_VERSION, LEDGER_RESULT_VERSION);
  const slice said = {(const char *)reader_bytes(&in, KEY_BYTES), KEY_BYTES};
  const uint8_t *content = reader_bytes(&in, DIGEST_BYTES);
  ledger_states_read(&in, &out->states);
  if (in.problem != NULL || !slice_equal(said, key)) {
    return false;
  }
  out->id = id_of(key);
  memcpy(out->content.bytes, content, DIGEST_BYTES);
  out->partial = (slice){(const char *)in.at, reader_left(&in)};
  return true;
}

static bool visit_record(walk *w, slice key, slice value) {
  ledger_result r;
  if (!ledger_result_decode(key, value, &r)) {
    return true;
  }
  w->st = w->visit(w->context, &r, w->err);
  return w->st == STATUS_OK;
}

static bool visit_kept(void *context, slice key, slice value) {
  walk *w = context;
  return ledger_pending_find(&w->ledger->pending, LEDGER_TABLE_RESULTS, key) != NULL ||
         visit_record(w, key, value);
}

status ledger_result_visit(ledger *l, const core_task_id *id,
                           status (*visit)(void *context, const ledger_result *r, error *err), void *context,
                           error *err) {
  walk w = {.ledger = l, .visit = visit, .context = context, .st = STATUS_OK, .err = err};
  const result_key key = key_of(id);
  const slice bytes = {key.bytes, sizeof key.bytes};
  const ledger_change *c = ledger_pending_find(&l->pending, LEDGER_TABLE_RESULTS, bytes);
  if (c == NULL) {
    TRY(store_index_scan_prefix(l->index, LEDGER_TABLE_RESULTS, bytes, visit_kept, &w, err));
  } else if (!c->is_removal) {
    visit_record(&w, bytes, ledger_change_value(c));
  }
  return w.st;
}

status ledger_results_each(ledger *l, const core_job_id *job, uint32_t stage,
                           status (*visit)(void *context, const ledger_result *r, error *err), void *context,
                           error *err) {
  walk w = {.ledger = l, .visit = visit, .context = context, .st = STATUS_OK, .err = err};
  const core_task_id first = {.job = *job, .stage = stage};
  const result_key key = key_of(&first);
  const slice prefix = {key.bytes, JOB_ID_BYTES + STAGE_BYTES};
  TRY(store_index_scan_prefix(l->index, LEDGER_TABLE_RESULTS, prefix, visit_kept, &w, err));
  for (size_t i = 0; i < l->pending.count && w.st == STATUS_OK; i++) {
    const ledger_change *c = &l->pending.at[i];
    if (c->table == LEDGER_TABLE_RESULTS && !c->is_removal && begins_with(ledger_change_key(c), prefix)) {
      visit_record(&w, ledger_change_key(c), ledger_change_value(c));
    }
  }
  return w.st;
}
