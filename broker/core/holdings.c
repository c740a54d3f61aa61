/* Which workers hold a shard: an open hash table by the first 8 bytes of its name.  A holder is a worker's
 * slot together with a count of who had that slot, so that nothing is searched when a worker leaves: entries
 * of departed workers match nothing, and are dropped when the table changes its size. */
#include <stdlib.h>
#include <string.h>

#include "broker/core/core_inside.h"

enum {
  SLOT_BITS = 14, /* CORE_WORKERS_MAX */
  HOLDINGS_FIRST = 1024,
  HOLDINGS_MAX = 1 << 24, /* 400 MB; shards beyond that go to any worker */
  HOLDINGS_SPARE = 12,    /* slots for each remaining holder: too many.  A new table has 6 at most */
  RUN_HOLDERS_MAX = 16,   /* of one leaf that are distinguished */
};

uint32_t holder_of(const core *c, const worker *w) {
  return w->slot | c->slots_generation[w->slot] << SLOT_BITS;
}

worker *holder_worker(const core *c, uint32_t holder) {
  worker *w = c->slots[holder & ((1U << SLOT_BITS) - 1)];
  return w != NULL && holder_of(c, w) == holder ? w : NULL;
}

/* The position of PREFIX, or the free one where it belongs. */
static holding *place_of(holding *table, size_t capacity, uint64_t prefix) {
  size_t at = (size_t)(prefix * 0x9E3779B97F4A7C15ULL >> 20) & (capacity - 1);
  while (table[at].holders[0] && table[at].prefix != prefix) {
    at = (at + 1) & (capacity - 1);
  }
  return &table[at];
}

/* Drops departed holders; returns how many are left. */
static uint32_t drop_gone(const core *c, holding *h) {
  uint32_t left = 0;
  for (uint32_t i = 0; i < CORE_HOLDERS_MAX && h->holders[i]; i++) {
    if (holder_worker(c, h->holders[i]) != NULL) {
      h->holders[left++] = h->holders[i];
    }
  }
  for (uint32_t i = left; i < CORE_HOLDERS_MAX; i++) {
    h->holders[i] = 0;
  }
  return left;
}

/* A table for the present holders: a larger one, unless most of the old ones have left. */
static bool rebuild(core *c) {
  size_t live = 0;
  for (size_t i = 0; i < c->holdings_capacity; i++) {
    live += c->holdings[i].holders[0] != 0 && drop_gone(c, &c->holdings[i]) > 0;
  }
  size_t capacity = HOLDINGS_FIRST;
  while (capacity < 3 * (live + 1)) {
    capacity *= 2;
  }
  if (capacity > HOLDINGS_MAX) {
    return false;
  }
  holding *table = calloc(capacity, sizeof *table);
  if (table == NULL) {
    return false;
  }
  for (size_t i = 0; i < c->holdings_capacity; i++) {
    if (c->holdings[i].holders[0]) {
      *place_of(table, capacity, c->holdings[i].prefix) = c->holdings[i];
    }
  }
  free(c->holdings);
  c->holdings = table;
  c->holdings_capacity = capacity;
  c->holdings_count = live;
  return true;
}

void holdings_add(core *c, uint64_t prefix, worker *w) {
  /* Without memory for hints tasks go to any worker. */
  if (3 * (c->holdings_count + 1) > 2 * c->holdings_capacity && !rebuild(c)) {
    return;
  }
  holding *h = place_of(c->holdings, c->holdings_capacity, prefix);
  const uint32_t holder = holder_of(c, w);
  for (uint32_t i = 0; i < CORE_HOLDERS_MAX; i++) {
    if (h->holders[i] == holder) {
      return;
    }
  }
  if (!h->holders[0]) {
    c->holdings_count++;
    h->prefix = prefix;
    h->holders[0] = holder;
    w->shards_held++;
    c->holders_count++;
    return;
  }
  const uint32_t left = drop_gone(c, h);
  if (left < CORE_HOLDERS_MAX) {
    h->holders[left] = holder;
    w->shards_held++;
    c->holders_count++;
  }
}

