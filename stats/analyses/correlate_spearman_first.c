/* What the first stage asks for, and what its results leave to do. */
#include "stats/analyses/correlate_spearman.h"
#include "stats/analyses/levels.h"
#include "stats/methods/rank.h"

enum {
  SMALL_LEVELS_MAX = 256,
  JOINT_PAIR_MAX = 1 << 18
}; /* levels of an item; entries of one pair's tables */

uint64_t rank_levels(const correlation *c, uint32_t item) {
  int64_t low = 0, high = 0;
  if (!codes_range(run_plan(c->run), c->items[item], &low, &high)) {
    return 0;
  }
  const i128 levels = (i128)high - low + 1;
  return levels <= SMALL_LEVELS_MAX ? (uint64_t)levels : 0;
}

/* ---- Asking -------------------------------------------------------------------------------------------- */

static bool pair_is_small(const rank_first *f, uint32_t i, uint32_t j) {
  return f->small[i] && f->small[j];
}

static void look_for_joint(const correlation *c, rank_first *f) {
  uint64_t cells = 0;
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    f->small[i] = rank_levels(c, i) > 0;
    f->small_at[i] = f->small_pairs.variables_count;
    f->small_pairs.variables_count += f->small[i];
    f->small_pairs.split += f->small[i] && i < c->pairs.split;
  }
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      cells += pair_is_small(f, i, j) ? rank_levels(c, i) * rank_levels(c, j) : 0;
    }
  }
  f->joint = cells > 0 && cells <= SPEARMAN_ENTRIES_MAX;
}

static void look_for_values(const correlation *c, rank_first *f) {
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const bool valued = !pair_is_small(f, i, j);
      f->valued[i] = f->valued[i] || valued;
      f->valued[j] = f->valued[j] || valued;
    }
  }
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    f->valued_at[i] = f->valued_count;
    f->valued_count += f->valued[i];
  }
  const int64_t tables = (int64_t)f->valued_count * groups_count(c->run);
  f->values_max = tables > 0 ? SPEARMAN_ENTRIES_MAX / tables : 1;
  f->values_max = f->values_max > SPEARMAN_VALUES_MAX ? SPEARMAN_VALUES_MAX : f->values_max;
  f->values_max = f->values_max < 1 ? 1 : f->values_max;
}

status rank_first_of(const correlation *c, rank_first *out, error *err) {
  const uint32_t count = c->pairs.variables_count;
  *out = (rank_first){.small = ARENA_ARRAY(c->memory, bool, count),
                      .small_at = ARENA_ARRAY(c->memory, uint32_t, count),
                      .valued = ARENA_ARRAY(c->memory, bool, count),
                      .valued_at = ARENA_ARRAY(c->memory, uint32_t, count)};
  if (out->small == NULL || out->small_at == NULL || out->valued == NULL || out->valued_at == NULL) {
    return error_no_memory(err, "correlate");
  }
  look_for_joint(c, out);
  look_for_values(c, out);
  return STATUS_OK;
}

static status need_joint(const correlation *c, const rank_first *f, error *err) {
  uint32_t *variables = ARENA_ARRAY(c->memory, uint32_t, f->small_pairs.variables_count);
  if (variables == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    if (f->small[i]) {
      TRY(run_variable(c->run, c->items[i], &variables[f->small_at[i]], err));
    }
  }
  int64_t params[] = {f->small_pairs.split, SPEARMAN_ENTRIES_MAX};
  const program_accumulator a = {.kind = ACCUMULATOR_JOINT,
                                 .variables = variables,
                                 .variables_count = f->small_pairs.variables_count,
                                 .params = params,
                                 .params_count = 2};
  return groups_need(c->run, &a, PROGRAM_NONE, err);
}

status spearman_begin(const correlation *c, error *err) {
  rank_first f;
  TRY(rank_first_of(c, &f, err));
  if (f.joint) {
    TRY(need_joint(c, &f, err));
  }
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    uint32_t variable = 0;
    program_accumulator a = {.kind = ACCUMULATOR_VALUES,
                             .variables = &variable,
                             .variables_count = 1,
                             .params = &f.values_max,
                             .params_count = 1};
    if (f.valued[i]) {
      TRY(run_variable(c->run, c->items[i], &variable, err));
      TRY(groups_need(c->run, &a, PROGRAM_NONE, err));
    }
  }
  return STATUS_OK;
}

/* ---- What is left to do -------------------------------------------------------------------------------- */

typedef struct first_results {
  rank_course *r;
  const rank_first *first;
  uint32_t which;
  const cross_state *products;
  const joint_state *joint; /* NULL: not asked for, or too many entries */
  uint32_t values;          /* the first result of the values */
} first_results;

static const values_state *values_of(const first_results *f, uint32_t item) {
  const uint32_t families = f->r->families_count;
  return run_result(f->r->c->run, f->values + f->first->valued_at[item] * families + f->which);
}

static const cross_sums *products_of(const first_results *f, uint32_t i, uint32_t j, uint32_t place) {
  const correlation *c = f->r->c;
  return &f->products->at[place * c->count + pair_index(c->pairs, i, j)];
}

