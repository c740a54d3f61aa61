/* Requests about datasets. */
#include "broker/catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "broker/catalog/catalog_inside.h"

catalog *catalog_new(host *h, peers *p, blobs *b, vault *v, ledger *l) {
  catalog *c = calloc(1, sizeof *c);
  if (c != NULL) {
    c->host = h;
    c->peers = p;
    c->blobs = b;
    c->vault = v;
    c->ledger = l;
  }
  return c;
}

void catalog_destroy(catalog *c) {
  if (c != NULL) {
    free(c->unread);
    pins_fini(&c->pins);
    manifest_destroy(c->last);
    free(c);
  }
}

/* ---- Requests ------------------------------------------------------------------------------------ */

static status needs_directory(const catalog *c, error *why) {
  return c->ledger != NULL
             ? STATUS_OK
             : error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
}

static status find(catalog *c, slice name, const ledger_dataset **out, error *why) {
  TRY(needs_directory(c, why));
  *out = ledger_dataset_find(c->ledger, name);
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

/* Sends the bytes of a manifest up to 1 MiB, and the name of a larger one. */
static status frame_of_manifest(catalog *c, const ledger_dataset *d, zmq_msg_t *frame, error *why) {
  const bool by_name = d->manifest_bytes > MESSAGE_FRAME_MAX;
  store_blob mapped = {0};
  if (!by_name) {
    TRY(vault_get(c->vault, &d->manifest, &mapped, why));
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

status catalog_on_dataset(catalog *c, peer *from, wire_message *m, error *why) {
  const ledger_dataset *d = NULL;
  TRY(find(c, m->header.texts[FIELD_DATASET], &d, why));
  zmq_msg_t frame;
  TRY(frame_of_manifest(c, d, &frame, why));
  message answer = answer_of(MESSAGE_MANIFEST, m);
  set_dataset(&answer, slice_of(d->name), d->version);
  message_set_integer(&answer, FIELD_ROWS, d->rows);
  message_set_integer(&answer, FIELD_SHARDS, d->shards);
  message_set_integer(&answer, FIELD_BYTES, d->manifest_bytes);
  if (d->manifest_bytes > MESSAGE_FRAME_MAX) {
    message_set_integer(&answer, FIELD_BY_NAME, 1);
  }
  peers_answer(c->peers, from, &answer, &frame, 1);
  return STATUS_OK;
}

static status commit_blob(catalog *c, wire_message *m, core_blob handle, uint64_t *version, error *why) {
  payload_bytes p;
  TRY(payload_open(c->blobs, handle, &p, why));
  manifest *content = NULL;
  status st = manifest_decode(p.bytes.bytes, p.bytes.length, &content, why);
  payload_close(&p);
  if (st == STATUS_OK) {
    const ledger_blob where = payload_where(c->blobs, handle);
    st = datasets_commit(c, m->header.texts[FIELD_DATASET], m->header.integers[FIELD_VERSION], content,
                         &where, version, why);
    manifest_destroy(content);
  }
  return st;
}

status catalog_on_commit(catalog *c, peer *from, wire_message *m, error *why) {
  TRY(needs_directory(c, why));
  TRY(ledger_check_name(m->header.texts[FIELD_DATASET], why));
  core_blob handle = 0;
  uint64_t version = 0;
  TRY(payload_take(c->blobs, m, 0, &handle, why));
  const status st = commit_blob(c, m, handle, &version, why);
  blobs_release(c->blobs, handle);
  TRY(st);
  message answer = answer_of(MESSAGE_COMMITTED, m);
  set_dataset(&answer, m->header.texts[FIELD_DATASET], version);
  peers_answer(c->peers, from, &answer, NULL, 0);
  return STATUS_OK;
}

/* The data stay while unfinished jobs pin them. */
status catalog_on_drop(catalog *c, peer *from, wire_message *m, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const ledger_dataset *d = NULL;
  TRY(find(c, name, &d, why));
  uint64_t jobs = 0;
  for (size_t i = 0; i < ledger_jobs(c->ledger); i++) {
    const ledger_job *j = ledger_job_at(c->ledger, i);
    jobs += j->state <= JOB_RUNNING && slice_equal(slice_of(j->dataset), name);
  }
  TRY(datasets_drop(c, d, why));
  host_log(c->host, "dataset %.*s was dropped", SLICE_ARG(name));
  message answer = answer_of(MESSAGE_DROPPED, m);
  message_set_integer(&answer, FIELD_JOBS, jobs);
  peers_answer(c->peers, from, &answer, NULL, 0);
  return STATUS_OK;
}