void holdings_lose(core *c, const worker *w) {
  c->holders_count -= w->shards_held;
  if (c->holdings_capacity > HOLDINGS_FIRST && c->holdings_capacity / HOLDINGS_SPARE > c->holders_count) {
    (void)rebuild(c); /* without memory for a smaller table the old one stays */
  }
}

static uint64_t prefix_of(const digest *name) {
  uint64_t prefix = 0;
  for (int i = 7; i >= 0; i--) {
    prefix = prefix << 8 | name->bytes[i];
  }
  return prefix;
}

void holdings_add_run(core *c, const job *j, uint32_t leaf, worker *w) {
  for (uint32_t i = j->runs[leaf].first; i < j->runs[leaf + 1].first; i++) {
    holdings_add(c, prefix_of(&j->shards[i].name), w);
  }
}

/* ---- Homes ----------------------------------------------------------------------------------------- */

typedef struct tally {
  const worker *worker;
  uint64_t rows;
} tally;

static void count_holders(const core *c, const core_shard *shard, tally *tallies, size_t *count) {
  const holding *h = place_of(c->holdings, c->holdings_capacity, prefix_of(&shard->name));
  for (uint32_t i = 0; i < CORE_HOLDERS_MAX && h->holders[i]; i++) {
    const worker *w = holder_worker(c, h->holders[i]);
    if (w == NULL || !worker_accepts(w)) {
      continue;
    }
    size_t at = 0;
    while (at < *count && tallies[at].worker != w) {
      at++;
    }
    if (at == *count && at < RUN_HOLDERS_MAX) {
      tallies[(*count)++] = (tally){.worker = w};
    }
    if (at < *count) {
      tallies[at].rows += shard->rows + 1ULL; /* an empty one counts too */
    }
  }
}

/* The home of a leaf: the worker that holds most of it; of several the one with the fewest leaves. */
static uint32_t choose_home(core *c, job *j, uint32_t leaf) {
  tally tallies[RUN_HOLDERS_MAX];
  size_t count = 0;
  for (uint32_t i = j->runs[leaf].first; i < j->runs[leaf + 1].first; i++) {
    count_holders(c, &j->shards[i], tallies, &count);
  }
  const tally *best = NULL;
  uint32_t best_waiting = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t known = c->homes_of_slots[tallies[i].worker->slot];
    const uint32_t waiting = known ? j->homes[known].count : 0;
    if (best == NULL || tallies[i].rows > best->rows ||
        (tallies[i].rows == best->rows &&
         (waiting < best_waiting ||
          (waiting == best_waiting && tallies[i].worker->peer < best->worker->peer)))) {
      best = &tallies[i];
      best_waiting = waiting;
    }
  }
  if (best == NULL) {
    return 0;
  }
  uint32_t *home_of = &c->homes_of_slots[best->worker->slot];
  if (!*home_of) {
    *home_of = j->homes_count++;
    j->homes[*home_of].holder = holder_of(c, best->worker);
  }
  return *home_of;
}

void homes_assign(core *c, job *j) {
  home *homes = calloc(c->workers_count + 1, sizeof *homes);
  if (homes == NULL) {
    c->out_of_memory = true;
    return;
  }
  for (size_t i = 0; i <= c->workers_count; i++) {
    chain_init(&homes[i].leaves);
  }
  home *old = j->homes;
  j->homes = homes;
  j->homes_count = 1;
  j->homed_ms = c->now_ms;
  if (c->holdings_count > 0) {
    memset(c->homes_of_slots, 0, sizeof c->homes_of_slots);
  }
  for (uint32_t i = 0; i < j->counts[0]; i++) {
    node *n = &j->levels[0][i];
    if (n->state == NODE_READY && !n->picky) {
      n->home = c->holdings_count > 0 ? choose_home(c, j, i) : 0;
      chain_remove(&n->in);
      chain_add_last(&homes[n->home].leaves, &n->in);
      homes[n->home].count++;
    }
  }
  free(old);
}
