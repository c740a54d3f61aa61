/* Bounds of a job: each ends it with a sentence that says what to do.  They are looked at now and then, so a
 * job may go a little past one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/core/core_inside.h"

enum { CHECK_MS = 1000 };

/* ---- What is counted ------------------------------------------------------------------------------- */

static uint64_t tasks_of_stage(const job *j) {
  uint64_t tasks = 1;
  for (uint32_t level = 0; level < j->levels_count; level++) {
    tasks += j->counts[level];
  }
  return tasks;
}

static uint64_t attempts_max(const job *j) {
  return CORE_ATTEMPTS_MIN + CORE_ATTEMPTS_TIMES * tasks_of_stage(j);
}

/* A STEP's output depends on its inputs alone: the same again leads to the same again, for ever. */
void bounds_enter_stage(core *c, job *j) {
  for (size_t i = 0; i < j->past_contents_count && j->repeats == 0; i++) {
    if (digest_equal(&j->past_contents[i], &j->content)) {
      j->repeats = j->stage;
    }
  }
  if (j->past_contents_count >= CORE_STAGES_MAX) {
    return;
  }
  if (!ARRAY_ROOM(j->past_contents, j->past_contents_count, j->past_contents_capacity)) {
    c->out_of_memory = true;
    return;
  }
  j->past_contents[j->past_contents_count++] = j->content;
}

void bounds_start_again(job *j) {
  j->restarts++;
  j->attempts = 0;
  j->repeats = 0;
  j->past_contents_count = 0;
}

void bounds_free(job *j) {
  free(j->past_contents);
  j->past_contents = NULL;
  j->past_contents_count = j->past_contents_capacity = 0;
}

/* ---- The bounds ------------------------------------------------------------------------------------ */

static bool is_past(const core *c, const job *j, error *why) {
  if (j->deadline_ms > 0 && c->now_ms >= j->deadline_ms) {
    error_set(
        why, STATUS_LIMIT,
        "the job was not done within its %" PRIu64
        " s (--timeout); submit it again with more time or start more workers: what is computed is cached",
        j->timeout_ms / 1000);
  } else if (j->repeats > 0) {
    error_set(
        why, STATUS_LIMIT,
        "stage %" PRIu32
        " has the program and state of an earlier one: the job would go on for ever; a worker is of a faulty "
        "release: bring all workers to the same one and submit again",
        j->repeats);
  } else if (j->stage >= CORE_STAGES_MAX) {
    error_set(why, STATUS_LIMIT,
              "the job has not come to an end after %d stages; lower what its analyses iterate "
              "(iterations_max) and "
              "submit again",
              (int)CORE_STAGES_MAX);
  } else if (j->restarts > CORE_RESTARTS_MAX) {
    error_set(why, STATUS_LIMIT,
              "the job has started again %" PRIu32
              " times, because results of workers differed, their kind was gone or shards were lost; see its "
              "notes, keep to workers of one kind, and submit again",
              j->restarts);
  } else if (j->is_built && j->attempts > attempts_max(j)) {
    error_set(
        why, STATUS_LIMIT,
        "the %" PRIu64 " tasks of stage %" PRIu32 " were given out %" PRIu64
        " times and are not done: workers are lost or lose partials again and again; see the job's notes and "
        "the workers' logs, and submit again",
        tasks_of_stage(j), j->stage, j->attempts);
  }
  return why->code != STATUS_OK;
}

void bounds_check(core *c) {
  if (c->now_ms - c->bounds_checked_ms < CHECK_MS) {
    return;
  }
  c->bounds_checked_ms = c->now_ms;
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    for (job *j = c->jobs[bucket], *next = NULL; j != NULL; j = next) {
      next = j->next;
      error why = {0};
      if (is_past(c, j, &why)) {
        job_end(c, j, &why);
      }
    }
  }
}
