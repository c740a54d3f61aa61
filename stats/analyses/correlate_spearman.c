/* The stages of Spearman's rho: see correlate_spearman.h. */
#include "stats/analyses/correlate_spearman.h"

#include "stats/accumulators/ranks.h"
#include "stats/methods/rank.h"

static status go_on(rank_course *r, uint32_t stage, error *err) {
  return r->pairs_count > 0 ? rank_ask(r, stage, err) : rank_finish(r, err);
}

status spearman_first(const correlation *c, rank_family *families, uint32_t products, error *err) {
  rank_first first;
  rank_course r = {.c = c, .families_count = groups_count(c->run), .families = families};
  TRY(rank_first_of(c, &first, err));
  TRY(rank_course_begin(&r, &first, products, err));
  TRY(rank_plan(&r, 1, err));
  return go_on(&r, 1, err);
}

/* ---- Results ------------------------------------------------------------------------------------------- */

static status refuse_results(error *err) {
  return error_set(err, STATUS_CORRUPT, "the state of the rank correlations does not fit its results");
}

/* What follows from the tables of a pair's columns, and the products of its ranks. */
static status fill_sums(const rank_course *r, const rank_pair *p, const rank_tables *t, uint32_t pair,
                        const ranks_state *s, error *err) {
  for (uint32_t place = 0; place < t->places; place++) {
    if (p->figures[place] == FIGURES_NONE) {
      continue;
    }
    const rank_margin x = rank_margin_of(&t->at[(size_t)t->pairs[2 * (size_t)pair] * t->places + place]);
    const rank_margin y = rank_margin_of(&t->at[(size_t)t->pairs[2 * (size_t)pair + 1] * t->places + place]);
    const rank_products *products = &s->at[place * (size_t)s->pairs_count + pair];
    const exact rows = exact_from_i64(products->n);
    const bool weighted = r->c->weighting != WEIGHTING_NONE;
    if (exact_compare(&x.weight, &y.weight) != 0 || (!weighted && exact_compare(&x.weight, &rows) != 0)) {
      return refuse_results(err);
    }
    const product_sums made = {.n = products->n,
                               .count = x.weight,
                               .x = x.rank,
                               .y = y.rank,
                               .xx = x.square,
                               .yy = y.square,
                               .xy = products->xy};
    TRY(rank_fill(r, p, place, &made, s->weight_decimals, err));
  }
  return STATUS_OK;
}

static status take_sums(const rank_course *r, uint32_t which, uint32_t stage, const ranks_state *s,
                        error *err) {
  const rank_asked *asked = &r->asked[which];
  const program_accumulator a = {.kind = ACCUMULATOR_RANKS,
                                 .variables_count = asked->columns_count,
                                 .by_count = r->families[which].groups->by_count,
                                 .weight = run_weight(r->c->run),
                                 .params = asked->params,
                                 .params_count = asked->params_count};
  rank_tables t;
  TRY(rank_tables_read(&a, &t, err)); /* checked when its results were read */
  status st = t.places == r->families[which].places && grouping_places(&s->groups) == t.places
                  ? STATUS_OK
                  : refuse_results(err);
  uint32_t pair = 0;
  for (uint32_t k = 0; k < r->pairs_count && st == STATUS_OK; k++) {
    const rank_pair *p = &r->pairs[k];
    if (p->which == which && p->way == WAY_SUMS && p->stage == stage) {
      st = pair < t.pairs_count ? fill_sums(r, p, &t, pair, s, err) : refuse_results(err);
      pair++;
    }
  }
  rank_tables_fini(&t);
  return st;
}

static status take_joint(const rank_course *r, uint32_t at, uint32_t count, const joint_state *s,
                         error *err) {
  for (uint32_t k = 0; k < count; k++) {
    const rank_pair *p = &r->pairs[at + k];
    if (s->overflown || grouping_places(&s->groups) != r->families[p->which].places) {
      return refuse_results(err);
    }
    for (uint32_t place = 0; place < r->families[p->which].places; place++) {
      product_sums made;
      if (p->figures[place] != FIGURES_NONE) {
        TRY(rank_sums(&s->at[place * (size_t)s->pairs_count + k], s->weighted, &made, err));
        TRY(rank_fill(r, p, place, &made, s->weight_decimals, err));
      }
    }
  }
  return STATUS_OK;
}

/* Tables of values of pairs that now wait for sums, in their order. */
typedef struct margins {
  const rank_course *r;
  uint32_t *result_of; /* per pair */
} margins;

static const values_state *table_of_margins(void *context, const rank_pair *p, unsigned side) {
  const margins *m = context;
  return run_result(m->r->c->run, m->result_of[p - m->r->pairs] + side);
}

static status take_margins(rank_course *r, uint32_t stage, uint32_t result, error *err) {
  margins m = {.r = r, .result_of = ARENA_ARRAY(r->c->memory, uint32_t, r->pairs_count)};
  if (m.result_of == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    rank_pair *p = &r->pairs[k];
    if (p->way != WAY_MARGINS || p->stage != stage) {
      continue;
    }
    m.result_of[k] = result;
    bool fits = true;
    for (unsigned side = 0; side < 2; side++) {
      const values_state *s = run_result(r->c->run, result++);
      fits = fits && !s->overflown;
      if (grouping_places(&s->groups) != r->families[p->which].places) {
        return refuse_results(err);
      }
    }
    if (fits) {
      p->way = WAY_SUMS;
      p->stage = stage + 1;
    } else {
      rank_refuse(r, p);
    }
  }
  for (uint32_t which = 0; which < r->families_count; which++) {
    TRY(rank_begin_sums(r, stage + 1, which, table_of_margins, &m, err));
  }
  return STATUS_OK;
}

static void forget_done(rank_course *r, uint32_t stage) {
  uint32_t kept = 0;
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    if (r->pairs[k].stage > stage) {
      r->pairs[kept++] = r->pairs[k];
    }
  }
  r->pairs_count = kept;
}

status spearman_next(const correlation *c, error *err) {
  rank_course r;
  const uint32_t stage = run_stage(c->run);
  uint32_t result = 0;
  TRY(rank_course_decode(&r, c, run_carried(c->run), err));
  for (uint32_t which = 0; which < r.families_count; which++) {
    if (r.asked[which].columns_count > 0) {
      TRY(take_sums(&r, which, stage, run_result(c->run, result++), err));
    }
  }
  for (uint32_t k = 0; k < r.pairs_count;) {
    const uint32_t count = rank_joint_run(&r, k, stage);
    if (count > 0) {
      TRY(take_joint(&r, k, count, run_result(c->run, result++), err));
    }
    k += count > 0 ? count : 1;
  }
  TRY(take_margins(&r, stage, result, err));
  forget_done(&r, stage);
  return go_on(&r, stage + 1, err);
}

status spearman_ask_again(const correlation *c, error *err) {
  rank_course r;
  TRY(rank_course_decode(&r, c, run_carried(c->run), err));
  return rank_ask(&r, run_stage(c->run), err);
}
