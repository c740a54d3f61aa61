/* Computing threads: a task's payloads are looked up, it is run, and its outcome is prepared for sending,
 * so that the talking thread neither hashes nor writes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/handover.h"
#include "store/manifest.h"
#include "worker/inside.h"
#include "worker/task.h"

enum { FRAMES_MAX = 2 }; /* of a result */

typedef struct computing {
  worker *owner;
  assignment *task;
  slice *payloads;
  store_blob *opened; /* for payloads that were sent by name */
  int *files;         /* that paths refer to */
  size_t files_count;
} computing;

/* ---- Blobs --------------------------------------------------------------------------------------- */

static supply_blob *needed(const assignment *a, const digest *name) {
  for (size_t i = 0; i < a->needs_count; i++) {
    if (digest_equal(supply_name(a->needs[i]), name)) {
      return a->needs[i];
    }
  }
  return NULL;
}

/* Waits for a blob that the store lacks; reports it when it does not arrive. */
static status await(computing *c, const digest *name, uint64_t bytes, bool in_store, supply_blob **out,
                    error *err) {
  *out = needed(c->task, name);
  if (*out == NULL) {
    TRY(assignment_need(c->task, c->owner->supply, name, bytes, in_store, out, err));
  }
  const status st = supply_wait(c->owner->supply, *out, err);
  if (st != STATUS_OK && st != STATUS_INTERRUPTED) {
    c->task->outcome.lost = *name;
  }
  return st;
}

/* A blob fetched for this task is available whatever became of it in the store. */
static status get_blob(void *context, const digest *name, uint64_t bytes, store_blob *out, error *err) {
  computing *c = context;
  supply_blob *b = needed(c->task, name);
  *out = (store_blob){.bytes = ""};
  if (b == NULL) {
    const status st = store_get(c->owner->options.shards, name, out, err);
    if (st != STATUS_NOT_FOUND) {
      return st;
    }
  }
  TRY(await(c, name, bytes, true, &b, err));
  const slice content = supply_bytes(b);
  out->bytes = content.bytes;
  out->length = content.length;
  return STATUS_OK;
}

/* The broker is told which blob it is: it may have the same bytes, as where worker and broker share its
 * store. */
static void note_damaged(void *context, const digest *name) {
  computing *c = context;
  store_doubt(c->owner->options.shards, name);
  c->task->outcome.lost = *name;
}

static status open_file(computing *c, const digest *name, uint64_t bytes, int *file, error *err) {
  supply_blob *b = needed(c->task, name);
  if (b == NULL) {
    const status st = store_get_file(c->owner->options.shards, name, file, err);
    if (st != STATUS_NOT_FOUND) {
      return st;
    }
  }
  TRY(await(c, name, bytes, false, &b, err));
  *file = dup(supply_file(b));
  return *file >= 0 ? STATUS_OK
                    : error_set(err, STATUS_IO, "cannot open a file that was fetched: %s", strerror(errno));
}

static status find_path(void *context, const digest *name, uint64_t bytes, char *path, size_t capacity,
                        error *err) {
  computing *c = context;
  int *file = &c->files[c->files_count];
  TRY(open_file(c, name, bytes, file, err));
  c->files_count++;
  snprintf(path, capacity, "/proc/self/fd/%d", *file);
  return STATUS_OK;
}

static status look_up(computing *c, error *err) {
  assignment *a = c->task;
  for (size_t i = 0; i < a->message->payloads_count; i++) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(a->message, i, &length);
    if (blob_is_by_name(&a->message->header, i)) {
      digest name;
      uint64_t size = 0;
      blob_name_read(bytes, &name, &size);
      TRY(get_blob(c, &name, size, &c->opened[i], err));
      bytes = c->opened[i].bytes;
      length = c->opened[i].length;
    }
    c->payloads[i] = (slice){bytes, length};
  }
  return STATUS_OK;
}

static void computing_fini(computing *c) {
  for (size_t i = 0; c->opened != NULL && i < c->task->message->payloads_count; i++) {
    store_release(&c->opened[i]);
  }
  for (size_t i = 0; i < c->files_count; i++) {
    close(c->files[i]);
  }
  free(c->payloads);
  free(c->opened);
  free(c->files);
}

/* ---- Outcomes ------------------------------------------------------------------------------------ */

/* The frame takes over the bytes. */
static status frame_of(zmq_msg_t *out, buf *bytes, error *err) {
  size_t length = 0;
  uint8_t *taken = buf_take(bytes, &length);
  if (taken == NULL) {
    zmq_msg_init(out);
    return STATUS_OK;
  }
  handover_give();
  if (zmq_msg_init_data(out, taken, length, wire_free, NULL) != 0) {
    free(taken);
    return error_no_memory(err, "a result");
  }
  return STATUS_OK;
}

