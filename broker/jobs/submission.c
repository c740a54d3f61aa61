/* Jobs as clients see them: submitted under a key, watched, fetched, cancelled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/shell.h"

enum { SUBMIT_PAYLOADS = 3, PREPARED_FILES_MAX = MESSAGE_PAYLOADS_MAX - 2 };

/* ---- Identity ------------------------------------------------------------------------------------ */

/* Each client's public key has its own job keys: nobody can take those of others, or learn what they mean. */
static status read_key(const peer *from, const wire_message *m, core_job_id *id, error *why) {
  static const char prefix[] = "canvass job"; /* with its zero byte */
  const slice key = m->header.texts[FIELD_KEY];
  if (key.length == 0 || key.length > LEDGER_KEY_BYTES_MAX ||
      text_utf8_check(key.bytes, key.length) < key.length || memchr(key.bytes, 0, key.length) != NULL) {
    return error_set(why, STATUS_USAGE, "a job's key is a text of 1 to %d bytes", (int)LEDGER_KEY_BYTES_MAX);
  }
  digest_stream *s = digest_stream_new();
  if (s == NULL) {
    return error_no_memory(why, "a job's id");
  }
  digest d;
  digest_stream_add(s, prefix, sizeof prefix);
  digest_stream_add(s, key.bytes, key.length);
  if (from->key[0] != '\0') {
    digest_stream_add(s, "", 1);
    digest_stream_add(s, from->key, strlen(from->key));
  }
  digest_stream_finish(s, &d);
  digest_stream_destroy(s);
  memcpy(id->bytes, d.bytes, sizeof id->bytes);
  return STATUS_OK;
}

/* A digest of the request: the same key must mean the same job.  The version is compared separately. */
static status read_content(wire_message *m, digest *out, error *why) {
  buf all;
  buf_init(&all);
  const bool is_load = m->header.kind == MESSAGE_LOAD;
  buf_put_u8(&all, is_load);
  buf_put_slice(&all, m->header.texts[FIELD_DATASET]);
  buf_put_u64(&all, m->header.integers[FIELD_SHARD_ROWS]);
  status st = STATUS_OK;
  for (size_t i = 0; i < m->payloads_count && st == STATUS_OK; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    if (is_load && i > 0) { /* files: name and text */
      size_t length = 0;
      const void *bytes = wire_payload_bytes(m, i, &length);
      buf_put_slice(&all, (slice){bytes, length});
    } else if ((st = payload_name(m, i, name, why)) == STATUS_OK) {
      buf_put(&all, name, sizeof name);
    }
  }
  if (st == STATUS_OK) {
    st = buf_status(&all, "a job", why);
  }
  if (st == STATUS_OK) {
    st = digest_of(all.data, all.length, out, why);
  }
  buf_fini(&all);
  return st;
}

static void accept_again(broker *b, const peer *from, const wire_message *m, const core_job_id *id) {
  message answer = message_of(MESSAGE_ACCEPTED);
  message_set_integer(&answer, FIELD_REQUEST, m->header.integers[FIELD_REQUEST]);
  message_set_bytes(&answer, FIELD_JOB, id->bytes, sizeof id->bytes);
  peers_answer(b->peers, from, &answer, NULL, 0);
}

static const ending *find_ending(const broker *b, const core_job_id *id) {
  const size_t count = b->endings_count < ENDINGS_MAX ? b->endings_count : ENDINGS_MAX;
  for (size_t i = 0; b->endings != NULL && i < count; i++) {
    if (memcmp(&b->endings[i].job, id, sizeof *id) == 0) {
      return &b->endings[i];
    }
  }
  return NULL;
}

