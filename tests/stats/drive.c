#include "drive.h"

static status give_rows(void *context, const stats_rows **rows, error *err) {
  (void)err;
  *rows = context;
  return STATUS_OK;
}

static status map_all(slice program_bytes, const stats_rows *shards, size_t count, buf *out, error *err) {
  stats_map *m = NULL;
  TRY(stats_map_open(program_bytes, &m, err));
  status st = STATUS_OK;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    stats_rows rows = shards[i];
    uint64_t computed = 0;
    st = stats_map_add(m, give_rows, &rows, NULL, &computed, err);
  }
  if (st == STATUS_OK) {
    st = stats_map_write(m, out, err);
  }
  stats_map_destroy(m);
  return st;
}

static status stage(const buf *plan_bytes, const buf *program_bytes, const buf *state,
                    const stats_rows *shards, size_t count, stats_outcome *out, error *err) {
  buf partial_bytes;
  buf_init(&partial_bytes);
  status st = map_all((slice){(const char *)program_bytes->data, program_bytes->length}, shards, count,
                      &partial_bytes, err);
  if (st == STATUS_OK) {
    st = stats_step(plan_bytes->data, plan_bytes->length, state->length ? state->data : NULL, state->length,
                    partial_bytes.data, partial_bytes.length, out, err);
  }
  buf_fini(&partial_bytes);
  return st;
}

status drive(const plan *p, const stats_rows *shards, size_t shards_count, buf *report, error *err) {
  buf plan_bytes;
  buf program_bytes;
  buf state;
  buf_init(report);
  buf_init(&plan_bytes);
  buf_init(&program_bytes);
  buf_init(&state);
  plan_encode(p, &plan_bytes);
  program_encode(p->program, &program_bytes);
  status st = buf_status(&plan_bytes, "plan", err);
  while (st == STATUS_OK && report->length == 0) {
    stats_outcome outcome = {0};
    st = stage(&plan_bytes, &program_bytes, &state, shards, shards_count, &outcome, err);
    if (st == STATUS_OK) {
      buf_fini(report);
      *report = outcome.report;
      buf_fini(&program_bytes);
      program_bytes = outcome.program;
      buf_fini(&state);
      state = outcome.state;
    }
  }
  buf_fini(&plan_bytes);
  buf_fini(&program_bytes);
  buf_fini(&state);
  return st;
}
