/* Whether two correlations of the same respondents differ: is one item more closely related to an outcome
 * than another?  Both are over the rows that answer all items. */
#include <math.h>

#include "stats/analyses/correlate_demand.h"

/* Two pairs of items (i, j) and (k, l); a common one, if there is one, is i and k. */
typedef struct two_pairs {
  uint32_t i, j, k, l;
  bool sharing;
} two_pairs;

static two_pairs two_of(uint32_t i, uint32_t j, uint32_t k, uint32_t l) {
  if (j == k || j == l) { /* the common one first */
    const uint32_t other = i;
    i = j;
    j = other;
  }
  if (l == i) {
    l = k;
    k = i;
  }
  return (two_pairs){i, j, k, l, i == k};
}

/* Calls VISIT for every two pairs that WHICH names; VISIT NULL: only counts. */
typedef status two_visitor(void *context, const two_pairs *pairs, error *err);

static status each_two(pair_list l, pair_differences which, two_visitor *visit, void *context,
                       uint64_t *count, error *err) {
  *count = 0;
  for (uint32_t i = 0; i < pairs_end(l); i++) {
    for (uint32_t j = pairs_first(l, i); j < l.variables_count; j++) {
      for (uint32_t k = i; k < pairs_end(l); k++) {
        for (uint32_t m = k == i ? j + 1 : pairs_first(l, k); m < l.variables_count; m++) {
          const two_pairs two = two_of(i, j, k, m);
          if (!two.sharing && which != PAIRS_ALL) {
            continue;
          }
          ++*count;
          if (visit != NULL) {
            TRY(visit(context, &two, err));
          }
        }
      }
    }
  }
  return STATUS_OK;
}

/* Closed, because a list of many items is refused before anything is enumerated. */
uint64_t sample_comparisons(pair_list l, pair_differences which) {
  const uint64_t n = l.variables_count, pairs = pairs_count(l);
  if (which == PAIRS_NONE || pairs == 0) {
    return 0;
  }
  if (which == PAIRS_ALL) {
    return pairs * (pairs - 1) / 2;
  }
  const uint64_t left = l.split, right = n - l.split;
  return l.split > 0 ? right * (left * (left - 1) / 2) + left * (right * (right - 1) / 2)
                     : n * ((n - 1) * (n - 2) / 2);
}

/* ---- One group ----------------------------------------------------------------------------------------- */

typedef struct sampled {
  const correlation *c;
  const group_walk *w;
  table *t;
  complete_rows rows;
  correlation_difference *tests;
  two_pairs *of;
  double *adjusted;
  uint64_t count;
} sampled;

static double r_of(const sampled *g, uint32_t i, uint32_t j) {
  return g->rows.correlation[(size_t)i * g->c->pairs.variables_count + j];
}

static status test_two(void *context, const two_pairs *two, error *err) {
  (void)err;
  sampled *g = context;
  const double confidence = run_request(g->c->run)->confidence, m = g->rows.n_effective;
  const four_correlations four = {.r12 = r_of(g, two->i, two->j),
                                  .r34 = r_of(g, two->k, two->l),
                                  .r13 = r_of(g, two->i, two->k),
                                  .r14 = r_of(g, two->i, two->l),
                                  .r23 = r_of(g, two->j, two->k),
                                  .r24 = r_of(g, two->j, two->l)};
  g->of[g->count] = *two;
  g->tests[g->count] = two->sharing ? correlations_sharing(four.r12, four.r34, four.r24, m, confidence)
                                    : correlations_apart(&four, m, confidence);
  g->adjusted[g->count] = g->tests[g->count].p;
  g->count++;
  return STATUS_OK;
}

static void write_two(const sampled *g, uint64_t at) {
  const two_pairs *two = &g->of[at];
  const correlation_difference *test = &g->tests[at];
  table *t = g->t;
  table_row(t);
  table_item(t, "item", g->c->items[two->i]);
  table_item(t, "other_item", g->c->items[two->j]);
  table_item(t, "second_item", g->c->items[two->k]);
  table_item(t, "second_other_item", g->c->items[two->l]);
  group_write(g->w, t);
  base_write(g->c, t, g->rows.n, g->rows.weighted_n, g->rows.n_effective);
  table_number(t, "r", r_of(g, two->i, two->j));
  table_number(t, "other_r", r_of(g, two->k, two->l));
  table_number(t, "difference", test->difference);
  table_number(t, "ci_low", test->ci_low);
  table_number(t, "ci_high", test->ci_high);
  table_number(t, "t", test->t);
  table_number(t, "df", test->df);
  table_number(t, "p_williams", test->p_t);
  table_number(t, "z", test->z);
  table_number(t, "p", test->p);
  if (g->c->adjusted) {
    table_number(t, "p_adjusted", g->adjusted[at]);
  }
}

static status write_group(sampled *g, pair_differences which, uint64_t count, arena *room, error *err) {
  const uint32_t items = g->c->pairs.variables_count;
  uint64_t visited = 0;
  TRY(complete_rows_of(g->c, g->w, items, room, &g->rows, err));
  if (g->rows.n == 0 && g->w->which > 0) {
    return STATUS_OK;
  }
  g->count = 0;
  g->tests = ARENA_ARRAY(room, correlation_difference, count);
  g->of = ARENA_ARRAY(room, two_pairs, count);
  g->adjusted = ARENA_ARRAY(room, double, count);
  if (g->tests == NULL || g->of == NULL || g->adjusted == NULL) {
    return error_no_memory(err, "correlate");
  }
  TRY(each_two(g->c->pairs, which, test_two, g, &visited, err));
  TRY(correlation_adjust(g->c, g->adjusted, count, 0, err));
  bool perfect = false;
  for (uint64_t k = 0; k < count; k++) {
    write_two(g, k);
    perfect = perfect || (isnan(g->tests[k].z) && !isnan(g->tests[k].difference));
  }
  complete_rows_warn(g->c, g->w, &g->rows, items, items, g->rows.n_effective <= 3);
  if (perfect && g->rows.n_effective > 3) {
    json *detail = run_detail(g->c->run);
    json_set(detail, "group", group_json(g->w));
    run_warn(g->c->run, "perfect_correlation", detail);
  }
  return STATUS_OK;
}

status sample_write(const correlation *c, const correlation_demand *d, arena *room, error *err) {
  const uint64_t count = sample_comparisons(c->pairs, d->sample);
  if (count > CORRELATE_COMPARISONS_MAX) { /* a plan that no specification makes */
    return error_set(err, STATUS_LIMIT, "correlate: too many comparisons of pairs");
  }
  sampled g = {.c = c};
  g.t = demand_table(c, "pair_differences", "item other_item second_item second_other_item group",
                     "r other_r difference ci_low ci_high t df p_williams z p");
  group_walk w = group_walk_begin(c->run, d->sample_asked, false);
  g.w = &w;
  while (group_walk_next(&w)) {
    TRY(write_group(&g, d->sample, count, room, err));
    arena_clear(room);
  }
  run_note(c->run, "note_pair_differences", NULL);
  return STATUS_OK;
}
