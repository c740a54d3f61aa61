/* What a task names, and releasing it. */
#include "worker/assignment.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* ---- Names --------------------------------------------------------------------------------------- */

status task_name_of(const message *m, task_name *out, error *err) {
  if (m->texts[FIELD_JOB].length != JOB_ID_BYTES) {
    return error_set(err, STATUS_PROTOCOL, "a job's id has %d bytes, not %zu", (int)JOB_ID_BYTES,
                     m->texts[FIELD_JOB].length);
  }
  *out = (task_name){.stage = m->integers[FIELD_STAGE],
                     .task = m->integers[FIELD_TASK],
                     .attempt = m->integers[FIELD_ATTEMPT]};
  memcpy(out->job, m->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  return STATUS_OK;
}

void task_name_put(const task_name *name, message *m) {
  message_set_bytes(m, FIELD_JOB, name->job, JOB_ID_BYTES);
  message_set_integer(m, FIELD_STAGE, name->stage);
  message_set_integer(m, FIELD_TASK, name->task);
  message_set_integer(m, FIELD_ATTEMPT, name->attempt);
}

bool assignment_is(const assignment *a, const task_name *name) {
  return memcmp(a->name.job, name->job, JOB_ID_BYTES) == 0 && a->name.stage == name->stage &&
         a->name.task == name->task && a->name.attempt == name->attempt;
}

/* ---- Life ---------------------------------------------------------------------------------------- */

assignment *assignment_new(wire_message *m) {
  assignment *a = calloc(1, sizeof *a);
  if (a == NULL) {
    return NULL;
  }
  a->message = m;
  const slice work = m->header.texts[FIELD_WORK];
  a->is_read = slice_equal(work, slice_of("read"));
  const size_t length = work.length < sizeof a->outcome.work ? work.length : sizeof a->outcome.work - 1;
  memcpy(a->outcome.work, work.bytes, length);
  return a;
}

void outcome_fini(outcome *o) {
  for (size_t i = 0; i < o->frames_count; i++) {
    zmq_msg_close(&o->frames[i]);
  }
  for (size_t i = 0; i < o->offers_count; i++) {
    if (o->offers[i].in_memory) {
      zmq_msg_close(&o->offers[i].content);
    }
  }
  free(o->offers);
  o->offers = NULL;
  o->frames_count = o->offers_count = 0;
}

void assignment_release_task(assignment *a, supply *s) {
  for (size_t i = 0; i < a->needs_count; i++) {
    supply_leave(s, a->needs[i]);
  }
  free(a->needs);
  a->needs = NULL;
  a->needs_count = a->needs_capacity = a->needs_settled = 0;
  if (a->message != NULL) {
    wire_message_close(a->message);
    free(a->message);
    a->message = NULL;
  }
}

void assignment_free(assignment *a, supply *s) {
  assignment_release_task(a, s);
  outcome_fini(&a->outcome);
  free(a);
}

/* ---- Needs --------------------------------------------------------------------------------------- */

status assignment_need(assignment *a, supply *s, const digest *name, uint64_t bytes, bool in_store,
                       supply_blob **out, error *err) {
  if (!ARRAY_ROOM(a->needs, a->needs_count, a->needs_capacity)) {
    return error_no_memory(err, "what a task needs");
  }
  TRY(supply_want(s, name, bytes, in_store, out, err));
  a->needs[a->needs_count++] = *out;
  return STATUS_OK;
}

static status need_unless_there(assignment *a, supply *s, store *shards, const void *blob_name, bool in_store,
                                error *err) {
  digest name;
  uint64_t bytes = 0;
  supply_blob *ignored;
  blob_name_read(blob_name, &name, &bytes);
  return store_has(shards, &name, bytes) ? STATUS_OK
                                         : assignment_need(a, s, &name, bytes, in_store, &ignored, err);
}

/* MAY_SKIP: shards whose states are all kept are not needed; one that turns out to be needed is requested
 * then. */
static status need_shards(assignment *a, supply *s, store *shards, slice names, bool may_skip, error *err) {
  for (size_t at = 0; at + BLOB_NAME_BYTES <= names.length; at += BLOB_NAME_BYTES) {
    digest name;
    uint64_t bytes = 0;
    blob_name_read(names.bytes + at, &name, &bytes);
    if (!may_skip || !store_has_partials(shards, &name)) {
      TRY(need_unless_there(a, s, shards, names.bytes + at, true, err));
    }
  }
  return STATUS_OK;
}

static slice payload_of(assignment *a, size_t index) {
  slice p;
  p.bytes = wire_payload_bytes(a->message, index, &p.length);
  return p;
}

status assignment_prepare(assignment *a, supply *s, store *shards, error *err) {
  for (size_t i = 0; i < a->message->payloads_count; i++) {
    const slice p = payload_of(a, i);
    if (!blob_is_by_name(&a->message->header, i)) {
      continue;
    }
    if (p.length != BLOB_NAME_BYTES) {
      return error_set(err, STATUS_PROTOCOL, "the name of a blob has %d bytes, not %zu", (int)BLOB_NAME_BYTES,
                       p.length);
    }
    TRY(need_unless_there(a, s, shards, p.bytes, true, err));
  }
  const slice work = a->message->header.texts[FIELD_WORK];
  const bool is_map = slice_equal(work, slice_of("map"));
  if ((is_map || slice_equal(work, slice_of("rows"))) && a->message->payloads_count > 1) {
    TRY(need_shards(a, s, shards, payload_of(a, 1), is_map, err));
  }
  for (size_t i = 2; a->is_read && i < a->message->payloads_count; i++) {
    const slice p = payload_of(a, i);
    if (p.length <= BLOB_NAME_BYTES) {
      return error_set(err, STATUS_PROTOCOL, "a file without a name");
    }
    TRY(need_unless_there(a, s, shards, p.bytes, false, err));
  }
  return STATUS_OK;
}

bool assignment_is_ready(assignment *a, supply *s) {
  while (a->needs_settled < a->needs_count && supply_is_settled(s, a->needs[a->needs_settled])) {
    a->needs_settled++;
  }
  return a->needs_settled == a->needs_count;
}
