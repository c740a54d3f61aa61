/* Workers and watchers: which are present, which have room, which fell silent. */
#include <stdlib.h>

#include "broker/core/core_inside.h"

/* ---- Peers ----------------------------------------------------------------------------------------- */

static peer **bucket_of(const core *c, uint32_t number) {
  return (peer **)&c->peers[number % CORE_BUCKETS];
}

peer *peer_find(const core *c, uint32_t number) {
  peer *p = *bucket_of(c, number);
  while (p != NULL && p->number != number) {
    p = p->next;
  }
  return p;
}

worker *peer_worker(const core *c, uint32_t number) {
  const peer *p = peer_find(c, number);
  return p != NULL ? p->worker : NULL;
}

bool voter_may_follow(voter a, voter b) {
  const bool is_there = a.host != 0 && a.host == b.host && a.trust == b.trust;
  return is_there && ((a.gave != 0 && b.joined > a.gave) || (b.gave != 0 && a.joined > b.gave));
}

voter peer_voter(const core *c, uint32_t number) {
  const peer *p = peer_find(c, number);
  voter by = p != NULL ? p->by : (voter){.who = number};
  by.gave = c->joins_count;
  return by;
}

uint32_t peer_of_voter(const core *c, uint64_t who) {
  for (size_t i = 0; who != 0 && i < c->workers_count; i++) {
    if (c->workers[i]->by.who == who) {
      return c->workers[i]->peer;
    }
  }
  return 0;
}

static bool is_aside(const core *c, uint64_t who) {
  for (size_t i = 0; i < c->aside_count; i++) {
    if (c->aside[i] == who) {
      return true;
    }
  }
  return false;
}

bool peer_is_aside(const core *c, uint32_t number) {
  return c->aside_count > 0 && is_aside(c, peer_voter(c, number).who);
}

static peer *peer_get(core *c, uint32_t number) {
  peer *p = peer_find(c, number);
  if (p != NULL) {
    return p;
  }
  p = calloc(1, sizeof *p);
  if (p == NULL) {
    c->out_of_memory = true;
    return NULL;
  }
  p->number = number;
  p->by = (voter){.who = number};
  chain_init(&p->watches);
  peer **bucket = bucket_of(c, number);
  p->next = *bucket;
  *bucket = p;
  return p;
}

/* Forgets a peer about which nothing is recorded. */
static void tidy(core *c, peer *p) {
  if (p->worker != NULL || p->silent || !chain_is_alone(&p->watches)) {
    return;
  }
  peer **at = bucket_of(c, p->number);
  while (*at != p) {
    at = &(*at)->next;
  }
  *at = p->next;
  free(p);
}

/* ---- Workers --------------------------------------------------------------------------------------- */

bool worker_accepts(const worker *w) {
  return w->capacity > 0 && !w->set_aside;
}

static uint32_t slots_of(const worker *w) {
  return w->races_in_row > 0 && w->capacity > 0 ? 1 : w->capacity;
}

bool worker_may_take(const worker *w) {
  return worker_accepts(w) && !w->strays_alone && w->strays_count < slots_of(w);
}

bool worker_has_room(const worker *w) {
  return worker_may_take(w) && w->reserved_for == NULL && !w->pauses &&
         w->running_count + w->strays_count < slots_of(w);
}

void worker_update_room(core *c, worker *w) {
  const bool has_room = worker_has_room(w);
  if (has_room && !w->has_room) {
    chain_add_last(&c->with_room, &w->room);
  } else if (!has_room && w->has_room) {
    chain_remove(&w->room);
  }
  w->has_room = has_room;
}

void worker_set_capacity(core *c, worker *w, uint32_t capacity) {
  w->capacity = capacity < CORE_CAPACITY_MAX ? capacity : CORE_CAPACITY_MAX;
  worker_update_room(c, w);
}

/* Its tasks go to others, and what it keeps is lost. */
static void take_all_from(core *c, worker *w, bool is_blameless) {
  if (w->reserved_for != NULL && w->reserved_for->of->state != NODE_RUNNING) {
    suspect_unreserve(c, w->reserved_for->of);
  }
  strays_leave(c, w, is_blameless);
  while (!chain_is_alone(&w->running)) {
    node *n = CHAIN_OWNER(w->running.next, node, in);
    if (!is_blameless) {
      suspect_died(c, n, w, suspect_runs_alone(n));
    }
    node_requeue(c, n);
  }
  while (!chain_is_alone(&w->keeps)) {
    node_lose(c, CHAIN_OWNER(w->keeps.next, node, in));
  }
}