/* Room for COUNT offers, once: they may hold frames, which must not be moved. */
static status make_offers(outcome *o, size_t count, error *err) {
  o->offers = calloc(count, sizeof *o->offers);
  return o->offers != NULL ? STATUS_OK : error_no_memory(err, "a result");
}

/* By name: a partial stays in the store, anything else is offered from memory.  A partial that the store does
 * not take is offered as well. */
static status send_by_name(worker *w, outcome *o, buf *bytes, bool may_stay, error *err) {
  zmq_msg_t *frame = &o->frames[o->frames_count];
  digest name;
  const uint64_t length = bytes->length;
  TRY(digest_of(bytes->data, bytes->length, &name, err));
  if (zmq_msg_init_size(frame, BLOB_NAME_BYTES) != 0) {
    return error_no_memory(err, "a result");
  }
  blob_name_write(&name, length, zmq_msg_data(frame));
  o->by_name |= (uint64_t)1 << o->frames_count;
  o->frames_count++;
  digest put;
  if (may_stay && store_put(w->options.shards, bytes->data, bytes->length, &put, NULL) == STATUS_OK) {
    return STATUS_OK;
  }
  offer *f = &o->offers[o->offers_count];
  *f = (offer){.name = name, .bytes = length};
  TRY(frame_of(&f->content, bytes, err));
  f->in_memory = true;
  o->offers_count++;
  return STATUS_OK;
}

static status send_inline(outcome *o, buf *bytes, error *err) {
  TRY(frame_of(&o->frames[o->frames_count], bytes, err));
  o->frames_count++;
  return STATUS_OK;
}

/* New shards follow the earlier ones. */
static bool was_there(const manifest *before, const manifest *now, uint32_t index) {
  return before != NULL && index < before->shards_count &&
         digest_equal(&before->shards[index].name, &now->shards[index].name);
}

static bool read_mapped(void *context, uint64_t offset, void *out, size_t length) {
  memcpy(out, (const char *)((const store_blob *)context)->bytes + offset, length);
  return true;
}

/* Where the broker will find it when it is offered.  Where that cannot be done, it is requested in chunks. */
static void hand_in(worker *w, const manifest_shard *shard) {
  pthread_mutex_lock(&w->mutex);
  const shared_store shared = w->shared;
  pthread_mutex_unlock(&w->mutex);
  store_blob blob;
  if (shared.is_writable && !shared_store_has(&shared, &shard->name, shard->bytes) &&
      store_get(w->options.shards, &shard->name, &blob, NULL) == STATUS_OK) {
    (void)shared_store_hand_in(&shared, &shard->name, blob.length, read_mapped, &blob);
    store_release(&blob);
  }
}

/* The broker already has the earlier shards. */
static void offer_new_shards(worker *w, outcome *o, const manifest *before, const manifest *now) {
  for (uint32_t i = 0; i < now->shards_count; i++) {
    const manifest_shard *shard = &now->shards[i];
    if (!was_there(before, now, i)) {
      hand_in(w, shard);
      o->offers[o->offers_count++] = (offer){.name = shard->name, .bytes = shard->bytes};
    }
  }
}

static status offer_shards(worker *w, outcome *o, slice before_bytes, const buf *manifest_bytes, error *err) {
  manifest *now = NULL;
  manifest *before = NULL;
  TRY(manifest_decode(manifest_bytes->data, manifest_bytes->length, &now, err));
  status st = before_bytes.length > 0 ? manifest_decode(before_bytes.bytes, before_bytes.length, &before, err)
                                      : STATUS_OK;
  if (st == STATUS_OK) {
    st = make_offers(o, (size_t)now->shards_count + FRAMES_MAX, err);
  }
  if (st == STATUS_OK) {
    offer_new_shards(w, o, before, now);
  }
  manifest_destroy(before);
  manifest_destroy(now);
  return st;
}

static status pack(computing *c, task_output *output, error *err) {
  worker *w = c->owner;
  outcome *o = &c->task->outcome;
  o->computed = output->states_computed;
  o->cached = output->states_cached;
  o->may_lose = output->may_lose;
  o->keeps = output->keeps;
  if (c->task->is_read && !w->is_embedded) {
    TRY(offer_shards(w, o, c->payloads[1], &output->payloads[0], err));
  } else {
    TRY(make_offers(o, FRAMES_MAX, err));
  }
  const bool may_stay = strcmp(o->work, "map") == 0 || strcmp(o->work, "reduce") == 0;
  for (size_t i = 0; i < output->payloads_count; i++) {
    buf *bytes = &output->payloads[i];
    if (w->is_embedded || bytes->length <= MESSAGE_FRAME_MAX) {
      TRY(send_inline(o, bytes, err));
    } else {
      TRY(send_by_name(w, o, bytes, may_stay, err));
    }
  }
  return STATUS_OK;
}

