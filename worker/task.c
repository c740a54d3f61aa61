/* Tasks by name, in a table.  All input is decoded as hostile; all output is canonical. */
#include "worker/task.h"

#include <stdlib.h>
#include <string.h>

#include "specification/preparation.h"
#include "stats/stats.h"
#include "worker/assignment.h"
#include "worker/lost.h"
#include "worker/rows.h"

void task_output_fini(task_output *out) {
  buf_fini(&out->payloads[0]);
  buf_fini(&out->payloads[1]);
}

static status run_map(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count != 2 || in->payloads[1].length % BLOB_NAME_BYTES != 0) {
    return error_set(err, STATUS_PROTOCOL, "a map task needs a program and shard names");
  }
  map_counts counts = {0};
  TRY(map_shards(in->payloads[0], in->payloads[1], &in->source, in->shards, in->stop, &counts,
                 &out->payloads[0], err));
  out->payloads_count = 1;
  out->states_computed = counts.computed;
  out->states_cached = counts.cached;
  return STATUS_OK;
}

static status run_reduce(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count < 2) {
    return error_set(err, STATUS_PROTOCOL, "a reduce task needs a program and partials");
  }
  out->payloads_count = 1;
  return stats_reduce(in->payloads[0], in->payloads + 1, in->payloads_count - 1, &out->payloads[0], err);
}

static status step_over(const task_input *in, slice merged, stats_outcome *came, error *err) {
  const slice plan_bytes = in->payloads[0];
  const slice state = in->payloads[1];
  if (in->lost > 0) {
    return lost_step(in->payloads + in->payloads_count - LOST_PAYLOADS, plan_bytes, merged, came, err);
  }
  return stats_step(plan_bytes.bytes, plan_bytes.length, state.length ? state.bytes : NULL, state.length,
                    merged.bytes, merged.length, came, err);
}

static status step(const task_input *in, const buf *merged, task_output *out, error *err) {
  stats_outcome came;
  TRY(step_over(in, (slice){(const char *)merged->data, merged->length}, &came, err));
  out->keeps = came.report.length > 0 && came.program.length > 0;
  out->payloads_count = came.program.length > 0 ? 2 : 1;
  out->payloads[0] = came.program.length > 0 ? came.program : came.report;
  if (out->payloads_count == 2) {
    out->payloads[1] = out->keeps ? came.report : came.state;
  }
  return STATUS_OK;
}

/* Partials are between the program and what is told of lost shards. */
static size_t partials_end(const task_input *in) {
  return in->payloads_count - (in->lost > 0 ? LOST_PAYLOADS : 0);
}

static status run_step(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count < 4 || partials_end(in) < 4) {
    return error_set(err, STATUS_PROTOCOL, "a step task needs a plan, a state, a program and partials");
  }
  buf merged;
  buf_init(&merged);
  status st = stats_reduce(in->payloads[2], in->payloads + 3, partials_end(in) - 3, &merged, err);
  if (st == STATUS_OK) {
    st = step(in, &merged, out, err);
  }
  buf_fini(&merged);
  return st;
}

static status run_rows(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count != 2 || in->payloads[1].length % BLOB_NAME_BYTES != 0) {
    return error_set(err, STATUS_PROTOCOL, "a rows task needs the columns of rows and shard names");
  }
  out->payloads_count = 1;
  return rows_of_shards(in->payloads[0], in->is_first, in->payloads[1], &in->source, in->stop,
                        &out->payloads[0], err);
}

/* ---- Preparation ----------------------------------------------------------------------------------- */

static status make_plan(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count != 2) {
    return error_set(err, STATUS_PROTOCOL, "a plan task needs a specification and a manifest");
  }
  TRY(preparation_plan_task(in->payloads[0], in->payloads[1], &out->payloads[0], &out->payloads[1], err));
  out->payloads_count = 2;
  TRY(buf_status(&out->payloads[0], "a plan", err));
  out->may_lose = stats_plan_may_lose((slice){(const char *)out->payloads[0].data, out->payloads[0].length});
  return buf_status(&out->payloads[1], "a program", err);
}

enum { PATH_BYTES = 64 };

typedef struct files {
  char (*paths)[PATH_BYTES];
  char **names;
  const char **borrowed_paths;
  size_t count;
} files;

static void files_fini(files *f) {
  for (size_t i = 0; f->names != NULL && i < f->count; i++) {
    free(f->names[i]);
  }
  free(f->names);
  free(f->paths);
  free(f->borrowed_paths);
}

