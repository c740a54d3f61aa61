/* The tree of a stage's tasks: from its shards alone, and from then on every change of a node.
 *
 * A node is needed unless something above it is done.  When a node is done, its inputs are released, except
 * that handles of partials that stay with workers are kept below one that stays too: when that
 * one is lost, it is enough to merge them again. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "broker/core/lost.h"

enum { ATTEMPTS_MASK = (1 << CORE_TAG_SHIFT) - 1 };

static void activate(core *c, node *n);

/* ---- What a node is -------------------------------------------------------------------------------- */

uint64_t node_task(const node *n) {
  return (uint64_t)n->level << 32 | n->index;
}

static core_work work_of(uint64_t level, bool keeps) {
  switch (level) {
    case 0:
      return keeps ? WORK_ROWS : WORK_MAP;
    case CORE_LEVEL_STEP:
      return WORK_STEP;
    case CORE_LEVEL_PLAN:
      return WORK_PLAN;
    case CORE_LEVEL_READ:
      return WORK_READ;
    default:
      return WORK_REDUCE;
  }
}

core_work node_work(const node *n) {
  return work_of(n->level, n->owner->keeps);
}

const char *task_work_name(const job *j, uint32_t stage, uint64_t task) {
  return core_work_name(work_of(task >> 32, j->keeps && j->stage == stage));
}

bool node_is_present(const node *n) {
  return n->state == NODE_DONE && n->blob;
}

node *node_parent(const node *n) {
  job *j = n->owner;
  if (n == &j->special || j->keeps) {
    return NULL;
  }
  const uint32_t above = n->level + 1U;
  return above < j->levels_count ? &j->levels[above][n->index / CORE_FAN_IN] : &j->special;
}

node *node_children(const node *n, uint32_t *count) {
  const job *j = n->owner;
  *count = 0;
  if (n->level == 0 || n->level > CORE_LEVEL_STEP || j->keeps) {
    return NULL;
  }
  if (n->level == CORE_LEVEL_STEP) {
    *count = j->counts[j->levels_count - 1];
    return j->levels[j->levels_count - 1];
  }
  const uint32_t first = n->index * CORE_FAN_IN;
  const uint32_t left = j->counts[n->level - 1] - first;
  *count = left < CORE_FAN_IN ? left : CORE_FAN_IN;
  return &j->levels[n->level - 1][first];
}

bool node_is_needed(const node *n) {
  for (const node *p = node_parent(n); p != NULL; p = node_parent(p)) {
    if (p->state == NODE_DONE) {
      return false;
    }
  }
  return true;
}

bool node_may_compute(const node *n) {
  uint32_t count = 0;
  const node *children = node_children(n, &count);
  for (uint32_t i = 0; i < count; i++) {
    if (!node_is_present(&children[i])) {
      return false;
    }
  }
  return true;
}

uint32_t node_tag(const job *j, const node *n) {
  digest parts[3 + CORE_FAN_IN] = {j->content};
  size_t parts_count = 1;
  const digest none = {{0}};
  uint32_t count = 0;
  const node *children = node_children(n, &count);
  if (n->level == CORE_LEVEL_STEP) {
    parts[parts_count++] = j->fingerprint;
  }
  const digest lost = j->lost_count > 0 ? lost_digest(j, n) : none;
  const bool is_whole = digest_equal(&lost, &none);
  if (!is_whole) {
    parts[parts_count++] = lost;
  }
  for (uint32_t i = 0; i < count; i++) {
    parts[parts_count++] = children[i].content;
  }
  if (n->level >= CORE_LEVEL_PLAN || (n->level == 0 && is_whole && digest_equal(&j->content, &none))) {
    return 0;
  }
  const uint32_t tag = (uint32_t)(digest_xxh3(parts, parts_count * sizeof *parts) >> (32 + CORE_TAG_SHIFT));
  return tag ? tag : 1;
}

node *tree_find(job *j, uint64_t task) {
  const uint64_t level = task >> 32;
  const uint32_t index = (uint32_t)task;
  if (level == j->special.level && !j->keeps) {
    return index == 0 ? &j->special : NULL;
  }
  return level < j->levels_count && index < j->counts[level] ? &j->levels[level][index] : NULL;
}

/* ---- Lists ----------------------------------------------------------------------------------------- */

static void enqueue(core *c, node *n, bool first) {
  job *j = n->owner;
  chain *list = &j->reduces;
  n->picky = node_is_picky(n);
  if (n->picky) {
    list = &j->picky;
  } else if (n->level == 0) {
    n->home = n->home < j->homes_count ? n->home : 0;
    j->homes[n->home].count++;
    list = &j->homes[n->home].leaves;
  }
  if (first) {
    chain_add_after(list, &n->in);
  } else {
    chain_add_last(list, &n->in);
  }
  if (node_is_alone(n)) {
    chain_add_last(&c->alone, &n->suspicion->waiting);
  }
  n->state = NODE_READY;
  j->ready_count++;
  job_update_turn(c, j);
}