static void compare_trusts(core *c) {
  c->has_trusts = c->has_hosts = false;
  for (size_t i = 1; i < c->workers_count; i++) {
    c->has_trusts = c->has_trusts || c->workers[i]->by.trust != c->workers[0]->by.trust;
    c->has_hosts = c->has_hosts || c->workers[i]->by.host != c->workers[0]->by.host;
  }
}

static void leave_aside(core *c, worker *w) {
  w->set_aside = true;
  worker_update_room(c, w);
  take_all_from(c, w, true);
  core_action a = {.kind = CORE_SET_ASIDE, .peer = w->peer};
  error_set(
      &a.set_aside, STATUS_CORRUPT,
      "this worker gave a result that others contradict, or called unreadable what others made alike; its "
      "machine may be faulty");
  core_act(c, &a);
}

static void lose(core *c, peer *p, bool is_blameless) {
  worker *w = p->worker;
  w->capacity = 0;
  worker_update_room(c, w);
  take_all_from(c, w, is_blameless);
  c->workers[w->index] = c->workers[--c->workers_count];
  c->workers[w->index]->index = w->index;
  c->slots[w->slot] = NULL;
  holdings_lose(c, w);
  compare_trusts(c);
  p->worker = NULL;
  free(w);
}

static void take_slot(core *c, worker *w) {
  while (c->slots[c->slots_next] != NULL) {
    c->slots_next = (c->slots_next + 1) % CORE_WORKERS_MAX;
  }
  w->slot = c->slots_next;
  c->slots[w->slot] = w;
  c->slots_generation[w->slot]++;
}

static worker *add_worker(core *c, peer *p, uint32_t capacity, const digest *fingerprint) {
  if (c->workers_count == CORE_WORKERS_MAX) {
    return NULL; /* it gets no tasks, and nothing answers its signs of life */
  }
  worker *w = calloc(1, sizeof *w);
  if (w == NULL) {
    c->out_of_memory = true;
    return NULL;
  }
  w->peer = p->number;
  w->by = p->by;
  w->heard_ms = c->now_ms;
  w->fingerprint = *fingerprint;
  chain_init(&w->room);
  chain_init(&w->running);
  chain_init(&w->keeps);
  chain_init(&w->strays);
  take_slot(c, w);
  w->index = c->workers_count;
  c->workers[c->workers_count++] = w;
  compare_trusts(c);
  p->worker = w;
  p->silent = false;
  worker_set_capacity(c, w, capacity);
  if (is_aside(c, w->by.who)) {
    leave_aside(c, w);
  }
  return w;
}

void peer_joins(core *c, const core_event *e) {
  peer *p = peer_get(c, e->peer);
  if (p == NULL) {
    return;
  }
  const core_joining *joined = &e->joined;
  const voter by = {.who = joined->process ? joined->process : e->peer,
                    .trust = joined->trust,
                    .seat = joined->seat,
                    .host = joined->host,
                    .joined = ++c->joins_count};
  if (p->worker != NULL) {
    lose(c, p, p->by.who == by.who);
  }
  p->by = by;
  worker *w = add_worker(c, p, joined->capacity, &joined->fingerprint);
  if (w == NULL) {
    tidy(c, p);
    return;
  }
  for (size_t i = 0; i < joined->held_count && i < CORE_HELD_MAX; i++) {
    holdings_add(c, joined->held[i], w);
  }
  suspects_returned(c, by.who);
  if (joined->held_count > 0) {
    c->held_changed_ms = c->now_ms;
    c->held_ever = true;
  }
}

void peer_heard(core *c, const core_event *e) {
  peer *p = peer_find(c, e->peer);
  if (p != NULL && p->worker != NULL) {
    worker_set_capacity(c, p->worker, e->heard.capacity);
  } else if (p != NULL && p->silent && e->heard.capacity > 0) {
    const digest fingerprint = p->fingerprint;
    (void)add_worker(c, p, e->heard.capacity, &fingerprint);
    suspects_returned(c, p->by.who);
  }
}