/* *KNOWN: this job was submitted before, and is accepted again. */
static status recognise(broker *b, const wire_message *m, const core_job_id *id, const digest *content,
                        bool *known, error *why) {
  if (b->ledger == NULL) {
    core_job_view view;
    *known = core_find_job(b->core, id, &view) || find_ending(b, id) != NULL;
    return STATUS_OK;
  }
  const ledger_job *j = ledger_job_find(b->ledger, id);
  *known = j != NULL;
  if (j == NULL) {
    return STATUS_OK;
  }
  const bool has_version = j->read || m->header.integers[FIELD_VERSION] > 0;
  if (!digest_equal(&j->content, content) ||
      (has_version && m->header.integers[FIELD_VERSION] != j->version)) {
    return error_set(why, STATUS_JOB,
                     "the key '%s' was used for another job (another specification, dataset or version): "
                     "choose a new one",
                     j->key);
  }
  return STATUS_OK;
}

/* ---- Submitting ---------------------------------------------------------------------------------- */

/* The parts of a job, until core and ledger have them. */
typedef struct submission {
  core_event event;
  ledger_job record;
  core_shard *shards;
  core_blob taken[SUBMIT_PAYLOADS + 1];
  size_t taken_count;
  bool is_given; /* the blobs belong to the core */
} submission;

static void submission_fini(broker *b, submission *s) {
  for (size_t i = 0; !s->is_given && i < s->taken_count; i++) {
    blobs_release(b->blobs, s->taken[i]);
  }
  for (uint32_t i = 0; s->record.files_names != NULL && i < s->record.files_count; i++) {
    free(s->record.files_names[i]);
  }
  free(s->record.files_names);
  free(s->record.files);
  free(s->record.key);
  free(s->record.dataset);
  free(s->record.title);
  free(s->record.owner);
  free(s->shards);
}

static status take_texts(const peer *from, const message *m, ledger_job *j, error *why) {
  const slice title = m->texts[FIELD_TITLE];
  if (text_utf8_check(title.bytes, title.length) < title.length) {
    return error_set(why, STATUS_PROTOCOL, "a job's title is not UTF-8");
  }
  j->key = slice_copy(m->texts[FIELD_KEY]);
  j->dataset = slice_copy(m->texts[FIELD_DATASET]);
  j->title = slice_copy(title);
  j->owner = slice_copy(slice_of(from->owner->name));
  j->message = (char *)"";
  return j->key != NULL && j->dataset != NULL && j->title != NULL && j->owner != NULL
             ? STATUS_OK
             : error_no_memory(why, "a job");
}

static status begin(peer *from, wire_message *m, const core_job_id *id, const digest *content, submission *s,
                    error *why) {
  const uint64_t priority = m->header.integers[FIELD_PRIORITY];
  if (priority > UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "a priority of %llu; at most %u is allowed",
                     (unsigned long long)priority, UINT32_MAX);
  }
  const uint64_t timeout_s = m->header.integers[FIELD_TIMEOUT];
  if (timeout_s > UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "a timeout of %llu s; at most %u are allowed",
                     (unsigned long long)timeout_s, UINT32_MAX);
  }
  s->event = (core_event){.kind = CORE_SUBMITTED,
                          .peer = from->number,
                          .submitted = {.id = *id,
                                        .request = m->header.integers[FIELD_REQUEST],
                                        .priority = (uint32_t)priority,
                                        .timeout_ms = timeout_s * 1000,
                                        .record = &s->record}};
  s->record.id = *id;
  s->record.content = *content;
  s->record.state = JOB_QUEUED;
  s->record.priority = (uint32_t)priority;
  s->record.submitted_s = host_wall_s();
  s->record.timeout_s = (uint32_t)timeout_s;
  return take_texts(from, &m->header, &s->record, why);
}

static status take(broker *b, wire_message *m, size_t index, submission *s, core_blob *out, error *why) {
  TRY(payload_take(b->blobs, m, index, out, why));
  s->taken[s->taken_count++] = *out;
  return STATUS_OK;
}

static status take_manifest(broker *b, const ledger_dataset *d, submission *s, error *why) {
  s->record.manifest = (ledger_blob){.name = d->manifest, .bytes = d->manifest_bytes};
  TRY(payload_of_vault(b->blobs, &s->record.manifest, &s->event.submitted.manifest, why));
  s->taken[s->taken_count++] = s->event.submitted.manifest;
  return STATUS_OK;
}