static void dequeue(core *c, node *n) {
  job *j = n->owner;
  if (n->level == 0 && !n->picky) {
    j->homes[n->home].count--;
  }
  if (n->suspicion != NULL) {
    chain_remove(&n->suspicion->waiting);
  }
  chain_remove(&n->in);
  j->ready_count--;
  job_update_turn(c, j);
}

static void end_lease(core *c, node *n) {
  worker *w = n->at;
  chain_remove(&n->in);
  n->at = NULL;
  w->running_count--;
  n->owner->running_count--;
  c->tasks_running--;
  worker_update_room(c, w);
}

void node_stop(core *c, node *n) {
  if (n->state == NODE_READY) {
    dequeue(c, n);
  } else if (n->state == NODE_RUNNING) {
    end_lease(c, n);
  }
  suspect_unreserve(c, n);
  n->state = n->has_content ? NODE_DONE : NODE_IDLE;
}

uint32_t attempt_tag(uint64_t attempt) {
  return (uint32_t)attempt >> CORE_TAG_SHIFT;
}

/* With 32 bits that only this broker, and the one that is started after it, can work out.  Without memory
 * nothing is given out any more. */
static uint64_t seal(const core *c, const core_task_id *id, uint32_t low, voter by) {
  struct {
    uint8_t secret[CORE_SECRET_BYTES];
    core_job_id job;
    uint64_t task, who, trust;
    uint32_t stage, low;
  } sealed;
  memset(&sealed, 0, sizeof sealed);
  memcpy(sealed.secret, c->secret, sizeof sealed.secret);
  sealed.job = id->job;
  sealed.task = id->task;
  sealed.who = by.who;
  sealed.trust = by.trust;
  sealed.stage = id->stage;
  sealed.low = low;
  digest d = {{0}};
  uint32_t high = 0;
  (void)!digest_of(&sealed, sizeof sealed, &d, NULL);
  memcpy(&high, d.bytes, sizeof high);
  return (uint64_t)high << 32 | low;
}

bool attempt_is_of(const core *c, const core_task_id *id, uint64_t attempt, voter by) {
  return seal(c, id, (uint32_t)attempt, by) == attempt;
}

void node_run(core *c, node *n, worker *w) {
  dequeue(c, n);
  n->sent_twice = n->attempt != 0 || (n->owner->restored && n->owner->stage == n->owner->restored_stage);
  n->tag = node_tag(n->owner, n);
  const core_task_id id = {n->owner->id, n->owner->stage, node_task(n)};
  const uint32_t count = (uint32_t)(n->attempt & ATTEMPTS_MASK) % ATTEMPTS_MASK + 1;
  n->attempt = seal(c, &id, n->tag << CORE_TAG_SHIFT | count, w->by);
  n->state = NODE_RUNNING;
  n->sent_ms = c->now_ms;
  n->at = w;
  chain_add_last(&w->running, &n->in);
  w->running_count++;
  w->owed++;
  n->owner->attempts++;
  n->owner->running_count++;
  c->tasks_running++;
  worker_update_room(c, w);
}

static void wait_again(core *c, node *n, bool first) {
  if (node_may_compute(n)) {
    enqueue(c, n, first);
  } else {
    n->state = NODE_BLOCKED;
  }
}

void node_wait(core *c, node *n) {
  wait_again(c, n, false);
}

void node_requeue(core *c, node *n) {
  node_stop(c, n);
  wait_again(c, n, true);
}

/* ---- Partials that come and go --------------------------------------------------------------------- */

static void count_rows(node *n, bool counted) {
  job *j = n->owner;
  if (n->level == 0 && n->counted != counted) {
    n->counted = counted;
    const uint64_t rows = j->runs[n->index].rows;
    j->rows_done = counted ? j->rows_done + rows : j->rows_done - rows;
    j->leaves_done = counted ? j->leaves_done + 1 : j->leaves_done - 1;
  }
}

static void let_go(core *c, node *n) {
  if (n->at != NULL) {
    chain_remove(&n->in);
    n->at = NULL;
  }
  core_release(c, &n->blob);
}

static void drop_kept(core *c, node *n) {
  if (n->kept) {
    n->kept = false;
    core_keep(c, &(core_action){.kind = CORE_DROP_RESULT,
                                .drop_result = {n->owner->id, n->owner->stage, node_task(n)}});
  }
}

/* P is done: nothing below it is needed.  Deeper than one level only where that may not be so already. */
static void settle_below(core *c, node *p, bool is_kept) {
  uint32_t count = 0;
  node *children = node_children(p, &count);
  for (uint32_t i = 0; i < count; i++) {
    node *n = &children[i];
    const bool was_present = node_is_present(n);
    const bool stayed = was_present && n->at != NULL;
    if (n->state != NODE_DONE) {
      node_stop(c, n);
      strays_drop(c, n);
    }
    count_rows(n, true);
    if (was_present && (is_kept || !stayed)) {
      let_go(c, n);
    }
    if (is_kept) {
      drop_kept(c, n);
    }
    if (stayed ? is_kept : !was_present) {
      settle_below(c, n, is_kept);
    }
  }
}

