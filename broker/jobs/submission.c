/* Jobs as clients submit them, each under a key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

enum { SUBMIT_PAYLOADS = 3, PREPARED_FILES_MAX = MESSAGE_PAYLOADS_MAX - 2, TITLE_FILE_COLUMNS = 60 };

/* ---- Identity ------------------------------------------------------------------------------------ */

/* Job keys belong to the client's public key, so nobody can take the job keys of others or learn about their
 * jobs. */
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

/* A digest of the request, because the same key must mean the same job.  The version is compared separately.
 */
static status read_content(wire_message *m, digest *out, error *why) {
  buf text;
  buf_init(&text);
  const bool is_load = m->header.kind == MESSAGE_LOAD;
  buf_put_u8(&text, is_load);
  buf_put_slice(&text, m->header.texts[FIELD_DATASET]);
  buf_put_u64(&text, m->header.integers[FIELD_SHARD_ROWS]);
  status st = STATUS_OK;
  for (size_t i = 0; i < m->payloads_count && st == STATUS_OK; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    if (is_load && i > 0) { /* a file's blob and its name */
      size_t length = 0;
      const void *bytes = wire_payload_bytes(m, i, &length);
      buf_put_slice(&text, (slice){bytes, length});
    } else if ((st = payload_name(m, i, name, why)) == STATUS_OK) {
      buf_put(&text, name, sizeof name);
    }
  }
  if (st == STATUS_OK) {
    st = buf_status(&text, "a job", why);
  }
  if (st == STATUS_OK) {
    st = digest_of(text.data, text.length, out, why);
  }
  buf_fini(&text);
  return st;
}

static void accept_again(jobs *all, const peer *from, const wire_message *m, const core_job_id *id) {
  message answer = message_of(MESSAGE_ACCEPTED);
  message_set_integer(&answer, FIELD_REQUEST, m->header.integers[FIELD_REQUEST]);
  message_set_bytes(&answer, FIELD_JOB, id->bytes, sizeof id->bytes);
  peers_answer(all->peers, from, &answer, NULL, 0);
}

/* *KNOWN: the job was submitted before, and is acknowledged again. */
static status recognise(jobs *all, const wire_message *m, const core_job_id *id, const digest *content,
                        bool *known, error *why) {
  if (all->ledger == NULL) {
    core_job_view view;
    *known = core_find_job(all->core, id, &view) || endings_find(&all->endings, id) != NULL;
    return STATUS_OK;
  }
  const ledger_job *j = ledger_job_find(all->ledger, id);
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
  catalog_shards shards;
  core_blob taken[SUBMIT_PAYLOADS + 1];
  size_t taken_count;
  bool is_given; /* the blobs belong to the core */
} submission;

static void submission_fini(jobs *all, submission *s) {
  for (size_t i = 0; !s->is_given && i < s->taken_count; i++) {
    blobs_release(all->blobs, s->taken[i]);
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
  catalog_shards_fini(&s->shards);
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
                                        .may_lose = m->header.integers[FIELD_MAY_LOSE] != 0,
                                        .record = &s->record}};
  s->record.id = *id;
  s->record.content = *content;
  s->record.state = JOB_QUEUED;
  s->record.priority = (uint32_t)priority;
  s->record.submitted_s = host_wall_s();
  s->record.timeout_s = (uint32_t)timeout_s;
  s->record.may_lose = s->event.submitted.may_lose;
  return take_texts(from, &m->header, &s->record, why);
}

static status take(jobs *all, wire_message *m, size_t index, submission *s, core_blob *out, error *why) {
  TRY(payload_take(all->blobs, m, index, out, why));
  s->taken[s->taken_count++] = *out;
  return STATUS_OK;
}

static status take_manifest(jobs *all, const ledger_dataset *d, submission *s, error *why) {
  s->record.manifest = (ledger_blob){.name = d->manifest, .bytes = d->manifest_bytes};
  TRY(payload_of_vault(all->blobs, &s->record.manifest, &s->event.submitted.manifest, why));
  s->taken[s->taken_count++] = s->event.submitted.manifest;
  return STATUS_OK;
}

static void set_shards(submission *s) {
  s->event.submitted.shards = s->shards.at;
  s->event.submitted.shards_count = s->shards.count;
  s->record.rows = s->shards.rows;
}

/* For a broker that keeps nothing: plan, program and manifest are all in the message. */
static status prepare_unkept(jobs *all, wire_message *m, submission *s, error *why) {
  if (m->payloads_count != SUBMIT_PAYLOADS) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, 2, &length);
  TRY(catalog_shards_in(bytes, length, &s->shards, why));
  set_shards(s);
  TRY(take(all, m, 0, s, &s->event.submitted.plan, why));
  TRY(take(all, m, 1, s, &s->event.submitted.program, why));
  return take(all, m, 2, s, &s->event.submitted.manifest, why);
}

/* For a dataset that the broker keeps: a specification, or a plan and a program. */
static status prepare_kept(jobs *all, wire_message *m, submission *s, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const ledger_dataset *d = ledger_dataset_find(all->ledger, name);
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
  TRY(catalog_shards_of(all->catalog, &d->manifest, &s->shards, why));
  set_shards(s);
  TRY(take_manifest(all, d, s, why));
  if (m->payloads_count == 1) {
    TRY(take(all, m, 0, s, &s->event.submitted.spec, why));
    s->record.spec = payload_where(all->blobs, s->event.submitted.spec);
    return STATUS_OK;
  }
  TRY(take(all, m, 0, s, &s->event.submitted.plan, why));
  TRY(take(all, m, 1, s, &s->event.submitted.program, why));
  s->record.plan = payload_where(all->blobs, s->event.submitted.plan);
  s->record.program = s->record.first_program = payload_where(all->blobs, s->event.submitted.program);
  return STATUS_OK;
}