static status set_shards(const manifest *m, submission *s, error *why) {
  TRY(datasets_shards(m, &s->shards, why));
  s->event.submitted.shards = s->shards;
  s->event.submitted.shards_count = m->shards_count;
  s->record.rows = manifest_rows(m);
  return STATUS_OK;
}

/* Plan, program and manifest, all in the message. */
static status prepare_unkept(broker *b, wire_message *m, submission *s, error *why) {
  if (m->payloads_count != SUBMIT_PAYLOADS) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, 2, &length);
  manifest *content = NULL;
  TRY(manifest_decode(bytes, length, &content, why));
  status st = set_shards(content, s, why);
  manifest_destroy(content);
  TRY(st);
  TRY(take(b, m, 0, s, &s->event.submitted.plan, why));
  TRY(take(b, m, 1, s, &s->event.submitted.program, why));
  return take(b, m, 2, s, &s->event.submitted.manifest, why);
}

/* A specification, or plan and program, over a dataset that is here. */
static status prepare_kept(broker *b, wire_message *m, submission *s, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const ledger_dataset *d = ledger_dataset_find(b->ledger, name);
  if (d == NULL) {
    return error_set(why, STATUS_NOT_FOUND, "there is no dataset '%s': put it first", s->record.dataset);
  }
  const uint64_t version = m->header.integers[FIELD_VERSION];
  if (version > 0 && version != d->version) {
    return error_set(why, STATUS_JOB, "dataset '%s' is at version %llu; there is no version %llu", d->name,
                     (unsigned long long)d->version, (unsigned long long)version);
  }
  if (m->payloads_count > 2) {
    return error_set(why, STATUS_USAGE, "only a broker that keeps nothing takes a manifest with a job");
  }
  s->record.version = d->version;
  manifest *content = NULL;
  TRY(datasets_open(b, &d->manifest, &content, why));
  status st = set_shards(content, s, why);
  manifest_destroy(content);
  TRY(st);
  TRY(take_manifest(b, d, s, why));
  if (m->payloads_count == 1) {
    TRY(take(b, m, 0, s, &s->event.submitted.spec, why));
    s->record.spec = payload_where(b->blobs, s->event.submitted.spec);
    return STATUS_OK;
  }
  TRY(take(b, m, 0, s, &s->event.submitted.plan, why));
  TRY(take(b, m, 1, s, &s->event.submitted.program, why));
  s->record.plan = payload_where(b->blobs, s->event.submitted.plan);
  s->record.program = s->record.first_program = payload_where(b->blobs, s->event.submitted.program);
  return STATUS_OK;
}

/* The core accepts it, which makes records.c write the record; or refuses it. */
static void give(broker *b, submission *s) {
  s->is_given = true;
  broker_feed(b, &s->event);
}

static status check_share(const broker *b, const peer *from, error *why) {
  const size_t own = from->owner->jobs;
  const size_t others = core_jobs(b->core) - own;
  if (b->ledger == NULL || own < owners_share(CORE_JOBS_MAX, others)) {
    return STATUS_OK;
  }
  return error_set(
      why, STATUS_LIMIT,
      "%zu of your jobs are unfinished, and %zu of others: one client may have half of what others "
      "leave of %d; wait until some have ended",
      own, others, (int)CORE_JOBS_MAX);
}

typedef status preparing_step(broker *b, wire_message *m, submission *s, error *why);

static status submit(broker *b, peer *from, wire_message *m, preparing_step *prepare, error *why) {
  core_job_id id;
  digest content;
  bool known = false;
  TRY(read_key(from, m, &id, why));
  TRY(read_content(m, &content, why));
  TRY(recognise(b, m, &id, &content, &known, why));
  if (known) {
    accept_again(b, from, m, &id);
    return STATUS_OK;
  }
  TRY(check_share(b, from, why));
  submission s = {0};
  status st = begin(from, m, &id, &content, &s, why);
  if (st == STATUS_OK) {
    st = prepare(b, m, &s, why);
  }
  if (st == STATUS_OK) {
    give(b, &s);
  }
  submission_fini(b, &s);
  return st;
}

