/* Blobs that their reader cannot read (invariant 1).
 *
 * The broker does not know what a partial contains, so it takes no worker's word about it.  When the worker
 * that reads a partial reports that it came whole and is not what the task needs, the task that made it runs
 * again on a third worker.  If the bytes differ, the maker was at fault; if they are the same, the accuser
 * was.  The one at fault is set aside, and what it gave to the job is made again (disputes.c decides, and
 * counts the accusation as a vote against the first result).  The task that could not be done is not to
 * blame.
 *
 * If two workers made the same bytes, a second accuser is not set aside: another faulty machine is less
 * likely than readers and makers that do not understand each other, which is not the fault of any machine.
 * Other workers try the task, and if none can read its input the job ends. */
#include <inttypes.h>
#include <string.h>

#include "broker/core/core_inside.h"

void accusation_refuted(job *j, const digest *content) {
  j->refuted[j->refuted_count++ % CORE_REFUTED_MAX] = *content;
}

static bool is_refuted(const job *j, const digest *content) {
  const uint32_t known = j->refuted_count < CORE_REFUTED_MAX ? j->refuted_count : CORE_REFUTED_MAX;
  for (uint32_t i = 0; i < known; i++) {
    if (digest_equal(&j->refuted[i], content)) {
      return true;
    }
  }
  return false;
}

static void misunderstand(core *c, node *n, const core_event *e) {
  error why;
  error_set(&why, STATUS_JOB,
            "workers cannot read what two others made alike: bring all workers to one release and submit "
            "again; the last one said: %.700s",
            e->failed.why.message);
  task_fault(c, n, e->peer, &why, NULL);
}

/* What the accused blob is: the result of a task, together with who gave it. */
typedef struct accused {
  uint32_t stage;
  uint64_t task;
  uint32_t tag;
  digest content;
  voter maker;
  node *input; /* of this stage; NULL: made by an earlier one */
} accused;

static bool find_input(node *n, uint32_t index, const core_failure *f, accused *out) {
  uint32_t count = 0;
  node *children = node_children(n, &count);
  if (index >= count) {
    return false;
  }
  node *input = &children[index];
  if (!node_is_present(input) || !digest_equal(&input->content, &f->lost)) {
    return false;
  }
  const uint32_t tag = input->tag == 0 && node_may_compute(input) ? node_tag(n->owner, input) : input->tag;
  *out = (accused){.stage = n->owner->stage,
                   .task = node_task(input),
                   .tag = tag,
                   .content = input->content,
                   .maker = input->maker,
                   .input = input};
  return true;
}

/* Finds the STEP before, if it made the blob. */
static bool find_step(const job *j, accused *out) {
  *out = (accused){.stage = j->stage - 1,
                   .task = (uint64_t)CORE_LEVEL_STEP << 32,
                   .tag = j->stepper_tag,
                   .content = j->content,
                   .maker = j->stepper};
  return j->stage > 0;
}

/* Finds the PLAN, if there was one: who made it is unknown after a restart.  Where a client made the plan
 * there is no specification. */
static bool find_plan(const job *j, accused *out) {
  *out = (accused){.task = (uint64_t)CORE_LEVEL_PLAN << 32, .content = j->plan_content, .maker = j->planner};
  return j->spec != 0;
}

/* A task's blobs are in the order of core_task. */
static bool find_accused(node *n, const core_failure *f, accused *out) {
  const job *j = n->owner;
  const uint32_t index = f->unreadable - 1;
  const core_work work = node_work(n);
  if (work == WORK_PLAN || work == WORK_READ) {
    return false;
  }
  const uint32_t program = work == WORK_STEP ? 2 : 0;
  if (index > program) {
    return find_input(n, index - program - 1, f, out);
  }
  const bool is_plan = work == WORK_STEP && index == 0;
  return is_plan || j->stage == 0 ? find_plan(j, out) : find_step(j, out);
}

static void note(core *c, const job *j, const core_failure *f, const accused *a) {
  job_note(c, j, peer_of_voter(c, a->maker.who),
           "made what another worker cannot read (%s %" PRIu32 " of stage %" PRIu32
           "); it is made again elsewhere: %.400s",
           task_work_name(j, a->stage, a->task), (uint32_t)a->task, a->stage, f->why.message);
}

/* Whether a worker cannot read what it made itself: then it is made again, and the failure counts. */
static bool is_own(const accused *a, voter accuser) {
  return a->maker.who != 0 && a->maker.who == accuser.who;
}

/* Starts the job again from its first stage.  A STEP goes to another worker that computes as the maker did,
 * if there is one, because only their results can be compared; otherwise STEPs go to workers of another kind.
 */
static void start_again(core *c, job *j, const dispute *d) {
  const digest kind = j->fingerprint;
  const bool is_plan = d->task >> 32 == CORE_LEVEL_PLAN;
  job_restart(c, j, is_plan);
  for (size_t i = 0; i < c->workers_count && !is_plan; i++) {
    const worker *w = c->workers[i];
    if (worker_may_take(w) && digest_equal(&w->fingerprint, &kind) && dispute_may_run(d, w)) {
      j->fingerprint = kind;
      j->has_fingerprint = true;
      return;
    }
  }
  if (!is_plan && !j->has_bad_kind) {
    j->bad_kind = kind;
    j->has_bad_kind = true;
  }
}

bool accuse(core *c, node *n, const core_event *e) {
  const core_failure *f = &e->failed;
  job *j = n->owner;
  const voter accuser = peer_voter(c, e->peer);
  accused a;
  if (f->unreadable == 0 || !find_accused(n, f, &a) || is_own(&a, accuser) ||
      dispute_find(j, a.stage, a.task) != NULL) {
    return false;
  }
  if (is_refuted(j, &a.content)) {
    misunderstand(c, n, e);
    return true;
  }
  note(c, j, f, &a);
  const dispute d = {.stage = a.stage,
                     .task = a.task,
                     .tag = a.tag,
                     .votes = {{.content = a.content, .by = a.maker}},
                     .votes_count = 1,
                     .is_accused = true,
                     .accuser = accuser};
  if (dispute_add(c, j, &d) == NULL) {
    return true;
  }
  if (a.input != NULL) {
    a.input->disputed = true;
    node_void(c, a.input);
  } else {
    start_again(c, j, &d);
  }
  return true;
}
