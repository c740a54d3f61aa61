/* What a job still has to do.  Tasks are made when a worker has room for them, so that a night's job
 * costs memory only for what is under way. */
#include "broker/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

job *job_new(const core_event *submitted) {
  job *j = calloc(1, sizeof *j);
  core_shard *shards = calloc((size_t)submitted->shards_count + 1, sizeof *shards);
  if (!j || !shards) {
    free(j);
    free(shards);
    return NULL;
  }
  *j = (job){.id = submitted->job,
             .client = submitted->peer,
             .priority = submitted->priority,
             .plan = submitted->plan,
             .program = submitted->program,
             .shards = shards,
             .shards_count = submitted->shards_count};
  for (uint32_t i = 0; i < j->shards_count; i++) {
    shards[i] = submitted->shards[i];
    j->rows_total += shards[i].rows;
  }
  return j;
}

void job_destroy(job *j) {
  if (!j) {
    return;
  }
  while (j->tasks) {
    job_remove_task(j, j->tasks);
  }
  free(j->shards);
  free(j->partials);
  free(j);
}

task *job_waiting_task(const job *j) {
  for (task *t = j->tasks; t; t = t->next) {
    if (t->peer == 0) {
      return t;
    }
  }
  return NULL;
}

/* All MAP tasks were made and every task is back: what is left is REDUCE and STEP. */
static bool is_settled(const job *j) {
  return j->mapped && !j->tasks;
}

static bool may_reduce(const job *j) {
  return j->partials_count > CORE_FAN_IN || (j->partials_count == CORE_FAN_IN && !is_settled(j));
}

bool job_has_work(const job *j) {
  return job_waiting_task(j) || !j->mapped || may_reduce(j) || (is_settled(j) && !j->stepping);
}

static task *add_task(job *j, uint64_t id, core_work work, bool *out_of_memory) {
  task *t = calloc(1, sizeof *t);
  if (!t) {
    *out_of_memory = true;
    return NULL;
  }
  *t = (task){.id = id, .work = work, .next = j->tasks};
  j->tasks = t;
  return t;
}

/* Takes the oldest partials into T. */
static void move_partials(job *j, task *t) {
  const size_t count = j->partials_count < CORE_FAN_IN ? j->partials_count : CORE_FAN_IN;
  memcpy(t->partials, j->partials, count * sizeof *t->partials);
  t->partials_count = (uint32_t)count;
  memmove(j->partials, j->partials + count, (j->partials_count - count) * sizeof *j->partials);
  j->partials_count -= count;
}

/* A fixed run of shards: how they are cut depends on the shards alone. */
static void take_run(job *j, task *t) {
  t->first_shard = j->next_shard;
  while (j->next_shard < j->shards_count && t->rows < CORE_RUN_ROWS &&
         t->shards_count < CORE_RUN_SHARDS_MAX) {
    t->rows += j->shards[j->next_shard++].rows;
    t->shards_count++;
  }
  j->mapped = j->next_shard == j->shards_count;
}

task *job_make_task(job *j, uint64_t id, bool *out_of_memory) {
  task *t = NULL;
  if (may_reduce(j)) {
    t = add_task(j, id, WORK_REDUCE, out_of_memory);
    if (t) {
      move_partials(j, t);
    }
  } else if (!j->mapped) {
    t = add_task(j, id, WORK_MAP, out_of_memory);
    if (t) {
      take_run(j, t);
    }
  } else if (is_settled(j) && !j->stepping) {
    t = add_task(j, id, WORK_STEP, out_of_memory);
    if (t) {
      move_partials(j, t);
      j->stepping = true;
    }
  }
  return t;
}

task *job_find_task(const job *j, uint64_t id) {
  for (task *t = j->tasks; t; t = t->next) {
    if (t->id == id) {
      return t;
    }
  }
  return NULL;
}

void job_remove_task(job *j, task *t) {
  task **at = &j->tasks;
  while (*at != t) {
    assert(*at);
    at = &(*at)->next;
  }
  *at = t->next;
  free(t);
}

void job_requeue_of_peer(job *j, uint32_t peer) {
  for (task *t = j->tasks; t; t = t->next) {
    if (t->peer == peer) {
      t->peer = 0;
    }
  }
}

bool job_add_partial(job *j, core_blob partial) {
  if (j->partials_count == j->partials_capacity) {
    const size_t larger = j->partials_capacity ? j->partials_capacity * 2 : 16;
    core_blob *grown = realloc(j->partials, larger * sizeof *grown);
    if (!grown) {
      return false;
    }
    j->partials = grown;
    j->partials_capacity = larger;
  }
  j->partials[j->partials_count++] = partial;
  return true;
}

void job_next_stage(job *j, core_blob program, core_blob state) {
  assert(!j->tasks && j->partials_count == 0);
  j->program = program;
  j->state = state;
  j->stage++;
  j->next_shard = 0;
  j->mapped = false;
  j->stepping = false;
  j->rows_done = 0;
}
