/* What clients ask about a job's rows: the names of their parts, which they then fetch as any blob; from a
 * broker that keeps nothing, the parts themselves. */
#include <string.h>

#include "broker/jobs/jobs_inside.h"

/* Parts named in one answer: as many as by_name has bits, less one. */
enum { ANSWER_PARTS = 63 };

static void answer(jobs *all, const peer *to, const wire_message *m, uint64_t parts, zmq_msg_t *frames,
                   size_t count, bool are_names) {
  message said = message_of(MESSAGE_PARTS);
  message_set_integer(&said, FIELD_REQUEST, m->header.integers[FIELD_REQUEST]);
  message_set_bytes(&said, FIELD_JOB, m->header.texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&said, FIELD_OFFSET, m->header.integers[FIELD_OFFSET]);
  message_set_integer(&said, FIELD_PARTS, parts);
  if (are_names && count > 0) {
    message_set_integer(&said, FIELD_BY_NAME, ((uint64_t)1 << count) - 1);
  }
  peers_answer(all->peers, to, &said, frames, count);
}

/* Names of blobs, which the client then fetches. */
static status answer_names(jobs *all, const peer *to, const wire_message *m, const ledger_job *j,
                           error *why) {
  store_blob list;
  if (vault_get(all->vault, &j->parts.name, &list, why) != STATUS_OK) {
    return error_set(why, STATUS_CORRUPT,
                     "the list of the job's rows was damaged on disk; submit it again with another key");
  }
  const uint64_t parts = list.length / BLOB_NAME_BYTES;
  const uint64_t first = m->header.integers[FIELD_OFFSET] < parts ? m->header.integers[FIELD_OFFSET] : parts;
  zmq_msg_t frames[ANSWER_PARTS];
  size_t count = 0;
  while (count < ANSWER_PARTS && first + count < parts &&
         zmq_msg_init_size(&frames[count], BLOB_NAME_BYTES) == 0) {
    memcpy(zmq_msg_data(&frames[count]), list.bytes + (first + count) * BLOB_NAME_BYTES, BLOB_NAME_BYTES);
    count++;
  }
  store_release(&list);
  if (count == 0 && first < parts) {
    return error_no_memory(why, "the names of a job's rows");
  }
  answer(all, to, m, parts, frames, count, true);
  return STATUS_OK;
}

static status answer_bytes(jobs *all, const peer *to, const wire_message *m, ending *e, error *why) {
  const uint64_t first = m->header.integers[FIELD_OFFSET];
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  const bool has_one = first < e->parts_count;
  if (has_one && zmq_msg_copy(&frame, &e->parts[first]) != 0) {
    return error_no_memory(why, "a part of a job's rows");
  }
  answer(all, to, m, e->parts_count, &frame, has_one, false);
  return STATUS_OK;
}

static status no_rows(const ledger_job *j, error *why) {
  if (j != NULL && j->state != JOB_DONE) {
    return error_set(
        why, STATUS_JOB, "the job %s; only one that is done has rows",
        j->state == JOB_FAILED || j->state == JOB_CANCELLED ? "failed or was cancelled" : "has not ended");
  }
  return error_set(why, STATUS_NOT_FOUND,
                   "the job has no rows: it was submitted without --rows, or more than %d jobs that ended "
                   "after it have some; submit it again with --rows and another key",
                   (int)LEDGER_ROWS_MAX);
}

status jobs_on_rows(jobs *all, peer *from, wire_message *m, error *why) {
  core_job_id id;
  core_job_view view;
  TRY(inquiries_read_job(all, m, &id, why));
  const ledger_job *j = all->ledger != NULL ? ledger_job_find(all->ledger, &id) : NULL;
  ending *e = endings_find(&all->endings, &id);
  if (j != NULL && j->state == JOB_DONE && ledger_blob_is_set(&j->parts)) {
    return answer_names(all, from, m, j, why);
  }
  if (e != NULL && e->is_done && e->parts_count > 0) {
    return answer_bytes(all, from, m, e, why);
  }
  if (j == NULL && e == NULL && !core_find_job(all->core, &id, &view)) {
    return inquiries_unknown(&id, why);
  }
  return no_rows(j, why);
}
