/* Tasks at which workers die (invariant 2).
 *
 * Whoever had the task when it was lost counts, because nobody knows which of a worker's tasks killed it.  So
 * tasks that only ran beside the guilty one become suspect too: before a job ends the task runs alone, on a
 * worker that was emptied for it, and whatever is innocent passes.  Where such a worker still computes
 * something that it was given before and that nobody wants any more, its loss proves nothing.  Nothing of
 * this survives the broker: after a restart the count begins again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "broker/core/lost.h"

bool node_is_alone(const node *n) {
  return n->suspicion != NULL && n->suspicion->alone;
}

bool node_is_picky(const node *n) {
  return n == &n->owner->special || n->failures > 0 || n->disputed || n->copies > 0 || node_is_alone(n);
}

/* ---- Reservations ---------------------------------------------------------------------------------- */

void suspect_reserve(core *c, node *n, worker *w) {
  n->suspicion->reserved = w;
  w->reserved_for = n->suspicion;
  c->reserved_count++;
  worker_update_room(c, w);
}

void suspect_unreserve(core *c, node *n) {
  worker *w = n->suspicion != NULL ? n->suspicion->reserved : NULL;
  if (w != NULL) {
    n->suspicion->reserved = NULL;
    w->reserved_for = NULL;
    c->reserved_count--;
    worker_update_room(c, w);
  }
}

void suspect_forget(core *c, node *n) {
  suspicion *s = n->suspicion;
  verdict_forget(n);
  if (s != NULL) {
    suspect_unreserve(c, n);
    chain_remove(&s->all);
    chain_remove(&s->waiting);
    n->suspicion = NULL;
    free(s);
  }
}

static suspicion *suspect(core *c, node *n) {
  if (n->suspicion == NULL) {
    suspicion *s = calloc(1, sizeof *s);
    if (s == NULL) {
      c->out_of_memory = true;
      return NULL;
    }
    s->of = n;
    chain_init(&s->waiting);
    chain_add_last(&c->suspects, &s->all);
    n->suspicion = s;
  }
  return n->suspicion;
}

/* ---- The end of the job ---------------------------------------------------------------------------- */

/* The leaves below N: *FIRST up to, but not with, *END. */
static void leaves_of(const node *n, uint32_t *first, uint32_t *end) {
  const job *j = n->owner;
  uint64_t from = n->index;
  uint64_t to = from + 1;
  for (uint8_t level = n->level; level > 0; level--) {
    from *= CORE_FAN_IN;
    to *= CORE_FAN_IN;
  }
  *first = (uint32_t)from;
  *end = to < j->counts[0] ? (uint32_t)to : j->counts[0];
}

static uint64_t rows_before(const job *j, uint32_t leaf) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < leaf; i++) {
    rows += j->runs[i].rows;
  }
  return rows;
}

/* ", rows 1 to 65536, from shard ... to shard ..."; for the whole of the data nothing. */
static void describe_place(node *n, char *out, size_t capacity) {
  job *j = n->owner;
  out[0] = '\0';
  if (n->level >= CORE_LEVELS_MAX) {
    return;
  }
  uint32_t first = 0;
  uint32_t end = 0;
  leaves_of(n, &first, &end);
  const uint32_t from = j->runs[first].first;
  const uint32_t to = j->runs[end].first;
  if (from == to) {
    return;
  }
  char first_hex[DIGEST_HEX_BYTES];
  char last_hex[DIGEST_HEX_BYTES];
  digest_hex(&j->shards[from].name, first_hex);
  digest_hex(&j->shards[to - 1].name, last_hex);
  const bool is_one = to - from == 1;
  snprintf(out, capacity, ", rows %" PRIu64 " to %" PRIu64 ", shard%s %s%s%s", rows_before(j, first) + 1,
           rows_before(j, end), is_one ? "" : "s", first_hex, is_one ? "" : " to ", is_one ? "" : last_hex);
  j->blamed = &j->shards[from];
  j->blamed_count = to - from;
}

void suspect_condemn(core *c, node *n) {
  if (lost_task(c, n, n->suspicion->deaths)) {
    return;
  }
  char place[256];
  describe_place(n, place, sizeof place);
  error why;
  error_set(&why, STATUS_JOB,
            text_plural(n->suspicion->deaths,
                        "%" PRIu32 " worker was lost while it ran a task (%s %" PRIu32 " of stage %" PRIu32
                        "%s) and had nothing else to do: read what its log and machine say (out of memory?), "
                        "mend it or leave "
                        "those rows out, and submit again",
                        "%" PRIu32 " workers were lost while they ran one task (%s %" PRIu32
                        " of stage %" PRIu32 "%s), the last one with nothing else to do: read what their "
                        "logs and machines say (out of memory?), "
                        "mend it or leave those rows out, and submit again"),
            n->suspicion->deaths, core_work_name(node_work(n)), n->index, n->owner->stage, place);
  job_end(c, n->owner, &why);
}

/* ---- Losses ---------------------------------------------------------------------------------------- */

/* Another connection of the process: it is the line that broke. */
static bool lives_on(const core *c, const worker *gone) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (c->workers[i] != gone && c->workers[i]->by.who == gone->by.who) {
      return true;
    }
  }
  return false;
}

bool suspect_runs_alone(const node *n) {
  return n->state == NODE_RUNNING && n->suspicion != NULL && n->suspicion->reserved == n->at &&
         n->at->owed == 1;
}

void suspect_died(core *c, node *n, const worker *w, bool was_alone) {
  if (lives_on(c, w)) {
    return;
  }
  suspicion *s = suspect(c, n);
  if (s == NULL) {
    return;
  }
  if (was_alone && s->deaths >= c->deaths_max) {
    verdict_await(c, n, CORE_SILENCE_MS, NULL, NULL);
  }
  s->died[s->deaths++ % CORE_DIED_MAX] = w->by.who;
  if (s->deaths >= c->deaths_max && !s->alone) {
    s->alone = true;
    if (n->state == NODE_READY) {
      chain_add_last(&c->alone, &s->waiting);
    }
    job_note(c, n->owner, w->peer,
             "was lost while it ran %s %" PRIu32 " of stage %" PRIu32 ", as %" PRIu32
             " others were before; the task runs alone now",
             core_work_name(node_work(n)), n->index, n->owner->stage, s->deaths - 1);
  }
}

static bool take_back(suspicion *s, uint64_t who) {
  const uint32_t known = s->deaths < CORE_DIED_MAX ? s->deaths : CORE_DIED_MAX;
  for (uint32_t i = 0; i < known; i++) {
    if (s->died[i] == who) {
      s->died[i] = s->died[known - 1];
      s->died[known - 1] = 0;
      s->deaths--;
      return true;
    }
  }
  return false;
}

void suspects_returned(core *c, uint64_t who) {
  for (chain *at = c->suspects.next; at != &c->suspects;) {
    suspicion *s = CHAIN_OWNER(at, suspicion, all);
    node *n = s->of;
    at = at->next;
    if (!take_back(s, who)) {
      continue;
    }
    if (verdict_holds(n) && s->deaths <= c->deaths_max) {
      verdict_forget(n);
    }
    if (s->deaths >= c->deaths_max) {
      continue;
    }
    s->alone = false;
    chain_remove(&s->waiting);
    if (n->state != NODE_RUNNING) {
      suspect_unreserve(c, n);
    }
  }
}