/* Gives the job to the core, which refuses it, or accepts it and so makes records.c write the record. */
static void give(jobs *all, submission *s) {
  s->is_given = true;
  jobs_feed(all, &s->event);
}

static status check_share(const jobs *all, const peer *from, error *why) {
  const size_t own = from->owner->jobs;
  const size_t others = jobs_unfinished(all) - own;
  if (all->ledger == NULL || own < owners_share(CORE_JOBS_MAX, others)) {
    return STATUS_OK;
  }
  return error_set(
      why, STATUS_LIMIT,
      "%zu of your jobs are unfinished, and %zu of others: one client may have half of what others "
      "leave of %d; wait until some have ended",
      own, others, (int)CORE_JOBS_MAX);
}

typedef status preparing_step(jobs *all, wire_message *m, submission *s, error *why);

static status submit(jobs *all, peer *from, wire_message *m, preparing_step *prepare, error *why) {
  core_job_id id;
  digest content;
  bool known = false;
  TRY(read_key(from, m, &id, why));
  TRY(read_content(m, &content, why));
  TRY(recognise(all, m, &id, &content, &known, why));
  if (known) {
    accept_again(all, from, m, &id);
    return STATUS_OK;
  }
  TRY(check_share(all, from, why));
  submission s = {0};
  status st = begin(from, m, &id, &content, &s, why);
  if (st == STATUS_OK) {
    st = prepare(all, m, &s, why);
  }
  if (st == STATUS_OK) {
    give(all, &s);
  }
  submission_fini(all, &s);
  return st;
}

status jobs_on_submit(jobs *all, peer *from, wire_message *m, error *why) {
  return submit(all, from, m, all->ledger != NULL ? prepare_kept : prepare_unkept, why);
}

/* ---- Loading ------------------------------------------------------------------------------------- */

/* The frame of a file has the blob's name, then the file's. */
static status read_file(jobs *all, wire_message *m, size_t index, ledger_job *j, error *why) {
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
  if (!vault_has(all->vault, &file.name, &there) || there != file.bytes) {
    return error_set(why, STATUS_NOT_FOUND, "the broker does not have the file '%.*s': offer it first",
                     SLICE_ARG(name));
  }
  j->files[j->files_count] = file;
  j->files_names[j->files_count] = slice_copy(name);
  return j->files_names[j->files_count++] != NULL ? STATUS_OK : error_no_memory(why, "a job's files");
}

static status read_files(jobs *all, wire_message *m, ledger_job *j, error *why) {
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
    TRY(read_file(all, m, i, j, why));
  }
  return STATUS_OK;
}

/* Listings show a title for each job, and a client that loads files does not give one. */
static status give_title(ledger_job *j, error *why) {
  if (j->title[0] != '\0' || j->files_count == 0) {
    return STATUS_OK;
  }
  const slice first = text_fit(slice_of(j->files_names[0]), TITLE_FILE_COLUMNS);
  const uint32_t others = j->files_count - 1;
  buf title;
  buf_init(&title);
  buf_printf(&title, "put %.*s", SLICE_ARG(first));
  if (others > 0) {
    buf_printf(&title, " and %u more file%s", others, others == 1 ? "" : "s");
  }
  char *given = title.failed ? NULL : slice_copy((slice){(const char *)title.data, title.length});
  buf_fini(&title);
  if (given == NULL) {
    return error_no_memory(why, "a job's title");
  }
  free(j->title);
  j->title = given;
  return STATUS_OK;
}

static status prepare_load(jobs *all, wire_message *m, submission *s, error *why) {
  const slice name = m->header.texts[FIELD_DATASET];
  const uint64_t base = m->header.integers[FIELD_VERSION];
  const uint64_t shard_rows = m->header.integers[FIELD_SHARD_ROWS];
  TRY(ledger_check_name(name, why));
  if (shard_rows > UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "shards of %llu rows; at most %u are allowed",
                     (unsigned long long)shard_rows, UINT32_MAX);
  }
  const ledger_dataset *d = ledger_dataset_find(all->ledger, name);
  if ((d != NULL ? d->version : 0) != base) {
    return error_set(
        why, STATUS_JOB, "dataset '%s' is at version %llu, not %llu: get the newest and begin again",
        s->record.dataset, (unsigned long long)(d != NULL ? d->version : 0), (unsigned long long)base);
  }
  s->record.read = s->event.submitted.read = true;
  s->record.version = base;
  s->record.shard_rows = (uint32_t)shard_rows;
  if (d != NULL) {
    TRY(take_manifest(all, d, s, why));
  }
  TRY(read_files(all, m, &s->record, why));
  TRY(give_title(&s->record, why));
  TRY(take(all, m, 0, s, &s->event.submitted.spec, why));
  s->record.spec = payload_where(all->blobs, s->event.submitted.spec);
  return STATUS_OK;
}

status jobs_on_load(jobs *all, peer *from, wire_message *m, error *why) {
  if (all->ledger == NULL) {
    return error_set(why, STATUS_USAGE, "this broker keeps nothing: start it with --store DIR");
  }
  return submit(all, from, m, prepare_load, why);
}
