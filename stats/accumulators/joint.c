/* JOINT: joint tables of pairs of variables, for rank statistics.
 *
 * Tables grow only by new (x, y), so whether together they pass entries_max does not depend on the order of
 * merging; past it the state is overflown, and stays so. */
#include "stats/accumulators/joint.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

enum { ENTRY_BYTES_MIN = 3 }; /* of an encoded entry: x, y, n, and w when weighted */

typedef struct joint {
  joint_state s; /* what analyses see */
  uint64_t entries_max;
} joint;

static status joint_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 2,
                                          .variables_max = 4096,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true,
                                          .params_min = 2,
                                          .params_max = 2};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 0 || a->params[0] >= (int64_t)a->variables_count) {
    return error_set(err, STATUS_USAGE, "joint: split %lld is not below the %u variables",
                     (long long)a->params[0], a->variables_count);
  }
  if (a->params[1] < 1) {
    return error_set(err, STATUS_USAGE, "joint: tables of %lld entries; expected at least 1",
                     (long long)a->params[1]);
  }
  TRY(accumulator_check_bytes(p, a, (uint64_t)a->params[1], sizeof(joint_entry), err));
  TRY(accumulator_check_bytes(p, a, pairs_count(pairs_of(a)), sizeof(joint_table), err));
  *bytes_max = 0;
  return STATUS_OK;
}

static void destroy_tables(joint_table *at, uint64_t count) {
  for (uint64_t i = 0; at != NULL && i < count; i++) {
    free(at[i].entries);
  }
  free(at);
}

static uint64_t tables_count(const joint_state *s) {
  return s->at != NULL ? (uint64_t)grouping_places(&s->groups) * s->pairs_count : 0;
}

static void joint_destroy(void *state) {
  joint *j = state;
  if (j != NULL) {
    destroy_tables(j->s.at, tables_count(&j->s));
    grouping_fini(&j->s.groups);
    free(j);
  }
}

/* A state of A without its groups and tables. */
static status joint_new(const program *p, const program_accumulator *a, joint **out, error *err) {
  joint *j = calloc(1, sizeof *j);
  if (j == NULL) {
    return error_no_memory(err, "joint");
  }
  j->s.pairs_count = (uint32_t)pairs_count(pairs_of(a));
  j->s.weighted = a->weight != PROGRAM_NONE;
  j->entries_max = (uint64_t)a->params[1];
  j->s.weight_decimals = accumulator_weight_decimals(p, a);
  *out = j;
  return STATUS_OK;
}

static status allocate_tables(const program *p, const program_accumulator *a, joint *j, error *err) {
  uint64_t count = (uint64_t)grouping_places(&j->s.groups) * j->s.pairs_count;
  void *at;
  TRY(accumulator_allocate(p, a, count, sizeof(joint_table), &at, err));
  j->s.at = at;
  return STATUS_OK;
}

static status joint_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  joint *j;
  TRY(joint_new(p, a, &j, err));
  grouping_empty(p, a, &j->s.groups);
  status st = allocate_tables(p, a, j, err);
  return accumulator_give(st, j, joint_destroy, state);
}

static void overflow(joint *j) {
  uint64_t tables = tables_count(&j->s);
  for (uint64_t i = 0; i < tables; i++) {
    free(j->s.at[i].entries);
    j->s.at[i] = (joint_table){0};
  }
  j->s.overflown = true;
}