status jobs_on_submit(broker *b, peer *from, wire_message *m, error *why) {
  return submit(b, from, m, b->ledger != NULL ? prepare_kept : prepare_unkept, why);
}

/* ---- Loading ------------------------------------------------------------------------------------- */

/* A frame of a file: the blob's name, then the file's. */
static status read_file(broker *b, wire_message *m, size_t index, ledger_job *j, error *why) {
  size_t length = 0;
  const char *bytes = wire_payload_bytes(m, index, &length);
  ledger_blob file = {0};
  uint64_t there = 0;
  if (length <= BLOB_NAME_BYTES || length > BLOB_NAME_BYTES + MESSAGE_TEXT_MAX) {
    return error_set(why, STATUS_PROTOCOL, "payload frame %zu is not the name of a blob and of a file",
                     index);
  }
  blob_name_read(bytes, &file.name, &file.bytes);
  const slice name = {bytes + BLOB_NAME_BYTES, length - BLOB_NAME_BYTES};
  if (text_utf8_check(name.bytes, name.length) < name.length || memchr(name.bytes, 0, name.length) != NULL ||
      memchr(name.bytes, '/', name.length) != NULL) {
    return error_set(why, STATUS_USAGE, "file %zu: a file's base name in UTF-8 is needed", index);
  }
  if (!vault_has(b->vault, &file.name, &there) || there != file.bytes) {
    return error_set(why, STATUS_NOT_FOUND, "the broker does not have the file '%.*s': offer it first",
                     SLICE_ARG(name));
  }
  j->files[j->files_count] = file;
  j->files_names[j->files_count] = slice_copy(name);
  return j->files_names[j->files_count++] != NULL ? STATUS_OK : error_no_memory(why, "a job's files");
}

static status read_files(broker *b, wire_message *m, ledger_job *j, error *why) {
  const size_t count = m->payloads_count - 1;
  if (count > PREPARED_FILES_MAX) {
    return error_set(why, STATUS_LIMIT, "%zu files at once; at most %d are allowed: load them in parts",
                     count, (int)PREPARED_FILES_MAX);
  }
  j->files = calloc(count, sizeof *j->files);
  j->files_names = calloc(count, sizeof *j->files_names);
  if (j->files == NULL || j->files_names == NULL) {
    return error_no_memory(why, "a job's files");
  }
  for (size_t i = 1; i <= count; i++) {
    TRY(read_file(b, m, i, j, why));
  }
  return STATUS_OK;
}

static status prepare_load(broker *b, wire_message *m, submission *s, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const uint64_t base = m->header.integers[FIELD_VERSION];
  const uint64_t shard_rows = m->header.integers[FIELD_SHARD_ROWS];
  TRY(ledger_check_name(name, why));
  if (shard_rows > UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "shards of %llu rows; at most %u are allowed",
                     (unsigned long long)shard_rows, UINT32_MAX);
  }
  const ledger_dataset *d = ledger_dataset_find(b->ledger, name);
  if ((d != NULL ? d->version : 0) != base) {
    return error_set(
        why, STATUS_JOB, "dataset '%s' is at version %llu, not %llu: get the newest and begin again",
        s->record.dataset, (unsigned long long)(d != NULL ? d->version : 0), (unsigned long long)base);
  }
  s->record.read = s->event.submitted.read = true;
  s->record.version = base;
  s->record.shard_rows = (uint32_t)shard_rows;
  if (d != NULL) {
    TRY(take_manifest(b, d, s, why));
  }
  TRY(read_files(b, m, &s->record, why));
  TRY(take(b, m, 0, s, &s->event.submitted.spec, why));
  s->record.spec = payload_where(b->blobs, s->event.submitted.spec);
  return STATUS_OK;
}

status jobs_on_load(broker *b, peer *from, wire_message *m, error *why) {
  if (b->ledger == NULL) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  return submit(b, from, m, prepare_load, why);
}