/* ---- Running ------------------------------------------------------------------------------------- */

/* The broker compares nobody's bytes with a program: it is told which payload is not what the task needs, and
 * has it made again. */
static status name_unreadable(computing *c, size_t payload, error *err) {
  outcome *o = &c->task->outcome;
  const slice p = c->payloads[payload - 1];
  char hex[DIGEST_HEX_BYTES];
  TRY(digest_of(p.bytes, p.length, &o->lost, err));
  digest_hex(&o->lost, hex);
  o->unreadable = payload;
  return error_context(err, STATUS_CORRUPT, "blob %s (%zu of %zu of this %s task) cannot be read", hex,
                       payload, c->task->message->payloads_count, o->work);
}

static status run_looked_up(computing *c, error *err) {
  worker *w = c->owner;
  const message *m = &c->task->message->header;
  const bool says_rows = (m->has & FIELD_BIT(FIELD_SHARD_ROWS)) != 0;
  const uint64_t rows = says_rows ? m->integers[FIELD_SHARD_ROWS] : 0;
  if (rows > UINT32_MAX) {
    return error_set(err, STATUS_PROTOCOL, "shards of %llu rows", (unsigned long long)rows);
  }
  const task_input in = {.work = m->texts[FIELD_WORK],
                         .payloads = c->payloads,
                         .payloads_count = c->task->message->payloads_count,
                         .lost = m->has & FIELD_BIT(FIELD_SHARDS_LOST) ? m->integers[FIELD_SHARDS_LOST] : 0,
                         .shard_rows = (uint32_t)rows,
                         .is_first = m->integers[FIELD_TASK] == 0,
                         .shards = w->options.shards,
                         .source = {get_blob, note_damaged, c},
                         .path = find_path,
                         .stop = &w->stop};
  task_output output;
  status st = task_run(&in, &output, err);
  if (st == STATUS_CORRUPT && output.unreadable > 0) {
    return name_unreadable(c, output.unreadable, err);
  }
  TRY(st);
  st = pack(c, &output, err);
  task_output_fini(&output);
  return st;
}

/* A blob was compared with its name when it was first opened, which may be long ago: whatever a task says
 * that was computed from other bytes, it is to be computed again from the right ones. */
static void find_damaged(computing *c, outcome *o) {
  for (size_t i = 0; i < c->task->message->payloads_count; i++) {
    const store_blob *b = &c->opened[i];
    digest name;
    digest actual;
    uint64_t bytes = 0;
    size_t length = 0;
    if (b->mapping == NULL) {
      continue; /* in the message, or just fetched */
    }
    blob_name_read(wire_payload_bytes(c->task->message, i, &length), &name, &bytes);
    if (digest_of(b->bytes, b->length, &actual, NULL) == STATUS_OK && !digest_equal(&actual, &name)) {
      char hex[DIGEST_HEX_BYTES];
      digest_hex(&name, hex);
      note_damaged(c, &name);
      o->unreadable = 0;
      o->st = error_set(&o->failure, STATUS_CORRUPT, "blob %s was altered or cut off", hex);
      return;
    }
  }
}

static void compute(worker *w, assignment *a) {
  const size_t count = a->message->payloads_count + 1;
  computing c = {.owner = w,
                 .task = a,
                 .payloads = calloc(count, sizeof(slice)),
                 .opened = calloc(count, sizeof(store_blob)),
                 .files = calloc(count, sizeof(int))};
  outcome *o = &a->outcome;
  if (c.payloads == NULL || c.opened == NULL || c.files == NULL) {
    o->st = error_no_memory(&o->failure, "a task");
  } else {
    o->st = look_up(&c, &o->failure);
  }
  if (o->st == STATUS_OK) {
    o->st = run_looked_up(&c, &o->failure);
    if (o->st != STATUS_OK && o->st != STATUS_INTERRUPTED) {
      find_damaged(&c, o);
    }
  }
  if (o->st != STATUS_OK) {
    outcome_fini(o);
  }
  computing_fini(&c);
  assignment_release_task(a, w->supply);
}

void *worker_compute(void *argument) {
  const compute_thread *self = argument;
  worker *w = self->owner;
  for (assignment *a = NULL; (a = queue_pop(&w->ready)) != NULL;) {
    compute(w, a);
    pthread_mutex_lock(&w->mutex);
    a->next = w->done;
    w->done = a;
    pthread_mutex_unlock(&w->mutex);
    worker_wake(w);
  }
  return NULL;
}
