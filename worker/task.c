/* Tasks by name, in a table.  Whatever comes in is decoded with suspicion; whatever goes out is canonical. */
#include "worker/task.h"

#include "stats/stats.h"
#include "worker/map.h"

void task_output_fini(task_output *out) {
  buf_fini(&out->payloads[0]);
  buf_fini(&out->payloads[1]);
}

static status decode_program(slice bytes, program **out, error *err) {
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  TRY(program_decode(&r, out, err));
  status st = reader_finish(&r, "program", err);
  /* Frames assert that variables have the form that is asked for: here is where a stranger's program is
   * refused. */
  for (uint32_t i = 0; i < (*out)->accumulators_count && st == STATUS_OK; i++) {
    const program_accumulator *a = &(*out)->accumulators[i];
    uint64_t bytes_max = 0;
    st = accumulator_find(a->kind)->check(*out, a, &bytes_max, err);
  }
  if (st != STATUS_OK) {
    program_destroy(*out);
  }
  return st;
}

static status give_partial(const partial *p, task_output *out, error *err) {
  partial_encode(p, &out->payloads[0]);
  out->payloads_count = 1;
  return buf_status(&out->payloads[0], "a partial", err);
}

static status run_map(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count != 2 || in->payloads[1].length % DIGEST_BYTES != 0) {
    return error_set(err, STATUS_PROTOCOL, "a map task needs a program and shard names");
  }
  program *p = NULL;
  TRY(decode_program(in->payloads[0], &p, err));
  partial *all = NULL;
  map_counts counts;
  status st = map_shards(p, in->payloads[1], in->shards, in->stop, &counts, &all, err);
  if (st == STATUS_OK) {
    out->states_computed = counts.computed;
    out->states_cached = counts.cached;
    st = give_partial(all, out, err);
  }
  partial_destroy(all);
  program_destroy(p);
  return st;
}

/* The merge of all PARTIALS. */
static status merge_all(const program *p, const slice *partials, size_t count, partial **out, error *err) {
  TRY(partial_empty(p, out, err));
  for (size_t i = 0; i < count; i++) {
    reader r;
    reader_init(&r, partials[i].bytes, partials[i].length);
    partial *one = NULL;
    status st = partial_decode(p, &r, &one, err);
    if (st == STATUS_OK) {
      st = reader_finish(&r, "partial", err);
    }
    if (st == STATUS_OK) {
      st = partial_merge(*out, one, err);
    }
    partial_destroy(one);
    if (st != STATUS_OK) {
      partial_destroy(*out);
      *out = NULL;
      return st;
    }
  }
  return STATUS_OK;
}

static status run_reduce(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count < 2) {
    return error_set(err, STATUS_PROTOCOL, "a reduce task needs a program and partials");
  }
  program *p = NULL;
  TRY(decode_program(in->payloads[0], &p, err));
  partial *all = NULL;
  status st = merge_all(p, in->payloads + 1, in->payloads_count - 1, &all, err);
  if (st == STATUS_OK) {
    st = give_partial(all, out, err);
  }
  partial_destroy(all);
  program_destroy(p);
  return st;
}

static status step(const task_input *in, const buf *merged, task_output *out, error *err) {
  const slice plan_bytes = in->payloads[0];
  const slice state = in->payloads[1];
  stats_outcome outcome;
  TRY(stats_step(plan_bytes.bytes, plan_bytes.length, state.length ? state.bytes : NULL, state.length,
                 merged->data, merged->length, &outcome, err));
  if (outcome.report.length > 0) {
    out->payloads[0] = outcome.report;
    out->payloads_count = 1;
    return STATUS_OK;
  }
  out->payloads[0] = outcome.program;
  out->payloads[1] = outcome.state;
  out->payloads_count = 2;
  return STATUS_OK;
}

static status run_step(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count < 4) {
    return error_set(err, STATUS_PROTOCOL, "a step task needs a plan, a state, a program and partials");
  }
  program *p = NULL;
  TRY(decode_program(in->payloads[2], &p, err));
  partial *all = NULL;
  buf merged;
  buf_init(&merged);
  status st = merge_all(p, in->payloads + 3, in->payloads_count - 3, &all, err);
  if (st == STATUS_OK) {
    partial_encode(all, &merged);
    st = buf_status(&merged, "a partial", err);
  }
  if (st == STATUS_OK) {
    st = step(in, &merged, out, err);
  }
  buf_fini(&merged);
  partial_destroy(all);
  program_destroy(p);
  return st;
}

static const struct {
  const char *name;
  status (*run)(const task_input *in, task_output *out, error *err);
} works[] = {{"map", run_map}, {"reduce", run_reduce}, {"step", run_step}};

status task_run(const task_input *in, task_output *out, error *err) {
  *out = (task_output){0};
  for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
    if (slice_equal(in->work, slice_of(works[i].name))) {
      const status st = works[i].run(in, out, err);
      if (st != STATUS_OK) {
        task_output_fini(out);
        *out = (task_output){0};
      }
      return st;
    }
  }
  return error_set(err, STATUS_PROTOCOL, "unknown work '%.*s'",
                   in->work.length < 40 ? (int)in->work.length : 40, in->work.bytes);
}
