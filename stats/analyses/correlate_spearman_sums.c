/* From tables of values to the parameters of RANKS. */
#include "stats/analyses/correlate_spearman.h"

#include "stats/accumulators/ranks.h"

typedef struct sums_columns {
  const values_state **tables; /* per column */
  uint32_t *items;
  uint32_t count;
  uint32_t *column_of; /* per item: its column of all rows, plus one */
} sums_columns;

static uint32_t column_of(sums_columns *s, uint32_t item, bool given, const values_state *values) {
  if (!given && s->column_of[item] > 0) {
    return s->column_of[item] - 1;
  }
  s->tables[s->count] = values;
  s->items[s->count] = item;
  if (!given) {
    s->column_of[item] = s->count + 1;
  }
  return s->count++;
}

static uint64_t params_needed(const sums_columns *s, uint32_t pairs, uint32_t places, bool weighted) {
  uint64_t count = 3 + 2 * (uint64_t)pairs;
  for (uint32_t column = 0; column < s->count; column++) {
    for (uint32_t place = 0; place < places; place++) {
      count += 1 + (1 + (uint64_t)rank_weight_params(weighted)) * s->tables[column]->at[place].count;
    }
  }
  return count;
}

static void put_tables(const sums_columns *s, uint32_t places, bool weighted, int64_t *out) {
  for (uint32_t column = 0; column < s->count; column++) {
    for (uint32_t place = 0; place < places; place++) {
      const value_table *t = &s->tables[column]->at[place];
      *out++ = t->count;
      for (uint32_t i = 0; i < t->count; i++) {
        *out++ = t->entries[i].value;
        rank_put_weight(weighted, weighted ? t->entries[i].w : t->entries[i].n, out);
        out += rank_weight_params(weighted);
      }
    }
  }
}

static bool open_columns(sums_columns *s, const correlation *c, uint32_t pairs) {
  s->tables = ARENA_ARRAY(c->memory, const values_state *, 2 * (size_t)pairs);
  s->items = ARENA_ARRAY(c->memory, uint32_t, 2 * (size_t)pairs);
  s->column_of = ARENA_ARRAY(c->memory, uint32_t, c->pairs.variables_count);
  return s->tables != NULL && s->items != NULL && s->column_of != NULL;
}

status rank_begin_sums(rank_course *r, uint32_t stage, uint32_t which, rank_table_source *source,
                       void *context, error *err) {
  const correlation *c = r->c;
  const rank_family *family = &r->families[which];
  const bool weighted = c->weighting != WEIGHTING_NONE;
  uint32_t pairs = 0;
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    pairs += r->pairs[k].which == which && r->pairs[k].way == WAY_SUMS && r->pairs[k].stage == stage;
  }
  sums_columns s = {0};
  r->asked[which] = (rank_asked){0};
  int64_t *columns = ARENA_ARRAY(c->memory, int64_t, 2 * (size_t)pairs);
  if (pairs == 0) {
    return STATUS_OK;
  }
  if (columns == NULL || !open_columns(&s, c, pairs)) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t k = 0, at = 0; k < r->pairs_count; k++) {
    const rank_pair *p = &r->pairs[k];
    if (p->which == which && p->way == WAY_SUMS && p->stage == stage) {
      columns[at++] = column_of(&s, p->i, p->given[0], source(context, p, 0));
      columns[at++] = column_of(&s, p->j, p->given[1], source(context, p, 1));
    }
  }
  const uint64_t count = params_needed(&s, pairs, family->places, weighted);
  int64_t *params = count <= PROGRAM_PARAMS_MAX ? ARENA_ARRAY(c->memory, int64_t, count) : NULL;
  if (params == NULL) {
    return error_no_memory(err, "correlate");
  }
  params[0] = pairs;
  for (uint32_t i = 0; i < family->groups->by_count; i++) {
    params[1 + i] = family->groups->by[i].count;
  }
  for (uint32_t i = 0; i < 2 * pairs; i++) {
    params[3 + i] = columns[i];
  }
  put_tables(&s, family->places, weighted, params + 3 + 2 * (size_t)pairs);
  r->asked[which] = (rank_asked){s.count, s.items, params, (uint32_t)count};
  return STATUS_OK;
}
