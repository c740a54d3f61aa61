/* MAP and REDUCE over bytes: checked when they are decoded, canonical when they are encoded; and what else is
 * asked of bytes. */
#include <stdlib.h>

#include "stats/accumulators/partial.h"
#include "stats/plan/plan.h"
#include "stats/stats.h"

struct stats_map {
  program *program;
  partial *all;
};

static status decode_program(slice bytes, program **out, error *err) {
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  TRY(program_decode(&r, out, err));
  status st = reader_finish(&r, "program", err);
  /* Frames assert that variables have the form that is asked for: here is where an untrusted program is
   * refused. */
  for (uint32_t i = 0; i < (*out)->accumulators_count && st == STATUS_OK; i++) {
    const program_accumulator *a = &(*out)->accumulators[i];
    uint64_t bytes_max = 0;
    st = accumulator_find(a->kind)->check(*out, a, &bytes_max, err);
  }
  if (st != STATUS_OK) {
    program_destroy(*out);
    *out = NULL;
  }
  return st;
}

status stats_map_open(slice program_bytes, stats_map **out, error *err) {
  stats_map *m = calloc(1, sizeof *m);
  if (m == NULL) {
    return error_no_memory(err, "a map");
  }
  status st = decode_program(program_bytes, &m->program, err);
  if (st == STATUS_OK) {
    st = partial_empty(m->program, &m->all, err);
  }
  if (st != STATUS_OK) {
    stats_map_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}

void stats_map_destroy(stats_map *m) {
  if (m != NULL) {
    partial_destroy(m->all);
    program_destroy(m->program);
    free(m);
  }
}

uint32_t stats_map_states(const stats_map *m) {
  return m->program->accumulators_count;
}

status stats_map_name(const stats_map *m, uint32_t number, digest *out, error *err) {
  return program_accumulator_digest(m->program, number, out, err);
}

static status map_plain(const program *p, partial_rows open, void *context, partial **out, error *err) {
  const stats_rows *rows = NULL;
  TRY(open(context, &rows, err));
  return partial_map(p, rows, out, err);
}

status stats_map_add(stats_map *m, partial_rows open, void *context, const partial_cache *cache,
                     uint64_t *computed, error *err) {
  partial *one = NULL;
  if (cache != NULL) {
    TRY(partial_map_cached(m->program, open, context, cache, computed, &one, err));
  } else {
    TRY(map_plain(m->program, open, context, &one, err));
    *computed += m->program->accumulators_count;
  }
  const status st = partial_merge(m->all, one, err);
  partial_destroy(one);
  return st;
}

status stats_map_write(const stats_map *m, buf *out, error *err) {
  partial_encode(m->all, out);
  return buf_status(out, "a partial", err);
}

static status decode_partial(const program *p, slice bytes, partial **out, error *err) {
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  TRY(partial_decode(p, &r, out, err));
  const status st = reader_finish(&r, "partial", err);
  if (st != STATUS_OK) {
    partial_destroy(*out);
    *out = NULL;
  }
  return st;
}

static status merge_one(const program *p, slice bytes, partial *into, error *err) {
  partial *one = NULL;
  TRY(decode_partial(p, bytes, &one, err));
  const status st = partial_merge(into, one, err);
  partial_destroy(one);
  return st;
}

status stats_check_program(slice program_bytes, error *err) {
  program *p = NULL;
  TRY(decode_program(program_bytes, &p, err));
  program_destroy(p);
  return STATUS_OK;
}

status stats_check_partial(slice program_bytes, slice partial_bytes, error *err) {
  program *p = NULL;
  partial *one = NULL;
  TRY(decode_program(program_bytes, &p, err));
  const status st = decode_partial(p, partial_bytes, &one, err);
  partial_destroy(one);
  program_destroy(p);
  return st;
}

status stats_reduce(slice program_bytes, const slice *partials, size_t count, buf *merged, error *err) {
  stats_map *m = NULL;
  TRY(stats_map_open(program_bytes, &m, err));
  status st = STATUS_OK;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    st = merge_one(m->program, partials[i], m->all, err);
  }
  if (st == STATUS_OK) {
    st = stats_map_write(m, merged, err);
  }
  stats_map_destroy(m);
  return st;
}

status stats_check_plan(slice plan_bytes, error *err) {
  plan *p = NULL;
  TRY(plan_decode(plan_bytes.bytes, plan_bytes.length, &p, err));
  plan_destroy(p);
  return STATUS_OK;
}

bool stats_plan_may_lose(slice plan_bytes) {
  plan *p = NULL;
  const bool may = plan_decode(plan_bytes.bytes, plan_bytes.length, &p, NULL) == STATUS_OK && p->may_lose;
  plan_destroy(p);
  return may;
}
