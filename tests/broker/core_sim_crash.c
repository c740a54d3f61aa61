/* The simulator's broker dies, and resumes from what its shell had committed. */
#include "tests/broker/core_sim.h"

void sim_keep_rows(sim *s, sim_job *j, const core_end *end) {
  if (end->parts_count != (j->keeps && end->report ? sim_leaves(j) : 0)) {
    sim_fail(s, "a job ends with %u parts of rows", end->parts_count);
  }
  for (uint32_t i = 0; i < end->parts_count; i++) {
    const sim_record *r = sim_record_find(j, j->stage, i);
    if (r == NULL || r->value != s->blobs[end->parts[i] - 1].value) {
      sim_fail(s, "part %u of a job's rows is not what the disk has", i);
    }
    j->rows_mix = sim_rows_mix(j->rows_mix, r->value);
  }
}

static void restore_job(sim *s, int number) {
  sim_job *j = &s->jobs[number];
  const uint64_t values[] = {j->plan, j->program, j->spec, j->manifest, j->first_program, j->state};
  core_blob blobs[6] = {0};
  for (int i = 0; i < 6; i++) {
    blobs[i] = values[i] ? sim_blob_new(s, values[i], 0) : 0;
  }
  sim_feed(s, &(core_event){.kind = CORE_RESTORED,
                            .restored = {.job = {.id = sim_job_id(number),
                                                 .priority = j->priority,
                                                 .timeout_ms = j->timeout_ms,
                                                 .read = j->read,
                                                 .may_lose = j->keeps_may_lose,
                                                 .plan = blobs[0],
                                                 .program = blobs[1],
                                                 .spec = blobs[2],
                                                 .manifest = blobs[3],
                                                 .shards = j->shards,
                                                 .shards_count = j->shards_count},
                                         .spent_ms = s->now_ms - j->submitted_ms,
                                         .first_program = blobs[4],
                                         .state = blobs[5],
                                         .stage = j->stage,
                                         .keeps = j->keeps,
                                         .content = j->content,
                                         .fingerprint = j->fingerprint,
                                         .states = j->states,
                                         .lost = j->lost,
                                         .lost_count = j->lost_count,
                                         .lost_late = j->lost_late}});
  for (size_t i = 0; i < j->records_count; i++) {
    const sim_record *r = &j->records[i];
    sim_feed(s, &(core_event){.kind = CORE_RESTORED_RESULT,
                              .restored_result = {.id = {sim_job_id(number), r->stage, r->task},
                                                  .partial = sim_blob_new(s, r->value, 0),
                                                  .content = r->content,
                                                  .states = r->states}});
  }
}

void sim_crash_broker(sim *s, sim_crash when) {
  s->crashes++;
  if (when != SIM_CRASH_BEFORE_COMMIT) {
    sim_commit(s);
  }
  const size_t done = when == SIM_CRASH_WHILE_SENDING ? (size_t)sim_below(s, s->actions.count + 1) : 0;
  for (size_t i = 0; i < done; i++) {
    sim_carry_out(s, &s->actions.at[i]);
  }
  s->actions.count = 0;
  core_destroy(s->core);
  sim_start_core(s);
  s->blobs_count = s->blobs_live = 0;
  s->watches_count = 0;
  for (int i = 0; i < SIM_WORKERS; i++) {
    s->workers[i].peer = 0;
  }
  for (int i = 0; i < SIM_JOBS; i++) {
    if (s->jobs[i].kept && !s->jobs[i].ended) {
      restore_job(s, i);
    }
  }
  for (size_t i = 0; i < s->actions.count; i++) {
    if (s->actions.at[i].kind != CORE_RELEASE) {
      sim_fail(s, "restoring a job leads to action %d", (int)s->actions.at[i].kind);
    }
  }
  sim_turn(s);
}