/* ---- Following ----------------------------------------------------------------------------------- */

static status read_job(const wire_message *m, core_job_id *id, error *why) {
  const slice bytes = m->header.texts[FIELD_JOB];
  if (bytes.length != JOB_ID_BYTES) {
    return error_set(why, STATUS_PROTOCOL, "a job's id of %zu bytes; it has %d", bytes.length,
                     (int)JOB_ID_BYTES);
  }
  memcpy(id->bytes, bytes.bytes, JOB_ID_BYTES);
  return STATUS_OK;
}

static status answer_kept(broker *b, const peer *from, const uint64_t *request, const ledger_job *j,
                          error *why) {
  if (j->state != JOB_DONE) {
    error failure;
    error_set(&failure, j->failure == STATUS_OK ? STATUS_JOB : j->failure, "%s",
              j->message != NULL ? j->message : "");
    outgoing_ended(b, from, request, &j->id, j->states, &failure);
    return STATUS_OK;
  }
  const core_blob handle = blobs_take_name(b->blobs, &j->report.name, j->report.bytes, 0);
  if (!handle) {
    return error_no_memory(why, "a report");
  }
  outgoing_report(b, from, request, &j->id, j->states, handle);
  blobs_release(b->blobs, handle);
  return STATUS_OK;
}

static status answer_unkept(broker *b, const peer *from, const uint64_t *request, ending *e, error *why) {
  if (!e->is_done) {
    outgoing_ended(b, from, request, &e->job, e->states, &e->failure);
    return STATUS_OK;
  }
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  const core_blob handle = zmq_msg_copy(&frame, &e->report) == 0 ? blobs_take(b->blobs, &frame) : 0;
  zmq_msg_close(&frame);
  if (!handle) {
    return error_no_memory(why, "a report");
  }
  outgoing_report(b, from, request, &e->job, e->states, handle);
  blobs_release(b->blobs, handle);
  return STATUS_OK;
}

/* How a job that is not running ended. */
static status answer_end(broker *b, const peer *from, const uint64_t *request, const core_job_id *id,
                         error *why) {
  const ledger_job *j = b->ledger != NULL ? ledger_job_find(b->ledger, id) : NULL;
  const ending *e = find_ending(b, id);
  if (j != NULL) {
    return answer_kept(b, from, request, j, why);
  }
  if (e != NULL) {
    return answer_unkept(b, from, request, (ending *)e, why);
  }
  char hex[2 * JOB_ID_BYTES + 1];
  for (size_t i = 0; i < JOB_ID_BYTES; i++) {
    snprintf(hex + 2 * i, 3, "%02x", (unsigned)id->bytes[i]);
  }
  return error_set(why, STATUS_NOT_FOUND, "there is no job %s (any longer)", hex);
}

static status answer_state(broker *b, peer *from, wire_message *m, bool watches, error *why) {
  const uint64_t request = m->header.integers[FIELD_REQUEST];
  core_job_id id;
  core_job_view view;
  TRY(read_job(m, &id, why));
  if (!core_find_job(b->core, &id, &view)) {
    return answer_end(b, from, &request, &id, why);
  }
  if (watches) {
    broker_feed(b, &(core_event){.kind = CORE_WATCHED, .peer = from->number, .watched = {request, id}});
  } else {
    outgoing_progress(b, from, &request, &view);
  }
  return STATUS_OK;
}

status jobs_on_watch(broker *b, peer *from, wire_message *m, error *why) {
  return answer_state(b, from, m, true, why);
}

status jobs_on_ask(broker *b, peer *from, wire_message *m, error *why) {
  return answer_state(b, from, m, false, why);
}

status jobs_on_cancel(broker *b, peer *from, wire_message *m, error *why) {
  const uint64_t request = m->header.integers[FIELD_REQUEST];
  core_job_id id;
  TRY(read_job(m, &id, why));
  broker_feed(b, &(core_event){.kind = CORE_CANCELLED, .cancelled = id});
  return answer_end(b, from, &request, &id, why);
}
