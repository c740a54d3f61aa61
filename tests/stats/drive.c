#include "tests/stats/drive.h"

#include <stdio.h>
#include <stdlib.h>

#include "stats/stats.h"

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

static status drive(const plan *p, const stats_rows *shards, size_t shards_count, buf *report, error *err) {
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

static void must(status st, const char *what, const error *err) {
  if (st != STATUS_OK) {
    fprintf(stderr, "%s: %s\n", what, err->message);
    abort();
  }
}

buf drive_bytes(const plan *p, const fixture *data, uint32_t shard_rows) {
  error err = {0};
  const uint32_t rows = fixture_rows(data)->count;
  const uint32_t count = rows / shard_rows + (rows % shard_rows > 0 ? 1 : 0);
  fixture **cuts = calloc((size_t)count + 1, sizeof *cuts);
  stats_rows *shards = calloc((size_t)count + 1, sizeof *shards);
  must(cuts != NULL && shards != NULL ? STATUS_OK : error_no_memory(&err, "shards"), "driving a plan", &err);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t first = i * shard_rows;
    cuts[i] = fixture_cut(data, first, rows - first < shard_rows ? rows - first : shard_rows);
    shards[i] = *fixture_rows(cuts[i]);
  }
  buf report;
  must(drive(p, shards, count, &report, &err), "driving a plan", &err);
  for (uint32_t i = 0; i < count; i++) {
    fixture_destroy(cuts[i]);
  }
  free(cuts);
  free(shards);
  return report;
}

json *drive_report(const plan *p, const fixture *data, uint32_t shard_rows, arena *a) {
  error err = {0};
  buf bytes = drive_bytes(p, data, shard_rows);
  json *out = NULL;
  must(json_parse(a, (slice){(const char *)bytes.data, bytes.length}, "report", &out, &err), "a report",
       &err);
  buf_fini(&bytes);
  return out;
}
