/* What an accumulator depends on: the variables it reaches, the columns they need, and its digest.
 *
 * The digest renumbers the variables in the order in which a walk from the accumulator first
 * finishes them (inputs before what is made from them), so it is the same in every program.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/program/item.h"

typedef struct walk {
  const program *program;
  uint32_t *numbers; /* by variable; PROGRAM_NONE: not reached */
  uint32_t *order;   /* variables in the order of their numbers */
  uint32_t count;
} walk;

static status walk_init(walk *w, const program *p, error *err) {
  size_t count = (size_t)p->variables_count + 1;
  *w = (walk){
      .program = p, .numbers = malloc(count * sizeof *w->numbers), .order = malloc(count * sizeof *w->order)};
  if (w->numbers == NULL || w->order == NULL) {
    return error_no_memory(err, "program");
  }
  memset(w->numbers, 0xff, count * sizeof *w->numbers);
  return STATUS_OK;
}

static void walk_fini(walk *w) {
  free(w->numbers);
  free(w->order);
}

/* Recursion is at most PROGRAM_DEPTH_MAX deep. */
static void reach_variable(walk *w, uint32_t variable) {
  if (w->numbers[variable] != PROGRAM_NONE) {
    return;
  }
  const program_variable *v = &w->program->variables[variable];
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    reach_variable(w, v->inputs[i]);
  }
  w->order[w->count] = variable;
  w->numbers[variable] = w->count++;
}

static bool node_reads(filter_kind kind) {
  return kind >= FILTER_EQ;
}

static void reach_accumulator(walk *w, const program_accumulator *a) {
  const program *p = w->program;
  for (uint32_t i = 0; i < a->variables_count; i++) {
    reach_variable(w, a->variables[i]);
  }
  for (uint32_t i = 0; i < a->by_count; i++) {
    reach_variable(w, a->by[i]);
  }
  if (a->filter != PROGRAM_NONE) {
    const program_filter *f = &p->filters[a->filter];
    for (uint32_t i = 0; i < f->nodes_count; i++) {
      if (node_reads(f->nodes[i].kind)) {
        reach_variable(w, f->nodes[i].variable);
      }
    }
  }
  if (a->weight != PROGRAM_NONE) {
    reach_variable(w, p->weights[a->weight].variable);
  }
}

static int name_order(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static status columns_of(const walk *w, arena *a, const char ***names, uint32_t *count, error *err) {
  const program_variable *variables = w->program->variables;
  size_t total = 0;
  for (uint32_t i = 0; i < w->count; i++) {
    total += variables[w->order[i]].columns_count + (variables[w->order[i]].column != NULL ? 1 : 0);
  }
  const char **all = ARENA_ARRAY(a, const char *, total);
  if (all == NULL) {
    return error_no_memory(err, "column names");
  }
  size_t at = 0;
  for (uint32_t i = 0; i < w->count; i++) {
    const program_variable *v = &variables[w->order[i]];
    if (v->column != NULL) {
      all[at++] = v->column;
    }
    for (uint32_t k = 0; k < v->columns_count; k++) {
      all[at++] = v->columns[k];
    }
  }
  qsort(all, total, sizeof *all, name_order);
  size_t kept = 0;
  for (size_t i = 0; i < total; i++) {
    if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0) {
      all[kept++] = arena_copy(a, slice_of(all[i]));
      if (arena_failed(a)) {
        return error_no_memory(err, "column names");
      }
    }
  }
  *names = all;
  *count = (uint32_t)kept;
  return STATUS_OK;
}

status program_columns(const program *p, arena *a, const char ***names, uint32_t *count, error *err) {
  walk w;
  status st = walk_init(&w, p, err);
  if (st == STATUS_OK) {
    for (uint32_t i = 0; i < p->accumulators_count; i++) {
      reach_accumulator(&w, &p->accumulators[i]);
    }
    st = columns_of(&w, a, names, count, err);
  }
  walk_fini(&w);
  return st;
}

static void closure_encode(const walk *w, const program_accumulator *a, uint32_t version, buf *out) {
  const program *p = w->program;
  item_numbering numbering = {.variables = w->numbers};
  buf_put_u8(out, PROGRAM_VERSION);
  buf_put_varint(out, version);
  buf_put_varint(out, w->count);
  for (uint32_t i = 0; i < w->count; i++) {
    variable_encode(&p->variables[w->order[i]], &numbering, out);
  }
  if (a->filter != PROGRAM_NONE) {
    filter_encode(&p->filters[a->filter], &numbering, out);
  }
  if (a->weight != PROGRAM_NONE) {
    weight_encode(p->weights[a->weight], &numbering, out);
  }
  accumulator_encode(a, &numbering, out);
}

status program_accumulator_digest(const program *p, uint32_t accumulator, digest *out, error *err) {
  const program_accumulator *a = &p->accumulators[accumulator];
  const accumulator_kind *kind = accumulator_find(a->kind);
  if (kind == NULL) {
    return error_set(err, STATUS_USAGE, "unknown kind %u of accumulator", a->kind);
  }
  walk w;
  buf bytes = {0};
  status st = walk_init(&w, p, err);
  if (st == STATUS_OK) {
    reach_accumulator(&w, a);
    closure_encode(&w, a, kind->version, &bytes);
    st = buf_status(&bytes, "program", err);
  }
  if (st == STATUS_OK) {
    st = digest_of(bytes.data, bytes.length, out, err);
  }
  buf_fini(&bytes);
  walk_fini(&w);
  return st;
}