/* The most entries of tables with so many levels. */
static uint64_t bound_of(const first_results *f, uint32_t i, uint32_t j, uint64_t levels) {
  uint64_t bound = 0;
  for (uint32_t place = 0; place < f->r->families[f->which].places; place++) {
    const uint64_t n = (uint64_t)products_of(f, i, j, place)->n;
    bound += n < levels ? n : levels;
  }
  return bound;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* The table of ITEM among the rows that answer PARTNER too.  False: it is known to be too long. */
static bool look_at_side(const first_results *f, rank_pair *p, unsigned side) {
  const uint32_t item = side == 0 ? p->i : p->j;
  const uint64_t levels = rank_levels(f->r->c, item);
  p->given[side] = true;
  p->bound[side] = smaller(bound_of(f, p->i, p->j, levels > 0 ? levels : UINT64_MAX), SPEARMAN_VALUES_MAX);
  if (!f->first->valued[item]) {
    return true;
  }
  const values_state *values = values_of(f, item);
  uint64_t entries = 0;
  bool given = false;
  for (uint32_t place = 0; place < f->r->families[f->which].places; place++) {
    entries += values->at[place].count;
    given = given || values->at[place].n != products_of(f, p->i, p->j, place)->n;
  }
  p->given[side] = given;
  p->bound[side] = values->overflown ? p->bound[side] : smaller(p->bound[side], entries);
  return given || !values->overflown || f->first->values_max < SPEARMAN_VALUES_MAX;
}

static bool values_are_known(const first_results *f, const rank_pair *p) {
  return !p->given[0] && !p->given[1] && !values_of(f, p->i)->overflown && !values_of(f, p->j)->overflown;
}

static status fill_joint(const first_results *f, const rank_pair *p, error *err) {
  const rank_first *first = f->first;
  const uint64_t pair = pair_index(first->small_pairs, first->small_at[p->i], first->small_at[p->j]);
  for (uint32_t place = 0; place < f->r->families[f->which].places; place++) {
    product_sums made;
    const joint_table *t = &f->joint->at[place * (uint64_t)f->joint->pairs_count + pair];
    if (p->figures[place] != FIGURES_NONE) {
      TRY(rank_sums(t, f->joint->weighted, &made, err));
      TRY(rank_fill(f->r, p, place, &made, f->joint->weight_decimals, err));
    }
  }
  return STATUS_OK;
}

/* Done, refused, or kept with its way. */
static status look_at_pair(const first_results *f, rank_pair *p, bool *kept, error *err) {
  const bool small = pair_is_small(f->first, p->i, p->j);
  *kept = false;
  if (small && f->joint != NULL) {
    return fill_joint(f, p, err);
  }
  if (small) {
    p->way = WAY_JOINT;
    p->bound[0] = bound_of(f, p->i, p->j, rank_levels(f->r->c, p->i) * rank_levels(f->r->c, p->j));
    if (p->bound[0] <= JOINT_PAIR_MAX) {
      *kept = true;
      return STATUS_OK;
    }
  }
  p->way = WAY_MARGINS;
  const bool fits[2] = {look_at_side(f, p, 0), look_at_side(f, p, 1)};
  if (!fits[0] || !fits[1]) {
    rank_refuse(f->r, p);
    return STATUS_OK;
  }
  if (values_are_known(f, p)) {
    p->way = WAY_SUMS;
    p->stage = 1;
  }
  *kept = true;
  return STATUS_OK;
}

/* False: no group has anything to correlate, or out of memory. */
static bool open_pair(const first_results *f, uint32_t i, uint32_t j, rank_pair *p) {
  const correlation *c = f->r->c;
  const rank_family *family = &f->r->families[f->which];
  const uint64_t pair = pair_index(c->pairs, i, j);
  bool any = false;
  for (uint32_t place = 0; place < family->places && !any; place++) {
    any = family->figures[place * c->count + pair] != FIGURES_NONE;
  }
  if (!any) {
    return false;
  }
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  *p = (rank_pair){.which = f->which,
                   .i = i,
                   .j = j,
                   .figures = ARENA_ARRAY(c->memory, uint8_t, family->places),
                   .w2 = sampling ? ARENA_ARRAY(c->memory, exact, family->places) : NULL};
  for (uint32_t place = 0; p->figures != NULL && place < family->places; place++) {
    p->figures[place] = family->figures[place * c->count + pair];
    if (p->w2 != NULL) {
      p->w2[place] = products_of(f, i, j, place)->w2;
    }
  }
  return p->figures != NULL && (p->w2 != NULL || !sampling);
}

static const values_state *table_of_first(void *context, const rank_pair *p, unsigned side) {
  return values_of(context, side == 0 ? p->i : p->j);
}

static status look_at_family(first_results *f, error *err) {
  rank_course *r = f->r;
  const correlation *c = r->c;
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      rank_pair *p = &r->pairs[r->pairs_count];
      bool kept = false;
      if (open_pair(f, i, j, p)) {
        TRY(look_at_pair(f, p, &kept, err));
      }
      r->pairs_count += kept;
    }
  }
  return rank_begin_sums(r, 1, f->which, table_of_first, f, err);
}

status rank_course_begin(rank_course *r, const rank_first *first, uint32_t products, error *err) {
  const uint32_t families = r->families_count;
  r->pairs = ARENA_ARRAY(r->c->memory, rank_pair, r->c->count * families + 1);
  r->asked = ARENA_ARRAY(r->c->memory, rank_asked, families);
  if (r->pairs == NULL || r->asked == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t which = 0; which < families; which++) {
    const joint_state *joint = first->joint ? run_result(r->c->run, products + families + which) : NULL;
    first_results f = {.r = r,
                       .first = first,
                       .which = which,
                       .products = run_result(r->c->run, products + which),
                       .joint = joint != NULL && !joint->overflown ? joint : NULL,
                       .values = products + families * (first->joint ? 2 : 1)};
    TRY(look_at_family(&f, err));
  }
  return arena_failed(r->c->memory) ? error_no_memory(err, "correlate") : STATUS_OK;
}
