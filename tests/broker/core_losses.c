#include "tests/broker/core_losses.h"

/* One or two of the first job's. */
void losses_choose(sim *s) {
  sim_job *j = &s->jobs[0];
  if (j->shards_count == 0) {
    return;
  }
  const uint64_t kinds = 1 + sim_below(s, 3);
  if (kinds != 2) {
    s->deadly = sim_shard_value(&j->shards[sim_below(s, j->shards_count)]);
    s->deadly_from = (uint32_t)sim_below(s, j->stages + j->rows);
  }
  if (kinds != 1) {
    s->gone = sim_shard_value(&j->shards[sim_below(s, j->shards_count)]);
    s->gone_from = (uint32_t)sim_below(s, j->stages + j->rows);
  }
}

/* All of the deadly one's leaf is given up, and of the other one itself; whoever was found first. */
static bool is_rightly_lost(const sim *s, const sim_job *j, const lost_shard *one) {
  const uint64_t value = sim_shard_value(&j->shards[one->shard]);
  uint32_t first = 0;
  uint32_t end = 0;
  bool is_beside = false;
  sim_leaf_of(j, one->shard, &first, &end);
  for (uint32_t i = first; i < end; i++) {
    is_beside = is_beside || sim_shard_value(&j->shards[i]) == s->deadly;
  }
  return one->cause == LOST_BYTES ? value == s->gone : is_beside;
}

static bool has_lost(const sim_job *j, uint64_t value) {
  for (uint32_t i = 0; i < j->lost_count; i++) {
    if (sim_shard_value(&j->shards[j->lost[i].shard]) == value) {
      return true;
    }
  }
  return false;
}

void losses_check(const sim *s, int job, bool has_slow) {
  const sim_job *j = &s->jobs[job];
  for (uint32_t i = 0; i < j->lost_count; i++) {
    if (job > 0 || !is_rightly_lost(s, j, &j->lost[i])) {
      sim_fail(s, "job %d lost shard %u (%s), which was there", job, j->lost[i].shard,
               lost_cause_name(j->lost[i].cause));
    }
  }
  const bool is_whole =
      job > 0 || has_slow ||
      ((s->deadly == 0 || has_lost(j, s->deadly)) && (s->gone == 0 || has_lost(j, s->gone)));
  if (j->failure == STATUS_OK && !is_whole) {
    sim_fail(s, "job %d has a report of shards that nobody could compute", job);
  }
}