static status joint_map(frame *f, const program_accumulator *a, void **state, error *err) {
  joint *j;
  TRY(joint_new(frame_program(f), a, &j, err));
  joint_shard shard = {.pairs = pairs_of(a), .entries_left = j->entries_max};
  status st = row_order_init(f, a, &shard.order, err);
  if (st == STATUS_OK) {
    j->s.groups = row_order_take_groups(&shard.order);
    st = allocate_tables(frame_program(f), a, j, err);
    shard.at = j->s.at;
  }
  if (st == STATUS_OK) {
    st = joint_add_shard(f, a, &shard, err);
  }
  if (st == STATUS_OK && shard.overflown) {
    overflow(j);
  }
  row_order_fini(&shard.order);
  return accumulator_give(st, j, joint_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

int joint_compare_entries(const void *left, const void *right) {
  const joint_entry *a = left, *b = right;
  return a->x != b->x ? (a->x > b->x) - (a->x < b->x) : (a->y > b->y) - (a->y < b->y);
}

/* The united entries go to OUT when it is not NULL; their number is returned. */
static uint32_t unite(const joint_table *a, const joint_table *b, joint_entry *out) {
  uint32_t count = 0;
  for (uint32_t i = 0, j = 0; i < a->count || j < b->count; count++) {
    int order = i == a->count   ? 1
                : j == b->count ? -1
                                : joint_compare_entries(&a->entries[i], &b->entries[j]);
    if (out != NULL) {
      out[count] = order <= 0 ? a->entries[i] : b->entries[j];
      if (order == 0) {
        out[count].n += b->entries[j].n;
        out[count].w += b->entries[j].w;
      }
    }
    i += order <= 0;
    j += order >= 0;
  }
  return count;
}

static status merge_table(joint_table *into, const joint_table *from, error *err) {
  if (from->count == 0) {
    return STATUS_OK;
  }
  uint32_t count = unite(into, from, NULL);
  joint_entry *entries = malloc(count * sizeof *entries);
  if (entries == NULL) {
    return error_no_memory(err, "joint");
  }
  unite(into, from, entries);
  free(into->entries);
  into->entries = entries;
  into->count = count;
  return STATUS_OK;
}

/* Stops as soon as they are too many: no state is ever much larger than its limit. */
static status add_places(joint *into, const joint_state *from, const uint32_t *places, error *err) {
  uint32_t pairs = from->pairs_count;
  uint64_t entries = 0, tables = tables_count(&into->s), added = tables_count(from);
  for (uint64_t i = 0; i < tables; i++) {
    entries += into->s.at[i].count;
  }
  bool overflown = into->s.overflown || from->overflown;
  for (uint64_t i = 0; i < added && !overflown; i++) {
    joint_table *to = into->s.at + (places != NULL ? places[i / pairs] * (uint64_t)pairs + i % pairs : i);
    entries -= to->count;
    TRY(merge_table(to, &from->at[i], err));
    entries += to->count;
    overflown = entries > into->entries_max;
  }
  if (overflown) {
    overflow(into);
  }
  return STATUS_OK;
}

static status joint_merge(void *into_state, const void *from_state, error *err) {
  joint *into = into_state;
  const joint_state *from = from_state;
  uint32_t *places;
  TRY(pairs_unite(&into->s.at, into->s.pairs_count, sizeof *into->s.at, &into->s.groups, &from->groups,
                  "joint", &places, err));
  const status st = add_places(into, from, places, err);
  free(places);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

/* Sorted by (x, y): x as the step from the one before; y likewise while x stays. */
static void encode_table(const joint_table *t, bool weighted, buf *out) {
  buf_put_varint(out, t->count);
  for (uint32_t i = 0; i < t->count; i++) {
    const joint_entry *e = &t->entries[i];
    if (i == 0) {
      buf_put_signed(out, e->x);
      buf_put_signed(out, e->y);
    } else {
      bool same = e->x == e[-1].x;
      buf_put_varint(out, (uint64_t)e->x - (uint64_t)e[-1].x);
      if (same) {
        buf_put_varint(out, (uint64_t)e->y - (uint64_t)e[-1].y);
      } else {
        buf_put_signed(out, e->y);
      }
    }
    buf_put_varint(out, (uint64_t)e->n);
    if (weighted) {
      buf_put_i128(out, e->w);
    }
  }
}

static void joint_encode(const void *state, buf *out) {
  const joint_state *s = state;
  grouping_encode(&s->groups, out);
  buf_put_u8(out, s->overflown ? 1 : 0);
  uint64_t tables = s->overflown ? 0 : tables_count(s);
  for (uint64_t i = 0; i < tables; i++) {
    encode_table(&s->at[i], s->weighted, out);
  }
}

/* FROM + a positive step. */
static int64_t read_step(reader *r, int64_t from) {
  int64_t to;
  uint64_t step = reader_count(r, INT64_MAX);
  if (step == 0 || __builtin_add_overflow(from, (int64_t)step, &to)) {
    reader_fail(r, "a joint table is not in ascending order");
    return 0;
  }
  return to;
}

static void read_place(reader *r, const joint_entry *before, joint_entry *e) {
  if (before == NULL) {
    e->x = reader_signed(r);
    e->y = reader_signed(r);
    return;
  }
  reader ahead = *r;
  if (reader_varint(&ahead) == 0) {
    *r = ahead;
    e->x = before->x;
    e->y = read_step(r, before->y);
  } else {
    e->x = read_step(r, before->x);
    e->y = reader_signed(r);
  }
}

static status read_table(reader *r, bool weighted, uint64_t entries_max, joint_table *t, error *err) {
  uint64_t count = reader_count_of(r, entries_max, ENTRY_BYTES_MIN);
  if (count == 0 || r->problem != NULL) {
    return STATUS_OK;
  }
  t->entries = calloc(count, sizeof *t->entries);
  if (t->entries == NULL) {
    return error_no_memory(err, "joint");
  }
  t->count = (uint32_t)count;
  for (uint32_t i = 0; i < t->count && r->problem == NULL; i++) {
    joint_entry *e = &t->entries[i];
    read_place(r, i > 0 ? e - 1 : NULL, e);
    e->n = reader_rows(r);
    if (weighted) {
      reader_weights(r, e->n, &e->w, NULL);
    }
    if (e->n == 0) {
      reader_fail(r, "a joint table has an entry without rows");
    }
  }
  return STATUS_OK;
}

static status read_state(const program *p, const program_accumulator *a, reader *r, joint *j, error *err) {
  TRY(grouping_decode(p, a, j->s.pairs_count * sizeof(joint_table), r, &j->s.groups, err));
  TRY(reader_status(r, "joint", err));
  TRY(allocate_tables(p, a, j, err));
  j->s.overflown = reader_count(r, 1) == 1;
  uint64_t left = j->entries_max, tables = j->s.overflown ? 0 : tables_count(&j->s);
  for (uint64_t i = 0; i < tables && r->problem == NULL; i++) {
    TRY(read_table(r, j->s.weighted, left, &j->s.at[i], err));
    left -= j->s.at[i].count;
  }
  return reader_status(r, "joint", err);
}

static status joint_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                           error *err) {
  joint *j;
  TRY(joint_new(p, a, &j, err));
  status st = read_state(p, a, r, j, err);
  return accumulator_give(st, j, joint_destroy, state);
}

const accumulator_kind accumulator_joint = {
    .id = ACCUMULATOR_JOINT,
    .name = "joint",
    .summary = "joint tables of pairs of variables, over the rows that answer both",
    .version = 2,
    .check = joint_check,
    .empty = joint_empty,
    .map = joint_map,
    .merge = joint_merge,
    .encode = joint_encode,
    .decode = joint_decode,
    .destroy = joint_destroy,
};