void node_finish(core *c, node *n, core_blob blob, const digest *content, worker *keeper, bool is_kept) {
  node_stop(c, n);
  suspect_forget(c, n);
  strays_drop(c, n);
  n->state = NODE_DONE;
  n->blob = blob;
  n->content = *content;
  n->has_content = true;
  n->kept = is_kept;
  n->at = keeper;
  if (keeper != NULL) {
    chain_add_last(&keeper->keeps, &n->in);
  }
  count_rows(n, true);
  settle_below(c, n, is_kept);
  node *p = node_parent(n);
  if (p != NULL && p->state == NODE_BLOCKED) {
    node_wait(c, p);
  }
}

/* A node that is needed and not present, together with what it needs. */
static void activate(core *c, node *n) {
  if (n->state == NODE_READY || n->state == NODE_RUNNING || node_is_present(n)) {
    return;
  }
  count_rows(n, false);
  drop_kept(c, n);
  uint32_t count = 0;
  node *children = node_children(n, &count);
  for (uint32_t i = 0; i < count; i++) {
    activate(c, &children[i]);
  }
  node_wait(c, n);
}

void node_lose(core *c, node *n) {
  let_go(c, n);
  drop_kept(c, n);
  if (!node_is_needed(n)) {
    return;
  }
  activate(c, n);
  node *p = node_parent(n);
  if (p != NULL && p->state == NODE_READY) {
    dequeue(c, p);
    p->state = NODE_BLOCKED;
  }
}

void node_void(core *c, node *n) {
  for (node *p = n; p != NULL; p = node_parent(p)) {
    p->has_content = false;
    if (p->state == NODE_DONE) {
      let_go(c, p);
      drop_kept(c, p);
    }
    node_stop(c, p);
    p->state = NODE_IDLE;
    p->tag = 0;
  }
  activate(c, n->owner->keeps ? n : &n->owner->special);
}

/* ---- The whole tree -------------------------------------------------------------------------------- */

static bool cut_runs(job *j) {
  j->runs = calloc((size_t)j->shards_count + 2, sizeof *j->runs);
  if (j->runs == NULL) {
    return false;
  }
  uint32_t leaves = 0;
  uint32_t shard = 0;
  do {
    run *r = &j->runs[leaves++];
    r->first = shard;
    while (shard < j->shards_count && r->rows < CORE_RUN_ROWS && shard - r->first < CORE_RUN_SHARDS_MAX) {
      r->rows += j->shards[shard++].rows;
    }
  } while (shard < j->shards_count);
  j->runs[leaves].first = shard;
  j->counts[0] = leaves;
  return true;
}

static bool add_level(job *j, uint32_t level) {
  node *nodes = calloc(j->counts[level], sizeof *nodes);
  if (nodes == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < j->counts[level]; i++) {
    nodes[i].owner = j;
    nodes[i].index = i;
    nodes[i].level = (uint8_t)level;
    nodes[i].state = level == 0 ? NODE_READY : NODE_BLOCKED;
    nodes[i].disputed = dispute_find(j, j->stage, node_task(&nodes[i])) != NULL;
    chain_init(&nodes[i].in);
  }
  j->levels[level] = nodes;
  j->levels_count = level + 1;
  return true;
}

bool tree_build(core *c, job *j) {
  if (j->is_built) {
    return true;
  }
  bool done = cut_runs(j) && add_level(j, 0);
  while (done && !j->keeps && j->counts[j->levels_count - 1] > CORE_FAN_IN) {
    const uint32_t level = j->levels_count;
    j->counts[level] = (j->counts[level - 1] + CORE_FAN_IN - 1) / CORE_FAN_IN;
    done = add_level(j, level);
  }
  if (!done) {
    c->out_of_memory = true;
    return false;
  }
  j->is_built = true;
  j->special.state = j->keeps ? NODE_IDLE : NODE_BLOCKED;
  j->special.disputed = !j->keeps && dispute_find(j, j->stage, node_task(&j->special)) != NULL;
  for (uint32_t i = 0; i < j->counts[0]; i++) {
    node *n = &j->levels[0][i];
    j->ready_count++;
    n->picky = n->disputed;
    if (n->picky) {
      chain_add_last(&j->picky, &n->in);
    }
  }
  homes_assign(c, j);
  job_update_turn(c, j);
  return !c->out_of_memory;
}

static void clear_node(core *c, node *n) {
  node_stop(c, n);
  suspect_forget(c, n);
  strays_drop(c, n);
  let_go(c, n);
}

void tree_clear(core *c, job *j) {
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      clear_node(c, &j->levels[level][i]);
    }
    free(j->levels[level]);
    j->levels[level] = NULL;
  }
  clear_node(c, &j->special);
  free(j->runs);
  free(j->homes);
  j->runs = NULL;
  j->homes = NULL;
  j->homes_count = 0;
  j->levels_count = 0;
  j->rows_done = 0;
  j->leaves_done = 0;
  j->in_stage = (core_states){0};
  memset(j->paces, 0, sizeof j->paces);
  j->is_built = false;
  j->special = (node){.owner = j, .level = CORE_LEVEL_STEP};
  chain_init(&j->special.in);
  job_update_turn(c, j);
}
