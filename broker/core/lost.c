/* Shards that a job goes on without (invariant 9, docs/decisions/030).
 *
 * The list belongs to the job.  A leaf computes over what is left of its run, so that the tree, and what it
 * has of other leaves, stays as it is; its inputs have another tag, so that no late result over all of the
 * run counts.  In the first stage nothing else is to be done: the leaf had no result.  Later the earlier
 * stages have counted what is lost now: the stage goes on to its STEP, to find out what else is lost, and
 * instead of it the job starts again. */
#include "broker/core/lost.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* ---- The list -------------------------------------------------------------------------------------- */

/* The place of SHARD in the list, or where it belongs. */
static uint32_t place_of(const job *j, uint32_t shard) {
  uint32_t low = 0;
  uint32_t high = j->lost_count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (j->lost[middle].shard < shard) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static bool is_lost(const job *j, uint32_t shard) {
  const uint32_t at = place_of(j, shard);
  return at < j->lost_count && j->lost[at].shard == shard;
}

static void add(core *c, job *j, uint32_t shard, lost_cause cause) {
  if (!ARRAY_ROOM(j->lost, j->lost_count, j->lost_capacity)) {
    c->out_of_memory = true;
    return;
  }
  const uint32_t at = place_of(j, shard);
  memmove(&j->lost[at + 1], &j->lost[at], (j->lost_count - at) * sizeof *j->lost);
  j->lost[at] = (lost_shard){.shard = shard, .cause = cause};
  j->lost_count++;
  j->rows_lost += j->shards[shard].rows;
}

void lost_restore(core *c, job *j, const core_restoration *e) {
  for (uint32_t i = 0; i < e->lost_count; i++) {
    if (e->lost[i].shard < j->shards_count && !is_lost(j, e->lost[i].shard)) {
      add(c, j, e->lost[i].shard, e->lost[i].cause);
    }
  }
  j->lost_late = e->lost_late && e->stage > 0;
}

/* As it is now, for as long as actions last. */
static const lost_shard *lend(core *c, const job *j) {
  lost_shard *copy = ARENA_ARRAY(c->lent, lost_shard, (size_t)j->lost_count + 1);
  if (copy == NULL) {
    c->out_of_memory = true;
    return j->lost;
  }
  if (j->lost_count > 0) {
    memcpy(copy, j->lost, j->lost_count * sizeof *copy);
  }
  return copy;
}

static void keep(core *c, const job *j) {
  core_keep(c, &(core_action){.kind = CORE_KEEP_LOST,
                              .keep_lost = {.job = j->id,
                                            .lost = lend(c, j),
                                            .lost_count = j->lost_count,
                                            .rows = j->rows_lost,
                                            .is_late = j->lost_late}});
}

void lost_forget(core *c, job *j) {
  if (j->lost_count > 0) {
    j->lost_count = 0;
    j->rows_lost = 0;
    keep(c, j);
  }
}

/* ---- What tasks are given -------------------------------------------------------------------------- */

digest lost_digest(const job *j, const node *n) {
  digest d = {{0}};
  uint64_t sum = 0;
  const bool is_leaf = n->level == 0;
  const uint32_t from = is_leaf ? j->runs[n->index].first : 0;
  const uint32_t to = is_leaf ? j->runs[n->index + 1].first : n->level == CORE_LEVEL_STEP ? UINT32_MAX : 0;
  for (uint32_t i = place_of(j, from); i < j->lost_count && j->lost[i].shard < to; i++) {
    const uint64_t parts[] = {sum, j->lost[i].shard, (uint64_t)j->lost[i].cause};
    sum = digest_xxh3(parts, sizeof parts) | 1;
  }
  memcpy(d.bytes, &sum, sizeof sum);
  return d;
}

const core_shard *lost_leave(core *c, const node *n, uint32_t *count) {
  const job *j = n->owner;
  const uint32_t from = j->runs[n->index].first;
  const uint32_t to = j->runs[n->index + 1].first;
  *count = to - from;
  if (place_of(j, from) == place_of(j, to)) {
    return &j->shards[from];
  }
  core_shard *left = ARENA_ARRAY(c->lent, core_shard, (size_t)(to - from) + 1);
  if (left == NULL) {
    c->out_of_memory = true;
    return &j->shards[from];
  }
  *count = 0;
  for (uint32_t i = from; i < to; i++) {
    if (!is_lost(j, i)) {
      left[(*count)++] = j->shards[i];
    }
  }
  return left;
}

void lost_tell(core *c, const job *j, core_task *task, core_blob *blobs, uint32_t *count) {
  if (j->lost_count > 0 && j->stage == 0) {
    blobs[(*count)++] = j->manifest;
    task->lost = lend(c, j);
    task->lost_count = j->lost_count;
  }
}

/* ---- Giving up ------------------------------------------------------------------------------------- */

/* Shards of N's run, from FROM up to TO, that are not lost yet. */
typedef struct share {
  uint32_t from, to;
  uint32_t count;
  uint64_t rows;
} share;

static share share_of(const job *j, uint32_t from, uint32_t to) {
  share s = {.from = from, .to = to};
  for (uint32_t i = from; i < to; i++) {
    if (!is_lost(j, i)) {
      s.count++;
      s.rows += j->shards[i].rows;
    }
  }
  return s;
}

/* "rows 65537 to 98304 (map 2 of stage 0)" */
static void describe(const node *n, const share *s, char *out, size_t capacity) {
  const job *j = n->owner;
  uint64_t first = 1;
  uint64_t rows = 0;
  for (uint32_t i = 0; i < s->to; i++) {
    first += i < s->from ? j->shards[i].rows : 0;
    rows += i < s->from ? 0 : j->shards[i].rows;
  }
  if (rows == 0) {
    snprintf(out, capacity, "a shard without rows (map %" PRIu32 " of stage %" PRIu32 ")", n->index,
             j->stage);
  } else {
    snprintf(out, capacity, "rows %" PRIu64 " to %" PRIu64 " (map %" PRIu32 " of stage %" PRIu32 ")", first,
             first + rows - 1, n->index, j->stage);
  }
}

/* Nothing of what was found out about the task holds for what is left of it. */
static void begin_anew(core *c, node *n) {
  node_stop(c, n);
  suspect_forget(c, n);
  strays_drop(c, n);
  n->failures = n->losses = n->copies = 0;
  n->is_final = false;
  node_void(c, n);
}

static void give_up(core *c, node *n, const share *s, lost_cause cause, const char *why) {
  job *j = n->owner;
  char place[128];
  describe(n, s, place, sizeof place);
  for (uint32_t i = s->from; i < s->to; i++) {
    if (!is_lost(j, i)) {
      add(c, j, i, cause);
    }
  }
  j->lost_late = j->lost_late || j->stage > 0;
  keep(c, j);
  core_action note = {.kind = CORE_KEEP_NOTE,
                      .note = {.job = j->id, .shards = &j->shards[s->from], .shards_count = s->to - s->from}};
  snprintf(note.note.text, sizeof note.note.text, "goes on without %s: %.600s", place, why);
  core_keep(c, &note);
  begin_anew(c, n);
  job_tell(c, j);
}

/* Too much of the job is lost for a report to mean anything.  False: it goes on. */
static bool ends(core *c, node *n, const share *s, const char *why) {
  job *j = n->owner;
  const bool has_left =
      j->rows_total > 0 ? j->rows_lost + s->rows < j->rows_total : j->lost_count + s->count < j->shards_count;
  error told;
  if (!has_left) {
    error_set(&told, STATUS_JOB,
              "no row of the dataset is left: all shards are lost, the last one because %.700s", why);
  } else if (j->lost_count + s->count > LOST_SHARDS_MAX) {
    error_set(
        &told, STATUS_JOB,
        "more than %d shards are lost, the last one because %.700s; put the dataset again and submit again",
        (int)LOST_SHARDS_MAX, why);
  } else {
    return false;
  }
  j->blamed = &j->shards[s->from];
  j->blamed_count = s->to - s->from;
  job_end(c, j, &told);
  return true;
}

static bool may_lose(const node *n) {
  return n->owner->may_lose && n->level == 0 &&
         n->owner->runs[n->index].first < n->owner->runs[n->index + 1].first;
}

/* How many leaves were given up because workers were lost. */
static uint32_t poisonous(const job *j) {
  uint32_t found = 0;
  for (uint32_t leaf = 0; leaf < j->counts[0]; leaf++) {
    bool is_one = false;
    for (uint32_t i = place_of(j, j->runs[leaf].first); i < place_of(j, j->runs[leaf + 1].first); i++) {
      is_one = is_one || j->lost[i].cause == LOST_WORKERS;
    }
    found += is_one;
  }
  return found;
}

bool lost_task(core *c, node *n, uint32_t deaths) {
  const job *j = n->owner;
  if (!may_lose(n)) {
    return false;
  }
  const share s = share_of(j, j->runs[n->index].first, j->runs[n->index + 1].first);
  if (s.count == 0 || poisonous(j) >= CORE_POISON_MAX) {
    return false; /* it is not the data at which they die */
  }
  char why[160];
  snprintf(why, sizeof why,
           "%" PRIu32 " workers were lost while they ran that task, the last one with nothing else to do",
           deaths);
  if (!ends(c, n, &s, why)) {
    give_up(c, n, &s, LOST_WORKERS, why);
  }
  return true;
}

bool lost_named(core *c, node *n, const digest *lost, const error *why) {
  const job *j = n->owner;
  if (!may_lose(n) || (why->code != STATUS_NOT_FOUND && why->code != STATUS_CORRUPT)) {
    return false;
  }
  for (uint32_t i = j->runs[n->index].first; i < j->runs[n->index + 1].first; i++) {
    if (digest_equal(&j->shards[i].name, lost) && !is_lost(j, i)) {
      const share s = share_of(j, i, i + 1);
      if (!ends(c, n, &s, why->message)) {
        give_up(c, n, &s, LOST_BYTES, why->message);
      }
      return true;
    }
  }
  return false;
}

bool lost_starts_again(core *c, job *j) {
  if (!j->lost_late) {
    return false;
  }
  job_note(c, j, 0,
           "starts again from its first stage without %" PRIu64 " %s (%" PRIu32
           " %s): lost after earlier stages had counted them",
           j->rows_lost, text_plural(j->rows_lost, "row", "rows"), j->lost_count,
           text_plural(j->lost_count, "shard", "shards"));
  job_restart(c, j, false);
  return true;
}