/* Another worker may get that number one day. */
static void forget_aside(core *c, uint32_t number) {
  for (size_t i = 0; i < c->aside_count; i++) {
    if (c->aside[i] == number) {
      c->aside[i] = c->aside[--c->aside_count];
      return;
    }
  }
}

void peer_leaves(core *c, uint32_t number, bool in_order) {
  peer *p = peer_find(c, number);
  if (p == NULL) {
    return;
  }
  if (p->worker != NULL) {
    lose(c, p, in_order);
  }
  while (p != NULL && !chain_is_alone(&p->watches)) {
    watch_end(c, CHAIN_OWNER(p->watches.next, watch, of_peer));
    p = peer_find(c, number); /* watch_end forgets a peer about which nothing is left */
  }
  if (p != NULL) {
    p->silent = false;
    tidy(c, p);
  }
  forget_aside(c, number);
}

void workers_lose_silent(core *c) {
  for (size_t i = c->workers_count; i-- > 0;) {
    const worker *w = c->workers[i];
    if (c->now_ms - w->heard_ms > CORE_SILENCE_MS) {
      peer *p = peer_find(c, w->peer);
      p->silent = true;
      p->fingerprint = w->fingerprint;
      lose(c, p, false);
    }
  }
}

void peer_set_aside(core *c, uint64_t who) {
  if (who == 0 || is_aside(c, who)) {
    return;
  }
  if (!ARRAY_ROOM(c->aside, c->aside_count, c->aside_capacity)) {
    c->out_of_memory = true;
    return;
  }
  c->aside[c->aside_count++] = who;
  for (size_t i = 0; i < c->workers_count; i++) {
    if (c->workers[i]->by.who == who) {
      leave_aside(c, c->workers[i]);
    }
  }
}

/* ---- Watchers -------------------------------------------------------------------------------------- */

static bool is_watching(const job *j, const peer *p) {
  for (const chain *at = j->watches.next; at != &j->watches; at = at->next) {
    if (CHAIN_OWNER(at, watch, of_job)->peer == p) {
      return true;
    }
  }
  return false;
}

static void add_watch(core *c, job *j, peer *p) {
  watch *w = calloc(1, sizeof *w);
  if (w == NULL) {
    c->out_of_memory = true;
    return;
  }
  w->job = j;
  w->peer = p;
  chain_add_last(&j->watches, &w->of_job);
  chain_add_last(&p->watches, &w->of_peer);
  if (j->watches_count++ == 0) {
    chain_add_last(&c->watched, &j->watched);
  }
}

void watch_end(core *c, watch *w) {
  chain_remove(&w->of_job);
  chain_remove(&w->of_peer);
  if (--w->job->watches_count == 0) {
    chain_remove(&w->job->watched);
  }
  tidy(c, w->peer);
  free(w);
}

void peer_watches(core *c, const core_event *e) {
  job *j = job_find(c, &e->watched.job);
  peer *p = j != NULL ? peer_get(c, e->peer) : NULL;
  if (p == NULL) {
    return;
  }
  if (is_watching(j, p)) {
    job_tell_one(c, j, e->peer, e->watched.request);
  } else if (j->watches_count == CORE_WATCHERS_MAX) {
    core_action refusal = {.kind = CORE_SEND_REFUSED,
                           .peer = e->peer,
                           .refused = {.request = e->watched.request, .job = e->watched.job}};
    error_set(&refusal.refused.why, STATUS_LIMIT,
              "%d others already watch this job; ask for its progress from time to time instead",
              (int)CORE_WATCHERS_MAX);
    core_act(c, &refusal);
    tidy(c, p);
  } else {
    add_watch(c, j, p);
    job_tell_one(c, j, e->peer, e->watched.request);
  }
}

/* After the jobs: by then no peer watches, runs or keeps anything. */
void peers_free(core *c) {
  for (size_t i = 0; i < c->workers_count; i++) {
    free(c->workers[i]);
  }
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    while (c->peers[bucket] != NULL) {
      peer *p = c->peers[bucket];
      c->peers[bucket] = p->next;
      free(p);
    }
  }
}