/* Payload 2 + i: a blob's name, then the file's. */
static status find_files(const task_input *in, files *f, error *err) {
  f->count = in->payloads_count - 2;
  f->paths = calloc(f->count + 1, sizeof *f->paths);
  f->names = calloc(f->count + 1, sizeof *f->names);
  f->borrowed_paths = calloc(f->count + 1, sizeof *f->borrowed_paths);
  if (f->paths == NULL || f->names == NULL || f->borrowed_paths == NULL) {
    return error_no_memory(err, "the names of files");
  }
  for (size_t i = 0; i < f->count; i++) {
    const slice p = in->payloads[2 + i];
    if (p.length <= BLOB_NAME_BYTES || p.length > BLOB_NAME_BYTES + MESSAGE_TEXT_MAX) {
      return error_set(err, STATUS_PROTOCOL, "a file's name has 1 to %d bytes", (int)MESSAGE_TEXT_MAX);
    }
    const slice name = {p.bytes + BLOB_NAME_BYTES, p.length - BLOB_NAME_BYTES};
    if (memchr(name.bytes, 0, name.length) != NULL ||
        text_utf8_check(name.bytes, name.length) != name.length) {
      return error_set(err, STATUS_PROTOCOL, "a file's name is not UTF-8");
    }
    digest blob;
    uint64_t bytes = 0;
    blob_name_read(p.bytes, &blob, &bytes);
    TRY(in->path(in->source.context, &blob, bytes, f->paths[i], sizeof f->paths[i], err));
    f->borrowed_paths[i] = f->paths[i];
    f->names[i] = slice_copy(name);
    if (f->names[i] == NULL) {
      return error_no_memory(err, "the names of files");
    }
  }
  return STATUS_OK;
}

static status read_files(const task_input *in, task_output *out, error *err) {
  if (in->payloads_count < 3) {
    return error_set(err, STATUS_PROTOCOL,
                     "a read task needs a specification, a manifest or none, and files");
  }
  files f = {0};
  status st = find_files(in, &f, err);
  if (st == STATUS_OK) {
    st = preparation_read_task(
        in->payloads[0], in->payloads[1], f.borrowed_paths, (const char *const *)f.names, f.count,
        in->shard_rows > 0 ? in->shard_rows : TASK_READ_SHARD_ROWS, in->shards, &out->payloads[0], err);
  }
  files_fini(&f);
  TRY(st);
  out->payloads_count = 1;
  return buf_status(&out->payloads[0], "a manifest", err);
}

/* ---- What cannot be read ---------------------------------------------------------------------------- */

/* 1 + the first of the partials from FIRST on that is none of the program in payload OF; 0: all are. */
static size_t find_partial(const task_input *in, size_t of, size_t first) {
  for (size_t i = first; i < partials_end(in); i++) {
    if (stats_check_partial(in->payloads[of], in->payloads[i], NULL) == STATUS_CORRUPT) {
      return i + 1;
    }
  }
  return 0;
}

static size_t blame_program(const task_input *in) {
  return stats_check_program(in->payloads[0], NULL) == STATUS_CORRUPT ? 1 : 0;
}

static size_t blame_sheet(const task_input *in) {
  return stats_check_sheet(in->payloads[0], NULL) == STATUS_CORRUPT ? 1 : 0;
}

static size_t blame_reduced(const task_input *in) {
  const size_t first = blame_program(in);
  return first > 0 ? first : find_partial(in, 0, 1);
}

/* When its plan, program and partials are in order, it is what the STEP before left, or the plan that
 * promises more than its program has. */
static size_t blame_stepped(const task_input *in) {
  if (stats_check_plan(in->payloads[0], NULL) == STATUS_CORRUPT) {
    return 1;
  }
  if (stats_check_program(in->payloads[2], NULL) == STATUS_CORRUPT) {
    return 3;
  }
  const size_t partial = find_partial(in, 2, 3);
  if (partial > 0) {
    return partial;
  }
  return in->payloads[1].length > 0 ? 2 : 1;
}

static const struct {
  const char *name;
  status (*run)(const task_input *in, task_output *out, error *err);
  size_t (*blame)(const task_input *in); /* NULL: its payloads are a client's, or a dataset's */
  size_t payloads_least;
} works[] = {{"map", run_map, blame_program, 2},   {"reduce", run_reduce, blame_reduced, 2},
             {"step", run_step, blame_stepped, 4}, {"plan", make_plan, NULL, 0},
             {"read", read_files, NULL, 0},        {"rows", run_rows, blame_sheet, 2}};

status task_run(const task_input *in, task_output *out, error *err) {
  *out = (task_output){0};
  for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
    if (slice_equal(in->work, slice_of(works[i].name))) {
      const status st = works[i].run(in, out, err);
      if (st != STATUS_OK) {
        task_output_fini(out);
        *out = (task_output){0};
      }
      if (st == STATUS_CORRUPT && works[i].blame != NULL && in->payloads_count >= works[i].payloads_least) {
        out->unreadable = works[i].blame(in);
      }
      return st;
    }
  }
  const slice work = text_cut(in->work, 40);
  return error_set(err, STATUS_PROTOCOL, "unknown work '%.*s'", SLICE_ARG(work));
}
